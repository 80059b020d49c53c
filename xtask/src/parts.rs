//! The files that a document refers to: read from its folder, and from nowhere else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use qrs_codegen::Files;

use crate::input;
use crate::place::{self, Place};

/// How many files are read for one document, and how many bytes of them: as much as of the document itself.
const MAX_FILES: usize = 10_000;
const MAX_BYTES: usize = 64 << 20;

/// The folder of a document, which holds the files that it may refer to.
#[derive(Clone, Debug)]
pub(crate) enum Folder {
    /// On the disk, beside this file.
    Disk(PathBuf),
    /// In a commit, beside this file of it.
    Commit { revision: String, path: String },
}

/// Loads the files that a document refers to, from its folder.
pub(crate) struct Parts {
    folder: Folder,
    /// The name of the document in messages.
    document: String,
    files: AtomicUsize,
    bytes: AtomicUsize,
}

impl Parts {
    /// A loader for the document that messages call `document`.
    pub(crate) fn new(folder: Folder, document: &str) -> Self {
        Self { folder, document: document.to_owned(), files: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// A loader for a document on the disk.
    pub(crate) fn beside(document: &Place) -> Self {
        Self::new(Folder::Disk(document.path.clone()), &document.shown)
    }

    /// Whether no file was asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.load(Ordering::Relaxed) == 0
    }
}

impl Files for Parts {
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
        folder.unwrap_or_default() + &place::show(Path::new(name))
    }
}

impl Folder {
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
        return Err("it leads out of the document's folder".to_owned());
    }
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    // `./` is the current folder, for git; without it paths are the repository's.
    let slash = if folder.is_empty() || folder.ends_with('/') { "" } else { "/" };
    let tree = format!("{revision}:{folder}{slash}");
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

/// What git says, in the repository that this is run in.
fn git(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").args(arguments).output().map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() { Ok(output.stdout) } else { Err("git cannot read it".to_owned()) }
}

/// The file that is called `name` in the folder of `document`, or why it is not read. Links are followed, and must not
/// lead out of that folder.
fn read(document: &Path, name: &str) -> Result<String, String> {
    let folder = match document.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err("the document is in no folder".to_owned()),
    };
    let real = inside(folder, name)?;
    let place = Place { path: real, shown: String::new() };
    input::read(&place).map_err(|failure| failure.to_string().trim_start_matches(": ").to_owned())
}

fn inside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let real = folder.join(name).canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    if !real.starts_with(&folder) {
        return Err("it leads out of the document's folder".to_owned());
    }
    // Asked before it is opened: opening a pipe waits for its other end.
    match fs::metadata(&real) {
        Ok(found) if found.is_file() => Ok(real),
        Ok(_) => Err("it is no ordinary file".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use qrs_codegen::{Input, Source, generate};

    use super::{Parts, read};
    use crate::place::Place;

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
            std::os::unix::fs::symlink(folder.join("schemas/pet.yaml"), folder.join("inner.yaml")).unwrap();
            assert_eq!(said("inner.yaml"), "a: 1");
        }
    }

    #[test]
    fn files_are_read_until_all_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let text = "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\ncomponents: { schemas: { A: { $ref: a.yaml } } }\n";
        fs::write(folder.path().join("a.yaml"), "type: object\nproperties: { b: { $ref: b.json } }\n").unwrap();
        fs::write(folder.path().join("b.json"), r#"{"type":"array","items":{"$ref":"c.yaml"}}"#).unwrap();
        fs::write(folder.path().join("c.yaml"), "type: object\nproperties: { a: { $ref: a.yaml } }\n").unwrap();
        let place = Place { path: folder.path().join("api.yaml"), shown: "api.yaml".to_owned() };
        let document = Source { name: &place.shown, text };
        let parts = Parts::beside(&place);
        let input = Input { document, overlays: &[], files: &parts, modules: &[], command: "test" };
        let generated = generate(&input).unwrap();
        assert!(generated.report.is_empty(), "{}", generated.report);
        assert_eq!(generated.size.types, 3);

        fs::remove_file(folder.path().join("c.yaml")).unwrap();
        let report = generate(&input).unwrap_err();
        assert!(report.to_string().contains("b.json:1:33"), "{report}");
        assert!(report.to_string().contains("the file `c.yaml` is not read: there is no such file"), "{report}");
    }
}
