//! Git, run by this program.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::Failure;

/// Git in one folder of a repository.
pub(crate) struct Git {
    folder: PathBuf,
    /// The index to use instead of the repository's own.
    index: Option<PathBuf>,
}

impl Git {
    /// In the folder that this program is run in, whose repository need not be the one that this program is part of.
    pub(crate) fn here() -> Self {
        Self::in_folder(Path::new("."))
    }

    /// In a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), index: None }
    }

    /// The same with an index of its own, which is made if it does not exist.
    pub(crate) fn with_index(self, index: &Path) -> Self {
        Self { index: Some(index.to_owned()), ..self }
    }

    /// The output of a command.
    ///
    /// # Errors
    ///
    /// When git cannot be run, or fails. The message holds what git said.
    pub(crate) fn output(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Vec<u8>, Failure> {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(arguments);
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        let output = command.output().map_err(|error| Failure(format!("git cannot be run: {error}")))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref().to_string_lossy()).collect();
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure(format!("`git {}` failed: {}", arguments.join(" "), said.trim_end())))
    }

    /// The text of a file in a commit, named `REV:PATH`; `None` if there is no such file or no such commit.
    ///
    /// # Errors
    ///
    /// When git cannot be run, or the file is not UTF-8 text.
    pub(crate) fn committed_text(&self, name: &str) -> Result<Option<String>, Failure> {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(["cat-file", "blob", name]);
        let output = command.output().map_err(|error| Failure(format!("git cannot be run: {error}")))?;
        if !output.status.success() {
            return Ok(None);
        }
        String::from_utf8(output.stdout).map(Some).map_err(|_| Failure(format!("git:{name}: not UTF-8 text")))
    }
}
