//! The drift check that others' CI runs: the script of `.github/actions/drift`, in a repository of somebody else's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in the functions that they share"
)]
#![cfg(unix)]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "each test uses what it needs of it")]
mod command;

use std::fs;
use std::path::Path;
use std::process::Command;

use command::{Ran, workspace};
use tempfile::TempDir;

const DOCUMENT: &str = "\
openapi: 3.1.0
info: { title: Lamps, version: 1.0.0 }
paths:
  /lamp: { get: { operationId: getLamp, responses: { '204': { description: It is on. } } } }
";

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    let output = command.args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn check(folder: &Path, summary: &Path) -> Command {
    let mut command = Command::new("bash");
    command.arg(workspace().join(".github/actions/drift/check.sh")).current_dir(folder);
    command.envs([("SPEC", "api/lamps.yaml"), ("OUT", "lamps"), ("BASE", "HEAD"), ("GITHUB_ACTIONS", "true")]);
    command.env("GITHUB_STEP_SUMMARY", summary);
    command
}

#[test]
fn a_client_of_somebody_elses_is_checked_and_its_documents_changes_are_summed_up() {
    let repository = TempDir::new().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let (folder, summary) = (repository.path(), elsewhere.path().join("summary.md"));
    fs::create_dir(folder.join("api")).unwrap();
    fs::write(folder.join("api/lamps.yaml"), DOCUMENT).unwrap();
    let mut generate = Command::new(env!("CARGO"));
    generate.args(["run", "--quiet", "--package", "xtask", "--manifest-path"]).arg(workspace().join("Cargo.toml"));
    generate.args(["--", "codegen", "--spec", "api/lamps.yaml", "--out", "lamps"]).current_dir(folder);
    Ran::of(&mut generate).exits_with(0);
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "All"]);

    Ran::of(&mut check(folder, &summary)).exits_with(0);
    assert!(fs::read_to_string(&summary).unwrap().contains("nothing changed"));

    // A checkout of the last commit alone is told from a document that is new.
    let ran = Ran::of(check(folder, &summary).env("BASE", "origin/main")).exits_with(0);
    assert!(ran.stdout.contains("::warning::no report of changes: the checkout has no revision origin/main"));

    // With an argument that the client was not generated with.
    fs::write(folder.join("LICENSE"), "Do as you like.\n").unwrap();
    let ran = Ran::of(check(folder, &summary).env("ARGUMENTS", "--license-file LICENSE")).exits_with(1);
    assert!(ran.stdout.contains("::error file=lamps/LICENSE"), "{}", ran.stdout);
    fs::copy(folder.join("LICENSE"), folder.join("lamps/LICENSE")).unwrap();
    let ran = Ran::of(&mut check(folder, &summary)).exits_with(1);
    fs::remove_file(folder.join("lamps/LICENSE")).unwrap();
    assert!(ran.stderr.contains("Then give it: --license-file LICENSE"), "{}", ran.stderr);
    assert!(ran.last_message().contains("Cargo.toml --package xtask -- codegen --spec api/lamps.yaml --out lamps"));

    fs::write(folder.join("api/lamps.yaml"), DOCUMENT.replace("getLamp", "readLamp")).unwrap();
    let ran = Ran::of(&mut check(folder, &summary)).exits_with(1);
    assert!(ran.stdout.contains("::error file=lamps/"), "{}", ran.stdout);
    let summed_up = fs::read_to_string(&summary).unwrap();
    assert!(summed_up.contains("### Breaking") && summed_up.contains("`Client::read_lamp`"), "{summed_up}");
}
