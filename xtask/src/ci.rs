//! `cargo xtask ci`: everything that has to hold before a change lands, in one list. `.ci/run` and the workflow call it.

use std::env;
use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::outcome::{Failure, Verdict};
use crate::paths::NamedPath;
use crate::{cargo, input, terminal};

/// The MSRV, from `rust-version` of the manifests.
const MSRV: &str = env!("CARGO_PKG_RUST_VERSION");

const AFTER_HELP: &str = "\
Every step runs, also after one that failed; the summary at the end names those. Nothing outside of the target folder is
written. A step fails if a tool that it needs is missing (rustfmt, clippy). These are skipped instead: cargo-deny and the
MSRV where they are not installed, advisories where their database cannot be fetched, and the rehearsal of publishing where
cargo does not reach the registry.

Exit codes:
  0  All steps passed.
  1  A step failed.
  2  Wrong usage.";

/// Run everything that CI runs, and report what failed.
#[derive(clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Run these steps only, in the order of the list
    #[arg(value_enum, value_name = "STEP")]
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Hand-written code is formatted, that which is copied into clients as well.
    Format,
    /// The committed client is what the document gives.
    Drift,
    /// Neither rustc nor clippy warns.
    Lints,
    /// Nor do they in the client as most people use it, without features.
    LintsOfTheClient,
    /// Nor do they in its command and its mock.
    LintsOfTheCommand,
    /// The tests, except the slow ones.
    Tests,
    /// The tests that `cargo test` ignores because they are slow. They compile crates (every golden document, revisions against
    /// callers, wrong uses of the client, round trips, `revise`, surveys, the drift action), or try very large documents.
    SlowTests,
    /// The documentation builds without a warning.
    Docs,
    /// The packages can be made, and what is in them compiles.
    Package,
    /// The package of the generator passes its own tests, away from this repository.
    TestsOfThePackage,
    /// The registry would take the packages.
    Publish,
    /// Everything but the tests compiles with the MSRV.
    Msrv,
    /// The licences, sources and duplicates of dependencies are as `deny.toml` allows.
    Deny,
    /// No dependency has a known vulnerability.
    Advisories,
}

impl Step {
    const ALL: [Self; 14] = [
        Self::Format,
        Self::Drift,
        Self::Lints,
        Self::LintsOfTheClient,
        Self::LintsOfTheCommand,
        Self::Tests,
        Self::SlowTests,
        Self::Docs,
        Self::Package,
        Self::TestsOfThePackage,
        Self::Publish,
        Self::Msrv,
        Self::Deny,
        Self::Advisories,
    ];

    /// The arguments of [`Self::program`], separated by spaces.
    fn arguments(self) -> &'static str {
        match self {
            Self::Format => "fmt --all --check",
            Self::Drift => "xtask codegen --check --deny-warnings",
            Self::Lints => "clippy --workspace --all-targets --locked -- -D warnings",
            Self::LintsOfTheClient => "clippy --package qrs-generated --locked -- -D warnings",
            Self::LintsOfTheCommand => "clippy --package qrs-generated --features cli,mock --locked -- -D warnings",
            Self::Tests => "test --workspace --locked",
            // Without the documentation's examples, where `ignore` means another thing, and without those that are run by
            // hand: they compile a hundred crates to print a table, need JSON Schema's own suite, or measure.
            Self::SlowTests => concat!(
                "test --workspace --locked --tests -- --ignored --skip every_revision --skip of_the_suite ",
                "--skip what_a_union_costs"
            ),
            Self::Docs => "doc --workspace --no-deps --all-features --locked",
            Self::Package => {
                "package --package qrs-generated --package qrs-stand-in --package qrs-codegen --locked --allow-dirty"
            }
            Self::TestsOfThePackage => "test --locked",
            Self::Publish => {
                concat!(
                    "publish --dry-run --no-verify --package qrs-generated --package qrs-stand-in ",
                    "--package qrs-codegen --locked --allow-dirty"
                )
            }
            Self::Msrv => {
                concat!(
                    "run ",
                    env!("CARGO_PKG_RUST_VERSION"),
                    " cargo check --package qrs-generated --package qrs-codegen --package xtask",
                    " --all-features --locked"
                )
            }
            Self::Deny => "deny --all-features check licenses bans sources",
            Self::Advisories => "deny --all-features check advisories",
        }
    }

    fn environment(self) -> Option<(&'static str, &'static str)> {
        (self == Self::Docs).then_some(("RUSTDOCFLAGS", "-D warnings"))
    }

    fn program(self) -> Command {
        if self == Self::Msrv { Command::new("rustup") } else { cargo::command() }
    }

    /// Why this machine cannot run the step, if it cannot.
    fn obstacle(self) -> Option<&'static str> {
        let runs = |arguments: &[&str]| {
            let mut command = self.program();
            // Not in this workspace, where cargo would do with what it has.
            command.args(arguments).current_dir(env::temp_dir()).env("CARGO_NET_RETRY", "0");
            command.output().is_ok_and(|run| run.status.success())
        };
        match self {
            Self::Deny | Self::Advisories if !runs(&["deny", "--version"]) => Some("cargo-deny is not installed"),
            Self::Advisories if !fetches_advisories() => Some("the database of advisories cannot be fetched"),
            Self::Msrv if !runs(&["run", MSRV, "cargo", "--version"]) => Some("the MSRV is not installed"),
            Self::Publish if !runs(&["info", "--quiet", "serde"]) => Some("cargo does not reach the registry"),
            _ => None,
        }
    }

    /// The command, set up to run where it has to.
    fn command(self) -> Result<Command, Failure> {
        let root = NamedPath::in_workspace(".").path;
        let mut command = self.program();
        command.args(self.arguments().split(' ')).envs(self.environment()).current_dir(&root);
        if self == Self::TestsOfThePackage {
            let target = cargo::target_folder()?;
            let package = target.join("package").join(concat!("qrs-codegen-", env!("CARGO_PKG_VERSION")));
            // What is compiled for the workspace serves here, too.
            command.current_dir(package).env("CARGO_TARGET_DIR", target);
        }
        if self == Self::Format {
            command.arg("--").args(copied_files()?);
        }
        Ok(command)
    }

    /// The command as a person would type it.
    fn command_line(self) -> String {
        let mut line = String::new();
        if let Some((name, value)) = self.environment() {
            _ = write!(line, "{name}='{value}' ");
        }
        line += match self {
            Self::TestsOfThePackage => concat!("cd …/package/qrs-codegen-", env!("CARGO_PKG_VERSION"), " && cargo"),
            Self::Msrv => "rustup",
            _ => "cargo",
        };
        line + " " + self.arguments() + if self == Self::Format { " -- …" } else { "" }
    }
}

/// The files that are copied into clients, which are in no crate here. A `mod.rs` is left out: it names modules that are generated.
fn copied_files() -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    for folder in ["spec", "qrs-codegen/runtime"] {
        let names = input::modules(&NamedPath::in_workspace(folder).path)?;
        files.extend(names.iter().filter(|name| !name.ends_with("mod.rs")).map(|name| format!("{folder}/{name}")));
    }
    Ok(files)
}

/// Whether cargo-deny brings its database up to date.
fn fetches_advisories() -> bool {
    let mut command = cargo::command();
    command.args(["deny", "fetch", "db"]).current_dir(NamedPath::in_workspace(".").path);
    command.output().is_ok_and(|run| run.status.success())
}

/// The end of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Passed,
    Failed,
    Skipped,
}

struct FinishedStep {
    step: Step,
    ending: Ending,
    took: Duration,
}

/// Runs the task.
///
/// # Errors
///
/// If cargo does not tell its target folder.
pub(crate) fn run(args: &Args) -> Result<Verdict, Failure> {
    let is_chosen = |step: &Step| args.steps.is_empty() || args.steps.contains(step);
    let finished: Vec<FinishedStep> =
        Step::ALL.into_iter().filter(is_chosen).map(run_step).collect::<Result<_, _>>()?;
    terminal::message(&summary(&finished));
    let has_failed = finished.iter().any(|finished| finished.ending == Ending::Failed);
    Ok(if has_failed { Verdict::Problems } else { Verdict::Fine })
}

fn run_step(step: Step) -> Result<FinishedStep, Failure> {
    terminal::message(&format!("\n== {}", step.command_line()));
    if let Some(obstacle) = step.obstacle() {
        terminal::message(&format!("skipped: {obstacle}"));
        return Ok(FinishedStep { step, ending: Ending::Skipped, took: Duration::ZERO });
    }
    let begun = Instant::now();
    let mut command = step.command()?;
    // The drift check is this program itself, whose annotations are to reach the runner.
    let status = if step == Step::Drift { command.status() } else { cargo::run(&mut command) };
    let ending = match status {
        Ok(status) if status.success() => Ending::Passed,
        Ok(_) => Ending::Failed,
        // Such as without the package that a step before could not make.
        Err(error) => {
            terminal::message(&format!("`{}` cannot be run: {error}", step.command_line()));
            Ending::Failed
        }
    };
    Ok(FinishedStep { step, ending, took: begun.elapsed() })
}

fn summary(finished: &[FinishedStep]) -> String {
    let mut text = "\n".to_owned();
    for FinishedStep { step, ending, took } in finished {
        let word = match ending {
            Ending::Passed => "passed",
            Ending::Failed => "FAILED",
            Ending::Skipped => "skipped",
        };
        _ = writeln!(text, "{word:8} {:6.1} s  {}", took.as_secs_f64(), step.command_line());
    }
    text
}
