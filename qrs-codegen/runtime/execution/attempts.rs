//! The attempts of one call.

use std::time::{Duration, Instant, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use rustls::crypto::SecureRandom;

use crate::runtime::client::retry::Retry;
use crate::runtime::document::operation::{Operation, is_repeatable};
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::response::raw::RawResponse;

/// The attempts of one call: counts them and decides about the next one.
pub(crate) struct Attempts {
    retry: Retry,
    deadline: Option<Instant>,
    repeatable: bool,
    /// The number of attempts so far.
    pub(crate) made: u32,
    /// Whether the server may have acted on a failed attempt.
    acted: bool,
}

impl Attempts {
    pub(crate) fn new(retry: Retry, operation: &Operation, safe: bool, timeout: Duration) -> Self {
        let repeatable = safe || is_repeatable(operation);
        Self { retry, deadline: Instant::now().checked_add(timeout), repeatable, made: 0, acted: false }
    }

    /// Whether there may be another attempt after the next one.
    pub(crate) fn may_repeat(&self) -> bool {
        self.repeatable && self.made.saturating_add(1) < self.retry.attempts
    }

    /// Starts an attempt and returns its timeout.
    pub(crate) fn begin(&mut self, timeout: Duration) -> Duration {
        self.made = self.made.saturating_add(1);
        match self.deadline {
            Some(deadline) if self.made > 1 => deadline.saturating_duration_since(Instant::now()),
            _ => timeout,
        }
    }

    /// The pause before the next attempt; `None` if the result stands.
    pub(crate) fn pause(
        &mut self,
        result: &Result<Box<RawResponse>, Box<Details>>,
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
            Ok(response) => {
                let passing = [
                    StatusCode::TOO_MANY_REQUESTS,
                    StatusCode::BAD_GATEWAY,
                    StatusCode::SERVICE_UNAVAILABLE,
                    StatusCode::GATEWAY_TIMEOUT,
                ];
                if !passing.contains(&response.status) {
                    return None;
                }
                self.acted |= response.status != StatusCode::TOO_MANY_REQUESTS;
                retry_after(&response.headers)
            }
        };
        let pause = self.jittered(random).max(asked.unwrap_or_default());
        let in_time =
            self.deadline.is_none_or(|deadline| Instant::now().checked_add(pause).is_some_and(|end| end < deadline));
        in_time.then_some(pause)
    }

    /// Whether a 404 means that an earlier attempt has deleted the resource.
    pub(crate) fn has_deleted(&self, operation: &Operation, status: StatusCode) -> bool {
        // Where a success has content, that content is no longer available.
        let empty = matches!(operation.accept, "" | "*/*");
        self.acted && empty && operation.method == "DELETE" && status == StatusCode::NOT_FOUND
    }

    /// Full jitter; without a source of randomness, the whole bound.
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

/// Reads `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok(),
    }
}
