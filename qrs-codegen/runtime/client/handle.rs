//! The client and everything that its clones share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use rustls::crypto::SecureRandom;

use super::address::Base;
use super::retry::Retry;
use super::route::Route;
use super::server::Server;
use crate::runtime::credential::held::Held;
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;

/// The client: one method for each operation.
///
/// It is cheap to clone, and clones share their connections. Any number of tasks may call one at the same time.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Shared>);

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Base,
    pub(crate) route: Route,
    pub(crate) headers: HeaderMap,
    pub(crate) held: Vec<Held>,
    pub(crate) certificate: HeldCertificate,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: Retry,
    pub(crate) random: &'static dyn SecureRandom,
    pub(crate) redactor: Redactor,
}

/// What is known of the client's certificate.
#[derive(Clone, Copy)]
pub(crate) enum HeldCertificate {
    None,
    For(&'static Scheme),
    /// The caller's own HTTP client may hold one.
    Unknown,
}

impl Client {
    /// The same client for another server: with the same credentials, settings and connections.
    ///
    /// The credentials go wherever this leads: give it servers that they are meant for.
    ///
    /// # Errors
    ///
    /// If the address cannot be used, if it is `https` where that of the first server was not, or if the client was
    /// built with `connect_to`, which is for one server alone.
    pub fn at_server(&self, server: &Server) -> Result<Self, BuildError> {
        let shared = &*self.0;
        let base = server.base()?.clone();
        let conflict =
            |why: &str| Err(BuildError::new(BuildErrorKind::Conflict, format!("`Client::at_server`: {why}")));
        if matches!(shared.route, Route::Address(_)) {
            return conflict("`ClientBuilder::connect_to` leads to another server; build a client for this one");
        }
        if base.is_https() && !shared.base.is_https() {
            return conflict("the client was built for a server without TLS; build a client for this one");
        }
        Ok(Self(Arc::new(Shared { base, ..shared.clone() })))
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.0.base.as_str())
            .field("credentials", &self.0.credential_names())
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn held(&self, scheme: &Scheme) -> Option<&Held> {
        self.held.iter().find(|held| held.scheme.name == scheme.name)
    }

    pub(crate) fn holds(&self, scheme: &Scheme) -> bool {
        match scheme.carrier {
            _ if scheme.made.is_some() => true,
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
