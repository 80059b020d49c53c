// only: enumeration

//! String enums: [`enumeration!`] implements conversions and serde's traits for an enum from its values on the wire.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

use super::error_path; // only: untagged

/// Implements an enum of strings: each variant with its value, and the last variant for unknown values.
macro_rules! enumeration {
    ($ty:ident { $($variant:ident($wire:literal)),*; $unknown:ident }) => {
        impl $ty {
            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::$unknown(value) => value,
                }
            }
        }

        impl $crate::runtime::enumeration::Enumeration for $ty {
            fn listed(text: &str) -> Option<Self> {
                match text {
                    $($wire => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn other(text: String) -> Self {
                Self::$unknown(text)
            }
        }

        impl From<String> for $ty {
            fn from(value: String) -> Self {
                $crate::runtime::enumeration::of(value)
            }
        }

        impl From<$ty> for String {
            fn from(value: $ty) -> Self {
                match value {
                    $ty::$unknown(value) => value,
                    listed => listed.as_str().to_owned(),
                }
            }
        }

        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::enumeration::read(deserializer)
            }
        }

        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use enumeration;

/// An enum of strings.
pub(crate) trait Enumeration: Sized {
    /// The variant of a known value.
    fn listed(text: &str) -> Option<Self>;
    /// The variant of an unknown value.
    fn other(text: String) -> Self;
}

pub(crate) fn of<T: Enumeration>(text: String) -> T {
    T::listed(&text).unwrap_or_else(|| T::other(text))
}

pub(crate) fn read<'de, T: Enumeration, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<T: Enumeration> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::listed(text).unwrap_or_else(|| unlisted(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        Ok(T::listed(&text).unwrap_or_else(|| unlisted(text)))
    }
}

/// A value that the document does not list.
fn unlisted<T: Enumeration>(text: String) -> T {
    error_path::note_unlisted(); // only: untagged
    T::other(text)
}
