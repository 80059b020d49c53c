//! A client in Rust's terms: what `lower` decided and `emit` places.
//!
//! Plain, finished data. Nothing here looks at a document: whatever depends on its meaning was decided before.

mod cli;
mod operation;
mod package;
mod request;
mod runtime_part;
mod security;
mod types;
mod uses;

use std::collections::HashMap;

use crate::naming::Ident;

pub(crate) use cli::*;
pub(crate) use operation::*;
pub(crate) use package::*;
pub(crate) use request::*;
pub(crate) use runtime_part::RuntimePart;
pub(crate) use security::*;
pub(crate) use types::*;
pub(crate) use uses::Uses;

/// A whole client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Api {
    /// The title and the version of the document.
    pub(crate) contract: Contract,
    /// The crate that holds the client.
    pub(crate) package: Package,
    /// The servers, in the document's order.
    pub(crate) servers: Vec<Server>,
    /// The credentials, in the document's order.
    pub(crate) schemes: Vec<Scheme>,
    /// The requirements of operations, each once, the document's own first.
    pub(crate) securities: Vec<Security>,
    /// The declared types, in the document's order; a nested one follows the one that it was found in.
    pub(crate) items: Vec<Item>,
    /// The types that are names for another one.
    pub(crate) shared: SharedTypes,
    /// The operations, by the module that holds them.
    pub(crate) modules: Vec<Module>,
    /// The content of requests of other paths.
    pub(crate) any: AnyPath,
    /// Whether it has a mock.
    pub(crate) mock: bool,
    /// The command, if the document asks for one.
    pub(crate) cli: Option<Cli>,
    /// The parts of the runtime that it and its hand-written modules use.
    pub(crate) uses: Uses,
}

/// The declared types by their names.
pub(crate) type ItemsByName<'a> = HashMap<&'a Ident, &'a Item>;

impl Api {
    /// The declared types by their names.
    pub(crate) fn items_by_name(&self) -> ItemsByName<'_> {
        self.items.iter().map(|item| (&item.name().ident, item)).collect()
    }
}

/// The content of a request whose path the document does not describe.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AnyPath {
    /// The ways to authenticate.
    pub(crate) security: Option<Ident>,
    /// Parameters that repeat the value of a scheme.
    pub(crate) credential_parameters: Vec<CredentialParameter>,
}

/// A name on the wire and the Rust name that stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    /// The name in the document.
    pub(crate) wire: String,
    /// The name in Rust.
    pub(crate) ident: Ident,
}

/// A doc comment: Markdown that rustdoc takes without a warning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Doc {
    /// The text, line by line.
    pub(crate) lines: Vec<String>,
    /// Whether the document marks what this describes as deprecated.
    pub(crate) is_deprecated: bool,
}
