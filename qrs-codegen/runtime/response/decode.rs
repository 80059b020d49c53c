//! Decoding bodies.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::raw::{BodyError, RawResponse, too_many_objects};
use crate::runtime::failure::element_error::ElementError;
use crate::runtime::value::error_path::decode_again;
use crate::runtime::value::object::{count_object, limited};
use crate::runtime::value::secret::Secret;

pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Decodes a success body that is JSON. An empty body is read as `null`, so that an `Option` is `None`.
pub(crate) fn json<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    let body = json_body(response);
    let most = response.max_objects;
    match limited(most, || serde_json::from_slice(body)) {
        (Ok(value), _) => Ok(value),
        (Err(_), true) => Err(BodyError::too_many_objects(most)),
        (Err(error), false) if error.is_data() => match limited(most, || decode_again(body)) {
            (Ok(value), _) => Ok(value),
            (Err(_), true) => Err(BodyError::too_many_objects(most)),
            (Err(path), false) => Err(not_json(response, &error, path)),
        },
        (Err(error), false) => Err(not_json(response, &error, None)),
    }
}

/// Decodes a success body that is a list in JSON, each element separately.
pub(crate) fn json_elements<T: DeserializeOwned>(
    response: &mut RawResponse,
) -> Result<Vec<Result<T, ElementError>>, BodyError> {
    let body = json_body(response);
    let most = response.max_objects;
    match limited(most, || serde_json::from_slice::<Elements<T>>(body)) {
        (Ok(Elements(elements)), _) => Ok(elements),
        (Err(_), true) => Err(BodyError::too_many_objects(most)),
        (Err(error), false) => Err(not_json(response, &error, None)),
    }
}

/// A list whose elements are decoded as they are read, so that the JSON of one alone is held.
struct Elements<T>(Vec<Result<T, ElementError>>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsReader(PhantomData))
    }
}

struct ElementsReader<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for ElementsReader<T> {
    type Value = Elements<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Elements<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            count_object()?;
            let decoded = T::deserialize(&value).or_else(|error| {
                let text = value.to_string();
                let wrong = |path| ElementError::new(elements.len(), wrong(&error, path), value);
                decode_again::<T>(text.as_bytes()).map_err(wrong)
            });
            elements.push(decoded);
        }
        Ok(Elements(elements))
    }
}

/// Decodes an error body that is JSON, if the document describes one for this status code.
pub(crate) fn json_error<E: DeserializeOwned>(response: &RawResponse) -> Option<E> {
    if response.cut.is_some() || !response.operation.documents_error(response.status) {
        return None;
    }
    let body = json_body(response);
    let decode = || serde_json::from_slice(body).or_else(|_| decode_again(body)).ok();
    limited(response.max_objects, decode).0
}

/// The decoder of an operation that documents no error body.
pub(crate) fn no_error(_: &RawResponse) -> Option<()> {
    None
}

/// Decodes a part of a body that is JSON and has at most `most` objects, or says what is wrong with it.
pub(crate) fn value<T: DeserializeOwned>(text: &[u8], most: usize) -> Result<T, String> {
    match limited(most, || serde_json::from_slice(text)) {
        (Ok(value), _) => Ok(value),
        (Err(_), true) => Err(too_many_objects(most)),
        (Err(error), false) if error.is_data() => match limited(most, || decode_again(text)) {
            (Ok(value), _) => Ok(value),
            (Err(_), true) => Err(too_many_objects(most)),
            (Err(path), false) => Err(wrong(&error, path)),
        },
        (Err(error), false) => Err(wrong(&error, None)),
    }
}

fn wrong(error: &serde_json::Error, path: Option<String>) -> String {
    if is_out_of_range(error) {
        return "a number is out of range".to_owned();
    }
    if !error.is_data() {
        return "it is not valid JSON".to_owned();
    }
    let fault = fault(&error.to_string());
    path.map_or_else(|| fault.clone(), |path| format!("{path}: {fault}"))
}

/// Decodes a success body that is text.
pub(crate) fn text(response: &mut RawResponse) -> Result<String, BodyError> {
    let body = std::mem::take(&mut response.body);
    let latin = response.content_type().is_some_and(|content| names_latin_1(&content.to_ascii_lowercase()));
    if latin {
        return Ok(body.into_iter().map(char::from).collect());
    }
    match String::from_utf8(body) {
        Ok(mut text) => {
            if text.starts_with('\u{FEFF}') {
                text.remove(0);
            }
            Ok(text)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            response.body = error.into_bytes();
            Err(BodyError::decode(format!("the text is not UTF-8 (byte {at})")))
        }
    }
}

/// Decodes a success body that is a secret text.
pub(crate) fn secret(response: &mut RawResponse) -> Result<Secret, BodyError> {
    text(response).map(Secret::from)
}

/// Returns a success body as it is.
#[allow(clippy::unnecessary_wraps, reason = "a decoder")]
pub(crate) fn bytes(response: &mut RawResponse) -> Result<Vec<u8>, BodyError> {
    Ok(std::mem::take(&mut response.body))
}

/// Ignores the body of a success without content.
#[allow(clippy::unnecessary_wraps, reason = "a decoder")]
pub(crate) fn empty(_: &mut RawResponse) -> Result<(), BodyError> {
    Ok(())
}

fn json_body(response: &RawResponse) -> &[u8] {
    let body = response.body.strip_prefix(BOM).unwrap_or(&response.body);
    if body.is_empty() { b"null" } else { body }
}

fn names_latin_1(content_type: &str) -> bool {
    content_type.split(';').skip(1).any(|parameter| {
        let charset = parameter.trim().strip_prefix("charset=");
        matches!(charset.map(|name| name.trim_matches('"')), Some("iso-8859-1" | "latin1"))
    })
}

/// The error for a body that is not the JSON that was expected. It tells of kinds and places, never of values.
fn not_json(response: &RawResponse, error: &serde_json::Error, path: Option<String>) -> BodyError {
    if response.body.strip_prefix(BOM).unwrap_or(&response.body).is_empty() {
        return BodyError::decode("the body is empty where JSON was expected");
    }
    if response.looks_like_page() {
        return response.page();
    }
    let place = format!("line {}, column {}", error.line(), error.column().max(1));
    let message = match error.classify() {
        Category::Data => {
            let fault = fault(&error.to_string());
            match path {
                Some(path) => format!("the body is not what is documented: {path}: {fault} ({place})"),
                None => format!("the body is not what is documented: {fault} ({place})"),
            }
        }
        Category::Eof => format!("the body ends in the middle of its JSON ({place})"),
        Category::Syntax if is_out_of_range(error) => format!("a number in the body is out of range ({place})"),
        Category::Syntax | Category::Io => match response.media_type() {
            Some(media) if !media.ends_with("json") => format!("the body is {media}, not JSON"),
            _ => format!("the body is not valid JSON ({place})"),
        },
    };
    BodyError::decode(message)
}

/// Whether a number is too large for any type. `serde_json` has no kind of error for it, only these words; the test
/// `a_number_out_of_range` fails when they change.
fn is_out_of_range(error: &serde_json::Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("number out of range")
}

/// Says what is wrong without the value, which serde's messages quote: the kind of value found, and the one expected.
///
/// `serde_json` has no type for these facts, only text. The tests `a_body_that_does_not_fit_is_placed_and_never_quoted` and
/// `a_fault_is_found_in_every_form_of_type` fail when the words change.
fn fault(message: &str) -> String {
    // serde_json adds the place at the end.
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some(found) = message.strip_prefix("invalid type: ") {
        return match due(found) {
            Some(due) => format!("{} where {due} was expected", kind(found)),
            None => format!("{} where another kind of value was expected", kind(found)),
        };
    }
    if let Some(found) = message.strip_prefix("invalid value: ") {
        return match due(found) {
            Some(due) => format!("{} that is not {due}", kind(found)),
            None => format!("{} that is not allowed", kind(found)),
        };
    }
    for (start, meaning) in [("missing field ", "is missing"), ("duplicate field ", "is there twice")] {
        // The name comes from the type, not from the body.
        if let Some(name) = message.strip_prefix(start) {
            return format!("{name} {meaning}");
        }
    }
    if message.starts_with("invalid length ") {
        return "a list of another length than documented".to_owned();
    }
    if message.starts_with("unknown variant ") {
        return "a value that is not one of those documented".to_owned();
    }
    "a value that does not have the documented form".to_owned()
}

fn kind(found: &str) -> &'static str {
    [
        ("string", "a string"),
        ("integer", "an integer"),
        ("floating point", "a number with a fraction"),
        ("number", "a number"),
        ("boolean", "a boolean"),
        ("null", "null"),
        ("unit", "null"),
        ("sequence", "a list"),
        ("map", "an object"),
    ]
    .iter()
    .find_map(|(start, kind)| found.starts_with(start).then_some(*kind))
    .unwrap_or("a value")
}

fn due(found: &str) -> Option<String> {
    // The last one: a quoted value that contains these words comes before it.
    let (_, due) = found.rsplit_once(", expected ")?;
    let proper = due.len() <= 80 && due.chars().all(|c| c.is_ascii_alphanumeric() || " _-,.:`'<>()".contains(c));
    proper.then(|| match due.strip_prefix("struct ") {
        Some(name) => format!("an object ({name})"),
        None if due == "a sequence" => "a list".to_owned(),
        None if due == "a map" => "an object".to_owned(),
        None => due.to_owned(),
    })
}
