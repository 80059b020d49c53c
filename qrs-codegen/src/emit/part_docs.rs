//! The parts of a body in the words of the documentation.

use crate::markdown;
use crate::model::{FURTHER_PARTS, Location, Operation, Parameter, PartLayout};

const ORDINALS: &[&str] =
    &["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/// A part in words, as `the first part of the body`; `None` of a part that is sent with its name, and of what is none.
pub(super) fn part_in_words(operation: &Operation, parameter: &Parameter) -> Option<String> {
    let layout = operation.body.as_ref()?.parts.as_ref()?;
    let wire = parameter.name.wire.as_str();
    if !matches!(parameter.location, Location::Part(_)) {
        return None;
    }
    let is_in_group = layout.groups.iter().any(|group| group.parts.iter().any(|(name, _)| name == wire));
    (layout.is_unnamed || is_in_group).then(|| format!("{} of the body", words(layout, wire)))
}

fn words(layout: &PartLayout, wire: &str) -> String {
    for group in &layout.groups {
        if let Some(index) = group.parts.iter().position(|(name, _)| name == wire) {
            let (_, sent) = &group.parts[index];
            return format!("{} of {}", part(sent, index, group.is_unnamed), words(layout, &group.name));
        }
    }
    let index = layout.order.iter().position(|name| name == wire).unwrap_or_default();
    part(wire, index, layout.is_unnamed)
}

/// A part among those beside it.
fn part(name: &str, index: usize, is_unnamed: bool) -> String {
    if !is_unnamed {
        return format!("the part {}", markdown::code(name));
    }
    match ORDINALS.get(index) {
        _ if name == FURTHER_PARTS && index == 0 => "the parts".to_owned(),
        _ if name == FURTHER_PARTS => "the further parts".to_owned(),
        Some(ordinal) => format!("the {ordinal} part"),
        None => format!("part {}", index + 1),
    }
}
