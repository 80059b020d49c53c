//! A stand-in for the Qlik Sense Repository Service: its licences interface, over real mutual TLS.
//!
//! It is an independent judge of a client. It was written from `spec/licenses.yaml` and from what live sites are
//! known to do, shares no code with the client, and is stricter than a live site wherever leniency would hide a
//! fault: one spelling of each parameter, well-formed encodings, typed filters.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use qrs_tests::{Answer, Operation, StandIn, StatusCode, seed};
//!
//! let site = StandIn::start().await?;
//! let folder = std::env::temp_dir().join(format!("qrs-stand-in-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! site.write_certificates(&folder)?; // client.pem, client_key.pem, root.pem
//!
//! // A client connects to `site.url()` with these, and with `site.user_header()`. What it will be told next:
//! site.answer_next(Operation::GetLicense, Answer::html(StatusCode::OK, "<html>Log in</html>"));
//! // What it asked:
//! assert!(site.requests().is_empty());
//! // What its calls have left behind:
//! assert_eq!(site.users()[2].id, seed::ADA);
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// What the README shows is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod answer;
mod canned;
mod fault_proxy;
mod filter;
mod log;
mod operation;
mod routes;
pub mod seed;
mod server;
mod state;
mod tls;
mod wire;

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

pub use crate::answer::{Answer, ErrorStyle, Fault, Target};
pub use crate::canned::{Bodies, Canned};
pub use crate::fault_proxy::{Ending, FaultProxy, Mishap, Rewrite};
pub use crate::log::Seen;
pub use crate::operation::Operation;
pub use crate::state::{LicenseKind, Pool, User};
pub use crate::tls::{Credentials, TlsVersions};
/// The HTTP types that this crate's interface is written in.
pub use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::server::{Site, locked};
use crate::state::{License, Pass, State};
use crate::tls::Authority;

/// Why a site could not start.
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

/// How a site is to start; made by [`StandIn::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    port: u16,
    names: Vec<String>,
    tls: TlsVersions,
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
        let mut state = State::empty();
        if !self.empty {
            seed::fill(&mut state);
        }
        let site = Arc::new(Site::new(state));
        let credentials = authority.credentials();
        let serving = server::serve(listener, acceptor.clone(), Arc::clone(&authority), Arc::clone(&site));
        Ok(StandIn { port, credentials, names: self.names, authority, acceptor, site, task: tokio::spawn(serving) })
    }
}

/// A running site. It stops when this is dropped, its connections with it.
pub struct StandIn {
    port: u16,
    credentials: Credentials,
    names: Vec<String>,
    authority: Arc<Authority>,
    acceptor: TlsAcceptor,
    site: Arc<Site>,
    task: JoinHandle<()>,
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
    /// Starts a site with the contents of [`seed`] on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When the certificates cannot be made, or no port can be opened.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// How a site is to start.
    pub fn builder() -> Builder {
        Builder {
            port: 0,
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            tls: TlsVersions::default(),
            empty: false,
        }
    }

    /// Goes away as a process that is ended does: the port is closed, and every connection is cut, whatever it was
    /// doing. What the site holds stays, as in a database.
    pub async fn halt(&mut self) {
        self.task.abort();
        // The error says that it was aborted.
        let _ = (&mut self.task).await;
    }

    /// Comes back on the same port, after [`halt`](Self::halt).
    ///
    /// # Errors
    ///
    /// When the port cannot be opened any more.
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

    /// The value of `X-Qlik-User` as whom automation usually calls: `INTERNAL\sa_repository`.
    #[must_use]
    pub fn user_header(&self) -> &'static str {
        "UserDirectory=INTERNAL; UserId=sa_repository"
    }

    /// Starts a proxy in front of the site that clients take for it, and that breaks what a test wants to see broken.
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

/// What was asked, and what will be answered.
impl StandIn {
    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.site.requests()
    }

    /// Waits until so many requests have come in all, forgotten ones too.
    pub async fn reached_by(&self, requests: usize) {
        self.site.recorded(requests).await;
    }

    /// Lets so many answers leave from now on, and keeps the others back: the site acts, and nobody hears of it. With
    /// `None` all may leave. Scripted answers leave anyway.
    pub fn bound_answers(&self, answers: Option<usize>) {
        self.site.bound_answers(answers);
    }

    /// The most requests that were being answered at a time.
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

    /// How many connections have completed the handshake so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.site.connections()
    }

    /// Why handshakes failed so far, a text each.
    #[must_use]
    pub fn refused_handshakes(&self) -> Vec<String> {
        self.site.refused_handshakes()
    }

    /// Answers the next such request with this, before any check is made.
    ///
    /// Several scripted answers are used in the order given, each for the first request that it is for.
    pub fn answer_next(&self, target: impl Into<Target>, answer: Answer) {
        self.site.script(target.into(), answer);
    }

    /// How many scripted answers no request has asked for yet.
    #[must_use]
    pub fn unused_answers(&self) -> usize {
        self.site.unused_answers()
    }

    /// Words the site's refusals in this style from now on.
    pub fn set_error_style(&self, style: ErrorStyle) {
        locked(&self.site.state).error_style = style;
    }

    /// Answers every well-formed request with 401 from now on, or stops doing so.
    pub fn refuse_credentials(&self, refuses: bool) {
        locked(&self.site.state).refuses_credentials = refuses;
    }
}

/// What the site holds.
impl StandIn {
    /// Adds a user with a new identifier, which it returns.
    #[must_use]
    pub fn add_user(&self, directory: &str, user_id: &str, name: &str) -> Uuid {
        let id = Uuid::new_v4();
        locked(&self.site.state).users.push(User {
            id,
            directory: directory.to_owned(),
            user_id: user_id.to_owned(),
            name: name.to_owned(),
            inactive: false,
        });
        id
    }

    /// Makes a user's account inactive; `false` when there is no such user.
    #[must_use]
    pub fn deactivate_user(&self, id: Uuid) -> bool {
        let mut state = locked(&self.site.state);
        let user = state.users.iter_mut().find(|user| user.id == id);
        user.map(|user| user.inactive = true).is_some()
    }

    /// The users.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        locked(&self.site.state).users.clone()
    }

    /// Sets the licence: its row as JSON, its kind and its enablement file.
    pub fn set_license(&self, row: Map<String, Value>, kind: LicenseKind, lef: &str) {
        locked(&self.site.state).license = Some(License { row, kind, lef: lef.to_owned() });
    }

    /// Changes the kind of the licence, where there is one.
    pub fn set_license_kind(&self, kind: LicenseKind) {
        if let Some(license) = &mut locked(&self.site.state).license {
            license.kind = kind;
        }
    }

    /// Takes the licence away: `GET /license` answers `null`, and there is no capacity of any kind.
    pub fn unlicensed(&self) {
        locked(&self.site.state).license = None;
    }

    /// The licence's row, where there is one.
    #[must_use]
    pub fn license(&self) -> Option<Value> {
        let state = locked(&self.site.state);
        let license = state.license.as_ref()?;
        Some(Value::Object(license.row.clone()))
    }

    /// Sets how many passes, or tokens, of a kind the licence holds.
    pub fn set_capacity(&self, pool: Pool, capacity: u32) {
        locked(&self.site.state).set_capacity(pool, i64::from(capacity));
    }

    /// The allocations of a kind, as the site holds them now.
    #[must_use]
    pub fn allocations(&self, pool: Pool) -> Vec<Value> {
        let state = locked(&self.site.state);
        let rows = state.pool(pool).iter();
        rows.map(|pass| Value::Object(pass.row.clone())).collect()
    }

    /// Adds an allocation as it stands, whatever its shape and the capacity.
    pub fn push_allocation(&self, pool: Pool, row: Map<String, Value>) {
        locked(&self.site.state).pool_mut(pool).push(Pass::new(row));
    }

    /// Sets when the pass of this identifier was last used; `false` when there is none.
    #[must_use]
    pub fn mark_used(&self, pool: Pool, id: Uuid, when: Timestamp) -> bool {
        let mut state = locked(&self.site.state);
        let mut passes = state.pool_mut(pool).iter_mut();
        let pass = passes.find(|pass| state::has_id(&pass.row, id));
        pass.map(|pass| pass.last_used = Some(when)).is_some()
    }

    /// Adds a licence rule as it stands.
    pub fn push_rule(&self, row: Map<String, Value>) {
        locked(&self.site.state).rules.push(row);
    }

    /// The licence rules.
    #[must_use]
    pub fn rules(&self) -> Vec<Value> {
        let state = locked(&self.site.state);
        state.rules.iter().cloned().map(Value::Object).collect()
    }

    /// Removes every allocation and rule.
    pub fn clear(&self) {
        let mut state = locked(&self.site.state);
        state.rules.clear();
        for pool in Pool::ALL {
            state.pool_mut(pool).clear();
        }
    }

    /// Puts the site's clock ahead: quarantines end.
    pub fn advance(&self, by: SignedDuration) {
        let mut state = locked(&self.site.state);
        state.clock = state.clock.saturating_add(by);
    }

    /// The site's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        locked(&self.site.state).now()
    }
}
