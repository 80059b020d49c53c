//! The contents of a site when it starts: little, but in every shape that a live one has been seen to send.

pub(crate) mod contract;
pub(crate) mod live;

use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::rows::{date, later, object};
use crate::state::{Member, Pool, State, User};
use crate::{Mode, StandIn};

/// `INTERNAL\sa_repository`, as whom automation usually calls.
pub const SA_REPOSITORY: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0001);
/// `INTERNAL\sa_api`.
pub const SA_API: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0002);
/// `CORP\ada`: a professional whose pass was used yesterday.
pub const ADA: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0003);
/// `CORP\björn`: a professional who never came.
pub const BJORN: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0004);
/// `PARTNER; EAST\o'neil`: names that have to be escaped in a header and in a filter; an analyzer.
pub const O_NEIL: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0005);
/// `CORP\idle`: an account that is inactive.
pub const IDLE: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0006);
/// `CORP\newcomer`: a user without any access.
pub const NEWCOMER: Uuid = Uuid::from_u128(0x7dd8_0a30_0000_4000_8000_0000_0000_0007);

/// The professional pass of [`ADA`]: taken back, it goes into quarantine.
pub const PASS_OF_ADA: Uuid = Uuid::from_u128(0xa110_c000_0000_4000_8000_0000_0000_0001);
/// The professional pass of [`BJORN`]: taken back, it is free at once.
pub const PASS_OF_BJORN: Uuid = Uuid::from_u128(0xa110_c000_0000_4000_8000_0000_0000_0002);
/// The analyzer pass of [`O_NEIL`].
pub const PASS_OF_O_NEIL: Uuid = Uuid::from_u128(0xa110_c000_0000_4000_8000_0000_0000_0003);
/// The user access pass of [`ADA`].
pub const USER_PASS_OF_ADA: Uuid = Uuid::from_u128(0xa110_c000_0000_4000_8000_0000_0000_0004);
/// The login access allocation; it takes four tokens.
pub const LOGIN_ALLOCATION: Uuid = Uuid::from_u128(0xa110_c000_0000_4000_8000_0000_0000_0005);

/// The allocation of analyzer capacity of a live site: one unit.
pub const ANALYZER_CAPACITY: Uuid = Uuid::from_u128(0xa110_c000_0000_4000_8000_0000_0000_0006);

/// The group of professionals of a live site, which [`PROFESSIONAL_RULE`] is about.
pub const PROFESSIONAL_GROUP: Uuid = Uuid::from_u128(0x6e0f_0000_0000_4000_8000_0000_0000_0001);
/// The group of analyzers of a live site.
pub const ANALYZER_GROUP: Uuid = Uuid::from_u128(0x6e0f_0000_0000_4000_8000_0000_0000_0002);
/// The group of users with tokens of a live site.
pub const USER_GROUP: Uuid = Uuid::from_u128(0x6e0f_0000_0000_4000_8000_0000_0000_0003);

/// The rule that gives professional access to `CORP`.
pub const PROFESSIONAL_RULE: Uuid = Uuid::from_u128(0x2a1e_0000_0000_4000_8000_0000_0000_0001);
/// The rule that is disabled, with half of its fields empty, `null` or absent.
pub const DISABLED_RULE: Uuid = Uuid::from_u128(0x2a1e_0000_0000_4000_8000_0000_0000_0002);

/// The rule of a live site that is not about licences.
pub const SECURITY_RULE: Uuid = Uuid::from_u128(0x2a1e_0000_0000_4000_8000_0000_0000_0003);

/// The serial number of the licence a site starts with.
pub const SERIAL: &str = "9999000011112222";

/// The tag of some users of a site with more contents.
const TAG: Uuid = Uuid::from_u128(0x7a60_0000_0000_4000_8000_0000_0000_0001);

const LICENSE: Uuid = Uuid::from_u128(0x11ce_0000_0000_4000_8000_0000_0000_0001);

/// Adds users with professional passes of every age to a site, so that there is something to see and to release. One is
/// blocked, and one has a tag.
pub fn furnish(site: &StandIn) {
    site.set_capacity(Pool::Professional, 10);
    site.set_capacity(Pool::Analyzer, 3);
    let ago = |days: i64| later(site.now(), SignedDuration::from_hours(-24 * days));
    for (number, (user_id, name, created, used)) in [
        ("grace", "Grace Hopper", 400, Some(3)),
        ("dijkstra", "Edsger Dijkstra", 400, Some(95)),
        ("noether", "Emmy Noether", 200, None),
        ("turing", "Alan Turing", 5, None),
    ]
    .into_iter()
    .enumerate()
    {
        let user = site.add_user("CORP", user_id, name);
        let pass = Uuid::from_u128(0xa110_c000_0000_4000_9000_0000_0000_0000 + number as u128);
        let row = json!({
            "id": pass,
            "createdDate": date(ago(created)),
            "user": { "id": user, "userDirectory": "CORP", "userId": user_id, "name": name },
            "quarantined": false,
        });
        site.push_allocation(Pool::Professional, object(row));
        if let Some(days) = used {
            // The pass is there: it was added just now.
            let _ = site.mark_used(Pool::Professional, pass, ago(days));
        }
        let fields = match user_id {
            "grace" => json!({ "tags": [{ "id": TAG, "name": "Board" }] }),
            "dijkstra" => json!({ "blacklisted": true }),
            _ => continue,
        };
        // The user is there as well.
        let _ = site.change_user(user, object(fields));
    }
}

/// Fills a site with the contents of its mode.
pub(crate) fn fill(state: &mut State, mode: Mode) {
    state.users = users();
    match mode {
        Mode::Contract => contract::fill(state),
        Mode::Live(licensing) => live::fill(state, licensing),
    }
}

fn users() -> Vec<Member> {
    [
        (SA_REPOSITORY, "INTERNAL", "sa_repository", "sa_repository"),
        (SA_API, "INTERNAL", "sa_api", "sa_api"),
        (ADA, "CORP", "ada", "Ada Lovelace"),
        (BJORN, "CORP", "björn", "Björn Åkesson"),
        (O_NEIL, "PARTNER; EAST", "o'neil", r"O'Neil \ East"),
        (IDLE, "CORP", "idle", "Idle Account"),
        (NEWCOMER, "CORP", "newcomer", ""),
    ]
    .into_iter()
    .map(|(id, directory, user_id, name)| User {
        id,
        directory: directory.to_owned(),
        user_id: user_id.to_owned(),
        name: name.to_owned(),
        inactive: id == IDLE,
    })
    .map(|user| Member::of(&user, "2022-08-27T06:47:08.584Z"))
    .collect()
}
