//! The tasks of this repository, run as `cargo xtask TASK`.
//!
//! The generator is a library that turns text into text; this command is the only thing that touches the disk for it.

mod approvals;
mod cargo;
mod ci;
mod cli;
mod codegen;
mod crate_folder;
mod diff;
mod extras;
mod git;
mod github;
mod harmless;
mod input;
mod outcome;
mod paths;
mod referenced_files;
mod revise;
mod survey;
mod terminal;
mod unified;

use std::process::ExitCode;

/// A third of generating is allocation with the system's allocator: of tokens, which are many and short-lived.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    survey::measured_rustc().unwrap_or_else(cli::run)
}
