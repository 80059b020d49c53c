//! Executing a request: attempts, failures on the way, and what callers hold while it goes on.

pub(crate) mod any;
pub(crate) mod attempts;
pub(crate) mod execute;
pub(crate) mod prepared;
pub(crate) mod request;
pub(crate) mod response_future;
pub(crate) mod send_all;
pub(crate) mod stream;
pub(crate) mod tls_failure;
pub(crate) mod transport;
