// only: response-headers

//! Documented headers of responses. All lines of a header count: they are one value, with commas between them (RFC 9110,
//! section 5.3).

use std::borrow::Cow;
use std::str::FromStr; // only: header-value

use reqwest::header::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned; // only: header-decoded
use serde_json::{Map, Value}; // only: header-decoded

// only: header-decoded {
/// How the value of a header is read.
#[allow(dead_code, reason = "a document need not have headers of every form")]
#[derive(Clone, Copy)]
pub(crate) enum HeaderForm {
    /// JSON.
    Json,
    /// One piece of text.
    Text,
    /// A number or a boolean.
    Literal,
    /// Texts with this between them.
    Texts(char),
    /// Numbers or booleans with this between them.
    Literals(char),
    /// Names and values with commas between them; and with `explode`, an `=` between a name and its value.
    Object {
        explode: bool,
        /// The names whose values are numbers or booleans.
        literals: &'static [&'static str],
        /// Whether the values of further names are.
        further: bool,
    },
}
// }

// only: header-value {
/// The value of a documented header that is one piece of text, if it is present and valid.
pub(crate) fn header_value<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    let lines = lines(headers, name);
    let parsed = lines.join(", ").parse();
    parsed.ok().filter(|_| !lines.is_empty()).or_else(|| {
        // RFC 9110, section 8.6: the same value again says nothing new.
        let (first, others) = lines.split_first()?;
        first.parse().ok().filter(|_| others.iter().all(|other| other == first))
    })
}
// }

// only: header-lines {
/// The lines of a documented header.
pub(crate) fn header_lines(headers: &HeaderMap, name: &str) -> Option<Vec<String>> {
    let lines: Vec<String> = lines(headers, name).into_iter().map(Cow::into_owned).collect();
    (!lines.is_empty()).then_some(lines)
}
// }

// only: header-decoded {
/// The value of a documented header that is a list, an object, or JSON, if it is present and valid.
pub(crate) fn header_decoded<T: DeserializeOwned>(headers: &HeaderMap, name: &str, form: HeaderForm) -> Option<T> {
    let lines = lines(headers, name);
    if lines.is_empty() {
        return None;
    }
    let text = lines.join(",");
    let value = match form {
        HeaderForm::Json => return serde_json::from_str(&text).ok(),
        HeaderForm::Text => Value::String(lines.join(", ")),
        HeaderForm::Literal => literal(&text)?,
        HeaderForm::Texts(delimiter) => lists(&lines, delimiter).map(Value::from).collect(),
        HeaderForm::Literals(delimiter) => lists(&lines, delimiter).map(literal).collect::<Option<Value>>()?,
        HeaderForm::Object { explode, literals, further } => object(&text, explode, |name, text| {
            if literals.contains(&name) {
                return literal(text);
            }
            let further = if further { literal(text) } else { None };
            Some(further.unwrap_or_else(|| Value::from(text)))
        })?,
    };
    serde_json::from_value(value).ok()
}
// }

fn lines<'h>(headers: &'h HeaderMap, name: &str) -> Vec<Cow<'h, str>> {
    headers.get_all(name).iter().map(text).collect()
}

/// The text of a line: in UTF-8, or else in ISO 8859-1, as HTTP had it (RFC 9110, section 5.5).
fn text(value: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text.trim()),
        Err(_) => Cow::Owned(value.as_bytes().iter().copied().map(char::from).collect::<String>().trim().to_owned()),
    }
}

// only: header-decoded {
fn literal(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean())
}
// }

// only: header-decoded {
/// The elements of the lists on all lines.
fn lists<'l>(lines: &'l [Cow<'_, str>], delimiter: char) -> impl Iterator<Item = &'l str> {
    lines.iter().flat_map(move |line| elements(line, delimiter))
}
// }

// only: header-decoded {
/// The elements of a list. A delimiter in quotes is none, and empty elements are none (RFC 9110, section
/// 5.6.1).
fn elements(text: &str, delimiter: char) -> Vec<&str> {
    let (mut in_quotes, mut is_escaped) = (false, false);
    let is_delimiter = |character: char| {
        let was_escaped = is_escaped;
        is_escaped = in_quotes && character == '\\' && !was_escaped;
        in_quotes ^= character == '"' && !was_escaped;
        character == delimiter && !in_quotes
    };
    text.split(is_delimiter).map(str::trim).filter(|element| !element.is_empty()).collect()
}
// }

// only: header-decoded {
fn object(text: &str, explode: bool, value: impl Fn(&str, &str) -> Option<Value>) -> Option<Value> {
    let mut fields = Map::new();
    if explode {
        for element in elements(text, ',') {
            let (name, text) = element.split_once('=')?;
            fields.insert(name.trim().to_owned(), value(name.trim(), text.trim())?);
        }
    } else {
        // An empty value is one here.
        let pieces: Vec<&str> = text.split(',').map(str::trim).collect();
        let (pairs, rest) = pieces.as_chunks();
        for [name, text] in pairs {
            fields.insert((*name).to_owned(), value(name, text)?);
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Some(Value::Object(fields))
}
// }
