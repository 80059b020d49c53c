//! An OpenAPI Overlay (1.0 or 1.1) over a document's tree.
//!
//! `roas-overlay` applies the actions. An action whose target matches nothing is an error here: it was written for a
//! document that has changed since.

use enumset::EnumSet;
use roas_overlay::apply::{Apply as _, ApplyError, ApplyReport};
use roas_overlay::common::apply::{compile_path, locate};
use roas_overlay::{v1_0, v1_1};
use serde::Deserialize as _;
use serde_json::Value;

use crate::diagnostic::{At, Diagnostic, Graft, Origin, Pointer, Problem};
use crate::validate::{self, Version};

/// Applies `overlay` to `document`, and adds what is wrong with it to `found`; with an action that cannot be applied at
/// all, the document stays as it was. What each action put where is returned, so that a problem in it can be shown in
/// the overlay's text.
pub(crate) fn apply(document: &mut Value, overlay: &Value, found: &mut Vec<Diagnostic>) -> Vec<Graft> {
    let (unsound, amendments) = validate::check(overlay, &validate::OVERLAY, Version::V31, Origin::Overlay);
    let mut amended = overlay.clone();
    _ = validate::repair(&mut amended, &amendments);
    let overlay = &amended;
    let refused = unsound.iter().any(Diagnostic::is_error);
    found.extend(unsound);
    if refused {
        return Vec::new();
    }
    match read(overlay).and_then(|overlay| overlay.apply(document).map_err(|error| invalid(&error))) {
        Ok(report) => {
            found.extend(report.actions.iter().filter(|action| action.matched == 0).map(stale));
            grafts(document, overlay)
        }
        Err(problem) => {
            found.push(*problem);
            Vec::new()
        }
    }
}

fn invalid(error: &ApplyError) -> Box<Diagnostic> {
    let root = At::ROOT;
    let actions = root.child("actions");
    let at = actions.index(error.action_index);
    let problem = Problem::InvalidAction { reason: error.kind.to_string() };
    Box::new(Diagnostic::error(at.child("target"), problem).in_overlay())
}

/// An overlay of either version.
enum Overlay {
    V10(v1_0::Overlay),
    V11(v1_1::Overlay),
}

impl Overlay {
    fn apply(&self, document: &mut Value) -> Result<ApplyReport, ApplyError> {
        // Without the option that fails at the first action that matches nothing: all of them are reported.
        match self {
            Self::V10(overlay) => overlay.apply(document, EnumSet::empty()),
            Self::V11(overlay) => overlay.apply(document, EnumSet::empty()),
        }
    }
}

fn read(overlay: &Value) -> Result<Overlay, Box<Diagnostic>> {
    let root = At::ROOT;
    let version = overlay.get("overlay").and_then(Value::as_str).unwrap_or_default();
    let read = if version.starts_with("1.0.") {
        v1_0::Overlay::deserialize(overlay).map(Overlay::V10)
    } else if version.starts_with("1.1.") {
        v1_1::Overlay::deserialize(overlay).map(Overlay::V11)
    } else {
        let problem = Problem::UnsupportedVersion { version: version.to_owned() };
        let diagnostic = Diagnostic::error(root.child("overlay"), problem).in_overlay();
        return Err(Box::new(diagnostic.help("overlays of the OpenAPI Overlay Specification 1.0 and 1.1 are read")));
    };
    read.map_err(|error| {
        let problem = Problem::InvalidAction { reason: error.to_string() };
        Box::new(Diagnostic::error(root, problem).in_overlay())
    })
}

fn stale(action: &roas_overlay::apply::ActionOutcome) -> Diagnostic {
    let root = At::ROOT;
    let actions = root.child("actions");
    let at = actions.index(action.index);
    let problem = Problem::StaleAction { target: action.target.clone() };
    Diagnostic::error(at.child("target"), problem)
        .in_overlay()
        .help("the document has changed since the action was written: adapt the action, or remove it")
}

/// Where each action's `update` is in the document that came of it.
fn grafts(document: &Value, overlay: &Value) -> Vec<Graft> {
    let actions = overlay.get("actions").and_then(Value::as_array);
    let updates = actions.into_iter().flatten().enumerate().filter(|(_, action)| action.get("update").is_some());
    updates
        .filter_map(|(index, action)| {
            let path = compile_path(action.get("target")?.as_str()?).ok()?;
            let at = locate(document, &path).iter().filter_map(|pointer| Pointer::parse(pointer)).collect();
            let root = At::ROOT;
            let actions = root.child("actions");
            let action = actions.index(index);
            Some(Graft { at, origin: Origin::Overlay, update: action.child("update").pointer() })
        })
        .collect()
}
