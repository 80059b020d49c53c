//! Text: charsets, media types, the framing of sequences, excerpts for messages, templates, percent-encoding.

pub(crate) mod charset;
pub(crate) mod content;
pub(crate) mod escape;
pub(crate) mod media_type;
pub(crate) mod one_line;
pub(crate) mod parts; // only: received-list, received-object, mock
pub(crate) mod percent;
pub(crate) mod records;
pub(crate) mod template;
