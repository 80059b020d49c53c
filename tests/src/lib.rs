//! A stand-in for the Qlik Sense Repository Service: its licences interface, over real mutual TLS.
//!
//! It is an independent judge of a client. It shares no code with the client, and is stricter than a live site wherever
//! leniency would hide a fault: one spelling of each parameter, well-formed encodings, typed filters.
//!
//! A site offers one of two interfaces, its [`Mode`]: that of `spec/licenses.yaml`, or that of QRS 38.22 as Qlik describes
//! it. Both work on the same contents: users, passes, rules, a licence.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use qrs_tests::{Answer, Operation, StandIn, StatusCode, seed};
//!
//! let site = StandIn::start().await?;
//! let folder = std::env::temp_dir().join(format!("qrs-stand-in-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! site.write_certificates(&folder)?; // client.pem, client_key.pem, root.pem
//!
//! // A client connects to `site.url()` with these and with `site.user_header()`. The next response to it:
//! site.answer_next(Operation::GetLicense, Answer::html(StatusCode::OK, "<html>Log in</html>"));
//! // Its requests so far:
//! assert!(site.requests().is_empty());
//! // The contents of the site after its calls:
//! assert_eq!(site.users()[2].id, seed::ADA);
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod answer;
mod canned;
mod condition;
mod contents;
mod contract;
mod endpoint;
mod fault_proxy;
mod filter;
mod live;
mod log;
mod reply;
mod request;
mod rows;
pub mod seed;
mod server;
mod stand_in;
mod start;
mod state;
mod tls;
mod wire;

pub use crate::answer::{Answer, ErrorStyle, Fault, Target};
pub use crate::canned::{Bodies, Canned};
pub use crate::contract::Operation;
pub use crate::fault_proxy::{Ending, FaultProxy, Mishap, Rewrite};
pub use crate::log::Seen;
pub use crate::stand_in::StandIn;
pub use crate::start::{Builder, Licensing, Mode, StartError};
pub use crate::state::{LicenseKind, Pool, User};
pub use crate::tls::{Credentials, TlsVersions};
/// The HTTP types that this crate's interface is written in.
pub use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
