//! The listening side: TLS, connections, and their shared state.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::answer::{Answer, HangUp, Target};
use crate::log::Seen;
use crate::request;
use crate::state::State;
use crate::tls::Authority;
use crate::{Mode, Operation};

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that a rejected client gets to close its side.
const PARTING: Duration = Duration::from_secs(1);

/// The state that a site's connections share with its owner. No lock is held across an await.
pub(crate) struct Site {
    pub(crate) mode: Mode,
    pub(crate) state: Mutex<State>,
    log: Mutex<Vec<Seen>>,
    script: Mutex<Vec<(Target, Answer)>>,
    refused_handshakes: Mutex<Vec<String>>,
    connections: AtomicU64,
    /// The number of responses that may still leave, where that is bounded.
    answers: watch::Sender<Option<usize>>,
    /// The number of requests recorded in all.
    recorded: watch::Sender<usize>,
    /// The requests under way, and the most that were at a time.
    under_way: Mutex<(usize, usize)>,
}

/// A request under way.
pub(crate) struct UnderWay(Arc<Site>);

impl UnderWay {
    pub(crate) fn new(site: &Arc<Site>) -> Self {
        let mut under_way = locked(&site.under_way);
        under_way.0 += 1;
        under_way.1 = under_way.1.max(under_way.0);
        Self(Arc::clone(site))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        locked(&self.0.under_way).0 -= 1;
    }
}

/// Takes a lock, also after a holder panicked: a failed assertion in one place must not hide those in others.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    pub(crate) fn new(mode: Mode, state: State) -> Self {
        Self {
            mode,
            state: Mutex::new(state),
            log: Mutex::default(),
            script: Mutex::default(),
            refused_handshakes: Mutex::default(),
            connections: AtomicU64::new(0),
            answers: watch::Sender::new(None),
            recorded: watch::Sender::new(0),
            under_way: Mutex::default(),
        }
    }

    pub(crate) fn record(&self, seen: Seen) {
        locked(&self.log).push(seen);
        self.recorded.send_modify(|count| *count += 1);
    }

    /// Waits until this many requests are recorded in all.
    pub(crate) async fn recorded(&self, count: usize) {
        // The sender is held here, so that waiting does not fail.
        let _ = self.recorded.subscribe().wait_for(|recorded| *recorded >= count).await;
    }

    pub(crate) fn most_under_way(&self) -> usize {
        locked(&self.under_way).1
    }

    pub(crate) fn bound_answers(&self, answers: Option<usize>) {
        self.answers.send_replace(answers);
    }

    /// Waits until a response may leave.
    pub(crate) async fn may_answer(&self) {
        let mut answers = self.answers.subscribe();
        loop {
            let mut may = false;
            self.answers.send_if_modified(|left| match left {
                None => {
                    may = true;
                    false
                }
                Some(0) => false,
                Some(left) => {
                    *left -= 1;
                    may = true;
                    true
                }
            });
            // The sender is held here, so that waiting does not fail.
            if may || answers.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        locked(&self.log).clone()
    }

    pub(crate) fn forget_requests(&self) {
        locked(&self.log).clear();
    }

    pub(crate) fn script(&self, target: Target, answer: Answer) {
        locked(&self.script).push((target, answer));
    }

    /// Takes the first response scripted for such a request.
    pub(crate) fn scripted(&self, operation: Option<Operation>, path: &str) -> Option<Answer> {
        let mut script = locked(&self.script);
        let place = script.iter().position(|(target, _)| target.matches(operation, path))?;
        Some(script.remove(place).1)
    }

    pub(crate) fn unused_answers(&self) -> usize {
        locked(&self.script).len()
    }

    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn refused_handshakes(&self) -> Vec<String> {
        locked(&self.refused_handshakes).clone()
    }

    fn refused(&self, reason: &impl fmt::Display) {
        locked(&self.refused_handshakes).push(reason.to_string());
    }
}

/// The other end of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) connection: u64,
    pub(crate) subject: String,
}

/// Serves until it is dropped; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, authority: Arc<Authority>, site: Arc<Site>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&authority), Arc::clone(&site)));
                }
                // Such as too many open files: it passes, and to spin on it would not help.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, authority: Arc<Authority>, site: Arc<Site>) {
    // Without it only latency is lost.
    let _ = stream.set_nodelay(true);
    let handshake = acceptor.accept(stream).into_fallible();
    let stream = match tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake).await {
        Ok(Ok(stream)) => stream,
        Ok(Err((error, stream))) => {
            site.refused(&error);
            return part_with(stream).await;
        }
        Err(elapsed) => return site.refused(&elapsed),
    };
    let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let peer = Peer {
        connection: site.connections.fetch_add(1, Ordering::Relaxed) + 1,
        subject: certificates.first().and_then(|certificate| authority.subject_of(certificate)).unwrap_or_default(),
    };
    let service = service_fn(|request: Request<Incoming>| async {
        let response = request::respond(&site, &peer, request).await;
        match response.extensions().get::<HangUp>() {
            Some(hang_up) => Err(*hang_up),
            None => Ok(response),
        }
    });
    // An error is a client that left or a cut that a script asked for; tests see either from their side.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Gives a rejected client time to read the alert.
///
/// With TLS 1.3 the client may have sent its request before it learns of the rejection. Closing over unread data would
/// reset the connection and sometimes lose the alert.
async fn part_with(mut stream: TcpStream) {
    let read = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    // However it ends, the connection is over.
    let _ = tokio::time::timeout(PARTING, read).await;
}
