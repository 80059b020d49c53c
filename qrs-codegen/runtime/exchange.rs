//! How a request goes out, again if need be, and how its answer comes in.

use reqwest::{Request, Response, StatusCode, Url};
use tokio::runtime::Handle;

use super::answer::{Answer, Undecoded, status_line};
use super::call::Call;
use super::client::Shared;
use super::error::{Details, Error, ErrorKind};
use super::operation::Operation;
use super::redact::Redactor;
use super::retry::Attempts;
use super::trace::{self, Trace};
use super::transport::{self, Limit, Stage};

const NO_RUNTIME: &str = "there is no Tokio runtime here to do the work: await it within one, or use the feature `blocking` \
                          and `send_blocking`";

/// What makes something of the body of a success.
type Success<T> = fn(&mut Answer) -> Result<T, Undecoded>;
/// What makes something of the body of any other answer.
type Failure<E> = fn(&Answer) -> Option<E>;

impl Call {
    /// Sends the request.
    pub(crate) async fn send<T, E>(self, success: Success<T>, failure: Failure<E>) -> Result<T, Error<E>> {
        let trace = Trace::new(self.operation, self.client.shared());
        let outcome = trace.within(self.exchange()).await;
        conclude(outcome, &trace, success, failure)
    }

    /// Sends the request, and waits for the answer.
    #[cfg(feature = "blocking")]
    pub(crate) fn send_blocking<T, E>(self, success: Success<T>, failure: Failure<E>) -> Result<T, Error<E>> {
        let operation = self.operation;
        let trace = Trace::new(operation, self.client.shared());
        let outcome = super::blocking::wait(trace.within(self.exchange())).unwrap_or_else(|error| {
            let message = format!("the thread that does the work of blocking calls cannot be used: {error}");
            Err(Details::unanswered(operation, ErrorKind::Runtime, message))
        });
        conclude(outcome, &trace, success, failure)
    }

    async fn exchange(self) -> Result<Answer, Box<Details>> {
        let client = self.client.clone();
        let operation = self.operation;
        let shared = client.shared();
        let limit = Limit::new(shared, self.settings.timeout);
        let retry = self.settings.retry.unwrap_or(shared.retry);
        let mut attempts = Attempts::new(retry, operation, self.settings.repeatable, limit.time);
        let (mut request, redactor) = self.request()?;
        if Handle::try_current().is_err() {
            return Err(Details::unanswered(operation, ErrorKind::Runtime, NO_RUNTIME));
        }
        let mut answer = loop {
            let again = if attempts.may_repeat() { request.try_clone() } else { None };
            *request.timeout_mut() = Some(attempts.begin(limit.time));
            let result = attempt(shared, operation, limit, request, redactor.clone()).await;
            if let Some(again) = again
                && let Some(pause) = attempts.pause(&result, shared.random)
            {
                trace::again(&result, attempts.made, pause);
                tokio::time::sleep(pause).await;
                request = again;
                continue;
            }
            match result {
                Ok(answer) => break answer,
                Err(mut details) => {
                    details.attempts = attempts.made;
                    return Err(details);
                }
            }
        };
        answer.attempts = attempts.made;
        if attempts.has_deleted(operation, answer.status) {
            answer.status = StatusCode::NO_CONTENT;
            answer.headers.clear();
            answer.body.clear();
        }
        if answer.status.is_success()
            && let Err(page) = answer.refuse_page()
        {
            return Err(answer.undecoded(page));
        }
        Ok(answer)
    }
}

fn conclude<T, E>(
    outcome: Result<Answer, Box<Details>>,
    trace: &Trace,
    success: Success<T>,
    failure: Failure<E>,
) -> Result<T, Error<E>> {
    let mut answer = match outcome {
        Ok(answer) => answer,
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
    success(&mut answer).map_err(|problem| {
        let details = answer.undecoded(problem);
        trace.unusable(details.kind);
        Error::new(details, None)
    })
}

/// Sends a request once.
async fn attempt(
    shared: &Shared,
    operation: &'static Operation,
    limit: Limit,
    request: Request,
    redactor: Redactor,
) -> Result<Answer, Box<Details>> {
    let url = request.url().clone();
    match shared.http.execute(request).await {
        Ok(response) => read(shared, operation, limit, response, url, redactor).await,
        Err(error) => Err(transport::failure(shared, operation, limit, error, Stage::Waiting)),
    }
}

/// Reads an answer to its end, or as far as it may go.
async fn read(
    shared: &Shared,
    operation: &'static Operation,
    limit: Limit,
    mut response: Response,
    url: Url,
    redactor: Redactor,
) -> Result<Answer, Box<Details>> {
    const FIRST: usize = 64 * 1024;
    let most = shared.max_response_bytes;
    let status = response.status();
    let announced = response.content_length();
    let expected = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut answer = Answer {
        operation,
        status,
        headers: std::mem::take(response.headers_mut()),
        body: Vec::with_capacity(expected.min(FIRST).min(most)),
        attempts: 1,
        cut: None,
        url,
        redactor,
    };
    if status.is_success() && expected > most {
        return Err(too_large(answer, most));
    }
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(answer),
            Ok(Some(chunk)) => {
                let room = most.saturating_sub(answer.body.len());
                if chunk.len() > room {
                    if status.is_success() {
                        return Err(too_large(answer, most));
                    }
                    // An error's status is worth more than the rest of its text.
                    answer.body.extend_from_slice(chunk.get(..room).unwrap_or_default());
                    answer.cut = Some("the body is larger than allowed and was cut");
                    return Ok(answer);
                }
                append(&mut answer.body, &chunk, expected);
            }
            Err(_) if !status.is_success() => {
                answer.cut = Some("the body broke off");
                return Ok(answer);
            }
            Err(error) => {
                let stage = Stage::Reading { got: answer.body.len(), of: announced };
                let mut details = transport::failure(shared, operation, limit, error, stage);
                details.message = format!("{}, but {}", status_line(status), details.message);
                details.status = Some(status);
                details.headers = Some(answer.headers);
                details.text = Some(answer.redactor.text_of(&answer.body, true));
                return Err(details);
            }
        }
    }
}

/// Lets a body grow as a vector does, but to no more than was announced: of a long list that would be a half too much.
fn append(body: &mut Vec<u8>, piece: &[u8], expected: usize) {
    let length = body.len().saturating_add(piece.len());
    if length > body.capacity() {
        let double = body.capacity().saturating_mul(2);
        let goal = if length <= expected { double.min(expected) } else { double };
        body.reserve_exact(goal.max(length).saturating_sub(body.len()));
    }
    body.extend_from_slice(piece);
}

fn too_large(answer: Answer, limit: usize) -> Box<Details> {
    let message = format!(
        "{}, but the body is larger than {limit} bytes (`ClientBuilder::max_response_bytes`)",
        status_line(answer.status)
    );
    let mut details = Details::unanswered(answer.operation, ErrorKind::TooLarge, message);
    details.status = Some(answer.status);
    details.headers = Some(answer.headers);
    details
}
