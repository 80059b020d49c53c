//! Each of the 21 operations of the document through the generated client, over real mutual TLS: the request and the
//! decoded response.

use std::collections::HashSet;

use qrs_generated::{DateTime, Server, contract, types};
use qrs_tests::{Operation, Pool, Seen, StandIn, seed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Checked, builder_for};

/// The last request, once the parts that all of them share are checked: the key in both places, the user, the types.
fn last(site: &StandIn) -> Seen {
    let seen = site.last_request().unwrap();
    let key = seen.parameter("Xrfkey").unwrap();
    assert_eq!(seen.header("x-qlik-xrfkey"), Some(key));
    assert!(key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert_eq!(seen.header("x-qlik-user"), Some("UserDirectory=INTERNAL; UserId=sa_repository"));
    let agent = seen.header("user-agent").and_then(|agent| agent.strip_prefix("qrs-generated/")).unwrap();
    let about = format!(" ({} {})", contract::TITLE, contract::VERSION);
    let version = agent.strip_suffix(&about).unwrap();
    assert!(version.split('.').count() == 3 && version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
    let accept = if seen.method == "DELETE" { "*/*" } else { "application/json" };
    if seen.operation != Some(Operation::DownloadLef) {
        assert_eq!(seen.header("accept"), Some(accept), "{:?}", seen.operation);
    }
    let content_type = (seen.method == "POST").then_some("application/json");
    assert_eq!(seen.header("content-type"), content_type, "{:?}", seen.operation);
    assert_eq!(seen.unknown_parameters(), Vec::<&str>::new());
    seen
}

/// The request line of the last request, the key left out.
fn line(site: &StandIn) -> String {
    let seen = last(site);
    let query: Vec<String> =
        seen.query.iter().filter(|(name, _)| name != "Xrfkey").map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{} {}{query}", seen.method, seen.path)
}

fn body(site: &StandIn) -> String {
    String::from_utf8(last(site).raw_body.to_vec()).unwrap()
}

fn time(text: &str) -> Option<DateTime> {
    text.parse().ok()
}

#[tokio::test]
async fn the_license_is_read_and_set() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let license = client.get_license().send().await?.ok_or("the site has a licence")?;
    assert_eq!(line(&site), "GET /qrs/license");
    assert_eq!(license.serial.as_deref(), Some(seed::SERIAL));
    assert_eq!(license.key.as_ref().map(|key| key.expose().to_owned()), Some(format!("key-of-{}", seed::SERIAL)));
    assert_eq!(license.created_date, time("2022-08-27T06:47:08.584Z"));
    assert_eq!(license.modified_date, time("2023-01-01T00:00:00Z"), "without a fraction");
    assert_eq!(license.timelimited, time("1753-01-01T00:00:00Z"), "never");
    assert_eq!(license.modified_by_user_name.as_deref(), Some(r"INTERNAL\sa_repository"));
    assert_eq!(license.product_level.as_deref(), Some("Enterprise"));
    assert_eq!(license.number_of_cores, Some(-1));
    assert_eq!(
        (license.is_expired, license.is_blacklisted, license.is_invalid),
        (Some(false), Some(false), Some(false))
    );
    assert_eq!(license.expired_reason.as_deref(), Some(""));

    let lef = client.download_lef().send().await?;
    assert_eq!(line(&site), "GET /qrs/license/download");
    assert_eq!(last(&site).header("accept"), Some("text/plain"));
    assert!(lef.expose().starts_with(seed::SERIAL) && lef.expose().contains("Åkesson & Söhne;;\r\n"));
    assert_eq!(license.lef.as_ref().map(qrs_generated::Secret::expose), Some(lef.expose()));

    let wanted = types::LicenseSet::new("1111222233334444", "12345").organization("Åkesson & Söhne");
    let set = client.set_license(wanted).send().await?;
    assert_eq!(line(&site), "POST /qrs/license");
    assert_eq!(
        body(&site),
        r#"{"serial":"1111222233334444","control":"12345","organization":"Åkesson & Söhne"}"#,
        "what is not set is not sent"
    );
    assert_eq!(set.serial.as_deref(), Some("1111222233334444"), "201 is as good as the documented 200");

    site.unlicensed();
    assert_eq!(client.get_license().send().await?, None, "`null` is no licence");
    Ok(())
}

#[tokio::test]
async fn the_overviews_are_read() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let info = client.get_access_type_info().send().await?;
    assert_eq!(line(&site), "GET /qrs/license/accesstypeinfo");
    assert_eq!((info.total_tokens, info.available_tokens, info.used_tokens), (Some(13), Some(8), Some(5)));
    assert_eq!((info.total_professional, info.used_professional), (Some(4), Some(2)));
    assert_eq!((info.total_analyzer, info.used_analyzer), (Some(2), Some(1)));

    let overview = client.get_access_type_overview().send().await?;
    assert_eq!(line(&site), "GET /qrs/license/accesstypeoverview");
    let numbers = |summary: Option<types::AccessTypeSummary>| {
        summary.map(|s| [s.total, s.allocated, s.available, s.quarantined, s.excess].map(Option::unwrap))
    };
    assert_eq!(numbers(overview.professional), Some([4, 2, 2, 0, 0]));
    assert_eq!(numbers(overview.analyzer), Some([2, 1, 1, 0, 0]));
    assert_eq!(numbers(overview.user_access), Some([3, 1, 2, 0, 0]));
    assert_eq!(numbers(overview.login_access), Some([10, 4, 6, 0, 0]));
    Ok(())
}

#[tokio::test]
async fn professional_passes_are_listed_allocated_and_released() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let passes = client.get_professional_access_types().send().await?;
    assert_eq!(line(&site), "GET /qrs/license/professionalaccesstype");
    let [ada, bjorn] = passes.as_slice() else { return Err(format!("{passes:?}").into()) };
    assert_eq!(ada.id, Some(seed::PASS_OF_ADA));
    assert_eq!(ada.modified_date, time("2022-08-27T06:47:08.5841234Z"), "seven digits of a second");
    assert_eq!(ada.quarantine_end, time("1753-01-01T00:00:00Z"));
    assert_eq!(ada.schema_path.as_deref(), Some("License.ProfessionalAccessType"));
    let user = bjorn.user.as_ref().ok_or("a pass has a user")?;
    assert_eq!(user.id, Some(seed::BJORN));
    assert_eq!(user.name.as_deref(), Some("Björn Åkesson"));
    assert_eq!((user.user_directory.as_deref(), user.user_id.as_deref()), (Some("CORP"), Some("björn")));
    assert_eq!(bjorn.modified_date, time("2023-01-01T00:00:00Z"), "`+00:00`");
    assert_eq!((&bjorn.modified_by_user_name, bjorn.quarantine_end), (&None, None), "`null` is absent");
    assert_eq!(bjorn.schema_path, None, "absent is absent");

    let filter = r"user.userDirectory eq 'CORP' and user.name eq 'Björn Åkesson'";
    let found = client.get_professional_access_types().filter(filter).send().await?;
    assert_eq!(line(&site), format!("GET /qrs/license/professionalaccesstype?filter={filter}"));
    assert!(!last(&site).raw_query.contains(['+', ' ', '\'']), "{}", last(&site).raw_query);
    assert_eq!(found.as_slice(), std::slice::from_ref(bjorn));

    let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
    let made = client.create_professional_access_type(types::AccessTypeAllocationCreate::new(user)).send().await?;
    assert_eq!(line(&site), "POST /qrs/license/professionalaccesstype");
    assert_eq!(body(&site), format!(r#"{{"user":{{"id":"{}"}}}}"#, seed::NEWCOMER));
    let id = made.id.ok_or("a new pass has an id")?;
    assert_eq!(made.user.and_then(|user| user.id), Some(seed::NEWCOMER));
    assert_eq!(site.allocations(Pool::Professional).len(), 3);

    let one = client.get_professional_access_type(id).send().await?;
    assert_eq!(line(&site), format!("GET /qrs/license/professionalaccesstype/{id}"));
    assert_eq!(one.id, Some(id));

    client.delete_professional_access_type(id).send().await?;
    assert_eq!(line(&site), format!("DELETE /qrs/license/professionalaccesstype/{id}"));
    assert!(last(&site).raw_body.is_empty());
    assert_eq!(site.allocations(Pool::Professional).len(), 2, "it was never used, so it is free at once");

    client.delete_professional_access_type(seed::PASS_OF_ADA).send().await?;
    let held = client.get_professional_access_type(seed::PASS_OF_ADA).send().await?;
    assert_eq!(held.quarantined, Some(true));
    assert!(held.quarantine_end.is_some_and(|end| end > site.now()));
    Ok(())
}

#[tokio::test]
async fn analyzer_passes_are_listed_allocated_and_released() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let passes = client.get_analyzer_access_types().filter("quarantined eq False").send().await?;
    assert_eq!(line(&site), "GET /qrs/license/analyzeraccesstype?filter=quarantined eq False");
    let [pass] = passes.as_slice() else { return Err(format!("{passes:?}").into()) };
    assert_eq!(pass.created_date, time("2024-02-29T23:59:59.9999999Z"));
    assert_eq!((pass.modified_date, pass.modified_by_user_name.as_deref()), (None, Some("")));
    let user = pass.user.as_ref().ok_or("a pass has a user")?;
    assert_eq!((user.user_directory.as_deref(), user.user_id.as_deref()), (Some("PARTNER; EAST"), Some("o'neil")));

    let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
    let made = client.create_analyzer_access_type(types::AccessTypeAllocationCreate::new(user)).send().await?;
    assert_eq!(line(&site), "POST /qrs/license/analyzeraccesstype");
    let id = made.id.ok_or("a new pass has an id")?;
    let one = client.get_analyzer_access_type(id).send().await?;
    assert_eq!(line(&site), format!("GET /qrs/license/analyzeraccesstype/{id}"));
    assert_eq!(one, made);
    client.delete_analyzer_access_type(id).send().await?;
    assert_eq!(line(&site), format!("DELETE /qrs/license/analyzeraccesstype/{id}"));
    assert_eq!(site.allocations(Pool::Analyzer).len(), 1);
    Ok(())
}

#[tokio::test]
async fn user_and_login_passes_are_listed_allocated_and_released() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let passes = client.get_user_access_types().send().await?;
    assert_eq!(line(&site), "GET /qrs/license/useraccesstype");
    let [pass] = passes.as_slice() else { return Err(format!("{passes:?}").into()) };
    assert_eq!(pass.id, Some(seed::USER_PASS_OF_ADA));
    assert_eq!(pass.user.as_ref().and_then(|user| user.name.as_ref()), None);

    let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
    let made = client.create_user_access_type(types::AccessTypeAllocationCreate::new(user)).send().await?;
    assert_eq!(line(&site), "POST /qrs/license/useraccesstype");
    let id = made.id.ok_or("a new pass has an id")?;
    client.delete_user_access_type(id).send().await?;
    assert_eq!(line(&site), format!("DELETE /qrs/license/useraccesstype/{id}"));
    assert_eq!(site.allocations(Pool::User).len(), 1);

    let logins = client.get_login_access_types().filter("tokensUsed gt 3").send().await?;
    assert_eq!(line(&site), "GET /qrs/license/loginaccesstype?filter=tokensUsed gt 3");
    let [login] = logins.as_slice() else { return Err(format!("{logins:?}").into()) };
    assert_eq!((login.id, login.tokens_used), (Some(seed::LOGIN_ALLOCATION), Some(4)));
    assert_eq!((&login.user, login.modified_date), (&None, time("2022-08-27T06:47:08Z")));
    Ok(())
}

#[tokio::test]
async fn license_rules_are_listed_and_read() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let rules = client.get_license_rules().filter("disabled eq True").send().await?;
    assert_eq!(line(&site), "GET /qrs/licenserule?filter=disabled eq True");
    assert_eq!(rules.iter().map(|rule| rule.id).collect::<Vec<_>>(), [Some(seed::DISABLED_RULE)]);

    let rules = client.get_license_rules_full().send().await?;
    assert_eq!(line(&site), "GET /qrs/licenserule/full");
    let [active, disabled] = rules.as_slice() else { return Err(format!("{rules:?}").into()) };
    assert_eq!(active.r#type, Some(types::RuleType::Integer(2)));
    assert_eq!(active.rule.as_deref(), Some(r#"((user.userDirectory="CORP"))"#));
    assert_eq!((active.actions, active.disabled), (Some(1), Some(false)));
    assert_eq!((disabled.actions, disabled.disabled), (Some(2_147_483_648), Some(true)), "beyond 32 bits");
    assert_eq!((&disabled.resource_filter, &disabled.comment, disabled.modified_date), (&None, &None, None));
    assert_eq!(disabled.created_date, time("1753-01-01T00:00:00Z"));

    let rule = client.get_license_rule(seed::PROFESSIONAL_RULE).send().await?;
    assert_eq!(line(&site), format!("GET /qrs/licenserule/{}", seed::PROFESSIONAL_RULE));
    assert_eq!(rule.name.as_deref(), Some("Professionals of CORP"));
    assert_eq!(rule.comment.as_deref(), Some("Gives access at the first visit."));
    Ok(())
}

#[tokio::test]
async fn an_audit_keeps_undescribed_values() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;

    let wanted = types::LicenseAuditRequest::new().resource_type("App").user_filter("userId eq 'ada'");
    let audit = client.audit_license_rules(wanted).send().await?;
    assert_eq!(line(&site), "POST /qrs/licenserule/audit");
    assert_eq!(body(&site), r#"{"resourceType":"App","userFilter":"userId eq 'ada'"}"#);
    let matrix = audit.matrix.ok_or("an audit has a matrix")?;
    let nested = matrix.iter().flat_map(|row| row.values()).any(|value| value.is_object() || value.is_array());
    assert!(nested, "objects come back with all that is in them: {matrix:?}");
    Ok(())
}

#[tokio::test]
async fn every_operation_is_called_over_one_connection() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let create = || types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER));
    let id = |pass: types::AccessTypeAllocation| pass.id.ok_or("a new pass has an id");

    client.get_license().send().await?;
    client.set_license(types::LicenseSet::new("1111222233334444", "12345")).send().await?;
    client.download_lef().send().await?;
    client.get_access_type_info().send().await?;
    client.get_access_type_overview().send().await?;
    client.get_professional_access_types().send().await?;
    let pass = id(client.create_professional_access_type(create()).send().await?)?;
    client.get_professional_access_type(pass).send().await?;
    client.delete_professional_access_type(pass).send().await?;
    client.get_analyzer_access_types().send().await?;
    let pass = id(client.create_analyzer_access_type(create()).send().await?)?;
    client.get_analyzer_access_type(pass).send().await?;
    client.delete_analyzer_access_type(pass).send().await?;
    client.get_login_access_types().send().await?;
    client.get_user_access_types().send().await?;
    let pass = id(client.create_user_access_type(create()).send().await?)?;
    client.delete_user_access_type(pass).send().await?;
    client.get_license_rules().send().await?;
    client.get_license_rules_full().send().await?;
    client.get_license_rule(seed::PROFESSIONAL_RULE).send().await?;
    client.audit_license_rules(types::LicenseAuditRequest::new()).send().await?;

    let requests = site.requests();
    let called: HashSet<Operation> = requests.iter().filter_map(|seen| seen.operation).collect();
    assert_eq!(called, HashSet::from(Operation::ALL));
    assert_eq!(requests.len(), Operation::ALL.len());
    let keys: HashSet<&str> = requests.iter().filter_map(|seen| seen.parameter("Xrfkey")).collect();
    assert_eq!(keys.len(), requests.len(), "each request has a key of its own");
    assert_eq!(site.connections(), 1, "one connection serves them all");
    Ok(())
}

#[tokio::test]
async fn requests_are_values_that_any_task_can_send() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let filters = [r"name eq 'a & b # c ? d'", r"name eq 'it\'s \\ odd'", "name eq 'Ωμέγα \u{1f600} %41+/'"];
    let requests: Vec<_> = filters.iter().map(|filter| client.get_license_rules().filter(*filter)).collect();
    drop(client);
    for (request, filter) in requests.into_iter().zip(filters) {
        let found = tokio::spawn(request.clone().send()).await??;
        assert_eq!(found, []);
        assert_eq!(last(&site).parameter("filter"), Some(filter), "it arrives as it was written");
        request.send().await?;
    }
    Ok(())
}

#[test]
fn the_servers_are_those_of_the_document() {
    assert_eq!(Server::direct("qlik.example.com").as_str(), "https://qlik.example.com:4242/qrs");
    assert_eq!(Server::proxy("qlik.example.com").as_str(), "https://qlik.example.com/qrs");
}

#[test]
fn bodies_are_encoded_and_decoded() -> Checked {
    let set = types::LicenseSet::new("1", "2").name("n").lef("l");
    assert_eq!(serde_json::to_value(&set)?, json!({"serial": "1", "control": "2", "name": "n", "lef": "l"}));
    assert_eq!(serde_json::from_value::<types::LicenseSet>(serde_json::to_value(&set)?)?, set);

    // What a newer version of the server may add, and what it may leave out.
    let license: types::License = serde_json::from_value(json!({"novel": {"a": [1]}, "id": "", "timelimited": null}))?;
    assert_eq!((license.id, license.timelimited), (None, None));
    assert_eq!(serde_json::to_value(&license)?, json!({"novel": {"a": [1]}}));

    let id = Uuid::from_u128(7);
    let row = json!({"matrix": [{"a": {"b": [1, null]}}, {}]});
    assert_eq!(serde_json::to_value(serde_json::from_value::<types::LicenseAuditResult>(row.clone())?)?, row);
    let create = types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(id));
    assert_eq!(serde_json::to_value(&create)?, json!({"user": {"id": id.to_string()}}));
    let missing = serde_json::from_value::<types::AccessTypeAllocationCreate>(Value::Object(serde_json::Map::new()));
    assert!(missing.is_err_and(|error| error.to_string().contains("missing field `user`")), "`required` is honoured");
    Ok(())
}
