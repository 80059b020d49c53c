//! Cargo, run by this program.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::outcome::Failure;
use crate::paths::NamedPath;

/// The cargo that runs this program, or the one that is installed.
pub(crate) fn command() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder that cargo builds this workspace into.
///
/// # Errors
///
/// When cargo cannot be run, or does not tell the folder.
pub(crate) fn target_folder() -> Result<PathBuf, Failure> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
    let output = command().args(arguments).current_dir(NamedPath::in_workspace(".").path).output();
    let output = output.map_err(|error| Failure(format!("cargo cannot be run: {error}")))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure(format!("`cargo metadata` gives no JSON: {error}")))?;
    let folder = metadata["target_directory"].as_str();
    folder.map(PathBuf::from).ok_or_else(|| Failure("`cargo metadata` names no target folder".to_owned()))
}
