//! Checks the generated client against a site: one binary for the tests that need no process of their own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in what they share"
)]

mod addresses;
mod administration;
mod blocking;
mod cancellation;
mod environment;
mod failures;
mod live_site;
mod operations;
mod requests;
mod retries;
mod wire;

#[path = "../support/mod.rs"]
mod support;
