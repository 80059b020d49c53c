//! The contents of a site that follows the document.

use jiff::SignedDuration;
use serde_json::json;

use super::{
    ADA, BJORN, DISABLED_RULE, LICENSE, LOGIN_ALLOCATION, O_NEIL, PASS_OF_ADA, PASS_OF_BJORN, PASS_OF_O_NEIL,
    PROFESSIONAL_RULE, SERIAL, USER_PASS_OF_ADA,
};
use crate::rows::{NEVER, Row, later, object};
use crate::state::{License, LicenseKind, Pass, Pool, State};

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

pub(super) fn fill(state: &mut State) {
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
    ada.mark_used(later(state.now(), SignedDuration::from_hours(-24)));
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
