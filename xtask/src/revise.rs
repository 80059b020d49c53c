//! `cargo xtask revise`: takes a revised document in, whole or not at all.
//!
//! Everything happens in a copy of what is committed. The working tree is touched at the very end, in one step.

mod release;
mod verification;
mod working_copy;

use std::fmt::Write as _;
use std::path::PathBuf;

use qrs_codegen::changes::Refused;
use qrs_codegen::diagnostic::{Diagnostic, Problem, Severity};

use crate::approvals::Approvals;
use crate::codegen::{self, CRATE, DOCUMENT};
use crate::crate_folder::Lock;
use crate::diff::{self, NamedText, Side, compared};
use crate::git::Git;
use crate::outcome::{Failure, Verdict};
use crate::paths::{NamedPath, quote, show, workspace};
use crate::referenced_files::DocumentFolder;
use crate::terminal;
use release::Release;
use working_copy::WorkingCopy;

const CHANGELOG: &str = "CHANGELOG.md";
const MANIFEST: &str = "Cargo.toml";
const LOCK_FILE: &str = "Cargo.lock";

/// The files that every revision changes, beside the document, the overlays and the client.
const FIXED_FILES: [&str; 3] = [MANIFEST, LOCK_FILE, CHANGELOG];

const AFTER_HELP: &str = "\
Steps:
  1. Compares NEW with spec/licenses.yaml, the committed overlays over both (over NEW those of --overlay), and shows what
     changes.
  2. Copies what is committed into cargo's target folder, and replaces spec/licenses.yaml there by NEW, byte for byte.
  3. Moves the version of qrs-generated as far as the changes ask for: in the overlay that names it and Cargo.toml.
  4. Writes the entry of that version into CHANGELOG.md.
  5. Regenerates qrs-generated.
  6. Compiles everything, then runs the tests.
  7. Brings the changed files into the working tree, all or none.
Read and commit the result. If anything fails or is interrupted before step 7, the working tree stays as it is, with whatever
you changed in it meanwhile.

A revision that breaks callers also breaks hand-written code here: modules in spec/, tests, examples. The files that no longer
compile are named. Take the revision in with --no-test, which leaves out step 6, and adapt that code.

Exit codes:
  0  The revision was taken in, or with --dry-run could be.
  1  The revised document is refused, an action of an overlay no longer applies to it, or the tests failed.
  2  Wrong usage, uncommitted changes, or a file that could not be read or written.";

/// Take in a revised document: replace, regenerate, move the version, write the changelog, test.
#[derive(clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The revised document
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// The overlay for the revised document, where the committed one no longer applies: it takes its place
    ///
    /// If there are several committed overlays, it takes the place of the one with the same file name. May be given more
    /// than once.
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,

    /// Leave out step 6: for a revision that breaks hand-written code, so that you can adapt that code
    #[arg(long)]
    no_test: bool,

    /// Show what changes, the changelog's entry and the files that would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, uncommitted changes, and when a file cannot be read or written. The working tree is then as it was.
pub(crate) fn run(args: &Args) -> Result<Verdict, Failure> {
    if !args.dry_run {
        put_back_what_was_left()?;
        refuse_unless_clean()?;
    }
    let release = match compare(args)? {
        Comparison::Refused => return Ok(Verdict::Problems),
        Comparison::Same => return Ok(Verdict::Fine),
        Comparison::Differs(release) => release,
    };
    terminal::message(&release.summary());
    if args.dry_run {
        let client = codegen::client(workspace(), &release.document, &release.overlay_texts())?;
        let Some(client) = client else {
            return Ok(Verdict::Problems);
        };
        terminal::message(&release.rehearsal(&codegen::rehearsal(&client)?)?);
        return Ok(Verdict::Fine);
    }
    let verdict = take_in(&release, args);
    match verdict {
        Ok(Verdict::Fine) => terminal::message(&release.farewell(!args.no_test)),
        Ok(Verdict::Problems) => terminal::message("nothing was changed: the working tree is as it was"),
        Err(_) => {}
    }
    verdict
}

/// A revised document beside the committed one.
enum Comparison {
    /// One of them is refused, as was shown.
    Refused,
    /// There is nothing to take in.
    Same,
    Differs(Box<Release>),
}

/// Compares the revised document with the committed one, shows what changes, and derives the release.
fn compare(args: &Args) -> Result<Comparison, Failure> {
    let place = NamedPath::given(&args.new);
    let new = NamedText::at(&place)?;
    let old = NamedText::at(&NamedPath::in_workspace(DOCUMENT))?;
    let names = codegen::default_overlays()?;
    let old_overlays =
        names.iter().map(|name| NamedText::at(&NamedPath::in_workspace(name))).collect::<Result<Vec<_>, _>>()?;
    let new_overlays = replacements(&names, &args.overlays)?;
    let texts = |overlays: &[NamedText]| overlays.iter().map(|overlay| overlay.text.clone()).collect::<Vec<_>>();
    if old.text == new.text && texts(&old_overlays) == texts(&new_overlays) {
        terminal::message(&format!("{} is {DOCUMENT} already: there is nothing to take in", new.name));
        return Ok(Comparison::Same);
    }
    let modules = codegen::default_modules()?.iter().map(NamedText::at).collect::<Result<Vec<_>, _>>()?;
    let older = Side::new(&old, &old_overlays, &modules, DocumentFolder::Disk(NamedPath::in_workspace(DOCUMENT).path));
    let newer = Side::new(&new, &new_overlays, &modules, DocumentFolder::Disk(place.path.clone()));
    let mut changes = match compared(&older, &newer) {
        Ok(changes) => changes,
        Err(refused) => {
            diff::show(&refused);
            terminal::message(&format!("nothing was written\n{}", hint(&refused, args)));
            return Ok(Comparison::Refused);
        }
    };
    Approvals::committed()?.apply(&mut changes).iter().for_each(|message| terminal::message(message));
    terminal::output(&changes.to_text())?;
    if newer.has_parts() {
        terminal::message(&format!(
            "nothing was written: {} refers to other files, and {DOCUMENT} is one file. Bundle them first",
            new.name
        ));
        return Ok(Comparison::Refused);
    }
    let overlays = names.into_iter().zip(texts(&new_overlays)).collect();
    Release::new(&changes, &new.text, overlays).map(|release| Comparison::Differs(Box::new(release)))
}

/// Tries the release in a copy of what is committed, then brings it into the working tree.
fn take_in(release: &Release, args: &Args) -> Result<Verdict, Failure> {
    let overlays = release.overlays.iter().map(|(name, _)| name.as_str());
    let copy = WorkingCopy::of_head(&std::iter::once(DOCUMENT).chain(overlays).collect::<Vec<_>>())?;
    for (file, text) in release.texts() {
        copy.write(file, text)?;
    }
    let Some(client) = codegen::client(&copy.root, &release.document, &release.overlay_texts())? else {
        return Ok(Verdict::Problems);
    };
    copy.write_client(&client)?;
    if verification::update_lock_file(&copy)? == Verdict::Problems {
        return Ok(Verdict::Problems);
    }
    if !args.no_test && verification::verify(&copy, &untested(args))? == Verdict::Problems {
        return Ok(Verdict::Problems);
    }
    // It takes milliseconds, and is to be done wholly once it has begun.
    ctrlc::set_handler(|| {}).map_err(|error| Failure(format!("interruptions cannot be held off: {error}")))?;
    copy.adopt(&client)?;
    Ok(Verdict::Fine)
}

/// Puts back what an earlier run set aside that was killed in the middle of its last step.
fn put_back_what_was_left() -> Result<(), Failure> {
    for place in [NamedPath::in_workspace("."), NamedPath::in_workspace(CRATE)] {
        if Lock::is_in(&place) {
            Lock::take(&place)?.release(Ok(()))?;
        }
    }
    Ok(())
}

/// Refuses uncommitted changes: the copy is made of what is committed.
fn refuse_unless_clean() -> Result<(), Failure> {
    let git = Git::in_folder(workspace());
    // With NULs between them, names are as they are.
    let status = git.output(&["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."])?;
    let status = String::from_utf8_lossy(&status);
    let files: Vec<String> = status.split_terminator('\0').map(|line| format!("  {}", show(line.as_ref()))).collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "there are uncommitted changes, and a revision is taken in over what is committed: commit or stash them first\n{}",
        files.join("\n")
    )))
}

/// The overlays for the revised document: the committed ones, those that are `given` in their places.
fn replacements(committed: &[String], given: &[PathBuf]) -> Result<Vec<NamedText>, Failure> {
    let mut places: Vec<NamedPath> = committed.iter().map(|name| NamedPath::in_workspace(name)).collect();
    for path in given {
        let is_same = |place: &&mut NamedPath| place.path.file_name() == path.file_name();
        let place = match places.as_mut_slice() {
            [only] => Some(only),
            several => several.iter_mut().find(is_same),
        };
        let shown = quote(path.as_os_str());
        *place.ok_or_else(|| Failure(format!("{shown}: no committed overlay has this file name")))? =
            NamedPath::given(path);
    }
    places.iter().map(NamedText::at).collect()
}

/// Tells what to do about a document that is refused.
fn hint(refused: &Refused, args: &Args) -> String {
    let report = match refused {
        // Nothing but another generator can have made it so.
        Refused::Old(_) => {
            return format!(
                "the committed document, {DOCUMENT}, is refused: mend that first, until `cargo xtask codegen` reports no error"
            );
        }
        Refused::New(report) => report,
    };
    let new = quote(args.new.as_os_str());
    let errors = report.diagnostics().filter(|found| found.severity == Severity::Error);
    let is_stale = |found: &&Diagnostic| matches!(found.problem, Problem::StaleAction { .. });
    let (stale, other): (Vec<_>, Vec<_>) = errors.partition(is_stale);
    let mut text = String::new();
    if !stale.is_empty() {
        _ = write!(
            text,
            "an action whose target is gone is to be removed, or given the target's new place. Its `description` says what it\n\
             is for. This shows what became of its target:\n\
             \n    cargo xtask diff --no-overlay {DOCUMENT} {new}\n\n"
        );
    }
    let is_text = |found: &&Diagnostic| !matches!(found.problem, Problem::Syntax(_) | Problem::Empty);
    if !other.iter().any(is_text) && stale.is_empty() {
        return "a file that cannot be read as YAML or JSON is to be mended where it comes from".to_owned();
    }
    if !other.is_empty() {
        text += "an error of the document is to be mended where the document comes from; until then an action of the overlay \
                 can put\nit right\n";
    }
    _ = write!(
        text,
        "An overlay that is changed for the revision goes in with it: change a copy of it, of\n\
         the same file name, then\n\
         \n    cargo xtask revise {new} --overlay COPY\n"
    );
    text
}

/// The command that takes the revision in, whatever it breaks.
fn untested(args: &Args) -> String {
    let mut command = format!("cargo xtask revise {}", quote(args.new.as_os_str()));
    for overlay in &args.overlays {
        _ = write!(command, " --overlay {}", quote(overlay.as_os_str()));
    }
    command + " --no-test"
}
