//! The report as JSON.

use serde_json::{Value, json};

use super::{Change, Changes, SourceLocation};
use crate::changes::Revision;

impl Changes {
    /// Renders the changes as JSON: `old`, `new`, `bump` and the list `changes`. Values are those of this module's types
    /// as they display. `docs/changes.schema.json` of the repository describes the form.
    #[must_use]
    pub fn to_json(&self) -> String {
        let revision = |revision: &Revision| json!({ "title": revision.title, "version": revision.version });
        let changes: Vec<Value> = self.iter().map(to_json).collect();
        let whole = json!({
            "old": revision(&self.old),
            "new": revision(&self.new),
            "bump": self.bump().to_string(),
            "changes": changes,
        });
        format!("{whole:#}\n")
    }
}

fn to_json(change: &Change) -> Value {
    let place = |place: &Option<SourceLocation>| {
        place.as_ref().map(|place| {
            json!({
                "file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer.to_string(),
            })
        })
    };
    let approval =
        change.approval.as_ref().map(|approval| json!({ "reason": approval.reason, "until": approval.until }));
    json!({
        "id": change.kind.id(),
        "fingerprint": change.fingerprint(),
        "what": change.kind.element().to_string(),
        "action": change.kind.action().to_string(),
        "subject": change.subject,
        "detail": change.detail,
        "old": place(&change.old),
        "new": place(&change.new),
        "rust": change.rust.to_string(),
        "oldClientNewServer": change.wire.old_client.to_string(),
        "newClientOldServer": change.wire.new_client.to_string(),
        "bump": change.bump().to_string(),
        "advice": change.advice,
        "likely": change.likely,
        "overlay": change.overlay,
        "resource": change.resource,
        "approval": approval,
    })
}
