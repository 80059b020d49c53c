//! Jobs of administrators, done with the client: in live mode, and in the contract's where that has what a job needs.

#![allow(clippy::unwrap_used, reason = "the configuration allows it in the tests themselves, not in what they share")]

mod allocate;
mod jobs;
mod release;
mod rules;
mod status;
#[path = "../support/mod.rs"]
mod support;
mod swap;

use jiff::{SignedDuration, Timestamp};
// The modules of `jobs` name these as the crate that they are a part of does.
use qrs_generated::{Client, DateTime, Error, capacity, license, repository, types};
use qrs_tests::{Licensing, Mode, Pool, StandIn};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use jobs::allocate::{Item, Outcome};
use jobs::passes::Kind;
use jobs::release::Release;
use support::builder_for;

const LIVE: Mode = Mode::Live(Licensing::Capacity);

async fn site(mode: Mode) -> Result<(StandIn, Client), Box<dyn std::error::Error>> {
    let site = StandIn::builder().mode(mode).start().await?;
    let client = builder_for(&site)?.build()?;
    Ok((site, client))
}

/// The users of a site; none where the interface has no users.
async fn users(client: &Client, mode: Mode) -> Result<Vec<types::User>, Box<dyn std::error::Error>> {
    Ok(if mode == Mode::Contract { Vec::new() } else { client.get_users_full().send().await? })
}

fn days_before(site: &StandIn, days: i64) -> Timestamp {
    site.now() - SignedDuration::from_hours(24 * days)
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// Adds a user with a pass that was last used so many days ago; returns the identifier of the pass.
fn give(site: &StandIn, pool: Pool, user_id: &str, days: i64) -> Uuid {
    let user = site.add_user("CORP", user_id, "");
    let pass = Uuid::new_v4();
    site.push_allocation(
        pool,
        fields(&json!({
            "id": pass,
            "createdDate": days_before(site, 400).to_string(),
            "modifiedDate": days_before(site, 400).to_string(),
            "user": { "id": user, "userDirectory": "CORP", "userId": user_id, "name": "" },
            "quarantined": false,
            "privileges": null,
        })),
    );
    assert!(site.mark_used(pool, pass, days_before(site, days)));
    pass
}

/// The ids of the users who hold an active pass.
fn holders(site: &StandIn, pool: Pool) -> Vec<String> {
    let passes = site.allocations(pool);
    let active = passes.iter().filter(|pass| pass["quarantined"] != true);
    active.filter_map(|pass| Some(pass["user"]["userId"].as_str()?.to_owned())).collect()
}

/// Allocates what is planned; returns how many got a pass, and how many the site refused one.
async fn allocate(client: &Client, kind: Kind, items: &[Item]) -> (usize, usize) {
    let (mut done, mut refused) = (0, 0);
    for item in items {
        if let Outcome::Planned(user) = item.outcome {
            match kind.allocate(client, user).await {
                Ok(_) => done += 1,
                Err(_) => refused += 1,
            }
        }
    }
    (done, refused)
}

/// Releases the passes of a plan.
async fn release_all(client: &Client, plan: &[Release]) -> Result<(), Error<types::ErrorMessage>> {
    for release in plan {
        release.kind.release(client, release.id).await?;
    }
    Ok(())
}
