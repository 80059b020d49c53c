//! Finds a user by directory and user id, as in `CORP\ada`.
//!
//! An allocation needs the identifier of a user, and administrators know the directory and the user id. [`find`] finds
//! the user, and distinguishes a user who does not exist from a name that several users have. The published
//! document has no operations on users; those here are of QRS 38.22.
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
//!
//! [`find_many`] does the same for a list of names, in a few requests.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;

use crate::filter::{Filter, USER_DIRECTORY, USER_ID};
use crate::operations::user::GetUsersFull;
use crate::types::{ErrorMessage, User};
use crate::{Client, Error, send_all};

/// The number of users, and of bytes of their ids, that [`find_many`] asks for in one request: a server limits the length
/// of an address.
const USERS_PER_REQUEST: usize = 50;
const BYTES_PER_REQUEST: usize = 1000;

/// Finds the user with this directory and user id, with all fields of the user.
///
/// Case does not matter, as in the repository. If several users differ only in case, the one with exactly this spelling
/// is returned; if none has it, the error is [`FindErrorKind::Several`].
///
/// # Errors
///
/// [`FindErrorKind::NoSuchUser`], [`FindErrorKind::Several`], and [`FindErrorKind::Request`] if the request fails.
pub async fn find(client: &Client, directory: &str, id: &str) -> Result<User, FindError> {
    let found = request(client, directory, id).send().await;
    choose(found, directory, id)
}

/// Blocking version of [`find`], for code without an async runtime.
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
    let error =
        |kind, several, source| FindError { kind, directory: directory.to_owned(), id: id.to_owned(), several, source };
    let mut users = found.map_err(|source| error(FindErrorKind::Request, 0, Some(source)))?;
    users.retain(|user| same(&user.user_directory, directory) && same(&user.user_id, id));
    keep_exact(&mut users, directory, id);
    match users.len() {
        0 => Err(error(FindErrorKind::NoSuchUser, 0, None)),
        1 => users.pop().ok_or_else(|| error(FindErrorKind::NoSuchUser, 0, None)),
        several => Err(error(FindErrorKind::Several, several, None)),
    }
}

/// Finds the users with these directories and user ids: a few requests for many names.
///
/// The result has one [`Lookup`] for each name, in the order of the names: an unknown name or one that is given twice
/// does not stop the others. Case does not matter: see [`find`]. Names that differ in case alone count as the same one.
///
/// ```no_run
/// use qrs_generated::users::{self, Found};
///
/// # async fn look_up(client: &qrs_generated::Client) -> Result<(), Box<dyn std::error::Error>> {
/// for lookup in users::find_many(client, [("CORP", "ada"), ("CORP", "björn")]).await? {
///     match lookup.found {
///         Found::User(user) => println!("{:?}", user.id),
///         Found::NoSuchUser => println!("{} is unknown", lookup.id),
///         Found::Several(users) => println!("{users} users are {}", lookup.id),
///         Found::Repeated(first) => println!("{} is number {first} already", lookup.id),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If a request fails.
pub async fn find_many<D: Into<String>, I: Into<String>>(
    client: &Client,
    names: impl IntoIterator<Item = (D, I)>,
) -> Result<Vec<Lookup>, Error<ErrorMessage>> {
    let mut lookups = Lookup::all(names);
    let requests = filters(&lookups).into_iter().map(|filter| client.get_users_full().filter(filter));
    let outcomes = send_all(requests).collect().await;
    let users = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    settle(&mut lookups, users.into_iter().flatten());
    Ok(lookups)
}

/// Blocking version of [`find_many`], for code without an async runtime.
///
/// # Errors
///
/// As [`find_many`].
#[cfg(feature = "blocking")]
pub fn find_many_blocking<D: Into<String>, I: Into<String>>(
    client: &Client,
    names: impl IntoIterator<Item = (D, I)>,
) -> Result<Vec<Lookup>, Error<ErrorMessage>> {
    let mut lookups = Lookup::all(names);
    let mut users = Vec::new();
    for filter in filters(&lookups) {
        users.extend(client.get_users_full().filter(filter).send_blocking()?);
    }
    settle(&mut lookups, users);
    Ok(lookups)
}

/// A name that [`find_many`] looked up.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lookup {
    /// The directory that was asked for.
    pub directory: String,
    /// The user id that was asked for.
    pub id: String,
    /// The outcome.
    pub found: Found,
}

/// The outcome of looking up a name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Found {
    /// The user, with all fields.
    User(Box<User>),
    /// The site has no such user.
    NoSuchUser,
    /// The number of users who have this name in different case. None of them has exactly this spelling.
    Several(usize),
    /// The index of the first [`Lookup`] of the same name, case aside.
    Repeated(usize),
}

impl Lookup {
    /// The user, if there is exactly one, and the name was not given before.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match &self.found {
            Found::User(user) => Some(user),
            _ => None,
        }
    }

    /// A lookup for each name; only the first of the same user is open.
    fn all<D: Into<String>, I: Into<String>>(names: impl IntoIterator<Item = (D, I)>) -> Vec<Self> {
        let mut first = HashMap::new();
        let lookup = |(index, (directory, id)): (usize, (D, I))| {
            let (directory, id) = (directory.into(), id.into());
            let found = match *first.entry(key(&directory, &id)).or_insert(index) {
                first if first == index => Found::NoSuchUser,
                first => Found::Repeated(first),
            };
            Self { directory, id, found }
        };
        names.into_iter().enumerate().map(lookup).collect()
    }

    fn is_open(&self) -> bool {
        matches!(self.found, Found::NoSuchUser)
    }
}

/// A name for comparison: case does not matter.
fn key(directory: &str, id: &str) -> (String, String) {
    (directory.to_lowercase(), id.to_lowercase())
}

/// The filters of the requests that ask for all users who are looked up: each for some of one directory.
fn filters(lookups: &[Lookup]) -> Vec<Filter> {
    let mut directories: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for lookup in lookups.iter().filter(|lookup| lookup.is_open()) {
        let place = *places.entry(lookup.directory.to_lowercase()).or_insert(directories.len());
        match directories.get_mut(place) {
            Some((_, ids)) => ids.push(&lookup.id),
            None => directories.push((&lookup.directory, vec![&lookup.id])),
        }
    }
    let mut filters = Vec::new();
    for (directory, ids) in directories {
        let mut bytes = 0;
        let mut begun: Option<(Filter, usize)> = None;
        for id in ids {
            begun = match begun.take() {
                Some((filter, users)) if users < USERS_PER_REQUEST && bytes + id.len() <= BYTES_PER_REQUEST => {
                    bytes += id.len();
                    Some((filter.or(USER_ID.eq(id)), users + 1))
                }
                full => {
                    filters.extend(full.map(|(filter, _)| USER_DIRECTORY.eq(directory).and(filter)));
                    bytes = id.len();
                    Some((USER_ID.eq(id), 1))
                }
            };
        }
        filters.extend(begun.map(|(filter, _)| USER_DIRECTORY.eq(directory).and(filter)));
    }
    filters
}

/// Puts the users into the lookups that asked for them.
fn settle(lookups: &mut [Lookup], users: impl IntoIterator<Item = User>) {
    let mut found: HashMap<(String, String), Vec<User>> = HashMap::new();
    for user in users {
        let same = found.entry(key(&user.user_directory, &user.user_id)).or_default();
        // A site that ignores the filters sends each user several times.
        if user.id.is_none() || same.iter().all(|other| other.id != user.id) {
            same.push(user);
        }
    }
    for lookup in lookups.iter_mut().filter(|lookup| lookup.is_open()) {
        let mut users = found.remove(&key(&lookup.directory, &lookup.id)).unwrap_or_default();
        keep_exact(&mut users, &lookup.directory, &lookup.id);
        lookup.found = match users.len() {
            0 | 1 => users.pop().map_or(Found::NoSuchUser, |user| Found::User(Box::new(user))),
            several => Found::Several(several),
        };
    }
}

/// Of several users who differ in case, keeps the one who is spelled as asked for.
fn keep_exact(users: &mut Vec<User>, directory: &str, id: &str) {
    let is_exact = |user: &User| user.user_directory == directory && user.user_id == id;
    if users.iter().filter(|user| is_exact(user)).count() == 1 {
        users.retain(is_exact);
    }
}

/// Whether two names differ in case at most.
fn same(left: &str, right: &str) -> bool {
    left == right || left.to_lowercase() == right.to_lowercase()
}

/// An error of [`find`]: the user could not be found, or a request failed.
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
    /// The request failed; [`FindError::request`] says why.
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

    /// The error of the request, if it failed.
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
