//! The meaning of a schema's own keywords, of 3.0 and 3.1 alike.

use serde_json::Value;

use crate::document::{Keyword, Schema, SchemaId, Schemas};

/// Keywords that narrow what a value may be, in ways that no type holds a value to.
pub(super) const NARROWING: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
];

/// Keywords that say what a value is, whatever their values.
const SHAPING: &[&str] =
    &["const", "patternProperties", "items", "prefixItems", "format", "contentEncoding", "contentMediaType"];

/// Whether a schema's own keywords say anything about what a value is, `$ref`, `allOf` and `type` aside.
pub(super) fn shapes(schemas: &Schemas, schema: &Schema) -> bool {
    shapes_besides_format(schemas, schema) || FORMATS.iter().any(|key| schema.has(key))
}

const FORMATS: &[&str] = &["format", "contentEncoding", "contentMediaType"];

/// Whether they say more than a format.
pub(super) fn shapes_besides_format(schemas: &Schemas, schema: &Schema) -> bool {
    let describes_more = |keyword| schema.one(keyword).is_some_and(|more| schemas.get(more).as_bool().is_none());
    SHAPING.iter().any(|key| !FORMATS.contains(key) && schema.has(key))
        || [Keyword::Properties, Keyword::OneOf, Keyword::AnyOf].iter().any(|keyword| schema.holds(*keyword))
        || ["required", "enum"].iter().any(|key| !schema.values(key).is_empty())
        || [Keyword::AdditionalProperties, Keyword::UnevaluatedProperties].into_iter().any(describes_more)
}

/// A schema that another one refers to or is combined of.
#[derive(Clone, Copy)]
pub(super) enum Member {
    /// By `$ref` or `$dynamicRef` of this schema.
    Reference,
    /// By `allOf`.
    AllOf(SchemaId),
}

/// The schemas that a schema refers to or is combined of.
pub(super) fn members(schema: &Schema) -> impl Iterator<Item = Member> {
    let reference = schema.reference().map(|_| Member::Reference);
    reference.into_iter().chain(schema.all(Keyword::AllOf).map(Member::AllOf))
}

/// Whether a part of `allOf` says anything about what a value is.
pub(super) fn says(schemas: &Schemas, part: SchemaId) -> bool {
    let schema = schemas.get(part);
    if schema.is_object() {
        schema.has("type") || schema.reference().is_some() || schema.holds(Keyword::AllOf) || shapes(schemas, schema)
    } else {
        schema.as_bool() == Some(false)
    }
}

/// Schemas behind a schema that are asked whether they allow `null`.
const MAX_ASKED: usize = 64;

/// Whether a schema allows `null`, by its own keywords and alternatives, and else by the schemas that it refers to or is
/// combined of, however far away; `None` if they leave it open.
pub(super) fn null(schemas: &Schemas, schema: &Schema) -> Option<bool> {
    null_of(schemas, schema, &mut 0)
}

/// As [`null`]; `asked` counts the schemas that were asked.
fn null_of(schemas: &Schemas, schema: &Schema, asked: &mut usize) -> Option<bool> {
    let own = own_null_of(schemas, schema, asked);
    if own.is_some() {
        return own;
    }
    let mut all = None;
    for member in members(schema) {
        let member = match member {
            Member::AllOf(part) => Some(part),
            Member::Reference => schema.reference().and_then(|reference| reference.target.as_ref().ok().copied()),
        };
        *asked += 1;
        let Some(member) = member.filter(|_| *asked < MAX_ASKED) else { continue };
        if let Some(allows) = null_of(schemas, schemas.get(member), asked) {
            all = Some(allows && all != Some(false));
        }
    }
    all
}

/// As [`null_of`], by the schema's own keywords and alternatives alone.
fn own_null_of(schemas: &Schemas, schema: &Schema, asked: &mut usize) -> Option<bool> {
    let is_nullable = |schema: &Schema| schema.get("nullable") == Some(&Value::Bool(true));
    if is_nullable(schema) {
        return Some(true);
    }
    if let Some(value) = schema.get("const") {
        return Some(value.is_null());
    }
    let values = schema.values("enum");
    if !values.is_empty() {
        return Some(values.contains(&Value::Null));
    }
    let alternatives = [Keyword::OneOf, Keyword::AnyOf].map(|keyword| schema.all(keyword)).into_iter().flatten();
    let is_open = !schema.has("type");
    for one in alternatives {
        *asked += 1;
        if is_null(schemas, one) || lists_null(schemas, one) {
            return Some(true);
        }
        if is_open && *asked < MAX_ASKED && null_of(schemas, schemas.get(one), asked) == Some(true) {
            return Some(true);
        }
    }
    // Put beside a reference by way of `allOf`, as 3.0 has it.
    if schema.all(Keyword::AllOf).any(|part| is_nullable(schemas.get(part)) && !says(schemas, part)) {
        return Some(true);
    }
    match schema.get("type")? {
        Value::Array(names) => Some(names.iter().any(|name| name == "null")),
        name => Some(name == "null"),
    }
}

/// Whether `null` is among the types of an alternative.
fn lists_null(schemas: &Schemas, id: SchemaId) -> bool {
    matches!(schemas.get(id).get("type"), Some(Value::Array(names)) if names.iter().any(|name| name == "null"))
}

/// Whether a schema allows `null`, itself or through those that it refers to or is combined of.
pub(super) fn allows_null(schemas: &Schemas, id: SchemaId) -> bool {
    null(schemas, schemas.get(id)) == Some(true)
}

/// Whether a schema allows `null` by its own keywords and alternatives.
pub(super) fn adds_null(schemas: &Schemas, id: SchemaId) -> bool {
    own_null_of(schemas, schemas.get(id), &mut 0) == Some(true)
}

/// Whether a schema allows `null` alone.
pub(super) fn is_null(schemas: &Schemas, id: SchemaId) -> bool {
    let schema = schemas.get(id);
    if !schema.is_object() {
        return false;
    }
    if let Some(value) = schema.get("const") {
        return value.is_null();
    }
    let values = schema.values("enum");
    match schema.get("type") {
        Some(Value::String(name)) => name == "null",
        Some(Value::Array(names)) => !names.is_empty() && names.iter().all(|name| name == "null"),
        Some(_) => false,
        // `{nullable: true}` alone is how 3.0 writes it in a list of alternatives.
        None if values.is_empty() => schema.get("nullable") == Some(&Value::Bool(true)) && !says(schemas, id),
        None => values.iter().all(Value::is_null),
    }
}

/// The stricter of an inclusive and an exclusive bound, and whether it is the exclusive one. `exclusiveMinimum` is a
/// number since 3.1, and in 3.0 says of `minimum` what it is.
pub(super) fn bound<'s>(schema: &'s Schema, inclusive: &str, exclusive: &str) -> Option<(bool, &'s Value)> {
    let inclusive_bound = schema.get(inclusive).filter(|value| value.is_number());
    match (schema.get(exclusive), inclusive_bound) {
        (Some(Value::Bool(is_exclusive)), Some(bound)) => Some((*is_exclusive, bound)),
        (Some(limit), Some(bound)) if limit.is_number() => {
            let (limit_value, bound_value) = (limit.as_f64()?, bound.as_f64()?);
            let stricter = if inclusive == "minimum" { bound_value > limit_value } else { bound_value < limit_value };
            Some(if stricter { (false, bound) } else { (true, limit) })
        }
        (Some(limit), None) if limit.is_number() => Some((true, limit)),
        (_, bound) => bound.map(|bound| (false, bound)),
    }
}

/// The format of a value. `contentEncoding` is what 3.0 calls `format: byte`, and bytes as they are `format: binary`.
pub(super) fn format(schema: &Schema) -> Option<&str> {
    schema.text("format").or_else(|| match (schema.text("contentEncoding"), schema.has("contentMediaType")) {
        (Some("base64"), _) => Some("byte"),
        (None, true) => Some("binary"),
        _ => None,
    })
}

/// The keywords of a schema that describe properties under a condition.
pub(super) fn conditions(schemas: &Schemas, id: SchemaId) -> impl Iterator<Item = Keyword> {
    let describes = |inner: SchemaId| {
        let schema = schemas.get(inner);
        ["properties", "$ref", "allOf", "anyOf", "oneOf"].iter().any(|key| schema.has(key))
    };
    [Keyword::Then, Keyword::Else, Keyword::DependentSchemas]
        .into_iter()
        .filter(move |keyword| schemas.get(id).all(*keyword).any(describes))
}
