//! A client of the settings, for a document without a hand-written way to connect.

use std::borrow::Cow;
use std::path::Path; // only: identity
use std::time::Duration;

use super::description::{Api, Credential, CredentialKind};
use super::failure::Failure;
use super::identity; // only: identity
use super::settings::{Setting, SettingKind, Values};
use crate::runtime::Variable; // only: server-variable
use crate::runtime::{Certificate, Client, ClientBuilder, Server};

/// The settings of every document.
pub(crate) fn common() -> Vec<Setting> {
    use SettingKind::{Address, Flag, Path, Text};
    vec![
        Setting::new(
            "root-certificate",
            Path,
            "FILE",
            "The certificate of the authority to trust, PEM; without it, those of the system are trusted",
        ),
        Setting::new(
            "connect-to",
            Address,
            "ADDRESS",
            "Where to connect, if not to the server's own address: HOST or HOST:PORT",
        ),
        Setting::new("proxy", Text, "URL", "The HTTP proxy to go through"),
        Setting::new("timeout", Text, "SECONDS", "The longest that one call may take, all attempts together"),
        Setting::new(
            "danger-accept-invalid-certs",
            Flag,
            "",
            "Accepts any certificate: anyone on the way can then read and change everything",
        ),
    ]
}

/// The settings of a document: its servers and its credentials.
pub(crate) fn of_document(api: &Api) -> Vec<Setting> {
    let url = "The base address of the server".to_owned();
    let mut settings = vec![setting("url".to_owned(), SettingKind::Server, "URL", url)];
    settings.extend(api.credentials.iter().flat_map(of_credential));
    settings.extend(common());
    settings
}

fn setting(key: String, kind: SettingKind, value_name: &'static str, help: String) -> Setting {
    Setting { key: Cow::Owned(key), kind, value_name, help: Cow::Owned(help), method: None }
}

/// The settings of a credential. Messages of the client name the first one by the method of its scheme.
fn of_credential(credential: &Credential) -> Vec<Setting> {
    use SettingKind::{Identity, Secret, Text};
    let Credential { scheme, option, about, .. } = credential;
    let about = if about.is_empty() { format!("The credential `{option}`") } else { (*about).to_owned() };
    let about = about.trim_end_matches('.');
    let file = |key: String, kind: SettingKind, help: String| setting(key, kind, "FILE", help);
    let mut settings = match &credential.kind {
        CredentialKind::Whole | CredentialKind::Bearer => {
            vec![file((*option).to_owned(), Secret, about.to_owned())]
        }
        CredentialKind::Named => vec![file((*option).to_owned(), Secret, format!("{about}, as `name: value`"))],
        CredentialKind::Basic => vec![file((*option).to_owned(), Secret, format!("{about}, as `user:password`"))],
        CredentialKind::Certificate => vec![
            file((*option).to_owned(), Identity, format!("{about}: a PEM file, or a .pfx file")),
            file(format!("{option}-key"), Identity, "The key of the certificate, a PEM file".to_owned()),
            file(format!("{option}-password"), Secret, "The password of the .pfx file".to_owned()),
        ],
        CredentialKind::Pattern { arguments, .. } => {
            let of_argument =
                |argument: &&str| setting(format!("{option}-{argument}"), Text, "TEXT", format!("{about}: {argument}"));
            arguments.iter().map(of_argument).collect()
        }
    };
    if let (Some(setting), Some((_, method))) = (settings.first_mut(), scheme.set_by.split_once("::")) {
        setting.method = Some(Cow::Borrowed(method));
    }
    settings
}

/// The builder of a client.
pub(crate) fn builder(api: &Api, values: &Values) -> Result<ClientBuilder, Failure> {
    let server = match values.text("url") {
        Some(url) => Server::url(url),
        None => default_server(api).ok_or_else(|| {
            Failure::usage("the server is not known")
                .hint("give its address by `--url`, a variable, or a site of the configuration")
        })?,
    };
    let mut builder = Client::builder(server);
    for credential in api.credentials {
        builder = with_credential(builder, credential, api, values)?;
    }
    apply_common(builder, values)
}

/// The first server of the document, if its address is whole.
#[allow(unused_variables, clippy::unnecessary_wraps, reason = "a document need not have servers")]
fn default_server(api: &Api) -> Option<Server> {
    // only: server-variable {
    if let Some(server) = api.servers.first()
        && server.url.starts_with("http")
        && server.variables.iter().all(|variable| !variable.default.is_empty())
    {
        let variables = server.variables.iter().map(|variable| Variable {
            name: variable.name,
            value: variable.default.to_owned(),
            allowed: variable.allowed,
        });
        return Some(Server::from_template(server.url, &variables.collect::<Vec<_>>()));
    }
    // }
    None
}

#[allow(
    unused_variables,
    clippy::match_single_binding,
    reason = "a document need not have credentials of every kind, or any"
)]
fn with_credential(
    builder: ClientBuilder,
    credential: &Credential,
    api: &Api,
    values: &Values,
) -> Result<ClientBuilder, Failure> {
    let Credential { scheme, option, kind, .. } = credential;
    // only: pattern-credential {
    if let CredentialKind::Pattern { pattern, arguments } = kind {
        let mut given = Vec::new();
        for argument in *arguments {
            given.extend(values.text(&format!("{option}-{argument}")).map(|value| (*argument, value.to_owned())));
        }
        return match given.len() {
            0 => Ok(builder),
            some if some == arguments.len() => Ok(builder.pattern_credential(scheme, pattern, &given)),
            _ => Err(Failure::usage(format!("`{option}` needs all of {}", arguments.join(", ")))),
        };
    }
    // }
    let Some(value) = values.text(option) else { return Ok(builder) };
    Ok(match kind {
        CredentialKind::Whole => builder.credential(scheme, value.to_owned()), // only: plain-credential
        CredentialKind::Bearer => builder.bearer_credential(scheme, value.to_owned()), // only: bearer-credential
        // only: named-credential {
        CredentialKind::Named => {
            let (name, value) = pair(value, option, "name: value")?;
            builder.named_credential(scheme, api.generated, name, value)
        }
        // }
        // only: basic-credential {
        CredentialKind::Basic => {
            let (user, password) = pair(value, option, "user:password")?;
            builder.basic_credential(scheme, &user, password)
        }
        // }
        // only: identity {
        CredentialKind::Certificate => {
            let key = values.text(&format!("{option}-key")).map(Path::new);
            let password = values.text(&format!("{option}-password"));
            builder.identity(scheme, identity::read(Path::new(value), key, password)?)
        }
        // }
        #[allow(unreachable_patterns, reason = "a document need not have credentials of every kind")]
        _ => builder,
    })
}

// only: named-credential, basic-credential {
fn pair(value: &str, option: &str, form: &str) -> Result<(String, String), Failure> {
    let (first, second) = value
        .split_once(':')
        .ok_or_else(|| Failure::usage(format!("the credential `{option}` is not of the form `{form}`")))?;
    Ok((first.trim().to_owned(), second.trim().to_owned()))
}
// }

/// Sets what every document has.
pub(crate) fn apply_common(mut builder: ClientBuilder, values: &Values) -> Result<ClientBuilder, Failure> {
    if let Some(file) = values.text("root-certificate") {
        builder = builder.root_certificate(Certificate::from_pem_file(file)?);
    }
    apply_route(builder, values)
}

/// Sets the way to the server, and the limit of time.
pub(crate) fn apply_route(mut builder: ClientBuilder, values: &Values) -> Result<ClientBuilder, Failure> {
    if let Some(address) = values.text("connect-to") {
        builder = builder.connect_to(address);
    }
    if let Some(proxy) = values.text("proxy") {
        builder = builder.proxy(proxy);
    }
    if let Some(seconds) = values.text("timeout") {
        let parsed = seconds.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let timeout = parsed.filter(|timeout| !timeout.is_zero());
        let timeout = timeout.ok_or_else(|| {
            Failure::usage(format!("{}: `{seconds}` is no number of seconds", values.source("timeout")))
        })?;
        builder = builder.timeout(timeout);
    }
    if values.is_set("danger-accept-invalid-certs") {
        builder = builder.danger_accept_invalid_certs(true);
    }
    Ok(builder)
}
