// only: whole-query

//! The whole query as one parameter, whose name is not sent.

use std::borrow::Cow;

use serde::Serialize; // only: query-form, query-json

use super::call::Call;
use super::form::{Field, FormError, form_pairs}; // only: query-form
use crate::runtime::text::percent::component; // only: query-text
use crate::runtime::text::percent::reserved_query; // only: query-reserved
use crate::runtime::value::secret::collecting_secrets; // only: query-form, query-json

impl Call {
    // only: query-form {
    /// Sets the query: the properties of an object as a form.
    pub(crate) fn query_form<T: Serialize>(mut self, name: &'static str, value: T, fields: &[Field]) -> Self {
        let (value, secrets) = collecting_secrets(move || serde_json::to_value(value));
        self.0.secrets.extend(secrets);
        match form_pairs(value, fields) {
            Ok(pairs) => {
                let pairs = pairs.into_iter().map(|(name, pair)| (Cow::Owned(name), pair.replace("%20", "+")));
                self.query_pairs(name, pairs.collect())
            }
            Err(error) => {
                self.refuse_for(match error {
                    FormError::NotAnObject => format!("the value of the parameter `{name}` must be an object"),
                    FormError::NotEncodable => {
                        format!("the value of the parameter `{name}` cannot be encoded as a form")
                    }
                });
                self
            }
        }
    }
    // }

    // only: query-json {
    /// Sets the query: a value as JSON, percent-encoded.
    pub(crate) fn query_json<T: Serialize>(mut self, name: &'static str, value: T) -> Self {
        let (text, secrets) = collecting_secrets(move || serde_json::to_string(&value));
        self.0.secrets.extend(secrets);
        if let Ok(text) = text {
            return self.query_text(name, text);
        }
        // The message of serde may quote a value.
        self.refuse_for(format!("the value of the parameter `{name}` cannot be encoded as JSON"));
        self
    }
    // }

    // only: query-text {
    /// Sets the query: text, percent-encoded.
    #[expect(clippy::needless_pass_by_value, reason = "generated code creates the string for this call only")]
    pub(crate) fn query_text(self, name: &'static str, value: String) -> Self {
        self.query_encoded(name, component(&value))
    }
    // }

    // only: query-reserved {
    /// Sets the query: text whose reserved characters are kept.
    #[expect(clippy::needless_pass_by_value, reason = "generated code creates the string for this call only")]
    pub(crate) fn query_reserved(self, name: &'static str, value: String) -> Self {
        self.query_encoded(name, reserved_query(&value))
    }
    // }

    // only: query-encoded {
    /// Sets the query: text that is encoded already.
    pub(crate) fn query_encoded(self, name: &'static str, value: String) -> Self {
        let text = if value.is_empty() { Vec::new() } else { vec![(Cow::Borrowed(name), value)] };
        self.query_pairs(name, text)
    }
    // }
}
