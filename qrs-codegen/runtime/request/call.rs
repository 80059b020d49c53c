//! A request that is being built.

use std::borrow::Cow;
use std::fmt;

use reqwest::header::HeaderValue;
use serde::Serialize;

use super::multipart::Multipart; // only: multipart
use super::path::check_template;
use super::payload::Payload;
use super::query::{Name, Query};
use super::settings::Settings;
use crate::runtime::client::handle::Client;
use crate::runtime::document::operation::Operation;
use crate::runtime::failure::redact::LateSecrets; // only: items
use crate::runtime::text::charset; // only: text-body, form
use crate::runtime::text::media_type; // only: media-range
use crate::runtime::text::percent::{component, pair};
use crate::runtime::value::secret::collecting_secrets;

/// A call of an operation: its request, with the values set so far.
///
/// The values are boxed, because every setter and every future moves them.
#[derive(Clone)]
#[must_use = "a call does nothing before `send`"]
pub(crate) struct Call(pub(crate) Box<RequestParts>);

#[derive(Clone)]
pub(crate) struct RequestParts {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    /// The path template, if it is not the operation's.
    pub(crate) own_path: Option<Box<str>>,
    /// Percent-encoded.
    pub(crate) path: Vec<(Name, String)>,
    pub(crate) query: Query,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// By parameter: `name=value`.
    pub(crate) cookies: Vec<(&'static str, String)>,
    pub(crate) body: Option<Body>,
    // only: multipart {
    /// The parts of a multipart body, instead of `body`.
    pub(crate) multipart: Option<Multipart>,
    // }
    /// The media type to ask for, if it is not the operation's.
    pub(crate) accept: Option<HeaderValue>,
    pub(crate) secrets: Vec<String>,
    pub(crate) late_secrets: LateSecrets, // only: items
    pub(crate) problem: Option<String>,
    pub(crate) settings: Settings,
}

#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) payload: Payload,
    pub(crate) content_type: Cow<'static, str>,
}

impl Call {
    /// A call without values.
    pub(crate) fn new(client: &Client, operation: &'static Operation) -> Self {
        Self(Box::new(RequestParts {
            client: client.clone(),
            operation,
            own_path: None,
            path: Vec::new(),
            query: Query::default(),
            headers: Vec::new(),
            cookies: Vec::new(),
            body: None,
            multipart: None, // only: multipart
            accept: None,
            secrets: Vec::new(),
            late_secrets: LateSecrets::default(), // only: items
            problem: None,
            settings: Settings::default(),
        }))
    }

    /// Sets the path template. It replaces the operation's.
    pub(crate) fn at_path(mut self, template: String) -> Self {
        match check_template(&template) {
            Ok(()) => self.0.own_path = Some(template.into()),
            Err(problem) => self.refuse_for(problem),
        }
        self
    }

    /// Makes sending fail for this reason. The first reason counts.
    pub(crate) fn refuse_for(&mut self, problem: String) {
        self.0.problem.get_or_insert(problem);
    }

    // only: path {
    /// Sets a path parameter.
    #[expect(clippy::needless_pass_by_value, reason = "generated code creates the string for this call only")]
    pub(crate) fn path(self, name: &'static str, value: String) -> Self {
        self.named_path(Cow::Borrowed(name), &value)
    }
    // }

    /// Sets a path parameter whose name the caller chooses.
    pub(crate) fn named_path(mut self, name: Name, value: &str) -> Self {
        set(&mut self.0.path, name, component(value));
        self
    }

    // only: query {
    /// Sets a query parameter. It replaces an earlier value of that name.
    #[expect(clippy::needless_pass_by_value, reason = "generated code creates the string for this call only")]
    pub(crate) fn query(self, name: &'static str, value: String) -> Self {
        self.named_query(Cow::Borrowed(name), &value)
    }
    // }

    /// Sets a query parameter whose name the caller chooses.
    pub(crate) fn named_query(mut self, name: Name, value: &str) -> Self {
        let pair = pair(&name, value);
        self.0.query.set_one(name, pair);
        self
    }

    // only: header, styled {
    /// Sets a header.
    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        set(&mut self.0.headers, name, value);
        self
    }
    // }

    /// Asks for this media type instead of the operation's.
    pub(crate) fn accept(&mut self, media_type: &str) {
        match HeaderValue::from_str(media_type) {
            Ok(accept) if !accept.is_empty() => self.0.accept = Some(accept),
            _ => self.0.problem = Some("the media type to ask for is not valid".to_owned()),
        }
    }

    // only: cookie {
    /// Sets a cookie. Its value is percent-encoded.
    #[expect(clippy::needless_pass_by_value, reason = "generated code creates the string for this call only")]
    pub(crate) fn cookie(self, name: &'static str, value: String) -> Self {
        let pair = format!("{name}={}", component(&value));
        self.cookie_pairs(name, vec![pair])
    }
    // }

    // only: styled {
    /// Sets a path parameter to a value that is already encoded.
    pub(crate) fn path_encoded(mut self, name: &'static str, value: String) -> Self {
        set(&mut self.0.path, Cow::Borrowed(name), value);
        self
    }
    // }

    // only: styled, whole-query {
    /// Sets a query parameter to these pairs, each with its name.
    pub(crate) fn query_pairs(mut self, owner: &'static str, pairs: Vec<(Name, String)>) -> Self {
        self.0.query.set(&Cow::Borrowed(owner), pairs);
        self
    }
    // }

    // only: styled {
    /// Removes a header.
    pub(crate) fn unset_header(&mut self, name: &'static str) {
        self.0.headers.retain(|(held, _)| *held != name);
    }
    // }

    // only: cookie, styled {
    /// Sets a cookie parameter to these pairs.
    pub(crate) fn cookie_pairs(mut self, owner: &'static str, pairs: Vec<String>) -> Self {
        self.0.cookies.retain(|(held, _)| *held != owner);
        self.0.cookies.extend(pairs.into_iter().map(|pair| (owner, pair)));
        self
    }
    // }

    // only: hidden {
    /// Redacts this value in the text of an error that echoes it. A [`Secret`](crate::runtime::Secret) in a JSON body is
    /// redacted without it.
    pub(crate) fn hide(mut self, value: &str) -> Self {
        self.0.secrets.push(value.to_owned());
        self
    }
    // }

    // only: hidden-list {
    /// Redacts these values: see [`Call::hide`].
    pub(crate) fn hide_all(mut self, values: &[String]) -> Self {
        self.0.secrets.extend_from_slice(values);
        self
    }
    // }

    /// Sets the body: a value as JSON.
    pub(crate) fn json<T: Serialize>(self, body: T, content_type: &'static str) -> Self {
        let (encoded, secrets) = collecting_secrets(move || serde_json::to_vec(&body));
        self.encoded(encoded, secrets, content_type)
    }

    // only: text-body, form {
    /// Sets the body: text, in the charset of its media type.
    pub(crate) fn text(mut self, body: String, content_type: impl Into<Cow<'static, str>>) -> Self {
        let content_type = content_type.into();
        match charset::encode(body, &content_type) {
            Ok(bytes) => self.bytes(bytes.into(), content_type),
            Err(problem) => {
                self.refuse_for(problem);
                self
            }
        }
    }
    // }

    /// Sets the body: bytes.
    pub(crate) fn bytes(mut self, payload: Payload, content_type: impl Into<Cow<'static, str>>) -> Self {
        self.0.body = Some(Body { payload, content_type: content_type.into() });
        self
    }

    // only: media-range {
    /// Refuses to send a body whose media type, which the caller has chosen, is not one of the documented `range`.
    pub(crate) fn within(mut self, range: &str, content_type: &str) -> Self {
        if let Some(problem) = media_type::outside(range, content_type) {
            self.refuse_for(problem);
        }
        self
    }
    // }

    // only: whole-multipart {
    /// Sets the body: parts that the caller has assembled.
    pub(crate) fn multipart_body(mut self, parts: Multipart, media_type: &'static str) -> Self {
        self.0.multipart = Some(parts.sent_as(media_type, &[]));
        self
    }
    // }

    // only: part-setter {
    /// The parts of the body.
    pub(crate) fn parts_mut(&mut self) -> &mut Multipart {
        self.0.multipart.get_or_insert_default()
    }
    // }

    /// The settings of this call.
    pub(crate) fn settings(&mut self) -> &mut Settings {
        &mut self.0.settings
    }

    fn encoded(
        mut self,
        encoded: serde_json::Result<Vec<u8>>,
        secrets: Vec<String>,
        content_type: &'static str,
    ) -> Self {
        self.0.secrets.extend(secrets);
        if let Ok(bytes) = encoded {
            return self.bytes(bytes.into(), content_type);
        }
        // The message of serde may quote a value.
        self.0.problem = Some("the body cannot be encoded as JSON".to_owned());
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn names<N: AsRef<str>>(values: &[(N, String)]) -> Vec<&str> {
            values.iter().map(|(name, _)| name.as_ref()).collect()
        }
        let operation = self.0.operation;
        let path = self.0.own_path.as_deref().unwrap_or(operation.path);
        f.debug_struct("Call")
            .field("operation", &format_args!("{}: {} {path}", operation.id, operation.method))
            .field("server", &self.0.client.shared().base.as_str())
            .field("path", &names(&self.0.path))
            .field("query", &self.0.query.names())
            .field("headers", &names(&self.0.headers))
            .field("cookies", &names(&self.0.cookies))
            .field("body", &self.0.body.as_ref().map(|body| &body.content_type))
            .finish_non_exhaustive()
    }
}

fn set<N: PartialEq>(values: &mut Vec<(N, String)>, name: N, value: String) {
    match values.iter().position(|(held, _)| *held == name) {
        None => values.push((name, value)),
        Some(first) => {
            let mut at = 0;
            values.retain(|(held, _)| {
                at += 1;
                at == first + 1 || *held != name
            });
            if let Some(slot) = values.get_mut(first) {
                slot.1 = value;
            }
        }
    }
}
