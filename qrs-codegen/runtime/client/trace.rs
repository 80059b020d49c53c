//! What a call tells `tracing`, with the feature of that name. Without it nothing is told, and nothing is paid for.
//!
//! The names are those of `OpenTelemetry`'s semantic conventions for HTTP client spans, where they have one. No value of a
//! request is ever told: neither a parameter, nor a header, nor a body, nor the URL that holds them.

use std::time::Duration;

use reqwest::StatusCode;

use super::handle::Shared;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::response::raw::Answer;

/// Where a subscriber's filter finds this crate, whatever module it is in.
#[cfg(feature = "tracing")]
const TARGET: &str = env!("CARGO_CRATE_NAME");

/// The span of one call, all its attempts included. It ends when this is dropped.
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
    #[cfg(feature = "tracing")]
    begun: std::time::Instant,
}

#[cfg(feature = "tracing")]
impl Trace {
    pub(crate) fn new(operation: &'static Operation, shared: &Shared) -> Self {
        use tracing::field::Empty;
        let Operation { id, method, path, .. } = operation;
        let span = tracing::info_span!(
            target: TARGET,
            "request",
            "otel.name" = %format_args!("{method} {path}"),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "openapi.operation.id" = id,
            "http.request.method" = method.as_str(),
            "url.template" = path,
            "server.address" = shared.base.name(),
            "server.port" = shared.base.port(),
            "http.response.status_code" = Empty,
            "http.request.resend_count" = Empty,
            "http.client.request.duration" = Empty,
            "error.type" = Empty,
        );
        Self { span, begun: std::time::Instant::now() }
    }

    /// Does `work` within the span.
    pub(crate) fn within<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(work, self.span.clone())
    }

    /// There is an answer, read to its end.
    pub(crate) fn answered(&self, status: StatusCode, attempts: u32) {
        self.span.record("http.response.status_code", status.as_u16());
        self.ended(attempts);
        if !status.is_success() {
            self.failure(status.as_str());
        }
    }

    /// There is no answer, or none that is of use.
    pub(crate) fn failed(&self, details: &Details) {
        if let Some(status) = details.status {
            self.span.record("http.response.status_code", status.as_u16());
        }
        self.ended(details.attempts);
        self.failure(details.kind.name());
    }

    /// The answer is a success by its status alone.
    pub(crate) fn unusable(&self, kind: ErrorKind) {
        self.failure(kind.name());
    }

    fn ended(&self, attempts: u32) {
        self.span.record("http.request.resend_count", attempts.saturating_sub(1));
        self.span.record("http.client.request.duration", self.begun.elapsed().as_secs_f64());
    }

    fn failure(&self, kind: &str) {
        self.span.record("error.type", kind);
        self.span.record("otel.status_code", "ERROR");
    }
}

#[cfg(not(feature = "tracing"))]
#[expect(clippy::unused_self, reason = "with the feature `tracing` each of them uses it")]
impl Trace {
    pub(crate) fn new(_: &'static Operation, _: &Shared) -> Self {
        Self {}
    }

    pub(crate) fn within<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) fn answered(&self, _: StatusCode, _: u32) {}

    pub(crate) fn failed(&self, _: &Details) {}

    pub(crate) fn unusable(&self, _: ErrorKind) {}
}

/// An attempt failed, and there will be another one.
#[cfg(feature = "tracing")]
pub(crate) fn again(result: &Result<Box<Answer>, Box<Details>>, attempt: u32, pause: Duration) {
    let why = match result {
        Ok(answer) => answer.status.as_str(),
        Err(details) => details.kind.name(),
    };
    tracing::debug!(
        target: TARGET,
        { "error.type" = why, attempt, pause = pause.as_secs_f64() },
        "the attempt failed; there will be another one"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn again(_: &Result<Box<Answer>, Box<Details>>, _: u32, _: Duration) {}

/// A client is being built that accepts any certificate.
pub(crate) fn unverified(server: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: TARGET,
        { "server.address" = server },
        "certificates are not verified (`ClientBuilder::danger_accept_invalid_certs`): whoever is on the way to the \
         server can read and change everything, credentials included"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = server;
}
