//! Values of string enums that were written without quotes: YAML reads `1.10` as the number 1.1.

use super::tree::{Content, Entries, Id, ScalarValue, Tree};
use crate::diagnostic::{At, Diagnostic, Problem};

/// Keys of a schema whose values are of its type.
const VALUES: [&str; 3] = ["enum", "const", "default"];

/// Takes numbers and booleans among the values of schemas that are strings for their texts, as they were written, and warns
/// once for each schema.
pub(super) fn keep_texts(tree: &mut Tree<'_>) -> Vec<Diagnostic> {
    let mut search = Search { tree, seen: vec![false; tree.nodes.len()], unquoted: Vec::new(), found: Vec::new() };
    if let Some(root) = tree.root {
        search.search(root, At::ROOT);
    }
    let Search { unquoted, found, .. } = search;
    for value in unquoted {
        if let Content::Scalar(_, resolved) = &mut tree.nodes[value].content {
            *resolved = ScalarValue::Text;
        }
    }
    found
}

/// The search of a tree for such values.
struct Search<'a, 't> {
    tree: &'a Tree<'t>,
    /// Whether a node was searched: aliases lead to one more than once.
    seen: Vec<bool>,
    unquoted: Vec<Id>,
    found: Vec<Diagnostic>,
}

impl Search<'_, '_> {
    fn search(&mut self, id: Id, at: At<'_>) {
        if std::mem::replace(&mut self.seen[id], true) {
            return;
        }
        let tree = self.tree;
        match &tree.nodes[id].content {
            Content::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.search(*item, at.index(index));
                }
            }
            Content::Mapping(entries) => {
                let unquoted = unquoted(tree, entries);
                self.found.extend(warning(tree, &unquoted, at));
                self.unquoted.extend(unquoted.into_iter().map(|(_, value)| value));
                for (key, entry) in entries.as_ref() {
                    self.search(entry.value, at.child(key));
                }
            }
            Content::Scalar(..) | Content::Open => {}
        }
    }
}

/// The values of a string schema that are no strings, each with its key.
fn unquoted(tree: &Tree<'_>, entries: &Entries<'_>) -> Vec<(&'static str, Id)> {
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

fn warning(tree: &Tree<'_>, unquoted: &[(&'static str, Id)], at: At<'_>) -> Option<Diagnostic> {
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
    Some(Diagnostic::warning(at.child(key), problem).help(help))
}
