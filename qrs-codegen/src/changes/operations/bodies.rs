//! Changes of request bodies.

use super::OperationPair;
use super::serialization::{changed_form_fields, form_field, form_style, has_same_style};
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire, documentation};
use crate::model::{Body, Presence};

impl OperationPair<'_> {
    pub(super) fn body(self, found: &mut Vec<Difference>) {
        match (&self.old.body, &self.new.body) {
            (None, None) => {}
            (None, Some(new)) => found.push(self.body_added(new)),
            (Some(old), None) => found.push(self.body_removed(old)),
            (Some(old), Some(new)) => BodyPair { operations: self, old, new }.compare(found),
        }
    }

    fn body_subject(self) -> String {
        format!("the body of {}", self.subject())
    }

    fn body_added(self, new: &Body) -> Difference {
        let required = new.presence == Presence::Required;
        let kind = if required { ChangeKind::RequiredBodyAdded } else { ChangeKind::BodyAdded };
        let detail = format!("is new: `{}`", new.ty.rust_name());
        let added = Difference::new(kind, self.body_subject(), detail).in_new(&new.at);
        if required {
            let advice = format!("Give it to `Client::{}`.", self.new.name.ident);
            added.breaks(advice).on_wire(Wire::of(Fit::Never, Fit::Sometimes))
        } else {
            added.adds().on_wire(Wire::of(Fit::Always, Fit::Sometimes))
        }
    }

    fn body_removed(self, old: &Body) -> Difference {
        let detail = format!("is gone; it was `{}`", old.ty.rust_name());
        let removed = Difference::new(ChangeKind::BodyRemoved, self.body_subject(), detail).in_old(&old.at);
        let advice = format!("Do not give it to `Client::{}`.", self.new.name.ident);
        let new_client = if old.presence == Presence::Required { Fit::Never } else { Fit::Always };
        removed.breaks(advice).on_wire(Wire::of(Fit::Sometimes, new_client))
    }
}

/// A request body in both revisions.
struct BodyPair<'a> {
    operations: OperationPair<'a>,
    old: &'a Body,
    new: &'a Body,
}

impl BodyPair<'_> {
    fn difference(&self, kind: ChangeKind, detail: String) -> Difference {
        Difference::new(kind, self.operations.body_subject(), detail).between(&self.old.at, &self.new.at)
    }

    fn compare(&self, found: &mut Vec<Difference>) {
        let (old, new) = (self.old, self.new);
        // Callers give a body in another encoding in another form, even if its type is the same.
        if !self.operations.types.same(&old.ty, &new.ty) || old.encoding != new.encoding {
            let (was, is) = (old.ty.rust_name(), new.ty.rust_name());
            let changed = self.difference(ChangeKind::BodyTypeChanged, format!("was `{was}` and is `{is}`"));
            let wire = self.operations.types.sent(&old.ty, &new.ty);
            found.push(changed.breaks(format!("Give it as `{is}`.")).on_wire(wire));
        }
        if old.media_type_argument.is_some() != new.media_type_argument.is_some() {
            let (detail, advice) = match &new.media_type_argument {
                Some(_) => ("is a range of media types now", "Give the media type beside it."),
                None => ("is no longer a range of media types", "Do not give a media type beside it."),
            };
            found.push(self.difference(ChangeKind::BodyTypeChanged, detail.to_owned()).breaks(advice.to_owned()));
        }
        if old.media_type != new.media_type {
            let detail = format!("was `{}` and is `{}`", old.media_type, new.media_type);
            let changed = self.difference(ChangeKind::BodyMediaTypeChanged, detail);
            found.push(changed.on_wire(Wire::of(Fit::Sometimes, Fit::Sometimes)));
        }
        found.extend(changed_form_fields(old, new).into_iter().map(|wire| self.form_field(wire)));
        found.extend(self.presence());
        let subject = self.operations.body_subject();
        found.extend(documentation(subject, (&old.doc, &old.at), (&new.doc, &new.at)));
    }

    fn form_field(&self, wire: &str) -> Difference {
        let (old, new) = (form_field(self.old, wire), form_field(self.new, wire));
        // Without an Encoding Object only an object is written otherwise than by an Encoding Object of the defaults.
        let fit = if has_same_style(old, new) { Fit::Sometimes } else { Fit::Never };
        let detail = format!("had `{wire}` written {}, and has it written {}", form_style(old), form_style(new));
        self.difference(ChangeKind::BodyFieldSerializationChanged, detail).on_wire(Wire::of(fit, fit))
    }

    fn presence(&self) -> Option<Difference> {
        if self.old.presence == self.new.presence {
            return None;
        }
        Some(if self.new.presence == Presence::Required {
            let changed = self.difference(ChangeKind::BodyBecameRequired, "was optional and is required".to_owned());
            let advice = format!("Give it to `Client::{}`.", self.operations.new.name.ident);
            changed.breaks(advice).on_wire(Wire::of(Fit::Sometimes, Fit::Always))
        } else {
            let changed = self.difference(ChangeKind::BodyBecameOptional, "was required and is optional".to_owned());
            changed.breaks(format!("Chain `.{}(…)`.", self.new.ident)).on_wire(Wire::of(Fit::Always, Fit::Sometimes))
        })
    }
}
