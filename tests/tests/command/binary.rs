//! Runs the command against a stand-in.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Output, Stdio};

use qrs_tests::{Licensing, Mode, StandIn};

pub(crate) const LIVE: Mode = Mode::Live(Licensing::Capacity);

/// Both interfaces of a site.
pub(crate) const MODES: [Mode; 2] = [Mode::Contract, LIVE];

/// The command without any setting of this machine.
pub(crate) fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qrs-command"));
    for (variable, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("QRS_")) {
        command.env_remove(variable);
    }
    let nowhere = env::temp_dir().join("qrs-without-configuration");
    command.env("XDG_CONFIG_HOME", &nowhere).env("APPDATA", &nowhere).env("NO_COLOR", "1").env("COLUMNS", "100");
    command.stdin(Stdio::null());
    command
}

/// A site, with a folder for its certificates and other files.
pub(crate) struct Site {
    pub(crate) stand_in: StandIn,
    pub(crate) folder: tempfile::TempDir,
}

/// The output of a run, and its exit code.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The standard output, as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts the exit code, and returns what was printed.
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Site {
    pub(crate) async fn start(mode: Mode) -> Result<Self, Box<dyn std::error::Error>> {
        let stand_in = StandIn::builder().mode(mode).start().await?;
        let folder = tempfile::tempdir()?;
        stand_in.write_certificates(folder.path())?;
        Ok(Self { stand_in, folder })
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self.file(name)
    }

    /// The variables that lead to the site.
    pub(crate) fn variables(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("QRS_URL", self.stand_in.url().into()),
            ("QRS_CERTIFICATE", self.file("client.pem").into()),
            ("QRS_KEY", self.file("client_key.pem").into()),
            ("QRS_ROOT_CERTIFICATE", self.file("root.pem").into()),
        ]
    }

    /// Runs the command with these arguments on the site.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = bare();
        command.args(arguments).envs(self.variables());
        run(command).await
    }

    /// Runs the command with this text as standard input.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let path = self.write("input", input);
        let mut command = bare();
        command.args(arguments).envs(self.variables()).stdin(std::fs::File::open(path).unwrap());
        run(command).await
    }
}

/// Runs a command while the stand-in goes on.
pub(crate) async fn run(mut command: Command) -> Ran {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    Ran::of(&output)
}

/// Runs a command at a terminal where somebody gives this answer.
#[cfg(unix)]
pub(crate) async fn asked(mut command: Command, answer: &str) -> Result<Ran, Box<dyn std::error::Error>> {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::io::Write as _;
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&terminal)?;
    unlockpt(&terminal)?;
    let name = ptsname(&terminal, Vec::new())?;
    let input = std::fs::File::options().read(true).write(true).open(name.to_str()?)?;
    let mut terminal = std::fs::File::from(terminal);
    writeln!(terminal, "{answer}")?;
    command.stdin(input);
    let ran = run(command).await;
    drop(terminal);
    Ok(ran)
}
