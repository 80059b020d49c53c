//! The two streams. What a program would read (a diff, an annotation) goes to standard output, what a person reads to
//! standard error. Colours are stripped where the stream is no terminal or the user does not want them.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};

use crate::Failure;

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const BOLD: &str = "\x1b[1m";
const BOLD_RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// Writes text, which may hold colours and brings its own line ends, to standard output.
///
/// A reader that has seen enough (`… | head`) is no failure; a full disk is.
pub(crate) fn output(text: &str) -> Result<(), Failure> {
    let mut stream = anstream::stdout();
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure(format!("standard output: {error}"))),
        _ => Ok(()),
    }
}

/// Writes text, which may hold colours, to standard error, and ends it with a line end if it has none.
pub(crate) fn message(text: &str) {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    // There is nowhere left to report that standard error itself is gone; the exit code still tells.
    _ = write!(anstream::stderr(), "{text}{end}");
}

/// Writes why the task stopped to standard error.
pub(crate) fn error(failure: &Failure) {
    message(&format!("{BOLD_RED}error{RESET}{BOLD}:{RESET} {failure}"));
}

/// Colours a line of a unified diff by its first character.
pub(crate) fn diff_line(line: &str) -> String {
    let colour = match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => BOLD,
        [b'-', ..] => RED,
        [b'+', ..] => GREEN,
        [b'@', ..] => CYAN,
        _ => return format!("{line}\n"),
    };
    format!("{colour}{line}{RESET}\n")
}

/// Makes the control characters of a text visible, tabs apart: a file name or a line of a document must not be able
/// to steer the terminal it is shown on.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |character: char| character.is_control() && character != '\t';
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if steers(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// As [`harmless`], for a text of several lines, which it stays.
pub(crate) fn harmless_lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn control_characters_are_shown_and_not_sent() {
        assert_eq!(harmless("a\tb – c"), "a\tb – c");
        assert_eq!(harmless("\x1b[2Ja\rb\u{9b}"), r"\u{1b}[2Ja\rb\u{9b}");
    }
}
