//! Changes of schemas that no Rust type shows: constraints, defaults, deprecation and marks of stability.
//!
//! They are read from both `Document`s, not from the models: a model is the crate to be written, and none of this is
//! written into it but words. The documents have references resolved and one form for all versions of the specification,
//! and tell which operation uses a schema at which place, so that each fact has the directions of its own place.

mod constraints;
mod facts;
mod node;
mod opaque;
mod parts;
mod repetitions;
mod shape;
mod walk;

use std::collections::HashMap;

use super::lifecycle::{self, Mark};
use super::operations::Matches;
use super::types::{Directions, TypePairs};
use super::{ChangeKind, Difference};
use crate::diagnostic::Pointer;
use crate::document::{Document, SchemaId, Schemas};
use crate::model::Api;
use node::SchemaNode;
pub(super) use repetitions::remove_repetitions;
use walk::Walk;
pub(super) use walk::counterpart;

/// The documents of both revisions.
#[derive(Clone, Copy)]
pub(super) struct Documents<'a> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
}

/// The use of the values of a schema.
#[derive(Clone)]
struct Usage {
    /// The name of what has the schema.
    subject: String,
    directions: Directions,
    /// The directions in which Rust types show what the schema describes.
    shown: Directions,
    /// Whether a caller may leave the value out, so that its default counts.
    optional: bool,
    /// The mark of what is deprecated.
    deprecation: Mark,
}

impl Usage {
    /// The use of the values within, of several that are alike.
    fn within(&self, parts: &str) -> Self {
        self.of(&format!("the {parts}"))
    }

    /// The use of a part of the values.
    fn of(&self, part: &str) -> Self {
        let deprecation = Mark { is_named: false, ..self.deprecation };
        Self { subject: format!("{part} of {}", self.subject), optional: false, deprecation, ..self.clone() }
    }
}

/// Schemas by their places.
pub(super) struct Places(HashMap<Pointer, SchemaId>);

impl Places {
    fn of(schemas: &Schemas) -> Self {
        Self(schemas.ids().map(|id| (schemas.pointer(id), id)).collect())
    }

    fn get(&self, place: &Pointer) -> Option<SchemaId> {
        self.0.get(place).copied()
    }
}

/// The documents of both revisions, with the places of their schemas.
pub(super) struct SchemaComparison<'a> {
    documents: Documents<'a>,
    old: Places,
    new: Places,
}

impl<'a> SchemaComparison<'a> {
    pub(super) fn new(documents: Documents<'a>) -> Self {
        let (old, new) = (Places::of(&documents.old.schemas), Places::of(&documents.new.schemas));
        Self { documents, old, new }
    }

    /// Compares all schemas: those that operations use at their places there, and the declared types that none uses.
    pub(super) fn compare(&self, api: &Api, matches: &Matches<'_>, types: &TypePairs<'_>, found: &mut Vec<Difference>) {
        let named = api.items.iter().filter_map(|item| Some((self.new.get(item.at())?, item.name().wire.clone())));
        let mut walk = Walk::new(self.documents, named.collect());
        let operation = |document: &'a Document, at: &Pointer| document.operations.iter().find(|it| it.at == *at);
        for (old, new, subject) in matches.pairs_of_places() {
            if let (Some(old), Some(new)) = (operation(self.documents.old, old), operation(self.documents.new, new)) {
                walk.operation(old, new, &subject);
                lifecycle::compare(old, new, &subject, found);
                parts::compare(self.documents, (old, new), &subject, found);
            }
        }
        for (old, new) in types.places() {
            if let (Some(old), Some(new)) = (self.old.get(old), self.new.get(new)) {
                let (directions, shown) = (Directions::NONE, Directions::NONE);
                let deprecation = Mark { kind: ChangeKind::TypeDeprecated, is_named: true };
                walk.enter(old, new, Usage { subject: String::new(), directions, shown, optional: false, deprecation });
            }
        }
        for (pair, usage) in walk.finish() {
            facts::compare(self.documents, &pair, &usage, found);
        }
    }

    /// Whether the objects at a place forbid properties that they do not describe, in the older and the newer document.
    pub(super) fn are_closed(&self, old: &Pointer, new: &Pointer) -> (bool, bool) {
        let is_closed = |id: Option<SchemaId>, schemas: &Schemas| {
            let node = id.map(|id| SchemaNode::at(id, schemas).flattened(schemas));
            let forbids = |id: SchemaId| schemas.get(id).as_bool() == Some(false);
            node.is_some_and(|node| {
                let mut parts = node.parts(schemas);
                parts.any(|schema| facts::further_properties(schema).any(forbids))
            })
        };
        let (olds, news) = (&self.documents.old.schemas, &self.documents.new.schemas);
        (is_closed(self.old.get(old), olds), is_closed(self.new.get(new), news))
    }
}
