//! The values of the wire: how the types of a client are read and written. It uses no other folder.

pub(crate) mod base64;
pub(crate) mod empty_text;
pub(crate) mod enumeration;
pub(crate) mod error_path;
pub(crate) mod further;
pub(crate) mod json_text;
pub(crate) mod nullable;
pub(crate) mod object;
pub(crate) mod one_of;
pub(crate) mod secret;
