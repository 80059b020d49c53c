//! Plans allocations by name: the names of one user or of ten thousand.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::types::{AccessTypeAllocation, User};
use uuid::Uuid;

use super::account::{Account, AccountState};
use super::passes::is_active;

/// A name of the list, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
    /// The state of the account of a user whom the site lists.
    pub(crate) state: Option<AccountState>,
}

/// The outcome for one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The user with this identifier is to get a pass.
    Planned(Uuid),
    /// The user has one.
    Held,
    /// The list names the user before.
    Repeated,
    /// The site knows no such user.
    NoUser,
    /// The text is no name.
    Malformed,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Planned(_) => "gets a pass",
            Self::Held => "has a pass already",
            Self::Repeated => "is named twice",
            Self::NoUser => "is unknown to the site",
            Self::Malformed => r"is not written as `DIRECTORY\id`, and no identifier",
        })
    }
}

/// Decides for each name of a list, of the site's users and of the passes that they hold.
pub(crate) fn plan<'name>(
    names: impl IntoIterator<Item = &'name str>,
    users: &[User],
    held: &[AccessTypeAllocation],
) -> Vec<Item> {
    let known: HashMap<Account, Uuid> =
        users.iter().filter_map(|user| Some((Account::new(&user.user_directory, &user.user_id), user.id?))).collect();
    let holders: HashSet<Uuid> =
        held.iter().filter(|pass| is_active(pass)).filter_map(|pass| pass.user.as_ref()?.id).collect();
    let states: HashMap<Uuid, AccountState> =
        users.iter().filter_map(|user| Some((user.id?, AccountState::of(user)))).collect();
    // A user may be named by the identifier and by the name.
    let (mut seen, mut unknown) = (HashSet::new(), HashSet::new());
    let decide = |name: &'name str| {
        let id = match (name.trim().parse::<Uuid>(), name.parse::<Account>()) {
            // A site that does not list its users may know it.
            (Ok(id), _) => Some(id).filter(|id| users.is_empty() || states.contains_key(id)),
            (_, Ok(account)) => {
                let id = known.get(&account).copied();
                if id.is_none() && !unknown.insert(account) {
                    return Item { name: name.to_owned(), outcome: Outcome::Repeated, state: None };
                }
                id
            }
            _ => return Item { name: name.to_owned(), outcome: Outcome::Malformed, state: None },
        };
        let outcome = match id {
            None => Outcome::NoUser,
            Some(id) if !seen.insert(id) => Outcome::Repeated,
            Some(id) if holders.contains(&id) => Outcome::Held,
            Some(id) => Outcome::Planned(id),
        };
        Item { name: name.to_owned(), outcome, state: id.and_then(|id| states.get(&id).copied()) }
    };
    names.into_iter().map(decide).collect()
}
