//! Cargo, run by this program.

use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::{env, thread};

use crate::outcome::Failure;
use crate::paths::NamedPath;
use crate::terminal;

/// The cargo that runs this program, or the one that is installed.
pub(crate) fn command() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command and passes on what it prints, made harmless: compilers and tests quote files and documents.
pub(crate) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    run_with(command, |line| {
        // A reader who has gone does not stop the command.
        _ = terminal::output(&String::from_utf8_lossy(line));
    })
}

/// Runs a command, hands each line of its standard output to `take`, and passes on its standard error, made harmless.
pub(crate) fn run_with(command: &mut Command, take: impl FnMut(&[u8])) -> io::Result<ExitStatus> {
    if terminal::has_colours() && env::var_os("CARGO_TERM_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(|| each_line(errors, |line| terminal::message(&String::from_utf8_lossy(line))));
        each_line(output, take);
    });
    child.wait()
}

/// Calls `take` with each line, without its line end but one of `\n`.
fn each_line(stream: Option<impl Read>, mut take: impl FnMut(&[u8])) {
    let Some(mut stream) = stream.map(BufReader::new) else { return };
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        take(&line);
        line.clear();
    }
}

/// The folder that cargo builds this workspace into.
///
/// # Errors
///
/// When cargo cannot be run, or does not tell the folder.
pub(crate) fn target_folder() -> Result<PathBuf, Failure> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
    let output = command().args(arguments).current_dir(NamedPath::in_workspace(".").path).output();
    let output = output.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure(format!("`cargo metadata` gives no JSON: {error}")))?;
    let folder = metadata["target_directory"].as_str();
    folder.map(PathBuf::from).ok_or_else(|| Failure("`cargo metadata` names no target folder".to_owned()))
}
