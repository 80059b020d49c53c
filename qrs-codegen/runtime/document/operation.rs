//! Operations, as the document describes them.

use std::fmt;

use reqwest::{Method, StatusCode};

use super::scheme::{Carrier, Scheme};

/// What the document says of one operation.
pub(crate) struct Operation {
    /// Its name in the document.
    pub(crate) id: &'static str,
    /// Its method.
    pub(crate) method: Method,
    /// Its path template, joined to the server's address. A `?` begins a query that is always the same.
    pub(crate) path: &'static str,
    /// The ways to authenticate: each is a set of schemes that are needed together. None means public.
    pub(crate) security: &'static [&'static [&'static Scheme]],
    /// Parameters that repeat the value of a scheme.
    pub(crate) carried: &'static [(Carrier, &'static Scheme)],
    /// The media types of its success bodies, as an `Accept` header says it; empty if it has none.
    pub(crate) accept: &'static str,
    /// The statuses for which an error body is documented.
    pub(crate) errors: &'static [Statuses],
}

/// Which statuses a documented answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statuses {
    /// Exactly this one.
    One(u16),
    /// A whole class: `Range(4)` is 400 to 499.
    Range(u16),
    /// Every one: the document's `default`.
    Any,
}

impl Statuses {
    /// Whether `status` is one of them.
    pub(crate) fn include(self, status: StatusCode) -> bool {
        match self {
            Self::One(one) => status.as_u16() == one,
            Self::Range(class) => status.as_u16() / 100 == class,
            Self::Any => true,
        }
    }
}

impl Operation {
    /// Whether the document says that this operation may answer with an HTML page.
    ///
    /// `*/*` documents nothing: a request for which no content is due says it too.
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

/// Whether an operation can be made again whatever became of it before.
pub(crate) fn is_repeatable(operation: &Operation) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::DELETE].contains(&operation.method)
}
