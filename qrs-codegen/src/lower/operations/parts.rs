//! Bodies in parts (`multipart/form-data` and the like): each part is an argument or a setter of its own, so that a file can be any
//! stream.

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde_json::Value;

use super::body::SentBody;
use super::media::{Media, is_json, sent_type};
use super::parameter::BODY;
use crate::diagnostic::{At, Pointer, Problem};
use crate::document::{self, Keyword, RequestBody, SchemaId};
use crate::lower::doc;
use crate::lower::types::Types;
use crate::model::{Body, Encoding, Location, Name, Parameter, ParameterEncoding, Presence, Style, Styling, Type};
use crate::naming::{Ident, Scope};

/// Schemas that the properties of one body are gathered from.
const MAX_SCHEMAS: usize = 256;

/// A property of a body that is sent in parts.
pub(super) struct PartProperty {
    is_required: bool,
    schema: SchemaId,
}

/// The parts of a body, as the properties of an object.
pub(super) struct Parts<'d> {
    properties: IndexMap<&'d str, PartProperty>,
    /// The schema of the parts whose names the caller chooses.
    further: Option<SchemaId>,
}

/// The parts that an object describes, those of its `allOf` among them; `None` if it is no object of which they are known.
pub(super) fn of<'d>(schema: SchemaId, types: &mut Types<'d>) -> Option<Parts<'d>> {
    let schemas = types.schemas;
    let mut properties: IndexMap<&'d str, PartProperty> = IndexMap::new();
    let mut required: Vec<&'d str> = Vec::new();
    let mut further = None;
    let mut pending = VecDeque::from([schema]);
    let mut seen = 0_usize;
    while let Some(next) = pending.pop_front() {
        seen += 1;
        let schema = schemas.get(types.behind(next).filter(|_| seen <= MAX_SCHEMAS)?);
        if ["oneOf", "anyOf"].iter().any(|keyword| schema.has(keyword)) {
            return None;
        }
        for (wire, schema) in schema.properties() {
            properties.insert(wire, PartProperty { is_required: false, schema });
        }
        required.extend(schema.values("required").iter().filter_map(Value::as_str));
        let additional = schema.one(Keyword::AdditionalProperties);
        further = further.or(additional.filter(|more| schemas.get(*more).as_bool() != Some(false)));
        pending.extend(schema.all(Keyword::AllOf));
    }
    for required in required {
        if let Some(property) = properties.get_mut(required) {
            property.is_required = true;
        }
    }
    (!properties.is_empty()).then_some(Parts { properties, further })
}

/// The argument or setter of the parts whose names the caller chooses.
const FURTHER: &str = "additional_part";

/// A body that is sent in parts.
pub(super) fn sent(
    described: &RequestBody,
    media: Media<'_>,
    Parts { properties, further }: Parts<'_>,
    name: &str,
    (mut arguments, types): (Scope<Pointer>, &mut Types<'_>),
) -> SentBody {
    // No argument is the body as a whole, so a part may have its name.
    arguments.free(BODY);
    let mut sent = SentBody::default();
    let at = &media.described.at;
    let part_order = properties.keys().map(|name| (*name).to_owned()).collect();
    for (wire, PartProperty { is_required, schema }) in properties {
        let encoding = media.described.encodings.by_name.get(wire);
        if encoding.is_some_and(|encoding| encoding.has_headers) {
            let problem = Problem::Ignored { what: "`headers` of a part".to_owned() };
            let place = at.child("encoding").child(wire).child("headers");
            types.found.note(place, problem, "a part has the headers that its value needs");
        }
        let value = value(encoding, schema, &format!("{name} {wire}"), types);
        let part = part(wire, schema, value, &mut arguments, types);
        // A body that may be left out as a whole has nothing that must be there.
        if is_required && described.required { sent.required.push(part) } else { sent.optional.push(part) }
    }
    if let Some(schema) = further {
        let PartValue { ty, encoding, media_type } = value(None, schema, &format!("{name} part"), types);
        let at = types.schemas.pointer(schema);
        let name = Name { wire: FURTHER.to_owned(), ident: arguments.claim(FURTHER, at.clone()).0 };
        let (location, doc) = (Location::FurtherPart(media_type), types.doc(schema));
        sent.optional.push(Parameter { at, name, location, encoding, ty, doc });
    }
    sent.body = Some(body(described, media, part_order));
    sent
}

/// A body whose parts are arguments and setters, with the order of its parts.
pub(super) fn body(described: &RequestBody, media: Media<'_>, part_order: Vec<String>) -> Body {
    Body {
        at: media.described.at.clone(),
        ident: Ident::chosen(BODY),
        presence: Presence::Optional,
        ty: Type::Unit,
        encoding: Encoding::Multipart,
        fields: Vec::new(),
        in_parts: true,
        part_order,
        is_unnamed: false,
        media_type: sent_type(media).unwrap_or(media.name).to_owned(),
        media_type_argument: None,
        doc: doc([described.description.as_deref()]),
    }
}

/// The argument or setter of a part.
pub(super) fn part(
    wire: &str,
    schema: SchemaId,
    PartValue { ty, encoding, media_type }: PartValue,
    arguments: &mut Scope<Pointer>,
    types: &mut Types<'_>,
) -> Parameter {
    let at = types.schemas.pointer(schema);
    let (ident, collision) = arguments.claim(wire, at.clone());
    types.found.collided(wire, &ident, collision, At::of(&at));
    let name = Name { wire: wire.to_owned(), ident };
    Parameter { doc: types.doc(schema), at, name, location: Location::Part(media_type), encoding, ty }
}

/// The type of a part, how it is written, and its media type if one is said.
pub(super) struct PartValue {
    pub(super) ty: Type,
    pub(super) encoding: ParameterEncoding,
    pub(super) media_type: Option<String>,
}

/// The value of a part of this schema.
pub(super) fn value(
    encoding: Option<&document::Encoding>,
    schema: SchemaId,
    name: &str,
    types: &mut Types<'_>,
) -> PartValue {
    let joined = encoding.and_then(|encoding| match encoding.style {
        Some(document::Style::Delimited(delimiters)) => Some(Styling {
            style: Style::Delimited(delimiters),
            explode: encoding.explode == Some(true),
            reserved: false,
        }),
        _ => None,
    });
    let styling = joined.unwrap_or(Styling { style: Style::Form, explode: true, reserved: false });
    // Of several the caller would have to choose one.
    let is_one = |media_type: &String| !media_type.contains([',', '*']);
    let said = encoding.and_then(|encoding| encoding.content_type.clone()).filter(is_one);
    let has_parts = encoding.is_some_and(|encoding| encoding.inner.are_given());
    let nested = said.as_deref().filter(|said| said.starts_with("multipart/"));
    if let Some(media_type) = nested.or(has_parts.then_some("multipart/mixed")) {
        let what = "parts within a part";
        types.found.note_unsupported(types.schemas.pointer(schema), what, "the caller gives the part as a whole");
        let media_type = Some(media_type.to_owned());
        return PartValue { ty: Type::Upload, encoding: ParameterEncoding::Styled(styling), media_type };
    }
    let behind = types.behind(schema);
    let items = behind.filter(|schema| types.only_kind(*schema) == Some("array"));
    let items = items.and_then(|list| types.schemas.get(list).one(Keyword::Items));
    let items = items.and_then(|items| types.behind(items));
    let own =
        |schema: SchemaId, types: &Types<'_>| types.schemas.get(schema).text("contentMediaType").map(str::to_owned);
    if let Some(schema) = behind.filter(|schema| is_file(*schema, types)) {
        let media_type = said.or_else(|| own(schema, types));
        return PartValue { ty: Type::Upload, encoding: ParameterEncoding::Styled(styling), media_type };
    }
    if let Some(items) = items.filter(|items| is_file(*items, types)) {
        let media_type = said.or_else(|| own(items, types));
        return PartValue {
            ty: Type::List(Box::new(Type::Upload)),
            encoding: ParameterEncoding::List(styling),
            media_type,
        };
    }
    let ty = types.mention(name, schema).unwrap_nullable();
    let is_json = said.as_deref().is_some_and(is_json);
    let media_type = said.or_else(|| [behind, items].into_iter().flatten().find_map(|schema| own(schema, types)));
    let (ty, encoding) = match types.unaliased(&ty).clone() {
        _ if is_json => (ty, ParameterEncoding::Json(styling)),
        Type::List(element) => {
            let element = types.unaliased(&element).clone();
            let encoding = if types.is_scalar(&element) {
                ParameterEncoding::List(styling)
            } else {
                ParameterEncoding::Structured(styling)
            };
            (Type::List(Box::new(element)), encoding)
        }
        plain if types.is_scalar(&plain) => (plain, ParameterEncoding::Plain),
        _ => (ty, ParameterEncoding::Json(styling)),
    };
    PartValue { ty, encoding, media_type }
}

/// Whether a value is a file: bytes as they are. Since 3.1 a schema of bytes need not say anything, or says their media
/// type alone. What it says to be a string of a media type of text stays one.
fn is_file(schema: SchemaId, types: &Types<'_>) -> bool {
    let kind = types.only_kind(schema);
    let keywords = types.schemas.get(schema);
    let is_content = || {
        let media_type = keywords.text("contentMediaType").filter(|_| !keywords.has("contentEncoding"));
        let is_text = |media_type: &str| media_type.starts_with("text/") || is_json(media_type);
        let has_other = ["properties", "items", "enum", "const", "oneOf", "anyOf", "allOf"];
        match kind {
            Some("string") => media_type.is_some_and(|media_type| !is_text(media_type)),
            None => media_type.is_some() && !has_other.iter().any(|key| keywords.has(key)),
            Some(_) => false,
        }
    };
    types.says_nothing(schema) || (kind == Some("string") && types.format(schema) == Some("binary")) || is_content()
}
