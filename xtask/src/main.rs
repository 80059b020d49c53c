//! The tasks of this repository, run as `cargo xtask TASK`.
//!
//! The generator is a library that turns text into text; this command is the only thing that touches the disk for it.

mod ci;
mod codegen;
mod diff;
mod files;
mod github;
mod input;
mod parts;
mod place;
mod revise;
mod revision;
mod survey;
mod terminal;

use std::env;
use std::fmt;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

/// Generating is a third allocation with the system's allocator: of tokens, which are many and live short.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The tasks of this repository.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Ci(ci::Args),
    Codegen(codegen::Args),
    Diff(revision::Args),
    Revise(revise::Args),
    Survey(survey::Args),
    SurveyOne(survey::OneArgs),
}

/// What a task that ran to its end found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain of: exit code 0.
    Fine,
    /// The document has problems, the crate has drifted, or one does not compile: exit code 1.
    Problems,
}

/// Why a task could not do its work at all: wrong use of it, or a file that could not be read or written. Exit code 2.
#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The cargo that runs this, or the one that is found.
fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn main() -> ExitCode {
    if let Some(code) = survey::measured_rustc() {
        return code;
    }
    let ran = match Cli::parse().task {
        Task::Ci(args) => ci::run(&args),
        Task::Codegen(args) => codegen::run(args),
        Task::Diff(args) => revision::run(args),
        Task::Revise(args) => revise::run(&args),
        Task::Survey(args) => survey::run(&args),
        Task::SurveyOne(args) => survey::run_one(&args),
    };
    match ran {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(failure) => {
            terminal::error(&failure);
            ExitCode::from(2)
        }
    }
}
