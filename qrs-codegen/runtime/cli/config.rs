//! The configuration file: named sites, in TOML.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::input;

/// A configuration file, or the absence of one.
#[derive(Debug, Default)]
pub(crate) struct Config {
    path: Option<PathBuf>,
    default: Option<String>,
    sites: BTreeMap<String, BTreeMap<String, String>>,
}

impl Config {
    /// Reads the file that is named, which has to be there, or the usual one of this command, which need not.
    pub(crate) fn read(named: Option<&str>, command: &str) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => PathBuf::from(path),
            None => match usual_path(command).filter(|path| path.is_file()) {
                Some(path) => path,
                None => return Ok(Self { path: usual_path(command), ..Self::default() }),
            },
        };
        let text = input::text(&path.to_string_lossy())?;
        let table = text.parse::<toml::Table>().map_err(|error| unreadable(&path, &text, &error))?;
        let mut config = Self { path: Some(path), ..Self::default() };
        for (key, value) in table {
            match (key.as_str(), value) {
                ("default", toml::Value::String(site)) => config.default = Some(site),
                ("sites", toml::Value::Table(sites)) => {
                    for (name, site) in sites {
                        let settings = config.settings(&name, site)?;
                        config.sites.insert(name, settings);
                    }
                }
                (key, _) => {
                    let shown = config.shown();
                    return Err(Failure::usage(format!("{shown}: `{key}` is not expected here"))
                        .hint("the file has `default = \"NAME\"` and a table `[sites.NAME]` for each site"));
                }
            }
        }
        Ok(config)
    }

    fn settings(&self, name: &str, site: toml::Value) -> Result<BTreeMap<String, String>, Failure> {
        let wrong = |what: String| Failure::usage(format!("{}: the site `{name}`: {what}", self.shown()));
        let toml::Value::Table(settings) = site else { return Err(wrong("is not a table".to_owned())) };
        let text = |(key, value): (String, toml::Value)| match value {
            toml::Value::String(text) => Ok((key, text)),
            toml::Value::Integer(number) => Ok((key, number.to_string())),
            toml::Value::Boolean(flag) => Ok((key, flag.to_string())),
            _ => Err(wrong(format!("`{key}` is not text"))),
        };
        settings.into_iter().map(text).collect()
    }

    /// The site that is used where none is named: the default one, or the only one.
    pub(crate) fn default_site(&self) -> Option<String> {
        match (&self.default, self.sites.len()) {
            (Some(site), _) => Some(site.clone()),
            (None, 1) => self.sites.keys().next().cloned(),
            _ => None,
        }
    }

    /// The names of the sites.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sites.keys().map(String::as_str)
    }

    /// The settings of a site.
    pub(crate) fn site(&self, name: &str) -> Result<BTreeMap<String, String>, Failure> {
        if let Some(site) = self.sites.get(name) {
            return Ok(site.clone());
        }
        let names: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
        let hint = if names.is_empty() {
            format!("the file {} has no sites, or is not there", self.shown())
        } else {
            format!("{} has {}", self.shown(), names.join(", "))
        };
        Err(Failure::usage(format!("there is no site `{name}`")).hint(hint))
    }

    /// A path of the file, which is relative to it.
    pub(crate) fn path(&self, path: &str) -> String {
        let folder = self.path.as_deref().and_then(Path::parent);
        folder.map_or_else(|| path.to_owned(), |folder| folder.join(path).to_string_lossy().into_owned())
    }

    /// The name of the file in messages.
    pub(crate) fn shown(&self) -> String {
        self.path.as_ref().map_or_else(|| "the configuration".to_owned(), |path| format!("`{}`", path.display()))
    }
}

/// The usual place of the file: `%APPDATA%` on Windows, `$XDG_CONFIG_HOME` or `~/.config` elsewhere.
pub(crate) fn usual_path(command: &str) -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        folder("APPDATA")
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))
    };
    Some(base?.join(command).join("config.toml"))
}

fn unreadable(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let line = error.span().map(|span| text.get(..span.start).map_or(1, |before| before.lines().count().max(1)));
    let place = line.map(|line| format!(", line {line}")).unwrap_or_default();
    let failure = Failure::usage(format!("`{}`{place}: {}", path.display(), error.message()));
    if text.contains('\\') {
        return failure.hint(r"write paths and users with `\` in single quotes: 'C:\certificates\client.pfx'");
    }
    failure
}
