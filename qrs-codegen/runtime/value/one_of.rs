// only: one-of

//! Unions: which of several types a value has.
//!
//! A value is read as JSON first, since what tells its type may come last. The variants that the value does not rule out
//! are candidates. If there are several, each is decoded, and the one wins that understands and keeps most of the value,
//! at every depth. Only the decoding of one type is generic.

use std::borrow::Cow; // only: tagged, text-of-json
use std::cell::Cell; // only: untagged

use serde::de::DeserializeOwned; // only: decoded-part
use serde::de::Deserializer; // only: any-json
use serde::ser::Error as _; // only: several, written-tag
use serde::ser::Serialize; // only: untagged, written-tag
use serde::ser::Serializer; // only: several, written-tag
use serde_json::Value;
use serde_json::{Map, Number}; // only: untagged

use super::error_path; // only: decoded-part

// only: untagged {
/// The candidates that are compared at most. Those beyond them are tried only if none of these decodes.
const MAX_COMPARED: usize = 8;

/// Unions within each other whose candidates are compared. Further within, the first candidate that decodes is taken, so
/// that the cost stays linear in the size of the value.
const MAX_DEPTH: u32 = 4;

/// Below this, each integer is a float of its own (2^53).
const EXACT_FLOATS: f64 = 9_007_199_254_740_992.0;

thread_local! {
    /// The unions that are being read, one within the other.
    static DEPTH: Cell<u32> = const { Cell::new(0) };

    /// Whether no variant described the value that was read last.
    static IS_UNKNOWN: Cell<bool> = const { Cell::new(false) };
}

/// The JSON form of the values of a type.
#[allow(dead_code, reason = "a document need not have values of every form")]
pub(crate) enum JsonForm {
    Any,
    Bool,
    Integer,
    Number,
    Text,
    /// A string with a format, such as a date.
    Formatted,
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
    /// The properties that allow only these values.
    pub(crate) fixed: &'static [(&'static str, &'static [Literal])],
    pub(crate) others: Others,
}

/// The treatment of properties that are not described.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "a document need not have objects of every kind")]
pub(crate) enum Others {
    /// The schema allows none.
    Refused,
    /// They are not kept.
    Dropped,
    /// They are kept.
    Kept,
}

/// A constant.
#[allow(dead_code, reason = "a document need not have constants of every type")]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(&'static str),
}

impl Literal {
    fn is(&self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Bool(flag) => value.as_bool() == Some(*flag),
            // A number with a fraction of zero is the same number.
            Self::Integer(number) => whole(value) == Some(*number),
            Self::Number(number) => value.as_f64().is_some_and(|other| other.total_cmp(number).is_eq()),
            Self::Text(text) => value.as_str() == Some(text),
        }
    }
}
// }

// only: untagged, tagged {
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
        format!("{number:.0}").parse().ok()
    })
}
// }

// only: untagged {
impl JsonForm {
    /// How much of a value a type loses, or leaves unspecific; `None` if the value does not have the type.
    fn loss(&self, value: &Value) -> Option<usize> {
        let fits = |fits: bool, loss| fits.then_some(loss);
        match self {
            // It takes everything, so it comes after all others.
            Self::Any => Some(usize::MAX),
            Self::Bool => fits(value.is_boolean(), 0),
            Self::Integer => fits(value.is_u64() || whole(value).is_some(), 0),
            Self::Number => fits(value.is_number(), 1),
            Self::Texts(texts) => value.as_str().map(|text| if texts.contains(&text) { 0 } else { 3 }),
            Self::Formatted => fits(value.is_string(), 1),
            Self::Text => fits(value.is_string(), 2),
            Self::List => fits(value.is_array(), 0),
            // A map keeps what a type with properties has no place for.
            Self::Object => fits(value.is_object(), 1),
            Self::Fields(fields) => value.as_object().and_then(|object| fields.loss(object)),
        }
    }
}

impl Fields {
    fn loss(&self, object: &Map<String, Value>) -> Option<usize> {
        let is_complete = self.required.iter().all(|name| object.contains_key(*name));
        let is_as_fixed = |(name, values): &(&str, &[Literal])| match object.get(*name) {
            None => true,
            Some(Value::Null) if !self.required.contains(name) => true,
            Some(value) => values.iter().any(|literal| literal.is(value)),
        };
        if !is_complete || !self.fixed.iter().all(is_as_fixed) {
            return None;
        }
        let unknown = object.keys().filter(|key| !self.known.contains(&key.as_str())).count();
        match self.others {
            Others::Refused => (unknown == 0).then_some(0),
            Others::Dropped => Some(2 * unknown),
            Others::Kept => Some(unknown.min(1)),
        }
    }
}

/// A type that is one of several.
pub(crate) trait OneOf: Sized + Serialize {
    /// Whether several variants may describe one value together.
    const IS_ANY_OF: bool = false;

    /// The forms of the variants, in their order.
    fn forms() -> &'static [JsonForm];

    /// The value as the variant of this index, if it decodes.
    fn attempt(variant: usize, value: &Value) -> Option<Self>;

    /// A value that no variant describes.
    fn unknown(value: Value) -> Self;

    /// Values of several variants that hold at once.
    fn several(_: Vec<Self>) -> Option<Self> {
        None
    }
}
// }

// only: any-json {
/// Reads a value of any type.
pub(crate) fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    serde::Deserialize::deserialize(deserializer)
}
// }

// only: untagged {
/// Reads a value as the variant that describes it best.
pub(crate) fn read<'de, T: OneOf, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = any(deserializer)?;
    let depth = DEPTH.replace(DEPTH.get() + 1);
    let best = best(&value, depth);
    DEPTH.set(depth);
    IS_UNKNOWN.set(best.is_none());
    Ok(best.unwrap_or_else(|| {
        error_path::note_unlisted();
        T::unknown(value)
    }))
}

/// The variant that describes a value best, in a union that is read within `depth` others.
fn best<T: OneOf>(value: &Value, depth: u32) -> Option<T> {
    let loss = |(index, form): (usize, &JsonForm)| Some((form.loss(value)?, index));
    let mut candidates: Vec<(usize, usize)> = T::forms().iter().enumerate().filter_map(loss).collect();
    candidates.sort_unstable();
    if depth >= MAX_DEPTH || candidates.len() == 1 {
        return candidates.into_iter().find_map(|(_, index)| known(index, value));
    }
    let before = error_path::unlisted();
    let mut all: Vec<Decoded<T>> = Vec::new();
    for (_, index) in candidates {
        error_path::set_unlisted(0);
        let Some(part) = known::<T>(index, value) else { continue };
        let unlisted = error_path::unlisted();
        let Ok(written) = serde_json::to_value(&part) else { continue };
        let differences = Differences::between(value, &written);
        all.push(Decoded { part, unlisted, differences, written });
        if unlisted == 0 && differences == Differences::default() || all.len() == MAX_COMPARED {
            break;
        }
    }
    error_path::set_unlisted(before);
    // The first of several that are equally good: candidates come in the order of their loss.
    let first = (0..all.len()).min_by_key(|at| all[*at].faults())?;
    let best = all.remove(first);
    error_path::set_unlisted(before + best.unlisted);
    if best.differences.missing > 0 && T::IS_ANY_OF { together(best, all, value) } else { Some(best.part) }
}

/// The value as the variant of this index. A union that does not know the value is no variant of it.
fn known<T: OneOf>(index: usize, value: &Value) -> Option<T> {
    IS_UNKNOWN.set(false);
    let part = T::attempt(index, value)?;
    let is_union = matches!(T::forms().get(index), Some(JsonForm::Any));
    (!is_union || !IS_UNKNOWN.get()).then_some(part)
}

/// A value as a variant.
struct Decoded<T> {
    part: T,
    /// Values within it that no schema lists or describes.
    unlisted: u32,
    differences: Differences,
    /// The variant as JSON.
    written: Value,
}

impl<T> Decoded<T> {
    /// The reasons against the variant, the gravest first: values that it does not allow, then what is lost with it.
    fn faults(&self) -> (usize, usize, usize) {
        let Differences { added, missing, changed } = self.differences;
        (added.saturating_add(usize::try_from(self.unlisted).unwrap_or(usize::MAX)), missing, changed)
    }
}

/// Adds to the best variant those that keep what it loses.
fn together<T: OneOf>(best: Decoded<T>, others: Vec<Decoded<T>>, value: &Value) -> Option<T> {
    let Decoded { part, written: mut whole, differences: Differences { mut missing, .. }, .. } = best;
    let mut parts = vec![part];
    for other in others.into_iter().filter(|other| other.faults().0 == 0) {
        let mut with_other = whole.clone();
        merge(&mut with_other, other.written);
        let left = Differences::between(value, &with_other).missing;
        if left < missing {
            (whole, missing) = (with_other, left);
            parts.push(other.part);
        }
    }
    if parts.len() == 1 { parts.pop() } else { T::several(parts) }
}

/// How a value differs from itself as a variant writes it.
#[derive(Clone, Copy, Default, PartialEq)]
struct Differences {
    /// Properties that only the variant writes: required ones that may be `null`, and are absent from the value.
    added: usize,
    /// Properties that the variant does not keep.
    missing: usize,
    /// Scalars that the variant writes in another form, as a time that was read as a date.
    changed: usize,
}

impl Differences {
    fn between(value: &Value, written: &Value) -> Self {
        let mut found = Self::default();
        found.add(value, written);
        found
    }

    fn add(&mut self, value: &Value, written: &Value) {
        match (value, written) {
            (Value::Object(object), Value::Object(written)) => {
                let mut kept = 0;
                for (name, value) in object {
                    if let Some(written) = written.get(name) {
                        kept += 1;
                        self.add(value, written);
                    }
                }
                self.missing += object.len() - kept;
                self.added += written.len() - kept;
            }
            (Value::Array(items), Value::Array(written)) => {
                items.iter().zip(written).for_each(|(item, written)| self.add(item, written));
            }
            (Value::Number(number), Value::Number(written)) => {
                self.changed += usize::from(number != written && !is_same_number(number, written));
            }
            (value, written) => self.changed += usize::from(value != written),
        }
    }
}

/// Whether two numbers of different notations are equal: `5` and `5.0`, but no large integer and a float near it.
fn is_same_number(one: &Number, other: &Number) -> bool {
    let exact = |number: &Number| number.as_i128().or_else(|| format!("{:.0}", number.as_f64()?).parse().ok());
    let float = one.as_f64();
    float == other.as_f64() && (float.is_some_and(|float| float.abs() < EXACT_FLOATS) || exact(one) == exact(other))
}

/// Adds to a value the properties that only another one has.
fn merge(value: &mut Value, other: Value) {
    match (value, other) {
        (Value::Object(object), Value::Object(other)) => {
            for (name, other) in other {
                match object.get_mut(&name) {
                    Some(value) => merge(value, other),
                    None => _ = object.insert(name, other),
                }
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            items.iter_mut().zip(others).for_each(|(item, other)| merge(item, other));
        }
        _ => {}
    }
}
// }

// only: several {
/// Writes values of several variants as one object.
pub(crate) fn write_together<T: Serialize, S: Serializer>(parts: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut whole = Value::Object(Map::new());
    for part in parts {
        merge(&mut whole, serde_json::to_value(part).map_err(S::Error::custom)?);
    }
    whole.serialize(serializer)
}
// }

// only: untagged, default-variant {
/// The value as a `T`, if it decodes.
pub(crate) fn attempt<T: DeserializeOwned>(value: &Value) -> Option<T> {
    let decoded = error_path::decode_part(value).ok();
    if decoded.is_none() {
        error_path::forget_part();
    }
    decoded
}
// }

// only: tagged {
/// The value of the discriminator property as text: of a string, a whole number or a boolean.
pub(crate) fn tag<'v>(value: &'v Value, name: &str) -> Option<Cow<'v, str>> {
    match value.get(name)? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        number => whole(number).map(|number| Cow::Owned(number.to_string())),
    }
}

/// A value that has no tag of a variant.
pub(crate) fn untold(value: Value) -> Value {
    // only: untagged {
    error_path::note_unlisted();
    IS_UNKNOWN.set(true);
    // }
    value
}
// }

// only: tag-inside {
/// The value as a `T`, selected by its tag.
pub(crate) fn tagged<T: DeserializeOwned, E: serde::de::Error>(value: &Value) -> Result<T, E> {
    selected(error_path::decode_part(value).map_err(E::custom))
}
// }

// only: default-variant {
/// The value as the `T` that values without a tag of another variant are, if it decodes.
pub(crate) fn default<T: DeserializeOwned>(value: &Value) -> Option<T> {
    selected(attempt(value))
}
// }

// only: tag-inside, default-variant {
/// A value whose variant was selected, whatever a union within it kept.
fn selected<T>(decoded: T) -> T {
    // only: untagged {
    IS_UNKNOWN.set(false);
    // }
    decoded
}
// }

// only: tag-outside {
/// As [`tagged`], for a type without a property for the tag.
pub(crate) fn untagged<T: DeserializeOwned, E: serde::de::Error>(mut value: Value, name: &str) -> Result<T, E> {
    if let Value::Object(object) = &mut value {
        object.remove(name);
    }
    tagged(&value)
}
// }

// only: written-tag {
/// Writes a value, and its tag unless the value contains it.
pub(crate) fn with_tag<T: Serialize, S: Serializer>(
    value: &T,
    name: &str,
    tag: impl Into<Value>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    if let Value::Object(object) = &mut value
        && !object.contains_key(name)
    {
        object.insert(name.to_owned(), tag.into());
    }
    value.serialize(serializer)
}
// }

// only: text-of-json {
/// The text of a value in a path or a query.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
// }
