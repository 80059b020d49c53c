//! When a call that failed is made again, and after what pause.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use rustls::crypto::SecureRandom;

use super::answer::Answer;
use super::error::{Details, ErrorKind};
use super::operation::Operation;

/// How often a call is made, and what pauses lie between its attempts.
///
/// A call is made again only where that is safe whatever became of the attempt before (RFC 9110, section 9.2.2): GET,
/// HEAD, OPTIONS and DELETE. A POST, PUT or PATCH is never made again, unless the caller says that it is safe
/// (`Request::safe_to_repeat`): a PUT may be refused the second time because the first has changed what it is about. The reasons are that there was no connection,
/// that it was lost before or within the answer, and the statuses 429, 502, 503 and 504.
///
/// The pause is random between nothing and a bound that doubles with each attempt, so that clients which failed
/// together do not come back together; a `Retry-After` of the server's is waited for. `ClientBuilder::timeout` bounds
/// all attempts and pauses together: a pause that would exceed it is not begun.
///
/// A 404 that answers a DELETE made again, after an attempt on which the server may have acted, is success: what was to
/// be deleted is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
}

impl Retry {
    /// At most so many attempts in all. One, like none, is [`Retry::never`].
    pub const fn attempts(attempts: u32) -> Self {
        Self { attempts, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(5) }
    }

    /// Every call is made once.
    pub const fn never() -> Self {
        Self::attempts(1)
    }

    /// The bound of the pause before the second attempt; it doubles before each further one. The default is 250 ms.
    pub const fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// The bound of every pause that the server does not ask for. The default is 5 s.
    pub const fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }
}

impl Default for Retry {
    /// Three attempts.
    fn default() -> Self {
        Self::attempts(3)
    }
}

/// Whether an operation can be made again whatever became of it before.
pub(super) fn is_repeatable(operation: &Operation) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::DELETE].contains(&operation.method)
}

/// The attempts of one call.
pub(super) struct Attempts {
    retry: Retry,
    deadline: Option<Instant>,
    repeatable: bool,
    /// How many were made.
    pub(super) made: u32,
    /// Whether the server may have acted on one that failed.
    acted: bool,
}

impl Attempts {
    pub(super) fn new(retry: Retry, operation: &Operation, safe: bool, timeout: Duration) -> Self {
        let repeatable = safe || is_repeatable(operation);
        Self { retry, deadline: Instant::now().checked_add(timeout), repeatable, made: 0, acted: false }
    }

    /// Whether there may be another attempt after the next one.
    pub(super) fn may_repeat(&self) -> bool {
        self.repeatable && self.made.saturating_add(1) < self.retry.attempts
    }

    /// Begins an attempt: how long it may take.
    pub(super) fn begin(&mut self, timeout: Duration) -> Duration {
        self.made = self.made.saturating_add(1);
        match self.deadline {
            Some(deadline) if self.made > 1 => deadline.saturating_duration_since(Instant::now()),
            _ => timeout,
        }
    }

    /// The pause before the next attempt; `None` if the result stands.
    pub(super) fn pause(
        &mut self,
        result: &Result<Box<Answer>, Box<Details>>,
        random: &dyn SecureRandom,
    ) -> Option<Duration> {
        let asked = match result {
            Err(details) => {
                let lost = matches!(details.kind, ErrorKind::NoAnswer | ErrorKind::Body);
                let unconnected = matches!(details.kind, ErrorKind::Connect | ErrorKind::Timeout) && details.connecting;
                if details.lasting || (!lost && !unconnected) {
                    return None;
                }
                self.acted |= lost;
                None
            }
            Ok(answer) => {
                let passing = [
                    StatusCode::TOO_MANY_REQUESTS,
                    StatusCode::BAD_GATEWAY,
                    StatusCode::SERVICE_UNAVAILABLE,
                    StatusCode::GATEWAY_TIMEOUT,
                ];
                if !passing.contains(&answer.status) {
                    return None;
                }
                self.acted |= answer.status != StatusCode::TOO_MANY_REQUESTS;
                retry_after(&answer.headers)
            }
        };
        let pause = self.jittered(random).max(asked.unwrap_or_default());
        let in_time =
            self.deadline.is_none_or(|deadline| Instant::now().checked_add(pause).is_some_and(|end| end < deadline));
        in_time.then_some(pause)
    }

    /// Whether a 404 says that an earlier attempt has deleted what this one was to delete.
    pub(super) fn has_deleted(&self, operation: &Operation, status: StatusCode) -> bool {
        // Where a success has content, there is none to be had any more.
        let empty = matches!(operation.accept, "" | "*/*");
        self.acted && empty && operation.method == Method::DELETE && status == StatusCode::NOT_FOUND
    }

    /// Full jitter. Without randomness to be had, the whole bound.
    fn jittered(&self, random: &dyn SecureRandom) -> Duration {
        let doublings = self.made.saturating_sub(1).min(31);
        let bound = self.retry.first_pause.saturating_mul(1 << doublings).min(self.retry.longest_pause);
        let mut bytes = [0; 4];
        match random.fill(&mut bytes) {
            Ok(()) => bound.mul_f64(f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)),
            Err(_) => bound,
        }
    }
}

/// RFC 9110, section 10.2.3: seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok(),
    }
}
