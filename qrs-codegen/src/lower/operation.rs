//! Operations: what is called, what is sent, what comes back.

use indexmap::IndexMap;
use openapiv3::{Operation as Document, PathItem, ReferenceOr};
use serde_json::Value;

use super::{Lowering, codegen, doc};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::model::{Answer, Encoding, Module, Name, Operation, Type};
use crate::naming::{Case, Collision, Ident, Scope};

/// The functions that every `Client` has.
pub(super) const CLIENT_METHODS: &[&str] = &["builder", "new", "server", "at_server", "clone", "fmt", "shared"];

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

/// An operation as the document has it.
#[derive(Clone, Copy)]
struct Entry<'a> {
    path: &'a str,
    method: &'a str,
    item: &'a PathItem,
    operation: &'a Document,
}

impl<'a> Entry<'a> {
    /// What the document itself calls it.
    fn id(self) -> Option<&'a str> {
        self.operation.operation_id.as_deref().filter(|id| !id.is_empty())
    }

    /// What it is to be called, if anything is said of it.
    fn wanted(self) -> Option<&'a str> {
        codegen(&self.operation.extensions, "name").and_then(Value::as_str).or(self.id())
    }
}

/// The names that the operations of a document have taken.
struct Names {
    methods: Scope<Pointer>,
    requests: Scope<Pointer>,
    places: Scope<Pointer>,
}

/// The names of one operation.
#[derive(Clone)]
struct Called {
    method: Ident,
    request: Ident,
    place: Ident,
}

impl Names {
    fn request(&mut self, method: Ident, wanted: &str, at: &Pointer) -> Called {
        let (request, _) = self.requests.claim(wanted, at.clone());
        let (place, _) = self.places.claim(wanted, at.clone());
        Called { method, request, place }
    }
}

impl<'a> Lowering<'a> {
    pub(super) fn modules(&mut self) -> Vec<Module> {
        let root = At::ROOT;
        let at = root.child("paths");
        let mut entries = Vec::new();
        let document = self.document;
        for (path, item) in &document.paths.paths {
            let at = at.child(path);
            match item {
                ReferenceOr::Reference { .. } => {
                    self.error(at.child("$ref"), Problem::Unsupported { what: "a reference to a path".to_owned() });
                }
                ReferenceOr::Item(item) => {
                    entries.extend(item.iter().map(|(method, operation)| Entry { path, method, item, operation }));
                }
            }
        }
        let (mut names, called) = self.called(&entries);
        let mut tags: IndexMap<&str, (Vec<Operation>, Pointer)> = IndexMap::new();
        for (entry, called) in entries.iter().zip(called) {
            let path_at = at.child(entry.path);
            let at = path_at.child(entry.method);
            let tag = entry.operation.tags.first().map_or("untagged", String::as_str);
            let lowered = self.operation(*entry, &called, &mut names, at);
            tags.entry(tag).or_insert_with(|| (Vec::new(), at.pointer())).0.extend(lowered);
        }
        self.received_requests();
        self.group(tags)
    }

    /// Names all operations. One that says what it is called comes before one that does not; of several that say the
    /// same, the first has the name, and the others are called after their method and path: that stays as it is,
    /// whatever is added beside them.
    fn called(&mut self, entries: &[Entry<'a>]) -> (Names, Vec<Called>) {
        let mut names = Names {
            methods: Scope::new(Case::Snake, CLIENT_METHODS),
            requests: Scope::new(Case::Type, REQUEST_TYPES),
            places: Scope::new(Case::Static, &[]),
        };
        let root = At::ROOT;
        let paths = root.child("paths");
        let mut called: Vec<Option<Called>> = Vec::with_capacity(entries.len());
        for entry in entries {
            let path_at = paths.child(entry.path);
            let at = path_at.child(entry.method);
            let place = if entry.id().is_some() { at.child("operationId") } else { at };
            let free = entry.wanted().filter(|wanted| names.methods.holder(wanted).is_none());
            called.push(free.map(|wanted| {
                let (method, collision) = names.methods.claim(wanted, place.pointer());
                self.collided(wanted, &method, collision, place);
                names.request(method, wanted, &place.pointer())
            }));
        }
        let mut all = Vec::with_capacity(entries.len());
        for (entry, called) in entries.iter().zip(called) {
            if let Some(called) = called {
                all.push(called);
                continue;
            }
            let path_at = paths.child(entry.path);
            let at = path_at.child(entry.method);
            let from_path = name_from_path(entry.method, entry.path);
            let (method, collision) = names.methods.claim(&from_path, at.pointer());
            match entry.wanted().map(|wanted| (wanted, names.methods.holder(wanted))) {
                Some((wanted, first)) => {
                    let place = if entry.id().is_some() { at.child("operationId") } else { at };
                    let collision = Collision { first, wanted: crate::naming::ident(wanted, Case::Snake) };
                    self.collided(wanted, &method, Some(collision), place);
                }
                None => self.collided(&from_path, &method, collision, at),
            }
            all.push(names.request(method, &from_path, &at.pointer()));
        }
        (names, all)
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

    /// An operation, once for each media type of its body.
    fn operation(&mut self, entry: Entry<'a>, called: &Called, names: &mut Names, at: At<'_>) -> Vec<Operation> {
        let Entry { path, method, item, operation } = entry;
        let errors = self.found.len();
        let path_at = at.parent();
        let from_path = name_from_path(method, path);
        let wanted = entry.wanted().unwrap_or(&from_path);
        let body_at = at.child("requestBody");
        let parameters = self.parameters(
            [(&item.parameters, path_at.child("parameters")), (&operation.parameters, at.child("parameters"))],
            (path, path_at),
            wanted,
            operation.request_body.as_ref().map(|_| body_at),
        );
        let ways = self.bodies(operation, wanted, &parameters.arguments, body_at);
        let responses = at.child("responses");
        let mut outcomes = self.outcomes(operation, wanted, &called.request, &mut names.requests, responses);
        if method == "head" {
            // RFC 9110, section 9.3.2: what is described is what a GET would be answered with.
            outcomes.success = Answer { ty: Type::Unit, encoding: Encoding::Empty, ..outcomes.success };
            outcomes.error = None;
            outcomes.error_statuses.clear();
            outcomes.by_status.clear();
            outcomes.streaming = None;
            outcomes.alternatives.clear();
        }
        let (servers, holder) =
            if operation.servers.is_empty() { (&item.servers, path_at) } else { (&operation.servers, at) };
        let servers = self.own_servers(servers, &called.method, holder.child("servers"));
        let security = self.operation_security(operation.security.as_ref(), at.child("security"));
        if self.found[errors..].iter().any(Diagnostic::is_error) {
            return Vec::new();
        }
        let mut lowered: Vec<Operation> = Vec::with_capacity(ways.len());
        for way in ways {
            let called = match &way.word {
                None => called.clone(),
                Some(word) => {
                    let (method, collision) =
                        names.methods.claim(&format!("{} {word}", called.method.as_str()), at.pointer());
                    self.collided(wanted, &method, collision, at);
                    names.request(method, &format!("{} {word}", called.request.as_str()), &at.pointer())
                }
            };
            let first = lowered.is_empty();
            let mut required = parameters.required.clone();
            required.extend(way.required);
            let mut optional = parameters.optional.clone();
            optional.extend(way.optional);
            lowered.push(Operation {
                at: at.pointer(),
                name: Name { wire: entry.id().unwrap_or(&from_path).to_owned(), ident: called.method },
                way: way.word,
                request: called.request,
                place: called.place,
                method: method_name(method),
                path: super::parameter::template(path, required.iter().chain(&optional)),
                doc: doc([operation.summary.as_deref(), operation.description.as_deref()]),
                deprecated: operation.deprecated,
                required,
                optional,
                body: way.body,
                carried: parameters.carried.clone(),
                security: security.clone(),
                servers: servers.clone(),
                success: outcomes.success.clone(),
                error: outcomes.error.clone(),
                error_statuses: outcomes.error_statuses.clone(),
                by_status: if first { outcomes.by_status.clone() } else { Vec::new() },
                headers: if first { outcomes.headers.clone() } else { None },
                streaming: outcomes.streaming.clone(),
                alternatives: outcomes.alternatives.clone(),
                answers: outcomes.answers.clone(),
            });
        }
        lowered
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
