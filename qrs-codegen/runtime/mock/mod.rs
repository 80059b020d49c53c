//! A server on this machine that stands for the API in tests, with a method for each operation.
//!
//! A test says what the server is to respond, and calls its own code with [`Mock::client`]:
//!
//! 1. `mock.OPERATION()` names the operation; `when`, `times` and `delayed` narrow what is expected.
//! 2. `responds`, `responds_error` and their like say what comes back.
//! 3. `requests` returns what was sent, each value in its type.
//!
//! The server checks each request against the document: required parameters, credentials, and values that are sent in two
//! places. When the [`Mock`] is dropped, the test fails if something was expected that did not come, or something came that
//! does not fit, with a list of what was expected and what came.

#![allow(dead_code, reason = "a document need not have every kind of parameter and body")]

mod endpoint;
pub mod operations;
mod recorded;
mod server;

pub use endpoint::Endpoint;
pub use recorded::{Received, Recorded};
pub use server::Mock;

pub(crate) use recorded::Place;
pub(crate) use server::Described;
