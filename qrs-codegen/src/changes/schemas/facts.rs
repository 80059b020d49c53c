//! The facts of a schema beside its type, in both documents.

use serde_json::Value;

use super::constraints::{Changed, Constraints};
use super::node::SchemaNode;
use super::shape::Shape;
use super::{Documents, Usage};
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire, lifecycle};
use crate::diagnostic::Pointer;
use crate::document::{Keyword, Keywords, Lifecycle, Schema, SchemaId, Schemas};

/// The schemas of a node and their values.
struct Side<'a> {
    node: &'a SchemaNode,
    schemas: &'a Schemas,
}

impl<'a> Side<'a> {
    fn parts(&self) -> impl Iterator<Item = &'a Schema> {
        self.node.parts(self.schemas)
    }

    fn place(&self) -> Pointer {
        self.node.own.first().map(|id| self.schemas.pointer(*id)).unwrap_or_default()
    }

    fn default(&self) -> Option<&'a Value> {
        self.parts().find_map(|schema| schema.get("default"))
    }

    /// The values that an enumeration which may grow has so far.
    fn open_values(&self) -> Vec<&'a Value> {
        let lists = self.parts().filter_map(|schema| schema.get("x-extensible-enum")?.as_array());
        lists.flatten().collect()
    }

    fn lifecycle(&self) -> Lifecycle {
        let deprecated = self.parts().any(|schema| schema.get("deprecated") == Some(&Value::Bool(true)));
        let keys = self.parts().filter_map(Schema::keywords).flat_map(Keywords::iter);
        Lifecycle::new(deprecated, keys)
    }
}

/// Compares what both documents say at one place.
pub(super) fn compare(
    documents: Documents<'_>,
    (old, new): &(SchemaNode, SchemaNode),
    usage: &Usage,
    found: &mut Vec<Difference>,
) {
    let (old, new) =
        (Side { node: old, schemas: &documents.old.schemas }, Side { node: new, schemas: &documents.new.schemas });
    let places = (old.place(), new.place());
    let difference =
        |kind, detail: String| Difference::new(kind, usage.subject.clone(), detail).between(&places.0, &places.1);
    let changes = Constraints::of(old.node, old.schemas).changes_to(&Constraints::of(new.node, new.schemas));
    found.extend(changes.into_iter().map(|changed| constraint(changed, usage, &difference)));
    found.extend(shapes([&old, &new], usage, difference));
    found.extend(open_values(&old.open_values(), &new.open_values(), usage, difference));
    found.extend(default(old.default(), new.default(), usage, difference));
    let deprecation = lifecycle::compared(&old.lifecycle(), &new.lifecycle(), usage.deprecation, &difference);
    found.extend(deprecation);
}

/// The schemas of properties that a schema does not describe by name.
pub(super) fn further_properties(schema: &Schema) -> impl Iterator<Item = SchemaId> {
    [Keyword::AdditionalProperties, Keyword::UnevaluatedProperties]
        .into_iter()
        .filter_map(|keyword| schema.one(keyword))
}

fn constraint(
    (kind, detail): Changed,
    usage: &Usage,
    difference: &impl Fn(ChangeKind, String) -> Difference,
) -> Difference {
    let (old_to_new, new_to_old) = match kind {
        ChangeKind::ConstraintTightened => (Fit::Sometimes, Fit::Always),
        ChangeKind::ConstraintLoosened => (Fit::Always, Fit::Sometimes),
        _ => (Fit::Sometimes, Fit::Sometimes),
    };
    let (sent, received) = (Wire::of(old_to_new, new_to_old), Wire::of(new_to_old, old_to_new));
    let detail = format!("{detail} ({})", usage.directions.words());
    difference(kind, detail).on_wire(usage.directions.wire(sent, received))
}

/// Compares what a schema describes in the directions in which no Rust type shows it.
fn shapes(
    [old, new]: [&Side<'_>; 2],
    usage: &Usage,
    difference: impl Fn(ChangeKind, String) -> Difference,
) -> Vec<Difference> {
    let usage = &Usage { directions: usage.directions.without(usage.shown), ..usage.clone() };
    let directions = usage.directions;
    if !directions.sent && !directions.received {
        return Vec::new();
    }
    let [before, after] = [old, new].map(|side| Shape { node: side.node, schemas: side.schemas });
    let mut all: Vec<Difference> =
        before.changes_to(&after).into_iter().map(|it| constraint(it, usage, &difference)).collect();
    // A server may refuse a property that it does not know.
    let property = |kind, words: &str, name: &str, sent: Wire| {
        let detail = format!("{words} the property `{name}` ({})", directions.words());
        difference(kind, detail).on_wire(directions.wire(sent, Wire::SAME))
    };
    let added = Wire::of(Fit::Always, Fit::Sometimes);
    let removed = Wire::of(Fit::Sometimes, Fit::Always);
    all.extend(
        after.names_without(&before).into_iter().map(|name| property(ChangeKind::FieldAdded, "has", name, added)),
    );
    let gone = before.names_without(&after).into_iter();
    all.extend(gone.map(|name| property(ChangeKind::FieldRemoved, "no longer has", name, removed)));
    all
}

/// Compares the values of enumerations that may grow: a client that receives one expects others.
fn open_values(
    old: &[&Value],
    new: &[&Value],
    usage: &Usage,
    difference: impl Fn(ChangeKind, String) -> Difference,
) -> Vec<Difference> {
    // Without a list there is nothing that the values are compared with.
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let words = usage.directions.words();
    let wire = |old_client, new_client| usage.directions.wire(Wire::of(old_client, new_client), Wire::SAME);
    let added = new.iter().filter(|value| !old.contains(value)).map(|value| {
        let added = difference(ChangeKind::OpenValueAdded, format!("has the further open value {value} ({words})"));
        added.on_wire(wire(Fit::Always, Fit::Sometimes))
    });
    let removed = old.iter().filter(|value| !new.contains(value)).map(|value| {
        let removed =
            difference(ChangeKind::OpenValueRemoved, format!("no longer has the open value {value} ({words})"));
        removed.on_wire(wire(Fit::Sometimes, Fit::Always))
    });
    added.chain(removed).collect()
}

fn default(
    was: Option<&Value>,
    is: Option<&Value>,
    usage: &Usage,
    difference: impl Fn(ChangeKind, String) -> Difference,
) -> Option<Difference> {
    if was == is {
        return None;
    }
    let detail = match (was, is) {
        (Some(was), Some(is)) => format!("had the default `{was}` and has `{is}`"),
        (Some(was), None) => format!("had the default `{was}` and has none"),
        (None, Some(is)) => format!("had no default and has `{is}`"),
        (None, None) => return None,
    };
    let changed = difference(ChangeKind::DefaultChanged, detail);
    if !(usage.optional && usage.directions.sent) {
        return Some(changed);
    }
    let wire = Wire::of(Fit::Sometimes, Fit::Sometimes);
    Some(changed.on_wire(wire).advising("Give the value wherever the default was relied on."))
}
