//! Any text as a document, and what follows a line `---overlay` as an overlay over it.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/oracle.rs"]
mod oracle;

fuzz_target!(|text: &str| oracle::text_is_handled(text));
