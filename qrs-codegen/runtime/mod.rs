//! The runtime of generated clients: sending, credentials, TLS, decoding, errors.
//!
//! It is written by hand and copied into each client. Nothing here depends on the document that a client was generated
//! from: generated code passes the document's facts as data.
//!
//! Each folder uses those above it in this list, and none below:
//!
//! | folder | content |
//! | --- | --- |
//! | `text` | excerpts for messages, templates, percent-encoding |
//! | `value` | the values of the wire: objects, enums, unions, `null`, Base64, secrets |
//! | `document` | operations and security schemes, as generated code states them |
//! | `failure` | errors, and the redaction of credentials in them |
//! | `credential` | values of security schemes, certificates, TLS |
//! | `client` | the client, its builder, its server and the way there |
//! | `request` | parameters and bodies, and the HTTP request that they make |
//! | `response` | reading and decoding, streams |
//! | `execution` | attempts, failures on the way, `send` and `send_all` |

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "a document need not use every kind of parameter, body, credential or response"
)]

mod client;
mod credential;
mod document;
mod execution;
mod failure;
mod request;
mod response;
mod text;
mod value;

pub use client::builder::ClientBuilder;
pub use client::handle::Client;
pub use client::retry::Retry;
pub use client::server::Server;
pub use credential::pem::{Certificate, Identity};
pub use execution::any::AnyRequest;
pub use execution::request::Request;
pub use execution::send_all::{SendAll, send_all};
pub use failure::build_error::{BuildError, BuildErrorKind};
pub use failure::element_error::ElementError;
pub use failure::error::{Error, ErrorKind};
pub use request::items::Items;
pub use request::multipart::Multipart;
pub use request::payload::{Payload, Upload};
pub use reqwest::Method;
pub use response::byte_stream::ByteStream;
pub use response::event_stream::{Event, EventStream};
pub use response::line_stream::{LineStream, Untyped};
pub use response::success::Response;
pub use value::base64::Base64;
pub use value::further::FurtherProperties;
pub use value::json_text::JsonText;
pub use value::nullable::Nullable;
pub use value::secret::Secret;

pub(crate) use client::server_template::Variable;
pub(crate) use document::operation::{Operation, Statuses};
pub(crate) use document::scheme::{Carrier, GeneratedValue, Scheme};
pub(crate) use execution::any::{AnyOperations, any_operations};
pub(crate) use execution::prepared::{PreparedRequest, Success};
pub(crate) use execution::request::Sealed;
pub(crate) use request::call::Call;
pub(crate) use request::form::Field;
pub(crate) use request::items::ItemForm;
pub(crate) use request::parameter::{Parameter, Style};
pub(crate) use request::settings::Settings;
pub(crate) use reqwest::header::HeaderMap;
pub(crate) use response::decode;
pub(crate) use response::event_stream::EventContent;
pub(crate) use response::header::{HeaderForm, header_decoded, header_lines, header_value};
pub(crate) use response::raw::{BodyError, RawResponse};
pub(crate) use text::one_line::{is_invisible, one_line};
pub(crate) use value::enumeration::enumeration;
pub(crate) use value::object::object;
pub(crate) use value::{enumeration, object, one_of};
