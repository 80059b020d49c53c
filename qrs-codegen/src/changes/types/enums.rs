//! Changes of enumerations and their values.

use super::Directions;
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire, documentation};
use crate::model::{Enum, EnumKind, EnumVariant};

pub(super) fn compare(old: &Enum, new: &Enum, directions: Directions, found: &mut Vec<Difference>) {
    if old.kind != new.kind {
        found.push(retyped(old, new, directions));
        return;
    }
    for variant in &new.variants {
        match old.variants.iter().find(|other| other.value == variant.value) {
            Some(other) => {
                found.extend(renamed((old, other), (new, variant)));
                let subject = subject(new, variant);
                found.extend(documentation(subject, (&other.doc, &old.at), (&variant.doc, &new.at)));
            }
            None => found.push(added(new, variant, directions)),
        }
    }
    let is_gone = |variant: &&EnumVariant| new.variants.iter().all(|other| other.value != variant.value);
    found.extend(old.variants.iter().filter(is_gone).map(|variant| removed(old, new, variant, directions)));
}

fn subject(item: &Enum, variant: &EnumVariant) -> String {
    format!("{} `{}`", item.name.wire, variant.wire())
}

fn added(item: &Enum, variant: &EnumVariant, directions: Directions) -> Difference {
    let detail = format!("is new, as `{}::{}` ({})", item.name.ident, variant.ident, directions.words());
    let added = Difference::new(ChangeKind::EnumValueAdded, subject(item, variant), detail).in_new(&item.at);
    // A client keeps a value that it does not know; an older server may refuse it.
    added.adds().on_wire(directions.wire(Wire::of(Fit::Always, Fit::Sometimes), Wire::SAME))
}

fn removed(old: &Enum, new: &Enum, variant: &EnumVariant, directions: Directions) -> Difference {
    let (name, ident) = (&old.name.ident, &variant.ident);
    let detail = format!("is gone, and `{name}::{ident}` with it ({})", directions.words());
    let removed = Difference::new(ChangeKind::EnumValueRemoved, subject(new, variant), detail).in_old(&old.at);
    let wire = directions.wire(Wire::of(Fit::Sometimes, Fit::Always), Wire::SAME);
    removed.breaks(format!("Do without `{ident}`.")).on_wire(wire)
}

fn renamed((old, before): (&Enum, &EnumVariant), (new, after): (&Enum, &EnumVariant)) -> Option<Difference> {
    let (was, is) = (&before.ident, &after.ident);
    if was == is {
        return None;
    }
    let detail = format!("was `{}::{was}` and is `{}::{is}`", old.name.ident, new.name.ident);
    let renamed = Difference::new(ChangeKind::EnumValueRustNameChanged, subject(new, after), detail);
    Some(renamed.between(&old.at, &new.at).breaks(format!("Write `{is}` for `{was}`.")))
}

/// An enumeration of values of another type.
fn retyped(old: &Enum, new: &Enum, directions: Directions) -> Difference {
    let (was, is) = (values(old.kind), values(new.kind));
    let detail = format!("was an enumeration of {was} and is one of {is} ({})", directions.words());
    let changed = Difference::new(ChangeKind::EnumValuesRetyped, new.name.wire.clone(), detail);
    let advice = format!("Use `types::{}` as an enumeration of {is}.", new.name.ident);
    // With values of several types, some of them may be those of before.
    let fit = if [old.kind, new.kind].contains(&EnumKind::Mixed) { Fit::Sometimes } else { Fit::Never };
    let wire = Wire::of(fit, fit);
    changed.between(&old.at, &new.at).breaks(advice).on_wire(directions.wire(wire, wire))
}

fn values(kind: EnumKind) -> &'static str {
    match kind {
        EnumKind::Text => "strings",
        EnumKind::Integer(_) => "integers",
        EnumKind::Mixed => "values of several types",
    }
}
