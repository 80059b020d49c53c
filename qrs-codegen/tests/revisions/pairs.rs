//! One small pair of documents for each kind of change, both ways: what was said of the way forth holds with the sides
//! exchanged on the way back.
//!
//! It is one file, longer than others: most of it is the table of pairs.

use qrs_codegen::changes::Works::{self, Maybe, No, Yes};

use super::{between, verdicts_of};

/// The keys of one operation in both revisions, a kind of change that is told on the way forth (none if empty), and whether
/// the older client works with the newer server and the reverse.
type Pair = (&'static str, &'static str, &'static str, (Works, Works));

const DONE: &str = "responses: { '204': { description: Done. } }";

fn document(operation: &str) -> String {
    let responses = if operation.contains("responses:") { "" } else { DONE };
    let comma = if operation.is_empty() || responses.is_empty() { "" } else { ", " };
    format!(
        "openapi: 3.1.0
info: {{ title: A, version: '1' }}
paths:
  /b: {{ get: {{ operationId: b, {DONE} }} }}
  /a/{{id}}:
    parameters: [{{ name: id, in: path, required: true, schema: {{ type: string }} }}]
    post: {{ {}{operation}{comma}{responses} }}
components:
  securitySchemes:
    key: {{ type: apiKey, in: header, name: X-Key }}
    auth: {{ type: oauth2, flows: {{ clientCredentials: {{ tokenUrl: 'https://a/t', scopes: {{ r: Read., w: Write. }} }} }} }}
  schemas:
    Name: {{ type: string }}
    Cat: {{ type: object, required: [kind, lives], properties: {{ kind: {{ type: string }}, lives: {{ type: integer }} }} }}
    Dog: {{ type: object, required: [kind, tail], properties: {{ kind: {{ type: string }}, tail: {{ type: boolean }} }} }}
",
        if operation.contains("operationId:") { "" } else { "operationId: a, " },
    )
}

const PARAMETERS: &[Pair] = &[
    ("", "{ name: q, in: query, required: true, schema: { type: string } }", "required-parameter-added", (No, Maybe)),
    ("", "{ name: q, in: query, schema: { type: string } }", "parameter-added", (Yes, Maybe)),
    ("", "{ name: X-Q, in: header, schema: { type: string } }", "parameter-added", (Yes, Maybe)),
    ("", "{ name: q, in: cookie, required: true, schema: { type: string } }", "required-parameter-added", (No, Maybe)),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, required: true, schema: { type: string } }",
        "parameter-became-required",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: header, schema: { type: string } }",
        "parameter-serialization-changed",
        (No, No),
    ),
    (
        "{ name: X-Q, in: header, schema: { type: string } }",
        "{ name: x-q, in: header, schema: { type: string } }",
        "",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, schema: { type: integer } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: boolean } }",
        "{ name: q, in: query, schema: { type: integer } }",
        "parameter-type-changed",
        (No, No),
    ),
    (
        "{ name: q, in: query, schema: { type: number } }",
        "{ name: q, in: query, schema: { type: integer } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: integer, format: int64 } }",
        "{ name: q, in: query, schema: { type: integer, format: int32 } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string, enum: [x, y] } }",
        "{ name: q, in: query, schema: { type: string, enum: [x, y, z] } }",
        "enum-value-added",
        (Yes, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, schema: { type: string, enum: [x, y] } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: integer } }",
        "{ name: q, in: query, schema: { type: integer, enum: [1, 2] } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: integer } }",
        "{ name: q, in: query, schema: { type: array, items: { type: integer } } }",
        "parameter-type-changed",
        (Yes, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, schema: { type: array, items: { type: string, pattern: '^a' } } }",
        "constraint-tightened",
        (Maybe, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: array, items: { type: integer } } }",
        "{ name: q, in: query, explode: false, schema: { type: array, items: { type: integer } } }",
        "parameter-serialization-changed",
        (No, No),
    ),
    (
        "{ name: q, in: query, schema: { type: array, items: { type: string } } }",
        "{ name: q, in: query, style: pipeDelimited, explode: false, schema: { type: array, items: { type: string } } }",
        "parameter-serialization-changed",
        (No, No),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, allowReserved: true, schema: { type: string } }",
        "parameter-serialization-changed",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: integer, default: 1 } }",
        "{ name: q, in: query, schema: { type: integer, default: 2 } }",
        "default-changed",
        (Maybe, Maybe),
    ),
    (
        "{ name: q, in: query, required: true, schema: { type: integer, default: 1 } }",
        "{ name: q, in: query, required: true, schema: { type: integer, default: 2 } }",
        "default-changed",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, deprecated: true, x-sunset: '2027-01-01', schema: { type: string } }",
        "parameter-deprecated",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, deprecated: true, x-sunset: '2027-01-01', schema: { type: string } }",
        "{ name: q, in: query, deprecated: true, x-sunset: '2026-12-01', schema: { type: string } }",
        "sunset-changed",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, x-stability-level: beta, schema: { type: string } }",
        "{ name: q, in: query, x-stability-level: stable, schema: { type: string } }",
        "stability-changed",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, schema: { type: string, pattern: '.*', minLength: 0 } }",
        "",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, schema: { $ref: '#/components/schemas/Name' } }",
        "",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string, maxLength: 5 } }",
        "{ name: q, in: query, schema: { $ref: '#/components/schemas/Name' } }",
        "constraint-loosened",
        (Yes, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: [string, integer] } }",
        "{ name: q, in: query, schema: { type: string } }",
        "parameter-type-changed",
        (Yes, Yes),
    ),
    (
        "{ name: q, in: query, content: { application/json: { schema: { type: [string, integer] } } } }",
        "{ name: q, in: query, content: { application/json: { schema: { type: string } } } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: [string, integer] } }",
        "{ name: q, in: query, schema: { type: array, items: { type: string } } }",
        "parameter-type-changed",
        (Yes, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: array, items: { type: integer } } }",
        "{ name: q, in: query, schema: { type: array, items: { type: string } } }",
        "parameter-type-changed",
        (Yes, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: string, enum: ['1', '2'] } }",
        "{ name: q, in: query, schema: { type: integer } }",
        "parameter-type-changed",
        (Maybe, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: string, x-extensible-enum: [x, y] } }",
        "{ name: q, in: query, schema: { type: string, x-extensible-enum: [x] } }",
        "open-value-removed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: string, format: uri } }",
        "{ name: q, in: query, schema: { type: string, format: email } }",
        "constraint-changed",
        (Maybe, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: string } }",
        "{ name: q, in: query, schema: { type: string, format: uuid } }",
        "parameter-type-changed",
        (Maybe, Yes),
    ),
    (
        "{ name: q, in: query, schema: { type: integer, not: { const: 1 } } }",
        "{ name: q, in: query, schema: { type: integer, not: { const: 2 } } }",
        "constraint-changed",
        (Maybe, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: integer, exclusiveMaximum: 6 } }",
        "{ name: q, in: query, schema: { type: integer, maximum: 6 } }",
        "constraint-loosened",
        (Yes, Maybe),
    ),
    (
        "{ name: q, in: query, schema: { type: integer, multipleOf: 4 } }",
        "{ name: q, in: query, schema: { type: integer, multipleOf: 6 } }",
        "constraint-changed",
        (Maybe, Maybe),
    ),
];

/// The schema of a value that is sent; what becomes of it if it is received is at the end.
type Value = (&'static str, &'static str, &'static str, (Works, Works), (Works, Works));

const VALUES: &[Value] = &[
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string }, b: { type: string } }",
        "field-added",
        (Yes, Maybe),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, required: [b], properties: { a: { type: string }, b: { type: string } }",
        "required-field-added",
        (No, Maybe),
        (Yes, No),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, required: [a], properties: { a: { type: string } }",
        "field-became-required",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: [string, 'null'] } }",
        "field-null-allowed",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "type: object, required: [a], properties: { a: { type: string } }",
        "type: object, required: [a], properties: { a: { type: [string, 'null'] } }",
        "field-type-changed",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "type: object, properties: { a: { type: integer } }",
        "type: object, properties: { a: { type: number } }",
        "field-type-changed",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "type: object, required: [a], properties: { a: { type: integer } }",
        "type: object, required: [a], properties: { a: { type: string } }",
        "field-type-changed",
        (No, No),
        (No, No),
    ),
    (
        "type: object, properties: { a: { type: array, items: { type: integer } } }",
        "type: object, properties: { a: { type: array, items: { type: number } } }",
        "field-type-changed",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "type: object, properties: { a: { type: string, enum: [x, y] } }",
        "type: object, properties: { a: { type: string, enum: [x, y, z] } }",
        "enum-value-added",
        (Yes, Maybe),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { const: x } }",
        "type: object, properties: { a: { const: y } }",
        "enum-value-removed",
        (Maybe, Maybe),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string, readOnly: true } }",
        "field-access-changed",
        (Maybe, Maybe),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string, writeOnly: true } }",
        "field-access-changed",
        (Yes, Yes),
        (Maybe, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string } }, additionalProperties: { type: string }",
        "additional-properties-allowed",
        (Yes, Yes),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }, additionalProperties: false",
        "type: object, properties: { a: { type: string } }, additionalProperties: { type: string }",
        "additional-properties-allowed",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }, additionalProperties: { type: integer }",
        "type: object, properties: { a: { type: string } }, additionalProperties: { type: string }",
        "additional-properties-type-changed",
        (Maybe, Maybe),
        (Maybe, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string, deprecated: true } }",
        "type: object, properties: { a: { type: string } }",
        "deprecation-withdrawn",
        (Yes, Yes),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string, x-acme-visibility: internal } }",
        "stability-changed",
        (Yes, Yes),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string, default: x } }",
        "type: object, properties: { a: { type: string, default: y } }",
        "default-changed",
        (Maybe, Maybe),
        (Yes, Yes),
    ),
    (
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Name' }]",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }, { $ref: '#/components/schemas/Name' }]",
        "union-variant-added",
        (Yes, Maybe),
        (Yes, Yes),
    ),
    (
        "$ref: '#/components/schemas/Cat'",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]",
        "",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: kind }",
        "union-tag-changed",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "allOf: [{ type: object, properties: { a: { type: string } } }, { type: object, required: [b], properties: { b: { type: string } } }]",
        "required-field-added",
        (No, Maybe),
        (Yes, No),
    ),
    (
        "type: object, properties: { a: { type: string }, b: { type: string } }, if: { required: [a] }, then: { required: [b] }",
        "type: object, properties: { a: { type: string }, b: { type: string } }, if: { required: [b] }, then: { required: [a] }",
        "constraint-changed",
        (Maybe, Maybe),
        (Maybe, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string }, b: { type: string }, c: { type: string } }, dependentRequired: { a: [b] }",
        "type: object, properties: { a: { type: string }, b: { type: string }, c: { type: string } }, dependentRequired: { a: [b, c] }",
        "constraint-tightened",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string } }, required: [z]",
        "required-field-added",
        (No, Maybe),
        (Yes, No),
    ),
    (
        "type: object, properties: { a: { type: array, items: { type: string } } }",
        "type: object, properties: { a: { type: array, items: { type: string }, contains: { const: x } } }",
        "constraint-tightened",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, additionalProperties: { type: array, items: { type: integer } }",
        "type: object, additionalProperties: { type: array, items: { type: integer, maximum: 5 } }",
        "constraint-tightened",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { anyOf: [{ type: string }, { type: 'null' }] } }",
        "type: object, properties: { a: { type: string } }",
        "field-null-forbidden",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { type: [string, integer] } }",
        "type: object, properties: { a: { type: string } }",
        "field-type-changed",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: array, items: { type: string }",
        "type: array, items: { type: string, format: date }",
        "",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string, contentEncoding: base64 } }",
        "type: object, properties: { a: { type: string } }",
        "",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Name' }]",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Name' }, { title: Loose, type: object, properties: { x: { type: string } } }]",
        "union-variant-added",
        (Maybe, Maybe),
        (Yes, Yes),
    ),
    (
        "anyOf: [{ $ref: '#/components/schemas/Cat' }, { title: Loose, type: object, properties: { x: { type: string } } }]",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { title: Loose, type: object, properties: { x: { type: string } } }]",
        "union-matching-changed",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "anyOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]",
        "union-matching-changed",
        (Yes, Yes),
        (Yes, Yes),
    ),
    (
        "type: object, required: [a, b], properties: { a: { type: string }, b: { type: string } }",
        "oneOf: [{ type: object, required: [a], properties: { a: { type: string }, b: { type: string } } }, { type: object, required: [b], properties: { a: { type: string }, b: { type: string } } }]",
        "",
        (Maybe, Maybe),
        (Maybe, Yes),
    ),
    (
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog' } }",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat', kitten: '#/components/schemas/Cat', dog: '#/components/schemas/Dog' } }",
        "union-variant-tags-changed",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
    (
        "type: object, properties: { a: { type: string, x-extensible-enum: [x] } }",
        "type: object, properties: { a: { type: string, x-extensible-enum: [x, y] } }",
        "open-value-added",
        (Yes, Maybe),
        (Yes, Yes),
    ),
    (
        "type: object, patternProperties: { '^x': { type: string } }",
        "type: object, patternProperties: { '^x': { type: string, maxLength: 3 } }",
        "constraint-tightened",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
];

const JSON: &str = "content: { application/json: { schema: { type: string } } }";

/// Operations with bodies, responses and credentials.
const OPERATIONS: &[Pair] = &[
    ("", "requestBody: { required: true, JSON }", "required-body-added", (No, Maybe)),
    ("", "requestBody: { JSON }", "body-added", (Yes, Maybe)),
    ("requestBody: { JSON }", "requestBody: { required: true, JSON }", "body-became-required", (Maybe, Yes)),
    (
        "requestBody: { required: true, JSON }",
        "requestBody: { required: true, content: { application/json: { schema: { type: string } }, text/plain: { schema: { type: string } } } }",
        "body-media-type-added",
        (Yes, Maybe),
    ),
    (
        "requestBody: { required: true, JSON }",
        "requestBody: { required: true, content: { application/xml: { schema: { type: string } } } }",
        "body-media-type-changed",
        (Maybe, Maybe),
    ),
    (
        "responses: { '200': { description: It., JSON } }",
        "responses: { '201': { description: It., JSON } }",
        "success-statuses-changed",
        (Yes, Yes),
    ),
    (
        "responses: { '200': { description: It. } }",
        "responses: { '200': { description: It., JSON } }",
        "success-type-changed",
        (Yes, No),
    ),
    (
        "responses: { '200': { description: It., headers: { X-A: { schema: { type: string } } } } }",
        "responses: { '200': { description: It. } }",
        "response-header-removed",
        (Yes, Yes),
    ),
    (
        "responses: { '200': { description: It., headers: { X-A: { schema: { type: integer } } } } }",
        "responses: { '200': { description: It., headers: { X-A: { deprecated: true, schema: { type: integer } } } } }",
        "field-deprecated",
        (Yes, Yes),
    ),
    (
        "responses: { '200': { description: It., headers: { X-A: { schema: { type: integer, maximum: 5 } } } } }",
        "responses: { '200': { description: It., headers: { X-A: { schema: { type: integer, maximum: 9 } } } } }",
        "constraint-loosened",
        (Maybe, Yes),
    ),
    (
        "responses: { '200': { description: It. }, '404': { description: None., JSON } }",
        "responses: { '200': { description: It. }, '404': { description: None., content: { application/json: { schema: { type: integer } } } } }",
        "error-type-changed",
        (No, No),
    ),
    (
        "responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Cat' } } } } }",
        "responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Cat' } }, application/hal+json: { schema: { $ref: '#/components/schemas/Dog' } } } } }",
        "success-type-changed",
        (Yes, Maybe),
    ),
    (
        "responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Cat' } } } } }",
        "responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Cat' } } } }, '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Dog' } } } } }",
        "success-type-changed",
        (Maybe, Yes),
    ),
    (
        "responses: { '200': { description: It. } }",
        "responses: { '200': { description: It. }, '418': { description: Teapot. } }",
        "error-statuses-changed",
        (Yes, Yes),
    ),
    (
        "responses: { '200': { description: It. }, '201': { description: New. } }",
        "responses: { '201': { description: New. }, '200': { description: It. } }",
        "",
        (Yes, Yes),
    ),
    (
        "requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { x: { type: string } } } } } }",
        "requestBody: { required: true, content: { multipart/form-data: { schema: { type: object, properties: { x: { type: string } } } } } }",
        "body-became-required",
        (Maybe, Yes),
    ),
    (
        "requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { x: { type: string } } } } } }",
        "requestBody: { content: { multipart/form-data: { schema: { type: object, required: [x], properties: { x: { type: string } } } } } }",
        "parameter-became-required",
        (Maybe, Yes),
    ),
    (
        "responses: { '200': { description: It. }, '404': { description: None., JSON } }",
        "responses: { '200': { description: It. }, '404': { description: None., JSON }, '409': { description: Other., content: { application/json: { schema: { type: integer } } } } }",
        "error-type-changed",
        (Yes, Yes),
    ),
    (
        "responses: { '200': { description: It. }, '404': { description: None., JSON }, '409': { description: Other., JSON } }",
        "responses: { '200': { description: It. }, '404': { description: None., JSON }, '409': { description: Other., content: { application/json: { schema: { type: integer } } } } }",
        "error-type-changed",
        (Maybe, Maybe),
    ),
    (
        "responses: { '200': { description: It. }, '404': { description: None., JSON } }",
        "responses: { '200': { description: It. }, '404': { description: None. } }",
        "error-type-changed",
        (Maybe, Yes),
    ),
    ("security: [{ auth: [r] }]", "security: [{ auth: [r, w] }]", "operation-scopes-changed", (Maybe, Yes)),
    ("security: [{ auth: [r] }]", "security: [{ auth: [w] }]", "operation-scopes-changed", (Maybe, Maybe)),
    ("security: [{ auth: [r] }]", "security: [{ auth: [r] }, { key: [] }]", "operation-security-changed", (Yes, Maybe)),
    ("", "security: [{ key: [] }]", "operation-security-changed", (No, No)),
    ("", "deprecated: true, x-sunset: '2027-01-01'", "operation-deprecated", (Yes, Yes)),
    ("x-stability-level: beta", "x-stability-level: alpha", "stability-changed", (Yes, Yes)),
    ("deprecated: true", "deprecated: true, x-sunset: '2027-01-01'", "sunset-changed", (Yes, Yes)),
    ("operationId: one", "operationId: two", "operation-renamed", (Yes, Yes)),
    ("tags: [one]", "tags: [two]", "operation-module-changed", (Yes, Yes)),
    ("summary: One.", "summary: Two.", "documentation-changed", (Yes, Yes)),
];

/// The schema of a body as XML, which Rust callers give and get as it is; otherwise like `VALUES`.
const UNTYPED: &[Value] = &[
    ("type: string", "type: integer", "constraint-changed", (Maybe, Maybe), (Maybe, Maybe)),
    ("type: integer", "type: number", "constraint-loosened", (Yes, Maybe), (Maybe, Yes)),
    ("type: string", "type: string, enum: [x, y]", "constraint-tightened", (Maybe, Yes), (Yes, Maybe)),
    ("type: string, enum: [x]", "type: string, enum: [x, y]", "constraint-loosened", (Yes, Maybe), (Maybe, Yes)),
    ("type: string", "type: [string, 'null']", "constraint-loosened", (Yes, Maybe), (Maybe, Yes)),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, required: [a], properties: { a: { type: string } }",
        "constraint-tightened",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, properties: { a: { type: string }, b: { type: string } }",
        "field-added",
        (Yes, Maybe),
        (Yes, Yes),
    ),
    (
        "type: object, properties: { a: { type: string } }",
        "type: object, additionalProperties: false, properties: { a: { type: string } }",
        "constraint-tightened",
        (Maybe, Yes),
        (Yes, Maybe),
    ),
    (
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]",
        "oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }, { type: string }]",
        "constraint-loosened",
        (Yes, Maybe),
        (Maybe, Yes),
    ),
];

/// Compares a pair both ways. Returns what is wrong.
fn tried((old, new, id, expected): (&str, &str, &str, (Works, Works)), is_symmetric: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let changes = between(old, new);
    let (old_client, new_client, ids) = verdicts_of(&changes);
    if (old_client, new_client) != expected || (!id.is_empty() && !ids.contains(&id)) {
        wrong.push(format!("expected {id} {expected:?}, forth: {}", changes.to_text()));
    }
    if id.is_empty()
        && expected == (Yes, Yes)
        && ids.iter().any(|id| !id.starts_with("type-") && !id.starts_with("documentation-"))
    {
        wrong.push(format!("nothing changed: {}", changes.to_text()));
    }
    let back = between(new, old);
    let (old_client, new_client, _) = verdicts_of(&back);
    if is_symmetric && (new_client, old_client) != expected {
        wrong.push(format!("back of {expected:?}: {}", back.to_text()));
    }
    wrong
}

#[test]
fn each_kind_is_told_both_ways() {
    let mut wrong = Vec::new();
    for (old, new, id, expected) in PARAMETERS {
        let of = |parameter: &str| document(&format!("parameters: [{parameter}]"));
        wrong.extend(tried((&of(old), &of(new), id, *expected), true));
    }
    let untyped = UNTYPED.iter().map(|pair| (pair, "application/xml"));
    for ((old, new, id, sent, received), media_type) in
        VALUES.iter().map(|pair| (pair, "application/json")).chain(untyped)
    {
        for position in ["SCHEMA", "{ type: array, items: SCHEMA }", "{ type: object, additionalProperties: SCHEMA }"] {
            let content = |schema: &str| {
                let schema = position.replace("SCHEMA", &format!("{{ {schema} }}"));
                format!("content: {{ {media_type}: {{ schema: {schema} }} }}")
            };
            let body = |schema: &str| document(&format!("requestBody: {{ required: true, {} }}", content(schema)));
            let response = |schema: &str| {
                document(&format!("responses: {{ '200': {{ description: It., {} }} }}", content(schema)))
            };
            wrong.extend(tried((&body(old), &body(new), id, *sent), true));
            wrong.extend(tried((&response(old), &response(new), id, *received), true));
        }
    }
    for (old, new, id, expected) in OPERATIONS {
        let of = |keys: &str| document(&keys.replace("JSON", JSON));
        // A credential that is not needed any more is not sent, whatever the older server asks for.
        let is_symmetric = !id.starts_with("operation-security");
        wrong.extend(tried((&of(old), &of(new), id, *expected), is_symmetric));
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
