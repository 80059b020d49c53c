//! Whose passes are released, and whose are not.

use qrs_tests::{Mode, Pool, seed};
use serde_json::json;

use crate::Checked;
use crate::binary::{LIVE, Ran, Site};
use crate::jobs::{give, holders, outcomes};

#[tokio::test]
async fn a_spare_that_spares_nobody_is_told() -> Checked {
    let site = Site::start(LIVE).await?;
    let before = holders(&site.stand_in, Pool::Professional);
    let unknown = uuid::Uuid::new_v4().to_string();
    let list = site.write("spared", "CORP\\ada\nCORP\\nobody\n");
    let release = ["release", "--inactive", "30d", "--yes"];
    for spare in [["--spare", r"CORP\nobody"], ["--spare", &unknown], ["--spare-from", &list]] {
        let ran = site.run(&[&release[..], &spare].concat()).await.code(2);
        assert!(ran.err.contains("to be spared, and unknown to the site"), "{ran:?}");
    }
    assert_eq!(holders(&site.stand_in, Pool::Professional), before);
    for spare in [["--spare-directory", "NOPE"], ["--spare-tag", "nope"], ["--spare-property", "X=Y"]] {
        let ran = site.run(&[&release[..3], &["--dry-run"], &spare].concat()).await.code(0);
        let expected = format!("warning: `{} {}` spares nobody", spare[0], spare[1]);
        assert!(ran.err.contains(&expected), "{ran:?}");
    }
    let ran =
        site.run(&[&release[..3], &["--dry-run", "--spare-directory", "corp", "--spare", r"CORP\idle"]].concat()).await;
    assert!(!ran.err.contains("warning"), "{ran:?}");
    // Somebody whom this site does not list may exist.
    let contract = Site::start(Mode::Contract).await?;
    let ran = contract.run(&[&release[..3], &["--dry-run", "--spare", r"CORP\nobody"]].concat()).await.code(0);
    assert!(ran.err.contains(r"warning: `--spare CORP\nobody` spares nobody: holds no pass here"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn who_is_spared_keeps_the_pass_when_named() -> Checked {
    for mode in [Mode::Contract, LIVE] {
        let site = Site::start(mode).await?;
        let before = holders(&site.stand_in, Pool::Professional);
        let ada = seed::ADA.to_string();
        for spare in [["--spare", "CORP/ADA"], ["--spare", &ada], ["--spare-directory", "corp"]] {
            let ran =
                site.run(&[&["release", r"CORP\ada", "--kind", "professional", "--yes"][..], &spare].concat()).await;
            assert!(ran.code == 0 && ran.out.contains("is spared"), "{mode:?}: {ran:?}");
        }
        assert_eq!(holders(&site.stand_in, Pool::Professional), before);
    }
    Ok(())
}

#[tokio::test]
async fn names_and_a_condition_are_an_intersection() -> Checked {
    let site = Site::start(LIVE).await?;
    site.stand_in.set_capacity(Pool::Professional, 20);
    for user in ["old", "older"] {
        give(&site.stand_in, Pool::Professional, user, 90);
    }
    let release = ["release", "--kind", "professional", r"CORP\ada", r"CORP\old", "-o", "json", "--dry-run"];
    let told = |ran: Ran| outcomes(&ran.json()).into_iter().collect::<Vec<_>>();
    let named = |outcome: &str, name: &str| (name.to_owned(), outcome.to_owned());
    let ran = site.run(&[&release[..], &["--inactive", "30d"]].concat()).await.code(0);
    assert_eq!(told(ran), [named("unchanged", r"CORP\ada"), named("planned", r"CORP\old")]);
    let ran = site.run(&[&release[..], &["--gone"]].concat()).await.code(0);
    assert_eq!(told(ran), [named("unchanged", r"CORP\ada"), named("unchanged", r"CORP\old")]);
    Ok(())
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() -> Checked {
    let site = Site::start(LIVE).await?;
    let ran = site.run(&["release", "CORPada", r"CORP\nobody", "--yes"]).await.code(1);
    assert!(ran.out.contains("is not written as") && ran.out.contains("is unknown to the site"), "{ran:?}");
    let plan = site.file("plan.jsonl");
    let ran = site.run(&["release", "CORPada", r"CORP\ada", "--plan", &plan]).await.code(1);
    assert!(ran.err.contains("warning: `CORPada` is not written as"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn blocked_users_are_told_and_released() -> Checked {
    let site = Site::start(LIVE).await?;
    give(&site.stand_in, Pool::Professional, "left", 1);
    let left = site.stand_in.users().into_iter().find(|user| user.user_id == "left").ok_or("it was added")?.id;
    assert!(site.stand_in.change_user(left, json!({ "blacklisted": true }).as_object().cloned().unwrap()));
    let report = site.run(&["report", "-o", "csv", "--fields", "user,account"]).await.code(0).out;
    assert!(report.contains(r"CORP\left,blocked"), "{report}");
    site.stand_in.set_capacity(Pool::Analyzer, 5);
    let ran = site.run(&["allocate", "analyzer", r"CORP\left", r"CORP\idle", "--dry-run"]).await.code(0);
    for (name, state) in [("left", "blocked"), ("idle", "inactive")] {
        let expected = format!(r"warning: `CORP\{name}` is to get a pass, and the account is {state}");
        assert!(ran.err.contains(&expected), "{ran:?}");
    }
    let ran = site.run(&["release", "--gone", "--yes"]).await.code(0);
    assert!(ran.err.contains("1 done"), "{ran:?}");
    assert!(!holders(&site.stand_in, Pool::Professional).contains(&"left".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_dry_run_says_who_gets_no_pass() -> Checked {
    let site = Site::start(LIVE).await?;
    site.stand_in.set_capacity(Pool::Analyzer, 2);
    let allocate = ["allocate", "analyzer", r"CORP\ada", r"CORP\newcomer", "-o", "json", "--dry-run"];
    let ran = site.run(&allocate).await.code(1);
    let told: Vec<String> = outcomes(&ran.json()).into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(told, ["planned", "failed"], "{ran:?}");
    assert!(ran.out.contains("does not fit: 1 pass is left"), "{ran:?}");
    Ok(())
}
