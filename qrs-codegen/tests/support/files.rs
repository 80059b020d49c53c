//! The files that a document refers to, out of a folder beside it.

use std::fs;
use std::path::{Path, PathBuf};

use qrs_codegen::Files;

/// Loads files from a folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: impl AsRef<Path>) -> Folder {
        Folder(path.as_ref().to_owned())
    }
}

impl Files for Folder {
    fn read(&self, name: &str) -> Result<String, String> {
        fs::read_to_string(self.0.join(name)).map_err(|_| "there is no such file".to_owned())
    }
}
