//! The generated client against a site, over real mutual TLS: for every operation at once, what holds for all of
//! them; and what a whole answer, a connection and an error are made of.
//!
//! Which values each operation sends and receives, and each documented error, are in `operations.rs` and `failures.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in what they share"
)]

#[macro_use]
#[path = "../support/operations.rs"]
mod operations;

mod answers;
mod calls;
mod connections;
mod errors;
mod hostile;
mod secrecy;
#[path = "../support/mod.rs"]
mod support;
