//! Paths and operations.

use std::collections::HashSet;

use serde_json::Value;

use super::body::SentContent;
use super::media::MediaTypes;
use super::parameters::SwaggerLocation;
use super::{Object, Rewriter, resolved, size, take_list, take_object};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};

/// Keys of a path item in OpenAPI 3.2 that hold operations.
const LATER: &[&str] = &["query", "additionalOperations"];

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A body, or a part of one, among the parameters.
#[derive(Clone)]
pub(super) struct BodyParameter {
    /// The Parameter Object; of a shared body, the reference to it.
    pub(super) value: Object,
    /// Its name under the document's `parameters`, if it is there.
    pub(super) shared: Option<String>,
    /// The place in the list.
    pub(super) at: Pointer,
}

/// A list of parameters, taken apart.
#[derive(Default)]
struct ListedParameters {
    /// The parameters that are parameters in OpenAPI 3, too.
    parameters: Vec<Value>,
    bodies: Vec<BodyParameter>,
    fields: Vec<BodyParameter>,
}

impl Rewriter {
    /// The paths, those of `x-ms-paths` among them.
    pub(super) fn paths(&mut self, root: &mut Object) -> Object {
        let at = At::ROOT;
        let mut paths = take_object(root, "paths");
        let to = at.child("paths");
        for (path, item) in &mut paths {
            self.path(item, to.child(path), to.child(path));
        }
        let further = at.child("x-ms-paths");
        for (path, mut item) in take_object(root, "x-ms-paths") {
            let (from, to) = (further.child(&path), to.child(&path));
            if paths.contains_key(&path) {
                let problem = Problem::DuplicateKey { key: path.clone() };
                self.found.push(
                    Diagnostic::warning(from.pointer(), problem)
                        .on_key()
                        .related(to.pointer(), "this one counts")
                        .help("it is left out"),
                );
                continue;
            }
            self.origins.note(to, from);
            self.path(&mut item, from, to);
            paths.insert(path, item);
        }
        paths
    }

    fn path(&mut self, item: &mut Value, from: At<'_>, to: At<'_>) {
        let Some(item) = item.as_object_mut() else { return };
        // Words of later versions that the tables of 2.0 do not have were not checked, and have no effect.
        item.retain(|key, _| !LATER.contains(&key.as_str()));
        let listed = match item.shift_remove("parameters") {
            Some(Value::Array(parameters)) => self.listed(parameters, from.child("parameters"), to.child("parameters")),
            _ => ListedParameters::default(),
        };
        for (method, operation) in item.iter_mut().filter(|(method, _)| METHODS.contains(&method.as_str())) {
            if let Some(operation) = operation.as_object_mut() {
                self.operation(method, operation, &listed, (from.child(method), to.child(method)));
            }
        }
        if !listed.parameters.is_empty() {
            item.insert("parameters".to_owned(), Value::Array(listed.parameters));
        }
    }

    fn operation(
        &mut self,
        method: &str,
        operation: &mut Object,
        path: &ListedParameters,
        (from, to): (At<'_>, At<'_>),
    ) {
        let consumes = MediaTypes::take(operation, "consumes", from, &mut self.found);
        let consumes = consumes.unwrap_or_else(|| self.consumes.clone());
        let produces = MediaTypes::take(operation, "produces", from, &mut self.found);
        let produces = produces.unwrap_or_else(|| self.produces.clone());
        let parameters = take_list(operation, "parameters");
        let listed = self.listed(parameters, from.child("parameters"), to.child("parameters"));
        if !listed.parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(listed.parameters));
        }
        // What an operation says itself comes before what its path says for all.
        let body = listed.bodies.first().or(path.bodies.first().filter(|_| listed.fields.is_empty()));
        let fields: Vec<&BodyParameter> = merged(&path.fields, &listed.fields);
        self.second_bodies(&listed.bodies, &fields);
        let sent = match body {
            Some(body) => Some(SentContent::Whole(body)),
            None if fields.is_empty() => None,
            None => Some(SentContent::Form(fields)),
        };
        if let Some(sent) = sent
            && !operation.contains_key("requestBody")
        {
            if matches!(method, "get" | "head") {
                let problem = Problem::Unsupported { what: format!("a body in a {} request", method.to_uppercase()) };
                self.mention(
                    from,
                    problem,
                    "it is sent all the same; HTTP gives it no meaning (RFC 9110, section 9.3)",
                );
            }
            let body = self.request_body(sent, &consumes, from, to.child("requestBody"));
            operation.insert("requestBody".to_owned(), body);
        }
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            self.responses(responses, &produces, from.child("responses"), to.child("responses"));
        }
        self.own_servers(operation, from, to);
    }

    /// Says which bodies of a list are not the one that counts.
    fn second_bodies(&mut self, bodies: &[BodyParameter], fields: &[&BodyParameter]) {
        let Some((first, others)) = bodies.split_first() else { return };
        for (other, what) in others.iter().map(|other| (other, "a second body")).chain(
            // One of them stands for all.
            fields.first().map(|field| (*field, "a form beside a body")),
        ) {
            let problem = Problem::Ignored { what: what.to_owned() };
            self.found.push(
                Diagnostic::warning(other.at.clone(), problem)
                    .related(first.at.clone(), "this one is sent")
                    .help("a request has one body: an operation for each, or a form alone, would say what is meant"),
            );
        }
    }

    /// Takes a list of parameters apart.
    fn listed(&mut self, parameters: Vec<Value>, from: At<'_>, to: At<'_>) -> ListedParameters {
        let mut listed = ListedParameters::default();
        for (index, parameter) in parameters.into_iter().enumerate() {
            let from = from.index(index);
            let found = resolved(&self.parameters, "parameters", &parameter);
            let found = found.map(|(shared, value)| (SwaggerLocation::of(value), shared));
            match (found, parameter) {
                (Some((SwaggerLocation::Body, shared)), parameter) => {
                    listed.bodies.push(BodyParameter { value: object(parameter), shared, at: from.pointer() });
                }
                (Some((SwaggerLocation::FormData, Some(name))), _) => {
                    let value = self.parameters.get(&name).cloned().unwrap_or_default();
                    if self.count(size(&value), from) {
                        listed.fields.push(BodyParameter {
                            value: object(value),
                            shared: Some(name),
                            at: from.pointer(),
                        });
                    }
                }
                (Some((SwaggerLocation::FormData, None)), parameter) => {
                    listed.fields.push(BodyParameter { value: object(parameter), shared: None, at: from.pointer() });
                }
                (_, parameter) => {
                    let to = to.index(listed.parameters.len());
                    if listed.parameters.len() < index {
                        self.origins.note(to, from);
                    }
                    listed.parameters.push(self.parameter(parameter, from, to));
                }
            }
        }
        listed
    }
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(map) => map,
        _ => Object::new(),
    }
}

/// The fields of a form: those of the operation in place of those of the path that have the same name.
fn merged<'p>(path: &'p [BodyParameter], own: &'p [BodyParameter]) -> Vec<&'p BodyParameter> {
    let name = |parameter: &'p BodyParameter| parameter.value.get("name").and_then(Value::as_str);
    let names: HashSet<_> = own.iter().map(name).collect();
    path.iter().filter(|parameter| !names.contains(&name(parameter))).chain(own).collect()
}
