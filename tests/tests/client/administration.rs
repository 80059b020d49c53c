//! The hand-written modules of the client: finding a user, the end of a licence, the table of capacity; and what an entity
//! keeps on its way to the client and back.

use std::error::Error;

use jiff::Timestamp;
use qrs_generated::capacity::{self, Capacity, Kind, Unit};
use qrs_generated::license::{self, LicenseEnd};
use qrs_generated::types::{AccessTypeInfo, AccessTypeOverview, License, SystemRule, User};
use qrs_generated::users::{self, FindErrorKind};
use qrs_tests::{Answer, StandIn, StatusCode};
use serde_json::{Value, json};

use crate::support::{Checked, builder_for};

fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

#[tokio::test]
async fn a_user_is_found_by_directory_and_id() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let user = |directory: &str, id: &str| json!({ "userDirectory": directory, "userId": id, "name": id });
    let found = [
        // What the site sends, and who is asked for: the display name of the one found, or the kind of the error.
        (json!([user("CORP", "o'neil")]), ("corp", "O'Neil"), Ok("o'neil")),
        (json!([]), ("CORP", "ada"), Err(FindErrorKind::NoSuchUser)),
        (json!([user("CORP", "ada"), user("CORP", "Ada")]), ("CORP", "Ada"), Ok("Ada")),
        (json!([user("CORP", "ada"), user("CORP", "Ada")]), ("CORP", "ADA"), Err(FindErrorKind::Several)),
        // A site that does not filter sends everyone.
        (json!([user("CORP", "bob"), user("EAST", "ada"), user("CORP", "ada")]), ("CORP", "ada"), Ok("ada")),
        (json!([user("CORP", "bob")]), ("CORP", "ada"), Err(FindErrorKind::NoSuchUser)),
    ];
    for (rows, (directory, id), expected) in found {
        site.answer_next("/qrs/user/full", ok(&rows));
        let found = users::find(&client, directory, id).await;
        let found = found.as_ref().map(|user| user.name.as_deref().unwrap_or_default()).map_err(users::FindError::kind);
        assert_eq!(found, expected, "{directory}\\{id} in {rows}");
    }
    site.answer_next("/qrs/user/full", ok(&json!([])));
    let error = users::find(&client, "CORP", r"o'neil\").await.err().ok_or("there is no such user")?;
    assert_eq!((error.to_string().as_str(), error.directory()), (r"no such user: `CORP\o\'neil\\`", "CORP"));
    let query = site.last_request().ok_or("a request was sent")?.query;
    assert!(query.contains(&("filter".to_owned(), r"userDirectory eq 'CORP' and userId eq 'o\'neil\\'".to_owned())));

    site.answer_next("/qrs/user/full", Answer::text(StatusCode::FORBIDDEN, "You may not."));
    let error = users::find(&client, "CORP", "ada").await.err().ok_or("it is refused")?;
    assert!(error.request().is_some_and(qrs_generated::Error::is_forbidden));
    assert!(error.source().is_some_and(|source| source.to_string().contains("You may not.")), "{error}");
    Ok(())
}

#[test]
fn the_end_of_a_license_is_read_wherever_it_stands() -> Checked {
    let day = |text: &str| text.parse().map(LicenseEnd::Through);
    let with = |field: &str, text: &str| serde_json::from_value::<License>(json!({ field: text }));
    let ends = [
        ("keyDetails", "Type: Signed\nValid From: 2024-12-08\nValid To: 2026-12-08\n", day("2026-12-08")?),
        ("keyDetails", "valid to:2026-12-08\r\nName: x", day("2026-12-08")?),
        ("keyDetails", "Valid From: 2024-12-08; Valid To: 2026-12-08T00:00:00", day("2026-12-08")?),
        ("keyDetails", "Valid To: 2027-01-01\nValid To: 2026-12-08", day("2026-12-08")?),
        ("keyDetails", "Valid To: 2026-12-08T10:00:00Z", LicenseEnd::At("2026-12-08T10:00:00Z".parse()?)),
        ("keyDetails", "Valid To: the end of the year", LicenseEnd::Unknown),
        ("keyDetails", "Invalid Tooth: 2026-12-08", LicenseEnd::Unknown),
        ("keyDetails", "", LicenseEnd::Unknown),
        ("lef", "1234\nPRODUCTLEVEL;50;;2030-01-01\nTIMELIMIT;VALUE;;2026-12-08\nX", day("2026-12-08")?),
        ("lef", "TIMELIMIT;VALUE;2024-12-08;2026-12-08", day("2026-12-08")?),
        ("lef", "TIMELIMIT=2026-12-08", day("2026-12-08")?),
        ("lef", "TIMELIMITED;2026-12-08", LicenseEnd::Unknown),
        ("lef", "TIMELIMIT;VALUE;;", LicenseEnd::Unknown),
        ("timelimited", "2026-12-08T00:00:00.000Z", LicenseEnd::At("2026-12-08T00:00:00Z".parse()?)),
        ("timelimited", "1753-01-01T00:00:00.000Z", LicenseEnd::Never),
    ];
    for (field, text, expected) in ends {
        assert_eq!(LicenseEnd::of(&with(field, text)?), expected, "{field}: {text}");
    }
    assert_eq!(LicenseEnd::of(&License::default()), LicenseEnd::Unknown);
    let license = |value: Value| serde_json::from_value::<License>(value).map(|license| LicenseEnd::of(&license));
    let never = "1753-01-01T00:00:00.000Z";
    assert_eq!(license(json!({ "timelimited": never, "lef": "TIMELIMIT;;;2026-12-08" }))?, day("2026-12-08")?);
    assert_eq!(license(json!({ "timelimited": never, "keyDetails": "Valid To: soon" }))?, LicenseEnd::Unknown);
    let both = json!({ "keyDetails": "Valid To: 2027-12-08", "lef": "TIMELIMIT;;;2026-12-08" });
    assert_eq!(license(both)?, day("2026-12-08")?, "the earliest counts");

    let now: Timestamp = "2026-11-30T23:00:00Z".parse()?;
    assert_eq!(day("2026-12-08")?.days_left(now), Some(8));
    assert_eq!(day("2026-11-30")?.days_left(now), Some(0));
    assert_eq!(day("2026-11-29")?.days_left(now), Some(-1));
    assert_eq!((LicenseEnd::Never.days_left(now), LicenseEnd::Unknown.days_left(now)), (None, None));
    assert!(LicenseEnd::Unknown.is_unknown() && !LicenseEnd::Never.is_unknown());
    Ok(())
}

#[tokio::test]
async fn a_signed_key_is_set_and_never_shown() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let set =
        Answer::json(StatusCode::CREATED, &json!({ "organization": "Corp", "keyDetails": "Valid To: 2030-01-01" }));
    site.answer_next("/qrs/license", set);
    let request = license::set_signed_key(&client, "a-signed-key");
    assert!(!format!("{request:?}").contains("a-signed-key"));
    let license = request.send().await?;
    assert_eq!(license.organization.as_deref(), Some("Corp"));
    let seen = site.last_request().ok_or("a request was sent")?;
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/qrs/license"));
    assert_eq!(seen.body, Some(json!({ "key": "a-signed-key" })));

    let shown = format!(
        "{:?}",
        serde_json::from_value::<License>(json!({
            "key": "s3cret-1", "lef": "s3cret-2", "check": "s3cret-3", "keyDetails": "s3cret-4", "novelKey": "s3cret-5",
        }))?
    );
    assert!(!shown.contains("s3cret") && shown.contains("novelKey"), "{shown}");
    Ok(())
}

/// The numbers of a row: total, allocated, used, available, quarantined, excess.
fn numbers(row: &Capacity) -> [Option<i64>; 6] {
    [row.total, row.allocated, row.used, row.available, row.quarantined, row.excess]
}

#[test]
fn one_table_of_capacity_for_both_forms() -> Checked {
    let live: AccessTypeOverview = serde_json::from_value(json!({
        "totalTokens": 100, "availableTokens": 40, "tokensEnabled": true,
        "professionalAccess": { "enabled": true, "total": 10, "allocated": 9, "used": 8, "quarantined": 1, "excess": 2, "available": 0 },
        "analyzerAccess": { "enabled": false },
        "userAccess": { "enabled": true, "tokenCost": 1.0, "allocatedTokens": 30, "usedTokens": 20, "quarantinedTokens": 5 },
        "loginAccess": { "enabled": true, "tokenCost": 0.1, "allocatedTokens": 30, "usedTokens": 30, "unavailableTokens": 3 },
        "analyzerTimeAccess": { "enabled": true, "allocatedMinutes": 600, "usedMinutes": 590, "unavailableMinutes": 4 },
    }))?;
    let rows = capacity::overview(&live);
    let expected = [
        (Kind::Professional, Unit::Passes, [Some(10), Some(9), Some(8), Some(0), Some(1), Some(2)]),
        (Kind::Analyzer, Unit::Passes, [None; 6]),
        (Kind::User, Unit::Tokens, [Some(30), Some(30), Some(20), Some(5), Some(5), None]),
        (Kind::Login, Unit::Tokens, [Some(30), Some(30), Some(30), Some(0), Some(3), None]),
        (Kind::AnalyzerTime, Unit::Minutes, [Some(600), Some(600), Some(590), Some(6), Some(4), None]),
        (Kind::Tokens, Unit::Tokens, [Some(100), None, Some(60), Some(40), None, None]),
    ];
    assert_eq!(rows.iter().map(|row| (row.kind, row.unit, numbers(row))).collect::<Vec<_>>(), expected);
    assert_eq!((rows[0].enabled, rows[1].enabled), (Some(true), Some(false)));
    assert_eq!(format!("{:>14} in {}", rows[4].kind, rows[4].unit), " analyzer time in minutes");

    let contract: AccessTypeOverview = serde_json::from_value(json!({
        "professional": { "total": 10, "allocated": 9, "available": 1, "quarantined": 0, "excess": 0 },
        "userAccess": { "total": 5, "allocated": 5, "available": 0 },
    }))?;
    let rows = capacity::overview(&contract);
    let expected = [
        (Kind::Professional, [Some(10), Some(9), Some(9), Some(1), Some(0), Some(0)]),
        (Kind::User, [Some(5), Some(5), Some(5), Some(0), None, None]),
    ];
    assert_eq!(rows.iter().map(|row| (row.kind, numbers(row))).collect::<Vec<_>>(), expected);

    let live: AccessTypeInfo = serde_json::from_value(json!({
        "totalTokens": 100, "availableTokens": 40,
        "userAccessType": { "tokenCost": 1.0, "allocatedTokens": 30, "usedTokens": 20, "quarantinedTokens": 5 },
    }))?;
    let contract: AccessTypeInfo = serde_json::from_value(json!({
        "totalTokens": 100, "availableTokens": 40, "usedTokens": 60, "totalProfessional": 10, "usedProfessional": 9,
    }))?;
    let tokens = (Kind::Tokens, [Some(100), None, Some(60), Some(40), None, None]);
    for (info, first) in [
        (live, (Kind::User, [Some(30), Some(30), Some(20), Some(5), Some(5), None])),
        (contract, (Kind::Professional, [Some(10), None, Some(9), Some(1), None, None])),
    ] {
        let rows = capacity::info(&info);
        assert_eq!(rows.iter().map(|row| (row.kind, numbers(row))).collect::<Vec<_>>(), [first, tokens]);
    }
    assert!(capacity::overview(&AccessTypeOverview::default()).is_empty());
    Ok(())
}

#[tokio::test]
async fn an_entity_goes_back_whole() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let rule = json!({
        "id": "00000000-0000-4000-8000-00000000000a", "modifiedDate": "2026-11-29T06:47:08.5841234Z", "name": "a",
        "category": "License", "type": "Custom", "resourceFilter": "License.ProfessionalAccessGroup_*", "actions": 1,
        "tags": [{ "id": "00000000-0000-4000-8000-00000000000b", "name": "t", "novelOfTags": 1 }],
        "novel": { "deep": [1, null] }, "impactSecurityAccess": false,
    });
    let path = "/qrs/systemrule/00000000-0000-4000-8000-00000000000a";
    site.answer_next(path, ok(&rule));
    let id = "00000000-0000-4000-8000-00000000000a".parse()?;
    let mut read: SystemRule = client.get_system_rule(id).send().await?;
    read.disabled = Some(true);
    site.answer_next(path, ok(&rule));
    client.update_system_rule(id, read).send().await?;
    let seen = site.last_request().ok_or("a request was sent")?;
    let mut expected = rule;
    expected["disabled"] = json!(true);
    assert_eq!((seen.method.as_str(), seen.body), ("PUT", Some(expected)));

    site.answer_next(path, Answer::text(StatusCode::CONFLICT, "The modified date is stale."));
    let stale = SystemRule::new("a", "License.*", 1);
    let error = client.update_system_rule(id, stale).send().await.err().ok_or("it is refused")?;
    assert!(error.is_conflict() && error.to_string().ends_with("409 Conflict: The modified date is stale."), "{error}");
    Ok(())
}

#[tokio::test]
async fn counts_and_rule_types_of_both_forms() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for count in [json!(7), json!({ "value": 7 })] {
        site.answer_next("/qrs/user/count", ok(&count));
        assert_eq!(client.count_users().send().await?.value, 7, "{count}");
    }
    let rules = json!([{ "type": "Custom" }, { "type": 2 }, { "type": null }]);
    site.answer_next("/qrs/licenserule", ok(&rules));
    let types: Vec<String> = client
        .get_license_rules()
        .send()
        .await?
        .iter()
        .map(|rule| rule.r#type.as_ref().map(ToString::to_string).unwrap_or_default())
        .collect();
    assert_eq!(types, ["Custom", "2", ""]);
    let user: User = serde_json::from_value(json!({
        "userDirectory": "CORP", "userId": "ada", "inactive": true, "removedExternally": false, "roles": ["RootAdmin"],
        "customProperties": [{ "value": "x", "definition": { "name": "Department" } }], "tags": [{ "name": "keep" }],
        "attributes": [{ "attributeType": "group", "attributeValue": "g" }],
    }))?;
    assert_eq!((user.inactive, user.removed_externally, user.blacklisted), (Some(true), Some(false), None));
    Ok(())
}
