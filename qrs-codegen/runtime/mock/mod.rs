//! A server for tests, on this machine, with a method for each operation.
//!
//! A test sets the responses, and calls its own code with [`Mock::client`]:
//!
//! 1. `mock.OPERATION()` names the operation; `when`, `times` and `delayed` narrow what is expected.
//! 2. `responds`, `responds_error` and similar methods set the response.
//! 3. `requests` returns what was sent, each value in its type.
//!
//! The server checks each request against the document: required parameters, credentials, values that are sent in two places,
//! and the types of values where requests of the operation are expected. When the [`Mock`] is dropped, the test fails if an
//! expected request did not arrive, or if a request arrived that does not fit. The message lists the expected requests and
//! those that arrived.

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
