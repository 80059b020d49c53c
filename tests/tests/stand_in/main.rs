//! The stand-in is strict: it refuses what a live site refuses, and records requests as they were sent.

#![allow(clippy::unwrap_used, reason = "the configuration allows it in the tests themselves, not in what they share")]

mod caller;
mod connections;
mod contract;
mod live;
mod live_operations;
mod script;
