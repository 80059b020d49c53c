//! Documents that are mostly sound, made of any bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/oracle.rs"]
mod oracle;
#[path = "../../tests/support/random.rs"]
mod random;

fuzz_target!(|bytes: &[u8]| oracle::text_is_handled(&random::document(bytes).to_string()));
