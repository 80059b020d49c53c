//! Media types: which of them are described, and how each is written and read.

use indexmap::IndexMap;
use openapiv3::MediaType;

use super::Lowering;
use super::schema::{format_of, only_kind, says_nothing};
use super::security::is_token;
use crate::diagnostic::{At, Diagnostic, Problem};
use crate::model::{Encoding, Streamed, Type};

/// A media type of a body or an answer, and what is said of it.
#[derive(Clone, Copy)]
pub(super) struct Media<'a> {
    pub(super) name: &'a str,
    pub(super) described: &'a MediaType,
    pub(super) encoding: Encoding,
}

impl<'a> Lowering<'a> {
    /// The media types of a `content`, the one that the client would rather speak first: what is typed comes before
    /// what is text, and that before bytes. Those alike keep their order.
    pub(super) fn media(&mut self, content: &'a IndexMap<String, MediaType>, at: At<'_>) -> Vec<Media<'a>> {
        for media_type in content.keys().filter(|media_type| !is_media_type(media_type)) {
            let problem = Problem::UnknownValue { value: media_type.clone() };
            let help = "it is left out: a media type has the form `type/subtype` (RFC 9110, section 8.3.1)";
            self.found.push(Diagnostic::warning(at.child(media_type).pointer(), problem).on_key().help(help));
        }
        let mut all: Vec<Media<'a>> = content
            .iter()
            .filter(|(name, _)| is_media_type(name))
            .map(|(name, described)| Media { name, described, encoding: self.encoding(name, at.child(name)) })
            .collect();
        all.sort_by_key(|media| match media.encoding {
            Encoding::Json => 0,
            Encoding::Form => 1,
            Encoding::Multipart => 2,
            // What never ends is no text to wait for.
            Encoding::Text if streamed(media.name).is_some() => 5,
            Encoding::Text => 3,
            Encoding::Bytes | Encoding::Empty | Encoding::ByStatus => 4,
        });
        all
    }

    /// How a media type is written and read (RFC 9110, section 8.3.1; RFC 6838, section 4.2.8 for `+json`). Of a range
    /// of media types, its schema tells.
    fn encoding(&mut self, media_type: &str, at: At<'_>) -> Encoding {
        let essence = essence(media_type);
        if is_json(media_type) {
            return Encoding::Json;
        }
        if essence == "application/x-www-form-urlencoded" {
            return Encoding::Form;
        }
        if essence == "multipart/form-data" || essence == "multipart/*" {
            return Encoding::Multipart;
        }
        if essence == "*/*" || essence == "application/*" {
            return self.likely(at.child("schema"));
        }
        if is_text(&essence) { Encoding::Text } else { Encoding::Bytes }
    }

    /// What a value of a schema would most likely be sent as.
    fn likely(&mut self, at: At<'_>) -> Encoding {
        let Some((schema, _)) = self.schema_behind(at) else { return Encoding::Bytes };
        match only_kind(schema) {
            Some("string") if format_of(schema) != Some("binary") => Encoding::Text,
            Some("string") => Encoding::Bytes,
            None if says_nothing(schema) => Encoding::Bytes,
            _ => Encoding::Json,
        }
    }

    /// What a caller gives or gets for a media type.
    pub(super) fn content_type(&mut self, media: Media<'a>, name: &str, at: At<'_>) -> Type {
        let at = at.child("schema");
        match (media.encoding, &media.described.schema) {
            (Encoding::Json | Encoding::Form, Some(_)) => self.mention(name, at),
            (Encoding::Json | Encoding::Form, None) => Type::Json,
            (Encoding::Text, _) => match self.schema_behind(at) {
                Some((schema, _)) if format_of(schema) == Some("password") => Type::Secret,
                // Text is text, whatever a schema makes of it.
                _ => Type::String,
            },
            (Encoding::Bytes | Encoding::Multipart, _) => Type::Bytes,
            (Encoding::Empty | Encoding::ByStatus, _) => Type::Unit,
        }
    }

    /// Says that media types are left out, and why.
    pub(super) fn left_unsaid(&mut self, names: &[&str], help: &str, at: At<'_>) {
        if names.is_empty() {
            return;
        }
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        self.mention_aside(at, Problem::Ignored { what: names.join(", ") }, help);
    }
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

fn is_text(essence: &str) -> bool {
    let known = ["application/xml", "application/yaml", "application/x-yaml", "application/graphql"];
    essence.starts_with("text/") || known.contains(&essence) || essence.ends_with("+xml") || streamed(essence).is_some()
}

/// What comes piece by piece in a media type, of those that are made for it.
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

/// What is sent where a document describes a range of media types.
pub(super) fn sent_type(media: Media<'_>) -> &str {
    match (media.name.contains('*'), media.encoding) {
        (false, _) => media.name,
        (true, Encoding::Json) => "application/json",
        (true, Encoding::Multipart) => "multipart/form-data",
        (true, Encoding::Text) => "text/plain",
        (true, _) => "application/octet-stream",
    }
}

/// A word for a media type, for what is called after it.
pub(super) fn word(media: Media<'_>) -> String {
    let essence = essence(media.name);
    let subtype = essence.split_once('/').map_or(essence.as_str(), |(_, subtype)| subtype);
    match (media.encoding, subtype) {
        (Encoding::Form, _) => "form".to_owned(),
        (Encoding::Multipart, _) => "multipart".to_owned(),
        (_, "plain") => "text".to_owned(),
        (_, "octet-stream" | "*") => "bytes".to_owned(),
        (_, subtype) => subtype.replace('*', "any").replace("x-", "").replace('+', " "),
    }
}
