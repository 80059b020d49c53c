//! The reason why a value does not decode, without the value: an error of serde that keeps kinds and names alone.

use std::borrow::Cow;
use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

/// The reason why a value does not decode.
#[derive(Clone, Debug)]
pub(crate) struct Fault(Cow<'static, str>);

impl Default for Fault {
    fn default() -> Self {
        Self(Cow::Borrowed("a value that does not have the documented form"))
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    /// The message of a type may quote the value, so it is dropped.
    fn custom<T: Display>(_: T) -> Self {
        Self::default()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let due = due(expected).unwrap_or_else(|| "another kind of value".to_owned());
        Self(Cow::Owned(format!("{} where {due} was expected", kind(found))))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let due = due(expected).unwrap_or_else(|| "allowed".to_owned());
        Self(Cow::Owned(format!("{} that is not {due}", kind(found))))
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self(Cow::Borrowed("a list of another length than documented"))
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self(Cow::Borrowed("a value that is not one of those documented"))
    }

    // The names come from the type, not from the body.
    fn missing_field(name: &'static str) -> Self {
        Self(Cow::Owned(format!("`{name}` is missing")))
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self(Cow::Owned(format!("`{name}` is there twice")))
    }
}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(number) if number.fract() == 0.0 => "a number",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Unit => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "a value",
    }
}

/// The expected value, in JSON's words; `None` if its description could quote something else.
///
/// serde has no type for it, only the words of a visitor. Those of its own visitors are translated here; the test
/// `a_fault_is_found_in_every_form_of_type` fails when they change.
fn due(expected: &dyn Expected) -> Option<String> {
    let words = expected.to_string();
    let proper = words.len() <= 80 && words.chars().all(|c| c.is_ascii_alphanumeric() || " _-,.:`'<>()".contains(c));
    proper.then(|| match (words.as_str(), words.strip_prefix("struct ")) {
        ("a sequence", _) => "a list".to_owned(),
        ("a map", _) => "an object".to_owned(),
        (_, Some(name)) => format!("an object ({name})"),
        _ => words,
    })
}
