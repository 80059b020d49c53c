//! Workflow commands of GitHub Actions: annotations, which its runner reads from standard output as
//! `::error file=…,line=…::message`.

use std::collections::hash_map::RandomState;
use std::env;
use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::path::Path;

use crate::harmless;

/// The most annotations of a level. GitHub shows ten of each level for a step and fifty for a job, and reads all of them.
const MOST: usize = 50;

/// The severity of an annotation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    Warning,
    Notice,
}

/// Whether this runs as a step of a workflow.
pub(crate) fn is_on() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// The annotations of a run: a bounded number of each level, and a count of the rest.
#[derive(Default)]
pub(crate) struct Annotations {
    text: String,
    counts: [(usize, Option<Level>); 3],
}

impl Annotations {
    /// Adds an annotation. Lines and columns count from 1.
    pub(crate) fn add(&mut self, level: Level, file: &str, place: (usize, Option<usize>), message: &str) {
        let slot = self.counts.iter_mut().find(|(_, held)| held.is_none_or(|held| held == level));
        let Some((count, held)) = slot else { return };
        *held = Some(level);
        *count += 1;
        if *count <= MOST {
            self.text += &annotation(level, file, place.0, place.1, message);
        }
    }

    /// The workflow commands, the last of which counts what was left out.
    pub(crate) fn finish(mut self) -> String {
        let more = |(count, level): &(usize, Option<Level>)| {
            let left = count.checked_sub(MOST).filter(|left| *left > 0)?;
            Some(format!("{left} of {count} {}s", (*level)?.name()))
        };
        let left: Vec<String> = self.counts.iter().filter_map(more).collect();
        if !left.is_empty() {
            _ = writeln!(
                self.text,
                "::notice::not annotated: {}. The log of this step has all of them.",
                left.join(", ")
            );
        }
        self.text
    }
}

/// One annotation, with its line end. Lines and columns count from 1.
fn annotation(level: Level, file: &str, line: usize, column: Option<usize>, message: &str) -> String {
    let mut text = format!("::{} file={},line={line}", level.name(), escape_property(file));
    if let Some(column) = column {
        _ = write!(text, ",col={column}");
    }
    _ = writeln!(text, "::{}", escape_message(message));
    text
}

/// The name of a file in an annotation: relative to the checkout, whatever the current directory is.
pub(crate) fn file_name(path: &Path, shown: &str) -> String {
    let inside = || {
        let checkout = env::var_os("GITHUB_WORKSPACE")?;
        let checkout = Path::new(&checkout).canonicalize().ok()?;
        let path = crate::paths::resolve(path).ok()?;
        path.strip_prefix(checkout).ok().map(crate::paths::show)
    };
    inside().unwrap_or_else(|| shown.to_owned())
}

/// Encloses foreign text in two marks that only this run knows: the runner takes no command from what is between them.
pub(crate) fn quoted(text: &str) -> String {
    let token = RandomState::new().hash_one(text);
    format!("::stop-commands::{token:016x}\n{}::{token:016x}::\n", harmless::lines(text))
}

fn escape_message(text: &str) -> String {
    harmless::plain_lines(&text.replace('\r', "")).replace('%', "%25").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    harmless::line(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Annotations, Level, MOST, annotation, quoted};

    #[test]
    fn what_is_not_annotated_is_counted() {
        let mut annotations = Annotations::default();
        for line in 1..=MOST + 3 {
            annotations.add(Level::Warning, "a.yaml", (line, None), "m");
            annotations.add(Level::Notice, "a.yaml", (1, None), "m");
        }
        for line in 1..=MOST {
            annotations.add(Level::Error, "a.yaml", (line, Some(1)), "m");
        }
        let text = annotations.finish();
        assert_eq!(text.lines().count(), 3 * MOST + 1);
        assert_eq!(
            text.lines().last().unwrap(),
            "::notice::not annotated: 3 of 53 warnings, 3 of 53 notices. The log of this step has all of them."
        );
        assert_eq!(Annotations::default().finish(), "");
    }

    #[test]
    fn nothing_in_a_name_or_a_message_ends_the_command_early() {
        assert_eq!(
            annotation(Level::Error, "a:b,c%.rs", 3, Some(7), "50%\r\nof: it, \u{1b}##[all]"),
            "::error file=a%3Ab%2Cc%25.rs,line=3,col=7::50%25%0Aof: it, \\u{1b}#\\u{23}[all]\n"
        );
        assert_eq!(
            annotation(Level::Error, "a\n::add-path::b", 1, None, "m"),
            "::error file=a\\n%3A%3Aadd-path%3A%3Ab,line=1::m\n"
        );
        assert_eq!(annotation(Level::Notice, "x.rs", 1, None, "m"), "::notice file=x.rs,line=1::m\n");
        assert_eq!(annotation(Level::Warning, "x.rs", 1, None, "m"), "::warning file=x.rs,line=1::m\n");
    }

    #[test]
    fn the_marks_around_foreign_text_cannot_be_guessed() {
        let text = "+ ::error ::no\n";
        let (first, second) = (quoted(text), quoted(text));
        assert_ne!(first, second);
        let token = first.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
        assert_eq!(first, format!("::stop-commands::{token}\n{text}::{token}::\n"));
    }
}
