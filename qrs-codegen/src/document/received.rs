//! Requests that a server makes: webhooks and callbacks. No client receives them; their bodies have types all the same.

use serde_json::Value;

use super::schema::marked;
use super::{Received, ReceivedBody, further};
use crate::diagnostic::{At, Pointer};

/// References that are followed from one place.
const MAX_STEPS: usize = 64;

/// Reads the webhooks of a document and the callbacks of its operations.
pub(super) fn read(tree: &Value) -> Vec<Received> {
    let root = At::ROOT;
    let mut all = Vec::new();
    let webhooks_at = root.child("webhooks");
    let webhooks = keys(tree.get("webhooks"));
    if !webhooks.is_empty() {
        let mut bodies = Vec::new();
        for name in webhooks {
            path_item(tree, webhooks_at.child(name).pointer(), name, &mut bodies);
        }
        all.push(Received { at: webhooks_at.pointer(), keyword: "webhooks", bodies });
    }
    let paths_at = root.child("paths");
    for path in keys(tree.get("paths")) {
        let item_at = paths_at.child(path);
        let item = tree.get("paths").and_then(|paths| paths.get(path));
        for (_, path, operation) in item.into_iter().flat_map(further::operations) {
            let operation_at = place(item_at.pointer(), &path);
            let operation_at = At::of(&operation_at);
            let at = operation_at.child("callbacks");
            let names = keys(operation.get("callbacks"));
            if names.is_empty() {
                continue;
            }
            let id = id(operation).unwrap_or_default();
            let mut bodies = Vec::new();
            for name in names {
                let Some((place, callback)) = follow(tree, at.child(name).pointer()) else { continue };
                for expression in keys(Some(callback)) {
                    path_item(tree, place.child(expression), &format!("{id} {name}"), &mut bodies);
                }
            }
            all.push(Received { at: at.pointer(), keyword: "callbacks", bodies });
        }
    }
    all
}

/// Adds the bodies of the requests of one path.
fn path_item(tree: &Value, place: Pointer, name: &str, bodies: &mut Vec<ReceivedBody>) {
    let Some((place, item)) = follow(tree, place) else { return };
    for (_, path, operation) in further::operations(item) {
        let name = format!("{} body", id(operation).unwrap_or(name));
        let Some((place, body)) = follow(tree, self::place(place.clone(), &path).child("requestBody")) else {
            continue;
        };
        for media_type in body.get("content").and_then(Value::as_object).into_iter().flat_map(|content| content.keys())
        {
            let Some((_, media)) = follow(tree, place.child("content").child(media_type)) else { continue };
            let schema = media.get("schema").and_then(|schema| schema.get("$ref")).and_then(Value::as_str);
            if let Some(schema) = schema.and_then(marked).filter(|_| !media_type.starts_with("x-")) {
                bodies.push(ReceivedBody { name: name.clone(), media_type: media_type.clone(), schema });
            }
        }
    }
}

/// The value that references lead to from a place, if there is any, with its own place.
fn follow(tree: &Value, place: Pointer) -> Option<(Pointer, &Value)> {
    let mut place = place;
    for _ in 0..MAX_STEPS {
        let value = place.value_in(tree)?;
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some((place, value)) };
        place = Pointer::parse(&crate::pointer::percent_decoded(reference.strip_prefix('#')?))?;
    }
    None
}

/// The place that keys lead to from another one.
fn place(mut place: Pointer, keys: &[&str]) -> Pointer {
    for key in keys {
        place.push(*key);
    }
    place
}

fn keys(value: Option<&Value>) -> Vec<&str> {
    let map = value.and_then(Value::as_object);
    map.into_iter().flat_map(|map| map.keys()).map(String::as_str).filter(|key| !key.starts_with("x-")).collect()
}

fn id(operation: &Value) -> Option<&str> {
    operation.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty() && !super::operation::is_opaque(id))
}
