//! Responses: reading, decoding, streams.

pub(crate) mod byte_stream;
pub(crate) mod decode;
pub(crate) mod event_stream;
pub(crate) mod header; // only: response-headers
pub(crate) mod line_stream;
pub(crate) mod media; // only: by-media-type
pub(crate) mod parts; // only: received-list, received-object
pub(crate) mod raw;
pub(crate) mod success;
