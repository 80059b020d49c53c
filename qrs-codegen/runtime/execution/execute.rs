//! Executing a request: attempts, and reading the incoming.

use std::time::{Duration, Instant};

use reqwest::header::RANGE;
use reqwest::{Response as HttpResponse, StatusCode};
use tokio::runtime::Handle;

use super::attempts::Attempts;
use super::transport::{self, Stage, TimeLimit};
use crate::runtime::client::handle::{HeldCertificate, Shared};
use crate::runtime::client::trace::{self, Trace};
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::request::call::{Call, RequestParts};
use crate::runtime::request::prepare::GeneratedValues;
use crate::runtime::response::raw::{BodyError, RawResponse, status_line};

const NO_RUNTIME: &str = "no Tokio runtime is running here: await the request within one, or enable the feature `blocking` \
                          and use `send_blocking`";

/// How far a response is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum ReadMode {
    Whole,
    /// Up to the body of a success, which is returned as a stream.
    Stream,
}

/// A response, and the HTTP response to read the rest of the body from.
pub(crate) type Executed = (Box<RawResponse>, Option<Box<HttpResponse>>);

impl Call {
    /// Executes the request. This part is the same for all operations, so that it is compiled once.
    pub(crate) async fn run(self, until: ReadMode) -> (Trace, Result<Executed, Box<Details>>) {
        let own_path = self.0.own_path.clone();
        let trace = Trace::new(self.0.operation, own_path.as_deref(), self.0.client.shared());
        let outcome = trace.within(self.0.execute(until)).await;
        (trace, at_path(outcome, own_path))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn run_blocking(self, until: ReadMode) -> (Trace, Result<Executed, Box<Details>>) {
        let operation = self.0.operation;
        let own_path = self.0.own_path.clone();
        let trace = Trace::new(operation, own_path.as_deref(), self.0.client.shared());
        let outcome = crate::runtime::client::blocking::wait(trace.within(async move { self.0.execute(until).await }))
            .unwrap_or_else(|error| {
                let message = format!("the thread for blocking calls cannot be used: {error}");
                Err(Details::without_response(operation, ErrorKind::Runtime, message))
            });
        (trace, at_path(outcome, own_path))
    }
}

/// Adds the path of a request that has one of its own, for its errors.
fn at_path(outcome: Result<Executed, Box<Details>>, own_path: Option<Box<str>>) -> Result<Executed, Box<Details>> {
    let Some(path) = own_path else { return outcome };
    match outcome {
        Ok((mut response, body)) => {
            response.own_path = Some(path);
            Ok((response, body))
        }
        Err(mut details) => {
            details.own_path = Some(path);
            Err(details)
        }
    }
}

impl RequestParts {
    async fn execute(&self, until: ReadMode) -> Result<Executed, Box<Details>> {
        let operation = self.operation;
        let shared = self.client.shared();
        let limit = TimeLimit::new(shared, self.settings.timeout);
        let retry = self.settings.retry.unwrap_or(shared.retry);
        let mut attempts = Attempts::new(retry, operation, self.settings.repeatable, limit.time);
        let repeatable = self.is_repeatable();
        let mut generated = GeneratedValues::new();
        let (mut response, body, has_range) = loop {
            let may_repeat = repeatable && attempts.may_repeat();
            let attempt = Attempt { shared, operation, limit, until, time: attempts.begin(limit.time) };
            let (sent, redactor, has_range) = self.begin(&attempt, &mut generated)?;
            let (result, body) = attempt.response(sent, redactor).await;
            if may_repeat && let Some(pause) = attempts.pause(&result, shared.random) {
                let outcome = result.as_ref().map(|response| response.status).map_err(|details| details.kind);
                trace::retrying(outcome, attempts.made, pause);
                tokio::time::sleep(pause).await;
                continue;
            }
            match result {
                Ok(response) => break (response, body, has_range),
                Err(mut details) => {
                    details.attempts = attempts.made;
                    return Err(details);
                }
            }
        };
        response.attempts = attempts.made;
        if attempts.has_deleted(operation, response.status) {
            response.status = StatusCode::NO_CONTENT;
            response.headers.clear();
            response.body.clear();
        }
        if response.status == StatusCode::PARTIAL_CONTENT && !has_range && !self.operation.describes_partial_content {
            return Err(response.body_failure(BodyError::unrequested_part()));
        }
        if response.status.is_success()
            && let Err(page) = response.refuse_page(body.is_some())
        {
            return Err(response.body_failure(page));
        }
        Ok((response, body))
    }

    /// Sends the request, and tells what to redact and whether it asks for a range. It is encoded for each attempt: a copy
    /// in advance would be wasted in most calls.
    fn begin(
        &self,
        attempt: &Attempt<'_>,
        generated: &mut GeneratedValues,
    ) -> Result<(impl Future<Output = reqwest::Result<HttpResponse>> + use<>, Redactor, bool), Box<Details>> {
        let (mut request, redactor) = self.request(generated)?;
        if Handle::try_current().is_err() {
            return Err(Details::without_response(self.operation, ErrorKind::Runtime, NO_RUNTIME));
        }
        if attempt.until == ReadMode::Whole {
            *request.timeout_mut() = Some(attempt.time);
        }
        let shared = attempt.shared;
        // The caller's own HTTP client may add the header.
        let has_range = request.headers().contains_key(RANGE) || matches!(shared.certificate, HeldCertificate::Unknown);
        Ok((shared.http.execute(request), redactor, has_range))
    }
}

/// One attempt of a call. Its futures borrow this, because the future of an `async fn` has room for each argument twice.
struct Attempt<'c> {
    shared: &'c Shared,
    operation: &'static Operation,
    limit: TimeLimit,
    until: ReadMode,
    /// The time for this attempt.
    time: Duration,
}

impl Attempt<'_> {
    /// Waits for the response.
    async fn response(
        &self,
        sent: impl Future<Output = reqwest::Result<HttpResponse>>,
        redactor: Redactor,
    ) -> (Result<Box<RawResponse>, Box<Details>>, Option<Box<HttpResponse>>) {
        // A connection that is kept open looks for bytes that nobody asked for, and closes if there are any: let it see those
        // that have come while the caller did something else.
        if !self.shared.last_response.is_recent() {
            tokio::task::yield_now().await;
        }
        let (sent, deadline) = if self.until == ReadMode::Whole {
            (sent.await, None)
        } else {
            // reqwest's own timeout would cover the body of a success as well, which may take as long as it likes. Boxed, so
            // that other calls do not pay for its size.
            let deadline = Instant::now().checked_add(self.time);
            match Box::pin(tokio::time::timeout(self.time, sent)).await {
                Ok(sent) => (sent, deadline),
                Err(_) => return (Err(transport::timed_out(self.shared, self.operation, self.limit)), None),
            }
        };
        let mut incoming = match sent {
            Ok(incoming) => incoming,
            Err(error) => return (Err(self.failure(error, Stage::Waiting)), None),
        };
        let response = self.without_body(&mut incoming, redactor);
        if self.until == ReadMode::Stream && response.status.is_success() {
            return (Ok(response), Some(Box::new(incoming)));
        }
        let response = self.read(response, &mut incoming, deadline).await;
        self.shared.last_response.note();
        (response, None)
    }

    fn failure(&self, error: reqwest::Error, stage: Stage) -> Box<Details> {
        transport::failure(self.shared, self.operation, self.limit, error, stage)
    }

    /// A response without its body.
    fn without_body(&self, incoming: &mut HttpResponse, redactor: Redactor) -> Box<RawResponse> {
        // Boxed, because it is passed through many functions.
        Box::new(RawResponse {
            operation: self.operation,
            own_path: None,
            status: incoming.status(),
            url: incoming.status().is_redirection().then(|| Box::new(incoming.url().clone())),
            headers: std::mem::take(incoming.headers_mut()),
            body: Vec::new(),
            attempts: 1,
            cut: None,
            redactor,
            max_objects: self.shared.max_response_objects,
        })
    }

    /// Reads a response to its end, or up to the limits: an error response until `deadline`, where reqwest has no timeout.
    async fn read(
        &self,
        mut response: Box<RawResponse>,
        incoming: &mut HttpResponse,
        deadline: Option<Instant>,
    ) -> Result<Box<RawResponse>, Box<Details>> {
        let most = self.shared.max_response_bytes;
        let status = response.status;
        let announced = incoming.content_length();
        let expected = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        if status.is_success() && expected > most {
            return Err(too_large(*response, most));
        }
        loop {
            let chunk = match deadline {
                None => incoming.chunk().await,
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if let Ok(chunk) = Box::pin(tokio::time::timeout(left, incoming.chunk())).await {
                        chunk
                    } else {
                        response.cut = Some("the body broke off");
                        return Ok(response);
                    }
                }
            };
            match chunk {
                Ok(None) => return Ok(response),
                Ok(Some(chunk)) => {
                    let room = most.saturating_sub(response.body.len());
                    if chunk.len() > room {
                        if status.is_success() {
                            return Err(too_large(*response, most));
                        }
                        // The status code of an error is worth more than the rest of its text.
                        response.body.extend_from_slice(chunk.get(..room).unwrap_or_default());
                        response.cut = Some("the body is larger than allowed and was cut");
                        return Ok(response);
                    }
                    append(&mut response.body, &chunk, expected);
                }
                Err(_) if !status.is_success() => {
                    response.cut = Some("the body broke off");
                    return Ok(response);
                }
                Err(error) => {
                    let stage = Stage::Reading { got: response.body.len(), of: announced };
                    let mut details = self.failure(error, stage);
                    details.message = format!("{}, but {}", status_line(status), details.message);
                    details.status = Some(status);
                    details.text = Some(response.redactor.text_of(&response.body, response.content_type(), true));
                    details.headers = Some(response.headers);
                    return Err(details);
                }
            }
        }
    }
}

/// Appends to a body. It grows as a vector does, but not beyond the announced length, which saves half of a long list.
fn append(body: &mut Vec<u8>, piece: &[u8], expected: usize) {
    let length = body.len().saturating_add(piece.len());
    if length > body.capacity() {
        let double = body.capacity().saturating_mul(2);
        let goal = if length <= expected { double.min(expected) } else { double };
        body.reserve_exact(goal.max(length).saturating_sub(body.len()));
    }
    body.extend_from_slice(piece);
}

fn too_large(response: RawResponse, limit: usize) -> Box<Details> {
    let message = format!(
        "{}, but the body is larger than {limit} bytes (`ClientBuilder::max_response_bytes`)",
        status_line(response.status)
    );
    let mut details = Details::without_response(response.operation, ErrorKind::TooLarge, message);
    details.status = Some(response.status);
    details.headers = Some(response.headers);
    details
}
