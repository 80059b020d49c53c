//! Jobs that change a site.

use jiff::SignedDuration;
use qrs_tests::{Answer, Mode, Operation, Pool, StandIn, StatusCode, seed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Checked;
use crate::binary::{LIVE, MODES, Site};

/// The ids of the users who hold an active pass.
pub(crate) fn holders(site: &StandIn, pool: Pool) -> Vec<String> {
    let passes = site.allocations(pool);
    let active = passes.iter().filter(|pass| pass["quarantined"] != true);
    active.filter_map(|pass| Some(pass["user"]["userId"].as_str()?.to_owned())).collect()
}

/// Adds a user with a pass that was last used so many days ago.
pub(crate) fn give(site: &StandIn, pool: Pool, user_id: &str, days: i64) {
    let user = site.add_user("CORP", user_id, "");
    let pass = Uuid::new_v4();
    let ago = |days: i64| (site.now() - SignedDuration::from_hours(24 * days)).to_string();
    let row = json!({
        "id": pass,
        "createdDate": ago(400),
        "modifiedDate": ago(400),
        "user": { "id": user, "userDirectory": "CORP", "userId": user_id, "name": "" },
        "quarantined": false,
        "privileges": null,
    });
    site.push_allocation(pool, row.as_object().cloned().unwrap());
    assert!(site.mark_used(pool, pass, site.now() - SignedDuration::from_hours(24 * days)));
}

pub(crate) fn outcomes(account: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    account.as_array().unwrap().iter().map(|item| (text(&item["subject"]), text(&item["outcome"]))).collect()
}

#[tokio::test]
async fn passes_are_allocated_by_name_and_identifier() -> Checked {
    let site = Site::start(LIVE).await?;
    let id = seed::ADA.to_string();
    let allocate = ["allocate", "analyzer", r"corp\ADA", &id, r"PARTNER; EAST\o'neil", r"CORP\nobody", "CORPada"];
    let ran = site.run(&[&allocate[..], &["--dry-run"]].concat()).await.code(1);
    assert!(ran.out.contains("gets a pass") && ran.err.contains("nothing was changed"), "{ran:?}");
    assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil"]);

    let ran = site.run(&allocate).await.code(1);
    assert!(ran.err.contains("`--yes`"), "{ran:?}");
    assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil"]);

    let ran = site.run(&[&allocate[..], &["--yes", "-o", "json"]].concat()).await.code(1);
    let outcomes = outcomes(&ran.json());
    let of = |name: &str| outcomes.iter().find(|(subject, _)| subject == name).map(|(_, outcome)| outcome.as_str());
    assert_eq!(
        (of(r"corp\ADA"), of(r"PARTNER; EAST\o'neil"), of(r"CORP\nobody")),
        (Some("done"), Some("unchanged"), Some("failed"))
    );
    assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil", "ada"]);
    // As cmd passes it on.
    let ran = site.run(&["allocate", "analyzer", r"'CORP\grace'", r"'CORP\ada'", "--dry-run"]).await;
    assert!(ran.out.contains("has a pass already") && !ran.out.contains("'CORP"), "{ran:?}");
    // It can be repeated.
    site.run(&["allocate", "analyzer", "CORP/ada", "--yes"]).await.code(0);
    assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil", "ada"]);
    Ok(())
}

#[tokio::test]
async fn a_site_without_users_takes_identifiers() -> Checked {
    let site = Site::start(Mode::Contract).await?;
    let ran = site.run(&["allocate", "analyzer", r"CORP\ada", "--yes"]).await.code(2);
    assert!(ran.err.contains("give identifiers"), "{ran:?}");
    for (file, text) in [("names.txt", "CORP\\ada\n"), ("names.csv", "userDirectory;userId\r\nCORP;ada\r\n")] {
        let list = site.write(file, text);
        for arguments in [&["allocate", "analyzer", "--from", &list][..], &["sync", &list, "--kind", "analyzer"]] {
            let ran = site.run(arguments).await.code(2);
            assert!(ran.err.contains("give identifiers"), "{ran:?}");
        }
    }
    let tagged = ["release", "--inactive", "30d", "--spare-tag", "staff"];
    assert!(site.run(&tagged).await.code(2).err.contains("does not list its users"));
    site.run(&["allocate", "analyzer", &seed::ADA.to_string(), "--yes"]).await.code(0);
    assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil", "ada"]);
    Ok(())
}

#[tokio::test]
async fn lists_and_csv_name_users() -> Checked {
    let site = Site::start(LIVE).await?;
    for (text, file) in [
        ("# comment\r\nCORP\\ada\r\n\r\n", "list.txt"),
        ("userDirectory;userId\r\nCORP;ada\r\n", "semicolons.csv"),
        ("name,User ID,User Directory\n\"Lovelace, Ada\",ada,CORP\n", "quoted.csv"),
        ("CORP,ada\n", "bare.csv"),
        ("CORP\\ada,Ada Lovelace\r\n", "names.txt"),
    ] {
        let file = site.write(file, text);
        let ran = site.run(&["allocate", "analyzer", "--from", &file, "--dry-run", "-o", "json"]).await.code(0);
        assert_eq!(outcomes(&ran.json()), [(r"CORP\ada".to_owned(), "planned".to_owned())], "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn lists_name_users_of_the_contract_by_identifiers() -> Checked {
    let site = Site::start(Mode::Contract).await?;
    let id = seed::ADA.to_string();
    for (text, file) in
        [(format!("# comment\r\n{id}\r\n"), "list.txt"), (format!("name;id\r\nAda;{id}\r\n"), "ids.csv")]
    {
        let file = site.write(file, &text);
        let ran = site.run(&["allocate", "analyzer", "--from", &file, "--dry-run", "-o", "json"]).await.code(0);
        assert_eq!(outcomes(&ran.json()), [(id.clone(), "planned".to_owned())], "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn unused_passes_are_planned_and_then_released() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        site.stand_in.set_capacity(Pool::Professional, 20);
        for user in ["old", "older", "spared"] {
            give(&site.stand_in, Pool::Professional, user, 90);
        }
        give(&site.stand_in, Pool::Professional, "fresh", 1);
        let plan = site.file("plan.jsonl");
        let release = [
            "release",
            "--inactive",
            "30d",
            "--kind",
            "professional",
            "--spare",
            r"CORP\spared",
            "--spare-directory",
            "OTHER",
        ];
        let ran = site.run(&[&release[..], &["--plan", &plan]].concat()).await.code(0);
        assert!(ran.err.contains("nothing was changed"), "{mode:?}: {ran:?}");
        assert!(std::fs::read_to_string(&plan)?.contains("the pass was last used on "), "{mode:?}");
        assert!(site.run(&[&release[..], &["--plan", &plan]].concat()).await.code(2).err.contains("is there already"));

        // `older` comes back before the plan is carried out.
        let passes = site.stand_in.allocations(Pool::Professional);
        let older = passes.iter().find(|pass| pass["user"]["userId"] == "older").unwrap();
        let id: Uuid = older["id"].as_str().unwrap().parse()?;
        assert!(site.stand_in.mark_used(Pool::Professional, id, site.stand_in.now()));
        let ran = site.run(&["apply", &plan, "--yes"]).await.code(0);
        assert!(ran.out.contains("was used since"), "{mode:?}: {ran:?}");
        let held = holders(&site.stand_in, Pool::Professional);
        assert!(!held.contains(&"old".to_owned()), "{mode:?}: {held:?}");
        for kept in ["older", "spared", "fresh"] {
            assert!(held.contains(&kept.to_owned()), "{mode:?}: {kept}: {held:?}");
        }
        // Nothing is left of it.
        site.run(&["apply", &plan, "--yes"]).await.code(0);
    }
    Ok(())
}

#[tokio::test]
async fn named_passes_and_those_of_users_who_are_gone_are_released() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let list = site.write("users.csv", "userDirectory;userId\r\nCORP;ada\r\n");
        site.run(&["release", "--from", &list, "--kind", "professional", "--yes"]).await.code(0);
        site.run(&["release", r"CORP\björn", "--kind", "professional", "--yes"]).await.code(0);
        let held = holders(&site.stand_in, Pool::Professional);
        assert!(!held.contains(&"ada".to_owned()) && !held.contains(&"björn".to_owned()), "{mode:?}: {held:?}");
    }
    let contract = Site::start(Mode::Contract).await?;
    assert!(contract.run(&["release", "--gone", "--yes"]).await.code(0).err.contains("does not list its users"));

    let site = Site::start(LIVE).await?;
    give(&site.stand_in, Pool::Professional, "left", 1);
    let left = site.stand_in.users().into_iter().find(|user| user.user_id == "left").unwrap().id;
    assert!(site.stand_in.deactivate_user(left));
    let ran = site.run(&["release", "--gone", "--yes"]).await.code(0);
    assert!(ran.out.contains(r"CORP\left"), "{ran:?}");
    let ran = site.run(&["release"]).await.code(2);
    assert!(ran.err.contains("--inactive 30d"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn a_job_goes_on_after_a_failure_and_can_be_taken_up() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        site.stand_in.set_capacity(Pool::Professional, 20);
        let users = ["one", "two", "three"].map(|user| (user, site.stand_in.add_user("CORP", user, "").to_string()));
        let refused = Answer::text(StatusCode::BAD_REQUEST, "not now");
        site.stand_in.answer_next(Operation::CreateProfessionalAccessType, refused);
        let account = site.file("account.jsonl");
        // A site of the contract knows users by identifiers alone.
        let allocate = ["allocate", "professional", &users[0].1, &users[1].1, &users[2].1];
        let ran = site.run(&[&allocate[..], &["--yes", "--account", &account]].concat()).await.code(1);
        assert!(ran.err.contains("1 of 3 items failed"), "{mode:?}: {ran:?}");
        let text = std::fs::read_to_string(&account)?;
        assert_eq!(text.lines().count(), 6, "{mode:?}: each item as planned, and with its outcome");
        // As after a kill in the middle of a line.
        std::fs::write(&account, text.lines().take(4).collect::<Vec<_>>().join("\n") + "\n{\"action\":")?;
        let ran = site.run(&["apply", &account, "--yes"]).await.code(0);
        // The interrupted run had allocated it, and could not write that down.
        assert!(ran.out.contains("has a pass already"), "{mode:?}: {ran:?}");
        let text = std::fs::read_to_string(&account)?;
        assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{mode:?}: {text}");
        site.run(&["apply", &account, "--yes"]).await.code(0);
        let nonsense = site.write("nonsense.jsonl", "nonsense");
        assert!(site.run(&["apply", &nonsense, "--yes"]).await.code(2).err.contains("line 1 is not JSON"));
        let held = holders(&site.stand_in, Pool::Professional);
        for (user, _) in users {
            assert!(held.contains(&user.to_owned()), "{mode:?}: {user}: {held:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_list_is_what_the_passes_become() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let names = match mode {
            Mode::Contract => [seed::BJORN.to_string(), seed::O_NEIL.to_string()],
            Mode::Live(_) => [r"CORP\björn".to_owned(), r"PARTNER; EAST\o'neil".to_owned()],
        };
        let list = site.write("users.csv", &format!("user\r\n{}\r\n{}\r\n", names[0], names[1]));
        let sync = ["sync", &list, "--kind", "professional"];
        let ran = site.run(&[&sync[..], &["--dry-run", "-o", "json"]].concat()).await.code(0);
        assert!(outcomes(&ran.json()).iter().any(|(_, outcome)| outcome == "planned"), "{mode:?}: {ran:?}");
        assert_eq!(holders(&site.stand_in, Pool::Professional), ["ada", "björn"], "{mode:?}");
        site.run(&[&sync[..], &["--yes"]].concat()).await.code(0);
        assert_eq!(holders(&site.stand_in, Pool::Professional), ["björn", "o'neil"], "{mode:?}");
        let empty = site.write("empty.csv", "user\r\n");
        let ran = site.run(&["sync", &empty, "--kind", "professional", "--yes"]).await.code(2);
        assert!(ran.err.contains("the list is empty"), "{mode:?}: {ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_list_of_identifiers_keeps_the_passes_of_its_users() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let list = site.write("users.csv", &format!("user\r\n{}\r\n{}\r\n", seed::O_NEIL, seed::ADA));
        let ran = site.run(&["sync", &list, "--kind", "analyzer", "--yes"]).await.code(0);
        assert!(!ran.out.contains("release"), "{mode:?}: {ran:?}");
        assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil", "ada"], "{mode:?}");
        let bjorn = seed::BJORN.to_string();
        site.stand_in.set_capacity(Pool::Analyzer, 5);
        let ran = site.run(&["swap", "professional", "analyzer", &bjorn, "--yes"]).await.code(0);
        assert!(ran.out.contains("swapped"), "{mode:?}: {ran:?}");
        assert_eq!(holders(&site.stand_in, Pool::Analyzer), ["o'neil", "ada", "björn"], "{mode:?}");
        let rule = site.run(&["rules", "show", "Guests"]).await.code(0).json();
        assert_eq!(rule["disabled"], true, "{mode:?}");
    }
    Ok(())
}

#[tokio::test]
async fn passes_are_swapped() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let swap = ["swap", "professional", "analyzer", r"CORP\ada", r"PARTNER; EAST\o'neil", "--yes"];
        let ran = site.run(&swap).await.code(0);
        assert!(ran.out.contains("swapped") && ran.out.contains("holds no pass to swap"), "{mode:?}: {ran:?}");
        assert!(holders(&site.stand_in, Pool::Analyzer).contains(&"ada".to_owned()), "{mode:?}");
    }
    Ok(())
}

#[tokio::test]
async fn passes_beyond_the_license_are_listed_and_released() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let ran = site.run(&["excess"]).await.code(0);
        if mode == Mode::Contract {
            assert!(ran.out.is_empty() && ran.err.contains("does not tell"), "{ran:?}");
            continue;
        }
        site.stand_in.set_capacity(Pool::Professional, 1);
        let ran = site.run(&["excess", "-o", "csv"]).await.code(0);
        assert!(ran.out.contains(r"CORP\björn"), "{ran:?}");
        site.run(&["excess", "--release", "--yes"]).await.code(0);
        assert_eq!(holders(&site.stand_in, Pool::Professional), ["ada"]);
    }
    Ok(())
}
