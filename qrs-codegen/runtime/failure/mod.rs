//! Errors, and the redaction of credentials in them.

pub(crate) mod build_error;
pub(crate) mod element_error;
pub(crate) mod error;
pub(crate) mod pattern;
pub(crate) mod redact;
