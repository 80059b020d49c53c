//! `cargo xtask revise`: takes a revised document in, whole or not at all.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use qrs_codegen::changes::{Bump, Change, Changes, Refused};
use qrs_codegen::diagnostic::{Diagnostic, Problem, Severity};
use semver::Version;
use serde_json::Value;

use crate::codegen::{self, CRATE, DOCUMENT, OVERLAY};
use crate::outcome::{Failure, Verdict};
use crate::parts::Folder;
use crate::place::Place;
use crate::revision::{self, Side, Text, compared};
use crate::{cargo, files, input, terminal};

const CHANGELOG: &str = "CHANGELOG.md";
const MANIFEST: &str = "Cargo.toml";

const LOCK: &str = "Cargo.lock";

/// All that is written, and so all that is put back after a failure.
/// Overlays are one file, or several in a folder.
const TOUCHED: [&str; 6] = [DOCUMENT, "spec/overlay*", CRATE, MANIFEST, LOCK, CHANGELOG];

const AFTER_HELP: &str = "\
What it does, in this order:
  1. Compares NEW with spec/licenses.yaml, the committed overlay over both (over NEW the one of --overlay), and shows what
     changes.
  2. Replaces spec/licenses.yaml by NEW, byte for byte.
  3. Moves the version of qrs-generated as far as the changes ask for: in spec/overlay.yaml and Cargo.toml.
  4. Writes the entry of that version into CHANGELOG.md.
  5. Regenerates qrs-generated.
  6. Compiles everything, then runs the tests.
What is left is to be read and committed. If anything fails, or is interrupted, all of it is put back as it was.

A revision that breaks callers breaks hand-written code here first: modules in spec/, tests, examples. What no longer
compiles is then named, and everything put back; --no-test takes the revision in as far as step 5, to change that code with
it.

Exit codes:
  0  The revision was taken in, or with --dry-run could be.
  1  The revised document is refused, an action of the overlay no longer applies to it, or the tests failed.
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
    /// Of several committed ones it takes the place of the one of the same file name; may be given more than once.
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,

    /// Leave out step 6: for a revision that breaks hand-written code, so that it can be changed with it
    #[arg(long)]
    no_test: bool,

    /// Show what it changes, the changelog's entry and the files that would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, uncommitted changes, and when a file cannot be read or written; everything is then as it was before.
pub(crate) fn run(args: &Args) -> Result<Verdict, Failure> {
    let place = Place::given(&args.new);
    let new = Text::at(&place)?;
    let old = Text::at(&Place::in_workspace(DOCUMENT))?;
    let names = codegen::default_overlays()?;
    let old_overlays = names.iter().map(|name| Text::at(&Place::in_workspace(name))).collect::<Result<Vec<_>, _>>()?;
    let new_overlays = replacements(&names, &args.overlays)?;
    if !args.dry_run {
        refuse_unless_clean()?;
    }
    let texts = |overlays: &[Text]| overlays.iter().map(|overlay| overlay.text.clone()).collect::<Vec<_>>();
    if old.text == new.text && texts(&old_overlays) == texts(&new_overlays) {
        terminal::message(&format!("{} is {DOCUMENT} already: there is nothing to take in", new.name));
        return Ok(Verdict::Fine);
    }
    let older = Side::new(&old, &old_overlays, Folder::Disk(Place::in_workspace(DOCUMENT).path));
    let newer = Side::new(&new, &new_overlays, Folder::Disk(place.path.clone()));
    let changes = match compared(&older, &newer) {
        Ok(changes) => changes,
        Err(refused) => {
            revision::show(&refused);
            terminal::message(&format!("nothing was written\n{}", hint(&refused, args)));
            return Ok(Verdict::Problems);
        }
    };
    terminal::output(&changes.to_text())?;
    if newer.has_parts() {
        terminal::message(&format!(
            "nothing was written: {} refers to other files, and {DOCUMENT} is one file. Bundle them first",
            new.name
        ));
        return Ok(Verdict::Problems);
    }
    let plan = Plan::new(&changes, &new.text, names.into_iter().zip(texts(&new_overlays)).collect())?;
    terminal::message(&plan.summary());
    if args.dry_run {
        let Some(files) = codegen::rehearse((&place, &new.text), &plan.overlay_texts())? else {
            return Ok(Verdict::Problems);
        };
        terminal::message(&plan.rehearsal(&files));
        return Ok(Verdict::Fine);
    }
    // The tests that are interrupted end by themselves; what is left to do then is to put everything back.
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .map_err(|error| Failure(format!("interruptions cannot be heeded: {error}")))?;
    match plan.carry_out(args) {
        Ok(Verdict::Fine) => {
            terminal::message(&plan.farewell(!args.no_test));
            Ok(Verdict::Fine)
        }
        failed => match put_back() {
            Ok(()) => {
                terminal::message("everything was put back as it was before");
                failed
            }
            Err(why) => {
                if let Err(failure) = failed {
                    terminal::message(&failure.to_string());
                }
                Err(Failure(format!(
                    "{why}: not everything could be put back as it was before. These put it back:\n\n    git {}\n    git {}",
                    restore().join(" "),
                    clean().join(" ")
                )))
            }
        },
    }
}

/// The overlays for the revised document: the committed ones, those that are `given` in their places.
fn replacements(committed: &[String], given: &[PathBuf]) -> Result<Vec<Text>, Failure> {
    let mut places: Vec<Place> = committed.iter().map(|name| Place::in_workspace(name)).collect();
    for path in given {
        let is_same = |place: &&mut Place| place.path.file_name() == path.file_name();
        let place = match places.as_mut_slice() {
            [only] => Some(only),
            several => several.iter_mut().find(is_same),
        };
        let shown = crate::place::quote(path.as_os_str());
        *place.ok_or_else(|| Failure(format!("{shown}: no committed overlay has this file name")))? =
            Place::given(path);
    }
    places.iter().map(Text::at).collect()
}

/// What to do about a document that is refused.
fn hint(refused: &Refused, args: &Args) -> String {
    let report = match refused {
        // Nothing but another generator can have made it so.
        Refused::Old(_) => {
            return format!(
                "it is the committed document, {DOCUMENT}, that is refused: mend that first, until `cargo xtask codegen` has\n\
                 nothing to complain of"
            );
        }
        Refused::New(report) => report,
    };
    let new = crate::place::quote(args.new.as_os_str());
    let errors = report.diagnostics().filter(|found| found.severity == Severity::Error);
    let is_stale = |found: &&Diagnostic| matches!(found.problem, Problem::StaleAction { .. });
    let (stale, other): (Vec<_>, Vec<_>) = errors.partition(is_stale);
    let mut text = String::new();
    if !stale.is_empty() {
        let _ = write!(
            text,
            "an action whose target is gone is to be removed, or given the target's new place. Its `description` says what it\n\
             is for, and this what became of its target:\n\
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
    let _ = write!(
        text,
        "An overlay that is changed for the revision goes in with it: change a copy of {OVERLAY}, then\n\
         \n    cargo xtask revise {new} --overlay COPY\n"
    );
    text
}

/// Whether somebody wants this to end.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn go_on() -> Result<(), Failure> {
    if INTERRUPTED.load(Ordering::Relaxed) { Err(Failure("interrupted".to_owned())) } else { Ok(()) }
}

/// What is to be written.
struct Plan {
    document: String,
    /// Each with its path in the workspace.
    overlays: Vec<(String, String)>,
    manifest: String,
    changelog: String,
    /// What is new in the changelog.
    entry: String,
    old_version: Version,
    new_version: Version,
    revision: String,
}

impl Plan {
    fn new(changes: &Changes, document: &str, mut overlays: Vec<(String, String)>) -> Result<Self, Failure> {
        let current = &changes.old.package_version;
        let old_version = Version::parse(current)
            .map_err(|error| Failure(format!("{OVERLAY}: `{current}` is no version: {error}")))?;
        // The client says which text it was made from: it is another one, even if nothing else differs.
        let new_version = changes.bump().max(Bump::Compatible).after(&old_version);
        let manifest = read(MANIFEST)?;
        let dependency =
            |version: &Version| format!("qrs-generated = {{ path = \"qrs-generated\", version = \"{version}\" }}");
        let entry = entry(changes, &new_version, &jiff::Timestamp::now().to_string());
        // One of them names the version.
        let (old_package, new_package) = (package(&old_version), package(&new_version));
        let names_version = overlays.iter().position(|(_, text)| text.contains(&old_package)).unwrap_or_default();
        if let Some((name, text)) = overlays.get_mut(names_version) {
            *text = replaced(name, text, &old_package, &new_package)?;
        }
        Ok(Self {
            overlays,
            manifest: replaced(MANIFEST, &manifest, &dependency(&old_version), &dependency(&new_version))?,
            changelog: with_entry(&read(CHANGELOG)?, &entry),
            document: document.to_owned(),
            entry,
            old_version,
            new_version,
            revision: changes.new.version.clone(),
        })
    }

    fn summary(&self) -> String {
        format!("\nqrs-generated {} becomes {}\n", self.old_version, self.new_version)
    }

    fn overlay_texts(&self) -> Vec<String> {
        self.overlays.iter().map(|(_, text)| text.clone()).collect()
    }

    /// What would be written, with what `codegen` would do.
    fn rehearsal(&self, files: &str) -> String {
        let mut text = format!("the entry of {CHANGELOG}:\n\n");
        for line in self.entry.lines() {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
        text += "\nthe files, none of which was written:\n\n";
        let overlays = self.overlays.iter().map(|(name, _)| name.as_str());
        for file in std::iter::once(DOCUMENT).chain(overlays).chain([MANIFEST, LOCK, CHANGELOG]) {
            let _ = writeln!(text, "    changed {}", Place::in_workspace(file).shown);
        }
        for line in files.lines() {
            let _ = writeln!(text, "    {line}");
        }
        text
    }

    fn carry_out(&self, args: &Args) -> Result<Verdict, Failure> {
        write(DOCUMENT, &self.document)?;
        for (name, text) in &self.overlays {
            write(name, text)?;
        }
        write(MANIFEST, &self.manifest)?;
        write(CHANGELOG, &self.changelog)?;
        if codegen::run(codegen::Args::default())? == Verdict::Problems {
            return Ok(Verdict::Problems);
        }
        go_on()?;
        // The version in Cargo.lock follows by itself.
        if !succeeds(&["update", "--workspace", "--offline", "--quiet"])? {
            return Ok(Verdict::Problems);
        }
        go_on()?;
        if args.no_test {
            return Ok(Verdict::Fine);
        }
        let broken = uncompiled()?;
        go_on()?;
        if !broken.is_empty() {
            terminal::message(&does_not_compile(&broken, args));
            return Ok(Verdict::Problems);
        }
        if !succeeds(&["test", "--workspace", "--no-fail-fast"])? {
            terminal::message(&format!(
                "everything compiles, but tests fail, those above. Where it is a test that has to follow the revision, take it\n\
                 in without them, and change them with it:\n\n    {}\n",
                untested(args)
            ));
            return Ok(Verdict::Problems);
        }
        go_on()?;
        Ok(Verdict::Fine)
    }

    fn farewell(&self, tested: bool) -> String {
        let (tests, read) = if tested {
            ("the tests pass", "Read `git diff`")
        } else {
            ("the tests were not run", "Change what no longer fits, until `cargo xtask ci` passes, read `git diff`")
        };
        format!(
            "\nThe revision is taken in, and {tests}. {read}, then commit:\n\
             \n    git add --all && git commit -m 'Take in the document {}'\n",
            self.revision.replace(['\'', '\n'], " ")
        )
    }
}

/// The command that takes the revision in, whatever it breaks.
fn untested(args: &Args) -> String {
    let mut command = format!("cargo xtask revise {}", crate::place::quote(args.new.as_os_str()));
    for overlay in &args.overlays {
        let _ = write!(command, " --overlay {}", crate::place::quote(overlay.as_os_str()));
    }
    command + " --no-test"
}

/// Runs cargo in the workspace, and says what failed.
fn succeeds(arguments: &[&str]) -> Result<bool, Failure> {
    let line = arguments.join(" ");
    terminal::message(&format!("\n== cargo {line}"));
    let mut command = cargo::command();
    command.args(arguments).current_dir(Place::in_workspace(".").path);
    let status = command.status().map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    if !status.success() {
        terminal::message(&format!("`cargo {line}` failed"));
    }
    Ok(status.success())
}

/// The files that do not compile, each where it is to be changed. What is compiled is what the tests are made of.
fn uncompiled() -> Result<BTreeSet<String>, Failure> {
    let arguments = ["build", "--workspace", "--lib", "--bins", "--tests", "--examples", "--keep-going"];
    terminal::message(&format!("\n== cargo {}", arguments.join(" ")));
    let mut command = cargo::command();
    command.args(arguments).arg("--message-format=json").current_dir(Place::in_workspace(".").path);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    let mut broken = BTreeSet::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { continue };
        let message = &message["message"];
        if message["level"] != "error" {
            continue;
        }
        terminal::message(message["rendered"].as_str().unwrap_or_default());
        let spans = message["spans"].as_array().into_iter().flatten();
        let files = spans.filter(|span| span["is_primary"] == true).filter_map(|span| span["file_name"].as_str());
        broken.extend(files.map(source_of));
    }
    // A manifest that cargo cannot read, a dependency that is missing: it has said so.
    if broken.is_empty() && !output.status.success() {
        broken.insert("what cargo names above".to_owned());
    }
    Ok(broken)
}

/// The file that a file of the client is a copy of, or itself.
fn source_of(file: &str) -> String {
    let file = file.replace('\\', "/");
    let module = file.strip_prefix(CRATE).and_then(|rest| rest.strip_prefix("/src/"));
    let carried = module.map(|name| format!("{}/{name}", codegen::MODULES));
    carried.filter(|path| Place::in_workspace(path).path.is_file()).unwrap_or(file)
}

fn does_not_compile(files: &BTreeSet<String>, args: &Args) -> String {
    let list = files.iter().fold(String::new(), |list, file| list + "    " + file + "\n");
    format!(
        "hand-written code does not compile with the revised client:\n\n{list}\n\
         What breaks callers, as listed at the beginning, breaks it, too. Take the revision in as it is, then change that\n\
         code: first what is in {}/ (and `cargo xtask codegen` after it), then the rest:\n\n    {}\n",
        codegen::MODULES,
        untested(args)
    )
}

/// The lines of the overlay that hold the version of the crate.
fn package(version: &Version) -> String {
    format!("          name: qrs-generated\n          version: {version}\n")
}

/// Replaces a passage that has to be there once.
fn replaced(file: &str, text: &str, from: &str, to: &str) -> Result<String, Failure> {
    match text.matches(from).count() {
        1 => Ok(text.replacen(from, to, 1)),
        count => Err(Failure(format!(
            "{file}: the version of qrs-generated has to be there once, as\n{from}\nand it is there {count} times"
        ))),
    }
}

/// The changelog's entry of a version.
fn entry(changes: &Changes, version: &Version, now: &str) -> String {
    let day = now.split('T').next().unwrap_or(now);
    let mut text = format!("## qrs-generated {version} - {day}\n\nFrom the document {}.\n", changes.new.version);
    if changes.is_empty() {
        text += "\nNothing that the client is made of differs.\n";
    }
    for (heading, bump) in [("Breaking", Bump::Breaking), ("Added", Bump::Additive), ("Other", Bump::Compatible)] {
        let lines: Vec<String> = changes.iter().filter(|change| change.bump() == bump).map(line).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n### {heading}\n\n{}", lines.concat());
        }
    }
    text
}

fn line(change: &Change) -> String {
    let advice = change.advice.as_ref().map(|advice| format!(". {advice}")).unwrap_or_default();
    format!("- {change}{advice}\n")
}

/// The changelog with an entry above the last release: what is not released stays at the top.
fn with_entry(changelog: &str, entry: &str) -> String {
    let mut headings = changelog.match_indices("\n## ").map(|(at, _)| at + 1);
    let release = headings.find(|at| !changelog[*at..].to_lowercase().starts_with("## unreleased"));
    let (before, after) = changelog.split_at(release.unwrap_or(changelog.len()));
    let after = if after.is_empty() { String::new() } else { format!("\n{after}") };
    format!("{}\n\n{entry}{after}", before.trim_end())
}

fn read(path: &str) -> Result<String, Failure> {
    input::read(&Place::in_workspace(path))
}

fn write(path: &str, text: &str) -> Result<(), Failure> {
    fs::write(Place::in_workspace(path).path, text).map_err(|error| Failure(format!("{path}: {error}")))
}

fn git(arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(Place::in_workspace(".").path).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| Failure(format!("git cannot be run: {error}")))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure(format!("`git {}` failed", arguments.join(" "))))
    }
}

/// What is not committed could not be put back.
fn refuse_unless_clean() -> Result<(), Failure> {
    // With names as they are: git writes those that are not ASCII in numbers and quotes.
    let quiet = ["-c", "core.quotePath=false"];
    let status =
        git(&[&quiet[..], &["status", "--porcelain", "--untracked-files=all", "--ignored=matching"]].concat())?;
    let status = String::from_utf8_lossy(&status);
    // What git ignores is nobody's loss, but in the client's folder, where what was not generated is deleted.
    let at_risk = |line: &&str| match line.strip_prefix("!! ") {
        None => true,
        Some(path) => Path::new(path).strip_prefix(CRATE).is_ok_and(|path| !path.ancestors().any(files::is_left_alone)),
    };
    let files: Vec<&str> = status.lines().filter(at_risk).collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "there are uncommitted changes, and a revision that fails is put back to what is committed: commit or stash them\n{}",
        files.join("\n")
    )))
}

fn put_back() -> Result<(), Failure> {
    git(&restore())?;
    git(&clean())?;
    Ok(())
}

fn restore() -> Vec<&'static str> {
    of_touched(&["restore", "--source=HEAD", "--staged", "--worktree"])
}

fn clean() -> Vec<&'static str> {
    of_touched(&["clean", "-d", "--force", "--quiet"])
}

fn of_touched(first: &[&'static str]) -> Vec<&'static str> {
    first.iter().chain(&["--"]).chain(&TOUCHED).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::with_entry;

    #[test]
    fn an_entry_goes_between_what_is_not_released_and_the_last_release() {
        let entry = "## 0.2.0\n\n- x\n";
        assert_eq!(
            with_entry("# Changes\n\n## Unreleased\n\n- a\n\n## 0.1.0\n\n- b\n", entry),
            "# Changes\n\n## Unreleased\n\n- a\n\n## 0.2.0\n\n- x\n\n## 0.1.0\n\n- b\n"
        );
        assert_eq!(
            with_entry("# Changes\n\n## Unreleased\n\n- a\n", entry),
            "# Changes\n\n## Unreleased\n\n- a\n\n## 0.2.0\n\n- x\n"
        );
        assert_eq!(
            with_entry("# Changes\n\n## 0.1.0\n\n- b\n", entry),
            "# Changes\n\n## 0.2.0\n\n- x\n\n## 0.1.0\n\n- b\n"
        );
    }
}
