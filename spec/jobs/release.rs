//! Plans releases of passes: of users who do not use them, who cannot, or who are gone.

use std::collections::HashMap;
use std::fmt;

use crate::DateTime;
use crate::repository::NEVER;
use crate::types::{AccessTypeAllocation, User};
use jiff::Timestamp;
use uuid::Uuid;

use super::account::Account;
use super::passes::{Kind, deleted_holder, holder, is_active};

/// A pass to release, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Release {
    pub(crate) kind: Kind,
    pub(crate) id: Uuid,
    pub(crate) user: String,
    pub(crate) reason: Reason,
    /// When the pass was last used, or allocated if it never was.
    pub(crate) since: Option<Timestamp>,
}

/// Why a pass is to be released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Unused,
    NeverUsed,
    Inactive,
    RemovedExternally,
    Deleted,
    NotListed,
}

impl Reason {
    /// Whether the pass is released because nobody uses it.
    pub(crate) const fn is_idle(self) -> bool {
        matches!(self, Self::Unused | Self::NeverUsed)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unused => "the pass was not used lately",
            Self::NeverUsed => "the pass was never used",
            Self::Inactive => "the account is inactive",
            Self::RemovedExternally => "the user was removed from the directory",
            Self::Deleted => "the user was deleted",
            Self::NotListed => "the list does not name the user",
        })
    }
}

/// The users who keep their passes whatever happens. Case does not matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spared {
    pub(crate) accounts: Vec<Account>,
    pub(crate) directories: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// Names of custom properties, with their values.
    pub(crate) properties: Vec<(String, String)>,
}

impl Spared {
    fn spares(&self, account: &Account, user: Option<&User>) -> bool {
        let same = |left: &str, right: &str| left.to_lowercase() == right.to_lowercase();
        let has_tag = |tag: &String| {
            let tags = user.and_then(|user| user.tags.as_deref()).unwrap_or_default();
            tags.iter().filter_map(|held| held.name.as_deref()).any(|held| same(held, tag))
        };
        let has_property = |(name, value): &(String, String)| {
            let held = user.and_then(|user| user.custom_properties.as_deref()).unwrap_or_default();
            held.iter().any(|held| {
                let definition = held.definition.as_ref().and_then(|definition| definition.name.as_deref());
                definition.is_some_and(|held| same(held, name))
                    && held.value.as_deref().is_some_and(|held| same(held, value))
            })
        };
        self.accounts.contains(account)
            || self.directories.iter().any(|directory| same(directory, &account.directory))
            || self.tags.iter().any(has_tag)
            || self.properties.iter().any(has_property)
    }
}

/// Plans the releases of one kind. Without the site's users (`&[]`), only the passes themselves are judged.
///
/// In doubt a pass stays: one in quarantine is released already, and where the site does not say when a pass was used,
/// nobody knows whether it was.
pub(crate) fn plan(
    kind: Kind,
    passes: &[AccessTypeAllocation],
    users: &[User],
    before: Timestamp,
    spared: &Spared,
) -> Vec<Release> {
    let users: HashMap<Uuid, &User> = users.iter().filter_map(|user| Some((user.id?, user))).collect();
    let judge = |pass: &AccessTypeAllocation| {
        let account = holder(pass)?;
        let user = pass.user.as_ref().and_then(|user| user.id).and_then(|id| users.get(&id).copied());
        if !is_active(pass) || spared.spares(&account, user) {
            return None;
        }
        let (reason, since) = gone(pass, user).or_else(|| idle(pass, before))?;
        Some(Release { kind, id: pass.id?, user: account.to_string(), reason, since })
    };
    passes.iter().filter_map(judge).collect()
}

/// Whether the user is gone, or may not come.
fn gone(pass: &AccessTypeAllocation, user: Option<&User>) -> Option<(Reason, Option<Timestamp>)> {
    let is = |field: fn(&User) -> Option<bool>| user.and_then(field) == Some(true);
    let reason = if deleted_holder(pass).is_some() && pass.user.is_none() {
        Reason::Deleted
    } else if is(|user| user.removed_externally) {
        Reason::RemovedExternally
    } else if is(|user| user.inactive) {
        Reason::Inactive
    } else {
        return None;
    };
    Some((reason, last_sign(pass)))
}

/// Whether the pass was used, or else allocated, before a time.
fn idle(pass: &AccessTypeAllocation, before: Timestamp) -> Option<(Reason, Option<Timestamp>)> {
    let reason = if pass.last_used? > NEVER { Reason::Unused } else { Reason::NeverUsed };
    let since = last_sign(pass)?;
    (since < before).then_some((reason, Some(since)))
}

/// When a pass was last used, or allocated if it never was.
fn last_sign(pass: &AccessTypeAllocation) -> Option<Timestamp> {
    pass.last_used.filter(|used| *used > NEVER).or(pass.created_date).map(DateTime::timestamp)
}
