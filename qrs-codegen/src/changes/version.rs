//! The version of the client after a change.

use super::{Change, Effect, Works};

/// The smallest honest step from one version to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Code of callers and its requests work as before, with servers of both revisions.
    Compatible,
    /// Callers can do more than before.
    Additive,
    /// Code of callers, or the requests that it sends, no longer works.
    Breaking,
}

impl Bump {
    /// Returns the next version by Cargo's rules: a breaking change increments the leftmost number that is not zero
    /// before 1.0.0, and the major version afterwards.
    #[must_use]
    pub fn after(self, version: &semver::Version) -> semver::Version {
        let semver::Version { major, minor, patch, .. } = *version;
        let (major, minor, patch) = match (self, major, minor) {
            (Self::None, ..) => return version.clone(),
            // A pre-release promises nothing, so the release itself comes next.
            _ if !version.pre.is_empty() => (major, minor, patch),
            (Self::Breaking, 0, 0) | (Self::Compatible, ..) | (Self::Additive, 0, _) => (major, minor, patch + 1),
            (Self::Breaking, 0, _) | (Self::Additive, ..) => (major, minor + 1, 0),
            (Self::Breaking, ..) => (major + 1, 0, 0),
        };
        semver::Version::new(major, minor, patch)
    }
}

impl Change {
    /// Returns the step that this change alone asks of the client's version.
    ///
    /// A new client that fails against the servers that the old one worked with breaks its callers, even if their code
    /// compiles.
    #[must_use]
    pub fn bump(&self) -> Bump {
        match (self.rust, self.wire.new_client) {
            (Effect::Breaks, _) | (_, Works::No) => Bump::Breaking,
            (Effect::Adds | Effect::Warns, _) | (_, Works::Maybe) => Bump::Additive,
            (Effect::None, Works::Yes) => Bump::Compatible,
        }
    }
}
