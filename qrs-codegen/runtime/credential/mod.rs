//! Credentials: values of security schemes, headers of the caller's, certificates and TLS.

pub(crate) mod header;
pub(crate) mod held;
pub(crate) mod identity; // only: identity
pub(crate) mod pem;
pub(crate) mod tls;
