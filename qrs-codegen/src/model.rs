//! What `lower` decided and `emit` places: an API in Rust's terms.
//!
//! Plain data. No type of `openapiv3` is in it, and nothing here looks at a document: whatever depends on the meaning
//! of the document was decided before.

use indexmap::IndexMap;

use crate::diagnostic::Pointer;
use crate::naming::Ident;

/// A whole client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Api {
    /// The document's title and version: what this client speaks.
    pub(crate) contract: Contract,
    /// The crate that holds the client.
    pub(crate) package: Package,
    /// The places where the API is served, in the document's order.
    pub(crate) servers: Vec<Server>,
    /// The credentials, in the document's order.
    pub(crate) schemes: Vec<Scheme>,
    /// The different answers to "which credentials does an operation need", the document's own first.
    pub(crate) securities: Vec<Security>,
    /// The declared types, in the document's order; a nested one follows the one that it was found in.
    pub(crate) items: Vec<Item>,
    /// The operations, by the module that holds them.
    pub(crate) modules: Vec<Module>,
}

/// The document that a client was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    /// `info.title`, on one line.
    pub(crate) title: String,
    /// `info.version`.
    pub(crate) version: String,
    /// Of the document's text as it was given, in hexadecimal.
    pub(crate) sha256: String,
    /// The version of the OpenAPI Specification that it follows.
    pub(crate) openapi: String,
    /// `info.description`.
    pub(crate) doc: Doc,
}

/// The manifest's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// A name that cargo accepts.
    pub(crate) name: String,
    /// A version as Semantic Versioning 2.0.0 has it.
    pub(crate) version: String,
    /// One line.
    pub(crate) description: String,
    /// An SPDX expression, if one was given.
    pub(crate) license: Option<String>,
    /// At most five, as registries ask.
    pub(crate) keywords: Vec<String>,
    /// Slugs of the registry's categories.
    pub(crate) categories: Vec<String>,
    /// Where the source is.
    pub(crate) repository: Option<String>,
    /// Where people read about it.
    pub(crate) homepage: Option<String>,
    /// Where its documentation is.
    pub(crate) documentation: Option<String>,
}

/// A name on the wire and the Rust name that stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    /// As the document has it.
    pub(crate) wire: String,
    /// As Rust code has it.
    pub(crate) ident: Ident,
}

/// A doc comment, line by line: Markdown that rustdoc takes without a warning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Doc(pub(crate) Vec<String>);

/// A constructor of `Server`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Server {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The constructor.
    pub(crate) ident: Ident,
    /// The URL with its variables in braces.
    pub(crate) url: String,
    /// The document's words.
    pub(crate) doc: Doc,
    /// In the order of their places in the URL.
    pub(crate) variables: Vec<Variable>,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    /// The argument.
    pub(crate) name: Name,
    /// What the document proposes.
    pub(crate) default: String,
    /// The values that the document allows; empty if any is.
    pub(crate) allowed: Vec<String>,
    /// The document's words, on one line.
    pub(crate) doc: String,
}

/// A security scheme: a credential that the client's builder takes, or makes itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scheme {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The scheme's name in the document, and the builder's method.
    pub(crate) name: Name,
    /// The static that describes it.
    pub(crate) place: Ident,
    /// How it travels.
    pub(crate) carrier: Carrier,
    /// Where its value comes from.
    pub(crate) value: SchemeValue,
    /// The document's words.
    pub(crate) doc: Doc,
}

/// Which credentials an operation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Security {
    /// The static that says it.
    pub(crate) place: Ident,
    /// Alternatives, each a set of schemes (by their statics) that are all needed.
    pub(crate) alternatives: Vec<Vec<Ident>>,
}

/// How a credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// In a header of this name.
    Header(String),
    /// In a query parameter of this name.
    Query(String),
    /// In a cookie of this name.
    Cookie(String),
    /// As the client's certificate in the TLS handshake.
    Certificate,
}

/// Where a credential's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SchemeValue {
    /// The caller gives it whole.
    Given,
    /// The caller gives it whole, and the name of the header, query parameter or cookie that it travels in.
    Named,
    /// The caller gives a token (RFC 6750).
    Bearer,
    /// The caller gives a user and a password (RFC 7617).
    Basic,
    /// The caller gives a client certificate and its key.
    Identity,
    /// The caller gives what stands in braces in `pattern`.
    Pattern {
        /// The value, with arguments in braces.
        pattern: String,
        /// The arguments, in order.
        arguments: Vec<Name>,
    },
    /// The client makes it up for each request.
    Made {
        /// How many characters.
        length: u16,
        /// The characters to choose from, each as likely.
        alphabet: String,
    },
}

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// An object with properties.
    Struct(Struct),
    /// One of some values.
    Enum(Enum),
    /// A value of one of several types.
    Union(Union),
    /// A name for another type.
    Alias(Alias),
    /// A type of its own that holds another: what a name that stands for itself has to be.
    Newtype(Alias),
}

/// An object with properties.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Struct {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The document's words.
    pub(crate) doc: Doc,
    /// In the document's order.
    pub(crate) fields: Vec<Field>,
    /// What keeps further properties.
    pub(crate) rest: Option<Rest>,
    /// Whether a caller sends it, and so is given `new` and setters.
    pub(crate) built: bool,
    /// Whether it has to be told from other objects by its properties.
    pub(crate) told_apart: bool,
}

/// A property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The property, and the field.
    pub(crate) name: Name,
    /// Other names that it is accepted by.
    pub(crate) aliases: Vec<String>,
    /// The setter, which has names of its own to keep clear of.
    pub(crate) setter: Ident,
    /// The setter of `null`, where that is told apart from an absent property.
    pub(crate) null_setter: Ident,
    /// The document's words.
    pub(crate) doc: Doc,
    /// Without the `Option` of an optional property.
    pub(crate) ty: Type,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
    /// Whether an optional property may also be `null`.
    pub(crate) nullable: bool,
    /// Who sends it.
    pub(crate) access: Access,
    /// Whether a caller has to give it.
    pub(crate) asked: bool,
    /// Whether an empty text is no value.
    pub(crate) empty_is_none: bool,
    /// The enum and the variant that it can only be, where `new` sets it.
    pub(crate) constant: Option<(Ident, Ident)>,
    /// The only texts that it can be, if the document lists them.
    pub(crate) fixed: Vec<String>,
}

/// Further properties of an object, which are kept in a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rest {
    /// The field.
    pub(crate) ident: Ident,
    /// The setter.
    pub(crate) setter: Ident,
    /// What each of them is.
    pub(crate) ty: Type,
}

/// Whether a property may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is always there; its type says whether it may be `null`.
    Required,
    /// It may be absent or `null`, which are the same to the caller.
    Optional,
    /// It may be absent or `null`, which a server takes for different things.
    Nullable,
}

/// Who sends a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Client and server.
    Both,
    /// Only the server (`readOnly`).
    Server,
    /// Only the client (`writeOnly`).
    Client,
}

/// One of some values; one that is not among them is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Enum {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The document's words.
    pub(crate) doc: Doc,
    /// What the values are.
    pub(crate) kind: EnumKind,
    /// In the document's order.
    pub(crate) variants: Vec<EnumVariant>,
    /// The variant that keeps an unknown value.
    pub(crate) unknown: Ident,
}

/// What the values of an enum are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnumKind {
    /// Texts.
    Text,
    /// Whole numbers, by the name of their Rust type.
    Integer(&'static str),
    /// JSON values of several kinds.
    Mixed,
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EnumVariant {
    /// The variant.
    pub(crate) ident: Ident,
    /// The value.
    pub(crate) value: serde_json::Value,
    /// The document's words.
    pub(crate) doc: Doc,
}

impl EnumVariant {
    /// A text's own characters, another value as JSON has it.
    pub(crate) fn wire(&self) -> String {
        self.value.as_str().map_or_else(|| self.value.to_string(), str::to_owned)
    }
}

/// A value of one of several types; one that is of none of them is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Union {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The document's words.
    pub(crate) doc: Doc,
    /// The property that tells which of the types it is.
    pub(crate) tag: Option<String>,
    /// In the document's order.
    pub(crate) variants: Vec<Variant>,
    /// The variant that keeps an unknown value.
    pub(crate) unknown: Ident,
    /// Whether a secret can be in it: then an unknown value is not shown.
    pub(crate) secret: bool,
    /// Whether every variant is written as one piece of text.
    pub(crate) scalar: bool,
}

/// One of the types that a value can be of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variant {
    /// The variant.
    pub(crate) ident: Ident,
    /// The document's words.
    pub(crate) doc: Doc,
    /// What it holds.
    pub(crate) ty: Type,
    /// The values of the tag that mean it.
    pub(crate) tags: Vec<String>,
    /// Where the tag is kept.
    pub(crate) tag_place: TagPlace,
    /// What the values look like.
    pub(crate) form: Form,
    /// Whether no other variant holds the same type, so that it can be made from it.
    pub(crate) from: bool,
}

/// Where a value's tag is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagPlace {
    /// In the value itself, always.
    Inside,
    /// In the value, or nowhere.
    Perhaps,
    /// Nowhere: the variant stands for it.
    Outside,
}

/// What the values of a type look like, to pick the type of a value that has no tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text.
    Text,
    /// Text of a fixed form, such as a date.
    Formed,
    /// One of these texts.
    Texts(Vec<String>),
    /// A list.
    List,
    /// An object, of whose properties nothing is known.
    Object,
    /// An object with the properties of a struct.
    Struct(Ident),
}

/// A name for another type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alias {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The schema's name, and the type's.
    pub(crate) name: Name,
    /// The document's words.
    pub(crate) doc: Doc,
    /// What it stands for.
    pub(crate) ty: Type,
}

/// A type where it is mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// Text.
    String,
    /// Text that must not be shown (`format: password`).
    Secret,
    /// `true` or `false`.
    Bool,
    /// A whole number, by the name of its Rust type.
    Integer(&'static str),
    /// A number of 32 or 64 bits, by the name of its Rust type.
    Float(&'static str),
    /// RFC 9562.
    Uuid,
    /// RFC 3339 `date-time`.
    Timestamp,
    /// RFC 3339 `full-date`.
    Date,
    /// An address of the Internet Protocol, by the name of its type in `std::net`.
    Address(&'static str),
    /// Bytes in Base64 (`format: byte`).
    Base64,
    /// Any JSON value.
    Json,
    /// A JSON object of which nothing more is known.
    JsonObject,
    /// Raw bytes.
    Bytes,
    /// A file that is sent.
    Upload,
    /// Nothing: a body that is not there.
    Unit,
    /// One of [`Operation::by_status`].
    Beside(Ident),
    /// In order.
    List(Box<Type>),
    /// In order, each of a type of its own.
    Tuple(Vec<Type>),
    /// By name.
    Map(Box<Type>),
    /// One of [`Api::items`].
    Item(Ident),
    /// `null` or a value.
    Nullable(Box<Type>),
    /// On the heap, where a type contains itself.
    Boxed(Box<Type>),
}

/// The operations of one tag: one file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Module {
    /// The tag, and the module.
    pub(crate) name: Name,
    /// The document's words.
    pub(crate) doc: Doc,
    /// In the document's order.
    pub(crate) operations: Vec<Operation>,
}

/// One method on one path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The `operationId`, and the client's method.
    pub(crate) name: Name,
    /// What tells it from the other ways to call it, which send other media types; nothing for the first of them.
    pub(crate) way: Option<String>,
    /// The request's type.
    pub(crate) request: Ident,
    /// The static that describes it.
    pub(crate) place: Ident,
    /// As RFC 9110 has it, in capitals.
    pub(crate) method: &'static str,
    /// The path's template.
    pub(crate) path: String,
    /// The document's words.
    pub(crate) doc: Doc,
    /// Whether the document advises against it.
    pub(crate) deprecated: bool,
    /// What the caller must give, in order.
    pub(crate) required: Vec<Parameter>,
    /// What the caller may add.
    pub(crate) optional: Vec<Parameter>,
    /// What is sent.
    pub(crate) body: Option<Body>,
    /// Parameters that carry a credential's own value.
    pub(crate) carried: Vec<Carried>,
    /// The static that says which credentials it needs, if it needs any.
    pub(crate) security: Option<Ident>,
    /// The constructors of its own servers, if it has others than the document.
    pub(crate) servers: Vec<Ident>,
    /// What a success holds.
    pub(crate) success: Answer,
    /// What the documented errors hold, if it is one and the same type.
    pub(crate) error: Option<Type>,
    /// The statuses that hold it.
    pub(crate) error_statuses: Vec<Statuses>,
    /// The enums that tell its answers apart by their status.
    pub(crate) by_status: Vec<ByStatus>,
    /// The headers of its answers, if any are documented.
    pub(crate) headers: Option<Headers>,
    /// What a success can be read as while it is still being written.
    pub(crate) streaming: Option<Streaming>,
    /// What else a success may be, of another kind: media types that a caller may ask for, and gets as bytes.
    pub(crate) alternatives: Vec<String>,
    /// Every documented answer, for the docs: the status as the document has it, and its description on one line.
    pub(crate) answers: IndexMap<String, String>,
}

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The parameter, and the argument or setter.
    pub(crate) name: Name,
    /// Where it goes.
    pub(crate) location: Location,
    /// How it is written there.
    pub(crate) writing: Writing,
    /// What the caller gives.
    pub(crate) ty: Type,
    /// The document's words.
    pub(crate) doc: Doc,
}

/// Where a parameter goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// Into the path's template.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into a cookie.
    Cookie,
    /// Into a part of the body, with this media type if it is said.
    Part(Option<String>),
}

/// How a parameter's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// One piece of text, in the way that its location has for that.
    Plain,
    /// One piece of text.
    Styled(Styling),
    /// A list of pieces of text.
    List(Styling),
    /// Whatever its type becomes in JSON: text, a list or an object.
    Structured(Styling),
    /// The text of a JSON value.
    Json(Styling),
}

/// The keys that say how a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Styling {
    /// `style`.
    pub(crate) style: Style,
    /// `explode`.
    pub(crate) explode: bool,
    /// `allowReserved`.
    pub(crate) reserved: bool,
}

/// A `style` of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `simple`.
    Simple,
    /// `label`.
    Label,
    /// `matrix`.
    Matrix,
    /// `form`.
    Form,
    /// `spaceDelimited`.
    SpaceDelimited,
    /// `pipeDelimited`.
    PipeDelimited,
    /// `deepObject`.
    DeepObject,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    /// Where the document has it.
    pub(crate) at: Pointer,
    /// The argument or setter.
    pub(crate) ident: Ident,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
    /// What the caller gives.
    pub(crate) ty: Type,
    /// How it is written.
    pub(crate) encoding: Encoding,
    /// The fields of a form that are written in a way of their own.
    pub(crate) fields: Vec<FormField>,
    /// Whether its parts are parameters, so that nobody gives it as a whole.
    pub(crate) in_parts: bool,
    /// The `Content-Type`.
    pub(crate) media_type: String,
    /// The document's words.
    pub(crate) doc: Doc,
}

/// A field of a form that is written in a way of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormField {
    /// The property.
    pub(crate) wire: String,
    /// How it is written.
    pub(crate) styling: Styling,
    /// Whether it is written as JSON.
    pub(crate) json: bool,
}

/// How a body is written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    /// RFC 8259.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// RFC 7578.
    Multipart,
    /// As it is, in UTF-8.
    Text,
    /// As it is.
    Bytes,
    /// There is none.
    Empty,
    /// Its status tells.
    ByStatus,
}

/// What a success holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What the caller gets.
    pub(crate) ty: Type,
    /// How it is read.
    pub(crate) encoding: Encoding,
    /// What the request says it accepts.
    pub(crate) accept: String,
}

/// An enum that tells answers apart by their status.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ByStatus {
    /// The type, which stands beside the request.
    pub(crate) ident: Ident,
    /// Those of one status before those of many.
    pub(crate) variants: Vec<StatusVariant>,
}

/// What is documented for a status.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StatusVariant {
    /// The variant.
    pub(crate) ident: Ident,
    /// When it comes.
    pub(crate) statuses: Statuses,
    /// What it holds.
    pub(crate) ty: Type,
    /// How it is read.
    pub(crate) encoding: Encoding,
    /// The document's words, on one line.
    pub(crate) said: String,
}

/// The headers of an operation's answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Headers {
    /// The type, which stands beside the request.
    pub(crate) ident: Ident,
    /// In the document's order.
    pub(crate) fields: Vec<HeaderField>,
}

/// A header of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeaderField {
    /// The header, in small letters, and the field.
    pub(crate) name: Name,
    /// One that can be read from a text.
    pub(crate) ty: Type,
    /// The document's words.
    pub(crate) doc: Doc,
}

/// The request's function that asks for what else a success may be.
pub(crate) const ALTERNATIVE: &str = "send_stream_as";

/// How a success can be read piece by piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Streaming {
    /// What the pieces are.
    pub(crate) kind: Streamed,
    /// What the request says it accepts.
    pub(crate) accept: String,
}

impl Streaming {
    /// The request's function that gives it.
    pub(crate) fn function(&self) -> &'static str {
        match self.kind {
            Streamed::Bytes => "send_stream",
            Streamed::Events => "send_events",
            Streamed::Lines => "send_lines",
        }
    }
}

/// What comes piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Streamed {
    /// Bytes, as many at a time as the network gives.
    Bytes,
    /// Server-sent events.
    Events,
    /// JSON values, a line each.
    Lines,
}

impl Operation {
    /// The types of what is sent.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Type> {
        let parameters = self.required.iter().chain(&self.optional).map(|parameter| &parameter.ty);
        parameters.chain(self.body.iter().map(|body| &body.ty))
    }

    /// The types of what is received.
    pub(crate) fn received(&self) -> impl Iterator<Item = &Type> {
        let variants = self.by_status.iter().flat_map(|by_status| &by_status.variants).map(|variant| &variant.ty);
        let headers = self.headers.iter().flat_map(|headers| &headers.fields).map(|field| &field.ty);
        [&self.success.ty].into_iter().chain(&self.error).chain(variants).chain(headers)
    }
}

/// A parameter that carries a credential's own value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// Where it goes.
    pub(crate) carrier: Carrier,
    /// The scheme's static.
    pub(crate) scheme: Ident,
}

/// Statuses that a document describes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statuses {
    /// `404`.
    One(u16),
    /// `4XX`, by its first digit.
    Range(u16),
    /// `default`: what no other entry describes.
    Other,
}

impl Item {
    /// The schema's name, and the type's.
    pub(crate) fn name(&self) -> &Name {
        match self {
            Self::Struct(item) => &item.name,
            Self::Enum(item) => &item.name,
            Self::Union(item) => &item.name,
            Self::Alias(item) | Self::Newtype(item) => &item.name,
        }
    }

    /// The types that are mentioned in it.
    pub(crate) fn types(&self) -> Vec<&Type> {
        match self {
            Self::Struct(item) => {
                item.fields.iter().map(|field| &field.ty).chain(item.rest.iter().map(|rest| &rest.ty)).collect()
            }
            Self::Enum(_) => Vec::new(),
            Self::Union(item) => item.variants.iter().map(|variant| &variant.ty).collect(),
            Self::Alias(item) | Self::Newtype(item) => vec![&item.ty],
        }
    }
}

impl Item {
    /// Where the document has it.
    pub(crate) fn at(&self) -> &Pointer {
        match self {
            Self::Struct(item) => &item.at,
            Self::Enum(item) => &item.at,
            Self::Union(item) => &item.at,
            Self::Alias(item) | Self::Newtype(item) => &item.at,
        }
    }

    /// The document's words.
    pub(crate) fn doc(&self) -> &Doc {
        match self {
            Self::Struct(item) => &item.doc,
            Self::Enum(item) => &item.doc,
            Self::Union(item) => &item.doc,
            Self::Alias(item) | Self::Newtype(item) => &item.doc,
        }
    }
}

impl Struct {
    /// Whether there is a value of it that a document allows without saying anything.
    pub(crate) fn has_default(&self) -> bool {
        self.derives_default() || (self.built && self.fields.iter().all(|field| !field.asked))
    }

    /// Whether each of its fields has a default of its own.
    pub(crate) fn derives_default(&self) -> bool {
        self.fields.iter().all(|field| field.presence != Presence::Required)
    }
}

impl Type {
    /// This type, or `null`.
    pub(crate) fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Json => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// This type without `null`.
    pub(crate) fn unwrap_nullable(self) -> Self {
        match self {
            Self::Nullable(inner) => *inner,
            other => other,
        }
    }

    /// The declared types that are mentioned in it.
    pub(crate) fn items(&self) -> Vec<&Ident> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(ty) = open.pop() {
            match ty {
                Self::Item(ident) => found.push(ident),
                Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::Boxed(inner) => open.push(inner),
                Self::Tuple(inner) => open.extend(inner),
                _ => {}
            }
        }
        found
    }

    /// Whether this type, or one inside it, satisfies `is`.
    pub(crate) fn mentions(&self, is: &dyn Fn(&Type) -> bool) -> bool {
        is(self)
            || match self {
                Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::Boxed(inner) => inner.mentions(is),
                Self::Tuple(inner) => inner.iter().any(|inner| inner.mentions(is)),
                _ => false,
            }
    }
}
