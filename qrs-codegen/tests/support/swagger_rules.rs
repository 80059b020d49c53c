//! The rules of Swagger 2.0: for each a document, and the value at a place of the OpenAPI 3.0 that it is read as.

use qrs_codegen::{Input, NoFiles, Source, effective};
use serde_json::Value;

/// A rule, the keys of a document, and what is expected at some places.
type Rule = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ABSENT: &str = "absent";

/// `GET /a`, with these keys.
macro_rules! get {
    ($keys:literal) => {
        concat!("paths: { /a: { get: { responses: { 200: { description: d } }, ", $keys, " } } }")
    };
}

/// `POST /a`, with these keys.
macro_rules! post {
    ($keys:literal) => {
        concat!("paths: { /a: { post: { responses: { 200: { description: d } }, ", $keys, " } } }")
    };
}

const RULES: &[Rule] = &[
    ("2: no scheme is https", "host: h.example:81", &[("/servers/0/url", "https://h.example:81")]),
    ("2: no scheme of this machine is http", "host: localhost:81", &[("/servers/0/url", "http://localhost:81")]),
    ("2: a slash is not doubled", "{ host: h, basePath: /, schemes: [https] }", &[("/servers/0/url", "https://h")]),
    (
        "2: a base path without a slash",
        "{ host: h, basePath: v1/, schemes: [https] }",
        &[("/servers/0/url", "https://h/v1")],
    ),
    (
        "2: web sockets are left out",
        "{ host: h, schemes: [wss, http, https] }",
        &[("/servers/0/url", "https://h"), ("/servers/1/url", "http://h"), ("/servers/2", ABSENT)],
    ),
    (
        "2: schemes of an operation that differ",
        concat!("{ host: h, schemes: [https], ", get!("schemes: [http]"), " }"),
        &[("/paths/~1a/get/servers/0/url", "http://h")],
    ),
    (
        "2: schemes of an operation that do not",
        concat!("{ host: h, schemes: [https], ", get!("schemes: [https]"), " }"),
        &[("/paths/~1a/get/servers", ABSENT)],
    ),
    (
        "2: a parameterized host",
        "x-ms-parameterized-host: { hostTemplate: '{a}.example.com', parameters: [{ name: a, in: path, required: true, type: string, default: b }] }",
        &[("/servers/0/url", "https://{a}.example.com"), ("/servers/0/variables/a/default", "b")],
    ),
    (
        "3: a body is JSON",
        post!("parameters: [{ in: body, name: b, schema: { type: string } }]"),
        &[("/paths/~1a/post/requestBody/content", r#"{"application/json":{"schema":{"type":"string"}}}"#)],
    ),
    (
        "3: an empty list clears that of the document",
        concat!(
            "{ consumes: [text/x], ",
            post!("consumes: [], parameters: [{ in: body, name: b, schema: { type: string } }]"),
            " }"
        ),
        &[("/paths/~1a/post/requestBody/content", r#"{"application/json":{"schema":{"type":"string"}}}"#)],
    ),
    (
        "3: the list of the document",
        concat!("{ consumes: [text/x], ", post!("parameters: [{ in: body, name: b, schema: { type: string } }]"), " }"),
        &[("/paths/~1a/post/requestBody/content", r#"{"text/x":{"schema":{"type":"string"}}}"#)],
    ),
    (
        "3: a form is URL-encoded",
        post!("parameters: [{ in: formData, name: f, type: string }]"),
        &[(
            "/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties",
            r#"{"f":{"type":"string"}}"#,
        )],
    ),
    (
        "3: a form with a file is of parts",
        post!("parameters: [{ in: formData, name: f, type: file }]"),
        &[(
            "/paths/~1a/post/requestBody/content/multipart~1form-data/schema/properties",
            r#"{"f":{"format":"binary","type":"string"}}"#,
        )],
    ),
    (
        "3: a response of no media type",
        "paths: { /a: { get: { responses: { 200: { description: d, schema: { type: object } } } } } }",
        &[("/paths/~1a/get/responses/200/content", r#"{"*/*":{"schema":{"type":"object"}}}"#)],
    ),
    (
        "4: the first body, not the second",
        post!(
            "parameters: [{ in: body, name: b, schema: { type: string } }, { in: body, name: c, schema: { type: integer } }]"
        ),
        &[("/paths/~1a/post/requestBody/content/application~1json/schema/type", "string")],
    ),
    (
        "4: the body, not the form",
        post!(
            "parameters: [{ in: formData, name: f, type: string }, { in: body, name: b, required: true, description: D, schema: { type: string } }]"
        ),
        &[
            ("/paths/~1a/post/requestBody/content/application~1json/schema/type", "string"),
            ("/paths/~1a/post/requestBody/description", "D"),
            ("/paths/~1a/post/requestBody/required", "true"),
        ],
    ),
    (
        "5: a form without a form's media type",
        post!("consumes: [application/json], parameters: [{ in: formData, name: f, type: string, required: true }]"),
        &[("/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/required", r#"["f"]"#)],
    ),
    (
        "5: multi of a form",
        post!("parameters: [{ in: formData, name: f, type: array, items: { type: string }, collectionFormat: multi }]"),
        &[("/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/encoding/f/explode", "true")],
    ),
    (
        "5: csv of a form",
        post!("parameters: [{ in: formData, name: f, type: array, items: { type: string } }]"),
        &[("/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/encoding/f/explode", "false")],
    ),
    (
        "5: multi of parts is a part each",
        post!(
            "consumes: [multipart/form-data], parameters: [{ in: formData, name: f, type: array, items: { type: string }, collectionFormat: multi }]"
        ),
        &[("/paths/~1a/post/requestBody/content/multipart~1form-data/encoding", ABSENT)],
    ),
    (
        "5: each of several files is a part",
        post!("parameters: [{ in: formData, name: f, type: array, items: { type: file } }]"),
        &[
            (
                "/paths/~1a/post/requestBody/content/multipart~1form-data/schema/properties/f/items",
                r#"{"format":"binary","type":"string"}"#,
            ),
            ("/paths/~1a/post/requestBody/content/multipart~1form-data/encoding", ABSENT),
        ],
    ),
    (
        "6: the keys of a parameter",
        get!(
            "parameters: [{ name: q, in: query, type: integer, format: int32, enum: [1, 2], minimum: 1, x-nullable: true, allowEmptyValue: true, description: D }]"
        ),
        &[
            (
                "/paths/~1a/get/parameters/0/schema",
                r#"{"enum":[1,2],"format":"int32","minimum":1,"nullable":true,"type":"integer"}"#,
            ),
            ("/paths/~1a/get/parameters/0/description", "D"),
            ("/paths/~1a/get/parameters/0/allowEmptyValue", "true"),
        ],
    ),
    (
        "6: no type is a string",
        get!("parameters: [{ name: q, in: query }]"),
        &[("/paths/~1a/get/parameters/0/schema/type", "string")],
    ),
    (
        "7: csv is the default",
        get!("parameters: [{ name: q, in: query, type: array, items: { type: string } }]"),
        &[("/paths/~1a/get/parameters/0/explode", "false")],
    ),
    (
        "7: multi",
        get!("parameters: [{ name: q, in: query, type: array, items: { type: string }, collectionFormat: multi }]"),
        &[("/paths/~1a/get/parameters/0/explode", "true")],
    ),
    (
        "7: ssv",
        get!("parameters: [{ name: q, in: query, type: array, items: { type: string }, collectionFormat: ssv }]"),
        &[("/paths/~1a/get/parameters/0/style", "spaceDelimited"), ("/paths/~1a/get/parameters/0/explode", "false")],
    ),
    (
        "7: pipes",
        get!("parameters: [{ name: q, in: query, type: array, items: { type: string }, collectionFormat: pipes }]"),
        &[("/paths/~1a/get/parameters/0/style", "pipeDelimited")],
    ),
    (
        "7: pipe is pipes",
        get!("parameters: [{ name: q, in: query, type: array, items: { type: string }, collectionFormat: pipe }]"),
        &[("/paths/~1a/get/parameters/0/style", "pipeDelimited")],
    ),
    (
        "7: tsv",
        get!("parameters: [{ name: q, in: query, type: array, items: { type: string }, collectionFormat: tsv }]"),
        &[("/paths/~1a/get/parameters/0/x-codegen-delimiters", "\t")],
    ),
    (
        "7: multi of a header is csv",
        get!("parameters: [{ name: q, in: header, type: array, items: { type: string }, collectionFormat: multi }]"),
        &[
            ("/paths/~1a/get/parameters/0/explode", ABSENT),
            ("/paths/~1a/get/parameters/0/x-codegen-delimiters", ABSENT),
        ],
    ),
    (
        "7: pipes of a header",
        get!("parameters: [{ name: q, in: header, type: array, items: { type: string }, collectionFormat: pipes }]"),
        &[("/paths/~1a/get/parameters/0/x-codegen-delimiters", "|")],
    ),
    (
        "7: lists within lists",
        get!(
            "parameters: [{ name: q, in: query, type: array, items: { type: array, items: { type: string }, collectionFormat: pipes } }]"
        ),
        &[("/paths/~1a/get/parameters/0/x-codegen-delimiters", ",|")],
    ),
    (
        "7: lists in response headers",
        "paths: { /a: { get: { responses: { 200: { description: d, headers: { X: { type: array, items: { type: string }, collectionFormat: ssv } } } } } } }",
        &[("/paths/~1a/get/responses/200/headers/X/x-codegen-delimiters", " ")],
    ),
    (
        "8: a body among the parameters",
        concat!(
            "{ parameters: { B: { in: body, name: b, schema: { type: string } } }, ",
            post!("parameters: [{ $ref: '#/parameters/B' }]"),
            " }"
        ),
        &[("/paths/~1a/post/requestBody/$ref", "#/components/requestBodies/B"), ("/components/parameters/B", ABSENT)],
    ),
    (
        "8: a field among the parameters",
        concat!(
            "{ parameters: { F: { in: formData, name: f, type: string } }, ",
            post!("parameters: [{ $ref: '#/parameters/F' }]"),
            " }"
        ),
        &[(
            "/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/f/type",
            "string",
        )],
    ),
    (
        "8: a parameter of the path",
        "paths: { /a: { parameters: [{ in: formData, name: f, type: string }], post: { parameters: [{ in: formData, name: f, type: integer }], responses: {} } } }",
        &[(
            "/paths/~1a/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties",
            r#"{"f":{"type":"integer"}}"#,
        )],
    ),
    (
        "9: a shared response of two sets",
        "{ responses: { R: { description: d, schema: { type: object } } }, paths: { /a: { get: { produces: [text/a], responses: { 200: { $ref: '#/responses/R' } } }, put: { produces: [text/b], responses: { 200: { $ref: '#/responses/R' } } } } } }",
        &[
            ("/components/responses/R/content", r#"{"text/a":{"schema":{"type":"object"}}}"#),
            ("/paths/~1a/put/responses/200/$ref", "#/components/responses/R_2"),
            ("/components/responses/R_2/content", r#"{"text/b":{"schema":{"type":"object"}}}"#),
        ],
    ),
    ("10: no schema is no content", get!("produces: [text/x]"), &[("/paths/~1a/get/responses/200/content", ABSENT)]),
    (
        "10: a file, and an example",
        "paths: { /a: { get: { produces: [image/x], responses: { 200: { description: d, schema: { type: file }, examples: { image/x: e } } } } } }",
        &[
            ("/paths/~1a/get/responses/200/content/image~1x/schema/format", "binary"),
            ("/paths/~1a/get/responses/200/content/image~1x/example", "e"),
        ],
    ),
    (
        "11: names and places",
        "definitions: { a/b: { type: object, properties: { c: { type: string } } }, 'Foo«Bar»': { $ref: '#/definitions/a~1b/properties/c' }, D: { $ref: '#/definitions/Foo%C2%ABBar%C2%BB' } }",
        &[
            ("/components/schemas/Foo«Bar»/$ref", "#/components/schemas/a~1b/properties/c"),
            ("/components/schemas/D/$ref", "#/components/schemas/Foo%C2%ABBar%C2%BB"),
        ],
    ),
    (
        "11: a place in a parameter",
        concat!(
            "{ definitions: { D: { $ref: '#/paths/~1a/post/parameters/0/schema' } }, ",
            post!("parameters: [{ in: body, name: b, schema: { type: string } }]"),
            " }"
        ),
        &[("/components/schemas/D/$ref", "#/paths/~1a/post/requestBody/content/application~1json/schema")],
    ),
    (
        "12: a discriminator",
        "definitions: { P: { type: object, discriminator: k, properties: { k: { type: string } } }, C: { x-ms-discriminator-value: cee, allOf: [{ $ref: '#/definitions/P' }] } }",
        &[(
            "/components/schemas/P/discriminator",
            r##"{"mapping":{"cee":"#/components/schemas/C"},"propertyName":"k"}"##,
        )],
    ),
    (
        "12: what may be null",
        "definitions: { P: { type: string, x-nullable: true }, Q: { type: string, x-isnullable: true } }",
        &[("/components/schemas/P/nullable", "true"), ("/components/schemas/Q/nullable", "true")],
    ),
    (
        "12: a file among the definitions",
        "definitions: { F: { type: file } }",
        &[("/components/schemas/F/format", "binary")],
    ),
    (
        "12: what is not of 2.0",
        "definitions: { F: { oneOf: [{ type: string }] } }",
        &[("/components/schemas/F/oneOf/0/type", "string")],
    ),
    (
        "13: basic",
        "securityDefinitions: { s: { type: basic } }",
        &[("/components/securitySchemes/s", r#"{"scheme":"basic","type":"http"}"#)],
    ),
    (
        "13: a key",
        "securityDefinitions: { s: { type: apiKey, in: header, name: Authorization } }",
        &[("/components/securitySchemes/s", r#"{"in":"header","name":"Authorization","type":"apiKey"}"#)],
    ),
    (
        "13: the flows",
        "securityDefinitions: { a: { type: oauth2, flow: implicit, authorizationUrl: u, scopes: { s: t } }, b: { type: oauth2, flow: password, tokenUrl: u }, c: { type: oauth2, flow: application, tokenUrl: u }, d: { type: oauth2, flow: accessCode, authorizationUrl: u, tokenUrl: v } }",
        &[
            ("/components/securitySchemes/a/flows/implicit/authorizationUrl", "u"),
            ("/components/securitySchemes/a/flows/implicit/scopes/s", "t"),
            ("/components/securitySchemes/b/flows/password/tokenUrl", "u"),
            ("/components/securitySchemes/c/flows/clientCredentials/tokenUrl", "u"),
            ("/components/securitySchemes/d/flows/authorizationCode/tokenUrl", "v"),
        ],
    ),
    ("13: no security", get!("security: []"), &[("/paths/~1a/get/security", "[]")]),
    (
        "14: paths beside the others",
        "x-ms-paths: { '/a?b=c': { get: { responses: {} } } }",
        &[("/paths/~1a?b=c/get/responses", "{}")],
    ),
    ("16: a status that is a number", get!("operationId: x"), &[("/paths/~1a/get/responses/200/description", "d")]),
];

#[test]
fn each_rule_of_swagger_2_0() {
    let mut wrong = Vec::new();
    for (rule, keys, expected) in RULES {
        let keys = keys.strip_prefix("{ ").and_then(|keys| keys.strip_suffix(" }")).unwrap_or(keys);
        let paths = if keys.contains("paths: {") { "" } else { ", paths: {}" };
        let text = format!("{{ swagger: '2.0', info: {{ title: t, version: '1' }}, {keys}{paths} }}");
        let document = Source { name: "api.yaml", text: &text };
        let input = Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "test" };
        let tree = effective(&input).unwrap_or_else(|report| panic!("{rule}: {report}"));
        for (pointer, expected) in *expected {
            let found = match tree.pointer(pointer) {
                None => ABSENT.to_owned(),
                Some(Value::String(text)) => text.clone(),
                Some(value) => sorted(value).to_string(),
            };
            if found != *expected {
                wrong.push(format!("{rule}: {pointer} is {found}, not {expected}, in {tree}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A value with its keys in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
