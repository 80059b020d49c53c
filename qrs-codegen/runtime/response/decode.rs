//! Decoding bodies.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::event_stream::{EventContent, EventDecoder}; // only: event-list, event-data-list
use super::parts; // only: received-list, received-object
use super::raw::{BodyError, RawResponse, too_many_objects};
use crate::runtime::failure::element_error::ElementError;
use crate::runtime::text::charset;
use crate::runtime::text::media_type::is_json;
use crate::runtime::text::records::{self, Framing}; // only: json-lines
use crate::runtime::value::error_path::{Mismatch, decode_again};
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
        Err(error) if error.is_data() => decode_again(body).map_err(|found| not_json(response, &error, Some(&found))),
        decoded => decoded.map_err(|error| not_json(response, &error, None)),
    }
}

/// Whether a JSON text has more than `most` objects. They are counted before any of them is decoded, whatever it is decoded
/// into: an object of a few bytes becomes a value of a hundred times the size.
fn has_more_objects(text: &[u8], most: usize) -> bool {
    // An object takes two bytes. Braces in strings are told from objects only in a text that has too many of both.
    text.len() / 2 > most && braces(text) > most && objects(text) > most
}

/// The number of opening braces, counted in pieces that fit a byte: so the compiler compares many bytes at once.
fn braces(text: &[u8]) -> usize {
    let in_piece = |piece: &[u8]| piece.iter().map(|byte| u8::from(*byte == b'{')).sum::<u8>();
    text.chunks(usize::from(u8::MAX)).map(|piece| usize::from(in_piece(piece))).sum()
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

// only: received-list {
/// Decodes a success body that consists of parts, as a list.
pub(crate) fn part_list<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    if !response.content_type().is_some_and(is_json) {
        response.body = parts::as_list(response)?;
    }
    json(response)
}
// }

// only: received-object {
/// Decodes a success body that consists of named parts, as an object.
pub(crate) fn named_parts<T: DeserializeOwned>(response: &mut RawResponse) -> Result<T, BodyError> {
    if !response.content_type().is_some_and(is_json) {
        response.body = parts::as_object(response)?;
    }
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
        Err(error) => {
            let mismatch = decode_again::<Vec<IgnoredAny>>(body).err();
            Err(not_json(response, &error, mismatch.as_ref()))
        }
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
            let decoded = T::deserialize(&value).or_else(|_| {
                let decoded = decode_again::<T>(value.to_string().as_bytes());
                decoded.map_err(|mismatch| ElementError::new(elements.len(), mismatch.to_string(), value))
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
    serde_json::from_slice(body).ok().or_else(|| decode_again(body).ok())
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
        Err(error) if error.is_data() => decode_again(text).map_err(|mismatch| mismatch.to_string()),
        decoded => decoded.map_err(|error| {
            if is_out_of_range(&error) { "a number is out of range" } else { "it is not valid JSON" }.to_owned()
        }),
    }
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
fn not_json(response: &RawResponse, error: &serde_json::Error, mismatch: Option<&Mismatch>) -> BodyError {
    if charset::json(&response.body, response.content_type()).is_empty() {
        return BodyError::decode("the body is empty where JSON was expected");
    }
    if response.looks_like_page() {
        return response.page();
    }
    let place = format!("line {}, column {}", error.line(), error.column().max(1));
    let message = match error.classify() {
        Category::Data => match mismatch {
            Some(mismatch) => format!("the body is not what is documented: {mismatch} ({place})"),
            None => format!("the body is not what is documented ({place})"),
        },
        Category::Eof => format!("the body ends in the middle of its JSON ({place})"),
        Category::Syntax if is_out_of_range(error) => format!("a number in the body is out of range ({place})"),
        Category::Syntax | Category::Io => match response.media_type() {
            Some(media) if !is_json(&media) => format!("the body is {media}, not JSON"),
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
