//! Servers, paths, and operations with their parameters, bodies and responses.

use super::document::EXTERNAL_DOCS;
use super::security::SECURITY;
use super::{
    Field, Kind, NAME_ONLY, Needed, OF_OPERATION, Object, Others, STRINGS, aside, expected, field, needed, object,
    since_32,
};
use crate::validate::Version;

pub(in crate::validate) static EXAMPLES: Kind = Kind::Map(&Kind::OrReference(&EXAMPLE));

pub(in crate::validate) static HEADERS: Kind = Kind::Map(&Kind::OrReference(&HEADER));

pub(in crate::validate) static MEDIA_TYPES: Kind = Kind::Map(&Kind::OrReference(&MEDIA_TYPE));

pub(in crate::validate) static SERVERS: Kind = Kind::List(&Kind::Object(&SERVER));

pub(in crate::validate) static PARAMETERS: Kind = Kind::List(&Kind::OrReference(&PARAMETER));

pub(in crate::validate) static CALLBACKS: Kind = Kind::Map(&Kind::OrReference(&CALLBACK));

pub(in crate::validate) static LINKS: Kind = Kind::Map(&Kind::OrReference(&LINK));

pub(in crate::validate) static SERVER: Object = Object {
    codegen: NAME_ONLY,
    ..object(
        "Server Object",
        &[
            needed("url", &Kind::String),
            field("description", &Kind::Words),
            since_32("name", &Kind::String),
            field("variables", &Kind::Map(&Kind::Object(&SERVER_VARIABLE))),
        ],
    )
};

pub(in crate::validate) static SERVER_VARIABLE: Object = object(
    "Server Variable Object",
    &[
        field("enum", &Kind::List(&Kind::String)),
        expected("default", &Kind::String),
        field("description", &Kind::Words),
    ],
);

pub(in crate::validate) static PATHS: Object = Object {
    others: Others::Matching(
        |key| key.starts_with('/'),
        "a path, which begins with `/`",
        &Kind::OrReference(&PATH_ITEM),
    ),
    ..object("Paths Object", &[])
};

pub(in crate::validate) static PATH_ITEM: Object = object(
    "Path Item Object",
    &[
        field("$ref", &Kind::String),
        field("summary", &Kind::Words),
        field("description", &Kind::Words),
        field("get", &Kind::Object(&OPERATION)),
        field("put", &Kind::Object(&OPERATION)),
        field("post", &Kind::Object(&OPERATION)),
        field("delete", &Kind::Object(&OPERATION)),
        field("options", &Kind::Object(&OPERATION)),
        field("head", &Kind::Object(&OPERATION)),
        field("patch", &Kind::Object(&OPERATION)),
        field("trace", &Kind::Object(&OPERATION)),
        since_32("query", &Kind::Object(&OPERATION)),
        since_32("additionalOperations", &Kind::Map(&Kind::Object(&OPERATION))),
        field("servers", &SERVERS),
        field("parameters", &PARAMETERS),
    ],
);

pub(in crate::validate) static OPERATION: Object = Object {
    codegen: OF_OPERATION,
    ..object(
        "Operation Object",
        &[
            field("tags", &STRINGS),
            field("summary", &Kind::Words),
            field("description", &Kind::Words),
            aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
            field("operationId", &Kind::String),
            field("parameters", &PARAMETERS),
            field("requestBody", &Kind::OrReference(&REQUEST_BODY)),
            Field { needed: Needed::ExpectedBefore(Version::V31), ..field("responses", &Kind::Object(&RESPONSES)) },
            field("callbacks", &CALLBACKS),
            field("deprecated", &Kind::Bool),
            field("security", &SECURITY),
            field("servers", &SERVERS),
        ],
    )
};

pub(in crate::validate) static PARAMETER: Object = Object {
    codegen: &[field("value-of", &Kind::String)],
    ..object(
        "Parameter Object",
        &[
            needed("name", &Kind::String),
            needed("in", &Kind::OneOf(LOCATIONS)),
            field("description", &Kind::Words),
            field("required", &Kind::Bool),
            field("deprecated", &Kind::Bool),
            field("allowEmptyValue", &Kind::Bool),
            field("style", &Kind::OneOf(STYLES)),
            field("explode", &Kind::Bool),
            field("allowReserved", &Kind::Bool),
            field("schema", &Kind::Schema),
            field("example", &Kind::Any),
            aside("examples", &EXAMPLES),
            field("content", &MEDIA_TYPES),
        ],
    )
};

pub(in crate::validate) const LOCATIONS: &[&str] = &["query", "header", "path", "cookie", "querystring"];

pub(in crate::validate) const STYLES: &[&str] =
    &["simple", "form", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"];

pub(in crate::validate) static HEADER: Object = object(
    "Header Object",
    &[
        field("description", &Kind::Words),
        field("required", &Kind::Bool),
        field("deprecated", &Kind::Bool),
        field("allowEmptyValue", &Kind::Bool),
        field("style", &Kind::OneOf(&["simple"])),
        field("explode", &Kind::Bool),
        field("allowReserved", &Kind::Bool),
        field("schema", &Kind::Schema),
        field("example", &Kind::Any),
        aside("examples", &EXAMPLES),
        field("content", &MEDIA_TYPES),
    ],
);

pub(in crate::validate) static REQUEST_BODY: Object = object(
    "Request Body Object",
    &[field("description", &Kind::Words), expected("content", &MEDIA_TYPES), field("required", &Kind::Bool)],
);

pub(in crate::validate) static MEDIA_TYPE: Object = object(
    "Media Type Object",
    &[
        field("schema", &Kind::Schema),
        field("example", &Kind::Any),
        aside("examples", &EXAMPLES),
        since_32("itemSchema", &Kind::Schema),
        field("encoding", &ENCODINGS),
        since_32("prefixEncoding", &Kind::List(&Kind::Object(&ENCODING))),
        since_32("itemEncoding", &Kind::Object(&ENCODING)),
    ],
);

static ENCODINGS: Kind = Kind::Map(&Kind::Object(&ENCODING));

pub(in crate::validate) static ENCODING: Object = object(
    "Encoding Object",
    &[
        field("contentType", &Kind::String),
        field("headers", &HEADERS),
        field("style", &Kind::OneOf(STYLES)),
        field("explode", &Kind::Bool),
        field("allowReserved", &Kind::Bool),
        since_32("encoding", &ENCODINGS),
        since_32("prefixEncoding", &Kind::List(&Kind::Object(&ENCODING))),
        since_32("itemEncoding", &Kind::Object(&ENCODING)),
    ],
);

pub(in crate::validate) static RESPONSES: Object = Object {
    others: Others::Matching(is_status, "a status such as `404`, `4XX` or `default`", &Kind::OrReference(&RESPONSE)),
    ..object("Responses Object", &[field("default", &Kind::OrReference(&RESPONSE))])
};

/// The response of an operation.
pub(crate) static RESPONSE: Object = object(
    "Response Object",
    &[
        since_32("summary", &Kind::Words),
        Field { needed: Needed::ExpectedBefore(Version::V32), ..field("description", &Kind::Words) },
        field("headers", &HEADERS),
        field("content", &MEDIA_TYPES),
        aside("links", &LINKS),
    ],
);

pub(in crate::validate) static CALLBACK: Object = Object {
    others: Others::Matching(|_| true, "an expression", &Kind::OrReference(&PATH_ITEM)),
    ..object("Callback Object", &[])
};

pub(in crate::validate) static EXAMPLE: Object = object(
    "Example Object",
    &[
        field("summary", &Kind::Words),
        field("description", &Kind::Words),
        field("value", &Kind::Any),
        field("externalValue", &Kind::String),
        since_32("dataValue", &Kind::Any),
        since_32("serializedValue", &Kind::String),
    ],
);

pub(in crate::validate) static LINK: Object = object(
    "Link Object",
    &[
        field("operationRef", &Kind::String),
        field("operationId", &Kind::String),
        field("parameters", &Kind::Map(&Kind::Any)),
        field("requestBody", &Kind::Any),
        field("description", &Kind::Words),
        field("server", &Kind::Object(&SERVER)),
    ],
);

pub(in crate::validate) fn is_status(key: &str) -> bool {
    let bytes = key.as_bytes();
    matches!(bytes, [b'1'..=b'9', rest @ ..] if rest.len() == 2
        && (rest.iter().all(u8::is_ascii_digit) || rest.iter().all(|byte| matches!(byte, b'X' | b'x'))))
}
