//! The command line of a crate: its subcommands, and the options that make a request of them.

use super::{Location, ParameterEncoding, PartLayout, Presence};
use crate::naming::Ident;

/// The command that a crate offers with the feature `cli`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cli {
    /// The name of the binary.
    pub(crate) name: String,
    /// One line.
    pub(crate) about: String,
    /// The hand-written module with further subcommands, if there is one.
    pub(crate) extension: Option<Ident>,
    /// The packages that the extension needs and the crate has not.
    pub(crate) dependencies: Vec<CliDependency>,
    /// In the document's order.
    pub(crate) groups: Vec<CliGroup>,
}

/// A package that a hand-written module needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CliDependency {
    /// The name of the package.
    pub(crate) name: String,
    /// The version requirement.
    pub(crate) version: String,
    /// The folder of a package beside the crate, relative to the crate's.
    pub(crate) path: Option<String>,
    /// The features to enable.
    pub(crate) features: Vec<String>,
}

/// The subcommands of one tag.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CliGroup {
    /// The name on the command line.
    pub(crate) name: String,
    /// One line.
    pub(crate) about: String,
    /// In the document's order.
    pub(crate) commands: Vec<CliCommand>,
}

/// The subcommand of one operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CliCommand {
    /// The name on the command line.
    pub(crate) name: String,
    /// The modules that lead to the operation, and the static in the last one that describes it.
    pub(crate) operation: Vec<Ident>,
    /// One line.
    pub(crate) about: String,
    /// The rest of the documentation, in lines.
    pub(crate) details: String,
    /// Whether the document advises against it.
    pub(crate) deprecated: bool,
    /// The parameters.
    pub(crate) options: Vec<CliOption>,
    /// The request body, if it is not made of parts.
    pub(crate) body: Option<CliBody>,
    /// The media type of a body that is made of parts, and its parts.
    pub(crate) multipart: Option<(String, PartLayout)>,
    /// The use of a success.
    pub(crate) success: CliSuccess,
}

/// A parameter as an option.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CliOption {
    /// The name on the command line.
    pub(crate) name: String,
    /// The name in the document.
    pub(crate) wire: String,
    /// The location in a request.
    pub(crate) location: Location,
    /// The encoding there.
    pub(crate) encoding: ParameterEncoding,
    /// The value.
    pub(crate) value: CliValue,
    /// Whether it must be given.
    pub(crate) is_required: bool,
    /// The document's words, on one line.
    pub(crate) help: String,
}

/// A value as it is written on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CliValue {
    /// The kind of one value.
    pub(crate) kind: CliKind,
    /// Whether the option may be given several times.
    pub(crate) is_list: bool,
    /// The values that the document lists.
    pub(crate) known: Vec<String>,
}

/// The kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CliKind {
    /// Any text.
    Text,
    /// A UUID.
    Uuid,
    /// A day.
    Date,
    /// A point in time.
    Time,
    /// Bytes in Base64.
    Base64,
    /// An address of the Internet Protocol.
    Address,
    /// Text that is read from a file, so that nobody sees it.
    Secret,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// JSON text.
    Json,
    /// The content of a file.
    File,
}

/// A request body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CliBody {
    /// The `Content-Type`.
    pub(crate) media_type: String,
    /// The encoding.
    pub(crate) encoding: CliEncoding,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
    /// The struct whose fields are options, if it is one.
    pub(crate) fields: Option<Ident>,
    /// The document's words, on one line.
    pub(crate) help: String,
}

/// The encodings of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CliEncoding {
    /// JSON.
    Json,
    /// A form of names and values.
    Form,
    /// The bytes of a file.
    Bytes,
}

impl CliKind {
    /// Whether a value is text, perhaps of some form, that anybody may see.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Uuid | Self::Date | Self::Time | Self::Base64 | Self::Address)
    }
}

/// The use of the body of a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CliSuccess {
    /// It is JSON.
    Json,
    /// It is a page of a list: JSON whose property of this name has the elements.
    Page(String),
    /// It is text.
    Text,
    /// It is written as it is.
    Bytes,
    /// There is none.
    Nothing,
}
