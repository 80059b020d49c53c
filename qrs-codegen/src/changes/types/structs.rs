//! Changes of objects: which fields they have, their further properties and their constructors.

use std::collections::{HashMap, HashSet};

use super::fields::{Declaration, FieldPair};
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire};
use crate::model::{Field, Presence, Struct};

impl Declaration<'_> {
    pub(super) fn compare(&self, found: &mut Vec<Difference>) {
        let (old, new) = (self.old, self.new);
        let before: HashMap<&str, &Field> = old.fields.iter().map(|field| (field.name.wire.as_str(), field)).collect();
        let after: HashSet<&str> = new.fields.iter().map(|field| field.name.wire.as_str()).collect();
        let gone: Vec<&Field> = old.fields.iter().filter(|field| !after.contains(field.name.wire.as_str())).collect();
        let is_fresh = |field: &&Field| !before.contains_key(field.name.wire.as_str());
        let fresh: Vec<&Field> = new.fields.iter().filter(is_fresh).collect();
        // One field in the place of another one of the same type most likely has a new name.
        let renamed = match (gone.as_slice(), fresh.as_slice()) {
            ([gone], [fresh]) if self.types.same(&gone.ty, &fresh.ty) && gone.presence == fresh.presence => {
                Some(FieldPair { old: gone, new: fresh })
            }
            _ => None,
        };
        found.extend(renamed.map(|pair| self.field_renamed(pair)));
        for field in &new.fields {
            match before.get(field.name.wire.as_str()) {
                Some(earlier) => self.field(FieldPair { old: earlier, new: field }, found),
                None if renamed.is_some() => {}
                None => found.push(self.field_added(field)),
            }
        }
        found.extend(gone.iter().filter(|_| renamed.is_none()).map(|field| self.field_removed(field)));
        found.extend(self.additional_properties());
        found.extend(self.constructor());
    }

    fn field_added(&self, field: &Field) -> Difference {
        let holder = &self.new.name.ident;
        let required = field.presence == Presence::Required;
        let sent = Wire::of(if required { Fit::Never } else { Fit::Always }, Fit::Sometimes);
        let received = Wire::of(Fit::Always, if required { Fit::Never } else { Fit::Always });
        let kind = if required { ChangeKind::RequiredFieldAdded } else { ChangeKind::FieldAdded };
        let presence = if required { "required" } else { "optional" };
        let detail = format!("is new: {presence}, `{}` ({})", field.ty.rust_name(), self.directions.words());
        let added = Difference::new(kind, self.subject(field), detail).in_new(&field.at);
        let added = if field.is_argument {
            added.breaks(format!("Give `{}` to `{holder}::new`.", field.name.ident))
        } else if self.loses_default() && required {
            added.breaks(format!("Do without `{holder}::default()`."))
        } else {
            added.adds()
        };
        added.on_wire(self.directions.wire(sent, received))
    }

    fn field_removed(&self, field: &Field) -> Difference {
        let required = field.presence == Presence::Required;
        // A server may refuse a property that it does not know; a client that requires it does not get it.
        let sent = Wire::of(Fit::Sometimes, if required { Fit::Never } else { Fit::Always });
        let received = Wire::of(if required { Fit::Never } else { Fit::Always }, Fit::Always);
        let detail = format!("is gone; it was `{}` ({})", field.ty.rust_name(), self.directions.words());
        let removed = Difference::new(ChangeKind::FieldRemoved, self.subject(field), detail).in_old(&field.at);
        let advice = format!("Do not read `{}` or set it by `{}`.", field.name.ident, field.setter);
        removed.breaks(advice).on_wire(self.directions.wire(sent, received))
    }

    fn field_renamed(&self, FieldPair { old, new }: FieldPair<'_>) -> Difference {
        let accepted = new.aliases.contains(&old.name.wire);
        let lost = if new.presence == Presence::Required { Fit::Never } else { Fit::Sometimes };
        let detail = format!("was `{}` and is `{}` ({})", old.name.wire, new.name.wire, self.directions.words());
        let renamed = Difference::new(ChangeKind::FieldRenamed, self.subject(new), detail).between(&old.at, &new.at);
        let advice = format!("Write `{}` for `{}`.", new.name.ident, old.name.ident);
        let renamed = if old.name.ident == new.name.ident { renamed } else { renamed.breaks(advice) };
        let received = Wire::of(lost, if accepted { Fit::Always } else { lost });
        renamed.on_wire(self.directions.wire(Wire::of(lost, lost), received)).likely(true)
    }

    /// Compares what the types keep of properties that are not described.
    fn additional_properties(&self) -> Option<Difference> {
        let changed = |kind, detail| {
            let subject = self.new.name.wire.clone();
            Difference::new(kind, subject, detail).between(&self.old.at, &self.new.at)
        };
        let (was_closed, is_closed) = self.schemas.are_closed(&self.old.at, &self.new.at);
        // A side that forbids further properties may refuse those of a side that allows them.
        let fit = |refused: bool| if refused { Fit::Sometimes } else { Fit::Always };
        let (old_to_new, new_to_old) = (fit(!was_closed && is_closed), fit(was_closed && !is_closed));
        let received = Wire::of(new_to_old, old_to_new);
        let wire = self.directions.wire(Wire::of(old_to_new, new_to_old), received);
        // A type that keeps no further properties sends none.
        let wire_of_received = self.directions.wire(Wire::SAME, received);
        Some(match (&self.old.rest, &self.new.rest) {
            (None, None) if was_closed == is_closed => return None,
            (None, None) if is_closed => {
                let detail = "forbids further properties".to_owned();
                changed(ChangeKind::AdditionalPropertiesForbidden, detail).on_wire(wire_of_received)
            }
            (None, None) => {
                let detail = "no longer forbids further properties".to_owned();
                changed(ChangeKind::AdditionalPropertiesAllowed, detail).on_wire(wire_of_received)
            }
            (Some(was), Some(is)) if self.types.same(&was.ty, &is.ty) => {
                let mut names = [(&was.ident, &is.ident), (&was.setter, &is.setter)].into_iter();
                let (was, is) = names.find(|(was, is)| was != is)?;
                let detail = format!("called its further properties `{was}` in Rust and calls them `{is}`");
                changed(ChangeKind::AdditionalPropertiesRenamed, detail).breaks(format!("Write `{is}` for `{was}`."))
            }
            (None, Some(rest)) => {
                let detail = format!("keeps further properties, in `{}`", rest.ident);
                changed(ChangeKind::AdditionalPropertiesAllowed, detail).adds().on_wire(wire)
            }
            (Some(rest), None) => {
                let detail = format!("no longer keeps further properties, in `{}`", rest.ident);
                let advice = format!("Do without `{}`.", rest.ident);
                changed(ChangeKind::AdditionalPropertiesForbidden, detail).breaks(advice).on_wire(wire)
            }
            (Some(was), Some(is)) => {
                let (old, new) = (was.ty.rust_name(), is.ty.rust_name());
                let detail = format!("kept `{old}` as further properties and keeps `{new}`");
                // There may be no further properties.
                let [sent, received] = [self.types.sent(&was.ty, &is.ty), self.types.received(&was.ty, &is.ty)]
                    .map(Wire::at_worst_sometimes);
                let changed = changed(ChangeKind::AdditionalPropertiesTypeChanged, detail);
                let changed = changed.breaks(format!("Use `{new}` for the values of `{}`.", is.ident));
                changed.on_wire(self.directions.wire(sent, received))
            }
        })
    }

    /// Compares `new`, beyond the arguments that its fields stand for.
    fn constructor(&self) -> Option<Difference> {
        let arguments = |item: &Struct| -> Vec<String> {
            item.fields.iter().filter(|field| field.is_argument).map(|field| field.name.wire.clone()).collect()
        };
        let sorted = |mut arguments: Vec<String>| {
            arguments.sort();
            arguments
        };
        let (before, after) = (arguments(self.old), arguments(self.new));
        if before == after || sorted(before) != sorted(after) {
            return None;
        }
        let detail = "takes the arguments of `new` in another order";
        let subject = self.new.name.wire.clone();
        let changed = Difference::new(ChangeKind::ConstructorArgumentsReordered, subject, detail);
        Some(changed.between(&self.old.at, &self.new.at).breaks("Bring the arguments into that order."))
    }
}
