//! Files that a document refers to. The generator opens none: it asks the caller's [`Files`] for their texts.

use std::fmt::{self, Debug, Formatter};

/// Loads the files that a document refers to.
///
/// The generator itself touches no disk and no network. It asks for each file once, when a reference to it is first
/// met. A closure from a name to a text is a loader, too.
pub trait Files: Sync {
    /// Reads the file `name`: the path from the document's folder, with `/` between the segments and without `.` and
    /// `..`.
    ///
    /// # Errors
    ///
    /// The reason why there is no such text, in a few words for the report.
    fn read(&self, name: &str) -> Result<String, String>;

    /// Names a file the way messages show it.
    fn display_name(&self, name: &str) -> String {
        name.to_owned()
    }
}

impl<F: Fn(&str) -> Result<String, String> + Sync> Files for F {
    fn read(&self, name: &str) -> Result<String, String> {
        self(name)
    }
}

/// A loader for a document that stands alone: a reference to another file is an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<String, String> {
        Err("it was not given".to_owned())
    }
}

impl Debug for dyn Files + '_ {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

/// A file that was asked for.
#[derive(Debug)]
pub(crate) struct LoadedFile {
    /// The path from the document's folder.
    pub(crate) name: String,
    /// The name that messages show.
    pub(crate) display_name: String,
    /// The text, or why there is none.
    pub(crate) text: Result<String, String>,
}

impl LoadedFile {
    pub(crate) fn load(files: &dyn Files, name: &str) -> LoadedFile {
        LoadedFile { name: name.to_owned(), display_name: files.display_name(name), text: files.read(name) }
    }
}
