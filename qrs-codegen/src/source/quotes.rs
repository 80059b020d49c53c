//! Values of string enums that were written without quotes: YAML reads `1.10` as the number 1.1.

use super::tree::{Content, Id, ScalarValue, Tree};
use crate::diagnostic::{Diagnostic, Pointer, Problem};

/// Keys of a schema whose values are of its type.
const VALUES: [&str; 3] = ["enum", "const", "default"];

/// Takes numbers and booleans among the values of schemas that are strings for their texts, as they were written, and warns
/// once for each schema.
pub(super) fn keep_texts(tree: &mut Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut pending: Vec<(Id, Pointer)> = tree.root.map(|root| (root, Pointer::default())).into_iter().collect();
    let mut seen = vec![false; tree.nodes.len()];
    while let Some((id, at)) = pending.pop() {
        if std::mem::replace(&mut seen[id], true) {
            continue;
        }
        match &tree.nodes[id].content {
            Content::Sequence(items) => {
                pending
                    .extend(items.iter().enumerate().rev().map(|(index, item)| (*item, at.child(index.to_string()))));
            }
            Content::Mapping(entries) => {
                pending.extend(entries.iter().rev().map(|(key, entry)| (entry.value, at.child(key.as_ref()))));
                let unquoted = unquoted(tree, id);
                if let Some(diagnostic) = warning(tree, &unquoted, &at) {
                    found.push(diagnostic);
                }
                for (_, value) in unquoted {
                    if let Content::Scalar(_, resolved) = &mut tree.nodes[value].content {
                        *resolved = ScalarValue::Text;
                    }
                }
            }
            Content::Scalar(..) | Content::Open => {}
        }
    }
    found
}

/// The values of a string schema that are no strings, each with its key.
fn unquoted(tree: &Tree<'_>, mapping: Id) -> Vec<(&'static str, Id)> {
    let Content::Mapping(entries) = &tree.nodes[mapping].content else { return Vec::new() };
    let is_string =
        |id: Id| matches!(&tree.nodes[id].content, Content::Scalar(text, ScalarValue::Text) if text == "string");
    let is_null = |id: Id| match &tree.nodes[id].content {
        Content::Scalar(text, ScalarValue::Text) => text == "null",
        Content::Scalar(_, ScalarValue::Null) => true,
        _ => false,
    };
    let is_of_strings = entries.get("type").is_some_and(|kind| match &tree.nodes[kind.value].content {
        Content::Sequence(kinds) => {
            kinds.iter().any(|kind| is_string(*kind)) && kinds.iter().all(|kind| is_string(*kind) || is_null(*kind))
        }
        _ => is_string(kind.value),
    });
    if !is_of_strings {
        return Vec::new();
    }
    let is_literal =
        |id: &Id| matches!(&tree.nodes[*id].content, Content::Scalar(_, ScalarValue::Number(_) | ScalarValue::Bool(_)));
    let mut found = Vec::new();
    for key in VALUES {
        let Some(entry) = entries.get(key) else { continue };
        let values = match &tree.nodes[entry.value].content {
            Content::Sequence(items) => items.as_slice(),
            _ => std::slice::from_ref(&entry.value),
        };
        found.extend(values.iter().copied().filter(is_literal).map(|value| (key, value)));
    }
    found
}

/// Texts that a message lists at most.
const SHOWN: usize = 8;

fn warning(tree: &Tree<'_>, unquoted: &[(&'static str, Id)], at: &Pointer) -> Option<Diagnostic> {
    let (key, first) = unquoted.first()?;
    let text = |id: Id| match &tree.nodes[id].content {
        Content::Scalar(text, _) => text.as_ref(),
        _ => "",
    };
    let found = match &tree.nodes[*first].content {
        Content::Scalar(_, ScalarValue::Bool(_)) => "a boolean",
        _ => "a number",
    };
    let mut texts: Vec<String> = Vec::new();
    for (_, id) in unquoted {
        let quoted = format!("`\"{}\"`", text(*id));
        if texts.len() < SHOWN && !texts.contains(&quoted) {
            texts.push(quoted);
        }
    }
    let problem = Problem::WrongType { expected: "a string", found };
    let (is_one, listed) = (texts.len() == 1, texts.join(", "));
    let help = if is_one {
        format!("it is taken for {listed}: add the quotes")
    } else {
        format!("these are taken for {listed}: add the quotes")
    };
    Some(Diagnostic::warning(at.child(*key), problem).help(help))
}
