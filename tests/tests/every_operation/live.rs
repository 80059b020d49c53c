//! Every operation of the client that QRS 38.22 has, against a site of that form.

use std::collections::BTreeSet;
use std::error::Error;

use qrs_generated::{Client, license, property, types};
use qrs_tests::{Licensing, Mode, Seen, StandIn, seed};

use crate::support::{Checked, builder_for};

/// Parts of the paths of operations that the client does not have, or not all of.
const LEFT_OUT: [&str; 7] = [
    // Their lists in full have all that these have, and nobody counts groups or creates hundreds of them.
    "accessgroup",
    "accessusage",
    "licenseaccessusage",
    // Selections serve the management console, which works on many entities at once.
    "selection",
    "associatedrules",
    // A directory's connector does this.
    "user/sync",
    "about/api/enums",
];

async fn site(licensing: Licensing) -> Result<(StandIn, Client), Box<dyn Error>> {
    let site = StandIn::builder().mode(Mode::Live(licensing)).start().await?;
    let client = builder_for(&site)?.build()?;
    Ok((site, client))
}

/// Lists, counts, creates, reads, changes and deletes entities of one kind.
macro_rules! exercise {
    ($client:expr, $body:expr, $list:ident, $full:ident, $count:ident, $many:ident,
     $create:ident, $get:ident, $update:ident, $delete:ident) => {{
        let before = $client.$count().send().await?.value;
        let id = $client.$create($body).send().await?.id.ok_or("a new entity has an id")?;
        assert_eq!($client.$count().send().await?.value, before + 1);
        assert!($client.$list().privileges(true).send().await?.iter().any(|row| row.id == Some(id)));
        assert_eq!($client.$full().filter(property!("id").eq(id)).orderby("id desc").send().await?.len(), 1);
        let one = $client.$get(id).send().await?;
        let changed = $client.$update(id, one.clone()).send().await?;
        assert_ne!(changed.modified_date, one.modified_date);
        let stale = $client.$update(id, one).send().await.err().ok_or("it was changed since")?;
        assert_eq!(stale.status().map(|status| status.as_u16()), Some(409), "{stale}");
        $client.$delete(id).send().await?;
        assert_eq!($client.$many(vec![$body]).send().await?.len(), 1);
    }};
}

fn pass_of(user: uuid::Uuid) -> types::AccessTypeAllocationCreate {
    types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(user))
}

async fn passes_and_minutes(client: &Client) -> Checked {
    exercise!(
        client,
        pass_of(seed::NEWCOMER),
        get_professional_access_types,
        get_professional_access_types_full,
        count_professional_access_types,
        create_many_professional_access_types,
        create_professional_access_type,
        get_professional_access_type,
        update_professional_access_type,
        delete_professional_access_type
    );
    exercise!(
        client,
        pass_of(seed::NEWCOMER),
        get_analyzer_access_types,
        get_analyzer_access_types_full,
        count_analyzer_access_types,
        create_many_analyzer_access_types,
        create_analyzer_access_type,
        get_analyzer_access_type,
        update_analyzer_access_type,
        delete_analyzer_access_type
    );
    exercise!(
        client,
        types::AnalyzerTimeAllocationCreate::new("More", 1),
        get_analyzer_time_access_types,
        get_analyzer_time_access_types_full,
        count_analyzer_time_access_types,
        create_many_analyzer_time_access_types,
        create_analyzer_time_access_type,
        get_analyzer_time_access_type,
        update_analyzer_time_access_type,
        delete_analyzer_time_access_type
    );
    Ok(())
}

async fn tokens(client: &Client) -> Checked {
    exercise!(
        client,
        pass_of(seed::NEWCOMER),
        get_user_access_types,
        get_user_access_types_full,
        count_user_access_types,
        create_many_user_access_types,
        create_user_access_type,
        get_user_access_type,
        update_user_access_type,
        delete_user_access_type
    );
    exercise!(
        client,
        types::LoginAccessAllocationCreate::new("More", 1),
        get_login_access_types,
        get_login_access_types_full,
        count_login_access_types,
        create_many_login_access_types,
        create_login_access_type,
        get_login_access_type,
        update_login_access_type,
        delete_login_access_type
    );
    Ok(())
}

async fn users_and_rules(client: &Client) -> Checked {
    exercise!(
        client,
        types::User::new("CORP", "new").removed_externally(false).blacklisted(false),
        get_users,
        get_users_full,
        count_users,
        create_many_users,
        create_user,
        get_user,
        update_user,
        delete_user
    );
    exercise!(
        client,
        types::SystemRule::new("New", "License.LoginAccessType_*", 1),
        get_system_rules,
        get_system_rules_full,
        count_system_rules,
        create_many_system_rules,
        create_system_rule,
        get_system_rule,
        update_system_rule,
        delete_system_rule
    );
    Ok(())
}

/// Creates, lists, reads, changes and deletes a group of one kind.
macro_rules! exercise_group {
    ($client:expr, $full:ident, $create:ident, $get:ident, $update:ident, $delete:ident) => {{
        let id =
            $client.$create(types::AccessGroup::new().name("New")).send().await?.id.ok_or("a new group has an id")?;
        assert_eq!($client.$full().filter("name eq 'New'").send().await?.len(), 1);
        let group = $client.$get(id).send().await?;
        assert_eq!($client.$update(id, group.name("Changed")).send().await?.name.as_deref(), Some("Changed"));
        $client.$delete(id).send().await?;
    }};
}

async fn groups_and_sessions(client: &Client) -> Checked {
    exercise_group!(
        client,
        get_professional_access_groups_full,
        create_professional_access_group,
        get_professional_access_group,
        update_professional_access_group,
        delete_professional_access_group
    );
    exercise_group!(
        client,
        get_analyzer_access_groups_full,
        create_analyzer_access_group,
        get_analyzer_access_group,
        update_analyzer_access_group,
        delete_analyzer_access_group
    );
    exercise_group!(
        client,
        get_user_access_groups_full,
        create_user_access_group,
        get_user_access_group,
        update_user_access_group,
        delete_user_access_group
    );
    assert_eq!(client.get_professional_access_usages_full().send().await?.len(), 1);
    assert_eq!(client.get_analyzer_access_usages_full().send().await?.len(), 1);
    assert_eq!(client.get_analyzer_time_access_usages_full().send().await?.len(), 1);
    assert_eq!(client.get_user_access_usages_full().send().await?.len(), 0);
    assert_eq!(client.get_login_access_usages_full().send().await?.len(), 0);
    assert_eq!(client.get_license_access_usages_full().send().await?.len(), 3);
    Ok(())
}

async fn audits(client: &Client) -> Checked {
    let resources = "License.ProfessionalAccessGroup";
    let parameters = types::AuditParameters::new().resource_type(resources);
    let audit = client.audit_license_system_rules(parameters).send().await?;
    let users: BTreeSet<String> = audit.users.unwrap().into_values().filter_map(|user| user.user_directory).collect();
    assert_eq!(users, BTreeSet::from(["CORP".to_owned()]), "the rule grants access to a directory");
    let parameters = types::AuditMatrixParameters::new().resource_type(resources);
    assert_eq!(client.audit_license_system_rules_matrix(parameters).send().await?.matrix.unwrap().len(), 8);
    let rule = r#"user.userId="o'neil""#;
    let parameters = types::AuditPreviewParameters::new().resource_type(resources).rule_conditions(rule);
    assert_eq!(client.preview_license_system_rule(parameters).send().await?.rule_application.unwrap().len(), 1);
    let parameters = types::UserActionsParameters::new().user_filter("userId eq 'ada'");
    assert_eq!(client.get_license_user_actions(parameters).send().await?.len(), 1);
    Ok(())
}

async fn site_and_license(client: &Client) -> Checked {
    assert_eq!(client.get_about().send().await?.build_version.as_deref(), Some("38.22.0.0"));
    let interfaces = client.get_interfaces().send().await?;
    client.get_interface(interfaces[0].as_str()).send().await?;
    client.get_access_type_info().send().await?;
    let overview = client.get_access_type_overview().send().await?;
    assert!(overview.professional.is_some() && overview.analyzer_time_access.is_some(), "{overview:?}");
    client.download_lef().serial(seed::SERIAL).control("12345").user("ada").org("CORP").send().await?;

    let license = client.get_license().send().await?.ok_or("the site has a licence")?;
    let id = license.id.ok_or("a licence has an id")?;
    let renewed = client.update_license(id, license.organization("New")).control("12345").send().await?;
    assert_eq!(renewed.organization.as_deref(), Some("New"));
    client.delete_license(id).send().await?;
    assert_eq!(client.get_license().send().await?, None);
    let wanted = types::LicenseSet::new("1111222233334444", "12345");
    license::set(client, wanted).send().await?;
    Ok(())
}

/// Calls every operation, and returns the requests.
async fn call_all(is_novel: bool) -> Result<Vec<Seen>, Box<dyn Error>> {
    let (capacity, client) = site(Licensing::Capacity).await?;
    let (token_site, token_client) = site(Licensing::Tokens).await?;
    for site in [&capacity, &token_site] {
        site.add_unknown_fields(is_novel);
        site.count_by_bare_numbers(is_novel);
    }
    passes_and_minutes(&client).await?;
    users_and_rules(&client).await?;
    audits(&client).await?;
    groups_and_sessions(&client).await?;
    site_and_license(&client).await?;
    tokens(&token_client).await?;
    Ok([capacity.requests(), token_site.requests()].concat())
}

#[tokio::test]
async fn every_operation_succeeds_on_a_live_site() -> Checked {
    let requests = call_all(false).await?;
    for seen in &requests {
        assert_eq!(seen.unknown_parameters(), Vec::<&str>::new(), "{} {}", seen.method, seen.path);
    }
    let called: BTreeSet<String> = requests.iter().filter_map(described).collect();
    let left_out = |line: &&String| LEFT_OUT.iter().any(|part| line.contains(part));
    let all = operations();
    let missing: Vec<_> = all.iter().filter(|line| !called.contains(*line)).filter(|line| !left_out(line)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "the client does not have these, and nothing says why");
    Ok(())
}

#[tokio::test]
async fn every_update_sends_back_fields_that_the_client_does_not_know() -> Checked {
    let requests = call_all(true).await?;
    let updates = requests.iter().filter(|seen| seen.method == "PUT");
    let lossy: Vec<_> = updates
        .filter(|seen| seen.body.as_ref().is_none_or(|body| !body["notYetDescribed"]["values"].is_array()))
        .map(|seen| &seen.path)
        .collect();
    assert_eq!(lossy, Vec::<&String>::new());
    Ok(())
}

#[tokio::test]
async fn operations_of_the_contract_alone_are_not_found() -> Checked {
    let (_site, client) = site(Licensing::Capacity).await?;
    assert!(client.get_license_rules().send().await.is_err_and(|error| error.is_not_found()));
    assert!(client.get_license_rules_full().send().await.is_err_and(|error| error.is_not_found()));
    assert!(client.get_license_rule(seed::PROFESSIONAL_RULE).send().await.is_err_and(|error| error.is_not_found()));
    let request = types::LicenseAuditRequest::new();
    assert!(client.audit_license_rules(request).send().await.is_err_and(|error| error.is_not_found()));
    Ok(())
}

/// The operations of QRS 38.22, as `GET /user/{id}`.
fn operations() -> Vec<String> {
    let lines = include_str!("../stand_in/operations.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

/// The operation of a request.
fn described(seen: &Seen) -> Option<String> {
    let path = seen.path.strip_prefix("/qrs")?;
    let fits = |operation: &&String| {
        let Some((method, template)) = operation.split_once(' ') else { return false };
        let same = |(part, sent): (&str, &str)| part.starts_with('{') || part == sent;
        seen.method == method
            && template.split('/').count() == path.split('/').count()
            && template.split('/').zip(path.split('/')).all(same)
    };
    let all = operations();
    let parameters = |operation: &&String| operation.matches('{').count();
    all.iter().filter(fits).min_by_key(parameters).cloned()
}
