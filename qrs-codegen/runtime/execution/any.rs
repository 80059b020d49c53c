//! Requests of paths that the document does not describe.

use std::borrow::Cow;
use std::fmt;

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::prepared::{PreparedRequest, Success};
use super::request::{Request, Sealed};
use crate::runtime::client::handle::Client;
use crate::runtime::document::operation::{Operation, Statuses};
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::failure::error::Error;
use crate::runtime::request::call::Call;
use crate::runtime::request::settings::Settings;
use crate::runtime::response::decode;

/// The operations that stand for any path, one for each method.
pub(crate) type AnyOperations = [Operation; 7];

/// The path that errors and traces show where the one of a request is not at hand.
const ANY_PATH: &str = "/{path}";

/// The operations of [`Client::call`], with the credentials of the document.
pub(crate) const fn any_operations(
    security: &'static [&'static [&'static Scheme]],
    credential_parameters: &'static [(Carrier, &'static Scheme)],
) -> AnyOperations {
    const JSON: &str = "application/json";
    [
        any(Method::GET, JSON, security, credential_parameters),
        any(Method::POST, JSON, security, credential_parameters),
        any(Method::PUT, JSON, security, credential_parameters),
        any(Method::PATCH, JSON, security, credential_parameters),
        any(Method::DELETE, "*/*", security, credential_parameters),
        any(Method::HEAD, "*/*", security, credential_parameters),
        any(Method::OPTIONS, "*/*", security, credential_parameters),
    ]
}

const fn any(
    method: Method,
    accept: &'static str,
    security: &'static [&'static [&'static Scheme]],
    credential_parameters: &'static [(Carrier, &'static Scheme)],
) -> Operation {
    Operation { id: "call", method, path: ANY_PATH, security, credential_parameters, accept, errors: &[Statuses::Any] }
}

/// A request of any path, made by [`Client::call`].
///
/// It is sent as every request of this client is: to the same server, with the same credentials, retries, timeouts and
/// errors. A success is decoded from JSON, into a [`Value`] unless [`AnyRequest::returning`] names another type. A
/// success without a body is read as `null`.
///
/// The path begins with `/` and is joined to the address of the server. A `{name}` in it is replaced by a value of
/// [`AnyRequest::path`], which stays within its segment whatever it is. A path that could lead to another resource than
/// it says is refused: an empty segment, `.` and `..`, and `\`.
#[must_use = "a request does nothing until it is sent: `.send().await`"]
pub struct AnyRequest<T = Value> {
    call: Call,
    success: Success<T>,
}

impl AnyRequest {
    pub(crate) fn new(client: &Client, operations: &'static AnyOperations, method: &Method, path: String) -> Self {
        let [first, ..] = operations;
        let known = operations.iter().find(|operation| operation.method == *method);
        let mut call = Call::new(client, known.unwrap_or(first)).at_path(path);
        if known.is_none() {
            call.refuse_for(format!("the method `{method}` is not supported"));
        }
        Self { call, success: decode::json }
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

    /// Decodes a success into this type.
    pub fn returning<U: DeserializeOwned>(self) -> AnyRequest<U> {
        AnyRequest { call: self.call, success: decode::json }
    }

    /// Gives a success as text, of whatever media type it is.
    pub fn returning_text(mut self) -> AnyRequest<String> {
        self.call.accept("*/*");
        AnyRequest { call: self.call, success: decode::text }
    }
}

impl<T: Send + 'static> AnyRequest<T> {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// When there is no response, or its status code is not a success: see [`Error`], whose `body` is an error body in
    /// JSON.
    pub async fn send(self) -> Result<T, Error<Value>> {
        Request::prepare(self).send().await
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
        self.call.prepared(self.success, decode::json_error)
    }
}

impl<T> Clone for AnyRequest<T> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), success: self.success }
    }
}

impl<T> fmt::Debug for AnyRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyRequest").field(&self.call).finish()
    }
}
