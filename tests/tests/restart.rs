//! A site that is restarted during many calls: each call is accounted for.

#![allow(clippy::panic, reason = "the configuration allows them in the tests themselves, not in what they share")]

mod support;

use std::time::Duration;

use qrs_generated::{Client, Error, ErrorKind, Retry, types};
use qrs_tests::{Operation, Pool, StandIn, seed};
use serde_json::{Value, json};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use uuid::Uuid;

use support::{Checked, builder_for};

const GETS: usize = 40;
const DELETES: usize = 80;
const POSTS: usize = 80;
const ALL: usize = GETS + DELETES + POSTS;

/// How many are answered before the restart. The others have reached the site by then: it has acted on them.
const ANSWERED: usize = 60;

/// How many calls of each method are made while the port is closed.
const MEANWHILE: usize = 10;

/// Nothing here takes longer, on whatever machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// One call, and what came of it.
#[derive(Debug)]
enum Came {
    Read(Result<(), Error>),
    Deleted(Uuid, Result<(), Error>),
    Made(Uuid, Result<Option<Uuid>, Error>),
}

async fn read(client: Client) -> Came {
    Came::Read(client.get_license_rules().send().await.map(drop).map_err(Error::without_body))
}

async fn delete(client: Client, id: Uuid) -> Came {
    Came::Deleted(id, client.delete_professional_access_type(id).send().await.map_err(Error::without_body))
}

async fn make(client: Client, user: Uuid) -> Came {
    let wanted = types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(user));
    let made = client.create_professional_access_type(wanted).send().await;
    Came::Made(user, made.map(|pass| pass.id).map_err(Error::without_body))
}

/// A pass of some user's, by its identifier.
fn pass(site: &StandIn, number: usize) -> Uuid {
    let (id, user) = (Uuid::from_u128(0xde1e + number as u128), Uuid::from_u128(0xdead + number as u128));
    let row = json!({ "id": id, "user": { "id": user, "userDirectory": "CORP" }, "quarantined": false });
    if let Value::Object(row) = row {
        site.push_allocation(Pool::Professional, row);
    }
    id
}

fn newcomer(site: &StandIn, number: usize) -> Uuid {
    site.add_user("CORP", &format!("newcomer-{number}"), "")
}

fn count(rows: &[Value], pointer: &str, id: Uuid) -> usize {
    rows.iter().filter(|row| row.pointer(pointer).is_some_and(|found| *found == json!(id))).count()
}

/// The outcomes of the calls, each of which is compared with what the site has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    read: usize,
    deleted: usize,
    made: usize,
    /// Allocations of which the client was not told.
    lost: usize,
    /// Failures of which the site knows nothing.
    unsent: usize,
}

fn account(site: &StandIn, outcomes: Vec<Came>) -> Tally {
    let rows = site.allocations(Pool::Professional);
    let sent: Vec<Value> = site
        .requests()
        .into_iter()
        .filter(|seen| seen.operation == Some(Operation::CreateProfessionalAccessType))
        .filter_map(|seen| seen.body)
        .collect();
    let mut tally = Tally::default();
    for came in outcomes {
        match came {
            Came::Read(Ok(())) => tally.read += 1,
            Came::Deleted(id, Ok(())) => {
                assert_eq!(count(&rows, "/id", id), 0, "it is said to be gone");
                tally.deleted += 1;
            }
            Came::Made(user, outcome) => {
                let (held, sent) = (count(&rows, "/user/id", user), count(&sent, "/user/id", user));
                match outcome {
                    Ok(id) => {
                        assert_eq!((held, sent), (1, 1), "one request, one allocation");
                        assert_eq!(count(&rows, "/id", id.unwrap_or_default()), 1, "the very one");
                        tally.made += 1;
                    }
                    Err(error) if error.is_connect() => {
                        assert_eq!((held, sent), (0, 0), "{error}");
                        assert_eq!(error.kind(), ErrorKind::Connect);
                        tally.unsent += 1;
                    }
                    Err(error) => {
                        // A connection that was kept may turn out to be cut only when it is used.
                        assert!(held == sent && sent <= 1, "{held}, {sent}: {error}");
                        assert_eq!((error.kind(), error.attempts()), (ErrorKind::NoAnswer, 1));
                        assert!(error.to_string().contains("the server may have carried it out"), "{error}");
                        if held == 1 { tally.lost += 1 } else { tally.unsent += 1 }
                    }
                }
            }
            failed => panic!("it is repeated until it succeeds: {failed:?}"),
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_survive_a_restart() -> Checked {
    let mut site = StandIn::start().await?;
    site.set_capacity(Pool::Professional, 10_000);
    let retry = Retry::attempts(1_000).first_pause(Duration::from_millis(5)).longest_pause(Duration::from_millis(100));
    let client = builder_for(&site)?.retry(retry).timeout(DEADLINE).build()?;

    site.bound_answers(Some(ANSWERED));
    let mut calls: JoinSet<Came> = JoinSet::new();
    for number in 0..ALL {
        // Mixed, so that there are some of each among those that are answered.
        match number % 5 {
            0 => calls.spawn(read(client.clone())),
            1 | 2 => calls.spawn(delete(client.clone(), pass(&site, number))),
            _ => calls.spawn(make(client.clone(), newcomer(&site, number))),
        };
    }
    timeout(DEADLINE, site.reached_by(ALL)).await?;
    let mut outcomes: Vec<Came> = Vec::new();
    while outcomes.len() < ANSWERED {
        outcomes.push(timeout(DEADLINE, calls.join_next()).await?.ok_or("there are more")??);
    }

    site.halt().await;
    let mut meanwhile: Vec<JoinHandle<Came>> = Vec::new();
    for number in ALL..ALL + MEANWHILE {
        // Nobody is there, which is said at once: this one is not repeated.
        let refused = timeout(DEADLINE, make(client.clone(), newcomer(&site, number))).await?;
        outcomes.push(refused);
        meanwhile.push(tokio::spawn(read(client.clone())));
        meanwhile.push(tokio::spawn(delete(client.clone(), pass(&site, number))));
    }
    site.bound_answers(None);
    site.resume().await?;

    while let Some(came) = timeout(DEADLINE, calls.join_next()).await? {
        outcomes.push(came?);
    }
    for call in meanwhile {
        outcomes.push(timeout(DEADLINE, call).await??);
    }
    assert_eq!(outcomes.len(), ALL + 3 * MEANWHILE);
    let tally = account(&site, outcomes);
    let Tally { read, deleted, made, lost, unsent } = tally;
    assert_eq!((read, deleted), (GETS + MEANWHILE, DELETES + MEANWHILE), "{tally:?}");
    assert_eq!((made + lost, unsent), (POSTS, MEANWHILE), "{tally:?}");
    // Not more than those answered before the restart can be anything else than lost.
    assert!(lost >= POSTS - ANSWERED, "{tally:?}");
    let rows = site.allocations(Pool::Professional);
    assert_eq!(rows.len(), 2 + POSTS, "the seed's passes, and one for each user that asked in time");
    assert_eq!(count(&rows, "/id", seed::PASS_OF_ADA), 1);
    println!(
        "| restart in the middle of {ALL} calls, {} more while the port is closed | {read} of {} succeeded | \
         {deleted} of {} succeeded | {made} succeeded, {lost} `NoAnswer`, {unsent} not sent: {} allocations |",
        3 * MEANWHILE,
        GETS + MEANWHILE,
        DELETES + MEANWHILE,
        made + lost
    );
    Ok(())
}
