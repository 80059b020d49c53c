//! Lines that YAML wants further to the right, and that most readers take where they are: the end of a flow collection
//! and the continuation of a quoted scalar. Both mean the same wherever they stand, so the line break is taken out.
//!
//! A text keeps its length, so that every place in it stays what it is.

use std::borrow::Cow;

/// Stands for a line break in a quoted scalar and two blanks after it, which are as many bytes.
pub(super) const BREAK: char = '\u{e00a}';

/// The scanner's message about such a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    /// A line of a flow collection.
    Flow,
    /// A line of the quoted scalar that begins here.
    Quoted,
}

impl Misplaced {
    pub(super) fn of(message: &str) -> Option<Misplaced> {
        match message {
            "invalid indentation" => Some(Self::Flow),
            "invalid indentation in quoted scalar" => Some(Self::Quoted),
            _ => None,
        }
    }

    /// The text without the line break that is in the way; nothing if that would change what the text says.
    pub(super) fn joined(self, text: &str, offset: usize) -> Option<String> {
        match self {
            Self::Flow => joined_flow(text, offset),
            Self::Quoted => joined_scalar(text, offset),
        }
    }
}

/// A scalar of a joined text, as the original has it.
pub(super) fn restored(written: Cow<'_, str>) -> String {
    if !written.contains(BREAK) {
        return written.into_owned();
    }
    let mut parts = written.split(BREAK);
    let mut whole = parts.next().unwrap_or_default().trim_end_matches([' ', '\t', '\r']).to_owned();
    for part in parts {
        whole.push(' ');
        whole.push_str(part.trim_matches([' ', '\t', '\r']));
    }
    whole
}

fn joined_flow(text: &str, offset: usize) -> Option<String> {
    let before = text.get(..offset)?;
    let line_break = before.rfind('\n')?;
    let line = before[..line_break].rsplit('\n').next().unwrap_or_default();
    // A comment would swallow what is put behind it.
    if line.contains('#') || !before[line_break..].trim().is_empty() {
        return None;
    }
    let mut joined = text.to_owned();
    joined.replace_range(line_break..=line_break, " ");
    Some(joined)
}

fn joined_scalar(text: &str, offset: usize) -> Option<String> {
    let scalar = text.get(offset..)?;
    let quote = scalar.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let mut joined = text.to_owned();
    let mut found = false;
    let mut bytes = scalar.bytes().enumerate().skip(1).peekable();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'\\' if quote == '"' => {
                // A line break that is escaped is none.
                bytes.next_if(|(_, next)| !matches!(next, b'\r' | b'\n'))?;
            }
            b'\'' if quote == '\'' && bytes.next_if(|(_, next)| *next == b'\'').is_some() => {}
            _ if byte == quote as u8 => break,
            b'\n' => {
                let at = offset + index;
                let rest = text.get(at + 1..)?.strip_prefix("  ")?;
                // An empty line is a line break of the value's.
                if rest.trim_start_matches([' ', '\t']).starts_with(['\r', '\n']) {
                    return None;
                }
                joined.replace_range(at..at + 3, BREAK.encode_utf8(&mut [0; 4]));
                found = true;
            }
            _ => {}
        }
    }
    found.then_some(joined)
}
