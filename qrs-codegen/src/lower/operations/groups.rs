//! The groups of operations whose document has no tags: by the segments of their paths.

use std::collections::BTreeMap;

use crate::document::Operation;

/// The tag of operations that have none.
const UNTAGGED: &str = "untagged";

/// Operations that one module holds, where their paths allow to tell them apart: about 5,000 lines of code.
const MOST_OPERATIONS: usize = 50;

/// The group of each operation: its tag; where the document has no tags and too many operations for one module, the first
/// segments of its path, as many as it takes.
pub(super) fn of(operations: &[Operation]) -> Vec<String> {
    let tag = |operation: &Operation| operation.tag.clone().unwrap_or_else(|| UNTAGGED.to_owned());
    if operations.len() <= MOST_OPERATIONS || operations.iter().any(|operation| operation.tag.is_some()) {
        return operations.iter().map(tag).collect();
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

/// The segments of a path that hold no parameter.
fn fixed_segments(path: &str) -> Vec<&str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty() && !segment.contains('{')).collect()
}
