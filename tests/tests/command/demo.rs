//! The sites to try the command on.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::Checked;
use crate::binary::{Ran, bare, run};

/// A running `qrs demo`, which ends with this.
pub(crate) struct Demo {
    child: Child,
    /// The folder of the configuration.
    pub(crate) folder: tempfile::TempDir,
    /// Its output.
    pub(crate) told: String,
    /// The ports of its sites.
    pub(crate) ports: Vec<String>,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    /// Starts it, and reads what it says.
    pub(crate) fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut command = bare();
        // As after an earlier demo, whose files are gone.
        command.env("QRS_CONFIG", folder.path().join("config.toml"));
        command.args(["demo", "--folder"]).arg(folder.path()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut out = BufReader::new(child.stdout.take().ok_or("it has an output")?);
        let mut told = String::new();
        for line in out.by_ref().lines() {
            told = told + &line? + "\n";
            if told.contains("--site contract status") {
                break;
            }
        }
        let ports =
            told.split("localhost:").skip(1).filter_map(|rest| rest.split('/').next().map(str::to_owned)).collect();
        Ok(Self { child, folder, told, ports })
    }

    /// The file that `QRS_CONFIG` is to name.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }
}

/// Runs the command as somebody does who set `QRS_CONFIG` as they were told.
async fn with(config: &Path, arguments: &[&str]) -> Ran {
    let mut command = bare();
    command.args(arguments).env("QRS_CONFIG", config);
    run(command).await
}

#[tokio::test]
async fn the_demo_is_two_sites_to_try_the_command_on() -> Checked {
    let demo = Demo::start()?;
    let config = demo.config();
    assert!(demo.told.contains(&format!("QRS_CONFIG='{}'", config.display())), "{}", demo.told);
    let written = std::fs::read_to_string(&config)?;
    for shown in [&demo.told, &written] {
        assert!(!shown.contains("PRIVATE KEY") && !shown.contains("token"), "{shown}");
    }
    #[cfg(unix)]
    for site in ["demo", "contract"] {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(demo.folder.path().join(site).join("client_key.pem"))?;
        assert_eq!(key.permissions().mode() & 0o077, 0, "only the owner reads the key");
    }
    for site in ["demo", "contract"] {
        for arguments in
            [&["site", "check"][..], &["status"], &["report"], &["release", "--inactive", "30d", "--dry-run"]]
        {
            let ran = with(&config, &[&["--site", site], arguments].concat()).await.code(0);
            assert!(!ran.out.is_empty(), "{site} {arguments:?}: {ran:?}");
        }
    }
    let list = with(&config, &["site", "list", "-o", "json"]).await.code(0).json();
    let names = |index: usize| (list[index]["site"].as_str(), list[index]["default"].as_bool());
    assert_eq!([names(0), names(1)], [(Some("contract"), Some(false)), (Some("demo"), Some(true))]);
    Ok(())
}

#[tokio::test]
async fn a_demo_without_its_port_says_so() -> Checked {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let folder = tempfile::tempdir()?;
    let mut command = bare();
    command.args(["demo", "--port", &taken.local_addr()?.port().to_string(), "--folder"]).arg(folder.path());
    let ran = run(command).await.code(2);
    assert!(ran.err.starts_with("error: the port could not be opened: "), "{ran:?}");
    Ok(())
}
