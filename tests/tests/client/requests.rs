//! Settings of a single request, and many requests together.

use std::time::{Duration, Instant};

use qrs_generated::{ErrorKind, Request as _, Retry, send_all, types};
use qrs_tests::{Answer, Operation, Pool, StandIn, StatusCode, seed};
use uuid::Uuid;

use crate::support::{Checked, builder_for};

const QUICK: Retry = Retry::attempts(3).first_pause(Duration::from_millis(1)).longest_pause(Duration::from_millis(4));

fn busy() -> Answer {
    Answer::text(StatusCode::SERVICE_UNAVAILABLE, "restarting")
}

fn allocation(user: Uuid) -> types::AccessTypeAllocationCreate {
    types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(user))
}

fn ids_of(site: &StandIn) -> Vec<Uuid> {
    let rows = site.allocations(Pool::Professional);
    rows.iter().filter_map(|row| row["id"].as_str()?.parse().ok()).collect()
}

#[tokio::test]
async fn a_request_has_a_timeout_of_its_own() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    site.answer_next(Operation::GetLicense, Answer::new(StatusCode::OK).delay(Duration::from_secs(20)));
    let begun = Instant::now();
    let error = client.get_license().timeout(Duration::from_millis(200)).send().await.err().ok_or("it fails")?;
    assert!(error.is_timeout(), "{error}");
    assert!(error.to_string().contains("within 200ms (`Request::timeout`)"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30), "the client's own timeout is 60 s");
    // The next call has the client's timeout again.
    assert!(client.get_license().send().await?.is_some());
    Ok(())
}

#[tokio::test]
async fn a_request_has_retries_of_its_own() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    site.answer_next(Operation::GetLicense, busy());
    assert!(client.get_license().retry(QUICK).send().await?.is_some());
    site.answer_next(Operation::GetLicense, busy());
    let error = client.get_license().send().await.err().ok_or("it fails")?;
    assert_eq!(error.attempts(), 1);
    Ok(())
}

#[tokio::test]
async fn a_post_is_retried_when_the_caller_allows_it() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.retry(QUICK).build()?;
    site.answer_next(Operation::CreateProfessionalAccessType, busy());
    let request = client.create_professional_access_type(allocation(seed::NEWCOMER));
    let made = request.safe_to_repeat().send().await?;
    assert_eq!(site.requests().len(), 2);
    assert!(ids_of(&site).iter().any(|id| Some(*id) == made.id));
    Ok(())
}

#[tokio::test]
async fn a_request_has_headers_of_its_own() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.default_header("X-Trace", "everywhere").build()?;
    client.get_license().header("x-trace", "only here").header("Accept-Language", "de").send().await?;
    client.get_license().send().await?;
    let seen = site.requests();
    assert_eq!(seen[0].header("X-Trace"), Some("only here"));
    assert_eq!(seen[0].header("Accept-Language"), Some("de"));
    assert_eq!(seen[1].header("X-Trace"), Some("everywhere"));
    assert_eq!(seen[1].header("Accept-Language"), None);
    Ok(())
}

#[tokio::test]
async fn an_invalid_header_is_refused_before_anything_is_sent() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for (name, value, why) in [
        ("Host", "elsewhere", "HTTP itself sets it"),
        ("Content-Length", "7", "HTTP itself sets it"),
        ("X-Two\r\nX-Lines", "x", "HTTP does not allow its name"),
        ("X-Note", "hunter22\r\nX-Evil: 1", "its value contains a line break"),
        ("X-Qlik-Xrfkey", "0123456789abcdef", "the client generates its value"),
    ] {
        let error = client.get_license().header(name, value).send().await.err().ok_or("it is refused")?;
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains(why), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter22"), "{error}");
    }
    assert!(site.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn many_requests_go_on_after_a_failure_and_keep_their_order() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let known = ids_of(&site)[0];
    let ids = (0..40).map(|at| if at % 10 == 3 { known } else { Uuid::from_u128(at) });
    let outcomes =
        send_all(ids.clone().map(|id| client.get_professional_access_type(id))).concurrency(4).collect().await;
    assert_eq!(outcomes.len(), 40);
    for (id, outcome) in ids.zip(outcomes) {
        match outcome {
            Ok(found) => assert_eq!((id, found.id), (known, Some(known))),
            Err(error) => assert!(id != known && error.is_not_found(), "{error}"),
        }
    }
    assert_eq!(site.requests().len(), 40);
    Ok(())
}

#[tokio::test]
async fn many_requests_can_be_observed_and_stopped() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let mut all = send_all((0..1_000).map(|_| client.get_license())).concurrency(2);
    assert!(site.requests().is_empty(), "nothing is sent before it is awaited");
    let mut seen = Vec::new();
    while let Some((index, outcome)) = all.next().await {
        outcome?;
        seen.push(index);
        if seen.len() == 5 {
            all.stop();
        }
    }
    seen.sort_unstable();
    // What was under way when it was stopped has come to its end, too.
    assert_eq!(seen, (0..seen.len()).collect::<Vec<_>>());
    assert!(seen.len() <= 7 && site.requests().len() == seen.len(), "{seen:?}");
    Ok(())
}

#[test]
fn without_a_runtime_nothing_is_sent_and_the_error_helps() -> Checked {
    let runtime = tokio::runtime::Runtime::new()?;
    let site = runtime.block_on(StandIn::start())?;
    let client = builder_for(&site)?.build()?;
    let mut call = std::pin::pin!(client.get_license().send());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = call.as_mut().poll(&mut context) else {
        return Err("it waits for a runtime that is not there".into());
    };
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert!(error.to_string().contains("`send_blocking`"), "{error}");
    assert!(site.requests().is_empty());
    Ok(())
}
