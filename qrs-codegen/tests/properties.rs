//! Checks the properties of every document on random ones.

#![allow(clippy::panic, reason = "a property that does not hold fails its test")]

#[path = "support/random.rs"]
mod random;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{ProptestConfig, any};
use proptest::{collection, proptest};
use qrs_codegen::report::Report;
use qrs_codegen::{Input, NoFiles, Source, generate};
use serde_json::{Value, json};

type Files = BTreeMap<String, String>;

fn run(text: &str) -> Result<Files, Box<Report>> {
    let document = Source { name: "random.json", text };
    let result = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" });
    let report = match &result {
        Ok(generated) => &generated.report,
        Err(report) => &**report,
    };
    let defect = report.diagnostics().find(|found| found.problem.code() == "defect");
    assert!(defect.is_none(), "{report}\n{text}");
    result.map(|generated| generated.files)
}

/// The files that depend on the document.
fn sources(files: &Files) -> impl Iterator<Item = (&String, &String)> {
    let is_source = |name: &str| std::path::Path::new(name).extension().is_some_and(|kind| kind == "rs");
    files.iter().filter(move |(name, _)| is_source(name) && !name.starts_with("src/runtime/"))
}

/// The names that a user of the crate can use: each public item and method, by its file.
fn names(files: &Files) -> BTreeSet<String> {
    let public = |(name, text): (&String, &String)| {
        let lines = text.lines().map(str::trim_start).filter(|line| line.starts_with("pub "));
        let word = |line: &str| line.split([' ', '(', '<', '{', ';', ':', '=']).take(3).collect::<Vec<_>>().join(" ");
        lines.map(|line| format!("{name}: {}", word(line))).collect::<Vec<_>>()
    };
    sources(files).flat_map(public).collect()
}

/// The document with one more schema and one more operation, each at the end.
fn extended(document: &Value) -> Value {
    let mut extended = document.clone();
    let added = json!({ "type": "object", "properties": { "added": { "type": "string" } } });
    let operation = json!({
        "tags": ["added"], "operationId": "a",
        "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/AddedLast" } } } } },
    });
    if let Some(schemas) = extended.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.insert("AddedLast".to_owned(), added);
    }
    if let Some(paths) = extended.pointer_mut("/paths").and_then(Value::as_object_mut) {
        paths.insert("/added/last".to_owned(), json!({ "get": operation }));
    }
    extended
}

/// Checks all properties of the document that these bytes make.
fn holds(bytes: &[u8]) {
    let document = random::document(bytes);
    let text = document.to_string();
    let first = run(&text);
    let Ok(files) = first else { return };
    for (name, text) in sources(&files) {
        if let Err(error) = syn::parse_file(text) {
            panic!("{name} is not Rust: {error}\n{text}");
        }
    }
    assert!(run(&text).is_ok_and(|again| again == files), "equal documents give other files");
    if let Ok(more) = run(&extended(&document).to_string()) {
        let (before, after) = (names(&files), names(&more));
        let lost: Vec<&String> = before.difference(&after).collect();
        assert!(lost.is_empty(), "something was added, and these are gone: {lost:?}\n{text}");
    }
}

/// Fewer cases than proptest's default, each of which generates two or three crates. `PROPTEST_CASES=5000` tries more.
fn config() -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 100 };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_documents(bytes in collection::vec(any::<u8>(), 0..600)) {
        holds(&bytes);
    }

    #[test]
    fn random_swagger_documents(bytes in collection::vec(any::<u8>(), 0..600)) {
        let text = random::swagger(&bytes).to_string();
        let Ok(files) = run(&text) else { return Ok(()) };
        for (name, source) in sources(&files) {
            if let Err(error) = syn::parse_file(source) {
                panic!("{name} is not Rust: {error}\n{text}");
            }
        }
    }

    #[test]
    fn any_text(text in "\\PC*") {
        _ = run(&text);
    }

    #[test]
    fn texts_like_documents(text in "(openapi: 3\\.[0-3]\\.0\n)?(info|paths|components|'?[a-z]{1,3}'?|&a|\\*a|<<|[-?|>{}\\[\\],#%!\"]|[0-9.eE+]{1,4}|: |\n {0,6}){0,60}") {
        _ = run(&text);
    }
}

#[test]
fn enough_of_the_random_documents_are_accepted() {
    let mut state = 1_u32;
    let accepted = (0..200).filter(|_| {
        let bytes: Vec<u8> = (0..300)
            .map(|_| {
                // A linear congruential generator: the same documents in every run.
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        run(&random::document(&bytes).to_string()).is_ok()
    });
    let accepted = accepted.count();
    println!("{accepted} of 200");
    assert!(accepted > 20, "only {accepted} of 200: the properties of clients would hold of nothing");
}
