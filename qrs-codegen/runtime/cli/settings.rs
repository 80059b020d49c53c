//! Settings of the connection: from options, variables, or a named site of the configuration file.
//!
//! Options come first. A site that is named takes nothing from variables, so that the credentials for one site never reach
//! another; without one, variables count. Where neither options nor variables name a server, the default site does, and
//! variables come before its settings, except those that are meant for one site ([`SettingKind::is_of_a_site`]).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;

use clap::{Arg, ArgMatches};

use super::config::Config;
use super::failure::Failure;
use super::input;

/// A setting of the connection.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// Its name: `--KEY`, `PREFIX_KEY`, `KEY = …`.
    pub(crate) key: Cow<'static, str>,
    pub(crate) kind: SettingKind,
    pub(crate) value_name: &'static str,
    pub(crate) help: Cow<'static, str>,
    /// The builder's method, where it has another name: messages of the client name it.
    pub(crate) method: Option<Cow<'static, str>>,
}

/// The kinds of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingKind {
    /// Text that says which server is meant.
    Server,
    /// Text that says where to connect.
    Address,
    /// Other text.
    Text,
    /// A path, which the configuration file gives relative to itself.
    Path,
    /// The path of a client certificate or its key.
    Identity,
    /// A secret, which is never on a command line and never in the configuration file: both name a file that holds it, or a
    /// variable.
    Secret,
    /// A switch.
    Flag,
}

impl SettingKind {
    /// Whether a value is meant for one site: its credentials, and the settings that select the server that receives them.
    const fn is_of_a_site(self) -> bool {
        !matches!(self, Self::Text | Self::Path)
    }

    const fn is_path(self) -> bool {
        matches!(self, Self::Path | Self::Identity)
    }
}

impl Setting {
    pub(crate) const fn new(
        key: &'static str,
        kind: SettingKind,
        value_name: &'static str,
        help: &'static str,
    ) -> Self {
        Self { key: Cow::Borrowed(key), kind, value_name, help: Cow::Borrowed(help), method: None }
    }

    // only: command-extension {
    /// Sets the name of the builder's method.
    pub(crate) fn of_method(mut self, method: &'static str) -> Self {
        self.method = Some(Cow::Borrowed(method));
        self
    }
    // }

    /// The name on the command line.
    pub(crate) fn option(&self) -> String {
        match self.kind {
            SettingKind::Secret => format!("{}-file", self.key),
            _ => self.key.clone().into_owned(),
        }
    }

    /// The environment variable.
    pub(crate) fn variable(&self, prefix: &str) -> String {
        format!("{prefix}_{}", self.key.replace('-', "_").to_uppercase())
    }

    /// The option on the command line.
    pub(crate) fn arg(&self, prefix: &str) -> Arg {
        let option = self.option();
        let arg = Arg::new(option.clone()).long(option).help(self.help.clone().into_owned()).global(true);
        let arg = arg.help_heading("Connection").hide_short_help(!self.is_common());
        let variable = self.variable(prefix);
        match self.kind {
            SettingKind::Flag => arg.action(clap::ArgAction::SetTrue),
            SettingKind::Secret => arg.value_name("FILE").long_help(format!(
                "{}. A file that holds it, or `-` for standard input; or set the variable {variable} to the value itself",
                self.help
            )),
            _ => arg.value_name(self.value_name).long_help(format!("{} [variable: {variable}]", self.help)),
        }
    }

    /// Whether the short help shows it.
    fn is_common(&self) -> bool {
        self.kind == SettingKind::Server
    }
}

/// A message of the client, which names methods of its builder, in the words of the command.
pub(crate) fn in_options(message: &str, settings: &[Setting]) -> String {
    const METHOD: &str = "`ClientBuilder::";
    let option = |setting: &Setting| {
        let method = setting.method.clone().unwrap_or_else(|| setting.key.replace('-', "_").into());
        (method, setting.option())
    };
    // The first setting of a method counts.
    let options: HashMap<Cow<'_, str>, String> = settings.iter().rev().map(option).collect();
    let mut pieces = message.split(METHOD);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((method, after)) = piece.split_once('`') else {
            text.extend([METHOD, piece]);
            continue;
        };
        // The command has no option for others.
        if let Some(option) = options.get(method) {
            text.extend(["`--", option, "`", after]);
        } else if text.ends_with(" (")
            && let Some(after) = after.strip_prefix(')')
        {
            text.truncate(text.len() - 2);
            text.push_str(after);
        } else {
            text.extend(["the client's ", &method.replace('_', " "), after]);
        }
    }
    text
}

/// A value with where it came from.
#[derive(Clone, Debug)]
struct Found {
    value: String,
    /// In words.
    source: String,
}

/// The settings that have values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    found: BTreeMap<String, Found>,
    /// The site of the configuration file, if one is meant.
    pub(crate) site: Option<String>,
}

impl Values {
    /// The value of a setting.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.found.get(key).map(|found| found.value.as_str())
    }

    /// The origin of a setting's value, in words.
    pub(crate) fn source(&self, key: &str) -> &str {
        self.found.get(key).map_or("", |found| found.source.as_str())
    }

    /// Whether a switch is on.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    // only: command-extension {
    /// A message that names variables, with the origin of each that has a value, and the option of each that has none.
    pub(crate) fn with_sources(&self, message: &str, settings: &[Setting], prefix: &str) -> String {
        settings.iter().fold(message.to_owned(), |text, setting| {
            let origin = match self.found.get(setting.key.as_ref()) {
                Some(found) if found.source.contains('`') => found.source.clone(),
                Some(found) => format!("`{}`", found.source),
                None => format!("`--{}`", setting.option()),
            };
            text.replace(&format!("`{}`", setting.variable(prefix)), &origin)
        })
    }

    /// The keys that have values, with where each came from.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.found.iter().map(|(key, found)| (key.as_str(), found.source.as_str()))
    }
    // }

    fn put(&mut self, key: &str, value: String, source: String) {
        if !value.is_empty() {
            self.found.insert(key.to_owned(), Found { value, source });
        }
    }
}

/// The sources of settings.
pub(crate) struct Sources<'a> {
    pub(crate) settings: &'a [Setting],
    /// The prefix of variables.
    pub(crate) prefix: &'a str,
    pub(crate) matches: &'a ArgMatches,
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    pub(crate) config: &'a Config,
}

impl Sources<'_> {
    /// Finds the values of all settings.
    pub(crate) fn values(&self) -> Result<Values, Failure> {
        let mut values = Values::default();
        let options = self.of_options()?;
        let names_server = |values: &Values| {
            let mut servers = self.settings.iter().filter(|setting| setting.kind == SettingKind::Server);
            servers.find(|setting| values.text(&setting.key).is_some()).map(Setting::option)
        };
        let mut is_default = false;
        let site = match self.matches.get_one::<String>("site") {
            Some(site) => Some(site.clone()),
            None => self.text_variable(&format!("{}_SITE", self.prefix))?.filter(|_| names_server(&options).is_none()),
        };
        if let (Some(site), Some(option)) = (&site, names_server(&options)) {
            let why = format!("`--{option}` and `--site {site}` exclude each other: each names a server");
            return Err(Failure::usage(why));
        }
        let named = match site {
            Some(site) => Some(site),
            None => {
                values = self.of_variables()?;
                let is_needed = names_server(&options).is_none() && names_server(&values).is_none();
                is_default = is_needed;
                self.config.default_site().filter(|_| is_needed)
            }
        };
        if let Some(site) = named {
            // What variables say may be meant for another server.
            let variables = std::mem::replace(&mut values, self.of_site(&site)?);
            if is_default {
                let is_of_a_site =
                    |key: &str| self.settings.iter().any(|setting| setting.key == *key && setting.kind.is_of_a_site());
                values.found.extend(variables.found.into_iter().filter(|(key, _)| !is_of_a_site(key)));
            }
            values.site = Some(site);
        }
        values.found.extend(options.found);
        Ok(values)
    }

    fn of_options(&self) -> Result<Values, Failure> {
        let mut values = Values::default();
        let mut reads_input = None;
        for setting in self.settings {
            let option = setting.option();
            if setting.kind == SettingKind::Flag {
                if self.matches.get_flag(&option) {
                    values.put(&setting.key, "true".to_owned(), format!("`--{option}`"));
                }
                continue;
            }
            let Some(given) = self.matches.get_one::<String>(&option) else { continue };
            let value = if setting.kind == SettingKind::Secret {
                if given == "-"
                    && let Some(other) = reads_input.replace(option.clone())
                {
                    return Err(Failure::usage(format!("`--{other}` and `--{option}` both read standard input")));
                }
                input::secret(given)?
            } else {
                given.clone()
            };
            values.put(&setting.key, value, format!("`--{option}`"));
        }
        Ok(values)
    }

    fn of_variables(&self) -> Result<Values, Failure> {
        let mut values = Values::default();
        for setting in self.settings {
            let name = setting.variable(self.prefix);
            if let Some(value) = self.text_variable(&name)? {
                values.put(&setting.key, value, name);
                continue;
            }
            let name = format!("{name}_FILE");
            if setting.kind == SettingKind::Secret
                && let Some(file) = self.text_variable(&name)?
            {
                values.put(&setting.key, input::secret(&file)?, name);
            }
        }
        Ok(values)
    }

    fn of_site(&self, site: &str) -> Result<Values, Failure> {
        let mut values = Values::default();
        for (key, value) in self.config.site(site)? {
            let source = format!("`{key}` of the site `{site}` in {}", self.config.shown());
            let setting = self.settings.iter().find(|setting| setting.key == key.as_str());
            if let Some(setting) = setting.filter(|setting| setting.kind != SettingKind::Secret) {
                values.put(&key, if setting.kind.is_path() { self.config.path(&value) } else { value }, source);
                continue;
            }
            let secret = |ending: &str| {
                let name = key.strip_suffix(ending)?;
                self.settings.iter().find(|setting| setting.kind == SettingKind::Secret && setting.key == name)
            };
            if let Some(setting) = secret("-file") {
                values.put(&setting.key, input::secret(&self.config.path(&value))?, source);
            } else if let Some(setting) = secret("-variable") {
                let held = self.text_variable(&value)?;
                let held =
                    held.ok_or_else(|| Failure::usage(format!("{source}: the variable `{value}` is not set")))?;
                values.put(&setting.key, held, source);
            } else {
                return Err(self.unknown_key(&key, site));
            }
        }
        Ok(values)
    }

    fn unknown_key(&self, key: &str, site: &str) -> Failure {
        let place = format!("{}: the site `{site}`", self.config.shown());
        if self.settings.iter().any(|setting| setting.key == key) {
            return Failure::usage(format!("{place}: `{key}` is a secret, which does not belong in this file"))
                .hint(format!("name a file that holds it (`{key}-file`), or a variable (`{key}-variable`)"));
        }
        let known: Vec<String> = self.settings.iter().map(|setting| format!("`{}`", setting.option())).collect();
        Failure::usage(format!("{place}: there is no setting `{key}`")).hint(format!("known are {}", known.join(", ")))
    }

    fn text_variable(&self, name: &str) -> Result<Option<String>, Failure> {
        match (self.variable)(name).filter(|value| !value.is_empty()).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(_)) => Err(Failure::usage(format!("the variable `{name}` is not UTF-8"))),
        }
    }
}
