//! The objects of Swagger 2.0, as far as they differ from those of OpenAPI 3.
//!
//! Source: <https://spec.openapis.org/oas/v2.0.html>. Keys that only OpenAPI 3 has, and that people write into 2.0
//! documents all the same, are listed with the version that brought them: they are read with a warning.

use super::document::{CHOICE, EXTERNAL_DOCS, INFO, TAG};
use super::operations::{REQUEST_BODY, SERVERS, is_status};
use super::schemas::{ANYS, SCHEMA_MAP};
use super::security::{GENERATED, SECURITY};
use super::{Kind, OF_OPERATION, Object, Others, STRINGS, aside, expected, field, needed, object, since_30};
use crate::validate::Layout;

/// The reusable parts of a Swagger 2.0 document stand in the document itself.
pub(in crate::validate) static LAYOUT: Layout = Layout {
    root: &SWAGGER,
    document: Kind::Object(&SWAGGER),
    holder: &[],
    components: &SWAGGER,
    schemas: "definitions",
};

static PARAMETERS: Kind = Kind::List(&Kind::OrReference(&PARAMETER));

/// The root of a document.
static SWAGGER: Object = Object {
    codegen: CHOICE,
    ..object(
        "Swagger Object (Swagger 2.0)",
        &[
            needed("swagger", &Kind::String),
            expected("info", &Kind::Object(&INFO)),
            field("host", &Kind::String),
            field("basePath", &Kind::String),
            field("schemes", &Kind::List(&Kind::Preferred(SCHEMES))),
            field("consumes", &STRINGS),
            field("produces", &STRINGS),
            expected("paths", &Kind::Object(&PATHS)),
            field("definitions", &SCHEMA_MAP),
            field("parameters", &Kind::Map(&Kind::OrReference(&PARAMETER))),
            field("responses", &Kind::Map(&Kind::OrReference(&RESPONSE))),
            field("securityDefinitions", &Kind::Map(&Kind::OrReference(&SECURITY_SCHEME))),
            field("security", &SECURITY),
            field("tags", &Kind::List(&Kind::Object(&TAG))),
            aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
            field("x-ms-paths", &Kind::Object(&PATHS)),
            field("x-ms-parameterized-host", &Kind::Object(&PARAMETERIZED_HOST)),
            since_30("servers", &SERVERS),
        ],
    )
};

const SCHEMES: &[&str] = &["http", "https", "ws", "wss"];

/// An extension of Microsoft's: a host with variables.
static PARAMETERIZED_HOST: Object = object(
    "`x-ms-parameterized-host`",
    &[
        needed("hostTemplate", &Kind::String),
        field("useSchemePrefix", &Kind::Bool),
        field("positionInOperation", &Kind::Words),
        field("parameters", &PARAMETERS),
    ],
);

pub(in crate::validate) static PATHS: Object = Object {
    others: Others::Matching(
        |key| key.starts_with('/'),
        "a path, which begins with `/`",
        &Kind::OrReference(&PATH_ITEM),
    ),
    ..object("Paths Object (Swagger 2.0)", &[])
};

pub(in crate::validate) static PATH_ITEM: Object = object(
    "Path Item Object (Swagger 2.0)",
    &[
        field("$ref", &Kind::String),
        field("get", &Kind::Object(&OPERATION)),
        field("put", &Kind::Object(&OPERATION)),
        field("post", &Kind::Object(&OPERATION)),
        field("delete", &Kind::Object(&OPERATION)),
        field("options", &Kind::Object(&OPERATION)),
        field("head", &Kind::Object(&OPERATION)),
        field("patch", &Kind::Object(&OPERATION)),
        field("parameters", &PARAMETERS),
        since_30("trace", &Kind::Object(&OPERATION)),
        since_30("summary", &Kind::Words),
        since_30("description", &Kind::Words),
        since_30("servers", &SERVERS),
    ],
);

static OPERATION: Object = Object {
    codegen: OF_OPERATION,
    ..object(
        "Operation Object (Swagger 2.0)",
        &[
            field("tags", &STRINGS),
            field("summary", &Kind::Words),
            field("description", &Kind::Words),
            aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
            field("operationId", &Kind::String),
            field("consumes", &STRINGS),
            field("produces", &STRINGS),
            field("parameters", &PARAMETERS),
            expected("responses", &Kind::Object(&RESPONSES)),
            field("schemes", &Kind::List(&Kind::Preferred(SCHEMES))),
            field("deprecated", &Kind::Bool),
            field("security", &SECURITY),
            since_30("servers", &SERVERS),
            since_30("requestBody", &Kind::OrReference(&REQUEST_BODY)),
        ],
    )
};

/// The keys for the values of a parameter, a header or an item, after the object's own keys.
macro_rules! with_type {
    ($($own:expr,)*) => {
        &[
            $($own,)*
            field("type", &Kind::ParameterType),
            field("format", &Kind::Words),
            field("items", &Kind::SchemaOr(&ITEMS)),
            field("collectionFormat", &Kind::Preferred(COLLECTION_FORMATS)),
            field("default", &Kind::Any),
            field("maximum", &Kind::Number),
            field("exclusiveMaximum", &Kind::BoolOrNumber),
            field("minimum", &Kind::Number),
            field("exclusiveMinimum", &Kind::BoolOrNumber),
            field("maxLength", &Kind::Count),
            field("minLength", &Kind::Count),
            field("pattern", &Kind::String),
            field("maxItems", &Kind::Count),
            field("minItems", &Kind::Count),
            field("uniqueItems", &Kind::Bool),
            field("enum", &ANYS),
            field("multipleOf", &Kind::Number),
            since_30("nullable", &Kind::Bool),
            since_30("example", &Kind::Any),
        ]
    };
}

pub(in crate::validate) static PARAMETER: Object = Object {
    codegen: &[field("value-of", &Kind::String)],
    ..object(
        "Parameter Object (Swagger 2.0)",
        with_type![
            needed("name", &Kind::String),
            needed("in", &Kind::OneOf(&["query", "header", "path", "formData", "body", "cookie"])),
            field("description", &Kind::Words),
            field("required", &Kind::Bool),
            field("schema", &Kind::SchemaOrFile),
            field("allowEmptyValue", &Kind::Bool),
            since_30("deprecated", &Kind::Bool),
        ],
    )
};

pub(in crate::validate) static ITEMS: Object = object("Items Object (Swagger 2.0)", with_type![]);

pub(in crate::validate) static HEADER: Object = object(
    "Header Object (Swagger 2.0)",
    with_type![
        field("description", &Kind::Words),
        since_30("schema", &Kind::Schema),
        since_30("required", &Kind::Bool),
    ],
);

const COLLECTION_FORMATS: &[&str] = &["csv", "ssv", "tsv", "pipes", "multi"];

pub(in crate::validate) static RESPONSES: Object = Object {
    others: Others::Matching(is_status, "a status code such as `404`, or `default`", &Kind::OrReference(&RESPONSE)),
    ..object("Responses Object (Swagger 2.0)", &[field("default", &Kind::OrReference(&RESPONSE))])
};

pub(in crate::validate) static RESPONSE: Object = object(
    "Response Object (Swagger 2.0)",
    &[
        expected("description", &Kind::Words),
        field("schema", &Kind::SchemaOrFile),
        field("headers", &Kind::Map(&Kind::Object(&HEADER))),
        aside("examples", &Kind::Map(&Kind::Any)),
    ],
);

pub(in crate::validate) static SECURITY_SCHEME: Object = Object {
    codegen: &[
        field("name", &Kind::String),
        field("pattern", &Kind::String),
        field("generated", &Kind::Object(&GENERATED)),
        field("named-by-caller", &Kind::Bool),
    ],
    ..object(
        "Security Scheme Object (Swagger 2.0)",
        &[
            needed("type", &Kind::OneOf(&["basic", "apiKey", "oauth2", "http", "openIdConnect", "mutualTLS"])),
            field("description", &Kind::Words),
            field("name", &Kind::String),
            field("in", &Kind::OneOf(&["query", "header", "cookie"])),
            field("flow", &Kind::Preferred(&["implicit", "password", "application", "accessCode"])),
            field("authorizationUrl", &Kind::String),
            field("tokenUrl", &Kind::String),
            field("scopes", &Kind::Map(&Kind::Any)),
            since_30("scheme", &Kind::String),
            since_30("bearerFormat", &Kind::Words),
            since_30("openIdConnectUrl", &Kind::String),
        ],
    )
};
