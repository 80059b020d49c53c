//! The site that follows the document.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qrs_tests::{ErrorStyle, LicenseKind, Method, Operation, Pool, StandIn, seed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, KEY, Outcome, PROFESSIONAL, XSRF, ask, raw, split};

#[tokio::test]
async fn every_operation_responds() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let allocation = json!({ "user": { "id": seed::NEWCOMER } });
    let set = json!({ "serial": "1111222233334444", "control": "12345" });

    for (operation, body, status) in [
        (Operation::GetLicense, None, 200),
        (Operation::DownloadLef, None, 200),
        (Operation::GetAccessTypeInfo, None, 200),
        (Operation::GetAccessTypeOverview, None, 200),
        (Operation::GetProfessionalAccessTypes, None, 200),
        (Operation::CreateProfessionalAccessType, Some(&allocation), 201),
        (Operation::GetProfessionalAccessType, None, 200),
        (Operation::DeleteProfessionalAccessType, None, 204),
        (Operation::GetAnalyzerAccessTypes, None, 200),
        (Operation::CreateAnalyzerAccessType, Some(&allocation), 201),
        (Operation::GetAnalyzerAccessType, None, 200),
        (Operation::DeleteAnalyzerAccessType, None, 204),
        (Operation::GetLoginAccessTypes, None, 200),
        (Operation::GetUserAccessTypes, None, 200),
        (Operation::CreateUserAccessType, Some(&allocation), 201),
        (Operation::DeleteUserAccessType, None, 204),
        (Operation::GetLicenseRules, None, 200),
        (Operation::GetLicenseRulesFull, None, 200),
        (Operation::GetLicenseRule, None, 200),
        (Operation::AuditLicenseRules, Some(&json!({})), 201),
        (Operation::SetLicense, Some(&set), 201),
    ] {
        let id = match operation {
            Operation::GetProfessionalAccessType | Operation::DeleteProfessionalAccessType => seed::PASS_OF_BJORN,
            Operation::GetAnalyzerAccessType | Operation::DeleteAnalyzerAccessType => seed::PASS_OF_O_NEIL,
            Operation::DeleteUserAccessType => seed::USER_PASS_OF_ADA,
            _ => seed::PROFESSIONAL_RULE,
        };
        let path = operation.template().replace("{id}", &id.to_string());
        let told = match (operation.method(), body) {
            (Method::GET, None) => caller.get(&path).await?,
            (Method::DELETE, None) => caller.delete(&path).await?,
            (_, body) => caller.post(&path, body.ok_or("a POST has a body")?).await?,
        };
        assert_eq!(told.status, status, "{operation:?}: {told:?}");
        if status == 204 {
            assert_eq!(told.text, "", "{operation:?}");
        } else if operation == Operation::DownloadLef {
            assert_eq!(told.kind, "text/plain; charset=utf-8");
            assert!(told.text.starts_with(seed::SERIAL), "{}", told.text);
        } else {
            told.json()?;
        }
    }

    let operations: BTreeSet<_> = site.requests().iter().filter_map(|seen| seen.operation.map(Operation::id)).collect();
    assert_eq!(operations.len(), 21, "{operations:?}");
    Ok(())
}

#[tokio::test]
async fn requests_without_the_xrfkey_pair_are_refused() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    // A JSON style changes nothing: this refusal is always text.
    site.set_error_style(ErrorStyle::Json);
    for (query, sent) in [
        ("", Some(KEY)),
        ("?Xrfkey=0123456789abcDEF", None),
        ("?Xrfkey=0123456789abcDEF", Some("0123456789abcDEf")),
        ("?xrfkey=0123456789abcDEF", Some(KEY)),
        ("?Xrfkey=0123456789abcDE", Some("0123456789abcDE")),
        ("?Xrfkey=0123456789abcDE_", Some("0123456789abcDE_")),
        ("?Xrfkey=0123456789abcDEF&Xrfkey=0123456789abcDEF", Some(KEY)),
        // A raw hash cuts the query before the key.
        ("?filter=name eq 'a#b'&Xrfkey=0123456789abcDEF", Some(KEY)),
    ] {
        let mut request =
            caller.bare(Method::GET, &format!("/licenserule{query}")).header("X-Qlik-User", site.user_header());
        if let Some(sent) = sent {
            request = request.header("X-Qlik-Xrfkey", sent);
        }
        let told = ask(request).await?;
        assert_eq!(told.refusal(), (403, XSRF), "{query} {sent:?}");
    }
    Ok(())
}

#[tokio::test]
async fn requests_without_a_known_user_are_refused() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let inactive = "Your account is inactive. Contact your administrator to activate it.";
    for (user, text) in [
        (None, "The header X-Qlik-User is missing."),
        (Some("sa_repository"), "The header X-Qlik-User is malformed."),
        (Some("UserDirectory=CORP; UserId=bj%F6rn"), "The header X-Qlik-User is malformed."),
        (Some("UserDirectory=CORP; UserId=nobody"), inactive),
        (Some("UserDirectory=CORP; UserId=idle"), inactive),
    ] {
        let mut request = caller.bare(Method::GET, &format!("/license?Xrfkey={KEY}")).header("X-Qlik-Xrfkey", KEY);
        if let Some(user) = user {
            request = request.header("X-Qlik-User", user);
        }
        assert_eq!(ask(request).await?.refusal(), (403, text), "{user:?}");
    }
    for (user, read) in [
        ("UserDirectory=internal; UserId=SA_API", ("internal", "SA_API")),
        ("UserDirectory=CORP; UserId=bj%C3%B6rn", ("CORP", "björn")),
        ("UserDirectory=PARTNER%3B%20EAST; UserId=o%27neil", ("PARTNER; EAST", "o'neil")),
    ] {
        let request = caller
            .bare(Method::GET, &format!("/license?Xrfkey={KEY}"))
            .header("X-Qlik-Xrfkey", KEY)
            .header("X-Qlik-User", user);
        assert_eq!(ask(request).await?.status, 200, "{user}");
        let seen = site.last_request().and_then(|seen| seen.user);
        let seen = seen.as_ref().map(|(directory, id)| (directory.as_str(), id.as_str()));
        assert_eq!(seen, Some(read));
    }
    assert!(site.deactivate_user(seed::SA_REPOSITORY));
    assert_eq!(caller.get("/license").await?.refusal(), (403, inactive));
    Ok(())
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let pass = seed::PASS_OF_ADA;
    for target in [
        "/license".to_owned(),
        "/virtual/qrs/license".to_owned(),
        "/qrsx/license".to_owned(),
        "/qrs".to_owned(),
        "/qrs/".to_owned(),
        "/qrs//license".to_owned(),
        "/qrs/license/".to_owned(),
        "/qrs/License".to_owned(),
        format!("/qrs{PROFESSIONAL}/"),
        format!("/qrs{PROFESSIONAL}/.."),
        format!("/qrs{PROFESSIONAL}/../../license"),
        format!("/qrs{PROFESSIONAL}/%2E%2E%2F%2E%2E%2Flicense"),
        format!("/qrs{PROFESSIONAL}/{pass}/"),
        format!("/qrs{PROFESSIONAL}/{}", pass.simple()),
        format!("/qrs{PROFESSIONAL}/{pass}%20"),
        format!("/qrs{PROFESSIONAL}/%FF"),
        format!("/qrs{PROFESSIONAL}/{}", seed::PASS_OF_O_NEIL),
        format!("/qrs/license/useraccesstype/{pass}/x"),
    ] {
        let (received, _) = raw(&site, &format!("{target}?Xrfkey={KEY}")).await?;
        let (head, _) = split(&received)?;
        assert!(head.starts_with("http/1.1 404 "), "{target}: {head}");
    }
    let encoded = pass.to_string().replace('-', "%2D");
    let told = caller.get(&format!("{PROFESSIONAL}/{encoded}")).await?;
    assert_eq!(told.json()?["id"], json!(pass));

    for (method, path, allow) in [
        (Method::PUT, "/license", "GET, POST"),
        (Method::HEAD, "/license", "GET, POST"),
        (Method::DELETE, "/licenserule", "GET"),
        (Method::GET, "/licenserule/audit", "POST"),
        (Method::PATCH, "/license/professionalaccesstype/a110c000-0000-4000-8000-000000000001", "GET, DELETE"),
        (Method::POST, "/license/loginaccesstype", "GET"),
        (Method::GET, "/license/useraccesstype/a110c000-0000-4000-8000-000000000004", "DELETE"),
    ] {
        let told = ask(caller.request(method.clone(), path)).await?;
        assert_eq!((told.status, told.allow.as_str()), (405, allow), "{method} {path}");
    }
    Ok(())
}

#[tokio::test]
async fn malformed_bodies_are_refused() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let good = json!({ "user": { "id": seed::NEWCOMER } }).to_string();
    let stranger = json!({ "user": { "id": Uuid::from_u128(1) } }).to_string();
    let missing = "Missing parameter value(s)";
    let no_object = "The body is not a JSON object.";
    for (kind, body, status, text) in [
        (None, good.as_str(), 415, "The body of this request has to be application/json."),
        (Some("text/json"), &good, 415, "The body of this request has to be application/json."),
        (Some("application/json; charset=latin1"), &good, 415, "The body of this request has to be application/json."),
        (Some("application/json"), "", 400, no_object),
        (Some("application/json"), "{", 400, no_object),
        (Some("application/json"), "null", 400, no_object),
        (Some("application/json"), "{}", 400, missing),
        (Some("application/json"), r#"{"user":{}}"#, 400, missing),
        (Some("application/json"), r#"{"user":{"id":"ada"}}"#, 400, "The identifier of the user is not a valid GUID."),
        (Some("application/json"), &stranger, 400, "The user does not exist."),
    ] {
        let mut request = caller.request(Method::POST, PROFESSIONAL).body(body.to_owned());
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        assert_eq!(ask(request).await?.refusal(), (status, text), "{kind:?} {body}");
    }
    assert_eq!(site.allocations(Pool::Professional).len(), 2);
    let request =
        caller.request(Method::POST, PROFESSIONAL).header("Content-Type", "application/json; charset=UTF-8").body(good);
    assert_eq!(ask(request).await?.status, 201);
    assert_eq!(site.allocations(Pool::Professional).len(), 3);

    let large = caller
        .request(Method::POST, PROFESSIONAL)
        .header("Content-Type", "application/json")
        .body(" ".repeat(1024 * 1024 + 1));
    assert_eq!(ask(large).await?.status, 413);
    Ok(())
}

/// The professional access in the overview.
async fn overview(caller: &Caller) -> Outcome<Value> {
    let all = caller.get("/license/accesstypeoverview").await?.json()?;
    Ok(all["professional"].clone())
}

fn counts(total: i64, allocated: i64, available: i64, quarantined: i64, excess: i64) -> Value {
    json!({ "total": total, "allocated": allocated, "available": available,
            "quarantined": quarantined, "excess": excess })
}

/// The body of a request that allocates access to a user.
fn allocation(user: Uuid) -> Value {
    json!({ "user": { "id": user } })
}

#[tokio::test]
async fn a_user_is_allocated_one_pass_of_a_type() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    assert_eq!(overview(&caller).await?, counts(4, 2, 2, 0, 0));
    let made = caller.post(PROFESSIONAL, &allocation(seed::NEWCOMER)).await?.json()?;
    assert_eq!(made["user"]["userId"], "newcomer");
    assert_eq!(made["modifiedByUserName"], r"INTERNAL\sa_repository");
    assert_eq!(made["quarantined"], false);
    let made = format!("{PROFESSIONAL}/{}", made["id"].as_str().ok_or("no id")?);
    assert_eq!(caller.get(&made).await?.status, 200);
    let again = caller.post(PROFESSIONAL, &allocation(seed::NEWCOMER)).await?;
    assert_eq!(again.refusal(), (400, "The user already has access of this type."));

    // Never used: gone at once, and then not found.
    assert_eq!(caller.delete(&made).await?.status, 204);
    assert_eq!(caller.delete(&made).await?.status, 404);
    assert_eq!(overview(&caller).await?, counts(4, 2, 2, 0, 0));
    Ok(())
}

#[tokio::test]
async fn a_smaller_licence_refuses_passes_and_has_an_excess() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    assert_eq!(caller.post(PROFESSIONAL, &allocation(seed::NEWCOMER)).await?.status, 201);
    site.set_capacity(Pool::Professional, 3);
    let full = caller.post(PROFESSIONAL, &allocation(seed::O_NEIL)).await?;
    assert_eq!(full.refusal().0, 400);
    site.set_capacity(Pool::Professional, 2);
    assert_eq!(overview(&caller).await?, counts(2, 3, 0, 0, 1));
    Ok(())
}

#[tokio::test]
async fn a_used_pass_is_quarantined() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    // Used yesterday: it stays, quarantined, and taking it back again changes nothing.
    let ada = format!("{PROFESSIONAL}/{}", seed::PASS_OF_ADA);
    assert_eq!(caller.delete(&ada).await?.status, 204);
    assert_eq!(caller.delete(&ada).await?.status, 204);
    let row = caller.get(&ada).await?.json()?;
    assert_eq!(row["quarantined"], true);
    let end: jiff::Timestamp = row["quarantineEnd"].as_str().ok_or("no date")?.parse()?;
    let left = end.duration_since(site.now());
    assert!(left > SignedDuration::from_hours(6 * 24 - 1) && left <= SignedDuration::from_hours(6 * 24), "{left}");
    assert_eq!(overview(&caller).await?, counts(4, 1, 2, 1, 0));

    // Its user may have it back; else it is free when the quarantine ends.
    let back = caller.post(PROFESSIONAL, &allocation(seed::ADA)).await?;
    assert_eq!((back.status, &back.json()?["quarantined"]), (201, &json!(false)));
    assert_eq!(caller.delete(&ada).await?.status, 204);
    site.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(caller.get(&ada).await?.status, 404);
    assert_eq!(overview(&caller).await?, counts(4, 1, 3, 0, 0));
    Ok(())
}

#[tokio::test]
async fn a_pass_that_was_last_used_a_week_ago_is_free_at_once() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let user_pass = format!("/license/useraccesstype/{}", seed::USER_PASS_OF_ADA);
    let week_ago = site.now() - SignedDuration::from_hours(7 * 24);
    assert!(site.mark_used(Pool::User, seed::USER_PASS_OF_ADA, week_ago));
    assert_eq!(caller.delete(&user_pass).await?.status, 204);
    assert_eq!(site.allocations(Pool::User), Vec::<Value>::new());
    let info = caller.get("/license/accesstypeinfo").await?.json()?;
    assert_eq!([&info["totalTokens"], &info["usedTokens"], &info["availableTokens"]], [13, 4, 9]);
    Ok(())
}

#[tokio::test]
async fn a_signed_key_has_no_quarantine() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    site.set_license_kind(LicenseKind::SignedKey);
    for pass in [seed::PASS_OF_ADA, seed::PASS_OF_BJORN] {
        assert!(site.mark_used(Pool::Professional, pass, site.now()));
        assert_eq!(caller.delete(&format!("{PROFESSIONAL}/{pass}")).await?.status, 204);
    }
    assert_eq!(site.allocations(Pool::Professional), Vec::<Value>::new());
    Ok(())
}

#[tokio::test]
async fn the_licence_is_read_set_and_absent() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    site.unlicensed();
    let none = caller.get("/license").await?;
    assert_eq!((none.status, none.text.as_str()), (200, "null"));
    assert_eq!(caller.get("/license/download").await?.status, 404);
    let body = json!({ "user": { "id": seed::NEWCOMER } });
    assert_eq!(caller.post(PROFESSIONAL, &body).await?.status, 400);

    for (body, text) in [
        (json!({ "serial": "1111222233334444" }), "Missing parameter value(s)"),
        (json!({ "serial": "1111222233334444", "control": "1" }), "The control number is not valid."),
        (json!({ "serial": "x", "control": "12345" }), "The serial number is not valid."),
        (json!({ "serial": "1111222233334444", "control": "12345", "name": null }), "'name' is not a string."),
    ] {
        let told = caller.post("/license", &body).await?;
        assert_eq!(told.refusal(), (400, text));
    }
    let body = json!({ "serial": "1111222233334444", "control": "98765", "name": "Å", "lef": "a\r\nb" });
    let set = caller.post("/license", &body).await?;
    assert_eq!((set.status, &set.json()?["name"]), (201, &json!("Å")));
    assert!(!set.text.contains("98765"), "the control number came back");
    assert_eq!(caller.get("/license").await?.json()?, set.json()?);
    assert_eq!(site.license(), Some(set.json()?));
    assert_eq!(caller.get("/license/download").await?.text, "a\r\nb");
    Ok(())
}

#[tokio::test]
async fn lists_are_filtered() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let [ada, bjorn] = [seed::PASS_OF_ADA, seed::PASS_OF_BJORN].map(|id| id.to_string());
    for (path, filter, left) in [
        (PROFESSIONAL, "user.userId eq 'BJÖRN'", vec![&bjorn]),
        (PROFESSIONAL, "user.userDirectory eq 'CORP' and quarantined eq False", vec![&ada, &bjorn]),
        (PROFESSIONAL, "quarantineEnd le '1753-01-01T00:00:00.000Z'", vec![&ada]),
        (PROFESSIONAL, "createdDate ge '2023-01-01T00:00:00Z'", vec![&bjorn]),
        ("/license/analyzeraccesstype", r"user.name so '\'Neil \\ E'", vec![&seed::PASS_OF_O_NEIL.to_string()]),
        ("/license/loginaccesstype", "tokensUsed gt 3", vec![&seed::LOGIN_ALLOCATION.to_string()]),
        ("/license/useraccesstype", "user.userId eq 'nobody'", vec![]),
        ("/licenserule", "disabled eq True or type eq 9", vec![&seed::DISABLED_RULE.to_string()]),
        ("/licenserule/full", "rule so 'CORP'", vec![&seed::PROFESSIONAL_RULE.to_string()]),
    ] {
        let found = caller.filtered(path, filter).await?;
        assert_eq!(found.iter().collect::<Vec<_>>(), left, "{path} {filter}");
    }
    for (query, text) in [
        ("filter=", "Missing parameter value(s)"),
        ("filter=name%20eq%20'R&D'", "Cannot parse the expression: a string is not closed"),
        (
            "filter=name%20eq%20'O''Neil'",
            "Cannot parse the expression: a string is followed by something else than a space",
        ),
        ("filter=nom%20eq%20'x'", "Cannot parse the expression: there is no property 'nom'"),
        ("filter=name+eq+'x'&filter=name+eq+'y'", "More than one filter was given."),
        ("filter=%FF", "The query is not valid percent-encoded UTF-8."),
    ] {
        let told = caller.get(&format!("/licenserule?{query}")).await?;
        assert_eq!(told.refusal(), (400, text), "{query}");
    }

    // The plain list leaves out who made a rule and when; the full one and the single rule do not.
    let plain = caller.get("/licenserule").await?.json()?;
    let full = caller.get("/licenserule/full").await?.json()?;
    let one = caller.get(&format!("/licenserule/{}", seed::PROFESSIONAL_RULE)).await?.json()?;
    assert!(plain[0].get("createdDate").is_none() && plain[0].get("name").is_some());
    assert_eq!(full[0], one);
    Ok(())
}

#[tokio::test]
async fn an_audit_evaluates_the_conditions_of_rules() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let body = json!({
        "resourceType": "License.ProfessionalAccessType",
        "userFilter": "userDirectory eq 'CORP' and userId sw 'a'",
    });
    let result = caller.post("/licenserule/audit", &body).await?.json()?;
    assert_eq!(result["schemaPath"], "LicenseAuditResult");
    assert_eq!(result["matrix"].as_array().map(Vec::len), Some(2));
    let row = &result["matrix"][0];
    assert_eq!(row["subject"]["id"], json!(seed::ADA));
    assert_eq!(row["request"], body);
    assert_eq!(row["audit"]["trail"], json!([{ "step": 1, "weight": 0.5 }, null, [true, "end"]]));
    let all = caller.post("/licenserule/audit", &json!({})).await?.json()?;
    let matrix = all["matrix"].as_array().ok_or("an audit has a matrix")?.iter();
    let granted = matrix.filter(|row| row["audit"]["access"]["granted"] == true);
    let users: Vec<_> = granted.map(|row| row["subject"]["userDirectory"].as_str().unwrap_or_default()).collect();
    assert_eq!(users, ["CORP"; 4], "the rule grants access to a directory, and the other one is disabled");
    let broken = caller.post("/licenserule/audit", &json!({ "userFilter": "x" })).await?;
    assert_eq!(broken.status, 400);
    Ok(())
}

#[tokio::test]
async fn refusals_come_in_three_styles() -> Outcome {
    let site = StandIn::start().await?;
    let caller = Caller::new(&site)?;
    let path = format!("{PROFESSIONAL}/{}", Uuid::from_u128(1));
    let text = "The requested resource was not found.";
    assert_eq!(caller.get(&path).await?.refusal(), (404, text));
    site.set_error_style(ErrorStyle::Json);
    let told = caller.get(&path).await?;
    assert_eq!((told.status, told.json()?), (404, json!({ "message": text })));
    site.set_error_style(ErrorStyle::Html);
    let told = caller.get(&path).await?;
    assert_eq!((told.status, told.kind.as_str()), (404, "text/html; charset=utf-8"));
    assert!(told.text.contains(text) && told.text.starts_with("<!DOCTYPE html>"));

    site.set_error_style(ErrorStyle::Json);
    site.refuse_credentials(true);
    for operation in Operation::ALL {
        let path = operation.template().replace("{id}", &Uuid::nil().to_string());
        let told = ask(caller.request(operation.method(), &path)).await?;
        let message = json!({ "message": "Authentication failed." });
        assert_eq!((told.status, told.json()?), (401, message), "{operation:?}");
    }
    site.refuse_credentials(false);
    assert_eq!(caller.get("/license").await?.status, 200);
    Ok(())
}
