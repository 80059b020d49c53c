//! Leads through a tree, from each value of the specification to those that it holds.

use serde_json::Value;

use super::tables::schemas::{DISCRIMINATOR, SCHEMA, SCHEMAS};
use super::tables::security::REQUIREMENT;
use super::tables::{Kind, Object, Others};

/// Whether a value of this kind is a Discriminator Object.
pub(crate) fn is_discriminator(kind: &'static Kind) -> bool {
    matches!(kind, Kind::Object(object) if std::ptr::eq(*object, &raw const DISCRIMINATOR))
}

/// Whether a value of this kind is a Security Requirement Object.
pub(crate) fn is_requirement(kind: &'static Kind) -> bool {
    std::ptr::eq(kind, &raw const REQUIREMENT)
}

/// A step from a value to one that it holds.
#[derive(Clone, Copy)]
pub(crate) enum ChildKey<'a> {
    Key(&'a str),
    Index(usize),
}

/// Calls `go` with each value of the specification that `value` holds, whether or not it passes
/// [`check`](super::check()).
pub(crate) fn children(
    value: &mut Value,
    kind: &'static Kind,
    go: &mut dyn FnMut(ChildKey<'_>, &mut Value, &'static Kind),
) {
    if let Some(object) = object_at(value, kind) {
        return members(value, object, go);
    }
    match kind {
        Kind::SchemaOrList => children(value, &SCHEMAS, go),
        Kind::List(kind) => {
            for (index, item) in value.as_array_mut().into_iter().flatten().enumerate() {
                go(ChildKey::Index(index), item, kind);
            }
        }
        Kind::Map(kind) => {
            for (key, value) in value.as_object_mut().into_iter().flatten() {
                go(ChildKey::Key(key), value, kind);
            }
        }
        _ => {}
    }
}

/// The object of the specification that a value of this kind is, if it is one.
fn object_at(value: &Value, kind: &'static Kind) -> Option<&'static Object> {
    match kind {
        Kind::Object(object) => Some(object),
        Kind::OrReference(object) => value.get("$ref").is_none().then_some(*object),
        Kind::SchemaOr(object) if value.get("$ref").is_none() => Some(object),
        Kind::Schema | Kind::SchemaOrFile | Kind::SchemaOr(_) => Some(&SCHEMA),
        Kind::SchemaOrBool => (!value.is_boolean()).then_some(&SCHEMA),
        Kind::SchemaOrList => (!value.is_array()).then_some(&SCHEMA),
        _ => None,
    }
}

fn members(value: &mut Value, object: &'static Object, go: &mut dyn FnMut(ChildKey<'_>, &mut Value, &'static Kind)) {
    for (key, value) in value.as_object_mut().into_iter().flatten() {
        if let Some(field) = object.fields.iter().find(|field| field.key == key) {
            go(ChildKey::Key(key), value, field.kind);
        } else if let Others::Matching(accepts, _, kind) = &object.others
            && !key.starts_with("x-")
            && accepts(key)
        {
            go(ChildKey::Key(key), value, kind);
        }
    }
}

/// Calls `change` for every object of the specification in `tree`, the inner ones first.
pub(crate) fn visit_mut(tree: &mut Value, root: &'static Object, change: &mut dyn FnMut(&'static Object, &mut Value)) {
    members(tree, root, &mut |_, value, kind| visit_kind(value, kind, change));
    change(root, tree);
}

fn visit_kind(value: &mut Value, kind: &'static Kind, change: &mut dyn FnMut(&'static Object, &mut Value)) {
    match object_at(value, kind) {
        Some(object) => visit_mut(value, object, change),
        None => children(value, kind, &mut |_, value, kind| visit_kind(value, kind, change)),
    }
}
