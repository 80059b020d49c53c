//! Responses that are read while the server still writes them.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::raw::status_line;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, Error, ErrorKind};
use crate::runtime::text::one_line::one_line;

/// A success whose bytes are read as they come.
///
/// Each piece may take as long as a whole call (`ClientBuilder::timeout`, `Request::timeout`); all of them together take
/// as long, and are as many, as the server likes. Dropping it ends the connection.
#[must_use = "nothing is read until `chunk` is awaited"]
pub struct ByteStream {
    /// None while another thread has it.
    open: Option<Open>,
    pub(crate) origin: Origin,
    headers: HeaderMap,
}

struct Open {
    response: reqwest::Response,
    limit: Duration,
    got: usize,
    origin: Origin,
}

/// What an answer is to, for errors to tell.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) attempts: u32,
    pub(crate) most: usize,
}

impl Origin {
    pub(crate) fn error(self, kind: ErrorKind, what: &str) -> Error {
        Error::new(self.details(kind, what), None)
    }

    pub(crate) fn details(self, kind: ErrorKind, what: &str) -> Box<Details> {
        let message = format!("{}, but {what}", status_line(self.status));
        let mut details = Details::unanswered(self.operation, kind, message);
        details.status = Some(self.status);
        details.attempts = self.attempts;
        details
    }
}

impl ByteStream {
    pub(crate) fn new(
        operation: &'static Operation,
        response: reqwest::Response,
        (headers, attempts): (HeaderMap, u32),
        limit: Duration,
        most: usize,
    ) -> Self {
        let origin = Origin { operation, status: response.status(), attempts, most };
        Self { open: Some(Open { response, limit, got: 0, origin }), origin, headers }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.origin.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The next bytes, as many as have come; `None` at the end. A future that is dropped loses nothing.
    ///
    /// # Errors
    ///
    /// When the answer breaks off, or nothing comes in time.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.open {
            Some(open) => open.chunk().await,
            None => Err(lost(self.origin)),
        }
    }

    /// The next bytes: [`Self::chunk`] for code that has no async runtime.
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

fn lost(origin: Origin) -> Error {
    origin.error(ErrorKind::Body, "the rest of it was lost with the thread that read it")
}

impl Open {
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
                let what = format!("nothing came within {:?}, after {got} bytes", self.limit);
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

pub(crate) fn too_large(origin: Origin) -> Error {
    let what = format!("a piece of it is larger than {} bytes (`ClientBuilder::max_response_bytes`)", origin.most);
    origin.error(ErrorKind::TooLarge, &what)
}
