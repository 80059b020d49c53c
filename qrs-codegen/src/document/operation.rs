//! Operations with what their paths, the components and the document say of them.

use indexmap::IndexMap;
use openapiv3::{
    Components, Header as HeaderObject, Operation as OperationObject, Parameter as ParameterObject,
    ParameterSchemaOrContent, PathItem, PathStyle, Paths, QueryStyle, ReferenceOr, Schema as SchemaObject, StatusCode,
};
use serde_json::Value;

use super::further::FurtherOperation;
use super::normalize::MOVED;
use super::schema::marked;
use super::{
    Encodings, Header, Lifecycle, MediaType, Operation, Parameter, ParameterLocation, ParameterValue, RequestBody,
    Response, SchemaId, Status, Style, security,
};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::pointer::percent_decoded;
use crate::swagger;
use crate::validate::nearest;

/// The outcome of a reference to a parameter that leads nowhere: neither its name nor its location is known.
const PARAMETER_LEFT_OUT: &str = "the parameter is left out; a place of the path that it may fill takes a string";

/// Reads operations, and notes what is wrong with their references.
pub(super) struct OperationReader<'d> {
    /// The tree that `openapiv3` read, for what it does not tell.
    pub(super) tree: &'d Value,
    pub(super) components: &'d Components,
    /// Whether operations are named after method and path, whatever their `operationId` (`x-codegen`).
    pub(super) ignores_ids: bool,
    pub(super) found: Vec<Diagnostic>,
}

/// An object that a reference led to.
struct ResolvedObject<'d, T> {
    object: &'d T,
    /// The place of its description: the component, if it is one.
    at: Pointer,
    component: Option<String>,
    words: ReferenceWords<'d>,
}

/// Why a reference is not followed.
pub(super) struct UnfollowedReference {
    problem: Problem,
    help: String,
}

impl UnfollowedReference {
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
pub(super) fn component_name(reference: &str, section: &'static str) -> Result<String, UnfollowedReference> {
    let refuse = |help: String| {
        let problem = Problem::UnsupportedReference { reference: reference.to_owned() };
        Err(UnfollowedReference { problem, help })
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
pub(super) fn dangling<'n>(reference: &str, known: impl Iterator<Item = &'n String>) -> UnfollowedReference {
    let wanted = reference.rsplit('/').next().unwrap_or_default();
    let help = match nearest(wanted, known.map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "nothing of that name is in the document".to_owned(),
    };
    UnfollowedReference { problem: Problem::DanglingReference { reference: reference.to_owned() }, help }
}

impl<'d> OperationReader<'d> {
    /// Reads the operations of every path, in order.
    pub(super) fn operations(&mut self, paths: &'d Paths, further: &'d [FurtherOperation]) -> Vec<Operation> {
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
                        let place = (path.as_str(), method.to_ascii_uppercase());
                        operations.push(self.operation(place, item, operation, (at, at.child(method).pointer())));
                    }
                    for one in further.iter().filter(|one| one.path == *path) {
                        let place = (path.as_str(), one.method.clone());
                        operations.push(self.operation(place, item, &one.operation, (at, one.at.clone())));
                    }
                }
            }
        }
        operations
    }

    /// An operation.
    fn operation(
        &mut self,
        (path, method): (&str, String),
        item: &'d PathItem,
        operation: &'d OperationObject,
        (path_at, own_at): (At<'_>, Pointer),
    ) -> Operation {
        let at = At::of(&own_at);
        let lists = [(&item.parameters, path_at.child("parameters")), (&operation.parameters, at.child("parameters"))];
        let (parameters, lacks_parameters) = self.parameters(lists);
        let request_body = operation.request_body.as_ref();
        let request_body = request_body.map(|body| self.request_body(body, at.child("requestBody")));
        let responses = self.responses(&operation.responses, at.child("responses"));
        let (servers, holder) =
            if operation.servers.is_empty() { (&item.servers, path_at) } else { (&operation.servers, at) };
        Operation {
            at: at.pointer(),
            path: path.to_owned(),
            method,
            id: operation.operation_id.clone().filter(|id| !self.ignores_ids && !id.is_empty() && !is_opaque(id)),
            has_opaque_id: !self.ignores_ids && operation.operation_id.as_deref().is_some_and(is_opaque),
            name: codegen(&operation.extensions, "name"),
            command: codegen(&operation.extensions, "command"),
            note: codegen(&operation.extensions, "note"),
            tags: operation.tags.clone(),
            summary: operation.summary.clone(),
            description: operation.description.clone(),
            lifecycle: Lifecycle::new(operation.deprecated, &operation.extensions),
            parameters,
            lacks_parameters,
            request_body,
            responses,
            security: operation.security.as_deref().map(|list| security::requirements(list, at.child("security"))),
            servers: self.servers(servers, holder.child("servers")),
        }
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
                let location = self.location(resolved.object, &resolved.at);
                let key = (location, resolved.object.parameter_data_ref().name.as_str());
                if let Some((first, _)) = all.get(&key).filter(|(_, known)| *known == list) {
                    let problem = Problem::DuplicateParameter { name: key.1.to_owned(), location: key.0.name() };
                    let first = first.listed_at.clone();
                    let diagnostic =
                        Diagnostic::warning(at.pointer(), problem).related(first, "it is listed here first");
                    self.found.push(diagnostic.help("the first one counts"));
                    continue;
                }
                let parameter = self.parameter(resolved, location, at.pointer());
                all.insert(key, (parameter, list));
            }
        }
        (all.into_values().map(|(parameter, _)| parameter).collect(), lacks_parameters)
    }

    /// The location of a parameter that is described at `at`.
    fn location(&self, parameter: &ParameterObject, at: &Pointer) -> ParameterLocation {
        match parameter {
            ParameterObject::Query { .. } if self.moved(at, "in").is_some() => ParameterLocation::QueryString,
            ParameterObject::Query { .. } => ParameterLocation::Query,
            ParameterObject::Header { .. } => ParameterLocation::Header,
            ParameterObject::Path { .. } => ParameterLocation::Path,
            ParameterObject::Cookie { .. } => ParameterLocation::Cookie,
        }
    }

    /// A value that `openapiv3` would stumble over, which stands beside its key.
    fn moved(&self, at: &Pointer, key: &str) -> Option<&str> {
        at.value_in(self.tree)?.get(format!("{MOVED}{key}"))?.as_str()
    }

    fn parameter(
        &mut self,
        resolved: ResolvedObject<'d, ParameterObject>,
        location: ParameterLocation,
        listed_at: Pointer,
    ) -> Parameter {
        let ResolvedObject { object, at, component, words } = resolved;
        let data = object.parameter_data_ref();
        let style = if self.moved(&at, "style").is_some() { Style::Cookie } else { style(object) };
        let allow_reserved = at.value_in(self.tree).and_then(|value| value.get("allowReserved"));
        let allow_reserved = allow_reserved.and_then(Value::as_bool).unwrap_or_default();
        let delimiters = swagger::delimiters(&data.extensions);
        let style = delimiters.map_or(style, Style::Delimited);
        let value = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => schema_id(schema).map(ParameterValue::Schema),
            ParameterSchemaOrContent::Content(_) => {
                Some(ParameterValue::Content(self.content(At::of(&at).child("content"))))
            }
        };
        Parameter {
            listed_at,
            component,
            name: data.name.clone(),
            location,
            description: words.description.map(str::to_owned).or_else(|| data.description.clone()),
            lifecycle: Lifecycle::new(data.deprecated == Some(true), &data.extensions),
            required: data.required,
            style,
            explode: data.explode.unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            allow_reserved,
            value: value.unwrap_or_else(|| ParameterValue::Content(Vec::new())),
            value_of: codegen(&data.extensions, "value-of"),
            at,
        }
    }

    fn request_body(&mut self, body: &'d ReferenceOr<openapiv3::RequestBody>, place: At<'_>) -> RequestBody {
        let components = self.components;
        let components = &components.request_bodies;
        let outcome = "the caller gives the bytes and the media type of the body";
        let Some(resolved) = self.resolve(body, "requestBodies", components, place, outcome) else {
            let content = vec![anything(place)];
            return RequestBody { component: None, description: None, required: false, content };
        };
        let ResolvedObject { object, at, component, words } = resolved;
        RequestBody {
            component,
            description: words.description.map(str::to_owned).or_else(|| object.description.clone()),
            required: object.required,
            content: self.content(At::of(&at).child("content")),
        }
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
        let ResolvedObject { object, at, component, words } = resolved;
        Response {
            component,
            status,
            description: self.summarized(words.description.unwrap_or(&object.description), words.summary, &at),
            headers: self.headers(&object.headers, At::of(&at).child("headers")),
            has_links: !object.links.is_empty(),
            content: self.content(At::of(&at).child("content")),
            at,
        }
    }

    /// A description, with the summary before it: `summary`, or that of the object at `at`.
    fn summarized(&self, description: &str, summary: Option<&str>, at: &Pointer) -> String {
        let own = at.value_in(self.tree).and_then(|value| value.get("summary")).and_then(Value::as_str);
        match summary.or(own).map(str::trim).filter(|summary| !summary.is_empty() && *summary != description.trim()) {
            None => description.to_owned(),
            Some(summary) if description.trim().is_empty() => summary.to_owned(),
            Some(summary) => format!("{}: {description}", summary.trim_end_matches(['.', ':'])),
        }
    }

    /// A response of which nothing is known but its status code: its body may be anything.
    fn unknown_response(status: Status, at: At<'_>) -> Response {
        Response {
            at: at.pointer(),
            component: None,
            status,
            description: String::new(),
            headers: Vec::new(),
            has_links: false,
            content: vec![anything(at)],
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
            let ResolvedObject { object, at, words, .. } = resolved;
            let is_json = |name: &str| name.split(';').next().is_some_and(|name| name.trim().ends_with("json"));
            let (schema, is_json) = match &object.format {
                ParameterSchemaOrContent::Schema(schema) => (schema_id(schema), false),
                ParameterSchemaOrContent::Content(_) => {
                    match self.content(At::of(&at).child("content")).into_iter().next() {
                        Some(media) if is_json(&media.name) => (media.schema, true),
                        _ => (None, false),
                    }
                }
            };
            let delimiters = swagger::delimiters(&object.extensions);
            let lifecycle = Lifecycle::new(object.deprecated == Some(true), &object.extensions);
            let explode = At::of(&at).child("explode").pointer();
            let explode = explode.value_in(self.tree).and_then(Value::as_bool) == Some(true);
            let description = words.description.map(str::to_owned).or_else(|| object.description.clone());
            let name = name.clone();
            all.push(Header { at, name, description, lifecycle, schema, is_json, explode, delimiters });
        }
        all
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
    ) -> Option<ResolvedObject<'d, T>> {
        let mut current = given;
        let mut component: Option<&String> = None;
        let mut words = ReferenceWords::default();
        for _ in 0..=entries.len() {
            let reference = match current {
                ReferenceOr::Item(object) => {
                    let at = component_place(section, component, at);
                    return Some(ResolvedObject { object, at, component: component.cloned(), words });
                }
                ReferenceOr::Reference { reference } => reference,
            };
            words = words.or(ReferenceWords::beside(component_place(section, component, at).value_in(self.tree)));
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

/// The content of a body that cannot be known.
fn anything(at: At<'_>) -> MediaType {
    MediaType {
        at: at.pointer(),
        listed_at: at.pointer(),
        component: None,
        name: "*/*".to_owned(),
        schema: None,
        item_schema: None,
        encodings: Encodings::default(),
    }
}

/// The place of a component, or of what refers to it.
fn component_place(section: &str, component: Option<&String>, at: At<'_>) -> Pointer {
    let root = At::ROOT;
    let components = root.child("components");
    let holder = components.child(section);
    component.map_or(at, |name| holder.child(name)).pointer()
}

/// The words beside a reference, which take the place of those of what it refers to.
#[derive(Clone, Copy, Default)]
struct ReferenceWords<'d> {
    summary: Option<&'d str>,
    description: Option<&'d str>,
}

impl<'d> ReferenceWords<'d> {
    fn beside(reference: Option<&'d Value>) -> Self {
        let text = |key: &str| reference?.get(key)?.as_str().filter(|text| !text.trim().is_empty());
        Self { summary: text("summary"), description: text("description") }
    }

    fn or(self, inner: Self) -> Self {
        Self { summary: self.summary.or(inner.summary), description: self.description.or(inner.description) }
    }
}

fn schema_id(schema: &ReferenceOr<SchemaObject>) -> Option<SchemaId> {
    match schema {
        ReferenceOr::Reference { reference } => marked(reference),
        ReferenceOr::Item(_) => None,
    }
}

pub(super) fn codegen(extensions: &IndexMap<String, Value>, key: &str) -> Option<String> {
    extensions.get("x-codegen")?.get(key)?.as_str().map(str::to_owned)
}

/// The `style` of a parameter.
fn style(parameter: &ParameterObject) -> Style {
    match parameter {
        ParameterObject::Path { style, .. } => match style {
            PathStyle::Simple => Style::Simple,
            PathStyle::Label => Style::Label,
            PathStyle::Matrix => Style::Matrix,
        },
        ParameterObject::Query { style, .. } => match style {
            QueryStyle::Form => Style::Form,
            QueryStyle::SpaceDelimited => Style::SpaceDelimited,
            QueryStyle::PipeDelimited => Style::PipeDelimited,
            QueryStyle::DeepObject => Style::DeepObject,
        },
        ParameterObject::Header { .. } => Style::Simple,
        ParameterObject::Cookie { .. } => Style::Form,
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
