//! One document, in a process of its own: what the process does, and what the survey learns from it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use qrs_codegen::diagnostic::Severity;
use qrs_codegen::report::{Report, Style};
use qrs_codegen::{Input, Source};
use serde::{Deserialize, Serialize};
use wait4::Wait4 as _;

use super::{Scratch, Subject, failure};
use crate::crate_folder::{self, UnknownFiles};
use crate::outcome::{Failure, Verdict};
use crate::paths::NamedPath;
use crate::referenced_files::ReferencedFiles;
use crate::{harmless, input, paths};

/// The exit code of a process that gave up at its timeout, as `timeout` of coreutils has it.
const TIMED_OUT: i32 = 124;

/// The origin that generated files name.
const COMMAND: &str = "cargo xtask survey";

/// The most errors of a refused document that are kept. All of them are in its report.
const REASONS: usize = 20;

/// Generate a crate from one document, and note what came of it: a process that `survey` starts.
#[derive(clap::Args)]
#[command(hide = true)]
pub(crate) struct OneArgs {
    /// The document
    document: PathBuf,
    /// The folder of the crate
    out: PathBuf,
    /// The name of the crate's package
    package: String,
    /// The file for the findings
    result: PathBuf,
    /// The seconds after which to give up
    timeout: u64,
}

/// The findings of a process about its document.
#[derive(Serialize, Deserialize)]
pub(super) enum Reading {
    /// A crate was written.
    Generated {
        openapi: Option<String>,
        operations: usize,
        types: usize,
        lines: usize,
        errors: usize,
        warnings: usize,
        notes: usize,
    },
    /// The document was refused.
    Refused { openapi: Option<String>, errors: usize, warnings: usize, notes: usize, reasons: Vec<Reason> },
    /// The generator panicked, overran its stack, or did not come to an end.
    Crashed { openapi: Option<String>, how: String },
}

/// An error of a document.
#[derive(Serialize, Deserialize)]
pub(super) struct Reason {
    pub(super) code: String,
    /// `file:line:column`, if it has a place.
    pub(super) place: Option<String>,
    pub(super) message: String,
}

/// A finished process, with its cost.
pub(super) struct Generation {
    pub(super) reading: Reading,
    /// Of the processor.
    pub(super) time: Duration,
    /// The most memory that was held at a time, in bytes.
    pub(super) memory: u64,
}

impl Generation {
    pub(super) fn is_crate(&self) -> bool {
        matches!(self.reading, Reading::Generated { .. })
    }
}

/// Runs the task of one process.
///
/// # Errors
///
/// When a file cannot be read or written.
pub(crate) fn run(args: &OneArgs) -> Result<Verdict, Failure> {
    let timeout = Duration::from_secs(args.timeout);
    thread::spawn(move || {
        thread::sleep(timeout);
        std::process::exit(TIMED_OUT);
    });
    let name = args.document.file_name().map_or_else(String::new, |name| paths::show(Path::new(name)));
    let document = NamedPath { path: args.document.clone(), shown: name };
    let overlay = NamedPath::given(&args.document.with_extension("overlay.yaml"));
    let text = match input::read(&document) {
        Ok(text) => text,
        // Not the generator's, but a reason all the same: a document that is no text is one of the survey.
        Err(Failure(message)) => {
            let reason = Reason { code: "unreadable".to_owned(), place: None, message };
            let reading = Reading::Refused { openapi: None, errors: 1, warnings: 0, notes: 0, reasons: vec![reason] };
            return note(args, &reading);
        }
    };
    let overlay_text = if overlay.path.exists() { Some(input::read(&overlay)?) } else { None };
    let overlay = overlay_text.as_deref().map(|text| Source { name: &overlay.shown, text });
    let input = Input {
        document: Source { name: &document.shown, text: &text },
        overlays: overlay.as_slice(),
        files: &ReferencedFiles::beside(&document),
        modules: &[],
        command: COMMAND,
    };
    let openapi = version(&text);
    let counts = |report: &Report| [Severity::Error, Severity::Warning, Severity::Note].map(|kind| report.count(kind));
    match qrs_codegen::generate(&input) {
        Ok(mut generated) => {
            keep(args, &generated.report)?;
            if let Some(manifest) = generated.files.get_mut("Cargo.toml") {
                *manifest = renamed(manifest, &args.package);
            }
            let lines =
                generated.files.iter().filter(|(name, _)| Path::new(name).extension().is_some_and(|e| e == "rs"));
            let lines = lines.map(|(_, text)| text.lines().count()).sum();
            let out = NamedPath::given(&args.out);
            crate_folder::write(&out, &generated.files, COMMAND, UnknownFiles::Deleted)?;
            let [errors, warnings, notes] = counts(&generated.report);
            let qrs_codegen::Size { operations, types } = generated.size;
            note(args, &Reading::Generated { openapi, operations, types, lines, errors, warnings, notes })
        }
        Err(report) => {
            keep(args, &report)?;
            let [errors, warnings, notes] = counts(&report);
            note(args, &Reading::Refused { openapi, errors, warnings, notes, reasons: reasons(&report) })
        }
    }
}

fn reasons(report: &Report) -> Vec<Reason> {
    let errors = report.located().filter(|(found, _)| found.severity == Severity::Error).take(REASONS);
    errors
        .map(|(found, position)| Reason {
            code: found.problem.code().to_owned(),
            place: position.map(|position| position.to_string()),
            message: harmless::line(&found.problem.to_string()).into_owned(),
        })
        .collect()
}

fn note(args: &OneArgs, reading: &Reading) -> Result<Verdict, Failure> {
    let text = serde_json::to_string(reading).map_err(|error| Failure(error.to_string()))?;
    fs::write(&args.result, text).map_err(|error| failure(&args.result, &error))?;
    Ok(Verdict::Fine)
}

/// Keeps the whole report beside the findings.
fn keep(args: &OneArgs, report: &Report) -> Result<(), Failure> {
    let path = args.result.with_extension("report");
    fs::write(&path, report.render(Style::Plain)).map_err(|error| failure(&path, &error))
}

/// The manifest of a package of another name. The generator writes the name in the first line that begins so.
fn renamed(manifest: &str, package: &str) -> String {
    let mut done = false;
    let line = |line: &str| {
        if !done && line.starts_with("name = ") {
            done = true;
            return format!("name = \"{package}\"\n");
        }
        format!("{line}\n")
    };
    manifest.lines().map(line).collect()
}

/// The version of the specification that a text claims, whether it can be read or not.
fn version(text: &str) -> Option<String> {
    let key = ["openapi", "swagger"].into_iter().filter_map(|key| {
        let found = text.match_indices(key).find(|(at, _)| {
            let before = text[..*at].trim_end_matches(['"', '\'', ' ', '\t', '\u{feff}']);
            let after = text[at + key.len()..].trim_start_matches(['"', '\'', ' ']);
            (before.is_empty() || before.ends_with(['\n', '{', ','])) && after.starts_with(':')
        });
        found.map(|(at, _)| &text[at + key.len()..])
    });
    let value = key.into_iter().next()?.trim_start_matches(['"', '\'', ' ', ':']);
    let version: String =
        value.chars().take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).take(16).collect();
    Some(version).filter(|version| !version.is_empty())
}

/// Generates the crate of `subject` in a process of its own.
///
/// # Errors
///
/// When the process cannot be started, or a file cannot be read or written.
pub(super) fn generate(subject: &Subject, scratch: &Scratch, timeout: u64) -> Result<Generation, Failure> {
    let result = scratch.result(&subject.package, "json");
    let out = scratch.krate(&subject.package);
    for stale in [&result, &result.with_extension("report")] {
        remove(stale)?;
    }
    let said = scratch.result(&subject.package, "stderr");
    let executable = std::env::current_exe().map_err(|error| Failure(error.to_string()))?;
    let stderr = File::create(&said).map_err(|error| failure(&said, &error))?;
    let started = Instant::now();
    let mut child = Command::new(&executable)
        .arg("survey-one")
        .args([&subject.path, &out])
        .arg(&subject.package)
        .arg(&result)
        .arg(timeout.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(|error| failure(&executable, &error))?;
    let used = child.wait4().map_err(|error| failure(&executable, &error))?;
    let reading = match fs::read(&result) {
        Ok(text) if used.status.success() => {
            serde_json::from_slice(&text).map_err(|error| Failure(format!("{}: {error}", paths::show(&result))))?
        }
        _ => {
            let how = crash(used.status, started.elapsed(), &fs::read_to_string(&said).unwrap_or_default());
            let openapi = fs::read(&subject.path).ok().and_then(|text| version(&String::from_utf8_lossy(&text)));
            Reading::Crashed { openapi, how }
        }
    };
    if !matches!(reading, Reading::Generated { .. }) {
        // What an earlier survey made of it says nothing about this one.
        remove(&out)?;
    }
    Ok(Generation { reading, time: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss })
}

fn crash(status: ExitStatus, after: Duration, said: &str) -> String {
    let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
    let first = harmless::line(first);
    match status.code() {
        Some(TIMED_OUT) => format!("no end after {} s", after.as_secs()),
        Some(code) => format!("exit code {code}: {first}"),
        None => format!("{status}: {first}"),
    }
}

/// Deletes a file or folder, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), Failure> {
    let is_folder = match path.symlink_metadata() {
        Ok(found) => found.is_dir(),
        Err(_) => return Ok(()),
    };
    let removed = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|error| failure(path, &error))
}

#[cfg(test)]
mod tests {
    use super::{renamed, version};

    #[test]
    fn the_version_is_found_in_either_notation() {
        let found = |text: &str| version(text).unwrap_or_default();
        assert_eq!(found("openapi: 3.1.0\n"), "3.1.0");
        assert_eq!(found("# openapi of us\ninfo: {}\nopenapi: \"3.0.3\"\n"), "3.0.3");
        assert_eq!(found("{\"swagger\":\"2.0\",\"info\":{}}"), "2.0");
        assert_eq!(found("{ \"info\": {}, \"openapi\" : \"3.1.1\" }"), "3.1.1");
        assert_eq!(found("title: about openapi"), "");
    }

    #[test]
    fn only_the_package_is_renamed() {
        let manifest = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[lib]\nname = \"b\"\n";
        assert_eq!(
            renamed(manifest, "survey-a"),
            "[package]\nname = \"survey-a\"\nversion = \"1.0.0\"\n[lib]\nname = \"b\"\n"
        );
    }
}
