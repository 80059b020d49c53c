//! A success with its status and headers.

use std::fmt;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// A successful response: status code, headers and decoded body. `Request::send_with_response` returns it.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    body: T,
    text: Option<String>,
}

impl<T> Response<T> {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: T, text: Option<String>) -> Self {
        Self { status, headers, body, text }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers. Where the document describes some, the module of the operation has a type that decodes them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The decoded body, as `send` returns it.
    #[must_use]
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The text of the body as the server sent it, if `Request::keep_text` asked for it. Invalid UTF-8 is replaced.
    ///
    /// Nothing in it is redacted, so take care where you write it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The decoded body, owned.
    #[must_use]
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A header may contain a session.
        let names: Vec<&str> = self.headers.keys().map(reqwest::header::HeaderName::as_str).collect();
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("headers", &names)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
