//! Passes of users: listed in full, allocated, released.

use std::fmt;

use crate::types::{AccessTypeAllocation, AccessTypeAllocationCreate, AccessTypeAllocationCreateUser, ErrorMessage};
use crate::{Client, Error};
use uuid::Uuid;

use super::account::Account;

/// A kind of pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Professional,
    Analyzer,
    User,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Self; 3] = [Self::Professional, Self::Analyzer, Self::User];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Professional => "professional",
            Self::Analyzer => "analyzer",
            Self::User => "user",
        }
    }

    /// The kind of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The end of a release: afterwards, there is no such pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Released {
    Done,
    /// There was none before, either.
    NoSuchPass,
}

/// The request of an allocation: a client sends three different ones.
macro_rules! filtered {
    ($request:expr, $filter:expr) => {
        match $filter {
            Some(filter) => $request.filter(filter).send().await,
            None => $request.send().await,
        }
    };
}

impl Kind {
    /// Lists the passes in full: the plain list of a live site has neither users nor times.
    pub(crate) async fn list(
        self,
        client: &Client,
        filter: Option<String>,
    ) -> Result<Vec<AccessTypeAllocation>, Error<ErrorMessage>> {
        match self {
            Self::Professional => filtered!(client.get_professional_access_types_full(), filter),
            Self::Analyzer => filtered!(client.get_analyzer_access_types_full(), filter),
            Self::User => filtered!(client.get_user_access_types_full(), filter),
        }
    }

    /// Allocates a pass to the user of this identifier.
    pub(crate) async fn allocate(
        self,
        client: &Client,
        user: Uuid,
    ) -> Result<AccessTypeAllocation, Error<ErrorMessage>> {
        let body = AccessTypeAllocationCreate::new(AccessTypeAllocationCreateUser::new(user));
        match self {
            Self::Professional => client.create_professional_access_type(body).send().await,
            Self::Analyzer => client.create_analyzer_access_type(body).send().await,
            Self::User => client.create_user_access_type(body).send().await,
        }
    }

    /// Releases the pass of this identifier, or finds that there is none.
    pub(crate) async fn release(self, client: &Client, pass: Uuid) -> Result<Released, Error<ErrorMessage>> {
        let released = match self {
            Self::Professional => client.delete_professional_access_type(pass).send().await,
            Self::Analyzer => client.delete_analyzer_access_type(pass).send().await,
            Self::User => client.delete_user_access_type(pass).send().await,
        };
        match released {
            Ok(()) => Ok(Released::Done),
            Err(error) if error.is_not_found() => Ok(Released::NoSuchPass),
            Err(error) => Err(error),
        }
    }
}

/// Whether a pass gives access now: one in quarantine does not.
pub(crate) fn is_active(pass: &AccessTypeAllocation) -> bool {
    pass.quarantined != Some(true)
}

/// The user of a pass, also one who was deleted while holding it.
pub(crate) fn holder(pass: &AccessTypeAllocation) -> Option<Account> {
    if let Some(user) = &pass.user {
        return Some(Account::new(user.user_directory.as_deref()?, user.user_id.as_deref()?));
    }
    deleted_holder(pass)
}

/// The user of a pass who was deleted while holding it.
pub(crate) fn deleted_holder(pass: &AccessTypeAllocation) -> Option<Account> {
    let id = pass.deleted_user_id.as_deref().filter(|id| !id.is_empty())?;
    Some(Account::new(pass.deleted_user_directory.as_deref().unwrap_or_default(), id))
}

/// The passes beyond what the licence holds.
pub(crate) fn in_excess(passes: &[AccessTypeAllocation]) -> impl Iterator<Item = &AccessTypeAllocation> {
    passes.iter().filter(|pass| pass.excess == Some(true))
}
