//! Swagger 2.0 in the shape of OpenAPI 3.0, so that the later stages know one shape.
//!
//! Runs on a tree that passed the 2.0 tables of `validate`. What is moved is noted in [`Origins`], so that a message of
//! a later stage names the place, the line and the words of the 2.0 document.

mod body;
mod collection;
mod media;
mod origins;
mod parameters;
mod paths;
mod references;
mod responses;
mod schemas;
mod security;
mod servers;

use std::collections::HashMap;
use std::mem;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::pointer::percent_decoded;
pub(crate) use collection::{Delimiters, delimiters, delimiters_in};
use media::MediaTypes;
pub(crate) use origins::Origins;
pub(crate) use references::mend;
use servers::Host;

/// Values that are put at several places, counted each time. More are in no document that people wrote.
const MAX_COPIED: usize = 2 << 20;

/// References in a row, on the way to one parameter or response.
const MAX_STEPS: usize = 64;

type Object = Map<String, Value>;

/// Rewrites a tree in place: where its values stood, and what is worth knowing.
pub(crate) fn rewrite(tree: &mut Value) -> (Origins, Vec<Diagnostic>) {
    let Some(mut root) = tree.as_object_mut().map(mem::take) else { return Default::default() };
    let mut rewriter = Rewriter::new(&mut root);
    let rewritten = rewriter.document(root);
    *tree = Value::Object(rewritten);
    schemas::rewrite(tree, &rewriter.origins);
    (rewriter.origins, rewriter.found)
}

struct Rewriter {
    /// The parameters and responses that operations refer to, as the document has them.
    parameters: Object,
    responses: Object,
    consumes: MediaTypes,
    produces: MediaTypes,
    host: Host,
    /// Bodies and responses that operations share, in the 3.0 shape.
    request_bodies: Object,
    shared_responses: Object,
    /// The names of those, by their names in the document and the media types that they are described for.
    names: HashMap<(Section, String, Rc<[String]>), String>,
    /// The places of their large schemas: a second one refers to the first.
    lent: HashMap<(Section, String), Value>,
    /// How many names have been made of each.
    counts: HashMap<(Section, String), usize>,
    copied: usize,
    origins: Origins,
    found: Vec<Diagnostic>,
}

/// A section of the components that depends on the media types of the operation that uses it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Section {
    RequestBodies,
    Responses,
}

impl Rewriter {
    fn new(root: &mut Object) -> Rewriter {
        let at = At::ROOT;
        let mut found = Vec::new();
        Rewriter {
            consumes: MediaTypes::take(root, "consumes", at, &mut found).unwrap_or_default(),
            produces: MediaTypes::take(root, "produces", at, &mut found).unwrap_or_default(),
            parameters: take_object(root, "parameters"),
            responses: take_object(root, "responses"),
            host: Host::take(root, &mut found),
            request_bodies: Object::new(),
            shared_responses: Object::new(),
            names: HashMap::new(),
            lent: HashMap::new(),
            counts: HashMap::new(),
            copied: 0,
            origins: Origins::default(),
            found,
        }
    }

    fn document(&mut self, mut root: Object) -> Object {
        let at = At::ROOT;
        let mut out = Object::new();
        // The version stays what it is: no later stage asks for it, but the client tells it.
        out.insert("openapi".to_owned(), root.shift_remove("swagger").unwrap_or_else(|| json!("2.0")));
        self.origins.note(at.child("openapi"), at.child("swagger"));
        let servers = self.servers(&mut root);
        if !servers.is_empty() {
            out.insert("servers".to_owned(), Value::Array(servers));
        }
        let paths = self.paths(&mut root);
        let definitions = root.shift_remove("definitions");
        let schemes = root.shift_remove("securityDefinitions");
        out.append(&mut root);
        out.insert("paths".to_owned(), Value::Object(paths));
        let components = self.components(definitions, schemes);
        out.insert("components".to_owned(), Value::Object(components));
        out
    }

    fn components(&mut self, definitions: Option<Value>, schemes: Option<Value>) -> Object {
        let root = At::ROOT;
        let at = root.child("components");
        for (section, origin) in [
            ("schemas", "definitions"),
            ("parameters", "parameters"),
            ("requestBodies", "parameters"),
            ("responses", "responses"),
            ("securitySchemes", "securityDefinitions"),
        ] {
            self.origins.note(at.child(section), root.child(origin));
        }
        self.unused();
        let parameters = self.shared_parameters();
        let mut components = Object::new();
        let mut put = |section: &str, value: Option<Value>| {
            components.extend(value.map(|value| (section.to_owned(), value)));
        };
        put("schemas", definitions);
        put("parameters", Some(Value::Object(parameters)));
        put("requestBodies", Some(Value::Object(mem::take(&mut self.request_bodies))));
        put("responses", Some(Value::Object(mem::take(&mut self.shared_responses))));
        put("securitySchemes", schemes.map(|schemes| self.security_schemes(schemes)));
        components
    }

    /// The name of a body or a response of the document for these media types: `Ok` if it is known already, `Err` if it is
    /// new.
    fn shared_name(&mut self, section: Section, name: &str, media_types: &Rc<[String]>) -> Result<String, String> {
        let key = (section, name.to_owned(), Rc::clone(media_types));
        if let Some(known) = self.names.get(&key) {
            return Ok(known.clone());
        }
        let (taken, document) = match section {
            Section::RequestBodies => (&self.request_bodies, &self.parameters),
            Section::Responses => (&self.shared_responses, &self.responses),
        };
        let is_free =
            |wanted: &String| !taken.contains_key(wanted) && (wanted == name || !document.contains_key(wanted));
        let count = self.counts.entry((section, name.to_owned())).or_insert(0);
        let free = loop {
            *count += 1;
            let wanted = if *count == 1 { name.to_owned() } else { format!("{name}_{count}") };
            if is_free(&wanted) {
                break wanted;
            }
        };
        self.names.insert(key, free.clone());
        Err(free)
    }

    /// A copy of what the document has of a name in a section. A large schema is copied once, and referred to from then
    /// on.
    fn lent(&mut self, section: Section, name: &str, at: At<'_>) -> Object {
        let document = match section {
            Section::RequestBodies => &self.parameters,
            Section::Responses => &self.responses,
        };
        let Some(value) = document.get(name).and_then(Value::as_object) else { return Object::new() };
        let Some(lent) = self.lent.get(&(section, name.to_owned())) else { return value.clone() };
        let rest = value.iter().filter(|(key, _)| !matches!(key.as_str(), "schema" | "examples"));
        let (values, lent) = (rest.clone().map(|(_, value)| size(value)).sum(), lent.clone());
        let mut copy: Object = rest.map(|(key, value)| (key.clone(), value.clone())).collect();
        if !self.count(values, at) {
            copy.clear();
        }
        copy.insert("schema".to_owned(), lent);
        copy
    }

    /// Notes where the schema of a body or a response stands now, if it is too large to be copied.
    fn lend(&mut self, section: Section, name: &str, to: At<'_>, made: &Value) {
        let Some((media_type, media)) =
            made.get("content").and_then(Value::as_object).and_then(|all| all.iter().next())
        else {
            return;
        };
        let is_large = media.get("schema").is_some_and(|schema| size(schema) > media::MAX_REPEATED);
        if is_large {
            let content = to.child("content");
            let media = content.child(media_type);
            self.lent.entry((section, name.to_owned())).or_insert_with(|| place_of(media.child("schema")));
        }
    }

    /// Counts values that are put at one more place; whether that is still within bounds.
    fn count(&mut self, values: usize, at: At<'_>) -> bool {
        if self.copied > MAX_COPIED {
            return false;
        }
        self.copied = self.copied.saturating_add(values);
        if self.copied > MAX_COPIED {
            let help = format!("at most {MAX_COPIED} values are copied to where they are used");
            self.found.push(Diagnostic::error(at.pointer(), Problem::TooLarge).help(help));
            return false;
        }
        true
    }

    fn warn(&mut self, at: At<'_>, problem: Problem, help: impl Into<String>) {
        self.found.push(Diagnostic::warning(at.pointer(), problem).help(help));
    }

    fn mention(&mut self, at: At<'_>, problem: Problem, help: impl Into<String>) {
        self.found.push(Diagnostic::note(at.pointer(), problem).help(help));
    }
}

/// The end of a chain of references in one section of the document, and its name there; `None` if it ends nowhere.
fn resolved<'v>(section: &'v Object, name: &str, value: &'v Value) -> Option<(Option<String>, &'v Value)> {
    let (mut value, mut named) = (value, None);
    for _ in 0..MAX_STEPS {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some((named, value)) };
        let name = name_in(name, reference)?;
        value = section.get(&name)?;
        named = Some(name);
    }
    None
}

/// The name of the part of a section that a reference leads to.
fn name_in(section: &str, reference: &str) -> Option<String> {
    let pointer = Pointer::parse(&percent_decoded(reference.strip_prefix('#')?))?;
    match pointer.tokens() {
        [first, name] if first == section => Some(name.clone()),
        _ => None,
    }
}

/// A reference to a place.
fn place_of(at: At<'_>) -> Value {
    json!({ "$ref": format!("#{}", at.pointer()).replace('%', "%25") })
}

/// A reference to a component.
fn reference(section: &str, name: &str) -> Value {
    let name = name.replace('~', "~0").replace('/', "~1").replace('%', "%25");
    json!({ "$ref": format!("#/components/{section}/{name}") })
}

fn take_object(holder: &mut Object, key: &str) -> Object {
    match holder.shift_remove(key) {
        Some(Value::Object(map)) => map,
        _ => Object::new(),
    }
}

fn take_list(holder: &mut Object, key: &str) -> Vec<Value> {
    match holder.shift_remove(key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn text<'v>(map: &'v Object, key: &str) -> Option<&'v str> {
    map.get(key).and_then(Value::as_str)
}

fn is_true(map: &Object, key: &str) -> bool {
    map.get(key) == Some(&Value::Bool(true))
}

/// Values within a value, itself among them.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Object(map) => map.values().map(size).sum(),
        Value::Array(items) => items.iter().map(size).sum(),
        _ => 0,
    }
}
