//! Changes of bodies in parts that no Rust type shows: their parts are arguments and setters.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Documents;
use super::node::SchemaNode;
use crate::changes::{ChangeKind, Difference, Wire, Works};
use crate::document::{Keyword, MediaType, Operation, Schemas};

/// Compares whether a body in parts may be left out and, if it may, which parts it must have.
pub(super) fn compare(
    documents: Documents<'_>,
    (old, new): (&Operation, &Operation),
    subject: &str,
    found: &mut Vec<Difference>,
) {
    let (Some(old), Some(new)) = (&old.request_body, &new.request_body) else { return };
    let is_in_parts = |media_type: &&MediaType| media_type.name.starts_with("multipart/");
    let (before, after) = (old.content.first().filter(is_in_parts), new.content.first().filter(is_in_parts));
    let Some((before, after)) = before.zip(after) else { return };
    let mut presence = |kinds: [ChangeKind; 2], subject: String, required: bool| {
        let [became_required, became_optional] = kinds;
        let difference = if required {
            let changed = Difference::new(became_required, subject, "was optional and is required");
            changed.on_wire(Wire { old_client: Works::Maybe, new_client: Works::Yes })
        } else {
            let changed = Difference::new(became_optional, subject, "was required and is optional");
            changed.on_wire(Wire { old_client: Works::Yes, new_client: Works::Maybe })
        };
        found.push(difference.between(&before.at, &after.at));
    };
    if old.required != new.required {
        let kinds = [ChangeKind::BodyBecameRequired, ChangeKind::BodyBecameOptional];
        presence(kinds, format!("the body of {subject}"), new.required);
    }
    // Where the body must be there, each part that must be there is an argument.
    if old.required || new.required {
        return;
    }
    let (olds, news) = (Parts::of(before, &documents.old.schemas), Parts::of(after, &documents.new.schemas));
    for name in news.names.intersection(&olds.names) {
        let required = news.required.contains(name);
        if olds.required.contains(name) != required {
            let kinds = [ChangeKind::ParameterBecameRequired, ChangeKind::ParameterBecameOptional];
            presence(kinds, format!("the parameter {name} of {subject}"), required);
        }
    }
}

/// The names of the parts of a body.
struct Parts<'a> {
    names: BTreeSet<&'a str>,
    required: BTreeSet<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(media_type: &MediaType, schemas: &'a Schemas) -> Self {
        let node = media_type.schema.map(|id| SchemaNode::at(id, schemas).flattened(schemas));
        let parts: Vec<_> = node.iter().flat_map(|node| &node.own).map(|id| schemas.get(*id)).collect();
        let names = parts.iter().flat_map(|schema| schema.named(Keyword::Properties)).map(|(name, _)| name).collect();
        let required = parts.iter().flat_map(|schema| schema.values("required")).filter_map(Value::as_str).collect();
        Self { names, required }
    }
}
