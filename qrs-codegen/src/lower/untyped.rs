//! The places where a value is any JSON value, and the reason for each.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Pointer};
use crate::document::{Document, SchemaId, Schemas};
use crate::model::{Api, Item, Operation, Rest, Type};

/// A place where a client has any JSON value.
pub(crate) struct UntypedPlace {
    /// The place in the document.
    pub(crate) at: Pointer,
    /// The place in the client: `types::Pet::tag`.
    pub(crate) place: String,
    /// The reason, in a few words.
    pub(crate) why: String,
}

/// Every place where a client has any JSON value, in the order of the model.
pub(crate) fn untyped(api: &Api, document: &Document, found: &[Diagnostic]) -> Vec<UntypedPlace> {
    let mut places: Vec<(Pointer, String)> = Vec::new();
    for item in &api.items {
        of_item(item, &mut places);
    }
    for operation in api.modules.iter().flat_map(|module| &module.operations) {
        of_operation(operation, &mut places);
    }
    if places.is_empty() {
        return Vec::new();
    }
    let schemas = schemas_at(&document.schemas, &places);
    let reported = reasons_reported(found);
    let why = |at: &Pointer| {
        let reported = reported.get(at).or_else(|| reported.get(&at.child("schema"))).cloned();
        let schema = || schemas.get(at).map(|schema| reason(&document.schemas, *schema));
        reported.or_else(schema).unwrap_or_else(|| "the document has no schema for it".to_owned())
    };
    places.into_iter().map(|(at, place)| UntypedPlace { why: why(&at), at, place }).collect()
}

fn is_untyped(ty: &Type) -> bool {
    ty.mentions(&|ty| *ty == Type::Json)
}

fn of_item(item: &Item, places: &mut Vec<(Pointer, String)>) {
    let name = format!("types::{}", item.name().ident.as_str());
    match item {
        Item::Struct(item) => {
            for field in item.fields.iter().filter(|field| is_untyped(&field.ty)) {
                places.push((field.at.clone(), format!("{name}::{}", field.name.ident.as_str())));
            }
            if let Some(Rest { kept: false, ident, ty, .. }) = &item.rest
                && is_untyped(ty)
            {
                places.push((item.at.child("additionalProperties"), format!("{name}::{}", ident.as_str())));
            }
        }
        Item::Union(item) => {
            for variant in item.variants.iter().filter(|variant| is_untyped(&variant.ty)) {
                places.push((item.at.clone(), format!("{name}::{}", variant.ident.as_str())));
            }
        }
        Item::Alias(item) | Item::Newtype(item) if is_untyped(&item.ty) => places.push((item.at.clone(), name)),
        Item::Alias(_) | Item::Newtype(_) | Item::Enum(_) => {}
    }
}

fn of_operation(operation: &Operation, places: &mut Vec<(Pointer, String)>) {
    let name = format!("Client::{}", operation.name.ident.as_str());
    for parameter in operation.required.iter().chain(&operation.optional).filter(|it| is_untyped(&it.ty)) {
        places.push((parameter.at.clone(), format!("{name}, `{}`", parameter.name.ident.as_str())));
    }
    if let Some(body) = operation.body.as_ref().filter(|body| is_untyped(&body.ty)) {
        places.push((body.at.clone(), format!("{name}, the body")));
    }
    for (ty, what) in [(Some(&operation.success.ty), "the success"), (operation.error.as_ref(), "the error")] {
        if ty.is_some_and(is_untyped) {
            places.push((operation.at.child("responses"), format!("{name}, {what}")));
        }
    }
}

/// The schemas that stand at places, or in the `schema` there.
fn schemas_at(schemas: &Schemas, places: &[(Pointer, String)]) -> HashMap<Pointer, SchemaId> {
    let mut wanted: HashMap<Pointer, Pointer> = HashMap::new();
    for (at, _) in places {
        wanted.insert(at.child("schema"), at.clone());
        wanted.insert(at.clone(), at.clone());
    }
    let found = schemas.ids().filter_map(|id| Some((wanted.get(&schemas.pointer(id))?.clone(), id)));
    found.collect()
}

/// The problems that cost a type, by the place of the schema.
fn reasons_reported(found: &[Diagnostic]) -> HashMap<Pointer, String> {
    let mut reasons = HashMap::new();
    for found in found.iter().filter(|found| found.help.as_ref().is_some_and(|help| help.contains("JSON value"))) {
        let why = found.problem.to_string();
        if let Some(parent) = found.pointer.parent() {
            reasons.entry(parent).or_insert_with(|| why.clone());
        }
        reasons.entry(found.pointer.clone()).or_insert(why);
    }
    reasons
}

/// The keywords that say what a value is.
const SAYING: &[&str] = &["type", "enum", "const", "oneOf", "anyOf", "allOf", "$ref", "properties", "items"];

/// Why a schema tells no type.
fn reason(schemas: &Schemas, id: SchemaId) -> String {
    let schema = schemas.get(id);
    let said: Vec<&str> = SAYING.iter().copied().filter(|keyword| schema.has(keyword)).collect();
    let kind = schema.text("type");
    match said.as_slice() {
        [] => "its schema says nothing of its values".to_owned(),
        _ if said.contains(&"enum") || said.contains(&"const") => "it lists values of several kinds".to_owned(),
        _ if said.contains(&"oneOf") || said.contains(&"anyOf") => "an alternative may be any JSON value".to_owned(),
        _ if kind == Some("array") => "the schema says nothing of its items".to_owned(),
        _ if kind == Some("object") => "the schema says nothing of its further properties".to_owned(),
        said => {
            let said: Vec<String> = said.iter().map(|keyword| format!("`{keyword}`")).collect();
            format!("no one type follows from {}", said.join(", "))
        }
    }
}
