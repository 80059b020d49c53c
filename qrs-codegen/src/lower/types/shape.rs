//! The declaration that an intersection asks for.

use super::intersection::{Intersection, Merged, Soundness};
use super::keywords::{self, NARROWING};
use super::kinds::Kinds;
use super::{Shape, Types, alternatives, mention, mention_intersection, object, values};
use crate::document::{Keyword, SchemaId};
use crate::model::Type;

/// Formats of texts that are carried as texts.
const TEXTS: &[&str] = &[
    "binary",
    "char",
    "color",
    "commonmark",
    "duration",
    "email",
    "html",
    "hostname",
    "http-date",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "json",
    "markdown",
    "media-range",
    "phone",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-string",
    "sf-token",
    "string",
    "text",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "url",
];

/// The items of a tuple at most: the traits of the standard library end there.
const MAX_TUPLE: usize = 12;

/// The declaration of schemas that hold together.
pub(super) fn of<'d>(types: &mut Types<'d>, merged: &Merged<'d>, intersection: &Intersection, name: &str) -> Shape {
    if merged.soundness == Soundness::Untypable {
        return Shape::Type(Type::Json);
    }
    note_narrowing(types, merged);
    for choice in &merged.choices {
        if let Some(shape) = alternatives::of(types, merged, intersection, *choice, name) {
            return shape;
        }
    }
    if let Some(values) = merged.values() {
        let shape = values::of(types, merged, &values);
        return match shape {
            // An object that a schema lists is still that object.
            Shape::Type(Type::Json) if merged.is_typed && merged.kinds.is_single() => {
                of_kind(types, merged, intersection, name)
            }
            shape => shape,
        };
    }
    if merged.is_typed && !merged.kinds.is_single() && merged.kinds != Kinds::ALL {
        return alternatives::of_kinds(types, merged, intersection, name);
    }
    of_kind(types, merged, intersection, name)
}

fn of_kind<'d>(types: &mut Types<'d>, merged: &Merged<'d>, intersection: &Intersection, name: &str) -> Shape {
    let kind = if merged.is_typed && merged.kinds != Kinds::ALL { Some(merged.kinds) } else { inferred(merged) };
    match kind {
        Some(Kinds::OBJECT) if merged.has_properties() => object::of(types, merged, name),
        Some(Kinds::OBJECT) => Shape::Type(object::free_form(types, merged, name)),
        Some(Kinds::LIST) => Shape::Type(list(types, merged, name)),
        Some(kind) => Shape::Type(simple(types, merged, kind, intersection)),
        None => {
            note_untyped_format(types, merged);
            Shape::Type(Type::Json)
        }
    }
}

/// Notes a format that has no type beside it: it says nothing of values of other types, which are allowed.
fn note_untyped_format(types: &mut Types<'_>, merged: &Merged<'_>) {
    let Some((format, part)) = merged.format() else { return };
    let schema = types.schemas.get(part);
    if merged.is_typed || !schema.has("format") || !is_known_format(format) {
        return;
    }
    let at = types.schemas.pointer(part).child("format");
    let outcome = "the value is typed as any JSON value, since it need not have the type of the format; add a `type`";
    types.found.note_keyword(at, format!("the format `{format}` without a `type`"), outcome);
}

/// Notes the keywords that a type does not hold a value to.
fn note_narrowing(types: &mut Types<'_>, merged: &Merged<'_>) {
    for part in &merged.parts {
        let schema = types.schemas.get(*part);
        let conditions: Vec<Keyword> = keywords::conditions(types.schemas, *part).collect();
        let is_reported = |name: &str| conditions.iter().any(|keyword| keyword.name() == name);
        for keyword in NARROWING.iter().filter(|keyword| schema.has(keyword) && !is_reported(keyword)) {
            let at = types.schemas.pointer(*part).child(*keyword);
            types.found.note_keyword(at, format!("`{keyword}`"), "the type does not enforce it");
        }
    }
}

fn simple(types: &mut Types<'_>, merged: &Merged<'_>, kind: Kinds, intersection: &Intersection) -> Type {
    let format = merged.format();
    let text = format.map(|(format, _)| format);
    let (ty, is_known) = match kind {
        Kinds::STRING => match text {
            Some("password") => (Type::Secret, true),
            Some("uuid") => (Type::Uuid, true),
            Some("date-time") => (Type::DateTime, true),
            Some("date") => (Type::Date, true),
            Some("byte") => (Type::Base64, true),
            Some("ipv4") => (Type::Address("Ipv4Addr"), true),
            Some("ipv6") => (Type::Address("Ipv6Addr"), true),
            Some("ip") => (Type::Address("IpAddr"), true),
            // Numbers and booleans as texts are texts.
            Some(format) => (Type::String, TEXTS.contains(&format) || is_numeric(format)),
            None => (Type::String, true),
        },
        Kinds::INTEGER => (Type::Integer(values::integer(merged)), text.is_none_or(is_numeric)),
        // A number with the format of an integer is one: it is exact, and written without a fraction.
        Kinds::NUMBER if text.is_some_and(is_integer_format) => (Type::Integer(values::integer(merged)), true),
        Kinds::NUMBER => (Type::Float(if text == Some("float") { "f32" } else { "f64" }), text.is_none_or(is_numeric)),
        Kinds::BOOL => (Type::Bool, true),
        _ => (Type::Json, true),
    };
    if let (false, Some((format, part))) = (is_known, format) {
        let part = if merged.parts.is_empty() { intersection.outer().unwrap_or(part) } else { part };
        let at = types.schemas.pointer(part).child("format");
        let what = format!("the format `{format}`");
        types.found.note_unsupported(at, what, "the value is carried as its `type` says");
    }
    ty
}

fn list<'d>(types: &mut Types<'d>, merged: &Merged<'d>, name: &str) -> Type {
    let name = format!("{name} item");
    let is_list = |keyword: Keyword| {
        merged
            .last_with(keyword.name())
            .filter(|part| types.schemas.get(*part).is_list(keyword))
            .map(|part| (part, keyword))
    };
    // Before 2020-12, a list of schemas under `items` was what `prefixItems` is now.
    if let Some((part, keyword)) = is_list(Keyword::PrefixItems).or(is_list(Keyword::Items)) {
        return tuple(types, merged, part, keyword, &name);
    }
    let element = mention_together(types, &merged.under(Keyword::Items), &name);
    Type::List(Box::new(element))
}

/// The type of a list whose first items each have a schema of their own.
fn tuple<'d>(types: &mut Types<'d>, merged: &Merged<'d>, part: SchemaId, keyword: Keyword, name: &str) -> Type {
    let schemas = types.schemas;
    let items: Vec<SchemaId> = schemas.get(part).all(keyword).collect();
    let mut all: Vec<Type> = items.iter().map(|item| mention(types, *item, name)).collect();
    let count = |keyword: &str| merged.last(keyword).and_then(serde_json::Value::as_u64);
    let length = items.len() as u64;
    let last_items = merged.last_with("items").and_then(|part| schemas.get(part).one(Keyword::Items));
    let is_closed = last_items.is_some_and(|items| schemas.get(items).as_bool() == Some(false))
        || merged.last("additionalItems") == Some(&serde_json::Value::Bool(false));
    let is_exact = count("minItems").is_some_and(|least| least >= length)
        && (is_closed || count("maxItems").is_some_and(|most| most <= length));
    if is_exact && !all.is_empty() && all.len() <= MAX_TUPLE {
        return Type::Tuple(all);
    }
    if !is_closed && count("maxItems").is_none_or(|most| most > length) {
        let more = if keyword == Keyword::PrefixItems { merged.under(Keyword::Items) } else { Vec::new() };
        all.push(mention_together(types, &more, name));
    }
    all.dedup();
    if let [one] = all.as_slice() {
        return Type::List(Box::new(one.clone()));
    }
    let what = format!("`{}` of a list of any length", keyword.name());
    let at = schemas.pointer(part).child(keyword.name());
    types.found.note_keyword(at, what, "its items are typed as any JSON value");
    Type::List(Box::new(Type::Json))
}

/// The type that several schemas of one value say together, the innermost first.
pub(super) fn mention_together(types: &mut Types<'_>, sources: &[SchemaId], name: &str) -> Type {
    let schemas = types.schemas;
    // That a text holds JSON is said by one of them.
    if let Some(embedded) = sources.iter().rev().find(|source| types.embedded.contains_key(source)) {
        return mention(types, *embedded, name);
    }
    let mut kept: Vec<SchemaId> = Vec::new();
    for source in sources {
        let is_known = |other: &SchemaId| schemas.are_equal(*other, *source);
        if super::keywords::says(schemas, *source) && !kept.iter().any(is_known) {
            kept.push(*source);
        }
    }
    if kept.is_empty() {
        kept.extend(sources.last());
    }
    match kept.as_slice() {
        [] => Type::Json,
        [one] => {
            // Others may say no more than that it can be `null`.
            let ty = mention(types, *one, name);
            let is_nullable = sources.last().is_some_and(|last| super::keywords::allows_null(schemas, *last));
            if is_nullable { ty.nullable() } else { ty }
        }
        _ => mention_intersection(types, &Intersection::of_all(kept), name),
    }
}

/// The kind of a schema that has no `type`, by what else it says.
fn inferred(merged: &Merged<'_>) -> Option<Kinds> {
    let has = |key: &str| merged.last_with(key).is_some();
    if merged.has_properties() || merged.describes(Keyword::AdditionalProperties) || has("patternProperties") {
        return Some(Kinds::OBJECT);
    }
    if has("prefixItems") || has("items") {
        return Some(Kinds::LIST);
    }
    match merged.format()?.0 {
        // OpenAPI's own formats name a type; a secret must stay one.
        "int32" | "int64" | "uint32" | "uint64" => Some(Kinds::INTEGER),
        "float" | "double" => Some(Kinds::NUMBER),
        "password" => Some(Kinds::STRING),
        // A format allows every value of another type.
        _ => None,
    }
}

fn is_integer_format(format: &str) -> bool {
    matches!(format, "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64")
}

/// Formats of texts that have a type of their own.
const TYPED: &[&str] = &["password", "uuid", "date-time", "date", "byte", "ipv4", "ipv6", "ip"];

/// Whether a format is one that people know, whatever its type.
pub(super) fn is_known_format(format: &str) -> bool {
    TYPED.contains(&format) || TEXTS.contains(&format) || is_numeric(format)
}

/// Whether a format is one of numbers: one that has a Rust type, or says no more than the type does.
fn is_numeric(format: &str) -> bool {
    matches!(
        format,
        "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "float"
            | "double"
            | "integer"
            | "int"
            | "long"
            | "number"
            | "decimal"
            | "double-int"
            | "unix-time"
            | "boolean"
    )
}
