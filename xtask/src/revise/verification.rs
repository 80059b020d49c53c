//! Compiles and tests a revision in its copy of the workspace.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::working_copy::WorkingCopy;
use crate::codegen::{CRATE, MODULES};
use crate::outcome::{Failure, Verdict};
use crate::{cargo, terminal};

/// Brings the version of the client in the lock file up to date.
///
/// # Errors
///
/// When cargo cannot be run.
pub(super) fn update_lock_file(copy: &WorkingCopy) -> Result<Verdict, Failure> {
    succeeds(copy, &["update", "--workspace", "--offline", "--quiet"])
}

/// Compiles everything, then runs the tests. Names what fails; `untested` is the command that takes the revision in all the
/// same.
///
/// # Errors
///
/// When cargo cannot be run.
pub(super) fn verify(copy: &WorkingCopy, untested: &str) -> Result<Verdict, Failure> {
    let broken = broken_files(copy)?;
    if !broken.is_empty() {
        let list = broken.iter().fold(String::new(), |list, file| list + "    " + file + "\n");
        terminal::message(&format!(
            "hand-written code does not compile with the revised client:\n\n{list}\n\
             The changes that break callers, as listed at the beginning, break it too. Take the revision in as it is, then \
             adapt\nthat code: first the files in {MODULES}/ (and run `cargo xtask codegen` after it), then the rest:\n\n    \
             {untested}\n"
        ));
        return Ok(Verdict::Problems);
    }
    let tested = succeeds(copy, &["test", "--workspace", "--no-fail-fast"])?;
    if tested == Verdict::Problems {
        terminal::message(&format!(
            "everything compiles, but the tests above fail. If a test has to follow the revision, take the revision in without\n\
             tests, then adapt them:\n\n    {untested}\n"
        ));
    }
    Ok(tested)
}

fn command(copy: &WorkingCopy) -> Command {
    let mut command = cargo::command();
    command.current_dir(&copy.root).env("CARGO_TARGET_DIR", &copy.target);
    command
}

/// Runs cargo in the copy, and names the command if it fails.
fn succeeds(copy: &WorkingCopy, arguments: &[&str]) -> Result<Verdict, Failure> {
    let line = arguments.join(" ");
    terminal::message(&format!("\n== cargo {line}"));
    let status = cargo::run(command(copy).args(arguments));
    let status = status.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    if status.success() {
        return Ok(Verdict::Fine);
    }
    terminal::message(&format!("`cargo {line}` failed"));
    Ok(Verdict::Problems)
}

/// The files that do not compile, each where it is to be changed. Compiles what the tests are made of.
fn broken_files(copy: &WorkingCopy) -> Result<BTreeSet<String>, Failure> {
    let arguments = ["build", "--workspace", "--lib", "--bins", "--tests", "--examples", "--keep-going"];
    terminal::message(&format!("\n== cargo {}", arguments.join(" ")));
    let mut broken = BTreeSet::new();
    let status = cargo::run_with(command(copy).args(arguments).arg("--message-format=json"), |line| {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { return };
        let message = &message["message"];
        if message["level"] != "error" {
            return;
        }
        terminal::message(message["rendered"].as_str().unwrap_or_default());
        let spans = message["spans"].as_array().into_iter().flatten();
        let files = spans.filter(|span| span["is_primary"] == true).filter_map(|span| span["file_name"].as_str());
        broken.extend(files.map(|file| source_of(copy, file)));
    });
    let status = status.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    // A manifest that cargo cannot read, a dependency that is missing: cargo has named it.
    if broken.is_empty() && !status.success() {
        broken.insert("what cargo names above".to_owned());
    }
    Ok(broken)
}

/// The file that a file of the client is a copy of, or itself.
fn source_of(copy: &WorkingCopy, file: &str) -> String {
    let file = file.replace('\\', "/");
    let module = file.strip_prefix(CRATE).and_then(|rest| rest.strip_prefix("/src/"));
    let carried = module.map(|name| format!("{MODULES}/{name}"));
    carried.filter(|path| copy.root.join(path).is_file()).unwrap_or(file)
}
