//! The client: its server, how it is reached, its credentials and limits.

pub(crate) mod address;
#[cfg(feature = "blocking")]
pub(crate) mod blocking;
pub(crate) mod builder;
pub(crate) mod handle;
pub(crate) mod retry;
pub(crate) mod route;
pub(crate) mod server;
pub(crate) mod server_template; // only: server
pub(crate) mod trace;
