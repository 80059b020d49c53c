//! Schemas, wherever they stand: references, `x-nullable`, and the values of discriminators.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::references::rewritten;
use super::{Object, Origins};
use crate::diagnostic::Pointer;
use crate::pointer::percent_decoded;
use crate::validate;

/// Schemas that a schema is made of, on the way to its discriminators.
const MAX_ANCESTORS: usize = 64;

/// Rewrites every schema of a tree that is otherwise in the 3.0 shape.
pub(super) fn rewrite(tree: &mut Value, origins: &Origins) {
    let mut moved = false;
    each_schema(tree, &mut |schema| {
        nullable(schema);
        if let Some(Value::String(reference)) = schema.get_mut("$ref") {
            match rewritten(reference) {
                Some(rewritten) => *reference = rewritten,
                None => moved |= reference.starts_with("#/") && !reference.starts_with("#/components/"),
            }
        }
    });
    if moved {
        follow_moved(tree, origins);
    }
    discriminators(tree);
}

fn each_schema(tree: &mut Value, change: &mut dyn FnMut(&mut Object)) {
    validate::visit_mut(tree, &validate::OPENAPI, &mut |object, value| {
        if object.name == validate::SCHEMA.name
            && let Some(schema) = value.as_object_mut()
        {
            change(schema);
        }
    });
}

fn nullable(schema: &mut Object) {
    for key in ["x-nullable", "x-isnullable"] {
        if schema.shift_remove(key) == Some(Value::Bool(true)) {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
}

/// References to schemas that are in no definition, and stand elsewhere now.
fn follow_moved(tree: &mut Value, origins: &Origins) {
    let places = origins.inverse();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut seen = HashSet::new();
    each_schema(tree, &mut |schema| {
        if let Some(Value::String(reference)) = schema.get("$ref")
            && reference.starts_with("#/")
            && !reference.starts_with("#/components/")
            && seen.insert(reference.clone())
        {
            found.push((reference.clone(), String::new()));
        }
    });
    for (reference, now) in &mut found {
        let Some(pointer) = Pointer::parse(&percent_decoded(&reference[1..])) else { continue };
        let tokens = pointer.tokens();
        for length in (1..=tokens.len()).rev() {
            let prefix: Pointer = tokens[..length].iter().cloned().collect();
            let Some((to, is_content)) = places.get(&prefix) else { continue };
            let mut place: Pointer = to.iter().cloned().collect();
            if *is_content {
                let Some(name) = place.value_in(tree).and_then(Value::as_object).and_then(|map| map.keys().next())
                else {
                    break;
                };
                place.push(name.clone());
                place.push("schema");
            }
            tokens[length..].iter().for_each(|token| place.push(token.clone()));
            *now = format!("#{}", place.to_string().replace('%', "%25"));
            break;
        }
    }
    let moved: std::collections::HashMap<String, String> =
        found.into_iter().filter(|(_, now)| !now.is_empty()).collect();
    each_schema(tree, &mut |schema| {
        if let Some(Value::String(reference)) = schema.get_mut("$ref")
            && let Some(now) = moved.get(reference)
        {
            reference.clone_from(now);
        }
    });
}

/// The values that extensions give the children of a schema with a discriminator.
fn discriminators(tree: &mut Value) {
    let Some(schemas) = tree.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let mut mapped: Vec<(String, String, Value)> = Vec::new();
    for (name, schema) in schemas.iter() {
        let value =
            ["x-ms-discriminator-value", "x-discriminator-value"].iter().find_map(|key| schema.get(*key)?.as_str());
        let Some(value) = value else { continue };
        let reference = super::reference("schemas", name)["$ref"].take();
        for ancestor in ancestors(schemas, name) {
            mapped.push((ancestor, value.to_owned(), reference.clone()));
        }
    }
    for (ancestor, value, reference) in mapped {
        let discriminator = schemas.get_mut(&ancestor).and_then(|schema| schema.get_mut("discriminator"));
        if let Some(map) = discriminator.and_then(Value::as_object_mut)
            && let Some(mapping) = map.entry("mapping").or_insert_with(|| json!({})).as_object_mut()
        {
            mapping.entry(value).or_insert(reference);
        }
    }
}

/// The names of a schema and of those that it is made of which have a discriminator.
fn ancestors(schemas: &Map<String, Value>, name: &str) -> Vec<String> {
    let mut met: Vec<String> = vec![name.to_owned()];
    let mut next = 0;
    while let Some(name) = met.get(next).cloned() {
        next += 1;
        let parts = schemas.get(&name).and_then(|schema| schema.get("allOf")).and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            let Some(reference) = part.get("$ref").and_then(Value::as_str) else { continue };
            let pointer = reference.strip_prefix('#').and_then(|text| Pointer::parse(&percent_decoded(text)));
            let Some([.., name]) = pointer.as_ref().map(Pointer::tokens) else { continue };
            if met.len() < MAX_ANCESTORS && !met.contains(name) {
                met.push(name.clone());
            }
        }
    }
    met.retain(|name| schemas.get(name).is_some_and(|schema| schema.get("discriminator").is_some()));
    met
}
