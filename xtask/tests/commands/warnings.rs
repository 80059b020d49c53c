//! `cargo xtask codegen --deny-warnings`, run as a user runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Generates from a document with a warning (no description of a response) or without; the exit code and what was said.
fn codegen(folder: &Path, document: &str, options: &[&str]) -> (Option<i32>, String) {
    fs::write(folder.join("api.yaml"), document).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--spec", "api.yaml", "--out", "client"])
        .args(options)
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
}

const SOUND: &str = "\
openapi: 3.1.0
info: { title: Greetings, version: 1.0.0 }
paths: { /a: { get: { operationId: getA, responses: { '200': { description: Fine. } } } } }
";

#[test]
fn a_warning_is_an_error_where_warnings_are_denied() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let doubtful = SOUND.replace("{ description: Fine. }", "{}");
    let (code, said) = codegen(folder, &doubtful, &["--deny-warnings"]);
    assert_eq!(code, Some(1), "{said}");
    let last = "1 warning\nparts that are not generated as they are written: 1 missing-key\n\
                warnings are denied: client was left as it was\n";
    assert!(said.ends_with(last), "{said}");
    assert!(!folder.join("client").exists());

    let (code, said) = codegen(folder, &doubtful, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 warning\n"), "{said}");
    let (code, said) = codegen(folder, &doubtful, &["--check"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = codegen(folder, &doubtful, &["--check", "--deny-warnings"]);
    assert_eq!(code, Some(1), "{said}");

    let (code, said) = codegen(folder, SOUND, &["--deny-warnings"]);
    assert_eq!(code, Some(0), "{said}");
}

/// Two places that are far from each other, one after the other in a report.
const FAR: &str = "\
openapi: 3.2.0
info: { title: Greetings, version: 1.0.0 }
paths:
  /a:
    parameters:
      - { name: q, in: querystring, content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
    get:
      operationId: getA
      summary: |
        One
        of
        many
        lines
      parameters:
        - { name: r, in: querystring, content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
      responses: { '200': { description: Fine. } }
";

#[test]
fn the_arrow_to_a_further_place_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (_, said) = codegen(folder.path(), FAR, &[]);
    assert!(said.lines().any(|line| line.trim_start().starts_with("::: api.yaml:")), "{said}");
    assert!(!said.contains(r"\u{3a}"), "{said}");
}
