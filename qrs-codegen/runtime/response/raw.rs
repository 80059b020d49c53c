use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{StatusCode, Url};
use serde_json::Value;

use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::failure::redact::{Redactor, TEXT_LIMIT};
use crate::runtime::text::charset;
use crate::runtime::text::content::{begins_as_html, html_title};
use crate::runtime::text::media_type::essence;

/// The maximum number of characters of a response's text in an error message.
const EXCERPT: usize = 200;

/// A response that was read but not decoded.
pub(crate) struct RawResponse {
    pub(crate) operation: &'static Operation,
    /// The path template, where it is not the one of the operation.
    pub(crate) own_path: Option<Box<str>>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The number of attempts.
    pub(crate) attempts: u32,
    /// The reason why the body is incomplete, if it is.
    pub(crate) cut: Option<&'static str>,
    /// The URL of the request, if the response is a redirect.
    pub(crate) url: Option<Box<Url>>,
    pub(crate) redactor: Redactor,
    /// The maximum number of objects in the body.
    pub(crate) max_objects: usize,
}

/// The reason why a success body cannot be used.
pub(crate) struct BodyError {
    kind: ErrorKind,
    message: String,
}

impl BodyError {
    pub(crate) fn decode(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Decode, message: message.into() }
    }

    /// The error for a part of the content where the request asked for all of it.
    pub(crate) fn unrequested_part() -> Self {
        Self::decode("the body is only a part of the content, although the request asked for all of it")
    }

    pub(crate) fn too_many_objects(most: usize) -> Self {
        Self { kind: ErrorKind::TooLarge, message: format!("the body is too large: {}", too_many_objects(most)) }
    }

    // only: undocumented-status {
    /// The error for a success status code that the document does not describe.
    pub(crate) fn undocumented() -> Self {
        Self::decode("the document does not describe its body")
    }
    // }
}

impl RawResponse {
    /// The status code, as a number.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    pub(crate) fn media_type(&self) -> Option<String> {
        essence(self.content_type()?).map(str::to_ascii_lowercase)
    }

    fn is_html(&self) -> bool {
        match self.content_type().and_then(essence) {
            Some(essence) => {
                ["text/html", "application/xhtml+xml"].iter().any(|html| essence.eq_ignore_ascii_case(html))
            }
            None => begins_as_html(&self.body),
        }
    }

    /// Rejects an HTML page where data was expected: login pages come with a success status code.
    pub(crate) fn refuse_page(&self, is_open: bool) -> Result<(), BodyError> {
        // Some servers send a `Content-Type` without a body: an empty 204 is not a page.
        if (is_open || !self.body.is_empty()) && self.is_html() && !self.operation.documents_html() {
            return Err(self.page());
        }
        Ok(())
    }

    /// The error for an HTML page instead of data.
    pub(crate) fn page(&self) -> BodyError {
        let accept = self.operation.accept;
        let due = match accept.split([',', ';']).next().unwrap_or_default().trim() {
            "" | "*/*" => "where no content was expected".to_owned(),
            "application/json" => "instead of JSON".to_owned(),
            other => format!("instead of {other}"),
        };
        BodyError { kind: ErrorKind::UnexpectedContent, message: format!("HTML {due}: a login page?") }
    }

    pub(crate) fn looks_like_page(&self) -> bool {
        begins_as_html(&self.body)
    }

    /// The error for a success whose body cannot be used. Its text is kept, but not part of the message.
    pub(crate) fn body_failure(self, BodyError { kind, message }: BodyError) -> Box<Details> {
        // A message may name the media type, which the server has chosen.
        let message = format!("{}, but {}", self.status_line(), self.redactor.redact(&message, false));
        self.into_details(kind, message)
    }

    /// The error for a status code other than success.
    pub(crate) fn status_failure(self) -> Box<Details> {
        let text = self.redactor.text_of(&self.body, self.content_type(), self.cut.is_some());
        let mut message = self.status_line();
        match self.message_in_body(&text).filter(|message_in_body| !message_in_body.is_empty()) {
            Some(message_in_body) => {
                message.push_str(": ");
                message.push_str(&message_in_body);
            }
            None if self.status == StatusCode::CONFLICT && ["PUT", "PATCH"].contains(&self.operation.method) => {
                message.push_str(" (it conflicts with the current state: it may have changed since it was read)");
            }
            None => {}
        }
        if let Some(cut) = self.cut {
            message.push_str(" (");
            message.push_str(cut);
            message.push(')');
        }
        let mut details = self.into_details(ErrorKind::Status, message);
        details.text = Some(text);
        details
    }

    fn into_details(self, kind: ErrorKind, message: String) -> Box<Details> {
        let text = match kind {
            ErrorKind::Status => None,
            _ => Some(self.redactor.text_of(&self.body, self.content_type(), self.cut.is_some())),
        };
        Box::new(Details {
            kind,
            operation: self.operation,
            method: self.operation.method.parse().unwrap_or_default(),
            own_path: self.own_path,
            message,
            status: Some(self.status),
            headers: Some(self.headers),
            text,
            source: None,
            connecting: false,
            lasting: true,
            attempts: self.attempts,
        })
    }

    fn status_line(&self) -> String {
        status_line(self.status)
    }

    /// The message of an error response, shortened.
    fn message_in_body(&self, text: &str) -> Option<String> {
        // A 304 may say where the content is, but leads nowhere.
        if matches!(self.status(), 301 | 302 | 303 | 307 | 308)
            && let Some(location) = self.headers.get(LOCATION)
        {
            let to = location.to_str().ok().and_then(|to| self.url.as_ref()?.join(to).ok());
            return Some(match to {
                Some(to) => {
                    let place = format!("{}{}", to.host_str().unwrap_or_default(), to.path());
                    format!("redirects are not followed; this one points to {}", self.redactor.excerpt(&place, EXCERPT))
                }
                None => "redirects are not followed".to_owned(),
            });
        }
        if text.trim().is_empty() {
            return None;
        }
        if self.is_html() || begins_as_html(&self.body) {
            return Some(match html_title(text) {
                Some(title) => format!("an HTML page titled \"{}\"", self.redactor.redact(&title, false)),
                None => "an HTML page".to_owned(),
            });
        }
        // A parsed tree takes many times the memory of its text.
        if self.body.len() <= TEXT_LIMIT
            && let Ok(json) = serde_json::from_slice::<Value>(&charset::json(&self.body, self.content_type()))
        {
            return Some(self.redactor.excerpt(json_text(&json)?, EXCERPT));
        }
        match self.media_type().as_deref() {
            Some(media) if !is_text(media) => {
                Some(format!("{} bytes of {}", self.body.len(), self.redactor.redact(media, false)))
            }
            _ if text.contains(['\0', '\u{FFFD}']) => Some(format!("{} bytes that are not text", self.body.len())),
            _ => Some(self.redactor.excerpt(text, EXCERPT)),
        }
    }
}

pub(crate) fn too_many_objects(most: usize) -> String {
    format!("it has more than {most} objects (`ClientBuilder::max_response_objects`)")
}

pub(crate) fn status_line(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

fn is_text(media: &str) -> bool {
    media.starts_with("text/") || ["json", "xml", "yaml", "problem+json"].iter().any(|known| media.ends_with(known))
}

/// The human-readable message in a JSON error, in the usual properties.
fn json_text(json: &Value) -> Option<&str> {
    match json {
        Value::String(text) => Some(text),
        Value::Object(fields) => ["message", "detail", "title", "error_description", "error", "errors"]
            .iter()
            .find_map(|name| fields.get(*name).and_then(json_text)),
        Value::Array(items) => items.first().and_then(json_text),
        _ => None,
    }
}
