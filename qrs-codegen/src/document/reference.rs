//! References of schemas: to a component, to any other place that holds a schema, to an `$anchor` or an `$id`. A schema with an
//! `$id` is the base of the references within it.
//!
//! All are resolved here. One that leads nowhere is a problem only where a later stage follows it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::keywords::Keywords;
use super::resources::Resources;
use super::schema::{BrokenReference, Keyword, Reference, SchemaId, Schemas, Spot, marked};
use crate::diagnostic::Problem;
use crate::pointer::{Pointer, percent_decoded, step};
use crate::validate::nearest;

/// References in a row, on the way to one place.
const MAX_STEPS: usize = 64;

/// The help for a reference to a name that nothing has a similar one of.
const NOWHERE: &str = "nothing of that name is in the document";

/// Resolves the references of all schemas. `tree` is the document without its schemas.
pub(super) fn resolve(tree: &Value, schemas: &mut Schemas) {
    let mut resolver = Resolver { tree, schemas, added: HashMap::new(), resources: None };
    let mut last = None;
    // A target that is not in the arena yet is added at its end.
    while let Some(id) = resolver.schemas.next(last) {
        last = Some(id);
        let Some((keyword, text)) = resolver.schemas.reference_text(id) else { continue };
        let text = text.to_owned();
        let target = resolver.target_from(id, &text);
        resolver.schemas.set_reference(id, Reference { keyword, target });
    }
}

struct Resolver<'t> {
    tree: &'t Value,
    schemas: &'t mut Schemas,
    /// Schemas at places that hold none by the specification, such as extensions.
    added: HashMap<Pointer, SchemaId>,
    /// The schemas that have a name of their own, once somebody asks.
    resources: Option<Resources>,
}

impl Resolver<'_> {
    /// The target of a reference that stands in the schema `from`.
    fn target_from(&mut self, from: SchemaId, reference: &str) -> Result<SchemaId, BrokenReference> {
        let schemas = &*self.schemas;
        let own = self.tree.get("$self").and_then(Value::as_str);
        let resources = self.resources.get_or_insert_with(|| Resources::of(schemas, own));
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resource = resources.resource(from, schemas);
        let fragment = percent_decoded(fragment);
        let Ok(resource) = resources.named(uri, resource) else {
            let help = "no schema of the document has this `$id`, and only references within the document are followed";
            return Err(unsupported(reference, help));
        };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let help = "no schema of the document has this `$anchor`";
            return resources.anchor(resource, &fragment).ok_or_else(|| unsupported(reference, help));
        }
        let Some(root) = resource else { return self.target(reference) };
        // A pointer is one from the resource. Authors write it from the document all the same.
        let near = match self.within(root, &fragment) {
            Ok(id) => return self.schema(id, reference),
            Err(near) => near,
        };
        let found = if uri.is_empty() { self.target(reference) } else { Err(dangling(reference, NOWHERE)) };
        found.map_err(|broken| {
            let id = self.resources.as_ref().and_then(|resources| resources.uri_of(root)).unwrap_or_default();
            match near {
                _ if !matches!(broken.problem, Problem::DanglingReference { .. }) => broken,
                Some(near) => {
                    dangling(reference, &format!("did you mean `{near}`, in the schema with the `$id` `{id}`?"))
                }
                None if broken.help != NOWHERE => broken,
                None => {
                    let elsewhere = if uri.is_empty() { ", nor in the document" } else { "" };
                    let help = format!("nothing of that name is in the schema with the `$id` `{id}`{elsewhere}");
                    dangling(reference, &help)
                }
            }
        })
    }

    /// The schema at a pointer from the root of a resource; otherwise what the missing key may be a misspelling of.
    fn within(&self, root: SchemaId, fragment: &str) -> Result<SchemaId, Option<String>> {
        let pointer = Pointer::parse(fragment).ok_or(None)?;
        match self.walk_from(Spot::Schema(root), &pointer, &mut 0)? {
            (Spot::Schema(id), _) => Ok(id),
            _ => Err(None),
        }
    }

    fn target(&mut self, reference: &str) -> Result<SchemaId, BrokenReference> {
        let component = reference.strip_prefix("#/components/schemas/");
        let component = component.filter(|name| !name.contains(['/', '~', '%']));
        if let Some(id) = component.and_then(|name| self.schemas.components().get(name)) {
            return self.schema(*id, reference);
        }
        let pointer = reference.strip_prefix('#').and_then(|fragment| Pointer::parse(&percent_decoded(fragment)));
        let Some(pointer) = pointer else { return Err(not_a_schema(reference)) };
        match self.walk(&pointer, &mut 0) {
            Ok((Spot::Schema(id), _)) => self.schema(id, reference),
            Ok((Spot::Value(value), place)) if holds_schema(&place) && (value.is_object() || value.is_boolean()) => {
                if let Some(known) = self.added.get(&place) {
                    return Ok(*known);
                }
                let value = value.clone();
                let id = self.schemas.add(value, place.clone());
                self.added.insert(place, id);
                Ok(id)
            }
            Ok(_) => Err(not_a_schema(reference)),
            Err(Some(near)) => Err(dangling(reference, &format!("did you mean `{near}`?"))),
            Err(None) => Err(dangling(reference, NOWHERE)),
        }
    }

    fn schema(&self, id: SchemaId, reference: &str) -> Result<SchemaId, BrokenReference> {
        let schema = self.schemas.get(id);
        if schema.is_object() || schema.as_bool().is_some() { Ok(id) } else { Err(not_a_schema(reference)) }
    }

    /// The value at a pointer, references on the way followed, with its own place; otherwise what the key that is
    /// missing may be a misspelling of.
    fn walk(&self, pointer: &Pointer, steps: &mut usize) -> Result<(Spot<'_>, Pointer), Option<String>> {
        self.walk_from(Spot::Value(self.tree), pointer, steps)
    }

    /// As [`Resolver::walk`], from another place than the document's root.
    fn walk_from<'s>(
        &'s self,
        start: Spot<'s>,
        pointer: &Pointer,
        steps: &mut usize,
    ) -> Result<(Spot<'s>, Pointer), Option<String>> {
        let mut spot = start;
        let mut place = Pointer::default();
        for token in pointer.tokens() {
            while let Some(reference) = self.reference_before(spot, token) {
                *steps += 1;
                let next = reference.strip_prefix('#').map(percent_decoded).and_then(|text| Pointer::parse(&text));
                let next = next.filter(|_| *steps < MAX_STEPS).ok_or(None)?;
                (spot, place) = self.walk(&next, steps).map_err(|_| None)?;
            }
            let next = match spot {
                Spot::Value(value) => step(value, token).map(Spot::Value),
                Spot::Schema(id) => self.schemas.step(id, token),
                Spot::Holder(id, keyword) => self.schemas.step_within(id, keyword, token).map(Spot::Schema),
            };
            let Some(next) = next else { return Err(self.near(spot, token)) };
            spot = match next {
                Spot::Value(value) => {
                    let reference = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("$ref"));
                    reference.and_then(Value::as_str).and_then(marked).map_or(next, Spot::Schema)
                }
                _ => next,
            };
            place.push(token.clone());
        }
        Ok((spot, place))
    }

    /// The reference to follow from a value that lacks a key.
    fn reference_before<'s>(&'s self, spot: Spot<'s>, token: &String) -> Option<&'s str> {
        match spot {
            Spot::Value(value) => {
                let map = value.as_object().filter(|map| !map.contains_key(token))?;
                ["$ref", "$dynamicRef"].into_iter().find_map(|key| map.get(key)?.as_str())
            }
            Spot::Schema(id) if !self.schemas.get(id).has(token) => {
                self.schemas.reference_text(id).map(|(_, reference)| reference)
            }
            _ => None,
        }
    }

    /// The key that a missing one may be a misspelling of.
    fn near(&self, spot: Spot<'_>, token: &str) -> Option<String> {
        match spot {
            Spot::Value(value) => {
                nearest(token, value.as_object().into_iter().flat_map(Map::keys).map(String::as_str)).map(str::to_owned)
            }
            Spot::Schema(id) => {
                let keywords = self.schemas.get(id).keywords();
                nearest(token, keywords.into_iter().flat_map(Keywords::iter).map(|(key, _)| key.as_str()))
                    .map(str::to_owned)
            }
            Spot::Holder(id, keyword) => {
                nearest(token, self.schemas.get(id).named(keyword).map(|(name, _)| name)).map(str::to_owned)
            }
        }
    }
}

fn dangling(reference: &str, help: &str) -> BrokenReference {
    BrokenReference { problem: Problem::DanglingReference { reference: reference.to_owned() }, help: help.to_owned() }
}

fn unsupported(reference: &str, help: &str) -> BrokenReference {
    BrokenReference {
        problem: Problem::UnsupportedReference { reference: reference.to_owned() },
        help: help.to_owned(),
    }
}

fn not_a_schema(reference: &str) -> BrokenReference {
    let help = "a reference here can point to `#/components/schemas/…`, or to another place that holds a schema";
    unsupported(reference, help)
}

/// Whether a place outside of the schemas may hold one.
fn holds_schema(pointer: &Pointer) -> bool {
    match pointer.tokens() {
        [.., holder, name] if name.parse::<usize>().is_ok() || !Keyword::holds_one(name) => {
            Keyword::holds_several(holder) || holder.starts_with("x-")
        }
        [.., last] => Keyword::holds_one(last),
        [] => false,
    }
}
