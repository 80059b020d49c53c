//! Problems of a document and their places.
//!
//! A stage descends with an [`At`], and reports a problem as a [`Diagnostic`] at a JSON pointer. Lines and columns are
//! not its concern: a [`Report`](crate::report::Report) finds them, in the order of the document, when someone looks at
//! it.

mod message;
mod problem;
pub(crate) mod quote;

pub use crate::pointer::{At, Pointer};
pub use problem::Problem;
pub use quote::is_treacherous;
pub(crate) use quote::{message, whole};

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The client is generated, though perhaps not as its author meant.
    Warning,
    /// Information.
    Note,
}

/// The text that a pointer points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The document.
    Document,
    /// A file that the document refers to: the one of this index among those that were loaded.
    File(usize),
    /// An overlay that is applied to it: the one of this index among those that were given.
    Overlay(usize),
    /// A hand-written module. The problem names it; no place in it is shown.
    Module,
}

/// A part of the document that another text put there. Reports show a problem of it in that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graft {
    /// The places in the document.
    pub at: Vec<Pointer>,
    /// The text that it comes from.
    pub origin: Origin,
    /// The place in that text: the `update` of an overlay's action, or the target of a reference.
    pub update: Pointer,
}

/// The part of a place that a report marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Highlight {
    /// The key. An item of a list has none: there it means the value.
    Key,
    /// The value. Of a collection over several lines, the key that it belongs to.
    Value,
    /// Exactly these bytes, wherever the pointer leads: for what has no pointer of its own, as a syntax error or the
    /// second of two equal keys.
    Span(Span),
}

/// A range of bytes in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one; not less than `start`.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The empty span before the byte `offset`.
    pub(crate) fn at(offset: usize) -> Span {
        Span::new(offset, offset)
    }

    /// The character of `text` that the byte `offset` belongs to; the end of the text if there is none.
    pub(crate) fn of_char(text: &str, offset: usize) -> Span {
        let mut start = offset.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let length = text[start..].chars().next().map_or(0, char::len_utf8);
        Span::new(start, start + length)
    }

    pub(crate) fn moved(self, by: usize) -> Span {
        Span::new(self.start + by, self.end + by)
    }
}

/// A problem at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The text that it is about.
    pub origin: Origin,
    /// The place in that text, as the stage that reports it sees it.
    pub pointer: Pointer,
    /// The part of that place to mark.
    pub highlight: Highlight,
    /// The problem.
    pub problem: Problem,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// The help for the author of the document.
    pub help: Option<String>,
}

/// A second place that explains a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The text that the place is in.
    pub origin: Origin,
    /// The place in that text.
    pub pointer: Pointer,
    /// The part of that place to mark.
    pub highlight: Highlight,
    /// The label of the place, in a few words.
    pub label: String,
}

impl Diagnostic {
    pub(crate) fn error(pointer: impl Into<Pointer>, problem: Problem) -> Diagnostic {
        Diagnostic::new(Severity::Error, pointer.into(), problem)
    }

    pub(crate) fn warning(pointer: impl Into<Pointer>, problem: Problem) -> Diagnostic {
        Diagnostic::new(Severity::Warning, pointer.into(), problem)
    }

    pub(crate) fn note(pointer: impl Into<Pointer>, problem: Problem) -> Diagnostic {
        Diagnostic::new(Severity::Note, pointer.into(), problem)
    }

    fn new(severity: Severity, pointer: Pointer, problem: Problem) -> Diagnostic {
        Diagnostic {
            severity,
            origin: Origin::Document,
            pointer,
            highlight: Highlight::Value,
            problem,
            related: Vec::new(),
            help: None,
        }
    }

    /// Marks the key instead of the value.
    pub(crate) fn on_key(mut self) -> Diagnostic {
        self.highlight = Highlight::Key;
        self
    }

    /// Marks these bytes instead of the place of the pointer.
    pub(crate) fn at(mut self, span: Span) -> Diagnostic {
        self.highlight = Highlight::Span(span);
        self
    }

    /// Sets the text that all pointers so far point into.
    pub(crate) fn in_text(mut self, origin: Origin) -> Diagnostic {
        self.origin = origin;
        for related in &mut self.related {
            related.origin = origin;
        }
        self
    }

    /// Adds a second place in the same text, with a label.
    pub(crate) fn related(self, pointer: impl Into<Pointer>, label: impl Into<String>) -> Diagnostic {
        self.and(pointer.into(), Highlight::Value, label.into())
    }

    /// Adds these bytes of the same text, with a label.
    pub(crate) fn related_at(self, pointer: impl Into<Pointer>, span: Span, label: impl Into<String>) -> Diagnostic {
        self.and(pointer.into(), Highlight::Span(span), label.into())
    }

    fn and(mut self, pointer: Pointer, highlight: Highlight, label: String) -> Diagnostic {
        self.related.push(Related { origin: self.origin, pointer, highlight, label });
        self
    }

    /// Sets what the author can do about it. The last call counts.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Turns an error into a warning with this help.
    pub(crate) fn no_more_than_a_warning(mut self, help: &str) -> Diagnostic {
        if self.is_error() {
            self.severity = Severity::Warning;
            self.help = Some(help.to_owned());
        }
        self
    }

    /// Whether it prevents generation.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
