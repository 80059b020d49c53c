//! The report of changes as text, Markdown or JSON.

use std::fmt::{self, Display, Formatter, Write as _};

use serde_json::{Value, json};

use super::markdown_escapes::{code, literal};
use super::{Action, Bump, Change, Changes, Effect, Element, SourceLocation, Works};

impl Changes {
    /// Renders the changes as plain text, breaking ones first.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = self.summary() + "\n";
        for bump in [Bump::Breaking, Bump::Additive, Bump::Compatible] {
            let changes: Vec<&Change> = self.iter().filter(|change| change.bump() == bump).collect();
            if changes.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{}", heading(bump));
            for change in changes {
                let _ = writeln!(text, "\n  {change} [{}]", change.kind.id());
                if let Some(places) = places(change) {
                    let _ = writeln!(text, "    {places}");
                }
                if let Some(effects) = effects(change) {
                    let _ = writeln!(text, "    {effects}");
                }
                if let Some(advice) = &change.advice {
                    let _ = writeln!(text, "    To do: {advice}");
                }
            }
        }
        text
    }

    /// Renders the changes as Markdown, for a pull request or the summary of a CI job.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("## Changes of the document\n\n{}\n", literal(&self.summary()));
        for bump in [Bump::Breaking, Bump::Additive, Bump::Compatible] {
            let changes: Vec<&Change> = self.iter().filter(|change| change.bump() == bump).collect();
            if changes.is_empty() {
                continue;
            }
            let _ = write!(
                text,
                "\n### {}\n\n| change | Rust callers | old client, new server | new client, old server | to do |\n\
                 | --- | --- | --- | --- | --- |\n",
                heading(bump)
            );
            for change in changes {
                let place = change.new.as_ref().or(change.old.as_ref());
                let place = place.map(|place| format!("<br>{}", code(&place.to_string()))).unwrap_or_default();
                let _ = writeln!(
                    text,
                    "| {}<br>`{}`{place} | {} | {} | {} | {} |",
                    literal(&change.to_string()),
                    change.kind.id(),
                    change.rust,
                    change.wire.old_client,
                    change.wire.new_client,
                    literal(change.advice.as_deref().unwrap_or_default())
                );
            }
        }
        text
    }

    /// Renders the changes as JSON: `old`, `new`, `bump` and the list `changes`. Values are those of this module's types
    /// as they display.
    #[must_use]
    pub fn to_json(&self) -> String {
        let revision = |revision: &super::Revision| json!({ "title": revision.title, "version": revision.version });
        let changes: Vec<Value> = self.iter().map(to_json).collect();
        let whole = json!({
            "old": revision(&self.old),
            "new": revision(&self.new),
            "bump": self.bump().to_string(),
            "changes": changes,
        });
        format!("{whole:#}\n")
    }

    /// Renders the revisions and the number of changes on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let revisions = if self.old.version == self.new.version {
            format!("{} {}", self.new.title, self.new.version)
        } else {
            format!("{} {} → {}", self.new.title, self.old.version, self.new.version)
        };
        let count = |bump: Bump| self.iter().filter(|change| change.bump() == bump).count();
        let (breaking, additive, compatible) = (count(Bump::Breaking), count(Bump::Additive), count(Bump::Compatible));
        if self.is_empty() {
            return format!("{revisions}: nothing changed");
        }
        let one = |count: usize| if count == 1 { "change" } else { "changes" };
        format!("{revisions}: {breaking} breaking {}, {additive} additive, {compatible} compatible", one(breaking))
    }
}

fn heading(bump: Bump) -> &'static str {
    match bump {
        Bump::Breaking => "Breaking",
        Bump::Additive => "Additive",
        Bump::Compatible | Bump::None => "Compatible",
    }
}

fn places(change: &Change) -> Option<String> {
    Some(match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (Some(old), None) => format!("{old}"),
        (None, Some(new)) => format!("{new}"),
        (None, None) => return None,
    })
}

fn effects(change: &Change) -> Option<String> {
    let wire = change.wire;
    let mut parts = Vec::new();
    if change.rust != Effect::None {
        parts.push(format!("Rust callers: {}", change.rust));
    }
    if wire.old_client != Works::Yes {
        parts.push(format!("old client, new server: {}", wire.old_client));
    }
    if wire.new_client != Works::Yes {
        parts.push(format!("new client, old server: {}", wire.new_client));
    }
    if change.overlay {
        parts.push("made by the overlay".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn to_json(change: &Change) -> Value {
    let place = |place: &Option<SourceLocation>| {
        place.as_ref().map(|place| {
            json!({
                "file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer.to_string(),
            })
        })
    };
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
    })
}

/// Displays on one line, without the id.
impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { subject, detail, likely, .. } = self;
        let likely = if *likely { " (likely)" } else { "" };
        write!(f, "{}: {subject} {detail}{likely}", self.kind.element())
    }
}

impl Display for SourceLocation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Displays each variant as its word.
macro_rules! words {
    ($($name:ident { $($variant:ident => $word:literal),* $(,)? })*) => {$(
        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),* })
            }
        }
    )*};
}

words! {
    Element {
        Operation => "operation",
        Parameter => "parameter",
        Body => "body",
        Response => "response",
        Type => "type",
        Field => "field",
        Variant => "variant",
        Server => "server",
        Security => "security",
        Constraint => "constraint",
        Default => "default",
        Deprecation => "deprecation",
        Stability => "stability",
        Documentation => "documentation",
    }
    Action { Added => "added", Removed => "removed", Renamed => "renamed", Changed => "changed" }
    Effect { None => "nothing", Adds => "more to call", Breaks => "breaks" }
    Works { Yes => "works", Maybe => "may fail", No => "fails" }
    Bump { None => "none", Compatible => "compatible", Additive => "additive", Breaking => "breaking" }
}
