//! Which folders and files are ours: a crate is only written where nobody else's files are at risk.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::{Drift, EntryKind, FolderChanges, STAGING, at};
use crate::outcome::Failure;
use crate::paths::{NamedPath, resolve, show, workspace};

/// The head of a file in which its `@generated` mark is looked for, in lines and in bytes.
const MARK_LINES: usize = 5;
const MARK_BYTES: u64 = 2048;

/// The most files that a message names.
const NAMED: usize = 10;

/// Refuses an output folder that is somebody else's, whatever is in it.
///
/// # Errors
///
/// When `out` is a file, a symbolic link, the root of the file system or of a repository, or the home folder; when it
/// holds the workspace, the home folder or one of the `inputs`; when it cannot be looked at.
pub(crate) fn refuse_unsafe_output(out: &NamedPath, inputs: &[&NamedPath]) -> Result<(), Failure> {
    let unreadable = |error: io::Error| Failure(format!("{}: {error}", out.shown));
    let refused = |why: &str| Err(Failure(format!("{} {why}: give the crate a folder of its own", out.shown)));
    match out.path.symlink_metadata() {
        Ok(found) if found.is_symlink() => {
            return Err(Failure(format!(
                "{} is a symbolic link, and a crate is never written through one: name the folder that it points to",
                out.shown
            )));
        }
        Ok(found) if !found.is_dir() => {
            return Err(Failure(format!("{} is a file; --out names a folder", out.shown)));
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(unreadable(error)),
    }
    let real = resolve(&out.path).map_err(unreadable)?;
    let holds = |path: &Path| path.canonicalize().is_ok_and(|path| path.starts_with(&real));
    if real.parent().is_none() {
        return refused("is the root of the file system");
    }
    if holds(workspace()) {
        return refused("holds the whole workspace, and files there that are not generated would be deleted");
    }
    if let Some(input) = inputs.iter().find(|input| holds(&input.path)) {
        let why = format!("holds {}, which would be deleted as a file that is not generated", input.shown);
        return refused(&why);
    }
    if let Some(home) = std::env::home_dir().filter(|home| !home.as_os_str().is_empty() && holds(home)) {
        let is_home = home.canonicalize().is_ok_and(|home| home == real);
        return refused(if is_home { "is your home folder" } else { "holds your home folder" });
    }
    if [".git", ".hg", ".jj", ".svn"].iter().any(|name| real.join(name).symlink_metadata().is_ok()) {
        return refused("is the root of a repository");
    }
    Ok(())
}

/// Refuses a folder that holds anything but a crate which `command` generated. A folder is ours if it is absent, empty, or
/// carries the mark.
///
/// # Errors
///
/// When there is something in the folder, and neither the manifest nor the root module there carries the mark; when the
/// folder cannot be read.
pub(crate) fn refuse_foreign(out: &NamedPath, command: &str) -> Result<(), Failure> {
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
        // A first run that was stopped leaves this alone.
        if name != Path::new(STAGING) {
            return Err(Failure(format!(
                "{} is not empty (it holds {}), and is no crate that `{command}` generated (neither its Cargo.toml nor its \
                 src/lib.rs carries the mark): name a new or an empty folder",
                out.shown,
                show(&name)
            )));
        }
    }
    Ok(())
}

impl FolderChanges<'_> {
    /// The stale files that `command` did not write, as far as their first lines tell.
    pub(crate) fn unknown(&self, out: &NamedPath, command: &str) -> Vec<&Path> {
        let stale = self.files.iter().filter(|change| match change.drift {
            Drift::Stale(EntryKind::File) => !carries_mark(&out.path.join(&change.path), command),
            Drift::Stale(_) => true,
            Drift::New(_) | Drift::Changed(..) => false,
        });
        stale.map(|change| change.path.as_path()).collect()
    }

    /// Refuses to delete files that `command` did not write.
    ///
    /// # Errors
    ///
    /// When there are such files; the message names them.
    pub(crate) fn refuse_unknown(&self, out: &NamedPath, command: &str) -> Result<(), Failure> {
        let unknown = self.unknown(out, command);
        if unknown.is_empty() {
            return Ok(());
        }
        let mut text = format!("{} holds files that `{command}` did not write:\n", out.shown);
        for path in unknown.iter().take(NAMED) {
            // Writing to a string cannot fail.
            _ = writeln!(text, "  {}", out.show_inside(path));
        }
        if unknown.len() > NAMED {
            _ = writeln!(text, "  and {} more", unknown.len() - NAMED);
        }
        text += "nothing was changed. Move them away, or run this again with --prune to delete them";
        Err(Failure(text))
    }
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
