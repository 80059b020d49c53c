//! OpenAPI Overlays (1.0 and 1.1) over a document's tree.
//!
//! Actions are applied in order. One that cannot be applied is reported and skipped. One whose target matches nothing
//! is an error here, though the specification lets it pass: it was written for a document that has changed since.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::diagnostic::{At, Diagnostic, Graft, Origin, Pointer, Problem};
use crate::validate::{self, Version as Edition};

/// The versions of the Overlay Specification that differ in what an action does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OverlayVersion {
    /// 1.0.x
    V10,
    /// 1.1.x
    V11,
}

/// Why an action cannot be applied, and what to do about it.
struct UnappliedAction {
    reason: String,
    help: Option<&'static str>,
}

impl From<String> for UnappliedAction {
    fn from(reason: String) -> UnappliedAction {
        UnappliedAction { reason, help: None }
    }
}

/// Applies the overlay of this index to `document` and adds its problems to `found`.
///
/// Returns what each action put where, so that a problem in it is shown in the overlay's text.
pub(crate) fn apply(document: &mut Value, overlay: &Value, index: usize, found: &mut Vec<Diagnostic>) -> Vec<Graft> {
    let origin = Origin::Overlay(index);
    let (unsound, amendments) = validate::check(overlay, &validate::OVERLAY, Edition::V31, origin);
    let is_refused = unsound.iter().any(Diagnostic::is_error);
    found.extend(unsound);
    if is_refused {
        return Vec::new();
    }
    let mut overlay = overlay.clone();
    _ = validate::repair(&mut overlay, &amendments);
    let version = match version(&overlay) {
        Ok(version) => version,
        Err(diagnostic) => {
            found.push(diagnostic.in_text(origin));
            return Vec::new();
        }
    };
    let actions = overlay.get("actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let root = At::ROOT;
    let list_at = root.child("actions");
    for (index, action) in actions.iter().enumerate() {
        let holder = list_at.index(index);
        let at = holder.child("target");
        match apply_action(document, action, version) {
            Ok(0) => found.push(stale(action, at).in_text(origin)),
            Ok(_) => {}
            Err(UnappliedAction { reason, help }) => {
                let diagnostic = Diagnostic::error(at, Problem::InvalidAction { reason }).in_text(origin);
                found.push(match help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
            }
        }
    }
    grafts(document, actions, origin)
}

fn version(overlay: &Value) -> Result<OverlayVersion, Box<Diagnostic>> {
    let version = overlay.get("overlay").and_then(Value::as_str).unwrap_or_default();
    if version.starts_with("1.0.") {
        return Ok(OverlayVersion::V10);
    }
    if version.starts_with("1.1.") {
        return Ok(OverlayVersion::V11);
    }
    let problem = Problem::UnsupportedVersion { version: version.to_owned() };
    let diagnostic = Diagnostic::error(At::ROOT.child("overlay"), problem);
    Err(Box::new(diagnostic.help("overlays of the OpenAPI Overlay Specification 1.0 and 1.1 are read")))
}

fn stale(action: &Value, at: At<'_>) -> Diagnostic {
    let target = action.get("target").and_then(Value::as_str).unwrap_or_default().to_owned();
    Diagnostic::error(at, Problem::StaleAction { target })
        .help("the document has changed since the action was written: adapt the action, or remove it")
}

/// Applies one action and counts the values that it changed.
fn apply_action(document: &mut Value, action: &Value, version: OverlayVersion) -> Result<usize, UnappliedAction> {
    let targets = locate(document, action.get("target").and_then(Value::as_str).unwrap_or_default())?;
    let is_primitive =
        |target: &Pointer| target.value_in(document).is_some_and(|value| !value.is_object() && !value.is_array());
    if version == OverlayVersion::V10 && targets.iter().any(is_primitive) {
        return Err(UnappliedAction {
            reason: "action `target` must resolve to objects or arrays, not primitives or null".to_owned(),
            help: Some("actions on primitive values came with Overlay 1.1: write `overlay: 1.1.0`"),
        });
    }
    if action.get("remove") == Some(&Value::Bool(true)) {
        return Ok(remove(document, &targets));
    }
    let update = action.get("update").filter(|update| !update.is_null());
    let copy = action.get("copy").and_then(Value::as_str).filter(|_| version == OverlayVersion::V11);
    let value = match (update, copy) {
        (Some(_), Some(_)) => {
            return Err("action sets both `update` and `copy`; they are mutually exclusive".to_owned().into());
        }
        (Some(update), None) => update.clone(),
        (None, Some(copy)) if !targets.is_empty() => copied(document, copy)?,
        _ => return Ok(0),
    };
    if targets.iter().any(is_primitive) && (value.is_object() || value.is_array()) {
        return Err("a primitive value is updated by a primitive value, not by an object or an array"
            .to_owned()
            .into());
    }
    for target in &targets {
        match target.value_in_mut(document) {
            Some(Value::Array(items)) => match &value {
                Value::Array(more) if version == OverlayVersion::V11 => items.extend(more.iter().cloned()),
                one => items.push(one.clone()),
            },
            Some(target) => merge(target, &value),
            None => {}
        }
    }
    Ok(targets.len())
}

/// Finds the value that an action copies: exactly one.
fn copied(document: &Value, source: &str) -> Result<Value, UnappliedAction> {
    match locate(document, source)?.as_slice() {
        [] => Err(format!("`copy` source {source:?} matched no node").into()),
        [one] => Ok(one.value_in(document).cloned().unwrap_or_default()),
        _ => Err(format!("`copy` source {source:?} matched multiple nodes; exactly one is required").into()),
    }
}

/// Finds the places that a JSONPath query (RFC 9535) selects, each once, in the order of the document.
fn locate(document: &Value, query: &str) -> Result<Vec<Pointer>, UnappliedAction> {
    let query = JsonPath::parse(query).map_err(|error| format!("invalid JSONPath: {error}"))?;
    let located = query.query_located(document).dedup();
    Ok(located.locations().filter_map(|location| Pointer::parse(&location.to_json_pointer())).collect())
}

/// Removes the values at `targets` and counts them. The last one goes first, so that the indices of those before it
/// stay right.
fn remove(document: &mut Value, targets: &[Pointer]) -> usize {
    let mut removed = 0;
    for target in targets.iter().rev() {
        let (Some(holder), Some(token)) = (target.parent(), target.tokens().last()) else { continue };
        let is_removed = match holder.value_in_mut(document) {
            Some(Value::Object(map)) => map.shift_remove(token).is_some(),
            Some(Value::Array(items)) => match token.parse::<usize>() {
                Ok(index) if index < items.len() => {
                    items.remove(index);
                    true
                }
                _ => false,
            },
            _ => false,
        };
        removed += usize::from(is_removed);
    }
    removed
}

/// Merges `update` into `target`: objects by key, arrays one after the other; anything else is replaced.
fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                match target.get_mut(key) {
                    Some(known) => merge(known, value),
                    None => _ = target.insert(key.clone(), value.clone()),
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (target, update) => *target = update.clone(),
    }
}

/// Finds each action's `update` in the document that came of it.
fn grafts(document: &Value, actions: &[Value], origin: Origin) -> Vec<Graft> {
    let root = At::ROOT;
    let actions_at = root.child("actions");
    let updates = actions.iter().enumerate().filter(|(_, action)| action.get("update").is_some());
    updates
        .filter_map(|(index, action)| {
            let at = locate(document, action.get("target")?.as_str()?).ok()?;
            let action = actions_at.index(index);
            Some(Graft { at, origin, update: action.child("update").pointer() })
        })
        .collect()
}
