//! A prepared request: a request with the functions that decode its response.

use serde::de::DeserializeOwned;

use super::execute::{Executed, ReadMode};
use super::response_future::ResponseFuture;
use crate::runtime::client::trace::Trace;
use crate::runtime::failure::element_error::ElementError;
use crate::runtime::failure::error::{Details, Error};
use crate::runtime::request::call::Call;
use crate::runtime::response::decode;
use crate::runtime::response::raw::{BodyError, RawResponse};
use crate::runtime::response::success::Response;
use crate::runtime::text::charset::lossy;

/// Decodes the body of a success.
pub(crate) type Success<T> = fn(&mut RawResponse) -> Result<T, BodyError>;

/// Decodes the body of any other response.
pub(crate) type Failure<E> = fn(&RawResponse) -> Option<E>;

/// A request that is ready to be sent, with the functions that decode its response.
pub struct PreparedRequest<T, E> {
    pub(super) call: Call,
    success: Success<T>,
    pub(super) failure: Failure<E>,
}

impl<T: 'static, E: 'static> PreparedRequest<T, E> {
    /// Sends the request.
    pub(crate) fn send(self) -> ResponseFuture<T, E> {
        let Self { call, success, failure } = self;
        ResponseFuture::new(async move {
            let (trace, outcome) = call.run(ReadMode::Whole).await;
            conclude(outcome, &trace, (success, failure), false).map(Response::into_body)
        })
    }

    pub(crate) fn send_with_response(self) -> ResponseFuture<Response<T>, E> {
        let Self { call, success, failure } = self;
        let keep_text = call.0.settings.keep_text;
        ResponseFuture::new(async move {
            let (trace, outcome) = call.run(ReadMode::Whole).await;
            conclude(outcome, &trace, (success, failure), keep_text)
        })
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
}

impl<T: DeserializeOwned, E> PreparedRequest<Vec<T>, E> {
    /// Decodes each element of the list separately.
    pub(crate) fn lenient(self) -> PreparedRequest<Vec<Result<T, ElementError>>, E> {
        PreparedRequest { call: self.call, success: decode::json_elements, failure: self.failure }
    }
}

impl Call {
    /// Joins the request with the functions that decode its response.
    pub(crate) fn prepared<T, E>(self, success: Success<T>, failure: Failure<E>) -> PreparedRequest<T, E> {
        PreparedRequest { call: self, success, failure }
    }
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
