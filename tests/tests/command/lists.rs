//! Lists of users: no name of one is lost.

use qrs_tests::{Pool, seed};

use crate::Checked;
use crate::binary::{LIVE, Site};
use crate::jobs::{holders, outcomes};

#[tokio::test]
async fn names_are_found_in_each_form_of_a_list() -> Checked {
    let site = Site::start(LIVE).await?;
    let ada = [r"CORP\ada"];
    let both = [r"CORP\ada", r"CORP\newcomer"];
    for (text, expected) in [
        ("CORP\tada\nCORP\tnewcomer\n", &both[..]),
        ("userDirectory\tuserId\tname\nCORP\tada\tAda; L\nCORP\tnewcomer\t\n", &both),
        ("directory,id\nCORP,ada\n", &ada),
        ("# exported\n\nuser\nCORP\\ada\n# not this one\nCORP\\newcomer\n", &both),
        ("\"CORP\\ada\"\n\"CORP\\newcomer\",\"New, comer\"\n", &both),
        ("userDirectory,userId\n# old, \"x\nCORP,ada\n\"CORP\",newcomer\n", &both),
        ("# \"old\nuserDirectory,userId,note\nCORP,ada,\"first\n# \"\"second\"\n  # \"x\nCORP,newcomer,\n", &both),
        ("CORP/ada,Ada Lovelace\n", &["CORP/ada"]),
    ] {
        let file = site.write("list", text);
        let ran = site.run(&["allocate", "analyzer", "--from", &file, "--dry-run", "-o", "json"]).await;
        let names: Vec<String> = outcomes(&ran.json()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected, "{text:?}: {ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_with_its_line() -> Checked {
    let site = Site::start(LIVE).await?;
    let before = holders(&site.stand_in, Pool::Professional);
    for (text, line) in [
        ("CORP\\ada, CORP\\grace\n", 1),
        ("CORP\\ada\nCORP\\grace; CORP\\ada\n", 2),
        ("CORP/ada, CORP/grace\n", 1),
        ("CORP\\ada\nAda Lovelace,CORP\\grace\n", 2),
        ("CORP\\ada\nCORP,\n", 2),
        ("userDirectory;userId\nCORP;ada\nCORP;\n", 3),
        ("user,name\nCORP\\ada,Ada\n,Grace\n", 3),
        ("user\n\"CORP\\ada\nCORP\\grace\n", 2),
        ("user\n# an \"old\n\nCORP\\ada\n,Grace\n", 5),
        ("userId\nada\n", 1),
    ] {
        let file = site.write("list", text);
        for arguments in [
            &["allocate", "analyzer", "--from", &file, "--yes"][..],
            &["sync", &file, "--kind", "professional", "--yes"],
            &["release", "--inactive", "0d", "--spare-from", &file, "--yes"],
        ] {
            let ran = site.run(arguments).await.code(2);
            assert!(ran.err.contains(&format!(", line {line}: ")), "{text:?}: {ran:?}");
        }
    }
    assert_eq!(holders(&site.stand_in, Pool::Professional), before);
    Ok(())
}

/// A user may be named by the name, with a slash, and by the identifier.
#[tokio::test]
async fn a_user_who_is_named_twice_is_one_change() -> Checked {
    let site = Site::start(LIVE).await?;
    let newcomer = seed::NEWCOMER.to_string();
    let names = [r"CORP\newcomer", "corp/NEWCOMER", &newcomer];
    let ran = site.run(&[&["allocate", "professional", "--yes", "-o", "json"][..], &names].concat()).await.code(0);
    let told: Vec<String> = outcomes(&ran.json()).into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(told, ["done", "unchanged", "unchanged"], "{ran:?}");
    let ran = site.run(&[&["release", "--kind", "professional", "--yes"][..], &names].concat()).await.code(0);
    assert!(ran.err.contains("1 done, 2 unchanged") && ran.out.contains("is named twice"), "{ran:?}");
    Ok(())
}

/// A name that is misspelt might be that of somebody who would lose the pass.
#[tokio::test]
async fn a_list_with_an_unknown_name_releases_nothing() -> Checked {
    let site = Site::start(LIVE).await?;
    let before = holders(&site.stand_in, Pool::Professional);
    for (text, told) in [
        ("CORP\\nobody\n", r"`CORP\nobody` is unknown to the site"),
        ("CORP\\ada\nCORP\\nobody\nCORP\\noone\n", r"`CORP\nobody`, `CORP\noone` are unknown to the site"),
        ("CORP\\ada\nnobody\n", r"`nobody` is not written as `DIRECTORY\id`"),
    ] {
        let list = site.write("list", text);
        for option in ["--yes", "--dry-run"] {
            let ran = site.run(&["sync", &list, "--kind", "professional", option]).await.code(2);
            assert!(ran.err.contains(told) && ran.err.contains("nothing was changed"), "{ran:?}");
        }
        assert_eq!(holders(&site.stand_in, Pool::Professional), before);
    }
    let list = site.write("list", "CORP\\ada\nCORP\\nobody\n");
    let ran = site.run(&["sync", &list, "--kind", "professional", "--allow-unknown", "--yes"]).await.code(1);
    assert!(ran.out.contains(r"CORP\nobody") && ran.err.contains("1 of 3 items failed"), "{ran:?}");
    assert_eq!(holders(&site.stand_in, Pool::Professional), ["ada"]);
    // Where nobody loses a pass, the others get theirs.
    let list = site.write("list", "CORP\\ada\nCORP\\nobody\nCORP\\newcomer\n");
    site.run(&["sync", &list, "--kind", "professional", "--yes"]).await.code(1);
    assert_eq!(holders(&site.stand_in, Pool::Professional), ["ada", "newcomer"]);
    Ok(())
}

#[tokio::test]
async fn a_list_in_another_encoding_says_how_to_save_it() -> Checked {
    let site = Site::start(LIVE).await?;
    std::fs::write(site.file("latin"), b"CORP\\bj\xF6rn\n")?;
    let ran = site.run(&["allocate", "analyzer", "--from", &site.file("latin"), "--dry-run"]).await.code(2);
    assert!(ran.err.contains("save it again as UTF-8"), "{ran:?}");
    Ok(())
}
