//! How a task ends.

use std::fmt;

/// The verdict of a task that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There is nothing to complain of: exit code 0.
    Fine,
    /// The document has problems, the crate has drifted, or a crate does not compile: exit code 1.
    Problems,
}

/// Why a task could not do its work: wrong usage, or a file that could not be read or written. Exit code 2.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
