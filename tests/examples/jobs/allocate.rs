//! Allocates passes by name: the names of one user or of ten thousand.

use std::collections::{HashMap, HashSet};
use std::fmt;

use qrs_generated::Client;
use qrs_generated::types::{AccessTypeAllocation, User};
use uuid::Uuid;

use super::account::Account;
use super::passes::{Kind, is_active};

/// A name of the list, and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
}

/// The outcome for one name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The user with this identifier is to get a pass.
    Planned(Uuid),
    /// The user got a pass.
    Allocated,
    /// The user had one before.
    Held,
    /// The list names the user before.
    Repeated,
    /// The site knows no such user.
    NoUser,
    /// The text is no name.
    Malformed,
    /// The site refused, with these words.
    Failed(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned(_) => f.write_str("gets a pass"),
            Self::Allocated => f.write_str("got a pass"),
            Self::Held => f.write_str("has a pass already"),
            Self::Repeated => f.write_str("is named twice"),
            Self::NoUser => f.write_str("is unknown to the site"),
            Self::Malformed => f.write_str(r"is not written as `DIRECTORY\id`"),
            Self::Failed(reason) => write!(f, "got no pass: {reason}"),
        }
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
    let mut seen = HashSet::new();
    let decide = |name: &'name str| {
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

/// Allocates the planned passes one by one, and goes on after a failure: each item tells what came of it.
///
/// A POST that allocates is never repeated blindly: read the passes and plan again after a failure on the way.
pub(crate) async fn apply(client: &Client, kind: Kind, items: &mut [Item]) {
    for item in items {
        if let Outcome::Planned(user) = item.outcome {
            item.outcome = match kind.allocate(client, user).await {
                Ok(_) => Outcome::Allocated,
                Err(error) => Outcome::Failed(error.to_string()),
            };
        }
    }
}
