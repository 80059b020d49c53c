//! Headers that a caller adds to what the document describes.

use reqwest::header::{HeaderName, HeaderValue};

/// What HTTP itself needs on the way; a value from elsewhere would break the message, or lead it astray.
const OWN: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Shorter values are no secrets, and blotting them out of every text would make it unreadable.
const SHORTEST_SECRET: usize = 6;

/// A header of a caller's. Its value is treated as a secret: nobody knows what it is for.
///
/// Says why it cannot be sent, without the value.
pub(crate) fn checked(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err("HTTP does not allow its name".to_owned());
    };
    if is_set_by_http(name) {
        return Err("HTTP itself sets it".to_owned());
    }
    if value.contains(['\r', '\n']) {
        return Err("its value contains a line break (text read from a file often ends with one: trim it)".to_owned());
    }
    let Ok(mut content) = HeaderValue::from_bytes(value.as_bytes()) else {
        return Err("its value contains a character that a header cannot carry".to_owned());
    };
    content.set_sensitive(true);
    Ok((header, content))
}

/// Whether HTTP itself sets the header of this name.
pub(crate) fn is_set_by_http(name: &str) -> bool {
    OWN.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The parts of a header's value that must not be seen.
pub(crate) fn secrets(value: &str) -> impl Iterator<Item = &str> {
    // `Token abc`: the part behind the word is what a server would echo.
    let token = match value.split_once(' ') {
        Some((word, token)) if !token.contains(' ') && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Some(token)
        }
        _ => None,
    };
    [Some(value), token].into_iter().flatten().filter(|part| part.len() >= SHORTEST_SECRET)
}
