//! The command line: groups and subcommands of the table, with the hand-written ones.

use std::borrow::Cow;
use std::collections::HashSet;

use clap::{Arg, Command as Clap};

use super::call::Options;
use super::description::{Api, Command, Group};
use super::failure::EXIT_CODES;
use super::output;
use super::run::Extension;
use super::settings::Setting;

/// The heading of hand-written subcommands in the help, and that of the others.
const NEXT_STEPS: &str = "Commands for people come first, those for each operation of the API after them.";

/// The whole command line.
pub(crate) fn root(api: &'static Api, extension: Option<&Extension>, settings: &[Setting], prefix: &str) -> Clap {
    let reserved = reserved(settings);
    // By its own name also where the file is called otherwise, as `qrs.exe` is.
    let mut root = Clap::new(api.command)
        .bin_name(api.command)
        .about(api.about)
        .version(api.version)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .infer_long_args(false)
        .after_help(format!(
            "Settings can also be variables ({prefix}_…) or a site of the configuration: see `--help`."
        ))
        .after_long_help(after_help(extension, prefix))
        .arg(output::color_option());
    if extension.is_some() {
        root = root.long_about(format!("{}\n\n{NEXT_STEPS}", api.about));
    }
    root = root.args(site_options(api.command, prefix)).args(settings.iter().map(|setting| setting.arg(prefix)));
    let taken = taken(extension);
    root = root.subcommands(extension.map(|extension| (extension.commands)()).unwrap_or_default());
    root = root.subcommands(api.groups.iter().map(|group| self::group(group, group_name(group, &taken), &reserved)));
    root.subcommands([completions(), Clap::new("man").about("Writes the manual page").hide(true)])
}

/// The names of the options that every subcommand has.
pub(crate) fn reserved(settings: &[Setting]) -> HashSet<String> {
    let own = ["help", "site", "config", "color", "body", "output", "fields", "out", "dry-run", "yes"];
    own.iter().map(ToString::to_string).chain(settings.iter().map(Setting::option)).collect()
}

fn site_options(command: &str, prefix: &str) -> [Arg; 2] {
    [
        Arg::new("site")
            .long("site")
            .value_name("NAME")
            .global(true)
            .help_heading("Connection")
            .help("The site of the configuration file to work on")
            .long_help(format!("The site of the configuration file to work on [variable: {prefix}_SITE]")),
        Arg::new("config")
            .long("config")
            .value_name("FILE")
            .global(true)
            .help_heading("Connection")
            .hide_short_help(true)
            .help("The configuration file")
            .long_help(format!(
                "The configuration file [variable: {prefix}_CONFIG; usually ~/.config/{command}/config.toml, on Windows \
                 %APPDATA%\\{command}\\config.toml]"
            )),
    ]
}

fn completions() -> Clap {
    Clap::new("completions")
        .about("Writes a script that completes the command in a shell")
        .arg(Arg::new("shell").required(true).value_parser(clap::value_parser!(clap_complete::Shell)).help("The shell"))
}

/// A script of completions for bash that does not take the value of an option for a subcommand of the same name, as in
/// `--site demo` and `--site=demo`, of which bash makes three words. Scripts for other shells stay as they are.
pub(crate) fn skipping_values(script: &str, root: &Clap) -> String {
    let takes_value = |arg: &&Arg| arg.get_action().takes_values();
    let options: Vec<String> =
        root.get_arguments().filter(takes_value).filter_map(|arg| Some(format!("--{}", arg.get_long()?))).collect();
    let words = "    for i in \"${COMP_WORDS[@]:0:COMP_CWORD}\"\n    do\n";
    let skip = format!(
        "    local before=\"\"\n{words}        case \"${{before}}\" in\n            {})\n                [[ \"${{i}}\" \
         == \"=\" ]] && continue\n                before=\"\"\n                continue\n                ;;\n        esac\n        before=\"${{i}}\"\n",
        options.join("|")
    );
    script.replacen(words, &skip, 1)
}

/// The names of hand-written subcommands.
pub(crate) fn taken(extension: Option<&Extension>) -> HashSet<String> {
    let own = extension.map(|extension| (extension.commands)()).unwrap_or_default();
    own.iter().map(|command| command.get_name().to_owned()).collect()
}

/// The name of a group, which a hand-written subcommand may have as well.
pub(crate) fn group_name(group: &'static Group, taken: &HashSet<String>) -> Cow<'static, str> {
    if taken.contains(group.name) { format!("{}-api", group.name).into() } else { group.name.into() }
}

fn group(group: &'static Group, name: Cow<'static, str>, reserved: &HashSet<String>) -> Clap {
    // The ones that the document advises against come last.
    let mut commands: Vec<&Command> = group.commands.to_vec();
    commands.sort_by_key(|command| command.is_deprecated);
    Clap::new(name.into_owned())
        .about(first_sentence(group.about).to_owned())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands.into_iter().map(|command| self::command(command, reserved)))
}

fn command(command: &'static Command, reserved: &HashSet<String>) -> Clap {
    let mut about = command.about.to_owned();
    if command.is_deprecated {
        about = format!("{about} (deprecated)");
    }
    let operation = command.operation;
    let call = format!("Sends {} {}.", operation.method, operation.path);
    let details = if command.details.is_empty() { call } else { format!("{}\n\n{call}", command.details) };
    Clap::new(command.name)
        .long_about(format!("{about}\n\n{details}"))
        .about(first_sentence(&about).to_owned())
        .args(Options::of(command, reserved).args(command))
}

/// The first sentence of a description, for a list.
pub(crate) fn first_sentence(text: &str) -> &str {
    // A dot of an abbreviation ends none.
    let is_end = |(at, _): &(usize, &str)| {
        let (before, after) = (text.get(..*at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default());
        let is_abbreviation = ["e.g", "i.e", "etc", "vs", "cf"].iter().any(|word| before.ends_with(word));
        !is_abbreviation && !after.starts_with(char::is_lowercase)
    };
    let end = text.match_indices(". ").find(is_end).map(|(at, _)| at);
    let end = end.or_else(|| text.ends_with('.').then(|| text.len() - 1));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn after_help(extension: Option<&Extension>, prefix: &str) -> String {
    let examples = extension.map_or_else(String::new, |extension| format!("{}\n\n", extension.examples));
    format!(
        "{examples}\
Sites:
  The configuration file holds the settings of sites, under the names of the
  options, without dashes:

    default = 'test'

    [sites.test]
    url = 'https://test.example.com/…'
    root-certificate = 'root.pem'

  Paths are relative to the file. Secrets stay out of it: `NAME-file` names a
  file, `NAME-variable` a variable that holds one.

Variables:
  {prefix}_SITE, {prefix}_CONFIG, and one for each setting: `--connect-to` is
  {prefix}_CONNECT_TO. Options count before variables.

  - A site that is named, by --site or {prefix}_SITE, takes nothing from other
    variables.
  - Where neither an option nor a variable names a server, the default site
    counts. Variables count before its settings, except those that hold or
    name a credential, say where to connect, or accept any certificate: what
    is meant for one site never reaches another.

{EXIT_CODES}"
    )
}
