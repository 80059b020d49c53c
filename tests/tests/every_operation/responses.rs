//! Decoded responses: every field of the document, in every form that a live site sends.

use std::error::Error;
use std::sync::LazyLock;

use qrs_generated::{Client, DateTime};
use qrs_tests::{Answer, Operation, Pool, StandIn, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::calls::all;
use crate::support::{Checked, builder_for};

/// The schema of an operation's answer, and whether it answers a list of it; `None` where it is no object.
fn schema(operation: Operation) -> Option<(&'static str, bool)> {
    Some(match operation {
        Operation::GetLicense | Operation::SetLicense => ("License", false),
        Operation::GetAccessTypeInfo => ("AccessTypeInfo", false),
        Operation::GetAccessTypeOverview => ("AccessTypeOverview", false),
        Operation::GetProfessionalAccessTypes | Operation::GetAnalyzerAccessTypes | Operation::GetUserAccessTypes => {
            ("AccessTypeAllocation", true)
        }
        Operation::CreateProfessionalAccessType
        | Operation::GetProfessionalAccessType
        | Operation::CreateAnalyzerAccessType
        | Operation::GetAnalyzerAccessType
        | Operation::CreateUserAccessType => ("AccessTypeAllocation", false),
        Operation::GetLoginAccessTypes => ("LoginAccessAllocation", true),
        Operation::GetLicenseRules | Operation::GetLicenseRulesFull => ("LicenseRule", true),
        Operation::GetLicenseRule => ("LicenseRule", false),
        Operation::AuditLicenseRules => ("LicenseAuditResult", false),
        Operation::DownloadLef
        | Operation::DeleteProfessionalAccessType
        | Operation::DeleteAnalyzerAccessType
        | Operation::DeleteUserAccessType => return None,
    })
}

const ID: &str = "00000000-0000-4000-8000-00000000000a";
const USER_ID: &str = "00000000-0000-4000-8000-00000000000b";
const CREATED: &str = "2022-08-27T06:47:08.584Z";
const MODIFIED: &str = "2022-08-27T06:47:08.5841234Z";
const LAST_USED: &str = "2024-02-29T23:59:59.9Z";
const NEVER: &str = "1753-01-01T00:00:00Z";

fn user() -> Value {
    json!({ "id": USER_ID, "name": "u-name", "userDirectory": "u-directory", "userId": "u-id" })
}

/// An object of a schema with all that is documented, in the overlay too: what has a value in [`known`] with that, and
/// what a revision added with one of its type.
fn full(schema: &str) -> Value {
    let mut object = documented(&json!({ "$ref": format!("#/components/schemas/{schema}") }));
    merge(&mut object, known(schema));
    object
}

fn merge(object: &mut Value, known: Value) {
    match (object, known) {
        (Value::Object(object), Value::Object(known)) => {
            for (name, value) in known {
                merge(object.entry(name).or_insert(Value::Null), value);
            }
        }
        (object, known) => *object = known,
    }
}

/// A value of a schema of the document, with every property that it has.
fn documented(schema: &Value) -> Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_yaml::from_str(include_str!("../../../spec/licenses.yaml")).unwrap());
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let pointer = reference.strip_prefix('#').unwrap();
        return documented(DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("{reference}")));
    }
    if let Some(value) =
        ["/const", "/example", "/default", "/enum/0", "/examples/0"].into_iter().find_map(|at| schema.pointer(at))
    {
        return value.clone();
    }
    let named = schema.get("type").map(|named| match named {
        Value::Array(several) => several.iter().find(|one| *one != "null").unwrap_or(&Value::Null),
        one => one,
    });
    let format = schema.get("format").and_then(Value::as_str);
    match (named.and_then(Value::as_str), format) {
        (Some("string"), Some("date-time")) => json!(CREATED),
        (Some("string"), Some("uuid")) => json!(ID),
        (Some("string"), Some("date")) => json!("2022-08-27"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => json!(7),
        (Some("number"), _) => json!(7.5),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => schema.get("items").map_or(json!([]), |items| json!([documented(items)])),
        _ => {
            let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            properties.map(|(name, schema)| (name.clone(), documented(schema))).collect::<Map<_, _>>().into()
        }
    }
}

/// The values that tests look for, each another one.
fn known(schema: &str) -> Value {
    match schema {
        "License" => json!({
            "id": ID, "createdDate": CREATED, "modifiedDate": MODIFIED, "modifiedByUserName": "a", "name": "b",
            "serial": "c", "key": "d", "lef": "e\r\nÅ", "isExpired": true, "expiredReason": "f",
            "isBlacklisted": false, "isInvalid": true, "productLevel": "g", "numberOfCores": -9_007_199_254_740_993_i64,
            "timelimited": NEVER, "schemaPath": "h",
        }),
        "AccessTypeInfo" => json!({
            "totalTokens": 1, "availableTokens": 2, "usedTokens": 3, "totalProfessional": 4, "usedProfessional": 5,
            "totalAnalyzer": 6, "usedAnalyzer": 7,
        }),
        "AccessTypeOverview" => json!({
            "professional": summary(10), "analyzer": summary(20), "userAccess": summary(30), "loginAccess": summary(40),
        }),
        "AccessTypeAllocation" => json!({
            "id": ID, "createdDate": CREATED, "modifiedDate": MODIFIED, "modifiedByUserName": "a", "user": user(),
            "quarantined": true, "quarantineEnd": NEVER, "schemaPath": "b", "lastUsed": LAST_USED, "excess": false,
            "deletedUserId": "c", "deletedUserDirectory": "d", "privileges": ["e", "f"],
        }),
        "LoginAccessAllocation" => json!({
            "id": ID, "createdDate": CREATED, "modifiedDate": MODIFIED, "user": user(), "tokensUsed": 3,
            "schemaPath": "a",
        }),
        "LicenseRule" => json!({
            "id": ID, "createdDate": CREATED, "modifiedDate": MODIFIED, "modifiedByUserName": "a", "name": "b",
            "category": "c", "type": 4, "rule": "d", "resourceFilter": "e", "actions": 4_294_967_296_i64,
            "comment": "f", "disabled": true, "schemaPath": "g",
        }),
        "LicenseAuditResult" => json!({
            "matrix": [{ "a": { "b": [1, 2.5, null, "c", { "d": false }] } }, {}], "schemaPath": "a",
        }),
        other => panic!("no object of {other}"),
    }
}

fn summary(from: i64) -> Value {
    json!({ "total": from, "allocated": from + 1, "available": from + 2, "quarantined": from + 3, "excess": from + 4 })
}

/// The object that a newer site answers: the same, and more in every object that the document describes.
fn extended(mut object: Value) -> Value {
    let novel = json!({ "novel": [null, { "deep": 1.5 }], "x-novel": ["read"], "": 7 });
    let more = |value: &mut Value| {
        if let (Some(fields), Value::Object(novel)) = (value.as_object_mut(), &novel) {
            fields.extend(novel.clone());
        }
    };
    for part in ["user", "professional", "analyzer", "userAccess", "loginAccess"] {
        if let Some(part) = object.get_mut(part) {
            more(part);
        }
    }
    more(&mut object);
    object
}

fn listed(value: Value, list: bool) -> Value {
    if list { json!([value.clone(), value]) } else { value }
}

#[tokio::test]
async fn every_field_is_decoded_and_undocumented_ones_are_kept() -> Checked {
    let site = StandIn::start().await?;
    for (operation, sent) in all(&builder_for(&site)?.build()?) {
        let Some((schema, list)) = schema(operation) else { continue };
        let status = if operation.method() == "POST" { StatusCode::CREATED } else { StatusCode::OK };
        site.answer_next(operation, Answer::json(status, &listed(extended(full(schema)), list)));
        assert_eq!(sent.await?, listed(extended(full(schema)), list), "{operation:?}");
    }
    Ok(())
}

#[tokio::test]
async fn absent_null_and_empty_decode_alike() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let nothing = |object: &Value| -> Value {
        object.as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect::<Map<_, _>>().into()
    };
    // Dates and identifiers are texts on the wire, and `""` is how a site leaves one out.
    let empty = |object: &Value| -> Value {
        let texts = object.as_object().unwrap().iter();
        let texts = texts.filter(|(_, value)| {
            value.as_str().is_some_and(|text| text.parse::<DateTime>().is_ok() || text.parse::<Uuid>().is_ok())
        });
        texts.map(|(name, _)| (name.clone(), json!(""))).collect::<Map<_, _>>().into()
    };
    for shape in [&(|_: &Value| json!({})) as &dyn Fn(&Value) -> Value, &nothing, &empty] {
        for (operation, sent) in all(&client) {
            let Some((schema, list)) = schema(operation) else { continue };
            let answer = shape(&full(schema));
            site.answer_next(operation, Answer::json(StatusCode::OK, &listed(answer.clone(), list)));
            assert_eq!(sent.await?, listed(json!({}), list), "{operation:?}: {answer}");
        }
    }

    let inner = json!([{ "user": {} }, { "user": nothing(&user()) }, { "user": empty(&user()) }]);
    site.answer_next(Operation::GetLoginAccessTypes, Answer::json(StatusCode::OK, &inner));
    let read = client.get_login_access_types().send().await?;
    assert_eq!(serde_json::to_value(read)?, json!([{ "user": {} }, { "user": {} }, { "user": {} }]));

    // A text that is empty is a text.
    site.answer_next(Operation::GetLicense, Answer::json(StatusCode::OK, &json!({ "name": "", "key": "", "lef": "" })));
    let license = client.get_license().send().await?.ok_or("an object is a licence")?;
    assert_eq!(
        (license.name.as_deref(), license.key.as_ref().map(qrs_generated::Secret::expose)),
        (Some(""), Some(""))
    );
    Ok(())
}

/// A site whose next response to an operation is this schema with every field, and a client of it.
async fn responding(operation: Operation, schema: &str) -> Result<(StandIn, Client), Box<dyn Error>> {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let list = Operation::takes_filter(operation);
    site.answer_next(operation, Answer::json(StatusCode::OK, &listed(full(schema), list)));
    Ok((site, client))
}

/// The identifier, the creation date and the modification date that [`known`] gives an entity.
fn id_and_dates() -> (Option<Uuid>, Option<DateTime>, Option<DateTime>) {
    (Some(ID.parse().unwrap()), Some(CREATED.parse().unwrap()), Some(MODIFIED.parse().unwrap()))
}

#[tokio::test]
async fn license_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::GetLicense, "License").await?;
    let license = client.get_license().send().await?.ok_or("an object is a licence")?;
    assert_eq!((license.id, license.created_date, license.modified_date), id_and_dates());
    assert_eq!(license.timelimited, Some(NEVER.parse()?));
    assert_eq!(
        [
            &license.modified_by_user_name,
            &license.name,
            &license.serial,
            &license.expired_reason,
            &license.product_level,
            &license.schema_path
        ]
        .map(Option::as_deref),
        ["a", "b", "c", "f", "g", "h"].map(Some)
    );
    assert_eq!([&license.key, &license.lef].map(|secret| secret.as_ref().unwrap().expose()), ["d", "e\r\nÅ"]);
    assert_eq!([license.is_expired, license.is_blacklisted, license.is_invalid], [true, false, true].map(Some));
    assert_eq!(license.number_of_cores, Some(-9_007_199_254_740_993), "no number passes through a float");
    Ok(())
}

#[tokio::test]
async fn access_type_info_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::GetAccessTypeInfo, "AccessTypeInfo").await?;
    let info = client.get_access_type_info().send().await?;
    assert_eq!(
        [
            info.total_tokens,
            info.available_tokens,
            info.used_tokens,
            info.total_professional,
            info.used_professional,
            info.total_analyzer,
            info.used_analyzer
        ],
        [1, 2, 3, 4, 5, 6, 7].map(Some)
    );
    Ok(())
}

#[tokio::test]
async fn access_type_overview_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::GetAccessTypeOverview, "AccessTypeOverview").await?;
    let overview = client.get_access_type_overview().send().await?;
    for (from, summary) in
        [(10, overview.professional), (20, overview.analyzer), (30, overview.user_access), (40, overview.login_access)]
    {
        let held = summary.ok_or("each kind of access has a summary")?;
        assert_eq!(
            [held.total, held.allocated, held.available, held.quarantined, held.excess],
            [0, 1, 2, 3, 4].map(|at| Some(from + at))
        );
    }
    Ok(())
}

#[tokio::test]
async fn allocation_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::GetAnalyzerAccessTypes, "AccessTypeAllocation").await?;
    let pass = client.get_analyzer_access_types().send().await?.swap_remove(1);
    assert_eq!((pass.id, pass.created_date, pass.modified_date), id_and_dates());
    assert_eq!((pass.quarantined, pass.quarantine_end), (Some(true), Some(NEVER.parse()?)));
    assert_eq!(
        [&pass.modified_by_user_name, &pass.schema_path, &pass.deleted_user_id, &pass.deleted_user_directory]
            .map(Option::as_deref),
        ["a", "b", "c", "d"].map(Some)
    );
    assert_eq!((pass.last_used, pass.excess), (Some(LAST_USED.parse()?), Some(false)));
    assert_eq!(pass.privileges, Some(vec!["e".to_owned(), "f".to_owned()]));
    let user = pass.user.ok_or("a pass has a user")?;
    let texts = [&user.name, &user.user_directory, &user.user_id].map(Option::as_deref);
    assert_eq!((user.id, texts), (Some(USER_ID.parse()?), ["u-name", "u-directory", "u-id"].map(Some)));
    Ok(())
}

#[tokio::test]
async fn login_access_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::GetLoginAccessTypes, "LoginAccessAllocation").await?;
    let login = client.get_login_access_types().send().await?.swap_remove(1);
    assert_eq!((login.id, login.created_date, login.modified_date), id_and_dates());
    assert_eq!((login.tokens_used, login.schema_path.as_deref()), (Some(3), Some("a")));
    let user = login.user.ok_or("this one has a user")?;
    let texts = [&user.name, &user.user_directory, &user.user_id].map(Option::as_deref);
    assert_eq!((user.id, texts), (Some(USER_ID.parse()?), ["u-name", "u-directory", "u-id"].map(Some)));
    Ok(())
}

#[tokio::test]
async fn rule_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::GetLicenseRule, "LicenseRule").await?;
    let rule = client.get_license_rule(Uuid::nil()).send().await?;
    assert_eq!((rule.id, rule.created_date, rule.modified_date), id_and_dates());
    assert_eq!(
        [
            &rule.modified_by_user_name,
            &rule.name,
            &rule.category,
            &rule.rule,
            &rule.resource_filter,
            &rule.comment,
            &rule.schema_path
        ]
        .map(Option::as_deref),
        ["a", "b", "c", "d", "e", "f", "g"].map(Some)
    );
    let four = Some(qrs_generated::types::RuleType::Integer(4));
    assert_eq!((&rule.r#type, rule.actions, rule.disabled), (&four, Some(4_294_967_296), Some(true)));
    Ok(())
}

#[tokio::test]
async fn audit_fields_are_not_mixed_up() -> Checked {
    let (_site, client) = responding(Operation::AuditLicenseRules, "LicenseAuditResult").await?;
    let audit = client.audit_license_rules(qrs_generated::types::LicenseAuditRequest::new()).send().await?;
    let matrix = audit.matrix.ok_or("an audit has a matrix")?;
    assert_eq!(matrix.len(), 2);
    assert_eq!(matrix.first().and_then(|row| row.get("a")), Some(&json!({ "b": [1, 2.5, null, "c", { "d": false }] })));
    assert_eq!(audit.schema_path.as_deref(), Some("a"));
    Ok(())
}

#[tokio::test]
async fn dates_are_read_as_sites_write_them() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    for (sent, meant) in [
        ("2022-08-27T06:47:08.584Z", "2022-08-27T06:47:08.584Z"),
        ("2022-08-27T06:47:08Z", "2022-08-27T06:47:08Z"),
        ("2022-08-27T06:47:08.5Z", "2022-08-27T06:47:08.5Z"),
        ("2022-08-27T06:47:08.5841234Z", "2022-08-27T06:47:08.5841234Z"),
        ("2022-08-27T06:47:08.584+00:00", "2022-08-27T06:47:08.584Z"),
        ("2022-08-27T08:47:08.584+02:00", "2022-08-27T06:47:08.584Z"),
        ("1753-01-01T00:00:00.000Z", "1753-01-01T00:00:00Z"),
        ("9999-12-30T22:00:00.0000000Z", "9999-12-30T22:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000+00:00"),
        ("2024-02-29T23:59:59.9999999Z", "2024-02-29T23:59:59.9999999Z"),
    ] {
        let row = json!([{ "createdDate": sent, "modifiedDate": sent, "quarantineEnd": sent }]);
        site.answer_next(Operation::GetProfessionalAccessTypes, Answer::json(StatusCode::OK, &row));
        let rows = client.get_professional_access_types().send().await.map_err(|error| format!("{sent}: {error}"))?;
        let meant: Option<DateTime> = Some(meant.parse()?);
        let row = rows.first().ok_or("there is one row")?;
        assert_eq!([row.created_date, row.modified_date, row.quarantine_end], [meant; 3], "{sent}");
        assert_eq!(row.created_date.map(|date| date.to_string()).as_deref(), Some(sent), "it is sent as it came");
    }
    Ok(())
}

#[tokio::test]
async fn an_error_in_a_long_list_names_the_element() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let mut rows = vec![full("AccessTypeAllocation"); 5000];
    for (at, path, value, said) in [
        (4321, "/createdDate", json!("hunter2"), "[4321].createdDate: "),
        (17, "/user/id", json!("hunter2"), "[17].user.id: "),
        (4999, "/quarantined", json!("hunter2"), "[4999].quarantined: a string where a boolean was expected"),
    ] {
        let row = rows.get_mut(at).ok_or("there are as many rows")?;
        let sound = row.clone();
        *row.pointer_mut(path).ok_or("there is such a field")? = value;
        site.answer_next(Operation::GetUserAccessTypes, Answer::json(StatusCode::OK, &json!(rows)));
        if let Some(row) = rows.get_mut(at) {
            *row = sound;
        }
        let error = client.get_user_access_types().send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (qrs_generated::ErrorKind::Decode, Some(StatusCode::OK)));
        let shown = error.to_string();
        let start = "getUserAccessTypes: GET /license/useraccesstype: 200 OK, but the body is not what is documented: ";
        assert!(shown.starts_with(&format!("{start}{said}")), "{shown}");
        assert!(!shown.contains("hunter2") && shown.len() < 300, "{shown}");
    }
    Ok(())
}

#[tokio::test]
async fn a_list_of_a_large_site_is_read_whole() -> Checked {
    const ROWS: usize = 30_000;
    let site = StandIn::start().await?;
    site.clear();
    let Value::Object(row) = extended(full("AccessTypeAllocation")) else { return Err("a row is an object".into()) };
    for number in 0..ROWS {
        let mut row = row.clone();
        row.insert("id".to_owned(), json!(Uuid::from_u128(number as u128)));
        site.push_allocation(Pool::Analyzer, row);
    }
    let rows = builder_for(&site)?.build()?.get_analyzer_access_types().send().await?;
    let ids: Vec<_> = rows.iter().filter_map(|row| row.id).map(|id| id.as_u128()).collect();
    assert_eq!(ids, (0..ROWS as u128).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn a_license_file_is_read_to_the_last_byte() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let text = "9999;;\r\n\tOWNER;Åkesson & Söhne;\u{a0}\r\n\r\n";
    site.answer_next(Operation::DownloadLef, Answer::text(StatusCode::OK, text));
    let lef = client.download_lef().send().await?;
    assert_eq!(lef.expose(), text);
    assert_eq!(format!("{lef:?}"), "Secret([redacted])");
    Ok(())
}
