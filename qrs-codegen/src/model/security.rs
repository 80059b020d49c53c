//! Servers and credentials.

use super::{Doc, Name};
use crate::diagnostic::Pointer;
use crate::naming::Ident;

/// A constructor of `Server`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Server {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The constructor.
    pub(crate) ident: Ident,
    /// The URL with its variables in braces.
    pub(crate) url: String,
    /// The documentation.
    pub(crate) doc: Doc,
    /// In the order of their places in the URL.
    pub(crate) variables: Vec<Variable>,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    /// The argument.
    pub(crate) name: Name,
    /// The default value.
    pub(crate) default: String,
    /// The values that the document allows; empty if any is.
    pub(crate) allowed: Vec<String>,
    /// The description, on one line.
    pub(crate) doc: String,
}

/// A security scheme: a credential that the client's builder takes, or makes itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scheme {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The scheme's name in the document, and the builder's method.
    pub(crate) name: Name,
    /// The static that describes it.
    pub(crate) static_ident: Ident,
    /// The part of a request that carries it.
    pub(crate) carrier: Carrier,
    /// The source of its value.
    pub(crate) value: SchemeValue,
    /// Whether the document advises against it.
    pub(crate) deprecated: bool,
    /// The documentation.
    pub(crate) doc: Doc,
}

/// The credentials that an operation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Security {
    /// The static that holds it.
    pub(crate) static_ident: Ident,
    /// Alternatives, each a set of schemes (by their statics) that are all needed.
    pub(crate) alternatives: Vec<Vec<Ident>>,
}

/// The part of a request that carries a credential.
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

/// The source of a credential's value.
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
    /// The client generates it for each request.
    Generated {
        /// How many characters.
        length: u16,
        /// The characters to choose from, each as likely.
        alphabet: String,
    },
}
