//! Plans releases of passes: of users who do not use them, who cannot, or who are gone.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::DateTime;
use crate::repository::NEVER;
use crate::types::{AccessTypeAllocation, User};
use jiff::Timestamp;
use uuid::Uuid;

use super::account::{Account, AccountState};
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
    Blocked,
    RemovedExternally,
    Deleted,
    NotListed,
    Named,
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
            Self::Blocked => "the account is blocked",
            Self::RemovedExternally => "the user was removed from the directory",
            Self::Deleted => "the user was deleted",
            Self::NotListed => "the list does not name the user",
            Self::Named => "is named",
        })
    }
}

/// The users who keep their passes whatever happens. Case does not matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spared {
    pub(crate) accounts: HashSet<Account>,
    pub(crate) ids: HashSet<Uuid>,
    pub(crate) directories: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// Names of custom properties, with their values.
    pub(crate) properties: Vec<(String, String)>,
}

impl Spared {
    fn spares(&self, account: &Account, id: Option<Uuid>, user: Option<&User>) -> bool {
        self.accounts.contains(account)
            || id.is_some_and(|id| self.ids.contains(&id))
            || self.directories.iter().any(|directory| is_same(directory, &account.directory))
            || user.is_some_and(|user| {
                self.tags.iter().any(|tag| has_tag(user, tag))
                    || self.properties.iter().any(|(name, value)| has_property(user, name, value))
            })
    }
}

/// Whether two names are the same. Case does not matter.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// Whether a user has a tag.
pub(crate) fn has_tag(user: &User, tag: &str) -> bool {
    let tags = user.tags.as_deref().unwrap_or_default();
    tags.iter().filter_map(|held| held.name.as_deref()).any(|held| is_same(held, tag))
}

/// Whether a user has a value of a custom property.
pub(crate) fn has_property(user: &User, name: &str, value: &str) -> bool {
    user.custom_properties.iter().flatten().any(|held| {
        let definition = held.definition.as_ref().and_then(|definition| definition.name.as_deref());
        definition.is_some_and(|held| is_same(held, name))
            && held.value.as_deref().is_some_and(|held| is_same(held, value))
    })
}

/// The passes that are meant: those that fulfil one of the conditions, or all without any condition.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conditions {
    /// Passes that were not used since.
    pub(crate) unused_since: Option<Timestamp>,
    /// Passes of users who are deleted, removed, blocked or inactive.
    pub(crate) gone: bool,
}

/// What becomes of a pass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decision {
    Release(Release),
    /// It stays, because its user is spared.
    Spared,
    /// It stays, because it fulfils no condition.
    Kept,
}

/// Plans the releases of one kind. Without the site's users (`&[]`), only the passes themselves are judged.
pub(crate) fn plan(
    kind: Kind,
    passes: &[AccessTypeAllocation],
    users: &[User],
    conditions: Conditions,
    spared: &Spared,
) -> Vec<Release> {
    let users: HashMap<Uuid, &User> = users.iter().filter_map(|user| Some((user.id?, user))).collect();
    let decide = |pass: &AccessTypeAllocation| {
        let user = pass.user.as_ref().and_then(|user| user.id).and_then(|id| users.get(&id).copied());
        match decide(kind, pass, user, conditions, spared)? {
            Decision::Release(release) => Some(release),
            Decision::Spared | Decision::Kept => None,
        }
    };
    passes.iter().filter_map(decide).collect()
}

/// Decides about one pass; `None` for one that nobody holds.
///
/// In doubt a pass stays: one in quarantine is released already, and where the site does not say when a pass was used,
/// nobody knows whether it was.
pub(crate) fn decide(
    kind: Kind,
    pass: &AccessTypeAllocation,
    user: Option<&User>,
    conditions: Conditions,
    spared: &Spared,
) -> Option<Decision> {
    let (account, id) = (holder(pass)?, pass.id?);
    if !is_active(pass) {
        return None;
    }
    if spared.spares(&account, pass.user.as_ref().and_then(|user| user.id), user) {
        return Some(Decision::Spared);
    }
    let reason = match conditions {
        Conditions { unused_since: None, gone: false } => Some((Reason::Named, None)),
        Conditions { unused_since, gone: is_gone } => {
            let gone = gone(pass, user).filter(|_| is_gone);
            gone.or_else(|| idle(pass, unused_since?))
        }
    };
    let Some((reason, since)) = reason else { return Some(Decision::Kept) };
    Some(Decision::Release(Release { kind, id, user: account.to_string(), reason, since }))
}

/// Whether the user is gone, or may not come.
fn gone(pass: &AccessTypeAllocation, user: Option<&User>) -> Option<(Reason, Option<Timestamp>)> {
    let reason = match user.map(AccountState::of) {
        _ if deleted_holder(pass).is_some() && pass.user.is_none() => Reason::Deleted,
        Some(AccountState::Removed) => Reason::RemovedExternally,
        Some(AccountState::Blocked) => Reason::Blocked,
        Some(AccountState::Inactive) => Reason::Inactive,
        Some(AccountState::Active) | None => return None,
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
