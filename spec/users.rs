//! Finds a user by directory and user id, as in `CORP\ada`.
//!
//! An allocation needs the identifier of a user, and administrators know the directory and the user id. [`find`] leads
//! from one to the other, and tells a user who does not exist from several who are meant. The contract has nothing on
//! users; the repository of QRS 38.22 does.
//!
//! ```no_run
//! use qrs_generated::types::{AccessTypeAllocationCreate, AccessTypeAllocationCreateUser};
//! use qrs_generated::{Client, users};
//!
//! # async fn allocate(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
//! let ada = users::find(client, "CORP", "ada").await?;
//! if let Some(id) = ada.id {
//!     let pass = AccessTypeAllocationCreate::new(AccessTypeAllocationCreateUser::new(id));
//!     client.create_professional_access_type(pass).send().await?;
//! }
//! # Ok(())
//! # }
//! ```

use std::error::Error as StdError;
use std::fmt;

use crate::filter::{USER_DIRECTORY, USER_ID};
use crate::operations::user::GetUsersFull;
use crate::types::{ErrorMessage, User};
use crate::{Client, Error};

/// Finds the user with this directory and user id, with all fields of the user.
///
/// Case does not matter, as it does not to the repository. Of several users who differ in case alone, the one who is
/// spelled as asked for is the one.
///
/// # Errors
///
/// [`FindErrorKind::NoSuchUser`], [`FindErrorKind::Several`], and [`FindErrorKind::Request`] when the site cannot be
/// asked.
pub async fn find(client: &Client, directory: &str, id: &str) -> Result<User, FindError> {
    let found = request(client, directory, id).send().await;
    choose(found, directory, id)
}

/// Finds a user, for code that has no async runtime: see [`find`].
///
/// # Errors
///
/// As [`find`].
#[cfg(feature = "blocking")]
pub fn find_blocking(client: &Client, directory: &str, id: &str) -> Result<User, FindError> {
    let found = request(client, directory, id).send_blocking();
    choose(found, directory, id)
}

fn request(client: &Client, directory: &str, id: &str) -> GetUsersFull {
    let filter = USER_DIRECTORY.eq(directory).and(USER_ID.eq(id));
    client.get_users_full().filter(filter)
}

/// Picks the user who was asked for out of the response. A site that ignores the filter sends all its users.
fn choose(found: Result<Vec<User>, Error<ErrorMessage>>, directory: &str, id: &str) -> Result<User, FindError> {
    let error = |kind, several, source| FindError {
        kind,
        directory: directory.to_owned(),
        id: id.to_owned(),
        several,
        source,
    };
    let mut users = found.map_err(|source| error(FindErrorKind::Request, 0, Some(source)))?;
    users.retain(|user| same(&user.user_directory, directory) && same(&user.user_id, id));
    let is_exact = |user: &User| user.user_directory == directory && user.user_id == id;
    if users.iter().filter(|user| is_exact(user)).count() == 1 {
        users.retain(is_exact);
    }
    match users.len() {
        0 => Err(error(FindErrorKind::NoSuchUser, 0, None)),
        1 => users.pop().ok_or_else(|| error(FindErrorKind::NoSuchUser, 0, None)),
        several => Err(error(FindErrorKind::Several, several, None)),
    }
}

/// Whether two names differ in case at most.
fn same(left: &str, right: &str) -> bool {
    left == right || left.to_lowercase() == right.to_lowercase()
}

/// Why a user was not found.
#[derive(Debug)]
pub struct FindError {
    kind: FindErrorKind,
    directory: String,
    id: String,
    several: usize,
    source: Option<Error<ErrorMessage>>,
}

/// The kinds of [`FindError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindErrorKind {
    /// The site has no such user.
    NoSuchUser,
    /// The site has several such users.
    Several,
    /// The site could not be asked; [`FindError::request`] says why.
    Request,
}

impl FindError {
    /// The kind of the failure.
    #[must_use]
    pub const fn kind(&self) -> FindErrorKind {
        self.kind
    }

    /// The directory that was asked for.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// The user id that was asked for.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The error of the request, if the site could not be asked.
    #[must_use]
    pub const fn request(&self) -> Option<&Error<ErrorMessage>> {
        self.source.as_ref()
    }
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (directory, id) = (self.directory.escape_debug(), self.id.escape_debug());
        match self.kind {
            FindErrorKind::NoSuchUser => write!(f, "no such user: `{directory}\\{id}`"),
            FindErrorKind::Several => {
                write!(f, "several users are `{directory}\\{id}`: {}, which differ in case", self.several)
            }
            FindErrorKind::Request => write!(f, "the user `{directory}\\{id}` could not be looked up"),
        }
    }
}

impl StdError for FindError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
