//! Media types: which of them are described, and how each is written and read.

use crate::diagnostic::{Diagnostic, Problem};
use crate::document::{MediaType, SchemaId};
use crate::lower::security::is_token;
use crate::lower::types::{Types, events};
use crate::model::{Encoding, ItemForm, Streamed, Type};

/// A media type of a body, and how it is written and read.
#[derive(Clone, Copy)]
pub(super) struct Media<'d> {
    pub(super) name: &'d str,
    pub(super) described: &'d MediaType,
    pub(super) encoding: Encoding,
}

/// The media types of a `content`, the one that the client would rather speak first: typed ones come before text, and
/// text before bytes. Those alike keep their order.
pub(super) fn preferred<'d>(content: &'d [MediaType], types: &mut Types<'_>) -> Vec<Media<'d>> {
    for media_type in content.iter().filter(|media_type| !is_media_type(&media_type.name)) {
        let problem = Problem::UnknownValue { value: media_type.name.clone() };
        let help = "it is left out: a media type has the form `type/subtype` (RFC 9110, section 8.3.1)";
        types.found.push(Diagnostic::warning(media_type.at.clone(), problem).on_key().help(help));
    }
    let mut all: Vec<Media<'d>> = content
        .iter()
        .filter(|media_type| is_media_type(&media_type.name))
        .map(|described| Media { name: &described.name, described, encoding: encoding(described, types) })
        .collect();
    all.sort_by_key(|media| match media.encoding {
        Encoding::Json => 0,
        Encoding::Form => 1,
        Encoding::Multipart => 2,
        // A text that never ends is none to wait for.
        Encoding::Items(_) => 5,
        Encoding::Text if streamed(media.name).is_some() => 5,
        Encoding::Text => 3,
        Encoding::Bytes | Encoding::PartList | Encoding::NamedParts | Encoding::Empty | Encoding::ByStatus => 4,
    });
    all
}

/// The encoding of a media type (RFC 9110, section 8.3.1; RFC 6838, section 4.2.8 for `+json`). Of a range of
/// media types, its schema tells.
fn encoding(described: &MediaType, types: &mut Types<'_>) -> Encoding {
    let essence = essence(&described.name);
    if is_json(&described.name) {
        return Encoding::Json;
    }
    if let Some((_, form)) = items(described, types) {
        return Encoding::Items(form);
    }
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Encoding::Form,
        essence if essence.starts_with("multipart/") => Encoding::Multipart,
        "*/*" | "application/*" => likely_encoding(described.schema, types),
        essence if is_text(essence) => Encoding::Text,
        _ => Encoding::Bytes,
    }
}

/// The encoding that a value of a schema would most likely be sent in.
fn likely_encoding(schema: Option<SchemaId>, types: &mut Types<'_>) -> Encoding {
    let Some(schema) = schema.and_then(|schema| types.behind(schema)) else { return Encoding::Bytes };
    match types.only_kind(schema) {
        Some("string") if types.format(schema) != Some("binary") => Encoding::Text,
        Some("string") => Encoding::Bytes,
        None if types.says_nothing(schema) => Encoding::Bytes,
        _ => Encoding::Json,
    }
}

/// The type that a caller gives or gets for a media type.
pub(super) fn content_type(media: Media<'_>, name: &str, types: &mut Types<'_>) -> Type {
    // A description that several bodies share lends its name to the type.
    let name = media.described.component.as_deref().unwrap_or(name);
    match (media.encoding, media.described.schema) {
        (Encoding::PartList, None) => {
            let item = media.described.item_schema.map(|item| types.mention(&format!("{name} item"), item));
            Type::List(Box::new(item.unwrap_or(Type::Json)))
        }
        (Encoding::Json | Encoding::Form | Encoding::PartList | Encoding::NamedParts, Some(schema)) => {
            types.mention(name, schema)
        }
        (Encoding::Json | Encoding::Form | Encoding::NamedParts, None) => Type::Json,
        (Encoding::Items(_), _) => match items(media.described, types) {
            Some((item, _)) => Type::List(Box::new(types.mention(&format!("{name} item"), item))),
            None => Type::Json,
        },
        (Encoding::Text, schema) => match schema.and_then(|schema| types.behind(schema)) {
            Some(schema) if types.format(schema) == Some("password") => Type::Secret,
            // Text is text, whatever a schema makes of it.
            _ => Type::String,
        },
        (Encoding::Bytes | Encoding::Multipart, _) => Type::Bytes,
        (Encoding::Empty | Encoding::ByStatus, _) => Type::Unit,
    }
}

/// The schema and the form of the items of a sequence, where a document describes them.
pub(super) fn items(described: &MediaType, types: &Types<'_>) -> Option<(SchemaId, ItemForm)> {
    let kind = streamed(&described.name)?;
    let item = events::item(described, types.schemas)?;
    let form = match kind {
        Streamed::Bytes => return None,
        Streamed::Events if types.is_event(item) => ItemForm::Event,
        Streamed::Events => ItemForm::EventData,
        Streamed::Lines if essence(&described.name).ends_with("json-seq") => ItemForm::Record,
        Streamed::Lines => ItemForm::Line,
    };
    Some((item, form))
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON, or a form of it.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let (_, subtype) = essence.split_once('/').unwrap_or_default();
    subtype == "json" || subtype.ends_with("+json")
}

/// Whether the type of a body of a media type shows what its schema describes. A caller gives and gets any other one as it
/// is, as text or bytes.
pub(crate) fn has_typed_body(media_type: &str) -> bool {
    let essence = essence(media_type);
    is_json(media_type)
        || streamed(media_type).is_some()
        || essence.starts_with("multipart/")
        || ["application/x-www-form-urlencoded", "*/*", "application/*"].contains(&essence.as_str())
}

/// Whether a media type is that of text without a form.
pub(super) fn is_plain_text(media_type: &str) -> bool {
    essence(media_type) == "text/plain"
}

/// Whether a media type is one of text.
pub(super) fn is_text(media_type: &str) -> bool {
    let essence = &*essence(media_type);
    let known = ["application/xml", "application/yaml", "application/x-yaml", "application/graphql"];
    essence.starts_with("text/") || known.contains(&essence) || essence.ends_with("+xml") || streamed(essence).is_some()
}

/// The pieces of a media type that is made for streams.
pub(super) fn streamed(media_type: &str) -> Option<Streamed> {
    match essence(media_type).as_str() {
        "text/event-stream" => Some(Streamed::Events),
        "application/jsonl"
        | "application/x-jsonl"
        | "application/jsonlines"
        | "application/x-ndjson"
        | "application/ndjson"
        | "application/json-seq"
        | "application/stream+json"
        | "application/x-json-stream" => Some(Streamed::Lines),
        essence if essence.ends_with("+json-seq") => Some(Streamed::Lines),
        _ => None,
    }
}

/// Whether a media type is that of a page: what comes where a caller is not logged in, whatever was asked for.
pub(super) fn is_page(media_type: &str) -> bool {
    matches!(essence(media_type).as_str(), "text/html" | "application/xhtml+xml")
}

/// A type and a subtype, each a token or `*`, and printable parameters after them.
fn is_media_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parts = essence.trim().split_once('/');
    parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && parameters.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// The `Content-Type` that is sent. Of a range of them, the encoding may leave one; otherwise the caller has to choose.
pub(super) fn sent_type(media: Media<'_>) -> Option<&str> {
    match (media.name.contains('*'), media.encoding) {
        (false, _) => Some(media.name),
        (true, Encoding::Json) => Some("application/json"),
        (true, Encoding::Multipart) => Some("multipart/form-data"),
        (true, _) => None,
    }
}

/// A word for a media type, for what is called after it.
pub(super) fn word(media: Media<'_>) -> String {
    let essence = essence(media.name);
    let subtype = essence.split_once('/').map_or(essence.as_str(), |(_, subtype)| subtype);
    match (media.encoding, subtype) {
        (Encoding::Form, _) => "form".to_owned(),
        (Encoding::Multipart, "form-data" | "*") => "multipart".to_owned(),
        (Encoding::Multipart, subtype) => format!("multipart {subtype}"),
        (_, "plain") => "text".to_owned(),
        (_, "octet-stream") => "bytes".to_owned(),
        (_, "*") if essence == "*/*" => "bytes".to_owned(),
        (_, "*") => essence.replace("/*", " any"),
        (_, subtype) => subtype.replace('*', "any").replace("x-", "").replace('+', " "),
    }
}
