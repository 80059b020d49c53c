use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

/// Where in a JSON body the value is that `T` does not accept, such as `[17].user.id`; `None` if it is the whole
/// body, or if the body is accepted.
///
/// This decodes the body, so it is for bodies that have failed before. Only names that `T` declares are told:
/// the keys of a map are data, and become `*`.
pub(crate) fn path_to_fault<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    let trail = Trail::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    forget_part();
    T::deserialize(Traced::new(&mut json, &trail)).err()?;
    let path = joined(&trail.to_string(), &BENEATH.take());
    (!path.is_empty()).then_some(path)
}

thread_local! {
    // A value that is put aside until its type is known is decoded out of the trail's sight: where it failed.
    static BENEATH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Decodes a part of a body that was put aside, and notes for [`path_to_fault`] where it fails.
pub(crate) fn decode_part<T: DeserializeOwned>(part: &serde_json::Value) -> Result<T, serde_json::Error> {
    let trail = Trail::default();
    let decoded = T::deserialize(Traced::new(part, &trail));
    let beneath = BENEATH.take();
    if decoded.is_err() {
        BENEATH.set(joined(&trail.to_string(), &beneath));
    }
    decoded
}

/// A part that failed is not what fails the body.
pub(crate) fn forget_part() {
    BENEATH.take();
}

fn joined(path: &str, beneath: &str) -> String {
    let dot = if path.is_empty() || beneath.is_empty() || beneath.starts_with('[') { "" } else { "." };
    format!("{path}{dot}{beneath}")
}

#[derive(Clone, Copy)]
enum Step {
    Index(usize),
    Field(&'static str),
    Key,
}

/// The steps from the top of the body to the value at hand. A failure leaves them standing.
#[derive(Default)]
struct Trail(RefCell<Vec<Step>>);

impl Trail {
    fn within<T, E>(&self, step: Step, decode: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.0.borrow_mut().push(step);
        let decoded = decode();
        if decoded.is_ok() {
            self.0.borrow_mut().pop();
        }
        decoded
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.borrow().iter().enumerate() {
            let dot = if at > 0 { "." } else { "" };
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Field(name) => write!(f, "{dot}{name}")?,
                Step::Key => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

/// A part of serde's machinery that keeps the trail: what it hands on is `Traced` as well.
struct Traced<'t, X> {
    inner: X,
    trail: &'t Trail,
    /// The names of the struct at hand.
    fields: Option<&'static [&'static str]>,
}

impl<'t, X> Traced<'t, X> {
    fn new(inner: X, trail: &'t Trail) -> Self {
        Self { inner, trail, fields: None }
    }
}

macro_rules! hand_on {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Traced::new(visitor, self.trail))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Traced<'_, D> {
    type Error = D::Error;

    hand_on! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
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

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Traced { inner: visitor, trail: self.trail, fields: Some(fields) };
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

impl<'de, V: Visitor<'de>> Visitor<'de> for Traced<'_, V> {
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
        visit_f64: f64;
        visit_char: char;
        visit_str: &str;
        visit_borrowed_str: &'de str;
        visit_string: String;
        visit_bytes: &[u8];
        visit_borrowed_bytes: &'de [u8];
        visit_byte_buf: Vec<u8>;
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Traced::new(deserializer, self.trail))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Traced::new(deserializer, self.trail))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Elements { inner: elements, trail: self.trail, index: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        let fields = self.fields.unwrap_or_default();
        self.inner.visit_map(Entries { inner: entries, trail: self.trail, fields, step: Step::Key })
    }

    // The trail ends at an enum.
    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(variant)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Traced<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Traced::new(deserializer, self.trail))
    }
}

struct Elements<'t, A> {
    inner: A,
    trail: &'t Trail,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let (inner, trail) = (&mut self.inner, self.trail);
        let element = trail.within(Step::Index(self.index), || inner.next_element_seed(Traced::new(seed, trail)));
        self.index += 1;
        element
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct Entries<'t, A> {
    inner: A,
    trail: &'t Trail,
    fields: &'static [&'static str],
    step: Step,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.step = Step::Key;
        if self.fields.is_empty() {
            return self.inner.next_key_seed(seed);
        }
        let Some(key) = self.inner.next_key::<String>()? else {
            return Ok(None);
        };
        if let Some(name) = self.fields.iter().find(|name| **name == key) {
            self.step = Step::Field(name);
        }
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let (inner, trail) = (&mut self.inner, self.trail);
        trail.within(self.step, || inner.next_value_seed(Traced::new(seed, trail)))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}
