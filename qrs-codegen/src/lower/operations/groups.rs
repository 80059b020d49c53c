//! The groups of operations: by their tags, or by the segments of their paths where the document has none.

use std::collections::BTreeMap;

use crate::document::{Document, Operation, Tag};

/// The tag of operations that have none.
const UNTAGGED: &str = "untagged";

/// Operations that one module holds, where their paths allow to tell them apart: about 5,000 lines of code.
const MOST_OPERATIONS: usize = 50;

/// The group of each operation: its tag; where the document has no tags and too many operations for one module, the first
/// segments of its path, as many as it takes.
pub(super) fn of(document: &Document) -> Vec<String> {
    let operations = &document.operations;
    let tags: Vec<Option<&str>> = operations.iter().map(|operation| grouping(operation, &document.tags)).collect();
    if operations.len() <= MOST_OPERATIONS || tags.iter().any(Option::is_some) {
        return tags.into_iter().map(|tag| tag.unwrap_or(UNTAGGED).to_owned()).collect();
    }
    let segments: Vec<Vec<&str>> = operations.iter().map(|operation| fixed_segments(&operation.path)).collect();
    let mut groups = vec![String::new(); operations.len()];
    let mut pending: Vec<(Vec<usize>, usize)> = vec![((0..operations.len()).collect(), 1)];
    while let Some((members, depth)) = pending.pop() {
        let mut parts: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for index in members {
            let own = &segments[index];
            parts.entry(own[..depth.min(own.len())].to_vec()).or_default().push(index);
        }
        for (prefix, members) in parts {
            if members.len() > MOST_OPERATIONS && prefix.len() == depth {
                pending.push((members, depth + 1));
                continue;
            }
            for index in members {
                groups[index] = format!("/{}", prefix.join("/"));
            }
        }
    }
    groups
}

/// The tag that an operation is grouped by: the first one that is for navigation, or whose kind says nothing of it.
fn grouping<'o>(operation: &'o Operation, tags: &[Tag]) -> Option<&'o str> {
    let kind = |name: &str| tags.iter().find(|tag| tag.name == name).and_then(|tag| tag.kind.as_deref());
    let mut groups = operation.tags.iter().map(String::as_str).filter(|tag| !is_label(kind(tag)));
    let first = groups.clone().next();
    groups.find(|tag| matches!(kind(tag), None | Some("nav"))).or(first)
}

/// Whether tags of a kind say something of an operation, but not where to find it.
fn is_label(kind: Option<&str>) -> bool {
    matches!(kind, Some("badge" | "audience"))
}

/// The segments of a path that hold no parameter.
fn fixed_segments(path: &str) -> Vec<&str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty() && !segment.contains('{')).collect()
}
