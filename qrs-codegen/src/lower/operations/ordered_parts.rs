//! Bodies in parts that have no names: their order tells them apart (`prefixEncoding`, `itemEncoding`).

use super::body::SentBody;
use super::media::{Media, sent_type};
use super::parameter::BODY;
use super::parts::{self, PartValue};
use crate::diagnostic::Pointer;
use crate::document::{Encoding as PartEncoding, Keyword, RequestBody, SchemaId};
use crate::lower::types::Types;
use crate::model::{Body, ParameterEncoding, Style, Styling, Type};
use crate::naming::Scope;

/// First parts that are arguments of their own, at most.
const MAX_PARTS: usize = 64;

/// The argument or setter of the parts after those that are described one by one.
const OTHERS: &str = "parts";

/// The schemas of the parts of a body.
pub(super) struct OrderedParts {
    prefix: Vec<SchemaId>,
    /// Of each part after those.
    item: Option<SchemaId>,
    /// How many parts there are at least, if it is said.
    least: Option<u64>,
}

/// The parts of a list; `None` of a body that is none, and of a form, whose parts have names.
pub(super) fn of(media: Media<'_>, types: &mut Types<'_>) -> Option<OrderedParts> {
    if sent_type(media)?.starts_with("multipart/form-data") {
        return None;
    }
    let whole = media.described.schema.and_then(|schema| types.behind(schema));
    let list = whole.filter(|schema| types.only_kind(*schema) == Some("array")).map(|list| types.schemas.get(list));
    let prefix: Vec<SchemaId> = list.iter().flat_map(|list| list.all(Keyword::PrefixItems)).collect();
    let item = media.described.item_schema.or_else(|| list?.one(Keyword::Items));
    let item = item.filter(|item| types.schemas.get(*item).as_bool() != Some(false));
    let least = list.and_then(|list| list.get("minItems")).and_then(serde_json::Value::as_u64);
    let is_described = (!prefix.is_empty() || item.is_some()) && prefix.len() <= MAX_PARTS;
    is_described.then_some(OrderedParts { prefix, item, least })
}

/// A body that is sent in these parts.
pub(super) fn sent(
    described: &RequestBody,
    media: Media<'_>,
    parts: &OrderedParts,
    name: &str,
    (mut arguments, types): (Scope<Pointer>, &mut Types<'_>),
) -> SentBody {
    arguments.free(BODY);
    let mut sent = SentBody::default();
    let encodings = &media.described.encodings;
    let mut part_order = Vec::new();
    for (index, schema) in parts.prefix.iter().enumerate() {
        let wire = format!("part {}", index + 1);
        let encoding = encodings.prefix.get(index).or(encodings.item.as_deref());
        let value = parts::value(encoding, *schema, &format!("{name} {wire}"), types);
        let part = parts::part(&wire, *schema, value, &mut arguments, types);
        part_order.push(wire);
        let is_there = parts.least.is_none_or(|least| least > index as u64);
        if is_there && described.required { sent.required.push(part) } else { sent.optional.push(part) }
    }
    if let Some(schema) = parts.item {
        let value = several(encodings.item.as_deref(), schema, &format!("{name} part"), types);
        let part = parts::part(OTHERS, schema, value, &mut arguments, types);
        part_order.push(OTHERS.to_owned());
        if parts.prefix.is_empty() && described.required { sent.required.push(part) } else { sent.optional.push(part) }
    }
    sent.body = Some(Body { is_unnamed: true, ..parts::body(described, media, part_order) });
    sent
}

/// The value of any number of parts, each of this schema.
fn several(encoding: Option<&PartEncoding>, schema: SchemaId, name: &str, types: &mut Types<'_>) -> PartValue {
    let styling = Styling { style: Style::Form, explode: true, reserved: false };
    let PartValue { ty, encoding, media_type } = parts::value(encoding, schema, name, types);
    let encoding = match (&ty, encoding) {
        (Type::Upload, _) | (_, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => {
            ParameterEncoding::List(styling)
        }
        _ => ParameterEncoding::Structured(styling),
    };
    PartValue { ty: Type::List(Box::new(ty)), encoding, media_type }
}
