//! Starts a site.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::seed;
use crate::server::{self, Site};
use crate::stand_in::StandIn;
use crate::state::State;
use crate::tls::{Authority, TlsVersions};

/// An error of starting a site.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// A certificate could not be made; most likely the server's name is none.
    Certificate(rcgen::Error),
    /// The certificates made were not accepted.
    Tls(rustls::Error),
    /// The authority made was not accepted as a judge of clients.
    Verifier(rustls::server::VerifierBuilderError),
    /// The port could not be opened.
    Listen(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate(_) => "a certificate could not be made",
            Self::Tls(_) => "the certificates were not accepted",
            Self::Verifier(_) => "the authority was not accepted",
            Self::Listen(_) => "the port could not be opened",
        })
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(match self {
            Self::Certificate(error) => error,
            Self::Tls(error) => error,
            Self::Verifier(error) => error,
            Self::Listen(error) => error,
        })
    }
}

impl From<rcgen::Error> for StartError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error)
    }
}

impl From<rustls::Error> for StartError {
    fn from(error: rustls::Error) -> Self {
        Self::Tls(error)
    }
}

impl From<rustls::server::VerifierBuilderError> for StartError {
    fn from(error: rustls::server::VerifierBuilderError) -> Self {
        Self::Verifier(error)
    }
}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::Listen(error)
    }
}

/// The interface that a site offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The 21 operations of `spec/licenses.yaml`, and the lists in full and counts beside them.
    #[default]
    Contract,
    /// The operations of QRS 38.22 around licences, users and rules.
    Live(Licensing),
}

/// The kind of access that the licence of a live site holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licensing {
    /// Professional and analyzer passes, and minutes of analyzers.
    Capacity,
    /// Tokens, for user and login access.
    Tokens,
}

/// The settings of a site that is to start; made by [`StandIn::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    port: u16,
    names: Vec<String>,
    tls: TlsVersions,
    mode: Mode,
    empty: bool,
}

impl Builder {
    /// Listens on this port; without it, or with 0, on any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Gives the server a certificate for this name alone, as sites that know only their short host name have.
    pub fn server_name(mut self, name: &str) -> Self {
        self.names = vec![name.to_owned()];
        self
    }

    /// Speaks these versions of TLS; without it, 1.2 and 1.3.
    pub fn tls(mut self, versions: TlsVersions) -> Self {
        self.tls = versions;
        self
    }

    /// Offers the interface of a live site, with a licence of passes, instead of that of the document.
    pub fn live(self) -> Self {
        self.mode(Mode::Live(Licensing::Capacity))
    }

    /// Offers this interface; without it, that of the document.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Starts without users, licence, allocations and rules, where a site else starts with those of [`seed`].
    pub fn empty(mut self) -> Self {
        self.empty = true;
        self
    }

    /// Starts the site on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the certificates cannot be made, or the port cannot be opened.
    pub async fn start(self) -> Result<StandIn, StartError> {
        let authority = Arc::new(Authority::new("Stand-in CA")?);
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config(&self.names, self.tls)?));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let port = listener.local_addr()?.port();
        let mut state = State::default();
        if !self.empty {
            seed::fill(&mut state, self.mode);
        }
        let site = Arc::new(Site::new(self.mode, state));
        let credentials = authority.credentials();
        let serving = server::serve(listener, acceptor.clone(), Arc::clone(&authority), Arc::clone(&site));
        Ok(StandIn { port, credentials, names: self.names, authority, acceptor, site, task: tokio::spawn(serving) })
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            tls: TlsVersions::default(),
            mode: Mode::default(),
            empty: false,
        }
    }
}
