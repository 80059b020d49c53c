//! The site's own description: version, values of enumerations, its interface as Swagger 2.0.

use http::Method;
use serde_json::{Map, Value, json};

use super::endpoint::{Body, LiveEndpoint, Outcome, endpoints};
use super::{Call, types};
use crate::reply::{Refusal, Reply};

/// The name of the only interface that the stand-in describes.
pub(super) const INTERFACE: &str = "main";

pub(super) fn about() -> Value {
    json!({
        "schemaPath": "About",
        "buildVersion": "38.22.0.0",
        "buildDate": "2024-05-21T09:00:00Z",
        "databaseProvider": "Devart.Data.PostgreSql",
        "nodeType": 1,
        "sharedPersistence": true,
        "requiresBootstrap": false,
        "singleNodeOnly": false,
    })
}

pub(super) fn enums() -> Value {
    let values = |name: &str, values: &[&str], usages: &[&str]| {
        (name.to_owned(), json!({ "schemaPath": "EnumDescription", "values": values, "usages": usages }))
    };
    [
        values("RuleContextEnum", &["0: Both", "1: HubOnly", "2: QmcOnly"], &["SystemRule.ruleContext"]),
        values("NodeTypeEnum", &["0: Undefined", "1: Central", "2: Rim"], &["About.nodeType"]),
        values("ProductEnum", &["0: Unknown", "1: Sense", "2: Other"], &["License.product"]),
    ]
    .into_iter()
    .collect()
}

/// The description of an interface, made of the tables that requests are checked by.
pub(super) fn interface(call: &Call<'_>) -> Result<Reply, Refusal> {
    if call.captured(0) != INTERFACE {
        return Err(Refusal::not_found());
    }
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let path = paths.entry(endpoint.template.clone()).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_lowercase()] = operation(endpoint);
    }
    Ok(Reply::Json(json!({
        "swagger": "2.0",
        "info": { "title": "Repository Main API", "version": "38.22.0" },
        "basePath": "/qrs",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": paths,
        "definitions": types::definitions(),
    })))
}

fn operation(endpoint: &LiveEndpoint) -> Value {
    let in_path = endpoint.template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> =
        in_path.map(|name| json!({ "name": name, "in": "path", "required": true, "type": "string" })).collect();
    parameters.extend(endpoint.parameters.names.iter().map(|name| {
        let kind = if *name == "privileges" { "boolean" } else { "string" };
        json!({ "name": name, "in": "query", "required": endpoint.parameters.are_required(name), "type": kind })
    }));
    let body = match &endpoint.body {
        Body::None => None,
        Body::One(name) => Some(reference(name)),
        Body::Many(name) => Some(json!({ "type": "array", "items": reference(name) })),
    };
    parameters.extend(body.map(|schema| json!({ "name": "body", "in": "body", "required": true, "schema": schema })));
    let (status, schema) = success(endpoint);
    let mut response = json!({ "description": "" });
    if let Some(schema) = schema {
        response["schema"] = schema;
    }
    json!({ "parameters": parameters, "responses": { status: response } })
}

fn success(endpoint: &LiveEndpoint) -> (&'static str, Option<Value>) {
    let schema = match &endpoint.result {
        Outcome::None => return ("204", None),
        Outcome::One(name) => reference(name),
        Outcome::Many(name) => json!({ "type": "array", "items": reference(name) }),
        Outcome::Integer => json!({ "type": "integer", "format": "int32" }),
        Outcome::Flag => json!({ "type": "boolean" }),
        Outcome::Text => json!({ "type": "string" }),
        Outcome::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Outcome::Object => json!({ "type": "object" }),
    };
    (if endpoint.method == Method::POST { "201" } else { "200" }, Some(schema))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
