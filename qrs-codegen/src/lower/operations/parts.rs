//! Bodies in parts (`multipart/form-data` and the like): each part is an argument or a setter of its own, so that a file can be any
//! stream.

use std::collections::VecDeque;

use indexmap::IndexMap;

use super::body::SentBody;
use super::gathered_parts::{DescribedPart, FURTHER, Gathering, PartCount};
use super::media::{self, Media, is_json};
use crate::diagnostic::{Diagnostic, Pointer, Problem};
use crate::document::{self, Keyword, RequestBody, SchemaId};
use crate::lower::types::Types;
use crate::model::{ParameterEncoding, Style, Styling, Type};
use crate::naming::Scope;

/// Schemas that the properties of one body are gathered from.
const MAX_SCHEMAS: usize = 256;

/// A property of a body that is sent in parts.
pub(super) struct PartProperty {
    is_required: bool,
    schema: SchemaId,
}

/// The parts of a body, as the properties of an object.
pub(super) struct Parts<'d> {
    pub(super) properties: IndexMap<&'d str, PartProperty>,
    /// The schema of the parts whose names the caller chooses.
    further: Option<SchemaId>,
    /// The required parts that no schema describes, with the places that require them.
    undescribed: Vec<(&'d str, Pointer)>,
}

/// The parts whose names the caller chooses.
pub(super) enum FurtherParts {
    Described(SchemaId),
    /// Of any kind; the place that asks for them.
    Any(Pointer),
}

/// The parts that an object describes, those of its `allOf` and of its conditions among them; `None` if it is no object of
/// which they are known.
pub(super) fn of<'d>(schema: SchemaId, types: &mut Types<'d>) -> Option<Parts<'d>> {
    let schemas = types.schemas;
    let mut properties: IndexMap<&'d str, PartProperty> = IndexMap::new();
    let mut required: Vec<(&'d str, Pointer)> = Vec::new();
    let (mut further, mut is_closed) = (None, false);
    let mut pending = VecDeque::from([(schema, false)]);
    let mut seen = 0_usize;
    while let Some((next, is_conditional)) = pending.pop_front() {
        seen += 1;
        let id = types.behind(next).filter(|_| seen <= MAX_SCHEMAS)?;
        let schema = schemas.get(id);
        if !is_conditional && ["oneOf", "anyOf"].iter().any(|keyword| schema.has(keyword)) {
            return None;
        }
        for (wire, schema) in schema.properties() {
            let property = PartProperty { is_required: false, schema };
            if is_conditional {
                properties.entry(wire).or_insert(property);
            } else {
                properties.insert(wire, property);
            }
        }
        pending.extend(schema.all(Keyword::AllOf).map(|part| (part, is_conditional)));
        for keyword in [Keyword::Then, Keyword::Else, Keyword::DependentSchemas] {
            pending.extend(schema.all(keyword).map(|part| (part, true)));
        }
        if !is_conditional {
            let at = schemas.pointer(id).child("required");
            let names = schema.values("required").iter().enumerate();
            required.extend(names.filter_map(|(index, name)| Some((name.as_str()?, at.child(index.to_string())))));
            let additional = schema.one(Keyword::AdditionalProperties);
            let is_false = |more: &SchemaId| schemas.get(*more).as_bool() == Some(false);
            is_closed |= additional.as_ref().is_some_and(is_false);
            further = further.or(additional.filter(|more| !is_false(more)));
        }
    }
    let mut undescribed = Vec::new();
    for (name, at) in required {
        match properties.get_mut(name) {
            Some(property) => property.is_required = true,
            None if is_closed => {}
            None => undescribed.push((name, at)),
        }
    }
    (!properties.is_empty()).then_some(Parts { properties, further, undescribed })
}

/// A body that is sent in parts.
pub(super) fn sent(
    described: &RequestBody,
    media: Media<'_>,
    Parts { properties, further, undescribed }: Parts<'_>,
    name: &str,
    (arguments, types): (Scope<Pointer>, &mut Types<'_>),
) -> SentBody {
    for (name, at) in &undescribed {
        let problem = Problem::UndeclaredProperty { property: (*name).to_owned() };
        let help = format!("it is listed as required, but has no schema: give it to `{FURTHER}`");
        types.found.once(Diagnostic::warning(at.clone(), problem).help(help));
    }
    let further = further.map(FurtherParts::Described);
    let further = further.or_else(|| Some(FurtherParts::Any(undescribed.into_iter().next()?.1)));
    let mut gathering = Gathering::new(described, name, arguments, types);
    gathering.add_all(named(properties, &media.described.encodings));
    if let Some(further) = further {
        gathering.add_further(further);
    }
    gathering.into_sent(media, false)
}

/// The parts that are properties of an object.
pub(super) fn named<'d>(
    properties: IndexMap<&str, PartProperty>,
    encodings: &'d document::Encodings,
) -> Vec<DescribedPart<'d>> {
    let part = |(wire, PartProperty { is_required, schema }): (&str, _)| DescribedPart {
        wire: wire.to_owned(),
        schema,
        encoding: encodings.by_name.get(wire),
        is_required,
        count: PartCount::Named,
    };
    properties.into_iter().map(part).collect()
}

/// The type of a part, how it is written, and its media type if one is said.
pub(super) struct PartValue {
    pub(super) ty: Type,
    pub(super) encoding: ParameterEncoding,
    pub(super) media_type: Option<String>,
}

/// The media type of a part that consists of parts.
pub(super) fn inner_type(encoding: Option<&document::Encoding>) -> Option<&str> {
    let encoding = encoding?;
    let said = encoding.content_type.as_deref().filter(|said| said.starts_with("multipart/") && !said.contains(','));
    said.or(encoding.inner.are_given().then_some("multipart/mixed"))
}

/// The value of a part that nothing describes: bytes as they are.
pub(super) fn any_value() -> PartValue {
    PartValue { ty: Type::Upload, encoding: ParameterEncoding::Styled(styling(None)), media_type: None }
}

/// The value of a part of this schema. A part with a name holds one item of a list, any other one the whole list (3.2.0,
/// Encoding Usage and Restrictions).
pub(super) fn value(
    encoding: Option<&document::Encoding>,
    schema: SchemaId,
    count: PartCount,
    name: &str,
    types: &mut Types<'_>,
) -> PartValue {
    let styling = styling(encoding);
    let content_type = encoding.and_then(|encoding| encoding.content_type.as_deref());
    // Of several the caller would have to choose one.
    let said = content_type.filter(|said| !said.contains([',', '*'])).map(str::to_owned);
    if let Some(media_type) = inner_type(encoding) {
        let what = "a part that consists of parts";
        types.found.note_unsupported(types.schemas.pointer(schema), what, "the caller gives the part as a whole");
        let media_type = Some(media_type.to_owned());
        return PartValue { ty: Type::Upload, encoding: ParameterEncoding::Styled(styling), media_type };
    }
    let behind = types.behind(schema);
    let items = behind.filter(|schema| count == PartCount::Named && types.is_list(*schema));
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
    let written = content_type.and_then(|said| written_by_caller(said, styling));
    let media_type = said.or_else(|| [behind, items].into_iter().flatten().find_map(|schema| own(schema, types)));
    let (ty, encoding) = match types.unaliased(&ty).clone() {
        _ if is_json => (ty, ParameterEncoding::Json(styling)),
        // Delimiters join the items of a list, also at its place in an order.
        Type::List(element) if count == PartCount::Named || matches!(styling.style, Style::Delimited(_)) => {
            let element = types.unaliased(&element).clone();
            let (element, encoding) = match written {
                _ if types.is_scalar(&element) => (element, ParameterEncoding::List(styling)),
                Some((written, _)) => (written, ParameterEncoding::List(styling)),
                None => (element, ParameterEncoding::Structured(styling)),
            };
            (Type::List(Box::new(element)), encoding)
        }
        plain if types.is_scalar(&plain) => (plain, ParameterEncoding::Plain),
        _ => written.unwrap_or((ty, ParameterEncoding::Json(styling))),
    };
    PartValue { ty, encoding, media_type }
}

/// The type of a part that has these media types and whose value is neither text nor a number, if JSON is none of them: the
/// caller writes it.
fn written_by_caller(media_types: &str, styling: Styling) -> Option<(Type, ParameterEncoding)> {
    // Text holds JSON, too.
    let may_hold_json =
        |said: &str| is_json(said) || media::is_plain_text(said) || ["*/*", "application/*"].contains(&said);
    if media_types.split(',').map(str::trim).any(may_hold_json) {
        return None;
    }
    let is_text = !media_types.contains([',', '*']) && media::is_text(media_types);
    Some(if is_text {
        (Type::String, ParameterEncoding::Plain)
    } else {
        (Type::Upload, ParameterEncoding::Styled(styling))
    })
}

/// The style of a part: elements are parts of their own, unless delimiters join them.
fn styling(encoding: Option<&document::Encoding>) -> Styling {
    let joined = encoding.and_then(|encoding| match encoding.style {
        Some(document::Style::Delimited(delimiters)) => Some(Styling {
            style: Style::Delimited(delimiters),
            explode: encoding.explode == Some(true),
            reserved: false,
        }),
        _ => None,
    });
    joined.unwrap_or(Styling { style: Style::Form, explode: true, reserved: false })
}

/// Whether a value is a file: bytes as they are. Since 3.1 a schema of bytes need not say anything, or says their media
/// type alone. What it says to be a string of a media type of text stays one.
pub(super) fn is_file(schema: SchemaId, types: &Types<'_>) -> bool {
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
