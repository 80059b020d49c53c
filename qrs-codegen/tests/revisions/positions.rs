//! Each constraint at each position of a document: what makes it tighter is told with its values, and may fail on the side
//! that writes values by the looser one.

use qrs_codegen::changes::Works;

use super::{between, verdicts_of};

/// A position of a schema, and the direction of its values.
struct Position {
    name: &'static str,
    sent: bool,
    /// The kinds of values that may stand there: text, number, boolean, list or object.
    takes: &'static str,
    document: fn(&str) -> String,
}

fn document(parameters: &str, body: &str, response: &str, schemas: &str) -> String {
    let body = if body.is_empty() { String::new() } else { format!("requestBody: {{ required: true, {body} }}") };
    format!(
        "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /things/{{id}}:
    post:
      operationId: thing
      parameters: [{{ name: id, in: path, required: true, schema: {{ type: string }} }}{parameters}]
      {body}
      responses: {{ '200': {{ description: It.{response} }} }}
components:
  schemas:
    Other: {{ type: string }}
{schemas}"
    )
}

fn json(schema: &str) -> String {
    format!("content: {{ application/json: {{ schema: {schema} }} }}")
}

fn sent(schema: &str) -> String {
    document("", &json(schema), "", "")
}

fn received(schema: &str) -> String {
    document("", "", &format!(", {}", json(schema)), "")
}

fn object(schema: &str) -> String {
    format!("{{ type: object, properties: {{ a: {schema} }} }}")
}

fn thing(schema: &str) -> String {
    format!("    Thing: {schema}\n")
}

const THING: &str = "{ $ref: '#/components/schemas/Thing' }";

const POSITIONS: &[Position] = &[
    Position {
        name: "query",
        sent: true,
        takes: "snbl",
        document: |it| document(&format!(", {{ name: q, in: query, schema: {it} }}"), "", "", ""),
    },
    Position {
        name: "required query",
        sent: true,
        takes: "snbl",
        document: |it| document(&format!(", {{ name: q, in: query, required: true, schema: {it} }}"), "", "", ""),
    },
    Position {
        name: "header",
        sent: true,
        takes: "snbl",
        document: |it| document(&format!(", {{ name: X-Q, in: header, schema: {it} }}"), "", "", ""),
    },
    Position {
        name: "cookie",
        sent: true,
        takes: "snb",
        document: |it| document(&format!(", {{ name: q, in: cookie, schema: {it} }}"), "", "", ""),
    },
    Position {
        name: "query by reference",
        sent: true,
        takes: "snbl",
        document: |it| document(&format!(", {{ name: q, in: query, schema: {THING} }}"), "", "", &thing(it)),
    },
    Position {
        name: "query as JSON",
        sent: true,
        takes: "snblo",
        document: |it| document(&format!(", {{ name: q, in: query, {} }}", json(it)), "", "", ""),
    },
    Position { name: "inline body", sent: true, takes: "snblo", document: sent },
    Position { name: "body property", sent: true, takes: "snblo", document: |it| sent(&object(it)) },
    Position {
        name: "elements of a body",
        sent: true,
        takes: "snblo",
        document: |it| sent(&format!("{{ type: array, items: {it} }}")),
    },
    Position {
        name: "values of a body",
        sent: true,
        takes: "snblo",
        document: |it| sent(&format!("{{ type: object, additionalProperties: {it} }}")),
    },
    Position {
        name: "elements of a property",
        sent: true,
        takes: "snblo",
        document: |it| sent(&object(&format!("{{ type: array, items: {it} }}"))),
    },
    Position {
        name: "body by reference",
        sent: true,
        takes: "snblo",
        document: |it| document("", &json(THING), "", &thing(it)),
    },
    Position {
        name: "property by reference",
        sent: true,
        takes: "snblo",
        document: |it| document("", &json(&object(THING)), "", &thing(it)),
    },
    Position {
        name: "property of a part",
        sent: true,
        takes: "snblo",
        document: |it| {
            let derived =
                format!("{{ allOf: [{THING}, {{ type: object, properties: {{ b: {{ type: string }} }} }}] }}");
            document("", &json(&derived), "", &thing(&object(it)))
        },
    },
    Position {
        name: "a part beside another",
        sent: true,
        takes: "sn",
        document: |it| sent(&object(&format!("{{ allOf: [{it}, {{ description: Of it. }}] }}"))),
    },
    Position {
        name: "alternative",
        sent: true,
        takes: "snlo",
        document: |it| sent(&object(&format!("{{ oneOf: [{it}, {{ type: boolean }}] }}"))),
    },
    Position {
        name: "nullable alternative",
        sent: true,
        takes: "snlo",
        document: |it| sent(&object(&format!("{{ anyOf: [{it}, {{ type: 'null' }}] }}"))),
    },
    Position {
        name: "form field",
        sent: true,
        takes: "snbl",
        document: |it| {
            let content = format!("content: {{ application/x-www-form-urlencoded: {{ schema: {} }} }}", object(it));
            document("", &content, "", "")
        },
    },
    Position {
        name: "part of a multipart body",
        sent: true,
        takes: "snbl",
        document: |it| {
            document("", &format!("content: {{ multipart/form-data: {{ schema: {} }} }}", object(it)), "", "")
        },
    },
    Position { name: "inline response", sent: false, takes: "snblo", document: received },
    Position { name: "response field", sent: false, takes: "snblo", document: |it| received(&object(it)) },
    Position {
        name: "elements of a response",
        sent: false,
        takes: "snblo",
        document: |it| received(&format!("{{ type: array, items: {} }}", object(it))),
    },
    Position {
        name: "response by reference",
        sent: false,
        takes: "snblo",
        document: |it| document("", "", &format!(", {}", json(THING)), &thing(it)),
    },
    Position {
        name: "response header",
        sent: false,
        takes: "snb",
        document: |it| document("", "", &format!(", headers: {{ X-R: {{ schema: {it} }} }}"), ""),
    },
];

/// A looser and a tighter schema of one kind of values, and the words for the way from the one to the other.
const CONSTRAINTS: &[(char, &str, &str, &str)] = &[
    ('n', "type: integer, maximum: 10", "type: integer, maximum: 5", "had the `maximum` 10 and has 5"),
    ('n', "type: integer", "type: integer, maximum: 5", "had no `maximum` and has 5"),
    ('n', "type: integer, minimum: 1", "type: integer, minimum: 3", "had the `minimum` 1 and has 3"),
    ('n', "type: number, minimum: 0.5", "type: number, minimum: 0.75", "had the `minimum` 0.5 and has 0.75"),
    (
        'n',
        "type: integer, maximum: 5",
        "type: integer, exclusiveMaximum: 5",
        "had `maximum` 5 and has `exclusiveMaximum` 5",
    ),
    ('n', "type: number", "type: number, exclusiveMinimum: 0", "had no `exclusiveMinimum` and has 0"),
    ('n', "type: integer, multipleOf: 5", "type: integer, multipleOf: 10", "had the `multipleOf` 5 and has 10"),
    ('n', "type: integer", "type: integer, not: { const: 3 }", "has `not` now"),
    ('s', "type: string, maxLength: 10", "type: string, maxLength: 5", "had the `maxLength` 10 and has 5"),
    ('s', "type: string", "type: string, minLength: 1", "had no `minLength` and has 1"),
    ('s', "type: string", "type: string, pattern: '^a'", "had no `pattern` and has `^a`"),
    ('s', "type: string", "type: string, format: email", "had no `format` and has `email`"),
    (
        'l',
        "type: array, items: { type: string }",
        "type: array, items: { type: string }, minItems: 1",
        "had no `minItems` and has 1",
    ),
    (
        'l',
        "type: array, items: { type: string }, maxItems: 9",
        "type: array, items: { type: string }, maxItems: 3",
        "had the `maxItems` 9 and has 3",
    ),
    (
        'l',
        "type: array, items: { type: string }",
        "type: array, items: { type: string }, uniqueItems: true",
        "has `uniqueItems` now",
    ),
    (
        'l',
        "type: array, items: { type: string }",
        "type: array, items: { type: string }, contains: { const: a }",
        "has `contains` now",
    ),
    (
        'l',
        "type: array, items: { type: string, maxLength: 10 }",
        "type: array, items: { type: string, maxLength: 5 }",
        "had the `maxLength` 10 and has 5",
    ),
    (
        'o',
        "type: object, additionalProperties: { type: string }",
        "type: object, additionalProperties: { type: string }, minProperties: 1",
        "had no `minProperties` and has 1",
    ),
    (
        'o',
        "type: object, additionalProperties: { type: string }, maxProperties: 9",
        "type: object, additionalProperties: { type: string }, maxProperties: 3",
        "had the `maxProperties` 9 and has 3",
    ),
    (
        'o',
        "type: object, additionalProperties: { type: string, minLength: 1 }",
        "type: object, additionalProperties: { type: string, minLength: 2 }",
        "had the `minLength` 1 and has 2",
    ),
    (
        'o',
        "type: object, additionalProperties: { type: string }",
        "type: object, additionalProperties: { type: string }, propertyNames: { maxLength: 8 }",
        "has `propertyNames` now",
    ),
    (
        'o',
        "type: object, additionalProperties: { type: string }, propertyNames: { maxLength: 8 }",
        "type: object, additionalProperties: { type: string }, propertyNames: { maxLength: 4 }",
        "had the `maxLength` 8 and has 4",
    ),
    (
        'o',
        "type: object, properties: { a: { type: string }, b: { type: string } }",
        "type: object, properties: { a: { type: string }, b: { type: string } }, dependentRequired: { a: [b] }",
        "has `dependentRequired` now",
    ),
    (
        'o',
        "type: object, properties: { a: { type: string }, b: { type: string } }",
        "type: object, properties: { a: { type: string }, b: { type: string } }, dependentSchemas: { a: { required: [b] } }",
        "has `dependentSchemas` now",
    ),
    (
        'o',
        "type: object, properties: { a: { type: string }, b: { type: string } }",
        "type: object, properties: { a: { type: string }, b: { type: string } }, not: { required: [a, b] }",
        "has `not` now",
    ),
    (
        'o',
        "type: object, properties: { a: { type: string }, b: { type: string } }",
        "type: object, properties: { a: { type: string }, b: { type: string } }, if: { required: [a] }, then: { required: [b] }",
        "has `if` now",
    ),
    (
        'o',
        "type: object, properties: { a: { type: integer, maximum: 10 } }",
        "type: object, properties: { a: { type: integer, maximum: 5 } }",
        "had the `maximum` 10 and has 5",
    ),
];

#[test]
fn each_constraint_is_told_at_each_position() {
    use Works::{Maybe, Yes};
    let mut tried = 0;
    let mut wrong = Vec::new();
    for position in POSITIONS {
        for (kind, loose, tight, words) in CONSTRAINTS.iter().filter(|(kind, ..)| position.takes.contains(*kind)) {
            let [loose, tight] = [loose, tight].map(|schema| (position.document)(&format!("{{ {schema} }}")));
            for (old, new, expected) in [(&loose, &tight, (Maybe, Yes)), (&tight, &loose, (Yes, Maybe))] {
                tried += 1;
                let expected = if position.sent { expected } else { (expected.1, expected.0) };
                let changes = between(old, new);
                let (old_client, new_client, mut ids) = verdicts_of(&changes);
                let forth = std::ptr::eq(old, &raw const loose);
                let told = !forth || changes.iter().any(|change| change.detail.starts_with(words));
                let id = if forth { "constraint-tightened" } else { "constraint-loosened" };
                // A variant is named after its format.
                ids.retain(|id| *id != "union-variant-rust-name-changed");
                if (old_client, new_client) != expected || ids != [id] || !told {
                    wrong.push(format!("{} {kind} {words}: {}", position.name, changes.to_text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried >= 500, "{tried}");
}
