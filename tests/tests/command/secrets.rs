//! Secrets are in no output, and no option takes one.

use crate::Checked;
use crate::binary::{Ran, bare, run};

const SECRET: &str = "hunter2-hunter2";

async fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = bare();
    command.args(arguments).envs(variables.iter().copied());
    run(command).await
}

#[tokio::test]
async fn no_secret_is_printed() -> Checked {
    let url = ("QRS_URL", "https://127.0.0.1:1/qrs");
    for variable in [
        ("QRS_TOKEN", SECRET),
        ("QRS_SESSION", "X-Qlik-Session=hunter2-hunter2"),
        ("QRS_HEADER", "hdr-usr: hunter2-hunter2"),
    ] {
        for arguments in [&["status"][..], &["site", "check"], &["license", "get"], &["status", "--check"]] {
            let ran = with(arguments, &[url, variable, ("QRS_TIMEOUT", "2")]).await;
            assert!(ran.code != 0 && !format!("{ran:?}").contains("hunter2"), "{arguments:?}: {ran:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_option_takes_a_secret() -> Checked {
    let help = with(&["--help"], &[]).await.code(0).out;
    for (option, is_there) in [("--token ", false), ("--token-file <FILE>", true), ("--password ", false)] {
        assert_eq!(help.contains(option), is_there, "{option}");
    }
    let ran = with(&["--token", SECRET, "status"], &[]).await.code(2);
    assert!(!ran.out.contains(SECRET));
    Ok(())
}
