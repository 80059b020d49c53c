//! Blocking calls, for code without an async runtime.

use std::thread;
use std::time::Duration;

use qrs_generated::{ErrorKind, Request as _, Retry, send_all, types};
use qrs_tests::{Answer, Operation, Pool, StandIn, StatusCode, seed};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::support::{Checked, builder_for};

/// A stand-in on threads of its own, as another process would be.
fn site() -> Result<(Runtime, StandIn), Box<dyn std::error::Error>> {
    let runtime = Runtime::new()?;
    let site = runtime.block_on(StandIn::start())?;
    Ok((runtime, site))
}

#[test]
fn requests_are_sent_without_a_runtime() -> Checked {
    let (_runtime, site) = site()?;
    let client = builder_for(&site)?.build()?;
    let licence = client.get_license().send_blocking()?.ok_or("there is a licence")?;
    assert!(licence.serial.is_some());

    let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
    let wanted = types::AccessTypeAllocationCreate::new(user);
    let made = client.create_professional_access_type(wanted).send_blocking()?;
    let id = made.id.ok_or("it has an id")?;
    assert!(client.get_professional_access_types().send_blocking()?.iter().any(|held| held.id == Some(id)));
    client.delete_professional_access_type(id).send_blocking()?;
    let error = client.delete_professional_access_type(id).send_blocking().err().ok_or("it is gone")?;
    assert!(error.is_not_found(), "{error}");
    Ok(())
}

#[test]
fn timeouts_and_retries_apply_to_blocking_calls() -> Checked {
    let (_runtime, site) = site()?;
    let quick = Retry::attempts(2).first_pause(Duration::from_millis(1));
    let client = builder_for(&site)?.retry(quick).timeout(Duration::from_millis(300)).build()?;
    site.answer_next(Operation::GetLicense, Answer::text(StatusCode::SERVICE_UNAVAILABLE, "restarting"));
    assert!(client.get_license().send_blocking()?.is_some());
    site.answer_next(Operation::GetLicense, Answer::new(StatusCode::OK).delay(Duration::from_secs(20)));
    let error = client.get_license().send_blocking().err().ok_or("it hangs")?;
    assert!(error.is_timeout(), "{error}");
    Ok(())
}

#[test]
fn many_threads_share_a_client() -> Checked {
    let (_runtime, site) = site()?;
    let client = builder_for(&site)?.build()?;
    thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| (0..5).filter(|_| client.get_license().send_blocking().is_ok()).count()))
            .collect();
        for call in calls {
            assert_eq!(call.join().expect("it does not panic"), 5);
        }
    });
    assert_eq!(site.requests().len(), 40);
    Ok(())
}

#[test]
fn many_requests_keep_their_order() -> Checked {
    let (_runtime, site) = site()?;
    let client = builder_for(&site)?.build()?;
    let rows = site.allocations(Pool::Professional);
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row["id"].as_str()?.parse().ok()).collect();
    assert!(!ids.is_empty());
    let requests: Vec<_> = ids.iter().map(|id| client.get_professional_access_type(*id)).collect();
    let outcomes = send_all(requests).concurrency(3).collect_blocking()?;
    let found: Vec<_> = outcomes.into_iter().filter_map(|outcome| outcome.ok()?.id).collect();
    assert_eq!(found, ids);
    Ok(())
}

/// A thread of a runtime may be kept from its work, which is why the documentation advises against it; but nothing
/// panics, and nothing waits for ever.
#[test]
fn blocking_calls_work_within_a_runtime() -> Checked {
    let (_runtime, site) = site()?;
    let client = builder_for(&site)?.build()?;
    let other = tokio::runtime::Builder::new_current_thread().build()?;
    let licence = other.block_on(async { client.get_license().send_blocking() })?;
    assert!(licence.is_some());
    Ok(())
}

#[test]
fn a_request_that_cannot_be_sent_fails_at_once() -> Checked {
    let (_runtime, site) = site()?;
    let client = builder_for(&site)?.build()?;
    let error = client.get_license().header("Host", "elsewhere").send_blocking().err().ok_or("it is refused")?;
    assert_eq!(error.kind(), ErrorKind::Request);
    Ok(())
}

/// The thread that would do its work is the one that would wait for it.
#[test]
fn a_call_within_the_iterator_of_another_is_refused() -> Checked {
    let (_runtime, site) = site()?;
    let client = builder_for(&site)?.build()?;
    let (give, take) = std::sync::mpsc::channel();
    let requests = (0..2).map(move |_| {
        let outcome = client.get_license().send_blocking();
        let _ = give.send(outcome.map(drop).map_err(|error| (error.kind(), error.to_string())));
        client.get_license()
    });
    let outcomes = send_all(requests).collect_blocking()?;
    assert!(outcomes.iter().all(Result::is_ok));
    for within in take {
        let (kind, shown) = within.err().ok_or("it has nobody to do its work")?;
        assert_eq!(kind, ErrorKind::Runtime);
        assert!(shown.contains("was made inside the iterator of another"), "{shown}");
    }
    Ok(())
}
