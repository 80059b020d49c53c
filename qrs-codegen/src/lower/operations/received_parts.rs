//! Responses in parts: which of them are read, and as what.

use super::media::{Media, is_json};
use super::{ordered_parts, parts};
use crate::document::{Encoding as PartEncoding, SchemaId};
use crate::lower::types::Types;
use crate::model::Encoding;

/// How a response in parts is read: as a list or an object, if JSON can hold each of its parts, and otherwise as bytes.
pub(super) fn encoding(media: Media<'_>, types: &mut Types<'_>) -> Encoding {
    let described = media.described;
    if let Some(parts) = described.schema.and_then(|schema| parts::of(schema, types)) {
        let parts = parts::named(parts.properties, &described.encodings);
        // One part of a list cannot be told from a part that is no list.
        let is_list =
            |schema: SchemaId, types: &mut Types<'_>| types.behind(schema).is_none_or(|schema| types.is_list(schema));
        let are_read = parts.iter().all(|part| {
            let is_json = said(part.encoding).is_some_and(is_json);
            is_read(part.encoding, part.schema, types) && (is_json || !is_list(part.schema, types))
        });
        return if are_read { Encoding::NamedParts } else { Encoding::Bytes };
    }
    match ordered_parts::of_media(media, types) {
        Some(all) if all.is_unnamed && all.parts.iter().all(|part| is_read(part.encoding, part.schema, types)) => {
            Encoding::PartList
        }
        _ => Encoding::Bytes,
    }
}

fn said(encoding: Option<&PartEncoding>) -> Option<&str> {
    encoding.and_then(|encoding| encoding.content_type.as_deref())
}

/// Whether a part is JSON, or text that its schema expects.
fn is_read(encoding: Option<&PartEncoding>, schema: SchemaId, types: &mut Types<'_>) -> bool {
    let said = said(encoding);
    if parts::inner_type(encoding).is_some() {
        return false;
    }
    if said.is_some_and(is_json) {
        return true;
    }
    let Some(schema) = types.behind(schema).filter(|schema| !parts::is_file(*schema, types)) else { return false };
    match types.only_kind(schema) {
        Some("string") => said.is_none_or(|said| said.starts_with("text/")),
        Some("integer" | "number" | "boolean") => false,
        _ => said.is_none(),
    }
}
