//! Bodies in parts (`multipart/form-data`): each part is an argument or a setter of its own, so that a file can be any
//! stream.

use indexmap::IndexMap;
use serde_json::Value;

use super::body::Sent;
use super::media::{Media, is_json, sent_type};
use super::parameter::BODY;
use crate::diagnostic::{At, Pointer, Problem};
use crate::document::{self, Keyword, RequestBody, SchemaId};
use crate::lower::doc;
use crate::lower::types::Types;
use crate::model::{Body, Encoding, Location, Name, Parameter, Presence, Style, Styling, Type, Writing};
use crate::naming::{Ident, Scope};

/// Schemas that the properties of one body are gathered from.
const MAX_SCHEMAS: usize = 256;

/// A property of a body that is sent in parts.
pub(super) struct PartProperty {
    is_required: bool,
    schema: SchemaId,
}

/// The properties of an object, those of its `allOf` among them; `None` if it is no object of which they are known.
pub(super) fn properties<'d>(schema: SchemaId, types: &mut Types<'d>) -> Option<IndexMap<&'d str, PartProperty>> {
    let schemas = types.schemas;
    let mut properties: IndexMap<&'d str, PartProperty> = IndexMap::new();
    let mut required: Vec<&'d str> = Vec::new();
    let mut pending = vec![schema];
    let mut seen = 0_usize;
    while let Some(next) = pending.pop() {
        seen += 1;
        let schema = schemas.get(types.behind(next).filter(|_| seen <= MAX_SCHEMAS)?);
        if ["oneOf", "anyOf"].iter().any(|keyword| schema.has(keyword)) {
            return None;
        }
        for (wire, schema) in schema.properties() {
            properties.insert(wire, PartProperty { is_required: false, schema });
        }
        required.extend(schema.values("required").iter().filter_map(Value::as_str));
        pending.extend(schema.all(Keyword::AllOf));
    }
    for required in required {
        if let Some(property) = properties.get_mut(required) {
            property.is_required = true;
        }
    }
    (!properties.is_empty()).then_some(properties)
}

/// A body whose parts are `properties`.
pub(super) fn sent(
    described: &RequestBody,
    media: Media<'_>,
    properties: IndexMap<&str, PartProperty>,
    name: &str,
    (mut arguments, types): (Scope<Pointer>, &mut Types<'_>),
) -> Sent {
    // No argument is the body as a whole, so a part may have its name.
    arguments.free(BODY);
    let mut sent = Sent::default();
    let at = &media.described.at;
    for (wire, PartProperty { is_required, schema }) in properties {
        let encoding = media.described.encodings.by_name.get(wire);
        if encoding.is_some_and(|encoding| encoding.has_headers) {
            let problem = Problem::Ignored { what: "`headers` of a part".to_owned() };
            let place = at.child("encoding").child(wire).child("headers");
            types.found.note(place, problem, "a part has the headers that its value needs");
        }
        let words = types.doc(schema);
        let (ty, writing) = value(encoding, schema, &format!("{name} {wire}"), types);
        let place = types.schemas.pointer(schema);
        let (ident, collision) = arguments.claim(wire, place.clone());
        types.found.collided(wire, &ident, collision, At::of(&place));
        let name = Name { wire: wire.to_owned(), ident };
        // Of several the caller would have to choose one.
        let is_one = |media_type: &String| !media_type.contains([',', '*']);
        let media_type = encoding.and_then(|encoding| encoding.content_type.clone()).filter(is_one);
        let location = Location::Part(media_type);
        let part = Parameter { at: place, name, location, writing, ty, doc: words };
        // A body that may be left out as a whole has nothing that must be there.
        if is_required && described.required { sent.required.push(part) } else { sent.optional.push(part) }
    }
    sent.body = Some(Body {
        at: at.clone(),
        ident: Ident::chosen(BODY),
        presence: Presence::Optional,
        ty: Type::Unit,
        encoding: Encoding::Multipart,
        fields: Vec::new(),
        in_parts: true,
        media_type: sent_type(media).to_owned(),
        doc: doc([described.description.as_deref()]),
    });
    sent
}

/// The type of a part, and how it is written.
fn value(
    encoding: Option<&document::Encoding>,
    schema: SchemaId,
    name: &str,
    types: &mut Types<'_>,
) -> (Type, Writing) {
    let joined = encoding.and_then(|encoding| match encoding.style {
        Some(document::Style::Delimited(delimiters)) => Some(Styling {
            style: Style::Delimited(delimiters),
            explode: encoding.explode == Some(true),
            reserved: false,
        }),
        _ => None,
    });
    let styling = joined.unwrap_or(Styling { style: Style::Form, explode: true, reserved: false });
    let behind = types.behind(schema);
    if behind.is_some_and(|schema| is_file(schema, types)) {
        return (Type::Upload, Writing::Styled(styling));
    }
    if let Some(list) = behind.filter(|schema| types.only_kind(*schema) == Some("array"))
        && let Some(items) = types.schemas.get(list).one(Keyword::Items)
        && let Some(items) = types.behind(items)
        && is_file(items, types)
    {
        return (Type::List(Box::new(Type::Upload)), Writing::List(styling));
    }
    let ty = types.mention(name, schema).unwrap_nullable();
    let is_json = encoding.and_then(|encoding| encoding.content_type.as_deref()).is_some_and(is_json);
    match types.unaliased(&ty).clone() {
        _ if is_json => (ty, Writing::Json(styling)),
        Type::List(element) => {
            let element = types.unaliased(&element).clone();
            let writing = if types.is_scalar(&element) { Writing::List(styling) } else { Writing::Structured(styling) };
            (Type::List(Box::new(element)), writing)
        }
        plain if types.is_scalar(&plain) => (plain, Writing::Plain),
        _ => (ty, Writing::Json(styling)),
    }
}

/// Whether a value is a file: bytes as they are. Since 3.1 a schema of bytes need not say anything.
fn is_file(schema: SchemaId, types: &Types<'_>) -> bool {
    types.says_nothing(schema) || (types.only_kind(schema) == Some("string") && types.format(schema) == Some("binary"))
}
