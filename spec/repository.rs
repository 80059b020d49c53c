//! Facts about the repository's responses that no document states.
//!
//! * [`NEVER`]: the time that stands for "never".
//! * [`Error::is_csrf`]: a refusal by the protection against cross-site requests.

use jiff::Timestamp;
use reqwest::StatusCode;

use crate::Error;

/// 1753-01-01T00:00:00Z, the earliest time that the repository's database can hold. It stands for "never", as in the
/// `lastUsed` of an allocation that was not used yet.
pub const NEVER: Timestamp = Timestamp::constant(-6_847_804_800, 0);

impl<E> Error<E> {
    /// Whether the repository's protection against cross-site requests refused the request: 403, with the words "XSRF
    /// prevention check failed".
    ///
    /// The client sends the key in both places with every request, so something between client and repository has
    /// changed the request: a proxy that drops the header `X-Qlik-Xrfkey` or the query.
    #[must_use]
    pub fn is_csrf(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN) && self.text().is_some_and(|text| text.contains("XSRF"))
    }
}
