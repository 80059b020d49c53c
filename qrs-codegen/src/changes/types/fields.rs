//! Changes of fields that both revisions have.

use super::{Directions, TypePairs};
use crate::changes::fit::Fit;
use crate::changes::schemas::SchemaComparison;
use crate::changes::{ChangeKind, Difference, Wire, documentation};
use crate::model::{Access, Field, Presence, Struct, Type};

/// An object in both revisions.
pub(super) struct Declaration<'a> {
    pub(super) types: &'a TypePairs<'a>,
    pub(super) schemas: &'a SchemaComparison<'a>,
    pub(super) old: &'a Struct,
    pub(super) new: &'a Struct,
    pub(super) directions: Directions,
}

/// A field in both revisions.
#[derive(Clone, Copy)]
pub(super) struct FieldPair<'a> {
    pub(super) old: &'a Field,
    pub(super) new: &'a Field,
}

impl FieldPair<'_> {
    /// Whether a required field that may be `null` became one that may be absent, or the reverse. Both are an `Option`.
    fn stays_an_option(self, types: &TypePairs<'_>) -> bool {
        let as_option = |field: &Field| match field.presence {
            Presence::Optional => Some(field.ty.clone()),
            Presence::Required if matches!(field.ty, Type::Nullable(_)) => Some(field.ty.clone().unwrap_nullable()),
            _ => None,
        };
        let options = as_option(self.old).zip(as_option(self.new));
        self.old.presence != self.new.presence && options.is_some_and(|(old, new)| types.same(&old, &new))
    }
}

impl Declaration<'_> {
    pub(super) fn subject(&self, field: &Field) -> String {
        format!("{}.{}", self.new.name.wire, field.name.wire)
    }

    /// Whether the type had a `Default` and has none any more.
    pub(super) fn loses_default(&self) -> bool {
        self.old.has_default() && !self.new.has_default()
    }

    fn difference(&self, kind: ChangeKind, pair: FieldPair<'_>, detail: String) -> Difference {
        Difference::new(kind, self.subject(pair.new), detail).between(&pair.old.at, &pair.new.at)
    }

    /// Compares a field that both revisions have.
    pub(super) fn field(&self, pair: FieldPair<'_>, found: &mut Vec<Difference>) {
        let FieldPair { old, new } = pair;
        if !pair.stays_an_option(self.types) && !self.types.same(&old.ty, &new.ty) {
            found.push(self.type_changed(pair));
        }
        if old.presence != new.presence {
            found.push(self.presence_changed(pair));
        }
        found.extend(self.null_changed(pair));
        found.extend(self.access_changed(pair));
        found.extend(self.rust_name_changed(pair));
        self.aliases(pair, found);
        found.extend(self.constructor_argument(pair));
        found.extend(documentation(self.subject(new), (&old.doc, &old.at), (&new.doc, &new.at)));
    }

    fn type_changed(&self, pair: FieldPair<'_>) -> Difference {
        let FieldPair { old, new } = pair;
        let (was, is) = (old.ty.rust_name(), new.ty.rust_name());
        let detail = format!("was `{was}` and is `{is}` ({})", self.directions.words());
        let wire = self.directions.wire(self.types.sent(&old.ty, &new.ty), self.types.received(&old.ty, &new.ty));
        let changed = self.difference(ChangeKind::FieldTypeChanged, pair, detail);
        changed.breaks(format!("Read and set `{}` as `{is}`.", new.name.ident)).on_wire(wire)
    }

    fn presence_changed(&self, pair: FieldPair<'_>) -> Difference {
        let FieldPair { old, new } = pair;
        let required = new.presence == Presence::Required;
        let kind = match (old.presence, new.presence) {
            (_, Presence::Required) => ChangeKind::FieldBecameRequired,
            (Presence::Required, _) => ChangeKind::FieldBecameOptional,
            (_, Presence::Nullable) => ChangeKind::FieldNullAllowed,
            (_, Presence::Optional) => ChangeKind::FieldNullForbidden,
        };
        let words = |presence: Presence| match presence {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Nullable => "optional or `null`",
        };
        let stays = pair.stays_an_option(self.types);
        let either = if stays { ", and may be `null` either way" } else { "" };
        let (was, is) = (words(old.presence), words(new.presence));
        let detail = format!("was {was} and is {is}{either} ({})", self.directions.words());
        let changed = self.difference(kind, pair, detail).on_wire(self.presence_on_wire(pair));
        let ident = &new.name.ident;
        let set = if required { "give it to `new`".to_owned() } else { format!("set it by `{}`", new.setter) };
        let read = match (stays, required) {
            (true, _) => "as before",
            (false, true) => "as it is",
            (false, false) => "as an `Option`",
        };
        changed.breaks(format!("Read `{ident}` {read}, and {set}."))
    }

    /// A side that writes an optional property leaves it out now and then, or writes `null` where that is allowed.
    fn presence_on_wire(&self, FieldPair { old, new }: FieldPair<'_>) -> Wire {
        let fit = |written: Presence, read: Presence| match (written, read) {
            (Presence::Optional | Presence::Nullable, Presence::Required)
            | (Presence::Nullable, Presence::Optional) => Fit::Sometimes,
            _ => Fit::Always,
        };
        let (old_to_new, new_to_old) = (fit(old.presence, new.presence), fit(new.presence, old.presence));
        self.directions.wire(Wire::of(old_to_new, new_to_old), Wire::of(new_to_old, old_to_new))
    }

    /// Compares whether an optional property may be `null`, if callers do not tell that from its absence.
    fn null_changed(&self, pair: FieldPair<'_>) -> Option<Difference> {
        let FieldPair { old, new } = pair;
        let optional = old.presence == Presence::Optional && new.presence == Presence::Optional;
        if !optional || old.nullable == new.nullable {
            return None;
        }
        let (kind, detail) = if new.nullable {
            (ChangeKind::FieldNullAllowed, "may be `null`")
        } else {
            (ChangeKind::FieldNullForbidden, "may no longer be `null`")
        };
        let fit = |written: &Field, read: &Field| {
            if written.nullable && !read.nullable { Fit::Sometimes } else { Fit::Always }
        };
        let (old_to_new, new_to_old) = (fit(old, new), fit(new, old));
        let detail = format!("{detail} ({})", self.directions.words());
        let wire = self.directions.wire(Wire::of(old_to_new, new_to_old), Wire::of(new_to_old, old_to_new));
        Some(self.difference(kind, pair, detail).on_wire(wire))
    }

    /// Compares `readOnly` and `writeOnly`.
    fn access_changed(&self, pair: FieldPair<'_>) -> Option<Difference> {
        let FieldPair { old, new } = pair;
        if old.access == new.access {
            return None;
        }
        let words = |access: Access| match access {
            Access::Both => "by both sides",
            Access::Server => "by the server alone",
            Access::Client => "by the client alone",
        };
        // A side that no longer expects a property may refuse it; one that expects it now may not get it.
        let fit = |written: Access, read: Access| if written == read { Fit::Always } else { Fit::Sometimes };
        let (was, is) = (old.access, new.access);
        let is_sent = |access: Access| if access == Access::Server { Access::Server } else { Access::Both };
        let is_received = |access: Access| if access == Access::Client { Access::Client } else { Access::Both };
        let sent = fit(is_sent(was), is_sent(is));
        let received = fit(is_received(was), is_received(is));
        let detail = format!("was sent {} and is sent {} ({})", words(was), words(is), self.directions.words());
        let wire = self.directions.wire(Wire::of(sent, sent), Wire::of(received, received));
        Some(self.difference(ChangeKind::FieldAccessChanged, pair, detail).on_wire(wire))
    }

    fn rust_name_changed(&self, pair: FieldPair<'_>) -> Option<Difference> {
        let FieldPair { old, new } = pair;
        let both_nullable = old.presence == Presence::Nullable && new.presence == Presence::Nullable;
        let null_setters = both_nullable.then_some((&old.null_setter, &new.null_setter));
        let names = [(&old.name.ident, &new.name.ident), (&old.setter, &new.setter)];
        let mut names = names.into_iter().chain(null_setters);
        let (was, is) = names.find(|(was, is)| was != is)?;
        let detail = format!("was called `{was}` in Rust and is called `{is}`");
        let renamed = self.difference(ChangeKind::FieldRustNameChanged, pair, detail);
        Some(renamed.breaks(format!("Write `{is}` for `{was}`.")))
    }

    /// Compares the further names that a property is read by.
    fn aliases(&self, pair: FieldPair<'_>, found: &mut Vec<Difference>) {
        let FieldPair { old, new } = pair;
        for alias in old.aliases.iter().filter(|alias| !new.aliases.contains(alias)) {
            // A server sends one of the names.
            let detail = format!("is no longer read from `{alias}` ({})", self.directions.words());
            let wire = self.directions.wire(Wire::SAME, Wire::of(Fit::Always, Fit::Sometimes));
            found.push(self.difference(ChangeKind::FieldAliasRemoved, pair, detail).on_wire(wire));
        }
        for alias in new.aliases.iter().filter(|alias| !old.aliases.contains(alias)) {
            let detail = format!("is read from `{alias}` too ({})", self.directions.words());
            found.push(self.difference(ChangeKind::FieldAliasAdded, pair, detail));
        }
    }

    /// Compares whether callers give the field to `new`, if its presence stays: a property that only clients send
    /// becomes required, or one that had a single value has several.
    fn constructor_argument(&self, pair: FieldPair<'_>) -> Option<Difference> {
        let FieldPair { old, new } = pair;
        if old.is_argument == new.is_argument || old.presence != new.presence {
            return None;
        }
        let (function, ident) = (format!("`{}::new`", self.new.name.ident), &new.name.ident);
        let directions = self.directions.words();
        // A required property is always sent, whether a caller gives it or `new` knows it.
        let leaves_out = if new.presence == Presence::Required { Fit::Always } else { Fit::Sometimes };
        let (difference, sent) = if new.is_argument {
            let detail = format!("is given to {function} now ({directions})");
            let added = self.difference(ChangeKind::ConstructorArgumentAdded, pair, detail);
            (added.breaks(format!("Give `{ident}` to {function}.")), Wire::of(leaves_out, Fit::Always))
        } else {
            let detail = format!("is not given to {function} any more ({directions})");
            let removed = self.difference(ChangeKind::ConstructorArgumentRemoved, pair, detail);
            (removed.breaks(format!("Do not give `{ident}` to {function}.")), Wire::of(Fit::Always, leaves_out))
        };
        Some(difference.on_wire(self.directions.wire(sent, Wire::SAME)))
    }
}
