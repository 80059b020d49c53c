//! The lines of a report: changes by what they ask for, and those of one resource as one.

use super::{Bump, Change, Changes, Effect, Element, Works};
use crate::changes::{Action, ChangeKind};

/// A heading of the report.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading {
    Breaking,
    OldClients,
    Additive,
    Compatible,
}

impl Heading {
    pub(super) const ALL: [Self; 4] = [Self::Breaking, Self::OldClients, Self::Additive, Self::Compatible];

    pub(super) fn of(change: &Change) -> Self {
        match change.bump() {
            Bump::Breaking => Self::Breaking,
            _ if change.wire.old_client != Works::Yes => Self::OldClients,
            Bump::Additive => Self::Additive,
            Bump::Compatible | Bump::None => Self::Compatible,
        }
    }

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Breaking => "Breaking",
            Self::OldClients => "Old clients may fail",
            Self::Additive => "Additive",
            Self::Compatible => "Compatible",
        }
    }
}

/// A line of the report.
pub(super) enum ReportLine<'a> {
    One(&'a Change),
    /// Changes that a resource brings along, with its name.
    Resource(&'a str, Vec<&'a Change>),
}

impl<'a> ReportLine<'a> {
    /// The lines under a heading, in order.
    pub(super) fn under(section: Heading, changes: &'a Changes) -> Vec<Self> {
        let mut entries: Vec<Self> = Vec::new();
        for change in changes.iter().filter(|change| Heading::of(change) == section) {
            let Some(resource) = change.resource.as_deref() else {
                entries.push(Self::One(change));
                continue;
            };
            let is_same = |entry: &&mut Self| match entry {
                Self::Resource(name, parts) => *name == resource && is_new(parts) == is_new(&[change]),
                Self::One(_) => false,
            };
            match entries.iter_mut().find(is_same) {
                Some(Self::Resource(_, parts)) => parts.push(change),
                _ => entries.push(Self::Resource(resource, vec![change])),
            }
        }
        entries
    }
}

fn is_new(parts: &[&Change]) -> bool {
    parts.first().is_some_and(|change| change.kind.action() == Action::Added)
}

/// A resource in words: `resource: Stream is new: 20 operations, 5 types`.
pub(super) fn resource(name: &str, parts: &[&Change]) -> String {
    let count = |element: Element, word: &str| {
        let count = parts.iter().filter(|change| change.kind.element() == element).count();
        (count > 0).then(|| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    };
    let counts: Vec<String> =
        [count(Element::Operation, "operation"), count(Element::Type, "type")].into_iter().flatten().collect();
    let is = if is_new(parts) { "is new" } else { "is gone" };
    format!("resource: {name} {is}: {}", counts.join(", "))
}

/// The number of resources that are new or gone, for the summary.
pub(super) fn resources(changes: &Changes) -> String {
    let names = |kind: ChangeKind| {
        let mut names: Vec<&str> = changes
            .iter()
            .filter(|change| change.kind == kind)
            .filter_map(|change| change.resource.as_deref())
            .collect();
        names.dedup();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    let words = |count: usize, state: &str| match count {
        0 => String::new(),
        1 => format!("; 1 {state} resource"),
        count => format!("; {count} {state} resources"),
    };
    words(names(ChangeKind::OperationAdded), "new") + &words(names(ChangeKind::OperationRemoved), "removed")
}

/// The effects of a change on callers and on the wire, in words, where it has any.
pub(super) fn effects(change: &Change) -> Option<String> {
    let wire = change.wire;
    let mut parts = Vec::new();
    if change.rust != Effect::None {
        parts.push(format!("Rust callers: {}", change.rust));
    }
    if wire.old_client != Works::Yes {
        parts.push(format!("old client, new server: {}", wire.old_client));
    }
    if wire.new_client != Works::Yes {
        parts.push(format!("new client, old server: {}", wire.new_client));
    }
    if change.overlay {
        parts.push("made by the overlay".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
