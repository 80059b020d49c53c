//! The documentation that a schema gives to its type.

use serde_json::Value;

use super::keywords;
use super::shape::is_known_format;
use crate::document::{Keyword, Schema, SchemaId, Schemas};
use crate::lower::doc;
use crate::markdown;
use crate::model::Doc;

/// The documentation of a text that must not be shown.
pub(in crate::lower) const SECRET_DOC: &str = "Secret: never shown in `Debug`.";

/// The description of a schema, and the facts that a type does not carry.
pub(in crate::lower) fn of(schemas: &Schemas, id: SchemaId) -> Doc {
    let schema = schemas.get(id);
    let text = |key: &str| schema.text(key);
    let mut doc = doc([text("title").filter(|_| text("description").is_none()), text("description")]);
    if doc.lines.is_empty() {
        // A description is often put beside a reference by way of `allOf`.
        let parts = schema.all(Keyword::AllOf).map(|part| schemas.get(part));
        let words = parts.filter(|part| !part.has("$ref")).find_map(|part| part.get("description"));
        doc = self::doc([words.and_then(Value::as_str)]);
    }
    let says = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    let default = schema.get("default").filter(|value| !value.is_null());
    let facts = [
        limits(schema),
        listed(schema),
        form(schema),
        default.map(|value| format!("Default: {}.", markdown::code(&value.to_string()))),
        says("readOnly").then(|| "Read-only: the server sets it.".to_owned()),
        says("writeOnly").then(|| "Write-only: the server never sends it.".to_owned()),
        says("deprecated").then(|| "The document marks it as deprecated.".to_owned()),
        (text("format") == Some("password")).then(|| SECRET_DOC.to_owned()),
    ];
    for fact in facts.into_iter().flatten() {
        if !doc.lines.is_empty() {
            doc.lines.push(String::new());
        }
        doc.lines.push(fact);
    }
    if says("deprecated") {
        doc.is_deprecated = true;
    }
    doc
}

/// The limits that the document sets, which the client leaves to the server to enforce.
fn limits(schema: &Schema) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    let mut limit = |keyword: &str, value: String| out.push(format!("`{keyword}` {value}"));
    for keyword in ["minLength", "maxLength"] {
        if let Some(value) = schema.get(keyword).filter(|value| value.is_number()) {
            limit(keyword, value.to_string());
        }
    }
    if let Some(pattern) = schema.text("pattern") {
        limit("pattern", markdown::code(pattern));
    }
    for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some((is_exclusive, value)) = keywords::bound(schema, inclusive, exclusive) {
            limit(if is_exclusive { exclusive } else { inclusive }, value.to_string());
        }
    }
    for keyword in ["multipleOf", "minItems", "maxItems"] {
        if let Some(value) = schema.get(keyword).filter(|value| value.is_number()) {
            limit(keyword, value.to_string());
        }
    }
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        limit("uniqueItems", "`true`".to_owned());
    }
    for keyword in ["minProperties", "maxProperties"] {
        if let Some(value) = schema.get(keyword).filter(|value| value.is_number()) {
            limit(keyword, value.to_string());
        }
    }
    (!out.is_empty()).then(|| format!("Limits: {}.", out.join(", ")))
}

/// The values of an `enum` that has no type of its own: fractions and booleans.
fn listed(schema: &Schema) -> Option<String> {
    let values = schema.values("enum");
    let plain = |value: &&Value| value.is_f64() || value.is_boolean();
    let texts: Vec<String> = values.iter().filter(plain).map(|value| markdown::code(&value.to_string())).collect();
    let all = texts.len() == values.iter().filter(|value| !value.is_null()).count();
    (all && !texts.is_empty()).then(|| format!("One of {}.", texts.join(", ")))
}

/// A sentence on a format that has no type of its own, be it one that the document alone knows.
fn form(schema: &Schema) -> Option<String> {
    let words = match schema.text("format")? {
        "duration" => "A duration of ISO 8601, such as `PT1H30M`.",
        "time" => "A time of day of RFC 3339, such as `12:30:00Z`.",
        known if is_known_format(known) => return None,
        own => return Some(format!("Format: {}.", markdown::code(own))),
    };
    Some(words.to_owned())
}
