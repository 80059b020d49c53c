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

/// A secret, by the setting that holds it, with its form.
const SETTINGS: [(&str, &str); 4] = [
    ("token", SECRET),
    ("session", "X-Qlik-Session=hunter2-hunter2"),
    ("header", "hdr-usr: hunter2-hunter2"),
    ("certificate-password", SECRET),
];

/// A way to give a secret. The process environment, which only its owner may read, shows a variable that holds one.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    File,
    Input,
    Variable,
    VariableOfFile,
    Site,
    SiteVariable,
}

/// Runs the command against a site that never responds, and returns what `ps` shows of it, and what it printed.
#[cfg(target_os = "linux")]
async fn seen(way: Way, setting: &str, secret: &str, arguments: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    use std::io::Read as _;
    use std::process::Stdio;
    let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("https://{}/jwt/qrs", silent.local_addr()?);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("secret.txt");
    std::fs::write(&file, format!("{secret}\r\n"))?;
    let (config, file) = (folder.path().join("config.toml"), file.to_string_lossy().into_owned());
    let option = format!("--{setting}-file");
    let variable = format!("QRS_{}", setting.replace('-', "_").to_uppercase());
    let mut command = bare();
    command.args(arguments).args(["--timeout", "20"]);
    // A password alone is no way in.
    let token = folder.path().join("token.txt");
    std::fs::write(&token, SECRET)?;
    match way {
        Way::Site | Way::SiteVariable => command.arg("--config").arg(&config),
        _ => command.args(["--url", &url]),
    };
    if setting == "certificate-password" {
        command.arg("--token-file").arg(&token);
    }
    let site = |entry: &str| std::fs::write(&config, format!("[sites.a]\nurl = '{url}'\n{setting}-{entry}\n"));
    match way {
        Way::File => command.args([&option, &file]),
        Way::Input => command.args([&option, "-"]).stdin(std::fs::File::open(&file)?),
        Way::Variable => command.env(variable, secret),
        Way::VariableOfFile => command.env(format!("{variable}_FILE"), file),
        Way::Site => {
            site("file = 'secret.txt'")?;
            &mut command
        }
        Way::SiteVariable => {
            site("variable = 'HELD'")?;
            command.env("HELD", secret)
        }
    };
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // It has read the secret when it connects.
    let (accepted, silent) = tokio::task::spawn_blocking(move || (silent.accept(), silent)).await?;
    let process = format!("/proc/{}", running.id());
    let mut shown = std::fs::read_to_string(format!("{process}/cmdline"))?;
    let environment = std::fs::read(format!("{process}/environ"))?;
    if !matches!(way, Way::Variable | Way::SiteVariable) {
        shown += &String::from_utf8_lossy(&environment);
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(format!("{process}/environ"))?.permissions());
    assert_eq!(mode & 0o077, 0, "only the owner reads the environment");
    assert!(shown.contains(arguments[0]), "{shown}");
    // It ends when the connection does.
    drop((accepted, silent));
    let (mut out, mut err) = (String::new(), String::new());
    running.stdout.take().ok_or("it has an output")?.read_to_string(&mut out)?;
    running.stderr.take().ok_or("it has errors")?.read_to_string(&mut err)?;
    let says_something = !out.is_empty() || !err.is_empty();
    assert!(!running.wait()?.success() && says_something, "{way:?}: {out}{err}");
    Ok(shown + &out + &err)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_way_of_giving_a_secret_shows_it() -> Checked {
    use Way::{File, Input, Site, SiteVariable, Variable, VariableOfFile};
    let help = with(&["--help"], &[]).await.code(0).out;
    let options = help.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once("-file <FILE>"));
    let mut secrets: Vec<&str> = options.map(|(setting, _)| setting).collect();
    secrets.sort_unstable();
    let mut known = SETTINGS.map(|(setting, _)| setting);
    known.sort_unstable();
    assert_eq!(secrets, known, "each secret is tried");
    for (setting, secret) in SETTINGS {
        for way in [File, Input, Variable, VariableOfFile, Site, SiteVariable] {
            for arguments in [&["status"][..], &["license", "get"]] {
                let seen = seen(way, setting, secret, arguments).await?;
                assert!(!seen.contains("hunter2"), "{setting} {way:?} {arguments:?}: {seen}");
            }
        }
    }
    Ok(())
}

/// A secret in the environment of a job is in no file that the job writes.
#[tokio::test]
async fn no_file_that_a_job_writes_has_a_secret() -> Checked {
    let site = crate::binary::Site::start(crate::binary::LIVE).await?;
    let (account, plan) = (site.file("account.jsonl"), site.file("plan.jsonl"));
    for arguments in [
        &["allocate", "analyzer", r"CORP\ada", "--yes", "--account", &account][..],
        &["release", r"CORP\ada", "--kind", "analyzer", "--plan", &plan],
        &["apply", &plan, "--yes"],
    ] {
        let mut command = bare();
        command.args(arguments).envs(site.variables());
        // The others exclude the certificate.
        command.env("QRS_CERTIFICATE_PASSWORD", SECRET);
        let ran = run(command).await.code(0);
        assert!(!format!("{ran:?}").contains("hunter2"), "{ran:?}");
    }
    let key = std::fs::read_to_string(site.file("client_key.pem"))?;
    let line = key.lines().nth(1).ok_or("a key has lines")?;
    for file in [account, plan] {
        let text = std::fs::read_to_string(file)?;
        assert!(text.contains("outcome") && !text.contains("hunter2") && !text.contains(line), "{text}");
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
