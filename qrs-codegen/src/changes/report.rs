//! Changes as text: for a terminal, for a pull request, for a program.

use std::fmt::{self, Display, Formatter, Write as _};

use serde_json::{Value, json};

use super::{Action, Bump, Change, Changes, Effect, Place, What, Works};

impl Changes {
    /// The changes as plain text, those that break callers first.
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
                let _ = writeln!(text, "\n  {change}");
                if let Some(places) = places(change) {
                    let _ = writeln!(text, "    {places}");
                }
                if let Some(effects) = effects(change) {
                    let _ = writeln!(text, "    {effects}");
                }
                if change.rust == Effect::Breaks || change.advice != "Nothing." {
                    let _ = writeln!(text, "    To do: {}", change.advice);
                }
            }
        }
        text
    }

    /// The changes as Markdown, for a pull request or the summary of a job.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("## What the document changes\n\n{}\n", literal(&self.summary()));
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
                    "| {}{place} | {} | {} | {} | {} |",
                    literal(&change.to_string()),
                    change.rust,
                    change.wire.old_client,
                    change.wire.new_client,
                    literal(&change.advice)
                );
            }
        }
        text
    }

    /// The changes as JSON: `old`, `new`, `bump`, and a list of `changes`, whose words are those of this module's
    /// types in lower case.
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

    /// One line: which revisions, how many changes, and what they ask of the version.
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
        format!(
            "{revisions}: {breaking} breaking {}, {additive} additive, {compatible} that callers do not notice",
            one(breaking)
        )
    }
}

fn heading(bump: Bump) -> &'static str {
    match bump {
        Bump::Breaking => "Breaking",
        Bump::Additive => "Additive",
        Bump::Compatible | Bump::None => "Not noticed by callers",
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

/// A text as Markdown that shows it as it is, on one line, in the cell of a table too: no HTML, link, emphasis, mention or
/// reference comes of it. Code spans stay.
fn literal(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let fence = rest.len() - rest.trim_start_matches('`').len();
        if let Some(span) = code_span(rest, fence) {
            shown += &line(span).replace('|', "\\|");
            rest = &rest[span.len()..];
            before = Some('`');
            continue;
        }
        if fence > 0 {
            shown.extend(std::iter::repeat_n("\\`", fence));
            rest = &rest[fence..];
            before = Some('`');
            continue;
        }
        rest = &rest[next.len_utf8()..];
        let is_number = rest.starts_with(|next: char| next.is_ascii_digit());
        match next {
            '\n' | '\r' => shown.push(' '),
            // GitHub looks for these in the text that is shown, whatever escapes it was written with; not in code.
            '@' => shown += "`@`",
            '#' if is_number => shown += "`#`",
            '_' if before.is_some_and(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric) => {
                shown.push('_');
            }
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' => shown.extend(['\\', next]),
            _ => shown.push(next),
        }
        before = Some(next);
    }
    shown
}

/// The code span that a text begins with, given the backticks that it begins with.
fn code_span(text: &str, fence: usize) -> Option<&str> {
    if fence == 0 {
        return None;
    }
    let mut at = fence;
    loop {
        at += text[at..].find('`')?;
        let run = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += run;
        if run == fence {
            return Some(&text[..at]);
        }
    }
}

/// A text as a code span in the cell of a table.
fn code(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A space keeps a backtick at the end apart from the fence, and is not shown.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", line(text).replace('|', "\\|"))
}

/// A text on one line.
fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn to_json(change: &Change) -> Value {
    let place = |place: &Option<Place>| {
        place.as_ref().map(|place| {
            json!({
                "file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer.to_string(),
            })
        })
    };
    json!({
        "what": change.what.to_string(),
        "action": change.action.to_string(),
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

/// One line: what changed, and how.
impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { subject, detail, likely, .. } = self;
        let likely = if *likely { " (likely)" } else { "" };
        write!(f, "{}: {subject} {detail}{likely}", self.what)
    }
}

/// `file:line:column`.
impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

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
    What {
        Operation => "operation",
        Parameter => "parameter",
        Body => "body",
        Response => "response",
        Type => "type",
        Field => "field",
        Variant => "variant",
        Server => "server",
        Security => "security",
        Deprecation => "deprecation",
        Documentation => "documentation",
    }
    Action { Added => "added", Removed => "removed", Renamed => "renamed", Changed => "changed" }
    Effect { None => "nothing", Adds => "more to call", Breaks => "breaks" }
    Works { Yes => "works", Maybe => "may fail", No => "fails" }
    Bump { None => "none", Compatible => "compatible", Additive => "additive", Breaking => "breaking" }
}

#[cfg(test)]
mod tests {
    use super::{code, literal};

    #[test]
    fn text_of_a_document_is_no_markup() {
        let cases = [
            ("GET /a_b was `Client::get_a`", "GET /a_b was `Client::get_a`"),
            ("<img src=x> & <b>", r"\<img src=x\> \& \<b\>"),
            ("@everyone, #12 and # x", r"`@`everyone, `#`12 and \# x"),
            ("![a](b) *c* _d_ ~~e~~", r"!\[a\](b) \*c\* \_d\_ \~\~e\~\~"),
            ("a | b\nc `d|e`", r"a \| b c `d\|e`"),
            ("`a` <b> `c", r"`a` \<b\> \`c"),
            ("``a`<b>`` `<c>", r"``a`<b>`` \`\<c\>"),
        ];
        for (text, shown) in cases {
            assert_eq!(literal(text), shown);
        }
        assert_eq!(code("a`b|c"), r"``a`b\|c``");
        assert_eq!(code("`"), "`` ` ``");
    }
}
