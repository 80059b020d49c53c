//! Operations with what their paths, the components and the document say of them.

use indexmap::IndexMap;
use openapiv3::{
    Components, Header as HeaderObject, MediaType as MediaTypeObject, Operation as OperationObject,
    Parameter as ParameterObject, ParameterSchemaOrContent, PathItem, PathStyle, Paths, QueryStyle, ReferenceOr,
    Schema as SchemaObject, Server as ServerObject, StatusCode,
};
use serde_json::Value;

use super::schema::marked;
use super::{
    Encoding, Header, Lifecycle, MediaType, Operation, Parameter, ParameterLocation, ParameterValue, RequestBody,
    Response, SchemaId, Server, ServerVariable, Status, Style, received, security,
};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::pointer::percent_decoded;
use crate::swagger;
use crate::validate::nearest;

/// The outcome of a reference to a parameter that leads nowhere: neither its name nor its location is known.
const PARAMETER_LEFT_OUT: &str = "the parameter is left out; a place of the path that it may fill takes a string";

/// Reads operations, and notes what is wrong with their references.
pub(super) struct Reader<'d> {
    /// The tree that `openapiv3` read, for what it does not tell.
    pub(super) tree: &'d Value,
    pub(super) components: &'d Components,
    pub(super) found: Vec<Diagnostic>,
}

/// An object that a reference led to.
struct Resolved<'d, T> {
    object: &'d T,
    /// The place of its description: the component, if it is one.
    at: Pointer,
    component: Option<String>,
}

/// Why a reference is not followed.
pub(super) struct Refusal {
    problem: Problem,
    help: String,
}

impl Refusal {
    /// The warning at the object that holds the reference, and what becomes of that object.
    pub(super) fn diagnostic(self, at: At<'_>, outcome: &str) -> Diagnostic {
        Diagnostic::warning(at.child("$ref").pointer(), self.problem).help(format!("{outcome}; {}", self.help))
    }
}

/// The warning about references that lead back to themselves, and what becomes of the object that holds the first.
pub(super) fn cycle(at: At<'_>, outcome: &str) -> Diagnostic {
    Diagnostic::warning(at.child("$ref").pointer(), Problem::ReferenceCycle).help(outcome)
}

/// The name in a reference to `#/components/{section}/…`.
pub(super) fn component_name(reference: &str, section: &'static str) -> Result<String, Refusal> {
    let refuse = |help: String| {
        let problem = Problem::UnsupportedReference { reference: reference.to_owned() };
        Err(Refusal { problem, help })
    };
    let Some(fragment) = reference.strip_prefix('#') else {
        return refuse("only references within the document are followed".to_owned());
    };
    let pointer = Pointer::parse(&percent_decoded(fragment));
    match pointer.as_ref().map(Pointer::tokens) {
        Some([first, second, name]) if first == "components" && second == section => Ok(name.clone()),
        _ => refuse(format!("a reference here can point to `#/components/{section}/…`")),
    }
}

/// The refusal of a reference to a component that there is none of.
pub(super) fn dangling<'n>(reference: &str, known: impl Iterator<Item = &'n String>) -> Refusal {
    let wanted = reference.rsplit('/').next().unwrap_or_default();
    let help = match nearest(wanted, known.map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "nothing of that name is in the document".to_owned(),
    };
    Refusal { problem: Problem::DanglingReference { reference: reference.to_owned() }, help }
}

impl<'d> Reader<'d> {
    /// Reads the operations of every path, in order.
    pub(super) fn operations(&mut self, paths: &'d Paths) -> Vec<Operation> {
        let root = At::ROOT;
        let at = root.child("paths");
        let mut operations = Vec::new();
        for (path, item) in &paths.paths {
            let at = at.child(path);
            match item {
                ReferenceOr::Reference { .. } => {
                    let problem = Problem::Unsupported { what: "a reference to a path".to_owned() };
                    let diagnostic = Diagnostic::warning(at.child("$ref").pointer(), problem);
                    self.found.push(diagnostic.help("the path is left out"));
                }
                ReferenceOr::Item(item) => {
                    for (method, operation) in item.iter() {
                        operations.extend(self.operation(path, item, method, operation, at));
                    }
                }
            }
        }
        operations
    }

    /// An operation; `None` if its body cannot be known, without which nothing sound can be sent.
    fn operation(
        &mut self,
        path: &str,
        item: &'d PathItem,
        method: &str,
        operation: &'d OperationObject,
        path_at: At<'_>,
    ) -> Option<Operation> {
        let at = path_at.child(method);
        let lists = [(&item.parameters, path_at.child("parameters")), (&operation.parameters, at.child("parameters"))];
        let (parameters, lacks_parameters) = self.parameters(lists);
        let request_body = operation.request_body.as_ref();
        let request_body = request_body.map(|body| self.request_body(body, at.child("requestBody")));
        let responses = self.responses(&operation.responses, at.child("responses"));
        let (servers, holder) =
            if operation.servers.is_empty() { (&item.servers, path_at) } else { (&operation.servers, at) };
        Some(Operation {
            at: at.pointer(),
            path: path.to_owned(),
            method: received::METHODS.iter().find(|known| **known == method).copied().unwrap_or("get"),
            id: operation.operation_id.clone().filter(|id| !id.is_empty() && !is_opaque(id)),
            has_opaque_id: operation.operation_id.as_deref().is_some_and(is_opaque),
            name: codegen(&operation.extensions, "name"),
            command: codegen(&operation.extensions, "command"),
            note: codegen(&operation.extensions, "note"),
            tag: operation.tags.first().cloned(),
            summary: operation.summary.clone(),
            description: operation.description.clone(),
            lifecycle: Lifecycle::new(operation.deprecated, &operation.extensions),
            parameters,
            lacks_parameters,
            request_body: request_body.map_or(Some(None), |body| body.map(Some))?,
            responses,
            security: operation.security.as_deref().map(|list| security::requirements(list, at.child("security"))),
            servers: Self::servers(servers, holder.child("servers")),
        })
    }

    /// The parameters of a path and of an operation, and whether one was not found. The operation's replace those of the
    /// same name and location.
    fn parameters(&mut self, lists: [(&'d Vec<ReferenceOr<ParameterObject>>, At<'_>); 2]) -> (Vec<Parameter>, bool) {
        let mut lacks_parameters = false;
        let mut all: IndexMap<(ParameterLocation, &str), (Parameter, usize)> = IndexMap::new();
        for (list, (parameters, at)) in lists.into_iter().enumerate() {
            for (index, parameter) in parameters.iter().enumerate() {
                let at = at.index(index);
                let components = self.components;
                let components = &components.parameters;
                let Some(resolved) = self.resolve(parameter, "parameters", components, at, PARAMETER_LEFT_OUT) else {
                    lacks_parameters = true;
                    continue;
                };
                let key = (location(resolved.object), resolved.object.parameter_data_ref().name.as_str());
                if let Some((first, _)) = all.get(&key).filter(|(_, known)| *known == list) {
                    let problem = Problem::DuplicateParameter { name: key.1.to_owned(), location: key.0.name() };
                    let first = first.listed_at.clone();
                    let diagnostic =
                        Diagnostic::warning(at.pointer(), problem).related(first, "it is listed here first");
                    self.found.push(diagnostic.help("the first one counts"));
                    continue;
                }
                all.insert(key, (self.parameter(resolved, at.pointer()), list));
            }
        }
        (all.into_values().map(|(parameter, _)| parameter).collect(), lacks_parameters)
    }

    fn parameter(&self, resolved: Resolved<'d, ParameterObject>, listed_at: Pointer) -> Parameter {
        let Resolved { object, at, component } = resolved;
        let data = object.parameter_data_ref();
        let (style, allow_reserved) = style(object);
        let delimiters = swagger::delimiters(&data.extensions);
        let style = delimiters.map_or(style, Style::Delimited);
        let value = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => schema_id(schema).map(ParameterValue::Schema),
            ParameterSchemaOrContent::Content(content) => {
                Some(ParameterValue::Content(self.content(content, At::of(&at).child("content"))))
            }
        };
        Parameter {
            listed_at,
            component,
            name: data.name.clone(),
            location: location(object),
            description: data.description.clone(),
            lifecycle: Lifecycle::new(data.deprecated == Some(true), &data.extensions),
            required: data.required,
            style,
            explode: data.explode.unwrap_or(style == Style::Form),
            allow_reserved,
            value: value.unwrap_or_else(|| ParameterValue::Content(Vec::new())),
            value_of: codegen(&data.extensions, "value-of"),
            at,
        }
    }

    fn request_body(&mut self, body: &'d ReferenceOr<openapiv3::RequestBody>, at: At<'_>) -> Option<RequestBody> {
        let components = self.components;
        let components = &components.request_bodies;
        let outcome = "the operation is left out, for its body is not known";
        let Resolved { object, at, component } = self.resolve(body, "requestBodies", components, at, outcome)?;
        Some(RequestBody {
            component,
            description: object.description.clone(),
            required: object.required,
            content: self.content(&object.content, At::of(&at).child("content")),
            at,
        })
    }

    fn responses(&mut self, responses: &'d openapiv3::Responses, at: At<'_>) -> Vec<Response> {
        let written = at.pointer().value_in(self.tree).and_then(Value::as_object);
        let entries = responses.responses.iter().map(|(status, response)| {
            let key = status.to_string();
            // A range may be written in small letters, as `4xx`.
            let written = written.and_then(|map| map.keys().find(|written| written.eq_ignore_ascii_case(&key)));
            let key = written.cloned().unwrap_or(key);
            let status = match status {
                StatusCode::Code(code) => Status::Code(*code),
                StatusCode::Range(digit) => Status::Range(*digit),
            };
            (key, status, response)
        });
        let default = responses.default.iter().map(|response| ("default".to_owned(), Status::Default, response));
        entries.chain(default).map(|(key, status, response)| self.response(&key, status, response, at)).collect()
    }

    fn response(
        &mut self,
        key: &str,
        status: Status,
        response: &'d ReferenceOr<openapiv3::Response>,
        at: At<'_>,
    ) -> Response {
        let components = self.components;
        let place = at.child(key);
        let outcome = "the body of the response is given as bytes";
        let Some(resolved) = self.resolve(response, "responses", &components.responses, place, outcome) else {
            return Self::unknown_response(status, place);
        };
        let Resolved { object, at, component } = resolved;
        Response {
            component,
            status,
            description: object.description.clone(),
            headers: self.headers(&object.headers, At::of(&at).child("headers")),
            has_links: !object.links.is_empty(),
            content: self.content(&object.content, At::of(&at).child("content")),
            at,
        }
    }

    /// A response of which nothing is known but its status code: its body may be anything.
    fn unknown_response(status: Status, at: At<'_>) -> Response {
        let anything = MediaType { at: at.pointer(), name: "*/*".to_owned(), schema: None, encoding: IndexMap::new() };
        Response {
            at: at.pointer(),
            component: None,
            status,
            description: String::new(),
            headers: Vec::new(),
            has_links: false,
            content: vec![anything],
        }
    }

    fn headers(&mut self, headers: &'d IndexMap<String, ReferenceOr<HeaderObject>>, at: At<'_>) -> Vec<Header> {
        let components = self.components;
        let mut all = Vec::new();
        for (name, header) in headers {
            let (components, at) = (&components.headers, at.child(name));
            let Some(resolved) = self.resolve(header, "headers", components, at, "the header is left out") else {
                continue;
            };
            let Resolved { object, at, .. } = resolved;
            let schema = match &object.format {
                ParameterSchemaOrContent::Schema(schema) => schema_id(schema),
                ParameterSchemaOrContent::Content(_) => None,
            };
            let delimiters = swagger::delimiters(&object.extensions);
            let lifecycle = Lifecycle::new(object.deprecated == Some(true), &object.extensions);
            let (name, description) = (name.clone(), object.description.clone());
            all.push(Header { at, name, description, lifecycle, schema, delimiters });
        }
        all
    }

    fn content(&self, content: &IndexMap<String, MediaTypeObject>, at: At<'_>) -> Vec<MediaType> {
        let media_type = |(name, object): (&String, &MediaTypeObject)| {
            let at = at.child(name);
            let encodings = at.child("encoding");
            let encoding = object.encoding.iter().map(|(property, encoding)| {
                // `openapiv3` takes an `explode` that is not there for `false`.
                let explode = encodings.child(property).child("explode").pointer();
                let encoding = Encoding {
                    content_type: encoding.content_type.clone(),
                    has_headers: !encoding.headers.is_empty(),
                    style: swagger::delimiters(&encoding.extensions)
                        .map(Style::Delimited)
                        .or(encoding.style.as_ref().map(query_style)),
                    explode: explode.value_in(self.tree).and_then(Value::as_bool),
                    allow_reserved: encoding.allow_reserved,
                };
                (property.clone(), encoding)
            });
            MediaType {
                name: name.clone(),
                schema: object.schema.as_ref().and_then(schema_id),
                encoding: encoding.collect(),
                at: at.pointer(),
            }
        };
        content.iter().map(media_type).collect()
    }

    /// Reads a list of servers.
    pub(super) fn servers(servers: &[ServerObject], at: At<'_>) -> Vec<Server> {
        let server = |(index, server): (usize, &ServerObject)| {
            let variables = server.variables.iter().flatten().map(|(name, variable)| {
                let variable = ServerVariable {
                    default: variable.default.clone(),
                    allowed: variable.enumeration.clone(),
                    description: variable.description.clone(),
                };
                (name.clone(), variable)
            });
            Server {
                at: at.index(index).pointer(),
                url: server.url.clone(),
                description: server.description.clone(),
                variables: variables.collect(),
                name: codegen(&server.extensions, "name"),
            }
        };
        servers.iter().enumerate().map(server).collect()
    }

    /// Follows references within `#/components/{section}`, at most as many times as there are entries. `outcome` says
    /// what becomes of an object that is not found.
    fn resolve<T>(
        &mut self,
        given: &'d ReferenceOr<T>,
        section: &'static str,
        entries: &'d IndexMap<String, ReferenceOr<T>>,
        at: At<'_>,
        outcome: &str,
    ) -> Option<Resolved<'d, T>> {
        let mut current = given;
        let mut component: Option<&String> = None;
        for _ in 0..=entries.len() {
            let reference = match current {
                ReferenceOr::Item(object) => {
                    let root = At::ROOT;
                    let components = root.child("components");
                    let holder = components.child(section);
                    let at = component.map_or(at, |name| holder.child(name)).pointer();
                    return Some(Resolved { object, at, component: component.cloned() });
                }
                ReferenceOr::Reference { reference } => reference,
            };
            let entry = component_name(reference, section)
                .and_then(|name| entries.get_key_value(&name).ok_or_else(|| dangling(reference, entries.keys())));
            match entry {
                Ok((name, entry)) => {
                    component = Some(name);
                    current = entry;
                }
                Err(refusal) => {
                    self.found.push(refusal.diagnostic(at, outcome));
                    return None;
                }
            }
        }
        self.found.push(cycle(at, outcome));
        None
    }
}

fn schema_id(schema: &ReferenceOr<SchemaObject>) -> Option<SchemaId> {
    match schema {
        ReferenceOr::Reference { reference } => marked(reference),
        ReferenceOr::Item(_) => None,
    }
}

fn codegen(extensions: &IndexMap<String, Value>, key: &str) -> Option<String> {
    extensions.get("x-codegen")?.get(key)?.as_str().map(str::to_owned)
}

fn location(parameter: &ParameterObject) -> ParameterLocation {
    match parameter {
        ParameterObject::Query { .. } => ParameterLocation::Query,
        ParameterObject::Header { .. } => ParameterLocation::Header,
        ParameterObject::Path { .. } => ParameterLocation::Path,
        ParameterObject::Cookie { .. } => ParameterLocation::Cookie,
    }
}

/// The `style` and the `allowReserved` of a parameter.
fn style(parameter: &ParameterObject) -> (Style, bool) {
    match parameter {
        ParameterObject::Path { style, .. } => {
            let style = match style {
                PathStyle::Simple => Style::Simple,
                PathStyle::Label => Style::Label,
                PathStyle::Matrix => Style::Matrix,
            };
            (style, false)
        }
        ParameterObject::Query { style, allow_reserved, .. } => (query_style(style), *allow_reserved),
        ParameterObject::Header { .. } => (Style::Simple, false),
        ParameterObject::Cookie { .. } => (Style::Form, false),
    }
}

fn query_style(style: &QueryStyle) -> Style {
    match style {
        QueryStyle::Form => Style::Form,
        QueryStyle::SpaceDelimited => Style::SpaceDelimited,
        QueryStyle::PipeDelimited => Style::PipeDelimited,
        QueryStyle::DeepObject => Style::DeepObject,
    }
}

/// Whether an `operationId` is no name for people: a GUID, or another long number in hexadecimal.
pub(super) fn is_opaque(id: &str) -> bool {
    const SHORTEST: usize = 16;
    let digits = || id.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b'{' | b'}'));
    digits().count() >= SHORTEST
        && digits().all(|digit| digit.is_ascii_hexdigit())
        && digits().any(|digit| digit.is_ascii_digit())
}
