// only: object

//! Reading the properties of an object.

use std::borrow::Cow;
use std::collections::BTreeMap; // only: rest
use std::fmt;
use std::marker::PhantomData; // only: required

use serde::de::IgnoredAny; // only: no-rest
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::empty_text::UnlessEmpty; // only: empty-text
use super::nullable::Nullable; // only: nullable

/// The properties of an object that is being read.
pub(crate) struct Entries<A>(pub(super) A);

impl<'de, A: MapAccess<'de>> Entries<A> {
    pub(crate) fn key(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.0.next_key::<Key<'de>>()?.map(|Key(key)| key))
    }

    fn value<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.0.next_value()
    }

    // only: property {
    /// The value of a property that must not occur twice.
    fn only<T: Deserialize<'de>>(&mut self, is_first: bool, name: &'static str) -> Result<T, A::Error> {
        if is_first { self.value() } else { Err(A::Error::duplicate_field(name)) }
    }
    // }

    // only: required {
    /// A required property.
    pub(crate) fn required<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = Some(self.only(slot.is_none(), name)?);
        Ok(())
    }
    // }

    // only: optional {
    /// An optional property; `null` is the same as absent.
    pub(crate) fn optional<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = self.only(slot.is_none(), name)?;
        Ok(())
    }
    // }

    // only: optional-any {
    /// An optional property of any type, `null` included.
    pub(crate) fn optional_any<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = Some(self.only(slot.is_none(), name)?);
        Ok(())
    }
    // }

    // only: optional-text {
    /// An optional property; `null` and `""` are the same as absent.
    pub(crate) fn optional_text<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = self.only::<UnlessEmpty<T>>(slot.is_none(), name)?.0;
        Ok(())
    }
    // }

    // only: nullable {
    /// An optional property that distinguishes `null` from absent.
    pub(crate) fn nullable<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Nullable<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = self.only(slot.is_absent(), name)?;
        Ok(())
    }
    // }

    // only: nullable-text {
    /// An optional property that distinguishes `null` from absent; `""` is the same as `null`.
    pub(crate) fn nullable_text<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Nullable<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        let value = self.only::<UnlessEmpty<T>>(slot.is_absent(), name)?;
        *slot = value.0.map_or(Nullable::Null, Nullable::Value);
        Ok(())
    }
    // }

    // only: no-rest {
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.value::<IgnoredAny>().map(drop)
    }
    // }

    // only: rest {
    pub(crate) fn keep<T: Deserialize<'de>>(
        &mut self,
        key: Cow<'de, str>,
        rest: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        rest.insert(key.into_owned(), self.value()?);
        Ok(())
    }
    // }
}

/// The name of a property, borrowed from the input where possible.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(KeyReader)
    }
}

struct KeyReader;

impl<'de> Visitor<'de> for KeyReader {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(key)))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key<'de>, E> {
        self.visit_string(key.to_owned())
    }

    fn visit_string<E: Error>(self, key: String) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(key)))
    }

    fn visit_borrowed_bytes<E: Error>(self, key: &'de [u8]) -> Result<Key<'de>, E> {
        match str::from_utf8(key) {
            Ok(key) => self.visit_borrowed_str(key),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(key), &self)),
        }
    }

    fn visit_bytes<E: Error>(self, key: &[u8]) -> Result<Key<'de>, E> {
        match str::from_utf8(key) {
            Ok(key) => self.visit_str(key),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(key), &self)),
        }
    }
}

// only: required {
/// The value of a required property. A missing one that may be `null` is `null`: servers leave these out.
pub(crate) fn required<'de, T: Deserialize<'de>, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    match value {
        Some(value) => Ok(value),
        None => T::deserialize(Missing(name, PhantomData)),
    }
}

struct Missing<E>(&'static str, PhantomData<E>);

impl<'de, E: Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
// }
