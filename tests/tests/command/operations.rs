//! Operations of the API as subcommands.

use qrs_tests::{Mode, seed};
use serde_json::json;

use crate::Checked;
use crate::binary::{LIVE, MODES, Site, bare, run};

#[tokio::test]
async fn a_list_is_written_in_each_form() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let list = ["access-type", "get-professional-full"];
        let json = site.run(&list).await.code(0).json();
        assert_eq!(json[0]["user"]["userId"], "ada", "{mode:?}");
        let fields = ["--fields", "user.userId,quarantined"];
        let ran = site.run(&[&list[..], &fields, &["-o", "csv"]].concat()).await.code(0);
        assert!(ran.out.starts_with("user.userId,quarantined\r\nada,false\r\n"), "{mode:?}: {ran:?}");
        let ran = site.run(&[&list[..], &fields, &["-o", "jsonl"]].concat()).await.code(0);
        assert_eq!(ran.out.lines().next(), Some(r#"{"user.userId":"ada","quarantined":false}"#), "{mode:?}");
        let ran = site.run(&[&list[..], &fields, &["-o", "table"]].concat()).await.code(0);
        assert!(ran.out.starts_with("USER.USERID  QUARANTINED\nada          false\n"), "{mode:?}: {ran:?}");
        // In UTF-8 and without colours, whatever a shell does to the output.
        let file = site.file("list.json");
        let ran = site.run(&[&list[..], &["--color", "always", "--out", &file]].concat()).await.code(0);
        let written = std::fs::read_to_string(&file)?;
        assert!(ran.out.is_empty() && written.contains("\"userId\": \"björn\""), "{mode:?}: {ran:?} {written}");
        let filter = ["--filter", "user.userId eq 'björn'"];
        let ran = site.run(&[&list[..], &filter].concat()).await.code(0);
        assert_eq!(ran.json().as_array().map(Vec::len), Some(1), "{mode:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_body_comes_from_options_files_and_standard_input() -> Checked {
    let site = Site::start(LIVE).await?;
    let add = ["user", "create"];
    let fields = ["--user-directory", "CORP", "--user-id", "one", "--name", "One"];
    let flags = ["--removed-externally", "false", "--blacklisted", "false"];
    let made = site.run(&[&add[..], &fields, &flags].concat()).await.code(0).json();
    assert_eq!(made["name"], "One");

    let body = json!({ "userDirectory": "CORP", "userId": "two", "removedExternally": false, "blacklisted": false });
    let file = site.write("body.json", &body.to_string());
    let made = site.run(&[&add[..], &["--body", &file, "--name", "Two"]].concat()).await.code(0).json();
    assert_eq!((&made["userId"], &made["name"]), (&json!("two"), &json!("Two")), "options count before the file");
    let at = format!("@{}", site.write("three.json", &body.to_string().replace("two", "three")));
    site.run(&[&add[..], &["--body", &at]].concat()).await.code(0);
    let made =
        site.run_with(&[&add[..], &["--body", "-"]].concat(), &body.to_string().replace("two", "four")).await.code(0);
    assert_eq!(made.json()["userId"], "four");

    let ran = site.run(&add).await.code(2);
    assert!(ran.err.contains("`--user-id`") && ran.err.contains("`--body`"), "{ran:?}");
    let ran = site.run(&[&add[..], &["--user-id", "x"]].concat()).await.code(2);
    assert!(ran.err.contains("the body needs `--user-directory`"), "{ran:?}");
    let ran = site.run(&[&add[..], &["--body", "{"]].concat()).await.code(2);
    assert!(ran.err.contains("the body is not JSON: line 1"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn an_operation_that_a_site_lacks_says_so() -> Checked {
    let site = Site::start(Mode::Contract).await?;
    let create = ["user", "create", "--user-directory", "CORP", "--user-id", "one", "--name", "One"];
    let flags = ["--removed-externally", "false", "--blacklisted", "false"];
    for arguments in [&[&create[..], &flags].concat()[..], &["about", "get"], &["user", "get-full"]] {
        let ran = site.run(arguments).await.code(4);
        assert!(
            ran.err.contains("; the server's version lacks this operation (see its `--help`)"),
            "{arguments:?}: {ran:?}"
        );
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    }
    let id = seed::ADA.to_string();
    let ran = site.run(&["user", "delete", "--yes", "--id", &id]).await.code(4);
    assert!(ran.err.contains("there is no such thing, or the server's version lacks this operation"), "{ran:?}");
    let ran = site.run(&["user", "delete", "--id", "ada"]).await.code(2);
    assert!(ran.err.contains("not a UUID"), "{ran:?}");
    // The help says which site has it.
    for (operation, words) in [("get-full", "38.22"), ("delete", "38.22")] {
        let help = site.run(&["user", operation, "--help"]).await.code(0).out;
        assert!(help.contains(words), "{operation}: {help}");
    }
    Ok(())
}

#[tokio::test]
async fn a_nested_field_is_an_option() -> Checked {
    for mode in MODES {
        let site = Site::start(mode).await?;
        let user = seed::ADA.to_string();
        let ran = site.run(&["access-type", "create-analyzer", "--user.id", &user]).await.code(0);
        assert!(ran.json().get("id").is_some(), "{mode:?}: {ran:?}");
    }
    Ok(())
}

#[tokio::test]
async fn exit_codes_tell_what_happened() -> Checked {
    let site = Site::start(Mode::Contract).await?;
    let missing = "6dc6ea4b-0000-4000-8000-0000000000ff";
    let ran = site.run(&["access-type", "delete-professional", "--yes", "--id", missing]).await.code(4);
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    site.run(&["access-type", "delete-professional"]).await.code(2);
    site.run(&["access-type", "no-such"]).await.code(2);
    let ran = site.run(&["access-type", "get-professional-full", "--filter", "nonsense"]).await.code(5);
    assert!(ran.err.starts_with("error: ") && ran.out.is_empty(), "{ran:?}");
    let mut command = bare();
    command.args(["license", "get", "--timeout", "5"]).envs(site.variables()).env("QRS_URL", "https://127.0.0.1:1/qrs");
    run(command).await.code(6);
    Ok(())
}

#[tokio::test]
async fn a_request_that_changes_something_can_be_looked_at() -> Checked {
    let site = Site::start(LIVE).await?;
    let id = seed::ADA.to_string();
    let before = site.stand_in.requests().len();
    let ran = site.run(&["user", "delete", "--id", &id, "--dry-run"]).await.code(0);
    let line = format!("DELETE {}/user/{id}?", site.stand_in.url());
    assert!(ran.out.starts_with(&line) && ran.err == "Nothing was sent.\n", "{ran:?}");
    let create = ["access-type", "create-analyzer", "--user.id", &id, "-n"];
    let ran = site.run(&create).await.code(0);
    assert!(ran.out.starts_with("POST ") && ran.out.contains("Content-Type: application/json"), "{ran:?}");
    assert!(ran.out.contains(&format!(r#"{{"user":{{"id":"{id}"}}}}"#)), "{ran:?}");
    assert_eq!(site.stand_in.requests().len(), before, "nothing was sent");
    // What reads has no such option.
    site.run(&["about", "get", "--dry-run"]).await.code(2);
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_looked_at_has_no_secret() -> Checked {
    let mut command = bare();
    let id = seed::ADA.to_string();
    command.args(["user", "delete", "--id", &id, "--dry-run"]);
    command.env("QRS_URL", "https://127.0.0.1:1/jwt/qrs").env("QRS_TOKEN", "hunter2-hunter2");
    let ran = run(command).await.code(0);
    assert!(ran.out.starts_with("DELETE ") && !format!("{ran:?}").contains("hunter2"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn nothing_is_deleted_unless_it_was_confirmed() -> Checked {
    let site = Site::start(LIVE).await?;
    let id = seed::NEWCOMER.to_string();
    let delete = ["user", "delete", "--id", &id];
    let is_there = || site.stand_in.users().iter().any(|user| user.id == seed::NEWCOMER);
    let ran = site.run(&delete).await.code(1);
    assert!(ran.err.contains("was not confirmed") && ran.err.contains("`--yes`") && is_there(), "{ran:?}");
    #[cfg(unix)]
    {
        let at_terminal = async |answer: &str| {
            let mut command = bare();
            command.args(delete).envs(site.variables());
            crate::binary::asked(command, answer).await
        };
        let ran = at_terminal("n").await?.code(1);
        assert!(ran.err.contains("DELETE ") && ran.err.contains("Send this request? [y/N]") && is_there(), "{ran:?}");
        at_terminal("y").await?.code(0);
        assert!(!is_there());
    }
    Ok(())
}

#[tokio::test]
async fn a_field_that_nothing_has_is_told() -> Checked {
    let site = Site::start(LIVE).await?;
    let list = ["access-type", "get-professional-full", "--fields"];
    let ran = site.run(&[&list[..], &["user.usrId,lastUsd"]].concat()).await.code(0);
    for told in ["field `user.usrId`; did you mean `user.userId`", "field `lastUsd`; did you mean `lastUsed`"] {
        assert!(ran.err.contains(told), "{ran:?}");
    }
    let ran = site.run(&[&list[..], &["USER.USERID,user.name", "-o", "csv"]].concat()).await.code(0);
    assert!(ran.out.contains("ada,Ada Lovelace") && ran.err.is_empty(), "{ran:?}");
    let ran = site.run(&["report", "--fields", "kund", "-o", "csv"]).await.code(0);
    assert!(ran.err.contains("did you mean `kind`"), "{ran:?}");
    Ok(())
}
