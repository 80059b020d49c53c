//! A client from environment variables, for tools and services that are configured by them.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `QRS_SERVER` | the host of a direct connection on port 4242, as in `qlik.example.com` |
//! | `QRS_URL` | instead: the whole base address, as in `https://qlik.example.com/jwt/qrs` for a virtual proxy |
//! | `QRS_CERTIFICATE` | the file of the client certificate, PEM (`client.pem`) |
//! | `QRS_KEY` | the file of its key, PEM (`client_key.pem`); not needed if it is in the file of the certificate |
//! | `QRS_ROOT_CERTIFICATE` | the file of the site's certificate authority, PEM (`root.pem`); without it, the system's are trusted |
//! | `QRS_USER` | the user to act for, as `DIRECTORY\id`; without it `INTERNAL\sa_repository` |
//! | `QRS_TOKEN` | instead of certificate and user: a JSON web token, for a virtual proxy that takes one |
//! | `QRS_SESSION` | instead: a session cookie of a virtual proxy, as `X-Qlik-Session=…` |
//! | `QRS_HEADER` | instead: the header that a virtual proxy takes the user from, as `hdr-usr: DIRECTORY\user` |
//! | `QRS_CONNECT_TO` | where to connect instead of the server's own address: a host, or a host and a port; see [`ClientBuilder::connect_to`] |
//!
//! An empty variable counts as not set.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = qrs_generated::environment::client()?;
//! let license = client.get_license().send().await?;
//! # Ok(())
//! # }
//! ```

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use crate::{BuildError, Certificate, Client, ClientBuilder, Identity, Server};

/// The default user: the account of the repository's own services.
const DEFAULT_USER: &str = r"INTERNAL\sa_repository";

/// The error of a client that could not be built from the environment. It names every variable that is missing or wrong,
/// and never contains a secret value.
#[derive(Debug)]
pub struct EnvironmentError {
    problems: Vec<String>,
    source: Option<BuildError>,
}

/// Builds a client from the variables.
///
/// # Errors
///
/// If variables are missing, exclude each other, or name a file that cannot be used. The error names all missing
/// variables.
pub fn client() -> Result<Client, EnvironmentError> {
    builder()?.build().map_err(EnvironmentError::from)
}

/// Creates the builder of [`client`], for further settings such as limits or another user.
///
/// # Errors
///
/// As [`client`].
pub fn builder() -> Result<ClientBuilder, EnvironmentError> {
    builder_from(|name| std::env::var_os(name))
}

/// As [`builder`], but reads each variable with `variable` instead of from the process's environment.
///
/// # Errors
///
/// As [`client`].
pub fn builder_from(variable: impl Fn(&str) -> Option<OsString>) -> Result<ClientBuilder, EnvironmentError> {
    let identity = |certificate: &Path, key: Option<&Path>| match key {
        Some(key) => Identity::from_pem_files(certificate, key),
        None => Identity::from_pem_bundle_file(certificate),
    };
    builder_with(variable, identity).map_err(EnvironmentError::from)?
}

/// As [`builder_from`], with another way to read a certificate and its key, whose error is returned on its own.
pub(crate) fn builder_with<E>(
    variable: impl Fn(&str) -> Option<OsString>,
    identity: impl Fn(&Path, Option<&Path>) -> Result<Identity, E>,
) -> Result<Result<ClientBuilder, EnvironmentError>, E> {
    let mut problems = Vec::new();
    let settings = Settings::read(&variable, &mut problems);
    let builder = settings.server(&mut problems).map(Client::builder);
    settings.check(&mut problems);
    match builder {
        Some(builder) if problems.is_empty() => {
            let identity = match settings.certificate.as_deref().map(Path::new) {
                Some(certificate) => Some(identity(certificate, settings.key.as_deref().map(Path::new))?),
                None => None,
            };
            Ok(settings.apply(builder, identity))
        }
        _ => Ok(Err(EnvironmentError { problems, source: None })),
    }
}

/// The variables that are set.
struct Settings {
    server: Option<String>,
    url: Option<String>,
    certificate: Option<OsString>,
    key: Option<OsString>,
    root_certificate: Option<OsString>,
    user: Option<String>,
    token: Option<String>,
    session: Option<String>,
    header: Option<String>,
    connect_to: Option<String>,
}

impl Settings {
    fn read(variable: &dyn Fn(&str) -> Option<OsString>, problems: &mut Vec<String>) -> Self {
        let file = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut text = |name: &str| match file(name).map(OsString::into_string) {
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => {
                problems.push(format!("`{name}` is not UTF-8"));
                None
            }
            None => None,
        };
        Self {
            server: text("QRS_SERVER"),
            url: text("QRS_URL"),
            user: text("QRS_USER"),
            token: text("QRS_TOKEN"),
            session: text("QRS_SESSION"),
            header: text("QRS_HEADER"),
            connect_to: text("QRS_CONNECT_TO"),
            certificate: file("QRS_CERTIFICATE"),
            key: file("QRS_KEY"),
            root_certificate: file("QRS_ROOT_CERTIFICATE"),
        }
    }

    fn server(&self, problems: &mut Vec<String>) -> Option<Server> {
        match (&self.server, &self.url) {
            (Some(host), None) => {
                // An IPv6 address in brackets has colons, too.
                if host.contains('/') || (host.contains(':') && !host.starts_with('[')) {
                    problems.push(
                        "`QRS_SERVER` is a host alone, as in `qlik.example.com`: a whole address is for `QRS_URL`"
                            .to_owned(),
                    );
                }
                Some(Server::direct(host))
            }
            (None, Some(url)) => Some(Server::url(url)),
            (None, None) => {
                problems.push("`QRS_SERVER` (a host) or `QRS_URL` (a base address) is missing".to_owned());
                None
            }
            (Some(_), Some(_)) => {
                problems.push("`QRS_SERVER` and `QRS_URL` exclude each other".to_owned());
                None
            }
        }
    }

    fn check(&self, problems: &mut Vec<String>) {
        let given = self.credentials();
        match given.as_slice() {
            [] => problems.push(
                "`QRS_CERTIFICATE` (with `QRS_KEY`) for a direct connection, or `QRS_TOKEN`, `QRS_SESSION` or `QRS_HEADER` \
                 for one through the proxy, is missing"
                    .to_owned(),
            ),
            [_] => {}
            [first @ .., last] => {
                problems.push(format!("`{}` and `{last}` exclude each other", first.join("`, `")));
            }
        }
        if self.certificate.is_none() && self.key.is_some() {
            problems.push("`QRS_KEY` has no effect without `QRS_CERTIFICATE`".to_owned());
        }
        if self.user.is_some()
            && let Some(other) = given.iter().find(|name| **name != "QRS_CERTIFICATE")
        {
            problems.push(format!("`QRS_USER` has no effect beside `{other}`, which says who the user is"));
        }
        if self.server.is_some()
            && self.url.is_none()
            && let [name @ ("QRS_TOKEN" | "QRS_SESSION" | "QRS_HEADER")] = given.as_slice()
        {
            problems.push(format!(
                "`{name}` is for a connection through the proxy, and `QRS_SERVER` is a direct one: give the proxy's address by \
                 `QRS_URL`, as in `https://qlik.example.com/jwt/qrs`"
            ));
        }
        if self.session.as_ref().is_some_and(|session| pair(session, '=').is_none()) {
            problems.push("`QRS_SESSION` has the form `X-Qlik-Session=…`".to_owned());
        }
        if self.header.as_ref().is_some_and(|header| pair(header, ':').is_none()) {
            problems.push(r"`QRS_HEADER` has the form `hdr-usr: DIRECTORY\user`".to_owned());
        }
        if self.user.as_ref().is_some_and(|user| user_parts(user).is_none()) {
            problems.push(r"`QRS_USER` has the form `DIRECTORY\id`".to_owned());
        }
    }

    /// The variables that hold credentials and are set.
    fn credentials(&self) -> Vec<&'static str> {
        let ways = [
            ("QRS_CERTIFICATE", self.certificate.is_some()),
            ("QRS_TOKEN", self.token.is_some()),
            ("QRS_SESSION", self.session.is_some()),
            ("QRS_HEADER", self.header.is_some()),
        ];
        ways.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }

    fn apply(self, mut builder: ClientBuilder, identity: Option<Identity>) -> Result<ClientBuilder, EnvironmentError> {
        if let Some(file) = self.root_certificate {
            builder = builder.root_certificate(Certificate::from_pem_file(file)?);
        }
        if let Some(address) = self.connect_to {
            builder = builder.connect_to(address);
        }
        if let Some(token) = self.token {
            return Ok(builder.bearer(token));
        }
        if let Some((name, value)) = self.session.as_deref().and_then(|session| pair(session, '=')) {
            return Ok(builder.named_session(name, value));
        }
        if let Some((name, value)) = self.header.as_deref().and_then(|header| pair(header, ':')) {
            return Ok(builder.trusted_header(name, value));
        }
        if let Some(identity) = identity {
            builder = builder.certificate(identity);
        }
        let user = self.user.as_deref().unwrap_or(DEFAULT_USER);
        Ok(match user_parts(user) {
            Some((directory, id)) => builder.user(directory, id),
            None => builder,
        })
    }
}

/// A name and the text after the separator, without the white space around them.
fn pair(text: &str, separator: char) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(separator)?;
    Some((name.trim(), value.trim())).filter(|(name, value)| !name.is_empty() && !value.is_empty())
}

fn user_parts(user: &str) -> Option<(&str, &str)> {
    user.split_once('\\').filter(|(directory, id)| !directory.is_empty() && !id.is_empty())
}

impl From<BuildError> for EnvironmentError {
    fn from(source: BuildError) -> Self {
        Self { problems: vec![source.to_string()], source: Some(source) }
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("; "))
    }
}

impl std::error::Error for EnvironmentError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // What it says itself is what this says.
        self.source.as_ref().and_then(std::error::Error::source)
    }
}
