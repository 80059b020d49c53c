//! Mistakes that the compiler finds: each line of `must_not_compile/` that ends in `//~ CODE` is refused for that reason,
//! and no other line is.
//!
//! The other messages of the compiler differ from version to version, and are not compared. The crates below the client are
//! those that `compiles.rs` has built already, by the same flags.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

type Checked = Result<(), Box<dyn Error>>;

/// The name of a case, a line of it, and why it is refused.
type Refusal = (String, u64, String);

const MANIFEST: &str = "[package]\nname = \"must-not-compile\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [workspace]\nresolver = \"3\"\n\n[dependencies]\nuuid = \"1\"\n";

fn cases() -> std::io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/must_not_compile");
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// The expectations that the lines of a case state.
fn announced(path: &Path) -> Result<BTreeSet<Refusal>, Box<dyn Error>> {
    let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a case has a name")?;
    let text = fs::read_to_string(path)?;
    let marked = text.lines().zip(1..).filter_map(|(line, number)| Some((line.split_once("//~ ")?.1, number)));
    let each =
        |(codes, number)| str::split_whitespace(codes).map(move |code| (name.to_owned(), number, code.to_owned()));
    Ok(marked.flat_map(each).collect())
}

/// The line that a message of cargo's refuses, if it refuses one.
fn refused(line: &str) -> Option<Refusal> {
    let message: Value = serde_json::from_str(line).ok()?;
    let (name, message) = (message["target"]["name"].as_str()?, &message["message"]);
    if message["level"] != "error" {
        return None;
    }
    let place = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    let code = message["code"]["code"].as_str().unwrap_or("no code");
    Some((name.to_owned(), place["line_start"].as_u64()?, code.to_owned()))
}

#[test]
#[ignore = "compiles the client and its wrong uses; run by cargo xtask ci"]
fn mistakes_are_found_by_the_compiler() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("must_not_compile");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(scratch.join("src/bin"))?;
    let mut due = BTreeSet::new();
    for case in cases()? {
        let announced = announced(&case)?;
        assert!(!announced.is_empty(), "nothing is wrong in {}", case.display());
        due.extend(announced);
        fs::copy(&case, scratch.join("src/bin").join(case.file_name().ok_or("a case has a name")?))?;
    }
    let client = root.join("qrs-generated").canonicalize()?;
    let dependency = format!("qrs-generated = {{ path = {:?} }}\n", client.to_str().ok_or("its path is text")?);
    fs::write(scratch.join("Cargo.toml"), format!("{MANIFEST}{dependency}"))?;
    fs::copy(root.join("Cargo.lock"), scratch.join("Cargo.lock"))?;

    let checked = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--keep-going", "--bins", "--message-format", "json"])
        .current_dir(&scratch)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiles/target"))
        .env("RUSTFLAGS", "-D warnings")
        .output()?;
    assert!(!checked.status.success());
    let found: BTreeSet<Refusal> = String::from_utf8(checked.stdout)?.lines().filter_map(refused).collect();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert_eq!(found, due, "on the left what was refused, on the right what says that it will be\n{said}");
    Ok(())
}
