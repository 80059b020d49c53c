//! The report as Markdown.

use std::fmt::Write as _;

use super::entries::{Heading, ReportLine, resource};
use super::{Change, Changes};
use crate::changes::markdown_escapes::{code, literal};

impl Changes {
    /// Renders the changes as Markdown, for a pull request or the summary of a CI job. A resource that is new or gone is
    /// one row that unfolds.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("## Changes of the document\n\n{}\n", literal(&self.summary()));
        for section in Heading::ALL {
            let entries = ReportLine::under(section, self);
            if entries.is_empty() {
                continue;
            }
            let _ = write!(
                text,
                "\n### {}\n\n| change | Rust callers | old client, new server | new client, old server | to do |\n\
                 | --- | --- | --- | --- | --- |\n",
                section.heading()
            );
            for entry in entries {
                match entry {
                    ReportLine::One(change) => row(&mut text, &described(change), change, &advice(change)),
                    ReportLine::Resource(name, parts) => {
                        let list: Vec<String> = parts.iter().copied().map(described).collect();
                        let words = literal(&resource(name, &parts));
                        let details = format!("<details><summary>{words}</summary>{}</details>", list.join("<br>"));
                        if let Some(first) = parts.first() {
                            row(&mut text, &details, first, "");
                        }
                    }
                }
            }
        }
        text
    }
}

fn row(text: &mut String, words: &str, change: &Change, advice: &str) {
    let (rust, wire) = (change.rust, change.wire);
    let _ = writeln!(text, "| {words} | {rust} | {} | {} | {advice} |", wire.old_client, wire.new_client);
}

fn described(change: &Change) -> String {
    let place = change.new.as_ref().or(change.old.as_ref());
    let place = place.map(|place| format!("<br>{}", code(&place.to_string()))).unwrap_or_default();
    format!("{}<br>`{}`{place}", literal(&change.to_string()), change.kind.id())
}

fn advice(change: &Change) -> String {
    let advice = literal(change.advice.as_deref().unwrap_or_default());
    let Some(approval) = &change.approval else { return advice };
    let approved = literal(&format!("Approved until {}: {}", approval.until, approval.reason));
    if advice.is_empty() { approved } else { format!("{advice}<br>{approved}") }
}
