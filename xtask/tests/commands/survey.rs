//! `cargo xtask survey`, run as a user runs it, on a small folder.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SOUND: &str = "\
openapi: 3.1.0
info: { title: Greetings, version: 1.0.0 }
paths:
  /greeting:
    get:
      operationId: getGreeting
      responses:
        '200': { description: A greeting., content: { application/json: { schema: { $ref: '#/components/schemas/Greeting' } } } }
components:
  schemas:
    Greeting: { type: object, properties: { text: { type: string } } }
";

/// Surveys a folder of these files. The crates' dependencies stay compiled between the tests.
fn survey(files: &[(&str, &[u8])], scratch: &str, options: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("survey")
        .arg(folder.path())
        .arg("--scratch")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join(scratch))
        .args(options)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
#[ignore = "compiles the crates of a survey; run by cargo xtask ci"]
fn each_document_gets_its_row() {
    let refused = SOUND.replace("openapi: 3", "openapi: 9");
    let other = SOUND.replace("type: string", "type: integer");
    let overlay = "\
overlay: 1.0.0
info: { title: o, version: '1' }
actions: [{ target: $.paths.*.get, update: { operationId: greet } }]
";
    let files: &[(&str, &[u8])] = &[
        ("sound.yaml", SOUND.as_bytes()),
        ("sound.overlay.yaml", overlay.as_bytes()),
        // A crate of the same title, which must not pass for the one above.
        ("sound.yml", other.as_bytes()),
        ("refused.yaml", refused.as_bytes()),
        ("swagger.json", br#"{"swagger":"1.2","info":{"title":"Old","version":"1"},"paths":{}}"#),
        ("binary.json", b"\x7fELF\x00\xff\xfe"),
        ("notes.txt", b"not a document"),
    ];
    let ran = survey(files, "rows", &["--json", "--jobs", "2"]);
    let (stdout, stderr) = (text(&ran.stdout), text(&ran.stderr));
    assert_eq!(ran.status.code(), Some(0), "{stdout}{stderr}");
    let rows: Vec<Value> = serde_json::from_str(&stdout).unwrap();
    let column = |key: &str| -> Vec<Value> { rows.iter().map(|row| row[key].clone()).collect() };
    assert_eq!(column("document"), ["binary.json", "refused.yaml", "sound.yaml", "sound.yml", "swagger.json"]);
    assert_eq!(column("outcome"), ["refused", "refused", "compiles", "compiles", "refused"]);
    assert_eq!(rows[0]["reasons"][0]["code"], "unreadable");
    assert_eq!(rows[1]["reasons"][0]["code"], "unsupported-version");
    assert_eq!(rows[1]["reasons"][0]["place"], "refused.yaml:1:10");
    assert_eq!(rows[4]["reasons"][0]["code"], "unsupported-version");
    assert_eq!(rows[4]["openapi"], "1.2");
    for row in &rows[2..4] {
        assert_eq!((&row["operations"], &row["types"], &row["errors"]), (&1.into(), &1.into(), &0.into()), "{row}");
        assert!(row["lines"].as_u64().unwrap() > 100, "{row}");
        assert!(row["generate"]["memory"].as_u64().unwrap() > 1 << 20, "{row}");
        assert!(row["check"]["cost"]["memory"].as_u64().unwrap() > 1 << 20, "{row}");
    }
    assert_ne!(rows[2]["crate"], rows[3]["crate"]);

    // The same folder, a document less: what is left of the other's crate must not be compiled.
    let ran = survey(&files[3..4], "rows", &[]);
    let stdout = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(0), "{stdout}{}", text(&ran.stderr));
    assert!(stdout.contains("refused.yaml: refused\n  refused.yaml:1:10: "), "{stdout}");
    assert!(stdout.ends_with("\n1 document: 1 refused\n"), "{stdout}");
    let crates = fs::read_dir(Path::new(env!("CARGO_TARGET_TMPDIR")).join("rows/crates")).unwrap();
    assert_eq!(crates.count(), 0);
}

#[test]
fn a_generator_that_does_not_come_to_an_end_fails_the_survey() {
    let mut long = SOUND.replace("paths:\n", "paths:\n  /0: { get: { responses: { '204': { description: '' } } } }\n");
    for number in 0..2_000 {
        _ = writeln!(long, "    A{number}: {{ type: object, properties: {{ text: {{ type: string }} }} }}");
    }
    let ran = survey(&[("long.yaml", long.as_bytes())], "crash", &["--timeout", "0"]);
    let stdout = text(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{stdout}{}", text(&ran.stderr));
    assert!(stdout.contains("long.yaml: the generator crashed: no end after 0 s"), "{stdout}");
    assert!(stdout.ends_with("\n1 document: 1 crashed\n"), "{stdout}");
}

#[test]
fn a_folder_with_something_else_in_it_is_no_scratch_folder() {
    let mine = tempfile::tempdir().unwrap();
    fs::write(mine.path().join("thesis.tex"), "").unwrap();
    let ran = survey(&[("sound.yaml", SOUND.as_bytes())], &mine.path().to_string_lossy(), &[]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("neither empty nor the scratch folder of a survey"));
    assert_eq!(fs::read_dir(mine.path()).unwrap().count(), 1);
}

/// On a fresh machine, nothing that the crates depend on has been fetched.
#[test]
fn what_the_crates_depend_on_is_fetched_or_the_way_to_it_is_told() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("sound.yaml"), SOUND).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("survey").arg(folder.path()).arg("--scratch").arg(folder.path().join("scratch"));
    let ran = command.env("CARGO_HOME", home.path()).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    let stderr = text(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("could not fetch what the generated crates depend on"), "{stderr}");
    assert!(stderr.contains("connect to the network and run this again"), "{stderr}");
}
