// only: parameter

//! Encoding parameters: the styles of `OpenAPI`, which are expansions of RFC 6570.

use std::borrow::Cow; // only: styled, form, query-form

use serde::Serialize; // only: structured, json-parameter
use serde_json::Value;

use super::call::Call; // only: styled
use crate::runtime::text::percent::{component, reserved_component, reserved_in_cookie, reserved_in_path};
use crate::runtime::value::secret::collecting_secrets; // only: structured, json-parameter

/// A parameter whose value is a list or an object, or that has a style of its own.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    location: Location,
    style: Style,
    explode: bool,
    reserved: bool,
    /// The delimiters between the elements of a list, then of the lists in it; empty if the style has its own.
    delimiters: &'static [char],
}

/// The location of a parameter.
#[derive(Clone, Copy, PartialEq)]
enum Location {
    Path,
    Query,
    Header,
    Cookie,
    Part,
}

/// The `style` of a parameter.
#[allow(dead_code, reason = "a document need not use every style")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `blue,black`: RFC 6570, section 3.2.2.
    Simple,
    /// `.blue.black`: section 3.2.5.
    Label,
    /// `;color=blue;color=black`: section 3.2.7.
    Matrix,
    /// `color=blue&color=black`: section 3.2.8.
    Form,
    /// `color=blue%20black`.
    SpaceDelimited,
    /// `color=blue%7Cblack`.
    PipeDelimited,
    /// `color[R]=100&color[G]=200`.
    DeepObject,
    /// `color=blue; color=black`, as it is: nothing is percent-encoded.
    Cookie,
}

#[allow(dead_code, reason = "a document need not have parameters in every location")]
impl Parameter {
    /// A path parameter.
    pub(crate) const fn path(name: &'static str, style: Style) -> Self {
        Self { name, location: Location::Path, style, explode: false, reserved: false, delimiters: &[] }
    }

    /// A query parameter.
    pub(crate) const fn query(name: &'static str, style: Style) -> Self {
        Self { name, location: Location::Query, style, explode: false, reserved: false, delimiters: &[] }
    }

    /// A header parameter; headers have a single style.
    pub(crate) const fn header(name: &'static str) -> Self {
        Self {
            name,
            location: Location::Header,
            style: Style::Simple,
            explode: false,
            reserved: false,
            delimiters: &[],
        }
    }

    /// A cookie parameter.
    pub(crate) const fn cookie(name: &'static str, style: Style) -> Self {
        Self { name, location: Location::Cookie, style, explode: false, reserved: false, delimiters: &[] }
    }

    /// A part of a multipart body, for a list that is joined.
    pub(crate) const fn part(name: &'static str) -> Self {
        Self { location: Location::Part, ..Self::cookie(name, Style::Form) }
    }

    /// Joins the elements of a list, and of the lists in it, by these: `collectionFormat` of Swagger 2.0.
    pub(crate) const fn delimited(mut self, delimiters: &'static [char]) -> Self {
        self.delimiters = delimiters;
        self
    }

    /// Writes each element of a list and each property of an object separately: `explode`.
    pub(crate) const fn exploded(mut self) -> Self {
        self.explode = true;
        self
    }

    /// Keeps reserved characters where they cannot change the meaning of the request: `allowReserved`.
    pub(crate) const fn reserved(mut self) -> Self {
        self.reserved = true;
        self
    }
}

impl Parameter {
    // only: form, query-form {
    /// The pairs for a value.
    pub(crate) fn pairs(self, value: &Value) -> Vec<String> {
        in_query(self, value).into_iter().map(|(_, pair)| pair).collect()
    }
    // }

    // only: styled, form, query-form {
    /// The name of a pair. That of a cookie in its own style is sent as it is.
    fn encoded_name(&self, name: &str) -> String {
        if self.style == Style::Cookie { name.to_owned() } else { component(name) }
    }
    // }

    fn encode(&self, text: &str) -> String {
        match self.location {
            // A value that is not valid in a header is rejected when the request is encoded.
            Location::Header | Location::Part => text.to_owned(),
            _ if self.style == Style::Cookie => text.to_owned(),
            _ if !self.reserved => component(text),
            Location::Path => reserved_in_path(text),
            Location::Query => reserved_component(text),
            Location::Cookie => reserved_in_cookie(text),
        }
    }
}

impl Parameter {
    /// The texts of a list whose elements are joined by delimiters: one for each element if it is exploded.
    pub(crate) fn delimited_texts(self, value: &Value) -> Vec<String> {
        match value {
            Value::Array(items) if self.explode => {
                items.iter().filter_map(|item| self.join(item, self.delimiters)).collect()
            }
            whole => self.join(whole, self.delimiters).into_iter().collect(),
        }
    }

    fn join(self, value: &Value, delimiters: &[char]) -> Option<String> {
        let (Value::Array(items), Some((delimiter, inner))) = (value, delimiters.split_first()) else {
            return text(value).map(|text| self.encode(&text));
        };
        let between = match (self.location, delimiter) {
            (Location::Header | Location::Part, _) | (_, ',') => delimiter.to_string(),
            _ => component(&delimiter.to_string()),
        };
        let items: Vec<String> = items.iter().filter_map(|item| self.join(item, inner)).collect();
        (!items.is_empty()).then(|| items.join(&between))
    }
}

// only: styled {
impl Call {
    // only: styled-text {
    /// Sets a parameter to a string.
    pub(crate) fn styled(self, parameter: Parameter, value: String) -> Self {
        self.put(parameter, &Value::String(value))
    }
    // }

    // only: styled-list {
    /// Sets a parameter to a list. An empty list is no value, as in RFC 6570.
    pub(crate) fn list(self, parameter: Parameter, values: Vec<String>) -> Self {
        self.put(parameter, &values.into_iter().map(Value::String).collect())
    }
    // }

    // only: structured {
    /// Sets a parameter to a value that may be an object.
    pub(crate) fn structured<T: Serialize>(self, parameter: Parameter, value: T) -> Self {
        let (value, secrets) = collecting_secrets(move || serde_json::to_value(value));
        self.noted(parameter, value, secrets)
    }
    // }

    // only: json-parameter {
    /// Sets a parameter to the text of a JSON value.
    pub(crate) fn json_parameter<T: Serialize>(self, parameter: Parameter, value: T) -> Self {
        let (value, secrets) = collecting_secrets(move || serde_json::to_string(&value));
        self.noted(parameter, value.map(Value::String), secrets)
    }
    // }

    // only: structured, json-parameter {
    fn noted(mut self, parameter: Parameter, value: serde_json::Result<Value>, secrets: Vec<String>) -> Self {
        self.0.secrets.extend(secrets);
        if let Ok(value) = value {
            return self.put(parameter, &value);
        }
        // The message of serde may quote a value.
        self.0.problem = Some(format!("the value of the parameter `{}` cannot be encoded as JSON", parameter.name));
        self
    }
    // }

    fn put(mut self, parameter: Parameter, value: &Value) -> Self {
        let name = parameter.name;
        if !parameter.delimiters.is_empty() {
            return self.put_delimited(parameter, value);
        }
        match parameter.location {
            Location::Path => self.path_encoded(name, in_path(parameter, &Shape::of(value))),
            Location::Query => self.query_pairs(name, in_query(parameter, value)),
            Location::Header => {
                self.unset_header(name);
                match joined(parameter, &Shape::of(value), ",", ",") {
                    Some(value) => self.header(name, value),
                    None => self,
                }
            }
            Location::Cookie => {
                let pairs = in_query(parameter, value);
                let pairs: Vec<String> = pairs.into_iter().map(|(_, pair)| pair).collect();
                if parameter.style == Style::Cookie
                    && pairs.iter().any(|pair| pair.contains(';') || pair.chars().any(char::is_control))
                {
                    // It would end this cookie and begin another one.
                    self.refuse_for(format!(
                        "a value of the cookie `{name}` contains a character that a cookie cannot carry"
                    ));
                    return self;
                }
                self.cookie_pairs(name, pairs)
            }
            // A part is no parameter of the request's head.
            Location::Part => self,
        }
    }

    fn put_delimited(mut self, parameter: Parameter, value: &Value) -> Self {
        let name = parameter.name;
        match parameter.location {
            Location::Query => self.query_pairs(name, in_query(parameter, value)),
            Location::Path => self.path_encoded(name, parameter.delimited_texts(value).join(",")),
            _ => {
                self.unset_header(name);
                match parameter.delimited_texts(value).into_iter().next() {
                    Some(text) => self.header(name, text),
                    None => self,
                }
            }
        }
    }
}
// }

// only: styled, form, query-form {
/// A value as the styles distinguish it. Deeper levels are written as JSON.
enum Shape {
    Nothing,
    One(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}
// }

// only: styled, form, query-form {
impl Shape {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Array(items) => {
                let items: Vec<String> = items.iter().filter_map(text).collect();
                if items.is_empty() { Self::Nothing } else { Self::List(items) }
            }
            Value::Object(fields) => {
                let fields: Vec<(String, String)> =
                    fields.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
                if fields.is_empty() { Self::Nothing } else { Self::Object(fields) }
            }
            one => text(one).map_or(Self::Nothing, Self::One),
        }
    }
}
// }

/// The text of a scalar; `None` for `null`.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

// only: styled, form, query-form {
/// Joins the elements of a value, with a delimiter between elements and one between names and values.
fn joined(parameter: Parameter, shape: &Shape, between: &str, within: &str) -> Option<String> {
    let encode = |text: &String| parameter.encode(text);
    Some(match shape {
        Shape::Nothing => return None,
        Shape::One(value) => encode(value),
        Shape::List(items) => items.iter().map(encode).collect::<Vec<_>>().join(between),
        Shape::Object(fields) => {
            let equals = if parameter.explode { "=" } else { within };
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}{equals}{}", encode(name), encode(value))).collect();
            fields.join(between)
        }
    })
}
// }

// only: styled {
fn in_path(parameter: Parameter, shape: &Shape) -> String {
    let between = if parameter.explode { "." } else { "," };
    match parameter.style {
        Style::Label => joined(parameter, shape, between, ",").map(|value| format!(".{value}")),
        Style::Matrix => Some(matrix(parameter, shape)),
        _ => joined(parameter, shape, ",", ","),
    }
    .unwrap_or_default()
}

fn matrix(parameter: Parameter, shape: &Shape) -> String {
    let pair = |name: &str, value: &str| match value {
        "" => format!(";{}", component(name)),
        value => format!(";{}={}", component(name), parameter.encode(value)),
    };
    match shape {
        Shape::List(items) if parameter.explode => items.iter().map(|item| pair(parameter.name, item)).collect(),
        Shape::Object(fields) if parameter.explode => fields.iter().map(|(name, value)| pair(name, value)).collect(),
        Shape::One(value) => pair(parameter.name, value),
        shape => match joined(parameter, shape, ",", ",") {
            Some(value) => format!(";{}={value}", component(parameter.name)),
            None => String::new(),
        },
    }
}
// }

// only: styled, form, query-form {
/// Query pairs, each with its name.
type Pairs = Vec<(Cow<'static, str>, String)>;
// }

// only: styled, form, query-form {
fn in_query(parameter: Parameter, value: &Value) -> Pairs {
    let pair = |name: Cow<'static, str>, value: &str| {
        let text = format!("{}={}", parameter.encoded_name(&name), parameter.encode(value));
        (name, text)
    };
    let own = Cow::Borrowed(parameter.name);
    if !parameter.delimiters.is_empty() {
        let texts = parameter.delimited_texts(value).into_iter();
        return texts.map(|text| (own.clone(), format!("{}={text}", parameter.encoded_name(parameter.name)))).collect();
    }
    match (parameter.style, value) {
        (Style::DeepObject, Value::Object(_) | Value::Array(_)) => {
            let mut deep = Vec::new();
            deepen(parameter.name, value, &mut deep);
            deep.into_iter().map(|(name, value)| pair(Cow::Owned(name), &value)).collect()
        }
        (_, Value::Array(items)) if parameter.explode => {
            items.iter().filter_map(text).map(|item| pair(own.clone(), &item)).collect()
        }
        (_, Value::Object(fields)) if parameter.explode => {
            let mut pairs = Vec::new();
            for (name, value) in fields {
                let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                pairs.extend(values.iter().filter_map(text).map(|value| pair(Cow::Owned(name.clone()), &value)));
            }
            pairs
        }
        (style, value) => {
            let between = match style {
                Style::SpaceDelimited => "%20",
                Style::PipeDelimited => "%7C",
                _ => ",",
            };
            let joined = joined(parameter, &Shape::of(value), between, between);
            joined
                .map(|value| (own, format!("{}={value}", parameter.encoded_name(parameter.name))))
                .into_iter()
                .collect()
        }
    }
}
// }

// only: styled, form, query-form {
/// Flattens a value to `name[key]`, `name[key][inner]`, and `name[]` for the elements of a list.
pub(crate) fn deepen(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| deepen(&format!("{name}[{key}]"), value, pairs));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                // Only an index tells which properties belong to one element.
                let name =
                    if item.is_object() || item.is_array() { format!("{name}[{index}]") } else { format!("{name}[]") };
                deepen(&name, item, pairs);
            }
        }
        one => pairs.extend(text(one).map(|text| (name.to_owned(), text))),
    }
}
// }
