//! The tree of a document to a [`Document`]. `openapiv3` reads the objects that it knows; where it fails on one, that
//! one is reported and left out, and the rest is read.

use openapiv3::{
    Callback, Components, Example, Header, Link, OpenAPI, Operation, Parameter, PathItem, ReferenceOr, RequestBody,
    Response, Server as ServerObject, Tag as TagObject,
};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::operation::OperationReader;
use super::{Document, Info, Tag, further, normalize, received, reference, schema, security};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};

/// Reads a document from its tree, which passed `validate::check`, and reports what is wrong with its references.
///
/// `is_sound` says that no error was reported before: then `openapiv3` must understand all of it. Returns no document
/// if it does not understand the root.
pub(crate) fn read(mut tree: Value, is_sound: bool) -> (Option<Document>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    normalize::normalize(&mut tree);
    let mut schemas = schema::extract(&mut tree);
    reference::resolve(&tree, &mut schemas);
    let received = received::read(&tree);
    let security_schemes = security::read(&mut tree, &mut found);
    drop_unread(&mut tree);
    let Some(openapi) = understand(&mut tree, is_sound, &mut found) else { return (None, found) };
    let nothing = Components::default();
    let components = openapi.components.as_ref().unwrap_or(&nothing);
    let further = further::read(&tree, is_sound, &mut found);
    let codegen = openapi.extensions.get("x-codegen");
    let switch = |name: &str| codegen.and_then(|codegen| codegen.get(name)?.as_bool());
    let ignores_ids = switch("ignore-operation-ids").unwrap_or_default();
    let mut reader = OperationReader { tree: &tree, components, ignores_ids, found };
    let operations = reader.operations(&openapi.paths, &further);
    let root = At::ROOT;
    let document = Document {
        operations,
        groups_operations: switch("group-operations"),
        servers: reader.servers(&openapi.servers, root.child("servers")),
        security: openapi.security.as_deref().map(|list| security::requirements(list, root.child("security"))),
        info: info(&openapi),
        tags: tags(&tree, &openapi.tags),
        openapi: openapi.openapi.clone(),
        security_schemes,
        received,
        schemas,
    };
    (Some(document), reader.found)
}

fn info(openapi: &OpenAPI) -> Info {
    let info = &openapi.info;
    Info {
        title: info.title.clone(),
        version: info.version.clone(),
        description: info.description.clone(),
        cli: info.extensions.get("x-codegen").and_then(|codegen| codegen.get("cli")).cloned(),
        mock: info.extensions.get("x-codegen").and_then(|codegen| codegen.get("mock")?.as_bool()).unwrap_or_default(),
        package: info.extensions.get("x-codegen").and_then(|codegen| codegen.get("package")).cloned(),
    }
}

/// The tags, with what `openapiv3` does not tell of them.
fn tags(tree: &Value, tags: &[TagObject]) -> Vec<Tag> {
    let root = At::ROOT;
    let section = root.child("tags");
    let tag = |(index, tag): (usize, &TagObject)| {
        let at = section.index(index).pointer();
        let text = |key: &str| at.value_in(tree)?.get(key)?.as_str().map(str::to_owned);
        Tag {
            name: tag.name.clone(),
            summary: text("summary"),
            description: tag.description.clone(),
            parent: text("parent"),
            kind: text("kind"),
            at,
        }
    };
    tags.iter().enumerate().map(tag).collect()
}

/// Drops what is read already, or by nobody.
fn drop_unread(tree: &mut Value) {
    let Some(root) = tree.as_object_mut() else { return };
    root.shift_remove("webhooks");
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        for section in ["schemas", "securitySchemes", "callbacks"] {
            components.shift_remove(section);
        }
    }
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flatten().filter_map(|(_, item)| item.as_object_mut()) {
        for (key, value) in item.iter_mut() {
            let operations: Vec<&mut Value> = match value {
                Value::Object(map) if key == further::ADDITIONAL => map.values_mut().collect(),
                operation => vec![operation],
            };
            for operation in operations.into_iter().filter_map(Value::as_object_mut) {
                operation.shift_remove("callbacks");
            }
        }
    }
}

/// The document as `openapiv3` has it. What it cannot read is taken out, so that the rest can be looked at.
fn understand(tree: &mut Value, is_sound: bool, found: &mut Vec<Diagnostic>) -> Option<OpenAPI> {
    let whole = match OpenAPI::deserialize(&*tree) {
        Ok(document) => return Some(document),
        Err(error) => error,
    };
    let unread = take_out(tree);
    let document = OpenAPI::deserialize(&*tree).ok();
    // Where `validate` has refused something, that explains it.
    if !is_sound {
        return document;
    }
    let defect = |error: &str| Problem::Defect { what: format!("a part that is sound was not understood: {error}") };
    if document.is_none() {
        found.push(Diagnostic::error(At::ROOT, defect(&whole.to_string())));
    }
    let left_out = |(at, error): (Pointer, String)| Diagnostic::warning(at, defect(&error)).help("it is left out");
    found.extend(unread.into_iter().map(left_out));
    document
}

type Unread = Vec<(Pointer, String)>;

/// Takes out of a tree what cannot be read by itself: operations, paths, components, servers and tags.
fn take_out(tree: &mut Value) -> Unread {
    let mut unread = Unread::new();
    let root = At::ROOT;
    let paths_at = root.child("paths");
    if let Some(paths) = tree.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths.iter_mut() {
            if let Some(item) = item.as_object_mut() {
                let at = paths_at.child(path);
                keep(item, is_method, error::<Operation>, at, &mut unread);
            }
        }
        keep(paths, |key| key.starts_with('/'), error::<ReferenceOr<PathItem>>, paths_at, &mut unread);
    }
    let components_at = root.child("components");
    let components = tree.get_mut("components").and_then(Value::as_object_mut);
    for (section, entries) in components.into_iter().flatten() {
        let (Some(error), Some(entries)) = (reader(section), entries.as_object_mut()) else { continue };
        keep(entries, |_| true, error, components_at.child(section), &mut unread);
    }
    for (key, error) in [("servers", error::<ServerObject> as Explain), ("tags", error::<TagObject>)] {
        let at = root.child(key);
        let mut indices = 0..;
        if let Some(items) = tree.get_mut(key).and_then(Value::as_array_mut) {
            items.retain(|item| {
                let index: usize = indices.next().unwrap_or_default();
                note(error(item), at.index(index), &mut unread)
            });
        }
    }
    unread
}

/// Why a value cannot be read, if it cannot.
type Explain = fn(&Value) -> Option<String>;

fn error<T: DeserializeOwned>(value: &Value) -> Option<String> {
    T::deserialize(value).err().map(|error| error.to_string())
}

fn reader(section: &str) -> Option<Explain> {
    Some(match section {
        "responses" => error::<ReferenceOr<Response>>,
        "parameters" => error::<ReferenceOr<Parameter>>,
        "examples" => error::<ReferenceOr<Example>>,
        "requestBodies" => error::<ReferenceOr<RequestBody>>,
        "headers" => error::<ReferenceOr<Header>>,
        "links" => error::<ReferenceOr<Link>>,
        "callbacks" => error::<ReferenceOr<Callback>>,
        _ => return None,
    })
}

fn is_method(key: &str) -> bool {
    further::METHODS.contains(&key)
}

fn keep(map: &mut Map<String, Value>, is_read: fn(&str) -> bool, error: Explain, at: At<'_>, unread: &mut Unread) {
    map.retain(|key, value| !is_read(key) || note(error(value), at.child(key), unread));
}

/// Whether a value was read; if not, that is noted.
fn note(error: Option<String>, at: At<'_>, unread: &mut Unread) -> bool {
    match error {
        None => true,
        Some(error) => {
            unread.push((at.pointer(), error));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::take_out;

    #[test]
    fn what_cannot_be_read_goes_alone() {
        let mut tree = json!({
            "openapi": "3.0.0", "info": { "title": "", "version": "" },
            "paths": { "/a": {
                "get": { "responses": {}, "deprecated": 1 },
                "put": { "responses": {} },
            } },
            "components": { "headers": { "A": { "required": 1, "schema": {} }, "B": { "schema": {} } } },
            "tags": [{ "name": "a" }, { "name": 1 }],
        });
        let unread: Vec<String> = take_out(&mut tree).iter().map(|(at, _)| at.to_string()).collect();
        assert_eq!(unread, ["/paths/~1a/get", "/components/headers/A", "/tags/1"]);
        assert_eq!(tree["paths"]["/a"], json!({ "put": { "responses": {} } }));
        assert_eq!(tree["components"]["headers"], json!({ "B": { "schema": {} } }));
        assert_eq!(tree["tags"], json!([{ "name": "a" }]));
        assert!(serde_json::from_value::<openapiv3::OpenAPI>(tree).is_ok());
    }
}
