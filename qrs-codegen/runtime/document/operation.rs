//! Operations, as the document describes them.

use std::fmt;

use reqwest::StatusCode;

use super::scheme::{Carrier, Scheme};

/// An operation, as the document describes it.
pub(crate) struct Operation {
    /// Its name in the document.
    pub(crate) id: &'static str,
    /// Its method, as it is sent.
    pub(crate) method: &'static str,
    /// Its path template, appended to the server's address. A `?` starts a fixed query.
    pub(crate) path: &'static str,
    /// The security requirements: alternatives, each a set of schemes that are needed together. Empty means public.
    pub(crate) security: &'static [&'static [&'static Scheme]],
    /// Parameters that repeat the value of a scheme.
    pub(crate) credential_parameters: &'static [(Carrier, &'static Scheme)],
    /// The `Accept` header: the media types of its success bodies; empty if it has none.
    pub(crate) accept: &'static str,
    /// Whether the document describes status 206. Otherwise it is an error, unless the request has a `Range` header (RFC 9110,
    /// section 15.3.7).
    pub(crate) describes_partial_content: bool,
    /// The status codes for which an error body is documented.
    pub(crate) errors: &'static [Statuses],
}

/// The status codes of a documented response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statuses {
    /// Exactly this one.
    One(u16),
    /// A whole class: `Range(4)` is 400 to 499.
    Range(u16),
    /// Every status code: the document's `default`.
    Any,
}

impl Statuses {
    /// Whether `status` is included.
    pub(crate) fn include(self, status: StatusCode) -> bool {
        match self {
            Self::One(one) => status.as_u16() == one,
            Self::Range(class) => status.as_u16() / 100 == class,
            Self::Any => true,
        }
    }
}

impl Operation {
    /// Whether the document describes an HTML response of this operation.
    ///
    /// `*/*` does not count: requests without documented content send it, too.
    pub(crate) fn documents_html(&self) -> bool {
        ["text/html", "application/xhtml+xml", "text/*"].iter().any(|media| self.accept.contains(media))
    }

    pub(crate) fn documents_error(&self, status: StatusCode) -> bool {
        self.errors.iter().any(|statuses| statuses.include(status))
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.id, self.method, self.path)
    }
}

/// Whether an operation is retried by default: repeating it is safe whatever became of the earlier attempt.
pub(crate) fn is_repeatable(operation: &Operation) -> bool {
    ["GET", "HEAD", "OPTIONS", "DELETE", "QUERY"].contains(&operation.method)
}
