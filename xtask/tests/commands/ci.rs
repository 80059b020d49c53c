//! `cargo xtask ci`, with another program in the place of cargo.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::support::{Ran, xtask};

/// Tests and compilers quote files and documents, which may be somebody else's.
#[test]
fn what_a_step_prints_gives_no_commands() {
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    let evil = r"printf '::add-path::x\n\033[32mgreen\033[0m \033[2J ##[error]y\r\n  ::error::z'";
    fs::write(&cargo, format!("#!/bin/sh\n{evil}\n{evil} >&2\n")).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let ran = Ran::of(Command::new(xtask()).args(["ci", "format"]).env("CARGO", &cargo)).exits_with(0);
    for stream in [&ran.stdout, &ran.stderr] {
        assert!(stream.contains("green"), "{stream}");
        assert!(!stream.contains("##[") && !stream.contains('\u{1b}'), "{stream}");
        assert!(stream.lines().all(|line| !line.trim_start().starts_with("::")), "{stream}");
    }
}
