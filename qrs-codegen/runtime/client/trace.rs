//! Spans and events of calls: the feature `tracing`. Without it nothing is recorded and nothing is paid for.
//!
//! Names follow `OpenTelemetry`'s semantic conventions for HTTP client spans. Values of a request are never recorded:
//! neither parameters, nor headers, nor bodies, nor the URL.

use std::time::Duration;

use reqwest::StatusCode;

use super::handle::Shared;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::error::{Details, ErrorKind};

/// The target of all spans and events, for the filters of subscribers.
#[cfg(feature = "tracing")]
const TARGET: &str = env!("CARGO_CRATE_NAME");

/// The span of one call, including all attempts. It ends when this is dropped.
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
    #[cfg(feature = "tracing")]
    begun: std::time::Instant,
}

#[cfg(feature = "tracing")]
impl Trace {
    pub(crate) fn new(operation: &'static Operation, own_path: Option<&str>, shared: &Shared) -> Self {
        use tracing::field::Empty;
        let Operation { id, method, .. } = operation;
        let path = own_path.unwrap_or(operation.path);
        let span = tracing::info_span!(
            target: TARGET,
            "request",
            "otel.name" = %format_args!("{method} {path}"),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "openapi.operation.id" = id,
            "http.request.method" = method,
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

    /// Runs `work` within the span.
    pub(crate) fn within<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(work, self.span.clone())
    }

    /// Records a response.
    pub(crate) fn responded(&self, status: StatusCode, attempts: u32) {
        self.span.record("http.response.status_code", status.as_u16());
        self.ended(attempts);
        if !status.is_success() {
            self.failure(status.as_str());
        }
    }

    /// Records a failure.
    pub(crate) fn failed(&self, details: &Details) {
        if let Some(status) = details.status {
            self.span.record("http.response.status_code", status.as_u16());
        }
        self.ended(details.attempts);
        self.failure(details.kind.name());
    }

    /// Records a success whose body cannot be used.
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
    pub(crate) fn new(_: &'static Operation, _: Option<&str>, _: &Shared) -> Self {
        Self {}
    }

    pub(crate) fn within<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) fn responded(&self, _: StatusCode, _: u32) {}

    pub(crate) fn failed(&self, _: &Details) {}

    pub(crate) fn unusable(&self, _: ErrorKind) {}
}

/// Records a failed attempt that is retried.
#[cfg(feature = "tracing")]
pub(crate) fn retrying(outcome: Result<StatusCode, ErrorKind>, attempt: u32, pause: Duration) {
    let why = match &outcome {
        Ok(status) => status.as_str(),
        Err(kind) => kind.name(),
    };
    tracing::debug!(
        target: TARGET,
        { "error.type" = why, attempt, pause = pause.as_secs_f64() },
        "the attempt failed and is retried"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn retrying(_: Result<StatusCode, ErrorKind>, _: u32, _: Duration) {}

/// Warns that a client is being built that accepts any certificate.
pub(crate) fn unverified(server: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: TARGET,
        { "server.address" = server },
        "certificates are not verified (`ClientBuilder::danger_accept_invalid_certs`): anyone between this machine and \
         the server can read and change everything, including credentials"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = server;
}
