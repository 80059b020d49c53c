//! Releases passes, and lists those in excess.

use qrs_generated::types::AccessTypeAllocation;
use qrs_tests::{Mode, Pool, seed};
use serde_json::json;

use crate::jobs::passes::{Kind, holder, in_excess};
use crate::jobs::release::{Conditions, Reason, Release, Spared, plan};
use crate::support::Checked;
use crate::{LIVE, days_before, fields, give, holders, release_all, site, users};

fn told(plan: &[Release]) -> Vec<(&str, Reason)> {
    plan.iter().map(|release| (release.user.as_str(), release.reason)).collect()
}

#[tokio::test]
async fn passes_not_used_for_a_month_are_released() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let (site, client) = site(mode).await?;
        give(&site, Pool::Professional, "idle-31", 31);
        give(&site, Pool::Professional, "busy-29", 29);
        give(&site, Pool::Analyzer, "idle-99", 99);
        let unused = Conditions { unused_since: Some(days_before(&site, 30)), gone: false };
        let users = users(&client, mode).await?;
        let mut all = Vec::new();
        for kind in [Kind::Professional, Kind::Analyzer] {
            all.extend(plan(kind, &kind.list(&client, None).await?, &users, unused, &Spared::default()));
        }
        assert_eq!(
            told(&all),
            [
                (r"CORP\björn", Reason::NeverUsed),
                (r"CORP\idle-31", Reason::Unused),
                (r"PARTNER; EAST\o'neil", Reason::NeverUsed),
                (r"CORP\idle-99", Reason::Unused),
            ],
            "{mode:?}"
        );
        assert_eq!(holders(&site, Pool::Professional).len(), 4, "a plan changes nothing");
        release_all(&client, &all).await?;
        assert_eq!(holders(&site, Pool::Professional), ["ada", "busy-29"]);
        assert!(holders(&site, Pool::Analyzer).is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn some_users_keep_their_passes() -> Checked {
    let (site, client) = site(LIVE).await?;
    for user in ["tagged", "marked", "named", "plain"] {
        give(&site, Pool::Professional, user, 99);
    }
    let id_of = |user: &str| site.users().into_iter().find(|found| found.user_id == user).unwrap().id;
    let tag = json!({ "tags": [{ "id": seed::ADA, "name": "Keep" }] });
    assert!(site.change_user(id_of("tagged"), fields(&tag)));
    let property =
        json!({ "customProperties": [{ "value": "Board", "definition": { "name": "Group", "valueType": "Text" } }] });
    assert!(site.change_user(id_of("marked"), fields(&property)));

    let users = users(&client, LIVE).await?;
    let kind = Kind::Professional;
    let passes = kind.list(&client, None).await?;
    let spared = Spared {
        accounts: [r"corp\NAMED".parse()?].into(),
        ids: [seed::BJORN].into(),
        directories: vec!["partner; east".to_owned()],
        tags: vec!["keep".to_owned()],
        properties: vec![("group".to_owned(), "board".to_owned())],
    };
    let unused = Conditions { unused_since: Some(days_before(&site, 30)), gone: false };
    assert_eq!(told(&plan(kind, &passes, &users, unused, &spared)), [(r"CORP\plain", Reason::Unused)]);
    let kind = Kind::Analyzer;
    assert_eq!(plan(kind, &kind.list(&client, None).await?, &users, unused, &spared), []);
    Ok(())
}

#[tokio::test]
async fn passes_of_users_who_cannot_come_are_released() -> Checked {
    let (site, client) = site(LIVE).await?;
    for user in ["inactive", "blocked", "removed", "deleted", "here"] {
        give(&site, Pool::Professional, user, 1);
    }
    let id_of = |user: &str| site.users().into_iter().find(|found| found.user_id == user).unwrap().id;
    assert!(site.deactivate_user(id_of("inactive")));
    assert!(site.change_user(id_of("removed"), fields(&json!({ "removedExternally": true }))));
    assert!(site.change_user(id_of("blocked"), fields(&json!({ "blacklisted": true }))));
    client.delete_user(id_of("deleted")).send().await?;

    let kind = Kind::Professional;
    let passes = kind.list(&client, None).await?;
    let gone = Conditions { unused_since: None, gone: true };
    let plan = plan(kind, &passes, &users(&client, LIVE).await?, gone, &Spared::default());
    assert_eq!(
        told(&plan),
        [
            (r"CORP\inactive", Reason::Inactive),
            (r"CORP\blocked", Reason::Blocked),
            (r"CORP\removed", Reason::RemovedExternally),
            (r"CORP\deleted", Reason::Deleted),
        ]
    );
    release_all(&client, &plan).await?;
    assert_eq!(holders(&site, Pool::Professional), ["ada", "björn", "here"]);
    Ok(())
}

#[tokio::test]
async fn passes_beyond_the_licence_are_listed() -> Checked {
    let (site, client) = site(LIVE).await?;
    site.set_capacity(Pool::Professional, 1);
    let passes = Kind::Professional.list(&client, None).await?;
    let names = |passes: Vec<&AccessTypeAllocation>| {
        passes.into_iter().filter_map(holder).map(|user| user.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(in_excess(&passes).collect()), [r"CORP\björn"]);
    let by_filter = client.get_professional_access_types_full().filter("excess eq True").send().await?;
    assert_eq!(names(by_filter.iter().collect()), [r"CORP\björn"]);
    Ok(())
}
