//! `cargo xtask codegen` with `--include`, `--report` and `--effective`, run as a user runs it.

use std::fs;
use std::process::Command;

use crate::support::{Ran, xtask};

const SWAGGER: &str = "\
swagger: '2.0'
info: { title: Rules, version: 1.0.0 }
host: example.com
paths:
  /rules: { get: { operationId: getRules, responses: { '200': { description: All., schema: { $ref: '#/definitions/Rule' } } } } }
  /users: { get: { operationId: getUsers, responses: { '200': { description: All., schema: { $ref: '#/definitions/User' } } } } }
definitions:
  Rule: { type: object, properties: { any: {}, context: { type: contxt } } }
  User: { type: object, properties: { name: { type: string } } }
";

#[test]
fn a_part_is_chosen_and_the_run_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let run = |options: &[&str]| {
        fs::write(folder.path().join("api.yaml"), SWAGGER).unwrap();
        let mut command = Command::new(xtask());
        command.args(["codegen", "--spec", "api.yaml", "--out", "client"]).args(options).current_dir(folder.path());
        Ran::of(&mut command)
    };
    let ran = run(&["--include", "/rules", "--report", "-", "--effective", "effective.yaml"]).exits_with(0);
    assert!(ran.stdout.starts_with("api.yaml: 1 operations, 1 types\n"), "{}", ran.stdout);
    for row in ["| degraded | unknown-value | 1", "| types::Rule::any     | its schema says nothing of its values"] {
        assert!(ran.stdout.contains(row), "{}", ran.stdout);
    }
    let effective = fs::read_to_string(folder.path().join("effective.yaml")).unwrap();
    for (text, is_there) in
        [("openapi: 3.0.4\n", true), ("url: https://example.com\n", true), ("Rule:\n", true), ("User", false)]
    {
        assert_eq!(effective.contains(text), is_there, "{effective}");
    }
    assert!(!fs::read_to_string(folder.path().join("client/src/types.rs")).unwrap().contains("User"));

    run(&["--include", "/rules", "--report", "report.json"]).exits_with(0);
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["warnings"]["unknown-value"], 1);
    assert_eq!(report["untyped"][0]["pointer"], "/definitions/Rule/properties/any");
    let line = SWAGGER.lines().position(|line| line.contains("any:")).unwrap() + 1;
    let at = report["untyped"][0]["at"].as_str().unwrap();
    assert!(at.starts_with(&format!("api.yaml:{line}:")), "{at}");
    assert_eq!(report["untyped"].as_array().unwrap().len(), 2);

    let ran = run(&["--exclude", "/rules/**", "--check"]).exits_with(1);
    assert!(ran.last_message().ends_with("--out client --exclude '/rules/**'"), "{}", ran.stderr);
    let ran = run(&["--include", "/apps"]).exits_with(1);
    assert!(ran.stderr.contains("error[stale-choice]"), "{}", ran.stderr);
}
