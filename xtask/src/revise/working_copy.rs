//! A copy of the committed workspace, in which a revision is tried before it touches the working tree.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::FIXED_FILES;
use crate::codegen::{self, CRATE};
use crate::crate_folder::{self, FolderChanges, Lock, UnknownFiles};
use crate::git::Git;
use crate::outcome::Failure;
use crate::paths::{NamedPath, show, workspace};
use crate::{cargo, terminal};

/// A copy of the committed workspace, in cargo's target folder.
pub(super) struct WorkingCopy {
    /// The root of the workspace in the copy.
    pub(super) root: PathBuf,
    /// The folder that cargo builds the copy into.
    pub(super) target: PathBuf,
    /// The committed files that a revision may change, by their path in the workspace.
    committed: BTreeMap<String, String>,
    /// The committed client, by the path in its folder.
    client: BTreeMap<String, String>,
    /// Unlocks when it is dropped: one revision at a time uses the folder.
    _lock: File,
}

impl WorkingCopy {
    /// Copies what is committed. `files` are those that a revision may change, beside the client.
    ///
    /// # Errors
    ///
    /// When git or the disk fails, and when the working tree differs from what is committed in a file that the revision
    /// may change.
    pub(super) fn of_head(files: &[&str]) -> Result<Self, Failure> {
        let target = cargo::target_folder()?;
        let folder = target.join("revise");
        let failed = |error: io::Error| Failure(format!("{}: {error}", show(&folder)));
        fs::create_dir_all(&folder).map_err(failed)?;
        let lock = lock(&folder.join("lock")).map_err(failed)?;
        let top = folder.join("copy");
        match fs::remove_dir_all(&top) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let git = Git::in_folder(workspace());
        let inner = String::from_utf8_lossy(&git.output(&["rev-parse", "--show-prefix"])?).trim_end().to_owned();
        // An index of its own knows no file that git was told to overlook.
        let git = git.with_index(&folder.join("index"));
        git.output(&["read-tree", "HEAD"])?;
        let mut prefix = OsString::from("--prefix=");
        prefix.push(&top);
        prefix.push("/");
        git.output(&["checkout-index".into(), "--all".into(), "--force".into(), prefix])?;
        let root = top.join(inner);

        let mut committed = BTreeMap::new();
        for file in files.iter().chain(&FIXED_FILES) {
            refuse_links(&root, file)?;
            committed.insert((*file).to_owned(), read(&root, file)?);
        }
        refuse_links(&root, CRATE)?;
        let client = crate_folder::read(&NamedPath { path: root.join(CRATE), shown: CRATE.to_owned() })?;
        // Windows does not replace a program that is running, as this one is.
        let target = if cfg!(windows) { folder.join("build") } else { target };
        let copy = Self { root, target, committed, client, _lock: lock };
        copy.refuse_other_tree()?;
        Ok(copy)
    }

    /// Writes one of the files of the copy.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(super) fn write(&self, file: &str, text: &str) -> Result<(), Failure> {
        fs::write(self.root.join(file), text).map_err(|error| Failure(format!("{file}: {error}")))
    }

    /// Makes the client of the copy these files.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub(super) fn write_client(&self, client: &BTreeMap<String, String>) -> Result<(), Failure> {
        let out = NamedPath { path: self.root.join(CRATE), shown: CRATE.to_owned() };
        crate_folder::write(&out, client, codegen::COMMAND, UnknownFiles::Refused).map(drop)
    }

    /// Brings the changed files and the client into the working tree, all or none.
    ///
    /// # Errors
    ///
    /// When the working tree is no longer what the copy was made of, and when a file cannot be written. The working tree
    /// is then as it was.
    pub(super) fn adopt(&self, client: &BTreeMap<String, String>) -> Result<(), Failure> {
        let (tree, out) = (NamedPath::in_workspace("."), NamedPath::in_workspace(CRATE));
        let mut changed = BTreeMap::new();
        for (file, before) in &self.committed {
            let text = read(&self.root, file)?;
            if text != *before {
                changed.insert(file.clone(), text);
            }
        }
        let crate_lock = Lock::take(&out)?;
        let adopted = Lock::take(&tree).and_then(|tree_lock| {
            let applied = self.refuse_other_tree().and_then(|()| {
                let in_client = crate_folder::compare(&out, client)?;
                in_client.refuse_unknown(&out, codegen::COMMAND)?;
                let all = FolderChanges::of_files(&changed).with(Path::new(CRATE), in_client);
                crate_folder::apply(&tree, &tree_lock, &all)
            });
            tree_lock.release(applied)
        });
        crate_lock.release(adopted)
    }

    /// Refuses a working tree that differs from what is committed where the revision may change it: edits, files that git
    /// ignores or was told to overlook, links.
    fn refuse_other_tree(&self) -> Result<(), Failure> {
        let mut differing = Vec::new();
        for (file, committed) in &self.committed {
            refuse_links(workspace(), file)?;
            if read(workspace(), file)? != *committed {
                differing.push(file.clone());
            }
        }
        refuse_links(workspace(), CRATE)?;
        let client = crate_folder::compare(&NamedPath::in_workspace(CRATE), &self.client)?;
        let client = client.files.iter().map(|change| format!("{CRATE}/{}", show(&change.path)));
        differing.extend(client);
        if differing.is_empty() {
            return Ok(());
        }
        Err(Failure(format!(
            "the working tree differs from what is committed in files that a revision changes or deletes:\n  {}\n\
             nothing was changed. Commit these files or move them away, then run this again",
            differing.join("\n  ")
        )))
    }
}

/// Locks the folder of the copy, and waits for another revision that uses it.
fn lock(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            terminal::message("another `revise` is running: waiting for it");
            file.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    Ok(file)
}

fn read(root: &Path, file: &str) -> Result<String, Failure> {
    fs::read_to_string(root.join(file)).map_err(|error| Failure(format!("{file}: {error}")))
}

/// Refuses a path that is a symbolic link, or leads through one.
fn refuse_links(root: &Path, file: &str) -> Result<(), Failure> {
    for path in Path::new(file).ancestors() {
        if root.join(path).symlink_metadata().is_ok_and(|found| found.is_symlink() && path != Path::new("")) {
            return Err(Failure(format!(
                "{} is a symbolic link, and `revise` writes through none: nothing was changed. Put a file in its place, and \
                 commit it",
                show(path)
            )));
        }
    }
    Ok(())
}
