//! The parts that the tests share: a server that responds with given bytes, and a small document's worth of data.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::runtime::{
    BodyError, Call, Carrier, Client, ClientBuilder, Error, GeneratedValue, Identity, Operation, RawResponse, Retry,
    Scheme, Secret, Server, Statuses, decode,
};

pub(crate) static KEY: Scheme = Scheme {
    name: "key",
    carrier: Carrier::Header("X-Made"),
    set_by: "",
    generated: Some(GeneratedValue {
        length: 16,
        alphabet: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    }),
};
pub(crate) static USER: Scheme =
    Scheme { name: "user", carrier: Carrier::Header("X-User"), set_by: "ClientBuilder::user", generated: None };
pub(crate) static TOKEN: Scheme = Scheme {
    name: "token",
    carrier: Carrier::Header("Authorization"),
    set_by: "ClientBuilder::token",
    generated: None,
};
pub(crate) static QUERY: Scheme =
    Scheme { name: "query", carrier: Carrier::Query("api_key"), set_by: "ClientBuilder::query", generated: None };
pub(crate) static SESSION: Scheme = Scheme {
    name: "session",
    carrier: Carrier::Cookie("X-Session"),
    set_by: "ClientBuilder::session",
    generated: None,
};
pub(crate) static CERTIFICATE: Scheme = Scheme {
    name: "certificate",
    carrier: Carrier::Certificate,
    set_by: "ClientBuilder::certificate",
    generated: None,
};

/// An operation that needs nothing.
pub(crate) static PUBLIC: Operation = Operation {
    id: "getThings",
    method: "GET",
    path: "/things",
    security: &[],
    credential_parameters: &[],
    accept: "application/json",
    describes_partial_content: false,
    errors: &[Statuses::One(404), Statuses::Range(5)],
};
/// An operation with a value in its path.
pub(crate) static ONE: Operation = Operation {
    id: "getThing",
    method: "GET",
    path: "/things/{id}/parts",
    security: &[],
    credential_parameters: &[],
    accept: "application/json",
    describes_partial_content: false,
    errors: &[],
};
/// An operation that changes something.
pub(crate) static CREATE: Operation = Operation {
    id: "createThing",
    method: "POST",
    path: "/things",
    security: &[],
    credential_parameters: &[],
    accept: "application/json",
    describes_partial_content: false,
    errors: &[Statuses::Any],
};
/// An operation that takes any of the credentials above.
pub(crate) static GUARDED: Operation = Operation {
    id: "getGuarded",
    method: "GET",
    path: "/guarded",
    security: &[&[&KEY, &CERTIFICATE, &USER], &[&KEY, &TOKEN], &[&QUERY], &[&KEY, &SESSION]],
    credential_parameters: &[(Carrier::Query("Made"), &KEY)],
    accept: "application/json",
    describes_partial_content: false,
    errors: &[Statuses::One(401)],
};

#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) count: i64,
    #[serde(default)]
    pub(crate) owner: Option<Owner>,
}

#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Owner {
    pub(crate) name: String,
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Fault {
    pub(crate) message: String,
}

#[derive(Serialize)]
pub(crate) struct NewThing {
    pub(crate) name: String,
    pub(crate) key: Secret,
}

/// As `client.rs` of a generated crate has it.
impl ClientBuilder {
    pub(crate) fn user(self, directory: &str, id: &str) -> Self {
        let values = [("directory", directory.into()), ("id", id.into())];
        self.pattern_credential(&USER, "Directory={directory}; Id={id}", &values)
    }

    pub(crate) fn certificate(self, identity: Identity) -> Self {
        self.identity(&CERTIFICATE, identity)
    }
}

pub(crate) async fn get<T: serde::de::DeserializeOwned + 'static>(client: &Client) -> Result<T, Error<Fault>> {
    Call::new(client, &PUBLIC).send(decode::json, decode::json_error).await
}

/// The behaviour of a server with each connection.
#[derive(Clone)]
pub(crate) enum Behaviour {
    /// Reads a request, writes these bytes, closes.
    RawResponse(Vec<u8>),
    /// Reads a request, writes these bytes, and then nothing for a long time.
    Stall(Vec<u8>),
    /// Reads a request and answers with this status and the request itself.
    Echo(&'static str),
    /// Reads a request and closes.
    Close,
    /// Does not even begin to speak.
    Mute,
}

pub(crate) struct Site {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        Self::listen(behaviour, None).await
    }

    /// A server whose every answer is this one.
    pub(crate) async fn answering(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        Self::start(Behaviour::RawResponse(answer(status, headers, body.as_ref()))).await
    }

    /// A server that sends back what it got.
    pub(crate) async fn echoing(status: &'static str) -> Self {
        Self::start(Behaviour::Echo(status)).await
    }

    /// A server that reads bodies of unknown length, and is content.
    pub(crate) async fn chunked() -> Self {
        Self::answering("200 OK", &[], "").await
    }

    pub(crate) async fn listen(behaviour: Behaviour, tls: Option<ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (behaviour, seen, acceptor) = (behaviour.clone(), Arc::clone(&seen), acceptor.clone());
                tokio::spawn(async move {
                    match acceptor {
                        _ if matches!(behaviour, Behaviour::Mute) => {
                            tokio::time::sleep(Duration::from_secs(30)).await;
                            drop(stream);
                        }
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                serve(stream, behaviour, &seen).await;
                            }
                        }
                        None => serve(stream, behaviour, &seen).await,
                    }
                });
            }
        });
        Self { port, requests, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/base", self.port)
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder(Server::url(self.url())).retry(Retry::never())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// The requests so far, heads and bodies as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for header in headers {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, behaviour: Behaviour, seen: &Mutex<Vec<String>>) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    seen.lock().unwrap().push(request.clone());
    match behaviour {
        Behaviour::Echo(status) => {
            let _ = stream.write_all(&answer(status, &["Content-Type: text/plain"], request.as_bytes())).await;
            let _ = stream.shutdown().await;
        }
        Behaviour::RawResponse(bytes) => {
            // A client that has read enough hangs up early, which is no failure of the server's.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Behaviour::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        Behaviour::Close | Behaviour::Mute => {}
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned))
                .find_map(|length| length.trim().parse::<usize>().ok());
            let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
            if body.len() >= length.unwrap_or_default() && (!chunked || body.ends_with("0\r\n\r\n")) {
                return Some(text.into_owned());
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => bytes.extend_from_slice(chunk.get(..length)?),
        }
    }
}

/// The value of a header in a request.
pub(crate) fn header<'r>(request: &'r str, name: &str) -> Option<&'r str> {
    request.lines().take_while(|line| !line.is_empty()).skip(1).find_map(|line| {
        let (held, value) = line.split_once(": ")?;
        held.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// The path and query of a request.
pub(crate) fn target(request: &str) -> &str {
    request.split(' ').nth(1).unwrap()
}

/// Everything that an error shows without being asked for the server's text.
pub(crate) fn everything_shown(error: &(dyn std::error::Error + 'static)) -> String {
    let mut shown = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(shown, "{error}\n{error:#}\n{error:?}\n{error:#?}").unwrap();
        next = error.source();
    }
    shown
}

impl Call {
    /// Sends the request, as generated code does with these decoders.
    pub(crate) async fn send<T: 'static, E: 'static>(
        self,
        success: fn(&mut RawResponse) -> Result<T, BodyError>,
        failure: fn(&RawResponse) -> Option<E>,
    ) -> Result<T, Error<E>> {
        self.prepared(success, failure).send().await
    }
}
