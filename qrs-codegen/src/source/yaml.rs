//! Reads YAML into a `Builder`.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};
use serde_json::Number;

use super::MAX_VALUES;
use super::builder::{Builder, Collection, Notation, Stop};
use super::indent::{BREAK, Misplaced, restored};
use super::tree::{ScalarValue, Tree};
use crate::diagnostic::{Diagnostic, Problem, Span};

/// Bytes that are read once more where lines are too far to the left.
const MAX_READ_AGAIN: usize = 32 << 20;

pub(super) fn parse(text: &str, base: usize) -> (Tree<'_>, Vec<Diagnostic>) {
    let mut builder = Builder::default();
    // What was read before a problem is still of use.
    let halt = walk(text, base, &mut builder, |written| written);
    let Err(Halt::Misplaced(line, offset)) = halt else { return builder.finish() };
    let mut joined = (!text.contains(BREAK)).then(|| line.joined(text, offset)).flatten();
    let mut left = MAX_READ_AGAIN;
    while let Some(next) = joined.take().filter(|next| next.len() <= left) {
        left -= next.len();
        let mut again = Builder::default();
        match walk(&next, base, &mut again, |written| Cow::Owned(restored(written))) {
            Err(Halt::Misplaced(line, offset)) => {
                joined = line.joined(&next, offset);
                builder = again;
            }
            Ok(()) | Err(Halt::Stop) => return again.finish(),
        }
    }
    builder.finish()
}

/// Why reading ends before the text does. The problem that says so is with the builder.
enum Halt {
    Stop,
    /// A line is too far to the left, at this byte, and can perhaps be read elsewhere.
    Misplaced(Misplaced, usize),
}

impl From<Stop> for Halt {
    fn from(Stop: Stop) -> Halt {
        Halt::Stop
    }
}

/// Reads a text; `keep` makes of a scalar what the builder is given.
fn walk<'t, 's>(
    text: &'t str,
    base: usize,
    builder: &mut Builder<'s>,
    keep: fn(Cow<'t, str>) -> Cow<'s, str>,
) -> Result<(), Halt> {
    check_bounds(text, base, builder)?;
    let mut walker = Walker { text, base, offsets: Offsets::new(text, base), documents: 0, builder, keep };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                let span = walker.offsets.span(span);
                walker.event(event, span)?;
            }
            Err(error) => return Err(walker.error(&error)),
        }
    }
    Ok(())
}

/// Refuses what the scanner would not report, or would read without bounds.
fn check_bounds(text: &str, base: usize, builder: &mut Builder<'_>) -> Result<(), Stop> {
    // The scanner takes a NUL for the end of the text, and would drop what follows.
    if let Some((offset, control)) = text.char_indices().find(|(_, c)| is_refused(*c)) {
        let message = format!("control character U+{:04X} is not allowed in YAML", u32::from(control));
        builder.problem(Problem::Syntax(message), Span::of_char(text, offset).moved(base));
        return Err(Stop);
    }
    // The scanner holds a flow collection as a whole before it hands out its first event, so the number of values in it
    // has to be bounded from outside.
    if text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MAX_VALUES {
        builder.problem(Problem::TooLarge, Span::at(base));
        return Err(Stop);
    }
    Ok(())
}

/// Passes the parser's events on to a builder.
struct Walker<'t, 's, 'b> {
    text: &'t str,
    base: usize,
    offsets: Offsets<'t>,
    documents: usize,
    builder: &'b mut Builder<'s>,
    keep: fn(Cow<'t, str>) -> Cow<'s, str>,
}

impl<'t> Walker<'t, '_, '_> {
    fn event(&mut self, event: Event<'t>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.builder.problem(Problem::MultipleDocuments, span);
                    return Err(Stop);
                }
            }
            Event::Alias(anchor) => self.builder.alias(anchor, span)?,
            Event::Scalar(written, style, anchor, tag) => {
                let written = (self.keep)(written);
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = self.scalar(&written, plain, tag.as_deref(), span);
                self.builder.scalar((written, value), plain, span, named(anchor))?;
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(self.builder, tag.as_deref(), "seq", span);
                self.builder.open(Collection::Sequence, notation(self.text, span, self.base), span, named(anchor))?;
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(self.builder, tag.as_deref(), "map", span);
                self.builder.open(Collection::Mapping, notation(self.text, span, self.base), span, named(anchor))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.builder.close(span.end),
        }
        Ok(())
    }

    fn scalar(&mut self, written: &str, plain: bool, tag: Option<&Tag>, span: Span) -> Result<ScalarValue, Problem> {
        match tag {
            None if plain => resolve(written),
            None => Ok(ScalarValue::Text),
            // Reported here and not by the builder, which asks for no value of a key.
            Some(tag) => tagged(tag, written).or_else(|problem| {
                self.builder.problem(problem, span);
                Ok(ScalarValue::Text)
            }),
        }
    }

    fn error(&mut self, error: &ScanError) -> Halt {
        let end = self.base + self.text.trim_end().len();
        let offset = self.offsets.byte(*error.marker()).min(end) - self.base;
        // The scanner looks ahead, and bounds the depth of flow collections itself.
        let problem = match error.info() {
            "recursion limit exceeded" => Problem::TooDeep,
            info => Problem::Syntax(info.to_owned()),
        };
        self.builder.problem(problem, Span::of_char(self.text, offset).moved(self.base));
        Misplaced::of(error.info()).map_or(Halt::Stop, |line| Halt::Misplaced(line, offset))
    }
}

fn is_refused(c: char) -> bool {
    c < ' ' && !matches!(c, '\t' | '\n' | '\r')
}

/// The parser does not tell the two notations apart, the last character of where a collection starts does.
fn notation(text: &str, start: Span, base: usize) -> Notation {
    match text.get(..start.end - base) {
        Some(before) if before.ends_with(['[', '{']) => Notation::Flow,
        _ => Notation::Block,
    }
}

/// The parser numbers anchors from 1, and says 0 where there is none.
fn named(anchor: usize) -> Option<usize> {
    (anchor != 0).then_some(anchor)
}

const CORE: &str = "tag:yaml.org,2002:";

fn check_tag(builder: &mut Builder<'_>, tag: Option<&Tag>, expected: &str, span: Span) {
    let Some(tag) = tag else { return };
    let full = format!("{}{}", tag.handle, tag.suffix);
    if full != "!" && full.strip_prefix(CORE) != Some(expected) {
        builder.problem(Problem::UnsupportedTag { tag: shorthand(&full) }, span);
    }
}

/// The value of a scalar with a tag.
fn tagged(tag: &Tag, written: &str) -> Result<ScalarValue, Problem> {
    let full = format!("{}{}", tag.handle, tag.suffix);
    if full == "!" {
        return Ok(ScalarValue::Text);
    }
    let kind = full.strip_prefix(CORE).unwrap_or_default();
    let fits = match (kind, resolve(written)) {
        ("str", _) => Some(ScalarValue::Text),
        ("null", Ok(ScalarValue::Null)) => Some(ScalarValue::Null),
        ("bool", Ok(ScalarValue::Bool(value))) => Some(ScalarValue::Bool(value)),
        ("int", Ok(ScalarValue::Number(number))) if !number.is_f64() => Some(ScalarValue::Number(number)),
        ("float", Ok(ScalarValue::Number(number))) => {
            number.as_f64().and_then(Number::from_f64).map(ScalarValue::Number)
        }
        ("float", Err(problem)) => return Err(problem),
        ("null" | "bool" | "int" | "float", _) => None,
        _ => return Err(Problem::UnsupportedTag { tag: shorthand(&full) }),
    };
    fits.ok_or_else(|| Problem::TagMismatch { tag: shorthand(&full), written: written.to_owned() })
}

/// The tag as authors write it.
fn shorthand(full: &str) -> String {
    match full.strip_prefix(CORE) {
        Some(kind) => format!("!!{kind}"),
        None => full.to_owned(),
    }
}

/// The value of a plain scalar, by the core schema of YAML 1.2.
fn resolve(written: &str) -> Result<ScalarValue, Problem> {
    let out_of_range = || Problem::NumberRange { written: written.to_owned() };
    let unsigned = written.strip_prefix(['-', '+']).unwrap_or(written);
    match written {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(ScalarValue::Null),
        "true" | "True" | "TRUE" => return Ok(ScalarValue::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(ScalarValue::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Err(out_of_range()),
        _ if matches!(unsigned, ".inf" | ".Inf" | ".INF") => return Err(out_of_range()),
        _ => {}
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = written.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            let number = u64::from_str_radix(digits, radix).map_err(|_| out_of_range())?;
            return Ok(ScalarValue::Number(number.into()));
        }
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        // Both accept a plus sign.
        if let Ok(number) = written.parse::<u64>() {
            return Ok(ScalarValue::Number(number.into()));
        }
        if let Ok(number) = written.parse::<i64>() {
            return Ok(ScalarValue::Number(number.into()));
        }
    }
    if !is_float(unsigned) {
        return Ok(ScalarValue::Text);
    }
    let number = written.parse().ok().and_then(Number::from_f64);
    number.map(ScalarValue::Number).ok_or_else(out_of_range)
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(unsigned: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}

/// From the parser's places, which count characters, to bytes.
struct Offsets<'t> {
    text: &'t str,
    base: usize,
    /// The offset of every [`STEP`]th character; empty if each character is one byte.
    steps: Vec<usize>,
}

const STEP: usize = 128;

impl<'t> Offsets<'t> {
    fn new(text: &'t str, base: usize) -> Self {
        let steps = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(offset, _)| offset).collect()
        };
        Offsets { text, base, steps }
    }

    fn byte(&self, marker: Marker) -> usize {
        let index = marker.index();
        let offset = if self.steps.is_empty() {
            index
        } else {
            let from = self.steps.get(index / STEP).copied().unwrap_or(self.text.len());
            let rest = self.text.get(from..).unwrap_or_default();
            let skipped = rest.char_indices().nth(index % STEP);
            skipped.map_or(self.text.len(), |(offset, _)| from + offset)
        };
        self.base + offset.min(self.text.len())
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        Span::new(self.byte(span.start), self.byte(span.end))
    }
}
