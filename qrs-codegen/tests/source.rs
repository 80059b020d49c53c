//! Checks how the generator reads documents: their notations, and texts that cannot be read.

// `expect-test` writes its strings so.
#![allow(clippy::needless_raw_string_hashes)]

use expect_test::{Expect, expect};
use qrs_codegen::diagnostic::Severity;
use qrs_codegen::report::Style;
use qrs_codegen::{Generated, Input, NoFiles, Source, generate};
use serde_json::Value;

const LICENCES: &str = include_str!("../../spec/licenses.yaml");
const LIBRARY: &str = include_str!("revisions/base.yaml");

fn run(text: &str, overlay: Option<&str>) -> Result<Generated, String> {
    let document = Source { name: "api.yaml", text };
    let overlay = overlay.map(|text| Source { name: "overlay.yaml", text });
    generate(&Input { document, overlays: overlay.as_slice(), files: &NoFiles, modules: &[], command: "generate" })
        .map_err(|report| {
            assert!(report.has_errors() && report.count(Severity::Error) > 0);
            report.render(Style::Plain)
        })
}

#[track_caller]
fn refused(text: &str, overlay: Option<&str>, expected: &Expect) {
    expected.assert_eq(&run(text, overlay).err().unwrap_or_default());
}

#[test]
fn the_notation_makes_no_difference() {
    let files = |text: &str| {
        let mut files = run(text, None).unwrap().files;
        // It holds the hash of the text.
        assert!(files.remove("src/contract.rs").is_some());
        files
    };
    let yaml = files(LICENCES);
    let value: Value = serde_yaml::from_str(LICENCES).unwrap();
    for json in [value.to_string(), serde_json::to_string_pretty(&value).unwrap().replace("  ", "\t")] {
        assert!(files(&json) == yaml);
    }
    // Line ends of another system, and a byte order mark.
    let windows = format!("\u{feff}{}", LICENCES.replace('\n', "\r\n"));
    assert!(files(&windows) == yaml);
}

#[test]
fn both_texts_are_read_before_anything_is_refused() {
    refused(
        "openapi: 3.1.0\ninfo:\n  title: A\n  version: 1.0.0\n  title: B\npaths:\n  /a:\n    get: {}\n  /a:\n    get: {}\n",
        Some("overlay: 1.0.0\nactions:\n  - target: $.info\n    update: {a: [1}\n"),
        &expect![[r#"
            warning[duplicate-key]: the key `title` is given twice
             --> api.yaml:5:3
              |
            5 |   title: B
              |   ^^^^^
              |
             ::: api.yaml:3:3
              |
            3 |   title: A
              |   ----- first given here
              |
              = note: at /info/title
              = help: the last one counts

            warning[duplicate-key]: the key `/a` is given twice
             --> api.yaml:9:3
              |
            9 |   /a:
              |   ^^
              |
             ::: api.yaml:7:3
              |
            7 |   /a:
              |   -- first given here
              |
              = note: at /paths/~1a
              = help: the last one counts

            error[syntax]: while parsing a flow sequence, expected ',' or ']'
             --> overlay.yaml:4:19
              |
            4 |     update: {a: [1}
              |                   ^
              |
              = note: at /actions/0/update/a/1

            1 error, 2 warnings
        "#]],
    );
}

#[test]
fn an_error_in_one_long_line_is_shown_in_one_short_one() {
    let value: Value = serde_yaml::from_str(LIBRARY).unwrap();
    let json = value.to_string();
    let broken = json.replacen("\"responses\":", "\"responses\"", 1);
    refused(
        &broken,
        None,
        &expect![[r#"
            error[syntax]: expected `:`
             --> api.yaml:1:662
              |
              |
            1 | …/components/schemas/Sort"}}],"responses"{"200":{"description":"The books.","content":{"application/json":{"schema":{"typ…
              |                                          ^

            1 error
        "#]],
    );
}

#[test]
fn hostile_documents_are_refused() {
    for text in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        "- ".repeat(100_000),
        "a: &a [*a]\n".to_owned(),
        "\0".to_owned(),
        String::new(),
        format!("{LICENCES}---\n{LICENCES}"),
    ] {
        assert!(run(&text, None).is_err_and(|report| report.len() < 100_000));
    }
}

const OVERLAID: &str = r#"
openapi: 3.1.0
info: { title: API, version: "1" }
paths:
  /a: { get: { operationId: first, tags: [x, y], responses: { "204": { description: Done } } } }
  /b: { get: { operationId: second, responses: { "204": { description: Done } } } }
"#;

fn overlay(version: &str, actions: &str) -> String {
    format!("overlay: {version}\ninfo: {{ title: O, version: '1' }}\nactions:\n{actions}")
}

fn with_overlays(overlays: &[Source<'_>]) -> Result<Generated, String> {
    let document = Source { name: "api.yaml", text: OVERLAID };
    generate(&Input { document, overlays, files: &NoFiles, modules: &[], command: "generate" })
        .map_err(|report| report.render(Style::Plain))
}

#[test]
fn an_overlay_of_1_1_acts_on_primitive_values() {
    let actions = "- target: $.paths['/a'].get.operationId\n  remove: true\n\
                   - target: $.info.title\n  update: Renamed\n\
                   - target: $.paths['/a'].get.tags[?@ == 'x']\n  remove: true\n";
    let text = overlay("1.1.0", actions);
    let files = with_overlays(&[Source { name: "overlay.yaml", text: &text }]).unwrap().files;
    assert!(files["src/contract.rs"].contains("Renamed"));
    assert!(files["src/operations/y.rs"].contains("fn get_a("));
    assert!(files["src/operations/untagged.rs"].contains("fn second("));
    let text = overlay("1.1.0", "- target: $.info.title\n  update: { text: A }\n");
    let refused = with_overlays(&[Source { name: "overlay.yaml", text: &text }]).unwrap_err();
    assert!(refused.contains("a primitive value is updated by a primitive value"), "{refused}");
}

#[test]
fn overlays_are_applied_in_their_order_and_named_in_problems() {
    let first = overlay("1.0.0", "- target: $.info\n  update: { x-step: { at: one } }\n");
    let second = overlay("1.0.0", "- target: $.info.x-step\n  update: { at: two }\n- target: $.gone\n  remove: true\n");
    let third = overlay("1.0.0", "- target: $.paths['/b'].get\n  update: { parameter: [] }\n");
    let sources = [("one.yaml", &first), ("two.yaml", &second), ("three.yaml", &third)];
    let refused = with_overlays(&sources.map(|(name, text)| Source { name, text })).unwrap_err();
    assert!(refused.contains("the target `$.gone` matches nothing\n --> two.yaml:6:11"), "{refused}");
    assert!(refused.contains("--> three.yaml:5:"), "{refused}");
    assert!(!refused.contains("one.yaml"), "{refused}");
}
