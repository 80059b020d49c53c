//! The connection to a site: the settings that [`environment`](crate::environment) knows, and certificates of Windows.

use std::ffi::OsString;
use std::path::Path;

use super::inputs::unquoted;
use crate::ClientBuilder;
use crate::cli::connection::{apply_route, common};
use crate::cli::failure::Failure;
use crate::cli::identity;
use crate::cli::settings::{Setting, SettingKind, Values};
use crate::environment;

/// The settings, by the names of the variables without `QRS_`.
pub(super) fn settings() -> Vec<Setting> {
    use SettingKind::{Identity, Secret, Server, Text};
    let mut settings = vec![
        Setting::new(
            "server",
            Server,
            "HOST",
            "The host of the site, for a direct connection on port 4242 by a certificate",
        ),
        Setting::new(
            "url",
            Server,
            "URL",
            "Instead: the whole base address, as in https://qlik.example.com/jwt/qrs for a virtual proxy",
        ),
        Setting::new(
            "certificate",
            Identity,
            "FILE",
            "The client certificate as the management console exports it: client.pem, or client.pfx with the key in it",
        ),
        Setting::new("key", Identity, "FILE", "The key of a certificate in PEM: client_key.pem"),
        Setting::new("certificate-password", Secret, "FILE", "The password of a .pfx file"),
        Setting::new("user", Text, "USER", r"The user to act for, as DIRECTORY\id; without it INTERNAL\sa_repository"),
        Setting::new(
            "token",
            Secret,
            "FILE",
            "Instead of certificate and user: the JSON web token for a virtual proxy",
        )
        .of_method("bearer"),
        Setting::new("session", Secret, "FILE", "Instead: a session cookie of a virtual proxy, as X-Qlik-Session=…")
            .of_method("named_session"),
        Setting::new(
            "header",
            Secret,
            "FILE",
            r"Instead: the header that a virtual proxy takes the user from, as hdr-usr: DIRECTORY\user",
        )
        .of_method("trusted_header"),
    ];
    settings.extend(common());
    settings
}

/// The builder of a client.
pub(super) fn builder(values: &Values) -> Result<ClientBuilder, Failure> {
    let variable = |name: &str| {
        let key = name.strip_prefix("QRS_")?.to_lowercase().replace('_', "-");
        // The route is set below, with what variables do not know.
        let value = values.text(&key).filter(|_| key != "connect-to")?;
        Some(OsString::from(if key == "user" { unquoted(value) } else { value }))
    };
    let identity =
        |certificate: &Path, key: Option<&Path>| identity::read(certificate, key, values.text("certificate-password"));
    match environment::builder_with(variable, identity)? {
        Ok(builder) => apply_route(builder, values),
        Err(error) => Err(explained(&error.to_string(), values)),
    }
}

/// The words of `environment`, which knows variables alone, for people who may set options.
fn explained(message: &str, values: &Values) -> Failure {
    let failure = Failure::usage(values.with_sources(message, &settings(), "QRS"));
    // Those who gave some know how.
    if message.ends_with("is missing") {
        return failure.hint("each can also be a variable (QRS_…), or a setting of a site: see `qrs --help`");
    }
    failure
}
