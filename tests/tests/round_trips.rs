//! Values through the types of generated crates, to the wire and back. `round_trips/NAME.rs` tries the types of the
//! generator's golden document `NAME`; of each crate only the types and what they need are compiled, all by one cargo.

#[path = "exact/mod.rs"]
mod exact;
#[path = "support/scratch.rs"]
mod scratch;
#[path = "support/types_crate.rs"]
mod types_crate;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qrs_codegen::{Input, NoFiles, Source, generate};

use scratch::write;
use types_crate::write_types;

type Checked = Result<(), Box<dyn Error>>;

fn write_crate(tries: &Path, folder: &Path) -> Checked {
    let name = tries.file_stem().and_then(|stem| stem.to_str()).ok_or("a file has a name")?;
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../qrs-codegen/tests/documents");
    let text = fs::read_to_string(documents.join(format!("{name}.yaml")))?;
    let document = Source { name, text: &text };
    let generated = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "cargo test" });
    let files = generated.map_err(|report| report.to_string())?.files;

    write_types(&files, &format!("round-trip-{name}"), folder)?;
    write(&folder.join("tests/round_trip.rs"), &fs::read_to_string(tries)?)
}

#[test]
#[ignore = "compiles and runs six crates; run by cargo xtask ci"]
fn values_come_back_as_they_were_sent() -> Checked {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("round-trips");
    let mut members = Vec::new();
    for entry in fs::read_dir(root.join("tests/round_trips"))? {
        let tries = entry?.path();
        let name = tries.file_stem().and_then(|stem| stem.to_str()).ok_or("a file has a name")?.to_owned();
        write_crate(&tries, &scratch.join("crates").join(&name))?;
        members.push(format!("\"crates/{name}\""));
    }
    members.sort();
    assert!(!members.is_empty());
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
    write(&scratch.join("Cargo.toml"), &workspace)?;
    fs::copy(root.join("../Cargo.lock"), scratch.join("Cargo.lock"))?;

    let tried = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline", "--workspace", "--tests", "--no-fail-fast"])
        .current_dir(&scratch)
        .env("RUSTFLAGS", "-D warnings")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .output()?;
    let said = [tried.stdout, tried.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(tried.status.success(), "{}\n{}", said[0], said[1]);
    Ok(())
}
