//! A response body as a stream of bytes, and what all streams share.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::raw::status_line;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, Error, ErrorKind};
use crate::runtime::text::one_line::one_line;

/// The body of a success as a stream of bytes.
///
/// The timeout (`ClientBuilder::timeout`, `Request::timeout`) applies to each chunk. The whole body has neither a timeout nor
/// a maximum size. Dropping the stream closes the connection.
#[must_use = "nothing is read until `chunk` is awaited"]
pub struct ByteStream {
    /// `None` while another thread reads it.
    open: Option<OpenBody>,
    pub(crate) origin: StreamOrigin,
    headers: HeaderMap,
}

struct OpenBody {
    response: reqwest::Response,
    limit: Duration,
    got: usize,
    origin: StreamOrigin,
}

/// The call that a stream belongs to, for its errors.
#[derive(Clone, Copy)]
pub(crate) struct StreamOrigin {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) attempts: u32,
    /// The maximum size of an event or a line in bytes.
    pub(crate) most: usize,
    /// The maximum number of objects in an event or a line.
    pub(crate) max_objects: usize,
}

impl StreamOrigin {
    pub(crate) fn error(self, kind: ErrorKind, what: &str) -> Error {
        Error::new(self.details(kind, what), None)
    }

    pub(crate) fn details(self, kind: ErrorKind, what: &str) -> Box<Details> {
        let message = format!("{}, but {what}", status_line(self.status));
        let mut details = Details::without_response(self.operation, kind, message);
        details.status = Some(self.status);
        details.attempts = self.attempts;
        details
    }
}

impl ByteStream {
    pub(crate) fn new(response: reqwest::Response, origin: StreamOrigin, headers: HeaderMap, limit: Duration) -> Self {
        Self { open: Some(OpenBody { response, limit, got: 0, origin }), origin, headers }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.origin.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Waits for the next piece of the body; `None` at its end. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// When the connection breaks or the timeout expires.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.open {
            Some(open) => open.chunk().await,
            None => Err(lost(self.origin)),
        }
    }

    /// Blocking version of [`Self::chunk`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `chunk`.
    #[cfg(feature = "blocking")]
    pub fn chunk_blocking(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(mut open) = self.open.take() else { return Err(lost(self.origin)) };
        let read = crate::runtime::client::blocking::wait(async move {
            let chunk = open.chunk().await;
            (open, chunk)
        });
        let (open, chunk) = read.map_err(|error| {
            self.origin.error(ErrorKind::Runtime, &format!("the thread of blocking calls cannot be used: {error}"))
        })?;
        self.open = Some(open);
        chunk
    }
}

fn lost(origin: StreamOrigin) -> Error {
    origin.error(ErrorKind::Body, "the rest of the body was lost with the thread that read it")
}

impl OpenBody {
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let got = self.got;
        match tokio::time::timeout(self.limit, self.response.chunk()).await {
            Ok(Ok(chunk)) => {
                self.got = got.saturating_add(chunk.as_ref().map_or(0, Bytes::len));
                Ok(chunk)
            }
            Ok(Err(error)) => {
                let error = error.without_url();
                let why = one_line(&error.to_string(), 200);
                let what = format!("the body broke off after {got} bytes: {why}");
                let mut details = self.origin.details(ErrorKind::Body, &what);
                details.source = Some(error);
                Err(Error::new(details, None))
            }
            Err(_) => {
                let what = format!("nothing arrived within {:?}, after {got} bytes", self.limit);
                Err(self.origin.error(ErrorKind::Timeout, &what))
            }
        }
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("operation", &self.origin.operation)
            .field("status", &self.origin.status.as_u16())
            .finish_non_exhaustive()
    }
}

pub(crate) fn too_large(origin: StreamOrigin) -> Error {
    let what = format!("a piece of it is larger than {} bytes (`ClientBuilder::max_response_bytes`)", origin.most);
    origin.error(ErrorKind::TooLarge, &what)
}
