//! OpenAPI 3.1 to the 3.0 model of `openapiv3`, and the slips that leave no doubt about what was meant.
//!
//! Runs on a tree that passed `grammar::check`. What 3.0 has no word for travels in
//! extensions whose names are the constants of this module; no document can hold them, since the tree is stripped of
//! them first.

use serde_json::{Map, Number, Value, json};

use crate::grammar::{self, Object};

/// The keywords of a schema that have no counterpart in 3.0: a list of their names.
pub(crate) const KEYWORDS: &str = "x-normalized-keywords";

/// What stands for `webhooks`, which 3.0 lacks, in the root.
pub(crate) const WEBHOOKS: &str = "x-normalized-webhooks";

/// The `scheme` of the HTTP security scheme that stands for `type: mutualTLS`.
pub(crate) const MUTUAL_TLS: &str = "mutualTLS";

/// Keywords that only narrow what a value may be: a type without them holds every value that the schema allows.
const NARROWING: &[&str] = &[
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "unevaluatedProperties",
    "if",
    "then",
    "else",
];

/// Keywords that change what a value is.
const SHAPING: &[&str] = &["prefixItems", "patternProperties", "$dynamicRef"];

/// Keywords that say nothing about the values.
const SILENT: &[&str] = &[
    "examples",
    "$id",
    "$schema",
    "$anchor",
    "$dynamicAnchor",
    "$vocabulary",
    "$comment",
    "contentSchema",
    "contentMediaType",
    "contentEncoding",
];

/// The styles that a part of a form can have: those of a query parameter.
const QUERY_STYLES: &[&str] = &["form", "spaceDelimited", "pipeDelimited", "deepObject"];

/// Rewrites the tree in place.
pub(crate) fn normalize(tree: &mut Value) {
    grammar::visit_mut(tree, &grammar::OPENAPI, &mut |object, value| node(object, value));
}

fn node(object: &'static Object, value: &mut Value) {
    if object.name == grammar::SCHEMA.name {
        schema(value);
        return;
    }
    let Some(map) = value.as_object_mut() else { return };
    map.retain(|_, value| !value.is_null());
    match object.name {
        "OpenAPI Object" => {
            map.shift_remove(WEBHOOKS);
            map.entry("info").or_insert_with(|| json!({ "title": "API", "version": "0" }));
            map.entry("paths").or_insert_with(|| json!({}));
            if map
                .shift_remove("webhooks")
                .is_some_and(|webhooks| webhooks.as_object().is_some_and(|all| !all.is_empty()))
            {
                map.insert(WEBHOOKS.to_owned(), json!(true));
            }
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
        name if name == grammar::RESPONSE.name => {
            map.entry("description").or_insert_with(|| json!(""));
        }
        name if name == grammar::SECURITY_SCHEME.name => security_scheme(map),
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
    } else if kind == "oauth2" {
        // Which flows there are is the caller's affair, who brings the token; `openapiv3` wants them complete.
        map.insert("flows".to_owned(), json!({}));
    }
}

fn schema(value: &mut Value) {
    if let Some(anything) = value.as_bool() {
        *value = if anything { json!({}) } else { json!({ "not": {} }) };
        return;
    }
    let Some(map) = value.as_object_mut() else { return };
    map.retain(|key, value| !value.is_null() || matches!(key.as_str(), "default" | "const" | "example"));
    map.shift_remove(KEYWORDS);
    content(map);
    constant(map);
    types(map);
    bounds(map);
    keywords(map);
    null_alternative(map, "oneOf");
    null_alternative(map, "anyOf");
    siblings(map);
}

/// `contentEncoding` is what 3.0 calls `format: byte`, and bytes as they are `format: binary`.
fn content(map: &mut Map<String, Value>) {
    if map.contains_key("format") {
        return;
    }
    let encoding = map.get("contentEncoding").and_then(Value::as_str);
    let format = match (encoding, map.contains_key("contentMediaType")) {
        (Some("base64"), _) => "byte",
        (None, true) => "binary",
        _ => return,
    };
    map.insert("format".to_owned(), json!(format));
}

fn constant(map: &mut Map<String, Value>) {
    if let Some(value) = map.shift_remove("const") {
        map.insert("enum".to_owned(), json!([value]));
    }
}

/// `type: [T, "null"]` is `nullable` in 3.0; several types are alternatives.
fn types(map: &mut Map<String, Value>) {
    let mut types: Vec<Value> = match map.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(one) => vec![one.clone()],
        None => return,
    };
    let before = types.len();
    types.retain(|name| name != "null");
    if types.len() < before {
        map.insert("nullable".to_owned(), json!(true));
    }
    match types.as_slice() {
        [] => {
            map.shift_remove("type");
            map.insert("enum".to_owned(), json!([null]));
        }
        [one] => {
            map.insert("type".to_owned(), one.clone());
        }
        several => {
            let alternatives = several.iter().map(|name| json!({ "type": name })).collect();
            map.shift_remove("type");
            map.entry("anyOf").or_insert(Value::Array(alternatives));
        }
    }
}

/// `exclusiveMinimum: 5` is `minimum: 5` with `exclusiveMinimum: true` in 3.0.
fn bounds(map: &mut Map<String, Value>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let Some(limit) = map.get(exclusive).and_then(Value::as_number).cloned() else { continue };
        let stricter = |inclusive: &Number| match (inclusive.as_f64(), limit.as_f64()) {
            (Some(inclusive), Some(limit)) if bound == "minimum" => inclusive > limit,
            (Some(inclusive), Some(limit)) => inclusive < limit,
            _ => false,
        };
        if map.get(bound).and_then(Value::as_number).is_some_and(stricter) {
            map.shift_remove(exclusive);
        } else {
            map.insert(bound.to_owned(), Value::Number(limit));
            map.insert(exclusive.to_owned(), json!(true));
        }
    }
}

/// Names in [`KEYWORDS`] what cannot be said in 3.0.
fn keywords(map: &mut Map<String, Value>) {
    let mut lost: Vec<Value> = Vec::new();
    map.retain(|key, value| {
        let tuple = key == "items" && value.is_array();
        if tuple || SHAPING.contains(&key.as_str()) || NARROWING.contains(&key.as_str()) {
            lost.push(json!(key));
            return false;
        }
        !SILENT.contains(&key.as_str()) && key != "$defs"
    });
    if !lost.is_empty() {
        map.insert(KEYWORDS.to_owned(), Value::Array(lost));
    }
}

/// Whether a keyword that 3.0 lacks changes what a value is, rather than narrow it.
pub(crate) fn is_shaping(keyword: &str) -> bool {
    !NARROWING.contains(&keyword)
}

/// `oneOf: [T, {type: "null"}]` is a `nullable` T.
fn null_alternative(map: &mut Map<String, Value>, keyword: &str) {
    let Some(alternatives) = map.get_mut(keyword).and_then(Value::as_array_mut) else { return };
    let before = alternatives.len();
    alternatives.retain(|alternative| {
        let only_null =
            alternative.get("enum").and_then(Value::as_array).is_some_and(|values| values == &[Value::Null]);
        !(only_null && alternative.get("type").is_none())
    });
    let found = alternatives.len() < before;
    if let [one] = alternatives.as_slice()
        && (found || before == 1)
    {
        let one = one.clone();
        map.shift_remove(keyword);
        append(map, one);
    }
    if found {
        map.insert("nullable".to_owned(), json!(true));
    }
}

/// A `$ref` with siblings is, since 3.1, a schema beside others; 3.0 says it with `allOf`.
fn siblings(map: &mut Map<String, Value>) {
    if map.len() > 1
        && let Some(reference) = map.shift_remove("$ref")
    {
        append(map, json!({ "$ref": reference }));
    }
}

fn append(map: &mut Map<String, Value>, schema: Value) {
    if let Some(all) = map.entry("allOf").or_insert_with(|| json!([])).as_array_mut() {
        all.push(schema);
    }
}
