// only: object

//! Reading and writing objects: [`object!`] implements serde's traits for a struct from the names of its properties.
//!
//! serde's derive would generate several times as much code for each type. Here a property is one line, and the rest of the
//! code is in this file once.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::value::MapDeserializer; // only: bare
use serde::de::{DeserializeSeed, Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};

use super::properties::Entries;

/// Implements serde's traits for a struct that is an object on the wire.
///
/// Each property is given as `presence(field("wire name" | "alias"))`. The first name is written, and any of them is read.
/// `presence` is the name of a method of both [`Entries`] and the writer. Unknown properties are kept in the map after
/// `..`, or skipped without one. `unlisted` says whether a value has a property with another value than the document lists.
macro_rules! object {
    (
        $ty:ident {
            $($kind:ident($field:ident($wire:literal $(| $alias:literal)*))),* $(; ..$rest:ident)? $(; bare $bare:literal)?
            $(; unlisted |$value:ident| $unlisted:expr)?
        }
    ) => {
        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::value::object::reader!(deserializer $($bare)?)
            }
        }

        impl<'de> $crate::runtime::value::object::Object<'de> for $ty {
            const NAME: &'static str = stringify!($ty);
            const NAMES: &'static [&'static str] = &[$($wire $(, $alias)*),*];
            const COLUMNS: &'static [&'static str] = $crate::runtime::value::object::columns!($($rest)? [$($wire),*]);

            fn collect<A: serde::de::MapAccess<'de>>(
                entries: &mut $crate::runtime::value::properties::Entries<A>,
            ) -> Result<Self, A::Error> {
                $(let mut $field = Default::default();)*
                $(let mut $rest = std::collections::BTreeMap::new();)?
                while let Some(key) = entries.key()? {
                    match &*key {
                        $($wire $(| $alias)* => entries.$kind(&mut $field, $wire),)*
                        _ => $crate::runtime::value::object::other!(entries $(key $rest)?),
                    }?;
                }
                let read = Self { $($field: $crate::runtime::value::object::finish!($kind $field $wire),)* $($rest: $rest.into())? };
                $({
                    let $value = &read;
                    $crate::runtime::value::error_path::note_if_unlisted($unlisted);
                })?
                Ok(read)
            }
        }

        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::runtime::value::object::write_object!(serializer, stringify!($ty), self $($rest)? [$($kind $field $wire),*])
            }
        }
    };
}

/// Decodes the whole value.
macro_rules! reader {
    ($deserializer:ident) => {
        $crate::runtime::value::object::read($deserializer)
    };
    ($deserializer:ident $bare:literal) => {
        $crate::runtime::value::object::read_or_bare($deserializer, $bare)
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
        $crate::runtime::value::writer::write_struct(
            $serializer,
            $name,
            0 $(+ $crate::runtime::value::object::count!($kind $self.$field))*,
        )
        $(.$kind($wire, &$self.$field))*
        .end()
    };
    ($serializer:ident, $name:expr, $self:ident $rest:ident [$($kind:ident $field:ident $wire:literal),*]) => {
        $crate::runtime::value::writer::write_map($serializer)
            $(.$kind($wire, &$self.$field))*
            .rest(&$self.$rest)
            .end()
    };
}

/// How many properties a field writes: one, or none if it is absent.
#[allow(unused_macros, reason = "a document need not have objects whose unknown properties are dropped")]
macro_rules! count {
    (required $value:expr) => {
        1
    };
    (optional $value:expr) => {
        usize::from($value.is_some())
    };
    (optional_any $value:expr) => {
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
        $crate::runtime::value::properties::required($field, $wire)?
    };
    ($kind:ident $field:ident $wire:literal) => {
        $field
    };
}

#[allow(unused_imports, reason = "a document need not have objects whose unknown properties are dropped")]
pub(crate) use count;
pub(crate) use {columns, finish, object, other, reader, write_object};

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
        write!(f, "an object ({})", T::NAME)
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

// only: bare {
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
        write!(f, "an object ({}) or its `{}`", T::NAME, self.property)
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
// }
