//! The site that has the form of QRS 38.22.

use jiff::SignedDuration;
use qrs_tests::{LicenseKind, Licensing, Method, Mode, Pool, StandIn, seed};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::caller::{Caller, KEY, Outcome, PROFESSIONAL, XSRF, ask, escape};

const ANALYZER: &str = "/license/analyzeraccesstype";
const MISSING: &str = "Missing parameter value(s)";

async fn live() -> Outcome<(StandIn, Caller)> {
    let site = StandIn::builder().live().start().await?;
    let caller = Caller::new(&site)?;
    Ok((site, caller))
}

async fn tokens() -> Outcome<(StandIn, Caller)> {
    let site = StandIn::builder().mode(Mode::Live(Licensing::Tokens)).start().await?;
    let caller = Caller::new(&site)?;
    Ok((site, caller))
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn names<'a>(rows: &'a Value, name: &str) -> Vec<&'a str> {
    rows.as_array().into_iter().flatten().map(|row| row[name].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn what_only_the_contract_has_is_not_found() -> Outcome {
    let (_site, caller) = live().await?;
    let rule = seed::PROFESSIONAL_RULE;
    for path in ["/licenserule", "/licenserule/full", &format!("/licenserule/{rule}")] {
        assert_eq!(caller.get(path).await?.refusal(), (404, "There is nothing at this path."), "{path}");
    }
    assert_eq!(caller.post("/licenserule/audit", &json!({})).await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() -> Outcome {
    let (_site, caller) = live().await?;
    let not_found = "The requested resource was not found.";
    assert_eq!(caller.get("/nothing").await?.refusal(), (404, "There is nothing at this path."));
    assert_eq!(caller.get("/user/ada").await?.refusal(), (404, not_found));
    let license = "/license/6dc6ea4b-0000-4000-8000-00000000000a";
    assert_eq!(caller.delete(license).await?.refusal(), (404, not_found));
    Ok(())
}

#[tokio::test]
async fn malformed_queries_are_refused() -> Outcome {
    let (_site, caller) = live().await?;
    for (path, text) in [
        ("/license/download?serial=9999000011112222&control=1&user=a", MISSING),
        ("/license/download?serial=9999000011112222&control=1&user=a&org=", MISSING),
        ("/systemrule/License/associatedrules?resourcetype=User", MISSING),
        ("/user?filter=", MISSING),
        ("/user?privileges=yes", "The parameter 'privileges' is neither true nor false."),
        ("/user?orderby=nom", "Cannot sort by 'nom': there is no such property."),
        ("/user?orderby=name%20up", "Cannot sort by 'name up'."),
        ("/user?filter=nom%20eq%20'x'", "Cannot parse the expression: there is no property 'nom'"),
        ("/user/count?filter=a&filter=b", "The parameter 'filter' was given more than once."),
    ] {
        assert_eq!(caller.get(path).await?.refusal(), (400, text), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn malformed_allocations_and_users_are_refused() -> Outcome {
    let (_site, caller) = live().await?;
    let stranger = json!({ "user": { "id": Uuid::from_u128(1) } });
    for (path, body, text) in [
        (PROFESSIONAL, json!({}), MISSING),
        (PROFESSIONAL, json!({ "user": null }), MISSING),
        (PROFESSIONAL, json!({ "user": {} }), MISSING),
        (PROFESSIONAL, json!({ "user": "ada" }), "'user' has a value of another type."),
        (PROFESSIONAL, json!([]), "The body is not a JSON object."),
        (PROFESSIONAL, stranger, "The user does not exist."),
        ("/user/many", json!({}), "The body is not a JSON array."),
        ("/user", json!({ "userId": "x", "userDirectory": "CORP" }), MISSING),
    ] {
        assert_eq!(caller.post(path, &body).await?.refusal(), (400, text), "{path} {body}");
    }
    Ok(())
}

#[tokio::test]
async fn malformed_rules_audits_and_licenses_are_refused() -> Outcome {
    let (_site, caller) = live().await?;
    for (path, body, text) in [
        ("/systemrule", json!({ "name": "x", "resourceFilter": "*" }), MISSING),
        (
            "/systemrule",
            json!({ "name": "x", "resourceFilter": "*", "actions": "1" }),
            "'actions' has a value of another type.",
        ),
        (
            "/systemrule",
            json!({ "name": "x", "resourceFilter": "*", "actions": 1, "rule": "user.userId=" }),
            "The condition of the rule is not valid: expected a property or a text at character 12",
        ),
        ("/systemrule/license/audit", json!({}), MISSING),
        ("/systemrule/license/audit", json!({ "resourceType": "Cow" }), "There is no type of resource 'Cow'."),
        ("/license", json!({ "serial": "1111222233334444" }), "The control number is not valid."),
        ("/license", json!({}), MISSING),
        ("/license", json!({ "key": "x" }), "The license key is not a signed key."),
    ] {
        assert_eq!(caller.post(path, &body).await?.refusal(), (400, text), "{path} {body}");
    }
    Ok(())
}

#[tokio::test]
async fn updates_of_another_or_an_older_item_are_refused() -> Outcome {
    let (_site, caller) = live().await?;
    let pass = format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA);
    let other = caller.put(&pass, &json!({ "id": seed::PASS_OF_BJORN })).await?;
    assert_eq!(other.refusal(), (400, "The identifiers of the path and of the body differ."));
    let older = caller.put(&pass, &json!({})).await?;
    assert_eq!(older.refusal(), (409, "The item has been modified since it was read: 'modifiedDate' differs."));
    Ok(())
}

#[tokio::test]
async fn a_method_that_a_path_lacks_is_refused() -> Outcome {
    let (_site, caller) = live().await?;
    let told = ask(caller.request(Method::PATCH, "/systemrule")).await?;
    assert_eq!((told.status, told.allow.as_str()), (405, "GET, POST"));
    Ok(())
}

#[tokio::test]
async fn a_request_without_the_xrfkey_header_is_refused() -> Outcome {
    let (_site, caller) = live().await?;
    let bare = caller
        .bare(Method::GET, &format!("/user/full?Xrfkey={KEY}"))
        .header("X-Qlik-User", "UserDirectory=CORP; UserId=ada");
    assert_eq!(ask(bare).await?.refusal(), (403, XSRF));
    Ok(())
}

#[tokio::test]
async fn plain_lists_are_condensed() -> Outcome {
    let (_site, caller) = live().await?;
    let plain = caller.json(PROFESSIONAL).await?;
    assert_eq!(plain[0], json!({ "id": seed::PASS_OF_ADA, "privileges": null }));
    let full = caller.json(&format!("{PROFESSIONAL}/full?privileges=true")).await?;
    assert_eq!(full[0]["user"]["userId"], "ada");
    assert_eq!(full[0]["privileges"], json!(["create", "read", "update", "delete"]));
    assert_eq!(full[1]["lastUsed"], "1753-01-01T00:00:00.000Z");
    assert_eq!(caller.json(&format!("{PROFESSIONAL}/count")).await?, json!({ "value": 2 }));
    let rules = caller.json("/systemrule").await?;
    assert_eq!(names(&rules, "type"), ["Custom", "Custom", "Default"]);
    assert!(rules[0].get("tags").is_none() && rules[0].get("rule").is_some(), "{rules}");
    Ok(())
}

#[tokio::test]
async fn counts_may_be_bare_numbers() -> Outcome {
    let (site, caller) = live().await?;
    site.count_by_bare_numbers(true);
    assert_eq!(caller.json("/user/count?filter=userDirectory%20eq%20'CORP'").await?, json!(4));
    Ok(())
}

#[tokio::test]
async fn lists_are_filtered_and_sorted() -> Outcome {
    let (site, caller) = live().await?;
    let marks = json!({
        "tags": [{ "id": Uuid::from_u128(7), "name": "vip" }],
        "customProperties": [{ "value": "Sales", "definition": { "name": "Department", "valueType": "Text" } }],
        "removedExternally": true,
    });
    assert!(site.change_user(seed::BJORN, fields(&marks)));
    for (path, query, expected) in [
        ("/user", "filter=userDirectory eq 'corp' and inactive eq False", vec!["ada", "björn", "newcomer"]),
        ("/user/full", "filter=tags.name eq 'vip' and removedExternally eq True", vec!["björn"]),
        ("/user/full", "filter=@department eq 'sales'", vec!["björn"]),
        (
            "/user/full",
            "orderby=userDirectory desc,userId&filter=userDirectory ne 'INTERNAL'",
            vec!["o'neil", "ada", "björn", "idle", "newcomer"],
        ),
        ("/user", "orderby=userId desc&filter=userDirectory eq 'CORP'", vec!["newcomer", "idle", "björn", "ada"]),
    ] {
        let query: Vec<_> = query.split('&').filter_map(|part| part.split_once('=')).collect();
        let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let rows = caller.json(&format!("{path}?{}", query.join("&"))).await?;
        assert_eq!(names(&rows, "userId"), expected, "{query:?}");
    }
    let rules = caller.json(&format!("/systemrule/full?filter={}", escape("category eq 'License'"))).await?;
    assert_eq!(names(&rules, "name"), ["Professionals of CORP", "Guests"]);
    let unused = format!("{PROFESSIONAL}/full?filter={}", escape("lastUsed lt '1800-01-01T00:00:00.000Z'"));
    assert_eq!(names(&caller.json(&unused).await?, "id"), [seed::PASS_OF_BJORN.to_string()]);
    let known = site.last_request().ok_or("it was sent")?;
    assert_eq!(known.unknown_parameters(), Vec::<&str>::new());
    Ok(())
}

#[tokio::test]
async fn an_entity_is_changed_only_as_it_is() -> Outcome {
    let (_site, caller) = live().await?;
    let new = json!({ "name": "Analysts", "resourceFilter": "License.AnalyzerAccessGroup_*", "actions": 1,
        "category": "License", "rule": r#"user.group="analysts""#, "novel": { "kept": [1] } });
    let made = caller.post("/systemrule", &new).await?;
    assert_eq!(made.status, 201);
    let mut rule = made.json()?;
    assert_eq!((&rule["type"], &rule["disabled"], &rule["novel"]), (&json!("Custom"), &json!(false), &new["novel"]));
    let path = format!("/systemrule/{}", rule["id"].as_str().ok_or("no id")?);

    let stale = rule.clone();
    rule["comment"] = json!("Changed.");
    let changed = caller.put(&path, &rule).await?;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!((&changed.json()?["comment"], &changed.json()?["novel"]), (&json!("Changed."), &new["novel"]));
    assert_ne!(changed.json()?["modifiedDate"], stale["modifiedDate"]);
    assert_eq!(caller.put(&path, &stale).await?.status, 409);
    assert_eq!(caller.json(&path).await?, changed.json()?);

    assert_eq!(caller.delete(&path).await?.status, 204);
    assert_eq!(caller.delete(&path).await?.status, 404);
    assert_eq!(caller.put(&path, &rule).await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn many_are_created_all_or_none() -> Outcome {
    let (site, caller) = live().await?;
    let of = |user: Uuid| json!({ "user": { "id": user } });
    let path = format!("{PROFESSIONAL}/many");
    let refused = caller.post(&path, &json!([of(seed::NEWCOMER), of(seed::ADA)])).await?;
    assert_eq!(refused.refusal(), (400, "The user already has access of this type."));
    assert_eq!(site.allocations(Pool::Professional).len(), 2);
    let made = caller.post(&path, &json!([of(seed::NEWCOMER), of(seed::O_NEIL)])).await?;
    assert_eq!((made.status, made.json()?.as_array().map(Vec::len)), (201, Some(2)));
    assert_eq!(site.allocations(Pool::Professional).len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_pass_used_lately_is_quarantined_with_a_serial_licence() -> Outcome {
    let (site, caller) = live().await?;
    let ada = format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA);
    assert_eq!(caller.delete(&ada).await?.status, 204);
    let row = caller.json(&ada).await?;
    let end: jiff::Timestamp = row["quarantineEnd"].as_str().ok_or("no date")?.parse()?;
    assert!(row["quarantined"] == true && end > site.now(), "{row}");
    let overview = caller.json("/license/accesstypeoverview").await?;
    assert_eq!(overview["professionalAccess"]["quarantined"], 1);
    site.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(caller.get(&ada).await?.status, 404);

    site.set_license_kind(LicenseKind::SignedKey);
    assert!(site.mark_used(Pool::Analyzer, seed::PASS_OF_O_NEIL, site.now()));
    assert_eq!(caller.delete(&format!("{ANALYZER}/{}", seed::PASS_OF_O_NEIL)).await?.status, 204);
    assert_eq!(caller.json(ANALYZER).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn a_capacity_site_and_a_token_site_count_differently() -> Outcome {
    let (site, caller) = live().await?;
    let overview = caller.json("/license/accesstypeoverview").await?;
    assert_eq!((&overview["tokensEnabled"], &overview["totalTokens"]), (&json!(false), &json!(0)));
    let professional = |excess: i64, total: i64, available: i64| {
        json!({ "schemaPath": "AccessTypeOverviewDetails", "enabled": true, "total": total, "allocated": 2, "used": 1,
                "quarantined": 0, "excess": excess, "available": available })
    };
    assert_eq!(overview["professionalAccess"], professional(0, 4, 2));
    let time = &overview["analyzerTimeAccess"];
    assert_eq!((&time["allocatedMinutes"], &time["usedMinutes"]), (&json!(1000), &json!(120)));
    assert_eq!(overview["userAccess"]["enabled"], false);
    site.set_capacity(Pool::Professional, 1);
    assert_eq!(caller.json("/license/accesstypeoverview").await?["professionalAccess"], professional(1, 1, 0));
    let full = caller.json(&format!("{PROFESSIONAL}/full?orderby=id")).await?;
    assert_eq!((&full[0]["excess"], &full[1]["excess"]), (&json!(false), &json!(true)));

    let (site, caller) = tokens().await?;
    let overview = caller.json("/license/accesstypeoverview").await?;
    assert_eq!((&overview["totalTokens"], &overview["availableTokens"]), (&json!(13), &json!(8)));
    assert_eq!(overview["loginAccess"]["allocatedTokens"], 4);
    assert_eq!(overview["professionalAccess"]["enabled"], false);
    let info = caller.json("/license/accesstypeinfo").await?;
    assert_eq!((&info["totalTokens"], &info["userAccessType"]["allocatedTokens"]), (&json!(13), &json!(1)));
    let none = caller.post(PROFESSIONAL, &json!({ "user": { "id": seed::NEWCOMER } })).await?;
    assert_eq!(none.refusal(), (400, "There is no capacity left for access of this type."));
    let many = caller.post("/license/loginaccesstype", &json!({ "name": "All", "assignedTokens": 7 })).await?;
    assert_eq!(many.status, 400);
    let some = caller.post("/license/loginaccesstype", &json!({ "name": "Some", "assignedTokens": 6 })).await?;
    assert_eq!(some.json()?["remainingAccessTypes"], 60);
    assert_eq!(site.allocations(Pool::Login).len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_licence_is_set_by_number_or_by_key() -> Outcome {
    let (site, caller) = live().await?;
    let license = caller.json("/license").await?;
    assert!(license["lef"].as_str().is_some_and(|lef| lef.contains("TIMELIMIT;VALUE;;2099-12-31")), "{license}");
    assert!(license.get("timelimited").is_none() && license.get("productLevel").is_none());
    let path = format!("/license/{}", license["id"].as_str().ok_or("no id")?);
    assert_eq!(caller.delete(&path).await?.status, 204);
    assert_eq!(caller.get("/license").await?.text, "null");
    assert_eq!(
        caller.get(&format!("/license/download?serial={}&control=1&user=a&org=b", seed::SERIAL)).await?.status,
        404
    );

    let key = json!({ "key": "eyJ.a.b", "name": "Key", "organization": "CORP" });
    let set = caller.post("/license", &key).await?;
    assert_eq!(set.status, 201, "{set:?}");
    assert!(set.json()?["keyDetails"].as_str().is_some_and(|details| details.contains("\r\nValid To: 20")), "{set:?}");
    let mut changed = set.json()?;
    changed["organization"] = json!("PARTNER");
    let path = format!("/license/{}", changed["id"].as_str().ok_or("no id")?);
    assert_eq!(caller.put(&path, &changed).await?.json()?["organization"], "PARTNER");
    assert_eq!(caller.put(&path, &changed).await?.status, 409, "it was changed since");

    let set = caller.post("/license?control=12345", &json!({ "serial": "1111222233334444" })).await?;
    assert_eq!((set.status, &set.json()?["keyDetails"]), (201, &json!("")));
    assert_eq!(site.license(), Some(set.json()?));
    let path = "/license/download?serial=1111222233334444&control=12345&user=ada&org=CORP";
    assert!(caller.json(path).await?.as_str().is_some_and(|lef| lef.starts_with("1111222233334444\r\n")));
    let text = ask(caller.request(Method::GET, path).header("Accept", "text/plain")).await?;
    assert_eq!((text.status, text.kind.as_str()), (200, "text/plain; charset=utf-8"));
    Ok(())
}

#[tokio::test]
async fn users_are_made_renamed_and_deleted() -> Outcome {
    let (site, caller) = live().await?;
    assert_eq!(caller.json("/user/sync/corp/ADA").await?, json!(true));
    assert_eq!(caller.json("/user/sync/CORP/nobody").await?, json!(false));
    let new = json!({ "userId": "Ada", "userDirectory": "corp", "removedExternally": false, "blacklisted": false });
    assert_eq!(caller.post("/user", &new).await?.refusal(), (409, r"The user corp\Ada already exists."));
    assert_eq!(caller.delete(&format!("/user/{}", seed::SA_API)).await?.status, 403);

    assert_eq!(caller.delete(&format!("/user/{}", seed::ADA)).await?.status, 204);
    let pass = caller.json(&format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA)).await?;
    assert_eq!(pass["user"], Value::Null);
    assert_eq!((&pass["deletedUserId"], &pass["deletedUserDirectory"]), (&json!("ada"), &json!("CORP")));
    assert!(site.delete_user(seed::BJORN) && !site.delete_user(seed::BJORN));
    Ok(())
}

#[tokio::test]
async fn a_user_may_be_limited_to_one_pass() -> Outcome {
    let (site, caller) = live().await?;
    site.limit_to_one_pass(true);
    let ada = json!({ "user": { "id": seed::ADA } });
    assert_eq!(caller.post(ANALYZER, &ada).await?.refusal(), (400, "The user already has access of another type."));
    assert_eq!(caller.delete(&format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA)).await?.status, 204);
    assert_eq!(caller.post(ANALYZER, &ada).await?.status, 201, "a pass in quarantine gives no access");
    Ok(())
}

#[tokio::test]
async fn audits_evaluate_conditions() -> Outcome {
    let (_site, caller) = live().await?;
    let body = json!({ "resourceType": "License.ProfessionalAccessGroup" });
    let audit = caller.post("/systemrule/license/audit", &body).await?.json()?;
    let users: Vec<_> =
        audit["users"].as_object().ok_or("no users")?.values().map(|user| &user["userDirectory"]).collect();
    assert_eq!(users, ["CORP"; 4], "{audit}");
    assert_eq!(audit["ruleApplication"].as_array().map(Vec::len), Some(4));
    assert_eq!(audit["rules"][seed::PROFESSIONAL_RULE.to_string()]["name"], "Professionals of CORP");

    let body = json!({ "resourceType": "License.ProfessionalAccessGroup", "includeNonGrantingRules": true,
        "userFilter": "userDirectory ne 'INTERNAL'", "userSkip": 1, "userTake": 2 });
    let audit = caller.post("/systemrule/license/audit", &body).await?.json()?;
    let allowed: Vec<_> =
        audit["ruleApplication"].as_array().ok_or("no list")?.iter().map(|item| &item["allowed"]).collect();
    assert_eq!(allowed, [true, false], "björn and o'neil");

    let preview =
        json!({ "resourceType": "License.AnalyzerAccessGroup", "ruleConditions": r#"user.userId like "o*""# });
    let audit = caller.post("/systemrule/license/audit/preview", &preview).await?.json()?;
    assert_eq!(audit["users"].as_object().map(Map::len), Some(1), "{audit}");

    let matrix = json!({ "resourceType": "License.ProfessionalAccessGroup", "subjectProperties": ["userId"],
        "subjectRef": { "resourceFilter": "userId eq 'ada' or userId eq 'sa_api'" } });
    let matrix = caller.post("/systemrule/license/audit/matrix", &matrix).await?.json()?;
    let granted: Vec<_> =
        matrix["matrix"].as_array().ok_or("no list")?.iter().map(|item| &item["audit"]["access"]["granted"]).collect();
    assert_eq!(granted, [false, true], "{matrix}");
    assert_eq!(matrix["subjects"][seed::ADA.to_string()]["subjectProperties"], json!({ "userId": "ada" }));

    let actions =
        caller.post("/systemrule/license/useractions", &json!({ "userFilter": "userId eq 'ada'" })).await?.json()?;
    assert_eq!(actions[0]["actionCounts"]["License.ProfessionalAccessGroup"], 1, "{actions}");
    assert_eq!(actions[0]["actionCounts"]["License.AnalyzerAccessGroup"], 0, "{actions}");

    let path = "/systemrule/License/associatedrules?resourcetype=License.ProfessionalAccessGroup&resourcefilter=name%20sw%20'P'";
    assert_eq!(names(&caller.json(path).await?, "name"), ["Professionals of CORP"]);
    Ok(())
}

#[tokio::test]
async fn selected_passes_are_released_together() -> Outcome {
    let (site, caller) = live().await?;
    let path = format!("/selection{PROFESSIONAL}?filter={}", escape("user.userDirectory eq 'CORP'"));
    let selection = caller.post_nothing(&path).await?.json()?;
    assert_eq!(names(&selection["items"], "type"), ["License.ProfessionalAccessType"; 2]);
    let path = format!("/selection/{}{PROFESSIONAL}", selection["id"].as_str().ok_or("no id")?);
    assert_eq!(caller.json(&path).await?.as_array().map(Vec::len), Some(2));
    assert_eq!(caller.delete(&format!("{path}?filter={}", escape("user.userId eq 'björn'"))).await?.status, 204);
    assert_eq!(site.allocations(Pool::Professional).len(), 1);
    Ok(())
}

#[tokio::test]
async fn entities_may_have_fields_that_nobody_has_seen() -> Outcome {
    let (site, caller) = live().await?;
    site.add_unknown_fields(true);
    let pass = caller.json(&format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA)).await?;
    assert!(pass["notYetDescribed"].is_object() && pass["user"]["notYetDescribed"].is_object(), "{pass}");
    assert!(caller.json("/license/accesstypeoverview").await?["notYetDescribed"].is_object());
    assert_eq!(caller.json("/user/count").await?, json!({ "value": 7 }));
    Ok(())
}
