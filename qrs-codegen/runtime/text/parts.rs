// only: received-list, received-object, mock

//! The parts of a `multipart` body (RFC 2046, section 5.1).

use super::media_type::parameter; // only: received-object, mock

/// A part of a body.
pub(crate) struct BodyPart<'b> {
    head: Vec<String>,
    pub(crate) content: &'b [u8],
}

/// Why the parts of a body cannot be read.
pub(crate) enum SplitError {
    /// There is no last boundary.
    Incomplete,
    /// There are more than the caller wants.
    TooMany,
}

/// The parts of a body, in order.
pub(crate) fn split<'b>(body: &'b [u8], boundary: &str, most: usize) -> Result<Vec<BodyPart<'b>>, SplitError> {
    let (mut found, mut begin, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        let delimiter =
            line.trim_ascii_end().strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        if let Some(rest @ (b"" | b"--")) = delimiter {
            if let Some(begin) = begin {
                found.push(BodyPart::read(body.get(begin..at).unwrap_or_default()));
                if found.len() > most {
                    return Err(SplitError::TooMany);
                }
            }
            if rest == b"--" {
                return Ok(found);
            }
            begin = Some(next);
        }
        at = next;
    }
    Err(SplitError::Incomplete)
}

impl<'b> BodyPart<'b> {
    /// A part with its head, and the end of the line before the next boundary.
    fn read(text: &'b [u8]) -> Self {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let mut head = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            let (line, after) = rest.split_at(end);
            rest = after;
            let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        Self { head, content: rest }
    }

    /// The value of a header. Case does not matter.
    pub(crate) fn header(&self, wanted: &str) -> Option<String> {
        let mut fields = self.head.iter().filter_map(|line| line.split_once(':'));
        fields.find_map(|(name, value)| name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned()))
    }

    // only: received-object, mock {
    /// A parameter of the `Content-Disposition`.
    pub(crate) fn disposition(&self, name: &str) -> Option<String> {
        parameter(&self.header("Content-Disposition")?, name)
    }

    /// `name` of the `Content-Disposition`, or the `Content-ID`.
    pub(crate) fn name(&self) -> Option<String> {
        let id = || Some(self.header("Content-ID")?.trim_start_matches('<').trim_end_matches('>').to_owned());
        self.disposition("name").or_else(id)
    }
    // }
}
