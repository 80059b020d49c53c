//! The contents of a live site.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ADA, ANALYZER_CAPACITY, ANALYZER_GROUP, BJORN, DISABLED_RULE, LICENSE, LOGIN_ALLOCATION, O_NEIL, PASS_OF_ADA,
    PASS_OF_BJORN, PASS_OF_O_NEIL, PROFESSIONAL_GROUP, PROFESSIONAL_RULE, SECURITY_RULE, SERIAL, USER_GROUP,
    USER_PASS_OF_ADA,
};
use crate::Licensing;
use crate::rows::{NEVER, Row, date, later, object};
use crate::state::{License, LicenseKind, Pass, Pool, State};

/// The day on which the licence ends that a site starts with.
const END: &str = "2099-12-31";

/// The text of a licence enablement file with an end.
pub(crate) fn lef(serial: &str) -> String {
    format!(
        "{serial}\r\nQLIK SENSE ENTERPRISE;;;\r\nOWNER;Åkesson & Söhne;;\r\nPRODUCTLEVEL;50;;\r\n\
         TIMELIMIT;VALUE;;{END}\r\n"
    )
}

/// A licence, dated in 2022.
pub(crate) fn license_row(serial: &str, lef: &str, key: &str, key_details: &str) -> Row {
    let fields = json!({
        "id": LICENSE,
        "modifiedDate": "2023-01-01T00:00:00.000Z",
        "lef": lef,
        "serial": serial,
        "check": "",
        "key": key,
        "keyDetails": key_details,
        "name": "Stand-in",
        "organization": "Stand-in",
        "product": 0,
        "numberOfCores": -1,
        "isExpired": false,
        "expiredReason": "",
        "isBlacklisted": false,
        "isInvalid": false,
        "isSubscription": !key.is_empty(),
        "isCloudServices": false,
        "isElastic": false,
        "updated": NEVER,
    });
    entity("License", LICENSE, fields)
}

/// An entity with the fields that all of them have; `fields` may replace them.
fn entity(schema: &str, id: Uuid, fields: Value) -> Row {
    let mut row = object(json!({
        "id": id,
        "createdDate": "2022-08-27T06:47:08.584Z",
        "modifiedDate": "2022-08-27T06:47:08.584Z",
        "modifiedByUserName": r"INTERNAL\sa_repository",
        "schemaPath": schema,
        "privileges": null,
    }));
    row.extend(object(fields));
    row
}

pub(super) fn fill(state: &mut State, licensing: Licensing) {
    let lef = lef(SERIAL);
    state.license = Some(License { row: license_row(SERIAL, &lef, "", ""), kind: LicenseKind::Serial, lef });
    let yesterday = later(state.now(), SignedDuration::from_hours(-24));
    match licensing {
        Licensing::Capacity => fill_capacity(state, yesterday),
        Licensing::Tokens => fill_tokens(state, yesterday),
    }
    for (pool, id, schema, name) in [
        (Pool::Professional, PROFESSIONAL_GROUP, "License.ProfessionalAccessGroup", "Professionals"),
        (Pool::Analyzer, ANALYZER_GROUP, "License.AnalyzerAccessGroup", "Analyzers"),
        (Pool::User, USER_GROUP, "License.UserAccessGroup", "Users"),
    ] {
        state.groups.insert(pool, vec![entity(schema, id, json!({ "name": name }))]);
    }
    state.rules = rules();
}

/// Passes, and capacity for analyzers.
fn fill_capacity(state: &mut State, yesterday: Timestamp) {
    for (pool, capacity) in [(Pool::Professional, 4), (Pool::Analyzer, 2), (Pool::AnalyzerTime, 2)] {
        state.set_capacity(pool, capacity);
    }
    let mut ada = pass(state, Pool::Professional, PASS_OF_ADA, ADA);
    ada.mark_used(yesterday);
    let bjorn = pass(state, Pool::Professional, PASS_OF_BJORN, BJORN);
    *state.pool_mut(Pool::Professional) = vec![ada, bjorn];
    *state.pool_mut(Pool::Analyzer) = vec![pass(state, Pool::Analyzer, PASS_OF_O_NEIL, O_NEIL)];
    let time = json!({
        "name": "Analyzer capacity",
        "assignedUnits": 1,
        "assignedMinutes": 1000,
        "usedMinutes": 120,
        "remainingMinutes": 880,
    });
    *state.pool_mut(Pool::AnalyzerTime) =
        vec![Pass::new(entity(Pool::AnalyzerTime.schema_path(), ANALYZER_CAPACITY, time))];
    let held = |name: &str, id: Uuid| json!({ "sessionID": "5e55-0001", name: { "id": id, "privileges": null } });
    let sessions = [
        (Pool::Professional, held("professionalAccessType", PASS_OF_ADA)),
        (Pool::Analyzer, held("analyzerAccessType", PASS_OF_O_NEIL)),
        (Pool::AnalyzerTime, shared("analyzerTimeAccessType", ANALYZER_CAPACITY, "Analyzer capacity")),
    ];
    fill_sessions(state, sessions, yesterday);
}

/// Tokens, for users and logins.
fn fill_tokens(state: &mut State, yesterday: Timestamp) {
    for (pool, capacity) in [(Pool::User, 3), (Pool::Login, 10)] {
        state.set_capacity(pool, capacity);
    }
    let mut ada = pass(state, Pool::User, USER_PASS_OF_ADA, ADA);
    ada.mark_used(yesterday);
    *state.pool_mut(Pool::User) = vec![ada];
    let login = json!({
        "name": "Guests",
        "assignedTokens": 4,
        "assignedAccessTypes": 40,
        "usedAccessTypes": 7,
        "remainingAccessTypes": 33,
    });
    *state.pool_mut(Pool::Login) = vec![Pass::new(entity(Pool::Login.schema_path(), LOGIN_ALLOCATION, login))];
    let user = json!({ "sessionID": "5e55-0001", "userAccessType": { "id": USER_PASS_OF_ADA, "privileges": null } });
    let sessions = [(Pool::User, user), (Pool::Login, shared("loginAccessType", LOGIN_ALLOCATION, "Guests"))];
    fill_sessions(state, sessions, yesterday);
}

/// A pass of a user of the site.
fn pass(state: &State, pool: Pool, id: Uuid, user: Uuid) -> Pass {
    let user = state.user(user).map(|member| member.user.condensed());
    let fields = json!({
        "user": user,
        "quarantined": false,
        "quarantineEnd": NEVER,
        "deletedUserId": "",
        "deletedUserDirectory": "",
    });
    Pass::new(entity(pool.schema_path(), id, fields))
}

/// A session of an allocation that users share.
fn shared(name: &str, id: Uuid, of: &str) -> Value {
    json!({
        "user": { "id": O_NEIL, "userId": "o'neil", "userDirectory": "PARTNER; EAST", "name": r"O'Neil \ East" },
        "useStopTime": NEVER,
        "sessions": [],
        name: { "id": id, "name": of, "privileges": null },
    })
}

fn fill_sessions(state: &mut State, sessions: impl IntoIterator<Item = (Pool, Value)>, started: Timestamp) {
    for (number, (pool, fields)) in (1..).zip(sessions) {
        let id = Uuid::from_u128(0x5e55_0000_0000_4000_8000_0000_0000_0000 + number);
        let schema = pool.schema_path().replace("AccessType", "AccessUsage");
        let mut row = entity(&schema, id, fields);
        row.insert("useStartTime".into(), json!(date(started)));
        row.insert("latestActivity".into(), json!(date(started)));
        row.insert("hostName".into(), json!("qlik-node"));
        row.insert("serverNodeConfigurationId".into(), json!("0de00000-0000-4000-8000-000000000001"));
        state.sessions.insert(pool, vec![row]);
    }
}

fn rules() -> Vec<Row> {
    let rule = |id: Uuid, fields: Value| {
        let mut row = entity(
            "SystemRule",
            id,
            json!({
                "category": "License",
                "subcategory": "",
                "type": "Custom",
                "actions": 1,
                "comment": "",
                "disabled": false,
                "ruleContext": 0,
                "seedId": Uuid::nil(),
                "version": 0,
                "tags": [],
            }),
        );
        row.extend(object(fields));
        row
    };
    vec![
        rule(
            PROFESSIONAL_RULE,
            json!({
                "name": "Professionals of CORP",
                "rule": r#"((user.userDirectory="CORP"))"#,
                "resourceFilter": format!("License.ProfessionalAccessGroup_{PROFESSIONAL_GROUP}"),
                "comment": "Gives access at the first visit.",
                "tags": [{ "id": Uuid::from_u128(0x7a6), "name": "joiners", "privileges": null }],
            }),
        ),
        rule(
            DISABLED_RULE,
            json!({
                "name": "Guests",
                "rule": r#"user.userId like "*""#,
                "resourceFilter": "License.LoginAccessType_*",
                "actions": 2_147_483_648_i64,
                "disabled": true,
            }),
        ),
        rule(
            SECURITY_RULE,
            json!({
                "category": "Security",
                "type": "Default",
                "name": "Root admins",
                "rule": r#"user.roles="RootAdmin""#,
                "resourceFilter": "*",
                "actions": 511,
            }),
        ),
    ]
}
