//! The runtime of generated clients, used as generated code uses it, against servers that answer to the byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "../runtime/mod.rs"]
#[allow(unused_macros, reason = "every part is here, whatever the tests use")]
#[deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[expect(unreachable_pub, reason = "what a generated crate exports, a test keeps to itself")]
mod runtime;

/// The modules of a generated crate beside its runtime.
mod contract {
    pub(crate) const USER_AGENT: &str = "qrs-codegen/test (a contract 1.0.0)";
}

#[path = "runtime/any.rs"]
mod any;
#[path = "runtime/attacks.rs"]
mod attacks;
#[path = "runtime/bodies.rs"]
mod bodies;
#[path = "runtime/credentials.rs"]
mod credentials;
#[path = "runtime/failures.rs"]
mod failures;
#[path = "runtime/lenient.rs"]
mod lenient;
#[path = "runtime/parameters.rs"]
mod parameters;
#[path = "runtime/pem.rs"]
mod pem;
#[path = "runtime/requests.rs"]
mod requests;
#[path = "runtime/responses.rs"]
mod responses;
#[path = "runtime/routes.rs"]
mod routes;
#[path = "runtime/secrecy.rs"]
mod secrecy;
#[path = "runtime/servers.rs"]
mod servers;
#[path = "runtime/streams.rs"]
mod streams;
#[path = "runtime/support.rs"]
mod support;
#[path = "runtime/tls.rs"]
mod tls;
#[path = "runtime/values.rs"]
mod values;
