use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// One part of a template such as `/things/{id}`.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    Literal(&'a str),
    Name(&'a str),
}

/// The parts of a template, in order. A brace without its partner is literal text.
pub(super) fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((literal, name, after)) = next_name(rest) {
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        pieces.push(Piece::Name(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

fn next_name(template: &str) -> Option<(&str, &str, &str)> {
    let (literal, opened) = template.split_once('{')?;
    let (name, after) = opened.split_once('}')?;
    Some((literal, name, after))
}

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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
pub(super) fn component(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
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
pub(super) fn reserved_component(value: &str) -> String {
    utf8_percent_encode(value, NOT_IN_RESERVED).to_string()
}

/// A part of a path that the document wrote out.
pub(super) fn path_literal(literal: &str) -> String {
    utf8_percent_encode(literal, NOT_IN_PATH).to_string()
}

/// Whether a segment means "here" or "one up", in any of its spellings.
pub(super) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}
