//! `cargo xtask ci`: everything that has to hold before a change lands, in one list. `.ci/run` and the workflow call it.

use std::fmt::Write as _;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::place::Place;
use crate::{Failure, Outcome, terminal};

/// What `rust-version` of the manifests says.
const LEAST_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// What cargo asks whether a version is there already.
const REGISTRY: (&str, u16) = ("index.crates.io", 443);

const AFTER_HELP: &str = "\
Each step is run, also after one that failed; what failed is said at the end. Nothing outside of the target folder is
written. What a step needs and is not there (rustfmt, clippy) makes it fail; left out are cargo-deny and the least Rust
where they are not installed, and the rehearsal of publishing where the registry is out of reach.

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
    /// What is in the package of the generator passes its own tests, away from this repository.
    TestsOfThePackage,
    /// The registry would take the packages.
    Publish,
    /// All of it but the tests compiles with the least Rust that the manifests promise.
    LeastRust,
    /// Licences, sources and duplicates of what is depended on.
    Deny,
}

impl Step {
    const ALL: [Self; 11] = [
        Self::Format,
        Self::Drift,
        Self::Lints,
        Self::LintsOfTheClient,
        Self::Tests,
        Self::Docs,
        Self::Package,
        Self::TestsOfThePackage,
        Self::Publish,
        Self::LeastRust,
        Self::Deny,
    ];

    /// What it runs: cargo's arguments, or those of `rustup run`.
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
            Self::TestsOfThePackage => &["test", "--locked"],
            Self::Publish => &[
                "publish",
                "--dry-run",
                "--no-verify",
                "--package",
                "qrs-generated",
                "--package",
                "qrs-codegen",
                "--locked",
                "--allow-dirty",
            ],
            Self::LeastRust => &[
                "run",
                LEAST_RUST,
                "cargo",
                "check",
                "--package",
                "qrs-generated",
                "--package",
                "qrs-codegen",
                "--package",
                "xtask",
                "--all-features",
                "--locked",
            ],
            Self::Deny => &["deny", "--all-features", "check", "licenses", "bans", "sources"],
        }
    }

    fn environment(self) -> Option<(&'static str, &'static str)> {
        (self == Self::Docs).then_some(("RUSTDOCFLAGS", "-D warnings"))
    }

    fn program(self) -> Command {
        if self == Self::LeastRust { Command::new("rustup") } else { crate::cargo() }
    }

    /// Why it is left out on this machine, if it is.
    fn is_left_out(self) -> Option<&'static str> {
        let runs = |arguments: &[&str]| self.program().args(arguments).output().is_ok_and(|run| run.status.success());
        match self {
            Self::Deny if !runs(&["deny", "--version"]) => Some("not installed"),
            Self::LeastRust if !runs(&["run", LEAST_RUST, "cargo", "--version"]) => Some("not installed"),
            Self::Publish if !is_there(REGISTRY) => Some("the registry cannot be reached"),
            _ => None,
        }
    }

    /// The command, set up to run where it has to.
    fn command(self) -> Result<Command, Failure> {
        let root = Place::in_workspace(".").path;
        let mut command = self.program();
        command.args(self.arguments()).envs(self.environment()).current_dir(&root);
        if self == Self::TestsOfThePackage {
            let target = target_folder()?;
            let package = target.join("package").join(concat!("qrs-codegen-", env!("CARGO_PKG_VERSION")));
            // What is compiled for the workspace serves here, too.
            command.current_dir(package).env("CARGO_TARGET_DIR", target);
        }
        Ok(command)
    }

    /// As a person would type it.
    fn command_line(self) -> String {
        let mut line = String::new();
        if let Some((name, value)) = self.environment() {
            let _ = write!(line, "{name}='{value}' ");
        }
        let _ = match self {
            Self::TestsOfThePackage => write!(line, "cd …/package/qrs-codegen-{} && cargo", env!("CARGO_PKG_VERSION")),
            Self::LeastRust => write!(line, "rustup"),
            _ => write!(line, "cargo"),
        };
        line + " " + &self.arguments().join(" ")
    }
}

/// Whether something listens there.
fn is_there(host: (&str, u16)) -> bool {
    let addresses = host.to_socket_addrs().into_iter().flatten();
    addresses.take(3).any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
}

/// Where cargo puts what it makes, and with it the packages.
fn target_folder() -> Result<PathBuf, Failure> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
    let output = crate::cargo().args(arguments).current_dir(Place::in_workspace(".").path).output();
    let output = output.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure(format!("`cargo metadata` gives no JSON: {error}")))?;
    let folder = metadata["target_directory"].as_str();
    folder.map(PathBuf::from).ok_or_else(|| Failure("`cargo metadata` names no target folder".to_owned()))
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
/// If cargo does not tell its target folder.
pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let chosen = |step: &Step| args.steps.is_empty() || args.steps.contains(step);
    let mut all = Vec::new();
    for step in Step::ALL.into_iter().filter(chosen) {
        if let Some(reason) = step.is_left_out() {
            terminal::message(&format!("\n== {}\n{reason}: left out", step.command_line()));
            all.push(Ended { step, passed: None, took: Duration::ZERO });
            continue;
        }
        terminal::message(&format!("\n== {}", step.command_line()));
        let begun = Instant::now();
        let passed = match step.command()?.status() {
            Ok(status) => status.success(),
            // Such as without the package that a step before could not make.
            Err(error) => {
                terminal::message(&format!("{} cannot be run: {error}", step.command_line()));
                false
            }
        };
        all.push(Ended { step, passed: Some(passed), took: begun.elapsed() });
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
