//! Users by the names that people use: `DIRECTORY\id`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::types::User;

/// A user's name. Case does not matter, as on Windows.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) directory: String,
    pub(crate) id: String,
}

impl Account {
    pub(crate) fn new(directory: &str, id: &str) -> Self {
        Self { directory: directory.to_owned(), id: id.to_owned() }
    }

    fn key(&self) -> (String, String) {
        (self.directory.to_lowercase(), self.id.to_lowercase())
    }
}

/// The state of a user's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountState {
    Active,
    Inactive,
    Blocked,
    /// Removed from the directory that the site reads its users from.
    Removed,
}

impl AccountState {
    /// The state that a site tells.
    pub(crate) fn of(user: &User) -> Self {
        if user.removed_externally == Some(true) {
            Self::Removed
        } else if user.blacklisted == Some(true) {
            Self::Blocked
        } else if user.inactive == Some(true) {
            Self::Inactive
        } else {
            Self::Active
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Blocked => "blocked",
            Self::Removed => "removed",
        }
    }
}

impl FromStr for Account {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Shells of Unix drop a `\` without quotes: a slash does as well.
        let text = text.trim();
        match text.split_once('\\').or_else(|| text.split_once('/')) {
            Some((directory, id)) if !directory.is_empty() && !id.is_empty() => Ok(Self::new(directory, id)),
            _ => Err(format!(r"a user is named as `DIRECTORY\id`, not `{text}`")),
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r"{}\{}", self.directory, self.id)
    }
}

impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Account {}

impl Hash for Account {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
