//! A crate of the types of a document: without the client, which takes longer to compile.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use super::scratch::write;

/// The folder of the runtime that types need.
const RUNTIME: &str = "src/runtime/value/";

const RUNTIME_ROOT: &str = r"
mod value;
#[allow(unused_imports)]
pub(crate) use value::{enumeration, enumeration::enumeration, object, object::object, one_of};
pub use value::{base64::Base64, nullable::Nullable, secret::Secret};

/// Where a body does not fit its type.
pub fn fault<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<String> {
    value::error_path::decode_again::<T>(body).err().flatten()
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

/// Writes a library that has the types among the generated files.
pub(crate) fn write_types(files: &BTreeMap<String, String>, name: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(RUNTIME)) {
        write(&folder.join(path), text)?;
    }
    write(&folder.join("src/runtime/mod.rs"), RUNTIME_ROOT)?;
    write(&folder.join("src/types.rs"), &files["src/types.rs"])?;
    write(&folder.join("src/lib.rs"), LIBRARY)?;
    write(&folder.join("Cargo.toml"), &format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"{MANIFEST}"))
}
