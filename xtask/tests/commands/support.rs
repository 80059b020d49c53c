//! Runs the command and looks at what it printed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The root of the checkout that is tested. Asked for at run time: checkouts that share a target folder share this
/// program too.
pub(crate) fn workspace() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
        Path::new(&package).parent().unwrap().to_owned()
    })
}

/// The command.
pub(crate) fn xtask() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_xtask"))
}

/// A finished run, with its output.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let is_set = |command: &Command, name: &str| command.get_envs().any(|(set, _)| set == name);
        // The tests may run as a step of a workflow, or in a terminal with colours, themselves.
        for name in ["GITHUB_ACTIONS", "GITHUB_WORKSPACE", "CLICOLOR_FORCE"] {
            if !is_set(command, name) {
                command.env_remove(name);
            }
        }
        // What cargo tells a program that it runs, as in `cargo xtask`.
        if !is_set(command, "CARGO_MANIFEST_DIR") {
            command.env("CARGO_MANIFEST_DIR", workspace().join("xtask")).env("CARGO_PKG_NAME", "xtask");
        }
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn last_message(&self) -> &str {
        self.stderr.lines().last().unwrap_or_default()
    }
}
