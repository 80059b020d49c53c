//! The values of the wire: how the types of a client are read and written. It uses no other folder.

pub(crate) mod base64; // only: base64
pub(crate) mod date_time; // only: date-time
pub(crate) mod empty_text; // only: empty-text
pub(crate) mod enumeration; // only: enumeration
pub(crate) mod error_path;
pub(crate) mod fault;
pub(crate) mod further; // only: further-properties
pub(crate) mod json_text; // only: json-text
pub(crate) mod nullable; // only: nullable
pub(crate) mod object; // only: object
pub(crate) mod one_of; // only: one-of
pub(crate) mod properties; // only: object
pub(crate) mod secret;
pub(crate) mod writer; // only: object
