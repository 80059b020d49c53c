//! The command `qrs`, as people run it: against both modes of the stand-in, with what it prints and its exit code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the configuration allows it in the tests themselves, not in what they share"
)]

mod binary;
mod connection;
mod demo;
mod help;
mod jobs;
mod lists;
mod operations;
mod plans;
mod recording;
mod releases;
mod secrets;
mod status;

use std::error::Error;

type Checked = Result<(), Box<dyn Error>>;
