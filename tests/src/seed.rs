//! What a site holds when it starts: little, but in every shape that a live one has been seen to answer.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::state::{License, LicenseKind, NEVER, Pass, Pool, Row, State, User, later};

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

/// The rule that gives professional access to `CORP`.
pub const PROFESSIONAL_RULE: Uuid = Uuid::from_u128(0x2a1e_0000_0000_4000_8000_0000_0000_0001);
/// The rule that is disabled, with half of its fields empty, `null` or absent.
pub const DISABLED_RULE: Uuid = Uuid::from_u128(0x2a1e_0000_0000_4000_8000_0000_0000_0002);

/// The serial number of the licence a site starts with.
pub const SERIAL: &str = "9999000011112222";

const LICENSE: Uuid = Uuid::from_u128(0x11ce_0000_0000_4000_8000_0000_0000_0001);

/// The text of a licence enablement file: lines ended as on Windows, and not all of it ASCII.
pub(crate) fn lef(serial: &str) -> String {
    format!("{serial}\r\nQlik Sense Enterprise;;;\r\nOWNER;Åkesson & Söhne;;\r\nPRODUCTLEVEL;50;;\r\n")
}

/// A licence with everything but its name filled in.
pub(crate) fn license_row(serial: &str, lef: &str) -> Row {
    object(json!({
        "id": LICENSE,
        "createdDate": "2022-08-27T06:47:08.584Z",
        "modifiedDate": "2023-01-01T00:00:00Z",
        "modifiedByUserName": r"INTERNAL\sa_repository",
        "name": "Stand-in",
        "organization": "Stand-in",
        "serial": serial,
        "key": format!("key-of-{serial}"),
        "lef": lef,
        "check": "",
        "isExpired": false,
        "expiredReason": "",
        "isBlacklisted": false,
        "isInvalid": false,
        "product": 23,
        "productLevel": "Enterprise",
        "numberOfCores": -1,
        "timelimited": NEVER,
        "keyDetails": "",
        "privileges": null,
        "schemaPath": "License",
    }))
}

pub(crate) fn fill(state: &mut State) {
    state.users = [
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
    .collect();

    let lef = lef(SERIAL);
    state.license = Some(License { row: license_row(SERIAL, &lef), kind: LicenseKind::Serial, lef });

    for (pool, capacity) in [(Pool::Professional, 4), (Pool::Analyzer, 2), (Pool::User, 3), (Pool::Login, 10)] {
        state.set_capacity(pool, capacity);
    }
    fill_pools(state);
    fill_rules(state);
}

fn fill_pools(state: &mut State) {
    let mut ada = Pass::new(object(json!({
        "id": PASS_OF_ADA,
        "createdDate": "2022-08-27T06:47:08.584Z",
        "modifiedDate": "2022-08-27T06:47:08.5841234Z",
        "modifiedByUserName": r"INTERNAL\sa_repository",
        "user": { "id": ADA, "userId": "ada", "userDirectory": "CORP", "name": "Ada Lovelace", "privileges": null },
        "quarantined": false,
        "quarantineEnd": NEVER,
        "deletedUserId": "",
        "deletedUserDirectory": "",
        "privileges": null,
        "schemaPath": "License.ProfessionalAccessType",
    })));
    ada.last_used = Some(later(state.now(), SignedDuration::from_hours(-24)));
    let bjorn = Pass::new(object(json!({
        "id": PASS_OF_BJORN,
        "createdDate": "2023-01-01T00:00:00Z",
        "modifiedDate": "2023-01-01T00:00:00+00:00",
        "modifiedByUserName": null,
        "user": { "id": BJORN, "userId": "björn", "userDirectory": "CORP", "name": "Björn Åkesson", "privileges": ["read"] },
        "quarantined": false,
        "quarantineEnd": null,
        "privileges": ["read", "update"],
    })));
    *state.pool_mut(Pool::Professional) = vec![ada, bjorn];
    *state.pool_mut(Pool::Analyzer) = vec![Pass::new(object(json!({
        "id": PASS_OF_O_NEIL,
        "createdDate": "2024-02-29T23:59:59.9999999Z",
        "modifiedByUserName": "",
        "user": { "id": O_NEIL, "userId": "o'neil", "userDirectory": "PARTNER; EAST", "name": r"O'Neil \ East" },
        "quarantined": false,
        "schemaPath": "License.AnalyzerAccessType",
    })))];
    *state.pool_mut(Pool::User) = vec![Pass::new(object(json!({
        "id": USER_PASS_OF_ADA,
        "createdDate": "2022-08-27T06:47:08.584Z",
        "modifiedDate": NEVER,
        "modifiedByUserName": r"CORP\ada",
        "user": { "id": ADA, "userId": "ada", "userDirectory": "CORP", "name": null },
        "quarantined": false,
        "quarantineEnd": NEVER,
        "privileges": null,
        "schemaPath": "License.UserAccessType",
    })))];
    *state.pool_mut(Pool::Login) = vec![Pass::new(object(json!({
        "id": LOGIN_ALLOCATION,
        "createdDate": "2022-08-27T06:47:08.584Z",
        "modifiedDate": "2022-08-27T06:47:08Z",
        "name": "Guests",
        "user": null,
        "tokensUsed": 4,
        "privileges": null,
        "schemaPath": "License.LoginAccessType",
    })))];
}

fn fill_rules(state: &mut State) {
    state.rules = vec![
        object(json!({
            "id": PROFESSIONAL_RULE,
            "createdDate": "2022-08-27T06:47:08.584Z",
            "modifiedDate": "2022-08-27T06:47:08.5Z",
            "modifiedByUserName": r"INTERNAL\sa_repository",
            "name": "Professionals of CORP",
            "category": "License",
            "subcategory": "",
            "type": 2,
            "rule": r#"((user.userDirectory="CORP"))"#,
            "resourceFilter": "License.ProfessionalAccessType_*",
            "actions": 1,
            "comment": "Gives access at the first visit.",
            "disabled": false,
            "ruleContext": 1,
            "tags": [],
            "privileges": null,
            "schemaPath": "SystemRule",
        })),
        object(json!({
            "id": DISABLED_RULE,
            "createdDate": NEVER,
            "modifiedDate": null,
            "name": "Guests",
            "category": "License",
            "type": 0,
            "rule": "",
            "resourceFilter": null,
            "actions": 2_147_483_648_i64,
            "disabled": true,
            "schemaPath": "SystemRule",
        })),
    ];
}

/// The object of a `json!` that is written as one.
fn object(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}
