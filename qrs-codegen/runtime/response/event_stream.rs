//! Server-sent events.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::byte_stream::{ByteStream, StreamOrigin, too_large};
use super::decode;
use super::line_stream::Untyped;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, Error, ErrorKind};

/// The body of a success as a stream of server-sent events (`text/event-stream`).
///
/// A stream that breaks is not resumed automatically. To resume it, send [`EventStream::last_id`] as `Last-Event-ID`.
#[must_use = "nothing is read until `next` is awaited"]
pub struct EventStream<T = Untyped> {
    events: Events,
    content: EventContent,
    item: PhantomData<fn() -> T>,
}

/// The part of an event that an item of a stream describes.
#[allow(dead_code, reason = "a document need not have events of both kinds")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventContent {
    /// All of it: an object with `event`, `data`, `id` and `retry`.
    Whole,
    /// Its data, which is JSON.
    Data,
}

/// The events of a stream, of whatever types their data is.
struct Events {
    bytes: ByteStream,
    decoder: EventDecoder,
    ended: bool,
}

/// A server-sent event.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The type of the event; `message` if the server sends none.
    pub kind: String,
    /// The data, its lines joined by `\n`.
    pub data: String,
    /// The last id that the server sent; empty if none.
    pub id: String,
    /// The delay that the server asks for before reconnecting, if it sent one.
    pub retry: Option<Duration>,
    /// The fields that the event itself has.
    own: OwnFields,
    origin: Option<StreamOrigin>,
}

/// The fields that an event has besides its data.
#[derive(Clone, Copy, Default)]
struct OwnFields {
    kind: bool,
    id: bool,
    retry: bool,
}

impl Event {
    /// Decodes the data as JSON.
    ///
    /// # Errors
    ///
    /// If the data is not valid JSON, or does not match `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::value(self.data.as_bytes(), self.origin.map_or(usize::MAX, |origin| origin.max_objects)).map_err(
            |what| match self.origin {
                Some(origin) => {
                    origin.error(ErrorKind::Decode, &format!("an event does not match the document: {what}"))
                }
                None => unreadable(&what),
            },
        )
    }
}

impl Event {
    /// The event as a JSON object of the fields that it has.
    pub(crate) fn into_value(self) -> Value {
        let mut fields = Map::new();
        if self.own.kind {
            fields.insert("event".to_owned(), Value::String(self.kind));
        }
        fields.insert("data".to_owned(), Value::String(self.data));
        if self.own.id {
            fields.insert("id".to_owned(), Value::String(self.id));
        }
        if let Some(retry) = self.retry.filter(|_| self.own.retry) {
            fields.insert("retry".to_owned(), u64::try_from(retry.as_millis()).unwrap_or(u64::MAX).into());
        }
        Value::Object(fields)
    }

    /// The text of the JSON value that an item of a stream is.
    pub(crate) fn into_json(self, content: EventContent) -> String {
        match content {
            EventContent::Whole => self.into_value().to_string(),
            EventContent::Data => self.data,
        }
    }
}

/// The error for an event that no stream returned.
fn unreadable(what: &str) -> Error {
    static NONE: Operation = Operation {
        id: "event",
        method: "GET",
        path: "",
        security: &[],
        credential_parameters: &[],
        accept: "text/event-stream",
        describes_partial_content: false,
        errors: &[],
    };
    Error::new(Details::without_response(&NONE, ErrorKind::Decode, what), None)
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("kind", &self.kind).field("id", &self.id).finish_non_exhaustive()
    }
}

impl<T> EventStream<T> {
    pub(crate) fn new(bytes: ByteStream, content: EventContent) -> Self {
        let events = Events { bytes, decoder: EventDecoder::default(), ended: false };
        Self { events, content, item: PhantomData }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.events.bytes.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.events.bytes.headers()
    }

    /// The last id that the server sent; empty if none.
    #[must_use]
    pub fn last_id(&self) -> &str {
        &self.events.decoder.id
    }
}

impl EventStream {
    /// The next event; `None` at the end of the stream. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// When the connection breaks, when nothing arrives before the timeout (comments count), or when events exceed
    /// `ClientBuilder::max_response_bytes`, which ends the stream.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        self.events.next().await
    }

    /// Blocking version of [`Self::next`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `next`.
    #[cfg(feature = "blocking")]
    pub fn next_blocking(&mut self) -> Result<Option<Event>, Error> {
        self.events.next_blocking()
    }
}

impl<T: DeserializeOwned> EventStream<T> {
    /// The next event, decoded as the document describes it; `None` at the end of the stream. Dropping the future loses
    /// nothing. After an event that does not match the document, the stream continues with the next one.
    ///
    /// # Errors
    ///
    /// When the connection breaks, when nothing arrives before the timeout (comments count), when an event does not match
    /// the document, or when events exceed `ClientBuilder::max_response_bytes`, which ends the stream.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        let event = self.events.next().await?;
        event.map(|event| self.decoded(event)).transpose()
    }

    /// Blocking version of [`Self::next`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `next`.
    #[cfg(feature = "blocking")]
    pub fn next_blocking(&mut self) -> Result<Option<T>, Error> {
        let event = self.events.next_blocking()?;
        event.map(|event| self.decoded(event)).transpose()
    }

    fn decoded(&self, event: Event) -> Result<T, Error> {
        let origin = self.events.bytes.origin;
        decode::value(event.into_json(self.content).as_bytes(), origin.max_objects)
            .map_err(|what| origin.error(ErrorKind::Decode, &format!("an event does not match the document: {what}")))
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventStream").field(&self.events.bytes).finish()
    }
}

impl Events {
    async fn next(&mut self) -> Result<Option<Event>, Error> {
        while !self.ended {
            if let Some(event) = self.ready()? {
                return Ok(Some(event));
            }
            match self.bytes.chunk().await? {
                Some(chunk) => self.decoder.push(&chunk),
                None => self.ended = true,
            }
        }
        Ok(None)
    }

    #[cfg(feature = "blocking")]
    fn next_blocking(&mut self) -> Result<Option<Event>, Error> {
        while !self.ended {
            if let Some(event) = self.ready()? {
                return Ok(Some(event));
            }
            match self.bytes.chunk_blocking()? {
                Some(chunk) => self.decoder.push(&chunk),
                None => self.ended = true,
            }
        }
        Ok(None)
    }

    fn ready(&mut self) -> Result<Option<Event>, Error> {
        let origin = self.bytes.origin;
        if let Some(mut event) = self.decoder.pop() {
            event.origin = Some(origin);
            return Ok(Some(event));
        }
        if self.decoder.held() > origin.most {
            self.ended = true;
            return Err(too_large(origin));
        }
        Ok(None)
    }
}

/// Decodes an event stream (HTML Standard, section 9.2.6), one event at a time.
#[derive(Default)]
pub(crate) struct EventDecoder {
    /// Bytes that are not decoded yet, from `at` on.
    pending: Vec<u8>,
    at: usize,
    line: Vec<u8>,
    /// Whether a line was read.
    begun: bool,
    /// Whether the last byte was a carriage return, which a line feed would complete.
    after_return: bool,
    kind: String,
    data: String,
    has_data: bool,
    id: String,
    retry: Option<Duration>,
    own: OwnFields,
}

impl EventDecoder {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.pending.drain(..self.at);
        self.at = 0;
        self.pending.extend_from_slice(bytes);
    }

    /// The next event that is complete.
    pub(crate) fn pop(&mut self) -> Option<Event> {
        while let Some(&byte) = self.pending.get(self.at) {
            self.at += 1;
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => {
                    if let Some(event) = self.end_line() {
                        return Some(event);
                    }
                }
                byte => self.line.push(byte),
            }
        }
        None
    }

    /// The number of bytes that are kept for the next event.
    fn held(&self) -> usize {
        [self.line.len(), self.data.len(), self.kind.len(), self.id.len()].iter().sum()
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = if self.begun { line.as_slice() } else { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line) };
        self.begun = true;
        if line.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => {
                value.clone_into(&mut self.kind);
                self.own.kind = !value.is_empty();
            }
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => {
                value.clone_into(&mut self.id);
                self.own.id = true;
            }
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
                self.own.retry = true;
            }
            // A comment, or an unknown field.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let kind = std::mem::take(&mut self.kind);
        let data = std::mem::take(&mut self.data);
        let own = std::mem::take(&mut self.own);
        if !std::mem::take(&mut self.has_data) {
            return None;
        }
        let kind = if kind.is_empty() { "message".to_owned() } else { kind };
        Some(Event { kind, data, id: self.id.clone(), retry: self.retry, own, origin: None })
    }
}

impl fmt::Debug for EventDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.held().saturating_add(self.pending.len()))
    }
}
