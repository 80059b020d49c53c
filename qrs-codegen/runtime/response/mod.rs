//! Responses: reading, decoding, streams.

pub(crate) mod byte_stream;
pub(crate) mod decode;
pub(crate) mod event_stream;
pub(crate) mod header;
pub(crate) mod line_stream;
pub(crate) mod media;
pub(crate) mod raw;
pub(crate) mod records;
pub(crate) mod success;
