//! `cargo xtask revise`, run as a maintainer runs it, in a repository of its own.

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

/// A repository with the files of this one, all of them committed.
struct Repository {
    root: TempDir,
    elsewhere: TempDir,
}

impl Repository {
    fn new() -> Self {
        let (root, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            fs::create_dir_all(root.path().join(&folder)).unwrap();
            for entry in fs::read_dir(workspace().join(&folder)).unwrap() {
                let entry = entry.unwrap();
                let path = folder.join(entry.file_name());
                let skipped = [".git", "target"].iter().any(|name| entry.file_name() == *name);
                match entry.file_type().unwrap() {
                    _ if skipped => {}
                    kind if kind.is_dir() => open.push(path),
                    _ => _ = fs::copy(entry.path(), root.path().join(path)).unwrap(),
                }
            }
        }
        let repository = Self { root, elsewhere };
        repository.git(&["init", "--quiet"]);
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "core.autocrlf=false"];
        let output = command.args(identity).args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "All"]);
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }

    /// The document with some of it replaced, outside of the repository.
    fn revised(&self, edits: &[(&str, &str)]) -> PathBuf {
        let mut text = self.read("spec/licenses.yaml");
        for (from, to) in edits {
            assert!(text.contains(from), "`{from}`");
            text = text.replace(from, to);
        }
        let path = self.elsewhere.path().join("revised.yaml");
        fs::write(&path, text).unwrap();
        path
    }

    fn task(&self, name: &str) -> Command {
        let mut command = Command::new(xtask());
        command.arg(name).current_dir(self.path()).env("CARGO_MANIFEST_DIR", self.path().join("xtask"));
        command.env("CARGO_PKG_NAME", "xtask");
        command
    }

    fn revise(&self, revised: &Path) -> Command {
        let mut command = self.task("revise");
        command.arg(revised);
        command
    }
}

const VERSION: (&str, &str) = ("version: 2025.11.0", "version: 2026.2.0");
const RENAMED: (&str, &str) = ("operationId: getLicense\n", "operationId: readLicense\n");

#[test]
fn a_revision_is_taken_in_whole() {
    let repository = Repository::new();
    let revised = repository.revised(&[VERSION, RENAMED]);
    let ran = Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert!(ran.stdout.contains("Write `Client::read_license` for `Client::get_license`."), "{}", ran.stdout);
    assert!(ran.stderr.contains("qrs-generated 0.1.0 becomes 0.2.0"), "{}", ran.stderr);
    assert!(ran.stderr.contains("git commit -m 'Take in the document 2026.2.0'"), "{}", ran.stderr);

    assert_eq!(repository.read("spec/licenses.yaml"), fs::read_to_string(&revised).unwrap(), "byte for byte");
    assert!(repository.read("qrs-generated/src/operations/license.rs").contains("pub fn read_license"));
    assert!(repository.read("qrs-generated/Cargo.toml").contains("version = \"0.2.0\""));
    assert!(repository.read("Cargo.lock").contains("name = \"qrs-generated\"\nversion = \"0.2.0\""));
    let changelog = repository.read("CHANGELOG.md");
    let entry = changelog.split_once("## qrs-generated 0.2.0\n\nFrom the document 2026.2.0.\n").unwrap().1;
    assert!(entry.contains("### Breaking\n\n- operation: GET /license (readLicense) was"), "{entry}");
    assert!(changelog.find("## Unreleased") < changelog.find("## qrs-generated 0.2.0"));

    // What is committed then is what the generator gives.
    repository.commit();
    Ran::of(repository.task("codegen").arg("--check")).exits_with(0);
    let again = Ran::of(&mut repository.revise(&revised)).exits_with(0);
    assert!(again.last_message().ends_with("there is nothing to take in"), "{}", again.stderr);
    assert_eq!(repository.status(), "");
}

#[test]
fn documentation_alone_is_a_step_that_nobody_notices() {
    let repository = Repository::new();
    let revised = repository.revised(&[VERSION]);
    Ran::of(repository.revise(&revised).arg("--no-test")).exits_with(0);
    assert!(repository.read("qrs-generated/Cargo.toml").contains("version = \"0.1.1\""));
    assert!(
        repository
            .read("CHANGELOG.md")
            .contains("## qrs-generated 0.1.1\n\nFrom the document 2026.2.0.\n\n### Other\n")
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let repository = Repository::new();
    let ran = Ran::of(repository.revise(&repository.revised(&[RENAMED])).arg("--dry-run")).exits_with(0);
    assert!(ran.stderr.contains("becomes 0.2.0"), "{}", ran.stderr);
    assert_eq!(repository.status(), "");
}

#[test]
fn uncommitted_changes_are_not_put_at_risk() {
    let repository = Repository::new();
    fs::write(repository.path().join("spec/note.txt"), "mine").unwrap();
    let ran = Ran::of(&mut repository.revise(&repository.revised(&[RENAMED]))).exits_with(2);
    assert!(ran.stderr.contains("uncommitted changes") && ran.stderr.contains("spec/note.txt"), "{}", ran.stderr);
    assert_eq!(repository.status(), "?? spec/note.txt\n");
    assert_eq!(repository.read("spec/note.txt"), "mine");
}

#[test]
fn a_document_that_is_refused_changes_nothing() {
    let repository = Repository::new();
    let revised = repository.revised(&[("#/components/schemas/LicenseSet", "#/components/schemas/LicenceSet")]);
    let ran = Ran::of(&mut repository.revise(&revised)).exits_with(1);
    assert!(ran.stderr.contains("the newer document is refused"), "{}", ran.stderr);
    assert_eq!(repository.status(), "");
}

#[test]
fn an_action_of_the_overlay_that_no_longer_applies_is_named() {
    let repository = Repository::new();
    let revised =
        repository.revised(&[("    LicenseSet:", "    LicenceSet:"), ("schemas/LicenseSet", "schemas/LicenceSet")]);
    let ran = Ran::of(&mut repository.revise(&revised)).exits_with(1);
    assert!(ran.stderr.contains("spec/overlay.yaml:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("$.components.schemas.LicenseSet.properties['control', 'lef']"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("an action whose target is gone is to be removed, or given the target's new place"),
        "{}",
        ran.stderr
    );
    assert_eq!(repository.status(), "");
}

#[test]
fn what_fails_on_the_way_is_put_back() {
    let repository = Repository::new();
    // Cargo reads it when everything is written already.
    fs::write(repository.path().join("tests/Cargo.toml"), "no manifest").unwrap();
    repository.commit();
    let ran = Ran::of(&mut repository.revise(&repository.revised(&[VERSION, RENAMED]))).exits_with(1);
    assert_eq!(ran.last_message(), "everything was put back as it was before", "{}", ran.stderr);
    assert_eq!(repository.status(), "");
    assert!(repository.read("spec/licenses.yaml").contains(VERSION.0));
}
