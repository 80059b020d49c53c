//! Decoding bodies.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::event_stream::{EventContent, EventDecoder}; // only: event-list, event-data-list
use super::raw::{BodyError, RawResponse, too_many_objects};
use crate::runtime::failure::element_error::ElementError;
use crate::runtime::text::charset;
use crate::runtime::text::records::{self, Framing}; // only: json-lines
use crate::runtime::value::error_path::decode_again;
use crate::runtime::value::secret::Secret; // only: secret-success

pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Decodes a success body that is JSON. An empty body is read as `null`, so that an `Option` is `None`.
pub(crate) fn json<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    let body = json_body(response);
    let body = body.as_ref();
    let most = response.max_objects;
    if has_more_objects(body, most) {
        return Err(BodyError::too_many_objects(most));
    }
    match serde_json::from_slice(body) {
        Err(error) if error.is_data() => decode_again(body).map_err(|path| not_json(response, &error, path)),
        decoded => decoded.map_err(|error| not_json(response, &error, None)),
    }
}

/// Whether a JSON text has more than `most` objects. They are counted before any of them is decoded, whatever it is decoded
/// into: an object of a few bytes becomes a value of a hundred times the size.
fn has_more_objects(text: &[u8], most: usize) -> bool {
    // Braces in strings are told from objects only in a text that has too many of both.
    text.split(|byte| *byte == b'{').count() > most.saturating_add(1) && objects(text) > most
}

fn objects(text: &[u8]) -> usize {
    let (mut objects, mut is_string, mut is_escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'{' if !is_string => objects += 1,
            _ => {}
        }
    }
    objects
}

// only: json-lines {
/// Decodes a success body that is a sequence of JSON values, one per line or per record, as a list.
pub(crate) fn json_lines<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    let body = response.body.strip_prefix(BOM).unwrap_or(&response.body);
    response.body = records::as_list(body, Framing::of(&response.headers));
    json(response)
}
// }

// only: event-list {
/// Decodes a success body that is a sequence of server-sent events, as a list.
pub(crate) fn events<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    list_of_events(response, EventContent::Whole)
}
// }

// only: event-data-list {
/// As [`events`], of the data of each event.
pub(crate) fn events_data<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    list_of_events(response, EventContent::Data)
}
// }

// only: event-list, event-data-list {
fn list_of_events<T: DeserializeOwned>(response: &mut RawResponse, content: EventContent) -> Result<T, BodyError> {
    let mut decoder = EventDecoder::default();
    decoder.push(&response.body);
    let mut events = Vec::new();
    while let Some(event) = decoder.pop() {
        events.push(event.into_json(content));
    }
    response.body = format!("[{}]", events.join(",")).into_bytes();
    json(response)
}
// }

/// Decodes a success body that is a list in JSON, each element separately.
pub(crate) fn json_elements<T: DeserializeOwned>(
    response: &mut RawResponse,
) -> Result<Vec<Result<T, ElementError>>, BodyError> {
    let body = json_body(response);
    let body = body.as_ref();
    let most = response.max_objects;
    if has_more_objects(body, most) {
        return Err(BodyError::too_many_objects(most));
    }
    let is_beyond = Cell::new(false);
    let reader = ElementsReader { most, is_beyond: &is_beyond, element: PhantomData };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match deserializer.deserialize_seq(reader).and_then(|elements| deserializer.end().map(|()| elements)) {
        Ok(elements) => Ok(elements),
        Err(_) if is_beyond.get() => Err(BodyError::too_many_objects(most)),
        Err(error) => Err(not_json(response, &error, None)),
    }
}

/// Decodes the elements of a list as they are read, so that the JSON of one alone is held.
struct ElementsReader<'r, T> {
    /// The maximum number of elements: one that does not decode takes as much as an object.
    most: usize,
    is_beyond: &'r Cell<bool>,
    element: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for ElementsReader<'_, T> {
    type Value = Vec<Result<T, ElementError>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            if elements.len() == self.most {
                self.is_beyond.set(true);
                return Err(A::Error::custom("too many elements"));
            }
            let decoded = T::deserialize(&value).or_else(|error| {
                let text = value.to_string();
                let wrong = |path| ElementError::new(elements.len(), wrong(&error, path), value);
                decode_again::<T>(text.as_bytes()).map_err(wrong)
            });
            elements.push(decoded);
        }
        Ok(elements)
    }
}

/// Decodes an error body that is JSON, if the document describes one for this status code.
pub(crate) fn json_error<E: DeserializeOwned>(response: &RawResponse) -> Option<E> {
    if response.cut.is_some() || !response.operation.documents_error(response.status) {
        return None;
    }
    let body = json_body(response);
    let body = body.as_ref();
    if has_more_objects(body, response.max_objects) {
        return None;
    }
    serde_json::from_slice(body).or_else(|_| decode_again(body)).ok()
}

// only: text-error {
/// Decodes an error body that is text, if the document describes one for this status code.
pub(crate) fn text_error(response: &RawResponse) -> Option<String> {
    if response.cut.is_some() || !response.operation.documents_error(response.status) {
        return None;
    }
    charset::decode(response.body.clone(), response.content_type()).ok()
}
// }

// only: no-error-body {
/// The decoder of an operation that documents no error body.
pub(crate) fn no_error(_: &RawResponse) -> Option<()> {
    None
}
// }

/// Decodes a part of a body that is JSON and has at most `most` objects, or says what is wrong with it.
pub(crate) fn value<T: DeserializeOwned>(text: &[u8], most: usize) -> Result<T, String> {
    if has_more_objects(text, most) {
        return Err(too_many_objects(most));
    }
    match serde_json::from_slice(text) {
        Err(error) if error.is_data() => decode_again(text).map_err(|path| wrong(&error, path)),
        decoded => decoded.map_err(|error| wrong(&error, None)),
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
    charset::decode(body, response.content_type()).map_err(|(body, why)| {
        response.body = body;
        BodyError::decode(why)
    })
}

// only: secret-success {
/// Decodes a success body that is a secret text.
pub(crate) fn secret(response: &mut RawResponse) -> Result<Secret, BodyError> {
    text(response).map(Secret::from)
}
// }

// only: bytes-success {
/// Returns a success body as it is.
#[allow(clippy::unnecessary_wraps, reason = "a decoder")]
pub(crate) fn bytes(response: &mut RawResponse) -> Result<Vec<u8>, BodyError> {
    Ok(std::mem::take(&mut response.body))
}
// }

// only: empty-success {
/// Ignores the body of a success without content.
#[allow(clippy::unnecessary_wraps, reason = "a decoder")]
pub(crate) fn empty(_: &mut RawResponse) -> Result<(), BodyError> {
    Ok(())
}
// }

fn json_body(response: &RawResponse) -> Cow<'_, [u8]> {
    let body = charset::json(&response.body, response.content_type());
    if body.is_empty() { Cow::Borrowed(b"null") } else { body }
}

/// The error for a body that is not the JSON that was expected. It tells of kinds and places, never of values.
fn not_json(response: &RawResponse, error: &serde_json::Error, path: Option<String>) -> BodyError {
    if charset::json(&response.body, response.content_type()).is_empty() {
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
    let float = found.strip_prefix("floating point `").and_then(|number| number.split('`').next());
    if float.and_then(|number| number.parse::<f64>().ok()).is_some_and(|number| number.fract() == 0.0) {
        return "a number";
    }
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
