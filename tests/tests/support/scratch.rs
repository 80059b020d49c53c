//! Files of a scratch workspace that cargo compiles.

use std::error::Error;
use std::fs;
use std::path::Path;

/// Writes a file if it differs, so that what stays the same is not compiled again.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text)?;
    }
    Ok(())
}
