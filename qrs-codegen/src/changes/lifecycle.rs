//! Changes of what a document says of the future of an element: deprecation, the date of its end, marks of stability.

use super::schemas::counterpart;
use super::{ChangeKind, Difference};
use crate::document::{Lifecycle, Operation};

/// Compares an operation, its parameters and its response headers. `subject` names the operation.
pub(super) fn compare(old: &Operation, new: &Operation, subject: &str, found: &mut Vec<Difference>) {
    let difference = |kind, detail: String| Difference::new(kind, subject, detail).between(&old.at, &new.at);
    let kind = Mark { kind: ChangeKind::OperationDeprecated, is_named: true };
    found.extend(compared(&old.lifecycle, &new.lifecycle, kind, &difference));
    for parameter in &new.parameters {
        let Some(before) = counterpart(old, new, parameter) else { continue };
        let subject = format!("the parameter {} of {subject}", parameter.name);
        let difference =
            |kind, detail: String| Difference::new(kind, &*subject, detail).between(&before.at, &parameter.at);
        // Callers name what is optional by its setter.
        let kind = Mark { kind: ChangeKind::ParameterDeprecated, is_named: !parameter.required };
        found.extend(compared(&before.lifecycle, &parameter.lifecycle, kind, &difference));
    }
    for response in &new.responses {
        let earlier = old.responses.iter().find(|earlier| earlier.status == response.status);
        for header in &response.headers {
            let mut headers = earlier.iter().flat_map(|earlier| &earlier.headers);
            let Some(before) = headers.find(|other| other.name.eq_ignore_ascii_case(&header.name)) else { continue };
            let subject = format!("the response header {} of {subject}", header.name);
            let difference =
                |kind, detail: String| Difference::new(kind, &*subject, detail).between(&before.at, &header.at);
            let kind = Mark { kind: ChangeKind::FieldDeprecated, is_named: true };
            found.extend(compared(&before.lifecycle, &header.lifecycle, kind, &difference));
        }
    }
}

/// The mark of an element that is deprecated.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    /// The kind of its deprecation.
    pub(super) kind: ChangeKind,
    /// Whether code of callers names the element, so that the mark is an attribute in Rust.
    pub(super) is_named: bool,
}

/// The differences of two states of an element.
pub(super) fn compared(
    old: &Lifecycle,
    new: &Lifecycle,
    mark: Mark,
    difference: &impl Fn(ChangeKind, String) -> Difference,
) -> Vec<Difference> {
    let mut found = Vec::new();
    match (old.deprecated, new.deprecated) {
        (false, true) => {
            let until = new.sunset.as_ref().map(|date| format!(", and ends on {date}")).unwrap_or_default();
            let deprecated = difference(mark.kind, format!("is deprecated{until}"));
            let deprecated = deprecated.advising("Look for a replacement.");
            found.push(if mark.is_named { deprecated.warns() } else { deprecated });
        }
        (true, false) => {
            found.push(difference(ChangeKind::DeprecationWithdrawn, "is no longer deprecated".to_owned()));
        }
        _ => {}
    }
    if old.sunset != new.sunset && old.deprecated == new.deprecated {
        let detail = match (&old.sunset, &new.sunset) {
            (Some(was), Some(is)) => format!("was to end on {was} and ends on {is}"),
            (None, Some(is)) => format!("ends on {is}"),
            (Some(was), None) => format!("was to end on {was}, and no end is told any more"),
            (None, None) => return found,
        };
        found.push(difference(ChangeKind::SunsetChanged, detail).advising("Look for a replacement before that date."));
    }
    let names: std::collections::BTreeSet<&String> = old.marks.keys().chain(new.marks.keys()).collect();
    for name in names {
        let detail = match (old.marks.get(name), new.marks.get(name)) {
            (Some(was), Some(is)) if was != is => format!("had the `{name}` `{was}` and has `{is}`"),
            (Some(was), None) => format!("had the `{name}` `{was}` and has none"),
            (None, Some(is)) => format!("had no `{name}` and has `{is}`"),
            _ => continue,
        };
        found.push(difference(ChangeKind::StabilityChanged, detail));
    }
    found
}
