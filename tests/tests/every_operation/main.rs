//! The generated client against a site, over real mutual TLS: the properties that all operations share, and the details of
//! responses, connections and errors.
//!
//! `operations.rs` and `failures.rs` hold the values of each operation and each documented error.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in what they share"
)]

#[macro_use]
#[path = "../support/operations.rs"]
mod operations;

mod calls;
mod connections;
mod errors;
mod hostile;
mod live;
mod responses;
mod secrecy;
#[path = "../support/mod.rs"]
mod support;
