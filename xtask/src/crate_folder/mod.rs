//! A generated crate on disk: what is in its folder, how that differs from what was generated, and the one step that makes
//! them equal or leaves everything as it was.

mod compare;
mod lock;
mod ownership;
mod transaction;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

pub(crate) use compare::{Drift, EntryKind, FileChange, FolderChanges, compare, read};
pub(crate) use lock::Lock;
pub(crate) use ownership::{refuse_foreign, refuse_unsafe_output};
pub(crate) use transaction::apply;

use crate::outcome::Failure;
use crate::paths::NamedPath;

/// Holds new files until all are written, and old ones until all new ones are in place. A dot-name, so that git users and
/// [`compare()`] take no notice of it.
const STAGING: &str = ".xtask-staging";

/// The files that are stale and that no command of this program wrote, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownFiles {
    /// Refused: they are somebody's.
    Refused,
    /// Deleted, as the user asked.
    Deleted,
}

/// Makes a folder hold exactly the generated files, which `command` marked as its own.
///
/// Of two runs at a time, the second waits for the first. It compares when the first has finished, so that the folder never
/// holds a mixture. What a run left behind that was stopped in the middle is put back first.
///
/// # Errors
///
/// When files would be deleted that `command` did not write, and when something cannot be read or written. The folder is
/// then as it was before.
pub(crate) fn write<'a>(
    out: &NamedPath,
    generated: &'a BTreeMap<String, String>,
    command: &str,
    unknown: UnknownFiles,
) -> Result<FolderChanges<'a>, Failure> {
    let changes = compare(out, generated)?;
    if changes.is_empty() && !Lock::is_in(out) {
        return Ok(changes);
    }
    let lock = Lock::take(out)?;
    let written = compare(out, generated).and_then(|changes| {
        if unknown == UnknownFiles::Refused {
            changes.refuse_unknown(out, command)?;
        }
        apply(out, &lock, &changes)?;
        Ok(changes)
    });
    lock.release(written)
}

/// Names the file that an operation failed on.
fn at(out: &NamedPath, path: &Path) -> impl Fn(io::Error) -> Failure {
    let shown = if path == Path::new("") { out.shown.clone() } else { out.show_inside(path) };
    move |error| Failure(format!("{shown}: {error}"))
}

#[cfg(test)]
mod tests;
