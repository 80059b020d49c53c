//! The additions of OpenAPI 3.2, put into documents at random.

use serde_json::{Map, Value, json};

use super::Choices;

/// The first bytes of a document of 3.2.
pub(super) const PREFIX: &[u8] = &[0x32, 0xff];

const METHODS: &[&str] = &["COPY", "Purge", "GET", "QUERY", "x y", "", "post", "x-a"];
const SEQUENCES: &[&str] =
    &["application/jsonl", "application/json-seq", "text/event-stream", "multipart/mixed", "multipart/related"];

/// Makes a document one of 3.2.
pub(super) fn upgrade(document: &mut Value, choices: &mut Choices<'_>) {
    document["openapi"] = json!("3.2.0");
    if choices.seldom(3) {
        document["$self"] = json!(choices.pick(&["https://example.com/a/b.yaml", "b.yaml", "#", "", "../x"]));
    }
    let names: Vec<String> = (0..3).map(|_| choices.name()).collect();
    let kinds = ["nav", "badge", "audience", "other"];
    let tag = |name: &String| json!({ "name": name, "summary": choices.text(), "kind": choices.pick(&kinds) });
    let mut tags: Vec<Value> = names.iter().map(tag).collect();
    for tag in &mut tags {
        if choices.seldom(2) {
            tag["parent"] = json!(names[choices.below(names.len())]);
        }
    }
    document["tags"] = json!(tags);
    for server in document.get_mut("servers").and_then(Value::as_array_mut).into_iter().flatten() {
        server["name"] = json!(choices.name());
    }
    for scheme in document["components"].get_mut("securitySchemes").and_then(Value::as_object_mut).into_iter().flatten()
    {
        scheme.1["deprecated"] = json!(choices.seldom(2));
        scheme.1["oauth2MetadataUrl"] = json!(choices.text());
    }
    document["components"]["mediaTypes"] = json!({ "Shared": { "itemSchema": { "type": "string" } } });
    for (_, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if let Some(discriminator) = schema.get_mut("discriminator").filter(|one| one.is_object()) {
            discriminator["defaultMapping"] = json!(choices.name());
        }
    }
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        path_item(item, choices);
    }
}

fn path_item(item: &mut Value, choices: &mut Choices<'_>) {
    let Some(item) = item.as_object_mut() else { return };
    for (key, operation) in item.iter_mut().filter(|(key, _)| *key != "parameters") {
        self::operation(operation, choices);
        operation["summary"] = json!(key);
    }
    if choices.seldom(2)
        && let Some(operation) = item.values().find(|value| value.is_object()).cloned()
    {
        if choices.seldom(2) {
            item.insert("query".to_owned(), operation.clone());
        }
        let methods: Map<String, Value> =
            (0..choices.below(3)).map(|_| (choices.pick(METHODS).to_owned(), operation.clone())).collect();
        item.insert("additionalOperations".to_owned(), Value::Object(methods));
    }
}

fn operation(operation: &mut Value, choices: &mut Choices<'_>) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        let is_whole = choices.seldom(4);
        if is_whole {
            parameter["in"] = json!("querystring");
            let media_type = choices.pick(&["application/json", "application/x-www-form-urlencoded", "text/plain"]);
            parameter["content"] = json!({ media_type: {} });
        } else if choices.seldom(4) {
            parameter["style"] = json!("cookie");
        }
        parameter["allowReserved"] = json!(choices.seldom(2));
    }
    let mut bodies: Vec<&mut Value> = Vec::new();
    let Some(operation) = operation.as_object_mut() else { return };
    for (key, value) in operation.iter_mut() {
        match key.as_str() {
            "requestBody" => bodies.push(value),
            "responses" => bodies.extend(value.as_object_mut().into_iter().flatten().map(|(_, response)| response)),
            _ => {}
        }
    }
    for body in bodies {
        if choices.seldom(2) {
            body["summary"] = json!(choices.text());
        }
        if let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) {
            self::content(content, choices);
        }
    }
}

fn content(content: &mut Map<String, Value>, choices: &mut Choices<'_>) {
    for (_, media) in content.iter_mut() {
        if !choices.seldom(4) {
            continue;
        }
        *media =
            json!({ "$ref": choices.pick(&["#/components/mediaTypes/Shared", "#/components/mediaTypes/None", "#"]) });
    }
    if !choices.seldom(2) {
        return;
    }
    let schema = content.values().find_map(|media| media.get("schema")).cloned().unwrap_or_else(|| json!({}));
    let event = json!({
        "properties": {
            "event": { "const": choices.name() },
            "data": { "type": "string", "contentMediaType": "application/json", "contentSchema": schema },
        },
    });
    let item = if choices.seldom(2) { event } else { schema.clone() };
    let encoding = json!({ "contentType": choices.pick(&["image/png", "multipart/mixed", "", "application/json"]) });
    let media = match choices.below(3) {
        0 => json!({ "itemSchema": item }),
        1 => json!({ "schema": { "type": "array", "items": item }, "itemEncoding": encoding }),
        _ => json!({
            "schema": { "type": "array", "prefixItems": [schema, {}], "items": item },
            "prefixEncoding": [encoding, { "encoding": { "a": {} } }],
        }),
    };
    content.insert(choices.pick(SEQUENCES).to_owned(), media);
}
