//! Where a reference to a schema leads: to any place in the document that holds one.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::node;
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::lower::Lowering;
use crate::pointer::percent_decoded;

/// References in a row, on the way to one place.
const MOST_STEPS: usize = 64;

/// Keys that hold a schema.
const HOLDERS: &[&str] = &[
    "schema",
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "propertyNames",
    "contentSchema",
    "not",
    "if",
    "then",
    "else",
];

/// Keys that hold schemas, by name or in order.
const MAPS: &[&str] = &[
    "schemas",
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
    "allOf",
    "oneOf",
    "anyOf",
    "prefixItems",
    "items",
];

/// Keys that hold no more than a part of a name.
const STRUCTURE: &[&str] = &[
    "components",
    "paths",
    "responses",
    "parameters",
    "requestBodies",
    "requestBody",
    "headers",
    "content",
    "schema",
    "schemas",
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "allOf",
    "oneOf",
    "anyOf",
    "prefixItems",
];

impl<'a> Lowering<'a> {
    /// The schema at a place of the document, and its place, when references are followed.
    pub(in crate::lower) fn schema_behind(&mut self, at: At<'_>) -> Option<(&'a Value, Pointer)> {
        let mut place = at.pointer();
        let mut value = place.value_in(self.tree)?;
        for _ in 0..MOST_STEPS {
            let Some(reference) = value.as_object().and_then(only_reference) else { return Some((value, place)) };
            let at = At::of(&place);
            (value, place) = self.target(reference, at.child("$ref"))?;
        }
        None
    }

    /// The schema that a reference leads to, and its place. `at` is the reference's own.
    pub(super) fn target(&mut self, reference: &str, at: At<'_>) -> Option<(&'a Value, Pointer)> {
        let Some(pointer) = self.pointer(reference) else {
            let problem = Problem::UnsupportedReference { reference: reference.to_owned() };
            let help = if reference.starts_with('#') {
                "no schema of the document has this `$anchor`"
            } else {
                "only references within the document are followed"
            };
            self.once(Diagnostic::error(at.pointer(), problem).help(help));
            return None;
        };
        let (value, pointer) = match self.walk(&pointer) {
            Ok(found) => found,
            Err(near) => {
                let problem = Problem::DanglingReference { reference: reference.to_owned() };
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "nothing of that name is in the document".to_owned(),
                };
                self.once(Diagnostic::error(at.pointer(), problem).help(help));
                return None;
            }
        };
        if !holds_schema(&pointer) || !(value.is_object() || value.is_boolean()) {
            let problem = Problem::UnsupportedReference { reference: reference.to_owned() };
            let help =
                "a reference here can point to `#/components/schemas/…`, or to another place that holds a schema";
            self.once(Diagnostic::error(at.pointer(), problem).help(help));
            return None;
        }
        Some((value, pointer))
    }

    fn pointer(&mut self, reference: &str) -> Option<Pointer> {
        if let Some(fragment) = reference.strip_prefix('#') {
            let fragment = percent_decoded(fragment);
            if let Some(pointer) = Pointer::parse(&fragment) {
                return Some(pointer);
            }
        }
        let tree = self.tree;
        let anchors = self.anchors.get_or_insert_with(|| anchors(tree));
        anchors.get(reference).cloned()
    }

    /// The value at a pointer, references on the way followed; otherwise what the key that is missing may be a
    /// misspelling of.
    fn walk(&self, pointer: &Pointer) -> Result<(&'a Value, Pointer), Option<String>> {
        let mut value = self.tree;
        let mut place = Pointer::default();
        let mut steps = 0;
        for token in pointer.tokens() {
            while let Some(reference) =
                value.as_object().filter(|map| !map.contains_key(token)).and_then(only_reference)
            {
                steps += 1;
                let next = reference.strip_prefix('#').map(percent_decoded).and_then(|text| Pointer::parse(&text));
                let next = next.filter(|_| steps < MOST_STEPS).ok_or(None)?;
                value = next.value_in(self.tree).ok_or(None)?;
                place = next;
            }
            let Some(next) = crate::pointer::step(value, token) else {
                let known = value.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
                return Err(crate::validate::nearest(token, known).map(str::to_owned));
            };
            value = next;
            place.push(token.clone());
        }
        Ok((value, place))
    }

    /// The name of a schema that is mentioned away from its place, after the place.
    pub(super) fn name_of_place(&self, pointer: &Pointer) -> String {
        let tokens = pointer.tokens();
        let mut words: Vec<&str> = Vec::new();
        let mut rest = tokens;
        // A method of a path is known by its operation.
        if let [first, path, method, ..] = tokens
            && first == "paths"
        {
            let operation = self.tree.get("paths").and_then(|paths| paths.get(path)).and_then(|item| item.get(method));
            if let Some(id) = operation.and_then(|operation| operation.get("operationId")).and_then(Value::as_str) {
                words.push(id);
                rest = &tokens[3..];
            }
        }
        let mut previous = "";
        for token in rest {
            let in_list = matches!(previous, "parameters" | "allOf") && token.parse::<usize>().is_ok();
            match token.as_str() {
                _ if previous == "content" || in_list => {}
                "items" if previous != "properties" => words.push("item"),
                "additionalProperties" if previous != "properties" => words.push("value"),
                "requestBody" if previous != "properties" => words.push("body"),
                name if STRUCTURE.contains(&name)
                    && !matches!(previous, "properties" | "schemas" | "$defs" | "definitions") =>
                {
                    if name == "responses" && !words.is_empty() {
                        words.push("response");
                    }
                }
                name => words.push(name),
            }
            previous = token;
        }
        words.join(" ")
    }
}

/// The reference of an object that holds nothing else of meaning.
fn only_reference(map: &Map<String, Value>) -> Option<&str> {
    map.get(node::reference(map)?).and_then(Value::as_str)
}

fn holds_schema(pointer: &Pointer) -> bool {
    match pointer.tokens() {
        [.., holder, name] if name.parse::<usize>().is_ok() || !HOLDERS.contains(&name.as_str()) => {
            MAPS.contains(&holder.as_str()) || holder.starts_with("x-")
        }
        [.., last] => HOLDERS.contains(&last.as_str()),
        [] => false,
    }
}

/// The places that schemas give a name of their own: `#name` for each `$anchor`, and each `$id` as it is.
fn anchors(tree: &Value) -> HashMap<String, Pointer> {
    let mut found = HashMap::new();
    let mut open = vec![(tree, Pointer::default())];
    while let Some((value, place)) = open.pop() {
        match value {
            Value::Object(map) => {
                for key in ["$anchor", "$dynamicAnchor"] {
                    if let Some(name) = map.get(key).and_then(Value::as_str) {
                        found.insert(format!("#{name}"), place.clone());
                    }
                }
                if let Some(id) = map.get("$id").and_then(Value::as_str) {
                    found.insert(id.to_owned(), place.clone());
                }
                let data = ["example", "examples", "default", "enum", "const"];
                let inner = map.iter().filter(|(key, _)| !data.contains(&key.as_str()));
                open.extend(
                    inner
                        .filter(|(_, value)| value.is_object() || value.is_array())
                        .map(|(key, value)| (value, place.child(key))),
                );
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (item, place.child(index.to_string()))));
            }
            _ => {}
        }
    }
    found
}
