//! A crate of the types of a document: without the client, which takes longer to compile.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use super::scratch::write;

/// The folder of the runtime that types need.
const RUNTIME: &str = "src/runtime/value/";

/// The names that the rest of the crate uses of the runtime, by the file that has them. A document need not have all of them.
const USES: [(&str, &str); 7] = [
    ("enumeration", "pub(crate) use value::{enumeration, enumeration::enumeration};"),
    ("object", "pub(crate) use value::{object, object::object};"),
    ("one_of", "pub(crate) use value::one_of;"),
    ("base64", "pub use value::base64::Base64;"),
    ("date_time", "pub use value::date_time::DateTime;"),
    ("nullable", "pub use value::nullable::Nullable;"),
    ("secret", "pub use value::secret::Secret;"),
];

const FAULT: &str = r"
/// The path to the value in a body that does not fit its type.
pub fn fault<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<String> {
    value::error_path::decode_again::<T>(body).err().map(|found| found.path).filter(|path| !path.is_empty())
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
#[allow(dead_code, unused_imports, unused_macros)]
mod runtime;
pub use runtime::*;
";

/// The root of the runtime, as far as the files are there.
fn runtime_root(files: &BTreeMap<String, String>) -> String {
    let has = |name: &str| files.contains_key(&format!("{RUNTIME}{name}.rs"));
    let mut root = "pub(crate) mod value;\n".to_owned();
    for (_, line) in USES.iter().filter(|(name, _)| has(name)) {
        root.push_str(line);
        root.push('\n');
    }
    if has("error_path") {
        root.push_str(FAULT);
    }
    root
}

/// Writes a library that has the types among the generated files.
pub(crate) fn write_types(files: &BTreeMap<String, String>, name: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(RUNTIME)) {
        write(&folder.join(path), text)?;
    }
    write(&folder.join("src/runtime/mod.rs"), &runtime_root(files))?;
    // The types of a large document are in several files.
    for place in ["src/types.rs", "src/types"] {
        let _ = fs::remove_file(folder.join(place)).or_else(|_| fs::remove_dir_all(folder.join(place)));
    }
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("src/types")) {
        write(&folder.join(path), text)?;
    }
    write(&folder.join("src/lib.rs"), LIBRARY)?;
    write(&folder.join("Cargo.toml"), &format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"{MANIFEST}"))
}
