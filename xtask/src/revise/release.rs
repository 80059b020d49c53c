//! The version of the client that a revision makes, and the files that name it.

use std::fmt::Write as _;

use qrs_codegen::changes::{Bump, Change, Changes};
use semver::Version;

use super::{CHANGELOG, LOCK_FILE, MANIFEST};
use crate::codegen::{DOCUMENT, OVERLAY};
use crate::input;
use crate::outcome::Failure;
use crate::paths::{NamedPath, quote};

/// The files that a revision changes, with their new texts, and what is said about them.
pub(super) struct Release {
    pub(super) document: String,
    /// Each with its path in the workspace.
    pub(super) overlays: Vec<(String, String)>,
    manifest: String,
    changelog: String,
    /// The new entry of the changelog.
    entry: String,
    old_version: Version,
    new_version: Version,
    /// The version of the document.
    revision: String,
}

impl Release {
    /// Derives the version from the changes, and writes it into the texts.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or does not name the current version once.
    pub(super) fn new(changes: &Changes, document: &str, mut overlays: Vec<(String, String)>) -> Result<Self, Failure> {
        let current = &changes.old.package_version;
        let old_version = Version::parse(current)
            .map_err(|error| Failure(format!("{OVERLAY}: `{current}` is no version: {error}")))?;
        // The client names the text that it was made from. It is another client, even if nothing else differs.
        let new_version = changes.bump().max(Bump::Compatible).after(&old_version);
        let manifest = input::read(&NamedPath::in_workspace(MANIFEST))?;
        let dependency =
            |version: &Version| format!("qrs-generated = {{ path = \"qrs-generated\", version = \"{version}\" }}");
        let entry = entry(changes, &new_version, &jiff::Timestamp::now().to_string());
        // One of the overlays names the version.
        let (old_package, new_package) = (package(&old_version), package(&new_version));
        let names_version = overlays.iter().position(|(_, text)| text.contains(&old_package)).unwrap_or_default();
        if let Some((name, text)) = overlays.get_mut(names_version) {
            *text = replaced(name, text, &old_package, &new_package)?;
        }
        Ok(Self {
            overlays,
            manifest: replaced(MANIFEST, &manifest, &dependency(&old_version), &dependency(&new_version))?,
            changelog: with_entry(&input::read(&NamedPath::in_workspace(CHANGELOG))?, &entry),
            document: document.to_owned(),
            entry,
            old_version,
            new_version,
            revision: changes.new.version.clone(),
        })
    }

    /// The new texts, each with its path in the workspace.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let overlays = self.overlays.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let fixed = [(MANIFEST, self.manifest.as_str()), (CHANGELOG, &self.changelog)];
        std::iter::once((DOCUMENT, self.document.as_str())).chain(overlays).chain(fixed)
    }

    /// The texts of the overlays, in their order.
    pub(super) fn overlay_texts(&self) -> Vec<String> {
        self.overlays.iter().map(|(_, text)| text.clone()).collect()
    }

    /// The step of the version, in a sentence.
    pub(super) fn summary(&self) -> String {
        format!("\nqrs-generated {} becomes {}\n", self.old_version, self.new_version)
    }

    /// Lists what would be written. `client` has the lines of `codegen` about the client's files.
    ///
    /// # Errors
    ///
    /// When a file of the workspace cannot be read.
    pub(super) fn rehearsal(&self, client: &str) -> Result<String, Failure> {
        let mut text = format!("the entry of {CHANGELOG}:\n\n");
        for line in self.entry.lines() {
            // Writing to a string cannot fail.
            _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
        text += "\nthe files, none of which was written:\n\n";
        for (file, new) in self.texts() {
            let place = NamedPath::in_workspace(file);
            if input::read(&place)? != new {
                _ = writeln!(text, "    changed {}", place.shown);
            }
        }
        // It names the version of the client, which every revision changes.
        _ = writeln!(text, "    changed {}", NamedPath::in_workspace(LOCK_FILE).shown);
        for line in client.lines() {
            _ = writeln!(text, "    {line}");
        }
        Ok(text)
    }

    /// Tells what is left to do after the revision was taken in.
    pub(super) fn farewell(&self, is_tested: bool) -> String {
        let (tests, read) = if is_tested {
            ("the tests pass", "Read `git diff`")
        } else {
            ("the tests were not run", "Adapt what no longer fits, until `cargo xtask ci` passes, read `git diff`")
        };
        let message = format!("Take in the document {}", self.revision);
        format!(
            "\nThe revision is taken in, and {tests}. {read}, then commit:\n\
             \n    git add --all && git commit -m {}\n",
            quote(message.as_ref())
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
            "{file}: it has to hold the version of qrs-generated once, as\n{from}\nand holds it {count} times"
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
            _ = write!(text, "\n### {heading}\n\n{}", lines.concat());
        }
    }
    text
}

fn line(change: &Change) -> String {
    let advice = change.advice.as_ref().map(|advice| format!(". {advice}")).unwrap_or_default();
    format!("- {change}{advice}\n")
}

/// The changelog with an entry above the last release. What is not released stays at the top.
fn with_entry(changelog: &str, entry: &str) -> String {
    let mut headings = changelog.match_indices("\n## ").map(|(at, _)| at + 1);
    let release = headings.find(|at| !changelog[*at..].to_lowercase().starts_with("## unreleased"));
    let (before, after) = changelog.split_at(release.unwrap_or(changelog.len()));
    let after = if after.is_empty() { String::new() } else { format!("\n{after}") };
    format!("{}\n\n{entry}{after}", before.trim_end())
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
