//! The site to try the command on.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use crate::Checked;
use crate::binary::{bare, path, run};

/// Ends the demo with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_demo_is_a_site_to_try_the_command_on() -> Checked {
    // A command that was built elsewhere has no demo beside it.
    let demo = path().with_file_name("examples").join("demo").with_extension(std::env::consts::EXE_EXTENSION);
    if !demo.is_file() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut running = Running(Command::new(demo).arg(folder.path()).stdout(Stdio::piped()).spawn()?);
    let mut out = BufReader::new(running.0.stdout.take().ok_or("it has an output")?);
    let lines = out.by_ref().lines().map_while(Result::ok);
    let told: Vec<String> = lines.take_while(|line| !line.contains("qrs allocate")).collect();
    assert!(told.iter().any(|line| line.contains("QRS_CONFIG")), "{told:?}");
    for arguments in [&["site", "check"][..], &["status"], &["report"], &["release", "--inactive", "30d", "--dry-run"]]
    {
        let mut command = bare();
        command.args(arguments).env("QRS_CONFIG", folder.path().join("config.toml"));
        let ran = run(command).await.code(0);
        assert!(!ran.out.is_empty(), "{arguments:?}: {ran:?}");
    }
    Ok(())
}
