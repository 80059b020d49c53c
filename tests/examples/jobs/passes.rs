//! Passes of users: listed in full, allocated, released.

use std::fmt;

use qrs_generated::types::{
    AccessTypeAllocation, AccessTypeAllocationCreate, AccessTypeAllocationCreateUser, ErrorMessage,
};
use qrs_generated::{Client, Error, filter::Filter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::Account;

/// A kind of pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Professional,
    Analyzer,
    User,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Professional => "professional",
            Self::Analyzer => "analyzer",
            Self::User => "user",
        })
    }
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
        filter: Option<Filter>,
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

    /// Releases the pass of this identifier. One that is gone is released.
    pub(crate) async fn release(self, client: &Client, pass: Uuid) -> Result<(), Error<ErrorMessage>> {
        let released = match self {
            Self::Professional => client.delete_professional_access_type(pass).send().await,
            Self::Analyzer => client.delete_analyzer_access_type(pass).send().await,
            Self::User => client.delete_user_access_type(pass).send().await,
        };
        match released {
            Err(error) if error.is_not_found() => Ok(()),
            released => released,
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
