// `expect-test` writes its strings so.
#![allow(clippy::needless_raw_string_hashes)]

use expect_test::{Expect, expect};

use super::{Report, Style};
use crate::diagnostic::quote::shown;
use crate::diagnostic::{At, Diagnostic, Graft, Origin, Pointer, Problem, Severity, Span, is_treacherous};
use crate::source::Source;

const DOCUMENT: &str = "openapi: 3.1.0\ninfo:\n  title: Licences\npaths:\n  /license:\n    get:\n      tags: [a, b]\n      responses: {}\n";

fn pointer(text: &str) -> Pointer {
    Pointer::parse(text).unwrap()
}

fn duplicate(text: &str) -> Diagnostic {
    let pointer = pointer(text);
    let key = pointer.tokens().last().cloned().unwrap_or_default();
    Diagnostic::error(pointer, Problem::DuplicateKey { key })
}

fn report(text: &str, diagnostics: Vec<Diagnostic>) -> Report {
    Report::new(Source { name: "api.yaml", text }, &[], Vec::new(), diagnostics)
}

fn check(report: &Report, expected: &Expect) {
    expected.assert_eq(&report.render(Style::Plain));
}

#[test]
fn pointers_are_escaped() {
    for (text, tokens) in [
        ("", &[] as &[&str]),
        ("/", &[""]),
        ("/paths/~1license~1{id}/get", &["paths", "/license/{id}", "get"]),
        ("/a~0b/~01/0", &["a~b", "~1", "0"]),
    ] {
        let pointer = pointer(text);
        assert_eq!(pointer.tokens(), tokens);
        assert_eq!(pointer.to_string(), text);
    }
    for text in ["a", "#/a", "/~", "/~2", "/a~"] {
        assert_eq!(Pointer::parse(text), None, "{text}");
    }
    assert_eq!(pointer("/a/b").parent(), Some(pointer("/a")));
    assert_eq!(pointer("").parent(), None);
    assert_eq!(pointer("/a").child("b/c"), pointer("/a/b~1c"));
}

#[test]
fn a_descent_becomes_a_pointer() {
    let root = At::ROOT;
    let paths = root.child("paths");
    let path = paths.child("/a");
    let item = path.index(3);
    assert_eq!(item.pointer().to_string(), "/paths/~1a/3");
    assert_eq!(Pointer::from(root), Pointer::default());
}

#[test]
fn a_diagnostic_in_full() {
    check(
        &report(
            DOCUMENT,
            vec![
                duplicate("/paths/~1license/get/tags/1").related(pointer("/paths/~1license/get/tags/0"), "first"),
                Diagnostic::warning(pointer("/paths/~1license/get/responses"), Problem::Empty)
                    .on_key()
                    .related(pointer("/info/title"), "other line")
                    .help("describe one"),
                Diagnostic {
                    severity: Severity::Note,
                    ..Diagnostic::error(pointer("/paths/~1license/get/missing/too"), Problem::BadMerge)
                },
            ],
        ),
        &expect![[r#"
            note[bad-merge]: `<<` merges a mapping or a list of mappings only
             --> api.yaml:6:5
              |
            6 |     get:
              |     ^^^
              |
              = note: at /paths/~1license/get/missing/too

            error[duplicate-key]: the key `1` is given twice
             --> api.yaml:7:17
              |
            7 |       tags: [a, b]
              |              -  ^
              |              |
              |              first
              |
              = note: at /paths/~1license/get/tags/1

            warning[empty]: the document is empty
             --> api.yaml:8:7
              |
            8 |       responses: {}
              |       ^^^^^^^^^
              |
             ::: api.yaml:3:10
              |
            3 |   title: Licences
              |          -------- other line
              |
              = note: at /paths/~1license/get/responses
              = help: describe one

            1 error, 1 warning, 1 note
        "#]],
    );
}

#[test]
fn colours_only_where_asked_for() {
    let report = report(DOCUMENT, vec![duplicate("/info/title")]);
    assert!(!report.render(Style::Plain).contains('\u{1b}'));
    assert!(report.render(Style::Colour).contains('\u{1b}'));
}

#[test]
fn the_order_is_the_documents_and_each_is_told_once() {
    let found = vec![
        duplicate("/paths/~1license"),
        duplicate("/info"),
        Diagnostic::warning(pointer("/info"), Problem::Empty),
        duplicate("/info"),
        duplicate("/openapi"),
        // Both lead to the same ancestor, and are not the same.
        Diagnostic::error(pointer("/info/x"), Problem::Empty),
        Diagnostic::error(pointer("/info/y"), Problem::Empty),
    ];
    let report = report(DOCUMENT, found);
    let order: Vec<String> =
        report.diagnostics().map(|found| format!("{} {}", found.pointer, found.problem.code())).collect();
    assert_eq!(
        order,
        [
            "/openapi duplicate-key",
            "/info duplicate-key",
            "/info empty",
            "/info/x empty",
            "/info/y empty",
            "/paths/~1license duplicate-key"
        ]
    );
    assert_eq!((report.count(Severity::Error), report.count(Severity::Warning)), (5, 1));
    assert!(report.has_errors() && !report.is_empty());
    assert!(report.render(Style::Plain).ends_with("\n5 errors, 1 warning\n"));
}

#[test]
fn what_an_alias_repeats_is_told_once() {
    let text = "a: &a {x: 1}\nb: *a\n";
    let found = |at: &str| Diagnostic::error(pointer(at), Problem::Empty);
    let report = report(text, vec![found("/b/x"), found("/a/x")]);
    assert_eq!(report.diagnostics().count(), 1);
}

#[test]
fn no_problem_no_text() {
    let report = report(DOCUMENT, Vec::new());
    assert!(report.is_empty() && !report.has_errors());
    assert_eq!(report.render(Style::Plain), "");
}

#[test]
fn what_an_overlay_put_there_is_shown_there() {
    let overlay = "overlay: 1.0.0\nactions:\n- target: $.info\n  update:\n    x-a:\n      b: 1\n- target: $.paths.*\n  update:\n    get: {x-c: [1]}\n";
    let grafts = vec![
        Graft { at: vec![pointer("/info")], origin: Origin::Overlay(0), update: pointer("/actions/0/update") },
        Graft {
            at: vec![pointer("/other"), pointer("/paths/~1license")],
            origin: Origin::Overlay(0),
            update: pointer("/actions/1/update"),
        },
    ];
    let found = vec![
        Diagnostic::error(pointer("/actions/1/target"), Problem::Empty).in_text(Origin::Overlay(0)),
        Diagnostic::error(pointer("/info/x-a/b"), Problem::BadMerge),
        Diagnostic::error(pointer("/paths/~1license/get/x-c/0"), Problem::BadMerge),
        // The overlay has no more of it than the document.
        Diagnostic::error(pointer("/info/x-a/c"), Problem::BadMerge),
        Diagnostic::error(pointer("/info/title"), Problem::BadMerge),
    ];
    let document = Source { name: "api.yaml", text: DOCUMENT };
    let report = Report::new(document, &[Source { name: "overlay.yaml", text: overlay }], grafts, found);
    let places: Vec<String> =
        report.diagnostics().map(|found| format!("{} {}", report.position(found).unwrap(), found.pointer)).collect();
    assert_eq!(
        places,
        [
            "api.yaml:2:1 /info/x-a/c",
            "api.yaml:3:10 /info/title",
            "overlay.yaml:6:10 /info/x-a/b",
            "overlay.yaml:7:11 /actions/1/target",
            "overlay.yaml:9:17 /paths/~1license/get/x-c/0",
        ]
    );
}

#[test]
fn places_count_characters() {
    let text = "\u{feff}é: \"größe\"\r\n\r\n  \t\r\nüü: [ä, {x: ö}]\r\n";
    let found = vec![duplicate("/é"), duplicate("/üü/0"), duplicate("/üü/1/x")];
    let report = report(text, found);
    let places: Vec<String> = report.diagnostics().map(|found| report.position(found).unwrap().to_string()).collect();
    assert_eq!(places, ["api.yaml:1:4", "api.yaml:4:6", "api.yaml:4:13"]);
    check(
        &report,
        &expect![[r#"
            error[duplicate-key]: the key `é` is given twice
             --> api.yaml:1:4
              |
            1 | é: "größe"
              |    ^^^^^^^
              |
              = note: at /é

            error[duplicate-key]: the key `0` is given twice
             --> api.yaml:4:6
              |
            4 | üü: [ä, {x: ö}]
              |      ^
              |
              = note: at /üü/0

            error[duplicate-key]: the key `x` is given twice
             --> api.yaml:4:13
              |
            4 | üü: [ä, {x: ö}]
              |             ^
              |
              = note: at /üü/1/x

            3 errors
        "#]],
    );
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let filler = "\"é\",".repeat(200_000);
    let text = format!("{{\"a\":[{filler}{{\"b\":\"c\"}},{filler}1]}}");
    let report =
        report(&text, vec![duplicate("/a/200000/b"), duplicate("/a"), duplicate("/a/0"), duplicate("/a/400001")]);
    check(
        &report,
        &expect![[r#"
            error[duplicate-key]: the key `a` is given twice
             --> api.yaml:1:2
              |
            1 | {"a":["é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é…
              |  ^^^
              |
              = note: at /a

            error[duplicate-key]: the key `0` is given twice
             --> api.yaml:1:7
              |
            1 | {"a":["é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é…
              |       ^^^
              |
              = note: at /a/0

            error[duplicate-key]: the key `b` is given twice
             --> api.yaml:1:800012
              |
              |
            1 | …é","é","é","é","é","é","é","é","é",{"b":"c"},"é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é","é"…
              |                                          ^^^
              = note: at /a/200000/b

            error[duplicate-key]: the key `400001` is given twice
             --> api.yaml:1:1600017
              |
              |
            1 | …"é","é","é","é","é","é","é","é","é","é",1]}
              |                                          ^
              = note: at /a/400001

            4 errors
        "#]],
    );
}

#[test]
fn nothing_reaches_the_terminal_that_it_would_obey() {
    let evil = "a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}";
    let text = format!("{{\"{}\": \"\u{202e}\t\u{7f}\u{9b}1m\u{200d}x\"}}\n", "\u{feff}k");
    let found = vec![
        Diagnostic::error(Pointer::default().child(evil), Problem::UnsupportedTag { tag: evil.to_owned() }).help(evil),
        Diagnostic::error(pointer("/\u{feff}k"), Problem::Syntax(evil.to_owned())).related(pointer("/\u{feff}k"), evil),
    ];
    let report = Report::new(Source { name: evil, text: &text }, &[], Vec::new(), found);
    let plain = report.render(Style::Plain);
    let raw: Vec<char> = plain.chars().filter(|c| *c != '\n' && is_treacherous(*c)).collect();
    assert_eq!(raw, [] as [char; 0]);
    check(
        &report,
        &expect![[r#"
            error[unsupported-tag]: the tag `a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}` is not supported
             --> a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}:1:1
              |
            1 | {"�k": "�    ��1m�x"}
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = note: at /a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}
              = help: a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}

            error[syntax]: a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}
             --> a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}:1:8
              |
            1 | {"�k": "�    ��1m�x"}
              |        ^^^^^^^^^^^^^
              |        |
              |        a\u{1b}[31m\u{202e}b\u{200b}\u{7}\u{9b}c\u{e0041}
              |
              = note: at /\u{feff}k

            2 errors
        "#]],
    );
}

#[test]
fn names_in_messages_are_short() {
    assert_eq!(shown("a\nb\t`c`\u{200b}é").to_string(), "a\\nb\\t`c`\\u{200b}é");
    assert_eq!(shown(&"ü".repeat(80)).to_string(), "ü".repeat(80));
    assert_eq!(shown(&"ü".repeat(81)).to_string(), format!("{}…", "ü".repeat(80)));
}

#[test]
fn odd_places_are_survived() {
    for text in ["", "\u{feff}", "é", "\r\n", "a: [", "\u{feff}é: 1"] {
        for start in 0..6 {
            for end in [start, start + 1, 100] {
                let found = Diagnostic::error(pointer("/a/b"), Problem::Empty).at(Span::new(start, end)).related_at(
                    pointer("/a"),
                    Span::new(end, end),
                    "here",
                );
                let report = report(text, vec![found, Diagnostic::error(pointer("/a/b"), Problem::BadMerge)]);
                assert!(report.render(Style::Plain).ends_with("\n2 errors\n"), "{text:?} {start} {end}");
            }
        }
    }
    // A place in an overlay that there is none of.
    let lost = Diagnostic::error(pointer("/x"), Problem::Empty).in_text(Origin::Overlay(0));
    let report = report(DOCUMENT, vec![lost]);
    assert!(report.diagnostics().all(|found| found.origin == Origin::Overlay(0) && report.position(found).is_none()));
    check(
        &report,
        &expect![[r#"
        error[empty]: the document is empty
         |
         = note: at /x

        1 error
    "#]],
    );
}
