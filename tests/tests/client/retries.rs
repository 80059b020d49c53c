//! Retries: which calls are retried, and which must not be.

use std::time::{Duration, Instant};

use qrs_generated::{Client, ErrorKind, Retry, types};
use qrs_tests::{Answer, Fault, HeaderValue, Operation, Pool, StandIn, StatusCode, header, seed};

use crate::support::{Checked, builder_for};

const QUICK: Retry = Retry::attempts(3).first_pause(Duration::from_millis(1)).longest_pause(Duration::from_millis(4));

fn client(site: &StandIn, retry: Retry) -> Result<Client, qrs_generated::BuildError> {
    builder_for(site)?.retry(retry).build()
}

/// The ways to fail that pass.
fn passing() -> Vec<Answer> {
    let status = |code: StatusCode| Answer::text(code, "busy");
    vec![
        status(StatusCode::TOO_MANY_REQUESTS),
        status(StatusCode::BAD_GATEWAY),
        status(StatusCode::SERVICE_UNAVAILABLE),
        status(StatusCode::GATEWAY_TIMEOUT),
        Answer::new(StatusCode::OK).fault(Fault::CloseBefore),
        Answer::new(StatusCode::OK).body("{".repeat(10_000)).fault(Fault::TruncateAfter(5_000)),
        Answer::new(StatusCode::OK).body("{".repeat(10_000)).fault(Fault::TruncateChunkedAfter(5_000)),
    ]
}

#[tokio::test]
async fn a_get_is_retried_until_it_succeeds() -> Checked {
    let site = StandIn::start().await?;
    let client = client(&site, QUICK)?;
    for answer in passing() {
        site.forget_requests();
        site.answer_next(Operation::GetLicense, answer.clone());
        site.answer_next(Operation::GetLicense, answer);
        assert!(client.get_license().send().await?.is_some());
        let seen = site.requests();
        assert_eq!(seen.len(), 3);
        assert!(seen.iter().all(|one| one.raw_query == seen[0].raw_query), "the same request each time");
    }
    Ok(())
}

#[tokio::test]
async fn the_last_error_has_the_number_of_attempts() -> Checked {
    let site = StandIn::start().await?;
    let client = client(&site, QUICK)?;
    for _ in 0..3 {
        site.answer_next(Operation::GetLicense, Answer::text(StatusCode::SERVICE_UNAVAILABLE, "restarting"));
    }
    let error = client.get_license().send().await.err().ok_or("it fails")?;
    assert_eq!((error.attempts(), error.status()), (3, Some(StatusCode::SERVICE_UNAVAILABLE)));
    assert_eq!(error.to_string(), "getLicense: GET /license: 503 Service Unavailable: restarting (after 3 attempts)");
    Ok(())
}

#[tokio::test]
async fn an_allocation_is_never_retried() -> Checked {
    let site = StandIn::start().await?;
    let client = client(&site, QUICK)?;
    for answer in passing() {
        site.forget_requests();
        site.answer_next(Operation::CreateProfessionalAccessType, answer);
        let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
        let wanted = types::AccessTypeAllocationCreate::new(user);
        let error = client.create_professional_access_type(wanted).send().await.err().ok_or("it fails")?;
        assert_eq!((error.attempts(), site.requests().len()), (1, 1), "{error}");
    }
    assert_eq!(site.allocations(Pool::Professional).len(), 2);
    Ok(())
}

#[tokio::test]
async fn permanent_errors_are_not_retried() -> Checked {
    let site = StandIn::start().await?;
    let client = client(&site, QUICK)?;
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::CONFLICT] {
        site.forget_requests();
        site.answer_next(Operation::GetLicense, Answer::text(status, "no"));
        let error = client.get_license().send().await.err().ok_or("it fails")?;
        assert_eq!((error.attempts(), site.requests().len()), (1, 1), "{error}");
    }
    site.forget_requests();
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::OK, "no JSON"));
    let error = client.get_license().send().await.err().ok_or("it fails")?;
    assert_eq!((error.kind(), site.requests().len()), (ErrorKind::Decode, 1));

    let once = builder_for(&site)?.retry(Retry::never()).build()?;
    site.forget_requests();
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::SERVICE_UNAVAILABLE, "no"));
    assert!(once.get_license().send().await.is_err());
    assert_eq!(site.requests().len(), 1, "it is switched off");
    Ok(())
}

#[tokio::test]
async fn a_404_on_a_retried_delete_is_a_success() -> Checked {
    let site = StandIn::start().await?;
    let client = client(&site, QUICK)?;
    let gone = || Answer::text(StatusCode::NOT_FOUND, "no such pass");
    let delete = || client.delete_professional_access_type(seed::PASS_OF_BJORN).send();

    site.answer_next(Operation::DeleteProfessionalAccessType, Answer::new(StatusCode::OK).fault(Fault::CloseBefore));
    site.answer_next(Operation::DeleteProfessionalAccessType, gone());
    delete().await?;

    // Nobody can have deleted it where the server said that it would not look at the request.
    site.answer_next(Operation::DeleteProfessionalAccessType, Answer::text(StatusCode::TOO_MANY_REQUESTS, "slow down"));
    site.answer_next(Operation::DeleteProfessionalAccessType, gone());
    let error = delete().await.err().ok_or("it is not found")?;
    assert!(error.is_not_found() && error.attempts() == 2, "{error}");

    site.answer_next(Operation::DeleteProfessionalAccessType, gone());
    assert!(delete().await.err().is_some_and(|error| error.is_not_found()), "nor at the first attempt");
    Ok(())
}

#[tokio::test]
async fn retry_after_is_honoured() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.retry(QUICK).timeout(Duration::from_secs(4)).build()?;
    let busy = |value: &'static str| {
        Answer::text(StatusCode::SERVICE_UNAVAILABLE, "busy")
            .header(header::RETRY_AFTER, HeaderValue::from_static(value))
    };
    site.answer_next(Operation::GetLicense, busy("1"));
    let start = Instant::now();
    client.get_license().send().await?;
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());

    // Longer than the call may take: the answer stands, at once.
    for value in ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"] {
        site.answer_next(Operation::GetLicense, busy(value));
        let start = Instant::now();
        let error = client.get_license().send().await.err().ok_or("it fails")?;
        assert_eq!((error.attempts(), error.status()), (1, Some(StatusCode::SERVICE_UNAVAILABLE)), "{value}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
    // A date that has passed, and what is no date, ask for nothing.
    for value in ["Fri, 31 Dec 1999 23:59:59 GMT", "soon"] {
        site.answer_next(Operation::GetLicense, busy(value));
        client.get_license().send().await?;
    }
    Ok(())
}

#[tokio::test]
async fn all_attempts_share_one_timeout() -> Checked {
    let site = StandIn::start().await?;
    let retry = Retry::attempts(1_000).first_pause(Duration::from_millis(1));
    let client = builder_for(&site)?.retry(retry).timeout(Duration::from_millis(600)).build()?;
    for _ in 0..1_000 {
        let slow = Answer::text(StatusCode::SERVICE_UNAVAILABLE, "busy").delay(Duration::from_millis(50));
        site.answer_next(Operation::GetLicense, slow);
    }
    let start = Instant::now();
    let error = client.get_license().send().await.err().ok_or("it fails")?;
    assert!(error.attempts() > 2 && error.attempts() < 100, "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    Ok(())
}

#[tokio::test]
async fn an_unreachable_site_is_retried() -> Checked {
    let site = StandIn::start().await?;
    let client = client(&site, QUICK)?;
    site.stop().await;
    let error = client.get_license().send().await.err().ok_or("nobody is there")?;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3), "{error}");
    Ok(())
}
