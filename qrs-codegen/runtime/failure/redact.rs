use std::cmp::Reverse;
use std::sync::Arc;

use crate::runtime::text::one_line::{is_invisible, one_line};

/// The maximum number of bytes of a response's text in an error.
pub(crate) const TEXT_LIMIT: usize = 64 * 1024;

/// The number of characters by which a secret is recognized. Further ones are redacted as far as they agree, so that the
/// time is linear in the length of the text, whatever the secrets are.
const RECOGNIZED: usize = 64;

/// The shortest line of a secret of several lines that is a secret by itself.
const SHORTEST_LINE: usize = 6;

/// The number of readings of escapes that are followed at a time.
const READINGS: usize = 8;

const MARK: &str = "[redacted]";

/// Redacts secret values in texts.
///
/// A server that echoes a value may escape it: matching sees through JSON escapes, percent-encoding and HTML entities, in
/// any mixture. White space, control characters and invisible characters are ignored, and so is the case of ASCII letters.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// The secrets of the client.
    shared: Arc<[Pattern]>,
    /// The secrets of the call.
    values: Vec<Pattern>,
}

/// A secret as it is matched.
#[derive(Clone)]
struct Pattern {
    /// Its characters that count, in lower case.
    characters: Vec<char>,
    /// The number of ignored characters at its end, which go with it where they are escaped.
    trailing: usize,
}

enum Match {
    Whole(usize),
    /// The text ends within what may be the value.
    Begun,
    No,
}

impl Redactor {
    pub(crate) fn add(&mut self, value: &str) {
        self.push(value);
        if value.contains(['\r', '\n']) {
            // A server may quote one line of it.
            value
                .split(['\r', '\n'])
                .map(str::trim)
                .filter(|line| line.len() >= SHORTEST_LINE)
                .for_each(|line| self.push(line));
        }
    }

    fn push(&mut self, value: &str) {
        let characters: Vec<char> = value.chars().filter(|c| !is_ignored(*c)).map(|c| c.to_ascii_lowercase()).collect();
        if !characters.is_empty() {
            let trailing = value.chars().rev().take_while(|c| is_ignored(*c)).count();
            self.values.push(Pattern { characters, trailing });
        }
    }

    /// Makes clones cheap: every call starts with one.
    pub(crate) fn into_shared(self) -> Self {
        Self { shared: self.shared.iter().cloned().chain(self.values).collect(), values: Vec::new() }
    }

    /// `text` without the secret values. If it was cut from a longer one, a value that begins right before the
    /// cut is dropped as well.
    pub(crate) fn redact(&self, text: &str, cut: bool) -> String {
        let mut values: Vec<&Pattern> = self.shared.iter().chain(&self.values).collect();
        // Longest first, so that a value that begins with another is redacted whole.
        values.sort_unstable_by_key(|value| Reverse(value.characters.len()));
        let units = Unit::all(text);
        let mut clean = String::with_capacity(text.len());
        // The position up to which `text` is in `clean`.
        let mut copied = 0;
        let mut at = 0;
        'text: while let Some(unit) = units.get(at) {
            for value in &values {
                match match_start(&units, at, &value.characters) {
                    Match::Whole(next) => {
                        let next = skip_escaped(&units, next, value.trailing);
                        clean.push_str(text.get(copied..unit.start).unwrap_or_default());
                        clean.push_str(MARK);
                        copied =
                            next.checked_sub(1).and_then(|last| units.get(last)).map_or(text.len(), |last| last.end);
                        at = next.max(at + 1);
                        continue 'text;
                    }
                    Match::Begun if cut => {
                        clean.push_str(text.get(copied..unit.start).unwrap_or_default());
                        return clean;
                    }
                    Match::Begun | Match::No => {}
                }
            }
            at += 1;
        }
        clean.push_str(text.get(copied..).unwrap_or_default());
        clean
    }

    /// `text` on one line of at most `limit` characters, redacted before and after it is shortened.
    pub(crate) fn excerpt(&self, text: &str, limit: usize) -> String {
        self.redact(&one_line(&self.redact(text, false), limit), false)
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

fn is_ignored(character: char) -> bool {
    character.is_whitespace() || is_invisible(character)
}

/// A character of a text that counts, and the escape that begins with it.
struct Unit {
    start: usize,
    end: usize,
    plain: char,
    /// The escaped character, if it counts, and the unit after the escape.
    escaped: Option<(Option<char>, usize)>,
    /// Whether the text ends within what may be an escape.
    unfinished: bool,
}

impl Unit {
    fn all(text: &str) -> Vec<Self> {
        let mut units: Vec<Self> = Vec::with_capacity(text.len());
        let mut visible = String::with_capacity(text.len());
        for (start, character) in text.char_indices().filter(|(_, character)| !is_ignored(*character)) {
            let end = start + character.len_utf8();
            units.push(Self { start, end, plain: character.to_ascii_lowercase(), escaped: None, unfinished: false });
            visible.push(character);
        }
        for (at, (offset, _)) in visible.char_indices().enumerate() {
            let Some(unit) = units.get_mut(at) else { break };
            if !matches!(unit.plain, '\\' | '%' | '&') {
                continue;
            }
            match escaped(visible.get(offset..).unwrap_or_default()) {
                // Escapes are ASCII: as many units as bytes.
                Escape::Of(found, length) => {
                    let counts = (!is_ignored(found)).then(|| found.to_ascii_lowercase());
                    unit.escaped = Some((counts, at + length));
                }
                Escape::Unfinished => unit.unfinished = true,
                Escape::None => {}
            }
        }
        units
    }
}

/// Whether the units from `start` spell `value`, with each character plain or escaped.
fn match_start(units: &[Unit], start: usize, value: &[char]) -> Match {
    // A backslash may stand for itself or begin an escape: every reading is followed until it disagrees.
    let mut ends = Readings::at(start);
    for (matched, wanted) in value.iter().enumerate() {
        let mut next = Readings::default();
        let mut begun = false;
        let mut at = 0;
        while let Some(end) = ends.get(at) {
            at += 1;
            let Some(unit) = units.get(end) else {
                begun = true;
                continue;
            };
            begun |= unit.unfinished;
            if unit.plain == *wanted {
                next.push(end + 1);
            }
            match unit.escaped {
                Some((Some(found), after)) if found == *wanted => next.push(after),
                // An escaped character that does not count.
                Some((None, after)) if matched > 0 => ends.push(after),
                _ => {}
            }
        }
        if next.is_empty() {
            return match ends.last() {
                Some(end) if matched >= RECOGNIZED => Match::Whole(end),
                _ if begun => Match::Begun,
                _ => Match::No,
            };
        }
        ends = next;
    }
    ends.last().map_or(Match::No, Match::Whole)
}

/// Skips up to `most` escaped characters that do not count.
fn skip_escaped(units: &[Unit], mut at: usize, most: usize) -> usize {
    for _ in 0..most {
        match units.get(at).and_then(|unit| unit.escaped) {
            Some((None, after)) => at = after,
            _ => break,
        }
    }
    at
}

/// The positions that the readings of a text have reached, in order and without duplicates.
#[derive(Default)]
struct Readings {
    ends: [usize; READINGS],
    count: usize,
}

impl Readings {
    fn at(start: usize) -> Self {
        let mut readings = Self::default();
        readings.push(start);
        readings
    }

    fn held(&self) -> &[usize] {
        self.ends.get(..self.count).unwrap_or_default()
    }

    fn get(&self, at: usize) -> Option<usize> {
        self.held().get(at).copied()
    }

    fn push(&mut self, end: usize) {
        if !self.held().contains(&end)
            && let Some(slot) = self.ends.get_mut(self.count)
        {
            *slot = end;
            self.count += 1;
        }
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The furthest position.
    fn last(&self) -> Option<usize> {
        self.held().iter().copied().max()
    }
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
        "nbsp" => Some('\u{A0}'),
        "shy" => Some('\u{AD}'),
        "zwnj" => Some('\u{200C}'),
        "zwj" => Some('\u{200D}'),
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
