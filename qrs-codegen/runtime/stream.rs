//! Answers that are read while the server still writes them.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::answer::status_line;
use super::decode;
use super::error::{Details, Error, ErrorKind};
use super::operation::Operation;
use super::text::one_line;

/// A success whose bytes are read as they come.
///
/// Each piece may take as long as a whole call (`ClientBuilder::timeout`, `Request::timeout`); all of them together take
/// as long, and are as many, as the server likes. Dropping it ends the connection.
#[must_use = "nothing is read until `chunk` is awaited"]
pub struct ByteStream {
    /// None while another thread has it.
    open: Option<Open>,
    origin: Origin,
    headers: HeaderMap,
}

struct Open {
    response: reqwest::Response,
    limit: Duration,
    got: usize,
    origin: Origin,
}

/// What an answer is to, for errors to tell.
#[derive(Clone, Copy)]
struct Origin {
    operation: &'static Operation,
    status: StatusCode,
    attempts: u32,
    most: usize,
}

impl Origin {
    fn error(self, kind: ErrorKind, what: &str) -> Error {
        Error::new(self.details(kind, what), None)
    }

    fn details(self, kind: ErrorKind, what: &str) -> Box<Details> {
        let message = format!("{}, but {what}", status_line(self.status));
        let mut details = Details::unanswered(self.operation, kind, message);
        details.status = Some(self.status);
        details.attempts = self.attempts;
        details
    }
}

impl ByteStream {
    pub(super) fn new(
        operation: &'static Operation,
        response: reqwest::Response,
        (headers, attempts): (HeaderMap, u32),
        limit: Duration,
        most: usize,
    ) -> Self {
        let origin = Origin { operation, status: response.status(), attempts, most };
        Self { open: Some(Open { response, limit, got: 0, origin }), origin, headers }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.origin.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The next bytes, as many as have come; `None` at the end. A future that is dropped loses nothing.
    ///
    /// # Errors
    ///
    /// When the answer breaks off, or nothing comes in time.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.open {
            Some(open) => open.chunk().await,
            None => Err(lost(self.origin)),
        }
    }

    /// The next bytes: [`Self::chunk`] for code that has no async runtime.
    ///
    /// # Errors
    ///
    /// As `chunk`.
    #[cfg(feature = "blocking")]
    pub fn chunk_blocking(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(mut open) = self.open.take() else { return Err(lost(self.origin)) };
        let read = super::blocking::wait(async move {
            let chunk = open.chunk().await;
            (open, chunk)
        });
        let (open, chunk) = read.map_err(|error| {
            self.origin.error(ErrorKind::Runtime, &format!("the thread of blocking calls cannot be used: {error}"))
        })?;
        self.open = Some(open);
        chunk
    }
}

fn lost(origin: Origin) -> Error {
    origin.error(ErrorKind::Body, "the rest of it was lost with the thread that read it")
}

impl Open {
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let got = self.got;
        match tokio::time::timeout(self.limit, self.response.chunk()).await {
            Ok(Ok(chunk)) => {
                self.got = got.saturating_add(chunk.as_ref().map_or(0, Bytes::len));
                Ok(chunk)
            }
            Ok(Err(error)) => {
                let error = error.without_url();
                let why = one_line(&error.to_string(), 200);
                let what = format!("the body broke off after {got} bytes: {why}");
                let mut details = self.origin.details(ErrorKind::Body, &what);
                details.source = Some(error);
                Err(Error::new(details, None))
            }
            Err(_) => {
                let what = format!("nothing came within {:?}, after {got} bytes", self.limit);
                Err(self.origin.error(ErrorKind::Timeout, &what))
            }
        }
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("operation", &self.origin.operation)
            .field("status", &self.origin.status.as_u16())
            .finish_non_exhaustive()
    }
}

/// Server-sent events (`text/event-stream`), as they come.
///
/// A stream that breaks off is not taken up again by itself: the caller knows whether it may be, and [`Event::id`] is
/// what to send as `Last-Event-ID` then.
#[derive(Debug)]
#[must_use = "nothing is read until `next` is awaited"]
pub struct EventStream {
    bytes: ByteStream,
    decoder: EventDecoder,
    ended: bool,
}

/// A server-sent event.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// What kind of event it is: `message` if the server does not say.
    pub kind: String,
    /// What it says, its lines with `\n` between them.
    pub data: String,
    /// The last id that the server gave; empty if none.
    pub id: String,
    /// After how long the server wants to be asked again if the stream breaks off, if it ever said so.
    pub retry: Option<Duration>,
    origin: Option<Origin>,
}

impl Event {
    /// What it says, read as JSON.
    ///
    /// # Errors
    ///
    /// If it is not JSON, or not what `T` is.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::value(self.data.as_bytes()).map_err(|what| match self.origin {
            Some(origin) => origin.error(ErrorKind::Decode, &format!("an event is not what is due: {what}")),
            None => unreadable(&what),
        })
    }
}

/// The error for an event that belongs to no call.
fn unreadable(what: &str) -> Error {
    static NONE: Operation = Operation {
        id: "event",
        method: reqwest::Method::GET,
        path: "",
        security: &[],
        carried: &[],
        accept: "text/event-stream",
        errors: &[],
    };
    Error::new(Details::unanswered(&NONE, ErrorKind::Decode, what), None)
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("kind", &self.kind).field("id", &self.id).finish_non_exhaustive()
    }
}

impl EventStream {
    pub(super) fn new(bytes: ByteStream) -> Self {
        Self { bytes, decoder: EventDecoder::default(), ended: false }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.bytes.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.bytes.headers()
    }

    /// The next event; `None` when the server has ended the stream. A future that is dropped loses nothing.
    ///
    /// # Errors
    ///
    /// When the stream breaks off, when nothing comes in time (even comments count), or when an event is larger than
    /// `ClientBuilder::max_response_bytes`, with which it ends.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
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

    /// The next event: [`Self::next`] for code that has no async runtime.
    ///
    /// # Errors
    ///
    /// As `next`.
    #[cfg(feature = "blocking")]
    pub fn next_blocking(&mut self) -> Result<Option<Event>, Error> {
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
        if let Some(mut event) = self.decoder.events.pop_front() {
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

fn too_large(origin: Origin) -> Error {
    let what = format!("a piece of it is larger than {} bytes (`ClientBuilder::max_response_bytes`)", origin.most);
    origin.error(ErrorKind::TooLarge, &what)
}

/// JSON values, a line each, as they come. Lines of white space are passed over, and so is the separator of
/// `application/json-seq`.
#[derive(Debug)]
#[must_use = "nothing is read until `next` is awaited"]
pub struct LineStream {
    bytes: ByteStream,
    buffer: Vec<u8>,
    /// Where the search for the end of the line goes on.
    searched: usize,
    ended: bool,
}

impl LineStream {
    pub(super) fn new(bytes: ByteStream) -> Self {
        Self { bytes, buffer: Vec::new(), searched: 0, ended: false }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.bytes.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.bytes.headers()
    }

    /// The next value; `None` at the end. A future that is dropped loses nothing. A line that cannot be read is an
    /// error, after which the next one can be.
    ///
    /// # Errors
    ///
    /// When the stream breaks off, when nothing comes in time, when a line is not what `T` is, or when one is larger than
    /// `ClientBuilder::max_response_bytes`, with which it ends.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        while !self.ended {
            if let Some(line) = self.line()? {
                return self.value(&line).map(Some);
            }
            match self.bytes.chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => self.ended = true,
            }
        }
        self.last()
    }

    /// The next value: [`Self::next`] for code that has no async runtime.
    ///
    /// # Errors
    ///
    /// As `next`.
    #[cfg(feature = "blocking")]
    pub fn next_blocking<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        while !self.ended {
            if let Some(line) = self.line()? {
                return self.value(&line).map(Some);
            }
            match self.bytes.chunk_blocking()? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => self.ended = true,
            }
        }
        self.last()
    }

    /// The next line that is whole and holds something.
    fn line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            let rest = self.buffer.get(self.searched..).unwrap_or_default();
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                let origin = self.bytes.origin;
                if self.buffer.len() <= origin.most {
                    return Ok(None);
                }
                self.ended = true;
                self.buffer.clear();
                self.searched = 0;
                return Err(too_large(origin));
            };
            let line: Vec<u8> = self.buffer.drain(..=self.searched + end).collect();
            self.searched = 0;
            if !content(&line).is_empty() {
                return Ok(Some(line));
            }
        }
    }

    fn last<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        if let Some(line) = self.line()? {
            return self.value(&line).map(Some);
        }
        let line = std::mem::take(&mut self.buffer);
        self.searched = 0;
        if content(&line).is_empty() { Ok(None) } else { self.value(&line).map(Some) }
    }

    fn value<T: DeserializeOwned>(&self, line: &[u8]) -> Result<T, Error> {
        let origin = self.bytes.origin;
        let error =
            |what: String| origin.error(ErrorKind::Decode, &format!("a line is not what is documented: {what}"));
        decode::value(content(line)).map_err(error)
    }
}

/// RFC 7464 begins each value with a record separator.
fn content(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    line.strip_prefix(b"\x1e").unwrap_or(line).trim_ascii()
}

/// Reads an event stream: HTML, section 9.2.6.
#[derive(Default)]
pub(super) struct EventDecoder {
    events: VecDeque<Event>,
    line: Vec<u8>,
    /// Whether anything was read.
    begun: bool,
    /// Whether a line feed would belong to the carriage return before it.
    after_return: bool,
    kind: String,
    data: String,
    has_data: bool,
    id: String,
    retry: Option<Duration>,
}

impl EventDecoder {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => self.end_line(),
                byte => self.line.push(byte),
            }
        }
    }

    #[cfg(test)]
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How many bytes wait for the end of their event.
    fn held(&self) -> usize {
        self.line.len().saturating_add(self.data.len())
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = if self.begun { line.as_slice() } else { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line) };
        self.begun = true;
        if line.is_empty() {
            self.dispatch();
            return;
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.kind),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            // A comment, or nothing that is known.
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let kind = std::mem::take(&mut self.kind);
        let data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.has_data) {
            let kind = if kind.is_empty() { "message".to_owned() } else { kind };
            self.events.push_back(Event { kind, data, id: self.id.clone(), retry: self.retry, origin: None });
        }
    }
}

impl fmt::Debug for EventDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events", self.events.len())
    }
}
