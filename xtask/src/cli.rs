//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::outcome::{Failure, Verdict};
use crate::{ci, codegen, diff, revise, survey, terminal};

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
    Diff(diff::Args),
    Revise(revise::Args),
    Survey(survey::Args),
    SurveyOne(survey::OneArgs),
}

/// Runs the task that the command line names.
pub(crate) fn run() -> ExitCode {
    let ran = match Cli::try_parse() {
        Ok(cli) => cli.task.run(),
        Err(error) => return explain(&error),
    };
    match ran {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Problems) => ExitCode::from(1),
        Err(failure) => {
            terminal::error(&failure);
            ExitCode::from(2)
        }
    }
}

impl Task {
    fn run(self) -> Result<Verdict, Failure> {
        match self {
            Self::Ci(args) => ci::run(&args),
            Self::Codegen(args) => codegen::run(args),
            Self::Diff(args) => diff::run(&args),
            Self::Revise(args) => revise::run(&args),
            Self::Survey(args) => survey::run(&args),
            Self::SurveyOne(args) => survey::run_one(&args),
        }
    }
}

/// Shows the help that was asked for, or what is wrong with the command line.
fn explain(error: &clap::Error) -> ExitCode {
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        terminal::message(&text);
        return ExitCode::from(2);
    }
    match terminal::output(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::error(&failure);
            ExitCode::from(2)
        }
    }
}
