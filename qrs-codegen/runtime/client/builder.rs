//! The builder of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use rustls::sign::CertifiedKey;

use super::address::presentable;
use super::handle::{Client, HeldCertificate, Shared, refuse_unencrypted};
use super::retry::Retry;
use super::route::Route;
use super::server::Server;
use super::trace;
use crate::runtime::credential::held::HeldCredential;
use crate::runtime::credential::identity::Identity; // only: identity
use crate::runtime::credential::pem::Certificate;
use crate::runtime::credential::tls::Trust;
use crate::runtime::credential::{header, tls};
use crate::runtime::document::scheme::Scheme;
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::text::one_line::one_line;

/// Configures a [`Client`]: its server, credentials, timeouts and limits.
///
/// Start with [`Client::builder`] and finish with [`ClientBuilder::build`].
#[derive(Clone)]
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    server: Server,
    connect_to: Option<String>,
    proxy: Option<String>,
    headers: Vec<(String, String)>,
    held: Vec<HeldCredential>,
    identity: Option<(&'static Scheme, Arc<CertifiedKey>)>,
    /// The scheme of a certificate that nobody asks for.
    assumed: Option<&'static Scheme>,
    trust: Trust,
    http: Option<reqwest::Client>,
    timeout: Duration,
    connect_timeout: Option<Duration>,
    reuse_connections: bool,
    max_response_bytes: usize,
    max_response_objects: usize,
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
            assumed: None,
            trust: Trust::default(),
            http: None,
            timeout: Duration::from_secs(60),
            connect_timeout: None,
            reuse_connections: true,
            max_response_bytes: 128 * 1024 * 1024,
            max_response_objects: 1_000_000,
            retry: Retry::default(),
        }
    }
}

impl ClientBuilder {
    /// Sets the timeout of a call, from connecting to the last byte of the response, including all attempts and the pauses
    /// between them. The default is 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout of connecting, including the TLS handshake. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets the maximum size of a response body in bytes. The default is 128 MiB.
    ///
    /// A larger body is an error of the kind `TooLarge`; the rest of it is not read.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets the maximum number of objects in a response body. The default is 1,000,000.
    ///
    /// A decoded object can take a hundred times the memory of its text: `{}` is two bytes, and a struct with many optional
    /// fields is a kilobyte. A body with more objects is an error of the kind `TooLarge`.
    pub fn max_response_objects(mut self, objects: usize) -> Self {
        self.max_response_objects = objects;
        self
    }

    /// Sets the retry policy. The default is [`Retry::default`]; [`Retry::never`] disables retries.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Keeps connections open for further calls, or closes each after its response. The default is `true`.
    ///
    /// An HTTP/1.1 response does not say which request it belongs to. If a faulty server or proxy sends a response that
    /// nobody asked for, it can be taken for the response to the next request. If that response arrives while the connection
    /// is idle, the client closes the connection. The client cannot recognize a response that arrives after the next request
    /// was sent, or less than 100 µs before that. With `false`, no response can belong to another call, and each call costs a
    /// TLS handshake.
    pub fn reuse_connections(mut self, reuse: bool) -> Self {
        self.reuse_connections = reuse;
        self
    }

    /// Trusts this certificate authority *instead of* the system's. Call it once for each authority to trust: the server's
    /// certificate must be issued by one of them.
    pub fn root_certificate(mut self, certificate: Certificate) -> Self {
        self.trust.roots.push(certificate);
        self
    }

    /// Trusts the system's certificate authorities in addition to those given with `root_certificate`.
    ///
    /// Without any `root_certificate` they are trusted by default.
    pub fn system_roots(mut self) -> Self {
        self.trust.system = true;
        self
    }

    /// Connects to this address instead of the host of the [`Server`]. The certificate is still checked against the host of
    /// the `Server`, and the `Host` header still carries it.
    ///
    /// Use it where the host, such as a short host name, does not resolve from here. The address is a `SocketAddr`, an
    /// `IpAddr` or a string: `"10.0.0.5:4242"`, `"node.example.com"`. The port defaults to the server's.
    pub fn connect_to(mut self, address: impl fmt::Display) -> Self {
        self.connect_to = Some(address.to_string());
        self
    }

    /// Connects through this HTTP proxy: `http://proxy.example.com:3128`, or with a login
    /// `http://user:password@proxy.example.com:3128`, percent-encoded. A server with an `https` address is reached by a
    /// tunnel whose content the proxy cannot read.
    ///
    /// Without this call no proxy is used: proxies in environment variables are ignored. The login never appears in
    /// `Debug` output or error messages.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Sends this header with every request, unless a parameter, a credential or the body of the request sets a header of
    /// that name. A second value for the same name replaces the first.
    ///
    /// The value is treated as a secret: it never appears in `Debug` output, and a value of six characters or more is
    /// redacted where an error echoes it. `build` rejects values that are not valid in a header, and headers that HTTP
    /// itself sets, such as `Host` and `Content-Length`.
    pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.headers.retain(|(held, _)| !held.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// Accepts any server certificate: from any authority, for any name, expired, damaged, of any version and with any key.
    /// Signatures are not verified either. The server and this client still need a cipher suite and a curve in common.
    ///
    /// # Danger
    ///
    /// With `true`, anyone between this machine and the server can read and change everything, including credentials.
    /// Safe alternatives: `root_certificate` for an authority that the system does not know, and `connect_to` for a
    /// certificate with another name.
    ///
    /// With the feature `tracing`, building such a client logs a warning.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.trust.anyone = accept;
        self
    }

    /// Uses this `reqwest::Client`, to share its connections or for a feature that only `reqwest` offers.
    ///
    /// TLS, certificates, proxies, redirects and its own default headers are then configured on that client: a scheme that
    /// needs a client certificate counts as set, and `build` rejects this builder's settings for TLS and connecting.
    /// All other settings still apply.
    ///
    /// This crate enables `reqwest`'s TLS without a cryptography provider. `reqwest::Client::builder().build()` in your code
    /// then panics, unless you enable the feature `rustls` of `reqwest` or first install a provider for the process
    /// (`rustls::crypto::ring::default_provider().install_default()`).
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Builds the client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// If an address, a header or a credential is not valid, if settings conflict, or if TLS cannot be set up on this
    /// machine.
    pub fn build(mut self) -> Result<Client, BuildError> {
        let base = self.server.base()?.clone();
        let mut redactor = Redactor::default();
        for held in &mut self.held {
            held.prepare()?;
            held.hide_in(&mut redactor);
        }
        let identity = self.identity.as_ref().map(|(scheme, _)| *scheme);
        let headers = self.default_headers(&mut redactor)?;
        let route = Route::new(&base, self.connect_to.as_deref(), self.proxy.as_deref())?;
        refuse_unencrypted(&base, &route, self.held.iter().map(|held| held.scheme).chain(identity))?;
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
                None => self.assumed.map_or(HeldCertificate::None, HeldCertificate::For),
            };
            if self.trust.anyone {
                trace::unverified(base.name());
            }
            (http_client(config, connect_timeout, self.reuse_connections, &route)?, certificate)
        };
        Ok(Client::new(Shared {
            http,
            base,
            route,
            headers,
            held: self.held,
            certificate,
            timeout: self.timeout,
            connect_timeout,
            max_response_bytes: self.max_response_bytes,
            max_response_objects: self.max_response_objects,
            retry: self.retry,
            random: provider.secure_random,
            redactor: redactor.into_shared(),
            last_response: Arc::default(),
        }))
    }

    // only: plain-credential {
    /// Sets the value of a scheme. A second value for the same scheme replaces the first.
    pub(crate) fn credential(self, scheme: &'static Scheme, value: String) -> Self {
        self.hold(HeldCredential::plain(scheme, value))
    }
    // }

    // only: named-credential {
    /// Sets the value of a scheme, to be sent in a header, query parameter or cookie of this name instead of the scheme's.
    /// `generated` are the document's schemes whose values the client generates: none of their names can be taken.
    pub(crate) fn named_credential(
        self,
        scheme: &'static Scheme,
        generated: &[&Scheme],
        name: String,
        value: String,
    ) -> Self {
        self.hold(HeldCredential::named(scheme, generated, name, value))
    }
    // }

    // only: pattern-credential {
    /// Sets the value of a scheme by a pattern such as `UserDirectory={directory}; UserId={id}`. Each value is
    /// percent-encoded.
    pub(crate) fn pattern_credential(self, scheme: &'static Scheme, pattern: &str, values: &[(&str, String)]) -> Self {
        self.hold(HeldCredential::pattern(scheme, pattern, values))
    }
    // }

    // only: bearer-credential {
    /// Sets the token of a scheme of the type `http`, `bearer`.
    pub(crate) fn bearer_credential(self, scheme: &'static Scheme, token: String) -> Self {
        self.hold(HeldCredential::bearer(scheme, token))
    }
    // }

    // only: basic-credential {
    /// Sets the user name and password of a scheme of the type `http`, `basic`.
    pub(crate) fn basic_credential(self, scheme: &'static Scheme, user: &str, password: String) -> Self {
        self.hold(HeldCredential::basic(scheme, user, password))
    }
    // }

    // only: identity {
    /// Sets the client certificate of a scheme of the type `mutualTLS`.
    pub(crate) fn identity(mut self, scheme: &'static Scheme, identity: Identity) -> Self {
        self.identity = Some((scheme, identity.0));
        self
    }
    // }

    // only: mock {
    /// Counts a certificate as set, for a server without TLS.
    pub(crate) fn assume_certificate(mut self, scheme: &'static Scheme) -> Self {
        self.assumed = Some(scheme);
        self
    }
    // }

    // only: held-credential {
    fn hold(mut self, held: HeldCredential) -> Self {
        self.held.retain(|other| other.scheme.name != held.scheme.name);
        self.held.push(held);
        self
    }
    // }

    fn default_headers(&self, redactor: &mut Redactor) -> Result<HeaderMap, BuildError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let (header, content) = header::checked(name, value).map_err(|why| {
                let name = one_line(name, 100);
                BuildError::new(BuildErrorKind::Header, format!("the default header `{name}` cannot be sent: {why}"))
            })?;
            headers.insert(header, content);
            header::secrets(value).for_each(|secret| {
                redactor.add(secret);
                redactor.add_encoded(secret);
            });
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
        } else if !self.reuse_connections {
            "ClientBuilder::reuse_connections"
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
            .field("connect_to", &self.connect_to.as_deref().map(presentable))
            .field("proxy", &self.proxy.as_ref().map(|_| Hidden))
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("credentials", &self.held)
            .field("identity", &self.identity.as_ref().map(|(scheme, _)| scheme))
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("reuse_connections", &self.reuse_connections)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_response_objects", &self.max_response_objects)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// A placeholder in `Debug` output for a secret.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn http_client(
    tls: rustls::ClientConfig,
    connect_timeout: Duration,
    reuse_connections: bool,
    route: &Route,
) -> Result<reqwest::Client, BuildError> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(connect_timeout)
        .redirect(Policy::none())
        .referer(false)
        .user_agent(crate::contract::USER_AGENT);
    if !reuse_connections {
        builder = builder.pool_max_idle_per_host(0);
    }
    route.apply(builder).and_then(reqwest::ClientBuilder::build).map_err(|error| {
        BuildError::new(BuildErrorKind::Setup, format!("the HTTP client cannot be set up: {}", error.without_url()))
    })
}
