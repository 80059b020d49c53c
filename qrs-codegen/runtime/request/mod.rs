//! Requests: parameters and bodies, and how they become an HTTP request.

pub(crate) mod call;
pub(crate) mod form; // only: form, query-form, part-setter
pub(crate) mod items; // only: items
pub(crate) mod multipart; // only: multipart
pub(crate) mod parameter; // only: parameter
pub(crate) mod path;
pub(crate) mod payload;
pub(crate) mod prepare;
pub(crate) mod query;
pub(crate) mod settings;
pub(crate) mod whole_query; // only: whole-query
