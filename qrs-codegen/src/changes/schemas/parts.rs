//! Changes of bodies in parts that no Rust type shows: their parts are arguments and setters.

use super::Documents;
use super::node::SchemaNode;
use super::shape::Shape;
use crate::changes::{ChangeKind, Difference, Wire, Works};
use crate::document::{MediaType, Operation};

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
    let [old, new] = [(before, documents.old), (after, documents.new)].map(|(media_type, document)| {
        let schemas = &document.schemas;
        media_type.schema.map(|id| (SchemaNode::at(id, schemas).flattened(schemas), schemas))
    });
    let (Some((old, old_schemas)), Some((new, new_schemas))) = (old, new) else { return };
    let old = Shape { node: &old, schemas: old_schemas };
    let new = Shape { node: &new, schemas: new_schemas };
    let (was_required, is_required) = (old.required(), new.required());
    for name in new.names().intersection(&old.names()) {
        let required = is_required.contains(name);
        if was_required.contains(name) != required {
            let kinds = [ChangeKind::ParameterBecameRequired, ChangeKind::ParameterBecameOptional];
            presence(kinds, format!("the parameter {name} of {subject}"), required);
        }
    }
}
