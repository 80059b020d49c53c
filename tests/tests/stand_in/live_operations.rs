//! Every operation of QRS 38.22 that `operations.txt` lists: its success status, and the form of its response.

use qrs_tests::{Licensing, Method, Mode, StandIn, seed};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::caller::{Caller, Outcome, Told, ask};

const OPERATIONS: &str = include_str!("operations.txt");

/// A line of `operations.txt`.
#[derive(Debug)]
struct Operation<'a> {
    method: Method,
    path: &'a str,
    body: Option<&'a str>,
    status: u16,
    result: Option<&'a str>,
}

fn operations() -> impl Iterator<Item = Operation<'static>> {
    OPERATIONS.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut words = line.split(' ').filter(|word| !word.starts_with('?')).peekable();
        let mut next = || words.next().unwrap_or_default();
        let (method, path) = (next().parse().unwrap(), next());
        let mut word = next();
        let body = word.strip_prefix('<');
        if body.is_some() {
            word = next();
        }
        Operation { method, path, body, status: word.parse().unwrap(), result: words.next() }
    })
}

/// The line of an operation that the site's own description has.
fn line(method: &str, path: &str, operation: &Value) -> String {
    let mut words = vec![method.to_uppercase(), path.to_owned()];
    let parameters = operation["parameters"].as_array().unwrap();
    let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query").map(|parameter| {
        let mark = if parameter["required"] == true { "!" } else { "" };
        format!("{}{mark}", parameter["name"].as_str().unwrap())
    });
    let query: Vec<_> = in_query.collect();
    if !query.is_empty() {
        words.push(format!("?{}", query.join(",")));
    }
    let body = parameters.iter().find(|parameter| parameter["in"] == "body");
    words.extend(body.map(|body| format!("<{}", type_name(&body["schema"]))));
    let (status, response) = operation["responses"].as_object().unwrap().iter().next().unwrap();
    words.push(status.clone());
    words.extend(response.get("schema").map(type_name));
    words.join(" ")
}

fn type_name(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.trim_start_matches("#/definitions/").to_owned();
    }
    match schema["type"].as_str().unwrap() {
        "array" => format!("[{}]", type_name(&schema["items"])),
        other => other.to_owned(),
    }
}

#[tokio::test]
async fn the_description_lists_every_operation() -> Outcome {
    let site = StandIn::builder().live().start().await?;
    let document = description(&Caller::new(&site)?).await?;
    let mut described: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        described.extend(methods.as_object().unwrap().iter().map(|(method, operation)| line(method, path, operation)));
    }
    let mut expected: Vec<_> = OPERATIONS.lines().filter(|line| !line.starts_with('#')).collect();
    described.sort();
    expected.sort_unstable();
    assert_eq!(described, expected);
    Ok(())
}

async fn description(caller: &Caller) -> Outcome<Value> {
    let names = caller.json("/about/openapi").await?;
    caller.json(&format!("/about/openapi/{}", names[0].as_str().ok_or("no name")?)).await
}

/// The licence of a site on which the operation works.
fn licensing(path: &str) -> Licensing {
    let needs_tokens = path.contains("/useraccess") || path.contains("/loginaccess");
    if needs_tokens { Licensing::Tokens } else { Licensing::Capacity }
}

#[tokio::test]
async fn every_operation_responds_as_described() -> Outcome {
    let site = async |licensing| StandIn::builder().mode(Mode::Live(licensing)).start().await;
    let (capacity, tokens) = (site(Licensing::Capacity).await?, site(Licensing::Tokens).await?);
    let document = description(&Caller::new(&capacity)?).await?;
    for operation in operations() {
        let licensing = licensing(operation.path);
        let told = match (&operation.method, licensing) {
            (&Method::GET, Licensing::Capacity) => call(&Caller::new(&capacity)?, &operation).await?,
            (&Method::GET, Licensing::Tokens) => call(&Caller::new(&tokens)?, &operation).await?,
            // What one changes is not there for the next.
            _ => call(&Caller::new(&site(licensing).await?)?, &operation).await?,
        };
        assert_eq!(told.status, operation.status, "{operation:?}: {told:?}");
        let Some(result) = operation.result else {
            assert_eq!(told.text, "", "{operation:?}");
            continue;
        };
        let mut value = told.json()?;
        if operation.path.ends_with("/count") {
            value = value["value"].take();
        }
        let schema = match result {
            "integer" | "boolean" | "string" | "object" => json!({ "type": result }),
            "[string]" => json!({ "type": "array", "items": { "type": "string" } }),
            list if list.starts_with('[') => {
                json!({ "type": "array", "items": reference(list.trim_matches(['[', ']'])) })
            }
            name => reference(name),
        };
        if let Err(problem) = fits(&value, &schema, &document["definitions"]) {
            panic!("{operation:?}: {problem}: {value}");
        }
        assert_ne!(value, json!([]), "{operation:?}: the site has something to show");
    }
    Ok(())
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// Calls an operation with input that the site accepts.
async fn call(caller: &Caller, operation: &Operation<'_>) -> Outcome<Told> {
    let parent = operation.path.split("/{id}").next().unwrap_or_default();
    let mut id = String::new();
    if parent == "/selection" {
        caller.post_nothing("/selection/license/professionalaccesstype").await?;
    }
    if operation.path.contains("{id}") {
        let held = caller.json(parent).await?;
        // The last one may always be deleted; there is one licence.
        let entity = held.as_array().map_or(&held, |rows| &rows[rows.len() - 1]);
        entity["id"].as_str().ok_or("no id")?.clone_into(&mut id);
    }
    let path = operation.path.replace("{id}", &id).replace("{category}", "License").replace("{interfacename}", "main");
    let path = path.replace("{userdirectory}", "CORP").replace("{userid}", "ada");
    let path = match operation.path {
        "/license" if operation.method == Method::POST => format!("{path}?control=12345"),
        "/license/{id}" if operation.method == Method::PUT => format!("{path}?control=12345"),
        "/license/download" => format!("{path}?serial={}&control=12345&user=ada&org=CORP", seed::SERIAL),
        "/systemrule/{category}/associatedrules" => {
            format!("{path}?resourcetype=License.ProfessionalAccessGroup&resourcefilter=name%20sw%20'P'")
        }
        _ => path,
    };
    let Some(body) = operation.body else {
        return match operation.method {
            Method::POST => caller.post_nothing(&path).await,
            _ => ask(caller.request(operation.method.clone(), &path)).await,
        };
    };
    let body = match operation.method {
        Method::PUT if parent == "/license" => caller.json("/license").await?,
        Method::PUT => caller.json(&path).await?,
        _ if body.starts_with('[') => json!([example(body.trim_matches(['[', ']']))]),
        _ => example(body),
    };
    caller.send(operation.method.clone(), &path, &body).await
}

/// A body that a site with the contents of `seed` accepts.
fn example(type_name: &str) -> Value {
    match type_name {
        "User" => {
            json!({ "userId": "new", "userDirectory": "CORP", "removedExternally": false, "blacklisted": false })
        }
        "SystemRule" => json!({ "name": "New", "resourceFilter": "License.LoginAccessType_*", "actions": 1 }),
        "License" => json!({ "serial": "1111222233334444" }),
        "LicenseLoginAccessType" => json!({ "name": "More guests", "assignedTokens": 1 }),
        "LicenseAnalyzerTimeAccessType" => json!({ "name": "More minutes", "assignedUnits": 1 }),
        "Selection" => json!({ "items": [] }),
        "AuditParameters" | "AuditMatrixParameters" => json!({ "resourceType": "License.ProfessionalAccessGroup" }),
        "AuditPreviewParameters" => json!({
            "resourceType": "License.ProfessionalAccessGroup",
            "ruleConditions": r#"user.userDirectory="CORP""#,
        }),
        "UserInput" => json!({ "type": "License.ProfessionalAccessGroup" }),
        name if name.ends_with("AccessGroup") => json!({ "name": "New" }),
        _ => json!({ "user": { "id": seed::NEWCOMER } }),
    }
}

/// Whether a value has the form of a schema: no field that it does not know, and every field of its type.
fn fits(value: &Value, schema: &Value, definitions: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/definitions/");
        let definition = definitions.get(name).ok_or_else(|| format!("there is no type {name}"))?;
        return fits(value, definition, definitions).map_err(|problem| format!("{name}: {problem}"));
    }
    let fail = || Err(format!("{value} is no {schema}"));
    match (schema["type"].as_str().unwrap(), value) {
        ("object", Value::Object(fields)) => match &schema["properties"] {
            Value::Object(properties) => fields_fit(fields, properties, schema, definitions),
            _ => Ok(()),
        },
        ("array", Value::Array(elements)) => {
            elements.iter().try_for_each(|element| fits(element, &schema["items"], definitions))
        }
        ("string", Value::String(text)) => match schema["format"].as_str() {
            Some("uuid") if text.parse::<Uuid>().is_err() => fail(),
            Some("date-time") if text.parse::<jiff::Timestamp>().is_err() => fail(),
            _ => Ok(()),
        },
        ("integer", Value::Number(number)) if number.is_i64() => match schema["enum"].as_array() {
            Some(values) if !values.contains(value) => fail(),
            _ => Ok(()),
        },
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => Ok(()),
        _ => fail(),
    }
}

fn fields_fit(
    fields: &Map<String, Value>,
    properties: &Map<String, Value>,
    schema: &Value,
    definitions: &Value,
) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if fields.get(name).is_none_or(Value::is_null) {
            return Err(format!("`{name}` is missing"));
        }
    }
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        let property = properties.get(name).ok_or_else(|| format!("`{name}` is not described"))?;
        fits(value, property, definitions).map_err(|problem| format!("{name}: {problem}"))?;
    }
    Ok(())
}
