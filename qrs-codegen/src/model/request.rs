//! The parts of a request: parameters and bodies, and how they are encoded.

use super::{Doc, Name, Presence, Type};
use crate::diagnostic::Pointer;
use crate::naming::Ident;

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The parameter, and the argument or setter.
    pub(crate) name: Name,
    /// Its location in a request.
    pub(crate) location: Location,
    /// Its encoding there.
    pub(crate) encoding: ParameterEncoding,
    /// The type of the argument.
    pub(crate) ty: Type,
    /// The documentation.
    pub(crate) doc: Doc,
}

/// The location of a parameter in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// Into the path's template.
    Path,
    /// Into the query.
    Query,
    /// The whole query; of a form, with the fields that have their own encoding.
    WholeQuery(Vec<FormField>),
    /// Into a header.
    Header,
    /// Into a cookie.
    Cookie,
    /// Into a part of the body, with this media type if it is said.
    Part(Option<String>),
    /// Into a part of the body whose name the caller chooses, with this media type if it is said.
    FurtherPart(Option<String>),
}

/// The encoding of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterEncoding {
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

impl ParameterEncoding {
    /// Whether reserved characters, and what the caller has percent-encoded, are sent as they are.
    pub(crate) fn keeps_reserved(self) -> bool {
        match self {
            Self::Plain => false,
            Self::Styled(styling) | Self::List(styling) | Self::Structured(styling) | Self::Json(styling) => {
                styling.reserved
            }
        }
    }
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
    /// `cookie`.
    Cookie,
    /// The delimiters between the elements of a list, then of the lists in it.
    Delimited([Option<char>; 4]),
}

/// A request's body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The argument or setter.
    pub(crate) ident: Ident,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
    /// The type of the argument.
    pub(crate) ty: Type,
    /// Its encoding.
    pub(crate) encoding: Encoding,
    /// The fields of a form that are written in a way of their own.
    pub(crate) fields: Vec<FormField>,
    /// Its parts, if they are parameters, so that nobody gives it as a whole.
    pub(crate) parts: Option<PartLayout>,
    /// The `Content-Type`, or a range of them.
    pub(crate) media_type: String,
    /// The argument for the `Content-Type`, where the document describes a range of them.
    pub(crate) media_type_argument: Option<Ident>,
    /// The documentation.
    pub(crate) doc: Doc,
}

/// The parts of a body that are parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartLayout {
    /// Their names, in the order in which they are sent.
    pub(crate) order: Vec<String>,
    /// Whether the names are not sent.
    pub(crate) is_unnamed: bool,
    /// The parts that consist of parts, inner ones before the one that they are in.
    pub(crate) groups: Vec<PartGroup>,
}

/// The name of the parts after those that have a place of their own, where names are not sent.
pub(crate) const FURTHER_PARTS: &str = "parts";

/// A part that consists of parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartGroup {
    /// The name among the parts of the body.
    pub(crate) name: String,
    /// The media type: a `multipart` one.
    pub(crate) media_type: String,
    /// Whether the names of the parts in it are not sent.
    pub(crate) is_unnamed: bool,
    /// The parts in it, in order: the name among all parts of the body, and the one that is sent.
    pub(crate) parts: Vec<(String, String)>,
}

/// A field of a form that is written in a way of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormField {
    /// The property.
    pub(crate) wire: String,
    /// Its encoding.
    pub(crate) styling: Styling,
    /// Whether it is written as JSON.
    pub(crate) json: bool,
}

/// The form of a value of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ItemForm {
    /// JSON on a line of its own.
    Line,
    /// JSON in a record of RFC 7464.
    Record,
    /// A server-sent event, as an object of its fields.
    Event,
    /// A server-sent event whose data is the value as JSON.
    EventData,
}

/// The encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    /// RFC 8259.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// RFC 7578.
    Multipart,
    /// A response in parts, as a list.
    PartList,
    /// A response in parts, as an object.
    NamedParts,
    /// A sequence of values, each in this form.
    Items(ItemForm),
    /// As it is, in UTF-8.
    Text,
    /// As it is.
    Bytes,
    /// No body.
    Empty,
    /// The encoding depends on the status code.
    ByStatus,
}
