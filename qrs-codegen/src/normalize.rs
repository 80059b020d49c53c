//! OpenAPI 3.1 to the 3.0 model of `openapiv3`, and the slips that leave no doubt about what was meant. Schemas stay as
//! they are: `lower::schema` reads those of both versions.
//!
//! Runs on a tree that passed `validate::check`. What 3.0 has no word for travels in
//! extensions whose names are the constants of this module; no document can hold them, since the tree is stripped of
//! them first.

use serde_json::{Map, Value, json};

use crate::validate::{self, Object};

/// The `scheme` of the HTTP security scheme that stands for `type: mutualTLS`.
pub(crate) const MUTUAL_TLS: &str = "mutualTLS";

/// The styles that a part of a form can have: those of a query parameter.
const QUERY_STYLES: &[&str] = &["form", "spaceDelimited", "pipeDelimited", "deepObject"];

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
        name if name == validate::SECURITY_SCHEME.name => security_scheme(map),
        _ => {}
    }
}

/// `openapiv3` knows no `mutualTLS`; an HTTP scheme can be called anything.
fn security_scheme(map: &mut Map<String, Value>) {
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind == "openIdConnect" {
        map.entry("openIdConnectUrl").or_insert_with(|| json!(""));
    } else if kind == "mutualTLS" {
        map.insert("type".to_owned(), json!("http"));
        map.insert("scheme".to_owned(), json!(MUTUAL_TLS));
    }
}

/// A schema keeps what it says, and is read from the tree: `openapiv3` would lose most of it. A key that is `null` is
/// taken as if it were not there.
fn schema(value: &mut Value) {
    let Some(map) = value.as_object_mut() else { return };
    map.retain(|key, value| !value.is_null() || matches!(key.as_str(), "default" | "const" | "example"));
    if map.get("required").is_some_and(Value::is_boolean) {
        map.shift_remove("required");
    }
}

/// The tree for `openapiv3`, without what is read from the tree itself: schemas, and requests that a server makes.
pub(crate) fn without_schemas(tree: &Value) -> Value {
    let mut tree = tree.clone();
    validate::visit_mut(&mut tree, &validate::OPENAPI, &mut |object, value| {
        if object.name == validate::SCHEMA.name {
            *value = json!({});
        } else if let Some(map) = value.as_object_mut() {
            if object.name == validate::SECURITY_SCHEME.name && map.get("type").is_some_and(|kind| kind == "oauth2") {
                // `openapiv3` wants them complete.
                map.insert("flows".to_owned(), json!({}));
            }
            if object.name == "Operation Object" || object.name == "Components Object" {
                map.shift_remove("callbacks");
            }
        }
    });
    if let Some(root) = tree.as_object_mut() {
        root.shift_remove("webhooks");
    }
    if let Some(components) = tree.get_mut("components").and_then(Value::as_object_mut) {
        components.shift_remove("schemas");
    }
    tree
}
