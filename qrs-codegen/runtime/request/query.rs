//! The query of a request.

use std::borrow::Cow;

use serde::Serialize;

use super::call::Call;
use super::form::{Field, FormError, form_pairs};
use crate::runtime::text::percent::component;
use crate::runtime::value::secret::collecting_secrets;

pub(crate) type Name = Cow<'static, str>;

/// The pairs of the query, each with the parameter that it belongs to, its name, and its encoded text.
#[derive(Clone, Default)]
pub(crate) struct Query(Vec<(Name, Name, String)>);

impl Query {
    /// Replaces the pairs of a parameter, and those of its name.
    pub(crate) fn set(&mut self, owner: &Name, pairs: Vec<(Name, String)>) {
        let begin = self.make_room(owner);
        for (at, (name, text)) in (begin..).zip(pairs) {
            self.0.insert(at, (owner.clone(), name, text));
        }
    }

    /// Replaces the pairs of a parameter by a single pair of its name.
    pub(crate) fn set_one(&mut self, name: Name, text: String) {
        let at = self.make_room(&name);
        self.0.insert(at, (name.clone(), name, text));
    }

    /// Removes the pairs of a parameter, and those of its name, and returns the position of the first.
    fn make_room(&mut self, owner: &str) -> usize {
        let is_of = |held: &str, name: &str| held == owner || name == owner;
        let Some(first) = self.0.iter().position(|(held, name, _)| is_of(held, name)) else { return self.0.len() };
        self.0.retain(|(held, name, _)| !is_of(held, name));
        first
    }

    /// The encoded pairs. Credentials replace parameters of the same name.
    pub(crate) fn texts<'a>(&'a self, credentials: &'a [(Name, String)]) -> impl Iterator<Item = &'a str> {
        let given = |owner: &Name, name: &Name| credentials.iter().any(|(given, _)| given == owner || given == name);
        let own = self.0.iter().filter(move |(owner, name, _)| !given(owner, name)).map(|(_, _, text)| text.as_str());
        own.chain(credentials.iter().map(|(_, text)| text.as_str()))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(_, name, _)| name.as_ref()).collect()
    }
}

/// The whole query as one parameter, whose name is not sent.
impl Call {
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

    /// Sets the query: text, percent-encoded.
    #[expect(clippy::needless_pass_by_value, reason = "generated code creates the string for this call only")]
    pub(crate) fn query_text(self, name: &'static str, value: String) -> Self {
        self.query_encoded(name, component(&value))
    }

    /// Sets the query: text that is encoded already.
    pub(crate) fn query_encoded(self, name: &'static str, value: String) -> Self {
        let text = if value.is_empty() { Vec::new() } else { vec![(Cow::Borrowed(name), value)] };
        self.query_pairs(name, text)
    }
}
