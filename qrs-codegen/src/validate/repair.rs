//! Repairs a tree: mistakes that leave no doubt about what was meant are corrected, others are removed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Pointer};

/// A repair of one value.
pub(crate) struct Amendment {
    pub(super) at: Pointer,
    pub(super) how: How,
}

pub(super) enum How {
    /// Removes the value with its key, or with its place in the list.
    Remove,
    /// Replaces the value by this one.
    Put(Value),
    /// Puts the value into a list of its own.
    Wrap,
    /// Gives the value this key.
    Rename(String),
    /// Moves these keys into a `schema`.
    Gather(Vec<String>),
}

/// The places that values had before a tree was repaired.
#[derive(Default)]
pub(crate) struct Moves {
    /// The items that a list has lost.
    shortened: HashMap<Pointer, BTreeSet<usize>>,
    wrapped: HashSet<Pointer>,
    gathered: HashSet<Pointer>,
    /// The key that a value had, by the place that it has now.
    renamed: HashMap<Pointer, String>,
    lost: HashSet<Pointer>,
}

impl Moves {
    /// Makes a diagnostic of a repaired tree one of the tree as it was.
    pub(crate) fn undo(&self, diagnostic: &mut Diagnostic) {
        diagnostic.pointer = self.original(&diagnostic.pointer);
        for related in &mut diagnostic.related {
            related.pointer = self.original(&related.pointer);
        }
    }

    /// Whether the value that a reference within the document leads to was taken out, which has been said.
    pub(crate) fn has_lost(&self, reference: &str) -> bool {
        let target = reference.strip_prefix('#').and_then(Pointer::parse);
        target.is_some_and(|target| self.lost.contains(&target))
    }

    /// The place that a value had in the tree as it was.
    pub(crate) fn original(&self, pointer: &Pointer) -> Pointer {
        let mut original = Pointer::default();
        for token in pointer.tokens() {
            if (token == "0" && self.wrapped.contains(&original))
                || (token == "schema" && self.gathered.contains(&original))
            {
                continue;
            }
            let index = token.parse::<usize>().ok().zip(self.shortened.get(&original)).map(|(index, gone)| {
                // Each item that is gone before it moves it up by one.
                gone.iter().fold(index, |index, gone| if *gone <= index { index + 1 } else { index })
            });
            let child = original.child(token);
            original = match (index, self.renamed.get(&child)) {
                (Some(index), _) => original.child(index.to_string()),
                (None, Some(key)) => original.child(key),
                (None, None) => child,
            };
        }
        original
    }
}

/// Does to a tree what [`check`] found to be done.
pub(crate) fn repair(tree: &mut Value, amendments: &[Amendment]) -> Moves {
    let mut moves = Moves::default();
    let mut removed: BTreeMap<&[String], HashSet<&str>> = BTreeMap::new();
    let mut steps: Vec<(Reverse<usize>, Move<'_>)> = Vec::new();
    for Amendment { at, how } in amendments {
        let Some((last, parents)) = at.tokens().split_last() else { continue };
        let length = Reverse(at.tokens().len());
        match how {
            How::Put(new) => {
                put(tree, parents, last, new);
                // What was to go has been replaced since.
                if let Some(gone) = removed.get_mut(parents) {
                    gone.remove(last.as_str());
                }
            }
            How::Remove => {
                removed.entry(parents).or_default().insert(last);
                moves.lost.insert(at.clone());
            }
            How::Wrap => steps.push((length, Move::Wrap(at))),
            How::Gather(keys) => steps.push((length, Move::Gather(at, keys))),
            How::Rename(new) => steps.push((length, Move::Rename(at, new))),
        }
    }
    // A value that goes needs no other key.
    steps.retain(|(_, step)| match step {
        Move::Rename(at, _) => !at
            .tokens()
            .split_last()
            .is_some_and(|(last, parents)| removed.get(parents).is_some_and(|gone| gone.contains(last.as_str()))),
        _ => true,
    });
    steps.extend(removed.into_iter().map(|(holder, gone)| (Reverse(holder.len()), Move::Remove(holder, gone))));
    // Every place is one in the tree as it was checked, so what is deeper moves first.
    steps.sort_by_key(|(length, step)| (*length, step.rank()));
    for (_, step) in steps {
        moves.make(tree, step);
    }
    moves
}

/// Something that changes where other values are.
enum Move<'a> {
    Remove(&'a [String], HashSet<&'a str>),
    Wrap(&'a Pointer),
    Gather(&'a Pointer, &'a [String]),
    Rename(&'a Pointer, &'a str),
}

impl Move<'_> {
    /// Of those at one place, what moves only the values inside it comes first.
    fn rank(&self) -> usize {
        match self {
            Move::Remove(..) => 0,
            Move::Wrap(_) | Move::Gather(..) => 1,
            Move::Rename(..) => 2,
        }
    }
}

impl Moves {
    fn make(&mut self, tree: &mut Value, step: Move<'_>) {
        match step {
            Move::Remove(holder, gone) => match value_mut(tree, holder) {
                Some(Value::Object(map)) => map.retain(|key, _| !gone.contains(key.as_str())),
                Some(Value::Array(items)) => {
                    let gone: BTreeSet<usize> = gone.iter().filter_map(|index| index.parse().ok()).collect();
                    let mut indices = 0..;
                    items.retain(|_| indices.next().is_none_or(|index: usize| !gone.contains(&index)));
                    self.shortened.insert(holder.iter().cloned().collect(), gone);
                }
                _ => {}
            },
            Move::Wrap(at) => {
                if let Some(value) = value_mut(tree, at.tokens()) {
                    *value = Value::Array(vec![value.take()]);
                    self.wrapped.insert(at.clone());
                }
            }
            Move::Gather(at, keys) => {
                let Some(map) = value_mut(tree, at.tokens()).and_then(Value::as_object_mut) else { return };
                let gathered: Map<String, Value> = keys.iter().filter_map(|key| map.shift_remove_entry(key)).collect();
                map.insert("schema".to_owned(), Value::Object(gathered));
                self.gathered.insert(at.clone());
            }
            Move::Rename(at, new) => {
                let Some((last, parents)) = at.tokens().split_last() else { return };
                if let Some(Value::Object(map)) = value_mut(tree, parents)
                    && !map.contains_key(new)
                    && let Some(value) = map.shift_remove(last)
                {
                    map.insert(new.to_owned(), value);
                    let now: Pointer = parents.iter().cloned().chain([new.to_owned()]).collect();
                    self.renamed.insert(now, last.clone());
                }
            }
        }
    }
}

fn put(tree: &mut Value, holder: &[String], key: &str, new: &Value) {
    match value_mut(tree, holder) {
        Some(Value::Object(map)) => _ = map.insert(key.to_owned(), new.clone()),
        Some(Value::Array(items)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *item = new.clone();
            }
        }
        _ => {}
    }
}

fn value_mut<'v>(tree: &'v mut Value, tokens: &[String]) -> Option<&'v mut Value> {
    tokens.iter().try_fold(tree, |value, token| match value {
        Value::Object(map) => map.get_mut(token),
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    })
}
