//! The schemas that hold at once at one place of a document.

use std::collections::HashSet;

use crate::document::{Keyword, Schema, SchemaId, Schemas};

/// The schemas that hold at once at one place: the one that stands there, and those that `allOf` lists in it.
///
/// Schemas that are referred to are compared where they stand, once for all places that refer to them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SchemaNode {
    /// The one at the place comes first.
    pub(super) own: Vec<SchemaId>,
    /// The schemas that these refer to.
    pub(super) referred: Vec<SchemaId>,
}

/// Schemas at one place that are looked at. More of them are found in documents that are made to do harm.
const MAX_PARTS: usize = 256;

impl SchemaNode {
    /// The schemas at a place.
    pub(super) fn at(id: SchemaId, schemas: &Schemas) -> Self {
        Self::collect(vec![id], schemas, false)
    }

    /// The same schemas, with those that they refer to among their own.
    pub(super) fn flattened(&self, schemas: &Schemas) -> Self {
        Self::collect(self.own.clone(), schemas, true)
    }

    /// The schema at one place that several schemas describe.
    pub(super) fn of_all(ids: Vec<SchemaId>, schemas: &Schemas) -> Option<Self> {
        (!ids.is_empty()).then(|| Self::collect(ids, schemas, false))
    }

    fn collect(ids: Vec<SchemaId>, schemas: &Schemas, follow: bool) -> Self {
        let (mut own, mut referred) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        let mut open: Vec<SchemaId> = ids.into_iter().rev().collect();
        while let Some(id) = open.pop() {
            if own.len() >= MAX_PARTS || !seen.insert(id) {
                continue;
            }
            own.push(id);
            let schema = schemas.get(id);
            let target = schema.reference().and_then(|reference| reference.target.as_ref().ok().copied());
            let mut beside: Vec<SchemaId> =
                schema.all(Keyword::AllOf).chain(only_alternative(schema, schemas)).collect();
            if follow {
                beside.extend(target);
            } else {
                referred.extend(target.filter(|target| !referred.contains(target)));
            }
            beside.reverse();
            open.extend(beside);
        }
        Self { own, referred }
    }

    /// The schemas themselves.
    pub(super) fn parts<'s>(&'s self, schemas: &'s Schemas) -> impl Iterator<Item = &'s Schema> {
        self.own.iter().map(|id| schemas.get(*id))
    }

    /// The value at a place within, which each of the schemas may describe.
    pub(super) fn child(&self, schemas: &Schemas, find: impl Fn(&Schema) -> Option<SchemaId>) -> Option<Self> {
        Self::of_all(self.parts(schemas).filter_map(find).collect(), schemas)
    }

    /// The names of the schemas under a keyword.
    pub(super) fn names<'s>(&self, keyword: Keyword, schemas: &'s Schemas) -> Vec<&'s str> {
        let mut names: Vec<&str> = Vec::new();
        for id in &self.own {
            for (name, _) in schemas.get(*id).named(keyword) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

/// The schema of a name under a keyword.
pub(super) fn named(schema: &Schema, keyword: Keyword, name: &str) -> Option<SchemaId> {
    schema.named(keyword).find(|(other, _)| *other == name).map(|(_, id)| id)
}

/// The alternative of a schema that has a single one beside `null`.
fn only_alternative(schema: &Schema, schemas: &Schemas) -> Option<SchemaId> {
    let is_null = |id: &SchemaId| schemas.get(*id).text("type") == Some("null");
    let mut alternatives = schema.all(Keyword::OneOf).chain(schema.all(Keyword::AnyOf)).filter(|id| !is_null(id));
    match (alternatives.next(), alternatives.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}
