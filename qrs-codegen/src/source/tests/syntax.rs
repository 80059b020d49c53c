//! Syntax errors, with their places.

use expect_test::expect;

use super::check;

#[test]
fn syntax_errors_have_a_place() {
    check(
        "a: [1, 2\nb: c\n",
        &expect![[r#"
        2:2 syntax illegal placement of ':' indicator
    "#]],
    );
    check(
        "a: 'open\nb: c\n",
        &expect![[r#"
        1:4 syntax invalid indentation in quoted scalar
    "#]],
    );
    check(
        "a: \"\\q\"\n",
        &expect![[r#"
        1:4 syntax while parsing a quoted scalar, found unknown escape character
    "#]],
    );
    check(
        "a: \"\\ud800\"\n",
        &expect![[r#"
        1:4 syntax while parsing a quoted scalar, found invalid Unicode character escape code
    "#]],
    );
    check(
        "a:\n\tb: c\n",
        &expect![[r#"
        2:2 syntax tabs disallowed within this context (block indentation)
    "#]],
    );
    check(
        "a: b\n c: d\n",
        &expect![[r#"
        2:3 syntax mapping values are not allowed in this context
    "#]],
    );
}

#[test]
fn syntax_errors_are_counted_in_characters() {
    check(
        "a: b: c\n",
        &expect![[r#"
        1:5 syntax mapping values are not allowed in this context
    "#]],
    );
    check(
        "é: ü\n\"ö\": @x\n",
        &expect![[r#"
        2:6 syntax unexpected character: `@'
    "#]],
    );
    check(
        "a: 1\r\nb: [\r\n",
        &expect![[r#"
        2:5 syntax while parsing a node, did not find expected node content
    "#]],
    );
    check(
        "a: x\u{0}y\n",
        &expect![[r#"
        1:5 syntax control character U+0000 is not allowed in YAML
    "#]],
    );
    check(
        "a: \u{1b}[31m\n",
        &expect![[r#"
        1:4 syntax control character U+001B is not allowed in YAML
    "#]],
    );
}

#[test]
fn syntax_errors_of_json_have_a_place() {
    check(
        "{\"a\": 1,\n  \"é\": @x}",
        &expect![[r#"
        2:8 syntax expected value
    "#]],
    );
    check(
        "{\"a\": 1 \"b\": 2}",
        &expect![[r#"
            1:9 syntax expected `,` or `}`
        "#]],
    );
    check(
        "{\"a\": \"open",
        &expect![[r#"
        1:12 syntax EOF while parsing a string
    "#]],
    );
    check(
        "{\"a\": [1, 2\n\n",
        &expect![[r#"
        1:12 syntax EOF while parsing a list
    "#]],
    );
    check(
        "{\"a\": \"x\u{1}\"}",
        &expect![[r#"
            1:8 syntax control character (\u0000-\u001F) found while parsing a string
        "#]],
    );
    check(
        "{\"a\": 1}}",
        &expect![[r#"
        1:9 syntax trailing characters
    "#]],
    );
    check(
        "{a: 1, b: [}",
        &expect![[r#"
        1:12 syntax while parsing a node, did not find expected node content
    "#]],
    );
}
