//! The builder of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

use super::handle::{Client, HeldCertificate, Shared};
use super::retry::Retry;
use super::route::Route;
use super::server::Server;
use super::trace;
use crate::runtime::credential::held::Held;
use crate::runtime::credential::pem::{Certificate, Identity};
use crate::runtime::credential::tls::Trust;
use crate::runtime::credential::{header, tls};
use crate::runtime::document::scheme::Scheme;
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::text::one_line::one_line;

/// Settles what a [`Client`] uses: its server, its credentials, its limits.
#[derive(Clone)]
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    server: Server,
    connect_to: Option<String>,
    proxy: Option<String>,
    headers: Vec<(String, String)>,
    held: Vec<Held>,
    identity: Option<(&'static Scheme, Identity)>,
    trust: Trust,
    http: Option<reqwest::Client>,
    timeout: Duration,
    connect_timeout: Option<Duration>,
    max_response_bytes: usize,
    retry: Retry,
}

impl Client {
    /// Starts building a client for `server`.
    pub fn builder(server: Server) -> ClientBuilder {
        ClientBuilder {
            server,
            connect_to: None,
            proxy: None,
            headers: Vec::new(),
            held: Vec::new(),
            identity: None,
            trust: Trust::default(),
            http: None,
            timeout: Duration::from_secs(60),
            connect_timeout: None,
            max_response_bytes: 128 * 1024 * 1024,
            retry: Retry::default(),
        }
    }
}

impl ClientBuilder {
    /// How long one call may take, from connecting to the last byte of the answer, all its attempts and the pauses
    /// between them included. The default is 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take, the TLS handshake included. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How many bytes the body of an answer may have. The default is 128 MiB.
    ///
    /// A larger one is an error of the kind `TooLarge`, and is not read to its end.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// When and how often a call that failed is made again. The default is [`Retry::default`]; [`Retry::never`]
    /// switches it off.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Trusts this authority *instead of* the system's: only servers whose certificate comes from it, or from
    /// another one given here, are spoken to. It may be called more than once.
    pub fn root_certificate(mut self, certificate: Certificate) -> Self {
        self.trust.roots.push(certificate);
        self
    }

    /// Trusts the system's authorities as well as those given with `root_certificate`.
    ///
    /// They are trusted anyway if none is given.
    pub fn system_roots(mut self) -> Self {
        self.trust.system = true;
        self
    }

    /// Connects to this address, and still expects there the server that the client was built for: the certificate
    /// has to be for the name in the server's address, and the server is told that name.
    ///
    /// For a server whose certificate has a name that does not lead to it from here, such as a short host name. The
    /// address is a `SocketAddr`, an `IpAddr` or a text: `"10.0.0.5:4242"`, `"node.example.com"`. Without a port it is
    /// the server's own port.
    pub fn connect_to(mut self, address: impl fmt::Display) -> Self {
        self.connect_to = Some(address.to_string());
        self
    }

    /// Sends everything through this HTTP proxy: `http://proxy.example.com:3128`, with a login if need be
    /// (`http://user:password@…`, percent-encoded). A server with an `https` address is reached by a tunnel, through
    /// which the proxy cannot see.
    ///
    /// Without this call no proxy is used, whatever the environment says. The login never shows.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Sends this header with every request, unless a request has one of that name by itself: from a parameter, a
    /// credential or its body. A second value for a name takes the place of the first.
    ///
    /// The value is treated as a secret: it never shows in `Debug`, and with six characters or more it is taken out
    /// of the text of an error that echoes it. `build` refuses what cannot be sent, and what HTTP itself sets, such
    /// as `Host` and `Content-Length`.
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.headers.retain(|(held, _)| !held.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// Accepts any certificate of the server's: of any authority, for any name, of any time.
    ///
    /// # Danger
    ///
    /// With `true`, whoever is on the way to the server can read and change everything, credentials included. All
    /// that is still checked is that the other side holds the key of the certificate that it shows, whoever it is.
    /// What helps without danger: `root_certificate` for an authority that the system does not know, and
    /// `connect_to` for a certificate with another name.
    ///
    /// With the feature `tracing`, each client that is built so is a warning.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.trust.anyone = accept;
        self
    }

    /// Uses this HTTP client, to share its connections or for what it alone can do.
    ///
    /// TLS, certificates, proxies, redirects and its own default headers are then its affair: a scheme that needs
    /// a client certificate counts as held, and the settings for TLS and connecting are refused by `build`.
    /// `timeout`, `max_response_bytes` and `default_header` hold as ever.
    ///
    /// This crate enables `reqwest`'s TLS without a cryptography provider, and without one `reqwest` panics where a client
    /// is built: enable its feature `rustls`, or install a provider for the process
    /// (`rustls::crypto::ring::default_provider().install_default()`), before you build one.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// If an address cannot be used, a header or a credential cannot be sent, settings exclude each other, or TLS
    /// cannot be set up on this machine.
    pub fn build(self) -> Result<Client, BuildError> {
        let base = self.server.base()?.clone();
        let mut redactor = Redactor::default();
        for held in &self.held {
            held.check()?;
            held.hide_in(&mut redactor);
        }
        let headers = self.default_headers(&mut redactor)?;
        let route = Route::new(&base, self.connect_to.as_deref(), self.proxy.as_deref())?;
        route.hide_in(&mut redactor);
        let provider = tls::provider();
        let connect_timeout = self.connect_timeout.unwrap_or(Duration::from_secs(10));
        let (http, certificate) = if let Some(http) = &self.http {
            self.refuse_beside_http_client()?;
            (http.clone(), HeldCertificate::Unknown)
        } else {
            let identity = self.identity.as_ref().map(|(_, identity)| identity);
            let config = tls::config(&provider, &self.trust, identity, base.is_https())?;
            let certificate = match self.identity {
                Some((scheme, _)) => HeldCertificate::For(scheme),
                None => HeldCertificate::None,
            };
            if self.trust.anyone {
                trace::unverified(base.name());
            }
            (http_client(config, connect_timeout, &route)?, certificate)
        };
        Ok(Client(Arc::new(Shared {
            http,
            base,
            route,
            headers,
            held: self.held,
            certificate,
            timeout: self.timeout,
            connect_timeout,
            max_response_bytes: self.max_response_bytes,
            retry: self.retry,
            random: provider.secure_random,
            redactor: redactor.into_shared(),
        })))
    }

    /// Holds a value for a scheme. A second one for the same scheme takes the place of the first.
    pub(crate) fn credential(self, scheme: &'static Scheme, value: String) -> Self {
        self.hold(Held::plain(scheme, value))
    }

    /// Holds a value for a scheme, to be sent in a header, query parameter or cookie of this name instead of its own.
    pub(crate) fn named_credential(self, scheme: &'static Scheme, name: String, value: String) -> Self {
        self.hold(Held::named(scheme, name, value))
    }

    /// Holds what a pattern such as `UserDirectory={directory}; UserId={id}` becomes with these values in it, each
    /// percent-encoded UTF-8.
    pub(crate) fn pattern_credential(self, scheme: &'static Scheme, pattern: &str, values: &[(&str, String)]) -> Self {
        self.hold(Held::pattern(scheme, pattern, values))
    }

    /// Holds a token for a scheme of the type `http`, `bearer`.
    pub(crate) fn bearer_credential(self, scheme: &'static Scheme, token: String) -> Self {
        self.hold(Held::bearer(scheme, token))
    }

    /// Holds a user name and a password for a scheme of the type `http`, `basic`.
    pub(crate) fn basic_credential(self, scheme: &'static Scheme, user: &str, password: String) -> Self {
        self.hold(Held::basic(scheme, user, password))
    }

    /// Holds a certificate for a scheme of the type `mutualTLS`.
    pub(crate) fn identity(mut self, scheme: &'static Scheme, identity: Identity) -> Self {
        self.identity = Some((scheme, identity));
        self
    }

    fn hold(mut self, held: Held) -> Self {
        self.held.retain(|other| other.scheme.name != held.scheme.name);
        self.held.push(held);
        self
    }

    fn default_headers(&self, redactor: &mut Redactor) -> Result<HeaderMap, BuildError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let (header, content) = header::checked(name, value).map_err(|why| {
                let name = one_line(name, 100);
                BuildError::new(BuildErrorKind::Header, format!("the default header `{name}` cannot be sent: {why}"))
            })?;
            headers.insert(header, content);
            header::secrets(value).for_each(|secret| redactor.add(secret));
        }
        Ok(headers)
    }

    fn refuse_beside_http_client(&self) -> Result<(), BuildError> {
        let setting = if let Some((scheme, _)) = self.identity {
            scheme.set_by
        } else if !self.trust.roots.is_empty() {
            "ClientBuilder::root_certificate"
        } else if self.trust.system {
            "ClientBuilder::system_roots"
        } else if self.trust.anyone {
            "ClientBuilder::danger_accept_invalid_certs"
        } else if self.connect_to.is_some() {
            "ClientBuilder::connect_to"
        } else if self.proxy.is_some() {
            "ClientBuilder::proxy"
        } else if self.connect_timeout.is_some() {
            "ClientBuilder::connect_timeout"
        } else {
            return Ok(());
        };
        Err(BuildError::new(
            BuildErrorKind::Conflict,
            format!("`{setting}` has no effect beside `ClientBuilder::http_client`: set it where that client is built"),
        ))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("server", &self.server.as_str())
            .field("connect_to", &self.connect_to)
            .field("proxy", &self.proxy.as_ref().map(|_| Hidden))
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("credentials", &self.held)
            .field("identity", &self.identity)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Stands for what must not be seen.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn http_client(
    tls: rustls::ClientConfig,
    connect_timeout: Duration,
    route: &Route,
) -> Result<reqwest::Client, BuildError> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(connect_timeout)
        .redirect(Policy::none())
        .referer(false)
        .user_agent(crate::contract::USER_AGENT);
    route.apply(builder).and_then(reqwest::ClientBuilder::build).map_err(|error| {
        BuildError::new(BuildErrorKind::Setup, format!("the HTTP client cannot be set up: {}", error.without_url()))
    })
}
