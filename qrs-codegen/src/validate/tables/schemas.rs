//! Schemas.

use super::document::EXTERNAL_DOCS;
use super::{Kind, Object, STRINGS, aside, field, needed, object, since_30, since_31, since_32};

pub(in crate::validate) static ANYS: Kind = Kind::List(&Kind::Any);

pub(in crate::validate) static SCHEMAS: Kind = Kind::List(&Kind::Schema);

pub(in crate::validate) static SCHEMA_MAP: Kind = Kind::Map(&Kind::Schema);

pub(in crate::validate) static DISCRIMINATOR: Object = object(
    "Discriminator Object",
    &[
        needed("propertyName", &Kind::String),
        field("mapping", &Kind::Map(&Kind::String)),
        since_32("defaultMapping", &Kind::String),
    ],
);

pub(in crate::validate) static XML: Object = object(
    "XML Object",
    &[
        field("name", &Kind::String),
        field("namespace", &Kind::String),
        field("prefix", &Kind::String),
        field("attribute", &Kind::Bool),
        field("wrapped", &Kind::Bool),
        since_32("nodeType", &Kind::OneOf(&["element", "attribute", "text", "cdata", "none"])),
    ],
);

pub(in crate::validate) const TYPES: &[&str] = &["string", "number", "integer", "boolean", "object", "array", "null"];

/// A schema.
pub(crate) static SCHEMA: Object = Object {
    codegen: &[
        field("name", &Kind::String),
        field("aliases", &STRINGS),
        field("bare", &Kind::String),
        field("keep-further-properties", &Kind::Bool),
    ],
    ..object(
        "Schema Object",
        &[
            field("$ref", &Kind::String),
            field("title", &Kind::Words),
            field("description", &Kind::Words),
            field("type", &Kind::SchemaType),
            field("format", &Kind::Words),
            field("enum", &ANYS),
            field("default", &Kind::Any),
            since_30("nullable", &Kind::Bool),
            field("readOnly", &Kind::Bool),
            since_30("writeOnly", &Kind::Bool),
            since_30("deprecated", &Kind::Bool),
            field("example", &Kind::Any),
            aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
            aside("xml", &Kind::Object(&XML)),
            field("multipleOf", &Kind::Number),
            field("maximum", &Kind::Number),
            field("exclusiveMaximum", &Kind::BoolOrNumber),
            field("minimum", &Kind::Number),
            field("exclusiveMinimum", &Kind::BoolOrNumber),
            field("maxLength", &Kind::Count),
            field("minLength", &Kind::Count),
            field("pattern", &Kind::String),
            field("items", &Kind::SchemaOrList),
            field("maxItems", &Kind::Count),
            field("minItems", &Kind::Count),
            field("uniqueItems", &Kind::Bool),
            field("properties", &SCHEMA_MAP),
            field("additionalProperties", &Kind::SchemaOrBool),
            field("required", &Kind::RequiredNames),
            field("maxProperties", &Kind::Count),
            field("minProperties", &Kind::Count),
            field("allOf", &SCHEMAS),
            since_30("oneOf", &SCHEMAS),
            since_30("anyOf", &SCHEMAS),
            since_30("not", &Kind::Schema),
            field("discriminator", &Kind::Object(&DISCRIMINATOR)),
            since_31("const", &Kind::Any),
            since_31("examples", &Kind::Any),
            since_31("$id", &Kind::String),
            since_31("$schema", &Kind::String),
            since_31("$anchor", &Kind::String),
            since_31("$dynamicAnchor", &Kind::String),
            since_31("$dynamicRef", &Kind::String),
            since_31("$vocabulary", &Kind::Any),
            since_31("$comment", &Kind::Words),
            since_31("$defs", &SCHEMA_MAP),
            since_31("prefixItems", &SCHEMAS),
            since_31("contains", &Kind::Schema),
            since_31("minContains", &Kind::Count),
            since_31("maxContains", &Kind::Count),
            since_31("unevaluatedItems", &Kind::Schema),
            since_31("patternProperties", &SCHEMA_MAP),
            since_31("propertyNames", &Kind::Schema),
            since_31("dependentSchemas", &SCHEMA_MAP),
            since_31("dependentRequired", &Kind::Map(&STRINGS)),
            since_31("unevaluatedProperties", &Kind::Schema),
            since_31("if", &Kind::Schema),
            since_31("then", &Kind::Schema),
            since_31("else", &Kind::Schema),
            since_31("contentEncoding", &Kind::String),
            since_31("contentMediaType", &Kind::String),
            since_31("contentSchema", &Kind::Schema),
        ],
    )
};
