// only: items

//! Bodies that are sequences of values: lines of JSON, JSON text sequences, server-sent events.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame};
use serde::Serialize;
use serde_json::Value;

use super::call::Call;
use super::payload::{Payload, Source};
use crate::runtime::failure::redact::LateSecrets;
use crate::runtime::text::records::RECORD_SEPARATOR;
use crate::runtime::value::secret::collecting_secrets;

/// Values to send one after the other, all at once or as a stream.
///
/// Convert a `Vec<T>` into it, collect an iterator into it, or use [`Items::stream`]. A stream can be sent only once: a call
/// with one is not retried.
pub struct Items<T>(ItemSource<T>);

enum ItemSource<T> {
    List(Vec<T>),
    Stream(Pin<Box<dyn Stream<Item = T> + Send>>),
}

impl<T> Items<T> {
    /// The values of a stream, each sent as soon as the stream yields it.
    pub fn stream(items: impl Stream<Item = T> + Send + 'static) -> Self {
        Self(ItemSource::Stream(Box::pin(items)))
    }
}

impl<T> From<Vec<T>> for Items<T> {
    fn from(items: Vec<T>) -> Self {
        Self(ItemSource::List(items))
    }
}

impl<T, const N: usize> From<[T; N]> for Items<T> {
    fn from(items: [T; N]) -> Self {
        Self(ItemSource::List(items.into()))
    }
}

impl<T> FromIterator<T> for Items<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(ItemSource::List(items.into_iter().collect()))
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ItemSource::List(items) => write!(f, "Items({})", items.len()),
            ItemSource::Stream(_) => f.write_str("Items(a stream)"),
        }
    }
}

/// How each value of a sequence is written.
#[allow(dead_code, reason = "a document need not have sequences of every form")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemForm {
    /// JSON on a line of its own.
    Line,
    /// JSON between a record separator and a line end (RFC 7464).
    Record,
    /// A server-sent event: an object with `event`, `data`, `id` and `retry`.
    Event,
    /// A server-sent event whose data is the value as JSON.
    EventData,
}

impl ItemForm {
    /// The bytes of one value.
    fn encode<T: Serialize>(self, item: &T) -> serde_json::Result<Vec<u8>> {
        Ok(match self {
            Self::Line => [serde_json::to_vec(item)?, vec![b'\n']].concat(),
            Self::Record => [vec![RECORD_SEPARATOR], serde_json::to_vec(item)?, vec![b'\n']].concat(),
            Self::EventData => format!("data: {}\n\n", serde_json::to_string(item)?).into_bytes(),
            Self::Event => event(&serde_json::to_value(item)?).into_bytes(),
        })
    }
}

/// The text of a server-sent event (HTML Standard, section 9.2.5).
fn event(value: &Value) -> String {
    let mut text = String::new();
    for (field, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // A line end in another field than the data would begin another one.
        let lines = value.replace("\r\n", "\n").replace('\r', "\n");
        let lines = if field == "data" { lines } else { lines.replace('\n', " ") };
        for line in lines.split('\n') {
            text.push_str(field);
            text.push_str(": ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

impl Call {
    /// Sets the body: a sequence of values.
    pub(crate) fn items<T: Serialize + 'static>(
        mut self,
        items: Items<T>,
        form: ItemForm,
        content_type: &'static str,
    ) -> Self {
        let items = match items.0 {
            ItemSource::List(items) => items,
            ItemSource::Stream(items) => {
                let secrets = self.0.late_secrets.clone();
                let body = reqwest::Body::wrap(ItemBody { items: Mutex::new(items), form, secrets });
                let payload = Payload(Source::Stream(Arc::new(Mutex::new(Some(body)))));
                return self.bytes(payload, content_type);
            }
        };
        let encode = move || items.iter().map(|item| form.encode(item)).collect::<serde_json::Result<Vec<_>>>();
        let (encoded, secrets) = collecting_secrets(encode);
        self.0.secrets.extend(secrets);
        if let Ok(encoded) = encoded {
            return self.bytes(encoded.concat().into(), content_type);
        }
        // The message of serde may quote a value.
        self.refuse_for("an item of the body cannot be encoded as JSON".to_owned());
        self
    }
}

/// A body that is encoded while it is sent.
struct ItemBody<T> {
    /// No one else has it; the lock makes it `Sync`.
    items: Mutex<Pin<Box<dyn Stream<Item = T> + Send>>>,
    form: ItemForm,
    secrets: LateSecrets,
}

impl<T: Serialize> Body for ItemBody<T> {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let form = self.form;
        let items = self.items.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(item) = ready!(items.as_mut().poll_next(context)) else { return Poll::Ready(None) };
        let (encoded, secrets) = collecting_secrets(|| form.encode(&item));
        self.secrets.add(secrets);
        // The message of serde may quote a value.
        let encoded = encoded.map_err(|_| std::io::Error::other("an item cannot be encoded as JSON"));
        Poll::Ready(Some(encoded.map(|bytes| Frame::data(bytes.into()))))
    }
}
