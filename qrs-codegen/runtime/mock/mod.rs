//! A server for tests, on this machine, with a method for each operation.
//!
//! A test sets the responses, and calls its own code with [`Mock::client`]:
//!
//! 1. `mock.OPERATION()` names the operation, by the client's own name for it: an operation with several media types of its
//!    request body has a method for each. `when`, `times` and `delayed` narrow what is expected.
//! 2. `responds`, `responds_error` and similar methods set the response; `status` and `header` come before them.
//! 3. `requests` returns what was sent, each value in its type.
//!
//! The server checks each request against the document: required parameters, credentials, values that are sent in two places,
//! the media type of the body, and the types of values where requests of the operation are expected. When the [`Mock`] is
//! dropped, the test fails if an expected request did not arrive, or if a request arrived that does not fit. The message
//! lists the expected requests and those that arrived.

#![allow(dead_code, reason = "a document need not have every kind of parameter and body")]

mod check;
mod described;
mod endpoint;
mod expectation;
pub mod operations;
mod parts;
mod recorded;
mod reply;
mod route;
mod server;
mod tree;

pub use endpoint::Endpoint;
pub use parts::Part;
pub use recorded::{Received, Recorded};
pub use reply::{Content, Reply, Success};
pub use server::Mock;

pub(crate) use described::{CREDENTIAL, Described, SuccessForm};
#[allow(unused_imports, reason = "a document need not have values of every kind")]
pub(crate) use {
    recorded::{Place, needed},
    tree::Notation,
};
