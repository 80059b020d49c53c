//! Bodies of several parts: `multipart/form-data`.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::header::HeaderValue;
use rustls::crypto::SecureRandom;

use super::payload::{Payload, Source, Upload};

/// A body of named parts: `multipart/form-data`.
///
/// Operations take it where the document does not list the parts.
#[derive(Clone, Debug, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    payload: Payload,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The content of a part may be a password.
        f.write_str(&self.name)
    }
}

impl Multipart {
    /// A body without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text part.
    #[must_use]
    pub fn text(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(name.into(), None, value.into())
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, file: impl Into<Upload>) -> Self {
        self.upload(name.into(), None, file.into());
        self
    }

    fn with(mut self, name: String, content_type: Option<&str>, value: String) -> Self {
        self.add(name, content_type, value);
        self
    }

    pub(crate) fn add(&mut self, name: String, content_type: Option<&str>, value: String) {
        let content_type = content_type.map(str::to_owned);
        self.parts.push(Part { name, file_name: None, content_type, payload: value.into() });
    }

    pub(crate) fn upload(&mut self, name: String, content_type: Option<&str>, file: Upload) {
        let Upload { payload, file_name, content_type: own } = file;
        let file_name = Some(file_name.unwrap_or_else(|| name.clone()));
        let content_type = own.or(content_type.map(str::to_owned)).or(Some("application/octet-stream".to_owned()));
        self.parts.push(Part { name, file_name, content_type, payload });
    }

    /// Whether a part is a stream, which can be sent only once.
    pub(crate) fn has_stream(&self) -> bool {
        self.parts.iter().any(|part| part.payload.is_stream())
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.parts.retain(|part| part.name != name);
    }

    /// Encodes the parts, and returns the body and its media type.
    pub(crate) fn encode(self, random: &dyn SecureRandom) -> Result<(reqwest::Body, HeaderValue), String> {
        let boundary =
            boundary(random).ok_or("the system provides no randomness for the boundary between its parts")?;
        let mut segments = Segments::default();
        for part in self.parts {
            segments.push(Segment::Bytes(part.head(&boundary)?.into()));
            match part.payload.0 {
                Source::Bytes(bytes) => segments.push(Segment::Bytes(bytes)),
                stream @ Source::Stream(_) => match Payload(stream).into_body() {
                    Some(body) => segments.push(Segment::Stream(body)),
                    None => return Err(format!("the stream of the part `{}` was sent before", part.name)),
                },
            }
            segments.push(Segment::Bytes(Bytes::from_static(b"\r\n")));
        }
        segments.push(Segment::Bytes(format!("--{boundary}--\r\n").into()));
        let media_type = format!("multipart/form-data; boundary={boundary}");
        let media_type = HeaderValue::from_str(&media_type).map_err(|_| "its boundary is no text".to_owned())?;
        Ok((segments.into_body(), media_type))
    }
}

impl Part {
    /// The head of a part (RFC 7578, section 4.2), with names escaped as browsers do (HTML Standard, section 4.10.21.8).
    fn head(&self, boundary: &str) -> Result<String, String> {
        let escaped = |name: &str| name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22");
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escaped(&self.name));
        if let Some(file_name) = &self.file_name {
            head.push_str("; filename=\"");
            head.push_str(&escaped(file_name));
            head.push('"');
        }
        head.push_str("\r\n");
        if let Some(content_type) = &self.content_type {
            if HeaderValue::from_str(content_type).is_err() {
                return Err(format!("the media type of the part `{}` is not one that a header can carry", self.name));
            }
            head.push_str("Content-Type: ");
            head.push_str(content_type);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        Ok(head)
    }
}

/// A boundary that occurs in content with a probability of 1 in 2¹⁹².
fn boundary(random: &dyn SecureRandom) -> Option<String> {
    let mut bytes = [0; 24];
    random.fill(&mut bytes).ok()?;
    let mut boundary = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(boundary, "{byte:02x}");
    }
    Some(boundary)
}

/// The segments of a body, in order.
#[derive(Default)]
struct Segments(VecDeque<Segment>);

enum Segment {
    Bytes(Bytes),
    Stream(reqwest::Body),
}

impl Segments {
    fn push(&mut self, segment: Segment) {
        self.0.push_back(segment);
    }

    /// A single buffer, unless one of the segments is a stream.
    fn into_body(self) -> reqwest::Body {
        let mut whole = Vec::new();
        for segment in &self.0 {
            match segment {
                Segment::Bytes(bytes) => whole.extend_from_slice(bytes),
                Segment::Stream(_) => return reqwest::Body::wrap(self),
            }
        }
        whole.into()
    }
}

impl Body for Segments {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        loop {
            match self.0.front_mut() {
                None => return Poll::Ready(None),
                Some(Segment::Bytes(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    self.0.pop_front();
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                }
                Some(Segment::Stream(body)) => match ready!(Pin::new(body).poll_frame(context)) {
                    Some(Ok(frame)) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                    // The trailers of one part are not those of all.
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => {
                        self.0.pop_front();
                    }
                },
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        let length = |segment: &Segment| match segment {
            Segment::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Segment::Stream(body) => body.size_hint().exact(),
        };
        let all = self.0.iter().try_fold(0_u64, |all, segment| all.checked_add(length(segment)?));
        all.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
