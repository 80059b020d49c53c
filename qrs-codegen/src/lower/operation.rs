//! Operations: what is called, what is sent, what comes back.

use indexmap::IndexMap;
use openapiv3::{MediaType, Operation as Document, PathItem, ReferenceOr, RequestBody, Response, StatusCode};
use serde_json::Value;

use super::security::is_token;
use super::{Lowering, Resolved, codegen, doc};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::markdown;
use crate::model::{Answer, Body, Encoding, Module, Name, Operation, Presence, Statuses, Type};
use crate::naming::{Case, Scope};

/// The functions that every `Client` has.
pub(super) const CLIENT_METHODS: &[&str] = &["builder", "new", "server", "clone", "fmt", "shared"];

/// What the file of a module uses by name.
const REQUEST_TYPES: &[&str] = &[
    "Call",
    "Client",
    "Error",
    "Operation",
    "Method",
    "Statuses",
    "Carrier",
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Into",
    "From",
    "IntoIterator",
    "Clone",
    "Debug",
    "Send",
];

/// What is shared by the operations of a document while they are lowered.
struct Names {
    methods: Scope<Pointer>,
    requests: Scope<Pointer>,
    places: Scope<Pointer>,
}

/// The success of an operation, or one of its documented errors.
struct Outcome {
    statuses: Statuses,
    ty: Type,
    encoding: Encoding,
    media_type: String,
    at: Pointer,
}

impl<'a> Lowering<'a> {
    pub(super) fn modules(&mut self) -> Vec<Module> {
        let root = At::ROOT;
        let at = root.child("paths");
        let mut names = Names {
            methods: Scope::new(Case::Snake, CLIENT_METHODS),
            requests: Scope::new(Case::Type, REQUEST_TYPES),
            places: Scope::new(Case::Static, &[]),
        };
        let mut tags: IndexMap<&str, (Vec<Operation>, Pointer)> = IndexMap::new();
        let document = self.document;
        for (path, item) in &document.paths.paths {
            let at = at.child(path);
            match item {
                ReferenceOr::Reference { .. } => {
                    self.error(at.child("$ref"), Problem::Unsupported { what: "a reference to a path".to_owned() });
                }
                ReferenceOr::Item(item) => {
                    for (method, operation) in item.iter() {
                        let at = at.child(method);
                        let tag = operation.tags.first().map_or("untagged", String::as_str);
                        let lowered = self.operation(path, method, item, operation, &mut names, at);
                        tags.entry(tag).or_insert_with(|| (Vec::new(), at.pointer())).0.extend(lowered);
                    }
                }
            }
        }
        if document.extensions.contains_key(crate::normalize::WEBHOOKS) {
            let problem = Problem::Ignored { what: "`webhooks`".to_owned() };
            self.warn(root.child("webhooks"), problem, "a client does not receive requests");
        }
        self.group(tags)
    }

    fn group(&mut self, tags: IndexMap<&'a str, (Vec<Operation>, Pointer)>) -> Vec<Module> {
        let mut scope = Scope::new(Case::Snake, &["mod", "operations"]);
        let mut modules = Vec::new();
        for (tag, (operations, at)) in tags {
            if operations.is_empty() {
                continue;
            }
            let (ident, collision) = scope.claim(tag, at.clone());
            if let Some(collision) = collision {
                let problem = Problem::NameCollision { wire: tag.to_owned(), wanted: collision.wanted.to_string() };
                let mut diagnostic = Diagnostic::warning(at, problem).help(format!("its module is called `{ident}`"));
                if let Some(first) = collision.first {
                    diagnostic = diagnostic.related(first, "a tag of the same Rust name is used here");
                }
                self.found.push(diagnostic);
            }
            let described = self.document.tags.iter().find(|described| described.name == tag);
            let doc = doc([described.and_then(|tag| tag.description.as_deref())]);
            modules.push(Module { name: Name { wire: tag.to_owned(), ident }, doc, operations });
        }
        modules
    }

    fn operation(
        &mut self,
        path: &'a str,
        method: &'a str,
        item: &'a PathItem,
        operation: &'a Document,
        names: &mut Names,
        at: At<'_>,
    ) -> Option<Operation> {
        let errors = self.found.len();
        let path_at = at.parent();
        let id = operation.operation_id.as_deref().filter(|id| !id.is_empty());
        let from_path = name_from_path(method, path);
        let wanted = codegen(&operation.extensions, "name").and_then(Value::as_str).or(id).unwrap_or(&from_path);
        let place = if id.is_some() { at.child("operationId") } else { at };
        let (ident, collision) = names.methods.claim(wanted, place.pointer());
        self.collided(wanted, &ident, collision, place);
        let (request, _) = names.requests.claim(wanted, place.pointer());
        let (static_name, _) = names.places.claim(wanted, place.pointer());

        let parameters = self.parameters(
            [(&item.parameters, path_at.child("parameters")), (&operation.parameters, at.child("parameters"))],
            (path, path_at),
            wanted,
        );
        let mut taken: Vec<&str> = vec!["send", "send_blocking", "clone", "fmt"];
        let given = parameters.required.iter().chain(&parameters.optional);
        taken.extend(given.map(|parameter| parameter.name.ident.as_str()));
        let body = self.body(operation, wanted, &taken, at.child("requestBody"));
        let mut outcomes = self.outcomes(operation, wanted, at.child("responses"));
        if method == "head" {
            // RFC 9110, section 9.3.2: what is described is what a GET would be answered with.
            outcomes.success = Answer { ty: Type::Unit, encoding: Encoding::Empty, ..outcomes.success };
            outcomes.error = None;
            outcomes.error_statuses.clear();
        }
        self.left_out(item, operation, at);
        let security = self.operation_security(operation.security.as_ref(), at.child("security"));
        if self.found[errors..].iter().any(Diagnostic::is_error) {
            return None;
        }
        Some(Operation {
            at: at.pointer(),
            name: Name { wire: id.unwrap_or(&from_path).to_owned(), ident },
            request,
            place: static_name,
            method: method_name(method),
            path: path.to_owned(),
            doc: doc([operation.summary.as_deref(), operation.description.as_deref()]),
            deprecated: operation.deprecated,
            required: parameters.required,
            optional: parameters.optional,
            body,
            carried: parameters.carried,
            security,
            success: outcomes.success,
            error: outcomes.error,
            error_statuses: outcomes.error_statuses,
            answers: outcomes.answers,
        })
    }

    /// What an operation says that the client has no use for.
    fn left_out(&mut self, item: &PathItem, operation: &Document, at: At<'_>) {
        if !operation.servers.is_empty() || !item.servers.is_empty() {
            let holder = if operation.servers.is_empty() { at.parent() } else { at };
            let place = holder.child("servers");
            let problem = Problem::Ignored { what: "`servers` of an operation".to_owned() };
            self.warn(place, problem, "every operation is called at the client's own server");
        }
        if !operation.callbacks.is_empty() {
            let problem = Problem::Ignored { what: "`callbacks`".to_owned() };
            self.warn(at.child("callbacks"), problem, "a client does not receive requests");
        }
    }

    fn body(&mut self, operation: &'a Document, name: &str, taken: &[&str], at: At<'_>) -> Option<Body> {
        let components = self.components;
        let body = operation.request_body.as_ref()?;
        let Resolved { item, component } = self.resolve(body, "requestBodies", &components.request_bodies, at)?;
        let RequestBody { description, content, required, .. } = item;
        let root = At::ROOT;
        let all = root.child("components");
        let section = all.child("requestBodies");
        let at = component.map_or(at, |name| section.child(name));
        let content_at = at.child("content");
        let (media_type, media) = self.choose(content, content_at)?;
        let at = content_at.child(media_type);
        let encoding = encoding(media_type);
        if media_type.starts_with("multipart/") || media_type.starts_with("application/x-www-form-urlencoded") {
            self.error_with_help(
                at,
                Problem::Unsupported { what: format!("a request body in `{media_type}`") },
                "a body can be JSON, text, or bytes as they are",
            );
            return None;
        }
        let name = component.map_or_else(|| format!("{name} body"), |component| format!("{component} body"));
        let ty = self.content_type(media, encoding, &name, at);
        let mut scope = Scope::new(Case::Snake, taken);
        let (ident, _) = scope.claim("body", at.pointer());
        let presence = if *required { Presence::Required } else { Presence::Optional };
        let doc = doc([description.as_deref()]);
        Some(Body {
            at: at.pointer(),
            ident,
            presence,
            ty,
            encoding,
            media_type: sent_type(media_type).to_owned(),
            doc,
        })
    }

    /// The media type that the client speaks, of those that are described: JSON before text before bytes.
    fn choose(&mut self, content: &'a IndexMap<String, MediaType>, at: At<'_>) -> Option<(&'a str, &'a MediaType)> {
        for media_type in content.keys().filter(|media_type| !is_media_type(media_type)) {
            let problem = Problem::UnknownValue { value: media_type.clone() };
            let help = "a media type has the form `type/subtype` (RFC 9110, section 8.3.1)";
            self.found.push(Diagnostic::error(at.child(media_type).pointer(), problem).on_key().help(help));
        }
        let rank = |media_type: &str| match encoding(media_type) {
            Encoding::Json => 0,
            Encoding::Text => 1,
            Encoding::Bytes | Encoding::Empty => 2,
        };
        let (chosen, media) = content.iter().min_by_key(|(media_type, _)| rank(media_type))?;
        if content.len() > 1 {
            let others: Vec<String> =
                content.keys().filter(|other| *other != chosen).map(|other| format!("`{other}`")).collect();
            self.warn(at, Problem::Ignored { what: others.join(", ") }, format!("the client speaks `{chosen}` here"));
        }
        Some((chosen, media))
    }

    fn content_type(&mut self, media: &'a MediaType, encoding: Encoding, name: &str, at: At<'_>) -> Type {
        match (encoding, &media.schema) {
            (Encoding::Json, Some(_)) => self.mention(name, at.child("schema")),
            (Encoding::Json, None) => Type::Json,
            (Encoding::Text, Some(_)) => {
                match self.mention(name, at.child("schema")).unwrap_nullable() {
                    Type::Secret => Type::Secret,
                    // Text is text, whatever a schema makes of it.
                    _ => Type::String,
                }
            }
            (Encoding::Text, None) => Type::String,
            (Encoding::Bytes, _) => Type::Bytes,
            (Encoding::Empty, _) => Type::Unit,
        }
    }

    fn outcomes(&mut self, operation: &'a Document, name: &str, at: At<'_>) -> Outcomes {
        let mut answers = IndexMap::new();
        let mut successes = Vec::new();
        let mut errors = Vec::new();
        let responses = &operation.responses;
        let has_success = responses.responses.keys().any(is_success);
        let entries = responses.responses.iter().map(|(status, response)| (Some(status), response));
        for (status, response) in entries.chain(responses.default.iter().map(|response| (None, response))) {
            let key = status.map_or_else(|| "default".to_owned(), ToString::to_string);
            let place = at.child(&key);
            let components = self.components;
            let Some(Resolved { item, component }) = self.resolve(response, "responses", &components.responses, place)
            else {
                continue;
            };
            answers.insert(key.clone(), markdown::line(&item.description));
            let root = At::ROOT;
            let all = root.child("components");
            let section = all.child("responses");
            let place = component.map_or(place, |name| section.child(name));
            let success = status.map_or(!has_success, is_success);
            let what = if success { "response" } else { "error" };
            let name = component.map_or_else(|| format!("{name} {what}"), str::to_owned);
            let statuses = match status {
                Some(StatusCode::Code(code)) => Statuses::One(*code),
                Some(StatusCode::Range(digit)) => Statuses::Range(*digit),
                None => Statuses::Other,
            };
            let outcome = self.outcome(item, statuses, &name, place);
            if success {
                successes.push(outcome);
            } else if !matches!(statuses, Statuses::One(100..=399) | Statuses::Range(1..=3)) {
                errors.push(outcome);
            }
        }
        let success = self.success(successes);
        let (error, error_statuses) = self.errors(errors);
        Outcomes { answers, success, error, error_statuses }
    }

    fn outcome(&mut self, response: &'a Response, statuses: Statuses, name: &str, at: At<'_>) -> Outcome {
        let content = at.child("content");
        let Some((media_type, media)) = self.choose(&response.content, content) else {
            let at = at.pointer();
            return Outcome { statuses, ty: Type::Unit, encoding: Encoding::Empty, media_type: String::new(), at };
        };
        let at = content.child(media_type);
        let encoding = encoding(media_type);
        let ty = self.content_type(media, encoding, name, at);
        Outcome { statuses, ty, encoding, media_type: media_type.to_owned(), at: at.pointer() }
    }

    /// One type for every documented success.
    fn success(&mut self, successes: Vec<Outcome>) -> Answer {
        let accept = |media_type: &str| if media_type.is_empty() { "*/*".to_owned() } else { media_type.to_owned() };
        let empty = successes.iter().any(|outcome| outcome.encoding == Encoding::Empty);
        let mut bodies = successes.into_iter().filter(|outcome| outcome.encoding != Encoding::Empty);
        let Some(first) = bodies.next() else {
            return Answer { ty: Type::Unit, encoding: Encoding::Empty, accept: accept("") };
        };
        for other in bodies {
            if (&other.ty, other.encoding) == (&first.ty, first.encoding) {
                continue;
            }
            let problem = Problem::Unsupported { what: "several successes with different bodies".to_owned() };
            let json = first.encoding == Encoding::Json && other.encoding == Encoding::Json;
            let diagnostic = if json {
                Diagnostic::warning(other.at, problem).help("its body is typed as any JSON value")
            } else {
                Diagnostic::error(other.at, problem).help("describe one media type, or one success")
            };
            self.found.push(diagnostic.related(first.at.clone(), "the first one's body"));
            return Answer { ty: Type::Json, encoding: Encoding::Json, accept: accept(&first.media_type) };
        }
        // A success without a body beside one with a body is a body that may not be there.
        let ty = if empty && first.encoding == Encoding::Json { first.ty.nullable() } else { first.ty };
        Answer { ty, encoding: first.encoding, accept: accept(&first.media_type) }
    }

    /// One type for every documented error that has a body in JSON.
    fn errors(&mut self, errors: Vec<Outcome>) -> (Option<Type>, Vec<Statuses>) {
        let mut bodies = errors.into_iter().filter(|outcome| outcome.encoding == Encoding::Json);
        let Some(first) = bodies.next() else { return (None, Vec::new()) };
        let mut statuses = vec![first.statuses];
        let mut ty = first.ty;
        for other in bodies {
            statuses.push(other.statuses);
            if other.ty != ty && ty != Type::Json {
                self.found.push(
                    Diagnostic::warning(
                        other.at,
                        Problem::Unsupported { what: "several errors with different bodies".to_owned() },
                    )
                    .help("the operation's errors are typed as any JSON value")
                    .related(first.at.clone(), "the first one's body"),
                );
                ty = Type::Json;
            }
        }
        (Some(ty), statuses)
    }
}

/// What comes back from an operation.
struct Outcomes {
    answers: IndexMap<String, String>,
    success: Answer,
    error: Option<Type>,
    error_statuses: Vec<Statuses>,
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}

/// How a media type is read and written (RFC 9110, section 8.3.1; RFC 6838, section 4.2.8 for `+json`).
fn encoding(media_type: &str) -> Encoding {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") || essence == "*/*" {
        Encoding::Json
    } else if essence.starts_with("text/") || essence == "application/xml" || essence.ends_with("+xml") {
        Encoding::Text
    } else {
        Encoding::Bytes
    }
}

/// Whether a media type is JSON, or a form of it.
pub(super) fn is_json(media_type: &str) -> bool {
    encoding(media_type) == Encoding::Json
}

/// A type and a subtype, each a token or `*`, and printable parameters after them.
fn is_media_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parts = essence.trim().split_once('/');
    parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && parameters.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// What is sent where a document describes a range of media types.
fn sent_type(media_type: &str) -> &str {
    match (media_type.contains('*'), encoding(media_type)) {
        (false, _) => media_type,
        (true, Encoding::Json) => "application/json",
        (true, Encoding::Text) => "text/plain",
        (true, Encoding::Bytes | Encoding::Empty) => "application/octet-stream",
    }
}

/// A name for an operation that has none, made of what cannot change without changing the operation.
fn name_from_path(method: &str, path: &str) -> String {
    let mut name = method.to_owned();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        name.push(' ');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(parameter) => {
                name.push_str("by ");
                name.push_str(parameter);
            }
            None => name.push_str(segment),
        }
    }
    name
}

fn method_name(method: &str) -> &'static str {
    match method {
        "put" => "PUT",
        "post" => "POST",
        "delete" => "DELETE",
        "options" => "OPTIONS",
        "head" => "HEAD",
        "patch" => "PATCH",
        "trace" => "TRACE",
        _ => "GET",
    }
}
