//! The path to a value that does not decode.

use std::cell::Cell; // only: untagged
use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

/// Decodes a JSON body again, after it failed to decode as `T`: whole numbers may be written as `5.0` or `1e3`, which
/// JSON Schema counts among the integers. If that fails too, the error is the path to the value that is at fault, such as
/// `[17].user.id`; `None` if it is the whole body.
///
/// The path contains only names that `T` declares: the keys of a map are data, and become `*`.
pub(crate) fn decode_again<T: DeserializeOwned>(body: &[u8]) -> Result<T, Option<String>> {
    let path = ErrorPath::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    forget_part();
    let decoded = T::deserialize(Tracked::new(&mut json, &path)).and_then(|value| json.end().map(|()| value));
    decoded.map_err(|_| {
        let path = joined(&path.to_string(), &BENEATH.take());
        (!path.is_empty()).then_some(path)
    })
}

thread_local! {
    // A value that is buffered until its type is known is decoded separately: the path to its failure.
    static BENEATH: RefCell<String> = const { RefCell::new(String::new()) };

    // only: untagged {
    /// Values that were decoded although no schema lists or describes them.
    static UNLISTED: Cell<u32> = const { Cell::new(0) };
    // }
}

// only: untagged {
/// Notes that a value was kept which no schema lists or describes. A union prefers a variant that has none.
pub(crate) fn note_unlisted() {
    UNLISTED.set(UNLISTED.get().saturating_add(1));
}

/// The values that were noted since the last [`set_unlisted`].
pub(crate) fn unlisted() -> u32 {
    UNLISTED.get()
}

/// Counts anew from `count`.
pub(crate) fn set_unlisted(count: u32) {
    UNLISTED.set(count);
}
// }

// only: decoded-part {
/// Decodes a buffered part of a body, and notes for [`decode_again`] where it fails.
pub(crate) fn decode_part<T: DeserializeOwned>(part: &serde_json::Value) -> Result<T, serde_json::Error> {
    let path = ErrorPath::default();
    let decoded = T::deserialize(Tracked::new(part, &path));
    let beneath = BENEATH.take();
    if decoded.is_err() {
        BENEATH.set(joined(&path.to_string(), &beneath));
    }
    decoded
}
// }

/// Forgets the failure of a part that is not the reason why the body fails.
pub(crate) fn forget_part() {
    BENEATH.take();
}

fn joined(path: &str, beneath: &str) -> String {
    let dot = if path.is_empty() || beneath.is_empty() || beneath.starts_with('[') { "" } else { "." };
    format!("{path}{dot}{beneath}")
}

#[derive(Clone, Copy)]
enum PathStep {
    Index(usize),
    Field(&'static str),
    Key,
}

/// The steps from the top of the body to the current value. They remain after a failure.
#[derive(Default)]
struct ErrorPath(RefCell<Vec<PathStep>>);

impl ErrorPath {
    fn within<T, E>(&self, step: PathStep, decode: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.0.borrow_mut().push(step);
        let decoded = decode();
        if decoded.is_ok() {
            self.0.borrow_mut().pop();
        }
        decoded
    }
}

impl fmt::Display for ErrorPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.borrow().iter().enumerate() {
            let dot = if at > 0 { "." } else { "" };
            match step {
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::Field(name) => write!(f, "{dot}{name}")?,
                PathStep::Key => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

/// A wrapper around a part of serde that records the path; everything that it passes on is `Tracked` as well.
struct Tracked<'t, X> {
    inner: X,
    path: &'t ErrorPath,
    /// The property names of the current struct.
    fields: Option<&'static [&'static str]>,
    /// Whether a whole number is read.
    is_integer: bool,
}

impl<'t, X> Tracked<'t, X> {
    fn new(inner: X, path: &'t ErrorPath) -> Self {
        Self { inner, path, fields: None, is_integer: false }
    }
}

macro_rules! forward_integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(Tracked { inner: visitor, path: self.path, fields: None, is_integer: true })
        }
    )*};
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Tracked::new(visitor, self.path))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    forward_integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Tracked { inner: visitor, path: self.path, fields: Some(fields), is_integer: false };
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Tracked<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool: bool;
        visit_i8: i8;
        visit_i16: i16;
        visit_i32: i32;
        visit_i64: i64;
        visit_i128: i128;
        visit_u8: u8;
        visit_u16: u16;
        visit_u32: u32;
        visit_u64: u64;
        visit_u128: u128;
        visit_f32: f32;
        visit_char: char;
        visit_str: &str;
        visit_borrowed_str: &'de str;
        visit_string: String;
        visit_bytes: &[u8];
        visit_borrowed_bytes: &'de [u8];
        visit_byte_buf: Vec<u8>;
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if self.is_integer && value.fract() == 0.0 {
            let whole = format!("{value:.0}");
            if let Ok(whole) = whole.parse::<i64>() {
                return self.inner.visit_i64(whole);
            }
            if let Ok(whole) = whole.parse::<u64>() {
                return self.inner.visit_u64(whole);
            }
        }
        self.inner.visit_f64(value)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Tracked::new(deserializer, self.path))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Tracked::new(deserializer, self.path))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Elements { inner: elements, path: self.path, index: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        let fields = self.fields.unwrap_or_default();
        self.inner.visit_map(Entries { inner: entries, path: self.path, fields, step: PathStep::Key })
    }

    // Paths end at an enum.
    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(variant)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Tracked<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Tracked::new(deserializer, self.path))
    }
}

struct Elements<'t, A> {
    inner: A,
    path: &'t ErrorPath,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let (inner, path) = (&mut self.inner, self.path);
        let element = path.within(PathStep::Index(self.index), || inner.next_element_seed(Tracked::new(seed, path)));
        self.index += 1;
        element
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct Entries<'t, A> {
    inner: A,
    path: &'t ErrorPath,
    fields: &'static [&'static str],
    step: PathStep,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.step = PathStep::Key;
        if self.fields.is_empty() {
            return self.inner.next_key_seed(seed);
        }
        let Some(key) = self.inner.next_key::<String>()? else {
            return Ok(None);
        };
        if let Some(name) = self.fields.iter().find(|name| **name == key) {
            self.step = PathStep::Field(name);
        }
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let (inner, path) = (&mut self.inner, self.path);
        path.within(self.step, || inner.next_value_seed(Tracked::new(seed, path)))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}
