//! The server that a client sends its requests to.

use std::fmt;

use super::address::{BaseUrl, presentable};
use super::server_template::{Variable, expand}; // only: server
use crate::runtime::failure::build_error::BuildError;

/// The server that a client sends its requests to.
///
/// An invalid address is reported by `ClientBuilder::build`, never later.
#[derive(Clone)]
pub struct Server {
    shown: String,
    base: Result<BaseUrl, BuildError>,
}

impl Server {
    /// A server at `url`: `http` or `https`, a host, and optionally a port and a path. A trailing slash is ignored.
    pub fn url(url: impl Into<String>) -> Self {
        Self::checked(&url.into())
    }

    /// The address, without parts that do not belong in one, such as a password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    // only: server {
    /// A server of the document, with values for the variables in its address.
    pub(crate) fn from_template(template: &str, variables: &[Variable]) -> Self {
        match expand(template, variables) {
            Ok(url) => Self::checked(&url),
            Err(problem) => Self { shown: template.to_owned(), base: Err(problem) },
        }
    }
    // }

    fn checked(url: &str) -> Self {
        let base = BaseUrl::parse(url);
        let shown = match &base {
            Ok(base) => base.as_str().to_owned(),
            Err(_) => presentable(url),
        };
        Self { shown, base }
    }

    pub(crate) fn base(&self) -> Result<&BaseUrl, BuildError> {
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
