//! Workflow commands of GitHub Actions: annotations, which its runner reads from standard output as
//! `::error file=…,line=…::message`.

use std::collections::hash_map::RandomState;
use std::env;
use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::path::Path;

use crate::harmless;

/// The severity of an annotation.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    Error,
    Warning,
    Notice,
}

/// Whether this runs as a step of a workflow.
pub(crate) fn is_on() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// One annotation, with its line end. Lines and columns count from 1.
pub(crate) fn annotation(level: Level, file: &str, line: usize, column: Option<usize>, message: &str) -> String {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let mut text = format!("::{level} file={},line={line}", escape_property(file));
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
    use super::{Level, annotation, quoted};

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
