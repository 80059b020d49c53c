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

/// What `ps` shows of a command while it waits for a site.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_secret_is_among_the_arguments_of_the_process() -> Checked {
    let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("token.txt");
    std::fs::write(&file, SECRET)?;
    let mut command = bare();
    command.args(["--url", &format!("https://{}/jwt/qrs", silent.local_addr()?), "--timeout", "20", "--token-file"]);
    let mut running = command.arg(&file).arg("status").stderr(std::process::Stdio::null()).spawn()?;
    // It has read the secret when it connects.
    let accepted = tokio::task::spawn_blocking(move || silent.accept()).await??;
    let of_process = |name: &str| std::fs::read(format!("/proc/{}/{name}", running.id()));
    let shown =
        [of_process("cmdline")?, of_process("environ")?].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    running.kill()?;
    running.wait()?;
    drop(accepted);
    assert!(shown[0].contains("--token-file") && !shown.concat().contains(SECRET), "{shown:?}");
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
