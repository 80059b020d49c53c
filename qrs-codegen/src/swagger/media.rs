//! Media types: those that `consumes` and `produces` list, and what a body is described by for each.

use std::collections::HashSet;
use std::rc::Rc;

use serde_json::{Value, json};

use super::{Object, Rewriter, place_of, size};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};

/// Media types of one list.
const MAX_MEDIA_TYPES: usize = 64;

/// Values of a schema that is repeated for each media type. A larger one is repeated by reference.
pub(super) const MAX_REPEATED: usize = 64;

/// The media types of an operation's bodies, and where they are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct MediaTypes {
    pub(super) names: Rc<[String]>,
    /// Nothing if they are listed nowhere.
    pub(super) at: Option<Pointer>,
}

impl MediaTypes {
    /// Takes a list out of the object that holds it; nothing if it has none.
    pub(super) fn take(holder: &mut Object, key: &str, at: At<'_>, found: &mut Vec<Diagnostic>) -> Option<MediaTypes> {
        let Value::Array(items) = holder.shift_remove(key)? else { return None };
        let at = at.child(key);
        let mut seen = HashSet::new();
        let names = items.into_iter().filter_map(|item| match item {
            Value::String(name) => Some(name),
            _ => None,
        });
        let mut names: Vec<String> = names.filter(|name| seen.insert(name.clone())).collect();
        if names.len() > MAX_MEDIA_TYPES {
            let problem = Problem::Ignored { what: "a part of the media types".to_owned() };
            let help = format!("the first {MAX_MEDIA_TYPES} of them are looked at");
            found.push(Diagnostic::warning(at.pointer(), problem).help(help));
            names.truncate(MAX_MEDIA_TYPES);
        }
        Some(MediaTypes { names: names.into(), at: Some(at.pointer()) })
    }

    /// These; or else the one that is usual where none is listed.
    pub(super) fn or_else(&self, usual: &str) -> Rc<[String]> {
        if self.names.is_empty() { Rc::new([usual.to_owned()]) } else { Rc::clone(&self.names) }
    }
}

/// The media type without its parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is in a range, such as `*/*`.
pub(super) fn covers(range: &str, media_type: &str) -> bool {
    let range = essence(range);
    let is_in = |kind: &str| media_type.split('/').next() == Some(kind);
    range == "*/*" || range.strip_suffix("/*").is_some_and(is_in)
}

/// Whether a media type is JSON, or a form of it.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Whether a schema is that of bytes as they are: what `type: file` was mended to.
pub(super) fn is_file(schema: &Value) -> bool {
    let is = |key: &str, value: &str| schema.get(key).is_some_and(|found| found == value);
    is("type", "string") && is("format", "binary")
}

impl Rewriter {
    /// A `content` that is to stand at `to`: one schema for each of the media types.
    pub(super) fn content(
        &mut self,
        names: &[String],
        schema: Option<Value>,
        (schema_at, media_at): (At<'_>, Option<Pointer>),
        to: At<'_>,
    ) -> Object {
        let media_at = media_at.unwrap_or_else(|| schema_at.pointer());
        self.origins.note_content(to, media_at, schema_at);
        let mut content = Object::new();
        let Some(schema) = schema else {
            content.extend(names.iter().map(|name| (name.clone(), json!({}))));
            return content;
        };
        let Some((first, others)) = names.split_first() else { return content };
        let repeated = if size(&schema) <= MAX_REPEATED {
            schema.clone()
        } else {
            let first = to.child(first);
            place_of(first.child("schema"))
        };
        content.insert(first.clone(), json!({ "schema": schema }));
        let each = size(&repeated) + 1;
        for name in others {
            if !self.count(each, schema_at) {
                break;
            }
            content.insert(name.clone(), json!({ "schema": repeated }));
        }
        content
    }
}
