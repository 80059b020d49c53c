//! What is made of a body, by what the document says it is.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::raw::{Answer, Undecoded};
use crate::runtime::value::error_path::path_to_fault;
use crate::runtime::value::secret::Secret;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A success body that is JSON. No body at all is read as `null`, so that an `Option` is `None`.
pub(crate) fn json<T: DeserializeOwned>(answer: &mut Answer) -> Result<T, Undecoded> {
    let body = json_body(answer);
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        Err(error) => {
            let path = error.is_data().then(|| path_to_fault::<T>(body)).flatten();
            Err(not_json(answer, &error, path))
        }
    }
}

/// An error body that is JSON, if the document describes one for this status and it is one.
pub(crate) fn json_error<E: DeserializeOwned>(answer: &Answer) -> Option<E> {
    if answer.cut.is_some() || !answer.operation.documents_error(answer.status) {
        return None;
    }
    serde_json::from_slice(json_body(answer)).ok()
}

/// For an operation that documents no error body.
pub(crate) fn no_error(_: &Answer) -> Option<()> {
    None
}

/// A piece of an answer that is JSON, or what is wrong with it.
pub(crate) fn value<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| {
        let path = error.is_data().then(|| path_to_fault::<T>(text)).flatten();
        wrong(&error, path)
    })
}

fn wrong(error: &serde_json::Error, path: Option<String>) -> String {
    if !error.is_data() {
        return "it is not valid JSON".to_owned();
    }
    let fault = fault(&error.to_string());
    path.map_or_else(|| fault.clone(), |path| format!("{path}: {fault}"))
}

/// A success body that is text.
pub(crate) fn text(answer: &mut Answer) -> Result<String, Undecoded> {
    let body = std::mem::take(&mut answer.body);
    let latin = answer.content_type().is_some_and(|content| names_latin_1(&content.to_ascii_lowercase()));
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
            answer.body = error.into_bytes();
            Err(Undecoded::decode(format!("the text is not UTF-8 (byte {at})")))
        }
    }
}

/// A success body that is text and must not be seen.
pub(crate) fn secret(answer: &mut Answer) -> Result<Secret, Undecoded> {
    text(answer).map(Secret::from)
}

/// A success body as it came.
#[allow(clippy::unnecessary_wraps, reason = "a decoder")]
pub(crate) fn bytes(answer: &mut Answer) -> Result<Vec<u8>, Undecoded> {
    Ok(std::mem::take(&mut answer.body))
}

/// A success without content; a body that comes nevertheless is dropped.
#[allow(clippy::unnecessary_wraps, reason = "a decoder")]
pub(crate) fn empty(_: &mut Answer) -> Result<(), Undecoded> {
    Ok(())
}

fn json_body(answer: &Answer) -> &[u8] {
    let body = answer.body.strip_prefix(BOM).unwrap_or(&answer.body);
    if body.is_empty() { b"null" } else { body }
}

fn names_latin_1(content_type: &str) -> bool {
    content_type.split(';').skip(1).any(|parameter| {
        let charset = parameter.trim().strip_prefix("charset=");
        matches!(charset.map(|name| name.trim_matches('"')), Some("iso-8859-1" | "latin1"))
    })
}

/// The error for a body that is not the JSON that was due. It tells of kinds and places, never of values.
fn not_json(answer: &Answer, error: &serde_json::Error, path: Option<String>) -> Undecoded {
    if answer.body.strip_prefix(BOM).unwrap_or(&answer.body).is_empty() {
        return Undecoded::decode("the body is empty where JSON was due");
    }
    if answer.looks_like_page() {
        return answer.page();
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
        Category::Syntax | Category::Io => match answer.media_type() {
            Some(media) if !media.ends_with("json") => format!("the body is {media}, not JSON"),
            _ => format!("the body is not valid JSON ({place})"),
        },
    };
    Undecoded::decode(message)
}

/// serde's messages quote the value they complain of; what is kept is what kind of value it is, and which was due.
fn fault(message: &str) -> String {
    // serde_json adds the place at the end.
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some(found) = message.strip_prefix("invalid type: ") {
        return match due(found) {
            Some(due) => format!("{} where {due} was due", kind(found)),
            None => format!("{} where another kind of value was due", kind(found)),
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
