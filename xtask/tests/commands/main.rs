//! The commands, run as a user runs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in the functions that they share"
)]

mod support;

#[cfg(unix)]
mod action;
#[cfg(unix)]
mod ci;
mod codegen;
mod diff;
mod extras;
mod revise;
mod survey;
mod warnings;
