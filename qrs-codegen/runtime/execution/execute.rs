//! Executing a request: attempts, and reading the response.

use std::time::{Duration, Instant};

use reqwest::{Response as Received, StatusCode};
use tokio::runtime::Handle;

use super::attempts::Attempts;
use super::transport::{self, Limit, Stage};
use crate::runtime::client::handle::Shared;
use crate::runtime::client::trace::{self, Trace};
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::request::builder::{Call, Draft};
use crate::runtime::request::prepare::MadeUp;
use crate::runtime::response::raw::{Answer, status_line};

const NO_RUNTIME: &str = "there is no Tokio runtime here to do the work: await it within one, or use the feature `blocking` \
                          and `send_blocking`";

/// How far an answer is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Until {
    TheEnd,
    /// The body of a success is left to whoever reads it.
    TheBody,
}

/// An answer, and what there is still to read of it.
pub(crate) type Answered = (Box<Answer>, Option<Box<Received>>);

impl Call {
    /// What becomes of it: the part that is the same for all operations, so that it is compiled once.
    pub(crate) async fn run(self, until: Until) -> (Trace, Result<Answered, Box<Details>>) {
        let trace = Trace::new(self.0.operation, self.0.client.shared());
        let outcome = trace.within(self.0.exchange(until)).await;
        (trace, outcome)
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn run_blocking(self, until: Until) -> (Trace, Result<Answered, Box<Details>>) {
        let operation = self.0.operation;
        let trace = Trace::new(operation, self.0.client.shared());
        let outcome = crate::runtime::client::blocking::wait(trace.within(async move { self.0.exchange(until).await }))
            .unwrap_or_else(|error| {
                let message = format!("the thread that does the work of blocking calls cannot be used: {error}");
                Err(Details::unanswered(operation, ErrorKind::Runtime, message))
            });
        (trace, outcome)
    }
}

impl Draft {
    async fn exchange(&self, until: Until) -> Result<Answered, Box<Details>> {
        let operation = self.operation;
        let shared = self.client.shared();
        let limit = Limit::new(shared, self.settings.timeout);
        let retry = self.settings.retry.unwrap_or(shared.retry);
        let mut attempts = Attempts::new(retry, operation, self.settings.repeatable, limit.time);
        let repeatable = self.is_repeatable();
        let mut made = MadeUp::new();
        let (mut answer, rest) = loop {
            let may_repeat = repeatable && attempts.may_repeat();
            let time = attempts.begin(limit.time);
            let (sent, redactor) = self.begin(until, time, &mut made)?;
            let (result, rest) = attempt(shared, operation, limit, sent, redactor, (until, time)).await;
            if may_repeat && let Some(pause) = attempts.pause(&result, shared.random) {
                trace::again(&result, attempts.made, pause);
                tokio::time::sleep(pause).await;
                continue;
            }
            match result {
                Ok(answer) => break (answer, rest),
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
            && let Err(page) = answer.refuse_page(rest.is_some())
        {
            return Err(answer.undecoded(page));
        }
        Ok((answer, rest))
    }

    /// Sends the request, which is made anew for each attempt: a copy in advance would be for nothing in most calls.
    fn begin(
        &self,
        until: Until,
        time: Duration,
        made: &mut MadeUp,
    ) -> Result<(impl Future<Output = reqwest::Result<Received>> + use<>, Redactor), Box<Details>> {
        let (mut request, redactor) = self.request(made)?;
        if Handle::try_current().is_err() {
            return Err(Details::unanswered(self.operation, ErrorKind::Runtime, NO_RUNTIME));
        }
        if until == Until::TheEnd {
            *request.timeout_mut() = Some(time);
        }
        Ok((self.client.shared().http.execute(request), redactor))
    }
}

/// Waits for what comes of a request.
async fn attempt(
    shared: &Shared,
    operation: &'static Operation,
    limit: Limit,
    sent: impl Future<Output = reqwest::Result<Received>>,
    redactor: Redactor,
    (until, time): (Until, Duration),
) -> (Result<Box<Answer>, Box<Details>>, Option<Box<Received>>) {
    let failed = |error| (Err(transport::failure(shared, operation, limit, error, Stage::Waiting)), None);
    if until == Until::TheEnd {
        return match sent.await {
            Ok(mut response) => (read(shared, operation, limit, &mut response, redactor, None).await, None),
            Err(error) => failed(error),
        };
    }
    // reqwest's own limit would hold for the body of a success as well, which may take as long as it likes. In a place
    // of its own: calls of the other kind would carry it along.
    let deadline = Instant::now().checked_add(time);
    match Box::pin(tokio::time::timeout(time, sent)).await {
        Ok(Ok(mut response)) if response.status().is_success() => {
            let answer = opened(operation, &mut response, redactor);
            (Ok(answer), Some(Box::new(response)))
        }
        Ok(Ok(mut response)) => (read(shared, operation, limit, &mut response, redactor, deadline).await, None),
        Ok(Err(error)) => failed(error),
        Err(_) => (Err(transport::late(shared, operation, limit)), None),
    }
}

/// An answer whose body is still to be read.
fn opened(operation: &'static Operation, response: &mut Received, redactor: Redactor) -> Box<Answer> {
    // It goes through many hands.
    Box::new(Answer {
        operation,
        status: response.status(),
        url: response.status().is_redirection().then(|| Box::new(response.url().clone())),
        headers: std::mem::take(response.headers_mut()),
        body: Vec::new(),
        attempts: 1,
        cut: None,
        redactor,
    })
}

/// Reads an answer to its end, or as far as it may go: of a refusal, until `deadline`, if reqwest has no limit for it.
async fn read(
    shared: &Shared,
    operation: &'static Operation,
    limit: Limit,
    response: &mut Received,
    redactor: Redactor,
    deadline: Option<Instant>,
) -> Result<Box<Answer>, Box<Details>> {
    let most = shared.max_response_bytes;
    let status = response.status();
    let announced = response.content_length();
    let expected = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut answer = opened(operation, response, redactor);
    if status.is_success() && expected > most {
        return Err(too_large(*answer, most));
    }
    loop {
        let chunk = match deadline {
            None => response.chunk().await,
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if let Ok(chunk) = Box::pin(tokio::time::timeout(left, response.chunk())).await {
                    chunk
                } else {
                    answer.cut = Some("the body broke off");
                    return Ok(answer);
                }
            }
        };
        match chunk {
            Ok(None) => return Ok(answer),
            Ok(Some(chunk)) => {
                let room = most.saturating_sub(answer.body.len());
                if chunk.len() > room {
                    if status.is_success() {
                        return Err(too_large(*answer, most));
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
