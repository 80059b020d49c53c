//! The components that the chosen operations use: those that they refer to, and so on. Of a schema with a discriminator,
//! the schemas that are made of it are used as well.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::LeftOut;
use crate::diagnostic::{At, Pointer};
use crate::pointer::percent_decoded;

/// The sections of the components that types or documentation are made of.
const SECTIONS: &[&str] =
    &["schemas", "responses", "parameters", "requestBodies", "headers", "callbacks", "pathItems", "mediaTypes"];

type Component = (String, String);

/// Takes out the components that nothing uses.
pub(super) fn keep_what_is_used(tree: &mut Value, left_out: &mut LeftOut) {
    let used = used(tree);
    let root = At::ROOT;
    let at = root.child("components");
    let components = tree.get_mut("components").and_then(Value::as_object_mut);
    for (section, entries) in components.into_iter().flatten() {
        let (true, Some(entries)) = (SECTIONS.contains(&section.as_str()), entries.as_object_mut()) else { continue };
        let at = at.child(section);
        let used = used.get(section.as_str());
        entries.retain(|name, _| {
            let is_used = used.is_some_and(|used| used.contains(name));
            if !is_used {
                left_out.add(at.child(name));
            }
            is_used
        });
    }
}

/// The names of the components that are used, by their sections.
fn used(tree: &Value) -> HashMap<String, HashSet<String>> {
    let nothing = Map::new();
    let components = tree.get("components").and_then(Value::as_object).unwrap_or(&nothing);
    let children = children(components);
    let mut used: HashMap<String, HashSet<String>> = HashMap::new();
    let mut pending: Vec<Component> = Vec::new();
    for (_, value) in tree.as_object().into_iter().flatten().filter(|(key, _)| *key != "components") {
        references(value, &mut pending);
    }
    while let Some((section, name)) = pending.pop() {
        if !used.entry(section.clone()).or_default().insert(name.clone()) {
            continue;
        }
        if let Some(value) = components.get(&section).and_then(|entries| entries.get(&name)) {
            references(value, &mut pending);
            if section == "schemas" && value.get("discriminator").is_some() {
                let children = children.get(&name).into_iter().flatten();
                pending.extend(children.map(|child| ("schemas".to_owned(), child.clone())));
            }
        }
    }
    used
}

/// The schemas that are made of another one by `allOf`, by the names of all those that they are made of.
fn children(components: &Map<String, Value>) -> HashMap<String, Vec<String>> {
    let mut children: HashMap<String, Vec<String>> = HashMap::new();
    let schemas = components.get("schemas").and_then(Value::as_object);
    let parents = |schema: &Value| {
        let parts = schema.get("allOf").and_then(Value::as_array);
        let mut found = Vec::new();
        for part in parts.into_iter().flatten() {
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                found.extend(component(reference));
            }
        }
        found
    };
    for (name, schema) in schemas.into_iter().flatten() {
        let mut seen: HashSet<String> = HashSet::new();
        let mut pending = parents(schema);
        while let Some((_, parent)) = pending.pop() {
            if seen.insert(parent.clone()) {
                children.entry(parent.clone()).or_default().push(name.clone());
                pending.extend(schemas.and_then(|schemas| schemas.get(&parent)).map(parents).unwrap_or_default());
            }
        }
    }
    children
}

/// Adds the components that a value refers to.
fn references(value: &Value, found: &mut Vec<Component>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if matches!(key.as_str(), "$ref" | "$dynamicRef" | "defaultMapping") => {
                        found.extend(component(text).or_else(|| schema_named(text)));
                    }
                    Value::Object(mapping) if key == "mapping" => {
                        let values = mapping.values().filter_map(Value::as_str);
                        found.extend(values.filter_map(|text| component(text).or_else(|| schema_named(text))));
                        references(value, found);
                    }
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The component that a reference leads to, or into.
fn component(reference: &str) -> Option<Component> {
    let pointer = Pointer::parse(&percent_decoded(reference.strip_prefix('#')?))?;
    match pointer.tokens() {
        [first, section, name, ..] if first == "components" => Some((section.clone(), name.clone())),
        _ => None,
    }
}

/// The schema that a discriminator names.
fn schema_named(text: &str) -> Option<Component> {
    (!text.contains(['/', '#'])).then(|| ("schemas".to_owned(), text.to_owned()))
}
