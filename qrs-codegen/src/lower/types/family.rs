//! Families: a component with a discriminator, and the components that are combined of it by `allOf`. The component
//! stands for each of them, and for itself.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::intersection::Intersection;
use super::union::{self, Alternative, PickedAlternative};
use super::{Shape, Types};
use crate::document::{Keyword, SchemaId};
use crate::model::Doc;

/// Members of all the families of schemas in a document.
const MAX_MEMBERS: usize = 20_000;

/// The components with a discriminator that others are combined of, each with those, however far down.
pub(super) fn families(types: &mut Types<'_>) -> HashMap<SchemaId, Vec<SchemaId>> {
    let schemas = types.schemas;
    let mut combined_of: IndexMap<SchemaId, Vec<SchemaId>> = IndexMap::new();
    let mut heads: Vec<SchemaId> = Vec::new();
    for id in schemas.components().values() {
        let schema = schemas.get(*id);
        if schema.has("discriminator") && !schema.holds(Keyword::OneOf) && !schema.holds(Keyword::AnyOf) {
            heads.push(*id);
        }
        for part in schema.all(Keyword::AllOf) {
            if schemas.get(part).has("$ref")
                && let Some(target) = types.target(part)
            {
                combined_of.entry(target).or_default().push(*id);
            }
        }
    }
    let mut families = HashMap::new();
    let mut members = 0;
    for head in heads {
        let mut seen = HashSet::from([head]);
        let mut children: Vec<SchemaId> = Vec::new();
        let mut next = 0;
        let mut parent = head;
        loop {
            let own = combined_of.get(&parent).into_iter().flatten();
            children.extend(own.filter(|child| seen.insert(**child)));
            let Some(following) = children.get(next) else { break };
            parent = *following;
            next += 1;
        }
        members += children.len();
        if members > MAX_MEMBERS {
            break;
        }
        if !children.is_empty() {
            families.insert(head, children);
        }
    }
    families
}

/// The union of the members of a family.
pub(super) fn shape(types: &mut Types<'_>, head: SchemaId, children: &[SchemaId], name: &str) -> Option<Shape> {
    let schemas = types.schemas;
    let discriminator = schemas.get(head).get("discriminator")?.as_object()?;
    let member =
        |child: &SchemaId| Alternative { schema: *child, target: Some(*child), tags: Vec::new(), is_default: false };
    let mut alternatives: Vec<Alternative> = children.iter().chain([&head]).map(member).collect();
    union::map_tags(types, discriminator, &mut alternatives);
    let Alternative { mut tags, is_default, .. } = alternatives.pop()?;
    if tags.is_empty() {
        tags.push(name.to_owned());
    }
    let tag = discriminator.get("propertyName").and_then(|name| name.as_str())?;
    let mut picked = union::pick(types, alternatives, Some(tag), None, name);
    let own = Intersection::of(head);
    let declares_tag = union::declared_tag(types, &own, tag).is_found;
    let ty = super::mention_intersection(types, &own, &format!("{name} base")).unwrap_nullable();
    picked.push(PickedAlternative { ty, wanted: name.to_owned(), tags, is_default, declares_tag, doc: Doc::default() });
    Some(union::shape(picked, Some(tag), &schemas.pointer(head)))
}
