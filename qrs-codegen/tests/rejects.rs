//! Checks the message of each kind of problem: `rejects/CODE.yaml` is a document with that problem alone, and perhaps an
//! overlay beside it; `rejects/CODE.txt` is the report. A kind that occurs in several places has a document for each,
//! `rejects/CODE.PLACE.yaml`. A document may be JSON.
//!
//! `UPDATE_EXPECT=1 cargo test -p qrs-codegen --test rejects` rewrites the messages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/files.rs"]
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use qrs_codegen::diagnostic::{Origin, Problem};
use qrs_codegen::report::{Report, Style};
use qrs_codegen::{Input, NoFiles, Source, generate};

use files::Folder;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejects")
}

/// The report on a fixture.
fn rejected(name: &str, file: &str) -> Report {
    let read = |name: &str| fs::read_to_string(folder().join(name));
    let text = read(file).unwrap();
    let overlay = read(&format!("{name}.overlay.yaml")).ok();
    // Hand-written modules, where a fixture is about them.
    let module = read(&format!("{name}.modules/types.rs")).ok();
    let module = module.as_deref().map(|text| Source { name: "types.rs", text });
    let called = format!("document{}", &file[name.len()..]);
    // Files that the document may refer to, where a fixture is about them.
    let files = Folder::new(folder().join(format!("{name}.files")));
    let overlay = overlay.as_deref().map(|text| Source { name: "overlay.yaml", text });
    let input = Input {
        files: &files,
        modules: module.as_slice(),
        document: Source { name: &called, text: &text },
        overlays: overlay.as_slice(),
        command: "cargo xtask codegen",
    };
    match generate(&input) {
        Ok(generated) => {
            assert!(!generated.report.has_errors(), "{name} has errors, and yet a client");
            generated.report
        }
        Err(report) => {
            assert!(report.has_errors(), "{name} has no error, and yet no client");
            *report
        }
    }
}

/// The file of each fixture's document, by the fixture's name.
fn fixtures() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".json")) else { continue };
        if !name.ends_with(".overlay") {
            let other = found.insert(name.to_owned(), file.clone());
            assert_eq!(other, None, "both have their message in {name}.txt");
        }
    }
    found
}

/// The part of a fixture's name before the first dot.
fn code(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

#[test]
fn each_kind_of_problem_has_its_message() {
    let changed: Vec<String> = fixtures()
        .into_iter()
        .filter(|(name, file)| {
            let message = rejected(name, file).render(Style::Plain);
            let expected = folder().join(format!("{name}.txt"));
            // The others are compared too.
            catch_unwind(|| expect_file![expected].assert_eq(&message)).is_err()
        })
        .map(|(name, _)| name)
        .collect();
    assert!(changed.is_empty(), "these have other messages now: {changed:?}");
}

#[test]
fn a_fixture_has_problems_of_its_kind_alone() {
    for (name, file) in fixtures().iter().filter(|(name, _)| *name != "many") {
        let report = rejected(name, file);
        let codes: BTreeSet<&str> = report.diagnostics().map(|found| found.problem.code()).collect();
        assert_eq!(codes, BTreeSet::from([code(name)]), "{name}:\n{report}");
    }
}

#[test]
fn problems_come_in_the_order_of_the_texts() {
    for (name, file) in &fixtures() {
        let report = rejected(name, file);
        let mut files: Vec<String> = Vec::new();
        let places: Vec<(Origin, (usize, usize))> = report
            .diagnostics()
            .filter_map(|found| {
                let position = report.position(found)?;
                // What an overlay brought is shown there, though it is a problem of the document.
                let origin = match position.file {
                    "overlay.yaml" => Origin::Overlay(0),
                    file if file.starts_with("document.") => Origin::Document,
                    file => {
                        let known = files.iter().position(|known| known == file);
                        Origin::File(known.unwrap_or_else(|| {
                            files.push(file.to_owned());
                            files.len() - 1
                        }))
                    }
                };
                Some((origin, (position.line, position.column)))
            })
            .collect();
        assert!(places.is_sorted(), "{name}:\n{report}");
    }
}

#[test]
fn a_message_holds_nothing_that_a_terminal_obeys() {
    for (name, file) in &fixtures() {
        let message = rejected(name, file).render(Style::Plain);
        let obeyed = message.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(obeyed, None, "{name}");
    }
}

#[test]
fn every_kind_of_problem_has_a_fixture() {
    // What a fixture of a few lines cannot show: 64 MiB of text, 1000 problems, and defects of the generator itself.
    let without = ["too-large", "too-many-problems", "defect"];
    let known: BTreeSet<&str> = Problem::CODES.iter().copied().collect();
    let fixtures = fixtures();
    let mut shown: BTreeSet<&str> = fixtures.keys().map(String::as_str).filter(|name| !name.contains('.')).collect();
    assert!(shown.remove("many"));
    shown.extend(without);
    assert_eq!(shown, known);
}

#[test]
fn every_message_belongs_to_a_fixture() {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let fixtures = fixtures();
    for file in files {
        let name =
            [".txt", ".overlay.yaml", ".modules", ".files"].into_iter().find_map(|ending| file.strip_suffix(ending));
        assert!(name.is_none_or(|name| fixtures.contains_key(name)), "{file} is left over");
    }
}

#[test]
fn one_run_reports_the_problems_of_every_stage_in_the_order_of_the_texts() {
    let report = rejected("many", "many.yaml");
    let codes: Vec<&str> = report.diagnostics().map(|found| found.problem.code()).collect();
    assert_eq!(
        codes,
        [
            "missing-key",
            "undeclared-path-parameter",
            "unknown-key",
            "dangling-reference",
            "name-collision",
            "unknown-value",
            "unsupported",
            "stale-action"
        ]
    );
}

#[test]
fn one_thousand_problems_are_enough() {
    let mut text = "openapi: 3.1.0\ninfo: { title: API, version: 1.0.0 }\npaths: {}\nx-a:\n".to_owned();
    text.push_str(&"  a: 1\n".repeat(5_000));
    let document = Source { name: "document.yaml", text: &text };
    let report = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" })
        .expect_err("it has duplicate keys");
    assert!(report.diagnostics().any(|found| found.problem.code() == "too-many-problems"));
    assert!(report.diagnostics().count() <= 1_001);
}

#[test]
fn two_hundred_problems_of_a_severity_are_shown_and_all_are_counted() {
    let mut text = "openapi: 3.1.0\ninfo: { title: API, version: 1.0.0 }\npaths:\n".to_owned();
    for index in 0..300 {
        let operation = "{ get: { responses: { '204': { description: '' } } } }";
        let _ = writeln!(text, "  '/a{index}/{{id}}': {operation}");
    }
    let document = Source { name: "document.yaml", text: &text };
    let generated = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" })
        .expect("each place is taken for a string");
    let shown = generated.report.render(Style::Plain);
    assert_eq!(shown.matches("warning[undeclared-path-parameter]").count(), 200);
    assert!(shown.contains("\n200 of 300 warnings are shown\n300 warnings"), "{}", &shown[shown.len() - 200..]);
}

#[test]
fn a_text_of_more_than_64_mib_is_refused() {
    let text = " ".repeat((64 << 20) + 1);
    let document = Source { name: "document.yaml", text: &text };
    let report = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" })
        .expect_err("it is too large");
    let codes: Vec<&str> = report.diagnostics().map(|found| found.problem.code()).collect();
    assert_eq!(codes, ["too-large"]);
}
