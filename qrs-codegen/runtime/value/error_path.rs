//! The path to a value that does not decode, and the reason.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use super::fault::Fault;

/// A value that does not have its type.
pub(crate) struct Mismatch {
    /// The path to the value, such as `[17].user.id`; empty if it is the whole body.
    pub(crate) path: String,
    fault: Fault,
}

impl Mismatch {
    /// The failure at a path: of a part that was decoded separately, if there is one.
    fn new(path: &ErrorPath, fault: Fault, part: Option<Self>) -> Self {
        let (beneath, fault) = part.map_or((String::new(), fault), |part| (part.path, part.fault));
        Self { path: joined(&path.to_string(), &beneath), fault }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, fault } = self;
        if path.is_empty() { write!(f, "{fault}") } else { write!(f, "{path}: {fault}") }
    }
}

/// Decodes a JSON body again, after it failed to decode as `T`: whole numbers may be written as `5.0` or `1e3`, which
/// JSON Schema counts among the integers. If that fails too, the error says where and why.
///
/// The path contains only names that `T` declares: the keys of a map are data, and become `*`.
pub(crate) fn decode_again<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mismatch> {
    let path = ErrorPath::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    forget_part();
    let decoded = T::deserialize(Tracked::new(&mut json, &path));
    let decoded = decoded.and_then(|value| json.end().map(|()| value).map_err(|_| Fault::default()));
    decoded.map_err(|fault| Mismatch::new(&path, fault, PART.take()))
}

thread_local! {
    /// The failure of a value that is buffered until its type is known, and then decoded separately.
    static PART: Cell<Option<Mismatch>> = const { Cell::new(None) };

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

// only: noted-value {
/// Notes a value that no schema lists, as [`note_unlisted`] does.
pub(crate) fn note_if_unlisted(is_unlisted: bool) {
    if is_unlisted {
        note_unlisted(); // only: untagged
    }
}
// }

// only: decoded-part {
/// Decodes a buffered part of a body, and notes for [`decode_again`] where it fails.
pub(crate) fn decode_part<T: DeserializeOwned>(part: &serde_json::Value) -> Result<T, Fault> {
    let path = ErrorPath::default();
    let decoded = T::deserialize(Tracked::new(part, &path));
    let beneath = PART.take();
    decoded.map_err(|fault| {
        let mismatch = Mismatch::new(&path, fault, beneath);
        let fault = mismatch.fault.clone();
        PART.set(Some(mismatch));
        fault
    })
}
// }

/// Forgets the failure of a part that is not the reason why the body fails.
pub(crate) fn forget_part() {
    PART.take();
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
struct ErrorPath {
    steps: RefCell<Vec<PathStep>>,
    /// The fault, on its way through a deserializer with errors of its own.
    fault: Cell<Option<Fault>>,
}

impl ErrorPath {
    fn within<T, E>(&self, step: PathStep, decode: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.steps.borrow_mut().push(step);
        let decoded = decode();
        if decoded.is_ok() {
            self.steps.borrow_mut().pop();
        }
        decoded
    }

    /// Keeps a fault, and gives the deserializer an error that stands for it.
    fn keep<E: Error>(&self, fault: Fault) -> E {
        self.fault.set(Some(fault));
        E::custom("")
    }

    /// The fault that an error of the deserializer stands for.
    fn fault<E>(&self, _: E) -> Fault {
        self.fault.take().unwrap_or_default()
    }
}

impl fmt::Display for ErrorPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.borrow().iter().enumerate() {
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
///
/// A deserializer has errors of its own, which say only in words what was found. So types are decoded with the error
/// [`Fault`], and a value of another kind than expected reaches their visitors, which refuse it with typed facts.
struct Tracked<'t, X> {
    inner: X,
    path: &'t ErrorPath,
    hint: Hint,
}

/// The value that a type asks for, as far as it matters here.
#[derive(Clone, Copy)]
enum Hint {
    Any,
    Number,
    Integer,
    /// A struct with these property names.
    Fields(&'static [&'static str]),
}

/// The only key of a map that stands for a number. `serde_json` makes such maps with its feature `arbitrary_precision`,
/// which another crate may switch on.
const EXACT_NUMBER: &str = "$serde_json::private::Number";

impl<'t, X> Tracked<'t, X> {
    fn new(inner: X, path: &'t ErrorPath) -> Self {
        Self { inner, path, hint: Hint::Any }
    }
}

/// Methods of a deserializer, by the method of the inner one that stands for all of them or by that of the same name.
macro_rules! deserialize {
    ($expected:ident by deserialize_any: $($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Fault> {
            self.any(visitor, Hint::$expected)
        }
    )*};
    ($expected:ident: $($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Fault> {
            let path = self.path;
            let visitor = Tracked { inner: visitor, path, hint: Hint::$expected };
            self.inner.$method($($argument,)* visitor).map_err(|error| path.fault(error))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Tracked<'_, D> {
    fn any<V: Visitor<'de>>(self, visitor: V, hint: Hint) -> Result<V::Value, Fault> {
        let path = self.path;
        self.inner.deserialize_any(Tracked { inner: visitor, path, hint }).map_err(|error| path.fault(error))
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, D> {
    type Error = Fault;

    deserialize! { Any by deserialize_any:
        deserialize_any() deserialize_bool() deserialize_char() deserialize_str() deserialize_string()
        deserialize_unit() deserialize_unit_struct(_name: &'static str) deserialize_seq()
        deserialize_tuple(_length: usize) deserialize_tuple_struct(_name: &'static str, _length: usize)
        deserialize_map() deserialize_identifier()
    }

    deserialize! { Number by deserialize_any: deserialize_f32() deserialize_f64() }

    deserialize! { Integer by deserialize_any:
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
    }

    deserialize! { Integer: deserialize_i128() deserialize_u128() }

    deserialize! { Any:
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_newtype_struct(name: &'static str)
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) deserialize_ignored_any()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.any(visitor, Hint::Fields(fields))
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

impl<'de, V: Visitor<'de>> Tracked<'_, V> {
    /// Reads a number from its text.
    fn number(self, text: &str) -> Result<V::Value, Fault> {
        if let Ok(number) = text.parse() {
            return self.inner.visit_u64(number);
        }
        if let Ok(number) = text.parse() {
            return self.inner.visit_i64(number);
        }
        self.float(text.parse().unwrap_or(f64::NAN))
    }

    fn float(self, value: f64) -> Result<V::Value, Fault> {
        if matches!(self.hint, Hint::Integer) && value.fract() == 0.0 {
            let whole = format!("{value:.0}");
            if let Ok(whole) = whole.parse() {
                return self.inner.visit_i64(whole);
            }
            if let Ok(whole) = whole.parse() {
                return self.inner.visit_u64(whole);
            }
        }
        self.inner.visit_f64(value)
    }

    fn map<A: MapAccess<'de>>(self, mut entries: A) -> Result<V::Value, Fault> {
        let fields = match self.hint {
            Hint::Fields(fields) => fields,
            Hint::Any => &[],
            Hint::Number | Hint::Integer => {
                return match entries.next_key::<String>() {
                    Ok(Some(key)) if key == EXACT_NUMBER => {
                        let text = entries.next_value::<String>().map_err(|error| self.path.fault(error))?;
                        self.number(&text)
                    }
                    _ => Err(Fault::invalid_type(Unexpected::Map, &self)),
                };
            }
        };
        self.inner.visit_map(Entries { inner: entries, path: self.path, fields, step: PathStep::Key })
    }
}

macro_rules! visit {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            let path = self.path;
            self.inner.$method(value).map_err(|fault| path.keep(fault))
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
        let path = self.path;
        self.float(value).map_err(|fault| path.keep(fault))
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none().map_err(|fault| self.path.keep(fault))
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit().map_err(|fault| self.path.keep(fault))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let path = self.path;
        self.inner.visit_some(Tracked::new(deserializer, path)).map_err(|fault| path.keep(fault))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let path = self.path;
        self.inner.visit_newtype_struct(Tracked::new(deserializer, path)).map_err(|fault| path.keep(fault))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        let path = self.path;
        self.inner.visit_seq(Elements { inner: elements, path, index: 0 }).map_err(|fault| path.keep(fault))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        let path = self.path;
        self.map(entries).map_err(|fault| path.keep(fault))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        let path = self.path;
        self.inner.visit_enum(Tracked::new(variant, path)).map_err(|fault| path.keep(fault))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Tracked<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let path = self.path;
        self.inner.deserialize(Tracked::new(deserializer, path)).map_err(|fault| path.keep(fault))
    }
}

struct Elements<'t, A> {
    inner: A,
    path: &'t ErrorPath,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let (inner, path) = (&mut self.inner, self.path);
        let element = path.within(PathStep::Index(self.index), || inner.next_element_seed(Tracked::new(seed, path)));
        self.index += 1;
        element.map_err(|error| path.fault(error))
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
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.step = PathStep::Key;
        if self.fields.is_empty() {
            return self.inner.next_key_seed(seed).map_err(|error| self.path.fault(error));
        }
        let Some(key) = self.inner.next_key::<String>().map_err(|error| self.path.fault(error))? else {
            return Ok(None);
        };
        if let Some(name) = self.fields.iter().find(|name| **name == key) {
            self.step = PathStep::Field(name);
        }
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (inner, path) = (&mut self.inner, self.path);
        let value = path.within(self.step, || inner.next_value_seed(Tracked::new(seed, path)));
        value.map_err(|error| path.fault(error))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, 't, A: EnumAccess<'de>> EnumAccess<'de> for Tracked<'t, A> {
    type Error = Fault;
    type Variant = Tracked<'t, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), Fault> {
        let path = self.path;
        let (name, content) = self.inner.variant_seed(Tracked::new(seed, path)).map_err(|error| path.fault(error))?;
        Ok((name, Tracked::new(content, path)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Tracked<'_, A> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        self.inner.unit_variant().map_err(|error| self.path.fault(error))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        let path = self.path;
        self.inner.newtype_variant_seed(Tracked::new(seed, path)).map_err(|error| path.fault(error))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        let path = self.path;
        self.inner.tuple_variant(length, Tracked::new(visitor, path)).map_err(|error| path.fault(error))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let path = self.path;
        let visitor = Tracked { inner: visitor, path, hint: Hint::Fields(fields) };
        self.inner.struct_variant(fields, visitor).map_err(|error| path.fault(error))
    }
}
