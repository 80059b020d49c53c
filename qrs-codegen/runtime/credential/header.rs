//! Headers that a caller adds.

use reqwest::header::{HeaderName, HeaderValue};

/// Headers that HTTP itself sets. Another value would break the message or misdirect it.
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

/// Shorter values are not secrets, and redacting them would make texts unreadable.
const SHORTEST_SECRET: usize = 6;

/// Checks a header of the caller. Its value is treated as a secret, since its purpose is unknown.
///
/// The error says why the header cannot be sent, without its value.
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

/// The parts of a header's value to redact.
pub(crate) fn secrets(value: &str) -> impl Iterator<Item = &str> {
    // `Token abc`: a server would echo the part after the word.
    let token = match value.split_once(' ') {
        Some((word, token)) if !token.contains(' ') && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Some(token)
        }
        _ => None,
    };
    [Some(value), token].into_iter().flatten().filter(|part| part.len() >= SHORTEST_SECRET)
}
