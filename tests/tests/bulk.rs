//! Many requests at once: ten thousand users, some of whom cannot be served.

mod support;

use std::time::Duration;

use qrs_generated::{Client, ErrorKind, Request, Retry, send_all, types};
use qrs_tests::{Answer, Fault, Operation, Pool, StandIn, StatusCode};
use tokio::runtime::Runtime;
use tokio::time::timeout;
use uuid::Uuid;

use support::{Checked, builder_for};

const USERS: usize = 10_000;
const AT_A_TIME: usize = 16;

/// Every so many is a user whom the site does not know.
const STRANGER: usize = 100;

/// So many allocations lose their answer, and as many meet a site that restarts.
const LOST: usize = 20;

/// Nothing here takes longer, on whatever machine.
const DEADLINE: Duration = Duration::from_secs(300);

/// Users of a site that has room for all of them, and strangers among them.
fn users(site: &StandIn, count: usize) -> Vec<Uuid> {
    site.set_capacity(Pool::Professional, 1_000_000);
    let one = |number| match number % STRANGER {
        7 => Uuid::from_u128(number as u128),
        _ => site.add_user("CORP", &format!("user-{number}"), ""),
    };
    (0..count).map(one).collect()
}

fn allocation(
    client: &Client,
    user: Uuid,
) -> impl Request<Output = types::AccessTypeAllocation, Error = types::ErrorMessage> + use<> {
    let user = types::AccessTypeAllocationCreateUser::new(user);
    client.create_professional_access_type(types::AccessTypeAllocationCreate::new(user))
}

/// The users who hold a pass, without those who did before.
fn holders(site: &StandIn) -> Vec<Uuid> {
    let rows = site.allocations(Pool::Professional);
    rows.iter().skip(2).filter_map(|row| row["user"]["id"].as_str()?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests_survive_failures_among_them() -> Checked {
    let site = StandIn::start().await?;
    let retry = Retry::attempts(5).first_pause(Duration::from_millis(1));
    let client = builder_for(&site)?.retry(retry).timeout(DEADLINE).build()?;
    let users = users(&site, USERS);
    for _ in 0..LOST {
        let restarting = Answer::text(StatusCode::SERVICE_UNAVAILABLE, "restarting");
        site.answer_next(Operation::CreateProfessionalAccessType, restarting);
        let lost = Answer::new(StatusCode::CREATED).fault(Fault::CloseBefore);
        site.answer_next(Operation::CreateProfessionalAccessType, lost);
    }

    // None is answered, and so it shows how many go out before one is.
    site.bound_answers(Some(0));
    let requests: Vec<_> = users.iter().map(|user| allocation(&client, *user)).collect();
    let all = tokio::spawn(timeout(DEADLINE, send_all(requests).concurrency(AT_A_TIME).collect()));
    timeout(DEADLINE, site.reached_by(2 * LOST + AT_A_TIME)).await?;
    site.bound_answers(None);
    let outcomes = all.await??;

    assert_eq!(outcomes.len(), USERS);
    assert_eq!(site.requests().len(), USERS, "a POST is sent once, whatever becomes of it");
    assert_eq!(site.most_at_a_time(), AT_A_TIME);
    let (mut made, mut strangers, mut lost, mut restarting) = (Vec::new(), 0, 0, 0);
    for (number, (user, outcome)) in users.iter().zip(outcomes).enumerate() {
        match outcome {
            Ok(pass) => {
                assert_eq!(
                    pass.user.and_then(|holder| holder.id),
                    Some(*user),
                    "outcomes are in the order of requests"
                );
                made.push(*user);
            }
            Err(error) if error.kind() == ErrorKind::NoAnswer => lost += 1,
            Err(error) if error.status() == Some(StatusCode::SERVICE_UNAVAILABLE) => restarting += 1,
            Err(error) => {
                assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "{error}");
                assert_eq!(number % STRANGER, 7, "{error}");
                strangers += 1;
            }
        }
    }
    assert_eq!((lost, restarting), (LOST, LOST));
    assert_eq!(made.len() + strangers + lost + restarting, USERS);
    assert!(strangers >= USERS / STRANGER - 2 * LOST, "{strangers}");
    let mut held = holders(&site);
    held.sort_unstable();
    made.sort_unstable();
    assert_eq!(held, made, "each who is said to hold a pass holds one, and nobody else does");
    Ok(())
}

#[test]
fn a_thousand_requests_are_sent_without_a_runtime() -> Checked {
    let runtime = Runtime::new()?;
    let site = runtime.block_on(StandIn::start())?;
    let client = builder_for(&site)?.timeout(DEADLINE).build()?;
    let users = users(&site, 1_000);
    let requests: Vec<_> = users.iter().map(|user| allocation(&client, *user)).collect();
    let outcomes = send_all(requests).concurrency(AT_A_TIME).collect_blocking()?;
    assert_eq!(outcomes.len(), users.len());
    for (number, (user, outcome)) in users.iter().zip(outcomes).enumerate() {
        match outcome {
            Ok(pass) => assert_eq!(pass.user.and_then(|holder| holder.id), Some(*user)),
            Err(error) => assert!(number % STRANGER == 7 && error.status() == Some(StatusCode::BAD_REQUEST), "{error}"),
        }
    }
    assert_eq!(holders(&site).len(), users.len() - users.len() / STRANGER);
    assert!(site.most_at_a_time() <= AT_A_TIME, "{}", site.most_at_a_time());
    Ok(())
}
