//! Types that were one in one revision, under several names, and are not in the other one.

use std::collections::HashMap;

use super::TypePairs;
use super::matching::TypePair;
use crate::changes::{ChangeKind, Difference};
use crate::model::{Item, SharedTypes};
use crate::naming::Ident;

/// Compares which types are names for one. Types that are new or gone say enough by that.
pub(super) fn compare(types: &TypePairs<'_>, found: &mut Vec<Difference>) {
    let old = |pair: &TypePair<'_>| declared(types.old_shared, pair.old).clone();
    let new = |pair: &TypePair<'_>| declared(types.new_shared, pair.new).clone();
    found.extend(ceased(types, old, new).map(|(pair, other)| {
        let ident = &pair.new.name().ident;
        let detail = format!("was the same type as `types::{}` and is not any more", other.old.name().ident);
        let advice = format!("Convert values of `types::{}`: they are not `types::{ident}`.", other.new.name().ident);
        changed(ChangeKind::TypeSeparated, pair, detail).breaks(advice)
    }));
    found.extend(ceased(types, new, old).map(|(pair, other)| {
        let detail = format!("is the same type as `types::{}` and was not", other.new.name().ident);
        let advice = "Implement a trait of yours for one of the two names, not for both.";
        changed(ChangeKind::TypeUnified, pair, detail).breaks(advice)
    }));
}

/// The type that a type's name stands for.
fn declared<'a>(shared: &'a SharedTypes, item: &'a Item) -> &'a Ident {
    let name = &item.name().ident;
    shared.get(name).unwrap_or(name)
}

/// The pairs that are one type in one revision, but not in the other one, each with the first type that it was one with.
fn ceased<'t, 'a>(
    types: &'t TypePairs<'a>,
    one: impl Fn(&TypePair<'a>) -> Ident,
    other: impl Fn(&TypePair<'a>) -> Ident,
) -> impl Iterator<Item = (TypePair<'a>, TypePair<'a>)> {
    let mut first: HashMap<Ident, TypePair<'a>> = HashMap::new();
    types.pairs.iter().filter_map(move |pair| {
        let before = *first.entry(one(pair)).or_insert(*pair);
        (other(&before) != other(pair)).then_some((*pair, before))
    })
}

fn changed(kind: ChangeKind, TypePair { old, new, .. }: TypePair<'_>, detail: String) -> Difference {
    Difference::new(kind, new.name().wire.clone(), detail).between(old.at(), new.at())
}
