//! Replays the corpora of the fuzz targets on the stable toolchain, so that failures that fuzzing found stay fixed.
//!
//! `cargo +nightly fuzz run text` and `cargo +nightly fuzz run document`, in this package's folder, look for more.

#![allow(clippy::panic, reason = "a text that is not handled fails its test")]

#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/random.rs"]
mod random;

use std::fs;
use std::path::Path;

/// The files of a corpus, in the order of their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    assert!(paths.len() >= 10, "{} has only {} files", folder.display(), paths.len());
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

#[test]
fn texts() {
    for bytes in corpus("text") {
        if let Ok(text) = str::from_utf8(&bytes) {
            oracle::text_is_handled(text);
        }
    }
}

#[test]
fn documents() {
    for bytes in corpus("document") {
        oracle::text_is_handled(&random::document(&bytes).to_string());
    }
}
