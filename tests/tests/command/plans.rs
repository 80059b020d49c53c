//! Plans and accounts: which site they are for, and what is left of them.

use http::Method;
use qrs_tests::{Answer, Operation, Pool, StatusCode};

use crate::Checked;
use crate::binary::{LIVE, Site, bare, run};
use crate::jobs::holders;

/// A plan to release the pass of `CORP\ada`.
async fn plan(site: &Site) -> String {
    let plan = site.file("plan.jsonl");
    site.run(&["release", r"CORP\ada", "--kind", "professional", "--plan", &plan]).await.code(0);
    plan
}

#[tokio::test]
async fn a_plan_is_for_one_site() -> Checked {
    let (one, other) = (Site::start(LIVE).await?, Site::start(LIVE).await?);
    let plan = plan(&one).await;
    let text = std::fs::read_to_string(&plan)?;
    assert!(text.contains(&format!("\"site\":\"{}\"", one.stand_in.url())), "{text}");
    let ran = other.run(&["apply", &plan, "--yes"]).await.code(2);
    let told = format!("entry 1 is for the site {}, and this is {}", one.stand_in.url(), other.stand_in.url());
    assert!(ran.err.contains(&told), "{ran:?}");
    let old = text.replace(&format!(",\"site\":\"{}\"", one.stand_in.url()), "");
    let old = one.write("old.jsonl", &old);
    assert!(one.run(&["apply", &old, "--yes"]).await.code(2).err.contains("does not say for which site it is"));
    let wrong = one.write("wrong.jsonl", &text.replace("\"professional\"", "\"golden\""));
    let ran = one.run(&["apply", &wrong, "--yes"]).await.code(2);
    assert!(ran.err.contains("`kind` is `golden`, which is no kind of passes"), "{ran:?}");
    assert!(holders(&one.stand_in, Pool::Professional).contains(&"ada".to_owned()));
    one.run(&["apply", &plan, "--yes"]).await.code(0);
    Ok(())
}

#[tokio::test]
async fn a_pass_that_is_gone_is_not_released_again() -> Checked {
    let site = Site::start(LIVE).await?;
    let plan = plan(&site).await;
    site.run(&["release", r"CORP\ada", "--kind", "professional", "--yes"]).await.code(0);
    let ran = site.run(&["apply", &plan, "--yes"]).await.code(0);
    assert!(ran.out.contains("holds no such pass") && ran.err.contains("0 done, 1 unchanged"), "{ran:?}");
    let ran = site.run(&["apply", &plan, "--yes"]).await.code(0);
    assert!(ran.err.contains("Nothing is left to do") && ran.out.is_empty(), "{ran:?}");
    // It is gone between the look and the release.
    let site = Site::start(LIVE).await?;
    let gone = Answer::text(StatusCode::NOT_FOUND, "gone");
    site.stand_in.answer_next(Operation::DeleteProfessionalAccessType, gone);
    let ran = site.run(&["release", r"CORP\ada", "--kind", "professional", "--yes"]).await.code(0);
    assert!(ran.out.contains("unchanged") && ran.err.contains("0 done, 1 unchanged"), "{ran:?}");
    Ok(())
}

#[tokio::test]
async fn what_failed_before_is_what_is_left() -> Checked {
    let site = Site::start(LIVE).await?;
    site.stand_in.set_capacity(Pool::Professional, 20);
    let refused = Answer::text(StatusCode::BAD_REQUEST, "not now");
    site.stand_in.answer_next(Operation::CreateProfessionalAccessType, refused);
    let account = site.file("account.jsonl");
    let allocate = ["allocate", "professional", r"CORP\newcomer", r"CORP\idle", "--yes", "--account", &account];
    site.run(&allocate).await.code(1);
    let ran = site.run(&["apply", &account, "--dry-run"]).await.code(0);
    assert!(ran.out.contains("planned") && ran.out.contains("failed before: 400"), "{ran:?}");
    assert!(ran.err.contains("1 of 2 items in"), "{ran:?}");
    site.run(&["apply", &account, "--yes"]).await.code(0);
    let ran = site.run(&["apply", &account, "--dry-run"]).await.code(0);
    assert!(ran.err.contains("Nothing is left to do"), "{ran:?}");
    assert_eq!(site.run(&["apply", &account, "--yes", "-o", "json"]).await.code(0).json(), serde_json::json!([]));
    Ok(())
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_noticed_before_a_change() -> Checked {
    let site = Site::start(LIVE).await?;
    let nowhere = site.file("no-such-folder/out.json");
    let before = site.stand_in.requests().len();
    for arguments in [
        &["allocate", "analyzer", r"CORP\ada", "--yes", "--out", &nowhere][..],
        &["access-type", "create-analyzer", "--user.id", "7dd80a30-0000-4000-8000-000000000003", "--out", &nowhere],
        &["report", "--out", &nowhere],
        &["site", "openapi", "--out", &nowhere],
    ] {
        let ran = site.run(arguments).await.code(2);
        assert!(ran.err.contains("no-such-folder"), "{ran:?}");
    }
    assert_eq!(site.stand_in.requests().len(), before, "nothing was sent");
    // A file of before stays until there is something to write, and none is left behind.
    let kept = site.write("kept.json", "before");
    let fresh = site.file("fresh.json");
    for file in [&kept, &fresh] {
        let mut command = bare();
        command.args(["report", "--out", file, "--timeout", "5"]).envs(site.variables());
        command.env("QRS_URL", "https://127.0.0.1:1/qrs");
        run(command).await.code(6);
    }
    assert_eq!(std::fs::read_to_string(&kept)?, "before");
    assert!(!std::path::Path::new(&fresh).exists());
    // Nor is one left behind where there is nothing to write.
    let user = "7dd80a30-0000-4000-8000-000000000003";
    for file in [&kept, &fresh] {
        let create = ["access-type", "create-analyzer", "--user.id", user, "--dry-run", "--out", file];
        site.run(&create).await.code(0);
    }
    assert_eq!(std::fs::read_to_string(&kept)?, "before");
    assert!(!std::path::Path::new(&fresh).exists());
    Ok(())
}

/// Whoever reads a pipe sees its end when a writer closes it.
#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_opened_once() -> Checked {
    let site = Site::start(LIVE).await?;
    let pipe = site.file("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status()?.success());
    let (sender, receiver) = std::sync::mpsc::channel();
    let reader = pipe.clone();
    std::thread::spawn(move || sender.send(std::fs::read_to_string(reader)));
    site.run(&["about", "get", "--out", &pipe]).await.code(0);
    let read = receiver.recv_timeout(std::time::Duration::from_secs(10))??;
    assert!(read.contains("buildVersion"), "{read}");
    Ok(())
}

/// What cannot be done is told before the question.
#[cfg(unix)]
#[tokio::test]
async fn a_question_shows_what_fails() -> Checked {
    let site = Site::start(LIVE).await?;
    let list = site.write("list", "CORP\\ada\nCORP\\nobody\n");
    for arguments in [
        &["allocate", "analyzer", r"CORP\newcomer", r"CORP\nobody"][..],
        &["release", r"CORP\ada", "CORPnobody"],
        &["swap", "professional", "analyzer", r"CORP\ada", r"CORP\nobody"],
        &["sync", &list, "--kind", "professional", "--allow-unknown"],
    ] {
        let mut command = bare();
        command.args(arguments).envs(site.variables());
        let ran = crate::binary::asked(command, "n").await?.code(1);
        let (before, _) = ran.err.split_once("[y/N]").ok_or_else(|| format!("{ran:?}"))?;
        assert!(before.contains("FAILED CORP") && before.contains("nobody"), "{ran:?}");
    }
    Ok(())
}

/// Sends Ctrl+C to a process.
#[cfg(unix)]
fn interrupt(process: &std::process::Child) -> Checked {
    let id = i32::try_from(process.id())?;
    let id = rustix::process::Pid::from_raw(id).ok_or("a process has an id")?;
    Ok(rustix::process::kill_process(id, rustix::process::Signal::INT)?)
}

#[cfg(unix)]
#[tokio::test]
async fn an_interruption_says_what_is_done_and_how_to_go_on() -> Checked {
    use std::time::Duration;
    let site = Site::start(LIVE).await?;
    site.stand_in.set_capacity(Pool::Professional, 20);
    let slow = Answer::text(StatusCode::BAD_REQUEST, "slow").delay(Duration::from_secs(2));
    site.stand_in.answer_next(Operation::CreateProfessionalAccessType, slow);
    let account = site.file("account.jsonl");
    let mut command = bare();
    command.args(["allocate", "professional", r"CORP\newcomer", r"CORP\idle", "--yes", "--account", &account]);
    command.envs(site.variables()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let process = command.spawn()?;
    let is_sent = || site.stand_in.requests().iter().any(|seen| seen.method == Method::POST);
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if is_sent() {
            break;
        }
    }
    interrupt(&process)?;
    let output = tokio::task::spawn_blocking(move || process.wait_with_output()).await??;
    let ran = crate::binary::Ran::of(&output).code(1);
    assert!(ran.err.contains("interrupted after 1 of 2 changes") && ran.err.contains("`qrs apply "), "{ran:?}");
    site.run(&["apply", &account, "--yes"]).await.code(0);
    assert!(holders(&site.stand_in, Pool::Professional).contains(&"idle".to_owned()));
    Ok(())
}
