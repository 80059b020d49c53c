#![doc = include_str!("../README.md")]

mod bundle;
pub mod changes;
pub mod diagnostic;
mod emit;
mod format;
mod lower;
mod markdown;
mod model;
mod modules;
mod naming;
mod normalize;
mod overlay;
mod pipeline;
mod pointer;
mod source;
mod stack;
mod typed;
mod validate;

use std::collections::BTreeMap;

use diagnostic::Report;
use pipeline::Run;
pub use source::Source;
use stack::on_a_deep_stack;

/// What a client is generated from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The OpenAPI document, 3.0 or 3.1, YAML or JSON.
    pub document: Source<'a>,
    /// An OpenAPI Overlay, 1.0 or 1.1, that is applied to the document first.
    pub overlay: Option<Source<'a>>,
    /// Files in the document's folder, or in folders inside it, that the document may refer to. Which ones it does, a
    /// report [says](Report::wanted): so one begins without any.
    pub files: &'a [File<'a>],
    /// Hand-written modules that the crate carries beside what is generated, each public under the stem of its name:
    /// `spec/filter.rs` is `filter`. What they say is theirs; they are only parsed.
    pub modules: &'a [Source<'a>],
    /// The command that generates the client, which each generated file names.
    pub command: &'a str,
}

/// A file that a document may refer to.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The way to it from the document's folder, with `/` between the parts and without `.` and `..`, as a report that
    /// wants it has it.
    pub name: &'a str,
    /// What messages call it.
    pub shown: &'a str,
    /// The whole text, YAML or JSON, or why it cannot be had.
    pub text: Result<&'a str, &'a str>,
}

/// A generated crate.
#[derive(Debug)]
pub struct Generated {
    /// The text of each file, by its path in the crate, with `/` between the parts.
    pub files: BTreeMap<String, String>,
    /// How large it is.
    pub extent: Extent,
    /// What is worth knowing, none of it an error.
    pub report: Report,
}

/// What there is in a generated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The operations that a client can call.
    pub operations: usize,
    /// The types that are declared for them.
    pub types: usize,
}

/// Generates a client.
///
/// # Errors
///
/// Every problem of the document and the overlay that keeps a client from being generated, with the warnings beside
/// them.
pub fn generate(input: &Input<'_>) -> Result<Generated, Box<Report>> {
    on_a_deep_stack(|| {
        let mut run = Run::new(input);
        match run.files() {
            Some((files, extent)) => Ok(Generated { files, extent, report: run.report() }),
            None => Err(Box::new(run.report())),
        }
    })
}
