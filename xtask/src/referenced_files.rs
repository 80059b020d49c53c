//! Reads the files that a document refers to: from its folder, and from nowhere else.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use qrs_codegen::Files;

use crate::git::Git;
use crate::input;
use crate::paths::{self, NamedPath, is_at};

/// Why a file elsewhere is not read.
const OUTSIDE: &str = "it leads out of the document's folder";

/// The most files that are read for one document, and the most bytes in them: as many as in a document itself.
const MAX_FILES: usize = 10_000;
const MAX_BYTES: usize = 64 << 20;

/// The folder of a document, which holds the files that it may refer to.
#[derive(Clone, Debug)]
pub(crate) enum DocumentFolder {
    /// On the disk, beside this file.
    Disk(PathBuf),
    /// In a commit, beside this file of it.
    Commit { revision: String, path: String },
}

/// Loads the files that a document refers to, from its folder.
pub(crate) struct ReferencedFiles {
    folder: DocumentFolder,
    /// The name of the document in messages.
    document: String,
    files: AtomicUsize,
    bytes: AtomicUsize,
}

impl ReferencedFiles {
    /// A loader for the document that messages call `document`.
    pub(crate) fn new(folder: DocumentFolder, document: &str) -> Self {
        Self { folder, document: document.to_owned(), files: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// A loader for a document on the disk.
    pub(crate) fn beside(document: &NamedPath) -> Self {
        Self::new(DocumentFolder::Disk(document.path.clone()), &document.shown)
    }

    /// Whether no file was asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.load(Ordering::Relaxed) == 0
    }
}

impl Files for ReferencedFiles {
    fn read(&self, name: &str) -> Result<String, String> {
        if self.files.fetch_add(1, Ordering::Relaxed) >= MAX_FILES {
            return Err(format!("more than {MAX_FILES} files"));
        }
        if self.bytes.load(Ordering::Relaxed) > MAX_BYTES {
            return Err(format!("more than {} MiB in all files", MAX_BYTES >> 20));
        }
        let text = self.folder.read(name)?;
        self.bytes.fetch_add(text.len(), Ordering::Relaxed);
        Ok(text)
    }

    fn display_name(&self, name: &str) -> String {
        let folder = self.document.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
        // The file of a commit may be at its root: `HEAD~1:api.yaml`.
        let folder = folder.or_else(|| self.document.rsplit_once(':').map(|(commit, _)| format!("{commit}:")));
        folder.unwrap_or_default() + &paths::show(Path::new(name))
    }
}

impl DocumentFolder {
    /// The file that is called `name` in it, or why it is not read.
    fn read(&self, name: &str) -> Result<String, String> {
        match self {
            Self::Disk(document) => read(document, name),
            Self::Commit { revision, path } => committed(revision, path, name),
        }
    }
}

/// The file that is called `name` in the folder of the file `document` of a commit. A link there is no file, wherever it
/// leads.
fn committed(revision: &str, document: &str, name: &str) -> Result<String, String> {
    if Path::new(name).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
        return Err(OUTSIDE.to_owned());
    }
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    // `./` is the current folder, for git; without it paths are the repository's.
    let slash = if folder.is_empty() || folder.ends_with('/') { "" } else { "/" };
    let tree = format!("{revision}:{folder}{slash}");
    let git = |arguments: &[&str]| Git::here().output(arguments).map_err(|failure| failure.to_string());
    let listing = git(&["--literal-pathspecs", "ls-tree", "-z", "--long", "--full-tree", &tree, name])?;
    let listing = String::from_utf8_lossy(&listing);
    // `100644 blob 5ca1ab1e 1234<TAB>name`
    let mut entry = listing.split('\t').next().unwrap_or_default().split_whitespace();
    match (entry.next(), entry.next(), entry.next(), entry.next()) {
        (Some("100644" | "100755"), _, Some(object), Some(size)) => {
            if size.parse().is_ok_and(|size: usize| size > MAX_BYTES) {
                return Err(format!("larger than {} MiB", MAX_BYTES >> 20));
            }
            String::from_utf8(git(&["cat-file", "blob", object])?).map_err(|_| "not UTF-8 text".to_owned())
        }
        (None, ..) => Err("there is no such file in that revision".to_owned()),
        _ => Err("it is no ordinary file".to_owned()),
    }
}

/// The file that is called `name` in the folder of `document`, or why it is not read. Links are followed, and must not
/// lead out of that folder.
///
/// The file is opened first and checked then, so that nobody can put another one in its place in between.
fn read(document: &Path, name: &str) -> Result<String, String> {
    let folder = match document.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err("the document is in no folder".to_owned()),
    };
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let path = folder.join(name);
    let file = open(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    // Before anything else is said of it: whether a file outside exists is nobody's business either.
    if !is_inside(&file, &path, &folder) {
        return Err(OUTSIDE.to_owned());
    }
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        return Err("it is no ordinary file".to_owned());
    }
    let shown = NamedPath { path, shown: String::new() };
    input::read_open(file, &shown).map_err(|failure| failure.to_string().trim_start_matches(": ").to_owned())
}

/// Opens a file to be read. Does not wait for the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Whether an open file is one of this folder, or of one in it.
fn is_inside(file: &File, path: &Path, folder: &Path) -> bool {
    match path_of(file) {
        Some(real) => real.starts_with(folder),
        None => path.canonicalize().is_ok_and(|real| real.starts_with(folder) && is_at(file, &real)),
    }
}

/// The path of an open file, where the system tells it.
#[cfg(target_os = "linux")]
fn path_of(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd as _;

    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
}

#[cfg(not(target_os = "linux"))]
fn path_of(_file: &File) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use std::fs;

    use qrs_codegen::{Input, Source, generate};

    use super::{ReferencedFiles, read};
    use crate::paths::NamedPath;

    #[test]
    fn only_what_is_in_the_folder_is_read() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("api");
        fs::create_dir_all(folder.join("schemas")).unwrap();
        fs::write(outer.path().join("secret.yaml"), "a: 1").unwrap();
        fs::write(folder.join("schemas/pet.yaml"), "a: 1").unwrap();
        fs::write(folder.join("latin.yaml"), b"\xe4").unwrap();
        let document = folder.join("api.yaml");
        let said = |name: &str| read(&document, name).unwrap_or_else(|reason| reason);
        assert_eq!(said("schemas/pet.yaml"), "a: 1");
        assert_eq!(said("schemas/../schemas/pet.yaml"), "a: 1");
        assert_eq!(said("missing.yaml"), "there is no such file");
        assert_eq!(said("schemas"), "it is no ordinary file");
        assert!(said("latin.yaml").starts_with("not UTF-8 text"), "{}", said("latin.yaml"));
        // The library refuses these before; this does not count on it.
        assert_eq!(said("../secret.yaml"), "it leads out of the document's folder");
        let absolute = outer.path().join("secret.yaml").to_string_lossy().into_owned();
        assert_eq!(said(&absolute), "it leads out of the document's folder");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path().join("secret.yaml"), folder.join("link.yaml")).unwrap();
            assert_eq!(said("link.yaml"), "it leads out of the document's folder");
            std::os::unix::fs::symlink("/dev", folder.join("dev")).unwrap();
            assert_eq!(said("dev/zero"), "it leads out of the document's folder");
            let made = std::process::Command::new("mkfifo").arg(folder.join("pipe.yaml")).status();
            if made.is_ok_and(|status| status.success()) {
                assert_eq!(said("pipe.yaml"), "it is no ordinary file");
            }
            std::os::unix::fs::symlink(folder.join("schemas/pet.yaml"), folder.join("inner.yaml")).unwrap();
            assert_eq!(said("inner.yaml"), "a: 1");
        }
    }

    /// A file that is swapped for a link out of the folder, over and over, is read as what it is or not at all.
    #[cfg(unix)]
    #[test]
    fn a_file_that_changes_under_way_does_not_lead_out() {
        use std::os::unix::fs::symlink;
        use std::sync::atomic::{AtomicBool, Ordering};

        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("api");
        fs::create_dir_all(folder.join("real")).unwrap();
        fs::create_dir_all(outer.path().join("secret")).unwrap();
        fs::write(outer.path().join("secret/pet.yaml"), "secret: 1").unwrap();
        fs::write(folder.join("real/pet.yaml"), "a: 1").unwrap();
        let document = folder.join("api.yaml");
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    for target in ["real", "../secret"] {
                        symlink(target, folder.join("next")).unwrap();
                        fs::rename(folder.join("next"), folder.join("schemas")).unwrap();
                    }
                }
            });
            for _ in 0..20_000 {
                if let Ok(text) = read(&document, "schemas/pet.yaml") {
                    assert_eq!(text, "a: 1");
                }
            }
            is_over.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn files_are_read_until_all_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let text = "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\ncomponents: { schemas: { A: { $ref: a.yaml } } }\n";
        fs::write(folder.path().join("a.yaml"), "type: object\nproperties: { b: { $ref: b.json } }\n").unwrap();
        fs::write(folder.path().join("b.json"), r#"{"type":"array","items":{"$ref":"c.yaml"}}"#).unwrap();
        fs::write(folder.path().join("c.yaml"), "type: object\nproperties: { a: { $ref: a.yaml } }\n").unwrap();
        let place = NamedPath { path: folder.path().join("api.yaml"), shown: "api.yaml".to_owned() };
        let document = Source { name: &place.shown, text };
        let parts = ReferencedFiles::beside(&place);
        let input = Input { document, overlays: &[], files: &parts, modules: &[], command: "test" };
        let generated = generate(&input).unwrap();
        assert!(generated.report.is_empty(), "{}", generated.report);
        assert_eq!(generated.size.types, 3);

        fs::remove_file(folder.path().join("c.yaml")).unwrap();
        let report = generate(&input).unwrap().report;
        assert!(report.to_string().contains("b.json:1:33"), "{report}");
        assert!(report.to_string().contains("the file `c.yaml` is not read: there is no such file"), "{report}");
    }
}
