use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{StatusCode, Url};
use serde_json::Value;

use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::failure::redact::{Redactor, TEXT_LIMIT};
use crate::runtime::text::content::{begins_as_html, essence, html_title};
use crate::runtime::text::one_line::one_line;

/// How many characters of an error's text fit into a message.
const EXCERPT: usize = 200;

/// An answer that was read, for a decoder to make something of it.
pub(crate) struct Answer {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// How many attempts it took.
    pub(crate) attempts: u32,
    /// Why the body is not whole, if it is not.
    pub(crate) cut: Option<&'static str>,
    /// Where it came from, if it leads elsewhere.
    pub(crate) url: Option<Box<Url>>,
    pub(crate) redactor: Redactor,
}

/// Why a success body could not be used.
pub(crate) struct Undecoded {
    kind: ErrorKind,
    message: String,
}

impl Undecoded {
    pub(crate) fn decode(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Decode, message: message.into() }
    }

    /// The error for a status that is a success, but none that the document describes.
    pub(crate) fn undocumented() -> Self {
        Self::decode("the document does not describe what that holds")
    }
}

impl Answer {
    /// The status, as a number.
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

    /// Refuses a page where data was due: whoever is not logged in gets one, with a status that says success.
    pub(crate) fn refuse_page(&self, is_open: bool) -> Result<(), Undecoded> {
        // Some servers name a type also for an answer without a body; a 204 that is called HTML is no page.
        if (is_open || !self.body.is_empty()) && self.is_html() && !self.operation.documents_html() {
            return Err(self.page());
        }
        Ok(())
    }

    /// The error for a page in the place of data.
    pub(crate) fn page(&self) -> Undecoded {
        let accept = self.operation.accept;
        let due = match accept.split([',', ';']).next().unwrap_or_default().trim() {
            "" | "*/*" => "where no content was due".to_owned(),
            "application/json" => "instead of JSON".to_owned(),
            other => format!("instead of {other}"),
        };
        Undecoded { kind: ErrorKind::UnexpectedContent, message: format!("HTML {due}: a login page?") }
    }

    pub(crate) fn looks_like_page(&self) -> bool {
        begins_as_html(&self.body)
    }

    /// The error for a success whose body could not be used: its text is kept for whoever asks, and shown to none.
    pub(crate) fn undecoded(self, Undecoded { kind, message }: Undecoded) -> Box<Details> {
        let message = format!("{}, but {message}", self.status_line());
        self.into_details(kind, message)
    }

    /// The error for a status other than success.
    pub(crate) fn refused(self) -> Box<Details> {
        let text = self.redactor.text_of(&self.body, self.cut.is_some());
        let mut message = self.status_line();
        if let Some(said) = self.said(&text).filter(|said| !said.is_empty()) {
            message.push_str(": ");
            message.push_str(&said);
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
            _ => Some(self.redactor.text_of(&self.body, self.cut.is_some())),
        };
        Box::new(Details {
            kind,
            operation: self.operation,
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

    /// What an error answer says, in a few words.
    fn said(&self, text: &str) -> Option<String> {
        if self.status.is_redirection()
            && let Some(location) = self.headers.get(LOCATION)
        {
            let to = location.to_str().ok().and_then(|to| self.url.as_ref()?.join(to).ok());
            return Some(match to {
                Some(to) => format!(
                    "redirects are not followed; this one leads to {}{}",
                    to.host_str().unwrap_or_default(),
                    one_line(&self.redactor.redact(to.path(), false), EXCERPT)
                ),
                None => "redirects are not followed".to_owned(),
            });
        }
        if text.trim().is_empty() {
            return None;
        }
        if self.is_html() || begins_as_html(&self.body) {
            return Some(match html_title(text) {
                Some(title) => format!("an HTML page titled \"{title}\""),
                None => "an HTML page".to_owned(),
            });
        }
        // A tree takes many times the room of its text, and a message that is that long is none.
        if self.body.len() <= TEXT_LIMIT
            && let Ok(json) = serde_json::from_slice::<Value>(&self.body)
        {
            let said = self.redactor.redact(json_text(&json)?, false);
            return Some(one_line(&said, EXCERPT));
        }
        match self.media_type().as_deref() {
            Some(media) if !is_text(media) => Some(format!("{} bytes of {media}", self.body.len())),
            _ if text.contains(['\0', '\u{FFFD}']) => Some(format!("{} bytes that are no text", self.body.len())),
            _ => Some(one_line(text, EXCERPT)),
        }
    }
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

/// The words for people in a JSON error, where such bodies usually have them.
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
