//! Which keys an object of OpenAPI may have, and of what kind their values are.
//!
//! `openapiv3` takes `type: objet` for "anything", loses a misspelt key, and fails as a whole without a place. So the
//! tree is held against these tables first, and what `openapiv3` gets afterwards is known to be understood. The same
//! tables lead `normalize` to every schema, response and security scheme, wherever it stands.
//!
//! Swagger 2.0 has tables of its own, in `swagger`.
//!
//! Sources: <https://spec.openapis.org/oas/v3.0.4.html>, <https://spec.openapis.org/oas/v3.1.1.html>, JSON Schema
//! 2020-12, and <https://spec.openapis.org/overlay/v1.1.0.html> for overlays.

mod check;
mod near;
mod swagger;

use serde_json::Value;

use crate::diagnostic::Pointer;

pub(crate) use check::{Moves, check, describe, repair};
pub(crate) use near::nearest;

/// An object of the specification.
pub(crate) struct Object {
    /// As the specification calls it.
    pub(crate) name: &'static str,
    fields: &'static [Field],
    /// What further keys are, where an object is a map with some fixed keys.
    others: Others,
    /// The keys that `x-codegen` may have here.
    codegen: &'static [Field],
}

struct Field {
    key: &'static str,
    kind: &'static Kind,
    needed: Needed,
    since: Version,
    /// Whether nothing is generated from it: what is wrong inside costs nothing but that.
    aside: bool,
}

/// Whether an object is complete without a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    No,
    Yes,
    /// The specification asks for it, much of the world leaves it out, and nothing is lost.
    Expected,
}

enum Others {
    None,
    /// Keys that satisfy a predicate, with a description of it.
    Matching(fn(&str) -> bool, &'static str, &'static Kind),
}

/// What a value is.
pub(crate) enum Kind {
    Any,
    /// A string. A number or a boolean is taken for the text it was written as.
    String,
    /// A string that only people read.
    Words,
    Bool,
    Number,
    Count,
    BoolOrNumber,
    OneOf(&'static [&'static str]),
    /// `type` of a schema: a name or, since 3.1, a list of them.
    SchemaType,
    /// `required` of a schema: a list of names; `true` is a common mistake.
    RequiredNames,
    Object(&'static Object),
    /// An object or, in its place, a Reference Object.
    OrReference(&'static Object),
    /// A schema; since 3.1 also a boolean.
    Schema,
    /// A schema or, in every version, a boolean.
    SchemaOrBool,
    List(&'static Kind),
    Map(&'static Kind),
    SchemaOrList,
    /// Swagger 2.0: a schema, or `type: file` for bytes as they are.
    SchemaOrFile,
    /// Swagger 2.0: the object, or a schema where a `$ref` stands in its place, which 2.0 does not allow.
    SchemaOr(&'static Object),
    /// Swagger 2.0: the `type` of a parameter, which can be `file`.
    ParameterType,
    /// One of these. The nearest one counts, or else none: what depends on it has a value where it is absent.
    Preferred(&'static [&'static str]),
}

/// The versions of the specification that differ in what they allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Swagger 2.0
    V20,
    /// 3.0.x
    V30,
    /// 3.1.x
    V31,
}

impl Version {
    /// Where the reusable parts of a document are.
    pub(crate) fn layout(self) -> &'static Layout {
        match self {
            Self::V20 => &swagger::LAYOUT,
            Self::V30 | Self::V31 => &OPENAPI_LAYOUT,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::V20 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
        }
    }
}

const fn field(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::No, since: Version::V20, aside: false }
}

const fn needed(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::Yes, since: Version::V20, aside: false }
}

const fn expected(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::Expected, since: Version::V20, aside: false }
}

const fn since_30(key: &'static str, kind: &'static Kind) -> Field {
    Field { since: Version::V30, ..field(key, kind) }
}

const fn since_31(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::No, since: Version::V31, aside: false }
}

/// What a client has no use for.
const fn aside(key: &'static str, kind: &'static Kind) -> Field {
    Field { key, kind, needed: Needed::No, since: Version::V20, aside: true }
}

const fn object(name: &'static str, fields: &'static [Field]) -> Object {
    Object { name, fields, others: Others::None, codegen: &[] }
}

static STRINGS: Kind = Kind::List(&Kind::String);
static ANYS: Kind = Kind::List(&Kind::Any);
static SCHEMAS: Kind = Kind::List(&Kind::Schema);
static SCHEMA_MAP: Kind = Kind::Map(&Kind::Schema);
static EXAMPLES: Kind = Kind::Map(&Kind::OrReference(&EXAMPLE));
static HEADERS: Kind = Kind::Map(&Kind::OrReference(&HEADER));
static CONTENT: Kind = Kind::Map(&Kind::Object(&MEDIA_TYPE));
static SERVERS: Kind = Kind::List(&Kind::Object(&SERVER));
static PARAMETERS: Kind = Kind::List(&Kind::OrReference(&PARAMETER));
static SECURITY: Kind = Kind::List(&Kind::Map(&STRINGS));
static CALLBACKS: Kind = Kind::Map(&Kind::OrReference(&CALLBACK));
static LINKS: Kind = Kind::Map(&Kind::OrReference(&LINK));
const NAME_ONLY: &[Field] = &[field("name", &Kind::String)];

/// The root of a document.
pub(crate) static OPENAPI: Object = object(
    "OpenAPI Object",
    &[
        needed("openapi", &Kind::String),
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
);

static INFO: Object = Object {
    codegen: &[field("package", &Kind::Object(&PACKAGE))],
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

static PACKAGE: Object = object(
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

static CONTACT: Object =
    object("Contact Object", &[field("name", &Kind::Words), field("url", &Kind::Words), field("email", &Kind::Words)]);

static LICENSE: Object = object(
    "License Object",
    &[expected("name", &Kind::String), since_31("identifier", &Kind::String), field("url", &Kind::Words)],
);

static SERVER: Object = Object {
    codegen: NAME_ONLY,
    ..object(
        "Server Object",
        &[
            needed("url", &Kind::String),
            field("description", &Kind::Words),
            field("variables", &Kind::Map(&Kind::Object(&SERVER_VARIABLE))),
        ],
    )
};

static SERVER_VARIABLE: Object = object(
    "Server Variable Object",
    &[
        field("enum", &Kind::List(&Kind::String)),
        expected("default", &Kind::String),
        field("description", &Kind::Words),
    ],
);

static PATHS: Object = Object {
    others: Others::Matching(
        |key| key.starts_with('/'),
        "a path, which begins with `/`",
        &Kind::OrReference(&PATH_ITEM),
    ),
    ..object("Paths Object", &[])
};

static PATH_ITEM: Object = object(
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
        field("servers", &SERVERS),
        field("parameters", &PARAMETERS),
    ],
);

static OPERATION: Object = Object {
    codegen: NAME_ONLY,
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
            expected("responses", &Kind::Object(&RESPONSES)),
            field("callbacks", &CALLBACKS),
            field("deprecated", &Kind::Bool),
            field("security", &SECURITY),
            field("servers", &SERVERS),
        ],
    )
};

static EXTERNAL_DOCS: Object =
    object("External Documentation Object", &[field("description", &Kind::Words), expected("url", &Kind::String)]);

static PARAMETER: Object = Object {
    codegen: &[field("value-of", &Kind::String)],
    ..object(
        "Parameter Object",
        &[
            needed("name", &Kind::String),
            needed("in", &Kind::OneOf(&["query", "header", "path", "cookie"])),
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
            field("content", &CONTENT),
        ],
    )
};

const STYLES: &[&str] = &["simple", "form", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject"];

static HEADER: Object = object(
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
        field("content", &CONTENT),
    ],
);

static REQUEST_BODY: Object = object(
    "Request Body Object",
    &[field("description", &Kind::Words), expected("content", &CONTENT), field("required", &Kind::Bool)],
);

static MEDIA_TYPE: Object = object(
    "Media Type Object",
    &[
        field("schema", &Kind::Schema),
        field("example", &Kind::Any),
        aside("examples", &EXAMPLES),
        field("encoding", &Kind::Map(&Kind::Object(&ENCODING))),
    ],
);

static ENCODING: Object = object(
    "Encoding Object",
    &[
        field("contentType", &Kind::String),
        field("headers", &HEADERS),
        field("style", &Kind::OneOf(STYLES)),
        field("explode", &Kind::Bool),
        field("allowReserved", &Kind::Bool),
    ],
);

static RESPONSES: Object = Object {
    others: Others::Matching(is_status, "a status such as `404`, `4XX` or `default`", &Kind::OrReference(&RESPONSE)),
    ..object("Responses Object", &[field("default", &Kind::OrReference(&RESPONSE))])
};

/// The response of an operation.
pub(crate) static RESPONSE: Object = object(
    "Response Object",
    &[
        expected("description", &Kind::Words),
        field("headers", &HEADERS),
        field("content", &CONTENT),
        aside("links", &LINKS),
    ],
);

static CALLBACK: Object = Object {
    others: Others::Matching(|_| true, "an expression", &Kind::OrReference(&PATH_ITEM)),
    ..object("Callback Object", &[])
};

static EXAMPLE: Object = object(
    "Example Object",
    &[
        field("summary", &Kind::Words),
        field("description", &Kind::Words),
        field("value", &Kind::Any),
        field("externalValue", &Kind::String),
    ],
);

static LINK: Object = object(
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

static TAG: Object = object(
    "Tag Object",
    &[
        needed("name", &Kind::String),
        field("description", &Kind::Words),
        aside("externalDocs", &Kind::Object(&EXTERNAL_DOCS)),
    ],
);

static COMPONENTS: Object = object(
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
    ],
);

/// A security scheme.
pub(crate) static SECURITY_SCHEME: Object = Object {
    codegen: &[
        field("name", &Kind::String),
        field("pattern", &Kind::String),
        field("generated", &Kind::Object(&GENERATED)),
        field("named-by-caller", &Kind::Bool),
    ],
    ..object(
        "Security Scheme Object",
        &[
            needed("type", &Kind::OneOf(&["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"])),
            field("description", &Kind::Words),
            field("name", &Kind::String),
            field("in", &Kind::OneOf(&["query", "header", "cookie"])),
            field("scheme", &Kind::String),
            field("bearerFormat", &Kind::Words),
            field("flows", &Kind::Object(&OAUTH_FLOWS)),
            field("openIdConnectUrl", &Kind::String),
        ],
    )
};

static GENERATED: Object =
    object("`generated` of `x-codegen`", &[needed("length", &Kind::Count), needed("alphabet", &Kind::String)]);

static OAUTH_FLOWS: Object = object(
    "OAuth Flows Object",
    &[
        field("implicit", &Kind::Object(&OAUTH_FLOW)),
        field("password", &Kind::Object(&OAUTH_FLOW)),
        field("clientCredentials", &Kind::Object(&OAUTH_FLOW)),
        field("authorizationCode", &Kind::Object(&OAUTH_FLOW)),
    ],
);

static OAUTH_FLOW: Object = object(
    "OAuth Flow Object",
    &[
        field("authorizationUrl", &Kind::String),
        field("tokenUrl", &Kind::String),
        field("refreshUrl", &Kind::Words),
        field("scopes", &Kind::Map(&Kind::Any)),
    ],
);

static DISCRIMINATOR: Object = object(
    "Discriminator Object",
    &[needed("propertyName", &Kind::String), field("mapping", &Kind::Map(&Kind::String))],
);

static XML: Object = object(
    "XML Object",
    &[
        field("name", &Kind::String),
        field("namespace", &Kind::String),
        field("prefix", &Kind::String),
        field("attribute", &Kind::Bool),
        field("wrapped", &Kind::Bool),
    ],
);

const TYPES: &[&str] = &["string", "number", "integer", "boolean", "object", "array", "null"];

/// A schema.
pub(crate) static SCHEMA: Object = Object {
    codegen: &[field("name", &Kind::String), field("aliases", &STRINGS)],
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

/// The root of an overlay.
pub(crate) static OVERLAY: Object = object(
    "Overlay Object",
    &[
        needed("overlay", &Kind::String),
        needed(
            "info",
            &Kind::Object(&object(
                "Info Object",
                &[needed("title", &Kind::String), needed("version", &Kind::String), field("description", &Kind::Words)],
            )),
        ),
        field("extends", &Kind::String),
        needed("actions", &Kind::List(&Kind::Object(&ACTION))),
    ],
);

static ACTION: Object = object(
    "Action Object",
    &[
        needed("target", &Kind::String),
        field("description", &Kind::Words),
        field("update", &Kind::Any),
        field("copy", &Kind::String),
        field("remove", &Kind::Bool),
    ],
);

fn is_status(key: &str) -> bool {
    let bytes = key.as_bytes();
    matches!(bytes, [b'1'..=b'9', rest @ ..] if rest.len() == 2
        && (rest.iter().all(u8::is_ascii_digit) || rest.iter().all(|byte| matches!(byte, b'X' | b'x'))))
}

/// What a reference in the place of a value leads to.
pub(crate) enum Target {
    /// A component of this section.
    Component(&'static str),
    /// What the value is to be replaced by.
    Inline,
    /// The value is none of the specification's, or none that a reference can stand for.
    None,
}

/// Where the parts of a document are that references lead to.
pub(crate) struct Layout {
    /// The table of the document's root.
    pub(crate) root: &'static Object,
    /// What a document is.
    pub(crate) document: Kind,
    /// The keys that lead from the root to the object that holds the sections.
    pub(crate) holder: &'static [&'static str],
    /// The section of the schemas.
    pub(crate) schemas: &'static str,
    sections: &'static [(&'static str, Kind)],
}

static OPENAPI_LAYOUT: Layout = Layout {
    root: &OPENAPI,
    document: Kind::Object(&OPENAPI),
    holder: &["components"],
    schemas: "schemas",
    sections: &[
        ("schemas", Kind::Schema),
        ("responses", Kind::OrReference(&RESPONSE)),
        ("parameters", Kind::OrReference(&PARAMETER)),
        ("examples", Kind::OrReference(&EXAMPLE)),
        ("requestBodies", Kind::OrReference(&REQUEST_BODY)),
        ("headers", Kind::OrReference(&HEADER)),
        ("securitySchemes", Kind::OrReference(&SECURITY_SCHEME)),
        ("links", Kind::OrReference(&LINK)),
        ("callbacks", Kind::OrReference(&CALLBACK)),
    ],
};

impl Layout {
    /// The names of the sections that references lead to.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &'static str> {
        self.sections.iter().map(|(name, _)| *name)
    }

    /// What a part of this section is.
    pub(crate) fn component(&'static self, section: &str) -> &'static Kind {
        self.sections.iter().find(|(name, _)| *name == section).map_or(&Kind::Any, |(_, kind)| kind)
    }

    /// The place of a section.
    pub(crate) fn place(&self, section: &str) -> Pointer {
        self.path(section).into_iter().map(str::to_owned).collect()
    }

    /// The keys that lead from the root to a section.
    pub(crate) fn path<'s>(&self, section: &'s str) -> Vec<&'s str> {
        self.holder.iter().copied().chain([section]).collect()
    }

    /// Whether these are the keys that lead from the root to a part of this section; its name.
    pub(crate) fn name_in<'t>(&self, section: &str, tokens: &'t [String]) -> Option<&'t str> {
        let (name, path) = tokens.split_last()?;
        (path.iter().map(String::as_str)).eq(self.path(section)).then_some(name)
    }

    /// What a reference in the place of this kind of value leads to.
    pub(crate) fn target(&self, kind: &'static Kind) -> Target {
        match kind {
            Kind::Schema | Kind::SchemaOrBool | Kind::SchemaOrList | Kind::SchemaOrFile | Kind::SchemaOr(_) => {
                Target::Component(self.schemas)
            }
            Kind::OrReference(object) => {
                let same = |(_, kind): &&(&'static str, Kind)| matches!(kind, Kind::OrReference(other) if std::ptr::eq(*other, *object));
                // Path items are components only since 3.1.
                self.sections.iter().find(same).map_or(Target::Inline, |(section, _)| Target::Component(section))
            }
            // Not the specification's, but that of tools which put documents together of files.
            Kind::Object(_) | Kind::List(_) | Kind::Map(Kind::Object(_) | Kind::OrReference(_) | Kind::Schema) => {
                Target::Inline
            }
            _ => Target::None,
        }
    }
}

/// Whether a value of this kind is a Discriminator Object.
pub(crate) fn is_discriminator(kind: &'static Kind) -> bool {
    matches!(kind, Kind::Object(object) if std::ptr::eq(*object, &raw const DISCRIMINATOR))
}

/// How one gets from a value to one that it holds.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// Calls `go` with each value of the specification that `value` holds, whether it passes [`check`] or not.
pub(crate) fn children(
    value: &mut Value,
    kind: &'static Kind,
    go: &mut dyn FnMut(Step<'_>, &mut Value, &'static Kind),
) {
    let object = match kind {
        Kind::Object(object) => object,
        Kind::OrReference(object) if value.get("$ref").is_none() => object,
        Kind::SchemaOrList if value.is_array() => return children(value, &SCHEMAS, go),
        Kind::SchemaOr(object) if value.get("$ref").is_none() => object,
        Kind::Schema | Kind::SchemaOrBool | Kind::SchemaOrList | Kind::SchemaOrFile | Kind::SchemaOr(_) => &SCHEMA,
        Kind::List(kind) => {
            let items = value.as_array_mut().into_iter().flatten().enumerate();
            return items.for_each(|(index, item)| go(Step::Index(index), item, kind));
        }
        Kind::Map(kind) => {
            let entries = value.as_object_mut().into_iter().flatten();
            return entries.for_each(|(key, value)| go(Step::Key(key), value, kind));
        }
        _ => return,
    };
    for (key, value) in value.as_object_mut().into_iter().flatten() {
        if let Some(field) = object.fields.iter().find(|field| field.key == key) {
            go(Step::Key(key), value, field.kind);
        } else if let Others::Matching(accepts, _, kind) = &object.others
            && !key.starts_with("x-")
            && accepts(key)
        {
            go(Step::Key(key), value, kind);
        }
    }
}

/// Calls `change` for every object of the specification in a tree that passed [`check`], the inner ones first.
pub(crate) fn visit_mut(tree: &mut Value, root: &'static Object, change: &mut dyn FnMut(&'static Object, &mut Value)) {
    if let Some(map) = tree.as_object_mut() {
        for (key, value) in map {
            if let Some(field) = root.fields.iter().find(|field| field.key == key) {
                visit_kind(value, field.kind, change);
            } else if let Others::Matching(accepts, _, kind) = &root.others
                && !key.starts_with("x-")
                && accepts(key)
            {
                visit_kind(value, kind, change);
            }
        }
    }
    change(root, tree);
}

fn visit_kind(value: &mut Value, kind: &'static Kind, change: &mut dyn FnMut(&'static Object, &mut Value)) {
    match kind {
        Kind::Object(object) => visit_mut(value, object, change),
        Kind::OrReference(object) if value.get("$ref").is_none() => visit_mut(value, object, change),
        Kind::SchemaOrBool if value.is_boolean() => {}
        Kind::SchemaOrList if value.is_array() => visit_kind(value, &SCHEMAS, change),
        Kind::SchemaOr(object) if value.get("$ref").is_none() => visit_mut(value, object, change),
        Kind::Schema | Kind::SchemaOrBool | Kind::SchemaOrList | Kind::SchemaOrFile | Kind::SchemaOr(_) => {
            visit_mut(value, &SCHEMA, change);
        }
        Kind::List(kind) => {
            for item in value.as_array_mut().into_iter().flatten() {
                visit_kind(item, kind, change);
            }
        }
        Kind::Map(kind) => {
            for (_, item) in value.as_object_mut().into_iter().flatten() {
                visit_kind(item, kind, change);
            }
        }
        _ => {}
    }
}
