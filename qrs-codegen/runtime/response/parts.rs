// only: received-list, received-object

//! Bodies of responses that consist of parts (RFC 2046, section 5.1), as JSON.

use serde::de::IgnoredAny;

use super::raw::{BodyError, RawResponse, too_many_objects};
use crate::runtime::text::media_type::{is_json, parameter};
use crate::runtime::text::parts::{BodyPart, SplitError, split};

// only: received-list {
/// The parts of a body as a list in JSON.
pub(crate) fn as_list(response: &RawResponse) -> Result<Vec<u8>, BodyError> {
    let mut list = vec![b'['];
    for (index, part) in parts(response)?.iter().enumerate() {
        if index > 0 {
            list.push(b',');
        }
        list.extend(json(part).map_err(|why| BodyError::decode(format!("part {}: {why}", index + 1)))?);
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
        let Some(name) = part.name() else { continue };
        if object.len() > 1 {
            object.push(b',');
        }
        object.extend(serde_json::Value::from(name).to_string().into_bytes());
        object.push(b':');
        object.extend(json(part).map_err(|why| BodyError::decode(format!("a part of the body: {why}")))?);
    }
    object.push(b'}');
    Ok(object)
}
// }

/// The parts of a body, in order.
fn parts(response: &RawResponse) -> Result<Vec<BodyPart<'_>>, BodyError> {
    let boundary = response.content_type().and_then(|header| parameter(header, "boundary"));
    let boundary = boundary.filter(|boundary| !boundary.is_empty());
    let boundary =
        boundary.ok_or_else(|| BodyError::decode("its `Content-Type` has no boundary for the parts of the body"))?;
    split(&response.body, &boundary, response.max_objects).map_err(|error| match error {
        SplitError::TooMany => BodyError::decode(too_many_objects(response.max_objects)),
        SplitError::Incomplete => BodyError::decode("the body ends before the last boundary of its parts"),
    })
}

/// The content of a part as JSON: JSON as it is, and any other text as a string.
fn json(part: &BodyPart<'_>) -> Result<Vec<u8>, String> {
    let looks_like_json = || [b"{".as_slice(), b"["].iter().any(|start| part.content.trim_ascii().starts_with(start));
    if part.header("Content-Type").as_deref().map_or_else(looks_like_json, is_json) {
        // What is no JSON of its own could become several values of a list.
        return match serde_json::from_slice::<IgnoredAny>(part.content) {
            Ok(_) => Ok(part.content.to_vec()),
            Err(_) => Err("it is not valid JSON".to_owned()),
        };
    }
    match str::from_utf8(part.content) {
        Ok(text) => Ok(serde_json::Value::from(text).to_string().into_bytes()),
        Err(_) => Err("it is not text".to_owned()),
    }
}
