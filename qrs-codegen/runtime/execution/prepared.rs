//! A prepared request: a request with the functions that decode its response.

use std::time::Duration;

use super::execute::{Answered, Until};
use super::transport::Limit;
use crate::runtime::client::trace::Trace;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, Error};
use crate::runtime::request::builder::Call;
use crate::runtime::response::byte_stream::ByteStream;
use crate::runtime::response::event_stream::EventStream;
use crate::runtime::response::line_stream::LineStream;
use crate::runtime::response::raw::{Answer, Undecoded};
use crate::runtime::response::success::Response;

/// What makes something of the body of a success.
pub(crate) type Success<T> = fn(&mut Answer) -> Result<T, Undecoded>;

/// What makes something of the body of any other answer.
pub(crate) type Failure<E> = fn(&Answer) -> Option<E>;

/// A request that is ready to go out, with what makes something of its answer.
pub struct Plan<T, E> {
    call: Call,
    success: Success<T>,
    failure: Failure<E>,
}

impl<T, E> Plan<T, E> {
    pub(crate) fn new(call: Call, success: Success<T>, failure: Failure<E>) -> Self {
        Self { call, success, failure }
    }

    /// Sends the request.
    pub(crate) async fn send(self) -> Result<T, Error<E>> {
        let Self { call, success, failure } = self;
        let (trace, outcome) = call.run(Until::TheEnd).await;
        conclude(outcome, &trace, success, failure).map(Response::into_body)
    }

    pub(crate) async fn send_with_response(self) -> Result<Response<T>, Error<E>> {
        let Self { call, success, failure } = self;
        let (trace, outcome) = call.run(Until::TheEnd).await;
        conclude(outcome, &trace, success, failure)
    }

    /// Sends the request, and waits for the answer.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_blocking(self) -> Result<T, Error<E>> {
        self.send_with_response_blocking().map(Response::into_body)
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn send_with_response_blocking(self) -> Result<Response<T>, Error<E>> {
        let Self { call, success, failure } = self;
        let (trace, outcome) = call.run_blocking(Until::TheEnd);
        conclude(outcome, &trace, success, failure)
    }

    /// Sends the request, and gives the bytes of a success as they come.
    pub(crate) async fn send_stream(self) -> Result<ByteStream, Error<E>> {
        let Self { call, failure, .. } = self;
        let about = About::of(&call);
        let (trace, outcome) = call.run(Until::TheBody).await;
        begin(outcome, &trace, about, failure)
    }

    /// As `send_stream`, for code that has no async runtime.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_stream_blocking(self) -> Result<ByteStream, Error<E>> {
        let Self { call, failure, .. } = self;
        let about = About::of(&call);
        let (trace, outcome) = call.run_blocking(Until::TheBody);
        begin(outcome, &trace, about, failure)
    }

    /// Sends the request, asks for this media type, and gives the bytes of a success as they come.
    pub(crate) async fn send_stream_as(mut self, accept: &str) -> Result<ByteStream, Error<E>> {
        self.call.accept(accept);
        self.send_stream().await
    }

    /// As `send_stream_as`, for code that has no async runtime.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_stream_as_blocking(mut self, accept: &str) -> Result<ByteStream, Error<E>> {
        self.call.accept(accept);
        self.send_stream_blocking()
    }

    /// Sends the request, and gives the server-sent events of a success as they come.
    pub(crate) async fn send_events(self, accept: &str) -> Result<EventStream, Error<E>> {
        self.send_stream_as(accept).await.map(EventStream::new)
    }

    /// Sends the request, and gives the lines of a success as they come.
    pub(crate) async fn send_lines(self, accept: &str) -> Result<LineStream, Error<E>> {
        self.send_stream_as(accept).await.map(LineStream::new)
    }

    /// As `send_events`, for code that has no async runtime.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_events_blocking(self, accept: &str) -> Result<EventStream, Error<E>> {
        self.send_stream_as_blocking(accept).map(EventStream::new)
    }

    /// As `send_lines`, for code that has no async runtime.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_lines_blocking(self, accept: &str) -> Result<LineStream, Error<E>> {
        self.send_stream_as_blocking(accept).map(LineStream::new)
    }
}

/// What a stream is to keep to, of the call that it comes from.
#[derive(Clone, Copy)]
struct About {
    operation: &'static Operation,
    limit: Duration,
    most: usize,
}

impl About {
    fn of(call: &Call) -> Self {
        let draft = &call.0;
        let shared = draft.client.shared();
        let limit = Limit::new(shared, draft.settings.timeout).time;
        Self { operation: draft.operation, limit, most: shared.max_response_bytes }
    }
}

impl Call {
    /// Sends the request.
    pub(crate) async fn send<T, E>(self, success: Success<T>, failure: Failure<E>) -> Result<T, Error<E>> {
        Plan::new(self, success, failure).send().await
    }
}

/// Begins to read a success that is read as it comes.
fn begin<E>(
    outcome: Result<Answered, Box<Details>>,
    trace: &Trace,
    about: About,
    failure: Failure<E>,
) -> Result<ByteStream, Error<E>> {
    let About { operation, limit, most } = about;
    let (answer, rest) = match outcome {
        Ok(answered) => answered,
        Err(details) => {
            trace.failed(&details);
            return Err(Error::new(details, None));
        }
    };
    trace.answered(answer.status, answer.attempts);
    if let Some(response) = rest {
        return Ok(ByteStream::new(operation, *response, (answer.headers, answer.attempts), limit, most));
    }
    let body = failure(&answer);
    Err(Error::new(answer.refused(), body))
}

fn conclude<T, E>(
    outcome: Result<Answered, Box<Details>>,
    trace: &Trace,
    success: Success<T>,
    failure: Failure<E>,
) -> Result<Response<T>, Error<E>> {
    let mut answer = match outcome {
        Ok((answer, _)) => answer,
        Err(details) => {
            trace.failed(&details);
            return Err(Error::new(details, None));
        }
    };
    trace.answered(answer.status, answer.attempts);
    if !answer.status.is_success() {
        let body = failure(&answer);
        return Err(Error::new(answer.refused(), body));
    }
    match success(&mut answer) {
        Ok(body) => Ok(Response::new(answer.status, answer.headers, body)),
        Err(problem) => {
            let details = answer.undecoded(problem);
            trace.unusable(details.kind);
            Err(Error::new(details, None))
        }
    }
}
