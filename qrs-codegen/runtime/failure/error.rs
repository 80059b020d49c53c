use std::fmt;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::runtime::document::operation::Operation;

/// Why a call failed.
///
/// `E` is what the document says an error body of this operation is; see [`Error::body`]. `Display` gives one
/// line to act on. Neither it nor `Debug` shows a credential.
pub struct Error<E = ()> {
    details: Box<Details>,
    body: Option<Box<E>>,
}

/// The kinds of [`Error`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The client holds no credentials that the operation accepts. Nothing was sent.
    Credentials,
    /// The request could not be made of the values given. Nothing was sent.
    Request,
    /// There was no connection to the server. Nothing was sent.
    Connect,
    /// Client and server did not agree on TLS: a certificate is not accepted by one side, or one is missing, or
    /// the server does not speak TLS at all.
    Tls,
    /// It took longer than allowed. Unless [`Error::is_connect`] says so, the server may have acted.
    Timeout,
    /// The connection was lost, or what came back was not HTTP, before the answer began. The server may have acted.
    NoAnswer,
    /// The answer broke off. The server has acted.
    Body,
    /// The answer is larger than `ClientBuilder::max_response_bytes`. The server has acted.
    TooLarge,
    /// The server answered with a status other than success.
    Status,
    /// The status says success, but an HTML page came where the document says otherwise: most often a login page.
    UnexpectedContent,
    /// The status says success, but the body is not what the document says.
    Decode,
    /// There is no async runtime to do the work: `send` was awaited outside of Tokio, or, with the feature `blocking`,
    /// this crate's own thread could not be started. Nothing was sent.
    Runtime,
}

impl ErrorKind {
    /// As metrics and traces name it: `error.type` in `OpenTelemetry`'s semantic conventions.
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

pub(crate) struct Details {
    pub(crate) kind: ErrorKind,
    pub(crate) operation: &'static Operation,
    pub(crate) message: String,
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: Option<HeaderMap>,
    pub(crate) text: Option<String>,
    pub(crate) source: Option<reqwest::Error>,
    /// Whether it failed before there was a connection.
    pub(crate) connecting: bool,
    /// Whether another attempt would fail in the same way.
    pub(crate) lasting: bool,
    /// How many attempts were made.
    pub(crate) attempts: u32,
}

impl Details {
    /// A failure without an answer.
    pub(crate) fn unanswered(operation: &'static Operation, kind: ErrorKind, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            kind,
            operation,
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

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.details.kind
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.details.status
    }

    /// The headers of the answer, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.details.headers.as_ref()
    }

    /// The error body, if the document describes one for this status and the answer has it.
    #[must_use]
    pub fn body(&self) -> Option<&E> {
        self.body.as_deref()
    }

    /// The error body, owned: see [`Error::body`].
    #[must_use]
    pub fn into_body(self) -> Option<E> {
        self.body.map(|body| *body)
    }

    /// The text of the answer: at most 64 KiB, what is not UTF-8 replaced, this client's credentials taken out.
    /// It is there whether or not the body could be decoded; `None` if no body was read.
    ///
    /// It is what the server wrote, so take care where it goes.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.details.text.as_deref()
    }

    /// How many attempts were made: none if nothing was sent, more than one if the call was made again.
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
        &self.details.operation.method
    }

    /// The operation's path as the document writes it, with `{names}` in the place of values.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.details.operation.path
    }

    /// Whether it took longer than allowed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether there was no connection, so that the server knows nothing of the request.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.details.connecting
    }

    /// Whether client and server did not agree on TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.kind() == ErrorKind::Tls
    }

    /// Whether the status is 401: the credentials are missing or wrong.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether the status is 403: the credentials do not allow it.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Whether the status is 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the status is 409: somebody else has changed it.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Whether the status is 429: the server asks for a pause.
    #[must_use]
    pub fn is_too_many_requests(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The same error without its body, so that errors of different operations have one type.
    #[must_use]
    pub fn without_body(self) -> Error {
        Error { details: self.details, body: None }
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.details.operation, self.details.message)?;
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
