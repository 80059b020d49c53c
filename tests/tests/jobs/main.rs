//! Jobs of administrators, done with the client: in live mode, and in the contract's where that has what a job needs.

#![allow(clippy::unwrap_used, reason = "the configuration allows it in the tests themselves, not in what they share")]

#[allow(dead_code, reason = "the examples use the others")]
#[path = "../../examples/jobs/mod.rs"]
mod jobs;
#[path = "../support/mod.rs"]
mod support;
mod swap;

use qrs_generated::Client;
use qrs_tests::{Licensing, Mode, Pool, StandIn};

use support::builder_for;

const LIVE: Mode = Mode::Live(Licensing::Capacity);

async fn site(mode: Mode) -> Result<(StandIn, Client), Box<dyn std::error::Error>> {
    let site = StandIn::builder().mode(mode).start().await?;
    let client = builder_for(&site)?.build()?;
    Ok((site, client))
}

/// The ids of the users who hold an active pass.
fn holders(site: &StandIn, pool: Pool) -> Vec<String> {
    let passes = site.allocations(pool);
    let active = passes.iter().filter(|pass| pass["quarantined"] != true);
    active.filter_map(|pass| Some(pass["user"]["userId"].as_str()?.to_owned())).collect()
}
