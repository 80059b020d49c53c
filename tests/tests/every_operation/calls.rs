//! One call of each operation, and the properties that all of them share.

use std::collections::HashSet;
use std::pin::Pin;

use qrs_generated::{Client, Error, types};
use qrs_tests::{Operation, Seen, StandIn, StatusCode, seed};
use serde_json::Value;

use crate::support::{Checked, builder_for};

/// Why a call of any operation fails.
pub(crate) type Failure = Error<types::ErrorMessage>;

/// A call under way: what comes back is written as JSON again, so that all have one type.
///
/// That each call fits in here shows that its future is `Send`, and holds on to nothing.
pub(crate) type Sent = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

macro_rules! sent {
    ($request:expr) => {{
        let request = $request;
        Box::pin(async move { Ok(serde_json::to_value(request.send().await?).unwrap()) }) as Sent
    }};
}

pub(crate) const CONTROL: &str = "54321";

/// A call of each operation, in the document's order; on a site with the contents of [`seed`] all of them succeed.
pub(crate) fn all(client: &Client) -> Vec<(Operation, Sent)> {
    call_of_each!(client, types::LicenseSet::new("1111222233334444", CONTROL), sent)
}

/// How the one-line message of an operation's error begins.
pub(crate) fn named(operation: Operation) -> String {
    format!("{}: {} {}: ", operation.id(), operation.method(), operation.template())
}

/// Sends each operation's call to `site` after `prepare` has scripted what it will be answered, and gives each failure
/// to `check`. Every call arrives once.
pub(crate) async fn each_fails(
    site: &StandIn,
    client: &Client,
    prepare: impl Fn(Operation),
    check: impl Fn(Operation, &Failure),
) {
    for (operation, sent) in all(client) {
        site.forget_requests();
        prepare(operation);
        match sent.await {
            Ok(answer) => panic!("{operation:?} succeeded: {answer}"),
            Err(error) => {
                assert_eq!(error.operation(), operation.id());
                assert_eq!(*error.method(), operation.method());
                assert_eq!(error.path(), operation.template());
                check(operation, &error);
            }
        }
        assert_eq!(site.unused_answers(), 0, "{operation:?}");
        let asked: Vec<_> = site.requests().into_iter().map(|seen| seen.operation).collect();
        assert_eq!(asked, [Some(operation)], "a call that failed is not repeated");
    }
}

/// The parts that every request has, whichever operation it is of.
fn check_request(seen: &Seen) {
    let operation = seen.operation.unwrap();
    assert_eq!(seen.method, operation.method());
    let key = seen.parameter("Xrfkey").unwrap();
    assert!(key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert_eq!(seen.header("x-qlik-xrfkey"), Some(key));
    assert_eq!(seen.raw_query, format!("Xrfkey={key}"), "and nothing else");
    assert_eq!(seen.user, Some(("INTERNAL".to_owned(), "sa_repository".to_owned())));
    assert_eq!(seen.client_certificate_subject, "CN=QlikClient");
    let accept = match operation {
        Operation::DownloadLef => "text/plain",
        operation if operation.method() == "DELETE" => "*/*",
        _ => "application/json",
    };
    assert_eq!(seen.header("accept"), Some(accept), "{operation:?}");
    let has_body = operation.method() == "POST";
    assert_eq!(seen.header("content-type"), has_body.then_some("application/json"), "{operation:?}");
    let length = has_body.then(|| seen.raw_body.len().to_string());
    assert_eq!(seen.header("content-length"), length.as_deref(), "{operation:?}");
    assert_eq!(seen.body.is_some(), has_body, "{operation:?}");
    for absent in ["authorization", "cookie", "referer", "origin"] {
        assert_eq!(seen.header(absent), None, "{operation:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_succeeds_from_any_task() -> Checked {
    let site = StandIn::start().await?;
    let calls = all(&builder_for(&site)?.build()?);
    for (operation, sent) in calls {
        // A new task each: the value that made the call is long gone.
        tokio::spawn(sent).await?.map_err(|error| format!("{operation:?}: {error}"))?;
    }
    let requests = site.requests();
    let called: Vec<_> = requests.iter().filter_map(|seen| seen.operation).collect();
    assert_eq!(called, Operation::ALL);
    requests.iter().for_each(check_request);
    let keys: HashSet<_> = requests.iter().map(|seen| seen.parameter("Xrfkey")).collect();
    assert_eq!(keys.len(), requests.len(), "a key serves one request");
    Ok(())
}

#[tokio::test]
async fn every_error_keeps_its_status_and_text() -> Checked {
    use qrs_generated::ErrorKind;
    use qrs_tests::Answer;

    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for (status, text) in [
        (StatusCode::TOO_MANY_REQUESTS, "Slow down."),
        (StatusCode::SERVICE_UNAVAILABLE, "The service is restarting."),
        (StatusCode::from_u16(599)?, "No such status."),
    ] {
        let prepare = |operation| site.answer_next(operation, Answer::text(status, text));
        each_fails(&site, &client, prepare, |operation, error| {
            assert_eq!((error.kind(), error.status(), error.text()), (ErrorKind::Status, Some(status), Some(text)));
            assert_eq!(error.body(), None, "none is documented for this status");
            let reason = status.canonical_reason().map(|reason| format!(" {reason}")).unwrap_or_default();
            assert_eq!(error.to_string(), format!("{}{}{reason}: {text}", named(operation), status.as_u16()));
            assert_eq!(error.is_too_many_requests(), status.as_u16() == 429);
        })
        .await;
    }
    Ok(())
}

#[tokio::test]
async fn every_list_sends_its_filter_unchanged() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    // Each compares a property that every list has with a text that is not a date, so that the site parses it, and
    // refuses it by what the text says.
    let filter = r#"createdDate eq 'a&b#c="d" + 100% it\'s \\ Ωμέγα 😀 /?;[]{}<>|^`~'"#;
    let calls = [
        sent!(client.get_professional_access_types().filter(filter)),
        sent!(client.get_analyzer_access_types().filter(filter)),
        sent!(client.get_login_access_types().filter(filter)),
        sent!(client.get_user_access_types().filter(filter)),
        sent!(client.get_license_rules().filter(filter)),
        sent!(client.get_license_rules_full().filter(filter)),
    ];
    for sent in calls {
        let answer = sent.await;
        let seen = site.last_request().unwrap();
        assert!(seen.operation.is_some_and(Operation::takes_filter));
        assert_eq!(seen.parameter("filter"), Some(filter), "{answer:?}");
        assert_eq!(seen.query.len(), 2);
        assert!(
            seen.raw_query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&%-._~".contains(&byte)),
            "{}",
            seen.raw_query
        );
    }
    let filtering = site.requests().into_iter().filter_map(|seen| seen.operation).collect::<HashSet<_>>();
    assert_eq!(filtering, Operation::ALL.into_iter().filter(|operation| operation.takes_filter()).collect());

    let twice = client.get_license_rules().filter("disabled eq False").filter("disabled eq True").send().await?;
    assert_eq!(
        twice.iter().map(|rule| rule.id).collect::<Vec<_>>(),
        [Some(seed::DISABLED_RULE)],
        "the later one holds"
    );
    Ok(())
}
