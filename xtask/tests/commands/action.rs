//! The drift check that others' CI runs: the script of `.github/actions/drift`, in a repository of somebody else's.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Ran, workspace, xtask};

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

/// A repository of somebody else's: a document and the client that was generated from it, committed.
fn repository_of_lamps() -> TempDir {
    let repository = TempDir::new().unwrap();
    let folder = repository.path();
    fs::create_dir(folder.join("api")).unwrap();
    fs::write(folder.join("api/lamps.yaml"), DOCUMENT).unwrap();
    let mut generate = Command::new(xtask());
    generate.args(["codegen", "--spec", "api/lamps.yaml", "--out", "lamps"]).current_dir(folder);
    Ran::of(&mut generate).exits_with(0);
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "All"]);
    repository
}

#[test]
#[ignore = "builds the command apart; run by cargo xtask ci"]
fn a_client_of_somebody_elses_is_checked_and_its_documents_changes_are_summed_up() {
    let repository = repository_of_lamps();
    let elsewhere = TempDir::new().unwrap();
    let (folder, summary) = (repository.path(), elsewhere.path().join("summary.md"));
    Ran::of(&mut check(folder, &summary)).exits_with(0);
    assert!(fs::read_to_string(&summary).unwrap().contains("nothing changed"));

    // Without a summary, the report goes into the log, which may be a file.
    let log = elsewhere.path().join("log");
    let file = fs::File::create(&log).unwrap();
    let mut command = check(folder, &summary);
    command.env_remove("GITHUB_STEP_SUMMARY").stdout(file.try_clone().unwrap()).stderr(file);
    assert!(command.status().unwrap().success());
    let log = fs::read_to_string(&log).unwrap();
    for line in ["from HEAD:api/lamps.yaml to api/lamps.yaml\n", "nothing changed\n", "lamps is up to date"] {
        assert!(log.contains(line), "{line:?} in {log}");
    }

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

/// A checkout that configures cargo or rustup has no say in how the generator is built or run.
#[test]
#[ignore = "builds the command apart; run by cargo xtask ci"]
fn the_checkout_does_not_replace_the_generator() {
    let repository = repository_of_lamps();
    let folder = repository.path();
    let summary = folder.join("summary.md");
    fs::write(folder.join("lamps/src/lib.rs"), "// drifted\n").unwrap();
    fs::create_dir(folder.join(".cargo")).unwrap();
    let runner = "[target.'cfg(all())']\nrunner = 'true'\n\n[build]\nrustc-wrapper = 'false'\n";
    fs::write(folder.join(".cargo/config.toml"), runner).unwrap();
    fs::write(folder.join("rust-toolchain.toml"), "[toolchain]\nchannel = 'no-such-toolchain'\n").unwrap();
    let ran = Ran::of(&mut check(folder, &summary)).exits_with(1);
    assert!(ran.stdout.contains("::error file=lamps/src/lib.rs"), "{}", ran.stdout);

    // Within the checkout, cargo would read the checkout's configuration when it builds the generator, too.
    let nested = folder.join("tools/qrs/.github/actions/drift");
    fs::create_dir_all(&nested).unwrap();
    fs::copy(workspace().join(".github/actions/drift/check.sh"), nested.join("check.sh")).unwrap();
    let ran = Ran::of(Command::new("bash").arg(nested.join("check.sh")).current_dir(folder)).exits_with(2);
    assert!(ran.stderr.contains("has a .cargo/config.toml above the generator's folder"), "{}", ran.stderr);
}

#[test]
#[ignore = "builds the command apart; run by cargo xtask ci"]
fn arguments_on_several_lines_all_count() {
    let repository = repository_of_lamps();
    let folder = repository.path();
    let summary = folder.join("summary.md");
    fs::write(folder.join("api/lamps.yaml"), DOCUMENT.replace("{ description: It is on. }", "{}")).unwrap();
    let arguments = "--license-file LICENSE\n  --deny-warnings\n";
    fs::write(folder.join("LICENSE"), "Do as you like.\n").unwrap();
    let ran = Ran::of(check(folder, &summary).env("ARGUMENTS", arguments)).exits_with(1);
    assert!(ran.stderr.contains("warnings are denied"), "{}", ran.stderr);
}

#[test]
#[ignore = "builds the command apart; run by cargo xtask ci"]
fn a_name_that_tries_to_be_a_command_is_quoted() {
    let repository = repository_of_lamps();
    let folder = repository.path();
    let evil = "x\n::error::y ##[add-path]/z";
    let mut command = check(folder, &folder.join("summary.md"));
    let ran = Ran::of(command.env("BASE", evil).env("SPEC", evil).env("OVERLAY", evil).env("OUT", evil)).exits_with(2);
    for stream in [&ran.stdout, &ran.stderr] {
        assert!(!stream.contains("##["), "{stream}");
        let is_command = |line: &str| line.trim_start().starts_with("::") && !line.starts_with("::warning::no report");
        assert!(!stream.lines().any(is_command), "{stream}");
    }
}
