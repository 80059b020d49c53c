//! A running site: the ways in, its log and its script.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::answer::{Answer, ErrorStyle, Target};
use crate::fault_proxy::FaultProxy;
use crate::log::Seen;
use crate::server::{self, Site, locked};
use crate::start::{Builder, StartError};
use crate::tls::{Authority, Credentials};

/// A running site. It stops when this is dropped, its connections with it.
pub struct StandIn {
    pub(crate) port: u16,
    pub(crate) credentials: Credentials,
    pub(crate) names: Vec<String>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) site: Arc<Site>,
    pub(crate) task: JoinHandle<()>,
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandIn").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starting, stopping, and the ways in.
impl StandIn {
    /// Starts a site with the contents of `seed` on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When the certificates cannot be made, or no port can be opened.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// The settings of a site that is to start.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Halts like a process that is killed: the port is closed and every connection is cut. The contents stay, as in a
    /// database.
    pub async fn halt(&mut self) {
        self.task.abort();
        // The error says that it was aborted.
        let _ = (&mut self.task).await;
    }

    /// Resumes on the same port after [`halt`](Self::halt).
    ///
    /// # Errors
    ///
    /// If the port cannot be opened any more.
    pub async fn resume(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let (authority, site) = (Arc::clone(&self.authority), Arc::clone(&self.site));
        self.task = tokio::spawn(server::serve(listener, self.acceptor.clone(), authority, site));
        Ok(())
    }

    /// Stops, and returns once the port is closed and every connection is dropped.
    pub async fn stop(mut self) {
        self.halt().await;
    }

    /// The address of the interface: `https://localhost:PORT/qrs`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}/qrs", self.port)
    }

    /// The port that the site listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the site's authority, PEM.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.credentials.root_pem
    }

    /// The client certificate that the site accepts, PEM.
    #[must_use]
    pub fn client_pem(&self) -> &str {
        &self.credentials.client_pem
    }

    /// The private key of [`client_pem`](Self::client_pem), PKCS#8 PEM.
    #[must_use]
    pub fn client_key_pem(&self) -> &str {
        &self.credentials.client_key_pem
    }

    /// The value of `X-Qlik-User` that automation usually sends: `INTERNAL\sa_repository`.
    #[must_use]
    pub fn user_header(&self) -> &'static str {
        "UserDirectory=INTERNAL; UserId=sa_repository"
    }

    /// Starts a proxy in front of the site that clients take for it, and that injects faults.
    ///
    /// # Errors
    ///
    /// When its certificate cannot be made, or no port can be opened.
    pub async fn fault_proxy(&self) -> Result<FaultProxy, StartError> {
        FaultProxy::start(&self.authority, &self.names, self.port).await
    }

    /// Writes `client.pem`, `client_key.pem` and `root.pem` into a folder, as a site's certificate export does.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; the folder has to exist.
    pub fn write_certificates(&self, folder: impl AsRef<Path>) -> io::Result<()> {
        let folder = folder.as_ref();
        fs::write(folder.join("client.pem"), self.client_pem())?;
        fs::write(folder.join("root.pem"), self.root_pem())?;
        write_private(&folder.join("client_key.pem"), self.client_key_pem())
    }

    /// A client certificate, its key and its root from another authority: the site turns it away, and a client that
    /// trusts only its root turns the site away.
    ///
    /// # Errors
    ///
    /// When the certificates cannot be made.
    pub fn foreign_client(&self) -> Result<Credentials, StartError> {
        Ok(Authority::new("Foreign CA")?.credentials())
    }
}

/// Writes a file that only its owner may read, where the system knows of owners.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// The requests so far, and the responses to come.
impl StandIn {
    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.site.requests()
    }

    /// Waits until this many requests have arrived in total, including forgotten ones.
    pub async fn reached_by(&self, requests: usize) {
        self.site.recorded(requests).await;
    }

    /// Sends only this many responses from now on, and holds the others back: the site carries out the requests, but
    /// clients get no response. With `None` all are sent. Scripted responses are always sent.
    pub fn bound_answers(&self, answers: Option<usize>) {
        self.site.bound_answers(answers);
    }

    /// The maximum number of requests that were in progress at the same time.
    #[must_use]
    pub fn most_at_a_time(&self) -> usize {
        self.site.most_under_way()
    }

    /// The last request.
    #[must_use]
    pub fn last_request(&self) -> Option<Seen> {
        self.site.requests().pop()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.site.forget_requests();
    }

    /// The number of connections that completed the handshake so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.site.connections()
    }

    /// The errors of handshakes so far.
    #[must_use]
    pub fn refused_handshakes(&self) -> Vec<String> {
        self.site.refused_handshakes()
    }

    /// Responds to the next such request with this, before any check is made.
    ///
    /// Scripted responses are used in the order given, each for the first request that it is for.
    pub fn answer_next(&self, target: impl Into<Target>, answer: Answer) {
        self.site.script(target.into(), answer);
    }

    /// The number of scripted responses that no request has used yet.
    #[must_use]
    pub fn unused_answers(&self) -> usize {
        self.site.unused_answers()
    }

    /// Writes the site's error responses in this style from now on.
    pub fn set_error_style(&self, style: ErrorStyle) {
        locked(&self.site.state).error_style = style;
    }

    /// Responds to every well-formed request with 401 from now on, or stops doing so.
    pub fn refuse_credentials(&self, refuses: bool) {
        locked(&self.site.state).refuses_credentials = refuses;
    }
}
