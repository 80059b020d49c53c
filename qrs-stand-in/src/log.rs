//! Requests as they arrived.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::Operation;

/// A request, as it arrived. It is recorded before the site responds, whether or not the site refuses it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The connection it came over, counted from 1: equal numbers mean that the connection was used again.
    pub connection: u64,
    /// The operation of the document that its method and path name.
    pub operation: Option<Operation>,
    /// The query parameters that the operation takes, `Xrfkey` aside.
    pub(crate) parameters: &'static [&'static str],
    /// Its method.
    pub method: Method,
    /// Its path as sent, still percent-encoded, without the query.
    pub path: String,
    /// Its query as sent, still percent-encoded, without the `?`.
    pub raw_query: String,
    /// Its query, decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// Its headers; the names in lower case.
    pub headers: HeaderMap,
    /// Its body, to the byte.
    pub raw_body: Bytes,
    /// Its body, where that is JSON.
    pub body: Option<Value>,
    /// Directory and id of the user it was made for, decoded, where `X-Qlik-User` was well formed.
    pub user: Option<(String, String)>,
    /// The subject of the certificate that the client showed.
    pub client_certificate_subject: String,
}

impl Seen {
    /// The only value of a header, where it was sent once and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// The only value of a query parameter, where it was sent once.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(sent, _)| sent == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The request as text: its line, its headers by name, an empty line, its body. Bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        headers.sort();
        let query = if self.raw_query.is_empty() { String::new() } else { format!("?{}", self.raw_query) };
        let body = String::from_utf8_lossy(&self.raw_body);
        format!("{} {}{query}\r\n{}\r\n{body}", self.method, self.path, headers.concat())
    }

    /// The query parameters that the operation does not take.
    #[must_use]
    pub fn unknown_parameters(&self) -> Vec<&str> {
        let names = self.query.iter().map(|(name, _)| name.as_str());
        names.filter(|name| *name != "Xrfkey" && !self.parameters.contains(name)).collect()
    }
}
