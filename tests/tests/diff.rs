//! `cargo xtask diff`, run as a user runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in the functions that they share"
)]

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use command::{Ran, workspace, xtask};
use tempfile::TempDir;

fn diff() -> Command {
    let mut command = Command::new(xtask());
    command.arg("diff").current_dir(workspace());
    command
}

/// The document with one operation under another name, and with one more description.
fn revised(folder: &TempDir) -> PathBuf {
    let document = fs::read_to_string(workspace().join("spec/licenses.yaml")).unwrap();
    let revised = document.replace("operationId: getLicense\n", "operationId: readLicense\n");
    let revised = revised.replace("version: 2025.11.0", "version: 2026.2.0");
    assert_ne!(document, revised);
    let path = folder.path().join("revised.yaml");
    fs::write(&path, revised).unwrap();
    path
}

fn against(revised: &Path) -> Command {
    let mut command = diff();
    command.arg("spec/licenses.yaml").arg(revised);
    command
}

#[test]
fn a_revision_is_compared_with_the_committed_overlay_on_both_sides() {
    let folder = TempDir::new().unwrap();
    let ran = Ran::of(&mut against(&revised(&folder))).exits_with(0);
    assert!(
        ran.stdout.starts_with(
            "Qlik Sense Enterprise Qlik Sense Licenses API 2025.11.0 → 2026.2.0: 1 breaking change, 0 additive, 1 that"
        ),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains(
            "operation: GET /license (readLicense) was `Client::get_license` and is `Client::read_license` (likely)"
        ),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("spec/licenses.yaml:51:5 → "), "{}", ran.stdout);
    // Without the overlay nothing of the overlay is compared; the difference is the same.
    let plain = Ran::of(against(&revised(&folder)).arg("--no-overlay")).exits_with(0);
    assert_eq!(plain.stdout, ran.stdout);
}

#[test]
fn the_exit_code_says_what_was_asked() {
    let folder = TempDir::new().unwrap();
    let revised = revised(&folder);
    let same = || {
        let mut command = diff();
        command.arg("spec/licenses.yaml");
        command
    };
    Ran::of(against(&revised).args(["--fail-on", "breaking"])).exits_with(1);
    Ran::of(against(&revised).args(["--fail-on", "any"])).exits_with(1);
    let ran = Ran::of(same().args(["--fail-on", "any"])).exits_with(0);
    assert!(ran.stdout.contains("nothing changed"), "{}", ran.stdout);
    Ran::of(diff().arg("nowhere.yaml")).exits_with(2);
    let ran = Ran::of(diff().arg("git:HEAD")).exits_with(2);
    assert!(ran.stderr.contains("git:REV:PATH"), "{}", ran.stderr);
}

#[test]
fn a_document_that_is_refused_says_why() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("broken.yaml");
    fs::write(&path, "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: 7\n").unwrap();
    let ran = Ran::of(diff().arg(&path).arg(&path)).exits_with(1);
    assert!(ran.stderr.contains("broken.yaml:3") && ran.stdout.is_empty(), "{}\n{}", ran.stderr, ran.stdout);
    assert_eq!(ran.last_message(), "the older document is refused, so there is nothing to compare");
}

#[test]
fn each_format_is_what_its_reader_takes() {
    let folder = TempDir::new().unwrap();
    let revised = revised(&folder);
    let format = |name: &str| Ran::of(against(&revised).args(["--format", name])).exits_with(0).stdout;
    assert!(format("markdown").contains("### Breaking\n\n| change | Rust callers |"));
    let json: serde_json::Value = serde_json::from_str(&format("json")).unwrap();
    assert_eq!(json["bump"], "breaking");
    assert_eq!(json["new"]["version"], "2026.2.0");
    let github = format("github");
    assert!(github.lines().any(|line| line.starts_with("::error file=") && line.contains("read_license")), "{github}");
}

/// A repository of its own, as a maintainer's is: the revision before is in its history.
#[test]
fn a_revision_may_be_one_of_git() {
    let committed = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(workspace()).output();
    if !committed.is_ok_and(|output| output.status.success()) {
        // An unpacked archive has no history.
        return;
    }
    let ran = Ran::of(diff().arg("git:HEAD:spec/licenses.yaml").args(["--format", "json"])).exits_with(0);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.stdout).is_ok(), "{}", ran.stdout);
    let ran = Ran::of(diff().arg("git:no-such-revision:spec/licenses.yaml")).exits_with(2);
    assert!(ran.stderr.contains("no such revision"), "{}", ran.stderr);
    let ran = Ran::of(diff().arg("git:--help:spec/licenses.yaml")).exits_with(2);
    assert!(ran.stderr.contains("git:REV:PATH"), "{}", ran.stderr);
}
