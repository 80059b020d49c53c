//! Reading and writing objects: [`object!`] implements serde's traits for a struct from the names of its properties.
//!
//! serde's derive would generate several times as much code for each type. Here a property is one line, and the rest of the
//! code is in this file once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::empty_text::UnlessEmpty;
use super::nullable::Nullable;

/// Implements serde's traits for a struct that is an object on the wire.
///
/// Each property is given as `presence(field("wire name" | "alias"))`. The first name is written, and any of them is read.
/// `presence` is the name of a method of both [`Entries`] and the writer. Unknown properties are kept in the map after
/// `..`, or skipped without one.
macro_rules! object {
    (
        $ty:ident {
            $($kind:ident($field:ident($wire:literal $(| $alias:literal)*))),* $(; ..$rest:ident)? $(; bare $bare:literal)?
        }
    ) => {
        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::object::reader!(deserializer $($bare)?)
            }
        }

        impl<'de> $crate::runtime::object::Object<'de> for $ty {
            const NAME: &'static str = stringify!($ty);
            const NAMES: &'static [&'static str] = &[$($wire $(, $alias)*),*];
            const COLUMNS: &'static [&'static str] = $crate::runtime::object::columns!($($rest)? [$($wire),*]);

            fn collect<A: serde::de::MapAccess<'de>>(
                entries: &mut $crate::runtime::object::Entries<A>,
            ) -> Result<Self, A::Error> {
                $(let mut $field = Default::default();)*
                $(let mut $rest = std::collections::BTreeMap::new();)?
                while let Some(key) = entries.key()? {
                    match &*key {
                        $($wire $(| $alias)* => entries.$kind(&mut $field, $wire),)*
                        _ => $crate::runtime::object::other!(entries $(key $rest)?),
                    }?;
                }
                Ok(Self { $($field: $crate::runtime::object::finish!($kind $field $wire),)* $($rest: $rest.into())? })
            }
        }

        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::runtime::object::write_object!(serializer, stringify!($ty), self $($rest)? [$($kind $field $wire),*])
            }
        }
    };
}

/// Decodes the whole value.
macro_rules! reader {
    ($deserializer:ident) => {
        $crate::runtime::object::read($deserializer)
    };
    ($deserializer:ident $bare:literal) => {
        $crate::runtime::object::read_or_bare($deserializer, $bare)
    };
}

/// Handles an unknown property.
macro_rules! other {
    ($entries:ident) => {
        $entries.skip()
    };
    ($entries:ident $key:ident $rest:ident) => {
        $entries.keep($key, &mut $rest)
    };
}

/// The properties in the order of a sequence; none for an object that keeps unknown properties.
macro_rules! columns {
    ([$($wire:literal),*]) => {
        &[$($wire),*]
    };
    ($rest:ident [$($wire:literal),*]) => {
        &[]
    };
}

/// Writes an object: as a struct, or as a map if it keeps unknown properties.
macro_rules! write_object {
    ($serializer:ident, $name:expr, $self:ident [$($kind:ident $field:ident $wire:literal),*]) => {
        $crate::runtime::object::write_struct(
            $serializer,
            $name,
            0 $(+ $crate::runtime::object::count!($kind $self.$field))*,
        )
        $(.$kind($wire, &$self.$field))*
        .end()
    };
    ($serializer:ident, $name:expr, $self:ident $rest:ident [$($kind:ident $field:ident $wire:literal),*]) => {
        $crate::runtime::object::write_map($serializer)
            $(.$kind($wire, &$self.$field))*
            .rest(&$self.$rest)
            .end()
    };
}

/// How many properties a field writes: one, or none if it is absent.
macro_rules! count {
    (required $value:expr) => {
        1
    };
    (optional $value:expr) => {
        usize::from($value.is_some())
    };
    (optional_text $value:expr) => {
        usize::from($value.is_some())
    };
    ($nullable:ident $value:expr) => {
        usize::from(!$value.is_absent())
    };
}

/// The value of a field, after all properties were read.
macro_rules! finish {
    (required $field:ident $wire:literal) => {
        $crate::runtime::object::required($field, $wire)?
    };
    ($kind:ident $field:ident $wire:literal) => {
        $field
    };
}

pub(crate) use {columns, count, finish, object, other, reader, write_object};

/// A struct that is an object on the wire.
pub(crate) trait Object<'de>: Sized {
    const NAME: &'static str;
    /// The names of its properties, including aliases.
    const NAMES: &'static [&'static str];

    /// The names under which a sequence gives its properties; empty if it keeps unknown properties.
    const COLUMNS: &'static [&'static str];

    fn collect<A: MapAccess<'de>>(entries: &mut Entries<A>) -> Result<Self, A::Error>;
}

pub(crate) fn read<'de, T: Object<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_struct(T::NAME, T::NAMES, Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::collect(&mut Entries(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<T, A::Error> {
        if T::COLUMNS.is_empty() {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        T::collect(&mut Entries(Columns { names: T::COLUMNS, at: 0, elements }))
    }
}

/// A sequence as a map: each element by the name of the property in its place.
struct Columns<A> {
    names: &'static [&'static str],
    at: usize,
    elements: A,
}

impl<'de, A: SeqAccess<'de>> MapAccess<'de> for Columns<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let name = self.names.get(self.at).copied();
        name.map(|name| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let element = self.elements.next_element_seed(seed)?;
        let element = element.ok_or_else(|| A::Error::invalid_length(self.at, &Length(self.names.len())))?;
        self.at += 1;
        Ok(element)
    }
}

struct Length(usize);

impl Expected for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} elements", self.0)
    }
}

/// Decodes an object, or a value that stands for an object with this one property.
pub(crate) fn read_or_bare<'de, T: Object<'de>, D: Deserializer<'de>>(
    deserializer: D,
    property: &'static str,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(BareReader { property, read: PhantomData })
}

struct BareReader<T> {
    property: &'static str,
    read: PhantomData<T>,
}

/// Visits a bare value of each type.
macro_rules! visit_bare {
    ($($method:ident($type:ty);)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<T, E> {
            T::collect(&mut Entries(MapDeserializer::new(std::iter::once((self.property, value)))))
        }
    )*};
}

impl<'de, T: Object<'de>> Visitor<'de> for BareReader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {} or its `{}`", T::NAME, self.property)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::collect(&mut Entries(map))
    }

    visit_bare! {
        visit_bool(bool);
        visit_i64(i64);
        visit_u64(u64);
        visit_f64(f64);
        visit_str(&str);
    }
}

/// The properties of an object that is being read.
pub(crate) struct Entries<A>(A);

impl<'de, A: MapAccess<'de>> Entries<A> {
    pub(crate) fn key(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.0.next_key::<Key<'de>>()?.map(|Key(key)| key))
    }

    fn value<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.0.next_value()
    }

    /// The value of a property that must not occur twice.
    fn only<T: Deserialize<'de>>(&mut self, is_first: bool, name: &'static str) -> Result<T, A::Error> {
        if is_first { self.value() } else { Err(A::Error::duplicate_field(name)) }
    }

    /// A required property.
    pub(crate) fn required<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = Some(self.only(slot.is_none(), name)?);
        Ok(())
    }

    /// An optional property; `null` is the same as absent.
    pub(crate) fn optional<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = self.only(slot.is_none(), name)?;
        Ok(())
    }

    /// An optional property; `null` and `""` are the same as absent.
    pub(crate) fn optional_text<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = self.only::<UnlessEmpty<T>>(slot.is_none(), name)?.0;
        Ok(())
    }

    /// An optional property that distinguishes `null` from absent.
    pub(crate) fn nullable<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Nullable<T>,
        name: &'static str,
    ) -> Result<(), A::Error> {
        *slot = self.only(slot.is_absent(), name)?;
        Ok(())
    }

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

    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.value::<IgnoredAny>().map(drop)
    }

    pub(crate) fn keep<T: Deserialize<'de>>(
        &mut self,
        key: Cow<'de, str>,
        rest: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        rest.insert(key.into_owned(), self.value()?);
        Ok(())
    }
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

/// A serializer of properties: of a struct, or of a map.
pub(crate) trait Properties: Sized {
    type Done;
    type Error;

    fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Self::Error>;
    fn skip(&mut self, name: &'static str) -> Result<(), Self::Error>;
    fn finish(self) -> Result<Self::Done, Self::Error>;
}

pub(crate) struct AsStruct<W>(W);

impl<W: SerializeStruct> Properties for AsStruct<W> {
    type Done = W::Ok;
    type Error = W::Error;

    fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), W::Error> {
        self.0.serialize_field(name, value)
    }

    fn skip(&mut self, name: &'static str) -> Result<(), W::Error> {
        self.0.skip_field(name)
    }

    fn finish(self) -> Result<W::Ok, W::Error> {
        self.0.end()
    }
}

pub(crate) struct AsMap<W>(W);

impl<W: SerializeMap> Properties for AsMap<W> {
    type Done = W::Ok;
    type Error = W::Error;

    fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), W::Error> {
        self.0.serialize_entry(name, value)
    }

    fn skip(&mut self, _: &'static str) -> Result<(), W::Error> {
        Ok(())
    }

    fn finish(self) -> Result<W::Ok, W::Error> {
        self.0.end()
    }
}

/// An object that is being written, or the first error.
pub(crate) struct Writer<W: Properties>(Result<W, W::Error>);

pub(crate) fn write_struct<S: Serializer>(
    serializer: S,
    name: &'static str,
    properties: usize,
) -> Writer<AsStruct<S::SerializeStruct>> {
    Writer(serializer.serialize_struct(name, properties).map(AsStruct))
}

pub(crate) fn write_map<S: Serializer>(serializer: S) -> Writer<AsMap<S::SerializeMap>> {
    Writer(serializer.serialize_map(None).map(AsMap))
}

#[allow(clippy::ref_option, reason = "a reference to a field is what a macro has")]
impl<W: Properties> Writer<W> {
    fn then(mut self, write: impl FnOnce(&mut W) -> Result<(), W::Error>) -> Self {
        if let Ok(properties) = &mut self.0
            && let Err(error) = write(properties)
        {
            self.0 = Err(error);
        }
        self
    }

    pub(crate) fn required<T: Serialize>(self, name: &'static str, value: &T) -> Self {
        self.then(|properties| properties.property(name, value))
    }

    pub(crate) fn optional<T: Serialize>(self, name: &'static str, value: &Option<T>) -> Self {
        match value {
            Some(value) => self.required(name, value),
            None => self.then(|properties| properties.skip(name)),
        }
    }

    pub(crate) fn optional_text<T: Serialize>(self, name: &'static str, value: &Option<T>) -> Self {
        self.optional(name, value)
    }

    pub(crate) fn nullable<T: Serialize>(self, name: &'static str, value: &Nullable<T>) -> Self {
        if value.is_absent() { self.then(|properties| properties.skip(name)) } else { self.required(name, value) }
    }

    pub(crate) fn nullable_text<T: Serialize>(self, name: &'static str, value: &Nullable<T>) -> Self {
        self.nullable(name, value)
    }

    pub(crate) fn end(self) -> Result<W::Done, W::Error> {
        self.0?.finish()
    }
}

impl<W: SerializeMap> Writer<AsMap<W>> {
    pub(crate) fn rest<T: Serialize>(self, rest: &BTreeMap<String, T>) -> Self {
        rest.iter().fold(self, |writer, (name, value)| writer.then(|map| map.0.serialize_entry(name, value)))
    }
}
