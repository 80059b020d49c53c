// only: multipart

//! Bodies of several parts: `multipart/form-data`, `multipart/related`, `multipart/mixed` and the like.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::header::HeaderValue;
use rustls::crypto::SecureRandom;

use super::payload::Upload; // only: upload
use super::payload::{Payload, Source};
use crate::runtime::text::media_type::{essence, parameter};

/// A body of named parts, which are sent in the order in which they were added.
///
/// Operations take it where the document does not list the parts. The operation decides whether it is sent as
/// `multipart/form-data` or as another kind of `multipart`.
#[derive(Clone, Default)]
pub struct Multipart {
    parts: Vec<Part>,
    /// The media type, with parameters of its own; empty for `multipart/form-data`.
    media_type: &'static str,
    /// The names of parts, in the order in which they are sent. Others follow.
    order: &'static [&'static str],
    /// Whether there is no body without parts.
    may_be_absent: bool,
    /// Whether the parts have no names on the wire, where their order tells them apart.
    is_unnamed: bool,
    // only: part-groups {
    /// The parts that consist of parts, inner ones before the one that they are in.
    groups: &'static [PartGroup],
    // }
}

// only: part-groups {
/// A part that consists of parts.
pub(crate) struct PartGroup {
    pub(crate) name: &'static str,
    /// A `multipart` one.
    pub(crate) media_type: &'static str,
    /// Whether the parts in it have no names on the wire.
    pub(crate) is_unnamed: bool,
    /// The parts in it, in order: the name among all parts of the body, and the one on the wire.
    pub(crate) parts: &'static [(&'static str, &'static str)],
}
// }

#[derive(Clone)]
struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    payload: Payload,
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The content of a part may be a password.
        f.write_str(&self.name)
    }
}

impl Multipart {
    // only: whole-multipart {
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

    /// Adds a text part of a media type, such as `application/json`.
    #[must_use]
    pub fn text_of_type(self, name: impl Into<String>, value: impl Into<String>, media_type: impl AsRef<str>) -> Self {
        self.with(name.into(), Some(media_type.as_ref()), value.into())
    }
    // }

    // only: whole-multipart, begun-multipart {
    /// These parts as a body of this media type, those named in `order` first.
    pub(crate) fn sent_as(mut self, media_type: &'static str, order: &'static [&'static str]) -> Self {
        self.media_type = media_type;
        self.order = order;
        self
    }
    // }

    // only: begun-multipart {
    /// These parts, or no body if there are none.
    pub(crate) fn or_absent(mut self) -> Self {
        self.may_be_absent = true;
        self
    }
    // }

    // only: unnamed-parts {
    /// These parts, without their names.
    pub(crate) fn unnamed(mut self) -> Self {
        self.is_unnamed = true;
        self
    }
    // }

    // only: part-groups {
    /// These parts, with those of the groups within one part each.
    pub(crate) fn grouped(mut self, groups: &'static [PartGroup]) -> Self {
        self.groups = groups;
        self
    }

    /// Encodes the parts of a group as one part.
    fn gather(&mut self, group: &'static PartGroup, random: &dyn SecureRandom) -> Result<(), String> {
        let mut inner = Self { media_type: group.media_type, is_unnamed: group.is_unnamed, ..Self::default() };
        for (name, sent) in group.parts {
            let all = std::mem::take(&mut self.parts);
            let (taken, others): (Vec<Part>, Vec<Part>) = all.into_iter().partition(|part| part.name == *name);
            self.parts = others;
            inner.parts.extend(taken.into_iter().map(|part| {
                let file_name = part.file_name.map(|file| if file == *name { (*sent).to_owned() } else { file });
                Part { name: (*sent).to_owned(), file_name, ..part }
            }));
        }
        if inner.parts.is_empty() {
            return Ok(());
        }
        let (body, content_type) = inner.encode(random)?;
        let content_type = content_type.to_str().ok().map(str::to_owned);
        self.parts.push(Part { name: group.name.to_owned(), file_name: None, content_type, payload: body.into() });
        Ok(())
    }
    // }

    pub(crate) fn is_absent(&self) -> bool {
        self.may_be_absent && self.parts.is_empty()
    }

    // only: whole-multipart {
    fn with(mut self, name: String, content_type: Option<&str>, value: String) -> Self {
        self.add(name, content_type, value);
        self
    }
    // }

    // only: whole-multipart, part-texts {
    pub(crate) fn add(&mut self, name: String, content_type: Option<&str>, value: String) {
        let content_type = content_type.map(str::to_owned);
        self.parts.push(Part { name, file_name: None, content_type, payload: value.into() });
    }
    // }

    // only: whole-multipart, part-files {
    pub(crate) fn upload(&mut self, name: String, content_type: Option<&str>, file: Upload) {
        let Upload { payload, file_name, content_type: own } = file;
        let file_name = Some(file_name.unwrap_or_else(|| name.clone()));
        let content_type = own.or(content_type.map(str::to_owned)).or(Some("application/octet-stream".to_owned()));
        self.parts.push(Part { name, file_name, content_type, payload });
    }
    // }

    /// Whether a part is a stream, which can be sent only once.
    pub(crate) fn has_stream(&self) -> bool {
        self.parts.iter().any(|part| part.payload.is_stream())
    }

    // only: part-texts, part-files {
    pub(crate) fn remove(&mut self, name: &str) {
        self.parts.retain(|part| part.name != name);
    }
    // }

    /// Encodes the parts, and returns the body and its media type.
    pub(crate) fn encode(mut self, random: &dyn SecureRandom) -> Result<(reqwest::Body, HeaderValue), String> {
        let boundary =
            boundary(random).ok_or("the system provides no randomness for the boundary between its parts")?;
        // only: part-groups {
        for group in self.groups {
            self.gather(group, random)?;
        }
        // }
        let order = self.order;
        let place = |part: &Part| order.iter().position(|name| *name == part.name).unwrap_or(order.len());
        self.parts.sort_by_key(place);
        // only: unnamed-parts {
        if self.is_unnamed {
            let given = |name: &str| self.parts.iter().any(|part| part.name == name);
            let last = self.parts.last().map_or(0, place);
            if let Some(missing) = order.iter().take(last).find(|name| !given(name)) {
                return Err(format!("`{missing}` of its body is missing, and another part would take its place"));
            }
        }
        // }
        let kind = if self.is_unnamed { Kind::Unnamed } else { Kind::of(self.media_type) };
        let media_type = self.content_type(&boundary)?;
        let mut segments = Segments::default();
        for part in self.parts {
            segments.push(Segment::Bytes(part.head(kind, &boundary)?.into()));
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
        Ok((segments.into_body(), media_type))
    }

    fn content_type(&self, boundary: &str) -> Result<HeaderValue, String> {
        let media_type = if self.media_type.is_empty() { "multipart/form-data" } else { self.media_type };
        let mut text = format!("{media_type}; boundary={boundary}");
        // RFC 2387, section 3.1: the media type of the first part, which the others belong to.
        if Kind::of(self.media_type) == Kind::Related
            && parameter(media_type, "type").is_none()
            && let Some(first) = self.parts.first()
        {
            let root = first.content_type.as_deref().unwrap_or("text/plain").replace(['"', '\\'], "");
            text.push_str("; type=\"");
            text.push_str(&root);
            text.push('"');
        }
        HeaderValue::from_str(&text).map_err(|_| "its media type is not one that a header can carry".to_owned())
    }
}

/// A kind of multipart body, for the heads of its parts.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// RFC 7578.
    Form,
    /// RFC 2387.
    Related,
    /// `multipart/mixed` and others.
    Other,
    /// Any kind whose parts have no names.
    Unnamed,
}

impl Kind {
    fn of(media_type: &str) -> Self {
        let is = |kind: &str| essence(media_type).is_some_and(|own| own.eq_ignore_ascii_case(kind));
        if media_type.is_empty() || is("multipart/form-data") {
            Self::Form
        } else if is("multipart/related") {
            Self::Related
        } else {
            Self::Other
        }
    }
}

impl Part {
    /// The head of a part (RFC 7578, section 4.2), with names escaped as browsers do (HTML Standard, section 4.10.21.8).
    fn head(&self, kind: Kind, boundary: &str) -> Result<String, String> {
        let escaped = |name: &str| name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22");
        let disposition = match (kind, &self.file_name) {
            (Kind::Form, _) => "form-data",
            (_, Some(_)) => "attachment",
            (_, None) => "inline",
        };
        let name = escaped(&self.name);
        let mut head = format!("--{boundary}\r\n");
        let file_name = self.file_name.as_deref().filter(|file_name| kind != Kind::Unnamed || *file_name != self.name);
        if kind != Kind::Unnamed || file_name.is_some() {
            head.push_str("Content-Disposition: ");
            head.push_str(disposition);
            if kind != Kind::Unnamed {
                head.push_str("; name=\"");
                head.push_str(&name);
                head.push('"');
            }
            if let Some(file_name) = file_name {
                head.push_str("; filename=\"");
                head.push_str(&escaped(file_name));
                head.push('"');
            }
            head.push_str("\r\n");
        }
        if kind == Kind::Related && self.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            head.push_str("Content-ID: <");
            head.push_str(&self.name);
            head.push_str(">\r\n");
        }
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
