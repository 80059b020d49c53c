//! Pairs the operations of both revisions.

use std::collections::HashSet;

use super::prefix::Prefix;
use crate::diagnostic::Pointer;
use crate::model::{Api, Module, Operation};

/// Whether operations of two revisions are taken for the same one.
type Rule<'r> = dyn Fn(&Operation, &Operation) -> bool + 'r;

/// An operation with the module that holds it.
#[derive(Clone, Copy)]
pub(in crate::changes) struct PlacedOperation<'a> {
    pub(super) module: &'a Module,
    pub(super) operation: &'a Operation,
}

/// The operations of both revisions, paired.
pub(in crate::changes) struct Matches<'a> {
    /// Each operation of the newer revision, with the one of the older revision if there is one.
    pub(super) pairs: Vec<(Option<PlacedOperation<'a>>, PlacedOperation<'a>)>,
    /// The operations that the newer revision does not have.
    pub(super) removed: Vec<PlacedOperation<'a>>,
    /// The prefix of all paths, if it changed.
    pub(super) prefix: Option<Prefix>,
}

/// Pairs operations: by method, path and media type of the body, first those that kept their names, then by method and path,
/// then by name. Paths that differ in a fragment alone are one path.
///
/// Each media type of a body is an operation of its own, and which one comes first may change.
pub(in crate::changes) fn match_up<'a>(old: &'a Api, new: &'a Api) -> Matches<'a> {
    let (olds, news) = (operations(old), operations(new));
    let prefix = Prefix::find(&olds, &news);
    let same_route = |old: &Operation, new: &Operation| is_same_route(prefix.as_ref(), old, new);
    let same_media_type = |old: &Operation, new: &Operation| media_type(old) == media_type(new) && same_route(old, new);
    let same_variant =
        |old: &Operation, new: &Operation| old.media_variant == new.media_variant && same_route(old, new);
    let same_operation = |old: &Operation, new: &Operation| old.name.wire == new.name.wire && same_media_type(old, new);
    let rules: [&Rule<'_>; 4] = [&same_operation, &same_media_type, &same_variant, &same_name];
    let mut matched = HashSet::new();
    let mut pairs: Vec<Option<usize>> = vec![None; news.len()];
    for same in rules {
        for (after, pair) in news.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
            *pair = olds
                .iter()
                .enumerate()
                .position(|(at, before)| !matched.contains(&at) && same(before.operation, after.operation));
            matched.extend(*pair);
        }
    }
    let before = |pair: Option<usize>| pair.and_then(|at| olds.get(at).copied());
    let pairs = pairs.into_iter().zip(&news).map(|(pair, after)| (before(pair), *after)).collect();
    let is_removed = |(at, _): &(usize, &PlacedOperation<'a>)| !matched.contains(at);
    let removed = olds.iter().enumerate().filter(is_removed).map(|(_, gone)| *gone).collect();
    Matches { pairs, removed, prefix }
}

impl Matches<'_> {
    /// The places of operations that both revisions have, each pair once, with the name of the newer one.
    pub(in crate::changes) fn pairs_of_places(&self) -> Vec<(&Pointer, &Pointer, String)> {
        let mut seen = HashSet::new();
        let both = self.pairs.iter().filter_map(|(before, after)| Some(((*before)?.operation, after.operation)));
        both.filter(|(old, new)| seen.insert((&old.at, &new.at)))
            .map(|(old, new)| (&old.at, &new.at, super::subject(new)))
            .collect()
    }
}

fn operations(api: &Api) -> Vec<PlacedOperation<'_>> {
    let mut placed = Vec::new();
    for module in &api.modules {
        placed.extend(module.operations.iter().map(|operation| PlacedOperation { module, operation }));
    }
    placed
}

fn media_type(operation: &Operation) -> Option<&str> {
    operation.body.as_ref().map(|body| body.media_type.as_str())
}

/// Whether two operations have the same method and path, beneath the prefix of all paths.
pub(super) fn is_same_route(prefix: Option<&Prefix>, old: &Operation, new: &Operation) -> bool {
    route(new) == prefix.map_or_else(|| route(old), |prefix| prefix.moved(old))
}

fn same_name(old: &Operation, new: &Operation) -> bool {
    old.media_variant.is_none() && old.name.wire == new.name.wire
}

/// The method, and the path without the names of its parameters. They identify an operation, unless the document has several
/// that are sent alike.
pub(super) fn route(operation: &Operation) -> (&str, String) {
    let mut path = String::new();
    for (at, piece) in operation.path.split('{').enumerate() {
        match piece.split_once('}') {
            Some((_, rest)) if at > 0 => {
                path.push_str("{}");
                path.push_str(rest);
            }
            _ => path.push_str(piece),
        }
    }
    (&operation.method, path)
}
