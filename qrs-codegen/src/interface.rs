//! The input of the generator, and its output.

use std::collections::BTreeMap;

use crate::diagnostic::Pointer;
use crate::files::Files;
use crate::report::Report;
use crate::source::Source;

/// The texts that a client is generated from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The OpenAPI document: Swagger 2.0 or OpenAPI 3.0 to 3.2, YAML or JSON.
    pub document: Source<'a>,
    /// OpenAPI Overlays, 1.0 or 1.1, which are applied to the document in this order.
    pub overlays: &'a [Source<'a>],
    /// Loads the files that the document refers to: in the document's folder, or in folders inside it. [`NoFiles`](crate::NoFiles) is
    /// for a document that stands alone.
    pub files: &'a dyn Files,
    /// Hand-written modules that the crate carries beside the generated ones, each public under the stem of its name:
    /// `spec/filter.rs` is `filter`. A file `spec/jobs/mod.rs` makes `jobs` of its whole folder. They are parsed and
    /// copied.
    pub modules: &'a [Source<'a>],
    /// The command that generates the client, which each generated file names.
    pub command: &'a str,
}

/// A generated crate.
#[derive(Debug)]
pub struct Generated {
    /// The text of each file, by its path in the crate, with `/` between the segments.
    pub files: BTreeMap<String, String>,
    /// The size of the crate.
    pub size: Size,
    /// Warnings and notes; no error is among them.
    pub report: Report,
    /// The places where the client has any JSON value.
    pub untyped: Vec<Untyped>,
}

/// A place where a client has any JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untyped {
    /// The place in the document, where it is known.
    pub pointer: Pointer,
    /// The place in the client, as in `types::Pet::tag`.
    pub place: String,
    /// The reason, in a few words.
    pub why: String,
}

/// The size of a generated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The operations that a client can call.
    pub operations: usize,
    /// The types that are declared for them.
    pub types: usize,
}
