//! The two output streams. What a program reads (a diff, an annotation) goes to standard output, messages for people go to
//! standard error. Colours are stripped where the stream is no terminal or the user does not want them.
//!
//! Nothing else in this program prints, so that all text passes through [`harmless`].

use std::io::{ErrorKind, Write};

use crate::harmless;
use crate::outcome::Failure;

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const BOLD: &str = "\x1b[1m";
const BOLD_RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// Writes text to standard output. The text may hold colours and brings its own line ends.
///
/// A reader that has seen enough (`… | head`) is no failure; a full disk is.
pub(crate) fn output(text: &str) -> Result<(), Failure> {
    write(&harmless::lines(text))
}

/// Writes JSON to standard output.
pub(crate) fn output_json(text: &str) -> Result<(), Failure> {
    write(&harmless::json(text))
}

/// Writes workflow commands, which [`github`](crate::github) made, to standard output.
pub(crate) fn output_commands(commands: &str) -> Result<(), Failure> {
    write(commands)
}

fn write(text: &str) -> Result<(), Failure> {
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
    _ = write!(anstream::stderr(), "{}{end}", harmless::lines(text));
}

/// Writes why the task stopped to standard error.
pub(crate) fn error(failure: &Failure) {
    message(&format!("{BOLD_RED}error{RESET}{BOLD}:{RESET} {failure}"));
}

/// Whether standard error shows colours.
pub(crate) fn has_colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
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
