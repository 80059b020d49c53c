//! The ends of the values of a sequence: lines of JSON, and the records of JSON text sequences (RFC 7464).

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::media_type::essence;

/// RFC 7464 begins each record with it. JSON itself cannot contain it.
pub(crate) const RECORD_SEPARATOR: u8 = 0x1E;

/// The end of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// The end of a line.
    Lines,
    /// The beginning of the next record, or the end of a line where the value is complete.
    Records,
}

/// The state of a value that is being read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scanner {
    has_begun: bool,
    /// Lists and objects that are open.
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Scanner {
    fn read(&mut self, byte: u8) {
        if std::mem::take(&mut self.is_escaped) {
            return;
        }
        match byte {
            b'\\' if self.in_string => self.is_escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.has_begun |= !byte.is_ascii_whitespace() && byte != RECORD_SEPARATOR;
    }

    fn is_complete(self) -> bool {
        self.has_begun && self.depth == 0 && !self.in_string
    }
}

impl Framing {
    /// The framing of a response.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(essence);
        match media_type {
            Some(media_type) if media_type.to_ascii_lowercase().ends_with("json-seq") => Self::Records,
            _ => Self::Lines,
        }
    }

    /// The end of the first value, and the bytes between it and the next one; `None` if more bytes decide it. The scanner
    /// keeps what was read of the value.
    pub(crate) fn end(self, bytes: &[u8], scanner: &mut Scanner) -> Option<(usize, usize)> {
        if self == Self::Lines {
            return bytes.iter().position(|byte| *byte == b'\n').map(|end| (end, 1));
        }
        for (at, byte) in bytes.iter().enumerate() {
            let end = match byte {
                &RECORD_SEPARATOR if scanner.has_begun => Some((at, 0)),
                b'\n' if scanner.is_complete() => Some((at, 1)),
                _ => None,
            };
            if end.is_some() {
                *scanner = Scanner::default();
                return end;
            }
            scanner.read(*byte);
        }
        None
    }
}

/// The content of a line or a record.
pub(crate) fn content(line: &[u8]) -> &[u8] {
    let is_content = |byte: &u8| !byte.is_ascii_whitespace() && *byte != RECORD_SEPARATOR;
    let begin = line.iter().position(is_content).unwrap_or(line.len());
    line.get(begin..).unwrap_or_default().trim_ascii_end()
}

// only: json-lines {
/// The values of a whole body, as a list in JSON.
pub(crate) fn as_list(mut body: &[u8], framing: Framing) -> Vec<u8> {
    let mut list = vec![b'['];
    let mut scanner = Scanner::default();
    while !body.is_empty() {
        let (end, skipped) = framing.end(body, &mut scanner).unwrap_or((body.len(), 0));
        let value = content(body.get(..end).unwrap_or_default());
        if !value.is_empty() {
            if list.len() > 1 {
                list.push(b',');
            }
            list.extend_from_slice(value);
        }
        body = body.get(end + skipped..).unwrap_or_default();
    }
    list.push(b']');
    list
}
// }
