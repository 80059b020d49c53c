//! What a schema says to a reader.

use serde_json::{Map, Value};

use super::node;
use crate::lower::doc;
use crate::markdown;
use crate::model::Doc;

/// The words of a schema, and the facts that a type does not carry.
pub(super) fn of(schema: &Value) -> Doc {
    let Some(map) = schema.as_object() else { return Doc::default() };
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    let mut doc = doc([text("title").filter(|_| text("description").is_none()), text("description")]);
    if doc.0.is_empty() {
        // Words are often put beside a reference by way of `allOf`.
        let beside = node::list(map, "allOf").iter().filter_map(Value::as_object);
        let words = beside.filter(|part| !part.contains_key("$ref")).find_map(|part| part.get("description"));
        doc = self::doc([words.and_then(Value::as_str)]);
    }
    let says = |key: &str| map.get(key) == Some(&Value::Bool(true));
    let default = map.get("default").filter(|value| !value.is_null());
    let facts = [
        limits(map),
        listed(map),
        form(map),
        default.map(|value| format!("Default: {}.", markdown::code(&value.to_string()))),
        says("readOnly").then(|| "Read-only: the server sets it.".to_owned()),
        says("writeOnly").then(|| "Write-only: the server never sends it.".to_owned()),
        says("deprecated").then(|| "The document marks it as deprecated.".to_owned()),
        (text("format") == Some("password")).then(|| "Secret: never shown in `Debug`.".to_owned()),
    ];
    for fact in facts.into_iter().flatten() {
        if !doc.0.is_empty() {
            doc.0.push(String::new());
        }
        doc.0.push(fact);
    }
    doc
}

/// The limits that the document sets, which the client leaves to the server to enforce.
fn limits(map: &Map<String, Value>) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    let mut limit = |keyword: &str, value: String| out.push(format!("`{keyword}` {value}"));
    for keyword in ["minLength", "maxLength"] {
        if let Some(value) = map.get(keyword).filter(|value| value.is_number()) {
            limit(keyword, value.to_string());
        }
    }
    if let Some(pattern) = map.get("pattern").and_then(Value::as_str) {
        limit("pattern", markdown::code(pattern));
    }
    for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some((is_exclusive, value)) = node::bound(map, inclusive, exclusive) {
            limit(if is_exclusive { exclusive } else { inclusive }, value.to_string());
        }
    }
    for keyword in ["multipleOf", "minItems", "maxItems"] {
        if let Some(value) = map.get(keyword).filter(|value| value.is_number()) {
            limit(keyword, value.to_string());
        }
    }
    if map.get("uniqueItems") == Some(&Value::Bool(true)) {
        limit("uniqueItems", "`true`".to_owned());
    }
    for keyword in ["minProperties", "maxProperties"] {
        if let Some(value) = map.get(keyword).filter(|value| value.is_number()) {
            limit(keyword, value.to_string());
        }
    }
    (!out.is_empty()).then(|| format!("Limits: {}.", out.join(", ")))
}

/// The values of an `enum` that has no type of its own: fractions and booleans.
fn listed(map: &Map<String, Value>) -> Option<String> {
    let values = node::list(map, "enum");
    let plain = |value: &&Value| value.is_f64() || value.is_boolean();
    let texts: Vec<String> = values.iter().filter(plain).map(|value| markdown::code(&value.to_string())).collect();
    let all = texts.len() == values.iter().filter(|value| !value.is_null()).count();
    (all && !texts.is_empty()).then(|| format!("One of {}.", texts.join(", ")))
}

/// What a text is that has no type of its own.
fn form(map: &Map<String, Value>) -> Option<String> {
    let words = match map.get("format").and_then(Value::as_str)? {
        "duration" => "A duration of ISO 8601, such as `PT1H30M`.",
        "time" => "A time of day of RFC 3339, such as `12:30:00Z`.",
        _ => return None,
    };
    Some(words.to_owned())
}
