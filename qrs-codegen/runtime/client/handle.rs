//! The client and everything that its clones share.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use rustls::crypto::SecureRandom;

use super::address::BaseUrl;
use super::retry::Retry;
use super::route::Route;
use super::server::Server;
use crate::runtime::credential::held::HeldCredential;
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;

/// A client of the API, with a method for each operation.
///
/// A client is cheap to clone, and clones share their connections. Any number of tasks can use one concurrently.
#[derive(Clone)]
pub struct Client(Arc<dyn HasShared>);

/// Hides the fields of [`Shared`] behind a trait object.
///
/// Whether a client is `Send` follows from this trait alone. Otherwise, the compiler would examine the thousand types
/// within an HTTP client for each request type of the document, and for each future of a caller that holds a client. That
/// and a future of its own for each operation took two thirds of `cargo check` of a large client.
trait HasShared: Send + Sync {
    fn shared(&self) -> &Shared;
}

impl HasShared for Shared {
    fn shared(&self) -> &Shared {
        self
    }
}

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base: BaseUrl,
    pub(crate) route: Route,
    pub(crate) headers: HeaderMap,
    pub(crate) held: Vec<HeldCredential>,
    pub(crate) certificate: HeldCertificate,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_response_objects: usize,
    pub(crate) retry: Retry,
    pub(crate) random: &'static dyn SecureRandom,
    pub(crate) redactor: Redactor,
    pub(crate) last_response: Arc<LastResponse>,
}

/// The time at which a call of this client, or of one with the same connections, last read a response to its end.
#[derive(Default)]
pub(crate) struct LastResponse(Mutex<Option<Instant>>);

impl LastResponse {
    /// The time in which a server may send something that this thread has not seen: it is short enough to make no difference
    /// to something that arrives after the next request was sent, which nobody can recognize.
    const RECENT: Duration = Duration::from_micros(100);

    pub(crate) fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(crate) fn is_recent(&self) -> bool {
        let time = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        time.is_some_and(|time| time.elapsed() <= Self::RECENT)
    }
}

/// The client's certificate, as far as it is known.
#[derive(Clone, Copy)]
pub(crate) enum HeldCertificate {
    None,
    For(&'static Scheme),
    /// The caller's own HTTP client may hold one.
    Unknown,
}

impl Client {
    /// A client for another server, with the same credentials, settings and connections.
    ///
    /// The credentials are sent to that server: use only servers that they are meant for.
    ///
    /// # Errors
    ///
    /// If the address is not valid, if it is `https` and the first server's is not, if credentials would be
    /// sent unencrypted, or if the client was built with `connect_to`, which applies to one server.
    pub fn at_server(&self, server: &Server) -> Result<Self, BuildError> {
        let shared = self.shared();
        let base = server.base()?.clone();
        let conflict =
            |why: &str| Err(BuildError::new(BuildErrorKind::Conflict, format!("`Client::at_server`: {why}")));
        if matches!(shared.route, Route::Address(_)) {
            return conflict("`ClientBuilder::connect_to` leads to another server; build a client for this one");
        }
        if base.is_https() && !shared.base.is_https() {
            return conflict("the client was built for a server without TLS; build a client for this one");
        }
        let identity = match shared.certificate {
            HeldCertificate::For(scheme) => Some(scheme),
            HeldCertificate::None | HeldCertificate::Unknown => None,
        };
        refuse_unencrypted(&base, &shared.route, shared.held.iter().map(|held| held.scheme).chain(identity))?;
        Ok(Self::new(Shared { base, ..shared.clone() }))
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    pub(crate) fn shared(&self) -> &Shared {
        self.0.shared()
    }
}

/// Rejects credentials for a server without TLS, unless they do not leave this machine.
pub(crate) fn refuse_unencrypted(
    base: &BaseUrl,
    route: &Route,
    mut schemes: impl Iterator<Item = &'static Scheme>,
) -> Result<(), BuildError> {
    if base.is_https() || (base.is_loopback() && route.is_loopback()) {
        return Ok(());
    }
    let Some(scheme) = schemes.next() else { return Ok(()) };
    let given = match scheme.set_by {
        "" => String::new(),
        set_by => format!(" given to `{set_by}`"),
    };
    Err(BuildError::new(
        BuildErrorKind::Credential,
        format!(
            "the credentials{given} would be sent unencrypted to {}{}: use an `https` address",
            base.as_str(),
            route.suffix()
        ),
    ))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.shared().base.as_str())
            .field("credentials", &self.shared().credential_names())
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn held(&self, scheme: &Scheme) -> Option<&HeldCredential> {
        self.held.iter().find(|held| held.scheme.name == scheme.name)
    }

    pub(crate) fn holds(&self, scheme: &Scheme) -> bool {
        match scheme.carrier {
            _ if scheme.generated.is_some() => true,
            Carrier::Certificate => match self.certificate {
                HeldCertificate::None => false,
                HeldCertificate::For(held) => held.name == scheme.name,
                HeldCertificate::Unknown => true,
            },
            _ => self.held(scheme).is_some(),
        }
    }

    pub(crate) fn credential_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.held.iter().map(|held| held.scheme.name).collect();
        if let HeldCertificate::For(scheme) = self.certificate {
            names.push(scheme.name);
        }
        names
    }
}
