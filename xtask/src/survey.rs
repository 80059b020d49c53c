//! `cargo xtask survey`: measures on a folder of documents how general the generator is.
//!
//! Each document is generated in a process of its own, so that its time and memory can be told and a crash is one row of
//! the table. The crates are members of one scratch workspace, checked by one run of cargo over one target folder.

mod check;
mod one;
mod table;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

use crate::outcome::{Failure, Verdict};
use crate::paths::{self, NamedPath};
use crate::terminal;
pub(crate) use check::measured_rustc;
use one::{Generation, Reading};
pub(crate) use one::{OneArgs, run as run_one};

/// The file that marks a scratch folder. Stale files in a marked folder may be deleted.
const MARK: &str = ".xtask-survey";

const AFTER_HELP: &str = "\
Examples:
  cargo xtask survey ../documents
      Show which of these documents become a crate, and which of the crates compile.
  cargo xtask survey ../documents --json --clippy > survey.json
      The same for a program, with clippy's lints.

The folder:
  Every .yaml, .yml and .json file in it is a document; sub-folders are ignored. NAME.overlay.yaml is the overlay over
  NAME.yaml, not a document.

The network:
  The first survey fetches what the generated crates depend on. Later ones need no network.

Exit codes:
  0  Every crate that was generated compiles. Documents may have been refused; the table says why.
  1  A crate does not compile, or the generator did not come to an end.
  2  Wrong usage, a file that could not be read or written, or cargo could not be run.";

/// Generate a crate from each document of a folder, and compile them.
///
/// Shows for each document its version, the size of the crate, the counts of errors, warnings and notes, time and memory, and
/// whether the crate compiles. Adds the reason for each refused document, and the first error of each crate that does not compile.
#[derive(clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The folder with the documents
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Write the findings to standard output as JSON, an array with an object for each document
    #[arg(long)]
    json: bool,

    /// Run clippy's default lints as well as the compiler's
    #[arg(long)]
    clippy: bool,

    /// Run N jobs at a time [default: the number of processors]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Give up on a document after this time
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,

    /// The folder for the crates and their build output [default: survey in cargo's target folder]
    ///
    /// A new or empty folder, or one that a survey has used before.
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

/// A document of the folder.
struct Subject {
    /// The name of its file.
    file: String,
    path: PathBuf,
    /// The name of its crate, which no other has: cargo takes crates of one name in one target folder for one crate.
    package: String,
}

/// The findings about a document.
struct Finding {
    subject: Subject,
    generation: Generation,
    /// The compiler's verdict on its crate, if there is one.
    checked: Option<check::Checked>,
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, when a file cannot be read or written, and when cargo cannot be run.
pub(crate) fn run(args: &Args) -> Result<Verdict, Failure> {
    let subjects = subjects(&args.folder)?;
    let scratch = Scratch::open(args.scratch.as_deref())?;
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);

    scratch.forget_others(&subjects)?;
    let generations = generate(&subjects, &scratch, jobs, args.timeout)?;
    let packages: HashSet<&str> = subjects
        .iter()
        .zip(&generations)
        .filter(|(_, generation)| generation.is_crate())
        .map(|(subject, _)| subject.package.as_str())
        .collect();
    let lints = if args.clippy { check::Lints::Clippy } else { check::Lints::Compiler };
    let mut checked = check::check(&scratch, &packages, lints, jobs)?;

    let findings: Vec<Finding> = subjects
        .into_iter()
        .zip(generations)
        .map(|(subject, generation)| {
            let checked = checked.remove(&subject.package);
            Finding { subject, generation, checked }
        })
        .collect();
    if args.json {
        terminal::output_json(&table::json(&findings)?)?;
    } else {
        terminal::output(&table::text(&findings))?;
    }
    let failed = |finding: &Finding| match (&finding.generation.reading, &finding.checked) {
        (Reading::Crashed { .. }, _) => true,
        (_, Some(checked)) => !checked.compiles,
        _ => false,
    };
    Ok(if findings.iter().any(failed) { Verdict::Problems } else { Verdict::Fine })
}

/// The documents of a folder, in the order of their names.
fn subjects(folder: &Path) -> Result<Vec<Subject>, Failure> {
    let failed = |error: io::Error| Failure(format!("{}: {error}", paths::show(folder)));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).map(str::to_ascii_lowercase);
        let is_document = kind.is_some_and(|kind| ["yaml", "yml", "json"].contains(&kind.as_str()));
        if let Some(file) = path.file_name().and_then(|file| file.to_str())
            && is_document
            && !file.ends_with(".overlay.yaml")
            && !file.starts_with('.')
            && path.is_file()
        {
            files.push((file.to_owned(), path));
        }
    }
    if files.is_empty() {
        return Err(Failure(format!("{}: there is no .yaml, .yml or .json file in it", paths::show(folder))));
    }
    files.sort();
    let mut taken: HashSet<String> = HashSet::new();
    let subject = |(file, path): (String, PathBuf)| {
        let stem: String = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let wanted = format!("survey-{}", slug(&stem));
        let further = (2..).map(|number| format!("{wanted}-{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(further);
        let package = names.find(|name| !taken.contains(name)).unwrap_or_default();
        taken.insert(package.clone());
        Subject { file, path, package }
    };
    Ok(files.into_iter().map(subject).collect())
}

/// A text as part of a package's name.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "document".to_owned() } else { slug.to_owned() }
}

/// The folder in which the crates are written and compiled.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn open(given: Option<&Path>) -> Result<Self, Failure> {
        let folder = given.map_or_else(default_folder, Path::to_owned);
        let folder = std::path::absolute(&folder).map_err(|error| failure(&folder, &error))?;
        fs::create_dir_all(&folder).map_err(|error| failure(&folder, &error))?;
        let mut entries = fs::read_dir(&folder).map_err(|error| failure(&folder, &error))?;
        if entries.next().is_some() && !folder.join(MARK).exists() {
            return Err(Failure(format!(
                "{} is neither empty nor the scratch folder of a survey, and stale files there would be deleted: name another folder",
                paths::show(&folder)
            )));
        }
        let scratch = Self { folder };
        scratch.write(MARK, "The scratch folder of `cargo xtask survey`, which deletes what is stale in it.\n")?;
        for folder in ["crates", "results", "rustc"] {
            let folder = scratch.folder.join(folder);
            fs::create_dir_all(&folder).map_err(|error| failure(&folder, &error))?;
        }
        Ok(scratch)
    }

    fn krate(&self, package: &str) -> PathBuf {
        self.folder.join("crates").join(package)
    }

    fn result(&self, package: &str, kind: &str) -> PathBuf {
        self.folder.join("results").join(format!("{package}.{kind}"))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(|error| failure(&path, &error))
    }

    /// Deletes the crates of documents that are not part of this survey.
    fn forget_others(&self, subjects: &[Subject]) -> Result<(), Failure> {
        let packages: HashSet<&str> = subjects.iter().map(|subject| subject.package.as_str()).collect();
        let crates = self.folder.join("crates");
        for entry in fs::read_dir(&crates).map_err(|error| failure(&crates, &error))? {
            let entry = entry.map_err(|error| failure(&crates, &error))?;
            if !entry.file_name().to_str().is_some_and(|name| packages.contains(name)) {
                one::remove(&entry.path())?;
            }
        }
        Ok(())
    }
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    Failure(format!("{}: {error}", paths::show(path)))
}

/// `survey` in the folder that cargo builds into.
fn default_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| paths::workspace().join("target"), PathBuf::from);
    target.join("survey")
}

/// Generates all crates, as many at a time as there are jobs.
fn generate(subjects: &[Subject], scratch: &Scratch, jobs: usize, timeout: u64) -> Result<Vec<Generation>, Failure> {
    let bar = bar(subjects.len(), "generated");
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Generation, Failure>)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((index, subject)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            subjects.get(index).map(|subject| (index, subject))
        } {
            bar.set_message(paths::show(Path::new(&subject.file)));
            let generation = one::generate(subject, scratch, timeout);
            bar.inc(1);
            // A poisoned lock means that another thread has panicked, which ends the scope in any case.
            if let Ok(mut done) = done.lock() {
                done.push((index, generation));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.min(subjects.len()) {
            scope.spawn(work);
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, generation)| generation).collect()
}

/// A progress bar on standard error; none where that is no terminal.
fn bar(length: usize, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {prefix} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(what.to_owned());
    bar
}

/// A file in the workspace that a scratch workspace needs as it is.
fn lock_file() -> NamedPath {
    NamedPath::in_workspace("Cargo.lock")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{slug, subjects};

    #[test]
    fn a_file_name_becomes_part_of_a_package_name() {
        assert_eq!(slug("Twilio API (v2010)"), "twilio-api-v2010");
        assert_eq!(slug("__é__"), "document");
        assert_eq!(slug(&"a".repeat(1000)).len(), 60);
    }

    #[test]
    fn each_document_has_a_crate_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.yaml", "a.json", "A.yml", "a_2.yaml", "notes.txt", "a.overlay.yaml", ".hidden.yaml"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("parts.yaml")).unwrap();
        let found = subjects(folder.path()).unwrap();
        let names: Vec<(&str, &str)> =
            found.iter().map(|subject| (subject.file.as_str(), subject.package.as_str())).collect();
        assert_eq!(
            names,
            [("A.yml", "survey-a"), ("a.json", "survey-a-2"), ("a.yaml", "survey-a-3"), ("a_2.yaml", "survey-a-2-2")]
        );
    }

    #[test]
    fn a_folder_without_documents_is_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        assert!(subjects(folder.path()).is_err_and(|failure| failure.to_string().contains("no .yaml")));
        assert!(subjects(&folder.path().join("missing")).is_err());
    }
}
