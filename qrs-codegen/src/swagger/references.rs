//! References that Swagger 2.0 does not know and that leave no doubt about what is meant: a bare name, as Swagger 1.2 had
//! it, and a pointer without its `#`.

use std::collections::HashSet;

use serde_json::Value;

use crate::diagnostic::{At, Diagnostic, Pointer, Problem};

/// The sections of the components of 3.0, and what 2.0 calls them.
const SECTIONS: &[(&str, &str)] = &[
    ("schemas", "definitions"),
    ("parameters", "parameters"),
    ("responses", "responses"),
    ("securitySchemes", "securityDefinitions"),
];

/// A reference to a schema of a 2.0 document as one of the rewritten tree; `None` if it is to anything else.
pub(super) fn rewritten(reference: &str) -> Option<String> {
    reference.strip_prefix("#/definitions/").map(|name| format!("#/components/schemas/{name}"))
}

/// A text with references to the rewritten tree, in the words of the 2.0 document.
pub(super) fn in_own_words(text: &str) -> String {
    SECTIONS.iter().fold(text.to_owned(), |text, (section, own)| {
        text.replace(&format!("#/components/{section}/"), &format!("#/{own}/"))
    })
}

/// The keys whose values are data, and not the specification's.
const DATA: &[&str] = &["example", "examples", "default", "enum"];

/// Mends the references of a document, with a warning for each.
pub(crate) fn mend(document: &mut Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let names = |section: &str| {
        let section = document.get(section).and_then(Value::as_object);
        section.into_iter().flat_map(|names| names.keys().cloned()).collect::<HashSet<String>>()
    };
    let sections = ["definitions", "parameters", "responses"].map(|section| (section, names(section)));
    let meant = |reference: &str| {
        if let Some((section, name)) = reference.strip_prefix('/').and_then(|rest| rest.split_once('/')) {
            let known = sections.iter().any(|(known, names)| *known == section && names.contains(name));
            return known.then(|| format!("#{reference}"));
        }
        let is_name = !reference.contains(['#', '/', '.', ':']) && sections[0].1.contains(reference);
        is_name.then(|| format!("#/definitions/{}", reference.replace('~', "~0").replace('%', "%25")))
    };
    walk(document, At::ROOT, &mut |reference, at| {
        let Some(meant) = meant(reference) else { return };
        let problem = Problem::UnsupportedReference { reference: reference.clone() };
        let help = format!("it is taken for `{meant}`");
        found.push(Diagnostic::warning(at, problem).help(help));
        *reference = meant;
    });
    found
}

fn walk(value: &mut Value, at: At<'_>, change: &mut dyn FnMut(&mut String, Pointer)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(reference) if key == "$ref" => change(reference, at.child(key).pointer()),
                    _ if key.starts_with("x-") && key != "x-ms-paths" || DATA.contains(&key.as_str()) => {}
                    value => walk(value, at.child(key), change),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, at.index(index), change);
            }
        }
        _ => {}
    }
}
