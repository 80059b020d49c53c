//! Carries changes out, wholly or not at all.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::lock::make_folders;
use super::{Drift, EntryKind, FileChange, FolderChanges, Lock, STAGING, at};
use crate::outcome::Failure;
use crate::paths::{NamedPath, show};

/// Carries changes out, wholly or not at all, in a folder that `lock` locks.
///
/// Every new text is on disk beside the folder's files before the first of them is touched; each then comes into place by
/// a rename. What was there is kept until the last step has succeeded.
///
/// # Errors
///
/// When something could not be written, moved or removed. The folder is then as it was before; if even that could not be
/// brought about, the message names what is left where.
pub(crate) fn apply(out: &NamedPath, lock: &Lock, changes: &FolderChanges<'_>) -> Result<(), Failure> {
    let mut transaction = Transaction { out, lock, done: Vec::new() };
    transaction.run(changes).map_err(|failure| transaction.roll_back(&failure))
}

/// The steps that were done so far, so that they can be undone.
struct Transaction<'a> {
    out: &'a NamedPath,
    lock: &'a Lock,
    done: Vec<UndoableStep>,
}

enum UndoableStep {
    MadeFolder(PathBuf),
    RemovedFolder(PathBuf),
    SetAside { from: PathBuf, to: PathBuf },
    Placed(PathBuf),
}

impl Transaction<'_> {
    fn run(&mut self, changes: &FolderChanges<'_>) -> Result<(), Failure> {
        let (out, lock) = (self.out, self.lock);
        for (number, FileChange { path, drift }) in changes.files.iter().enumerate() {
            if let Drift::New(text) | Drift::Changed(_, text) = drift {
                write_new(&lock.fresh(number), text).map_err(at(out, path))?;
            }
        }
        // Stale files go first: a name may have to change from a file to a folder, or only in its case, which is the same
        // file on some systems.
        self.remove_stale(changes)?;
        for (number, FileChange { path, drift }) in changes.files.iter().enumerate() {
            match drift {
                Drift::New(_) => self.place(&lock.fresh(number), path)?,
                Drift::Changed(kind, _) => {
                    self.keep(path, *kind)?;
                    self.place(&lock.fresh(number), path)?;
                }
                Drift::Stale(_) => {}
            }
        }
        Ok(())
    }

    fn remove_stale(&mut self, changes: &FolderChanges<'_>) -> Result<(), Failure> {
        let out = self.out;
        let mut emptied = BTreeSet::new();
        for FileChange { path, .. } in changes.files.iter().filter(|change| matches!(change.drift, Drift::Stale(_))) {
            self.set_aside(path)?;
            emptied.extend(path.ancestors().skip(1).filter(|folder| *folder != Path::new("")));
        }
        for folder in changes.in_the_way.iter().rev() {
            self.remove_folder(folder).map_err(at(out, folder))?;
            emptied.remove(folder.as_path());
        }
        for folder in emptied.into_iter().rev() {
            match self.remove_folder(folder) {
                Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => return Err(at(out, folder)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn set_aside(&mut self, path: &Path) -> Result<(), Failure> {
        let (from, to) = (self.out.path.join(path), self.lock.old(path));
        let moved = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::rename(&from, &to));
        moved.map_err(at(self.out, path))?;
        self.done.push(UndoableStep::SetAside { from, to });
        Ok(())
    }

    /// Keeps what is at a path that is about to be replaced. Where the file system can, it stays in place as well, so
    /// that a build which runs meanwhile never finds a file missing.
    fn keep(&mut self, path: &Path, kind: EntryKind) -> Result<(), Failure> {
        let (from, to) = (self.out.path.join(path), self.lock.old(path));
        to.parent().map_or(Ok(()), fs::create_dir_all).map_err(at(self.out, path))?;
        if kind == EntryKind::File && fs::hard_link(&from, &to).is_ok() {
            self.done.push(UndoableStep::SetAside { from, to });
            return Ok(());
        }
        self.set_aside(path)
    }

    fn place(&mut self, fresh: &Path, path: &Path) -> Result<(), Failure> {
        let target = self.out.path.join(path);
        let mut made = Vec::new();
        let placed = target.parent().map_or(Ok(()), |folder| make_folders(folder, &mut made));
        self.done.extend(made.into_iter().map(UndoableStep::MadeFolder));
        placed.and_then(|()| fs::rename(fresh, &target)).map_err(at(self.out, path))?;
        self.done.push(UndoableStep::Placed(target));
        Ok(())
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        let folder = self.out.path.join(path);
        fs::remove_dir(&folder)?;
        self.done.push(UndoableStep::RemovedFolder(folder));
        Ok(())
    }

    /// Undoes every step, the last first, and says so in the failure that made it necessary.
    fn roll_back(&mut self, failure: &Failure) -> Failure {
        let mut lost = Vec::new();
        for step in self.done.drain(..).rev() {
            let (undone, path) = match step {
                UndoableStep::Placed(path) => (fs::remove_file(&path), path),
                // Of two links to one file, a rename leaves both.
                UndoableStep::SetAside { from, to } => {
                    let undone = fs::rename(&to, &from);
                    _ = undone.is_ok().then(|| fs::remove_file(&to));
                    (undone, from)
                }
                UndoableStep::RemovedFolder(path) => (fs::create_dir(&path), path),
                UndoableStep::MadeFolder(path) => (fs::remove_dir(&path), path),
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

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}
