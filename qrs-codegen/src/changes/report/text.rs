//! The report as plain text.

use std::fmt::Write as _;

use super::entries::{Heading, ReportLine, effects, resource};
use super::{Change, Changes, places};

impl Changes {
    /// Renders the changes as plain text, breaking ones first. A resource that is new or gone is one line.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.text(false)
    }

    /// Renders the changes as plain text, with the operations and types of each resource.
    #[must_use]
    pub fn to_unfolded_text(&self) -> String {
        self.text(true)
    }

    fn text(&self, unfold: bool) -> String {
        let mut text = self.summary() + "\n";
        for section in Heading::ALL {
            let entries = ReportLine::under(section, self);
            if entries.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{}", section.heading());
            for entry in entries {
                match entry {
                    ReportLine::One(change) => write(&mut text, change),
                    ReportLine::Resource(name, parts) => write_resource(&mut text, name, &parts, unfold),
                }
            }
        }
        text
    }
}

/// Writes the line of a resource, and its effects; each of its changes if `unfold` is set.
fn write_resource(text: &mut String, name: &str, parts: &[&Change], unfold: bool) {
    let _ = writeln!(text, "\n  {}", resource(name, parts));
    match parts.first() {
        Some(first) if !unfold => write_effects(text, first),
        _ => parts.iter().for_each(|change| write(text, change)),
    }
}

fn write(text: &mut String, change: &Change) {
    let _ = writeln!(text, "\n  {change} [{}]", change.kind.id());
    if let Some(places) = places(change) {
        let _ = writeln!(text, "    {places}");
    }
    write_effects(text, change);
    if let Some(advice) = &change.advice {
        let _ = writeln!(text, "    To do: {advice}");
    }
    if let Some(approval) = &change.approval {
        let _ = writeln!(text, "    Approved until {}: {}", approval.until, approval.reason);
    }
}

fn write_effects(text: &mut String, change: &Change) {
    if let Some(effects) = effects(change) {
        let _ = writeln!(text, "    {effects}");
    }
}
