//! Reads JSON into a `Builder`.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Number;

use super::builder::{Builder, Collection, Notation, Stop};
use super::tree::{ScalarValue, Tree};
use crate::diagnostic::{Diagnostic, Pointer, Problem, Span};

/// The reason why `text` is not JSON; `None` if it is. The depth does not matter: skipping a value needs no recursion.
pub(super) fn refusal(text: &str, base: usize) -> Option<Diagnostic> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let offset = if error.is_eof() {
        text.trim_end().len()
    } else {
        // serde_json counts columns in bytes, and names the last byte that it took.
        let line = line_start(text, error.line());
        line + error.column().saturating_sub(1)
    };
    let problem = Problem::Syntax(message(&error));
    Some(Diagnostic::error(Pointer::default(), problem).at(Span::of_char(text, offset).moved(base)))
}

/// The tree of a text that is known to be JSON.
pub(super) fn parse<'t>(text: &'t str, base: usize, mut builder: Builder<'t>) -> (Tree<'t>, Vec<Diagnostic>) {
    // What was read before a problem is still of use.
    let (Ok(()) | Err(Stop)) = walk(text, base, &mut builder);
    builder.finish()
}

/// As the text is valid, commas and colons tell nothing that the order of the values does not.
fn walk<'t>(text: &'t str, base: usize, builder: &mut Builder<'t>) -> Result<(), Stop> {
    let bytes = text.as_bytes();
    let mut next = 0;
    while let Some(&byte) = bytes.get(next) {
        let start = next;
        next += 1;
        let one = Span::new(base + start, base + next);
        match byte {
            b'{' | b'[' if !builder.is_wanted() => {
                next = collection_end(bytes, start);
                let span = Span::new(base + start, base + next);
                builder.scalar((Cow::Borrowed(""), Ok(ScalarValue::Null)), false, span, None)?;
            }
            b'{' => builder.open(Collection::Mapping, Notation::Flow, one, None)?,
            b'[' => builder.open(Collection::Sequence, Notation::Flow, one, None)?,
            b'}' | b']' => builder.close(base + next),
            b'"' => {
                next = string_end(bytes, next);
                let span = Span::new(base + start, base + next);
                let content = unescaped(&text[start..next]).unwrap_or_else(|problem| {
                    builder.problem(problem, span);
                    Cow::Borrowed("")
                });
                builder.scalar((content, Ok(ScalarValue::Text)), false, span, None)?;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => {}
            _ => {
                next = literal_end(bytes, next);
                let raw = &text[start..next];
                let span = Span::new(base + start, base + next);
                builder.scalar((Cow::Borrowed(raw), literal(raw)), false, span, None)?;
            }
        }
    }
    Ok(())
}

/// The index after the bracket that closes the one at `start`.
fn collection_end(bytes: &[u8], start: usize) -> usize {
    let (mut next, mut open) = (start, 0_usize);
    while let Some(&byte) = bytes.get(next) {
        next += 1;
        match byte {
            b'"' => next = string_end(bytes, next),
            b'{' | b'[' => open += 1,
            b'}' | b']' => {
                open -= 1;
                if open == 0 {
                    return next;
                }
            }
            _ => {}
        }
    }
    bytes.len()
}

/// The index after the closing quote of the string whose content starts at `next`.
fn string_end(bytes: &[u8], mut next: usize) -> usize {
    while let Some(&byte) = bytes.get(next) {
        next += match byte {
            b'"' => return next + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

fn literal_end(bytes: &[u8], next: usize) -> usize {
    let rest = bytes.get(next..).unwrap_or_default();
    let length = rest.iter().position(|byte| matches!(byte, b',' | b':' | b'}' | b']') || byte.is_ascii_whitespace());
    next + length.unwrap_or(rest.len())
}

fn literal(raw: &str) -> Result<ScalarValue, Problem> {
    match raw {
        "null" => Ok(ScalarValue::Null),
        "true" => Ok(ScalarValue::Bool(true)),
        "false" => Ok(ScalarValue::Bool(false)),
        _ => match serde_json::from_str::<Number>(raw) {
            Ok(number) => Ok(ScalarValue::Number(number)),
            Err(_) => Err(Problem::NumberRange { written: raw.to_owned() }),
        },
    }
}

/// The content of a string with its quotes. A lone surrogate is an error only here.
fn unescaped(raw: &str) -> Result<Cow<'_, str>, Problem> {
    let inner = raw.get(1..raw.len() - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(error) => Err(Problem::Syntax(message(&error))),
    }
}

/// The message without the place that `serde_json` appends to it.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

/// The offset of the line of this number, from 1.
fn line_start(text: &str, number: usize) -> usize {
    match number.checked_sub(2) {
        None => 0,
        Some(nth) => {
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').nth(nth).map_or(text.len(), |(at, _)| at + 1)
        }
    }
}
