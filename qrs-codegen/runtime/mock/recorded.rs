//! A request that arrived, and its values by their types.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::described::Described;
use super::tree::{self, Notation, Pairs};
use crate::runtime::essence;

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
    /// A field of a form, or a part of the body.
    Body,
}

impl Place {
    /// A text of this place without its escapes.
    pub(crate) fn decoded(self, text: &str) -> String {
        match self {
            Self::Header | Self::Body => text.to_owned(),
            Self::Query => plain(&text.replace('+', " ")),
            Self::Path | Self::Cookie => plain(text),
        }
    }
}

fn plain(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A request as it arrived.
#[derive(Clone)]
pub struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Each name, and the text as it was sent.
    pub(crate) values: Vec<(Place, String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, as it was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, as it was sent, without its `?`.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The value of a header. Case does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.texts(Place::Header, name).next()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The media type of the body, without its parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let content_type = self.header("content-type").filter(|_| !self.body.is_empty())?;
        Some(essence(content_type).unwrap_or(content_type))
    }

    /// The values of a name, as they were sent.
    fn texts<'r>(&'r self, place: Place, name: &str) -> impl Iterator<Item = &'r str> {
        let is_same = move |held: &str| held == name || (place == Place::Header && held.eq_ignore_ascii_case(name));
        let found = self.values.iter().filter(move |(held, key, _)| *held == place && is_same(key));
        found.map(|(_, _, text)| text.as_str())
    }

    /// The first value of a name, without its escapes.
    pub(crate) fn text(&self, place: Place, name: &str) -> Option<String> {
        self.texts(place, name).next().map(|text| place.decoded(text))
    }

    /// Whether a value was sent, or the fields of it (`name[field]`).
    pub(crate) fn has(&self, place: Place, name: &str) -> bool {
        let is_field =
            |key: &str| place == Place::Query && key.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
        self.texts(place, name).next().is_some()
            || self.values.iter().any(|(held, key, _)| *held == place && is_field(key))
    }

    /// A value that must be there.
    pub(crate) fn required<T: DeserializeOwned>(&self, place: Place, name: &str) -> Result<T, String> {
        needed(self.optional(place, name)?, name)
    }

    /// A value that may be there.
    pub(crate) fn optional<T: DeserializeOwned>(&self, place: Place, name: &str) -> Result<Option<T>, String> {
        self.text(place, name).map(|text| value(&text, name)).transpose()
    }

    /// The elements of a list: repeated, or separated by a character.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        place: Place,
        name: &str,
        separator: Option<char>,
    ) -> Result<Option<Vec<T>>, String> {
        let texts = self.texts(place, name);
        let texts: Vec<&str> = match separator {
            Some(separator) => texts.flat_map(|text| tree::pieces(place, text, separator)).collect(),
            None => texts.collect(),
        };
        if texts.is_empty() {
            return Ok(None);
        }
        texts.into_iter().map(|text| value(&place.decoded(text), name)).collect::<Result<_, _>>().map(Some)
    }

    /// A value in a notation for lists and objects.
    pub(crate) fn styled<T: DeserializeOwned>(
        &self,
        described: &Described,
        (place, name, notation): (Place, &str, Notation),
    ) -> Result<Option<T>, String> {
        let all = self.values.iter().filter(|(held, _, _)| *held == place);
        let pairs = Pairs { place, all: all.map(|(_, name, text)| (name.as_str(), text.as_str())).collect() };
        let is_known = |name: &str| place == Place::Query && described.names_query(name);
        let found = pairs.tree(name, notation, &is_known);
        found.map(|tree| tree::read(tree).map_err(|error| format!("the parameter `{name}`: {error}"))).transpose()
    }

    /// A value whose properties are query parameters of their own. Without any, it is an empty object.
    pub(crate) fn spread<T: DeserializeOwned>(&self, described: &Described, name: &str) -> Result<T, String> {
        match self.styled(described, (Place::Query, name, Notation::Spread))? {
            Some(value) => Ok(value),
            None => tree::read(tree::Tree::Fields(Vec::new())).map_err(|_| missing(name)),
        }
    }

    /// A value that is JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, place: Place, name: &str) -> Result<Option<T>, String> {
        let read =
            |text: String| serde_json::from_str(&text).map_err(|error| format!("the parameter `{name}`: {error}"));
        self.text(place, name).map(read).transpose()
    }

    /// The whole query as a form.
    pub(crate) fn query_form<T: DeserializeOwned>(&self, fields: &[(&str, Notation)]) -> Result<Option<T>, String> {
        let read = || tree::read(form(&self.query, fields)).map_err(|error| format!("the query: {error}"));
        (!self.query.is_empty()).then(read).transpose()
    }

    /// The whole query as a JSON value.
    pub(crate) fn query_json<T: DeserializeOwned>(&self) -> Result<Option<T>, String> {
        let read = || serde_json::from_str(&plain(&self.query)).map_err(|error| format!("the query: {error}"));
        (!self.query.is_empty()).then(read).transpose()
    }

    /// The whole query as text.
    pub(crate) fn query_text<T: DeserializeOwned>(&self) -> Result<Option<T>, String> {
        (!self.query.is_empty()).then(|| value(&plain(&self.query), "the query")).transpose()
    }

    /// The body as JSON.
    pub(crate) fn json_body<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(of_body)
    }

    /// The body as text.
    pub(crate) fn text_body(&self) -> Result<String, String> {
        String::from_utf8(self.body.clone()).map_err(|_| "the body is not UTF-8".to_owned())
    }

    /// The body as a form.
    pub(crate) fn form_body<T: DeserializeOwned>(&self, fields: &[(&str, Notation)]) -> Result<T, String> {
        tree::read(form(&String::from_utf8_lossy(&self.body), fields)).map_err(of_body)
    }

    /// The body as JSON values, one after the other.
    pub(crate) fn lines_body<T: DeserializeOwned>(&self) -> Result<Vec<T>, String> {
        let records: Vec<u8> = self.body.iter().map(|byte| if *byte == 0x1E { b'\n' } else { *byte }).collect();
        serde_json::Deserializer::from_slice(&records).into_iter().collect::<Result<_, _>>().map_err(of_body)
    }
}

fn of_body(error: impl fmt::Display) -> String {
    format!("the body: {error}")
}

/// The value of a parameter that must be there.
pub(crate) fn needed<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> String {
    format!("the parameter `{name}` is missing")
}

/// The names and texts of a query or a form.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, &str)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, text)| (Place::Query.decoded(name), text))
}

fn form(text: &str, fields: &[(&str, Notation)]) -> tree::Tree {
    let all: Vec<(String, &str)> = pairs(text).collect();
    Pairs { place: Place::Query, all: all.iter().map(|(name, text)| (name.as_str(), *text)).collect() }.form(fields)
}

/// A text as a value of a type: as a string, or as a number or a boolean.
pub(crate) fn value<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, String> {
    let as_text = serde_json::from_value(Value::from(text));
    let read = as_text.or_else(|error| match tree::literal(text) {
        Some(value) => serde_json::from_value(value),
        None => Err(error),
    });
    read.map_err(|error| format!("the parameter `{name}`: {error}"))
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if let Some(media_type) = self.media_type() {
            write!(f, " ({media_type})")?;
        }
        match str::from_utf8(&self.body) {
            Ok("") => Ok(()),
            Ok(text) => write!(f, "\n        {text}"),
            Err(_) => write!(f, "\n        {} bytes that are not text", self.body.len()),
        }
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
