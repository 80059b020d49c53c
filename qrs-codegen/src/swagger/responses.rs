//! Responses: a `schema` for every media type of `produces` becomes a `content`.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::media::{MediaTypes, is_file, is_json};
use super::parameters::Location;
use super::{Object, Rewriter, Section, name_in, reference, resolved};
use crate::diagnostic::At;

impl Rewriter {
    /// The responses of an operation.
    pub(super) fn responses(&mut self, responses: &mut Object, produces: &MediaTypes, from: At<'_>, to: At<'_>) {
        for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with("x-")) {
            let value = response.take();
            *response = match value.get("$ref").and_then(Value::as_str).map(str::to_owned) {
                Some(shared) => self.referenced(&shared, value, produces),
                None => self.response(value, produces, from.child(status), to.child(status)),
            };
        }
    }

    /// A response that the document has among its own, for these media types.
    fn referenced(&mut self, written: &str, value: Value, produces: &MediaTypes) -> Value {
        let Some((Some(name), _)) = resolved(&self.responses, "responses", &value) else {
            // It leads nowhere, which is said where references are resolved.
            return name_in("responses", written).map_or(value, |name| reference("responses", &name));
        };
        self.shared_response(&name, produces)
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
        let value = self.responses.get(name).cloned().unwrap_or_default();
        let response = self.response(value, produces, section.child(name), to.child(&key));
        self.shared_responses.insert(key.clone(), response);
        reference("responses", &key)
    }

    /// Keeps the bodies and responses that no operation uses: a reference may lead to a schema in one of them.
    pub(super) fn unused(&mut self) {
        let (consumes, produces) = (self.consumes.clone(), self.produces.clone());
        let is_whole = |(_, value): &(&String, &Value)| value.get("$ref").is_none();
        let bodies = self.parameters.iter().filter(|(_, value)| Location::of(value) == Location::Body);
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
        if let Some(schema) = map.shift_remove("schema") {
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
