//! Bytes to send, all at once or as a stream.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Bytes to send: all of them at once, or a stream.
///
/// It is made of a `Vec<u8>`, a slice, a text, or a `reqwest::Body`, which may be a stream. A stream can be sent once:
/// a call that has one is not made again, and a clone of it shares it.
#[derive(Clone)]
pub struct Payload(pub(crate) Source);

#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Bytes),
    Stream(Arc<Mutex<Option<reqwest::Body>>>),
}

impl Payload {
    /// Whether it can be sent only once.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.0, Source::Stream(_))
    }

    /// The body of a request; nothing if it was a stream that was sent before.
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

/// A file to send as a part of a body: its bytes, what it is called, and what it is.
#[derive(Clone, Debug)]
pub struct Upload {
    pub(crate) payload: Payload,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
}

impl Upload {
    /// A file of these bytes, or of a stream of them.
    pub fn new(payload: impl Into<Payload>) -> Self {
        Self { payload: payload.into(), file_name: None, content_type: None }
    }

    /// What it is called; without it, as the part is.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Its media type, such as `image/png`; without it, what the document says, or else bytes of any kind.
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
