//! Brings the passes of a kind into line with a list of names.

use std::collections::HashSet;

use uuid::Uuid;

use crate::DateTime;
use crate::types::{AccessTypeAllocation, User};

use super::account::Account;
use super::allocate::{self, Item};
use super::passes::{Kind, holder, is_active};
use super::release::{Reason, Release};

/// The changes after which exactly the users of the list hold a pass.
pub(crate) struct Sync {
    pub(crate) allocate: Vec<Item>,
    pub(crate) release: Vec<Release>,
}

/// Plans a sync. Carry the releases out first: they make room for the allocations.
pub(crate) fn plan(kind: Kind, names: &[&str], users: &[User], held: &[AccessTypeAllocation]) -> Sync {
    let listed: HashSet<Account> = names.iter().filter_map(|name| name.parse().ok()).collect();
    // A list may name users by their identifiers.
    let ids: HashSet<Uuid> = names.iter().filter_map(|name| name.trim().parse().ok()).collect();
    let is_listed =
        |pass: &AccessTypeAllocation| pass.user.as_ref().and_then(|user| user.id).is_some_and(|id| ids.contains(&id));
    let release = |pass: &AccessTypeAllocation| {
        let account = holder(pass).filter(|account| !listed.contains(account) && !is_listed(pass))?;
        Some(Release {
            kind,
            id: pass.id?,
            user: account.to_string(),
            reason: Reason::NotListed,
            since: pass.last_used.map(DateTime::timestamp),
        })
    };
    Sync {
        release: held.iter().filter(|pass| is_active(pass)).filter_map(release).collect(),
        allocate: allocate::plan(names.iter().copied(), users, held),
    }
}
