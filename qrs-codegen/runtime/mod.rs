//! The runtime of generated clients: sending, credentials, TLS, decoding, errors.
//!
//! It is written by hand and copied into each client, as far as the client's document needs it. Nothing here depends on
//! that document: generated code passes the document's facts as data.
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
//! | `cli`, `mock` | the command and the mock, which are modules beside the runtime |

// only: command, mock {
#![allow(unused, reason = "the command and the mock use more of it, with their features")]
// }

mod client;
mod credential;
mod document;
mod execution;
mod failure;
mod request;
mod response;
mod text;
pub(crate) mod value;

pub use client::builder::ClientBuilder;
pub use client::handle::Client;
pub use client::retry::Retry;
pub use client::server::Server;
pub use credential::identity::Identity; // only: identity
pub use credential::pem::Certificate;
pub use execution::any::AnyRequest;
pub use execution::request::Request;
pub use execution::response_future::ResponseFuture;
pub use execution::send_all::{SendAll, send_all};
pub use failure::build_error::{BuildError, BuildErrorKind};
pub use failure::element_error::ElementError;
pub use failure::error::{Error, ErrorKind};
pub use request::items::Items; // only: items
pub use request::multipart::Multipart; // only: whole-multipart
pub use request::payload::Payload; // only: payload
pub use request::payload::Upload; // only: upload
pub use reqwest::Method;
pub use response::byte_stream::ByteStream;
pub use response::event_stream::{Event, EventStream};
pub use response::line_stream::{LineStream, Untyped};
pub use response::success::Response;
pub use value::base64::Base64; // only: base64
pub use value::date_time::DateTime; // only: date-time
pub use value::further::FurtherProperties; // only: further-properties
pub use value::json_text::JsonText; // only: json-text
pub use value::nullable::Nullable; // only: nullable
pub use value::secret::Secret;

// Names that generated code uses. Those of facts need not all occur in a document.
pub(crate) use client::server_template::Variable; // only: server-variable
#[allow(unused_imports, reason = "a document need not state facts of every kind")]
pub(crate) use document::{
    operation::{Operation, Statuses},
    scheme::{Carrier, GeneratedValue, Scheme},
};
pub(crate) use execution::any::{AnyOperations, any_operations};
pub(crate) use execution::prepared::PreparedRequest; // only: operation
pub(crate) use execution::prepared::Success; // only: command
pub(crate) use execution::request::{Sealed, sendable}; // only: operation
pub(crate) use request::call::Call; // only: operation
pub(crate) use request::form::Field; // only: form-field
pub(crate) use request::items::ItemForm; // only: items
pub(crate) use request::multipart::PartGroup; // only: part-groups
// only: parameter {
#[allow(unused_imports, reason = "a parameter in a header or a cookie has no style")]
pub(crate) use request::parameter::{Parameter, Style};
// }
pub(crate) use request::settings::Settings; // only: operation
pub(crate) use reqwest::header::HeaderMap; // only: response-headers
pub(crate) use response::decode; // only: operation
pub(crate) use response::event_stream::EventContent; // only: event-content
pub(crate) use response::header::header_lines; // only: header-lines
pub(crate) use response::header::header_value; // only: header-value
pub(crate) use response::header::{HeaderForm, header_decoded}; // only: header-decoded
pub(crate) use response::raw::BodyError; // only: success-by-status
pub(crate) use response::raw::RawResponse; // only: by-status
// only: mock {
pub(crate) use text::media_type::{essence, fit, is_json, parameter as media_type_parameter};
// }
pub(crate) use text::one_line::is_invisible; // only: command
#[allow(unused_imports, reason = "hand-written subcommands may use it")] // only: command-extension
pub(crate) use text::one_line::one_line; // only: command-extension
pub(crate) use text::parts::{BodyPart, split as split_parts}; // only: mock
pub(crate) use value::enumeration; // only: enumeration
pub(crate) use value::enumeration::enumeration; // only: enumeration
pub(crate) use value::object::object; // only: object
pub(crate) use value::one_of; // only: one-of
