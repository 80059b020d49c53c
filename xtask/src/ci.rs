//! `cargo xtask ci`: everything that has to hold before a change lands, in one list. `.ci/run` and the workflow call it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::place::Place;
use crate::{Failure, Outcome, terminal};

const AFTER_HELP: &str = "\
Each step is run, also after one that failed; what failed is said at the end. Nothing outside of the target folder is
written. What a step needs and is not there (rustfmt, clippy) makes it fail; cargo-deny is left out where it is missing.

Exit codes:
  0  All steps passed.
  1  A step failed.
  2  Wrong usage.";

/// Run what CI runs, and say what failed.
#[derive(clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Only these steps, in the order of the list
    #[arg(value_enum, value_name = "STEP")]
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Hand-written code is formatted.
    Format,
    /// The committed client is what the document gives.
    Drift,
    /// No warning, of rustc's or clippy's.
    Lints,
    /// No warning in the client as most people use it, with no feature on.
    LintsOfTheClient,
    /// The tests.
    Tests,
    /// No warning in the documentation.
    Docs,
    /// The packages can be made, and what is in them compiles.
    Package,
    /// Licences, sources and duplicates of what is depended on.
    Deny,
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Format,
        Self::Drift,
        Self::Lints,
        Self::LintsOfTheClient,
        Self::Tests,
        Self::Docs,
        Self::Package,
        Self::Deny,
    ];

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Format => &["fmt", "--all", "--check"],
            Self::Drift => &["xtask", "codegen", "--check"],
            Self::Lints => &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
            Self::LintsOfTheClient => &["clippy", "--package", "qrs-generated", "--locked", "--", "-D", "warnings"],
            Self::Tests => &["test", "--workspace", "--locked"],
            Self::Docs => &["doc", "--workspace", "--no-deps", "--all-features", "--locked"],
            Self::Package => {
                &["package", "--package", "qrs-generated", "--package", "qrs-codegen", "--locked", "--allow-dirty"]
            }
            Self::Deny => &["deny", "--all-features", "check", "licenses", "bans", "sources"],
        }
    }

    fn environment(self) -> Option<(&'static str, &'static str)> {
        (self == Self::Docs).then_some(("RUSTDOCFLAGS", "-D warnings"))
    }

    /// Whether it is left out on this machine.
    fn is_missing(self) -> bool {
        let there = || crate::cargo().args(["deny", "--version"]).output().is_ok_and(|run| run.status.success());
        self == Self::Deny && !there()
    }

    /// As a person would type it.
    fn command_line(self) -> String {
        let mut line = String::new();
        if let Some((name, value)) = self.environment() {
            let _ = write!(line, "{name}='{value}' ");
        }
        line + "cargo " + &self.arguments().join(" ")
    }
}

/// How a step ended.
struct Ended {
    step: Step,
    passed: Option<bool>,
    took: Duration,
}

/// Runs the task.
///
/// # Errors
///
/// If cargo cannot be run.
pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let chosen = |step: &Step| args.steps.is_empty() || args.steps.contains(step);
    let mut all = Vec::new();
    for step in Step::ALL.into_iter().filter(chosen) {
        if step.is_missing() {
            terminal::message(&format!("\n== {}\nnot installed: left out", step.command_line()));
            all.push(Ended { step, passed: None, took: Duration::ZERO });
            continue;
        }
        terminal::message(&format!("\n== {}", step.command_line()));
        let begun = Instant::now();
        let mut command = crate::cargo();
        command.args(step.arguments()).envs(step.environment()).current_dir(Place::in_workspace(".").path);
        let status = command.status().map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
        all.push(Ended { step, passed: Some(status.success()), took: begun.elapsed() });
    }
    terminal::message(&summary(&all));
    Ok(if all.iter().all(|ended| ended.passed != Some(false)) { Outcome::Fine } else { Outcome::Problems })
}

fn summary(all: &[Ended]) -> String {
    let mut text = "\n".to_owned();
    for Ended { step, passed, took } in all {
        let word = match passed {
            Some(true) => "passed",
            Some(false) => "FAILED",
            None => "left out",
        };
        let _ = writeln!(text, "{word:8} {:6.1} s  {}", took.as_secs_f64(), step.command_line());
    }
    text
}
