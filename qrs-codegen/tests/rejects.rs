//! Each kind of problem, with the message that a user sees: `rejects/CODE.yaml` is a document that has it, with an
//! overlay beside it where it takes one, and `rejects/CODE.txt` is what is said of it.
//!
//! `UPDATE_EXPECT=1 cargo test -p qrs-codegen --test rejects` writes the messages anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use qrs_codegen::diagnostic::{Severity, Style};
use qrs_codegen::{Input, Source, generate};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejects")
}

/// What is said of a document, and the codes and severities of it.
fn rejected(name: &str) -> (String, Vec<(&'static str, Severity)>) {
    let read = |name: &str| fs::read_to_string(folder().join(name));
    let text = read(&format!("{name}.yaml")).unwrap_or_default();
    let overlay = read(&format!("{name}.overlay.yaml")).ok();
    // Hand-written modules, where a fixture is about them.
    let module = read(&format!("{name}.modules/types.rs")).ok();
    let module = module.as_deref().map(|text| Source { name: "types.rs", text });
    let input = Input {
        modules: module.as_slice(),
        document: Source { name: "document.yaml", text: &text },
        overlay: overlay.as_deref().map(|text| Source { name: "overlay.yaml", text }),
        command: "cargo xtask codegen",
    };
    let report = match generate(&input) {
        Ok(generated) => generated.report,
        Err(report) => *report,
    };
    let found = report.diagnostics().map(|found| (found.problem.code(), found.severity)).collect();
    (report.render(Style::Plain), found)
}

fn fixtures() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned())).filter(|name| !name.contains('.')).collect()
}

#[test]
fn each_kind_of_problem_has_its_message() {
    for name in fixtures() {
        let (message, found) = rejected(&name);
        if name != "many" {
            assert!(found.iter().any(|(code, _)| *code == name), "{name}.yaml has no such problem:\n{message}");
        }
        expect_file![folder().join(format!("{name}.txt"))].assert_eq(&message);
    }
}

#[test]
fn every_kind_of_problem_has_a_fixture() {
    // What a fixture of a few lines cannot show: 64 MiB of text, 1000 problems, and defects of the generator itself.
    let without = ["too-large", "too-many-problems", "defect"];
    let known: BTreeSet<String> = qrs_codegen::diagnostic::Problem::CODES.iter().map(ToString::to_string).collect();
    let mut shown = fixtures();
    assert!(shown.remove("many"));
    shown.extend(without.map(str::to_owned));
    assert_eq!(shown, known);
}

#[test]
fn one_run_reports_the_problems_of_every_stage_in_the_order_of_the_texts() {
    let (_, found) = rejected("many");
    let codes: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
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
    let report =
        generate(&Input { document, overlay: None, modules: &[], command: "test" }).expect_err("it has duplicate keys");
    assert!(report.diagnostics().any(|found| found.problem.code() == "too-many-problems"));
    assert!(report.diagnostics().count() <= 1_001);
}

#[test]
fn a_text_of_more_than_64_mib_is_refused() {
    let text = " ".repeat((64 << 20) + 1);
    let document = Source { name: "document.yaml", text: &text };
    let report =
        generate(&Input { document, overlay: None, modules: &[], command: "test" }).expect_err("it is too large");
    let codes: Vec<&str> = report.diagnostics().map(|found| found.problem.code()).collect();
    assert_eq!(codes, ["too-large"]);
}
