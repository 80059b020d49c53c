//! Documents made of any bytes: most of each is sound, so that the later stages of the generator are reached, and every
//! part of it may be what nobody expects. Equal bytes make equal documents.
//!
//! It is one file, longer than others: each part of a document makes the parts within it.

mod latest;

use serde_json::{Map, Value, json};

/// Names that are hard to make identifiers of, or that meet.
const NAMES: &[&str] = &[
    "a",
    "b",
    "A",
    "id",
    "Id",
    "ID",
    "i_d",
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "fn",
    "async",
    "gen",
    "try",
    "_",
    "__",
    "-",
    "",
    " ",
    "0",
    "1a",
    "a b",
    "a-b",
    "a_b",
    "aB",
    "AB",
    "ab",
    "é",
    "日本",
    "ß",
    "\u{202e}x",
    "a\u{0}b",
    "*/",
    "\"#",
    "{}",
    "../x",
    "Option",
    "String",
    "Vec",
    "Result",
    "Error",
    "Client",
    "Server",
    "Call",
    "Request",
    "new",
    "send",
    "body",
    "query",
    "path",
    "header",
    "serde_json",
    "std",
    "core",
    "types",
    "runtime",
    "operations",
    "Unknown",
    "Other",
    "value",
    "x-a",
    "$ref",
    "name/with/slashes",
    "name~tilde",
    "100%",
    "additional_properties",
    "None",
    "Ok",
    "Default",
    "builder",
];

const TEXTS: &[&str] = &[
    "",
    "A text.",
    "*/ fn evil() {}",
    "# Heading\n\n* item\n  * item\n\n```rust\nfn evil() {}\n```",
    "<b>bold</b> [a](b) `c`",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "\"quoted\" \\ back",
    "    indented",
    "\u{202e}turned",
    "https://example.com/a_b_c",
    "1. a\n2. b",
];

const FORMATS: &[&str] = &[
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint64",
    "float",
    "double",
    "byte",
    "binary",
    "date",
    "time",
    "date-time",
    "duration",
    "uuid",
    "uri",
    "email",
    "ipv4",
    "ipv6",
    "password",
    "unknown",
];

const MEDIA_TYPES: &[&str] = &[
    "application/json",
    "application/json; charset=utf-8",
    "application/problem+json",
    "text/plain",
    "text/event-stream",
    "*/*",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/xml",
    "image/*",
    "nonsense",
];

const STATUSES: &[&str] = &["200", "201", "204", "2XX", "400", "404", "4xx", "500", "default", "600"];

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Bytes that decide; nought where they end, so that every decision comes to one.
pub(crate) struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl Choices<'_> {
    fn byte(&mut self) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or_default())
    }

    fn below(&mut self, limit: usize) -> usize {
        self.byte() % limit.max(1)
    }

    /// Once in `many` times; never where the bytes have ended.
    fn seldom(&mut self, many: usize) -> bool {
        self.byte() % many == many - 1
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    fn name(&mut self) -> String {
        let name = self.pick(NAMES);
        if self.seldom(3) { format!("{name}{}", self.pick(NAMES)) } else { name.to_owned() }
    }

    fn text(&mut self) -> &'static str {
        self.pick(TEXTS)
    }
}

/// The first bytes of a Swagger 2.0 document.
const SWAGGER: &[u8] = &[0x20, 0xff];

/// The document that these bytes stand for.
pub(crate) fn document(bytes: &[u8]) -> Value {
    if let Some(bytes) = bytes.strip_prefix(SWAGGER) {
        return swagger(bytes);
    }
    let of_latest = bytes.strip_prefix(latest::PREFIX);
    let choices = &mut Choices { bytes: of_latest.unwrap_or(bytes).iter() };
    let schemas: Vec<String> = (0..choices.below(6)).map(|_| choices.name()).collect();
    let mut document = json!({
        "openapi": if choices.seldom(2) { "3.1.0" } else { "3.0.3" },
        "info": { "title": choices.name(), "version": choices.text(), "description": choices.text() },
    });
    let mut paths = Map::new();
    for _ in 0..choices.below(5) {
        let (path, item) = path(choices, &schemas);
        paths.insert(path, item);
    }
    let mut components = Map::new();
    let mut section = Map::new();
    for name in &schemas {
        section.insert(name.clone(), schema(choices, &schemas, 0));
    }
    components.insert("schemas".to_owned(), Value::Object(section));
    if choices.seldom(3) {
        let scheme = match choices.below(4) {
            0 => {
                json!({ "type": "apiKey", "in": choices.pick(&["query", "header", "cookie"]), "name": choices.name() })
            }
            1 => json!({ "type": "http", "scheme": choices.pick(&["basic", "bearer", "Digest", "other"]) }),
            2 => {
                json!({ "type": "oauth2", "flows": { "implicit": { "authorizationUrl": "https://x", "scopes": {} } } })
            }
            _ => json!({ "type": "openIdConnect", "openIdConnectUrl": "https://x" }),
        };
        let name = choices.name();
        document["security"] = json!([{ name.as_str(): [] }]);
        components.insert("securitySchemes".to_owned(), json!({ name: scheme }));
    }
    if choices.seldom(3) {
        let variable = choices.name();
        document["servers"] = json!([
            { "url": format!("https://{{{variable}}}.example.com"), "variables": { variable: { "default": choices.name() } } },
            { "url": choices.text() },
        ]);
    }
    document["paths"] = Value::Object(paths);
    document["components"] = Value::Object(components);
    if of_latest.is_some() {
        latest::upgrade(&mut document, choices);
    }
    if choices.seldom(4) {
        spoil(&mut document, choices);
    }
    document
}

fn path(choices: &mut Choices<'_>, schemas: &[String]) -> (String, Value) {
    let mut path = format!("/{}", choices.name().replace(['{', '}'], ""));
    let mut item = Map::new();
    let mut parameters = Vec::new();
    if choices.seldom(2) {
        let name = choices.name().replace(['{', '}', '/'], "_");
        path = format!("{path}/{{{name}}}");
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": scalar(choices) }));
    }
    item.insert("parameters".to_owned(), Value::Array(parameters));
    for _ in 0..=choices.below(3) {
        item.insert(choices.pick(METHODS).to_owned(), operation(choices, schemas));
    }
    (path, Value::Object(item))
}

fn operation(choices: &mut Choices<'_>, schemas: &[String]) -> Value {
    let mut operation = Map::new();
    if !choices.seldom(4) {
        operation.insert("operationId".to_owned(), json!(choices.name()));
    }
    if choices.seldom(2) {
        operation.insert("tags".to_owned(), json!([choices.name(), choices.name()]));
    }
    operation.insert("description".to_owned(), json!(choices.text()));
    let mut parameters = Vec::new();
    for _ in 0..choices.below(4) {
        let place = choices.pick(&["query", "query", "header", "cookie"]);
        let mut parameter = json!({ "name": choices.name(), "in": place, "description": choices.text() });
        parameter["required"] = json!(choices.seldom(3));
        if choices.seldom(8) {
            parameter["content"] = json!({ "application/json": { "schema": schema(choices, schemas, 2) } });
        } else {
            parameter["schema"] = if choices.seldom(3) { schema(choices, schemas, 2) } else { scalar(choices) };
        }
        if choices.seldom(5) {
            parameter["style"] =
                json!(choices.pick(&["form", "simple", "spaceDelimited", "pipeDelimited", "deepObject"]));
            parameter["explode"] = json!(choices.seldom(2));
        }
        parameters.push(parameter);
    }
    operation.insert("parameters".to_owned(), Value::Array(parameters));
    if choices.seldom(3) {
        let mut body = json!({ "content": content(choices, schemas) });
        body["required"] = json!(choices.seldom(2));
        operation.insert("requestBody".to_owned(), body);
    }
    let mut responses = Map::new();
    for _ in 0..choices.below(4) {
        let mut response = json!({ "description": choices.text() });
        if choices.seldom(2) {
            response["content"] = content(choices, schemas);
        }
        if choices.seldom(5) {
            response["headers"] = json!({ choices.name(): { "schema": scalar(choices) } });
        }
        responses.insert(choices.pick(STATUSES).to_owned(), response);
    }
    operation.insert("responses".to_owned(), Value::Object(responses));
    Value::Object(operation)
}

fn content(choices: &mut Choices<'_>, schemas: &[String]) -> Value {
    let mut content = Map::new();
    for _ in 0..=choices.below(2) {
        let media = if choices.seldom(6) { json!({}) } else { json!({ "schema": schema(choices, schemas, 1) }) };
        content.insert(choices.pick(MEDIA_TYPES).to_owned(), media);
    }
    Value::Object(content)
}

fn scalar(choices: &mut Choices<'_>) -> Value {
    let mut schema = json!({ "type": choices.pick(&["string", "integer", "number", "boolean"]) });
    if choices.seldom(3) {
        schema["format"] = json!(choices.pick(FORMATS));
    }
    schema
}

fn schema(choices: &mut Choices<'_>, schemas: &[String], depth: usize) -> Value {
    if choices.seldom(3) && !schemas.is_empty() {
        let name = schemas.get(choices.below(schemas.len())).cloned().unwrap_or_default();
        return json!({ "$ref": format!("#/components/schemas/{}", name.replace('~', "~0").replace('/', "~1").replace('%', "%25")) });
    }
    let mut schema = match choices.below(if depth > 4 { 4 } else { 10 }) {
        0 | 1 => scalar(choices),
        2 => json!({ "type": "string", "enum": [choices.name(), choices.name(), choices.name()] }),
        3 => json!({ "enum": [1, choices.name(), null, true, choices.byte()] }),
        4 => json!({ "type": "array", "items": self::schema(choices, schemas, depth + 1) }),
        5 => json!({ "type": "object", "additionalProperties": self::schema(choices, schemas, depth + 1) }),
        6 => {
            let keyword = choices.pick(&["allOf", "oneOf", "anyOf"]);
            let parts: Vec<Value> = (0..choices.below(4)).map(|_| self::schema(choices, schemas, depth + 1)).collect();
            json!({ keyword: parts })
        }
        7 => json!({}),
        _ => {
            let mut properties = Map::new();
            for _ in 0..choices.below(5) {
                properties.insert(choices.name(), self::schema(choices, schemas, depth + 1));
            }
            let required: Vec<String> = properties.keys().filter(|_| choices.seldom(2)).cloned().collect();
            json!({ "type": "object", "properties": properties, "required": required })
        }
    };
    if choices.seldom(4) {
        let (key, value) = match choices.below(12) {
            0 => ("nullable", json!(true)),
            1 => ("description", json!(choices.text())),
            2 => ("default", json!(choices.text())),
            3 => ("readOnly", json!(true)),
            4 => ("writeOnly", json!(true)),
            5 => ("deprecated", json!(true)),
            6 => ("minimum", json!(choices.byte())),
            7 => ("maximum", json!(1e300)),
            8 => ("pattern", json!(choices.text())),
            9 => ("title", json!(choices.name())),
            10 => ("discriminator", json!({ "propertyName": choices.name() })),
            _ => ("const", json!(choices.text())),
        };
        schema[key] = value;
    }
    schema
}

/// The Swagger 2.0 document that these bytes stand for.
pub(crate) fn swagger(bytes: &[u8]) -> Value {
    let choices = &mut Choices { bytes: bytes.iter() };
    let schemas: Vec<String> = (0..choices.below(5)).map(|_| choices.name()).collect();
    let mut document = json!({
        "swagger": "2.0", "info": { "title": choices.name(), "version": choices.text() },
        "consumes": media_types(choices), "produces": media_types(choices),
    });
    if choices.seldom(2) {
        document["host"] = json!(choices.pick(&["example.com", "localhost:80", "https://example.com/a", "{a}", ""]));
    }
    if choices.seldom(2) {
        document["basePath"] = json!(choices.pick(&["/", "/v1/", "v1", "//", "/{a}"]));
    }
    if choices.seldom(2) {
        document["schemes"] = json!([choices.pick(&["http", "https", "ws", "ftp"]), "https"]);
    }
    let shared: Vec<String> = (0..choices.below(4)).map(|_| choices.name()).collect();
    let parameters: Map<String, Value> =
        shared.iter().map(|name| (name.clone(), swagger_parameter(choices, &schemas, &[]))).collect();
    let responses: Map<String, Value> =
        shared.iter().map(|name| (name.clone(), swagger_response(choices, &schemas, &[]))).collect();
    let mut paths = Map::new();
    for _ in 0..choices.below(4) {
        let path = choices.pick(&["/a", "/a/{id}", "/b?c=d", "/b?c={id}", "/a#b", "a"]);
        let mut item = json!({ "parameters": [swagger_parameter(choices, &schemas, &shared)] });
        for _ in 0..=choices.below(3) {
            item[choices.pick(METHODS)] = swagger_operation(choices, &schemas, &shared);
        }
        paths.insert(path.to_owned(), item);
    }
    let key = if choices.seldom(5) { "x-ms-paths" } else { "paths" };
    document[key] = Value::Object(paths);
    let definitions: Map<String, Value> =
        schemas.iter().map(|name| (name.clone(), swagger_schema(choices, &schemas))).collect();
    document["definitions"] = Value::Object(definitions);
    document["parameters"] = Value::Object(parameters);
    document["responses"] = Value::Object(responses);
    document["securityDefinitions"] = json!({ choices.name(): match choices.below(3) {
        0 => json!({ "type": "basic" }),
        1 => json!({ "type": "apiKey", "in": choices.pick(&["query", "header"]), "name": choices.name() }),
        _ => json!({ "type": "oauth2", "flow": choices.pick(&["implicit", "application", "accessCode", "x"]) }),
    } });
    if choices.seldom(4) {
        spoil(&mut document, choices);
    }
    document
}

fn media_types(choices: &mut Choices<'_>) -> Value {
    (0..choices.below(3)).map(|_| Value::from(choices.pick(MEDIA_TYPES))).collect()
}

fn pointer_to(section: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{section}/{}", name.replace('~', "~0").replace('/', "~1").replace('%', "%25")) })
}

fn swagger_schema(choices: &mut Choices<'_>, schemas: &[String]) -> Value {
    let text = schema(choices, schemas, 1).to_string().replace("#/components/schemas/", "#/definitions/");
    let mut schema: Value = serde_json::from_str(&text).unwrap_or_default();
    if let Some(map) = schema.as_object_mut().filter(|_| choices.seldom(4)) {
        let (key, value) = match choices.below(5) {
            0 => ("x-nullable", json!(true)),
            1 => ("discriminator", json!(choices.name())),
            2 => ("x-ms-discriminator-value", json!(choices.name())),
            3 => ("type", json!("file")),
            _ => (
                "$ref",
                json!(choices.pick(&["#/paths/~1a/get/responses/200/schema", "#/responses/a", "a", "/definitions/a"])),
            ),
        };
        map.insert(key.to_owned(), value);
    }
    schema
}

fn swagger_parameter(choices: &mut Choices<'_>, schemas: &[String], shared: &[String]) -> Value {
    if choices.seldom(3) && !shared.is_empty() {
        let name = shared.get(choices.below(shared.len())).cloned().unwrap_or_default();
        return pointer_to(choices.pick(&["parameters", "parameters", "definitions"]), &name);
    }
    let mut parameter = json!({ "name": choices.name(), "required": choices.seldom(2) });
    match choices.below(6) {
        0 => {
            parameter["in"] = json!("body");
            parameter["schema"] = swagger_schema(choices, schemas);
        }
        place => {
            parameter["in"] = json!(["query", "header", "path", "formData", "formData"][place - 1]);
            parameter["type"] = json!(choices.pick(&["string", "integer", "array", "boolean", "file", "object"]));
            parameter["items"] = json!({ "type": choices.pick(&["string", "array"]), "collectionFormat": "pipes" });
            parameter["collectionFormat"] = json!(choices.pick(&["csv", "ssv", "tsv", "pipes", "multi", "pipe", ""]));
        }
    }
    parameter
}

fn swagger_response(choices: &mut Choices<'_>, schemas: &[String], shared: &[String]) -> Value {
    if choices.seldom(3) && !shared.is_empty() {
        let name = shared.get(choices.below(shared.len())).cloned().unwrap_or_default();
        return pointer_to(choices.pick(&["responses", "responses", "definitions"]), &name);
    }
    let mut response = json!({ "description": choices.text(), "examples": { choices.pick(MEDIA_TYPES): 1 } });
    if choices.seldom(2) {
        response["schema"] = swagger_schema(choices, schemas);
    }
    response["headers"] = json!({ choices.name(): { "type": choices.pick(&["string", "array", "integer"]) } });
    response
}

fn swagger_operation(choices: &mut Choices<'_>, schemas: &[String], shared: &[String]) -> Value {
    let parameters: Vec<Value> = (0..choices.below(4)).map(|_| swagger_parameter(choices, schemas, shared)).collect();
    let mut operation = json!({ "operationId": choices.name(), "parameters": parameters });
    for key in ["consumes", "produces"] {
        if choices.seldom(3) {
            operation[key] = media_types(choices);
        }
    }
    let responses: Map<String, Value> = (0..choices.below(3))
        .map(|_| (choices.pick(STATUSES).to_owned(), swagger_response(choices, schemas, shared)))
        .collect();
    operation["responses"] = Value::Object(responses);
    operation
}

/// Puts something where it does not belong.
fn spoil(document: &mut Value, choices: &mut Choices<'_>) {
    let mut place = document;
    for _ in 0..choices.below(12) {
        let inner = match place {
            Value::Object(map) if !map.is_empty() => {
                let nth = choices.below(map.len());
                map.values_mut().nth(nth)
            }
            Value::Array(items) if !items.is_empty() => {
                let nth = choices.below(items.len());
                items.get_mut(nth)
            }
            _ => return,
        };
        let Some(inner) = inner else { return };
        place = inner;
    }
    *place = match choices.below(8) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1e308),
        4 => json!(choices.text()),
        5 => json!([]),
        6 => json!({}),
        _ => {
            json!({ "$ref": choices.pick(&["#", "#/paths", "#/components/schemas/a", "other.yaml", "#/components/schemas"]) })
        }
    };
}
