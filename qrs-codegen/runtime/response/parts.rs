// only: received-list, received-object

//! Bodies of responses that consist of parts (RFC 2046, section 5.1), as JSON.

use serde::de::IgnoredAny;

use super::raw::{BodyError, RawResponse, too_many_objects};
use crate::runtime::text::media_type::{is_json, parameter};

/// A part of a body.
struct Part<'b> {
    content_type: Option<String>,
    // only: received-object {
    /// `name` of its `Content-Disposition`, or its `Content-ID`.
    name: Option<String>,
    // }
    content: &'b [u8],
}

// only: received-list {
/// The parts of a body as a list in JSON.
pub(crate) fn as_list(response: &RawResponse) -> Result<Vec<u8>, BodyError> {
    let mut list = vec![b'['];
    for (index, part) in parts(response)?.iter().enumerate() {
        if index > 0 {
            list.push(b',');
        }
        list.extend(part.json().map_err(|why| BodyError::decode(format!("part {}: {why}", index + 1)))?);
    }
    list.push(b']');
    Ok(list)
}
// }

// only: received-object {
/// The parts of a body as an object in JSON, by their names. A part without a name is ignored.
pub(crate) fn as_object(response: &RawResponse) -> Result<Vec<u8>, BodyError> {
    let mut object = vec![b'{'];
    for part in &parts(response)? {
        let Some(name) = &part.name else { continue };
        if object.len() > 1 {
            object.push(b',');
        }
        object.extend(serde_json::Value::from(name.as_str()).to_string().into_bytes());
        object.push(b':');
        object.extend(part.json().map_err(|why| BodyError::decode(format!("a part of the body: {why}")))?);
    }
    object.push(b'}');
    Ok(object)
}
// }

/// The parts of a body, in order.
fn parts(response: &RawResponse) -> Result<Vec<Part<'_>>, BodyError> {
    let boundary = response.content_type().and_then(|header| parameter(header, "boundary"));
    let boundary = boundary.filter(|boundary| !boundary.is_empty());
    let boundary =
        boundary.ok_or_else(|| BodyError::decode("its `Content-Type` has no boundary for the parts of the body"))?;
    let body = response.body.as_slice();
    let (mut found, mut begin, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        let delimiter =
            line.trim_ascii_end().strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        if let Some(rest @ (b"" | b"--")) = delimiter {
            if let Some(begin) = begin {
                found.push(Part::read(body.get(begin..at).unwrap_or_default()));
                if found.len() > response.max_objects {
                    return Err(BodyError::decode(too_many_objects(response.max_objects)));
                }
            }
            if rest == b"--" {
                return Ok(found);
            }
            begin = Some(next);
        }
        at = next;
    }
    Err(BodyError::decode("the body ends before the last boundary of its parts"))
}

impl<'b> Part<'b> {
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
        let header = |wanted: &str| {
            let mut fields = head.iter().filter_map(|line| line.split_once(':'));
            fields.find_map(|(name, value)| name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned()))
        };
        Self {
            content_type: header("Content-Type"),
            // only: received-object {
            name: header("Content-Disposition")
                .and_then(|disposition| parameter(&disposition, "name"))
                .or_else(|| header("Content-ID").map(|id| id.trim_start_matches('<').trim_end_matches('>').to_owned())),
            // }
            content: rest,
        }
    }

    /// The content as JSON: JSON as it is, and any other text as a string.
    fn json(&self) -> Result<Vec<u8>, String> {
        let looks_like_json =
            || [b"{".as_slice(), b"["].iter().any(|start| self.content.trim_ascii().starts_with(start));
        if self.content_type.as_deref().map_or_else(looks_like_json, is_json) {
            // What is no JSON of its own could become several values of a list.
            return match serde_json::from_slice::<IgnoredAny>(self.content) {
                Ok(_) => Ok(self.content.to_vec()),
                Err(_) => Err("it is not valid JSON".to_owned()),
            };
        }
        match str::from_utf8(self.content) {
            Ok(text) => Ok(serde_json::Value::from(text).to_string().into_bytes()),
            Err(_) => Err("it is not text".to_owned()),
        }
    }
}
