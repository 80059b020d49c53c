//! A server that knows nothing but a document: it refuses a request that its document does not describe, and gives
//! responses that its document describes.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value, json};

/// The headers that a client sends with any request.
const COMMON_HEADERS: &[&str] =
    &["accept", "content-length", "content-type", "host", "transfer-encoding", "user-agent"];

/// The largest body that is read.
const LARGEST: usize = 1 << 20;

/// A document, resolved as far as requests need it.
pub(crate) struct Contract {
    document: Value,
    /// The security schemes of the client's document.
    schemes_of_client: Value,
    /// Why requests were refused.
    refused: Mutex<Vec<String>>,
    /// The place, among those that an operation describes, of the response that is sent now.
    round: AtomicUsize,
}

impl Contract {
    pub(crate) fn new(document: &str) -> Result<Arc<Self>, Box<dyn Error>> {
        Self::knowing(document, Value::Null)
    }

    /// A server for a client of another revision. It ignores credentials that only the client's document knows.
    pub(crate) fn for_client(document: &str, client: &Self) -> Result<Arc<Self>, Box<dyn Error>> {
        let schemes_of_client = client.document["components"]["securitySchemes"].clone();
        Self::knowing(document, schemes_of_client)
    }

    fn knowing(document: &str, schemes_of_client: Value) -> Result<Arc<Self>, Box<dyn Error>> {
        let document = serde_yaml::from_str(document)?;
        Ok(Arc::new(Self { document, schemes_of_client, refused: Mutex::default(), round: AtomicUsize::new(0) }))
    }

    /// Sends the response in this place, among those that an operation describes, from now on.
    pub(crate) fn set_round(&self, round: usize) {
        self.round.store(round, Ordering::Relaxed);
    }

    /// The number of responses of the operation that describes the most.
    pub(crate) fn rounds(&self) -> usize {
        let items = self.document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
        let counts =
            items.flat_map(Map::values).filter_map(|operation| operation["responses"].as_object()).map(Map::len);
        counts.max().unwrap_or(1)
    }

    /// Whether the operation of this name describes a body for a status code.
    pub(crate) fn describes_body(&self, operation_id: &str, status: &str) -> bool {
        let items = self.document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
        let mut operations = items.flat_map(Map::values).filter(|operation| operation["operationId"] == operation_id);
        operations.any(|operation| self.resolved(&operation["responses"][status]).get("content").is_some())
    }

    /// The reasons of all refusals, which are forgotten.
    pub(crate) fn take_refusals(&self) -> Vec<String> {
        std::mem::take(&mut *self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Serves the document's paths on a port of this machine, which it returns.
    pub(crate) async fn serve(self: &Arc<Self>) -> Result<u16, Box<dyn Error>> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().fallback(answer).with_state(Arc::clone(self));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(port)
    }

    /// Follows a reference within the document.
    fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        let target = value["$ref"].as_str().and_then(|reference| self.document.pointer(reference.strip_prefix('#')?));
        target.unwrap_or(value)
    }

    /// Why a value is not valid by a schema of the document.
    fn problems(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let mut whole = schema.clone();
        if let Some(keywords) = whole.as_object_mut() {
            keywords.insert("components".to_owned(), self.document["components"].clone());
        }
        let validator =
            jsonschema::options().should_validate_formats(true).build(&whole).map_err(|error| error.to_string())?;
        validator.validate(value).map_err(|error| format!("{value}: {error}"))
    }

    /// The operation of a method and a path, and the values of the path's parameters.
    fn operation(&self, method: &str, path: &str) -> Option<(&Value, &Value, BTreeMap<String, String>)> {
        let segments: Vec<&str> = path.split('/').collect();
        let paths = self.document["paths"].as_object()?;
        paths.iter().find_map(|(template, item)| {
            let names: Vec<&str> = template.split('/').collect();
            let mut values = BTreeMap::new();
            let fits = names.len() == segments.len()
                && names.iter().zip(&segments).all(|(name, segment)| match name.strip_prefix('{') {
                    Some(name) => {
                        values.insert(name.trim_end_matches('}').to_owned(), (*segment).to_owned());
                        true
                    }
                    None => name == segment,
                });
            Some((item, item.get(method).filter(|_| fits)?, values))
        })
    }

    fn check(&self, request: &Parts) -> Result<Response<Body>, String> {
        let path = self.servers_prefix(&request.path);
        let Some((item, operation, in_path)) = self.operation(&request.method, &path) else {
            return Err(format!("{} {path}: not described", request.method));
        };
        self.check_security(operation, request)?;
        let listed = [&item["parameters"], &operation["parameters"]].into_iter().filter_map(Value::as_array).flatten();
        let parameters: Vec<&Value> = listed.map(|parameter| self.resolved(parameter)).collect();
        for parameter in &parameters {
            self.check_parameter(parameter, request, &in_path)?;
        }
        let credentials = self.credentials("query");
        let is_known = |name: &str| {
            credentials.contains(&name) || parameters.iter().any(|it| it["in"] == "query" && it["name"] == name)
        };
        if let Some((name, _)) = request.query.iter().find(|(name, _)| !is_known(name)) {
            return Err(format!("the query parameter `{name}` is not described"));
        }
        self.refuse_undescribed_headers(&parameters, request)?;
        self.check_body(operation, request)?;
        Ok(self.response(operation, request))
    }

    /// A strict server takes no header that its document does not describe, but for those of any request. A credential that
    /// is not needed is ignored.
    fn refuse_undescribed_headers(&self, parameters: &[&Value], request: &Parts) -> Result<(), String> {
        let described = parameters.iter().filter(|it| it["in"] == "header").filter_map(|it| it["name"].as_str());
        let known: Vec<&str> =
            described.chain(self.credentials("header")).chain(COMMON_HEADERS.iter().copied()).collect();
        let is_known = |name: &String| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        match request.headers.keys().find(|name| !is_known(name)) {
            Some(name) => Err(format!("the header `{name}` is not described")),
            None => Ok(()),
        }
    }

    /// The names of credentials in this part of a request, of both documents.
    fn credentials(&self, location: &str) -> Vec<&str> {
        let own = &self.document["components"]["securitySchemes"];
        let schemes = [own, &self.schemes_of_client].into_iter().filter_map(Value::as_object).flat_map(Map::values);
        let there = schemes.filter(|scheme| scheme["in"].as_str().unwrap_or("header") == location);
        there.map(|scheme| scheme["name"].as_str().unwrap_or("authorization")).collect()
    }

    /// The path beneath that of the document's first server.
    fn servers_prefix(&self, path: &str) -> String {
        let url = self.document["servers"][0]["url"].as_str().unwrap_or_default();
        let prefix =
            url.splitn(4, '/').nth(3).map(|rest| format!("/{}", rest.trim_end_matches('/'))).unwrap_or_default();
        path.strip_prefix(&prefix).unwrap_or(path).to_owned()
    }

    fn check_security(&self, operation: &Value, request: &Parts) -> Result<(), String> {
        let own = operation.get("security").unwrap_or(&self.document["security"]);
        let Some(alternatives) = own.as_array().filter(|list| !list.is_empty()) else { return Ok(()) };
        let holds = |name: &String| {
            let scheme = &self.document["components"]["securitySchemes"][name];
            let key = scheme["name"].as_str().unwrap_or("authorization").to_ascii_lowercase();
            request.headers.contains_key(&key)
        };
        let is_met = |needed: &Value| needed.as_object().is_some_and(|needed| needed.keys().all(holds));
        if alternatives.iter().any(is_met) { Ok(()) } else { Err("a credential is missing".to_owned()) }
    }

    fn check_parameter(
        &self,
        parameter: &Value,
        request: &Parts,
        in_path: &BTreeMap<String, String>,
    ) -> Result<(), String> {
        let name = parameter["name"].as_str().unwrap_or_default();
        let values: Vec<String> = match parameter["in"].as_str() {
            Some("query") => {
                request.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
            }
            Some("header") => request.headers.get(&name.to_ascii_lowercase()).cloned().into_iter().collect(),
            Some("path") => in_path.get(name).cloned().into_iter().collect(),
            _ => return Ok(()),
        };
        if values.is_empty() {
            let required = parameter["required"] == true;
            return if required { Err(format!("the parameter `{name}` is missing")) } else { Ok(()) };
        }
        let schema = self.resolved(&parameter["schema"]);
        let is_list = schema["type"] == "array";
        // A text is whatever the schema takes it for.
        let read = |text: &String| -> Vec<Value> {
            let number = text.parse::<serde_json::Number>().ok().map(Value::Number);
            let flag = text.parse::<bool>().ok().map(Value::Bool);
            number.into_iter().chain(flag).chain([Value::String(text.clone())]).collect()
        };
        let candidates: Vec<Value> = if is_list {
            let element = self.resolved(&schema["items"]);
            let best = |text: &String| {
                let found = read(text).into_iter().find(|value| self.problems(element, value).is_ok());
                found.unwrap_or_else(|| Value::String(text.clone()))
            };
            let texts = values.iter().flat_map(|value| value.split(',').map(str::to_owned).collect::<Vec<_>>());
            vec![Value::Array(texts.map(|text| best(&text)).collect())]
        } else {
            values.first().map(read).unwrap_or_default()
        };
        let fits = candidates.iter().any(|value| self.problems(schema, value).is_ok());
        if fits { Ok(()) } else { Err(format!("the parameter `{name}` is {values:?}, by {schema}")) }
    }

    fn check_body(&self, operation: &Value, request: &Parts) -> Result<(), String> {
        let body = self.resolved(&operation["requestBody"]);
        if request.body.is_empty() {
            return if body["required"] == true { Err("the body is missing".to_owned()) } else { Ok(()) };
        }
        if body.is_null() {
            return Err("a body is not described".to_owned());
        }
        let sent = request.headers.get("content-type").map(|it| it.split(';').next().unwrap_or_default().trim());
        let Some(media_type) = sent.and_then(|sent| body["content"].get(sent)) else {
            return Err(format!("a body in {sent:?} is not described"));
        };
        let value = match sent {
            Some(json) if json.ends_with("json") => {
                serde_json::from_slice(&request.body).map_err(|error| error.to_string())?
            }
            Some("application/x-www-form-urlencoded") => self.form(media_type, &request.body)?,
            _ => Value::String(String::from_utf8_lossy(&request.body).into_owned()),
        };
        let schema = self.resolved(&media_type["schema"]);
        refuse_undescribed(schema, &value)?;
        self.problems(schema, &value)
    }

    /// The object that a form stands for.
    fn form(&self, media_type: &Value, body: &[u8]) -> Result<Value, String> {
        let properties = &self.resolved(&media_type["schema"])["properties"];
        let mut object = Map::new();
        for (name, text) in pairs(&String::from_utf8_lossy(body)) {
            let schema = self.resolved(&properties[&name]);
            let read = |schema: &Value, text: &str| {
                let number = text.parse::<serde_json::Number>().ok().map(Value::Number);
                number.filter(|_| schema["type"] != "string").unwrap_or_else(|| Value::String(text.to_owned()))
            };
            if schema["type"] != "array" {
                object.insert(name, read(schema, &text));
                continue;
            }
            let joined = media_type["encoding"][&name]["explode"] == false;
            if joined && object.contains_key(&name) {
                return Err(format!("the field `{name}` is there twice"));
            }
            let texts = if joined { text.split(',').collect() } else { vec![text.as_str()] };
            let elements = texts.into_iter().map(|text| read(self.resolved(&schema["items"]), text));
            if let Value::Array(list) = object.entry(name).or_insert_with(|| json!([])) {
                list.extend(elements);
            }
        }
        Ok(Value::Object(object))
    }

    /// A response that the document describes, with every property that it describes.
    fn response(&self, operation: &Value, request: &Parts) -> Response<Body> {
        let nothing = Map::new();
        let responses = operation["responses"].as_object().unwrap_or(&nothing);
        let round = self.round.load(Ordering::Relaxed) % responses.len().max(1);
        let Some((status, response)) = responses.iter().nth(round) else { return Response::new(Body::empty()) };
        let response = self.resolved(response);
        let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let mut built = Response::builder().status(status);
        for (name, header) in response["headers"].as_object().unwrap_or(&nothing) {
            let value = self.example(&self.resolved(header)["schema"], 0);
            built = built.header(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        let content = response["content"].as_object().unwrap_or(&nothing);
        let accept = request.headers.get("accept").map_or("", String::as_str);
        let accepted = content.iter().find(|(media_type, _)| accept.contains(media_type.as_str()));
        let content = accepted.or_else(|| content.iter().next());
        let body = content.map(|(media_type, described)| (media_type, self.example(&described["schema"], 0)));
        let built = match &body {
            Some((media_type, _)) => built.header("content-type", media_type.as_str()),
            None => built,
        };
        let text = match body {
            Some((media_type, value)) if media_type.contains("json") => value.to_string(),
            Some((_, value)) => value.as_str().unwrap_or_default().to_owned(),
            None => String::new(),
        };
        built.body(Body::from(text)).unwrap_or_default()
    }

    /// A value that is valid by a schema, as far as the documents of these tests go.
    fn example(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolved(schema);
        if depth > 8 {
            return Value::Null;
        }
        let first = |key: &str| schema[key].as_array().and_then(|list| list.first());
        if let Some(value) = schema.get("const").or_else(|| first("enum")) {
            return value.clone();
        }
        if let Some(alternative) = first("oneOf").or_else(|| first("anyOf")) {
            return self.example(alternative, depth + 1);
        }
        let mut merged = Map::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            merged.extend(self.example(part, depth + 1).as_object().cloned().unwrap_or_default());
        }
        match schema["type"].as_str().or_else(|| first("type").and_then(Value::as_str)) {
            Some("array") => json!([self.example(&schema["items"], depth + 1)]),
            Some("integer") => schema.get("minimum").cloned().unwrap_or_else(|| json!(3)),
            Some("number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(2.5)),
            Some("boolean") => json!(true),
            Some("string") => json!(text(schema)),
            _ => {
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    if self.resolved(property)["writeOnly"] != true {
                        merged.insert(name.clone(), self.example(property, depth + 1));
                    }
                }
                Value::Object(merged)
            }
        }
    }
}

fn text(schema: &Value) -> String {
    match schema["format"].as_str() {
        Some("date") => "2026-11-30".to_owned(),
        Some("date-time") => "2026-11-30T08:00:00Z".to_owned(),
        Some("uuid") => "6f9619ff-8b86-4d01-b42d-00cf4fc964ff".to_owned(),
        _ => {
            let length = schema["minLength"].as_u64().unwrap_or(1).max(1);
            "x".repeat(usize::try_from(length).unwrap_or(1))
        }
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The names and values of a query or of a form.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(&value.replace('+', " ")))
    };
    pairs.map(pair).collect()
}

/// A request that came in.
struct Parts {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Parts {
    async fn of(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            method: parts.method.as_str().to_ascii_lowercase(),
            path: decoded(parts.uri.path()),
            query: pairs(query),
            headers: parts.headers.iter().map(header).collect(),
            body: to_bytes(body, LARGEST).await.map(|bytes| bytes.to_vec()).unwrap_or_default(),
        }
    }
}

async fn answer(State(contract): State<Arc<Contract>>, request: Request) -> Response<Body> {
    let parts = Parts::of(request).await;
    match contract.check(&parts) {
        Ok(response) => response,
        Err(reason) => {
            contract.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(reason);
            let mut response = Response::new(Body::from("{}"));
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
    }
}

/// A strict server takes no property that its document does not describe.
fn refuse_undescribed(schema: &Value, value: &Value) -> Result<(), String> {
    let (Some(known), Some(object)) = (schema["properties"].as_object(), value.as_object()) else { return Ok(()) };
    if schema.get("additionalProperties").is_some_and(|further| *further != false) {
        return Ok(());
    }
    match object.keys().find(|name| !known.contains_key(*name)) {
        Some(name) => Err(format!("the property `{name}` is not described")),
        None => Ok(()),
    }
}
