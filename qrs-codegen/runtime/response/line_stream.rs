//! JSON values, one per line or per record.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::byte_stream::{ByteStream, too_large};
use super::decode::{self, BOM};
use crate::runtime::failure::error::{Error, ErrorKind};
use crate::runtime::text::records::{self, Framing, Scanner};

/// The item type of a stream whose items the document does not describe. The caller chooses a type when reading each item.
#[derive(Clone, Copy, Debug)]
pub enum Untyped {}

/// The body of a success as a stream of JSON values, one per line, or one per record of a JSON text sequence
/// (`application/json-seq`, RFC 7464). Blank lines are skipped.
#[must_use = "nothing is read until `next` is awaited"]
pub struct LineStream<T = Untyped> {
    lines: Lines,
    item: PhantomData<fn() -> T>,
}

impl<T> LineStream<T> {
    pub(crate) fn new(bytes: ByteStream) -> Self {
        let framing = Framing::of(bytes.headers());
        Self { lines: Lines::new(bytes, framing), item: PhantomData }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.lines.bytes.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.lines.bytes.headers()
    }
}

impl<T: DeserializeOwned> LineStream<T> {
    /// The next value; `None` at the end of the stream. Dropping the future loses nothing. After a value that does not
    /// match the document, the stream continues with the next one.
    ///
    /// # Errors
    ///
    /// When the connection breaks, when nothing arrives before the timeout, when a value does not match the document, or
    /// when one exceeds `ClientBuilder::max_response_bytes`, which ends the stream.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        self.lines.next().await
    }

    /// Blocking version of [`Self::next`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `next`.
    #[cfg(feature = "blocking")]
    pub fn next_blocking(&mut self) -> Result<Option<T>, Error> {
        self.lines.next_blocking()
    }
}

impl LineStream {
    /// The next value; `None` at the end of the stream. Dropping the future loses nothing. After a line that does not match
    /// `T`, the stream continues with the next one.
    ///
    /// # Errors
    ///
    /// When the connection breaks, when nothing arrives before the timeout, when a line does not match `T`, or when one
    /// exceeds `ClientBuilder::max_response_bytes`, which ends the stream.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        self.lines.next().await
    }

    /// Blocking version of [`Self::next`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `next`.
    #[cfg(feature = "blocking")]
    pub fn next_blocking<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        self.lines.next_blocking()
    }
}

impl<T> fmt::Debug for LineStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LineStream").field(&self.lines.bytes).finish()
    }
}

/// The values of a stream, of whatever types they are.
struct Lines {
    bytes: ByteStream,
    framing: Framing,
    /// The state of the value that is being read, where line ends do not tell where it ends.
    scanner: Scanner,
    buffer: Vec<u8>,
    /// The position of the line that is read next.
    begin: usize,
    /// The position up to which the buffer contains no line end.
    searched: usize,
    /// Whether no value was read yet: the first line may begin with a byte order mark.
    is_at_start: bool,
    ended: bool,
}

impl Lines {
    fn new(bytes: ByteStream, framing: Framing) -> Self {
        let (buffer, scanner) = (Vec::new(), Scanner::default());
        Self { bytes, framing, scanner, buffer, begin: 0, searched: 0, is_at_start: true, ended: false }
    }

    async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        while !self.ended {
            if let Some(line) = self.line()? {
                return self.value(&line).map(Some);
            }
            match self.bytes.chunk().await? {
                Some(chunk) => self.push(&chunk),
                None => self.ended = true,
            }
        }
        self.last()
    }

    #[cfg(feature = "blocking")]
    fn next_blocking<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        while !self.ended {
            if let Some(line) = self.line()? {
                return self.value(&line).map(Some);
            }
            match self.bytes.chunk_blocking()? {
                Some(chunk) => self.push(&chunk),
                None => self.ended = true,
            }
        }
        self.last()
    }

    fn push(&mut self, chunk: &[u8]) {
        // What is left is part of one line, so that each byte is moved once.
        self.buffer.drain(..self.begin);
        self.searched -= self.begin;
        self.begin = 0;
        self.buffer.extend_from_slice(chunk);
    }

    /// The next complete line that is not blank.
    fn line(&mut self) -> Result<Option<Range<usize>>, Error> {
        loop {
            let rest = self.buffer.get(self.searched..).unwrap_or_default();
            let Some((length, skipped)) = self.framing.end(rest, &mut self.scanner) else {
                self.searched = self.buffer.len();
                let origin = self.bytes.origin;
                if self.buffer.len() - self.begin <= origin.most {
                    return Ok(None);
                }
                self.ended = true;
                self.clear();
                return Err(too_large(origin));
            };
            let line = self.begin..self.searched + length;
            self.begin = line.end + skipped;
            self.searched = self.begin;
            if !self.content(&line).is_empty() {
                return Ok(Some(line));
            }
        }
    }

    fn last<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        if let Some(line) = self.line()? {
            return self.value(&line).map(Some);
        }
        let line = self.begin..self.buffer.len();
        let last = if self.content(&line).is_empty() { Ok(None) } else { self.value(&line).map(Some) };
        self.clear();
        last
    }

    fn clear(&mut self) {
        self.buffer.clear();
        self.begin = 0;
        self.searched = 0;
        self.scanner = Scanner::default();
    }

    fn content(&self, line: &Range<usize>) -> &[u8] {
        let text = self.buffer.get(line.clone()).unwrap_or_default();
        let is_first = line.start == 0 && self.is_at_start;
        records::content(if is_first { text.strip_prefix(BOM).unwrap_or(text) } else { text })
    }

    fn value<T: DeserializeOwned>(&mut self, line: &Range<usize>) -> Result<T, Error> {
        let origin = self.bytes.origin;
        let error =
            |what: String| origin.error(ErrorKind::Decode, &format!("a line does not match the document: {what}"));
        let value = decode::value(self.content(line), origin.max_objects).map_err(error);
        self.is_at_start = false;
        value
    }
}
