//! Bodies of requests: `in: body`, and the fields of a form.

use std::rc::Rc;

use serde_json::{Value, json};

use super::collection::ListFormat;
use super::media::{MediaTypes, covers, essence, is_file};
use super::parameters::{is_file_type, is_required, lists_files};
use super::paths::BodyParameter;
use super::{Object, Rewriter, Section, reference, size, text};
use crate::diagnostic::{At, Pointer, Problem};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Values that the place of a field is counted as: it is noted for each media type.
const COST_OF_PLACE: usize = 16;

/// The content that is sent.
pub(super) enum SentContent<'p> {
    /// One value.
    Whole(&'p BodyParameter),
    /// A form of these.
    Form(Vec<&'p BodyParameter>),
}

/// A field of a form in the 3.0 shape.
struct Field {
    name: String,
    schema: Value,
    collection: Option<ListFormat>,
    at: Pointer,
}

impl Rewriter {
    /// The body of an operation.
    pub(super) fn request_body(
        &mut self,
        sent: SentContent<'_>,
        consumes: &MediaTypes,
        from: At<'_>,
        to: At<'_>,
    ) -> Value {
        match sent {
            SentContent::Whole(BodyParameter { shared: Some(name), at, .. }) => {
                self.origins.note(to, at.clone());
                self.shared_body(name, consumes)
            }
            SentContent::Whole(BodyParameter { value, at, .. }) => {
                if self.count(size_of(value), At::of(at)) {
                    self.body(value.clone(), consumes, At::of(at), to)
                } else {
                    json!({ "content": {} })
                }
            }
            SentContent::Form(fields) => self.form(&fields, consumes, from, to),
        }
    }

    /// A body that the document has among its `parameters`, for these media types.
    pub(super) fn shared_body(&mut self, name: &str, consumes: &MediaTypes) -> Value {
        let root = At::ROOT;
        let section = root.child("parameters");
        let key = match self.shared_name(Section::RequestBodies, name, &consumes.names) {
            Ok(known) => return reference("requestBodies", &known),
            Err(key) => key,
        };
        let value = self.lent(Section::RequestBodies, name, section);
        let components = root.child("components");
        let bodies = components.child("requestBodies");
        let to = bodies.child(&key);
        let body = self.body(value, consumes, section.child(name), to);
        self.lend(Section::RequestBodies, name, to, &body);
        self.request_bodies.insert(key.clone(), body);
        reference("requestBodies", &key)
    }

    /// A body in the 3.0 shape.
    fn body(&mut self, mut map: Object, consumes: &MediaTypes, from: At<'_>, to: At<'_>) -> Value {
        self.origins.note(to, from);
        let schema_from = from.child("schema");
        let given = map.shift_remove("schema");
        let schema_at = if given.is_some() { schema_from } else { from };
        let schema = given.unwrap_or_else(|| {
            let problem = Problem::MissingKey { key: "schema", object: "Parameter Object (Swagger 2.0)" };
            self.warn(from, problem, "a body has one: it is read as the other keys have it");
            Value::Object(self.body_without_schema(&mut map, from))
        });
        let usual = if is_file(&schema) { "application/octet-stream" } else { "application/json" };
        let names = consumes.or_else(usual);
        let content = self.content(&names, Some(schema), (schema_at, consumes.at.clone()), to.child("content"));
        let mut body = described(map);
        body.insert("content".to_owned(), Value::Object(content));
        Value::Object(body)
    }

    /// The schema of a body that has none of its own; any JSON if nothing is said.
    fn body_without_schema(&mut self, map: &mut Object, from: At<'_>) -> Object {
        if !map.contains_key("type") && !map.contains_key("items") {
            return Object::new();
        }
        let mut schema = self.schema_of(map, from);
        if is_file_type(&schema) {
            make_file(&mut schema);
        }
        schema
    }

    /// A form of these fields.
    fn form(&mut self, parameters: &[&BodyParameter], consumes: &MediaTypes, from: At<'_>, to: At<'_>) -> Value {
        if !self.count(parameters.len(), from) {
            return json!({ "content": {} });
        }
        let parameters_at = from.child("parameters");
        let has_file = parameters.iter().any(|field| is_file_type(&field.value) || lists_files(&field.value));
        let names = self.form_types(consumes, has_file, from);
        let mut required: Vec<Value> = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        for parameter in parameters {
            if is_required(&parameter.value) {
                required.extend(parameter.value.get("name").cloned());
            }
            fields.extend(self.field(parameter));
        }
        self.origins.note(to, parameters_at);
        let content_at = to.child("content");
        let listed = consumes.at.clone().unwrap_or_else(|| parameters_at.pointer());
        self.origins.note_content(content_at, listed, parameters_at);
        let is_required = !required.is_empty();
        let mut content = Object::new();
        for name in names.iter() {
            let media_at = content_at.child(name);
            let schema_at = media_at.child("schema");
            let section = schema_at.child("properties");
            let (mut properties, mut encoding) = (Object::new(), Object::new());
            for field in &fields {
                if !self.count(size(&field.schema) + COST_OF_PLACE, from) {
                    break;
                }
                self.origins.note(section.child(&field.name), field.at.clone());
                properties.insert(field.name.clone(), field.schema.clone());
                encoding.extend(field.encoding(name).map(|value| (field.name.clone(), value)));
            }
            let mut media = json!({ "schema": { "type": "object", "required": required, "properties": properties } });
            if !encoding.is_empty() {
                media["encoding"] = Value::Object(encoding);
            }
            content.insert(name.clone(), media);
        }
        json!({ "required": is_required, "content": content })
    }

    /// The media types that a form is sent as.
    fn form_types(&mut self, consumes: &MediaTypes, has_file: bool, from: At<'_>) -> Rc<[String]> {
        let is_form = |name: &&String| {
            let essence = essence(name);
            essence == MULTIPART || (essence == URLENCODED && !has_file)
        };
        let names: Vec<String> = consumes.names.iter().filter(is_form).cloned().collect();
        if !names.is_empty() {
            return names.into();
        }
        let forms: &[&str] = if has_file { &[MULTIPART] } else { &[URLENCODED, MULTIPART] };
        let is_covered = |form: &&&str| consumes.names.iter().any(|range| covers(range, form));
        if let Some(covered) = forms.iter().find(is_covered) {
            return Rc::new([(*covered).to_owned()]);
        }
        let usual = if has_file { MULTIPART } else { URLENCODED };
        if !consumes.names.is_empty() {
            let listed = consumes.names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let what = if has_file { "a form with a file" } else { "a form" };
            let problem = Problem::Unsupported { what: format!("{what} in {listed}") };
            let at = consumes.at.clone().unwrap_or_else(|| from.pointer());
            self.warn(At::of(&at), problem, format!("the parameters in `formData` are sent as `{usual}`"));
        }
        Rc::new([usual.to_owned()])
    }

    fn field(&mut self, parameter: &BodyParameter) -> Option<Field> {
        let mut map = parameter.value.clone();
        let name = text(&map, "name")?.to_owned();
        let root = At::ROOT;
        let section = root.child("parameters");
        let at = match &parameter.shared {
            Some(name) => section.child(name).pointer(),
            None => parameter.at.clone(),
        };
        let from = At::of(&at);
        let mut collection = self.collection(&mut map, "formData", from);
        let given = map.shift_remove("schema");
        let mut schema = match given {
            Some(Value::Object(schema)) if !map.contains_key("type") => schema,
            _ => self.schema_of(&mut map, from),
        };
        if is_file_type(&schema) {
            make_file(&mut schema);
        } else if lists_files(&schema) {
            let problem = Problem::UnknownValue { value: "file".to_owned() };
            self.warn(from.child("items").child("type"), problem, "it is read as a file: each is a part of its own");
            collection = None;
            schema.get_mut("items").and_then(Value::as_object_mut).into_iter().for_each(make_file);
        }
        for key in ["description", "example"] {
            if let Some(value) = map.shift_remove(key) {
                schema.entry(key).or_insert(value);
            }
        }
        Some(Field { name, schema: Value::Object(schema), collection, at })
    }
}

impl Field {
    /// How the field is written in a form of a media type, where it is a list.
    fn encoding(&self, media_type: &str) -> Option<Value> {
        let collection = self.collection.as_ref()?;
        let mut encoding = Object::new();
        if essence(media_type) == MULTIPART {
            collection.say_of_part(&mut encoding);
        } else {
            collection.say("formData", &mut encoding);
        }
        (!encoding.is_empty()).then_some(Value::Object(encoding))
    }
}

fn make_file(schema: &mut Object) {
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("format".to_owned(), json!("binary"));
}

/// The keys of a Parameter Object that describe a body as a whole.
fn described(map: Object) -> Object {
    let is_kept = |key: &str| matches!(key, "description" | "required") || key.starts_with("x-");
    map.into_iter().filter(|(key, _)| is_kept(key) && key != "x-codegen").collect()
}

fn size_of(map: &Object) -> usize {
    1 + map.values().map(size).sum::<usize>()
}
