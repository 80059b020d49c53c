//! One writer at a time, and what a writer left behind that was stopped.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{STAGING, at};
use crate::outcome::Failure;
use crate::paths::{NamedPath, is_at};
use crate::terminal;

/// The file that a writer keeps locked. The system unlocks it however the writer ends.
const LOCK_FILE: &str = "lock";

/// The files that were set aside, each under its path in the folder.
const OLD: &str = "old";

/// The right to write into a folder, with a staging folder in it.
#[derive(Debug)]
pub(crate) struct Lock {
    out: NamedPath,
    staging: PathBuf,
    /// Folders that were made for the lock, outer ones first.
    made: Vec<PathBuf>,
    /// Unlocks when it is dropped.
    _file: File,
}

impl Lock {
    /// Whether a writer is at work in a folder, or has left something behind.
    pub(crate) fn is_in(out: &NamedPath) -> bool {
        out.path.join(STAGING).symlink_metadata().is_ok()
    }

    /// Waits until no other run writes into the folder, makes the folder if it does not exist, and puts back what a run
    /// set aside that was stopped.
    ///
    /// # Errors
    ///
    /// When something cannot be made or put back.
    pub(crate) fn take(out: &NamedPath) -> Result<Self, Failure> {
        let mut made = Vec::new();
        let staging = out.path.join(STAGING);
        let file = match make_folders(&out.path, &mut made).and_then(|()| lock(out, &staging)) {
            Ok(file) => file,
            Err(error) => {
                remove_folders(&made);
                return Err(at(out, Path::new(STAGING))(error));
            }
        };
        let lock = Self { out: out.clone(), staging, made, _file: file };
        lock.heal()?;
        Ok(lock)
    }

    /// A path for a file that is about to be set aside.
    pub(super) fn old(&self, path: &Path) -> PathBuf {
        self.staging.join(OLD).join(path)
    }

    /// A path for the text of the change with this number.
    pub(super) fn fresh(&self, number: usize) -> PathBuf {
        self.staging.join(format!("new-{number}"))
    }

    /// Ends the work in the folder, after which others may write into it. What was set aside and could not be put back
    /// stays in the staging folder.
    ///
    /// # Errors
    ///
    /// The one that the work ended with, or when the staging folder cannot be removed.
    pub(crate) fn release<T>(self, ended: Result<T, Failure>) -> Result<T, Failure> {
        // After a success these are stale. After a failure each that could be put back is gone.
        let is_lost = ended.is_err() && files_below(&self.staging.join(OLD)).map_or(true, |files| !files.is_empty());
        if is_lost {
            return ended;
        }
        let removed = fs::remove_dir_all(&self.staging);
        if ended.is_err() {
            remove_folders(&self.made);
            return ended;
        }
        removed.map_err(|error| {
            let staging = self.out.show_inside(Path::new(STAGING));
            Failure(format!("the files are written, but {staging} could not be removed: {error}"))
        })?;
        ended
    }

    /// Puts back what a run set aside that was stopped in the middle.
    fn heal(&self) -> Result<(), Failure> {
        let failed = at(&self.out, Path::new(STAGING));
        let set_aside = files_below(&self.staging.join(OLD)).map_err(&failed)?;
        for path in &set_aside {
            let target = self.out.path.join(path);
            let parent = target.parent().unwrap_or(&self.out.path);
            let put_back = fs::create_dir_all(parent).and_then(|()| fs::rename(self.old(path), &target));
            put_back.map_err(|error| {
                let kept = self.out.show_inside(&Path::new(STAGING).join(OLD).join(path));
                Failure(format!(
                    "an earlier run was stopped while it wrote {}, and {} cannot be put back: {error}. It is kept as {kept}: \
                     move it away, then run this again",
                    self.out.shown,
                    self.out.show_inside(path)
                ))
            })?;
        }
        let is_left = fs::read_dir(&self.staging).map_err(&failed)?.count() > 1;
        for entry in fs::read_dir(&self.staging).map_err(&failed)? {
            let entry = entry.map_err(&failed)?;
            if entry.file_name() != LOCK_FILE {
                remove(&entry.path()).map_err(&failed)?;
            }
        }
        if is_left {
            terminal::message(&format!(
                "an earlier run was stopped while it wrote {}: what it had set aside is put back",
                self.out.shown
            ));
        }
        Ok(())
    }
}

/// Makes the staging folder and locks the file in it.
fn lock(out: &NamedPath, staging: &Path) -> io::Result<File> {
    loop {
        match fs::create_dir(staging) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        match staging.symlink_metadata() {
            // The writer before has just removed the folder.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(io::Error::new(ErrorKind::NotADirectory, "it is in the way, move it away")),
            Err(error) => return Err(error),
        }
        let path = staging.join(LOCK_FILE);
        let file = match OpenOptions::new().write(true).create(true).truncate(false).open(&path) {
            // The writer before has just removed the folder.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                terminal::message(&format!("another run is writing {}: waiting for it", out.shown));
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The writer before removes the file that it has locked.
        if is_at(&file, &path) {
            return Ok(file);
        }
    }
}

/// Makes a folder and those above it that do not exist, and notes which.
pub(super) fn make_folders(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && folder.symlink_metadata().is_err();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Ok(()) => made.push(folder.to_owned()),
            // Another run has made it meanwhile.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Removes folders again, if they are empty: another run may use them.
fn remove_folders(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        _ = fs::remove_dir(folder);
    }
}

/// Deletes a file or a folder.
fn remove(path: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Everything below a folder that is no folder, by its path there. A folder that does not exist has nothing.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let entries = match fs::read_dir(folder.join(&inner)) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = inner.join(entry.file_name());
            if entry.file_type()?.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    Ok(files)
}
