//! The error of one element of a list.

use std::fmt;

use serde_json::Value;

/// An element of a list that is not what the document says: see `Request::send_lenient`.
#[derive(Clone, PartialEq)]
pub struct ElementError {
    index: usize,
    message: String,
    value: Value,
}

impl ElementError {
    pub(crate) fn new(index: usize, message: String, value: Value) -> Self {
        Self { index, message, value }
    }

    /// The place of the element in the list, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The element as the server sent it. It is neither in `Display` nor in `Debug`, so take care where it goes.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }
}

impl fmt::Display for ElementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "element {} of the list is not what is documented: {}", self.index, self.message)
    }
}

impl fmt::Debug for ElementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, message, .. } = self;
        f.debug_struct("ElementError").field("index", index).field("message", message).finish_non_exhaustive()
    }
}

impl std::error::Error for ElementError {}
