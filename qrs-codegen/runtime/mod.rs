//! What every generated client does: sending, credentials, TLS, decoding, errors.
//!
//! Written by hand and copied as it stands into each client. Nothing here knows the document a client was
//! generated from: that is data, handed in by the generated code beside this module.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a document need not use every kind of parameter, body, credential or answer"
)]

mod answer;
mod base64;
#[cfg(feature = "blocking")]
mod blocking;
mod build_error;
mod call;
mod client;
mod credential;
pub(crate) mod decode;
pub(crate) mod enumeration;
mod error;
mod exchange;
mod form;
mod header;
pub(crate) mod nullable;
pub(crate) mod object;
pub(crate) mod one_of;
mod operation;
mod parameter;
mod payload;
mod redact;
mod request;
mod response;
mod retry;
mod route;
mod secret;
mod send_all;
mod server;
mod stream;
mod template;
mod text;
mod tls;
mod trace;
mod trail;
mod transport;
pub(crate) mod wire;

pub use base64::Base64;
pub use build_error::{BuildError, BuildErrorKind};
pub use client::{Client, ClientBuilder};
pub use error::{Error, ErrorKind};
pub use nullable::Nullable;
pub use payload::{Multipart, Payload, Upload};
pub use request::Request;
pub use response::Response;
pub use retry::Retry;
pub use secret::Secret;
pub use send_all::{SendAll, send_all};
pub use server::Server;
pub use stream::{ByteStream, Event, EventStream, LineStream};
pub use tls::{Certificate, Identity};

pub(crate) use answer::{Answer, Undecoded};
pub(crate) use call::Call;
pub(crate) use credential::{Carrier, Made, Scheme};
pub(crate) use enumeration::enumeration;
pub(crate) use exchange::Plan;
pub(crate) use form::Field;
pub(crate) use object::object;
pub(crate) use operation::{Operation, Statuses};
pub(crate) use parameter::{Parameter, Style};
pub(crate) use request::{Sealed, Settings};
pub(crate) use reqwest::Method;
pub(crate) use reqwest::header::HeaderMap;
pub(crate) use response::header_value;
pub(crate) use server::Variable;
