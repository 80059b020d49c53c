//! Media types and the encodings of their parts, read from the tree: `openapiv3` knows no more of them than 3.0 has.

use indexmap::IndexMap;
use serde_json::Value;

use super::operation::{OperationReader, component_name, cycle, dangling};
use super::schema::marked;
use super::{Encoding, Encodings, MediaType, SchemaId, Style};
use crate::diagnostic::At;
use crate::swagger;

const SECTION: &str = "mediaTypes";

/// The outcome of a reference to a media type that leads nowhere.
const OUTCOME: &str = "nothing is known of the content: it is any JSON, text or bytes";

impl<'d> OperationReader<'d> {
    /// Reads the media types of the `content` at `at`.
    pub(super) fn content(&mut self, at: At<'_>) -> Vec<MediaType> {
        let tree = self.tree;
        let entries = at.pointer().value_in(tree).and_then(Value::as_object);
        entries.into_iter().flatten().map(|(name, value)| self.media_type(name, value, at.child(name))).collect()
    }

    fn media_type(&mut self, name: &str, value: &Value, at: At<'_>) -> MediaType {
        let listed_at = at.pointer();
        let (value, at, component) = match self.described(value, at) {
            Some((value, Some(component))) => {
                let root = At::ROOT;
                let components = root.child("components");
                (value, components.child(SECTION).child(&component).pointer(), Some(component))
            }
            Some((value, None)) => (value, at.pointer(), None),
            None => (&Value::Null, at.pointer(), None),
        };
        MediaType {
            component,
            name: name.to_owned(),
            schema: schema_id(value, "schema"),
            item_schema: schema_id(value, "itemSchema"),
            encodings: encodings(value, At::of(&at)),
            at,
            listed_at,
        }
    }

    /// The description of a media type, references followed, and the component that it is.
    fn described<'v>(&mut self, given: &'v Value, at: At<'_>) -> Option<(&'v Value, Option<String>)>
    where
        'd: 'v,
    {
        let entries = self.tree.get("components").and_then(|components| components.get(SECTION));
        let entries = entries.and_then(Value::as_object);
        let mut current = given;
        let mut component = None;
        for _ in 0..=entries.map_or(0, serde_json::Map::len) {
            let Some(reference) = current.get("$ref").and_then(Value::as_str) else {
                return Some((current, component));
            };
            let entry = component_name(reference, SECTION).and_then(|name| {
                let entry = entries.and_then(|entries| entries.get(&name));
                let names = entries.into_iter().flat_map(|entries| entries.keys());
                entry.map(|entry| (name, entry)).ok_or_else(|| dangling(reference, names))
            });
            match entry {
                Ok((name, entry)) => (component, current) = (Some(name), entry),
                Err(refusal) => {
                    self.found.push(refusal.diagnostic(at, OUTCOME));
                    return None;
                }
            }
        }
        self.found.push(cycle(at, OUTCOME));
        None
    }
}

fn schema_id(value: &Value, key: &str) -> Option<SchemaId> {
    value.get(key)?.get("$ref")?.as_str().and_then(marked)
}

/// The encodings that a Media Type Object or an Encoding Object at `at` has for its parts.
fn encodings(value: &Value, at: At<'_>) -> Encodings {
    let by_name = value.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let prefix = value.get("prefixEncoding").and_then(Value::as_array).into_iter().flatten();
    let (names, places) = (at.child("encoding"), at.child("prefixEncoding"));
    let by_name = by_name.map(|(name, value)| (name.clone(), encoding(value, names.child(name))));
    let prefix = prefix.enumerate().map(|(index, value)| encoding(value, places.index(index)));
    Encodings {
        by_name: by_name.collect::<IndexMap<_, _>>(),
        prefix: prefix.collect(),
        item: value.get("itemEncoding").map(|value| Box::new(encoding(value, at.child("itemEncoding")))),
    }
}

fn encoding(value: &Value, at: At<'_>) -> Encoding {
    let headers = value.get("headers").and_then(Value::as_object);
    let is_disposition = |name: &String| name.eq_ignore_ascii_case("content-disposition");
    let headers = headers.filter(|headers| !headers.is_empty());
    Encoding {
        content_type: value.get("contentType").and_then(Value::as_str).map(str::to_owned),
        headers: headers.map(|_| at.child("headers").pointer()),
        has_only_disposition: headers.is_some_and(|headers| headers.keys().all(is_disposition)),
        disposition: headers.and_then(|headers| {
            let mut named = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-disposition"));
            named.find_map(|(_, header)| schema_id(header, "schema"))
        }),
        style: swagger::delimiters_in(value).map(Style::Delimited).or_else(|| style(value.get("style")?.as_str()?)),
        explode: value.get("explode").and_then(Value::as_bool),
        allow_reserved: value.get("allowReserved").and_then(Value::as_bool).unwrap_or_default(),
        inner: encodings(value, at),
    }
}

/// The style of a part of a form, which is one of those of a query parameter.
fn style(name: &str) -> Option<Style> {
    Some(match name {
        "form" => Style::Form,
        "spaceDelimited" => Style::SpaceDelimited,
        "pipeDelimited" => Style::PipeDelimited,
        "deepObject" => Style::DeepObject,
        _ => return None,
    })
}
