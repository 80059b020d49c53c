//! What the mock knows of an operation.

use super::operations;
use super::recorded::Place;
use crate::runtime::{Carrier, Operation};

/// The credential of the mock's own client. Errors of the client redact it, so it is no word of a message.
pub(crate) const CREDENTIAL: &str = "credential-of-the-mock";

/// An operation, as the server checks it.
pub(crate) struct Described {
    pub(crate) operation: &'static Operation,
    /// The method of the client and of [`Mock`](super::Mock).
    pub(crate) method: &'static str,
    /// The status code of a success.
    pub(crate) success: u16,
    pub(crate) form: SuccessForm,
    /// The parameters that must be there.
    pub(crate) required: &'static [(Place, &'static str)],
    /// The query parameters.
    pub(crate) queries: &'static [&'static str],
    /// Whether other names may be in the query: the document leaves them to the caller.
    pub(crate) has_other_queries: bool,
    /// The media type of the request body, if there is one.
    pub(crate) body: Option<&'static str>,
}

/// How the value of a success is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuccessForm {
    Json,
    Text,
    /// Each element of a list on a line of its own.
    Lines,
    /// Each element of a list as a server-sent event.
    Events,
    /// Each element of a list as the data of a server-sent event.
    EventData,
}

impl Described {
    /// The operations of the same method and path: one for each media type of the request body.
    fn siblings(&self) -> impl Iterator<Item = &'static Self> {
        let Operation { method, path, .. } = self.operation;
        let all = operations::ALL.iter().copied();
        all.filter(move |other| other.operation.method == *method && other.operation.path == *path)
    }

    /// The media types of request bodies of this method and path.
    pub(crate) fn media_types(&self) -> impl Iterator<Item = &'static str> {
        self.siblings().filter_map(|described| described.body)
    }

    /// The operation in a message: by the name that a test uses.
    pub(crate) fn title(&self) -> String {
        let Operation { method, path, .. } = self.operation;
        match self.body.filter(|_| self.siblings().nth(1).is_some()) {
            Some(media_type) => format!("{} ({method} {path} as {media_type})", self.method),
            None => format!("{} ({method} {path})", self.method),
        }
    }

    /// Whether the document gives a query parameter this name.
    pub(crate) fn names_query(&self, name: &str) -> bool {
        let operation = self.operation;
        let schemes = operation.security.iter().flat_map(|schemes| schemes.iter()).map(|scheme| scheme.carrier);
        let mut carriers = schemes.chain(operation.credential_parameters.iter().map(|(carrier, _)| *carrier));
        // Some operations differ by the query in their path alone.
        let in_path = operation.path.split_once('?').map_or("", |(_, query)| query);
        // `filter[name]` is a field of the parameter `filter`.
        let whole = name.split('[').next().unwrap_or_default();
        self.queries.iter().any(|known| *known == name || *known == whole)
            || carriers.any(|carrier| matches!(carrier, Carrier::Query(known) if known == name))
            || in_path.split('&').any(|pair| pair.split('=').next() == Some(name))
    }
}
