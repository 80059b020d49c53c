//! `qrs status`, `qrs report` and `qrs rules`.

use qrs_tests::{Answer, Mode, Operation, Pool, StatusCode, seed};

use crate::Checked;
use crate::binary::{LIVE, MODES, Site, bare, run};

#[tokio::test]
async fn the_license_is_shown() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let ran = site.run(&["status"]).await.code(0);
        assert!(ran.out.starts_with("License ") && ran.out.contains("KIND"), "{mode:?}: {ran:?}");
        assert!(ran.out.contains("\nprofessional"), "{mode:?}: {ran:?}");
        let json = site.run(&["status", "-o", "json"]).await.code(0).json();
        assert_eq!((&json["licensed"], &json["capacity"][0]["total"]), (&true.into(), &4.into()), "{mode:?}");
        let csv = site.run(&["status", "-o", "csv"]).await.code(0).out;
        assert!(csv.starts_with("kind,unit,total,"), "{mode:?}: {csv}");
    }
    Ok(())
}

#[tokio::test]
async fn monitoring_is_told_levels_and_numbers() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let check = ["status", "--check", "--min-available", "0"];
        let ran = site.run(&check).await;
        assert!(ran.out.contains("| license_days=") || mode == Mode::Contract, "{mode:?}: {ran:?}");
        assert!(ran.out.contains("professional_available="), "{mode:?}: {ran:?}");
        let level = ran.out.split_whitespace().nth(1).map(|word| word.trim_end_matches(':').to_owned());
        let code = ["OK", "WARNING", "CRITICAL", "UNKNOWN"].iter().position(|known| Some(*known) == level.as_deref());
        assert_eq!(Some(ran.code), code.and_then(|code| i32::try_from(code).ok()), "{mode:?}: {ran:?}");
        site.stand_in.set_capacity(Pool::Professional, 1);
        let ran = site.run(&check).await.code(2);
        assert!(ran.out.starts_with("QLIK CRITICAL - ") && ran.err.is_empty(), "{mode:?}: {ran:?}");
        assert_eq!(ran.out.matches("QLIK").count(), 1, "{mode:?}: {ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_end_that_comes_near_is_a_warning_and_then_critical() -> Checked {
    let site = Site::start(LIVE).await?;
    let check = ["status", "--check", "--min-available", "0"];
    site.run(&check).await.code(0);
    site.run(&[&check[..], &["--warn", "100000d"]].concat()).await.code(1);
    site.run(&[&check[..], &["--warn", "100000d", "--crit", "90000d"]].concat()).await.code(2);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_asked_is_unknown() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        site.stand_in.answer_next(Operation::GetLicense, Answer::text(StatusCode::FORBIDDEN, "no"));
        let ran = site.run(&["status", "--check"]).await.code(3);
        assert!(ran.out.starts_with("QLIK UNKNOWN - ") && ran.err.is_empty(), "{mode:?}: {ran:?}");
    }
    let mut command = bare();
    command.args(["status", "--check"]);
    assert!(run(command).await.code(3).out.starts_with("QLIK UNKNOWN - "));
    Ok(())
}

/// The contract's license has no end.
#[tokio::test]
async fn a_site_without_a_license_is_critical() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        site.stand_in.unlicensed();
        let ran = site.run(&["status", "--check"]).await.code(2);
        assert!(ran.out.starts_with("QLIK CRITICAL - the site has no license"), "{mode:?}: {ran:?}");
        let ran = site.run(&["status"]).await.code(0);
        assert!(ran.out.starts_with("The site has no license."), "{mode:?}: {ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn passes_are_reported_with_names_times_and_identifiers() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let ran = site.run(&["report", "-o", "csv", "--kind", "professional"]).await.code(0);
        let headings = "kind,user,name,created,lastUsed,state,account,excess,passId,userId";
        assert_eq!(ran.out.lines().next(), Some(headings), "{mode:?}");
        assert!(ran.out.contains(r"professional,CORP\ada,"), "{mode:?}: {ran:?}");
        let json = site.run(&["report", "-o", "json", "--sort", "lastUsed"]).await.code(0).json();
        assert!(json.as_array().is_some_and(|rows| rows.len() > 2), "{mode:?}");
    }
    let site = Site::start(LIVE).await?;
    site.stand_in.set_capacity(Pool::Professional, 1);
    let ran = site.run(&["report", "--excess", "-o", "csv"]).await.code(0);
    assert_eq!(ran.out.lines().count(), 2, "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn rules_are_listed_backed_up_restored_and_audited() -> Checked {
    let site = Site::start(LIVE).await?;
    let ran = site.run(&["rules", "list"]).await.code(0);
    assert!(ran.out.contains("Professionals of CORP"), "{ran:?}");
    let rule = site.run(&["rules", "show", "professionals of corp"]).await.code(0).json();
    site.run(&["rules", "show", "none"]).await.code(4);
    let backup = site.file("rules.json");
    site.run(&["rules", "export", &backup]).await.code(0);
    let before = site.stand_in.rules();
    let id = rule["id"].as_str().unwrap();
    site.run(&["system-rule", "delete", "--yes", "--id", id]).await.code(0);
    let ran = site.run(&["rules", "import", &backup, "--dry-run"]).await.code(0);
    assert!(ran.out.contains("is gone, and is created") && ran.out.contains("unchanged"), "{ran:?}");
    assert_eq!(site.stand_in.rules().len() + 1, before.len());
    site.run(&["rules", "import", &backup]).await.code(1);
    site.run(&["rules", "import", &backup, "--yes"]).await.code(0);
    assert_eq!(site.stand_in.rules().len(), before.len());

    let ran = site.run(&["rules", "audit"]).await.code(0);
    assert!(ran.out.starts_with("USER") && ran.out.contains("granted"), "{ran:?}");
    assert!(site.run(&["rules", "audit", "-o", "json"]).await.code(0).json().is_object());
    Ok(())
}

#[tokio::test]
async fn rules_of_the_contract_are_listed_and_audited_but_not_set_back() -> Checked {
    let site = Site::start(Mode::Contract).await?;
    assert!(site.run(&["rules", "list", "-o", "csv"]).await.code(0).out.lines().count() > 1);
    let ran = site.run(&["rules", "audit"]).await.code(0);
    assert!(ran.out.starts_with("USER") && ran.out.contains("granted"), "{ran:?}");
    assert!(!ran.out.contains("not granted"), "{ran:?}");
    let ran = site.run(&["rules", "audit", "--user-filter", "userId eq 'nobody'"]).await.code(0);
    assert!(ran.err.contains("No rule gives these users access"), "{ran:?}");
    let listed = site.run(&["rules", "list", "-o", "csv"]).await.code(0).out;
    assert!(listed.starts_with("name,type,disabled,resourceFilter,rule,id\r\n"), "{listed}");
    let audit = site.run(&["rules", "audit", "--user-filter", "userId eq 'ada'", "-o", "json"]).await.code(0).json();
    assert_eq!(audit["matrix"][0]["subject"]["userId"], "ada", "{audit}");
    assert!(site.run(&["rules", "audit"]).await.code(0).out.contains("Professionals of CORP"));
    assert!(site.run(&["rules", "audit", "--all"]).await.code(2).err.contains("from version 38.16"));
    let backup = site.write("rules.json", "[]");
    let copy = site.file("copy.json");
    for arguments in [&["rules", "export", &copy][..], &["rules", "import", &backup, "--yes"]] {
        let ran = site.run(arguments).await.code(4);
        assert!(ran.err.contains("no system rules") && ran.err.contains("from version 38.16"), "{ran:?}");
    }
    assert!(!std::path::Path::new(&copy).exists());
    Ok(())
}

#[tokio::test]
async fn the_pass_of_a_deleted_user_is_reported_by_the_name() -> Checked {
    let site = Site::start(LIVE).await?;
    site.run(&["user", "delete", "--yes", "--id", &seed::ADA.to_string()]).await.code(0);
    let rows = site.run(&["report", "--kind", "professional", "-o", "json"]).await.code(0).json();
    let row = rows.as_array().and_then(|rows| rows.iter().find(|row| row["user"] == r"CORP\ada"));
    assert_eq!(row.map(|row| &row["state"]), Some(&"user deleted".into()), "{rows}");
    let ran = site.run(&["release", "--gone", "--dry-run"]).await.code(0);
    assert!(ran.out.contains("the user was deleted"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn a_check_that_cannot_be_made_is_unknown() -> Checked {
    let site = Site::start(LIVE).await?;
    let config = site.write("config.toml", "[sites.a]\nsrever = 'a'\n");
    for arguments in [
        &["status", "--check", "--warn", "soon"][..],
        &["status", "--check", "--no-such-option"],
        &["status", "--check", "--warn", "5d"],
        &["status", "--check", "-o", "json"],
        &["status", "--check", "--out", "state.txt"],
        &["--config", &config, "--site", "a", "status", "--check"],
        &["--config", "no-such-file.toml", "status", "--check"],
    ] {
        let ran = site.run(arguments).await.code(3);
        assert!(ran.out.starts_with("QLIK UNKNOWN - ") && ran.err.is_empty(), "{arguments:?}: {ran:?}");
        assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
    }
    let ran = site.run(&["status", "--warn", "5d"]).await.code(2);
    assert!(ran.err.contains("`--warn` (5 days) is below `--crit` (7 days)"), "{ran:?}");
    site.run(&["status", "--check", "--min-available", "0", "--warn", "4w", "--crit", "2w"]).await.code(0);
    Ok(())
}

#[tokio::test]
async fn a_file_has_the_whole_state() -> Checked {
    let site = Site::start(LIVE).await?;
    let file = site.file("status.txt");
    let shown = site.run(&["status"]).await.code(0).out;
    let ran = site.run(&["status", "--out", &file]).await.code(0);
    assert!(ran.out.is_empty() && ran.err.is_empty(), "{ran:?}");
    assert_eq!(std::fs::read_to_string(file)?, shown);
    Ok(())
}

#[tokio::test]
async fn rules_are_written_in_whole_columns_and_to_new_files() -> Checked {
    let site = Site::start(LIVE).await?;
    let headings = "id,createdDate,modifiedDate,modifiedByUserName,name,category,subcategory,type,rule,resourceFilter,actions,\
                    comment,disabled,ruleContext,seedId,version,tags,privileges,schemaPath";
    for rule in ["Guests", "Professionals of CORP"] {
        let ran = site.run(&["rules", "show", rule, "-o", "csv"]).await.code(0);
        assert_eq!(ran.out.lines().next(), Some(headings), "{ran:?}");
    }
    let ran = site.run(&["rules", "export", "-"]).await.code(0);
    assert!(ran.json().is_array() && !std::path::Path::new("-").exists(), "{ran:?}");
    let kept = site.write("kept.json", "before");
    assert!(site.run(&["rules", "export", &kept]).await.code(2).err.contains("add `--force`"));
    assert_eq!(std::fs::read_to_string(&kept)?, "before");
    site.run(&["rules", "export", &kept, "--force"]).await.code(0);
    assert!(std::fs::read_to_string(&kept)?.starts_with('['));
    Ok(())
}

#[tokio::test]
async fn a_table_without_a_row_has_its_headings_as_csv() -> Checked {
    let site = Site::start(LIVE).await?;
    let ran = site.run(&["report", "--directory", "NOPE", "-o", "csv"]).await.code(0);
    assert_eq!(ran.out, "kind,user,name,created,lastUsed,state,account,excess,passId,userId\r\n");
    let ran = site.run(&["excess", "-o", "csv"]).await.code(0);
    assert!(ran.out.starts_with("kind,user,"), "{ran:?}");
    Ok(())
}
