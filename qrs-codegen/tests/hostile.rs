//! Checks hostile documents: each is refused or becomes a crate, in bounded time, on the small stack of a test's
//! thread, and no text of it becomes code.
//!
//! It is one file, longer than others: the documents share their bounds and their checks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use qrs_codegen::report::{Report, Style};
use qrs_codegen::{Input, NoFiles, Source, generate};
use serde_json::{Map, Value, json};

/// A limit several times above what the slowest document takes on a slow machine without optimisation.
const PATIENCE: Duration = Duration::from_secs(60);

/// Generates, and checks the properties of every document.
#[track_caller]
fn run(text: &str) -> Result<BTreeMap<String, String>, Box<Report>> {
    let document = Source { name: "hostile.yaml", text };
    let started = Instant::now();
    let result = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" });
    let result = match result {
        Ok(generated) => {
            sound(&generated.files);
            assert_harmless(&generated.report);
            Ok(generated.files)
        }
        Err(report) => {
            assert!(report.has_errors());
            assert_harmless(&report);
            Err(report)
        }
    };
    assert!(started.elapsed() < PATIENCE, "it took {:?}", started.elapsed());
    result
}

/// Checks that a report blames the document, is bounded, and contains nothing that a terminal obeys.
#[track_caller]
fn assert_harmless(report: &Report) {
    assert!(!report.diagnostics().any(|found| found.problem.code() == "defect"), "{report}");
    let text = report.render(Style::Plain);
    let obeyed = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(obeyed, None);
    let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(longest < 2_000, "a line of {longest} characters");
}

/// Whether a macro is one of those that give types and requests their behaviour.
fn is_ours(path: &syn::Path) -> bool {
    let path: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
    matches!(
        path.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["crate", "runtime", "object" | "enumeration" | "sendable"]
    )
}

/// Whether a text was not seen before.
fn is_new(text: &str) -> bool {
    static SEEN: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    SEEN.lock().unwrap().insert(hasher.finish())
}

/// Checks that all files are Rust, without an item of the document: `evil`, `EVIL` or `Evil` as a function, constant or
/// macro.
#[track_caller]
fn sound(files: &BTreeMap<String, String>) {
    for (name, text) in files {
        assert!(!name.contains("..") && !name.starts_with('/'), "{name}");
        assert!(name.split('/').all(|part| part.len() <= 128), "{name}");
        if Path::new(name).extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        // The runtime is the same for most documents.
        if !is_new(text) {
            continue;
        }
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name} is not Rust: {error}"));
        let is_evil = |item: &syn::Item| match item {
            syn::Item::Fn(item) => item.sig.ident == "evil",
            syn::Item::Macro(item) => !name.starts_with("src/runtime/") && !is_ours(&item.mac.path),
            _ => false,
        };
        assert!(!file.items.iter().any(is_evil), "{name} holds code of the document");
        let obeyed =
            text.chars().find(|c| ('\u{202a}'..='\u{202e}').contains(c) || ('\u{2066}'..='\u{2069}').contains(c));
        assert!(obeyed.is_none() || name.starts_with("src/runtime/"), "{name} can be read other than it is");
    }
}

fn document(schemas: &Map<String, Value>) -> String {
    let first = schemas.keys().next().cloned().unwrap_or_default();
    let reference = format!("#/components/schemas/{first}");
    json!({
        "openapi": "3.1.0", "info": { "title": "Hostile", "version": "1" },
        "paths": { "/a": { "post": {
            "requestBody": { "content": { "application/json": { "schema": { "$ref": reference } } } },
            "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "$ref": reference } } } } },
        } } },
        "components": { "schemas": schemas },
    })
    .to_string()
}

/// A chain of schemas, each made of a reference to the next one; the last one is `end`.
fn chain(length: usize, link: impl Fn(Value) -> Value, end: Value) -> Map<String, Value> {
    let name = |index: usize| format!("A{index}");
    let mut schemas: Map<String, Value> = (0..length)
        .map(|index| (name(index), link(json!({ "$ref": format!("#/components/schemas/A{}", index + 1) }))))
        .collect();
    schemas.insert(name(length), end);
    schemas
}

/// A way to make a schema of another one, and its name.
type Link = (&'static str, fn(Value) -> Value);

fn links() -> [Link; 12] {
    [
        ("reference", |next| next),
        ("allOf", |next| json!({ "allOf": [next] })),
        (
            "allOf with more",
            |next| json!({ "allOf": [next, { "type": "object", "properties": { "a": { "type": "string" } } }] }),
        ),
        ("oneOf", |next| json!({ "oneOf": [next, { "type": "string" }] })),
        ("oneOf alone", |next| json!({ "oneOf": [next] })),
        ("anyOf", |next| json!({ "anyOf": [{ "type": "integer" }, next] })),
        ("not", |next| json!({ "not": next })),
        ("items", |next| json!({ "type": "array", "items": next })),
        ("values", |next| json!({ "type": "object", "additionalProperties": next })),
        ("property", |next| json!({ "type": "object", "properties": { "next": next } })),
        ("required property", |next| json!({ "type": "object", "required": ["next"], "properties": { "next": next } })),
        ("tuple", |next| json!({ "type": "array", "prefixItems": [next] })),
    ]
}

#[test]
#[ignore = "takes half a minute without optimisation; run by cargo xtask ci"]
fn long_chains_of_schemas() {
    for (what, link) in links() {
        println!("{what}");
        // Where each link makes a type, it is the reading of what was generated that takes long.
        let length = if matches!(what, "oneOf" | "anyOf" | "property" | "required property") { 300 } else { 10_000 };
        _ = run(&document(&chain(
            length,
            link,
            json!({ "type": "object", "properties": { "a": { "type": "string" } } }),
        )));
    }
}

#[test]
fn schemas_in_circles() {
    for (what, link) in links() {
        for length in [0, 1, 2, 50] {
            println!("{what}, {length}");
            _ = run(&document(&chain(length, link, link(json!({ "$ref": "#/components/schemas/A0" })))));
        }
    }
    for (what, one) in links() {
        for (other_what, other) in links() {
            println!("{what}, {other_what}");
            let schemas = json!({
                "A": one(json!({ "$ref": "#/components/schemas/B" })),
                "B": other(json!({ "$ref": "#/components/schemas/A" })),
            });
            _ = run(&document(schemas.as_object().unwrap()));
        }
    }
}

#[test]
fn schemas_that_hold_themselves_in_two_steps() {
    let reference = || json!({ "$ref": "#/components/schemas/A" });
    for (what, outer) in links() {
        for (inner_what, inner) in links() {
            println!("{what}, {inner_what}");
            let schemas = json!({ "A": outer(inner(reference())) });
            _ = run(&document(schemas.as_object().unwrap()));
            // Put together of itself and more, so that going down it makes new sums each time.
            let sum =
                json!({ "allOf": [{}, { "description": "More." }, inner(reference()), reference()], "pattern": "" });
            let schemas = json!({ "A": outer(sum) });
            _ = run(&document(schemas.as_object().unwrap()));
        }
    }
}

#[test]
fn schemas_within_schemas() {
    for (what, link) in links() {
        println!("{what}");
        let mut schema = json!({ "type": "string" });
        // As deep as a document can be.
        for _ in 0..50 {
            schema = link(schema);
        }
        let schemas = json!({ "A": schema });
        _ = run(&document(schemas.as_object().unwrap()));
    }
}

#[test]
fn schemas_that_take_each_other_over_again_and_again() {
    // Each of them is put together of the two next ones, so that going down every way would never end.
    for keyword in ["allOf", "oneOf", "anyOf"] {
        let mut schemas = Map::new();
        for index in 0..60 {
            let next = format!("#/components/schemas/A{}", index + 1);
            let own = json!({ "type": "object", "properties": { format!("a{index}"): { "type": "string" } } });
            schemas.insert(format!("A{index}"), json!({ keyword: [{ "$ref": next }, own, { "$ref": next }] }));
        }
        schemas.insert("A60".to_owned(), json!({ "type": "object", "properties": { "b": { "type": "string" } } }));
        println!("{keyword}");
        _ = run(&document(&schemas));
    }
}

#[test]
fn references_in_circles_of_every_kind() {
    let text = r"
openapi: 3.1.0
info: { title: Circles, version: '1' }
paths:
  /a: { $ref: '#/paths/~1b' }
  /b: { $ref: '#/paths/~1a' }
  /c: { $ref: '#/paths/~1c' }
  /d: { $ref: '#/components/pathItems/D' }
  /e:
    parameters: [{ $ref: '#/components/parameters/A' }, { $ref: '#/paths/~1e/parameters/1' }]
    get:
      responses:
        '200': { $ref: '#/components/responses/A' }
        '404': { $ref: '#/paths/~1e/get/responses/404' }
      callbacks: { a: { $ref: '#/components/callbacks/A' }, b: { x: { $ref: '#/paths/~1e' } } }
    post: { requestBody: { $ref: '#/components/requestBodies/A' }, responses: { '204': { description: '' } } }
components:
  pathItems: { D: { $ref: '#/components/pathItems/D' } }
  parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } }
  responses: { A: { $ref: '#/components/responses/A' } }
  requestBodies: { A: { $ref: '#/components/requestBodies/A' } }
  headers: { A: { $ref: '#/components/headers/A' } }
  examples: { A: { $ref: '#/components/examples/A' } }
  links: { A: { $ref: '#/components/links/A' } }
  callbacks: { A: { $ref: '#/components/callbacks/A' } }
  securitySchemes: { A: { $ref: '#/components/securitySchemes/A' } }
";
    let document = Source { name: "hostile.yaml", text };
    let generated =
        generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" }).unwrap();
    sound(&generated.files);
    let report = generated.report;
    assert!(report.diagnostics().any(|found| found.problem.code() == "reference-cycle"), "{report}");
}

/// A document with a text in every place that can have one.
fn everywhere(text: &str) -> String {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": text, "version": text, "description": text,
            "contact": { "name": text }, "license": { "name": text }, "termsOfService": text,
        },
        "servers": [{ "url": "https://example.com/{v}", "description": text, "variables": { "v": { "default": text, "enum": [text], "description": text } } }],
        "tags": [{ "name": text, "description": text }],
        "paths": { "/a": { "summary": text, "description": text, "get": {
            "operationId": text, "tags": [text], "summary": text, "description": text,
            "parameters": [
                { "name": text, "in": "query", "description": text, "schema": { "type": "string", "enum": [text], "default": text, "pattern": text } },
            ],
            "responses": {
                "200": { "description": text, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } },
                "400": { "description": text, "content": { "text/plain": {} } },
            },
        } } },
        "components": {
            "schemas": {
                "A": {
                    "type": "object", "title": text, "description": text, "required": [text],
                    "properties": { text: { "type": "string", "default": text, "pattern": text, "format": text, "description": text } },
                },
                text: { "type": "string", "enum": [text, format!("{text} ")], "description": text },
            },
            "securitySchemes": { "s": { "type": "apiKey", "in": "query", "name": text, "description": text } },
        },
    })
    .to_string()
}

#[test]
fn texts_that_try_to_become_code() {
    for text in [
        "*/ fn evil() {} /*",
        "\"; fn evil() {} \"",
        "\"#; fn evil() {} r#\"",
        "\"###; fn evil() {} r###\"",
        "\n}\nfn evil() {}\n",
        "\r\n//! \r\nfn evil() {}",
        "\u{2028}fn evil() {}\u{2029}fn evil() {}",
        "]\nfn evil() {}\n#[doc = \"",
        "```\nfn evil() {}\n```rust\nfn evil() {}",
        "    fn evil() {}\n\tfn evil() {}",
        "\u{202e}live\u{2066}\u{202c}",
        "\u{200b}\u{feff}\u{ad}",
        "\0\u{1}\0\nfn evil() {}\0fn evil() {}",
        "\\\"",
        "\\u{41}\\x41\\n\\",
        "{}",
        "{0} {name} %s $x $(evil) ${evil}",
        "../../x",
        "/etc/passwd",
        "C:\\x",
        "con",
        "r#fn",
        "'a",
        "b'\\''",
        "include!(\"/etc/passwd\")",
        "#![feature(evil)]",
        "<script>evil()</script>",
        "[evil](file:///etc/passwd)",
        "\u{0}\u{1}\u{7f}\u{9b}",
        "ﬀ ǆ İ ß ŉ ª ² Ⅷ ↉",
        "👩‍👩‍👧 🏳️‍🌈",
        "_",
        "__",
        "0",
        "",
        " ",
    ] {
        println!("{text:?}");
        _ = run(&everywhere(text));
    }
}

#[test]
#[ignore = "takes half a minute without optimisation; run by cargo xtask ci"]
fn long_names_and_texts() {
    for text in [
        "a".repeat(100_000),
        "a_".repeat(50_000),
        "Ä".repeat(100_000),
        "0".repeat(100_000),
        "> ".repeat(20_000),
        "- ".repeat(20_000),
        "[".repeat(20_000),
        "*a ".repeat(10_000),
        "_a_".repeat(10_000),
        "`".repeat(20_000),
        "<a ".repeat(10_000),
        "|a".repeat(10_000) + "\n" + &"|-".repeat(10_000),
        "![a](".repeat(4_000),
        "&#x202e;".repeat(10_000),
        format!("[a](https://example.com/&#x202e;&#10;) `&#x202e;` {}", "&#0;&#7;&#x2066;".repeat(1_000)),
        // One line of marks, and many that belong to it.
        "> ".repeat(5_000) + "a" + &"\nb".repeat(10_000),
        "> ".repeat(5_000) + &"a ".repeat(10_000),
        "- ".repeat(5_000) + "a" + &"\nb".repeat(10_000),
        "\n".repeat(20_000),
        "a\n".repeat(10_000),
    ] {
        println!("{:?}…", text.chars().take(8).collect::<String>());
        _ = run(&everywhere(&text));
    }
}

#[test]
fn many_names_that_meet() {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for index in 0..1_000 {
        // As Rust names, all of them are one.
        let name = format!("a{}b{}", "-".repeat(index % 50 + 1), "_".repeat(index / 50));
        paths.insert(
            format!("/{index}"),
            json!({ "get": { "operationId": name, "responses": { "204": { "description": "" } } } }),
        );
        schemas.insert(name, json!({ "type": "string" }));
    }
    let text = json!({
        "openapi": "3.1.0", "info": { "title": "", "version": "" }, "paths": paths, "components": { "schemas": schemas },
    });
    run(&text.to_string()).unwrap();
}

#[test]
#[ignore = "takes half a minute without optimisation; run by cargo xtask ci"]
fn many_problems_of_one_place() {
    let mut text = "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\ntags:\n".to_owned();
    for index in 0..50_000 {
        _ = writeln!(text, "- {}", if index % 2 == 0 { "null" } else { "tag" });
    }
    _ = run(&text);
    let text = "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{".to_owned()
        + &(0..50_000).map(|index| format!("\"p{index}\":null")).collect::<Vec<_>>().join(",")
        + "}}";
    _ = run(&text);
}

/// A Swagger 2.0 document with these paths, and these keys beside them.
fn swagger(paths: &Map<String, Value>, beside: Value) -> String {
    let mut document = json!({ "swagger": "2.0", "info": { "title": "Hostile", "version": "1" }, "paths": paths });
    if let (Some(document), Value::Object(beside)) = (document.as_object_mut(), beside) {
        document.extend(beside);
    }
    document.to_string()
}

#[test]
fn bodies_and_responses_that_many_operations_share() {
    let properties: Map<String, Value> =
        (0..500).map(|index| (format!("p{index}"), json!({ "type": "string" }))).collect();
    let large = json!({ "type": "object", "properties": properties });
    let media_types: Vec<String> = (0..200).map(|index| format!("application/a{index}")).collect();
    let operation = |index: usize| {
        json!({
            "consumes": [format!("application/b{index}")],
            "parameters": [{ "$ref": "#/parameters/Body" }],
            "responses": { "200": { "$ref": "#/responses/Large" } },
        })
    };
    let paths = (0..100).map(|index| (format!("/a{index}"), json!({ "post": operation(index) }))).collect();
    let beside = json!({
        "produces": media_types,
        "parameters": { "Body": { "name": "body", "in": "body", "schema": large.clone() } },
        "responses": { "Large": { "description": "", "schema": large } },
    });
    _ = run(&swagger(&paths, beside));
}

#[test]
fn forms_that_many_operations_share() {
    let field = |index: usize| json!({ "name": format!("f{index}"), "in": "formData", "type": "string" });
    let fields: Vec<Value> = (0..300).map(field).collect();
    let item = json!({ "parameters": fields, "put": {}, "post": {} });
    let paths = (0..20).map(|index| (format!("/a{index}"), item.clone())).collect();
    _ = run(&swagger(&paths, json!({ "consumes": ["multipart/form-data"] })));
}

#[test]
fn chains_and_circles_of_shared_parameters() {
    let chained = |section: &str, last: usize| -> Map<String, Value> {
        let next = |index: usize| json!({ "$ref": format!("#/{section}/A{}", (index + 1) % last) });
        (0..2_000).map(|index| (format!("A{index}"), next(index))).collect()
    };
    for last in [2_000, usize::MAX, 2] {
        let operation = json!({
            "parameters": [{ "$ref": "#/parameters/A0" }],
            "responses": { "200": { "$ref": "#/responses/A0" } },
        });
        let paths = Map::from_iter([("/a".to_owned(), json!({ "get": operation }))]);
        let beside = json!({
            "parameters": chained("parameters", last), "responses": chained("responses", last),
            "definitions": chained("definitions", last),
        });
        _ = run(&swagger(&paths, beside));
    }
}

#[test]
fn discriminators_of_long_families() {
    let member = |index: usize| {
        json!({
            "discriminator": "kind", "x-ms-discriminator-value": format!("v{index}"), "type": "object",
            "allOf": [{ "$ref": format!("#/definitions/A{}", index + 1) }],
        })
    };
    let definitions: Map<String, Value> = (0..30).map(|index| (format!("A{index}"), member(index))).collect();
    _ = run(&swagger(&Map::new(), json!({ "definitions": definitions })));
}

#[test]
fn truncated_anywhere() {
    let whole = everywhere("a");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let report = run(&whole[..end]).unwrap_err();
        assert!(report.diagnostics().next().is_some());
    }
    let yaml = include_str!("documents/slips.yaml");
    for end in (0..yaml.len()).step_by(7).filter(|end| yaml.is_char_boundary(*end)) {
        _ = run(&yaml[..end]);
    }
}

/// The places of all values of a tree.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut child = |key: &str, value: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        all.push(at.clone());
        places(value, &at, all);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| child(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| child(&index.to_string(), value)),
        _ => {}
    }
}

#[test]
fn wrong_values_in_the_words_of_3_2() {
    let wrong =
        [json!(null), json!(true), json!(1), json!("x"), json!([]), json!({}), json!([[1]]), json!({ "$ref": "#/x" })];
    for text in [include_str!("documents/v32.yaml"), include_str!("documents/sequences.yaml")] {
        let whole: Value = serde_yaml::from_str(text).unwrap();
        let mut all = Vec::new();
        places(&whole, "", &mut all);
        // Each place with each wrong value takes minutes; a seventh of the places shows every kind of object. The step and
        // the number of values have no common divisor, so each value comes up.
        for (index, place) in all.iter().enumerate().step_by(7) {
            let mut spoiled = whole.clone();
            *spoiled.pointer_mut(place).unwrap() = wrong[index % wrong.len()].clone();
            _ = run(&spoiled.to_string());
        }
    }
}

#[test]
fn many_values_under_a_long_key() {
    let values = vec![json!({}); 100_000];
    let text = json!({ "openapi": "3.1.0", "info": { "title": "A", "version": "1" }, "x".repeat(400_000): values });
    assert!(run(&text.to_string()).unwrap().contains_key("src/lib.rs"));
}

#[test]
fn many_references_to_a_schema_of_many_keywords() {
    let mut many: Map<String, Value> = (0..100_000).map(|index| (format!("x-{index}"), json!(1))).collect();
    many.insert("type".to_owned(), json!("string"));
    let mut properties = Map::new();
    for index in 0..6_000 {
        properties.insert(format!("p{index}"), json!({ "$ref": "#/components/schemas/Many" }));
    }
    let schemas = json!({ "All": { "properties": properties }, "Many": many });
    assert!(run(&document(schemas.as_object().unwrap())).is_ok());
}

#[test]
fn equal_input_gives_equal_bytes() {
    for text in [everywhere("a b"), include_str!("documents/slips.yaml").to_owned()] {
        let first = run(&text).unwrap();
        for _ in 0..3 {
            assert!(run(&text).unwrap() == first);
        }
    }
}

/// Each was once taken for a defect of the generator.
#[test]
fn misspelt_keys_of_wrong_values_are_left_out() {
    for text in [
        "openapi: 3.0.0\ninfoa: info\n",
        "openapi: 3.1.0\ninfo: { title: A, version: '1' }\ncomponent: text\npaths: {}\n",
        "openapi: 3.0.0\ninfo: { title: A, version: '1' }\npath: text\n",
        "openapi: 3.0.0\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { responses: { 0xx: { description: null } } } } }\n",
        "openapi: 3.0.0\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { responses: { 0XX: 5, 99: [] } } } }\n",
        "swagger: '2.0'\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { responses: { 200: { content: { a/b: null } } } } } }\n",
        "openapi: 3.0.0\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { response: 1 }, post: { requestBodi: 1, responses: {} } } }\n",
    ] {
        run(text).unwrap();
    }
}

#[test]
fn misspelt_keys_without_the_value_that_they_need_are_refused_at_their_place() {
    for text in [
        "-openapi:\n",
        "openapj: null\ninfo: { title: A, version: '1' }\npaths: {}\n",
        "openapj: [1]\ninfo: { title: A, version: '1' }\npaths: {}\nfoo: 1\n",
    ] {
        let report = run(text).unwrap_err();
        assert!(report.has_errors());
    }
    // What holds between two fields holds of misspelt ones.
    let parameter = "{ name: a, in: query, stile: simple, schema: { type: string } }, { name: b, in: query, schem: { type: boolean } }";
    let scheme =
        "components: { securitySchemes: { k: { type: apiKey, nam: X-Key, in: header } } }\nsecurity: [{ k: [] }]\n";
    let text = format!(
        "openapi: 3.0.0\ninfo: {{ title: A, version: '1' }}\n{scheme}paths: {{ /a: {{ get: {{ parameters: [{parameter}], responses: {{}} }} }} }}\n"
    );
    let files = run(&text).unwrap();
    assert!(files["src/operations/untagged.rs"].contains("pub fn a(mut self, a: impl Into<String>)"));
    assert!(files["src/operations/untagged.rs"].contains("pub fn b(mut self, b: bool)"));
    assert!(files["src/client.rs"].contains("\"X-Key\""), "{}", files["src/client.rs"]);
    // Misspelt values, too.
    for style in ["simpleE", "Simple", "smiple"] {
        let parameter = format!("{{ name: a, in: qery, style: {style}, schema: {{ type: string }} }}");
        let text = format!(
            "openapi: 3.0.0\ninfo: {{ title: A, version: '1' }}\npaths: {{ /a: {{ get: {{ parameters: [{parameter}], responses: {{}} }} }} }}\n"
        );
        let files = run(&text).unwrap();
        assert!(files["src/operations/untagged.rs"].contains("pub fn a(mut self, a: "), "{style}");
    }
    // A parameter whose content is of no use is a string.
    for content in ["content: text", "schema: 5", "content: { a/b: 1 }", "schema: null, content: null"] {
        let parameter = format!("{{ name: a, in: query, {content} }}");
        let text = format!(
            "openapi: 3.0.0\ninfo: {{ title: A, version: '1' }}\npaths: {{ /a: {{ get: {{ parameters: [{parameter}], responses: {{}} }} }} }}\n"
        );
        let files = run(&text).unwrap();
        assert!(files["src/operations/untagged.rs"].contains("pub fn a(mut self, a: "), "{content}");
    }
    // A parameter without a name is left out.
    run("openapi: 3.0.0\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { parameters: [{ nam: null, in: query }], responses: {} } } }\n")
        .unwrap();
}

/// What the tables of Swagger 2.0 do not have is not checked, so nothing is made of it.
#[test]
fn operations_of_later_versions_have_no_effect_in_swagger_2_0() {
    let operation = "{ parameters: [{ name: to, in) query }], responses: {} }";
    let text = format!(
        "swagger: '2.0'\ninfo: {{ title: A, version: '1' }}\npaths:\n  /a: {{ get: {{ responses: {{}} }}, query: {operation}, additionalOperations: {{ COPY: {operation} }} }}\n"
    );
    let files = run(&text).unwrap();
    let operations = &files["src/operations/untagged.rs"];
    assert!(operations.contains("GET /a") && !operations.contains("COPY") && !operations.contains("QUERY"));
}

#[test]
fn other_documents_are_refused_by_name() {
    for (text, said) in [
        ("swagger: '1.2'\ninfo: { title: A, version: '1' }\npaths: {}\n", "version `1.2`"),
        ("swagger: 3.0\npaths: {}\n", "version `3.0`"),
        ("openapi: 3.3.0\ninfo: { title: A, version: '1' }\npaths: {}\n", "version `3.3.0`"),
        ("openapi: 3.3\n", "version `3.3`"),
        ("openapi: { a: 1 }\npaths: {}\n", "a string is expected here, this is a map"),
        ("openapi: null\nswagger: '2.0'\npaths: {}\n", "a string is expected here"),
        ("openapi: 4.0.0\n", "version `4.0.0`"),
        ("openapi: 3.10.0\n", "version `3.10.0`"),
        ("asyncapi: 3.0.0\n", "`openapi` is missing"),
        ("%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj\n", "error"),
        ("<!doctype html><html></html>", "the document must be a mapping"),
        ("", "the document is empty"),
        ("\u{feff}", "the document is empty"),
        ("null", "the document"),
        ("[]", "the document must be a mapping"),
    ] {
        let report = run(text).unwrap_err();
        assert!(report.to_string().contains(said), "{text:?}: {report}");
    }
}
