//! The document itself, and the objects that are not of one operation.

use super::operations::{
    CALLBACKS, EXAMPLES, HEADERS, LINKS, MEDIA_TYPES, PARAMETER, PATH_ITEM, PATHS, REQUEST_BODY, RESPONSE, SERVERS,
};
use super::schemas::SCHEMA_MAP;
use super::security::{SECURITY, SECURITY_SCHEME};
use super::{Field, Kind, Object, STRINGS, aside, expected, field, needed, object, since_31, since_32};

/// The root of a document.
pub(crate) static OPENAPI: Object = Object {
    codegen: CHOICE,
    ..object(
        "OpenAPI Object",
        &[
            needed("openapi", &Kind::String),
            since_32("$self", &Kind::String),
            expected("info", &Kind::Object(&INFO)),
            since_31("jsonSchemaDialect", &Kind::String),
            field("servers", &SERVERS),
            field("paths", &Kind::Object(&PATHS)),
            since_31("webhooks", &Kind::Map(&Kind::OrReference(&PATH_ITEM))),
            field("components", &Kind::Object(&COMPONENTS)),
            field("security", &SECURITY),
            field("tags", &Kind::List(&Kind::Object(&TAG))),
            aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
        ],
    )
};

/// The keys of `x-codegen` of a whole document.
pub(in crate::validate) const CHOICE: &[Field] = &[
    field("include", &STRINGS),
    field("exclude", &STRINGS),
    field("ignore-operation-ids", &Kind::Bool),
    field("group-operations", &Kind::Bool),
];

pub(in crate::validate) static INFO: Object = Object {
    codegen: &[
        field("cli", &Kind::Object(&CLI)),
        field("mock", &Kind::Bool),
        field("package", &Kind::Object(&PACKAGE)),
    ],
    ..object(
        "Info Object",
        &[
            expected("title", &Kind::String),
            since_31("summary", &Kind::Words),
            field("description", &Kind::Words),
            field("termsOfService", &Kind::Words),
            aside("contact", &Kind::Object(&CONTACT)),
            aside("license", &Kind::Object(&LICENSE)),
            expected("version", &Kind::String),
        ],
    )
};

pub(in crate::validate) static CLI: Object = object(
    "`cli` of `x-codegen`",
    &[
        needed("name", &Kind::String),
        field("about", &Kind::String),
        field("extension", &Kind::String),
        field("dependencies", &Kind::Map(&Kind::Object(&DEPENDENCY))),
    ],
);

pub(in crate::validate) static DEPENDENCY: Object = object(
    "a dependency in `cli` of `x-codegen`",
    &[needed("version", &Kind::String), field("path", &Kind::String), field("features", &STRINGS)],
);

pub(in crate::validate) static PACKAGE: Object = object(
    "`package` of `x-codegen`",
    &[
        field("name", &Kind::String),
        field("version", &Kind::String),
        field("description", &Kind::String),
        aside("license", &Kind::String),
        field("keywords", &STRINGS),
        field("categories", &STRINGS),
        field("repository", &Kind::String),
        field("homepage", &Kind::String),
        field("documentation", &Kind::String),
    ],
);

pub(in crate::validate) static CONTACT: Object =
    object("Contact Object", &[field("name", &Kind::Words), field("url", &Kind::Words), field("email", &Kind::Words)]);

pub(in crate::validate) static LICENSE: Object = object(
    "License Object",
    &[expected("name", &Kind::String), since_31("identifier", &Kind::String), field("url", &Kind::Words)],
);

pub(in crate::validate) static EXTERNAL_DOCS: Object =
    object("External Documentation Object", &[field("description", &Kind::Words), expected("url", &Kind::String)]);

pub(in crate::validate) static TAG: Object = object(
    "Tag Object",
    &[
        needed("name", &Kind::String),
        since_32("summary", &Kind::Words),
        field("description", &Kind::Words),
        aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
        since_32("parent", &Kind::String),
        since_32("kind", &Kind::String),
    ],
);

pub(in crate::validate) static COMPONENTS: Object = object(
    "Components Object",
    &[
        field("schemas", &SCHEMA_MAP),
        field("responses", &Kind::Map(&Kind::OrReference(&RESPONSE))),
        field("parameters", &Kind::Map(&Kind::OrReference(&PARAMETER))),
        aside("examples", &EXAMPLES),
        field("requestBodies", &Kind::Map(&Kind::OrReference(&REQUEST_BODY))),
        field("headers", &HEADERS),
        field("securitySchemes", &Kind::Map(&Kind::OrReference(&SECURITY_SCHEME))),
        aside("links", &LINKS),
        field("callbacks", &CALLBACKS),
        since_31("pathItems", &Kind::Map(&Kind::OrReference(&PATH_ITEM))),
        since_32("mediaTypes", &MEDIA_TYPES),
    ],
);
