use std::cmp::Reverse;
use std::sync::Arc;

/// The maximum number of bytes of a response's text in an error.
pub(crate) const TEXT_LIMIT: usize = 64 * 1024;

const MARK: &str = "[redacted]";

/// Redacts secret values in texts.
///
/// A server that echoes a value may escape it: matching sees through JSON escapes, percent-encoding and HTML entities, in
/// any mixture.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// The secrets of the client.
    shared: Arc<[String]>,
    /// The secrets of the call.
    values: Vec<String>,
}

enum Match {
    Whole(usize),
    /// The text ends within what may be the value.
    Begun,
    No,
}

impl Redactor {
    pub(crate) fn add(&mut self, value: &str) {
        if !value.is_empty() {
            self.values.push(value.to_owned());
        }
    }

    /// Makes clones cheap: every call starts with one.
    pub(crate) fn into_shared(self) -> Self {
        Self { shared: self.shared.iter().cloned().chain(self.values).collect(), values: Vec::new() }
    }

    /// `text` without the secret values. If it was cut from a longer one, a value that begins right before the
    /// cut is dropped as well.
    pub(crate) fn redact(&self, text: &str, cut: bool) -> String {
        let mut values: Vec<&str> = self.shared.iter().chain(&self.values).map(String::as_str).collect();
        // Longest first, so that a value that begins with another is taken out whole.
        values.sort_unstable_by_key(|value| Reverse(value.len()));
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        'text: while let Some(first) = rest.chars().next() {
            for value in &values {
                match match_start(rest, value) {
                    Match::Whole(length) => {
                        clean.push_str(MARK);
                        rest = rest.get(length..).unwrap_or_default();
                        continue 'text;
                    }
                    Match::Begun if cut => break 'text,
                    Match::Begun | Match::No => {}
                }
            }
            clean.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        clean
    }

    /// The text of a response: lossy UTF-8, at most [`TEXT_LIMIT`] bytes, redacted.
    pub(crate) fn text_of(&self, body: &[u8], cut: bool) -> String {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let head = body.get(..TEXT_LIMIT).unwrap_or(body);
        let mut text = self.redact(&String::from_utf8_lossy(head), cut || head.len() < body.len());
        // Replacement characters and marks can make the text longer than what it was made from.
        text.truncate(char_boundary(&text, TEXT_LIMIT));
        text
    }
}

/// The last place at or before `index` where a character begins.
fn char_boundary(text: &str, index: usize) -> usize {
    let mut at = index.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether `text` begins with `value`, with each character plain or escaped.
fn match_start(text: &str, value: &str) -> Match {
    let Some(first) = text.chars().next() else {
        return Match::Begun;
    };
    if !matches!(first, '\\' | '%' | '&') && !value.starts_with(first) {
        return Match::No;
    }
    // A backslash may stand for itself or begin an escape: every reading is followed until it disagrees.
    let mut ends = vec![0_usize];
    for wanted in value.chars() {
        let mut next = Vec::new();
        let mut begun = false;
        for &end in &ends {
            let rest = text.get(end..).unwrap_or_default();
            begun |= rest.is_empty();
            if rest.starts_with(wanted) {
                next.push(end + wanted.len_utf8());
            }
            match escaped(rest) {
                Escape::Of(found, length) if found == wanted => next.push(end + length),
                // It may as well stand for itself.
                Escape::Unfinished => begun = true,
                Escape::Of(..) | Escape::None => {}
            }
        }
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return if begun { Match::Begun } else { Match::No };
        }
        ends = next;
    }
    Match::Whole(ends.last().copied().unwrap_or_default())
}

enum Escape {
    /// A character, and how many bytes spell it.
    Of(char, usize),
    /// The text ends within what may be an escape.
    Unfinished,
    None,
}

fn escaped(text: &str) -> Escape {
    match text.as_bytes().first() {
        Some(b'\\') => json_escape(text),
        Some(b'%') => percent_escape(text.as_bytes()),
        Some(b'&') => html_entity(text),
        _ => Escape::None,
    }
}

fn json_escape(text: &str) -> Escape {
    let mut characters = text.chars().skip(1);
    match characters.next() {
        None => Escape::Unfinished,
        Some(plain @ ('"' | '\\' | '/')) => Escape::Of(plain, 2),
        Some('n') => Escape::Of('\n', 2),
        Some('r') => Escape::Of('\r', 2),
        Some('t') => Escape::Of('\t', 2),
        Some('b') => Escape::Of('\u{8}', 2),
        Some('f') => Escape::Of('\u{c}', 2),
        Some('u') => match utf16_unit(text) {
            Some(high @ 0xD800..=0xDBFF) => {
                let low = text.get(6..).and_then(utf16_unit).unwrap_or_default();
                match char::decode_utf16([high, low]).next() {
                    Some(Ok(character)) => Escape::Of(character, 12),
                    _ if text.len() < 12 => Escape::Unfinished,
                    _ => Escape::None,
                }
            }
            Some(unit) => char::from_u32(u32::from(unit)).map_or(Escape::None, |found| Escape::Of(found, 6)),
            None if text.len() < 6 => Escape::Unfinished,
            None => Escape::None,
        },
        Some(_) => Escape::None,
    }
}

fn utf16_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

fn percent_escape(text: &[u8]) -> Escape {
    let mut bytes = Vec::with_capacity(4);
    for triple in text.chunks(3).take(4) {
        match triple {
            [b'%', high, low] => {
                let digits = [*high, *low];
                let digits = str::from_utf8(&digits).unwrap_or_default();
                match u8::from_str_radix(digits, 16) {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => return Escape::None,
                }
            }
            [b'%', ..] => return Escape::Unfinished,
            _ => return Escape::None,
        }
        if let Ok(decoded) = str::from_utf8(&bytes) {
            return decoded.chars().next().map_or(Escape::None, |found| Escape::Of(found, bytes.len() * 3));
        }
    }
    Escape::None
}

fn html_entity(text: &str) -> Escape {
    const LONGEST: usize = 10;
    let Some(end) = text.bytes().take(LONGEST).position(|byte| byte == b';') else {
        return if text.len() < LONGEST && text.bytes().skip(1).all(|byte| byte == b'#' || byte.is_ascii_alphanumeric())
        {
            Escape::Unfinished
        } else {
            Escape::None
        };
    };
    let name = text.get(1..end).unwrap_or_default();
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let found = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix(['x', 'X']) {
                Some(digits) => number(digits, 16),
                None => number(digits, 10),
            },
            None => None,
        },
    };
    found.map_or(Escape::None, |found| Escape::Of(found, end + 1))
}
