//! Responses: the values that a test gives, and what is sent for them.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::described::{Described, SuccessForm};
use crate::runtime::is_json;

/// The content of a response that is bytes: a `Vec<u8>`, a static slice, a `String` or [`Bytes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(Bytes);

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Self {
        Self(bytes.into())
    }
}

/// A value that the server sends as a success.
pub trait Success {
    /// The response for the value.
    fn into_reply(self) -> Reply;
}

impl<T: Serialize> Success for T {
    fn into_reply(self) -> Reply {
        // `()`, of which there is nothing to send.
        if size_of::<T>() == 0 { Reply::empty() } else { Reply::value(&self) }
    }
}

impl Success for Content {
    fn into_reply(self) -> Reply {
        Reply::bytes(self.0)
    }
}

/// A response, without what the document says of the operation.
#[derive(Clone, Debug)]
pub struct Reply {
    status: Option<u16>,
    media_type: Option<&'static str>,
    form: Option<SuccessForm>,
    body: ReplyBody,
}

#[derive(Clone, Debug)]
enum ReplyBody {
    Nothing,
    Value(Value),
    Bytes(Bytes),
}

impl Reply {
    fn new(body: ReplyBody) -> Self {
        Self { status: None, media_type: None, form: None, body }
    }

    pub(crate) fn empty() -> Self {
        Self::new(ReplyBody::Nothing)
    }

    /// A value in the form that the operation has for it.
    pub(crate) fn value<T: Serialize>(value: &T) -> Self {
        Self::new(ReplyBody::Value(to_value(value)))
    }

    pub(crate) fn json<T: Serialize>(value: &T) -> Self {
        Self { form: Some(SuccessForm::Json), ..Self::value(value) }
    }

    pub(crate) fn text<T: Serialize>(value: &T) -> Self {
        Self { form: Some(SuccessForm::Text), ..Self::value(value) }
    }

    pub(crate) fn lines<T: Serialize>(value: &T) -> Self {
        Self { form: Some(SuccessForm::Lines), ..Self::value(value) }
    }

    pub(crate) fn events<T: Serialize>(value: &T) -> Self {
        Self { form: Some(SuccessForm::Events), ..Self::value(value) }
    }

    pub(crate) fn event_data<T: Serialize>(value: &T) -> Self {
        Self { form: Some(SuccessForm::EventData), ..Self::value(value) }
    }

    pub(crate) fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(ReplyBody::Bytes(bytes.into()))
    }

    /// Sets the status code and the media type; an empty one is the operation's.
    pub(crate) fn of(self, status: u16, media_type: &'static str) -> Self {
        Self { status: Some(status), media_type: Some(media_type).filter(|name| !name.is_empty()), ..self }
    }

    /// The response as it is sent. A `status` of the test's own comes before any other.
    pub(crate) fn prepared(self, described: &Described, status: Option<u16>) -> Prepared {
        let Self { status: own, media_type, form, body } = self;
        let status = status.or(own).unwrap_or(described.success);
        let form = form.unwrap_or(described.form);
        let accept = described.operation.accept;
        let documented = |is_it: fn(&str) -> bool, otherwise: &str| {
            let media_type = media_type.or_else(|| concrete(accept).find(|name| is_it(name)));
            media_type.unwrap_or(otherwise).to_owned()
        };
        let (body, media_type) = match body {
            ReplyBody::Nothing => (Bytes::new(), String::new()),
            ReplyBody::Value(Value::Null) if status == 204 => (Bytes::new(), String::new()),
            ReplyBody::Bytes(bytes) => (bytes, documented(|_| true, "application/octet-stream")),
            ReplyBody::Value(Value::String(text)) if form == SuccessForm::Text => {
                (text.into(), with_charset(documented(|name| !is_json(name), "text/plain")))
            }
            ReplyBody::Value(Value::Array(items)) if form == SuccessForm::Lines => {
                let media_type = documented(|_| true, "application/jsonl");
                (lines(&items, &media_type).into(), media_type)
            }
            ReplyBody::Value(Value::Array(items)) if matches!(form, SuccessForm::Events | SuccessForm::EventData) => {
                let events =
                    items.iter().map(|item| if form == SuccessForm::Events { event(item) } else { data(item) });
                (events.collect::<String>().into(), "text/event-stream".to_owned())
            }
            ReplyBody::Value(value) => (value.to_string().into(), documented(is_json, "application/json")),
        };
        Prepared::Response(PreparedResponse { status, headers: Vec::new(), body, media_type })
    }
}

/// A value of a test in JSON.
#[allow(clippy::panic, reason = "it is for tests")]
fn to_value<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| panic!("the response cannot be written: {error}"))
}

/// The media types of an `Accept` header, without ranges.
fn concrete(accept: &'static str) -> impl Iterator<Item = &'static str> {
    let names = accept.split(',').map(|element| element.split(';').next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty() && !name.contains('*'))
}

fn with_charset(media_type: String) -> String {
    let is_open = media_type.starts_with("text/") && !media_type.contains(';');
    if is_open { format!("{media_type}; charset=utf-8") } else { media_type }
}

/// Each item on a line; in a JSON text sequence (RFC 7464), after the separator of its records.
fn lines(items: &[Value], media_type: &str) -> String {
    let before = if media_type.contains("json-seq") { "\u{1E}" } else { "" };
    items.iter().map(|item| format!("{before}{item}\n")).collect()
}

/// An event of its fields.
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
fn event(item: &Value) -> String {
    let field = |name: &str| {
        let value = item.get(name).filter(|value| !value.is_null())?;
        Some(format!("{name}: {}\n", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    };
    let fields: String = ["event", "id", "retry"].into_iter().filter_map(field).collect();
    match item.get("data").filter(|data| !data.is_null()) {
        Some(Value::String(text)) => {
            fields + &text.split('\n').map(|line| format!("data: {line}\n")).collect::<String>() + "\n"
        }
        Some(value) => fields + &data(value),
        None => fields + "\n",
    }
}

/// An event whose data is this value in JSON.
fn data(item: &Value) -> String {
    format!("data: {item}\n\n")
}

/// A response that is ready to be sent.
#[derive(Clone, Debug)]
pub(crate) enum Prepared {
    Response(PreparedResponse),
    Break,
}

#[derive(Clone, Debug)]
pub(crate) struct PreparedResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// Empty if there is no body.
    pub(crate) media_type: String,
}

impl Prepared {
    /// A text, whatever the document says.
    pub(crate) fn text(status: u16, text: String) -> Self {
        let media_type = "text/plain; charset=utf-8".to_owned();
        Self::Response(PreparedResponse { status, headers: Vec::new(), body: text.into(), media_type })
    }

    /// A value as JSON, whatever the document says.
    pub(crate) fn json<T: Serialize>(status: u16, value: &T) -> Self {
        let value = to_value(value);
        let is_nothing = value.is_null() && size_of::<T>() == 0;
        let (body, media_type) = if is_nothing { (String::new(), "") } else { (value.to_string(), "application/json") };
        let media_type = media_type.to_owned();
        Self::Response(PreparedResponse { status, headers: Vec::new(), body: body.into(), media_type })
    }

    /// The response with these headers. A `Content-Type` replaces the document's.
    pub(crate) fn with_headers(mut self, headers: &[(HeaderName, HeaderValue)]) -> Self {
        if let Self::Response(response) = &mut self {
            for (name, value) in headers {
                match value.to_str() {
                    Ok(media_type) if *name == CONTENT_TYPE => media_type.clone_into(&mut response.media_type),
                    _ => response.headers.push((name.clone(), value.clone())),
                }
            }
        }
        self
    }
}
