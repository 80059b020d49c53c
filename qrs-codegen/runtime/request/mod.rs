//! Requests: parameters and bodies, and how they become an HTTP request.

pub(crate) mod call;
pub(crate) mod form;
pub(crate) mod items;
pub(crate) mod multipart;
pub(crate) mod parameter;
pub(crate) mod path;
pub(crate) mod payload;
pub(crate) mod prepare;
pub(crate) mod query;
pub(crate) mod settings;
