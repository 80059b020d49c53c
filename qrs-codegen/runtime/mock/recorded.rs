//! A request that arrived, and its values by their types.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request of an operation, with each value in its type.
pub trait Received: Sized {
    /// Reads the values of a request.
    ///
    /// # Errors
    ///
    /// If a value is missing, or is not of its type.
    fn read(recorded: &Recorded) -> Result<Self, String>;
}

/// The place of a value in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

/// A request as it arrived.
#[derive(Clone)]
pub struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) values: Vec<(Place, String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a header. Case does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found =
            self.values.iter().find(|(place, key, _)| *place == Place::Header && key.eq_ignore_ascii_case(name));
        found.map(|(_, _, text)| text.as_str())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn texts<'r>(&'r self, place: Place, name: &str) -> impl Iterator<Item = &'r str> {
        let is_same = move |held: &str| held == name || (place == Place::Header && held.eq_ignore_ascii_case(name));
        let found = self.values.iter().filter(move |(held, key, _)| *held == place && is_same(key));
        found.map(|(_, _, text)| text.as_str())
    }

    /// A value that may be there.
    pub(crate) fn optional<T: DeserializeOwned>(&self, place: Place, name: &str) -> Result<Option<T>, String> {
        self.texts(place, name).next().map(|text| value(text, name)).transpose()
    }

    /// The elements of a list: repeated, or separated by a character.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        place: Place,
        name: &str,
        separator: Option<char>,
    ) -> Result<Option<Vec<T>>, String> {
        let texts: Vec<&str> = match separator {
            Some(separator) => self.texts(place, name).flat_map(|text| text.split(separator)).collect(),
            None => self.texts(place, name).collect(),
        };
        if texts.is_empty() {
            return Ok(None);
        }
        texts.into_iter().map(|text| value(text, name)).collect::<Result<_, _>>().map(Some)
    }

    /// A value that is JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, place: Place, name: &str) -> Result<Option<T>, String> {
        let read = |text| serde_json::from_str(text).map_err(|error| format!("the parameter `{name}`: {error}"));
        self.texts(place, name).next().map(read).transpose()
    }

    /// The body as JSON.
    pub(crate) fn json_body<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| format!("the body: {error}"))
    }

    /// The body as text.
    pub(crate) fn text_body(&self) -> Result<String, String> {
        String::from_utf8(self.body.clone()).map_err(|_| "the body is not UTF-8".to_owned())
    }
}

/// A text as a value of a type: as a string, or as a number or a boolean.
fn value<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, String> {
    let as_text = serde_json::from_value(Value::from(text));
    let read = as_text.or_else(|error| match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => serde_json::from_value(value),
        _ => Err(error),
    });
    read.map_err(|error| format!("the parameter `{name}`: {error}"))
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        let query = self.values.iter().filter(|(place, _, _)| *place == Place::Query);
        for (index, (_, name, text)) in query.enumerate() {
            write!(f, "{}{name}={text}", if index == 0 { '?' } else { '&' })?;
        }
        if !self.body.is_empty() {
            write!(f, "\n        {}", String::from_utf8_lossy(&self.body))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
