//! Facts that generated code states: operations and security schemes, as the document describes them.

pub(crate) mod operation;
pub(crate) mod scheme;
