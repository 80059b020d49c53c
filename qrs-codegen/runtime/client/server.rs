//! The server that a client sends its requests to.

use std::fmt;

use super::address::{Base, presentable};
use super::server_template::{Variable, expand};
use crate::runtime::failure::build_error::BuildError;

/// Where a client sends its requests.
///
/// An address that cannot be used is reported by `ClientBuilder::build`, never later.
#[derive(Clone)]
pub struct Server {
    shown: String,
    base: Result<Base, BuildError>,
}

impl Server {
    /// A server at `url`: `http` or `https`, a host, if need be a port and a path, and nothing else.
    ///
    /// A slash at the end makes no difference.
    pub fn url(url: impl Into<String>) -> Self {
        Self::checked(&url.into())
    }

    /// The address. What does not belong into one, such as a password, is left out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// A server of the document: its address with the variables' values put in.
    pub(crate) fn from_template(template: &str, variables: &[Variable]) -> Self {
        match expand(template, variables) {
            Ok(url) => Self::checked(&url),
            Err(problem) => Self { shown: template.to_owned(), base: Err(problem) },
        }
    }

    fn checked(url: &str) -> Self {
        let base = Base::parse(url);
        let shown = match &base {
            Ok(base) => base.as_str().to_owned(),
            Err(_) => presentable(url),
        };
        Self { shown, base }
    }

    pub(crate) fn base(&self) -> Result<&Base, BuildError> {
        self.base.as_ref().map_err(Clone::clone)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.shown).finish()
    }
}
