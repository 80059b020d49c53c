//! The part of a document that one wants: `include` and `exclude` of the document's `x-codegen` choose operations. What
//! they refer to stays, and the rest goes before anything is made of it.

mod pattern;
mod reach;

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use pattern::{Candidate, FORMS, Pattern};

/// The keys of a path item that hold operations.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// A key of a path item that holds operations by their methods.
const ADDITIONAL: &str = "additionalOperations";

/// The places that were taken out of a tree.
#[derive(Default)]
pub(crate) struct LeftOut(HashSet<Pointer>);

impl LeftOut {
    /// Whether a place was taken out, with what it is in.
    pub(crate) fn holds(&self, pointer: &Pointer) -> bool {
        let tokens = pointer.tokens();
        !self.0.is_empty()
            && (1..=tokens.len()).any(|length| self.0.contains(&tokens[..length].iter().cloned().collect()))
    }

    /// The same places by other pointers.
    pub(crate) fn map(self, original: impl Fn(&Pointer) -> Pointer) -> LeftOut {
        LeftOut(self.0.iter().map(original).collect())
    }

    fn add(&mut self, at: At<'_>) {
        self.0.insert(at.pointer());
    }
}

/// The patterns of a list, each with whether it has matched.
struct Choice<'p> {
    key: &'static str,
    patterns: Vec<(usize, &'p str, Pattern<'p>, bool)>,
}

/// Takes out of a tree in the shape of OpenAPI 3 what is not chosen. A pattern that matches nothing is an error.
pub(crate) fn choose(tree: &mut Value, found: &mut Vec<Diagnostic>) -> LeftOut {
    let mut left_out = LeftOut::default();
    let Some(codegen) = tree.get_mut("x-codegen").and_then(Value::as_object_mut) else { return left_out };
    // Whoever reads the tree afterwards has the operations that were chosen, and chooses no more.
    let lists = ["include", "exclude"].map(|key| codegen.shift_remove(key));
    let is_empty = codegen.is_empty();
    if !lists.iter().any(|list| list.as_ref().is_some_and(Value::is_array)) {
        return left_out;
    }
    if is_empty && let Some(root) = tree.as_object_mut() {
        root.shift_remove("x-codegen");
    }
    let mut include = Choice::of("include", lists[0].as_ref(), found);
    let mut exclude = Choice::of("exclude", lists[1].as_ref(), found);
    let includes_all = lists[0].is_none();
    each_operation(tree, &mut |candidate, at| {
        let is_included = include.matches(candidate);
        let is_excluded = exclude.matches(candidate);
        let is_chosen = (includes_all || is_included) && !is_excluded;
        if !is_chosen {
            left_out.add(at);
        }
        is_chosen
    });
    include.report(found);
    exclude.report(found);
    if !includes_all
        && let Some(root) = tree.as_object_mut()
        && root.shift_remove("webhooks").is_some()
    {
        left_out.add(At::ROOT.child("webhooks"));
    }
    reach::keep_what_is_used(tree, &mut left_out);
    left_out
}

impl<'p> Choice<'p> {
    fn of(key: &'static str, list: Option<&'p Value>, found: &mut Vec<Diagnostic>) -> Choice<'p> {
        let written = list.and_then(Value::as_array).into_iter().flatten().enumerate();
        let mut patterns = Vec::new();
        for (index, text) in written.filter_map(|(index, text)| Some((index, text.as_str()?))) {
            match Pattern::parse(text) {
                Some(pattern) => patterns.push((index, text, pattern, false)),
                None => found.push(
                    Diagnostic::error(place(key, index), Problem::UnknownValue { value: text.to_owned() }).help(FORMS),
                ),
            }
        }
        Choice { key, patterns }
    }

    /// Whether an operation is meant. Every pattern is looked at, so that each that means something is known.
    fn matches(&mut self, candidate: Candidate<'_>) -> bool {
        self.patterns.iter_mut().fold(false, |any, (_, _, pattern, has_matched)| {
            let matches = pattern.matches(candidate);
            *has_matched |= matches;
            any | matches
        })
    }

    fn report(&self, found: &mut Vec<Diagnostic>) {
        for (index, text, _, has_matched) in &self.patterns {
            if !has_matched {
                let problem = Problem::StaleChoice { pattern: (*text).to_owned() };
                found.push(Diagnostic::error(place(self.key, *index), problem).help("no operation is meant by it"));
            }
        }
    }
}

fn place(key: &str, index: usize) -> Pointer {
    At::ROOT.child("x-codegen").child(key).index(index).pointer()
}

/// Asks of each operation whether it is kept, and drops the paths of which none is.
fn each_operation(tree: &mut Value, keep: &mut dyn FnMut(Candidate<'_>, At<'_>) -> bool) {
    let root = At::ROOT;
    let at = root.child("paths");
    let Some(paths) = tree.get_mut("paths").and_then(Value::as_object_mut) else { return };
    paths.retain(|path, item| {
        let Some(item) = item.as_object_mut() else { return true };
        let at = at.child(path);
        let had_operations = has_operations(item);
        item.retain(|key, operation| {
            !METHODS.contains(&key.as_str()) || keep_one(key, path, operation, at.child(key), keep)
        });
        if let Some(Value::Object(more)) = item.get_mut(ADDITIONAL) {
            let at = at.child(ADDITIONAL);
            more.retain(|method, operation| keep_one(method, path, operation, at.child(method), keep));
        }
        !had_operations || has_operations(item)
    });
}

fn has_operations(item: &Map<String, Value>) -> bool {
    let more = item.get(ADDITIONAL).and_then(Value::as_object);
    item.keys().any(|key| METHODS.contains(&key.as_str())) || more.is_some_and(|more| !more.is_empty())
}

fn keep_one(
    method: &str,
    path: &str,
    operation: &Value,
    at: At<'_>,
    keep: &mut dyn FnMut(Candidate<'_>, At<'_>) -> bool,
) -> bool {
    let tags: Vec<&str> =
        operation.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let id = operation.get("operationId").and_then(Value::as_str);
    keep(Candidate { method, path, id, tags: &tags }, at)
}
