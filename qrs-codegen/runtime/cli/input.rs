//! Reads what a user gives: files, standard input, text.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::failure::Failure;

/// The most that is read of one file.
const LIMIT: u64 = 256 * 1024 * 1024;
/// The most that is read of a secret.
const SECRET_LIMIT: u64 = 64 * 1024;

/// Reads a file, or standard input for `-`.
pub(crate) fn bytes(path: &str) -> Result<Vec<u8>, Failure> {
    read(path, LIMIT)
}

/// Reads text of a file, or of standard input for `-`. Windows' editors may save it as UTF-16, which is read as well.
pub(crate) fn text(path: &str) -> Result<String, Failure> {
    decode(bytes(path)?).ok_or_else(|| {
        Failure::usage(format!("{}: not UTF-8 text", shown(path)))
            .hint("save it again as UTF-8, in Excel as `CSV UTF-8`, in Notepad by `Encoding`")
    })
}

/// Reads a secret of one line.
pub(crate) fn secret(path: &str) -> Result<String, Failure> {
    let text = decode(read(path, SECRET_LIMIT)?);
    let text = text.ok_or_else(|| Failure::usage(format!("{}: not UTF-8 text", shown(path))))?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Failure::usage(format!("{}: is empty", shown(path))));
    }
    Ok(secret.to_owned())
}

fn read(path: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        };
        Failure::usage(format!("{}: {reason}", shown(path)))
    };
    let mut bytes = Vec::new();
    if path == "-" {
        io::stdin().lock().take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        if Path::new(path).is_dir() {
            return Err(Failure::usage(format!("{}: a folder, not a file", shown(path))));
        }
        File::open(path).map_err(failed)?.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(Failure::usage(format!("{}: larger than {limit} bytes", shown(path))));
    }
    Ok(bytes)
}

fn decode(bytes: Vec<u8>) -> Option<String> {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> =
            bytes.get(2..)?.chunks_exact(2).filter_map(|pair| Some(read(pair.try_into().ok()?))).collect();
        String::from_utf16(&units).ok()
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}

/// The name of an input in messages.
pub(crate) fn shown(path: &str) -> String {
    if path == "-" { "standard input".to_owned() } else { format!("`{path}`") }
}
