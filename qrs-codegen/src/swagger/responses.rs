//! Responses: a `schema` for every media type of `produces` becomes a `content`.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::media::{MediaTypes, is_file, is_json};
use super::parameters::SwaggerLocation;
use super::{Object, Rewriter, Section, name_in, reference, resolved, size};
use crate::diagnostic::{At, Problem};

impl Rewriter {
    /// The responses of an operation.
    pub(super) fn responses(&mut self, responses: &mut Object, produces: &MediaTypes, from: At<'_>, to: At<'_>) {
        // A response that is a schema by mistake, and a schema that is a response, are what they were meant to be.
        for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with("x-")) {
            let value = response.take();
            *response = match value.get("$ref").and_then(Value::as_str).map(str::to_owned) {
                Some(shared) => self.referenced(&shared, value, produces, (from.child(status), to.child(status))),
                None => self.response(value, produces, from.child(status), to.child(status)),
            };
        }
    }

    /// A response that the document has among its own, for these media types.
    fn referenced(
        &mut self,
        written: &str,
        value: Value,
        produces: &MediaTypes,
        (from, to): (At<'_>, At<'_>),
    ) -> Value {
        let Some((Some(name), _)) = resolved(&self.responses, "responses", &value) else {
            if name_in("definitions", written).is_some() {
                return self.schema_alone(written, value, produces, (from, to));
            }
            // It leads nowhere, which is said where references are resolved.
            return name_in("responses", written).map_or(value, |name| reference("responses", &name));
        };
        self.shared_response(&name, produces)
    }

    /// A response that is nothing but a reference to a schema.
    fn schema_alone(
        &mut self,
        written: &str,
        value: Value,
        produces: &MediaTypes,
        (from, to): (At<'_>, At<'_>),
    ) -> Value {
        let problem = Problem::UnsupportedReference { reference: written.to_owned() };
        self.warn(
            from.child("$ref"),
            problem,
            "a response is expected here, this is a schema: it is taken for its `schema`",
        );
        self.origins.note(to, from);
        let mut response = Object::new();
        response.insert("schema".to_owned(), value);
        self.response(Value::Object(response), produces, from, to)
    }

    /// The schema of a response, where it is a reference to a response by mistake.
    fn schema_of_response(&mut self, schema: Value, from: At<'_>) -> Option<Value> {
        let written = schema.get("$ref").and_then(Value::as_str);
        let Some(name) = written.and_then(|written| name_in("responses", written)) else { return Some(schema) };
        let problem = Problem::UnsupportedReference { reference: written.unwrap_or_default().to_owned() };
        self.warn(from.child("$ref"), problem, "a schema is expected here, this is a response: its `schema` counts");
        let meant = self.responses.get(&name)?.get("schema")?.clone();
        (meant
            .get("$ref")
            .is_none_or(|written| written.as_str().is_some_and(|written| name_in("responses", written).is_none()))
            && self.count(size(&meant), from))
        .then_some(meant)
    }

    fn shared_response(&mut self, name: &str, produces: &MediaTypes) -> Value {
        let has_content = self.responses.get(name).is_some_and(|response| response.get("schema").is_some());
        let media_types = if has_content { Rc::clone(&produces.names) } else { Rc::default() };
        let key = match self.shared_name(Section::Responses, name, &media_types) {
            Ok(known) => return reference("responses", &known),
            Err(key) => key,
        };
        let root = At::ROOT;
        let section = root.child("responses");
        let components = root.child("components");
        let to = components.child("responses");
        let value = Value::Object(self.lent(Section::Responses, name, section));
        let to = to.child(&key);
        let response = self.response(value, produces, section.child(name), to);
        self.lend(Section::Responses, name, to, &response);
        self.shared_responses.insert(key.clone(), response);
        reference("responses", &key)
    }

    /// Keeps the bodies and responses that no operation uses: a reference may lead to a schema in one of them.
    pub(super) fn unused(&mut self) {
        let (consumes, produces) = (self.consumes.clone(), self.produces.clone());
        let is_whole = |(_, value): &(&String, &Value)| value.get("$ref").is_none();
        let bodies = self.parameters.iter().filter(|(_, value)| SwaggerLocation::of(value) == SwaggerLocation::Body);
        let bodies: Vec<String> = bodies.map(|(name, _)| name.clone()).collect();
        for name in bodies {
            if !self.request_bodies.contains_key(&name) {
                self.shared_body(&name, &consumes);
            }
        }
        let responses: Vec<String> = self.responses.iter().filter(is_whole).map(|(name, _)| name.clone()).collect();
        for name in responses {
            if !self.shared_responses.contains_key(&name) {
                self.shared_response(&name, &produces);
            }
        }
    }

    /// A response in the 3.0 shape.
    fn response(&mut self, value: Value, produces: &MediaTypes, from: At<'_>, to: At<'_>) -> Value {
        let Value::Object(mut map) = value else { return value };
        let examples = map.shift_remove("examples");
        let schema = map.shift_remove("schema");
        if let Some(schema) = schema.and_then(|schema| self.schema_of_response(schema, from.child("schema"))) {
            let names = response_types(&schema, produces);
            let places = (from.child("schema"), produces.at.clone());
            let mut content = self.content(&names, Some(schema), places, to.child("content"));
            if let Some(Value::Object(examples)) = examples {
                lend_examples(&mut content, examples);
            }
            map.insert("content".to_owned(), Value::Object(content));
        }
        if let Some(Value::Object(headers)) = map.get_mut("headers") {
            let (from, to) = (from.child("headers"), to.child("headers"));
            for (name, header) in headers.iter_mut() {
                *header = self.header(header.take(), from.child(name), to.child(name));
            }
        }
        Value::Object(map)
    }
}

/// The media types of a response. Where none is listed it can be any, and its schema tells how it is read; a file is what
/// it is, whatever media types are listed for the JSON of the others.
fn response_types(schema: &Value, produces: &MediaTypes) -> Rc<[String]> {
    const ANY: &str = "*/*";
    let names = produces.or_else(ANY);
    if !is_file(schema) {
        return names;
    }
    let files: Vec<String> = names.iter().filter(|name| !is_json(name)).cloned().collect();
    if files.is_empty() { Rc::new([ANY.to_owned()]) } else { files.into() }
}

/// Puts examples beside the schemas of their media types.
fn lend_examples(content: &mut Object, examples: Map<String, Value>) {
    for (name, example) in examples {
        if let Some(Value::Object(media)) = content.get_mut(&name) {
            media.insert("example".to_owned(), example);
        }
    }
}
