//! A server with one response for each method, for measurements: it costs as little as a server can.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use qrs_stand_in::{Authority, StartError, TlsVersions};

/// A server that responds to every GET with one body and `200`, and to every other request with another one and `201`.
///
/// It looks at nothing, records nothing and checks nothing but certificates. It has a thread of its own, so that what a
/// thread spends that calls it is the client's alone. It stops when this is dropped.
#[derive(Debug)]
pub struct Canned {
    port: u16,
    client: Option<ClientConfig>,
    // Dropped, it ends the thread.
    _stop: oneshot::Sender<Infallible>,
}

/// The bodies that a [`Canned`] server responds with, both JSON.
#[derive(Clone, Debug)]
pub struct Bodies {
    /// For a GET.
    pub get: Bytes,
    /// For anything else.
    pub other: Bytes,
}

impl Canned {
    /// Starts one over mutual TLS.
    ///
    /// # Errors
    ///
    /// When the certificates cannot be made, or no port can be opened.
    pub fn start(bodies: Bodies) -> Result<Self, StartError> {
        let authority = Authority::new("Stand-in CA")?;
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config(&names, TlsVersions::default())?));
        Self::serve(bodies, Some((acceptor, authority.client_config()?)))
    }

    /// Starts one without TLS.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub fn start_plain(bodies: Bodies) -> Result<Self, StartError> {
        Self::serve(bodies, None)
    }

    /// The address of the interface, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.client.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}/qrs", self.port)
    }

    /// The TLS settings of a client that the server accepts; none without TLS.
    #[must_use]
    pub fn client_config(&self) -> Option<&ClientConfig> {
        self.client.as_ref()
    }

    fn serve(bodies: Bodies, tls: Option<(TlsAcceptor, ClientConfig)>) -> Result<Self, StartError> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let (acceptor, client) = tls.unzip();
        let (stop, stopped) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("canned".to_owned()).spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener)?;
                tokio::select! {
                    // Its other half is dropped, which is an error.
                    _ = stopped => Ok(()),
                    ended = accept(listener, acceptor, bodies) => ended,
                }
            })
        })?;
        Ok(Self { port, client, _stop: stop })
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, bodies: Bodies) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (acceptor, bodies) = (acceptor.clone(), bodies.clone());
        tokio::spawn(async move {
            match acceptor {
                None => answer(stream, bodies).await,
                Some(acceptor) => {
                    // Whoever is turned away learns of it on the other side.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream, bodies).await;
                    }
                }
            }
        });
    }
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, bodies: Bodies) {
    let service = service_fn(move |request: Request<Incoming>| {
        let bodies = bodies.clone();
        async move {
            let (status, body) = match *request.method() {
                Method::GET => (StatusCode::OK, bodies.get),
                _ => (StatusCode::CREATED, bodies.other),
            };
            // To its end, as a site does.
            request.into_body().collect().await?;
            let mut response = Response::new(Full::new(body));
            *response.status_mut() = status;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok::<_, hyper::Error>(response)
        }
    });
    // It ends with the client's leaving.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
