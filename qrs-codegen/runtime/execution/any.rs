//! Requests of paths that the document does not describe.

use std::borrow::Cow;
use std::fmt;

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::prepared::{PreparedRequest, Success};
use super::request::{Request, Sealed};
use super::response_future::ResponseFuture;
use crate::runtime::client::handle::Client;
use crate::runtime::document::operation::{Operation, Statuses};
use crate::runtime::document::scheme::{Carrier, Scheme};
#[cfg(feature = "blocking")]
use crate::runtime::failure::error::Error;
use crate::runtime::request::call::Call;
use crate::runtime::request::settings::Settings;
use crate::runtime::response::byte_stream::ByteStream;
use crate::runtime::response::decode;
use crate::runtime::response::event_stream::{EventContent, EventStream};
use crate::runtime::response::line_stream::LineStream;

/// The operations that stand for any path, one for each method.
pub(crate) type AnyOperations = [Operation; 8];

/// The path that errors and traces show where the one of a request is not at hand.
const ANY_PATH: &str = "/{path}";

/// The media types of values in JSON, one a line.
const LINES: &str = "application/x-ndjson, application/jsonl";

/// The media type of server-sent events.
const EVENTS: &str = "text/event-stream";

/// The operations of [`Client::call`], with the credentials of the document.
pub(crate) const fn any_operations(
    security: &'static [&'static [&'static Scheme]],
    credential_parameters: &'static [(Carrier, &'static Scheme)],
) -> AnyOperations {
    const JSON: &str = "application/json";
    [
        any("GET", JSON, security, credential_parameters),
        any("POST", JSON, security, credential_parameters),
        any("PUT", JSON, security, credential_parameters),
        any("PATCH", JSON, security, credential_parameters),
        any("DELETE", "*/*", security, credential_parameters),
        any("HEAD", "*/*", security, credential_parameters),
        any("OPTIONS", "*/*", security, credential_parameters),
        any("QUERY", JSON, security, credential_parameters),
    ]
}

const fn any(
    method: &'static str,
    accept: &'static str,
    security: &'static [&'static [&'static Scheme]],
    credential_parameters: &'static [(Carrier, &'static Scheme)],
) -> Operation {
    Operation {
        id: "call",
        method,
        path: ANY_PATH,
        security,
        credential_parameters,
        accept,
        describes_partial_content: false,
        errors: &[Statuses::Any],
    }
}

/// A request of any path, made by [`Client::call`].
///
/// It is sent as every request of this client is: to the same server, with the same credentials, retries, timeouts and
/// errors. A success is decoded from JSON, into a [`Value`] unless [`AnyRequest::returning`] names another type. A
/// success without a body is read as `null`.
///
/// The path begins with `/` and is joined to the address of the server. [`AnyRequest::path`] sets the value of a `{name}`
/// in it; the value is encoded, so that it stays one segment. A path with an empty segment, `.`, `..` or `\` is an error,
/// because a server could take it for another path.
#[must_use = "a request does nothing until it is sent: `.send().await`"]
pub struct AnyRequest<T = Value> {
    call: Call,
    success: Success<T>,
    accept: Option<Box<str>>,
}

impl AnyRequest {
    pub(crate) fn new(client: &Client, operations: &'static AnyOperations, method: &Method, path: String) -> Self {
        let [first, ..] = operations;
        let known = operations.iter().find(|operation| operation.method == method.as_str());
        let mut call = Call::new(client, known.unwrap_or(first)).at_path(path);
        if known.is_none() {
            call.refuse_for(format!("the method `{method}` is not supported"));
        }
        Self { call, success: decode::json, accept: None }
    }
}

impl<T> AnyRequest<T> {
    /// Sets the value of a `{name}` of the path.
    pub fn path(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.call = self.call.named_path(Cow::Owned(name.into()), &value.to_string());
        self
    }

    /// Sets a parameter of the query, in the place of an earlier value of that name.
    pub fn query(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.call = self.call.named_query(Cow::Owned(name.into()), &value.to_string());
        self
    }

    /// Sends this header: see [`Request::header`].
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.settings().header(name.into(), value.into());
        self
    }

    /// Sets the body: `body` as JSON. A [`Secret`](crate::Secret) in it is kept out of errors.
    pub fn json<B: Serialize + ?Sized>(mut self, body: &B) -> Self {
        self.call = self.call.json(body, "application/json");
        self
    }

    /// Sets the media type of the `Accept` header. The default is that of the method that sends the request, such as
    /// `text/event-stream` for `send_events`.
    pub fn accept(mut self, media_type: &str) -> Self {
        self.accept = Some(media_type.into());
        self
    }

    /// Decodes a success into this type.
    pub fn returning<U: DeserializeOwned>(self) -> AnyRequest<U> {
        AnyRequest { call: self.call, success: decode::json, accept: self.accept }
    }

    /// Returns a success as text, whatever its media type.
    pub fn returning_text(mut self) -> AnyRequest<String> {
        self.call.accept("*/*");
        AnyRequest { call: self.call, success: decode::text, accept: self.accept }
    }
}

impl<T: Send + 'static> AnyRequest<T> {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// When there is no response, or its status code is not a success: see [`Error`](crate::runtime::Error), whose `body`
    /// is an error body in JSON.
    pub fn send(self) -> ResponseFuture<T, Value> {
        Request::prepare(self).send()
    }

    /// Blocking version of [`Self::send`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `send`.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<T, Error<Value>> {
        Request::prepare(self).send_blocking()
    }

    /// Sends the request and returns the body of a success as a stream of bytes, of whatever media type it is. It is read
    /// as it arrives, without a limit on its size.
    ///
    /// # Errors
    ///
    /// As `send`.
    pub fn send_stream(self) -> ResponseFuture<ByteStream, Value> {
        self.by_default("*/*").prepare().send_stream()
    }

    /// Sends the request and returns the body of a success as a stream of lines, each a value in JSON.
    ///
    /// # Errors
    ///
    /// As `send`.
    pub fn send_lines(self) -> ResponseFuture<LineStream, Value> {
        self.by_default(LINES).prepare().send_stream_into(LineStream::new)
    }

    /// Sends the request and returns the body of a success as a stream of server-sent events.
    ///
    /// # Errors
    ///
    /// As `send`.
    pub fn send_events(self) -> ResponseFuture<EventStream, Value> {
        self.by_default(EVENTS).prepare().send_events_of(EVENTS, EventContent::Whole)
    }

    /// Blocking version of [`Self::send_stream`].
    ///
    /// # Errors
    ///
    /// As `send`.
    #[cfg(feature = "blocking")]
    pub fn send_stream_blocking(self) -> Result<ByteStream, Error<Value>> {
        self.by_default("*/*").prepare().send_stream_blocking()
    }

    /// Blocking version of [`Self::send_lines`].
    ///
    /// # Errors
    ///
    /// As `send`.
    #[cfg(feature = "blocking")]
    pub fn send_lines_blocking(self) -> Result<LineStream, Error<Value>> {
        self.by_default(LINES).prepare().send_stream_blocking().map(LineStream::new)
    }

    /// Blocking version of [`Self::send_events`].
    ///
    /// # Errors
    ///
    /// As `send`.
    #[cfg(feature = "blocking")]
    pub fn send_events_blocking(self) -> Result<EventStream, Error<Value>> {
        self.by_default(EVENTS).prepare().send_events_of_blocking(EVENTS, EventContent::Whole)
    }

    fn by_default(mut self, media_type: &str) -> Self {
        self.accept.get_or_insert_with(|| media_type.into());
        self
    }
}

impl<T> Sealed for AnyRequest<T> {
    fn settings(&mut self) -> &mut Settings {
        self.call.settings()
    }
}

impl<T: Send + 'static> Request for AnyRequest<T> {
    type Output = T;
    type Error = Value;

    fn prepare(self) -> PreparedRequest<T, Value> {
        let mut call = self.call;
        if let Some(accept) = self.accept {
            call.accept(&accept);
        }
        call.prepared(self.success, decode::json_error)
    }
}

impl<T> Clone for AnyRequest<T> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), success: self.success, accept: self.accept.clone() }
    }
}

impl<T> fmt::Debug for AnyRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyRequest").field(&self.call).finish()
    }
}
