#![doc = include_str!("../README.md")]

mod answer;
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
pub use crate::contract::Operation;
pub use crate::fault_proxy::{Ending, FaultProxy, Mishap, Rewrite};
pub use crate::log::Seen;
pub use crate::stand_in::StandIn;
pub use crate::start::{Builder, Licensing, Mode, StartError};
pub use crate::state::{LicenseKind, Pool, User};
pub use crate::tls::{Authority, Credentials, TlsVersions};
/// The HTTP types that this crate's interface is written in.
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
