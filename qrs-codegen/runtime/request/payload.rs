//! Bytes to send, all at once or as a stream.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Bytes to send, at once or as a stream.
///
/// Converts from a `Vec<u8>`, a slice, a string or a `reqwest::Body`. A stream can be sent only once: a call with one is not
/// retried, and clones share it.
#[derive(Clone)]
pub struct Payload(pub(crate) Source);

#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Bytes),
    Stream(Arc<Mutex<Option<reqwest::Body>>>),
}

impl Payload {
    /// Whether the payload is a stream, which can be sent only once.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.0, Source::Stream(_))
    }

    /// The body of a request; `None` if it is a stream that was sent before.
    pub(crate) fn into_body(self) -> Option<reqwest::Body> {
        match self.0 {
            Source::Bytes(bytes) => Some(bytes.into()),
            Source::Stream(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).take(),
        }
    }
}

impl From<reqwest::Body> for Payload {
    fn from(body: reqwest::Body) -> Self {
        match body.as_bytes() {
            Some(bytes) => Self(Source::Bytes(Bytes::copy_from_slice(bytes))),
            None => Self(Source::Stream(Arc::new(Mutex::new(Some(body))))),
        }
    }
}

macro_rules! from_bytes {
    ($($owned:ty),*; $($slice:ty),*) => {
        $(impl From<$owned> for Payload {
            fn from(bytes: $owned) -> Self {
                Self(Source::Bytes(bytes.into()))
            }
        })*
        $(impl From<$slice> for Payload {
            fn from(bytes: $slice) -> Self {
                let bytes: &[u8] = bytes.as_ref();
                Self(Source::Bytes(Bytes::copy_from_slice(bytes)))
            }
        })*
    };
}

from_bytes!(Vec<u8>, String, Box<[u8]>, Bytes; &[u8], &str, &Vec<u8>, &String);

impl<const N: usize> From<&[u8; N]> for Payload {
    fn from(bytes: &[u8; N]) -> Self {
        bytes.as_slice().into()
    }
}

impl<const N: usize> From<[u8; N]> for Payload {
    fn from(bytes: [u8; N]) -> Self {
        bytes.as_slice().into()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Bytes(bytes) => write!(f, "Payload({} bytes)", bytes.len()),
            Source::Stream(_) => f.write_str("Payload(a stream)"),
        }
    }
}

// only: upload {
/// A file to send as a part of a multipart body: its bytes, file name and media type.
#[derive(Clone, Debug)]
pub struct Upload {
    pub(crate) payload: Payload,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
}

impl Upload {
    /// A file with these bytes, or with a stream of bytes.
    pub fn new(payload: impl Into<Payload>) -> Self {
        Self { payload: payload.into(), file_name: None, content_type: None }
    }

    /// Sets the file name. The default is the name of the part.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/png`. The default is the one in the document, or else
    /// `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }
}

impl<T: Into<Payload>> From<T> for Upload {
    fn from(payload: T) -> Self {
        Self::new(payload)
    }
}
// }
