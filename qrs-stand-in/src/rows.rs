//! Rows of JSON, and the values in them: identifiers, dates, properties by their path.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One entity, as JSON.
pub(crate) type Row = Map<String, Value>;

/// The date by which the repository says "never".
pub(crate) const NEVER: &str = "1753-01-01T00:00:00.000Z";

/// Reads a GUID; only the hyphenated form is one.
pub(crate) fn guid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::parse_str(text).ok()).flatten()
}

/// The identifier that stands under `name`.
pub(crate) fn id_in(row: &Row, name: &str) -> Option<Uuid> {
    row.get(name).and_then(Value::as_str).and_then(guid)
}

pub(crate) fn has_id(row: &Row, id: Uuid) -> bool {
    id_in(row, "id") == Some(id)
}

/// The text that stands under `name`; empty where there is none.
pub(crate) fn text_in<'row>(row: &'row Row, name: &str) -> &'row str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn is_true(row: &Row, name: &str) -> bool {
    row.get(name) == Some(&Value::Bool(true))
}

pub(crate) fn number_in(row: &Row, name: &str) -> Option<i64> {
    row.get(name).and_then(Value::as_i64)
}

/// A moment as the repository writes it: UTC, milliseconds.
pub(crate) fn date(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// A moment so much later, or the last there is.
pub(crate) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(match by.cmp(&SignedDuration::ZERO) {
        Ordering::Less => Timestamp::MIN,
        _ => Timestamp::MAX,
    })
}

/// The object of a `json!` that is written as one.
pub(crate) fn object(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

/// The values of a property: of each element where the path leads through a list, none where it leads nowhere.
///
/// A part that starts with `@` names a custom property.
pub(crate) fn values<'row>(row: &'row Row, path: &str) -> Vec<&'row Value> {
    if let Some(name) = path.strip_prefix('@') {
        return custom_property(row, name);
    }
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let found = match row.get(first) {
        None => return Vec::new(),
        Some(Value::Array(elements)) => elements.iter().collect(),
        Some(value) => vec![value],
    };
    match rest {
        None => found,
        Some(rest) => found.into_iter().filter_map(Value::as_object).flat_map(|inner| values(inner, rest)).collect(),
    }
}

fn custom_property<'row>(row: &'row Row, name: &str) -> Vec<&'row Value> {
    let held = row.get("customProperties").and_then(Value::as_array).into_iter().flatten();
    held.filter_map(Value::as_object)
        .filter(|held| {
            let definition = held.get("definition").and_then(Value::as_object);
            definition.is_some_and(|definition| text_in(definition, "name").eq_ignore_ascii_case(name))
        })
        .filter_map(|held| held.get("value"))
        .collect()
}
