//! A generated crate on disk: what is in its folder, how that differs from what was generated, and the one step that
//! makes them equal or leaves everything as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use crate::outcome::Failure;
use crate::place::{Place, show};

/// Holds new files until all are written, and old ones until all new ones are in place. A dot-name, so that git users
/// and [`survey`] take no notice of it.
const STAGING: &str = ".xtask-staging";

/// How far into a file its `@generated` mark is looked for, in lines and in bytes.
const MARK_LINES: usize = 5;
const MARK_BYTES: u64 = 2048;

/// What has to happen to a folder for it to hold exactly the generated files.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// The changes, in the order of their paths.
    pub(crate) changes: Vec<Change<'a>>,
    /// How many generated files are already there, byte for byte.
    pub(crate) unchanged: usize,
    /// Folders where files have to be, outer ones first; everything in them is stale.
    in_the_way: Vec<PathBuf>,
}

impl Plan<'_> {
    /// Whether the folder already holds exactly the generated files.
    pub(crate) fn is_empty(&self) -> bool {
        // An empty folder in the place of a file comes with that file as a change.
        self.changes.is_empty()
    }
}

/// One file that is not as it was generated.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    /// Relative to the crate's folder.
    pub(crate) path: PathBuf,
    /// What is wrong with it.
    pub(crate) kind: Kind<'a>,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// It is missing, and has this text.
    New(&'a str),
    /// It is there and differs from this text.
    Changed(Found, &'a str),
    /// It is there and was not generated.
    Stale(Found),
}

/// What a directory entry is. Nothing but a regular file is ever opened: a link could lead out of the folder, and
/// opening a pipe would wait for its other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    File,
    Link,
    Other,
}

impl From<FileType> for Found {
    fn from(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_symlink() {
            Self::Link
        } else {
            Self::Other
        }
    }
}

/// What is in a folder, all paths relative to it.
#[derive(Debug, Default)]
struct Survey {
    entries: BTreeMap<PathBuf, Found>,
    in_the_way: Vec<PathBuf>,
}

/// Compares a folder with the generated files; a folder that does not exist is an empty one.
///
/// # Errors
///
/// When a generated path leaves the folder, or when something in the folder cannot be read.
pub(crate) fn compare<'a>(out: &Place, generated: &'a BTreeMap<String, String>) -> Result<Plan<'a>, Failure> {
    refuse_bad_paths(generated)?;
    let mut found = survey(out, generated)?;
    let mut changes = Vec::new();
    let mut unchanged = 0;
    for (path, text) in generated {
        let path = PathBuf::from(path);
        let kind = match found.entries.remove(&path) {
            None => Kind::New(text),
            Some(Found::File) if holds(&out.path.join(&path), text).map_err(at(out, &path))? => {
                unchanged += 1;
                continue;
            }
            Some(found) => Kind::Changed(found, text),
        };
        changes.push(Change { path, kind });
    }
    let stale = found.entries.into_iter();
    changes.extend(stale.map(|(path, found)| Change { path, kind: Kind::Stale(found) }));
    changes.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(Plan { changes, unchanged, in_the_way: found.in_the_way })
}

/// Refuses a folder that holds anything but a crate which `command` generated: whatever else is there would be deleted.
///
/// # Errors
///
/// When there is something in the folder, and neither the manifest nor the root module there carries the mark; when the
/// folder cannot be read.
pub(crate) fn refuse_foreign(out: &Place, generated: &BTreeMap<String, String>, command: &str) -> Result<(), Failure> {
    if ["Cargo.toml", "src/lib.rs"].iter().any(|file| carries_mark(&out.path.join(file), command)) {
        return Ok(());
    }
    // Only the outermost level is looked at: the folder may be anything, a whole disk too.
    let listing = match fs::read_dir(&out.path) {
        Ok(listing) => listing,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at(out, Path::new(""))(error)),
    };
    for entry in listing {
        let name = PathBuf::from(entry.map_err(at(out, Path::new("")))?.file_name());
        if !is_ignored(&name, generated) {
            return Err(Failure(format!(
                "{} is no crate that `{command}` generated (neither its Cargo.toml nor its src/lib.rs says so), and what \
                 it holds, {} for one, would be deleted: name a new or an empty folder",
                out.shown,
                show(&name)
            )));
        }
    }
    Ok(())
}

/// Whether a comment among the first lines of a file says that `command` generated it.
fn carries_mark(path: &Path, command: &str) -> bool {
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return false;
    }
    let Ok(file) = File::open(path) else {
        return false;
    };
    let lines = BufReader::new(file.take(MARK_BYTES)).lines().map_while(Result::ok);
    let head: String = lines
        .take(MARK_LINES)
        .filter(|line| line.starts_with("//") || line.starts_with('#') || line.starts_with("<!--"))
        .collect();
    head.contains("@generated") && head.contains(command)
}

/// A generated path must name a file below the folder on every system: anything else is a fault of the generator, and
/// following it could overwrite any file of the user's.
fn refuse_bad_paths(generated: &BTreeMap<String, String>) -> Result<(), Failure> {
    let bug = |path: &str, why: &str| {
        Err(Failure(format!("the generator wants to write {path:?}, which {why}: this is a bug in it")))
    };
    for path in generated.keys() {
        let is_name =
            |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']) && part != STAGING;
        if !path.split('/').all(is_name) {
            return bug(path, "is no plain relative path");
        }
        let mut folders = Path::new(path).ancestors().skip(1).filter_map(Path::to_str);
        if folders.any(|folder| generated.contains_key(folder)) {
            return bug(path, "lies below another file");
        }
    }
    Ok(())
}

/// Lists what is in a folder, without following a link and without what is not the generator's business.
fn survey(out: &Place, generated: &BTreeMap<String, String>) -> Result<Survey, Failure> {
    let mut survey = Survey::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let listing = match fs::read_dir(out.path.join(&folder)) {
            Ok(listing) => listing,
            Err(error) if error.kind() == ErrorKind::NotFound && folder == Path::new("") => break,
            Err(error) => return Err(at(out, &folder)(error)),
        };
        for entry in listing {
            let entry = entry.map_err(at(out, &folder))?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(at(out, &path))?;
            let is_doomed = survey.in_the_way.iter().any(|doomed| path.starts_with(doomed));
            if !is_doomed && is_ignored(&path, generated) {
                continue;
            }
            if kind.is_dir() {
                if is_doomed || is_generated(&path, generated) {
                    survey.in_the_way.push(path.clone());
                }
                folders.push(path);
            } else {
                survey.entries.insert(path, kind.into());
            }
        }
    }
    survey.in_the_way.sort();
    Ok(survey)
}

fn is_generated(path: &Path, generated: &BTreeMap<String, String>) -> bool {
    generated.keys().any(|file| Path::new(file) == path)
}

/// What a build leaves in a crate and what git or an editor keeps there: none of it is compiled or published as part of
/// the crate. What the generator writes is never ignored, whatever it is called.
fn is_ignored(path: &Path, generated: &BTreeMap<String, String>) -> bool {
    is_left_alone(path) && !generated.keys().any(|file| Path::new(file).starts_with(path))
}

/// Whether an entry of a crate's folder is one that the generator does not delete, nor anything within it.
pub(crate) fn is_left_alone(path: &Path) -> bool {
    let is_left_by_a_build = path == Path::new("target") || path == Path::new("Cargo.lock");
    let is_dotted = matches!(
        path.components().next_back(),
        Some(Component::Normal(name)) if name.as_encoded_bytes().starts_with(b".")
    );
    is_left_by_a_build || is_dotted
}

/// Whether a regular file holds exactly this text. The lengths are compared first, so a file of any size is cheap.
fn holds(path: &Path, text: &str) -> io::Result<bool> {
    let file = File::open(path)?;
    if usize::try_from(file.metadata()?.len()).ok() != Some(text.len()) {
        return Ok(false);
    }
    let mut bytes = Vec::with_capacity(text.len() + 1);
    file.take(text.len() as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes == text.as_bytes())
}

/// Names the file that an operation failed on.
fn at(out: &Place, path: &Path) -> impl Fn(io::Error) -> Failure {
    let shown = if path == Path::new("") { out.shown.clone() } else { out.show_inside(path) };
    move |error| Failure(format!("{shown}: {error}"))
}

/// Carries out a plan, wholly or not at all.
///
/// Every new text is on disk beside the crate's files before the first of them is touched; each then comes into place by
/// a rename. What was there is kept until the last step has succeeded.
///
/// # Errors
///
/// When something could not be written, moved or removed. The folder is then as it was before; if even that could not be
/// brought about, the message names what is left where.
pub(crate) fn apply(out: &Place, plan: &Plan<'_>) -> Result<(), Failure> {
    if plan.is_empty() {
        return Ok(());
    }
    let mut done = Done { out, steps: Vec::new() };
    let staging = match write_all(plan, &mut done) {
        Ok(staging) => staging,
        Err(failure) => return Err(done.roll_back(&failure)),
    };
    fs::remove_dir_all(&staging).map_err(|error| {
        let staging = out.show_inside(Path::new(STAGING));
        Failure(format!("the crate is written, but {staging} could not be removed: {error}"))
    })
}

/// What has been done to a folder so far, so that it can be undone.
struct Done<'a> {
    out: &'a Place,
    steps: Vec<Step>,
}

enum Step {
    MadeFolder(PathBuf),
    MadeStaging(PathBuf),
    RemovedFolder(PathBuf),
    SetAside { from: PathBuf, to: PathBuf },
    Placed(PathBuf),
}

/// Does all of a plan, and returns the staging folder, which is all that is left to remove.
fn write_all(plan: &Plan<'_>, done: &mut Done<'_>) -> Result<PathBuf, Failure> {
    let out = done.out;
    let staging = done.make_staging()?;
    let kept = |index: usize| staging.join(format!("old-{index}"));
    let fresh = |index: usize| staging.join(format!("new-{index}"));

    for (index, Change { path, kind }) in plan.changes.iter().enumerate() {
        if let Kind::New(text) | Kind::Changed(_, text) = kind {
            write_new(&fresh(index), text).map_err(at(out, path))?;
        }
    }

    // Stale files go first: a name may have to change from a file to a folder, or only in its case, which is the same
    // file on some systems.
    let mut emptied = BTreeSet::new();
    for (index, Change { path, kind }) in plan.changes.iter().enumerate() {
        if let Kind::Stale(_) = kind {
            done.move_aside(path, kept(index))?;
            emptied.extend(path.ancestors().skip(1).filter(|folder| *folder != Path::new("")));
        }
    }
    for folder in plan.in_the_way.iter().rev() {
        done.remove_folder(folder).map_err(at(out, folder))?;
        emptied.remove(folder.as_path());
    }
    for folder in emptied.into_iter().rev() {
        match done.remove_folder(folder) {
            Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => return Err(at(out, folder)(error)),
            _ => {}
        }
    }

    for (index, Change { path, kind }) in plan.changes.iter().enumerate() {
        match kind {
            Kind::New(_) => done.place(&fresh(index), path)?,
            Kind::Changed(found, _) => {
                done.keep(path, *found, kept(index))?;
                done.place(&fresh(index), path)?;
            }
            Kind::Stale(_) => {}
        }
    }
    Ok(staging)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

impl Done<'_> {
    fn make_staging(&mut self) -> Result<PathBuf, Failure> {
        self.make_folders(&self.out.path.clone()).map_err(at(self.out, Path::new("")))?;
        let staging = self.out.path.join(STAGING);
        match fs::create_dir(&staging) {
            Ok(()) => {
                self.steps.push(Step::MadeStaging(staging.clone()));
                Ok(staging)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure(format!(
                "{} exists: another run is writing this crate, or one was stopped while it did. If none is running, delete that \
                 folder and run this again",
                self.out.show_inside(Path::new(STAGING))
            ))),
            Err(error) => Err(at(self.out, Path::new(STAGING))(error)),
        }
    }

    /// Makes a folder and those above it that do not exist.
    fn make_folders(&mut self, folder: &Path) -> io::Result<()> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && folder.symlink_metadata().is_err();
        let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.steps.push(Step::MadeFolder(folder.to_owned()));
        }
        Ok(())
    }

    fn move_aside(&mut self, path: &Path, to: PathBuf) -> Result<(), Failure> {
        let from = self.out.path.join(path);
        fs::rename(&from, &to).map_err(at(self.out, path))?;
        self.steps.push(Step::SetAside { from, to });
        Ok(())
    }

    /// Keeps what is at a path that is about to be replaced. Where the file system can, it stays in place as well, so
    /// that a build which runs meanwhile never finds a file missing.
    fn keep(&mut self, path: &Path, found: Found, to: PathBuf) -> Result<(), Failure> {
        let from = self.out.path.join(path);
        if found == Found::File && fs::hard_link(&from, &to).is_ok() {
            self.steps.push(Step::SetAside { from, to });
            return Ok(());
        }
        self.move_aside(path, to)
    }

    fn place(&mut self, fresh: &Path, path: &Path) -> Result<(), Failure> {
        let target = self.out.path.join(path);
        if let Some(folder) = target.parent() {
            self.make_folders(folder).map_err(at(self.out, path))?;
        }
        fs::rename(fresh, &target).map_err(at(self.out, path))?;
        self.steps.push(Step::Placed(target));
        Ok(())
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        let folder = self.out.path.join(path);
        fs::remove_dir(&folder)?;
        self.steps.push(Step::RemovedFolder(folder));
        Ok(())
    }

    /// Undoes every step, the last first, and says so in the failure that made it necessary.
    fn roll_back(self, failure: &Failure) -> Failure {
        let mut lost = Vec::new();
        for step in self.steps.into_iter().rev() {
            let (undone, path) = match step {
                Step::Placed(path) => (fs::remove_file(&path), path),
                Step::SetAside { from, to } => (fs::rename(&to, &from), from),
                Step::RemovedFolder(path) => (fs::create_dir(&path), path),
                Step::MadeFolder(path) => (fs::remove_dir(&path), path),
                // What could not be put back is still in there.
                Step::MadeStaging(path) if lost.is_empty() => (fs::remove_dir_all(&path), path),
                Step::MadeStaging(_) => continue,
            };
            if let Err(error) = undone {
                lost.push(format!("{}: {error}", show(&path)));
            }
        }
        if lost.is_empty() {
            return Failure(format!("{failure}; {} is as it was before", self.out.shown));
        }
        Failure(format!(
            "{failure}; what was there before could not all be put back, and is kept in {}:\n  {}",
            self.out.show_inside(Path::new(STAGING)),
            lost.join("\n  ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Kind, STAGING, apply, compare, refuse_foreign};
    use crate::place::Place;

    const MARK: &str = "// @generated by `make it`\n";

    fn generated(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect()
    }

    fn place(path: &Path) -> Place {
        Place { path: path.to_owned(), shown: "out".to_owned() }
    }

    fn fill(folder: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    /// Everything in a folder: files with their text, links with their target, folders.
    fn content(folder: &Path) -> BTreeMap<PathBuf, String> {
        let mut all = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(at) = folders.pop() {
            for entry in fs::read_dir(&at).unwrap() {
                let path = entry.unwrap().path();
                let kind = path.symlink_metadata().unwrap().file_type();
                let what = if kind.is_symlink() {
                    format!("-> {}", fs::read_link(&path).unwrap().display())
                } else if kind.is_dir() {
                    folders.push(path.clone());
                    "/".to_owned()
                } else {
                    fs::read_to_string(&path).unwrap()
                };
                all.insert(path.strip_prefix(folder).unwrap().to_owned(), what);
            }
        }
        all
    }

    fn expected(entries: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        entries.iter().map(|&(path, what)| (PathBuf::from(path), what.to_owned())).collect()
    }

    /// `+` new, `~` changed, `-` stale, each with its path.
    fn changes(out: &Path, generated: &BTreeMap<String, String>) -> Vec<String> {
        let plan = compare(&place(out), generated).unwrap();
        let changes = plan.changes.iter();
        let mark = |kind| match kind {
            Kind::New(_) => '+',
            Kind::Changed(..) => '~',
            Kind::Stale(_) => '-',
        };
        changes.map(|change| format!("{}{}", mark(change.kind), change.path.display())).collect()
    }

    #[test]
    fn a_folder_becomes_the_generated_files_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/er");
        let first = generated(&[("Cargo.toml", "a"), ("src/lib.rs", "b"), ("src/old/mod.rs", "c")]);
        assert_eq!(changes(&out, &first), ["+Cargo.toml", "+src/lib.rs", "+src/old/mod.rs"]);
        apply(&place(&out), &compare(&place(&out), &first).unwrap()).unwrap();

        let second = generated(&[("Cargo.toml", "a"), ("src/lib.rs", "B"), ("src/new.rs", "d")]);
        assert_eq!(changes(&out, &second), ["~src/lib.rs", "+src/new.rs", "-src/old/mod.rs"]);
        let plan = compare(&place(&out), &second).unwrap();
        assert_eq!(plan.unchanged, 1);
        apply(&place(&out), &plan).unwrap();
        assert_eq!(
            content(&out),
            expected(&[("Cargo.toml", "a"), ("src", "/"), ("src/lib.rs", "B"), ("src/new.rs", "d")])
        );
        assert!(changes(&out, &second).is_empty());
    }

    #[test]
    fn what_builds_and_tools_leave_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let kept = [("target/debug/a", "1"), ("Cargo.lock", "2"), (".git/HEAD", "3"), ("src/.lib.rs.swp", "4")];
        fill(folder.path(), &kept);
        fill(folder.path(), &[("src/target/a.rs", "5"), (".cfg/made.toml", "6"), (".cfg/own.toml", "7")]);
        let files = generated(&[("src/lib.rs", "x"), (".cfg/made.toml", "x")]);
        assert_eq!(
            changes(folder.path(), &files),
            ["~.cfg/made.toml", "-.cfg/own.toml", "+src/lib.rs", "-src/target/a.rs"]
        );
        apply(&place(folder.path()), &compare(&place(folder.path()), &files).unwrap()).unwrap();
        let content = content(folder.path());
        for (path, text) in kept {
            assert_eq!(content[Path::new(path)], text, "{path}");
        }
        assert!(!content.contains_key(Path::new("src/target")));
    }

    #[test]
    fn a_file_and_a_folder_change_places() {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), &[("a", "file"), ("b/.x/y", "1"), ("b/z", "2")]);
        fs::create_dir(folder.path().join("b/empty")).unwrap();
        let files = generated(&[("a/x", "new a"), ("b", "new b")]);
        assert_eq!(changes(folder.path(), &files), ["-a", "+a/x", "+b", "-b/.x/y", "-b/z"]);
        apply(&place(folder.path()), &compare(&place(folder.path()), &files).unwrap()).unwrap();
        assert_eq!(content(folder.path()), expected(&[("a", "/"), ("a/x", "new a"), ("b", "new b")]));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_removed_and_never_followed() {
        use std::os::unix::fs::symlink;

        let elsewhere = tempfile::tempdir().unwrap();
        fill(elsewhere.path(), &[("types.rs", "theirs"), ("lib.rs", "theirs")]);
        let folder = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), folder.path().join("src")).unwrap();
        symlink(elsewhere.path().join("lib.rs"), folder.path().join("lib.rs")).unwrap();
        symlink("nowhere", folder.path().join("dangling")).unwrap();

        let files = generated(&[("lib.rs", "theirs"), ("src/types.rs", "theirs")]);
        assert_eq!(changes(folder.path(), &files), ["-dangling", "~lib.rs", "-src", "+src/types.rs"]);
        apply(&place(folder.path()), &compare(&place(folder.path()), &files).unwrap()).unwrap();
        assert_eq!(content(folder.path()), expected(&[("lib.rs", "theirs"), ("src", "/"), ("src/types.rs", "theirs")]));
        assert_eq!(content(elsewhere.path()), expected(&[("lib.rs", "theirs"), ("types.rs", "theirs")]));
    }

    #[test]
    fn a_failure_in_the_middle_leaves_the_folder_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), &[("a.rs", "old"), ("gone/b.rs", "stale"), ("same.rs", "same")]);
        let before = content(folder.path());
        // No file system takes this name, which only shows when the file is renamed into place, after `a.rs` was.
        let endless = format!("new/{}.rs", "z".repeat(300));
        let files = generated(&[("a.rs", "new"), (&endless, "x"), ("same.rs", "same")]);
        let failure =
            apply(&place(folder.path()), &compare(&place(folder.path()), &files).unwrap()).unwrap_err().to_string();
        assert!(failure.starts_with(&format!("out/{endless}: ")), "{failure}");
        assert!(failure.ends_with("; out is as it was before"), "{failure}");
        assert_eq!(content(folder.path()), before);
    }

    #[test]
    fn a_failure_takes_folders_that_were_made_for_the_crate_away_again() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new/crate");
        let files = generated(&[("a.rs", "new"), (&"z".repeat(300), "x")]);
        apply(&place(&out), &compare(&place(&out), &files).unwrap()).unwrap_err();
        assert_eq!(content(folder.path()), BTreeMap::new());
    }

    #[test]
    fn what_changes_after_the_comparison_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), &[("a.rs", "old")]);
        let files = generated(&[("a.rs", "new"), ("b.rs", "new")]);
        let plan = compare(&place(folder.path()), &files).unwrap();
        fill(folder.path(), &[("b.rs/mine", "precious")]);
        let before = content(folder.path());
        let failure = apply(&place(folder.path()), &plan).unwrap_err().to_string();
        assert!(failure.starts_with("out/b.rs: "), "{failure}");
        assert_eq!(content(folder.path()), before);
    }

    #[test]
    fn an_unfinished_run_is_pointed_out() {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), &[("a.rs", "old"), (&format!("{STAGING}/old-0"), "kept")]);
        let before = content(folder.path());
        let files = generated(&[("a.rs", "new")]);
        let failure =
            apply(&place(folder.path()), &compare(&place(folder.path()), &files).unwrap()).unwrap_err().to_string();
        assert!(failure.starts_with("out/.xtask-staging exists: another run"), "{failure}");
        assert_eq!(content(folder.path()), before);
    }

    #[test]
    fn a_path_that_leaves_the_folder_is_a_bug_of_the_generator() {
        let folder = tempfile::tempdir().unwrap();
        for bad in ["/etc/x", "../x", "a/../x", "a//x", "./x", "", "a\\x", "c:x", "a/", "a\0", "..", STAGING] {
            let failure = compare(&place(folder.path()), &generated(&[(bad, "")])).unwrap_err().to_string();
            assert!(failure.contains("is no plain relative path: this is a bug"), "{failure}");
        }
        let failure = compare(&place(folder.path()), &generated(&[("a", ""), ("a/b/c", "")])).unwrap_err();
        assert!(failure.to_string().contains("\"a/b/c\", which lies below another file"), "{failure}");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let files = generated(&[("Cargo.toml", "new"), ("src/lib.rs", "new")]);
        let refused = || refuse_foreign(&place(folder.path()), &files, "make it");

        refused().unwrap();
        fill(folder.path(), &[(".git/HEAD", "x"), ("Cargo.lock", "x")]);
        refused().unwrap();

        fill(folder.path(), &[("notes.txt", "precious")]);
        let message = refused().unwrap_err().to_string();
        assert!(message.starts_with("out is no crate that `make it` generated"), "{message}");
        assert!(message.contains("what it holds, notes.txt for one, would be deleted"), "{message}");

        fill(folder.path(), &[("src/lib.rs", "//! About the `@generated` mark.\n")]);
        refused().unwrap_err();
        fill(folder.path(), &[("src/lib.rs", "const A: &str = \"@generated by `make it`\";\n")]);
        refused().unwrap_err();
        fill(folder.path(), &[("src/lib.rs", &format!("{}{MARK}", "//\n".repeat(5)))]);
        refused().unwrap_err();
        fill(folder.path(), &[("src/lib.rs", MARK)]);
        refused().unwrap();
    }
}
