//! The files of a module's operations: one; or, where that would be too long, further ones within it, each for the
//! operations whose paths begin alike. The module exports them all, whichever file they are in.

use crate::emit::context::Context;
use crate::emit::split::split;
use crate::model::{Module, Operation, Parameter};
use crate::naming::Ident;

/// The operations of a file within that of their module.
pub(in crate::emit) struct OperationsFile<'a> {
    /// The private module of the file.
    pub(in crate::emit) module: Ident,
    /// In the order of the document.
    pub(in crate::emit) operations: Vec<&'a Operation>,
}

/// The files within that of a module; none if it holds its operations itself.
pub(in crate::emit) fn files<'a>(module: &'a Module, context: &Context<'a>) -> Vec<OperationsFile<'a>> {
    let inner = context.api.modules.iter().filter(|inner| inner.parents.iter().eq(module.idents()));
    // Clippy rejects a module that has the name of its parent.
    let taken: Vec<&str> = inner.chain([module]).map(|module| module.name.ident.as_str()).collect();
    let parts = split(&module.operations, |operation| fixed(&operation.path), lines, &taken).unwrap_or_default();
    parts.into_iter().map(|(module, operations)| OperationsFile { module, operations }).collect()
}

/// A path without its parameters.
fn fixed(path: &str) -> String {
    path.split('/').filter(|segment| !segment.contains('{')).collect()
}

/// About as many lines as an operation takes in Rust.
fn lines(operation: &Operation) -> usize {
    let Operation { doc, required, optional, body, descriptions, response_enums, headers, .. } = operation;
    let variants: usize = response_enums.iter().map(|response| 60 + 12 * response.variants.len()).sum();
    let headers = headers.as_ref().map_or(0, |headers| 20 + 6 * headers.fields.len());
    let setter = |parameter: &Parameter| 12 + parameter.doc.lines.len();
    let streams = if operation.streaming.is_some() { 30 } else { 0 };
    let alternatives = if operation.alternatives.is_empty() { 0 } else { 35 };
    let body = body.as_ref().map_or(0, |body| 15 + body.doc.lines.len());
    85 + doc.lines.len()
        + 4 * required.len()
        + optional.iter().map(setter).sum::<usize>()
        + descriptions.len()
        + body
        + variants
        + headers
        + streams
        + alternatives
}
