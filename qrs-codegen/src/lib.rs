#![doc = include_str!("../README.md")]

pub mod changes;
mod choose;
pub mod diagnostic;
mod document;
mod emit;
mod equality;
mod files;
mod format;
mod interface;
mod lower;
mod markdown;
mod model;
mod modules;
mod naming;
mod overlay;
mod pipeline;
mod pointer;
pub mod report;
mod source;
mod stack;
mod swagger;
mod template;
mod validate;

pub use files::{Files, NoFiles};
pub use interface::{Generated, Input, Size, Untyped};
use report::Report;
pub use source::Source;
use stack::on_a_deep_stack;

/// Generates a client.
///
/// # Errors
///
/// Every problem of the document and the overlays that keeps a client from being generated, with the warnings beside
/// them.
pub fn generate(input: &Input<'_>) -> Result<Generated, Box<Report>> {
    on_a_deep_stack(|| pipeline::generate(input))
}

/// The document as a client is generated from it: overlays applied, operations chosen, files bundled, what is damaged
/// taken out, and in the shape of OpenAPI 3.
///
/// # Errors
///
/// Every problem of the document and the overlays that keeps it from being read.
pub fn effective(input: &Input<'_>) -> Result<serde_json::Value, Box<Report>> {
    on_a_deep_stack(|| pipeline::effective(input))
}
