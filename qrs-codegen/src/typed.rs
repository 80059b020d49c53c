//! What `openapiv3` cannot read, by its place: it says only that it failed.

use openapiv3::{
    Callback, Example, Header, Link, Operation, Parameter, PathItem, ReferenceOr, RequestBody, Response, Schema,
    SecurityScheme, Server, Tag,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::diagnostic::{At, Pointer};

type Unread = Vec<(Pointer, String)>;

/// Takes out of a tree what cannot be read by itself: operations, paths, components, servers and tags.
pub(crate) fn take_out(tree: &mut Value) -> Unread {
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
    for (key, error) in [("servers", error::<Server> as Reader), ("tags", error::<Tag>)] {
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
type Reader = fn(&Value) -> Option<String>;

fn error<T: DeserializeOwned>(value: &Value) -> Option<String> {
    T::deserialize(value).err().map(|error| error.to_string())
}

fn reader(section: &str) -> Option<Reader> {
    Some(match section {
        "schemas" => error::<ReferenceOr<Schema>>,
        "responses" => error::<ReferenceOr<Response>>,
        "parameters" => error::<ReferenceOr<Parameter>>,
        "examples" => error::<ReferenceOr<Example>>,
        "requestBodies" => error::<ReferenceOr<RequestBody>>,
        "headers" => error::<ReferenceOr<Header>>,
        "securitySchemes" => error::<ReferenceOr<SecurityScheme>>,
        "links" => error::<ReferenceOr<Link>>,
        "callbacks" => error::<ReferenceOr<Callback>>,
        _ => return None,
    })
}

fn is_method(key: &str) -> bool {
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"].contains(&key)
}

fn keep(map: &mut Map<String, Value>, is_read: fn(&str) -> bool, error: Reader, at: At<'_>, unread: &mut Unread) {
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
            "components": { "schemas": { "A": { "type": "string", "minLength": -1 }, "B": {} } },
            "tags": [{ "name": "a" }, { "name": 1 }],
        });
        let unread: Vec<String> = take_out(&mut tree).iter().map(|(at, _)| at.to_string()).collect();
        assert_eq!(unread, ["/paths/~1a/get", "/components/schemas/A", "/tags/1"]);
        assert_eq!(tree["paths"]["/a"], json!({ "put": { "responses": {} } }));
        assert_eq!(tree["components"]["schemas"], json!({ "B": {} }));
        assert_eq!(tree["tags"], json!([{ "name": "a" }]));
        assert!(serde_json::from_value::<openapiv3::OpenAPI>(tree).is_ok());
    }
}
