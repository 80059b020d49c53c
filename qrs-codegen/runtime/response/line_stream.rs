//! JSON values, one per line.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::byte_stream::{ByteStream, too_large};
use super::decode;
use crate::runtime::failure::error::{Error, ErrorKind};

/// The body of a success as a stream of JSON values, one per line. Blank lines are skipped, and so is the record separator
/// of `application/json-seq`.
#[derive(Debug)]
#[must_use = "nothing is read until `next` is awaited"]
pub struct LineStream {
    bytes: ByteStream,
    buffer: Vec<u8>,
    /// The position up to which the buffer contains no line end.
    searched: usize,
    ended: bool,
}

impl LineStream {
    pub(crate) fn new(bytes: ByteStream) -> Self {
        Self { bytes, buffer: Vec::new(), searched: 0, ended: false }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.bytes.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.bytes.headers()
    }

    /// The next value; `None` at the end of the stream. Dropping the future loses nothing. After a line that does not match
    /// `T`, the stream continues with the next one.
    ///
    /// # Errors
    ///
    /// When the connection breaks, when nothing arrives before the timeout, when a line does not match `T`, or when one
    /// exceeds `ClientBuilder::max_response_bytes`, which ends the stream.
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

    /// Blocking version of [`Self::next`], for code without an async runtime.
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

    /// The next complete line that is not blank.
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
            |what: String| origin.error(ErrorKind::Decode, &format!("a line does not match the document: {what}"));
        decode::value(content(line)).map_err(error)
    }
}

/// RFC 7464 begins each value with a record separator.
fn content(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    line.strip_prefix(b"\x1e").unwrap_or(line).trim_ascii()
}
