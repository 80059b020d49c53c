//! Unions: which of several types a value has.
//!
//! A value is read as JSON first, since the property that tells its type may come last. Only the decoding of one type is
//! generic.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::{Map, Value};

use super::error_path;

/// The JSON form of the values of a type.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Any,
    Bool,
    Integer,
    Number,
    Text,
    /// A string with a format, such as a date.
    Formed,
    /// One of these texts.
    Texts(&'static [&'static str]),
    List,
    Object,
    /// An object with properties.
    Fields(&'static Fields),
}

/// The properties of an object.
pub(crate) struct Fields {
    /// The required properties.
    pub(crate) required: &'static [&'static str],
    pub(crate) known: &'static [&'static str],
    /// The properties that allow only these strings.
    pub(crate) fixed: &'static [(&'static str, &'static [&'static str])],
    /// Whether unknown properties are kept.
    pub(crate) keeps_others: bool,
}

/// Reads a value of any type.
pub(crate) fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    serde::Deserialize::deserialize(deserializer)
}

/// The types that a value may have, as indices into `forms`: the one that loses least comes first.
pub(crate) fn fitting(value: &Value, forms: &[Form]) -> Vec<usize> {
    let mut fitting: Vec<(usize, usize)> =
        forms.iter().enumerate().filter_map(|(index, form)| form.loss(value).map(|loss| (loss, index))).collect();
    fitting.sort_unstable();
    fitting.into_iter().map(|(_, index)| index).collect()
}

impl Form {
    /// How much of a value a type loses, or leaves unspecific; `None` if the value does not have the type.
    fn loss(self, value: &Value) -> Option<usize> {
        let fits = |fits: bool, loss| fits.then_some(loss);
        match self {
            // It accepts everything, so it comes last.
            Self::Any => Some(usize::MAX),
            Self::Bool => fits(value.is_boolean(), 0),
            Self::Integer => fits(value.is_i64() || value.is_u64(), 0),
            Self::Number => fits(value.is_number(), 1),
            Self::Texts(texts) => value.as_str().map(|text| if texts.contains(&text) { 0 } else { 3 }),
            Self::Formed => fits(value.is_string(), 1),
            Self::Text => fits(value.is_string(), 2),
            Self::List => fits(value.is_array(), 0),
            // A map keeps properties that a struct would drop.
            Self::Object => fits(value.is_object(), 1),
            Self::Fields(fields) => value.as_object().and_then(|object| fields.loss(object)),
        }
    }
}

impl Fields {
    fn loss(&self, object: &Map<String, Value>) -> Option<usize> {
        let complete = self.required.iter().all(|name| object.contains_key(*name));
        let as_fixed = |(name, texts): &(&str, &[&str])| match object.get(*name) {
            Some(Value::String(text)) => texts.contains(&text.as_str()),
            _ => true,
        };
        if !complete || !self.fixed.iter().all(as_fixed) {
            return None;
        }
        let unknown = object.keys().filter(|key| !self.known.contains(&key.as_str())).count();
        Some(if self.keeps_others { unknown.min(1) } else { 2 * unknown })
    }
}

/// The value as a `T`, if it decodes.
pub(crate) fn attempt<T: DeserializeOwned>(value: &Value) -> Option<T> {
    let decoded = error_path::decode_part(value).ok();
    if decoded.is_none() {
        error_path::forget_part();
    }
    decoded
}

/// The string value of the discriminator property.
pub(crate) fn tag<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// The value as a `T`, selected by its tag.
pub(crate) fn tagged<T: DeserializeOwned, E: serde::de::Error>(value: &Value) -> Result<T, E> {
    error_path::decode_part(value).map_err(E::custom)
}

/// As [`tagged`], for a type without a property for the tag.
pub(crate) fn untagged<T: DeserializeOwned, E: serde::de::Error>(mut value: Value, name: &str) -> Result<T, E> {
    if let Value::Object(object) = &mut value {
        object.remove(name);
    }
    tagged(&value)
}

/// Writes a value, and its tag unless the value contains it.
pub(crate) fn with_tag<T: Serialize, S: Serializer>(
    value: &T,
    name: &str,
    tag: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    if let Value::Object(object) = &mut value
        && !object.contains_key(name)
    {
        object.insert(name.to_owned(), Value::String(tag.to_owned()));
    }
    value.serialize(serializer)
}

/// The text of a value in a path or a query.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
