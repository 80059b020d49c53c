//! What is wrong with a document, and where.
//!
//! A stage descends with an [`At`], and states a problem as a [`Diagnostic`] at a JSON pointer. Lines and columns are
//! not its concern: a [`Report`] finds them, in the order of the document, when someone looks at it.

mod report;

use std::fmt::{self, Display, Formatter, Write as _};

pub use crate::pointer::{At, Pointer};
pub use report::{Graft, Position, Report, Style};

/// A kind of problem, with the names that tell one of its kind from another. Displays as the message, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The text is neither YAML nor JSON. Holds what the parser says.
    Syntax(String),
    /// A mapping gives a key twice.
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// Collections lie too deep within each other.
    TooDeep,
    /// The text, or the number of values in it, is over the limit.
    TooLarge,
    /// Aliases repeat more than the limit on values allows.
    AliasBomb,
    /// An anchored value holds an alias of itself.
    SelfReference,
    /// More problems were met than are worth telling.
    TooManyProblems,
    /// The document is no mapping.
    NotAMapping {
        /// What it is instead, with an article.
        found: &'static str,
    },
    /// A second document follows in the same text.
    MultipleDocuments,
    /// The text holds no value.
    Empty,
    /// A key is a collection.
    KeyNotString,
    /// A merge key's value is neither a mapping nor a list of mappings.
    BadMerge,
    /// A YAML tag that JSON has nothing for.
    UnsupportedTag {
        /// The tag as written.
        tag: String,
    },
    /// A scalar is not what its tag says.
    TagMismatch {
        /// The tag as written.
        tag: String,
        /// The scalar as written.
        written: String,
    },
    /// A number that no JSON number stands for: infinite, not a number, or too large.
    NumberRange {
        /// The number as written.
        written: String,
    },
    /// An object lacks a key that the specification asks for.
    MissingKey {
        /// The key.
        key: &'static str,
        /// The object, as the specification calls it.
        object: &'static str,
    },
    /// A key that the specification does not know here.
    UnknownKey {
        /// The key.
        key: String,
        /// The object, as the specification calls it.
        object: &'static str,
    },
    /// A key that a later version of the specification brought.
    NewerKey {
        /// The key.
        key: &'static str,
        /// The object, as the specification calls it.
        object: &'static str,
        /// The version that has it.
        since: &'static str,
    },
    /// A value of another kind than the specification asks for.
    WrongType {
        /// What is asked for, with an article; an object of the specification, as it is called there.
        expected: &'static str,
        /// What is there, with an article.
        found: &'static str,
    },
    /// A value that is none of those that are possible.
    UnknownValue {
        /// The value.
        value: String,
    },
    /// A version of the specification that is not read.
    UnsupportedVersion {
        /// The version, as written.
        version: String,
    },
    /// A name that refers to nothing.
    DanglingReference {
        /// The reference, as written.
        reference: String,
    },
    /// A reference to a place that is not looked at.
    UnsupportedReference {
        /// The reference, as written.
        reference: String,
    },
    /// A file that is referred to and cannot be read.
    UnreadableFile {
        /// The file, by its way from the document's folder.
        name: String,
        /// Why not.
        reason: String,
    },
    /// References that lead back to themselves.
    ReferenceCycle,
    /// A type that is a name for itself.
    RecursiveAlias {
        /// The schema.
        name: String,
    },
    /// A name whose Rust form is taken.
    NameCollision {
        /// The name in the document.
        wire: String,
        /// What it would be called.
        wanted: String,
    },
    /// A path names a parameter that is not described.
    UndeclaredPathParameter {
        /// The parameter.
        name: String,
    },
    /// A path parameter that its path does not name.
    UnplacedPathParameter {
        /// The parameter.
        name: String,
        /// The path.
        path: String,
    },
    /// A parameter that is listed twice.
    DuplicateParameter {
        /// The parameter.
        name: String,
        /// Its `in`.
        location: &'static str,
    },
    /// A server's URL names a variable that is not described.
    UndeclaredVariable {
        /// The variable.
        variable: String,
    },
    /// A property that is required, but not described.
    UndeclaredProperty {
        /// The property.
        property: String,
    },
    /// A schema that is put together of types that have no value in common.
    ContradictoryTypes {
        /// One type, as JSON Schema calls it.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// An `enum` that lists a value twice.
    DuplicateValue {
        /// The value.
        value: String,
    },
    /// Something that the generator cannot express, or not exactly.
    Unsupported {
        /// What, in a few words.
        what: String,
    },
    /// Something that the client has no use for.
    Ignored {
        /// What, in a few words.
        what: String,
    },
    /// An overlay's action whose target matches nothing.
    StaleAction {
        /// The target.
        target: String,
    },
    /// An overlay's action that cannot be applied.
    InvalidAction {
        /// Why not.
        reason: String,
    },
    /// A hand-written module that the crate cannot carry.
    InvalidModule {
        /// The module's file, as it was given.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A defect of the generator.
    Defect {
        /// What happened.
        what: String,
    },
}

/// One list of the kinds and their names, so that neither `code` nor `CODES` can lack one.
macro_rules! codes {
    ($($problem:pat => $code:literal,)*) => {
        impl Problem {
            /// The names of all kinds; see [`Problem::code`].
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The kind's name in kebab case, which stays as it is from version to version.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $($problem => $code,)*
                }
            }
        }
    };
}

codes! {
    Problem::Syntax(_) => "syntax",
    Problem::DuplicateKey { .. } => "duplicate-key",
    Problem::TooDeep => "too-deep",
    Problem::TooLarge => "too-large",
    Problem::AliasBomb => "alias-bomb",
    Problem::SelfReference => "self-reference",
    Problem::TooManyProblems => "too-many-problems",
    Problem::NotAMapping { .. } => "not-a-mapping",
    Problem::MultipleDocuments => "multiple-documents",
    Problem::Empty => "empty",
    Problem::KeyNotString => "key-not-string",
    Problem::BadMerge => "bad-merge",
    Problem::UnsupportedTag { .. } => "unsupported-tag",
    Problem::TagMismatch { .. } => "tag-mismatch",
    Problem::NumberRange { .. } => "number-range",
    Problem::MissingKey { .. } => "missing-key",
    Problem::UnknownKey { .. } => "unknown-key",
    Problem::NewerKey { .. } => "newer-key",
    Problem::WrongType { .. } => "wrong-type",
    Problem::UnknownValue { .. } => "unknown-value",
    Problem::UnsupportedVersion { .. } => "unsupported-version",
    Problem::DanglingReference { .. } => "dangling-reference",
    Problem::UnsupportedReference { .. } => "unsupported-reference",
    Problem::UnreadableFile { .. } => "unreadable-file",
    Problem::ReferenceCycle => "reference-cycle",
    Problem::RecursiveAlias { .. } => "recursive-alias",
    Problem::NameCollision { .. } => "name-collision",
    Problem::UndeclaredPathParameter { .. } => "undeclared-path-parameter",
    Problem::UnplacedPathParameter { .. } => "unplaced-path-parameter",
    Problem::DuplicateParameter { .. } => "duplicate-parameter",
    Problem::UndeclaredVariable { .. } => "undeclared-variable",
    Problem::UndeclaredProperty { .. } => "undeclared-property",
    Problem::ContradictoryTypes { .. } => "contradictory-types",
    Problem::DuplicateValue { .. } => "duplicate-value",
    Problem::Unsupported { .. } => "unsupported",
    Problem::Ignored { .. } => "ignored",
    Problem::StaleAction { .. } => "stale-action",
    Problem::InvalidAction { .. } => "invalid-action",
    Problem::InvalidModule { .. } => "invalid-module",
    Problem::Defect { .. } => "defect",
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Syntax(message) => write!(f, "{}", shown(message)),
            Problem::DuplicateKey { key } => write!(f, "the key `{}` is given twice", shown(key)),
            Problem::TooDeep => write!(f, "the document is nested too deeply"),
            Problem::TooLarge => write!(f, "the document is too large"),
            Problem::AliasBomb => write!(f, "aliases blow the document up"),
            Problem::SelfReference => write!(f, "an alias refers to a value that it is a part of"),
            Problem::TooManyProblems => write!(f, "reading stopped here, after too many problems"),
            Problem::NotAMapping { found } => write!(f, "the document must be a mapping, it is {found}"),
            Problem::MultipleDocuments => write!(f, "a second document begins, only one is read"),
            Problem::Empty => write!(f, "the document is empty"),
            Problem::KeyNotString => write!(f, "a key must be a string, this one is a collection"),
            Problem::BadMerge => write!(f, "`<<` merges a mapping or a list of mappings only"),
            Problem::UnsupportedTag { tag } => write!(f, "the tag `{}` is not supported", shown(tag)),
            Problem::TagMismatch { tag, written } => {
                write!(f, "`{}` is not what the tag `{}` says", shown(written), shown(tag))
            }
            Problem::NumberRange { written } => {
                write!(f, "the number `{}` cannot be represented", shown(written))
            }
            Problem::MissingKey { key, object } => write!(f, "`{key}` is missing from the {object}"),
            Problem::UnknownKey { key, object } => write!(f, "`{}` is not a key of the {object}", shown(key)),
            Problem::NewerKey { key, object, since } => {
                write!(f, "`{key}` is a key of the {object} only since OpenAPI {since}")
            }
            Problem::WrongType { expected, found } if expected.ends_with(" Object") => {
                write!(f, "a map is expected here for the {expected}, this is {found}")
            }
            Problem::WrongType { expected, found } => write!(f, "{expected} is expected here, this is {found}"),
            Problem::UnknownValue { value } => write!(f, "`{}` is not a value that is possible here", shown(value)),
            Problem::UnsupportedVersion { version } => {
                write!(f, "version `{}` of the specification is not supported", shown(version))
            }
            Problem::DanglingReference { reference } => write!(f, "`{}` refers to nothing", shown(reference)),
            Problem::UnsupportedReference { reference } => {
                write!(f, "the reference `{}` is not followed", shown(reference))
            }
            Problem::UnreadableFile { name, reason } => {
                write!(f, "the file `{}` is not read: {}", shown(name), whole(reason))
            }
            Problem::ReferenceCycle => write!(f, "the reference leads back to itself"),
            Problem::RecursiveAlias { name } => write!(f, "the schema `{}` stands for itself", shown(name)),
            Problem::NameCollision { wire, wanted } => {
                write!(f, "`{}` would be called `{}` in Rust, which is taken", shown(wire), shown(wanted))
            }
            Problem::UndeclaredPathParameter { name } => {
                write!(f, "the path's parameter `{}` is not described", shown(name))
            }
            Problem::UnplacedPathParameter { name, path } => {
                write!(f, "the path parameter `{}` is not in the path `{}`", shown(name), shown(path))
            }
            Problem::DuplicateParameter { name, location } => {
                write!(f, "the {location} parameter `{}` is listed twice", shown(name))
            }
            Problem::UndeclaredVariable { variable } => {
                write!(f, "the variable `{}` of the URL is not described", shown(variable))
            }
            Problem::UndeclaredProperty { property } => {
                write!(f, "the property `{}` is not described", shown(property))
            }
            Problem::ContradictoryTypes { first, second } => {
                write!(f, "the value would have to be of the types `{first}` and `{second}` at once")
            }
            Problem::DuplicateValue { value } => write!(f, "the value `{}` is listed twice", shown(value)),
            Problem::Unsupported { what } => write!(f, "{} is not supported", whole(what)),
            Problem::Ignored { what } => write!(f, "{} is left out", whole(what)),
            Problem::StaleAction { target } => write!(f, "the target `{}` matches nothing", shown(target)),
            Problem::InvalidAction { reason } => write!(f, "the action cannot be applied: {}", whole(reason)),
            Problem::InvalidModule { name, reason } => {
                write!(f, "the module `{}` cannot be carried: {}", shown(name), whole(reason))
            }
            Problem::Defect { what } => write!(f, "the generator has a defect: {}", whole(what)),
        }
    }
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something is generated, though perhaps not what was meant.
    Warning,
    /// Good to know.
    Note,
}

/// Which text a pointer speaks of.
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

/// What is marked of the place that a pointer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
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
    /// Past the last byte; not less than `start`.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The place before the byte `offset`.
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
    /// How much it matters.
    pub severity: Severity,
    /// Which text it is about.
    pub origin: Origin,
    /// Where in that text, as a later stage sees it.
    pub pointer: Pointer,
    /// What of it.
    pub part: Part,
    /// What is wrong.
    pub problem: Problem,
    /// Other places that make it understood.
    pub related: Vec<Related>,
    /// What the author may do about it.
    pub help: Option<String>,
}

/// A second place that a problem is about, with what to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Which text the place is in.
    pub origin: Origin,
    /// Where in that text.
    pub pointer: Pointer,
    /// What of it.
    pub part: Part,
    /// What is there, in a few words.
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
            part: Part::Value,
            problem,
            related: Vec::new(),
            help: None,
        }
    }

    /// Marks the key instead of the value.
    pub(crate) fn on_key(mut self) -> Diagnostic {
        self.part = Part::Key;
        self
    }

    /// Marks these bytes, whatever the pointer says.
    pub(crate) fn at(mut self, span: Span) -> Diagnostic {
        self.part = Part::Span(span);
        self
    }

    /// All pointers that were named are ones into this text.
    pub(crate) fn in_text(mut self, origin: Origin) -> Diagnostic {
        self.origin = origin;
        for related in &mut self.related {
            related.origin = origin;
        }
        self
    }

    /// Shows a second place of the same text, with a few words on it.
    pub(crate) fn related(self, pointer: impl Into<Pointer>, label: impl Into<String>) -> Diagnostic {
        self.and(pointer.into(), Part::Value, label.into())
    }

    /// Shows these bytes of the same text as well.
    pub(crate) fn related_at(self, pointer: impl Into<Pointer>, span: Span, label: impl Into<String>) -> Diagnostic {
        self.and(pointer.into(), Part::Span(span), label.into())
    }

    fn and(mut self, pointer: Pointer, part: Part, label: String) -> Diagnostic {
        self.related.push(Related { origin: self.origin, pointer, part, label });
        self
    }

    /// Says what the author may do about it. The last one counts.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same, if it keeps nothing from being generated; else a warning with this help.
    pub(crate) fn no_more_than_a_warning(mut self, help: &str) -> Diagnostic {
        if self.is_error() {
            self.severity = Severity::Warning;
            self.help = Some(help.to_owned());
        }
        self
    }

    /// Whether it keeps anything from being generated.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How many characters of a name a message shows.
const SHOWN: usize = 80;

/// A text out of a document as a message may show it: shortened, on one line, and nothing in it that a terminal would
/// obey or hide.
pub(crate) fn shown(text: &str) -> Shown<'_> {
    Shown { text, limit: SHOWN }
}

/// A sentence that quotes a document: cleaned as [`shown`] does, and cut where it would fill a screen.
pub(crate) fn whole(text: &str) -> Shown<'_> {
    Shown { text, limit: 6 * SHOWN }
}

/// See [`shown`].
pub(crate) struct Shown<'a> {
    text: &'a str,
    limit: usize,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (nth, c) in self.text.chars().enumerate() {
            if nth == self.limit {
                return f.write_char('…');
            }
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                _ if is_treacherous(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Whether a terminal would obey this character or show nothing for it, so that a text would read other than it is.
#[must_use]
pub fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests;
