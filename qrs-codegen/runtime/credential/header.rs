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

/// The reason why a header of the caller cannot be sent.
pub(crate) enum HeaderFault {
    /// HTTP does not allow its name.
    Name,
    /// HTTP itself sets it.
    SetByHttp,
    /// Its value contains a line break.
    LineBreak,
    /// Its value contains a character that a header cannot carry.
    Character,
}

/// Encodes a header of the caller. Its value is treated as a secret, since its purpose is unknown.
pub(crate) fn encoded(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), HeaderFault> {
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderFault::Name)?;
    if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(HeaderFault::SetByHttp);
    }
    if value.contains(['\r', '\n']) {
        return Err(HeaderFault::LineBreak);
    }
    let mut content = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| HeaderFault::Character)?;
    content.set_sensitive(true);
    Ok((header, content))
}

/// As [`encoded`]. The error says why the header cannot be sent, without its value.
pub(crate) fn checked(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let why = |fault| match fault {
        HeaderFault::Name => "HTTP does not allow its name",
        HeaderFault::SetByHttp => "HTTP itself sets it",
        HeaderFault::LineBreak => {
            "its value contains a line break (text read from a file often ends with one: trim it)"
        }
        HeaderFault::Character => "its value contains a character that a header cannot carry",
    };
    encoded(name, value).map_err(|fault| why(fault).to_owned())
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
