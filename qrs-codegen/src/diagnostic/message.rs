//! The code and the message of each kind of problem.

use std::fmt::{self, Display, Formatter};

use super::Problem;
use super::quote::{shown, whole};

/// Lists the kinds once, with their codes and messages, so that no kind lacks one.
macro_rules! messages {
    ($($problem:pat => $code:literal, $($message:expr),+;)*) => {
        impl Problem {
            /// The codes of all kinds; see [`Problem::code`].
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The kind's code in kebab case. It never changes from version to version.
            #[must_use]
            #[expect(unused_variables, reason = "the messages below use what the patterns bind")]
            pub fn code(&self) -> &'static str {
                match self {
                    $($problem => $code,)*
                }
            }
        }

        impl Display for Problem {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                match self {
                    $($problem => write!(f, $($message),+),)*
                }
            }
        }
    };
}

messages! {
    Problem::Syntax(message) => "syntax", "{}", shown(message);
    Problem::DuplicateKey { key } => "duplicate-key", "the key `{}` is given twice", shown(key);
    Problem::TooDeep => "too-deep", "the document is nested too deeply";
    Problem::TooLarge => "too-large", "the document is too large";
    Problem::AliasBomb => "alias-bomb", "aliases blow the document up";
    Problem::SelfReference => "self-reference", "an alias refers to a value that it is a part of";
    Problem::TooManyProblems => "too-many-problems", "reading stopped here, after too many problems";
    Problem::NotAMapping { found } => "not-a-mapping", "the document must be a mapping, it is {found}";
    Problem::MultipleDocuments => "multiple-documents", "a second document begins, only one is read";
    Problem::Empty => "empty", "the document is empty";
    Problem::KeyNotString => "key-not-string", "a key must be a string, this one is a collection";
    Problem::BadMerge => "bad-merge", "`<<` merges a mapping or a list of mappings only";
    Problem::UnsupportedTag { tag } => "unsupported-tag", "the tag `{}` is not supported", shown(tag);
    Problem::TagMismatch { tag, written } => "tag-mismatch", "`{}` is not what the tag `{}` says", shown(written), shown(tag);
    Problem::NumberRange { written } => "number-range", "the number `{}` cannot be represented", shown(written);
    Problem::MissingKey { key, object } => "missing-key", "`{key}` is missing from the {object}";
    Problem::UnknownKey { key, object } => "unknown-key", "`{}` is not a key of the {object}", shown(key);
    Problem::NewerKey { key, object, since } => "newer-key", "`{key}` is a key of the {object} only since OpenAPI {since}";
    Problem::WrongType { expected, found } => "wrong-type", "{}", wrong_type(expected, found);
    Problem::UnknownValue { value } => "unknown-value", "`{}` is not a value that is possible here", shown(value);
    Problem::UnsupportedVersion { version } => "unsupported-version", "version `{}` of the specification is not supported", shown(version);
    Problem::DanglingReference { reference } => "dangling-reference", "`{}` refers to nothing", shown(reference);
    Problem::UnsupportedReference { reference } => "unsupported-reference", "the reference `{}` is not followed", shown(reference);
    Problem::UnreadableFile { name, reason } => "unreadable-file", "the file `{}` is not read: {}", shown(name), whole(reason);
    Problem::ReferenceCycle => "reference-cycle", "the reference leads back to itself";
    Problem::RecursiveAlias { name } => "recursive-alias", "the schema `{}` stands for itself", shown(name);
    Problem::NameCollision { wire, wanted } => "name-collision", "`{}` would be called `{}` in Rust, which is taken", shown(wire), shown(wanted);
    Problem::UndeclaredPathParameter { name } => "undeclared-path-parameter", "the path's parameter `{}` is not described", shown(name);
    Problem::UnplacedPathParameter { name, path } => "unplaced-path-parameter", "the path parameter `{}` is not in the path `{}`", shown(name), shown(path);
    Problem::DuplicateParameter { name, location } => "duplicate-parameter", "the {location} parameter `{}` is listed twice", shown(name);
    Problem::UndeclaredVariable { variable } => "undeclared-variable", "the variable `{}` of the URL is not described", shown(variable);
    Problem::UndeclaredProperty { property } => "undeclared-property", "the property `{}` is not described", shown(property);
    Problem::ContradictoryTypes { first, second } => "contradictory-types", "the value would have to be of the types `{first}` and `{second}` at once";
    Problem::DuplicateValue { value } => "duplicate-value", "the value `{}` is listed twice", shown(value);
    Problem::EqualPaths { first } => "equal-paths", "the path is `{}` but for the names of its parameters", shown(first);
    Problem::Unsupported { what } => "unsupported", "{} is not supported", whole(what);
    Problem::Ignored { what } => "ignored", "{} is left out", whole(what);
    Problem::StaleAction { target } => "stale-action", "the target `{}` matches nothing", shown(target);
    Problem::StaleChoice { pattern } => "stale-choice", "the pattern `{}` chooses nothing", shown(pattern);
    Problem::InvalidAction { reason } => "invalid-action", "the action cannot be applied: {}", whole(reason);
    Problem::InvalidModule { name, reason } => "invalid-module", "the module `{}` cannot be carried: {}", shown(name), whole(reason);
    Problem::Defect { what } => "defect", "the generator has a defect: {}", whole(what);
}

fn wrong_type(expected: &str, found: &str) -> String {
    let is_extension = expected.starts_with('`') && expected.contains("`x-");
    if expected.starts_with(|first: char| first.is_ascii_uppercase()) {
        // An object of the specification, perhaps with the version after its name.
        format!("a map is expected here for the {expected}, this is {found}")
    } else if is_extension {
        format!("a map is expected here for {expected}, this is {found}")
    } else {
        format!("{expected} is expected here, this is {found}")
    }
}
