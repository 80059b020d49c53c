//! Requests that change something: shown by `--dry-run` instead of sent, and confirmed before something is deleted.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use clap::{Arg, ArgAction, ArgMatches};

use super::failure::{Code, Failure};
use super::output::Output;
use super::table_output::printable;
use crate::runtime::{Call, Error, Operation};

/// The options of an operation, by its method.
pub(crate) fn options(operation: &Operation) -> Vec<Arg> {
    let mut options = Vec::new();
    if changes(operation) {
        options.push(
            Arg::new("dry-run")
                .long("dry-run")
                .short('n')
                .action(ArgAction::SetTrue)
                .help("Shows the request and does not send it")
                .long_help(
                    "Shows the request, without credentials and without the values of options that are secret, and does not \
                     send it. A secret within a `--body` is shown as given",
                ),
        );
    }
    if deletes(operation) {
        options.push(Arg::new("yes").long("yes").short('y').action(ArgAction::SetTrue).help("Does not ask"));
    }
    options
}

fn changes(operation: &Operation) -> bool {
    !["GET", "HEAD", "OPTIONS", "TRACE"].contains(&operation.method)
}

fn deletes(operation: &Operation) -> bool {
    operation.method == "DELETE"
}

/// A request as it would be sent, without credentials and without the values of options that are secret. A secret within a
/// `--body` is shown as given.
struct Shown {
    /// The method and the URL.
    line: String,
    content_type: Option<String>,
    body: Option<String>,
}

impl Shown {
    fn of(call: &Call) -> Result<Self, Failure> {
        let encoded = call.0.request(&mut Vec::new());
        let (request, redactor) = encoded.map_err(|details| Failure::from(Error::<()>::new(details, None)))?;
        let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
        let body = request.body().map(|body| match body.as_bytes().map(std::str::from_utf8) {
            Some(Ok(text)) => redactor.redact(text, false),
            Some(Err(_)) => format!("({} bytes)", body.as_bytes().unwrap_or_default().len()),
            None => "(a stream of parts)".to_owned(),
        });
        Ok(Self {
            line: format!("{} {}", request.method(), redactor.redact(request.url().as_str(), false)),
            content_type: content_type.map(str::to_owned),
            body: body.filter(|body| !body.is_empty()),
        })
    }
}

/// Shows the request and returns `true` if it is not to be sent; otherwise asks before something is deleted.
pub(crate) fn is_only_shown(call: &Call, operation: &Operation, matches: &ArgMatches) -> Result<bool, Failure> {
    if changes(operation) && matches.get_flag("dry-run") {
        let shown = Shown::of(call)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{}", printable(&shown.line))?;
        if let (Some(content_type), Some(body)) = (&shown.content_type, &shown.body) {
            writeln!(out, "Content-Type: {}\n\n{body}", printable(content_type))?;
        }
        out.flush()?;
        writeln!(io::stderr(), "Nothing was sent.")?;
        return Ok(true);
    }
    if deletes(operation) && !matches.get_flag("yes") {
        let line = printable(&Shown::of(call)?.line);
        if !is_terminal() {
            return Err(unconfirmed("the request was not confirmed, and nothing was changed"));
        }
        ask(&Output::of(matches), &format!("{line}\nSend this request?"))?;
    }
    Ok(false)
}

/// Whether there is somebody to ask.
pub(crate) fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// The failure of a command that changes something, where nobody can be asked.
pub(crate) fn unconfirmed(message: &str) -> Failure {
    Failure::new(Code::Incomplete, message)
        .hint("standard input is no terminal to ask at: add `--yes`, or look first with `--dry-run`")
}

/// Asks a question on standard error. Fails unless the answer is yes.
pub(crate) fn ask(output: &Output, question: &str) -> Result<(), Failure> {
    let mut err = output.errors();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Code::Incomplete, "not confirmed; nothing was changed"))
}
