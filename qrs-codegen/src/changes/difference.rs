//! A difference between two models, before its places are looked up in the texts.

use super::fit::Fit;
use super::locations::Locations;
use super::{Change, ChangeKind, Effect, SourceLocation, Wire, Works};
use crate::diagnostic::{Pointer, whole};
use crate::model::Doc;

/// A difference between two models, with pointers instead of places.
pub(super) struct Difference {
    pub(super) kind: ChangeKind,
    pub(super) subject: String,
    pub(super) detail: String,
    pub(super) old: Option<Pointer>,
    pub(super) new: Option<Pointer>,
    rust: Effect,
    wire: Wire,
    advice: Option<String>,
    likely: bool,
    /// The resource that is new or gone, and that it is a part of.
    pub(super) resource: Option<String>,
}

impl Difference {
    /// A difference that nobody notices until the methods below say otherwise.
    pub(super) fn new(kind: ChangeKind, subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.into(),
            detail: detail.into(),
            old: None,
            new: None,
            rust: Effect::None,
            wire: Wire::SAME,
            advice: None,
            likely: false,
            resource: None,
        }
    }

    /// Sets the place in the older document.
    pub(super) fn in_old(mut self, at: &Pointer) -> Self {
        self.old = Some(at.clone());
        self
    }

    /// Sets the place in the newer document.
    pub(super) fn in_new(mut self, at: &Pointer) -> Self {
        self.new = Some(at.clone());
        self
    }

    /// Sets the places in both documents.
    pub(super) fn between(self, old: &Pointer, new: &Pointer) -> Self {
        self.in_old(old).in_new(new)
    }

    /// Marks it as one that breaks Rust callers, who have to follow `advice`.
    pub(super) fn breaks(mut self, advice: impl Into<String>) -> Self {
        self.rust = Effect::Breaks;
        self.advising(advice)
    }

    /// Marks it as one that Rust callers can use.
    pub(super) fn adds(mut self) -> Self {
        self.rust = Effect::Adds;
        self
    }

    /// Marks it as one that Rust callers get a warning of.
    pub(super) fn warns(mut self) -> Self {
        self.rust = Effect::Warns;
        self
    }

    /// Sets what a user has to do.
    pub(super) fn advising(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Sets what a client and a server of different revisions make of it.
    pub(super) fn on_wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }

    /// Marks it as a guess.
    pub(super) fn likely(mut self, likely: bool) -> Self {
        self.likely = likely;
        self
    }

    /// Looks up the places. `overlays` are the names of the overlays of both sides.
    pub(super) fn located(self, old: &Locations, new: &Locations, overlays: &[Vec<&str>; 2]) -> Change {
        let Self { kind, rust, wire, likely, .. } = self;
        let advice = self.advice.or_else(|| wire.rollout().map(str::to_owned));
        // These texts quote the documents, and go to terminals, logs and changelogs.
        let [subject, detail] = [self.subject, self.detail].map(|text| whole(&text).to_string());
        let advice = advice.map(|text| whole(&text).to_string());
        let resource = self.resource.map(|text| whole(&text).to_string());
        let old = self.old.and_then(|pointer| old.get(&pointer));
        let new = self.new.and_then(|pointer| new.get(&pointer));
        let is_in_overlay = |location: &Option<SourceLocation>, overlays: &[&str]| {
            location.as_ref().is_none_or(|location| overlays.contains(&location.file.as_str()))
        };
        let overlay =
            (old.is_some() || new.is_some()) && is_in_overlay(&old, &overlays[0]) && is_in_overlay(&new, &overlays[1]);
        Change { kind, subject, detail, old, new, rust, wire, advice, likely, overlay, resource, approval: None }
    }
}

impl Wire {
    pub(super) fn of(old_client: Fit, new_client: Fit) -> Self {
        Self { old_client: old_client.works(), new_client: new_client.works() }
    }

    /// The same for values that may be absent.
    pub(super) fn at_worst_sometimes(self) -> Self {
        let Self { old_client, new_client } = self;
        Self { old_client: old_client.min(Works::Maybe), new_client: new_client.min(Works::Maybe) }
    }

    /// The order in which clients and servers are to be updated.
    fn rollout(self) -> Option<&'static str> {
        match (self.old_client, self.new_client) {
            (Works::Yes, Works::Yes) => None,
            (_, Works::Yes) => Some("Update clients before the server."),
            (Works::Yes, _) => Some("Update the server before clients."),
            (_, _) => Some("Update clients and the server together."),
        }
    }
}

/// A change of a description alone.
pub(super) fn documentation(subject: String, old: (&Doc, &Pointer), new: (&Doc, &Pointer)) -> Option<Difference> {
    let difference = || Difference::new(ChangeKind::DocumentationChanged, subject, "has another description");
    (old.0 != new.0).then(|| difference().between(old.1, new.1))
}
