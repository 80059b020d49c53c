//! Percent-encoding of paths and queries.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What may not stand in a path as the document writes it: `:` and `@` may, and escapes stay as they are.
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

/// A value as one component of a URL: percent-encoded UTF-8, all but the unreserved characters.
pub(crate) fn component(value: &str) -> String {
    let mut text = String::new();
    push_component(&mut text, value);
    text
}

/// As [`component`], at the end of a text.
pub(crate) fn push_component(text: &mut String, value: &str) {
    // Most names and keys are such, and are told so in a third of the time.
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

/// What may not stand in a value of the query whose reserved characters are kept: what would end it, begin another
/// pair, or be read as something else (`+` as a space), and `'`, which a URL writes as an escape anyway.
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

/// A value of the query, with those of its reserved characters as they are that cannot change what the query is.
pub(crate) fn reserved_component(value: &str) -> String {
    utf8_percent_encode(value, NOT_IN_RESERVED).to_string()
}

/// A part of a path that the document wrote out.
pub(crate) fn path_literal(literal: &str) -> Cow<'_, str> {
    if literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/') {
        return Cow::Borrowed(literal);
    }
    utf8_percent_encode(literal, NOT_IN_PATH).into()
}

/// Whether a segment means "here" or "one up", in any of its spellings.
pub(crate) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}
