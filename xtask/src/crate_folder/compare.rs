//! Compares a folder with the generated files.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};

use super::{STAGING, at};
use crate::outcome::Failure;
use crate::paths::NamedPath;

/// The changes after which a folder holds exactly the generated files.
#[derive(Debug, Default)]
pub(crate) struct FolderChanges<'a> {
    /// In the order of their paths.
    pub(crate) files: Vec<FileChange<'a>>,
    /// The count of generated files that are already there, byte for byte.
    pub(crate) unchanged: usize,
    /// Folders where files have to be, outer ones first. Everything in them is stale.
    pub(super) in_the_way: Vec<PathBuf>,
}

impl<'a> FolderChanges<'a> {
    /// The changes that give existing files these texts.
    pub(crate) fn of_files(texts: &'a BTreeMap<String, String>) -> Self {
        let change = |(path, text): (&'a String, &'a String)| FileChange {
            path: PathBuf::from(path),
            drift: Drift::Changed(EntryKind::File, text),
        };
        Self { files: texts.iter().map(change).collect(), ..Self::default() }
    }

    /// These changes and those of an inner folder.
    pub(crate) fn with(mut self, folder: &Path, inner: Self) -> Self {
        let files = inner.files.into_iter();
        self.files.extend(files.map(|change| FileChange { path: folder.join(change.path), ..change }));
        self.files.sort_by(|left, right| left.path.cmp(&right.path));
        self.in_the_way.extend(inner.in_the_way.into_iter().map(|path| folder.join(path)));
        self.unchanged += inner.unchanged;
        self
    }

    /// Whether the folder already holds exactly the generated files.
    pub(crate) fn is_empty(&self) -> bool {
        // An empty folder in the place of a file comes with that file as a change.
        self.files.is_empty()
    }
}

/// A file that is not as it was generated.
#[derive(Debug)]
pub(crate) struct FileChange<'a> {
    /// Relative to the crate's folder.
    pub(crate) path: PathBuf,
    pub(crate) drift: Drift<'a>,
}

/// The difference of a file on disk from the generated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drift<'a> {
    /// It is missing, and should have this text.
    New(&'a str),
    /// It is there and differs from this text.
    Changed(EntryKind, &'a str),
    /// It is there and was not generated.
    Stale(EntryKind),
}

/// The kind of a directory entry. Nothing but a regular file is ever opened: a link could lead out of the folder, and
/// opening a pipe would wait for its other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Link,
    Other,
}

impl From<FileType> for EntryKind {
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

/// The content of a folder, all paths relative to it.
#[derive(Debug, Default)]
struct Listing {
    entries: BTreeMap<PathBuf, EntryKind>,
    in_the_way: Vec<PathBuf>,
}

/// Compares a folder with the generated files. A folder that does not exist counts as empty.
///
/// # Errors
///
/// When a generated path leaves the folder, or when something in the folder cannot be read.
pub(crate) fn compare<'a>(
    out: &NamedPath,
    generated: &'a BTreeMap<String, String>,
) -> Result<FolderChanges<'a>, Failure> {
    refuse_bad_paths(generated)?;
    let mut listing = list(out, generated)?;
    let mut files = Vec::new();
    let mut unchanged = 0;
    let mut buffer = vec![0; 64 * 1024];
    for (path, text) in generated {
        let path = PathBuf::from(path);
        let drift = match listing.entries.remove(&path) {
            None => Drift::New(text),
            Some(EntryKind::File) if holds(&out.path.join(&path), text, &mut buffer).map_err(at(out, &path))? => {
                unchanged += 1;
                continue;
            }
            Some(kind) => Drift::Changed(kind, text),
        };
        files.push(FileChange { path, drift });
    }
    let stale = listing.entries.into_iter();
    files.extend(stale.map(|(path, kind)| FileChange { path, drift: Drift::Stale(kind) }));
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(FolderChanges { files, unchanged, in_the_way: listing.in_the_way })
}

/// A generated path must name a file below the folder on every system. Anything else is a fault of the generator, and
/// following it could overwrite any file of the user's.
fn refuse_bad_paths(generated: &BTreeMap<String, String>) -> Result<(), Failure> {
    let bug = |path: &str, why: &str| {
        Err(Failure(format!("the generator wants to write {path:?}, which {why}: this is a bug, please report it")))
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

/// Lists a folder without following links, and without what the generator leaves alone.
fn list(out: &NamedPath, generated: &BTreeMap<String, String>) -> Result<Listing, Failure> {
    let mut listing = Listing::default();
    let files: HashSet<&Path> = generated.keys().map(Path::new).collect();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(out.path.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound && folder == Path::new("") => break,
            Err(error) => return Err(at(out, &folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(at(out, &folder))?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(at(out, &path))?;
            let is_doomed = listing.in_the_way.iter().any(|doomed| path.starts_with(doomed));
            if !is_doomed && is_left_alone(&path, generated) {
                continue;
            }
            if kind.is_dir() {
                if is_doomed || files.contains(path.as_path()) {
                    listing.in_the_way.push(path.clone());
                }
                folders.push(path);
            } else {
                listing.entries.insert(path, kind.into());
            }
        }
    }
    listing.in_the_way.sort();
    Ok(listing)
}

/// Whether an entry is what a build leaves in a crate, or what git or an editor keeps there: it is neither compiled nor
/// published as part of the crate. What the generator writes is never left alone, whatever it is called.
fn is_left_alone(path: &Path, generated: &BTreeMap<String, String>) -> bool {
    let is_left_by_a_build = path == Path::new("target") || path == Path::new("Cargo.lock");
    let is_dotted = matches!(
        path.components().next_back(),
        Some(Component::Normal(name)) if name.as_encoded_bytes().starts_with(b".")
    );
    (is_left_by_a_build || is_dotted) && !generated.keys().any(|file| Path::new(file).starts_with(path))
}

/// The text of every file of a folder, by its path there with `/` between the parts.
///
/// # Errors
///
/// When something cannot be read, or is no file with a UTF-8 name and text.
pub(crate) fn read(folder: &NamedPath) -> Result<BTreeMap<String, String>, Failure> {
    let mut texts = BTreeMap::new();
    for (path, kind) in list(folder, &BTreeMap::new())?.entries {
        let no_text = || Failure(format!("{}: not a text file", folder.show_inside(&path)));
        let names = path.iter().map(|name| name.to_str()).collect::<Option<Vec<_>>>().ok_or_else(no_text)?;
        if kind != EntryKind::File {
            return Err(no_text());
        }
        let text = fs::read_to_string(folder.path.join(&path)).map_err(at(folder, &path))?;
        texts.insert(names.join("/"), text);
    }
    Ok(texts)
}

/// Whether a regular file holds exactly this text. The first piece that differs is the last one that is read, so that a file of
/// any size is cheap.
fn holds(path: &Path, text: &str, buffer: &mut [u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut rest = text.as_bytes();
    loop {
        let piece = match file.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => buffer.get(..read?).unwrap_or_default(),
        };
        if piece.is_empty() {
            return Ok(rest.is_empty());
        }
        match rest.strip_prefix(piece) {
            Some(after) => rest = after,
            None => return Ok(false),
        }
    }
}
