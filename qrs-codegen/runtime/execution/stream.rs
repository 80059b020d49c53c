//! Requests whose success is read while the server still sends it.

use std::time::Duration;

use super::execute::{Executed, ReadMode};
use super::prepared::{Failure, PreparedRequest};
use super::response_future::ResponseFuture;
use super::transport::TimeLimit;
use crate::runtime::client::trace::Trace;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, Error};
use crate::runtime::request::call::Call;
use crate::runtime::response::byte_stream::{ByteStream, StreamOrigin};
use crate::runtime::response::event_stream::{EventContent, EventStream};
use crate::runtime::response::line_stream::LineStream; // only: lines, lines-of

impl<T: 'static, E: 'static> PreparedRequest<T, E> {
    /// Sends the request and returns the body of a success as a stream of bytes.
    pub(crate) fn send_stream(self) -> ResponseFuture<ByteStream, E> {
        self.send_stream_into(|bytes| bytes)
    }

    /// As `send_stream`, with what reads the bytes.
    pub(super) fn send_stream_into<S, R>(self, reader: R) -> ResponseFuture<S, E>
    where
        S: 'static,
        R: FnOnce(ByteStream) -> S + Send + 'static,
    {
        let Self { call, failure, .. } = self;
        let about = StreamLimits::of(&call);
        ResponseFuture::new(async move {
            let (trace, outcome) = call.run(ReadMode::Stream).await;
            begin(outcome, &trace, about, failure).map(reader)
        })
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
    #[allow(dead_code, reason = "a document need not describe a success in several media types")]
    pub(crate) fn send_stream_as(mut self, accept: &str) -> ResponseFuture<ByteStream, E> {
        self.call.accept(accept);
        self.send_stream()
    }

    /// Blocking version of `send_stream_as`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_stream_as_blocking(mut self, accept: &str) -> Result<ByteStream, Error<E>> {
        self.call.accept(accept);
        self.send_stream_blocking()
    }

    // only: events {
    /// Sends the request and returns the body of a success as a stream of server-sent events.
    pub(crate) fn send_events(self, accept: &str) -> ResponseFuture<EventStream, E> {
        self.send_events_of(accept, EventContent::Whole)
    }
    // }

    // only: lines {
    /// Sends the request and returns the body of a success as a stream of lines.
    pub(crate) fn send_lines(self, accept: &str) -> ResponseFuture<LineStream, E> {
        self.send_lines_of(accept)
    }
    // }

    // only: events {
    /// Blocking version of `send_events`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_events_blocking(self, accept: &str) -> Result<EventStream, Error<E>> {
        self.send_events_of_blocking(accept, EventContent::Whole)
    }
    // }

    // only: lines {
    /// Blocking version of `send_lines`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_lines_blocking(self, accept: &str) -> Result<LineStream, Error<E>> {
        self.send_lines_of_blocking(accept)
    }
    // }

    /// Sends the request and returns the body of a success as a stream of events that the document describes.
    pub(crate) fn send_events_of<I: 'static>(
        mut self,
        accept: &str,
        content: EventContent,
    ) -> ResponseFuture<EventStream<I>, E> {
        self.call.accept(accept);
        self.send_stream_into(move |bytes| EventStream::new(bytes, content))
    }

    // only: lines, lines-of {
    /// Sends the request and returns the body of a success as a stream of lines that the document describes.
    pub(crate) fn send_lines_of<I: 'static>(mut self, accept: &str) -> ResponseFuture<LineStream<I>, E> {
        self.call.accept(accept);
        self.send_stream_into(LineStream::new)
    }
    // }

    /// Blocking version of `send_events_of`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_events_of_blocking<I>(
        self,
        accept: &str,
        content: EventContent,
    ) -> Result<EventStream<I>, Error<E>> {
        self.send_stream_as_blocking(accept).map(|bytes| EventStream::new(bytes, content))
    }

    // only: lines, lines-of {
    /// Blocking version of `send_lines_of`.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_lines_of_blocking<I>(self, accept: &str) -> Result<LineStream<I>, Error<E>> {
        self.send_stream_as_blocking(accept).map(LineStream::new)
    }
    // }
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

/// Turns the head of a success into a stream of its body.
fn begin<E>(
    outcome: Result<Executed, Box<Details>>,
    trace: &Trace,
    about: StreamLimits,
    failure: Failure<E>,
) -> Result<ByteStream, Error<E>> {
    let (response, rest) = match outcome {
        Ok(answered) => answered,
        Err(details) => {
            trace.failed(&details);
            return Err(Error::new(details, None));
        }
    };
    trace.responded(response.status, response.attempts);
    if let Some(incoming) = rest {
        let origin = StreamOrigin {
            operation: about.operation,
            status: response.status,
            attempts: response.attempts,
            most: about.most,
            max_objects: about.max_objects,
        };
        return Ok(ByteStream::new(*incoming, origin, response.headers, about.limit));
    }
    let body = failure(&response);
    Err(Error::new(response.status_failure(), body))
}
