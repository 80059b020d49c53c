//! Encoding a request: its parts and the credentials of its client become an HTTP request.

use std::borrow::Cow;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use super::call::RequestParts;
use super::multipart::Multipart; // only: multipart
use super::path::{expand, fill_query};
use super::query::Name;
use crate::runtime::client::handle::Shared;
use crate::runtime::client::route::Route;
use crate::runtime::document::operation::Operation;
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::text::percent::pair;

/// The values that the client has generated for a call, by scheme.
pub(crate) type GeneratedValues = Vec<(&'static str, String)>;

impl RequestParts {
    /// Whether the request can be sent more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        // only: multipart {
        if self.multipart.as_ref().is_some_and(Multipart::has_stream) {
            return false;
        }
        // }
        !self.body.as_ref().is_some_and(|body| body.payload.is_stream())
    }

    /// Encodes the request, and collects what to redact in its response. The result is the same each time, given the same
    /// `generated` values.
    pub(crate) fn request(&self, generated: &mut GeneratedValues) -> Result<(Request, Redactor), Box<Details>> {
        let shared = self.client.shared();
        let operation = self.operation;
        let refuse = |problem: String| Details::without_response(operation, ErrorKind::Request, problem);
        if let Some(problem) = &self.problem {
            return Err(refuse(problem.clone()));
        }
        let schemes = alternative(shared, operation)
            .map_err(|problem| Details::without_response(operation, ErrorKind::Credentials, problem))?;

        let mut redactor = shared.redactor.clone();
        for secret in &self.secrets {
            redactor.add(secret);
        }
        redactor.late = self.late_secrets.clone(); // only: items
        let mut head = RequestHead { query: Vec::new(), headers: shared.headers.clone(), cookies: Vec::new() };
        for (name, value) in &self.headers {
            head.header(name, value, false).map_err(refuse)?;
        }
        head.cookies.extend(self.cookies.iter().map(|(_, pair)| pair.clone()));
        let own = self.settings.checked(schemes, operation, &mut redactor).map_err(refuse)?;
        if let Some((_, cookies)) = own.iter().find(|(name, _)| *name == COOKIE) {
            head.headers.insert(COOKIE, cookies.clone());
        }
        head.credentials(shared, operation, schemes, generated).map_err(refuse)?;
        for (_, value) in generated.iter() {
            redactor.add(value);
        }
        if let Some(accept) = self.accepted() {
            head.headers.insert(ACCEPT, accept);
        }

        let url = self.address(&head.query).map_err(refuse)?;
        let method = Method::from_bytes(operation.method.as_bytes());
        let method = method.map_err(|_| refuse("its method is not one that HTTP allows".to_owned()))?;
        let mut request = Request::new(method, url);
        if let Route::Address(address) = &shared.route
            && address.port != shared.base.port()
        {
            // The URL's port is the one to connect to; the `Host` header keeps the server's.
            head.header(HOST.as_str(), shared.base.authority(), false).map_err(refuse)?;
            if request.url_mut().set_port(Some(address.port)).is_err() {
                return Err(refuse("its URL cannot have a port".to_owned()));
            }
        }
        if !head.cookies.is_empty() {
            // The cookies of a header that the caller has set are kept.
            let others = head.headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok());
            head.cookies.splice(0..0, others.map(str::to_owned));
            head.header(COOKIE.as_str(), &head.cookies.join("; "), true).map_err(refuse)?;
        }
        self.put_body(&mut request, &mut head.headers).map_err(refuse)?;
        for (name, value) in own {
            if name != COOKIE {
                head.headers.insert(name, value);
            }
        }
        *request.headers_mut() = head.headers;
        Ok((request, redactor))
    }

    /// The value of the `Accept` header, if there is one.
    fn accepted(&self) -> Option<HeaderValue> {
        let documented = Some(self.operation.accept).filter(|accept| !accept.is_empty());
        self.accept.clone().or_else(|| documented.map(HeaderValue::from_static))
    }

    /// The URL. No value can leave its position in it.
    fn address(&self, credentials: &[(Name, String)]) -> Result<Url, String> {
        let base = &self.client.shared().base;
        let path = self.own_path.as_deref().unwrap_or(self.operation.path);
        let (template, fixed) = match path.split_once('?') {
            Some((template, fixed)) => (template, Some(fixed)),
            None => (path, None),
        };
        let mut text = String::with_capacity(base.path().len() + template.len() + 128);
        text.push_str(base.path());
        expand(template, &self.path, &mut text)?;
        let end = text.len();
        if let Some(fixed) = fixed.filter(|fixed| !fixed.is_empty()) {
            text.push('?');
            fill_query(fixed, &self.path, &mut text)?;
        }
        for pair in self.query.texts(credentials) {
            text.push(if text.len() == end { '?' } else { '&' });
            text.push_str(pair);
        }
        // Joined to a base, two slashes would start another host.
        let url = if text.starts_with("//") {
            Url::parse(&format!("{}{text}", base.origin()))
        } else {
            base.url().join(&text)
        };
        // A URL parser may normalize a path. The result must be the path that was meant.
        let (path, query) = text.split_at_checked(end).unwrap_or_default();
        match url {
            Ok(url) if url.path() == path && url.query() == query.strip_prefix('?') => Ok(url),
            _ => Err("its path and query do not form a URL".to_owned()),
        }
    }

    fn put_body(&self, request: &mut Request, headers: &mut HeaderMap) -> Result<(), String> {
        // only: multipart {
        if let Some(multipart) = self.multipart.as_ref().filter(|parts| !parts.is_absent()) {
            let (body, content_type) = multipart.clone().encode(self.client.shared().random)?;
            headers.insert(CONTENT_TYPE, content_type);
            *request.body_mut() = Some(body);
            return Ok(());
        }
        // }
        if let Some(body) = &self.body {
            let content_type = HeaderValue::from_str(&body.content_type);
            headers.insert(CONTENT_TYPE, content_type.map_err(|_| "the media type of its body is not valid")?);
            let body = body.payload.clone().into_body();
            *request.body_mut() = Some(body.ok_or_else(|| "the stream of its body was sent before".to_owned())?);
        } else if [Method::POST, Method::PUT, Method::PATCH].contains(request.method()) {
            // Some servers respond with 411 to a request without `Content-Length`.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(())
    }
}

/// The parts of a request that both parameters and credentials add to: query, headers, cookies.
struct RequestHead {
    /// The query pairs of credentials, by name.
    query: Vec<(Name, String)>,
    headers: HeaderMap,
    cookies: Vec<String>,
}

impl RequestHead {
    fn header(&mut self, name: &str, value: &str, secret: bool) -> Result<(), String> {
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(format!("`{name}` is not a name that a header can have"));
        };
        let Ok(mut content) = HeaderValue::from_bytes(value.as_bytes()) else {
            return Err(format!("the value for the header `{name}` contains a character that a header cannot carry"));
        };
        content.set_sensitive(secret);
        self.headers.insert(header, content);
        Ok(())
    }

    fn carry(&mut self, carrier: Carrier, given: Option<&str>, value: &str) -> Result<(), String> {
        match carrier {
            // One that the caller gave a name is encoded already.
            Carrier::Header(name) => return self.header(name, value, true),
            Carrier::Query(name) => {
                let name = given.map_or(Cow::Borrowed(name), |given| Cow::Owned(given.to_owned()));
                let pair = pair(&name, value);
                self.query.push((name, pair));
            }
            Carrier::Cookie(name) => self.cookies.push(format!("{}={value}", given.unwrap_or(name))),
            Carrier::Certificate => {}
        }
        Ok(())
    }

    fn credentials(
        &mut self,
        shared: &Shared,
        operation: &'static Operation,
        schemes: &[&'static Scheme],
        generated: &mut GeneratedValues,
    ) -> Result<(), String> {
        let own = schemes.iter().map(|scheme| (scheme.carrier, *scheme));
        for (carrier, scheme) in own.chain(operation.credential_parameters.iter().copied()) {
            if let Some(recipe) = scheme.generated {
                // One value for a call, wherever it is sent.
                if !generated.iter().any(|(name, _)| *name == scheme.name) {
                    let value = recipe
                        .value(shared.random)
                        .ok_or_else(|| format!("the system provides no randomness for a value of `{}`", scheme.name))?;
                    generated.push((scheme.name, value));
                }
                if let Some((_, value)) = generated.iter().find(|(name, _)| *name == scheme.name) {
                    self.carry(carrier, None, value)?;
                }
            } else if let Some(held) = shared.held(scheme) {
                // A parameter that repeats the value has a name of its own.
                let is_own = carrier == scheme.carrier;
                match &held.header {
                    Some((name, value)) if is_own => drop(self.headers.insert(name.clone(), value.clone())),
                    _ => self.carry(carrier, held.name.as_deref().filter(|_| is_own), &held.value)?,
                }
            }
        }
        Ok(())
    }
}

/// The schemes to use: the first alternative for which the client has all credentials.
fn alternative(shared: &Shared, operation: &'static Operation) -> Result<&'static [&'static Scheme], String> {
    let Some(first) = operation.security.first() else {
        return Ok(&[]);
    };
    let held = operation.security.iter().find(|alternative| alternative.iter().all(|scheme| shared.holds(scheme)));
    if let Some(held) = held {
        return Ok(held);
    }
    let ways: Vec<String> = operation
        .security
        .iter()
        .map(|alternative| {
            let missing: Vec<String> = alternative
                .iter()
                .filter(|scheme| !shared.holds(scheme))
                .map(|scheme| match scheme.set_by {
                    "" => format!("the scheme `{}`, which this client cannot hold", scheme.name),
                    set_by => format!("`{set_by}`"),
                })
                .collect();
            missing.join(" and ")
        })
        .collect();
    let ways = ways.join(", or ");
    let more = if first.iter().any(|scheme| shared.holds(scheme) && scheme.generated.is_none()) {
        "more credentials"
    } else {
        "credentials"
    };
    Err(format!("it needs {more}: use {ways}"))
}
