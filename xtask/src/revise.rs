//! `cargo xtask revise`: takes a revised document in, whole or not at all.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use qrs_codegen::changes::{Bump, Change, Changes};
use semver::Version;

use crate::codegen::{self, CRATE, DOCUMENT, OVERLAY};
use crate::place::Place;
use crate::revision::{Text, compared};
use crate::{Failure, Outcome, input, terminal};

const CHANGELOG: &str = "CHANGELOG.md";
const MANIFEST: &str = "Cargo.toml";

/// All that is written, and so all that is put back after a failure.
const TOUCHED: [&str; 6] = [DOCUMENT, OVERLAY, CRATE, MANIFEST, "Cargo.lock", CHANGELOG];

const AFTER_HELP: &str = "\
What it does, in this order:
  1. Compares NEW with spec/licenses.yaml, the committed overlay over both, and shows what changes.
  2. Replaces spec/licenses.yaml by NEW, byte for byte.
  3. Moves the version of qrs-generated as far as the changes ask for: in spec/overlay.yaml and Cargo.toml.
  4. Writes the entry of that version into CHANGELOG.md.
  5. Regenerates qrs-generated.
  6. Runs the tests.
What is left is to be read and committed. If anything fails, or is interrupted, all of it is put back as it was.

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

    /// Do not run the tests: for a revision that breaks them, so that they can be changed with it
    #[arg(long)]
    no_test: bool,

    /// Show what it changes and what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, uncommitted changes, and when a file cannot be read or written; everything is then as it was before.
pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let new = text_at(Place::given(&args.new))?;
    let (old, overlay) = (text_at(Place::in_workspace(DOCUMENT))?, text_at(Place::in_workspace(OVERLAY))?);
    if !args.dry_run {
        refuse_unless_clean()?;
    }
    if old.text == new.text {
        terminal::message(&format!("{} is {DOCUMENT} already: there is nothing to take in", new.name));
        return Ok(Outcome::Fine);
    }
    let Some(changes) = compared((&old, Some(&overlay)), (&new, Some(&overlay))) else {
        terminal::message(&format!(
            "nothing was written. What is reported above has to be mended in the document or, for what the overlay says, in\n\
             {OVERLAY}: an action whose target is gone is to be removed, or given the target's new place. See what changed with\n\
             \n    cargo xtask diff --no-overlay {DOCUMENT} {}",
            crate::place::quote(args.new.as_os_str())
        ));
        return Ok(Outcome::Problems);
    };
    terminal::output(&changes.to_text())?;
    let plan = Plan::new(&changes, new.text, &overlay.text)?;
    terminal::message(&plan.summary());
    if args.dry_run {
        return Ok(Outcome::Fine);
    }
    // The tests that are interrupted end by themselves; what is left to do then is to put everything back.
    ctrlc::set_handler(|| {}).map_err(|error| Failure(format!("interruptions cannot be heeded: {error}")))?;
    match plan.carry_out(!args.no_test) {
        Ok(Outcome::Fine) => {
            terminal::message(&plan.farewell(!args.no_test));
            Ok(Outcome::Fine)
        }
        failed => {
            put_back()?;
            terminal::message("everything was put back as it was before");
            failed
        }
    }
}

fn text_at(place: Place) -> Result<Text, Failure> {
    let text = input::read(&place)?;
    Ok(Text { name: place.shown, text })
}

/// What is to be written.
struct Plan {
    document: String,
    overlay: String,
    manifest: String,
    changelog: String,
    old_version: Version,
    new_version: Version,
    revision: String,
}

impl Plan {
    fn new(changes: &Changes, document: String, overlay: &str) -> Result<Self, Failure> {
        let current = &changes.new.package_version;
        let old_version = Version::parse(current)
            .map_err(|error| Failure(format!("{OVERLAY}: `{current}` is no version: {error}")))?;
        let new_version = changes.next_version(&old_version);
        let manifest = read(MANIFEST)?;
        let dependency =
            |version: &Version| format!("qrs-generated = {{ path = \"qrs-generated\", version = \"{version}\" }}");
        Ok(Self {
            overlay: replaced(OVERLAY, overlay, &package(&old_version), &package(&new_version))?,
            manifest: replaced(MANIFEST, &manifest, &dependency(&old_version), &dependency(&new_version))?,
            changelog: with_entry(&read(CHANGELOG)?, &entry(changes, &new_version)),
            document,
            old_version,
            new_version,
            revision: changes.new.version.clone(),
        })
    }

    fn summary(&self) -> String {
        let version = if self.old_version == self.new_version {
            format!("qrs-generated stays {}", self.old_version)
        } else {
            format!("qrs-generated {} becomes {}", self.old_version, self.new_version)
        };
        format!("\n{version}\n")
    }

    fn carry_out(&self, tests: bool) -> Result<Outcome, Failure> {
        write(DOCUMENT, &self.document)?;
        write(OVERLAY, &self.overlay)?;
        write(MANIFEST, &self.manifest)?;
        write(CHANGELOG, &self.changelog)?;
        if codegen::run(codegen::Args::default())? == Outcome::Problems {
            return Ok(Outcome::Problems);
        }
        // The version in Cargo.lock follows by itself.
        let lock = &["update", "--workspace", "--offline", "--quiet"][..];
        let test = tests.then_some(&["test", "--workspace"][..]);
        for arguments in [lock].into_iter().chain(test) {
            terminal::message(&format!("\n== cargo {}", arguments.join(" ")));
            let mut command = crate::cargo();
            command.args(arguments).current_dir(Place::in_workspace(".").path);
            let status = command.status().map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
            if !status.success() {
                terminal::message(&format!("`cargo {}` failed", arguments.join(" ")));
                return Ok(Outcome::Problems);
            }
        }
        Ok(Outcome::Fine)
    }

    fn farewell(&self, tested: bool) -> String {
        let tests = if tested { "the tests pass" } else { "the tests were not run" };
        format!(
            "\nThe revision is taken in, and {tests}. Read `git diff`, then commit:\n\
             \n    git add --all && git commit -m 'Take in the document {}'\n",
            self.revision.replace(['\'', '\n'], " ")
        )
    }
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
fn entry(changes: &Changes, version: &Version) -> String {
    let mut text = format!("## qrs-generated {version}\n\nFrom the document {}.\n", changes.new.version);
    for (heading, bump) in [("Breaking", Bump::Breaking), ("Added", Bump::Additive), ("Other", Bump::Compatible)] {
        let lines: Vec<String> = changes.iter().filter(|change| change.bump() == bump).map(line).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n### {heading}\n\n{}", lines.concat());
        }
    }
    text
}

fn line(change: &Change) -> String {
    let advice = if change.advice == "Nothing." { String::new() } else { format!(". {}", change.advice) };
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
    let status = git(&["status", "--porcelain"])?;
    if status.is_empty() {
        return Ok(());
    }
    let files = String::from_utf8_lossy(&status);
    Err(Failure(format!(
        "there are uncommitted changes, and a revision that fails is put back to what is committed: commit or stash them\n{}",
        files.trim_end()
    )))
}

fn put_back() -> Result<(), Failure> {
    let paths = |first: &[&'static str]| -> Vec<&'static str> {
        first.iter().chain(&["--"]).chain(&TOUCHED).copied().collect()
    };
    git(&paths(&["restore", "--source=HEAD", "--staged", "--worktree"]))?;
    git(&paths(&["clean", "-d", "--force", "--quiet"]))?;
    Ok(())
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
