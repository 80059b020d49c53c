//! A success with its status and headers.

use std::fmt;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// A success with everything that came with it: see `Request::send_with_response`.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    body: T,
}

impl<T> Response<T> {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: T) -> Self {
        Self { status, headers, body }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers. Where the document describes some, the module of the operation has a type that reads them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What `send` would have given.
    #[must_use]
    pub fn body(&self) -> &T {
        &self.body
    }

    /// What `send` would have given, owned.
    #[must_use]
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A header may hold a session.
        let names: Vec<&str> = self.headers.keys().map(reqwest::header::HeaderName::as_str).collect();
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("headers", &names)
            .field("body", &self.body)
            .finish()
    }
}

/// The value of a documented header, if it is there and what is documented.
pub(crate) fn header_value<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
