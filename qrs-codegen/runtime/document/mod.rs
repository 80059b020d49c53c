//! Facts that generated code states: operations and security schemes, as the document describes them.

#![allow(dead_code, reason = "a document need not state facts of every kind")]

pub(crate) mod operation;
pub(crate) mod scheme;
