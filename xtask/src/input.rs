//! Reads a document: the whole file, within a bound, as UTF-8.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::outcome::Failure;
use crate::paths::{NamedPath, show};

/// The largest document read, in bytes: 64 MiB, several times the largest published ones.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Reads the file at `place`.
///
/// # Errors
///
/// When it cannot be read, is a folder, holds more than [`LIMIT`] bytes or is not UTF-8.
pub(crate) fn read(place: &NamedPath) -> Result<String, Failure> {
    read_within(place, LIMIT)
}

/// The paths of the Rust files in a folder, sorted: with those of the folders in it that are modules, which have a `mod.rs`.
///
/// # Errors
///
/// When the folder cannot be read.
pub(crate) fn modules(folder: &Path) -> Result<Vec<String>, Failure> {
    let failed = |error: io::Error| Failure(format!("{}: {error}", show(folder)));
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.push(name.to_owned());
        } else if path.join("mod.rs").is_file() {
            names.extend(modules(&path)?.into_iter().map(|inner| format!("{name}/{inner}")));
        }
    }
    names.sort();
    Ok(names)
}

/// Reads a file that is open; `path` names it.
///
/// # Errors
///
/// As those of [`read`].
pub(crate) fn read_open(file: File, path: &NamedPath) -> Result<String, Failure> {
    read_open_within(file, &path.shown, LIMIT)
}

fn read_within(path: &NamedPath, limit: u64) -> Result<String, Failure> {
    // Asked before it is opened: opening a folder fails with other words on each system.
    if fs::metadata(&path.path).is_ok_and(|found| found.is_dir()) {
        return Err(Failure(format!("{}: a folder, not a file", path.shown)));
    }
    let file = File::open(&path.path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure(format!("{}: no such file", path.shown)),
        _ => Failure(format!("{}: {error}", path.shown)),
    })?;
    read_open_within(file, &path.shown, limit)
}

fn read_open_within(file: File, name: &str, limit: u64) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure(format!("{name}: {error}"));
    let too_large = || Failure(format!("{name}: larger than {}", size(limit)));
    let found = file.metadata().map_err(failed)?;
    if found.is_file() && found.len() > limit {
        return Err(too_large());
    }
    // Bounded all the same: a device has no length, and a file may be growing.
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default() + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(too_large());
    }
    if let Some(encoding) = other_encoding(&bytes) {
        return Err(Failure(format!("{name}: written in {encoding}; save it as UTF-8")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..offset].split(|&byte| byte == b'\n').count();
        Failure(format!(
            "{name}: not UTF-8 text: invalid byte 0x{:02x} at offset {offset}, in line {line}",
            error.as_bytes()[offset]
        ))
    })
}

/// The encoding that a text begins in, when it is plainly not UTF-8.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => Some("UTF-32 (little-endian)"),
        [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32 (big-endian)"),
        // With a mark or without one: a document begins with characters of ASCII.
        [0xFF, 0xFE, ..] | [1..=0x7F, 0, 1..=0x7F, 0, ..] => Some("UTF-16 (little-endian)"),
        [0xFE, 0xFF, ..] | [0, 1..=0x7F, 0, 1..=0x7F, ..] => Some("UTF-16 (big-endian)"),
        _ => None,
    }
}

/// A number of bytes as a person reads it, `64 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{read, read_within};
    use crate::paths::NamedPath;

    fn message(path: &Path, limit: u64) -> String {
        let place = NamedPath { path: path.to_owned(), shown: "spec.yaml".to_owned() };
        read_within(&place, limit).unwrap_err().to_string()
    }

    #[test]
    fn text_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.yaml");
        fs::write(&path, "título: ä\r\n").unwrap();
        assert_eq!(read(&NamedPath::given(&path)).unwrap(), "título: ä\r\n");
    }

    #[test]
    fn what_is_no_document_is_named_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spec.yaml");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            message(&path, 64)
        };
        assert_eq!(refused(b"ab\ncd\xffe"), "spec.yaml: not UTF-8 text: invalid byte 0xff at offset 5, in line 2");
        assert_eq!(
            refused("ab\u{20ac}".as_bytes().split_last().unwrap().1),
            "spec.yaml: not UTF-8 text: invalid byte 0xe2 at offset 2, in line 1"
        );
        assert_eq!(refused(b"\xff\xfea\0"), "spec.yaml: written in UTF-16 (little-endian); save it as UTF-8");
        assert_eq!(refused(b"\xfe\xff\0a"), "spec.yaml: written in UTF-16 (big-endian); save it as UTF-8");
        assert_eq!(refused(b"o\0p\0"), "spec.yaml: written in UTF-16 (little-endian); save it as UTF-8");
        assert_eq!(refused(b"\0{\0\""), "spec.yaml: written in UTF-16 (big-endian); save it as UTF-8");
        assert_eq!(refused(&[b'a'; 65]), "spec.yaml: larger than 64 bytes");
        assert_eq!(message(folder.path(), 64), "spec.yaml: a folder, not a file");
        assert_eq!(message(&folder.path().join("other"), 64), "spec.yaml: no such file");
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_file_is_given_up() {
        assert_eq!(message(Path::new("/dev/zero"), 2048), "spec.yaml: larger than 2 KiB");
    }
}
