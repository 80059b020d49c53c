//! Scripted responses with their faults, and the forms of the site's error responses.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as HttpBody, Frame};
use serde_json::{Value, json};
use tokio::time::Sleep;

use crate::Operation;
use crate::log::Seen;

/// The body of a response.
pub(crate) type Body = UnsyncBoxBody<Bytes, HangUp>;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The pause before a cut, so that the bytes written before it reach the client.
const BEFORE_THE_CUT: Duration = Duration::from_millis(50);

/// The size of the pieces in which a faulty body is written, in bytes.
const PIECE: usize = 8 * 1024;

/// The form of the site's own error responses. The XSRF error is always plain text.
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

/// Makes an error response in the given style.
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

/// A body that is sent without a fault.
pub(crate) fn whole(body: impl Into<Bytes>) -> Body {
    Full::new(body.into()).map_err(HangUp::from).boxed_unsync()
}

pub(crate) fn respond(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(whole(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// The requests that a scripted response is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Any request.
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

/// A fault in the delivery of a scripted response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    #[default]
    None,
    /// `Content-Length` promises the whole body; the connection is closed after this many bytes of it.
    TruncateAfter(usize),
    /// The body is sent chunked; the connection is closed after this many bytes of it, without the last chunk.
    TruncateChunkedAfter(usize),
    /// The body is sent chunked, in pieces, with a pause before each.
    Drip {
        /// The size of a piece in bytes; 0 counts as 1.
        piece: usize,
        /// The pause before each piece.
        pause: Duration,
    },
    /// The connection is closed before a byte of the response is sent.
    CloseBefore,
    /// The body is repeated, chunked, until the client closes the connection; an empty body is sent as spaces.
    Endless,
}

/// A scripted response. The request is recorded as usual; the site's own checks are skipped.
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
    /// Creates a response with this status, no headers of its own and no body.
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

    /// Creates a response of plain text.
    #[must_use]
    pub fn text(status: StatusCode, text: &str) -> Self {
        Self::new(status).header(header::CONTENT_TYPE, TEXT).body(text.to_owned())
    }

    /// Creates a response of JSON.
    #[must_use]
    pub fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status).header(header::CONTENT_TYPE, JSON).body(value.to_string())
    }

    /// Creates a response of HTML.
    #[must_use]
    pub fn html(status: StatusCode, page: &str) -> Self {
        Self::new(status).header(header::CONTENT_TYPE, HTML).body(page.to_owned())
    }

    /// Adds a header; others of the same name stay.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Appends the request to the body ([`Seen::transcript`]), as a debugging page does.
    #[must_use]
    pub fn echo(mut self) -> Self {
        self.echoes = true;
        self
    }

    /// Waits this long before the first byte of the response.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets a fault of the delivery.
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
            Fault::None | Fault::CloseBefore => whole(body.clone()),
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

/// Marks a response that is not sent: the connection is closed instead. Also the error of a cut body.
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

/// A body sent step by step. It owns its timer, so dropping the connection ends it: nothing is spawned.
struct FaultyBody {
    plan: Box<dyn Iterator<Item = Step> + Send>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl FaultyBody {
    #[expect(clippy::new_ret_no_self, reason = "only ever wanted as a response's body")]
    fn new(plan: impl Iterator<Item = Step> + Send + 'static) -> Body {
        Self { plan: Box::new(plan), pause: None }.boxed_unsync()
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
