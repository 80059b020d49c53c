//! The schemas of server-sent events: objects with `event`, `data`, `id` and `retry`. Their data is text, which may be
//! that of a JSON value.

use std::collections::{HashMap, HashSet};

use super::Types;
use super::kinds::Kinds;
use crate::document::{Document, Keyword, MediaType, SchemaId, Schemas};

/// The fields of an event (HTML Standard, section 9.2.6); a comment is none, but some documents have it.
const FIELDS: &[&str] = &["event", "data", "id", "retry", "comment"];

/// Schemas that one event is made of, at most.
const MAX_PARTS: usize = 512;

impl Types<'_> {
    /// Whether a schema describes events as a whole, and not their data.
    pub(in crate::lower) fn is_event(&self, schema: SchemaId) -> bool {
        let parts = parts(self.schemas, schema);
        let properties = parts.iter().flat_map(|part| self.schemas.get(*part).properties());
        let names: HashSet<&str> = properties.map(|(name, _)| name).collect();
        (names.contains("event") || names.contains("data")) && names.iter().all(|name| FIELDS.contains(name))
    }
}

/// The properties of events whose values are JSON within text, each with the schema of that JSON.
pub(super) fn embedded(document: &Document) -> HashMap<SchemaId, SchemaId> {
    let schemas = &document.schemas;
    let mut embedded = HashMap::new();
    for item in media_types(document).filter_map(|media| item(media, schemas)) {
        for part in parts(schemas, item) {
            let data = schemas.get(part).properties().filter(|(name, _)| *name == "data");
            for (_, property) in data {
                if let Some(content) = content(schemas, property) {
                    embedded.insert(property, content);
                }
            }
        }
    }
    embedded
}

fn media_types(document: &Document) -> impl Iterator<Item = &MediaType> {
    let all = document.operations.iter().flat_map(|operation| {
        let body = operation.request_body.iter().flat_map(|body| &body.content);
        body.chain(operation.responses.iter().flat_map(|response| &response.content))
    });
    all.filter(|media| media.name.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

/// The schema of each item of a sequence: its `itemSchema`, or the `items` of the list that it is as a whole.
pub(in crate::lower) fn item(media: &MediaType, schemas: &Schemas) -> Option<SchemaId> {
    media.item_schema.or_else(|| {
        let whole = schemas.behind(media.schema?)?;
        schemas.get(whole).one(Keyword::Items).filter(|_| Kinds::of(schemas.get(whole)) == Some(Kinds::LIST))
    })
}

/// The schemas that hold of a value, or may hold of it.
fn parts(schemas: &Schemas, schema: SchemaId) -> Vec<SchemaId> {
    let mut parts = Vec::new();
    let mut seen = HashSet::new();
    let mut pending = vec![schema];
    while let Some(next) = pending.pop() {
        if parts.len() >= MAX_PARTS || !seen.insert(next) {
            continue;
        }
        parts.push(next);
        let schema = schemas.get(next);
        pending.extend(schema.reference().and_then(|reference| reference.target.as_ref().ok()));
        for keyword in [Keyword::AllOf, Keyword::OneOf, Keyword::AnyOf] {
            pending.extend(schema.all(keyword));
        }
    }
    parts
}

/// The schema of the JSON that a text holds.
fn content(schemas: &Schemas, property: SchemaId) -> Option<SchemaId> {
    let parts = parts(schemas, property);
    let is_json = |schema: SchemaId| {
        let media_type = schemas.get(schema).text("contentMediaType");
        media_type.is_none_or(|media_type| media_type.to_ascii_lowercase().contains("json"))
    };
    let content =
        parts.iter().find_map(|part| schemas.get(*part).one(Keyword::ContentSchema).filter(|_| is_json(*part)));
    if content.is_some() {
        return content;
    }
    let kinds: Vec<Kinds> = parts.iter().filter_map(|part| Kinds::of(schemas.get(*part))).collect();
    let is_text = kinds.iter().any(|kinds| !kinds.and(Kinds::STRING).is_empty());
    let is_described = !kinds.is_empty() || parts.iter().any(|part| schemas.get(*part).properties().next().is_some());
    // What is said to be an object travels as text all the same.
    (is_described && !is_text).then_some(property)
}
