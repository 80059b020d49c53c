//! The document that a client speaks, and the crate that holds the client.

use super::Doc;

/// The document that a client was generated from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    /// `info.title`, on one line.
    pub(crate) title: String,
    /// `info.version`.
    pub(crate) version: String,
    /// SHA-256 of the document's text, in hexadecimal.
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
    /// The URL of the source.
    pub(crate) repository: Option<String>,
    /// The URL of the project's page.
    pub(crate) homepage: Option<String>,
    /// The URL of its documentation.
    pub(crate) documentation: Option<String>,
}
