//! Plans allocations by name: the names of one user or of ten thousand.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::types::{AccessTypeAllocation, User};
use uuid::Uuid;

use super::account::Account;
use super::passes::is_active;

/// A name of the list, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
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
    let known_ids: HashSet<Uuid> = users.iter().filter_map(|user| user.id).collect();
    let mut seen = HashSet::new();
    let mut ids = HashSet::new();
    let decide = |name: &'name str| {
        if let Ok(id) = name.trim().parse::<Uuid>() {
            return Item { name: name.to_owned(), outcome: by_id(id, &mut ids, &known_ids, &holders) };
        }
        let outcome = match name.parse::<Account>() {
            Err(_) => Outcome::Malformed,
            Ok(account) => match known.get(&account) {
                _ if !seen.insert(account.clone()) => Outcome::Repeated,
                None => Outcome::NoUser,
                Some(id) if holders.contains(id) => Outcome::Held,
                Some(id) => Outcome::Planned(*id),
            },
        };
        Item { name: name.to_owned(), outcome }
    };
    names.into_iter().map(decide).collect()
}

/// Decides for an identifier. A site that does not list its users may know it.
fn by_id(id: Uuid, seen: &mut HashSet<Uuid>, known: &HashSet<Uuid>, holders: &HashSet<Uuid>) -> Outcome {
    if !seen.insert(id) {
        Outcome::Repeated
    } else if holders.contains(&id) {
        Outcome::Held
    } else if !known.is_empty() && !known.contains(&id) {
        Outcome::NoUser
    } else {
        Outcome::Planned(id)
    }
}
