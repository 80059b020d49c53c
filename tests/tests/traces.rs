//! The spans and events of `tracing`.

mod support;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qrs_generated::{Client, Retry, Server};
use qrs_tests::{Answer, Fault, Operation, StandIn, StatusCode};
use tracing::instrument::WithSubscriber as _;
use tracing::{Level, Subscriber};
use tracing_subscriber::fmt::format::FmtSpan;

use support::{Checked, builder_for};

/// The spans and events, as text.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl Told {
    fn lines(&self) -> Vec<String> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }

    /// The last span that ended.
    fn span(&self) -> String {
        self.lines().into_iter().rfind(|line| line.contains("close")).unwrap_or_default()
    }

    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let told = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_span_events(FmtSpan::CLOSE)
            .with_writer(move || told.clone())
            .finish()
    }
}

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_is_a_span_with_the_names_of_opentelemetry() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let told = Told::default();
    let id = uuid::Uuid::from_u128(7);
    let call = client.get_professional_access_type(id).send().with_subscriber(told.subscriber());
    assert!(call.await.is_err_and(|error| error.is_not_found()));
    let span = told.span();
    let port = site.url().rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned();
    for field in [
        "INFO request{",
        " qrs_generated: close",
        "otel.name=GET /license/professionalaccesstype/{id}",
        "otel.kind=\"client\"",
        "otel.status_code=\"ERROR\"",
        "openapi.operation.id=\"getProfessionalAccessType\"",
        "http.request.method=\"GET\"",
        "url.template=\"/license/professionalaccesstype/{id}\"",
        "server.address=\"localhost\"",
        &format!("server.port={port}"),
        "http.response.status_code=404",
        "http.request.resend_count=0",
        "http.client.request.duration=",
        "error.type=\"404\"",
    ] {
        assert!(span.contains(field), "`{field}` is not in: {span}");
    }
    assert!(!told.lines().concat().contains(&id.to_string()), "no value of the request is told");
    Ok(())
}

#[tokio::test]
async fn a_success_has_no_error() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let told = Told::default();
    client.get_license().send().with_subscriber(told.subscriber()).await?;
    let span = told.span();
    assert!(span.contains("http.response.status_code=200"), "{span}");
    assert!(!span.contains("error.type") && !span.contains("otel.status_code"), "{span}");
    Ok(())
}

#[tokio::test]
async fn each_failed_attempt_is_an_event() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.retry(Retry::attempts(3).first_pause(Duration::from_millis(1))).build()?;
    let told = Told::default();
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::SERVICE_UNAVAILABLE, "restarting"));
    site.answer_next(Operation::GetLicense, Answer::new(StatusCode::OK).fault(Fault::CloseBefore));
    client.get_license().send().with_subscriber(told.subscriber()).await?;
    let again: Vec<_> =
        told.lines().into_iter().filter(|line| line.contains("the attempt failed and is retried")).collect();
    assert_eq!(again.len(), 2, "{again:?}");
    assert!(again[0].contains("error.type=\"503\" attempt=1"), "{again:?}");
    assert!(again[1].contains("error.type=\"no_answer\" attempt=2"), "{again:?}");
    assert!(told.span().contains("http.request.resend_count=2"), "{}", told.span());
    Ok(())
}

#[tokio::test]
async fn errors_have_their_kind() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let told = Told::default();
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::OK, "no JSON"));
    let outcome = client.get_license().send().with_subscriber(told.subscriber()).await;
    assert!(outcome.is_err());
    assert!(told.span().contains("http.response.status_code=200"), "{}", told.span());
    assert!(told.span().contains("error.type=\"decode\""), "{}", told.span());

    site.answer_next(Operation::GetLicense, Answer::new(StatusCode::OK).fault(Fault::CloseBefore));
    let outcome = client.get_license().send().with_subscriber(told.subscriber()).await;
    assert!(outcome.is_err());
    assert!(told.span().contains("error.type=\"no_answer\""), "{}", told.span());
    assert!(!told.span().contains("http.response.status_code"), "{}", told.span());
    Ok(())
}

#[test]
fn disabled_verification_is_a_warning() -> Checked {
    let told = Told::default();
    tracing::subscriber::with_default(told.subscriber(), || {
        Client::builder(Server::url("https://node.example.com:4242/qrs")).danger_accept_invalid_certs(true).build()
    })?;
    let warnings: Vec<_> = told.lines().into_iter().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("server.address=\"node.example.com\""), "{warnings:?}");
    assert!(warnings[0].contains("certificates are not verified"), "{warnings:?}");

    let told = Told::default();
    tracing::subscriber::with_default(told.subscriber(), || {
        Client::builder(Server::url("https://node.example.com:4242/qrs")).build()
    })?;
    assert!(told.lines().iter().all(|line| !line.contains("WARN")));
    Ok(())
}
