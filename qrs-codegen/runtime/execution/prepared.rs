//! A prepared request: a request with the functions that decode its response.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::execute::{Executed, ReadMode};
use super::transport::TimeLimit;
use crate::runtime::client::trace::Trace;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::element_error::ElementError;
use crate::runtime::failure::error::{Details, Error};
use crate::runtime::request::call::Call;
use crate::runtime::response::byte_stream::ByteStream;
use crate::runtime::response::decode;
use crate::runtime::response::event_stream::{EventContent, EventStream};
use crate::runtime::response::line_stream::LineStream;
use crate::runtime::response::raw::{BodyError, RawResponse};
use crate::runtime::response::success::Response;
use crate::runtime::text::charset::lossy;

/// Decodes the body of a success.
pub(crate) type Success<T> = fn(&mut RawResponse) -> Result<T, BodyError>;

/// Decodes the body of any other response.
pub(crate) type Failure<E> = fn(&RawResponse) -> Option<E>;

/// A request that is ready to be sent, with the functions that decode its response.
pub struct PreparedRequest<T, E> {
    call: Call,
    success: Success<T>,
    failure: Failure<E>,
}

impl<T, E> PreparedRequest<T, E> {
    /// Sends the request.
    pub(crate) async fn send(self) -> Result<T, Error<E>> {
        let Self { call, success, failure } = self;
        let (trace, outcome) = call.run(ReadMode::Whole).await;
        conclude(outcome, &trace, (success, failure), false).map(Response::into_body)
    }

    pub(crate) async fn send_with_response(self) -> Result<Response<T>, Error<E>> {
        let Self { call, success, failure } = self;
        let keep_text = call.0.settings.keep_text;
        let (trace, outcome) = call.run(ReadMode::Whole).await;
        conclude(outcome, &trace, (success, failure), keep_text)
    }

    /// Sends the request and waits for the response.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_blocking(self) -> Result<T, Error<E>> {
        self.send_with_response_blocking().map(Response::into_body)
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn send_with_response_blocking(self) -> Result<Response<T>, Error<E>> {
        let Self { call, success, failure } = self;
        let keep_text = call.0.settings.keep_text;
        let (trace, outcome) = call.run_blocking(ReadMode::Whole);
        conclude(outcome, &trace, (success, failure), keep_text)
    }

    /// Sends the request and returns the body of a success as a stream of bytes.
    pub(crate) async fn send_stream(self) -> Result<ByteStream, Error<E>> {
        let Self { call, failure, .. } = self;
        let about = StreamLimits::of(&call);
        let (trace, outcome) = call.run(ReadMode::Stream).await;
        begin(outcome, &trace, about, failure)
    }

    /// Blocking version of `send_stream`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_stream_blocking(self) -> Result<ByteStream, Error<E>> {
        let Self { call, failure, .. } = self;
        let about = StreamLimits::of(&call);
        let (trace, outcome) = call.run_blocking(ReadMode::Stream);
        begin(outcome, &trace, about, failure)
    }

    /// Sends the request for this media type and returns the body of a success as a stream of bytes.
    pub(crate) async fn send_stream_as(mut self, accept: &str) -> Result<ByteStream, Error<E>> {
        self.call.accept(accept);
        self.send_stream().await
    }

    /// Blocking version of `send_stream_as`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_stream_as_blocking(mut self, accept: &str) -> Result<ByteStream, Error<E>> {
        self.call.accept(accept);
        self.send_stream_blocking()
    }

    /// Sends the request and returns the body of a success as a stream of server-sent events.
    pub(crate) async fn send_events(self, accept: &str) -> Result<EventStream, Error<E>> {
        self.send_events_of(accept, EventContent::Whole).await
    }

    /// Sends the request and returns the body of a success as a stream of lines.
    pub(crate) async fn send_lines(self, accept: &str) -> Result<LineStream, Error<E>> {
        self.send_lines_of(accept).await
    }

    /// Blocking version of `send_events`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_events_blocking(self, accept: &str) -> Result<EventStream, Error<E>> {
        self.send_events_of_blocking(accept, EventContent::Whole)
    }

    /// Blocking version of `send_lines`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_lines_blocking(self, accept: &str) -> Result<LineStream, Error<E>> {
        self.send_lines_of_blocking(accept)
    }

    /// Sends the request and returns the body of a success as a stream of events that the document describes.
    pub(crate) async fn send_events_of<I>(
        self,
        accept: &str,
        content: EventContent,
    ) -> Result<EventStream<I>, Error<E>> {
        self.send_stream_as(accept).await.map(|bytes| EventStream::new(bytes, content))
    }

    /// Sends the request and returns the body of a success as a stream of lines that the document describes.
    pub(crate) async fn send_lines_of<I>(self, accept: &str) -> Result<LineStream<I>, Error<E>> {
        self.send_stream_as(accept).await.map(LineStream::new)
    }

    /// Blocking version of `send_events_of`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_events_of_blocking<I>(
        self,
        accept: &str,
        content: EventContent,
    ) -> Result<EventStream<I>, Error<E>> {
        self.send_stream_as_blocking(accept).map(|bytes| EventStream::new(bytes, content))
    }

    /// Blocking version of `send_lines_of`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_lines_of_blocking<I>(self, accept: &str) -> Result<LineStream<I>, Error<E>> {
        self.send_stream_as_blocking(accept).map(LineStream::new)
    }
}

impl<T: DeserializeOwned, E> PreparedRequest<Vec<T>, E> {
    /// Decodes each element of the list separately.
    pub(crate) fn lenient(self) -> PreparedRequest<Vec<Result<T, ElementError>>, E> {
        PreparedRequest { call: self.call, success: decode::json_elements, failure: self.failure }
    }
}

/// The operation and the limits of a call, for the stream that it returns.
#[derive(Clone, Copy)]
struct StreamLimits {
    operation: &'static Operation,
    limit: Duration,
    most: usize,
    max_objects: usize,
}

impl StreamLimits {
    fn of(call: &Call) -> Self {
        let draft = &call.0;
        let shared = draft.client.shared();
        let limit = TimeLimit::new(shared, draft.settings.timeout).time;
        Self {
            operation: draft.operation,
            limit,
            most: shared.max_response_bytes,
            max_objects: shared.max_response_objects,
        }
    }
}

impl Call {
    /// Joins the request with the functions that decode its response.
    pub(crate) fn prepared<T, E>(self, success: Success<T>, failure: Failure<E>) -> PreparedRequest<T, E> {
        PreparedRequest { call: self, success, failure }
    }

    /// Sends the request.
    pub(crate) async fn send<T, E>(self, success: Success<T>, failure: Failure<E>) -> Result<T, Error<E>> {
        self.prepared(success, failure).send().await
    }
}

/// Turns the head of a success into a stream of its body.
fn begin<E>(
    outcome: Result<Executed, Box<Details>>,
    trace: &Trace,
    about: StreamLimits,
    failure: Failure<E>,
) -> Result<ByteStream, Error<E>> {
    let StreamLimits { operation, limit, most, max_objects } = about;
    let (response, rest) = match outcome {
        Ok(answered) => answered,
        Err(details) => {
            trace.failed(&details);
            return Err(Error::new(details, None));
        }
    };
    trace.responded(response.status, response.attempts);
    if let Some(incoming) = rest {
        return Ok(ByteStream::new(
            operation,
            *incoming,
            (response.headers, response.attempts),
            limit,
            (most, max_objects),
        ));
    }
    let body = failure(&response);
    Err(Error::new(response.status_failure(), body))
}

/// Decodes a response that was read.
fn conclude<T, E>(
    outcome: Result<Executed, Box<Details>>,
    trace: &Trace,
    (success, failure): (Success<T>, Failure<E>),
    keep_text: bool,
) -> Result<Response<T>, Error<E>> {
    let mut response = match outcome {
        Ok((response, _)) => response,
        Err(details) => {
            trace.failed(&details);
            return Err(Error::new(details, None));
        }
    };
    trace.responded(response.status, response.attempts);
    if !response.status.is_success() {
        let body = failure(&response);
        return Err(Error::new(response.status_failure(), body));
    }
    let text = keep_text.then(|| lossy(&response.body, response.content_type()).into_owned());
    match success(&mut response) {
        Ok(body) => Ok(Response::new(response.status, response.headers, body, text)),
        Err(problem) => {
            let details = response.body_failure(problem);
            trace.unusable(details.kind);
            Err(Error::new(details, None))
        }
    }
}
