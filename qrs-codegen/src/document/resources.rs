//! Schema resources: schemas with an `$id`, which is the base of the references within them (JSON Schema 2020-12, Core 8.2).

use std::collections::HashMap;

use super::schema::{SchemaId, Schemas};

/// The resources of a document, and the names that schemas have of their own.
#[derive(Default)]
pub(super) struct Resources {
    /// By the absolute `$id`.
    by_uri: HashMap<String, SchemaId>,
    /// The absolute `$id` of a resource.
    uris: HashMap<SchemaId, String>,
    /// By the resource that holds it and the name, of `$anchor` and `$dynamicAnchor`.
    anchors: HashMap<(Option<SchemaId>, String), SchemaId>,
    /// The first schema of the document that has this anchor.
    first: HashMap<String, SchemaId>,
}

impl Resources {
    /// The resources among `schemas`. `own` is the URI of the document, if it has one.
    pub(super) fn of(schemas: &Schemas, own: Option<&str>) -> Self {
        let mut found = Self::default();
        // A schema comes after those that hold it, or else its base is found when it is asked for.
        for id in schemas.ids() {
            if schemas.get(id).text("$id").is_some_and(|uri| !uri.starts_with('#')) {
                found.uri(id, schemas, own);
            }
        }
        for id in schemas.ids() {
            let schema = schemas.get(id);
            // Before 2019-09 an `$id` that is a fragment was an anchor.
            let old = schema.text("$id").and_then(|uri| uri.strip_prefix('#'));
            for name in ["$anchor", "$dynamicAnchor"].into_iter().filter_map(|key| schema.text(key)).chain(old) {
                found.anchors.entry((found.resource(id, schemas), name.to_owned())).or_insert(id);
                found.first.entry(name.to_owned()).or_insert(id);
            }
        }
        found
    }

    /// The absolute `$id` of a resource, which is noted.
    fn uri(&mut self, id: SchemaId, schemas: &Schemas, own: Option<&str>) -> String {
        let chain: Vec<SchemaId> = std::iter::successors(Some(id), |id| schemas.holder(*id)).collect();
        let mut base = own.unwrap_or_default().to_owned();
        for id in chain.into_iter().rev() {
            let Some(own) = schemas.get(id).text("$id").filter(|uri| !uri.starts_with('#')) else { continue };
            base = join(&base, own.trim_end_matches('#'));
            self.by_uri.entry(base.clone()).or_insert(id);
            self.uris.entry(id).or_insert_with(|| base.clone());
        }
        base
    }

    /// The resource that a schema belongs to; `None` if that is the document.
    pub(super) fn resource(&self, id: SchemaId, schemas: &Schemas) -> Option<SchemaId> {
        if self.uris.is_empty() {
            return None;
        }
        std::iter::successors(Some(id), |id| schemas.holder(*id)).find(|id| self.uris.contains_key(id))
    }

    /// The resource that the part of a reference before `#` names, seen from another one. `Err` if there is none.
    pub(super) fn named(&self, uri: &str, from: Option<SchemaId>) -> Result<Option<SchemaId>, ()> {
        if uri.is_empty() {
            return Ok(from);
        }
        let base = from.and_then(|from| self.uris.get(&from)).map_or("", String::as_str);
        let absolute = join(base, uri);
        self.by_uri.get(&absolute).or_else(|| self.by_uri.get(uri)).copied().map(Some).ok_or(())
    }

    /// The absolute `$id` of a resource.
    pub(super) fn uri_of(&self, resource: SchemaId) -> Option<&str> {
        self.uris.get(&resource).map(String::as_str)
    }

    /// The schema of this anchor in a resource, or else the first one of that name.
    pub(super) fn anchor(&self, resource: Option<SchemaId>, name: &str) -> Option<SchemaId> {
        self.anchors.get(&(resource, name.to_owned())).or_else(|| self.first.get(name)).copied()
    }
}

fn has_scheme(uri: &str) -> bool {
    let scheme = uri.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A URI reference, seen from a base (RFC 3986, section 5.2), as far as the two can be joined.
pub(super) fn join(base: &str, reference: &str) -> String {
    if base.is_empty() || has_scheme(reference) {
        return reference.to_owned();
    }
    let base = base.split(['?', '#']).next().unwrap_or(base);
    let start = base.find("://").map_or(0, |scheme| scheme + 3);
    if let Some(rest) = reference.strip_prefix("//") {
        return format!("{}{rest}", base.get(..start).unwrap_or_default());
    }
    let root = base.get(start..).and_then(|rest| rest.find('/')).map_or(base.len(), |slash| start + slash);
    let (authority, path) = base.split_at(root);
    if start == 0 && base.contains(':') {
        // A URN has no path.
        return reference.to_owned();
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole = if reference.starts_with('/') { reference.to_owned() } else { format!("{folder}/{reference}") };
    let mut segments: Vec<&str> = Vec::new();
    for segment in whole.trim_start_matches('/').split('/') {
        match segment {
            "." => {}
            ".." => _ = segments.pop(),
            other => segments.push(other),
        }
    }
    format!("{authority}/{}", segments.join("/"))
}
