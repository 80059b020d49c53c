//! A proxy in front of a site that breaks what passes through it, as networks and restarting services do.
//!
//! It ends TLS on both sides, with certificates of the site's own authority: so a client takes it for the site, and it
//! knows at which byte of a response it resets a connection. What happens before the handshake is done
//! happens to the bare connection.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client};

use crate::StartError;
use crate::server::locked;
use crate::tls::{Authority, TlsVersions};

/// The time that a client gets to close its side after the proxy has closed its own.
const PARTING: Duration = Duration::from_secs(1);

/// A fatal `internal_error`, not encrypted: TLS allows that before the handshake is done (RFC 8446, section 6).
const PLAIN_ALERT: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50];

/// The most that a request's head may have.
const MOST_HEAD: usize = 64 * 1024;

/// Rewrites a response, as bytes of HTTP.
pub type Rewrite = fn(&[u8]) -> Vec<u8>;

/// A fault of one connection, or of one request.
#[derive(Clone, Copy)]
pub enum Mishap {
    /// Nothing: a request and its answer pass.
    None,
    /// The connection ends as soon as it is there.
    Connection(Ending),
    /// It ends when the client has begun the TLS handshake.
    Handshake(Ending),
    /// The port sends these bytes, and no TLS.
    NoTls(&'static [u8]),
    /// The request does not reach the site, and is answered with these bytes.
    Instead(&'static [u8], Ending),
    /// The site has acted on the request, and what it answers is rewritten.
    Answer(Rewrite, Ending),
    /// The site's answer comes in pieces, with a pause before each.
    Drip {
        /// Bytes a piece.
        piece: usize,
        /// The pause before each piece.
        pause: Duration,
    },
}

impl Mishap {
    /// Whether it happens to connections, and not to requests.
    fn is_early(self) -> bool {
        matches!(self, Self::Connection(_) | Self::Handshake(_) | Self::NoTls(_))
    }
}

impl fmt::Debug for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, ending) = match self {
            Self::None => return f.write_str("None"),
            Self::Connection(ending) => ("Connection", ending),
            Self::Handshake(ending) => ("Handshake", ending),
            Self::NoTls(_) => return f.write_str("NoTls"),
            Self::Instead(_, ending) => ("Instead", ending),
            Self::Answer(_, ending) => ("Answer", ending),
            Self::Drip { .. } => return f.write_str("Drip"),
        };
        write!(f, "{name}({ending:?})")
    }
}

/// The end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It does not: it can be used again.
    None,
    /// It is reset: what is on its way to the client is lost, too, where the client has not taken it yet.
    Reset,
    /// It is closed without a word of TLS, as by a process that has ended.
    Close,
    /// It is closed in good order.
    Goodbye,
    /// A fatal alert of TLS, then it is closed.
    Alert,
    /// It stays open, and nothing more comes.
    Silence,
}

/// A running proxy. It stops when this is dropped, its connections with it.
#[derive(Debug)]
pub struct FaultProxy {
    port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    acceptor: TlsAcceptor,
    connector: TlsConnector,
    site: SocketAddr,
    mishaps: Mutex<VecDeque<Mishap>>,
    connections: watch::Sender<u64>,
    requests: AtomicU64,
    open: watch::Sender<usize>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("mishaps", &locked(&self.mishaps)).finish_non_exhaustive()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FaultProxy {
    pub(crate) async fn start(authority: &Authority, names: &[String], site: u16) -> Result<Self, StartError> {
        let shared = Arc::new(Shared {
            acceptor: TlsAcceptor::from(Arc::new(authority.server_config(names, TlsVersions::Both)?)),
            connector: TlsConnector::from(Arc::new(authority.client_config()?)),
            site: SocketAddr::from((Ipv4Addr::LOCALHOST, site)),
            mishaps: Mutex::default(),
            connections: watch::Sender::new(0),
            requests: AtomicU64::new(0),
            open: watch::Sender::new(0),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { port, shared, task })
    }

    /// The proxy's address, for `connect_to` of a client that was built for the site.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Injects this fault into the next connection or the next request, whichever it affects.
    ///
    /// Faults are injected in the order given, each once. When none is left, everything passes.
    pub fn next(&self, mishap: Mishap) {
        locked(&self.shared.mishaps).push_back(mishap);
    }

    /// The number of faults that have not been injected yet.
    #[must_use]
    pub fn left(&self) -> usize {
        locked(&self.shared.mishaps).len()
    }

    /// The number of connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        *self.shared.connections.borrow()
    }

    /// Waits until this many connections have been accepted.
    pub async fn connected(&self, connections: u64) {
        // The sender is held by this proxy, so that waiting does not fail.
        let _ = self.shared.connections.subscribe().wait_for(|count| *count >= connections).await;
    }

    /// The number of whole requests so far, whether or not they reached the site.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Waits until clients hold no connection any more.
    pub async fn abandoned(&self) {
        // The sender is held by this proxy, so that waiting does not fail.
        let _ = self.shared.open.subscribe().wait_for(|open| *open == 0).await;
    }
}

impl Shared {
    fn take(&self, early: bool) -> Option<Mishap> {
        let mut mishaps = locked(&self.mishaps);
        if mishaps.front().is_some_and(|mishap| mishap.is_early() == early) { mishaps.pop_front() } else { None }
    }
}

/// Counts a connection as open while it lives.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.open.send_modify(|open| *open += 1);
        Self(Arc::clone(shared))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    shared.connections.send_modify(|count| *count += 1);
                    let (open, shared) = (Open::new(&shared), Arc::clone(&shared));
                    connections.spawn(async move {
                        // An error is the client's leaving, which the tests see from its side.
                        let _ = connection(&shared, stream).await;
                        drop(open);
                    });
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match shared.take(true) {
        Some(Mishap::Connection(ending)) => return end_bare(stream, ending).await,
        Some(Mishap::Handshake(ending)) => {
            read_record(&mut stream).await?;
            return end_bare(stream, ending).await;
        }
        Some(Mishap::NoTls(bytes)) => {
            read_record(&mut stream).await?;
            stream.write_all(bytes).await?;
            return end_bare(stream, Ending::Close).await;
        }
        _ => {}
    }
    let mut client = shared.acceptor.accept(Line { stream, spoilt: false }).await?;
    let mut site = None;
    while let Some(request) = read_message(&mut client, true).await? {
        shared.requests.fetch_add(1, Ordering::SeqCst);
        let mishap = shared.take(false).unwrap_or(Mishap::None);
        if let Mishap::Instead(answer, ending) = mishap {
            client.write_all(answer).await?;
            client.flush().await?;
            if ending == Ending::None {
                continue;
            }
            return end(client, ending).await;
        }
        let answer = ask(shared, &mut site, &request).await?;
        let (answer, ending) = match mishap {
            Mishap::Answer(rewrite, ending) => (rewrite(&answer), ending),
            Mishap::Drip { piece, pause } => {
                for piece in answer.chunks(piece.max(1)) {
                    tokio::time::sleep(pause).await;
                    client.write_all(piece).await?;
                    client.flush().await?;
                }
                continue;
            }
            _ => (answer, Ending::None),
        };
        client.write_all(&answer).await?;
        client.flush().await?;
        if ending != Ending::None {
            return end(client, ending).await;
        }
    }
    client.shutdown().await
}

/// Reads one record of TLS: the first one is how a client begins the handshake.
async fn read_record(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await?;
    let mut record = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut record).await?;
    Ok(())
}

/// Has the site answer a request, over a connection that is made for the first one.
async fn ask(shared: &Shared, site: &mut Option<client::TlsStream<TcpStream>>, request: &[u8]) -> io::Result<Vec<u8>> {
    let line = if let Some(line) = site {
        line
    } else {
        let stream = TcpStream::connect(shared.site).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        site.insert(shared.connector.connect(name, stream).await?)
    };
    line.write_all(request).await?;
    line.flush().await?;
    read_message(line, false).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Reads one message of HTTP/1.1, its body by its `Content-Length`; `None` where the other side is done.
///
/// Clients and the site give every body a length, unless a test has scripted an answer: such ones do not pass here.
async fn read_message(line: &mut (impl AsyncRead + Unpin), is_request: bool) -> io::Result<Option<Vec<u8>>> {
    const GAP: &[u8] = b"\r\n\r\n";
    let mut message = Vec::new();
    let head = loop {
        if let Some(at) = message.windows(GAP.len()).position(|window| window == GAP) {
            break at + GAP.len();
        }
        if message.len() > MOST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if line.read_buf(&mut message).await? == 0 {
            return if message.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    };
    let text = String::from_utf8_lossy(&message[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let bodiless = is_request || text.starts_with("http/1.1 204");
    let Some(length) = length.or(bodiless.then_some(0)) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    while message.len() < head + length {
        if line.read_buf(&mut message).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Some(message))
}

/// Ends a connection whose handshake is done.
async fn end(mut client: TlsStream<Line>, ending: Ending) -> io::Result<()> {
    match ending {
        Ending::Alert => {
            client.get_mut().0.spoilt = true;
            // It fails on the record that cannot be decrypted, and says so to the client.
            let _ = client.read(&mut [0; 1]).await;
        }
        Ending::Goodbye => client.shutdown().await?,
        _ => {}
    }
    let ending = if ending == Ending::Alert { Ending::Close } else { ending };
    end_bare(client.into_inner().0.stream, ending).await
}

async fn end_bare(mut stream: TcpStream, ending: Ending) -> io::Result<()> {
    match ending {
        Ending::Reset => return stream.set_zero_linger(),
        Ending::Silence => {
            drain(&mut stream).await;
            return Ok(());
        }
        Ending::Alert => stream.write_all(&PLAIN_ALERT).await?,
        Ending::None | Ending::Close | Ending::Goodbye => {}
    }
    stream.shutdown().await?;
    // Closing over what was not read would reset the connection.
    let _ = tokio::time::timeout(PARTING, drain(&mut stream)).await;
    Ok(())
}

async fn drain(stream: &mut TcpStream) {
    // However it ends, the client has gone.
    let _ = tokio::io::copy(stream, &mut tokio::io::sink()).await;
}

/// A connection that can be made to yield a record of TLS which nobody has encrypted.
struct Line {
    stream: TcpStream,
    spoilt: bool,
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.spoilt {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let mut record = vec![0x17, 0x03, 0x03, 0x00, 0x40];
        record.resize(5 + 0x40, 0);
        let length = record.len().min(buffer.remaining());
        buffer.put_slice(&record[..length]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
