//! The places of pointers in texts.

use crate::diagnostic::{Highlight, Pointer};
use crate::source::{parse, parse_towards};

/// Pointers, and the text that is marked for each: the value, or the key with `#`.
#[track_caller]
fn marks(text: &str, cases: &[(&str, &str)]) {
    let (tree, problems) = parse(text);
    assert_eq!(problems, []);
    for (pointer, marked) in cases {
        let (path, part) = match pointer.strip_suffix('#') {
            Some(path) => (path, Highlight::Key),
            None => (*pointer, Highlight::Value),
        };
        let place = Pointer::parse(path).unwrap();
        for tree in [&tree, &parse_towards(text, &[&place])] {
            let located = tree.locate(text, &place, part).unwrap();
            assert_eq!(&text[located.span.start..located.span.end], *marked, "{pointer}");
        }
    }
}

#[test]
fn places_are_found_behind_what_is_skipped() {
    marks(
        r#"{"skipped": {"}": "]\"{", "n": [[1], {}]}, "a": [{"x": [0]}, [], {"y": {"z": "é"}}], "last": {}}"#,
        &[
            ("/a/2/y/z", "\"é\""),
            ("/a/2/y", "{\"z\": \"é\"}"),
            ("/a/0/x/0", "0"),
            ("/a/1", "[]"),
            ("/last#", "\"last\""),
            ("/last", "{}"),
            ("/skipped/}", "\"]\\\"{\""),
            ("/skipped/n/9", "\"n\""),
            ("/a/2/none/deeper", "{\"y\": {\"z\": \"é\"}}"),
        ],
    );
}

#[test]
fn pointers_lead_to_places() {
    marks(
        "\u{feff}# größer\r\npaths:\r\n  /a~b/c: &shared\r\n    get: {\"tags\": [é, 'ü x'], n: 1}\r\n    list:\r\n    - x: 1\r\n    -   - deep\r\n    - !!str 12\r\n    text: >-\r\n      long\r\n    none:\r\n  /b: *shared\r\n  /c:\r\n    <<: [*shared]\r\n    own: \"q\"\r\n",
        &[
            ("", "paths"),
            ("/paths", "paths"),
            ("/paths/~1a~0b~1c", "/a~b/c"),
            ("/paths/~1a~0b~1c/get", "{\"tags\": [é, 'ü x'], n: 1}"),
            ("/paths/~1a~0b~1c/get#", "get"),
            ("/paths/~1a~0b~1c/get/tags", "[é, 'ü x']"),
            ("/paths/~1a~0b~1c/get/tags#", "\"tags\""),
            ("/paths/~1a~0b~1c/get/tags/0", "é"),
            ("/paths/~1a~0b~1c/get/tags/1", "'ü x'"),
            ("/paths/~1a~0b~1c/get/tags/01", "\"tags\""),
            ("/paths/~1a~0b~1c/get/tags/2", "\"tags\""),
            ("/paths/~1a~0b~1c/get/n/nothing", "n"),
            ("/paths/~1a~0b~1c/list/0", "x"),
            ("/paths/~1a~0b~1c/list/0/x", "1"),
            ("/paths/~1a~0b~1c/list/1/0", "deep"),
            ("/paths/~1a~0b~1c/list/2", "!!str 12"),
            ("/paths/~1a~0b~1c/text#", "text"),
            ("/paths/~1a~0b~1c/none#", "none"),
            ("/paths/~1b/get/n", "1"),
            ("/paths/~1b", "/b"),
            ("/paths/~1c/get/n#", "n"),
            ("/paths/~1c/own", "\"q\""),
            ("/paths/~1c/other", "/c"),
            ("/nothing/at/all", "paths"),
        ],
    );
    marks(
        "{\n\t\"a\\u0062\": {\"ü\": [1, {\"x\": \"\\\"\"}, -2.5e3 ,null]},\"c\":{\n\"d\":1}}",
        &[
            ("", "{\n\t\"a\\u0062\": {\"ü\": [1, {\"x\": \"\\\"\"}, -2.5e3 ,null]},\"c\":{\n\"d\":1}}"),
            ("/ab", "{\"ü\": [1, {\"x\": \"\\\"\"}, -2.5e3 ,null]}"),
            ("/ab#", "\"a\\u0062\""),
            ("/ab/ü/1/x", "\"\\\"\""),
            ("/ab/ü/2", "-2.5e3"),
            ("/ab/ü/3", "null"),
            ("/ab/ü/4", "\"ü\""),
            ("/c", "\"c\""),
        ],
    );
}

#[test]
fn places_are_known_above_a_syntax_error() {
    let text = "a:\n  b: [1, 2]\n  c: ]\n";
    let (tree, problems) = parse(text);
    assert_eq!(problems.len(), 1);
    let located = tree.locate(text, &Pointer::parse("/a/b/1").unwrap(), Highlight::Value).unwrap();
    assert_eq!((&text[located.span.start..located.span.end], located.matched), ("2", 3));
}
