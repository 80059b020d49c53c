//! Fills in what `openapiv3` asks for and documents leave out, and drops what it would stumble over.
//!
//! Runs on a tree that passed `validate::check`. Nothing that a client depends on is changed.

use serde_json::{Map, Value, json};

use crate::validate::{self, Object};

/// The styles that a part of a form can have: those of a query parameter.
const QUERY_STYLES: &[&str] = &["form", "spaceDelimited", "pipeDelimited", "deepObject"];

/// The beginning of the key that keeps a value of a parameter which `openapiv3` does not know. No document has it.
pub(super) const MOVED: &str = "\u{1}";

/// Rewrites the tree in place.
pub(crate) fn normalize(tree: &mut Value) {
    validate::visit_mut(tree, &validate::OPENAPI, &mut |object, value| node(object, value));
}

fn node(object: &'static Object, value: &mut Value) {
    if object.name == validate::SCHEMA.name {
        schema(value);
        return;
    }
    let Some(map) = value.as_object_mut() else { return };
    map.retain(|_, value| !value.is_null());
    match object.name {
        "OpenAPI Object" => {
            map.entry("info").or_insert_with(|| json!({ "title": "API", "version": "0" }));
            map.entry("paths").or_insert_with(|| json!({}));
        }
        "Info Object" => {
            map.entry("title").or_insert_with(|| json!("API"));
            map.entry("version").or_insert_with(|| json!("0"));
        }
        "Server Variable Object" => {
            let first = map.get("enum").and_then(|values| values.get(0)).cloned();
            map.entry("default").or_insert_with(|| first.unwrap_or_else(|| json!("")));
        }
        "Request Body Object" => {
            map.entry("content").or_insert_with(|| json!({}));
        }
        "Parameter Object" => parameter(map),
        "Callback Object" => map.retain(|key, _| !key.starts_with("x-")),
        "Encoding Object" if map.get("style").is_some_and(|style| !QUERY_STYLES.iter().any(|known| style == known)) => {
            map.shift_remove("style");
        }
        // Nothing is made of links, and those that are not sound must not stand in the way of the rest.
        "Link Object" => {
            map.entry("operationId").or_insert_with(|| json!(""));
            map.shift_remove("operationRef");
        }
        "License Object" => {
            map.entry("name").or_insert_with(|| json!(""));
        }
        "External Documentation Object" => {
            map.entry("url").or_insert_with(|| json!(""));
        }
        "Operation Object" => {
            map.entry("responses").or_insert_with(|| json!({}));
        }
        name if name == validate::RESPONSE.name => {
            map.entry("description").or_insert_with(|| json!(""));
        }
        _ => {}
    }
}

/// Puts values of a parameter that only 3.2 has beside those that `openapiv3` takes instead.
fn parameter(map: &mut Map<String, Value>) {
    map.retain(|key, _| !key.starts_with(MOVED));
    if map.get("in").is_some_and(|location| location == "querystring") {
        map.insert(format!("{MOVED}in"), json!("querystring"));
        map.insert("in".to_owned(), json!("query"));
        if let Some(schema) = map.shift_remove("schema")
            && !map.contains_key("content")
        {
            map.insert("content".to_owned(), json!({ "application/x-www-form-urlencoded": { "schema": schema } }));
        }
    }
    if map.get("style").is_some_and(|style| style == "cookie") {
        map.shift_remove("style");
        map.insert(format!("{MOVED}style"), json!("cookie"));
    }
}

/// A key of a schema that is `null` is taken as if it were not there, and so is an empty `format`.
fn schema(value: &mut Value) {
    let Some(map) = value.as_object_mut() else { return };
    map.retain(|key, value| !value.is_null() || matches!(key.as_str(), "default" | "const" | "example"));
    if map.get("required").is_some_and(Value::is_boolean) {
        map.shift_remove("required");
    }
    if map.get("format").and_then(Value::as_str).is_some_and(|format| format.trim().is_empty()) {
        map.shift_remove("format");
    }
}
