//! Facts that generated code states about the command: its subcommands, servers and credentials, as the document has them.

#![allow(dead_code, reason = "a document need not have facts of every kind")]

use crate::runtime::Field as FormField; // only: query-form
use crate::runtime::Parameter as Styled; // only: styled
use crate::runtime::PartGroup; // only: part-groups
use crate::runtime::{Operation, Scheme};

/// The whole command.
pub(crate) struct Api {
    /// The name of the binary.
    pub(crate) command: &'static str,
    /// The title of the document.
    pub(crate) title: &'static str,
    /// One line.
    pub(crate) about: &'static str,
    /// The version of the crate.
    pub(crate) version: &'static str,
    /// The subcommands, by tag.
    pub(crate) groups: &'static [Group],
    /// The servers of the document.
    pub(crate) servers: &'static [Server],
    /// The credentials that a caller sets.
    pub(crate) credentials: &'static [Credential],
    /// The schemes whose values the client generates.
    pub(crate) generated: &'static [&'static Scheme],
}

/// The subcommands of one tag.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) commands: &'static [&'static Command],
}

/// The subcommand of one operation.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) operation: &'static Operation,
    pub(crate) about: &'static str,
    pub(crate) details: &'static str,
    pub(crate) is_deprecated: bool,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) body: Option<Body>,
    pub(crate) multipart: Option<Multipart>,
    pub(crate) success: Success,
}

/// A parameter.
pub(crate) struct Parameter {
    /// The name on the command line.
    pub(crate) option: &'static str,
    /// The name in the document.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) value: Value,
    pub(crate) is_required: bool,
    pub(crate) help: &'static str,
}

/// The place of a parameter in a request.
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
    // only: styled {
    /// As its style has it.
    Styled(Styled),
    /// As the text of a JSON value.
    Json(Styled),
    // }
    // only: query-form {
    /// As the whole query: a form, with the fields that have their own encoding.
    QueryForm(&'static [FormField]),
    // }
    /// As the whole query: the text of a JSON value.
    QueryJson,
    /// As the whole query: text that is encoded already.
    QueryEncoded,
    /// As the whole query: any text.
    QueryText,
    /// As a part of the body, with this media type.
    Part(Option<&'static str>),
    /// As a part of the body whose name is given with it: `NAME=VALUE`.
    FurtherPart(Option<&'static str>),
}

/// A value on the command line.
#[derive(Clone, Copy)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    /// Whether it may be given several times.
    pub(crate) is_list: bool,
    /// The values that the document lists.
    pub(crate) known: &'static [&'static str],
}

/// The kinds of values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Uuid,
    Date,
    Time,
    Base64,
    Address,
    /// Text that is read from a file.
    Secret,
    Integer,
    Number,
    Bool,
    Json,
    /// The content of a file.
    File,
}

impl Kind {
    /// Whether a value is sent as the text that it is given as.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Uuid | Self::Date | Self::Time | Self::Base64 | Self::Address)
    }
}

/// A request body.
pub(crate) struct Body {
    pub(crate) media_type: &'static str,
    pub(crate) encoding: Encoding,
    pub(crate) presence: Presence,
    /// The fields that are options.
    pub(crate) fields: &'static [Field],
    pub(crate) help: &'static str,
}

/// A body that is made of parts.
pub(crate) struct Multipart {
    pub(crate) media_type: &'static str,
    /// The order of the parts that are named.
    pub(crate) order: &'static [&'static str],
    /// Whether the names of the parts are not sent.
    pub(crate) is_unnamed: bool,
    // only: part-groups {
    /// The parts that consist of parts.
    pub(crate) groups: &'static [PartGroup],
    // }
}

/// The encodings of bodies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Form,
    /// As it is.
    Bytes,
}

/// Whether a body may be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
}

/// A field of a body.
pub(crate) struct Field {
    /// The name on the command line.
    pub(crate) option: &'static str,
    /// The name in the document.
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) is_required: bool,
    pub(crate) help: &'static str,
}

/// The content of a field.
pub(crate) enum FieldKind {
    Value(Value),
    /// An object with these fields.
    Object(&'static &'static [Field]),
}

/// The use of the body of a success.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Success {
    Json,
    /// JSON whose property of this name has the elements of a list.
    Page(&'static str),
    Text,
    Bytes,
    Nothing,
}

/// A server of the document.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) url: &'static str,
    pub(crate) about: &'static str,
    pub(crate) variables: &'static [ServerVariable],
}

/// A variable in the address of a server.
pub(crate) struct ServerVariable {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) allowed: &'static [&'static str],
    pub(crate) about: &'static str,
}

/// A credential that a caller sets.
pub(crate) struct Credential {
    pub(crate) scheme: &'static Scheme,
    /// The name on the command line.
    pub(crate) option: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: CredentialKind,
}

/// The form of a credential.
pub(crate) enum CredentialKind {
    /// A value.
    Whole,
    /// A value, and the name of the header, query parameter or cookie that carries it: `name: value`.
    Named,
    /// A token.
    Bearer,
    /// A user and a password: `user:password`.
    Basic,
    /// A client certificate with its key.
    Certificate,
    /// The names in braces in the pattern.
    Pattern { pattern: &'static str, arguments: &'static [&'static str] },
}
