//! Changes of declared types.

mod enums;
mod fields;
mod matching;
mod shared;
mod structs;
mod unions;

use super::schemas::SchemaComparison;
use super::{ChangeKind, Difference, documentation};
use crate::model::{Alias, Item};
use fields::Declaration;
use matching::TypePair;
pub(super) use matching::{Directions, TypePairs};

pub(super) fn compare(types: &TypePairs<'_>, schemas: &SchemaComparison<'_>, found: &mut Vec<Difference>) {
    found.extend(types.added.iter().map(|item| added(item)));
    found.extend(types.removed.iter().map(|item| removed(item)));
    for pair in &types.pairs {
        let TypePair { old, new, .. } = *pair;
        found.extend(renamed(*pair));
        found.extend(equality(types, *pair));
        let directions = types.directions(new);
        match (old, new) {
            (Item::Struct(old), Item::Struct(new)) => {
                let declaration = Declaration { types, schemas, old, new, directions };
                declaration.compare(found);
            }
            (Item::Enum(old), Item::Enum(new)) => enums::compare(old, new, directions, found),
            (Item::Union(old), Item::Union(new)) => unions::compare(types, old, new, directions, found),
            (Item::Alias(old), Item::Alias(new)) | (Item::Newtype(old), Item::Newtype(new)) => {
                found.extend(alias(types, old, new, directions));
            }
            _ => found.push(other_kind(types, old, new, directions)),
        }
        found.extend(documentation(new.name().wire.clone(), (old.doc(), old.at()), (new.doc(), new.at())));
    }
    shared::compare(types, found);
}

/// A type that is new. The operations that use it say what that means on the wire.
fn added(item: &Item) -> Difference {
    let detail = format!("is new, as `types::{}`", item.name().ident);
    Difference::new(ChangeKind::TypeAdded, item.name().wire.clone(), detail).in_new(item.at()).adds()
}

fn removed(item: &Item) -> Difference {
    let ident = &item.name().ident;
    let detail = format!("is gone, and `types::{ident}` with it");
    let removed = Difference::new(ChangeKind::TypeRemoved, item.name().wire.clone(), detail).in_old(item.at());
    removed.breaks(format!("Do without `types::{ident}`."))
}

fn renamed(TypePair { old, new, likely }: TypePair<'_>) -> Option<Difference> {
    let (was, is) = (&old.name().ident, &new.name().ident);
    if was == is && !likely {
        return None;
    }
    let detail = format!("was `types::{was}` and is `types::{is}`");
    let renamed = Difference::new(ChangeKind::TypeRenamed, new.name().wire.clone(), detail);
    let advice = format!("Write `types::{is}` for `types::{was}`.");
    Some(renamed.between(old.at(), new.at()).breaks(advice).likely(likely))
}

/// A type that holds a float now does not implement `Eq` any more. An alias shows that by its own type.
fn equality(types: &TypePairs<'_>, TypePair { old, new, .. }: TypePair<'_>) -> Option<Difference> {
    let was_eq = !types.old_without_eq.contains(&old.name().ident);
    let is_eq = !types.new_without_eq.contains(&new.name().ident);
    if was_eq == is_eq || matches!(new, Item::Alias(_)) {
        return None;
    }
    let changed = |kind, detail| Difference::new(kind, new.name().wire.clone(), detail).between(old.at(), new.at());
    Some(if was_eq {
        let removed = changed(ChangeKind::EqRemoved, "holds a number with a fraction, so it is not `Eq` any more");
        removed.breaks("Compare by `PartialEq` alone.")
    } else {
        changed(ChangeKind::EqAdded, "holds no number with a fraction any more, so it is `Eq`").adds()
    })
}

fn other_kind(types: &TypePairs<'_>, old: &Item, new: &Item, directions: Directions) -> Difference {
    let detail = format!("was {} and is {} ({})", kind(old), kind(new), directions.words());
    let changed = Difference::new(ChangeKind::TypeKindChanged, new.name().wire.clone(), detail);
    let advice = format!("Use `types::{}` as {}.", new.name().ident, kind(new));
    changed.between(old.at(), new.at()).breaks(advice).on_wire(types.declarations(old, new))
}

fn kind(item: &Item) -> String {
    match item {
        Item::Struct(_) => "an object".to_owned(),
        Item::Enum(_) => "an enumeration".to_owned(),
        Item::Union(_) => "one of several types".to_owned(),
        Item::Alias(alias) | Item::Newtype(alias) => format!("`{}`", alias.ty.rust_name()),
    }
}

fn alias(types: &TypePairs<'_>, old: &Alias, new: &Alias, directions: Directions) -> Option<Difference> {
    if types.same(&old.ty, &new.ty) {
        return None;
    }
    let (was, is) = (old.ty.rust_name(), new.ty.rust_name());
    let detail = format!("was `{was}` and is `{is}` ({})", directions.words());
    let changed = Difference::new(ChangeKind::TypeAliasChanged, new.name.wire.clone(), detail);
    let wire = directions.wire(types.sent(&old.ty, &new.ty), types.received(&old.ty, &new.ty));
    Some(changed.between(&old.at, &new.at).breaks(format!("Use `{is}` instead of `{was}`.")).on_wire(wire))
}
