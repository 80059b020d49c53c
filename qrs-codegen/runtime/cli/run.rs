//! Runs the command: from its arguments to its exit code.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::process::ExitCode;

use clap::ArgMatches;

use super::call::{self, Options};
use super::commands;
use super::config::Config;
use super::connection;
use super::description::{Api, Command};
use super::failure::{Code, Failure};
use super::output::OutFile;
use super::settings::{Setting, Sources, Values, in_options};
use crate::runtime::{Client, ClientBuilder};

/// Hand-written subcommands, and a way to connect that knows more than the document.
pub(crate) struct Extension {
    /// The settings of the connection.
    pub(crate) settings: fn() -> Vec<Setting>,
    /// The builder of a client.
    pub(crate) connect: fn(&Values) -> Result<ClientBuilder, Failure>,
    /// The subcommands.
    pub(crate) commands: fn() -> Vec<clap::Command>,
    /// The names of the subcommands that use no site. They start even if the configuration or a setting is invalid.
    pub(crate) without_site: &'static [&'static str],
    /// Runs one of them.
    pub(crate) run: for<'a> fn(&'a Context<'a>, &'a str, &'a ArgMatches) -> Running<'a>,
    /// Reports a failure as a monitoring plugin does, if the arguments run one; otherwise `None`.
    pub(crate) plugin: fn(&[OsString], &str) -> Option<ExitCode>,
    /// Examples for the help.
    pub(crate) examples: &'static str,
}

/// A subcommand that runs.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 'a>>;

/// The context of a subcommand.
pub(crate) struct Context<'a> {
    api: &'static Api,
    extension: Option<&'a Extension>,
    /// The settings of the connection.
    pub(crate) values: Values,
    // only: command-extension {
    /// The configuration file.
    pub(crate) config: Config,
    /// The settings that there are.
    settings: &'a [Setting],
    // }
}

impl Context<'_> {
    /// The builder of a client for the site that is meant.
    pub(crate) fn builder(&self) -> Result<ClientBuilder, Failure> {
        match self.extension {
            Some(extension) => (extension.connect)(&self.values),
            None => connection::builder(self.api, &self.values),
        }
    }

    // only: command-extension {
    /// A message of the client in the words of the command.
    pub(crate) fn in_options(&self, message: &str) -> String {
        in_options(message, self.settings)
    }
    // }

    /// A client for the site that is meant.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        Ok(self.builder()?.build()?)
    }
}

/// Runs the command with the arguments of the process.
pub(crate) fn main(api: &'static Api, extension: Option<&'static Extension>) -> ExitCode {
    let prefix = api.command.replace('-', "_").to_uppercase();
    let settings = match extension {
        Some(extension) => (extension.settings)(),
        None => connection::of_document(api),
    };
    let root = commands::root(api, extension, &settings, &prefix);
    // Help and mistakes end here, with 0 and 2.
    let arguments: Vec<OsString> = env::args_os().collect();
    let plugin = |message: &str| extension.and_then(|extension| (extension.plugin)(&arguments, message));
    let matches = match root.clone().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            if error.use_stderr()
                && let Some(code) = plugin(first)
            {
                return code;
            }
            let code = if error.use_stderr() { Code::Usage.number() } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let ran = Invocation { api, extension, settings: settings.clone(), prefix, matches: &matches }.run(root);
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe => ExitCode::SUCCESS,
        Err(failure) => {
            // One line, whatever a site wrote into a message.
            let text = super::table_output::printable(&in_options(&failure.to_string(), &settings));
            if !text.is_empty()
                && let Some(code) = plugin(&text)
            {
                return code;
            }
            report(&text, &matches);
            failure.exit_code()
        }
    }
}

fn report(text: &str, matches: &ArgMatches) {
    let mut err = super::output::Output::of(matches).errors();
    if !text.is_empty() {
        let _ = writeln!(err, "\u{1b}[1;31merror\u{1b}[0m: {text}");
    }
}

struct Invocation<'a> {
    api: &'static Api,
    extension: Option<&'static Extension>,
    settings: Vec<Setting>,
    prefix: String,
    matches: &'a ArgMatches,
}

impl Invocation<'_> {
    fn run(self, mut root: clap::Command) -> Result<(), Failure> {
        let Some((name, matches)) = self.matches.subcommand() else { return Ok(()) };
        match name {
            "completions" => {
                // Into memory: it panics where it cannot write.
                let mut script = Vec::new();
                if let Some(shell) = matches.get_one::<clap_complete::Shell>("shell") {
                    clap_complete::generate(*shell, &mut root, self.api.command, &mut script);
                }
                let script = commands::skipping_values(&String::from_utf8_lossy(&script), &root);
                return Ok(io::stdout().write_all(script.as_bytes())?);
            }
            "man" => return Ok(clap_mangen::Man::new(root).render(&mut io::stdout())?),
            _ => {}
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::usage(format!("the runtime cannot be started: {error}")))?;
        runtime.block_on(self.dispatch(name, matches))
    }

    async fn dispatch(&self, name: &str, matches: &ArgMatches) -> Result<(), Failure> {
        let (innermost, _) = innermost(matches);
        let named = innermost.get_one::<String>("config").cloned();
        let variable = |name: &str| env::var_os(name);
        let from_variable = variable(&format!("{}_CONFIG", self.prefix)).filter(|path| !path.is_empty());
        let named = named.or_else(|| from_variable.map(|path| path.to_string_lossy().into_owned()));
        let needs_site = self.extension.is_none_or(|extension| !extension.without_site.contains(&name));
        let config = if needs_site { Config::read(named.as_deref(), self.api.command)? } else { Config::default() };
        let values = if needs_site { self.values(innermost, &variable, &config)? } else { Values::default() };
        let context = Context {
            api: self.api,
            extension: self.extension,
            values,
            // only: command-extension {
            config,
            settings: &self.settings,
            // }
        };
        let out = OutFile::check(innermost)?;
        let ran = self.execute(&context, name, matches).await;
        if ran.is_err() {
            out.remove_if_empty();
        }
        ran
    }

    /// Runs a hand-written subcommand, or one of an operation.
    async fn execute(&self, context: &Context<'_>, name: &str, matches: &ArgMatches) -> Result<(), Failure> {
        if let Some(extension) = self.extension
            && (extension.commands)().iter().any(|command| command.get_name() == name)
        {
            return (extension.run)(context, name, matches).await;
        }
        let Some((command, inner)) = self.operation(name, matches) else { return Ok(()) };
        let reserved = commands::reserved(&self.settings);
        let options = Options::of(command, &reserved);
        call::run(&context.client()?, command, &options, inner).await
    }

    fn values(
        &self,
        matches: &ArgMatches,
        variable: &dyn Fn(&str) -> Option<OsString>,
        config: &Config,
    ) -> Result<Values, Failure> {
        Sources { settings: &self.settings, prefix: &self.prefix, matches, variable, config }.values()
    }

    fn operation<'m>(&self, name: &str, matches: &'m ArgMatches) -> Option<(&'static Command, &'m ArgMatches)> {
        let taken = commands::taken(self.extension);
        let group = self.api.groups.iter().find(|group| commands::group_name(group, &taken) == name)?;
        let (name, inner) = matches.subcommand()?;
        Some((group.commands.iter().find(|command| command.name == name)?, inner))
    }
}

/// The arguments of the subcommand within all others, which has the options of all.
fn innermost(matches: &ArgMatches) -> (&ArgMatches, usize) {
    let mut inner = (matches, 0);
    while let Some((_, next)) = inner.0.subcommand() {
        inner = (next, inner.1 + 1);
    }
    inner
}
