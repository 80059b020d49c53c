//! Operations and their responses.

use indexmap::IndexMap;

use super::{Body, Carrier, Doc, Encoding, ItemForm, Name, Parameter, Type};
use crate::diagnostic::Pointer;
use crate::naming::Ident;

/// The operations of one tag: one file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Module {
    /// The tag, and the module.
    pub(crate) name: Name,
    /// The modules around it, from the outermost.
    pub(crate) parents: Vec<Ident>,
    /// The documentation.
    pub(crate) doc: Doc,
    /// In the document's order.
    pub(crate) operations: Vec<Operation>,
    /// The way to its operations, if there are too many for one type.
    pub(crate) accessor: Option<Accessor>,
}

/// A method of `Client`, and the type that it returns, which has the methods of a module's operations.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Accessor {
    /// The method.
    pub(crate) method: Ident,
    /// The type, beside the requests.
    pub(crate) ty: Ident,
}

impl Module {
    /// The path of the module from `operations`, as Rust code.
    pub(crate) fn path(&self) -> String {
        self.idents().map(ToString::to_string).collect::<Vec<_>>().join("::")
    }

    /// The modules that lead to it, and its own.
    pub(crate) fn idents(&self) -> impl Iterator<Item = &Ident> {
        self.parents.iter().chain([&self.name.ident])
    }
}

/// One method on one path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The `operationId`, and the client's method.
    pub(crate) name: Name,
    /// The words of its subcommand, if the document gives them.
    pub(crate) command: Option<String>,
    /// A word for the media type of its body, where the operation is generated once for each; `None` for the first.
    pub(crate) media_variant: Option<String>,
    /// The request's type.
    pub(crate) request: Ident,
    /// The static that describes it.
    pub(crate) static_ident: Ident,
    /// As it is sent.
    pub(crate) method: String,
    /// The path's template.
    pub(crate) path: String,
    /// The documentation.
    pub(crate) doc: Doc,
    /// Whether the document advises against it.
    pub(crate) deprecated: bool,
    /// The arguments, in order.
    pub(crate) required: Vec<Parameter>,
    /// The parameters that have setters.
    pub(crate) optional: Vec<Parameter>,
    /// The request body.
    pub(crate) body: Option<Body>,
    /// Parameters that carry a credential's own value.
    pub(crate) credential_parameters: Vec<CredentialParameter>,
    /// The static of the credentials that it needs, if it needs any.
    pub(crate) security: Option<Ident>,
    /// The constructors of its own servers, if it has others than the document.
    pub(crate) servers: Vec<Ident>,
    /// A documented success.
    pub(crate) success: Success,
    /// The type of the documented errors.
    pub(crate) error: Option<Type>,
    /// Their status codes.
    pub(crate) error_statuses: Vec<Statuses>,
    /// The enums that distinguish its responses by status code.
    pub(crate) response_enums: Vec<ResponseEnum>,
    /// The headers of its responses, if any are documented.
    pub(crate) headers: Option<Headers>,
    /// How a success can be streamed.
    pub(crate) streaming: Option<Streaming>,
    /// Further media types of a success that a caller may ask for, and gets as bytes.
    pub(crate) alternatives: Vec<String>,
    /// Every documented response, for the docs: the key in the document and the description on one line.
    pub(crate) descriptions: IndexMap<String, String>,
}

/// A documented success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Success {
    /// The type that the caller gets.
    pub(crate) ty: Type,
    /// Its encoding.
    pub(crate) encoding: Encoding,
    /// The value of the `Accept` header.
    pub(crate) accept: String,
}

/// An enum that distinguishes responses by status code, and those of one status code by media type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ResponseEnum {
    /// The type, which stands beside the request.
    pub(crate) ident: Ident,
    /// Single status codes come before ranges.
    pub(crate) variants: Vec<StatusVariant>,
}

impl ResponseEnum {
    /// Whether one of its variants takes every status code that no other one has.
    pub(crate) fn has_rest(&self) -> bool {
        self.variants.iter().any(|variant| variant.statuses == Statuses::Other)
    }
}

/// A documented response of some status codes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StatusVariant {
    /// The variant.
    pub(crate) ident: Ident,
    /// Its status codes.
    pub(crate) statuses: Statuses,
    /// The type of its value.
    pub(crate) ty: Type,
    /// Its encoding.
    pub(crate) encoding: Encoding,
    /// The media types that it comes as, where other variants have the same status codes.
    pub(crate) media_types: Vec<String>,
    /// The description, on one line.
    pub(crate) said: String,
}

/// The headers of an operation's responses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Headers {
    /// The type, which stands beside the request.
    pub(crate) ident: Ident,
    /// In the document's order.
    pub(crate) fields: Vec<HeaderField>,
}

/// A header of a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeaderField {
    /// The header, in small letters, and the field.
    pub(crate) name: Name,
    /// The type of its value.
    pub(crate) ty: Type,
    /// How its value is read.
    pub(crate) form: HeaderForm,
    /// The documentation.
    pub(crate) doc: Doc,
}

/// How the value of a header is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderForm {
    /// One piece of text that is parsed.
    Parsed,
    /// Each line as a text of its own.
    Lines,
    /// JSON.
    Json,
    /// One piece of text.
    Text,
    /// A number or a boolean.
    Literal,
    /// Texts with this between them.
    Texts(char),
    /// Numbers or booleans with this between them.
    Literals(char),
    /// Names and values with commas between them.
    Object {
        /// Whether `=` is between a name and its value.
        explode: bool,
        /// The names whose values are numbers or booleans.
        literals: Vec<String>,
        /// Whether the values of further names are.
        further: bool,
    },
}

/// The request's function that asks for another media type of a success.
pub(crate) const ALTERNATIVE: &str = "send_stream_as";

/// How a success can be read piece by piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Streaming {
    /// The kind of the pieces.
    pub(crate) kind: Streamed,
    /// The value of the `Accept` header.
    pub(crate) accept: String,
    /// The type of each piece, where the document describes it, and the form of a piece.
    pub(crate) item: Option<(Type, ItemForm)>,
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

/// The pieces of a stream.
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
    /// The types of the values that are sent.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Type> {
        let parameters = self.required.iter().chain(&self.optional).map(|parameter| &parameter.ty);
        parameters.chain(self.body.iter().map(|body| &body.ty))
    }

    /// The types of the values that are received.
    pub(crate) fn received(&self) -> impl Iterator<Item = &Type> {
        let variants =
            self.response_enums.iter().flat_map(|response_enum| &response_enum.variants).map(|variant| &variant.ty);
        let headers = self.headers.iter().flat_map(|headers| &headers.fields).map(|field| &field.ty);
        let items = self.streaming.iter().filter_map(|streaming| streaming.item.as_ref()).map(|(ty, _)| ty);
        [&self.success.ty].into_iter().chain(&self.error).chain(variants).chain(headers).chain(items)
    }
}

/// A parameter that carries a credential's own value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialParameter {
    /// Its location in a request.
    pub(crate) carrier: Carrier,
    /// The scheme's static.
    pub(crate) scheme: Ident,
}

/// Status codes that a document describes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statuses {
    /// `404`.
    One(u16),
    /// `4XX`, by its first digit.
    Range(u16),
    /// `default`: what no other entry describes.
    Other,
}
