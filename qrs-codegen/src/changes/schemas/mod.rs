//! Changes of schemas that no Rust type shows: constraints, defaults and deprecation.
//!
//! Such a fact is read from the schema itself, at the place that the model names. References are not followed: a schema
//! that has a name is compared where it is declared.

mod constraints;

use std::cell::RefCell;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::fit::Fit;
use super::types::Directions;
use super::{ChangeKind, Difference, Element, Wire};
use crate::diagnostic::Pointer;
use constraints::Constraints;

/// The documents of both revisions.
#[derive(Clone, Copy)]
pub(super) struct Documents<'a> {
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
}

/// A place in both documents.
pub(super) struct PlacePair {
    old: Pointer,
    new: Pointer,
}

/// How the values of a schema are used.
#[derive(Clone)]
pub(super) struct Usage {
    /// The name of what has the schema.
    pub(super) subject: String,
    pub(super) directions: Directions,
    /// Whether a caller may leave the value out, so that its default counts.
    pub(super) optional: bool,
    /// The kind of a `deprecated` mark.
    pub(super) deprecation: ChangeKind,
}

/// Arrays, maps and alternatives within each other that are looked into.
const MAX_DEPTH: usize = 16;

impl PlacePair {
    pub(super) fn new(old: &Pointer, new: &Pointer) -> Self {
        Self { old: old.clone(), new: new.clone() }
    }

    /// The values of the same keys.
    pub(super) fn child(&self, keys: &[&str]) -> Self {
        let child = |place: &Pointer| keys.iter().fold(place.clone(), |place, key| place.child(*key));
        Self { old: child(&self.old), new: child(&self.new) }
    }

    /// The values in both documents; `None` if one of them has none.
    fn values<'a>(&self, documents: Documents<'a>) -> Option<(&'a Value, &'a Value)> {
        Some((self.old.value_in(documents.old)?, self.new.value_in(documents.new)?))
    }

    /// The places that these lead to, if there are references at them.
    fn targets(&self, documents: Documents<'_>) -> Option<Self> {
        Some(Self { old: target(&self.old, documents.old)?, new: target(&self.new, documents.new)? })
    }

    fn difference(&self, kind: ChangeKind, usage: &Usage, detail: String) -> Difference {
        Difference::new(kind, usage.subject.clone(), detail).between(&self.old, &self.new)
    }
}

/// The place itself, or the one that a reference at it leads to.
fn target(place: &Pointer, document: &Value) -> Option<Pointer> {
    match place.value_in(document)?.get("$ref").and_then(Value::as_str) {
        Some(reference) => Pointer::parse(reference.strip_prefix('#')?),
        None => Some(place.clone()),
    }
}

/// Compares schemas, each pair of them once.
pub(super) struct SchemaComparison<'a> {
    documents: Documents<'a>,
    seen: RefCell<HashSet<(Pointer, Pointer)>>,
}

impl<'a> SchemaComparison<'a> {
    pub(super) fn new(documents: Documents<'a>) -> Self {
        Self { documents, seen: RefCell::default() }
    }

    /// Compares the schemas at a place, with those of their elements and values.
    pub(super) fn compare(&self, places: &PlacePair, usage: &Usage, found: &mut Vec<Difference>) {
        self.schemas(places, usage, MAX_DEPTH, found);
    }

    /// Whether the objects at a place forbid properties that they do not describe, in the older and the newer document.
    pub(super) fn are_closed(&self, places: &PlacePair) -> (bool, bool) {
        let is_closed = |schema: &Value| schema.get("additionalProperties") == Some(&Value::Bool(false));
        places.values(self.documents).map_or((false, false), |(old, new)| (is_closed(old), is_closed(new)))
    }

    /// Compares the parameters at a place, or the parts of a body, which are schemas.
    pub(super) fn parameter(&self, places: &PlacePair, usage: &Usage, found: &mut Vec<Difference>) {
        let Some((old, new)) = places.values(self.documents) else { return };
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return };
        if !(old.contains_key("in") && new.contains_key("in")) {
            return self.compare(places, usage, found);
        }
        found.extend(deprecation(places, usage, old, new));
        self.compare(&places.child(&["schema"]), usage, found);
        self.contents(places, usage, found);
    }

    /// Compares the responses of an operation at a place, by status code.
    pub(super) fn responses(&self, operation: &PlacePair, subject: &str, found: &mut Vec<Difference>) {
        let responses = operation.child(&["responses"]);
        for status in self.common_keys(&responses) {
            let Some(places) = responses.child(&[status]).targets(self.documents) else { continue };
            let usage = Usage {
                subject: format!("the response {status} of {subject}"),
                directions: Directions { sent: false, received: true },
                optional: false,
                deprecation: ChangeKind::TypeDeprecated,
            };
            self.contents(&places, &usage, found);
            let headers = places.child(&["headers"]);
            for header in self.common_keys(&headers) {
                let Some(places) = headers.child(&[header]).targets(self.documents) else { continue };
                let subject = format!("the response header {header} of {subject}");
                let usage = Usage { subject, deprecation: ChangeKind::FieldDeprecated, ..usage.clone() };
                self.compare(&places.child(&["schema"]), &usage, found);
            }
        }
    }

    /// Compares the schemas of the media types at a place.
    fn contents(&self, places: &PlacePair, usage: &Usage, found: &mut Vec<Difference>) {
        let content = places.child(&["content"]);
        for media_type in self.common_keys(&content) {
            self.compare(&content.child(&[media_type, "schema"]), usage, found);
        }
    }

    /// The keys that the objects at a place have in both documents.
    fn common_keys(&self, places: &PlacePair) -> Vec<&'a str> {
        let objects = places.values(self.documents).and_then(|(old, new)| Some((old.as_object()?, new.as_object()?)));
        let Some((old, new)) = objects else { return Vec::new() };
        new.keys().map(String::as_str).filter(|key| old.contains_key(*key)).collect()
    }

    fn schemas(&self, places: &PlacePair, usage: &Usage, depth: usize, found: &mut Vec<Difference>) {
        let is_new = self.seen.borrow_mut().insert((places.old.clone(), places.new.clone()));
        let Some((old, new)) = places.values(self.documents).filter(|_| is_new && depth > 0) else { return };
        let (Some(old), Some(new)) = (behind(old, new, self.documents.old), behind(new, old, self.documents.new))
        else {
            return;
        };
        found.extend(constraints(places, usage, old, new));
        found.extend(default(places, usage, old, new));
        found.extend(deprecation(places, usage, old, new));
        for (key, parts) in [("items", "elements"), ("additionalProperties", "values")] {
            if old.get(key).is_some_and(Value::is_object) && new.get(key).is_some_and(Value::is_object) {
                let subject = format!("the {parts} of {}", usage.subject);
                let usage = Usage { subject, optional: false, ..usage.clone() };
                self.schemas(&places.child(&[key]), &usage, depth - 1, found);
            }
        }
        for key in ["oneOf", "anyOf"] {
            let length = |schema: &Map<String, Value>| schema.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            for index in (0..length(old)).filter(|_| length(old) == length(new)) {
                let subject = format!("alternative {} of {}", index + 1, usage.subject);
                let usage = Usage { subject, optional: false, ..usage.clone() };
                self.schemas(&places.child(&[key, &index.to_string()]), &usage, depth - 1, found);
            }
        }
    }
}

/// The schema itself, or the one that it refers to if the other revision describes it in place.
fn behind<'a>(schema: &'a Value, other: &Value, document: &'a Value) -> Option<&'a Map<String, Value>> {
    let reference = schema.get("$ref").and_then(Value::as_str).filter(|_| other.get("$ref").is_none());
    match reference {
        Some(reference) => Pointer::parse(reference.strip_prefix('#')?)?.value_in(document)?.as_object(),
        None => schema.as_object(),
    }
}

fn constraints(
    places: &PlacePair,
    usage: &Usage,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Vec<Difference> {
    let changes = Constraints::of(old).changes_to(&Constraints::of(new));
    let difference = |(kind, detail): (ChangeKind, String)| {
        let (old_to_new, new_to_old) = match kind {
            ChangeKind::ConstraintTightened => (Fit::Sometimes, Fit::Always),
            ChangeKind::ConstraintLoosened => (Fit::Always, Fit::Sometimes),
            _ => (Fit::Sometimes, Fit::Sometimes),
        };
        let (sent, received) = (Wire::of(old_to_new, new_to_old), Wire::of(new_to_old, old_to_new));
        let detail = format!("{detail} ({})", usage.directions.words());
        places.difference(kind, usage, detail).on_wire(usage.directions.wire(sent, received))
    };
    changes.into_iter().map(difference).collect()
}

fn default(
    places: &PlacePair,
    usage: &Usage,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Option<Difference> {
    let (was, is) = (old.get("default"), new.get("default"));
    if was == is {
        return None;
    }
    let detail = match (was, is) {
        (Some(was), Some(is)) => format!("had the default `{was}` and has `{is}`"),
        (Some(was), None) => format!("had the default `{was}` and has none"),
        (None, Some(is)) => format!("had no default and has `{is}`"),
        (None, None) => return None,
    };
    let changed = places.difference(ChangeKind::DefaultChanged, usage, detail);
    if !(usage.optional && usage.directions.sent) {
        return Some(changed);
    }
    let wire = Wire::of(Fit::Sometimes, Fit::Sometimes);
    Some(changed.on_wire(wire).advising("Give the value wherever the default was relied on."))
}

fn deprecation(
    places: &PlacePair,
    usage: &Usage,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Option<Difference> {
    deprecated(places, usage, is_deprecated(old), is_deprecated(new), sunset(new))
}

/// A `deprecated` mark that was set or withdrawn.
fn deprecated(places: &PlacePair, usage: &Usage, old: bool, new: bool, sunset: Option<&str>) -> Option<Difference> {
    match (old, new) {
        (false, true) => {
            let until = sunset.map(|date| format!(", until {date}")).unwrap_or_default();
            let deprecated = places.difference(usage.deprecation, usage, format!("is deprecated{until}"));
            Some(deprecated.advising("Look for a replacement."))
        }
        (true, false) => {
            let kind = ChangeKind::DeprecationWithdrawn;
            Some(places.difference(kind, usage, "is no longer deprecated".to_owned()))
        }
        _ => None,
    }
}

fn is_deprecated(object: &Map<String, Value>) -> bool {
    object.get("deprecated") == Some(&Value::Bool(true))
}

/// The date of `x-sunset`, which says until when something deprecated still works.
fn sunset(object: &Map<String, Value>) -> Option<&str> {
    object.get("x-sunset").and_then(Value::as_str)
}

/// Removes changes of doc comments that say nothing but what other changes say already: constraints, defaults and
/// deprecation are part of a doc comment.
pub(super) fn remove_repetitions(documents: Documents<'_>, found: &mut Vec<Difference>) {
    let facts: Vec<(Pointer, Pointer)> = found
        .iter()
        .filter(|found| {
            let element = found.kind.element();
            matches!(element, Element::Constraint | Element::Default | Element::Deprecation)
        })
        .filter_map(|found| found.old.clone().zip(found.new.clone()))
        .collect();
    found.retain(|found| {
        let (Some(old), Some(new)) = (&found.old, &found.new) else { return true };
        let is_repeated = |(old_fact, new_fact): &(Pointer, Pointer)| {
            old_fact.strip_prefix(old).is_some() && new_fact.strip_prefix(new).is_some()
        };
        found.kind != ChangeKind::DocumentationChanged
            || words(documents.old, old) != words(documents.new, new)
            || !facts.iter().any(is_repeated)
    });
}

/// The texts for people at a place.
fn words<'a>(document: &'a Value, place: &Pointer) -> Vec<Option<&'a Value>> {
    let own = place.value_in(document);
    let schema = own.and_then(|own| own.get("schema"));
    let keys = ["title", "summary", "description"];
    [own, schema].into_iter().flat_map(|holder| keys.map(|key| holder.and_then(|holder| holder.get(key)))).collect()
}
