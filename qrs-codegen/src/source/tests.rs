// `expect-test` writes its strings so.
#![allow(clippy::needless_raw_string_hashes)]

mod places;
mod syntax;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Source, read};
use crate::diagnostic::{Diagnostic, Origin, Pointer, Problem};
use crate::report::{Report, Style};

/// An ordinary document.
const SAMPLE: &str = include_str!("../../tests/revisions/base.yaml");

fn read_text(text: &str) -> Result<Value, Vec<Diagnostic>> {
    read(Source { name: "api", text }, Origin::Document)
}

#[track_caller]
fn same(text: &str, value: &Value) {
    match read_text(text) {
        // As text, since that shows the order of the keys too.
        Ok(read) => assert_eq!(read.to_string(), value.to_string(), "{text}"),
        Err(problems) => panic!("{text}\n{problems:#?}"),
    }
}

/// Each problem as `line:column code message`.
fn refused(text: &str) -> String {
    let problems = match read_text(text) {
        Ok(value) => panic!("accepted: {text}\n{value}"),
        Err(problems) => problems,
    };
    let report = Report::new(Source { name: "api", text }, &[], Vec::new(), problems);
    let mut lines = String::new();
    for found in report.diagnostics() {
        let position = report.position(found).unwrap();
        writeln!(lines, "{}:{} {} {}", position.line, position.column, found.problem.code(), found.problem).unwrap();
    }
    lines
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&refused(text));
}

fn codes(text: &str) -> Vec<&'static str> {
    read_text(text).unwrap_err().iter().map(|found| found.problem.code()).collect()
}

#[test]
fn scalars_follow_the_core_schema() {
    for (written, value) in [
        ("", json!(null)),
        ("~", json!(null)),
        ("NULL", json!(null)),
        ("nUll", json!("nUll")),
        ("true", json!(true)),
        ("False", json!(false)),
        ("yes", json!("yes")),
        ("no", json!("no")),
        ("on", json!("on")),
        ("y", json!("y")),
        ("0", json!(0)),
        ("-7", json!(-7)),
        ("+7", json!(7)),
        ("007", json!(7)),
        ("0x1F", json!(31)),
        ("0o17", json!(15)),
        ("0b11", json!("0b11")),
        ("0x", json!("0x")),
        ("1_000", json!("1_000")),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("18446744073709551616", json!(18_446_744_073_709_551_616_f64)),
        ("1.5", json!(1.5)),
        ("-.5", json!(-0.5)),
        ("1.", json!(1.0)),
        ("1e3", json!(1000.0)),
        ("1E-2", json!(0.01)),
        (".", json!(".")),
        ("1e", json!("1e")),
        ("e1", json!("e1")),
        ("--1", json!("--1")),
        ("3.1.0", json!("3.1.0")),
        ("2025.11.0", json!("2025.11.0")),
        ("1:30", json!("1:30")),
        ("2022-08-27T06:47:08.584Z", json!("2022-08-27T06:47:08.584Z")),
        ("2022-08-27", json!("2022-08-27")),
        ("'12'", json!("12")),
        ("\"null\"", json!("null")),
        ("! 12", json!("12")),
        ("!!str 12", json!("12")),
        ("!!int 12", json!(12)),
        ("!!float 12", json!(12.0)),
        ("!!null ''", json!(null)),
        ("!!bool true", json!(true)),
        ("!<tag:yaml.org,2002:str> 1", json!("1")),
        ("!!map {a: 1}", json!({"a": 1})),
        ("!!seq [1]", json!([1])),
        ("a b\n  c", json!("a b c")),
        ("|\n  a\n   b\n", json!("a\n b\n")),
        (">-\n  a\n  b\n\n  c\n", json!("a b\nc")),
        ("'it''s'", json!("it's")),
        (r#""\u00e9\x41\tz""#, json!("éA\tz")),
    ] {
        same(&format!("key: {written}\n"), &json!({ "key": value }));
    }
}

#[test]
fn keys_are_strings_as_written() {
    same(
        "200: a\n0x1F: b\n1.10: c\ntrue: d\nnull: e\n~: f\n.inf: g\n'x': h\n? i\n: j\n!!str k: l\n",
        &json!({
            "200": "a", "0x1F": "b", "1.10": "c", "true": "d", "null": "e", "~": "f", ".inf": "g", "x": "h", "i": "j", "k": "l",
        }),
    );
    check(
        "200: a\n'200': b\n",
        &expect![[r#"
        2:1 duplicate-key the key `200` is given twice
    "#]],
    );
    check(
        "a:\n  ? [1, 2]\n  : x\n  {c: d}: y\n",
        &expect![[r#"
        2:5 key-not-string a key must be a string, this one is a collection
        4:3 key-not-string a key must be a string, this one is a collection
    "#]],
    );
}

#[test]
fn json_is_read_as_json() {
    same(
        "\u{feff}\t{\"b\":1,\"a\":[true,null,-0.5,1e2],\r\n\t\"\\u00e9\\ud83d\\ude00\\/\":\"\\\"\",\"<<\":{\"x\":1}}\n",
        &json!({"b": 1, "a": [true, null, -0.5, 100.0], "é😀/": "\"", "<<": {"x": 1}}),
    );
    same("{\"big\":18446744073709551616}", &json!({"big": 18_446_744_073_709_551_616_f64}));
    // What only begins like JSON.
    same("{a: 1, b: [x, 'y'],}", &json!({"a": 1, "b": ["x", "y"]}));
    same("{\"a\": 1} # done\n", &json!({"a": 1}));
}

#[test]
fn order_is_kept() {
    same("z: 1\na: 2\nm: {y: 1, b: 2}\n", &json!({"z": 1, "a": 2, "m": {"y": 1, "b": 2}}));
}

#[test]
fn aliases_and_merges() {
    same(
        "a: &a {x: 1, y: [p]}\nb: *a\nc: [*a, &s text, *s]\nd: &k key\n*k : v\n",
        &json!({"a": {"x": 1, "y": ["p"]}, "b": {"x": 1, "y": ["p"]}, "c": [{"x": 1, "y": ["p"]}, "text", "text"], "d": "key", "key": "v"}),
    );
    // An anchor may be given again, and an alias means the last one before it.
    same("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", &json!({"a": 1, "b": 1, "c": 2, "d": 2}));
    same(
        "base: &base {x: 1, y: 2}\nmore: &more\n  <<: *base\n  y: 3\n  z: 4\nall:\n  x: 0\n  <<: [{w: 7, y: 9}, *more]\n  v: 8\n",
        &json!({
            "base": {"x": 1, "y": 2},
            "more": {"x": 1, "y": 3, "z": 4},
            "all": {"x": 0, "w": 7, "y": 9, "z": 4, "v": 8},
        }),
    );
    // What the mapping says itself wins wherever it stands.
    same("m:\n  <<: {x: 1}\n  x: 2\n", &json!({"m": {"x": 2}}));
    same("m: {'<<': {x: 1}}\n", &json!({"m": {"<<": {"x": 1}}}));
    check(
        "m:\n  <<: 1\n  a: b\nn:\n  <<: [{}, x]\n",
        &expect![[r#"
        2:7 bad-merge `<<` merges a mapping or a list of mappings only
        5:7 bad-merge `<<` merges a mapping or a list of mappings only
    "#]],
    );
    check(
        "a: &a [1, *a]\nb: &b\n  c: {d: *b}\n",
        &expect![[r#"
        1:11 self-reference an alias refers to a value that it is a part of
        3:10 self-reference an alias refers to a value that it is a part of
    "#]],
    );
    check(
        "a: *nothing\n",
        &expect![[r#"
        1:4 syntax while parsing node, found unknown anchor
    "#]],
    );
}

#[test]
fn every_duplicate_key_is_reported() {
    check(
        "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n  c: 4\na: 2\ne: [{f: 1, f: 2}]\n",
        &expect![[r#"
        5:3 duplicate-key the key `c` is given twice
        6:3 duplicate-key the key `c` is given twice
        7:1 duplicate-key the key `a` is given twice
        8:12 duplicate-key the key `f` is given twice
    "#]],
    );
    check(
        "{\"a\": 1,\n \"b\": {\"c\": 1, \"\\u0063\": 2}, \"a\": 3}",
        &expect![[r#"
        2:16 duplicate-key the key `c` is given twice
        2:30 duplicate-key the key `a` is given twice
    "#]],
    );
    check(
        "m:\n  <<: {a: 1}\n  <<: {b: 1}\n",
        &expect![[r#"
        3:3 duplicate-key the key `<<` is given twice
    "#]],
    );
}

#[test]
fn what_json_has_no_value_for() {
    check(
        "a: .inf\nb: -.INF\nc: .nan\nd: 1e999\ne: 0xFFFFFFFFFFFFFFFFF\nf: !!binary aGk=\ng: !mine {h: !!set {x}}\ni: !!int x\nj: !!float .inf\n",
        &expect![[r#"
            1:4 number-range the number `.inf` cannot be represented
            2:4 number-range the number `-.INF` cannot be represented
            3:4 number-range the number `.nan` cannot be represented
            4:4 number-range the number `1e999` cannot be represented
            5:4 number-range the number `0xFFFFFFFFFFFFFFFFF` cannot be represented
            6:4 unsupported-tag the tag `!!binary` is not supported
            7:4 unsupported-tag the tag `!mine` is not supported
            7:14 unsupported-tag the tag `!!set` is not supported
            8:4 tag-mismatch `x` is not what the tag `!!int` says
            9:4 number-range the number `.inf` cannot be represented
        "#]],
    );
    check(
        "{\"a\": 1e999, \"b\": \"\\ud800\", \"\\udc00x\": 1}",
        &expect![[r#"
        1:7 number-range the number `1e999` cannot be represented
        1:19 syntax unexpected end of hex escape
        1:29 syntax lone leading surrogate in hex escape
    "#]],
    );
}

#[test]
fn what_is_no_mapping() {
    check(
        "",
        &expect![[r#"
        1:1 empty the document is empty
    "#]],
    );
    check(
        "\u{feff}# nothing\n",
        &expect![[r#"
        1:1 empty the document is empty
    "#]],
    );
    check(
        "---\n",
        &expect![[r#"
        2:1 empty the document is empty
    "#]],
    );
    check(
        "- a\n",
        &expect![[r#"
        1:1 not-a-mapping the document must be a mapping, it is a list
    "#]],
    );
    check(
        "[1]",
        &expect![[r#"
        1:1 not-a-mapping the document must be a mapping, it is a list
    "#]],
    );
    check(
        "text\n",
        &expect![[r#"
        1:1 not-a-mapping the document must be a mapping, it is a single value
    "#]],
    );
    check(
        "null\n",
        &expect![[r#"
        1:1 not-a-mapping the document must be a mapping, it is a single value
    "#]],
    );
    check(
        "a: 1\n---\nb: 2\n",
        &expect![[r#"
        2:1 multiple-documents a second document begins, only one is read
    "#]],
    );
    check(
        "a: 1\n...\n%YAML 1.2\n---\nb: 2\n",
        &expect![[r#"
        4:1 multiple-documents a second document begins, only one is read
    "#]],
    );
}

#[test]
fn hostile_text_is_refused_in_time() {
    let started = Instant::now();
    let deep = 10_000;
    let bomb = |width: usize| {
        let mut text = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..=20 {
            let aliases = vec![format!("*a{}", level - 1); width].join(", ");
            writeln!(text, "a{level}: &a{level} [{aliases}]").unwrap();
        }
        text
    };
    let mut merge_bomb = "a0: &a0 {x: 1}\n".to_owned();
    for level in 1..=40 {
        writeln!(merge_bomb, "a{level}: &a{level} {{<<: [*a{0}, *a{0}]}}", level - 1).unwrap();
    }
    let mut alias_depth = "a0: &a0 [x]\n".to_owned();
    for level in 1..=200 {
        writeln!(alias_depth, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    // An indentation grows with each level, so the text does with the square of them.
    let block: String = (0..deep / 5).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect();
    for (text, code) in [
        ("[".repeat(20 << 20), "too-large"),
        ("[".repeat(deep), "too-deep"),
        (format!("a: {}", "[".repeat(deep)), "too-deep"),
        (format!("a: {}", "{b: ".repeat(deep)), "too-deep"),
        (format!("a: {}{}", "[".repeat(deep), "]".repeat(deep)), "too-deep"),
        (format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep)), "too-deep"),
        (format!("{{\"a\":{}{}}}", "[".repeat(deep), "]".repeat(deep)), "too-deep"),
        ("- ".repeat(deep), "too-deep"),
        ("? ".repeat(deep), "too-deep"),
        (": ".repeat(deep), "too-deep"),
        (block, "too-deep"),
        (alias_depth, "too-deep"),
        (bomb(10), "alias-bomb"),
        (merge_bomb, "alias-bomb"),
        (format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a,".repeat(1000)), "alias-bomb"),
        (format!("{{\"a\":[{}1]}}", "1,".repeat((2 << 20) + 9)), "too-large"),
        (format!("a: [{}1]", "1,".repeat((2 << 20) + 9)), "too-large"),
        (format!("a:\n{}", "- 1\n".repeat((2 << 20) + 9)), "too-large"),
        (" ".repeat((64 << 20) + 1), "too-large"),
        ("---\na: 1\n".repeat(100_000), "multiple-documents"),
        (format!("a: '{}", "x".repeat(1 << 20)), "syntax"),
        (format!("{}: 1", "k".repeat(1 << 20)), "syntax"),
    ] {
        let problems = read_text(&text).unwrap_err();
        assert_eq!(problems.last().map(|found| found.problem.code()), Some(code), "{}", &text[..text.len().min(60)]);
        let report = Report::new(Source { name: "api", text: &text }, &[], Vec::new(), problems);
        assert!(report.render(Style::Plain).len() < 4000, "{report}");
    }
    let many = codes(&"a: 1\n".repeat(100_000));
    assert_eq!(many.last(), Some(&"too-many-problems"));
    assert_eq!(many.len(), 1001);
    // The bound is loose, as the machine may be busy and the build without optimisations.
    assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
}

#[test]
fn ordinary_depth_is_read() {
    let text = format!("a: {}x{}", "[".repeat(127), "]".repeat(127));
    assert!(read_text(&text).is_ok());
    let text = format!("{{\"a\":{}1{}}}", "[".repeat(127), "]".repeat(127));
    assert!(read_text(&text).is_ok());
}

/// `serde_yaml` reads the same values out of an ordinary document.
#[test]
fn agrees_with_serde_yaml() {
    let document = SAMPLE;
    let ours = read_text(document).unwrap();
    let theirs: Value = serde_yaml::from_str(document).unwrap();
    assert_eq!(ours.to_string(), theirs.to_string());
    // The same document as JSON, on one line, is the same value.
    assert_eq!(read_text(&theirs.to_string()).unwrap(), theirs);
}

/// Puts scraps of syntax into parts of a document: nothing may panic, and what both readers accept has to be the same.
#[test]
fn mutilated_documents_do_no_harm() {
    let document = SAMPLE;
    let value = read_text(document).unwrap();
    let json = serde_json::to_string_pretty(&json!({ "info": value["info"], "security": value["security"] })).unwrap();
    let lines: Vec<&str> = document.lines().take(120).collect();
    let scraps = [
        "\"", "'", "[", "{", "]", "}", ": ", "- ", "&a ", "*a", "|\n", ">", "#", "\t", "!!x ", "? ", "é", "<<: ", "%",
        ",", "\\u", "1e9", "\u{0}", "\u{feff}", "\r\n", "---\n",
    ];
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut agreed = 0;
    for round in 0..3000 {
        let from = next(lines.len());
        let mut text = lines[from..(from + 1 + next(12)).min(lines.len())].join("\n");
        if round % 3 == 0 {
            text.clone_from(&json);
        }
        for _ in 0..=next(3) {
            let at = next(text.len() + 1);
            let at = (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            text.insert_str(at, scraps[next(scraps.len())]);
        }
        // The two differ on a last line of a block scalar that is not ended, and `serde_yaml` merges nothing.
        text.push('\n');
        let mut problems = match read_text(&text) {
            Err(problems) => problems,
            Ok(ours) => {
                if let (false, Ok(theirs)) = (text.contains("<<"), serde_yaml::from_str::<Value>(&text)) {
                    assert_eq!(ours, theirs, "{text}");
                    agreed += 1;
                }
                Vec::new()
            }
        };
        let somewhere = Pointer::default().child("info").child("version");
        problems.push(Diagnostic::warning(somewhere.clone(), Problem::Empty).related(somewhere, "here"));
        let given = Source { name: "api", text: &text };
        let report = Report::new(given, &[], Vec::new(), problems);
        assert!(report.diagnostics().all(|found| !found.is_error() || report.position(found).is_some()), "{text}");
        assert!(report.render(Style::Colour).ends_with(" 1 warning\n") || !report.has_errors(), "{text}");
    }
    assert!(agreed > 300, "{agreed}");
}
