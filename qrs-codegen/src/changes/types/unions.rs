//! Changes of unions and their variants.

use super::{Directions, TypePairs};
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire, Works, documentation};
use crate::model::{Union, Variant};

pub(super) fn compare(
    types: &TypePairs<'_>,
    old: &Union,
    new: &Union,
    directions: Directions,
    found: &mut Vec<Difference>,
) {
    let unions = UnionPair { types, old, new, directions };
    let renamed = unions.renamed();
    for variant in &new.variants {
        let same_name = old.variants.iter().find(|before| before.ident == variant.ident);
        let of_other_name =
            || renamed.iter().find(|(_, after)| after.ident == variant.ident).map(|(before, _)| *before);
        match same_name.or_else(of_other_name) {
            Some(before) => unions.variant(before, variant, found),
            None => found.push(unions.added(variant)),
        }
    }
    found.extend(unions.display());
    let is_gone = |before: &&Variant| {
        new.variants.iter().all(|after| after.ident != before.ident)
            && renamed.iter().all(|(other, _)| other.ident != before.ident)
    };
    found.extend(old.variants.iter().filter(is_gone).map(|variant| unions.removed(variant)));
    found.extend(unions.matching());
    found.extend(unions.tag());
}

/// A union in both revisions.
struct UnionPair<'a> {
    types: &'a TypePairs<'a>,
    old: &'a Union,
    new: &'a Union,
    directions: Directions,
}

impl<'a> UnionPair<'a> {
    /// The variants that have other names and the same type, as the only ones of that type.
    fn renamed(&self) -> Vec<(&'a Variant, &'a Variant)> {
        let lacks = |variants: &[Variant], variant: &Variant| variants.iter().all(|it| it.ident != variant.ident);
        let gone: Vec<&Variant> = self.old.variants.iter().filter(|it| lacks(&self.new.variants, it)).collect();
        let added: Vec<&Variant> = self.new.variants.iter().filter(|it| lacks(&self.old.variants, it)).collect();
        let mut pairs = Vec::new();
        for after in &added {
            let mut same = gone.iter().filter(|before| self.types.same(&before.ty, &after.ty));
            if let (Some(before), None) = (same.next(), same.next()) {
                let is_only = added.iter().filter(|other| self.types.same(&before.ty, &other.ty)).count() == 1;
                pairs.extend(is_only.then_some((*before, *after)));
            }
        }
        pairs
    }

    fn subject(&self, variant: &Variant) -> String {
        format!("{} {}", self.new.name.wire, variant.ident)
    }

    /// The verdicts if values that are written by the old rule may not fit the new one, and the reverse.
    fn wire(&self, old_to_new: Fit, new_to_old: Fit) -> Wire {
        self.directions.wire(Wire::of(old_to_new, new_to_old), Wire::of(new_to_old, old_to_new))
    }

    fn added(&self, variant: &Variant) -> Difference {
        let detail = format!("is new, as `{}::{}` ({})", self.new.name.ident, variant.ident, self.directions.words());
        let added = Difference::new(ChangeKind::UnionVariantAdded, self.subject(variant), detail).in_new(&self.new.at);
        let refused = refused(self.new, variant, |other| {
            let before = self.old.variants.iter().find(|before| before.ident == other.ident);
            before.map_or(Works::No, |before| self.types.sent(&before.ty, &variant.ty).old_client)
        });
        // A client keeps a value that it does not know.
        added.adds().on_wire(self.directions.wire(Wire::of(refused, Fit::Sometimes), Wire::SAME))
    }

    fn removed(&self, variant: &Variant) -> Difference {
        let (name, ident) = (&self.new.name.ident, &variant.ident);
        let detail = format!("is gone, and `{name}::{ident}` with it ({})", self.directions.words());
        let removed = Difference::new(ChangeKind::UnionVariantRemoved, self.subject(variant), detail);
        let refused = refused(self.old, variant, |other| {
            let after = self.new.variants.iter().find(|after| after.ident == other.ident);
            after.map_or(Works::No, |after| self.types.sent(&variant.ty, &after.ty).new_client)
        });
        let wire = self.directions.wire(Wire::of(Fit::Sometimes, refused), Wire::SAME);
        removed.in_old(&self.old.at).breaks(format!("Do without `{ident}`.")).on_wire(wire)
    }

    fn variant(&self, before: &Variant, after: &Variant, found: &mut Vec<Difference>) {
        let changed = |kind, detail: String| {
            Difference::new(kind, self.subject(after), detail).between(&self.old.at, &self.new.at)
        };
        if before.ident != after.ident {
            let (name, was, is) = (&self.new.name.ident, &before.ident, &after.ident);
            let detail = format!("was `{}::{was}` and is `{name}::{is}`", self.old.name.ident);
            let renamed = changed(ChangeKind::UnionVariantRustNameChanged, detail);
            found.push(renamed.breaks(format!("Write `{is}` for `{was}`.")));
        }
        let same = self.types.same(&before.ty, &after.ty);
        if !same {
            let (was, is) = (before.ty.rust_name(), after.ty.rust_name());
            let detail = format!("held `{was}` and holds `{is}` ({})", self.directions.words());
            let (sent, received) = (self.types.sent(&before.ty, &after.ty), self.types.received(&before.ty, &after.ty));
            let changed = changed(ChangeKind::UnionVariantTypeChanged, detail);
            found.push(changed.breaks(format!("Use `{is}` there.")).on_wire(self.directions.wire(sent, received)));
        } else if self.old.tag.is_some()
            && self.new.tag.is_some()
            && (&before.tags, before.is_default) != (&after.tags, after.is_default)
        {
            let detail = format!("had {} and has {} ({})", tags(before), tags(after), self.directions.words());
            let fit = |written: &Variant, read: &Variant| {
                let all_known = written.tags.iter().all(|tag| read.tags.contains(tag));
                if all_known && written.is_default == read.is_default { Fit::Always } else { Fit::Sometimes }
            };
            let wire = self.wire(fit(before, after), fit(after, before));
            found.push(changed(ChangeKind::UnionVariantTagsChanged, detail).on_wire(wire));
        }
        let words = documentation(self.subject(after), (&before.doc, &self.old.at), (&after.doc, &self.new.at));
        found.extend(words);
        // A variant of another type has another conversion, which the change of the type implies.
        if same && before.from != after.from {
            let ty = after.ty.rust_name();
            found.push(if after.from {
                let detail = format!("is made from `{ty}` by `From`");
                changed(ChangeKind::UnionVariantConversionAdded, detail).adds()
            } else {
                let detail = format!("is no longer made from `{ty}` by `From`: another variant holds that type too");
                let advice = format!("Write `{}::{}(…)`.", self.new.name.ident, after.ident);
                changed(ChangeKind::UnionVariantConversionRemoved, detail).breaks(advice)
            });
        }
    }

    /// Compares whether each variant is one piece of text.
    fn display(&self) -> Option<Difference> {
        let changed = |kind, detail| {
            Difference::new(kind, self.new.name.wire.clone(), detail).between(&self.old.at, &self.new.at)
        };
        match (self.old.scalar, self.new.scalar) {
            (false, true) => Some(changed(ChangeKind::UnionDisplayAdded, "implements `Display`").adds()),
            (true, false) => {
                let removed = changed(ChangeKind::UnionDisplayRemoved, "no longer implements `Display`");
                Some(removed.breaks("Match on its variants and write each of them."))
            }
            _ => None,
        }
    }

    /// Compares whether several variants may match together (`anyOf`).
    fn matching(&self) -> Option<Difference> {
        let (old, new) = (self.old, self.new);
        if old.is_any_of == new.is_any_of || (old.several == new.several && old.tag.is_some()) {
            return None;
        }
        let words = |union: &Union| if union.is_any_of { "one or several" } else { "exactly one" };
        let detail = format!(
            "was valid by {} of its alternatives and is by {} ({})",
            words(old),
            words(new),
            self.directions.words()
        );
        let changed = Difference::new(ChangeKind::UnionMatchingChanged, new.name.wire.clone(), detail);
        let is_both = |(at, before): (usize, &Variant)| {
            let others = new.variants.iter().enumerate().filter(|(other, _)| *other != at);
            others.into_iter().any(|(_, after)| self.types.sent(&before.ty, &after.ty).old_client != Works::No)
        };
        let refused = if old.variants.iter().enumerate().any(is_both) { Fit::Sometimes } else { Fit::Always };
        let wire = if new.is_any_of { self.wire(Fit::Always, refused) } else { self.wire(refused, Fit::Always) };
        // Of alternatives that have no value in common, one alone is valid either way.
        if refused == Fit::Always && old.several == new.several {
            return None;
        }
        let changed = changed.between(&old.at, &new.at).on_wire(wire);
        Some(match (&old.several, &new.several) {
            (Some(several), None) => changed.breaks(format!("Do without `{}::{several}`.", new.name.ident)),
            (None, Some(_)) => changed.adds(),
            _ => changed,
        })
    }

    /// Compares the discriminators.
    fn tag(&self) -> Option<Difference> {
        if self.old.tag == self.new.tag {
            return None;
        }
        let tag = |tag: &Option<String>| {
            tag.as_ref().map_or_else(|| "no discriminator".to_owned(), |tag| format!("the discriminator `{tag}`"))
        };
        let detail = format!("had {} and has {} ({})", tag(&self.old.tag), tag(&self.new.tag), self.directions.words());
        let changed = Difference::new(ChangeKind::UnionTagChanged, self.new.name.wire.clone(), detail);
        // A side without a discriminator takes values that have one; the other side may miss it.
        let fit = |written: &Option<String>, read: &Option<String>| {
            if read.is_none() || written == read { Fit::Always } else { Fit::Sometimes }
        };
        let wire = self.wire(fit(&self.old.tag, &self.new.tag), fit(&self.new.tag, &self.old.tag));
        Some(changed.between(&self.old.at, &self.new.at).on_wire(wire))
    }
}

/// How many values of the other variants are values of `variant` as well, so that `oneOf` refuses them. `can_be`
/// tells whether a value of another variant, which is in both revisions, can be one of `variant`.
fn refused(union: &Union, variant: &Variant, can_be: impl Fn(&Variant) -> Works) -> Fit {
    let others = union.variants.iter().filter(|other| other.ident != variant.ident);
    let overlaps = union.is_exclusive() && others.into_iter().any(|other| can_be(other) != Works::No);
    if overlaps { Fit::Sometimes } else { Fit::Always }
}

/// The values of the discriminator that stand for a variant, in words.
fn tags(variant: &Variant) -> String {
    let others = if variant.is_default { ", and every other value" } else { "" };
    let own = match variant.tags.as_slice() {
        [] => "no value of a discriminator".to_owned(),
        [tag] => format!("the discriminator's value `{tag}`"),
        tags => format!("the discriminator's values `{}`", tags.join("`, `")),
    };
    format!("{own}{others}")
}
