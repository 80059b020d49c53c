//! Bodies in parts that an order tells apart, not names (`prefixEncoding`, `itemEncoding`).

use super::body::SentBody;
use super::gathered_parts::{DescribedPart, Gathering, PartCount};
use super::media::{Media, sent_type};
use crate::diagnostic::Pointer;
use crate::document::{Encoding, Encodings, Keyword, RequestBody, SchemaId};
use crate::lower::types::Types;
use crate::model::FURTHER_PARTS;
use crate::naming::Scope;

/// First parts that are arguments of their own, at most.
const MAX_PARTS: usize = 64;

/// The schemas of the parts of a body, and whether they have names.
pub(super) struct OrderedParts<'d> {
    pub(super) parts: Vec<DescribedPart<'d>>,
    pub(super) is_unnamed: bool,
}

/// The parts of a list; `None` of a body that is none, and of a form whose parts have no names.
pub(super) fn of<'d>(
    media_type: &str,
    (schema, item_schema): (Option<SchemaId>, Option<SchemaId>),
    encodings: &'d Encodings,
    types: &mut Types<'_>,
) -> Option<OrderedParts<'d>> {
    let whole = schema.and_then(|schema| types.behind(schema));
    let list = whole.filter(|schema| types.is_list(*schema)).map(|list| types.schemas.get(list));
    let prefix: Vec<SchemaId> = list.iter().flat_map(|list| list.all(Keyword::PrefixItems)).collect();
    let item = item_schema.or_else(|| list?.one(Keyword::Items));
    let item = item.filter(|item| types.schemas.get(*item).as_bool() != Some(false));
    let least = list.and_then(|list| list.get("minItems")).and_then(serde_json::Value::as_u64);
    let has_prefix = !prefix.is_empty();
    if (!has_prefix && item.is_none()) || prefix.len() > MAX_PARTS {
        return None;
    }
    let is_form = media_type.starts_with("multipart/form-data");
    let mut parts = Vec::new();
    for (index, schema) in prefix.into_iter().enumerate() {
        let encoding = encodings.prefix.get(index).or(encodings.item.as_deref());
        let wire = if is_form { part_name(encoding, types)? } else { format!("part {}", index + 1) };
        let is_required = least.is_none_or(|least| least > index as u64);
        parts.push(DescribedPart { wire, schema, encoding, is_required, count: PartCount::Single });
    }
    if let Some(schema) = item {
        let encoding = encodings.item.as_deref();
        let wire = if is_form { part_name(encoding, types)? } else { FURTHER_PARTS.to_owned() };
        parts.push(DescribedPart { wire, schema, encoding, is_required: !has_prefix, count: PartCount::Repeated });
    }
    Some(OrderedParts { parts, is_unnamed: !is_form })
}

/// A body that is sent in these parts.
pub(super) fn sent(
    described: &RequestBody,
    media: Media<'_>,
    OrderedParts { parts, is_unnamed }: OrderedParts<'_>,
    name: &str,
    (arguments, types): (Scope<Pointer>, &mut Types<'_>),
) -> SentBody {
    let mut gathering = Gathering::new(described, name, arguments, types);
    gathering.add_all(parts);
    gathering.into_sent(media, is_unnamed)
}

/// The parts of the body of a media type.
pub(super) fn of_media<'d>(media: Media<'d>, types: &mut Types<'_>) -> Option<OrderedParts<'d>> {
    let described = media.described;
    of(sent_type(media)?, (described.schema, described.item_schema), &described.encodings, types)
}

/// The name that the header `Content-Disposition` gives a part of a form.
fn part_name(encoding: Option<&Encoding>, types: &mut Types<'_>) -> Option<String> {
    let schema = types.schemas.get(types.behind(encoding?.disposition?)?);
    let given = ["const", "default", "example"].iter().find_map(|key| schema.text(key));
    let disposition = given.or_else(|| {
        let mut listed = ["enum", "examples"].iter().flat_map(|key| schema.values(key));
        listed.find_map(serde_json::Value::as_str)
    })?;
    let name = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("name="))?;
    let name = name.trim_matches('"');
    (!name.is_empty()).then(|| name.to_owned())
}
