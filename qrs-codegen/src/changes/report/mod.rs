//! The report of changes as text, Markdown, JSON or `JUnit`.

mod entries;
mod json;
mod junit;
mod markdown;
mod text;

use std::fmt::{self, Display, Formatter};

use super::{Action, Bump, Change, Changes, Effect, Element, SourceLocation, Works};
use entries::Heading;

impl Changes {
    /// Renders the revisions and the number of changes on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let revisions = if self.old.version == self.new.version {
            format!("{} {}", self.new.title, self.new.version)
        } else {
            format!("{} {} → {}", self.new.title, self.old.version, self.new.version)
        };
        if self.is_empty() {
            return format!("{revisions}: nothing changed");
        }
        let count = |section: Heading| self.iter().filter(|change| Heading::of(change) == section).count();
        let one = |count: usize| if count == 1 { "change" } else { "changes" };
        let breaking = count(Heading::Breaking);
        let on_wire = match count(Heading::OldClients) {
            0 => String::new(),
            count => format!("{count} on which old clients may fail, "),
        };
        let (additive, compatible) = (count(Heading::Additive), count(Heading::Compatible));
        let approved = match self.iter().filter(|change| change.approval.is_some()).count() {
            0 => String::new(),
            count => format!("; {count} approved"),
        };
        format!(
            "{revisions}: {breaking} breaking {}, {on_wire}{additive} additive, {compatible} compatible{approved}{}",
            one(breaking),
            entries::resources(self)
        )
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
    Effect { None => "nothing", Adds => "more to call", Warns => "compiler warning", Breaks => "breaks" }
    Works { Yes => "works", Maybe => "may fail", No => "fails" }
    Bump { None => "none", Compatible => "compatible", Additive => "additive", Breaking => "breaking" }
}
