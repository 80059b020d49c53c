//! Doc comments: lines of Markdown to attributes, and what can be said of a type whose document says nothing.

use std::cell::RefCell;
use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::From;
use crate::markdown;
use crate::model::{Doc, Name, Type};

thread_local! {
    /// The texts of the doc comments of the file that this thread makes.
    static COMMENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Begins the number that stands for a doc comment in its attribute.
///
/// A sixth of the time of generating would go into texts that become literals, are escaped, parsed and printed. So they wait
/// beside the tokens, in the thread that makes and formats a file.
const MARK: char = '\0';

/// Formatted code with the doc comments that its attributes stand for. A comment of several lines is indented as its mark is.
pub(crate) fn with_comments(text: String) -> String {
    if !text.contains(MARK) {
        return text;
    }
    COMMENTS.with_borrow(|comments| {
        let mut out = String::with_capacity(2 * text.len());
        let mut rest = text.as_str();
        while let Some((before, number)) = rest.split_once(MARK) {
            let (lines, start) = before.split_at(before.rfind('\n').map_or(0, |newline| newline + 1));
            let (number, after) = number.split_once('\n').unwrap_or((number, ""));
            out.push_str(lines);
            rest = after;
            let comment = number.trim_end().parse().ok().and_then(|number: usize| comments.get(number));
            for line in comment.map_or(number, String::as_str).split('\n') {
                out.push_str(start);
                out.push_str(line);
                out.push('\n');
            }
        }
        out.push_str(rest);
        out
    })
}

/// Forgets the doc comments of a file that is finished.
pub(crate) fn forget_comments() {
    COMMENTS.with_borrow_mut(Vec::clear);
}

pub(super) fn doc(doc: &Doc) -> TokenStream {
    lines(&doc.lines)
}

pub(super) fn lines<T: AsRef<str>>(lines: &[T]) -> TokenStream {
    comment(lines).map(|text| quote!(#[doc = #text])).unwrap_or_default()
}

/// The docs of a module.
pub(super) fn inner_lines<T: AsRef<str>>(lines: &[T]) -> Vec<TokenStream> {
    vec![comment(lines).map(|text| quote!(#![doc = #text])).unwrap_or_default()]
}

/// Keeps a comment, and returns what stands for it; `None` if it has no lines.
fn comment<T: AsRef<str>>(lines: &[T]) -> Option<String> {
    let mut text = String::with_capacity(lines.iter().map(|line| line.as_ref().len() + 2).sum());
    let (first, further) = lines.split_first()?;
    push_spaced(&mut text, first.as_ref());
    for line in further {
        text.push('\n');
        push_spaced(&mut text, line.as_ref());
    }
    let number = COMMENTS.with_borrow_mut(|comments| {
        comments.push(text);
        comments.len() - 1
    });
    Some(format!("{MARK}{number}"))
}

fn push_spaced(text: &mut String, line: &str) {
    if !line.is_empty() {
        text.push(' ');
        text.push_str(line);
    }
}

/// `texts` as paragraphs.
pub(super) fn paragraphs(texts: impl IntoIterator<Item = Vec<String>>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !all.is_empty() {
            all.push(String::new());
        }
        all.extend(text);
    }
    all
}

/// `text` under a heading; nothing if there is no text.
pub(super) fn section(heading: &str, text: Vec<String>) -> Vec<String> {
    if text.is_empty() { text } else { paragraphs([vec![format!("# {heading}")], text]) }
}

/// The document's description, or `otherwise` where it has none, and the attribute of what is deprecated.
pub(super) fn described(description: &Doc, otherwise: impl FnOnce() -> String) -> TokenStream {
    let words = if description.lines.is_empty() { lines(&[otherwise()]) } else { doc(description) };
    let deprecated = deprecated(description.is_deprecated);
    quote!(#words #deprecated)
}

/// The attribute of what the document marks as deprecated.
pub(super) fn deprecated(is_deprecated: bool) -> Option<TokenStream> {
    is_deprecated.then(|| quote!(#[deprecated = "the document marks it as deprecated"]))
}

/// A description as one line of a list; empty where it has to stand on lines of its own.
pub(super) fn on_one_line(description: &Doc) -> String {
    let is_block = |line: &String| line.trim_start().starts_with("```") || line.starts_with('|');
    if description.lines.iter().any(is_block) {
        return String::new();
    }
    let paragraphs = description.lines.split(|line| line.trim().is_empty());
    markdown::on_one_line(paragraphs.map(|lines| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")))
}

/// The description of a value that has none in the document: its kind, and its name on the wire where Rust has another.
pub(super) fn kind_and_name(ty: &Type, name: &Name, from: From) -> String {
    let kind = kind(ty, from);
    let Name { wire, ident } = name;
    if wire == ident.as_str() { format!("{kind}.") } else { format!("{kind}. Wire name: {}.", markdown::code(wire)) }
}

/// The kind of a value, as a sentence begins with it.
pub(super) fn kind(ty: &Type, from: From) -> String {
    let text = match ty {
        Type::String => "A string",
        Type::Secret => "A secret string, never shown in `Debug`",
        Type::Bool => "A boolean",
        Type::Integer(_) => "An integer",
        Type::Float(_) => "A number",
        Type::Uuid => "A UUID",
        Type::DateTime => "A date and time (RFC 3339)",
        Type::Date => "A date (RFC 3339)",
        Type::Address(_) => "An IP address",
        Type::Base64 => "Bytes, encoded as Base64",
        Type::Json => "Any JSON value",
        Type::JsonObject => "A JSON object",
        Type::Bytes => "Bytes",
        Type::Upload => "A file",
        Type::Unit | Type::Beside(_) => "A response",
        Type::List(element) => return format!("A list of {}", kinds(element, from)),
        Type::Tuple(elements) => return format!("A list of exactly {} values", elements.len()),
        Type::Map(value) => return format!("A map from names to {}", kinds(value, from)),
        Type::Item(ident) => return link(ident.as_str(), from),
        Type::Nullable(inner) => return format!("{} or `null`", kind(inner, from)),
        Type::JsonText(inner) => return format!("{}, as JSON text", kind(inner, from)),
        Type::Boxed(inner) => return kind(inner, from),
    };
    text.to_owned()
}

/// The kind of many values, within a sentence.
fn kinds(ty: &Type, from: From) -> String {
    let text = match ty {
        Type::String => "strings",
        Type::Secret => "secret strings",
        Type::Bool => "booleans",
        Type::Integer(_) => "integers",
        Type::Float(_) => "numbers",
        Type::Uuid => "UUIDs",
        Type::DateTime => "dates and times (RFC 3339)",
        Type::Date => "dates (RFC 3339)",
        Type::Address(_) => "IP addresses",
        Type::Base64 => "Base64 texts",
        Type::Json => "JSON values",
        Type::JsonObject => "JSON objects",
        Type::Bytes => "byte strings",
        Type::Upload => "files",
        Type::Unit | Type::Beside(_) => "responses",
        Type::List(element) => return format!("lists of {}", kinds(element, from)),
        Type::Tuple(elements) => return format!("lists of exactly {} values", elements.len()),
        Type::Map(value) => return format!("maps from names to {}", kinds(value, from)),
        Type::Item(ident) => return link(ident.as_str(), from),
        Type::Nullable(inner) => return format!("{} or `null`", kinds(inner, from)),
        Type::JsonText(inner) => return format!("{} as JSON texts", kinds(inner, from)),
        Type::Boxed(inner) => return kinds(inner, from),
    };
    text.to_owned()
}

/// A link to a declared type.
fn link(ident: &str, from: From) -> String {
    match from {
        From::Types => format!("[`{ident}`]"),
        From::Elsewhere => format!("[`{ident}`](types::{ident})"),
    }
}

/// A type as code outside of `types` names it, each type of the crate a link: `` `Vec<`[`Pet`](types::Pet)`>` ``.
pub(super) fn linked(ty: &Type) -> String {
    if let Type::Beside(ident) = ty {
        return format!("[`{}`]", ident.as_str());
    }
    let code = ty.described();
    let mut out = String::new();
    let mut rest = code.as_str();
    while let Some(start) = ["types::", "crate::"].iter().filter_map(|module| rest.find(module)).min() {
        let (before, found) = rest.split_at(start);
        let end = found.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '_' | ':' | '#'));
        let (path, after) = found.split_at(end.unwrap_or(found.len()));
        let (_, ident) = path.split_once("::").unwrap_or(("", path));
        if !before.is_empty() {
            out.push_str(&markdown::code(before));
        }
        let _ = write!(out, "[`{ident}`]({path})");
        rest = after;
    }
    if !rest.is_empty() {
        out.push_str(&markdown::code(rest));
    }
    out
}
