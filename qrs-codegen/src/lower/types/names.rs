//! The names of types.

use serde_json::Value;

use super::Types;
use crate::diagnostic::At;
use crate::document::{Document, Schema};
use crate::naming::Ident;
use crate::pointer::Pointer;

/// Names that a type in `types` must not shadow: the prelude and what generated code writes.
pub(super) const RESERVED: &[&str] = &[
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "PartialEq",
    "Eq",
    "Hash",
    "Send",
    "Sync",
    "Into",
    "From",
    "Iterator",
    "IntoIterator",
    "Deserialize",
    "Serialize",
    "AsRef",
    "Drop",
    "Fn",
    "FnMut",
    "FnOnce",
    "ToString",
    "ToOwned",
    "Sized",
    "Unpin",
    "Extend",
    "TryFrom",
    "TryInto",
    "PartialOrd",
    "Ord",
    "AsMut",
    "FromIterator",
    "DoubleEndedIterator",
    "ExactSizeIterator",
];

/// Characters of a type's name; an identifier takes fewer.
const MAX_LENGTH: usize = 160;

/// Keys that are no part of a name.
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

/// Takes a name for a type.
pub(super) fn claim(types: &mut Types<'_>, wanted: &str, at: Pointer) -> Ident {
    let (ident, collision) = types.names.claim(wanted, at.clone());
    types.found.collided(wanted, &ident, collision, At::of(&at));
    types.places.insert(ident.clone(), at);
    ident
}

/// The name that `x-codegen` gives to a schema.
pub(super) fn given(schema: &Schema) -> Option<&str> {
    schema.codegen("name").and_then(Value::as_str)
}

/// A name that is not longer than an identifier. Names of schemas within each other grow; the end would not be in the
/// identifier.
pub(super) fn shortened(name: &str) -> &str {
    name.char_indices().nth(MAX_LENGTH).map_or(name, |(end, _)| &name[..end])
}

/// The name of a schema that is mentioned away from its place, after the place.
pub(super) fn of_place(document: &Document, pointer: &Pointer) -> String {
    let tokens = pointer.tokens();
    let mut words: Vec<&str> = Vec::new();
    let mut rest = tokens;
    // A method of a path is known by its operation.
    if let [first, path, method, ..] = tokens
        && first == "paths"
    {
        let mut operations = document.operations.iter();
        let operation =
            operations.find(|operation| operation.path == *path && operation.method.eq_ignore_ascii_case(method));
        if let Some(id) = operation.and_then(|operation| operation.id.as_deref()) {
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
