//! Security schemes and requirements.

use super::{Kind, Object, STRINGS, field, needed, object, since_32};

pub(in crate::validate) static SECURITY: Kind = Kind::List(&REQUIREMENT);

/// A Security Requirement Object.
pub(in crate::validate) static REQUIREMENT: Kind = Kind::Map(&STRINGS);

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
            since_32("oauth2MetadataUrl", &Kind::String),
            since_32("deprecated", &Kind::Bool),
        ],
    )
};

pub(in crate::validate) static GENERATED: Object =
    object("`generated` of `x-codegen`", &[needed("length", &Kind::Count), needed("alphabet", &Kind::String)]);

pub(in crate::validate) static OAUTH_FLOWS: Object = object(
    "OAuth Flows Object",
    &[
        field("implicit", &Kind::Object(&OAUTH_FLOW)),
        field("password", &Kind::Object(&OAUTH_FLOW)),
        field("clientCredentials", &Kind::Object(&OAUTH_FLOW)),
        field("authorizationCode", &Kind::Object(&OAUTH_FLOW)),
        since_32("deviceAuthorization", &Kind::Object(&OAUTH_FLOW)),
    ],
);

pub(in crate::validate) static OAUTH_FLOW: Object = object(
    "OAuth Flow Object",
    &[
        field("authorizationUrl", &Kind::String),
        since_32("deviceAuthorizationUrl", &Kind::String),
        field("tokenUrl", &Kind::String),
        field("refreshUrl", &Kind::Words),
        field("scopes", &Kind::Map(&Kind::Any)),
    ],
);
