//! Settings of one request.

use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};

use crate::runtime::client::retry::Retry;
use crate::runtime::credential::header;
use crate::runtime::document::operation::Operation;
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::text::one_line::one_line;

/// The settings of one request, set by the methods of `Request`.
#[derive(Clone, Default)]
pub struct Settings {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    /// Whether the caller allows retries of a request that is not retried by default.
    pub(crate) repeatable: bool,
    /// The text of a success is kept beside what is made of it.
    pub(crate) keep_text: bool,
    pub(crate) headers: Vec<(String, String)>,
}

impl Settings {
    pub(crate) fn header(&mut self, name: String, value: String) {
        self.headers.retain(|(held, _)| !held.eq_ignore_ascii_case(&name));
        self.headers.push((name, value));
    }

    /// The headers, each name once, or the reason why one of them is not valid.
    pub(crate) fn checked(
        &self,
        schemes: &[&'static Scheme],
        operation: &'static Operation,
        redactor: &mut Redactor,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
        if self.headers.is_empty() {
            return Ok(Vec::new());
        }
        let used = schemes
            .iter()
            .map(|scheme| (scheme.carrier, *scheme))
            .chain(operation.credential_parameters.iter().copied());
        let made: Vec<Carrier> =
            used.filter(|(_, scheme)| scheme.generated.is_some()).map(|(carrier, _)| carrier).collect();
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let own = |carrier: &Carrier| matches!(carrier, Carrier::Header(own) if own.eq_ignore_ascii_case(name));
            let checked = if made.iter().any(own) {
                Err("the client generates its value".to_owned())
            } else {
                header::checked(name, value)
            };
            let (name, content) =
                checked.map_err(|why| format!("the header `{}` cannot be sent: {why}", one_line(name, 100)))?;
            headers.push((name, content));
            header::secrets(value).for_each(|secret| redactor.add(secret));
        }
        Ok(headers)
    }
}
