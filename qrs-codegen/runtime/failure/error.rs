use std::fmt;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::runtime::document::operation::Operation;

/// The error of a call that failed.
///
/// `E` is the type of the operation's documented error body: see [`Error::body`]. `Display` writes one line that says
/// what happened and what to do. Neither `Display` nor `Debug` shows a credential.
pub struct Error<E = ()> {
    details: Box<Details>,
    body: Option<Box<E>>,
}

/// The kinds of [`Error`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The client has no credentials that the operation accepts. Nothing was sent.
    Credentials,
    /// The values given do not make a valid request. Nothing was sent.
    Request,
    /// The connection to the server failed. Nothing was sent.
    Connect,
    /// The TLS handshake failed: one side does not accept the other's certificate, a certificate is missing, or the
    /// server does not support TLS on this port.
    Tls,
    /// The timeout expired. Unless [`Error::is_connect`] is true, the server may have acted on the request.
    Timeout,
    /// The connection broke, or sent something other than HTTP, before the response began. The server may have acted
    /// on the request.
    NoAnswer,
    /// The connection broke within the response. The server has acted on the request.
    Body,
    /// The response body exceeds `ClientBuilder::max_response_bytes` or `max_response_objects`. The server has acted on the request.
    TooLarge,
    /// The response has a status code other than success.
    Status,
    /// The status code says success, but the response is an HTML page where the document describes other content: most
    /// often a login page.
    UnexpectedContent,
    /// The status code says success, but the body does not match the document.
    Decode,
    /// No async runtime is available: `send` was awaited outside Tokio, or, with the feature `blocking`, the crate could
    /// not start its own thread. Nothing was sent.
    Runtime,
}

impl ErrorKind {
    /// The name of the kind in metrics and traces: `error.type` in `OpenTelemetry`'s semantic conventions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Request => "request",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::NoAnswer => "no_answer",
            Self::Body => "body",
            Self::TooLarge => "too_large",
            Self::Status => "status",
            Self::UnexpectedContent => "unexpected_content",
            Self::Decode => "decode",
            Self::Runtime => "runtime",
        }
    }
}

/// Everything that an [`Error`] says beside its decoded body.
pub(crate) struct Details {
    pub(crate) kind: ErrorKind,
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    /// The path template, if it is not the operation's.
    pub(crate) own_path: Option<Box<str>>,
    pub(crate) message: String,
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: Option<HeaderMap>,
    pub(crate) text: Option<String>,
    pub(crate) source: Option<reqwest::Error>,
    /// Whether it failed before a connection was established.
    pub(crate) connecting: bool,
    /// Whether another attempt would fail in the same way.
    pub(crate) lasting: bool,
    /// The number of attempts.
    pub(crate) attempts: u32,
}

impl Details {
    /// A failure without a response.
    pub(crate) fn without_response(
        operation: &'static Operation,
        kind: ErrorKind,
        message: impl Into<String>,
    ) -> Box<Self> {
        Box::new(Self {
            kind,
            operation,
            method: operation.method.parse().unwrap_or_default(),
            own_path: None,
            message: message.into(),
            status: None,
            headers: None,
            text: None,
            source: None,
            connecting: false,
            lasting: false,
            attempts: 0,
        })
    }
}

impl<E> Error<E> {
    pub(crate) fn new(details: Box<Details>, body: Option<E>) -> Self {
        Self { details, body: body.map(Box::new) }
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.details.kind
    }

    /// The status code of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.details.status
    }

    /// The headers of the response, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.details.headers.as_ref()
    }

    /// The decoded error body, if the document describes one for this status code and the response contains it.
    #[must_use]
    pub fn body(&self) -> Option<&E> {
        self.body.as_deref()
    }

    /// The error body, owned: see [`Error::body`].
    #[must_use]
    pub fn into_body(self) -> Option<E> {
        self.body.map(|body| *body)
    }

    /// The text of the response body: at most 64 KiB, invalid UTF-8 replaced, this client's credentials redacted.
    /// It is present whether or not the body could be decoded; `None` if no body was read.
    ///
    /// The server wrote it, and it may contain data of users: be careful where you log it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.details.text.as_deref()
    }

    /// The number of attempts, including those that could not connect: 0 if the client refused the request before the first
    /// one, more than 1 if the call was retried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.details.attempts
    }

    /// The operation's name in the document.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.details.operation.id
    }

    /// The operation's method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.details.method
    }

    /// The path template of the operation, as in the document: `/things/{id}`. For a request of `Client::call`, its path.
    #[must_use]
    pub fn path(&self) -> &str {
        self.details.own_path.as_deref().unwrap_or(self.details.operation.path)
    }

    /// Whether the timeout expired.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether connecting failed, so that the server never saw the request.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.details.connecting
    }

    /// Whether the TLS handshake failed.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.kind() == ErrorKind::Tls
    }

    /// Whether the status code is 401: credentials are missing or wrong.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether the status code is 403: the credentials do not permit the operation.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Whether the status code is 404: not found.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the status code is 409: the resource has changed in the meantime.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Whether the status code is 429: too many requests, slow down.
    #[must_use]
    pub fn is_too_many_requests(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The error without its decoded body, so that errors of different operations have one type.
    #[must_use]
    pub fn without_body(self) -> Error {
        Error { details: self.details, body: None }
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}: {}", self.operation(), self.method(), self.path(), self.details.message)?;
        if self.details.attempts > 1 {
            write!(f, " (after {} attempts)", self.details.attempts)?;
        }
        Ok(())
    }
}

impl<E> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &self.operation())
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("message", &self.details.message)
            .finish_non_exhaustive()
    }
}

impl<E> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.details.source.as_ref().map(|error| error as _)
    }
}
