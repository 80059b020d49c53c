//! Answers: the ones a test scripts, with their faults, and the shapes in which the site refuses.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::time::Sleep;

use crate::Operation;
use crate::log::Seen;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// How long a fault waits before the cut, so that what was written has left for the client.
const BEFORE_THE_CUT: Duration = Duration::from_millis(50);

/// The size of the pieces in which a faulty body is written, in bytes.
const PIECE: usize = 8 * 1024;

/// In which shape the site words its own refusals (the XSRF refusal is always plain text).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorStyle {
    /// Plain text, as a live site does on its direct port.
    #[default]
    Text,
    /// `{"message": …}`, as the document says.
    Json,
    /// A page, as the proxy does.
    Html,
}

/// Words a refusal in the given style.
pub(crate) fn refusal(style: ErrorStyle, status: StatusCode, text: &str) -> Response<Body> {
    match style {
        ErrorStyle::Text => respond(status, TEXT, text.to_owned()),
        ErrorStyle::Json => respond(status, JSON, json!({ "message": text }).to_string()),
        ErrorStyle::Html => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            let page = format!(
                "<!DOCTYPE html>\r\n<html><head><title>{status}</title></head><body><p>{text}</p></body></html>\r\n"
            );
            respond(status, HTML, page)
        }
    }
}

pub(crate) fn respond(status: StatusCode, kind: HeaderValue, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Which requests a scripted answer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Whatever comes next.
    Any,
    /// Calls of one operation.
    Operation(Operation),
    /// Calls of one path, as it is sent and without the query: `/qrs/license`.
    Path(String),
}

impl From<Operation> for Target {
    fn from(operation: Operation) -> Self {
        Self::Operation(operation)
    }
}

impl From<&str> for Target {
    fn from(path: &str) -> Self {
        Self::Path(path.to_owned())
    }
}

impl Target {
    pub(crate) fn matches(&self, operation: Option<Operation>, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Operation(wanted) => operation == Some(*wanted),
            Self::Path(wanted) => wanted == path,
        }
    }
}

/// How the delivery of a scripted answer goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// It does not.
    #[default]
    None,
    /// `Content-Length` promises the whole body; the connection is closed after this many bytes of it.
    TruncateAfter(usize),
    /// The body is sent chunked; the connection is closed after this many bytes of it, without the last chunk.
    TruncateChunkedAfter(usize),
    /// The body is sent chunked, in pieces, with a pause before each.
    Drip {
        /// Bytes a piece; none is read as one.
        piece: usize,
        /// The pause before each piece.
        pause: Duration,
    },
    /// The connection is closed before a byte of the answer is sent.
    CloseBefore,
    /// The body is sent over and over, chunked, until the client goes; an empty body is sent as spaces.
    Endless,
}

/// A scripted answer. The request is recorded as ever; the site's own checks are not made.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    echoes: bool,
    delay: Duration,
    fault: Fault,
}

impl Answer {
    /// An answer with this status, no headers of its own and no body.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            echoes: false,
            delay: Duration::ZERO,
            fault: Fault::None,
        }
    }

    /// An answer of plain text.
    #[must_use]
    pub fn text(status: StatusCode, text: &str) -> Self {
        Self::new(status).header(header::CONTENT_TYPE, TEXT).body(text.to_owned())
    }

    /// An answer of JSON.
    #[must_use]
    pub fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status).header(header::CONTENT_TYPE, JSON).body(value.to_string())
    }

    /// A page.
    #[must_use]
    pub fn html(status: StatusCode, page: &str) -> Self {
        Self::new(status).header(header::CONTENT_TYPE, HTML).body(page.to_owned())
    }

    /// Adds a header; one of the same name stays beside it.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets the body, to the byte.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Ends the body with the request as it came, [`Seen::transcript`], as a server's page for debugging does.
    #[must_use]
    pub fn echo(mut self) -> Self {
        self.echoes = true;
        self
    }

    /// Waits this long before the first byte of the answer.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets how the delivery goes wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    pub(crate) async fn deliver(self, seen: &Seen) -> Response<Body> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let mut body = self.body;
        if self.echoes {
            body = [body.as_ref(), seen.transcript().as_bytes()].concat().into();
        }
        let mut response = Response::new(match self.fault {
            Fault::None | Fault::CloseBefore => Body::from(body.clone()),
            Fault::TruncateAfter(length) | Fault::TruncateChunkedAfter(length) => {
                let sent = body.slice(..length.min(body.len()));
                let cut = [Step::Pause(BEFORE_THE_CUT), Step::Cut];
                FaultyBody::new(pieces(sent, PIECE).map(Step::Send).chain(cut))
            }
            Fault::Drip { piece, pause } => FaultyBody::new(
                pieces(body.clone(), piece).flat_map(move |piece| [Step::Pause(pause), Step::Send(piece)]),
            ),
            Fault::Endless => {
                let body = if body.is_empty() { Bytes::from_static(&[b' '; PIECE]) } else { body.clone() };
                FaultyBody::new(std::iter::repeat(body).map(Step::Send))
            }
        });
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        match self.fault {
            Fault::TruncateAfter(_) => {
                response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            }
            Fault::CloseBefore => {
                response.extensions_mut().insert(HangUp);
            }
            _ => {}
        }
        response
    }
}

fn pieces(mut body: Bytes, size: usize) -> impl Iterator<Item = Bytes> + Send {
    let size = size.max(1);
    std::iter::from_fn(move || (!body.is_empty()).then(|| body.split_to(size.min(body.len()))))
}

/// On a response: close the connection in place of sending it. As an error: that, or a body's cut, was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script closes the connection here")
    }
}

impl std::error::Error for HangUp {}

impl From<Infallible> for HangUp {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

enum Step {
    Send(Bytes),
    Pause(Duration),
    Cut,
}

/// A body that follows a plan. It owns its timer, so dropping the connection ends it: nothing is spawned.
struct FaultyBody {
    plan: Box<dyn Iterator<Item = Step> + Send>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl FaultyBody {
    #[expect(clippy::new_ret_no_self, reason = "only ever wanted as a response's body")]
    fn new(plan: impl Iterator<Item = Step> + Send + 'static) -> Body {
        Body::new(Self { plan: Box::new(plan), pause: None })
    }
}

impl HttpBody for FaultyBody {
    type Data = Bytes;
    type Error = HangUp;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HangUp>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            match self.plan.next() {
                Some(Step::Send(piece)) => return Poll::Ready(Some(Ok(Frame::data(piece)))),
                Some(Step::Pause(length)) => {
                    self.pause = Some(Box::pin(tokio::time::sleep(length)));
                }
                Some(Step::Cut) => return Poll::Ready(Some(Err(HangUp))),
                None => return Poll::Ready(None),
            }
        }
    }
}
