//! Unified diffs between a file on disk and the generated one.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use similar::TextDiff;

use crate::crate_folder::{Drift, EntryKind, FileChange};
use crate::outcome::Failure;
use crate::paths::NamedPath;
use crate::{harmless, input, terminal};

/// The most lines of a file's difference that are shown.
const LINES: usize = 200;

/// The most bytes of a file that are read to show it. A larger one was hardly generated.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A difference as text, with the line at which it begins.
#[derive(Debug)]
pub(crate) struct Difference {
    /// A unified diff, bounded, each line coloured and ended.
    pub(crate) text: String,
    /// The first line of the file on disk that differs, counted from 1; 1 for a file that is not there.
    pub(crate) line: usize,
}

/// A version of a file.
enum FileText {
    Text(String),
    /// It has no text to show, and this is why.
    Opaque(String),
}

/// Shows one change of the crate in `out`.
///
/// # Errors
///
/// When the file cannot be read.
pub(crate) fn difference(out: &NamedPath, change: &FileChange<'_>) -> Result<Difference, Failure> {
    let name = out.show_inside(&change.path);
    let path = out.path.join(&change.path);
    let side = |found| committed(&path, found).map_err(|error| Failure(format!("{name}: {error}")));
    Ok(match change.drift {
        Drift::New(text) => compare(&name, ["missing", "generated"], &FileText::Text(String::new()), text),
        Drift::Changed(found, text) => compare(&name, ["committed", "generated"], &side(found)?, text),
        Drift::Stale(found) if found == EntryKind::File && !is_source(&change.path) => compare(
            &name,
            ["committed", "not generated"],
            // It may be anything, a key left lying about too, and logs are read by many.
            &FileText::Opaque("of a kind that is never generated; its content is not shown".to_owned()),
            "",
        ),
        Drift::Stale(found) => compare(&name, ["committed", "not generated"], &side(found)?, ""),
    })
}

/// Whether a file is of a kind that a generated crate is made of.
fn is_source(path: &Path) -> bool {
    let kinds = ["rs", "toml", "md"];
    path.extension().is_some_and(|kind| kinds.iter().any(|known| kind == *known))
}

fn committed(path: &Path, kind: EntryKind) -> io::Result<FileText> {
    match kind {
        EntryKind::File => {}
        EntryKind::Link => return Ok(FileText::Opaque("a symbolic link, not a file".to_owned())),
        EntryKind::Other => return Ok(FileText::Opaque("a device, pipe or socket, not a file".to_owned())),
    }
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if length > LIMIT {
        return Ok(FileText::Opaque(format!("{}, too large to be shown", input::size(length))));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => FileText::Text(text),
        _ => FileText::Opaque(format!("not text ({})", input::size(length))),
    })
}

fn compare(name: &str, [left, right]: [&str; 2], old: &FileText, new: &str) -> Difference {
    let mut text = String::new();
    for line in [format!("--- {name} ({left})"), format!("+++ {name} ({right})")] {
        text += &terminal::diff_line(&line);
    }
    let old = match old {
        FileText::Text(old) => old,
        FileText::Opaque(why) => {
            _ = writeln!(text, "  {why}");
            return Difference { text, line: 1 };
        }
    };

    // A checkout with other line ends would differ in every line, and hide what else is different.
    let ends_differ = old.contains("\r\n") && !new.contains('\r');
    let unified_ends = ends_differ.then(|| old.replace("\r\n", "\n"));
    let old = unified_ends.as_deref().unwrap_or(old);
    if ends_differ {
        let others = if old == new { "only line endings differ" } else { "line endings differ too" };
        _ = writeln!(
            text,
            "  {others}: CRLF here, LF generated; `git config core.autocrlf false` keeps git from changing them"
        );
    }
    let diff = TextDiff::configure().timeout(Duration::from_secs(2)).diff_lines(old, new);
    let unified = diff.unified_diff().to_string();
    if unified.is_empty() && !ends_differ {
        // Unified diffs have no form for it.
        text += "  an empty file\n";
    }
    let count = unified.split_inclusive('\n').count();
    for line in unified.split_inclusive('\n').take(LINES) {
        let line = line.strip_suffix('\n').unwrap_or(line);
        text += &terminal::diff_line(&harmless::line(line));
    }
    if count > LINES {
        _ = writeln!(text, "… {} more lines", count - LINES);
    }
    let equal = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let line = if old == new { 1 } else { equal + 1 };
    Difference { text, line: line.min(old.lines().count().max(1)) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::difference;
    use crate::crate_folder::{Drift, EntryKind, FileChange};
    use crate::paths::NamedPath;

    /// The difference without its colours, and its line.
    fn shown(folder: &Path, path: &str, drift: Drift<'_>) -> (String, usize) {
        let out = NamedPath { path: folder.to_owned(), shown: "out".to_owned() };
        let difference = difference(&out, &FileChange { path: PathBuf::from(path), drift }).unwrap();
        (anstream::adapter::strip_str(&difference.text).to_string(), difference.line)
    }

    #[test]
    fn changed_missing_and_stray_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "one\ntwo\nthree").unwrap();
        assert_eq!(
            shown(folder.path(), "a.rs", Drift::Changed(EntryKind::File, "one\n2\nthree\n")),
            (
                "--- out/a.rs (committed)\n+++ out/a.rs (generated)\n@@ -1,3 +1,3 @@\n one\n-two\n-three\n\\ No newline at end of file\n+2\n+three\n"
                    .to_owned(),
                2
            )
        );
        assert_eq!(
            shown(folder.path(), "b.rs", Drift::New("x\n")),
            ("--- out/b.rs (missing)\n+++ out/b.rs (generated)\n@@ -0,0 +1 @@\n+x\n".to_owned(), 1)
        );
        assert_eq!(
            shown(folder.path(), "a.rs", Drift::Stale(EntryKind::File)).0.lines().take(4).collect::<Vec<_>>(),
            ["--- out/a.rs (committed)", "+++ out/a.rs (not generated)", "@@ -1,3 +0,0 @@", "-one"]
        );
    }

    #[test]
    fn a_long_difference_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let (text, _) = shown(folder.path(), "a.rs", Drift::New(&"x\n".repeat(1000)));
        assert_eq!(text.lines().count(), 2 + 200 + 1);
        assert!(text.ends_with("+x\n… 801 more lines\n"), "{text}");
    }

    #[test]
    fn line_endings_alone_are_one_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "one\r\ntwo\r\n").unwrap();
        let (text, line) = shown(folder.path(), "a.rs", Drift::Changed(EntryKind::File, "one\ntwo\n"));
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("only line endings differ: CRLF here, LF generated"), "{text}");
        assert_eq!(line, 1);
        let (text, line) = shown(folder.path(), "a.rs", Drift::Changed(EntryKind::File, "one\n2\n"));
        assert!(text.contains("line endings differ too"), "{text}");
        assert!(text.ends_with(" one\n-two\n+2\n"), "{text}");
        assert_eq!(line, 2);
    }

    #[test]
    fn what_is_no_source_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("client_key.pem"), "secret").unwrap();
        fs::write(folder.path().join("a.rs"), b"\xffsecret").unwrap();
        fs::write(folder.path().join("empty.rs"), "").unwrap();
        let (text, _) = shown(folder.path(), "client_key.pem", Drift::Stale(EntryKind::File));
        assert!(text.ends_with("  of a kind that is never generated; its content is not shown\n"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let (text, _) = shown(folder.path(), "a.rs", Drift::Stale(EntryKind::File));
        assert!(text.ends_with("  not text (7 bytes)\n"), "{text}");
        let (text, _) = shown(folder.path(), "a.rs", Drift::Changed(EntryKind::Link, "x\n"));
        assert!(text.ends_with("  a symbolic link, not a file\n"), "{text}");
        let (text, _) = shown(folder.path(), "empty.rs", Drift::Stale(EntryKind::File));
        assert!(text.ends_with("  an empty file\n"), "{text}");
    }

    #[test]
    fn a_line_cannot_steer_the_terminal() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "\x1b]0;title\x07\n").unwrap();
        let (text, _) = shown(folder.path(), "a.rs", Drift::Stale(EntryKind::File));
        assert!(text.ends_with("-\\u{1b}]0;title\\u{7}\n"), "{text}");
    }
}
