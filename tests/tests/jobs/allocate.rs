//! Allocates passes by name, and brings them into line with a list.

use std::collections::BTreeMap;

use qrs_generated::users::{self, FindErrorKind, Found};
use qrs_tests::{Pool, seed};

use crate::jobs::allocate::{Outcome, plan};
use crate::jobs::passes::Kind;
use crate::jobs::sync;
use crate::support::Checked;
use crate::{LIVE, allocate, give, holders, release_all, site};

#[tokio::test]
async fn a_pass_is_allocated_by_name() -> Checked {
    let (site, client) = site(LIVE).await?;
    let ada = users::find(&client, "corp", "ADA").await?;
    assert_eq!(ada.id, Some(seed::ADA));
    Kind::Analyzer.allocate(&client, seed::ADA).await?;
    assert_eq!(holders(&site, Pool::Analyzer), ["o'neil", "ada"]);
    let stranger = users::find(&client, "CORP", "nobody").await.err().ok_or("nobody is unknown")?;
    assert_eq!(stranger.kind(), FindErrorKind::NoSuchUser);
    Ok(())
}

#[tokio::test]
async fn ten_thousand_names_are_each_accounted_for() -> Checked {
    let (site, client) = site(LIVE).await?;
    site.set_capacity(Pool::Professional, 900);
    for number in 0..400 {
        give(&site, Pool::Professional, &format!("holder{number}"), 1);
    }
    for number in 0..600 {
        let _ = site.add_user("CORP", &format!("user{number}"), "");
    }
    let mut names: Vec<String> = (0..400).map(|number| format!(r"CORP\holder{number}")).collect();
    names.extend((0..600).map(|number| format!(r"corp\User{number}")));
    names.extend((0..500).map(|number| format!(r"CORP\USER{number}")));
    names.extend((0..8_000).map(|number| format!(r"PARTNER\stranger{number}")));
    names.extend((0..500).map(|number| format!("no name {number}")));
    assert_eq!(names.len(), 10_000);

    let users = client.get_users_full().send().await?;
    let held = Kind::Professional.list(&client, None).await?;
    let items = plan(names.iter().map(String::as_str), &users, &held);
    let before = site.requests().len();
    // The licence holds 900: 402 were taken.
    assert_eq!(allocate(&client, Kind::Professional, &items).await, (498, 102));
    assert_eq!(site.requests().len() - before, 600, "a request for each pass to allocate, and no other");

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for item in &items {
        *counts.entry(item.outcome.to_string()).or_default() += 1;
    }
    let expected = [
        ("gets a pass", 600),
        ("has a pass already", 400),
        ("is named twice", 500),
        ("is unknown to the site", 8_000),
        (r"is not written as `DIRECTORY\id`, and no identifier", 500),
    ];
    assert_eq!(counts, expected.into_iter().map(|(outcome, count)| (outcome.to_owned(), count)).collect());
    assert_eq!(site.allocations(Pool::Professional).len(), 900);

    // The same list again: what was done stays done.
    let held = Kind::Professional.list(&client, None).await?;
    let again = plan(names.iter().map(String::as_str), &users, &held);
    assert_eq!(again.iter().filter(|item| matches!(item.outcome, Outcome::Planned(_))).count(), 102);
    Ok(())
}

#[tokio::test]
async fn many_names_are_looked_up_in_a_few_requests() -> Checked {
    let (site, client) = site(LIVE).await?;
    let long = "ü".repeat(300);
    let _ = site.add_user("PARTNER", &long, "");
    for user in ["Eve", "eve", "o\\'x"] {
        let _ = site.add_user("CORP", user, "");
    }
    let mut names: Vec<(String, String)> = Vec::new();
    for number in 0..400 {
        let _ = site.add_user("CORP", &format!("user{number}"), "");
        names.push(("corp".to_owned(), format!("USER{number}")));
        names.push(("PARTNER".to_owned(), format!("user{number}")));
    }
    let others =
        [("CORP", "Eve"), ("CORP", "EVE"), ("CORP", "eve"), ("CORP", "EvE"), ("CORP", "o\\'x"), ("Corp", "User7")];
    names.extend(others.map(|(directory, id)| (directory.to_owned(), id.to_owned())));
    names.push(("PARTNER".to_owned(), long.clone()));

    let before = site.requests().len();
    let lookups = users::find_many(&client, names.clone()).await?;
    let requests = site.requests().len() - before;
    assert!(requests <= 20, "{requests}");
    assert!(lookups.iter().map(|lookup| (&lookup.directory, &lookup.id)).eq(names.iter().map(|(d, i)| (d, i))));
    for (index, lookup) in lookups.iter().take(800).enumerate() {
        match lookup.user() {
            Some(user) => assert_eq!((index % 2, user.user_id.to_uppercase()), (0, lookup.id.to_uppercase())),
            None => assert_eq!((index % 2, &lookup.found), (1, &Found::NoSuchUser)),
        }
    }
    let rest: Vec<String> = lookups[800..]
        .iter()
        .map(|lookup| match &lookup.found {
            Found::User(user) => user.user_id.clone(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        rest,
        ["Eve", "Repeated(800)", "Repeated(800)", "Repeated(800)", "o\\'x", "Repeated(14)", long.as_str()]
    );
    let several = users::find_many(&client, [("CORP", "EVE")]).await?;
    assert_eq!(several[0].found, Found::Several(2));
    assert!(users::find_many(&client, [("", ""); 0]).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn passes_follow_the_list_of_a_directory() -> Checked {
    let (site, client) = site(LIVE).await?;
    give(&site, Pool::Professional, "leaver", 90);
    let names = [r"CORP\ada", r"CORP\newcomer", r"CORP\stranger"];
    let kind = Kind::Professional;
    let users = client.get_users_full().send().await?;
    let sync = sync::plan(kind, &names, &users, &kind.list(&client, None).await?);
    assert_eq!(
        sync.release.iter().map(|release| release.user.as_str()).collect::<Vec<_>>(),
        [r"CORP\björn", r"CORP\leaver"]
    );
    let outcomes: Vec<_> = sync.allocate.iter().map(|item| &item.outcome).collect();
    assert_eq!(outcomes, [&Outcome::Held, &Outcome::Planned(seed::NEWCOMER), &Outcome::NoUser]);
    assert_eq!(holders(&site, Pool::Professional), ["ada", "björn", "leaver"], "a plan changes nothing");

    release_all(&client, &sync.release).await?;
    assert_eq!(allocate(&client, kind, &sync.allocate).await, (1, 0));
    assert_eq!(holders(&site, Pool::Professional), ["ada", "newcomer"]);
    Ok(())
}
