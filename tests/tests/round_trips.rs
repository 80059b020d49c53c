//! Values through the types of generated crates, to the wire and back. `round_trips/NAME.rs` tries the types of the
//! generator's golden document `NAME`; of each crate only the types and what they need are compiled, all by one cargo.

#[path = "support/scratch.rs"]
mod scratch;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qrs_codegen::{Input, NoFiles, Source, generate};

use scratch::write;

type Checked = Result<(), Box<dyn Error>>;

/// The folder of the runtime that types need.
const RUNTIME: &str = "src/runtime/value/";

const RUNTIME_ROOT: &str = r"
mod value;
#[allow(unused_imports)]
pub(crate) use value::{enumeration, enumeration::enumeration, object, object::object, one_of};
pub use value::{base64::Base64, nullable::Nullable, secret::Secret};

/// Where a body does not fit its type.
pub fn fault<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<String> {
    value::error_path::path_to_fault::<T>(body)
}
";

const MANIFEST: &str = r#"
edition = "2024"

[lib]
name = "client"

[dependencies]
base64 = "0.23"
jiff = { version = "1", default-features = false, features = ["serde", "std"] }
serde = "1"
serde_json = "1"
uuid = { version = "1", features = ["serde"] }
"#;

const LIBRARY: &str = r"
pub mod types;
#[allow(dead_code, unused_macros)]
mod runtime;
pub use runtime::{Base64, Nullable, Secret, fault};
";

fn write_crate(tries: &Path, folder: &Path) -> Checked {
    let name = tries.file_stem().and_then(|stem| stem.to_str()).ok_or("a file has a name")?;
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../qrs-codegen/tests/documents");
    let text = fs::read_to_string(documents.join(format!("{name}.yaml")))?;
    let document = Source { name, text: &text };
    let generated = generate(&Input { document, overlays: &[], files: &NoFiles, modules: &[], command: "cargo test" });
    let files = generated.map_err(|report| report.to_string())?.files;

    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(RUNTIME)) {
        write(&folder.join(path), text)?;
    }
    write(&folder.join("src/runtime/mod.rs"), RUNTIME_ROOT)?;
    write(&folder.join("src/types.rs"), &files["src/types.rs"])?;
    write(&folder.join("src/lib.rs"), LIBRARY)?;
    write(
        &folder.join("Cargo.toml"),
        &format!("[package]\nname = \"round-trip-{name}\"\nversion = \"0.0.0\"{MANIFEST}"),
    )?;
    write(&folder.join("tests/round_trip.rs"), &fs::read_to_string(tries)?)
}

#[test]
#[ignore = "compiles and runs some five crates; run by cargo xtask ci"]
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
        .args(["test", "--quiet", "--offline", "--workspace", "--no-fail-fast"])
        .current_dir(&scratch)
        .env("RUSTFLAGS", "-D warnings")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .output()?;
    let said = [tried.stdout, tried.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(tried.status.success(), "{}\n{}", said[0], said[1]);
    Ok(())
}
