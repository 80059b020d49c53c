//! Reads text into a tree of values, and finds the places of JSON pointers in the text.
//!
//! One reading serves both: `yaml` and `json` only tell a `Builder` what they meet and where, so what is refused, and
//! where a value stands, cannot depend on which of the two notations a document is written in. The tree with its
//! places is dropped once it is a [`Value`], and built again only to show a problem.
//!
//! The YAML events come from `saphyr-parser`, not from `serde_yaml`: the latter collects all events of a document
//! before it hands out the first one, which a hostile document turns into gigabytes and minutes, and it tells no place
//! of a key that occurs twice.

mod builder;
mod indent;
mod json;
mod quotes;
mod tree;
mod yaml;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Origin, Pointer, Problem, Severity, Span};
use builder::Builder;
pub(crate) use tree::Tree;

/// A document as it was given: the name that messages show, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name of the document in messages, usually its path. It is never opened.
    pub name: &'a str,
    /// The whole text, YAML or JSON. At most 64 MiB are read.
    pub text: &'a str,
}

/// Bytes of text. The largest documents known to be in use have half of it.
const MAX_BYTES: usize = 64 << 20;

/// Values in a document, those that aliases repeat counted each time. A document of 64 MiB with values of ordinary
/// length stays below it.
const MAX_VALUES: usize = 2 << 20;

/// Bytes of strings and keys, those that aliases repeat counted each time. Without aliases no text can get there.
const MAX_EXPANDED_BYTES: usize = 2 * MAX_BYTES;

/// Collections within each other. What walks the tree may then recurse.
const MAX_DEPTH: usize = 128;

/// Reads a YAML or JSON document that has to be a mapping.
///
/// - Keys that are not strings are taken as written: `200:` is the key `"200"`.
/// - Plain scalars follow the core schema of YAML 1.2: `yes`, `on` and dates are strings.
/// - Aliases are replaced by what they refer to, and merge keys (`<<`) are applied; what a mapping says itself wins.
/// - An integer outside of the range of `i64` and `u64` becomes the nearest `f64`, as in `serde_json`.
///
/// # Errors
///
/// Every problem that can be known: reading goes on after a duplicate key or an unknown tag, and ends at a syntax error
/// or at a limit. They are in no particular order.
pub(crate) fn read(source: Source<'_>, origin: Origin) -> Result<Value, Vec<Diagnostic>> {
    let (tree, mut problems) = parse(source.text);
    if problems.is_empty() {
        match tree.into_mapping() {
            Ok(value) => return Ok(value),
            Err(problem) => problems.push(*problem),
        }
    }
    Err(problems.into_iter().map(|problem| problem.in_text(origin)).collect())
}

/// Reads a document of somebody else's: what costs one value of it alone is a warning.
///
/// # Errors
///
/// As those of [`read`], but for mistakes within one value.
pub(crate) fn read_document(source: Source<'_>) -> Result<(Value, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut tree, problems) = parse(source.text);
    let mut problems = forgiven(problems);
    problems.extend(quotes::keep_texts(&mut tree));
    if !problems.iter().any(Diagnostic::is_error) {
        match tree.into_mapping() {
            Ok(value) => return Ok((value, problems)),
            Err(problem) => problems.push(*problem),
        }
    }
    Err(problems)
}

/// Reads a YAML or JSON text that is a part of a document, and may be any value.
///
/// # Errors
///
/// As those of [`read_document`].
pub(crate) fn read_part(text: &str, origin: Origin) -> Result<(Value, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut tree, problems) = parse(text);
    let mut problems = forgiven(problems);
    problems.extend(quotes::keep_texts(&mut tree));
    if !problems.iter().any(Diagnostic::is_error) {
        match tree.into_value() {
            Some(value) => return Ok((value, problems.into_iter().map(|problem| problem.in_text(origin)).collect())),
            None => problems.push(Diagnostic::error(Pointer::default(), Problem::Empty).at(Span::at(0))),
        }
    }
    Err(problems.into_iter().map(|problem| problem.in_text(origin)).collect())
}

/// Makes warnings of the problems that cost one value alone, unless something else is not read anyway.
fn forgiven(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let outcome = |problem: &Problem| {
        Some(match problem {
            Problem::DuplicateKey { .. } => "the last one counts",
            Problem::KeyNotString => "it is left out: a key is a string",
            Problem::BadMerge => "it is taken for an ordinary key",
            Problem::SelfReference => "it is taken for `null`",
            Problem::UnsupportedTag { .. } | Problem::TagMismatch { .. } | Problem::NumberRange { .. } => {
                "it is taken for its text"
            }
            _ => return None,
        })
    };
    if problems.iter().any(|found| outcome(&found.problem).is_none()) {
        return problems;
    }
    let forgive = |found: Diagnostic| {
        let help = outcome(&found.problem).unwrap_or_default();
        Diagnostic { severity: Severity::Warning, ..found }.help(help)
    };
    problems.into_iter().map(forgive).collect()
}

/// The tree of a text as far as it can be read, and what is wrong with the text.
pub(crate) fn parse(text: &str) -> (Tree<'_>, Vec<Diagnostic>) {
    parse_into(Builder::default(), text)
}

/// The tree of a text as far as it can be read and pointers lead into it: what others lead into is empty where that spares
/// reading it.
pub(crate) fn parse_towards<'t>(text: &'t str, pointers: &[&Pointer]) -> Tree<'t> {
    parse_into(Builder::towards(pointers), text).0
}

fn parse_into<'t>(builder: Builder<'t>, text: &'t str) -> (Tree<'t>, Vec<Diagnostic>) {
    // Places count from the start of the text as given, so a byte order mark moves them.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - body.len();
    if body.len() > MAX_BYTES {
        let limit = format!("at most {} MiB of text are read", MAX_BYTES >> 20);
        let problem = Diagnostic::error(Pointer::default(), Problem::TooLarge).at(Span::at(base));
        return (Tree::default(), vec![problem.help(limit)]);
    }
    if !body.trim_start().starts_with(['{', '[']) {
        return yaml::parse(body, base);
    }
    let Some(refusal) = json::refusal(body, base) else {
        return json::parse(body, base, builder);
    };
    // Not JSON, but YAML may begin so as well.
    let (tree, problems) = yaml::parse(body, base);
    if problems.iter().any(|found| matches!(found.problem, Problem::Syntax(_))) && is_meant_as_json(body) {
        return (tree, vec![refusal]);
    }
    (tree, problems)
}

/// Whether a text that begins with a bracket, and is neither JSON nor YAML, was to be JSON: people quote no keys in YAML.
fn is_meant_as_json(body: &str) -> bool {
    let inner = body.trim_start().get(1..).unwrap_or_default().trim_start();
    inner.is_empty() || inner.starts_with(['"', '{', '[', '}', ']'])
}

#[cfg(test)]
mod tests;
