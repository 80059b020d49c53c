//! The contents of a site, whichever of the two interfaces it offers.

mod pass;
mod user;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::answer::ErrorStyle;
use crate::reply::Refusal;
use crate::rows::{Row, later};

pub use pass::Pool;
pub(crate) use pass::{Pass, Usage};
pub use user::User;
pub(crate) use user::{Member, account};

/// The kind of licence that a site runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenseKind {
    /// A serial and a control number: passes used lately are quarantined when they are released.
    Serial,
    /// A signed key: passes are free at once.
    SignedKey,
}

pub(crate) struct License {
    pub(crate) row: Row,
    pub(crate) kind: LicenseKind,
    pub(crate) lef: String,
}

/// The ways in which live sites differ.
#[derive(Clone, Copy, Default)]
pub(crate) struct Variations {
    /// A user holds a professional or an analyzer pass, never both.
    pub(crate) one_pass_a_user: bool,
    /// Counts are bare numbers rather than `{"value": n}`.
    pub(crate) bare_counts: bool,
    /// Entities have fields that no description of the site has.
    pub(crate) unknown_fields: bool,
}

/// The contents and settings of a site.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: Vec<Member>,
    pub(crate) license: Option<License>,
    pub(crate) rules: Vec<Row>,
    /// The groups through which rules give access, by their kind.
    pub(crate) groups: BTreeMap<Pool, Vec<Row>>,
    /// The sessions that passes were used in, by their kind.
    pub(crate) sessions: BTreeMap<Pool, Vec<Row>>,
    pub(crate) selections: Vec<Row>,
    pub(crate) error_style: ErrorStyle,
    /// Every request is answered 401, as while a site's certificates do not match.
    pub(crate) refuses_credentials: bool,
    pub(crate) variations: Variations,
    /// The lead of the site's clock over the machine's.
    pub(crate) clock: SignedDuration,
    passes: BTreeMap<Pool, Vec<Pass>>,
    capacity: BTreeMap<Pool, i64>,
    /// The tokens or minutes that deleted allocations had used.
    unavailable: BTreeMap<Pool, i64>,
}

impl State {
    pub(crate) fn now(&self) -> Timestamp {
        later(Timestamp::now(), self.clock)
    }

    /// The user of a directory; case does not matter, as on Windows.
    pub(crate) fn user_named(&self, directory: &str, user_id: &str) -> Option<&Member> {
        let wanted = account(directory, user_id).to_lowercase();
        self.users.iter().find(|member| member.is_named(&wanted))
    }

    pub(crate) fn user(&self, id: uuid::Uuid) -> Option<&Member> {
        self.users.iter().find(|member| member.user.id == id)
    }

    /// The caller of a request, if the site lets them in.
    pub(crate) fn caller(&self, directory: &str, user_id: &str) -> Result<User, Refusal> {
        match self.user_named(directory, user_id) {
            Some(Member { user, .. }) if !user.inactive => Ok(user.clone()),
            _ => Err(Refusal::new(
                http::StatusCode::FORBIDDEN,
                "Your account is inactive. Contact your administrator to activate it.",
            )),
        }
    }
}
