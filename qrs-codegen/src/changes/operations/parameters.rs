//! Changes of parameters, those that are parts of a multipart body included.

use std::collections::HashSet;
use std::mem::discriminant;

use super::serialization::{location, part_media_type, reads_as_before};
use super::{OperationPair, subject};
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire, documentation};
use crate::model::{Location, Operation, Parameter, ParameterEncoding, Type};

/// A parameter of one revision.
#[derive(Clone, Copy)]
struct Argument<'a> {
    parameter: &'a Parameter,
    required: bool,
}

/// A parameter in both revisions.
struct ParameterPair<'a> {
    operations: OperationPair<'a>,
    old: Argument<'a>,
    new: Argument<'a>,
}

fn arguments(operation: &Operation) -> Vec<Argument<'_>> {
    let required = operation.required.iter().map(|parameter| Argument { parameter, required: true });
    let optional = operation.optional.iter().map(|parameter| Argument { parameter, required: false });
    required.chain(optional).collect()
}

impl OperationPair<'_> {
    pub(super) fn parameters(self, found: &mut Vec<Difference>) {
        let (olds, news) = (arguments(self.old), arguments(self.new));
        let mut matched = HashSet::new();
        let mut twins: Vec<Option<usize>> = vec![None; news.len()];
        // A name may be used in several locations: only a parameter without a twin in its own may have moved.
        for same in [same_parameter, same_name] {
            for (new, twin) in news.iter().zip(&mut twins).filter(|(_, twin)| twin.is_none()) {
                *twin = olds
                    .iter()
                    .enumerate()
                    .position(|(place, old)| !matched.contains(&place) && same(self, old.parameter, new.parameter));
                matched.extend(*twin);
            }
        }
        let mut places = Vec::new();
        for (new, twin) in news.iter().zip(twins) {
            let Some((place, old)) = twin.and_then(|place| Some((place, olds.get(place)?))) else {
                found.push(self.parameter_added(*new));
                continue;
            };
            if old.required && new.required {
                places.push(place);
            }
            ParameterPair { operations: self, old: *old, new: *new }.compare(found);
        }
        if !places.is_sorted() {
            let detail = "takes its arguments in another order";
            let reordered = self.difference(ChangeKind::OperationArgumentsReordered, self.subject(), detail);
            found.push(reordered.breaks("Bring the arguments into that order."));
        }
        let gone = olds.iter().enumerate().filter(|(place, _)| !matched.contains(place));
        found.extend(gone.map(|(_, old)| self.parameter_removed(*old)));
    }

    fn parameter_subject(self, parameter: &Parameter) -> String {
        format!("the parameter {} of {}", parameter.name.wire, subject(self.new))
    }

    fn parameter_added(self, Argument { parameter, required }: Argument<'_>) -> Difference {
        let kind = if required { ChangeKind::RequiredParameterAdded } else { ChangeKind::ParameterAdded };
        let is_new = if required { "is new and required" } else { "is new" };
        let detail = format!("{is_new}: `{}`, sent {}", parameter.ty.rust_name(), location(parameter));
        let added = Difference::new(kind, self.parameter_subject(parameter), detail).in_new(&parameter.at);
        if required {
            let advice = format!("Give `{}` to `Client::{}`.", parameter.name.ident, self.new.name.ident);
            added.breaks(advice).on_wire(Wire::of(Fit::Never, Fit::Sometimes))
        } else {
            added.adds().on_wire(Wire::of(Fit::Always, Fit::Sometimes))
        }
    }

    fn parameter_removed(self, Argument { parameter, required }: Argument<'_>) -> Difference {
        let subject = self.parameter_subject(parameter);
        let removed = Difference::new(ChangeKind::ParameterRemoved, subject, "is gone").in_old(&parameter.at);
        let advice = if required {
            format!("Do not give `{}` to `Client::{}`.", parameter.name.ident, self.new.name.ident)
        } else {
            format!("Do not chain `.{}(…)`.", parameter.name.ident)
        };
        let new_client = if required { Fit::Never } else { Fit::Always };
        removed.breaks(advice).on_wire(Wire::of(Fit::Sometimes, new_client))
    }
}

/// Whether two parameters are the same one in the same location. Those of a path are identified by their place in it:
/// their names do not matter.
fn same_parameter(pair: OperationPair<'_>, old: &Parameter, new: &Parameter) -> bool {
    match (&old.location, &new.location) {
        (Location::Path, Location::Path) => {
            let place = |operation: &Operation, name: &str| {
                operation.path.split('{').skip(1).position(|rest| rest.split('}').next() == Some(name))
            };
            let (before, after) = (place(pair.old, &old.name.wire), place(pair.new, &new.name.wire));
            before.is_some() && before == after
        }
        // The names of headers are the same in upper and lower case (RFC 9110).
        (Location::Header, Location::Header) => old.name.wire.eq_ignore_ascii_case(&new.name.wire),
        (before, after) => discriminant(before) == discriminant(after) && same_name(pair, old, new),
    }
}

/// Whether two parameters are likely the same one in different locations.
fn same_name(_: OperationPair<'_>, old: &Parameter, new: &Parameter) -> bool {
    old.name.wire == new.name.wire
}

impl ParameterPair<'_> {
    fn difference(&self, kind: ChangeKind, detail: String) -> Difference {
        let (old, new) = (self.old.parameter, self.new.parameter);
        Difference::new(kind, self.operations.parameter_subject(new), detail).between(&old.at, &new.at)
    }

    fn compare(&self, found: &mut Vec<Difference>) {
        found.extend(self.type_changed());
        found.extend(self.presence_changed());
        found.extend(self.serialization_changed());
        found.extend(self.media_type_changed());
        found.extend(self.renamed());
        let (old, new) = (self.old.parameter, self.new.parameter);
        let subject = self.operations.parameter_subject(new);
        found.extend(documentation(subject, (&old.doc, &old.at), (&new.doc, &new.at)));
    }

    fn type_changed(&self) -> Option<Difference> {
        let (old, new) = (self.old.parameter, self.new.parameter);
        if self.operations.types.same(&old.ty, &new.ty) {
            return None;
        }
        let (was, is) = (old.ty.rust_name(), new.ty.rust_name());
        let changed = self.difference(ChangeKind::ParameterTypeChanged, format!("was `{was}` and is `{is}`"));
        let changed = changed.breaks(format!("Give `{}` as `{is}`.", new.name.ident));
        Some(changed.on_wire(self.on_wire()))
    }

    /// The fit of the values on the wire. Outside of a body everything is text.
    fn on_wire(&self) -> Wire {
        let (old, new) = (self.old.parameter, self.new.parameter);
        let types = self.operations.types;
        if [old, new].iter().any(|parameter| matches!(parameter.encoding, ParameterEncoding::Json(_))) {
            return types.sent(&old.ty, &new.ty);
        }
        // One value is written as a list of one value is, if each value is written by itself.
        match (&old.ty, &new.ty) {
            (old_ty, Type::List(element)) if reads_as_before(old, new) => {
                Wire { new_client: Fit::Sometimes.works(), ..types.sent_as_text(old_ty, element) }
            }
            (Type::List(element), new_ty) if reads_as_before(new, old) => {
                Wire { old_client: Fit::Sometimes.works(), ..types.sent_as_text(element, new_ty) }
            }
            (old, new) => types.sent_as_text(old, new),
        }
    }

    fn presence_changed(&self) -> Option<Difference> {
        let (ident, method) = (&self.new.parameter.name.ident, &self.operations.new.name.ident);
        match (self.old.required, self.new.required) {
            (false, true) => {
                let detail = "was optional and is required".to_owned();
                let changed = self.difference(ChangeKind::ParameterBecameRequired, detail);
                let changed = changed.breaks(format!("Give `{ident}` to `Client::{method}` instead of chaining it."));
                Some(changed.on_wire(Wire::of(Fit::Sometimes, Fit::Always)))
            }
            (true, false) => {
                let detail = "was required and is optional".to_owned();
                let changed = self.difference(ChangeKind::ParameterBecameOptional, detail);
                let advice = format!("Chain `.{ident}(…)` instead of giving it to `Client::{method}`.");
                Some(changed.breaks(advice).on_wire(Wire::of(Fit::Always, Fit::Sometimes)))
            }
            _ => None,
        }
    }

    fn serialization_changed(&self) -> Option<Difference> {
        let (old, new) = (self.old.parameter, self.new.parameter);
        let (before, after) = (location(old), location(new));
        // One value is written as a list of one value is, if each value is written by itself.
        if before == after || reads_as_before(old, new) || reads_as_before(new, old) {
            return None;
        }
        let detail = format!("was sent {before} and is sent {after}");
        let changed = self.difference(ChangeKind::ParameterSerializationChanged, detail);
        // A server decodes reserved characters either way.
        let same_but_reserved = super::serialization::location_without_reserved(old)
            == super::serialization::location_without_reserved(new);
        let wire = if same_but_reserved { Wire::SAME } else { Wire::of(Fit::Never, Fit::Never) };
        Some(changed.on_wire(wire))
    }

    fn media_type_changed(&self) -> Option<Difference> {
        let before = part_media_type(self.old.parameter)?;
        let after = part_media_type(self.new.parameter)?;
        if before == after {
            return None;
        }
        let detail = format!("was sent {before} and is sent {after}");
        let changed = self.difference(ChangeKind::ParameterMediaTypeChanged, detail);
        Some(changed.on_wire(Wire::of(Fit::Sometimes, Fit::Sometimes)))
    }

    /// Compares the names in Rust. Callers use those of setters, and not those of arguments.
    fn renamed(&self) -> Option<Difference> {
        let (was, is) = (&self.old.parameter.name.ident, &self.new.parameter.name.ident);
        if self.old.required || self.new.required || was == is {
            return None;
        }
        let detail = format!("was chained as `{was}` and is chained as `{is}`");
        let renamed = self.difference(ChangeKind::ParameterRenamed, detail);
        Some(renamed.breaks(format!("Write `{is}` for `{was}`.")))
    }
}
