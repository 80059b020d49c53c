//! All crates in one workspace, compiled by one run of cargo.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wait4::Wait4 as _;

use super::{Scratch, bar, failure, lock_file};
use crate::outcome::Failure;
use crate::{cargo, harmless, terminal};

/// The folder that the wrapped compiler notes its use of time and memory in; set, it makes this program the compiler.
const MEASURES: &str = "XTASK_SURVEY_MEASURES";

/// The lints that are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lints {
    /// The compiler's.
    Compiler,
    /// Clippy's default ones too.
    Clippy,
}

/// The compiler's verdict on a crate.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) compiles: bool,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// The first error, or else the first warning: what the compiler shows, without colours.
    pub(super) first: Option<String>,
    /// The cost of compiling this crate alone, if it was measured.
    pub(super) measure: Option<Measure>,
}

/// The cost of a process.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Measure {
    /// Of the processor, in milliseconds.
    pub(super) cpu_ms: u64,
    /// The most memory held at a time, in bytes.
    pub(super) memory: u64,
}

/// Compiles the packages.
///
/// # Errors
///
/// When cargo cannot be run or finds fault with a manifest, and when a file cannot be read or written.
pub(super) fn check(
    scratch: &Scratch,
    packages: &HashSet<&str>,
    lints: Lints,
    jobs: usize,
) -> Result<HashMap<String, Checked>, Failure> {
    let mut checked: HashMap<String, Checked> =
        packages.iter().map(|package| ((*package).to_owned(), Checked::default())).collect();
    if packages.is_empty() {
        return Ok(checked);
    }
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[profile.dev]\ndebug = false\n",
    )?;
    let lock = lock_file();
    fs::copy(&lock.path, scratch.folder.join("Cargo.lock")).map_err(|error| failure(&lock.path, &error))?;

    fetch(scratch)?;
    let log = scratch.folder.join("cargo.log");
    let stderr = File::create(&log).map_err(|error| failure(&log, &error))?;
    let mut child = command(scratch, lints, jobs)?
        .stderr(stderr)
        .spawn()
        .map_err(|error| Failure(format!("cargo could not be started: {error}")))?;
    let bar = bar(packages.len(), "compiled");
    let mut known = false;
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let line = line.map_err(|error| Failure(format!("cargo: {error}")))?;
        let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
        known = true;
        let Some(entry) = package(&message).and_then(|package| checked.get_mut(package)) else { continue };
        if take(entry, &message) {
            bar.inc(1);
            bar.set_message(package(&message).unwrap_or_default().to_owned());
        }
    }
    let status = child.wait().map_err(|error| Failure(format!("cargo: {error}")))?;
    bar.finish_and_clear();
    if !known && !status.success() {
        let said = fs::read_to_string(&log).unwrap_or_default();
        return Err(Failure(format!("cargo could not check the crates:\n{}", said.trim_end())));
    }
    for (package, checked) in &mut checked {
        if lints == Lints::Compiler {
            checked.measure = measure(scratch, package);
        }
        if !checked.compiles && checked.first.is_none() {
            checked.first = Some(format!("the compiler said nothing of it: see {}", crate::paths::show(&log)));
        }
    }
    Ok(checked)
}

/// Fetches what the crates depend on. The lock file is that of this repository, so cargo stays off the network if everything
/// is there already.
fn fetch(scratch: &Scratch) -> Result<(), Failure> {
    let fetched = cargo::command().arg("fetch").current_dir(&scratch.folder).stdin(Stdio::null()).output();
    let fetched = fetched.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    if fetched.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&fetched.stderr).trim_end().to_owned();
    Err(Failure(format!(
        "cargo could not fetch what the generated crates depend on:\n{said}\n\
         connect to the network and run this again; afterwards, surveys need none"
    )))
}

fn command(scratch: &Scratch, lints: Lints, jobs: usize) -> Result<Command, Failure> {
    let mut command = cargo::command();
    command
        .arg(match lints {
            Lints::Compiler => "check",
            Lints::Clippy => "clippy",
        })
        .args(["--offline", "--workspace", "--keep-going", "--message-format=json", "--jobs"])
        .arg(jobs.to_string())
        .current_dir(&scratch.folder)
        .env("CARGO_TARGET_DIR", scratch.folder.join("target"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    // What cargo told this program of itself is not so of the crates.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    if lints == Lints::Compiler {
        let executable = std::env::current_exe().map_err(|error| Failure(error.to_string()))?;
        command.env("RUSTC_WORKSPACE_WRAPPER", executable).env(MEASURES, scratch.folder.join("rustc"));
    }
    Ok(command)
}

/// The package that a message of cargo's is about, by the folder that its crate is in.
fn package(message: &Value) -> Option<&str> {
    let manifest = Path::new(message.get("manifest_path")?.as_str()?);
    manifest.parent()?.file_name()?.to_str()
}

/// Notes what a message says of a crate; whether the crate is done.
fn take(entry: &mut Checked, message: &Value) -> bool {
    match message.get("reason").and_then(Value::as_str) {
        Some("compiler-artifact") => {
            entry.compiles = true;
            true
        }
        Some("compiler-message") => {
            let said = |key: &str| message.get("message").and_then(|message| message.get(key)).and_then(Value::as_str);
            let is_error = match said("level") {
                Some("warning") => false,
                Some(level) if level.starts_with("error") => true,
                _ => return false,
            };
            // "aborting due to 3 previous errors", "3 warnings emitted": of no place.
            let spans = message.pointer("/message/spans").and_then(Value::as_array);
            if spans.is_none_or(Vec::is_empty) && (entry.errors > 0 || !is_error) {
                return false;
            }
            let first_of_its_kind = if is_error { entry.errors == 0 } else { entry.errors + entry.warnings == 0 };
            if first_of_its_kind {
                entry.first = said("rendered").map(|text| harmless::plain_lines(text.trim_end()));
            }
            if is_error {
                entry.errors += 1;
            } else {
                entry.warnings += 1;
            }
            false
        }
        _ => false,
    }
}

/// The cost that was noted when this crate was last compiled, which may have been in an earlier survey.
fn measure(scratch: &Scratch, package: &str) -> Option<Measure> {
    let path = scratch.folder.join("rustc").join(format!("{}.json", package.replace('-', "_")));
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Whether this process was started by cargo in the place of the compiler; if so, the compiler's exit code, after what it
/// took has been noted.
pub(crate) fn measured_rustc() -> Option<ExitCode> {
    let folder = PathBuf::from(std::env::var_os(MEASURES)?);
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next()?;
    let arguments: Vec<_> = arguments.collect();
    let name = arguments.iter().skip_while(|argument| *argument != "--crate-name").nth(1);
    let name = name.and_then(|name| name.to_str()).filter(|name| *name != "___").map(str::to_owned);
    let used = Command::new(rustc).args(&arguments).env_remove(MEASURES).spawn().and_then(|mut child| child.wait4());
    let used = match used {
        Ok(used) => used,
        Err(error) => {
            terminal::error(&Failure(format!("the compiler could not be started: {error}")));
            return Some(ExitCode::from(2));
        }
    };
    if let Some(name) = name {
        let spent: Duration = used.rusage.utime + used.rusage.stime;
        let cpu_ms = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
        let measure = Measure { cpu_ms, memory: used.rusage.maxrss };
        // A measure that cannot be kept is no reason not to compile.
        _ = serde_json::to_vec(&measure).map(|text| fs::write(folder.join(format!("{name}.json")), text));
    }
    let code = used.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(101);
    Some(ExitCode::from(code))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Checked, package, take};

    #[test]
    fn the_first_error_counts_for_more_than_the_first_warning() {
        let said = |level: &str, rendered: &str, spans: usize| {
            json!({
                "reason": "compiler-message", "manifest_path": "/x/crates/survey-a/Cargo.toml",
                "message": { "level": level, "rendered": rendered, "spans": vec![json!({}); spans] },
            })
        };
        let mut checked = Checked::default();
        assert_eq!(package(&said("warning", "", 1)), Some("survey-a"));
        assert!(!take(&mut checked, &said("warning", "warning: unused", 1)));
        assert_eq!(checked.first.as_deref(), Some("warning: unused"));
        take(&mut checked, &said("note", "note: here", 1));
        take(&mut checked, &said("error", "error: one\n", 1));
        take(&mut checked, &said("error", "error: two", 1));
        take(&mut checked, &said("error", "error: aborting due to 2 previous errors", 0));
        assert_eq!((checked.errors, checked.warnings), (2, 1));
        assert_eq!(checked.first.as_deref(), Some("error: one"));
        assert!(!checked.compiles);
        assert!(take(&mut checked, &json!({ "reason": "compiler-artifact" })));
        assert!(checked.compiles);
    }
}
