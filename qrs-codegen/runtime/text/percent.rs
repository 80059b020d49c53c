//! Percent-encoding of paths and queries.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters to encode in a path of the document: `:` and `@` are allowed, and escapes are kept.
const NOT_IN_PATH: &AsciiSet = &RESERVED
    .remove(b'/')
    .remove(b'%')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// A value as one component of a URL: percent-encoded UTF-8, except unreserved characters.
pub(crate) fn component(value: &str) -> String {
    let mut text = String::new();
    push_component(&mut text, value);
    text
}

/// Appends a [`component`] to a text.
pub(crate) fn push_component(text: &mut String, value: &str) {
    // A fast path: most names and keys need no encoding.
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return text.push_str(value);
    }
    text.reserve(value.len());
    text.extend(utf8_percent_encode(value, RESERVED));
}

/// `name=value`, both as components.
pub(crate) fn pair(name: &str, value: &str) -> String {
    let mut text = String::with_capacity(name.len() + value.len() * 2);
    push_component(&mut text, name);
    text.push('=');
    push_component(&mut text, value);
    text
}

// only: parameter, query-reserved {
/// The characters to encode in a query value whose reserved characters are kept: those that would end the value, start
/// another pair, or be misread (`+` as a space), and `'`, which URLs escape anyway.
const NOT_IN_RESERVED: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

// }

// only: query-reserved {
/// The same for a text that is the whole query, which has no pairs.
const NOT_IN_RESERVED_QUERY: &AsciiSet = &NOT_IN_RESERVED.remove(b'&').remove(b'+').remove(b'[').remove(b']');

/// A text that is the whole query, with its reserved characters except `#`.
pub(crate) fn reserved_query(value: &str) -> String {
    reserved(value, NOT_IN_RESERVED_QUERY)
}
// }

// only: parameter, query-reserved {
/// Encodes the characters of a set, except in texts that are encoded already (RFC 6570, section 3.2.3): `%2B` stays, and a
/// `%` before anything else than two hexadecimal digits becomes `%25`.
fn reserved(value: &str, set: &'static AsciiSet) -> String {
    let mut pieces = value.split('%');
    let mut text: String = utf8_percent_encode(pieces.next().unwrap_or_default(), set).collect();
    for piece in pieces {
        let is_encoded = piece.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
        text.push_str(if is_encoded { "%" } else { "%25" });
        text.extend(utf8_percent_encode(piece, set));
    }
    text
}
// }

// only: parameter {
/// The same for a cookie, which `;` would end.
const NOT_IN_RESERVED_COOKIE: &AsciiSet = &NOT_IN_RESERVED.add(b';');

/// The same for a value in the path, where `/` and `?` would end it.
const NOT_IN_RESERVED_PATH: &AsciiSet = &NOT_IN_PATH.add(b'/').add(b'%');

/// A query value that keeps the reserved characters which cannot change the meaning of the query.
pub(crate) fn reserved_component(value: &str) -> String {
    reserved(value, NOT_IN_RESERVED)
}

/// A cookie's value that keeps the reserved characters which cannot change the meaning of the header.
pub(crate) fn reserved_in_cookie(value: &str) -> String {
    reserved(value, NOT_IN_RESERVED_COOKIE)
}

/// A path value that keeps the reserved characters which a segment of a path can have.
pub(crate) fn reserved_in_path(value: &str) -> String {
    reserved(value, NOT_IN_RESERVED_PATH)
}
// }

/// A literal part of a path template.
pub(crate) fn path_literal(literal: &str) -> Cow<'_, str> {
    // Without an early end, so that the compiler compares many bytes at once.
    if literal.bytes().fold(true, |is_plain, byte| is_plain & (byte.is_ascii_alphanumeric() || byte == b'/')) {
        return Cow::Borrowed(literal);
    }
    utf8_percent_encode(literal, NOT_IN_PATH).into()
}

/// Whether a segment is `.` or `..`, in any spelling.
pub(crate) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}
