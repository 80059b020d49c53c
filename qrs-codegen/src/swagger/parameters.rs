//! Parameters and headers: what 2.0 says of a value beside its name, OpenAPI 3 says in a `schema`.

use serde_json::{Value, json};

use super::{Object, Rewriter, is_true, name_in, reference, text};
use crate::diagnostic::{At, Problem};

/// The location of a parameter, as far as it matters to the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SwaggerLocation {
    Body,
    FormData,
    Elsewhere,
}

impl SwaggerLocation {
    pub(super) fn of(parameter: &Value) -> SwaggerLocation {
        match parameter.get("in").and_then(Value::as_str) {
            Some("body") => Self::Body,
            Some("formData") => Self::FormData,
            _ => Self::Elsewhere,
        }
    }
}

/// The keys of a parameter or a header that are not those of its schema.
const OWN: &[&str] = &["name", "in", "description", "required", "allowEmptyValue", "deprecated", "example", "schema"];

/// Extensions that say something of the values.
const OF_VALUES: &[&str] = &[
    "x-nullable",
    "x-isnullable",
    "x-ms-enum",
    "x-enumNames",
    "x-enum-varnames",
    "x-enum-descriptions",
    "x-enumDescriptions",
];

impl Rewriter {
    /// The document's `parameters` that are parameters in OpenAPI 3, too.
    pub(super) fn shared_parameters(&mut self) -> Object {
        let root = At::ROOT;
        let from = root.child("parameters");
        let components = root.child("components");
        let to = components.child("parameters");
        let mut kept = Object::new();
        for (name, value) in std::mem::take(&mut self.parameters) {
            if SwaggerLocation::of(&value) == SwaggerLocation::Elsewhere {
                let value = self.parameter(value, from.child(&name), to.child(&name));
                kept.insert(name, value);
            }
        }
        kept
    }

    /// A parameter that is neither a body nor a part of one.
    pub(super) fn parameter(&mut self, value: Value, from: At<'_>, to: At<'_>) -> Value {
        let Value::Object(mut map) = value else { return value };
        if let Some(shared) = text(&map, "$ref") {
            return name_in("parameters", shared)
                .map_or(Value::Object(map.clone()), |name| reference("parameters", &name));
        }
        let location = text(&map, "in").unwrap_or_default().to_owned();
        if is_file_type(&map) {
            let problem = Problem::UnknownValue { value: "file".to_owned() };
            self.warn(
                from.child("type"),
                problem,
                "a file is a part of a form (`in: formData`): it is taken for `string`",
            );
            map.insert("type".to_owned(), json!("string"));
        }
        let collection = self.collection(&mut map, &location, from);
        let mut parameter = self.gathered(map, from, to);
        if let Some(collection) = collection {
            collection.say(&location, &mut parameter);
        }
        Value::Object(parameter)
    }

    /// A header of a response.
    pub(super) fn header(&mut self, value: Value, from: At<'_>, to: At<'_>) -> Value {
        let Value::Object(mut map) = value else { return value };
        if map.contains_key("$ref") {
            return Value::Object(map);
        }
        let collection = self.collection(&mut map, "response header", from);
        let mut header = self.gathered(map, from, to);
        if let Some(collection) = collection {
            collection.say("response header", &mut header);
        }
        Value::Object(header)
    }

    /// An object with what it says of its values in a `schema`.
    fn gathered(&mut self, mut map: Object, from: At<'_>, to: At<'_>) -> Object {
        if let Some(given) = map.shift_remove("schema") {
            // A schema beside the name is how OpenAPI 3 has it, and people write it into 2.0, too.
            let problem = Problem::Unsupported { what: "`schema` of anything but a body in Swagger 2.0".to_owned() };
            self.warn(from.child("schema"), problem, "it is read as OpenAPI 3 has it");
            map.retain(|key, _| OWN.contains(&key.as_str()) || is_extension(key));
            map.insert("schema".to_owned(), given);
            return map;
        }
        let schema = self.schema_of(&mut map, from);
        self.origins.note_level(to.child("schema"));
        map.insert("schema".to_owned(), Value::Object(schema));
        map
    }

    /// Takes what a Parameter, Header or Items Object says of its values, as a schema.
    pub(super) fn schema_of(&mut self, map: &mut Object, from: At<'_>) -> Object {
        let (own, mut schema): (Object, Object) =
            std::mem::take(map).into_iter().partition(|(key, _)| OWN.contains(&key.as_str()) || is_extension(key));
        *map = own;
        schema.shift_remove("collectionFormat");
        if !schema.contains_key("type") {
            let meant = if schema.contains_key("items") { "array" } else { "string" };
            let problem = Problem::MissingKey { key: "type", object: "Parameter Object (Swagger 2.0)" };
            self.warn(from, problem, format!("it is taken for `{meant}`"));
            schema.insert("type".to_owned(), json!(meant));
        }
        if let Some(items) = schema.get_mut("items") {
            plain_items(items);
        }
        schema
    }
}

/// Extensions stay where they are, but for those that say something of the values.
fn is_extension(key: &str) -> bool {
    key.starts_with("x-") && !OF_VALUES.contains(&key)
}

/// The items of a list say nothing of how they are written, in a schema.
fn plain_items(items: &mut Value) {
    let mut next = Some(items);
    while let Some(map) = next.and_then(Value::as_object_mut) {
        map.shift_remove("collectionFormat");
        next = map.get_mut("items");
    }
}

/// Whether a value is a file.
pub(super) fn is_file_type(map: &Object) -> bool {
    text(map, "type") == Some("file")
}

/// Whether a value is a list of files, which 2.0 does not have and documents do.
pub(super) fn lists_files(map: &Object) -> bool {
    map.get("items").and_then(Value::as_object).is_some_and(is_file_type)
}

/// Whether a parameter must be given.
pub(super) fn is_required(parameter: &Object) -> bool {
    is_true(parameter, "required")
}
