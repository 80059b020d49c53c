//! A document in OpenAPI's own terms, whatever version it is of: references resolved, files bundled, parameters,
//! servers, security and media types made effective, and the place of every node.
//!
//! Later stages see nothing else. They ask neither for the version nor for the text's tree. `openapiv3` reads the
//! objects that it knows, in [`read`] and nowhere else; schemas are read from the tree (see [`schema`]).

mod bundle;
mod file_path;
mod further;
mod keywords;
mod lifecycle;
mod media;
mod normalize;
mod operation;
mod read;
mod received;
mod reference;
mod resources;
mod schema;
mod security;
mod server;

use indexmap::IndexMap;
use serde_json::Value;

use crate::pointer::Pointer;
use crate::swagger::Delimiters;
pub(crate) use bundle::{Bundled, bundle};
pub(crate) use keywords::Keywords;
pub(crate) use lifecycle::Lifecycle;
pub(crate) use read::read;
pub(crate) use schema::{Keyword, MAX_REFERENCES, Schema, SchemaId, Schemas};

/// An OpenAPI document.
pub(crate) struct Document {
    /// The version of the specification, as written.
    pub(crate) openapi: String,
    pub(crate) info: Info,
    pub(crate) tags: Vec<Tag>,
    pub(crate) servers: Vec<Server>,
    /// The schemes by name. `None` if a scheme's reference leads nowhere, which was reported.
    pub(crate) security_schemes: IndexMap<String, Option<SecurityScheme>>,
    /// The requirements of operations that have none of their own.
    pub(crate) security: Option<Security>,
    /// In the order of the paths.
    pub(crate) operations: Vec<Operation>,
    /// `group-operations` of `x-codegen`.
    pub(crate) groups_operations: Option<bool>,
    /// Requests that a server makes.
    pub(crate) received: Vec<Received>,
    pub(crate) schemas: Schemas,
}

/// The Info Object.
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    /// `cli` of `x-codegen`.
    pub(crate) cli: Option<Value>,
    /// `mock` of `x-codegen`.
    pub(crate) mock: bool,
    /// `package` of `x-codegen`.
    pub(crate) package: Option<Value>,
}

/// A Tag Object.
pub(crate) struct Tag {
    pub(crate) at: Pointer,
    pub(crate) name: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    /// The tag that this one is below.
    pub(crate) parent: Option<String>,
    pub(crate) kind: Option<String>,
}

/// A Server Object.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) at: Pointer,
    pub(crate) url: String,
    pub(crate) description: Option<String>,
    pub(crate) variables: IndexMap<String, ServerVariable>,
    /// `name` of `x-codegen`, or else its own.
    pub(crate) name: Option<String>,
}

/// A Server Variable Object.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerVariable {
    pub(crate) default: String,
    /// `enum`; empty if any value is allowed.
    pub(crate) allowed: Vec<String>,
    pub(crate) description: Option<String>,
}

/// A Security Scheme Object.
pub(crate) struct SecurityScheme {
    pub(crate) kind: SecuritySchemeKind,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    /// `x-codegen`.
    pub(crate) codegen: Option<Value>,
}

/// The `type` of a security scheme, with the keys that belong to it.
pub(crate) enum SecuritySchemeKind {
    /// `apiKey`
    ApiKey { location: ApiKeyLocation, name: String },
    /// `http`
    Http { scheme: String },
    /// `mutualTLS`
    MutualTls,
    /// `oauth2`
    OAuth2 { flows: Vec<OAuthFlow>, metadata_url: Option<String> },
    /// `openIdConnect`
    OpenIdConnect { url: String },
}

/// The `in` of an API key.
#[derive(Clone, Copy)]
pub(crate) enum ApiKeyLocation {
    Header,
    Query,
    Cookie,
}

/// An OAuth Flow Object.
pub(crate) struct OAuthFlow {
    /// The key that it stands under, such as `clientCredentials`.
    pub(crate) name: String,
    pub(crate) authorization_url: Option<String>,
    pub(crate) device_authorization_url: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) refresh_url: Option<String>,
    /// The names under `scopes`.
    pub(crate) scopes: Vec<String>,
}

/// A list of Security Requirement Objects: alternatives.
pub(crate) struct Security {
    pub(crate) at: Pointer,
    /// The names of the schemes that each alternative needs, each with its scopes or roles.
    pub(crate) requirements: Vec<IndexMap<String, Vec<String>>>,
}

/// An Operation Object, with what its Path Item Object and the document say of it.
pub(crate) struct Operation {
    pub(crate) at: Pointer,
    pub(crate) path: String,
    /// As it is sent: in capitals, unless it is one of `additionalOperations`.
    pub(crate) method: String,
    /// `operationId`, if it is a name for people.
    pub(crate) id: Option<String>,
    /// Whether it has an `operationId` that is none.
    pub(crate) has_opaque_id: bool,
    /// `name` of `x-codegen`.
    pub(crate) name: Option<String>,
    /// `command` of `x-codegen`.
    pub(crate) command: Option<String>,
    /// `note` of `x-codegen`.
    pub(crate) note: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) lifecycle: Lifecycle,
    /// The path's and its own, which replace those of the same name and location.
    pub(crate) parameters: Vec<Parameter>,
    /// Whether a reference to a parameter leads nowhere, which was reported.
    pub(crate) lacks_parameters: bool,
    pub(crate) request_body: Option<RequestBody>,
    /// `default` comes last.
    pub(crate) responses: Vec<Response>,
    /// Its own requirements; `None` if those of the document apply.
    pub(crate) security: Option<Security>,
    /// Its own servers, or else those of its path; empty if those of the document apply.
    pub(crate) servers: Vec<Server>,
}

/// A Parameter Object.
pub(crate) struct Parameter {
    /// The place of its description: the component, if it is one.
    pub(crate) at: Pointer,
    /// The entry of a list of `parameters`.
    pub(crate) listed_at: Pointer,
    /// The component's name, if it is one.
    pub(crate) component: Option<String>,
    pub(crate) name: String,
    pub(crate) location: ParameterLocation,
    pub(crate) description: Option<String>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) required: bool,
    pub(crate) style: Style,
    pub(crate) explode: bool,
    pub(crate) allow_reserved: bool,
    pub(crate) value: ParameterValue,
    /// `value-of` of `x-codegen`.
    pub(crate) value_of: Option<String>,
}

/// The `in` of a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ParameterLocation {
    Path,
    Query,
    /// The whole query: its name is not sent.
    QueryString,
    Header,
    Cookie,
}

impl ParameterLocation {
    /// The value of `in`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// The description of a parameter's value.
pub(crate) enum ParameterValue {
    /// `schema`
    Schema(SchemaId),
    /// `content`
    Content(Vec<MediaType>),
}

/// The `style` of a parameter or of a part of a form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Cookie,
    /// Lists whose elements are joined as Swagger 2.0 has it and OpenAPI 3 has no word for.
    Delimited(Delimiters),
}

/// A Request Body Object.
pub(crate) struct RequestBody {
    /// The component's name, if it is one.
    pub(crate) component: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) required: bool,
    pub(crate) content: Vec<MediaType>,
}

/// A Media Type Object.
pub(crate) struct MediaType {
    /// The place of its description: the component, if it is one.
    pub(crate) at: Pointer,
    /// The entry of `content`.
    pub(crate) listed_at: Pointer,
    /// The component's name, if it is one.
    pub(crate) component: Option<String>,
    /// The key that it stands under.
    pub(crate) name: String,
    pub(crate) schema: Option<SchemaId>,
    /// `itemSchema`: of each item of a sequence.
    pub(crate) item_schema: Option<SchemaId>,
    pub(crate) encodings: Encodings,
}

/// How the parts of a body are encoded.
#[derive(Default)]
pub(crate) struct Encodings {
    /// `encoding`: of the parts of these names.
    pub(crate) by_name: IndexMap<String, Encoding>,
    /// `prefixEncoding`: of the first parts, in order.
    pub(crate) prefix: Vec<Encoding>,
    /// `itemEncoding`: of each part after those.
    pub(crate) item: Option<Box<Encoding>>,
}

impl Encodings {
    /// Whether an order tells the parts apart.
    pub(crate) fn are_ordered(&self) -> bool {
        !self.prefix.is_empty() || self.item.is_some()
    }
}

/// An Encoding Object.
pub(crate) struct Encoding {
    pub(crate) content_type: Option<String>,
    /// The place of its `headers`, if it has some.
    pub(crate) headers: Option<Pointer>,
    /// Whether `Content-Disposition` is the only one of them.
    pub(crate) has_only_disposition: bool,
    /// The schema of the header `Content-Disposition`, which may name the part.
    pub(crate) disposition: Option<SchemaId>,
    pub(crate) style: Option<Style>,
    pub(crate) explode: Option<bool>,
    pub(crate) allow_reserved: bool,
    /// The parts within the part.
    pub(crate) inner: Encodings,
}

impl Encodings {
    /// Whether they describe any part.
    pub(crate) fn are_given(&self) -> bool {
        !self.by_name.is_empty() || !self.prefix.is_empty() || self.item.is_some()
    }
}

/// A Response Object.
pub(crate) struct Response {
    /// The place of its description: the component, if it is one.
    pub(crate) at: Pointer,
    /// The component's name, if it is one.
    pub(crate) component: Option<String>,
    pub(crate) status: Status,
    /// Its summary and its description.
    pub(crate) description: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) has_links: bool,
    pub(crate) content: Vec<MediaType>,
}

/// The key of a response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// `404`
    Code(u16),
    /// `4XX`, by its first digit.
    Range(u16),
    /// `default`
    Default,
}

impl Status {
    /// The key, in capitals.
    pub(crate) fn key(self) -> String {
        match self {
            Self::Code(code) => code.to_string(),
            Self::Range(digit) => format!("{digit}XX"),
            Self::Default => "default".to_owned(),
        }
    }
}

/// A Header Object.
pub(crate) struct Header {
    /// The place of its description: the component, if it is one.
    pub(crate) at: Pointer,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) schema: Option<SchemaId>,
    /// Whether its values are JSON, by `content`.
    pub(crate) is_json: bool,
    /// `explode`: an object's names and values have `=` between them.
    pub(crate) explode: bool,
    /// The delimiter between the elements of a list, where Swagger 2.0 has one.
    pub(crate) delimiters: Option<Delimiters>,
}

/// Requests that a server makes: webhooks, or the callbacks of an operation.
pub(crate) struct Received {
    pub(crate) at: Pointer,
    /// `webhooks` or `callbacks`.
    pub(crate) keyword: &'static str,
    pub(crate) bodies: Vec<ReceivedBody>,
}

/// A body that a server sends in a request.
pub(crate) struct ReceivedBody {
    /// The name of the request.
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) schema: SchemaId,
}
