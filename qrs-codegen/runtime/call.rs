use std::borrow::Cow;
use std::fmt;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use rustls::crypto::SecureRandom;
use serde::Serialize;

use super::client::{Client, Shared};
use super::credential::{Carrier, Scheme};
use super::error::{Details, ErrorKind};
use super::header;
use super::operation::Operation;
use super::payload::{Multipart, Payload};
use super::redact::Redactor;
use super::request::Settings;
use super::route::Route;
use super::secret::noting_secrets;
use super::template::{Piece, component, is_dot_segment, pair, path_literal, pieces};

type Name = Cow<'static, str>;

/// Values that the client has made up for a call, by their schemes.
pub(super) type MadeUp = Vec<(&'static str, String)>;

/// One call of an operation, with the values given so far.
///
/// They have a place of their own, as every setter and every future on the way hands them on.
#[derive(Clone)]
#[must_use = "a call does nothing before `send`"]
pub(crate) struct Call(pub(super) Box<Draft>);

#[derive(Clone)]
pub(super) struct Draft {
    pub(super) client: Client,
    pub(super) operation: &'static Operation,
    /// Percent-encoded.
    path: Vec<(&'static str, String)>,
    query: Query,
    headers: Vec<(&'static str, String)>,
    /// By the parameter: `name=value`.
    cookies: Vec<(&'static str, String)>,
    body: Option<Body>,
    /// A body that is made of parts, in the place of one that is whole.
    multipart: Option<Multipart>,
    /// What is accepted, where it is not what the operation says.
    accept: Option<HeaderValue>,
    pub(super) secrets: Vec<String>,
    pub(super) problem: Option<String>,
    pub(super) settings: Settings,
}

#[derive(Clone)]
struct Body {
    payload: Payload,
    content_type: &'static str,
}

impl Call {
    /// A call without any values yet.
    pub(crate) fn new(client: &Client, operation: &'static Operation) -> Self {
        Self(Box::new(Draft {
            client: client.clone(),
            operation,
            path: Vec::new(),
            query: Query::default(),
            headers: Vec::new(),
            cookies: Vec::new(),
            body: None,
            multipart: None,
            accept: None,
            secrets: Vec::new(),
            problem: None,
            settings: Settings::default(),
        }))
    }

    /// Sets a parameter of the path.
    #[expect(clippy::needless_pass_by_value, reason = "generated code makes the text for this call alone")]
    pub(crate) fn path(self, name: &'static str, value: String) -> Self {
        self.path_encoded(name, component(&value))
    }

    /// Sets a parameter of the query, in the place of an earlier value of that name.
    #[expect(clippy::needless_pass_by_value, reason = "generated code makes the text for this call alone")]
    pub(crate) fn query(mut self, name: &'static str, value: String) -> Self {
        let name = Cow::Borrowed(name);
        let pair = pair(&name, &value);
        self.0.query.set_one(name, pair);
        self
    }

    /// Sets a header.
    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        set(&mut self.0.headers, name, value);
        self
    }

    /// Asks for a media type in the place of the operation's.
    pub(super) fn accept(&mut self, media_type: &str) {
        match HeaderValue::from_str(media_type) {
            Ok(accept) if !accept.is_empty() => self.0.accept = Some(accept),
            _ => self.0.problem = Some("what it is to accept is no media type".to_owned()),
        }
    }

    /// Sets a cookie. Its value is percent-encoded.
    #[expect(clippy::needless_pass_by_value, reason = "generated code makes the text for this call alone")]
    pub(crate) fn cookie(self, name: &'static str, value: String) -> Self {
        let pair = format!("{name}={}", component(&value));
        self.cookie_pairs(name, vec![pair])
    }

    /// Sets a parameter of the path to what is encoded already.
    pub(super) fn path_encoded(mut self, name: &'static str, value: String) -> Self {
        set(&mut self.0.path, name, value);
        self
    }

    /// Sets a parameter of the query to these names and their pairs.
    pub(super) fn query_pairs(mut self, owner: &'static str, pairs: Vec<(Name, String)>) -> Self {
        self.0.query.set(&Cow::Borrowed(owner), pairs);
        self
    }

    /// Takes a header back.
    pub(super) fn unset_header(&mut self, name: &'static str) {
        self.0.headers.retain(|(held, _)| *held != name);
    }

    /// Sets a parameter of the cookies to these pairs.
    pub(super) fn cookie_pairs(mut self, owner: &'static str, pairs: Vec<String>) -> Self {
        self.0.cookies.retain(|(held, _)| *held != owner);
        self.0.cookies.extend(pairs.into_iter().map(|pair| (owner, pair)));
        self
    }

    /// Keeps a value that is sent out of the text of an error that echoes it. A [`Secret`](super::Secret) in a
    /// JSON body is kept out anyway.
    pub(crate) fn hide(mut self, value: &str) -> Self {
        self.0.secrets.push(value.to_owned());
        self
    }

    /// Keeps values that are sent out of such texts: see [`Call::hide`].
    pub(crate) fn hide_all(mut self, values: &[String]) -> Self {
        self.0.secrets.extend_from_slice(values);
        self
    }

    /// Sets the body: `body` as JSON.
    pub(crate) fn json<T: Serialize>(self, body: T, content_type: &'static str) -> Self {
        let (encoded, secrets) = noting_secrets(move || serde_json::to_vec(&body));
        self.encoded(encoded, secrets, content_type)
    }

    /// Sets the body: text.
    pub(crate) fn text(self, body: String, content_type: &'static str) -> Self {
        self.bytes(body.into(), content_type)
    }

    /// Sets the body: bytes as they are.
    pub(crate) fn bytes(mut self, payload: Payload, content_type: &'static str) -> Self {
        self.0.body = Some(Body { payload, content_type });
        self
    }

    /// Sets the body: parts that the caller has put together.
    pub(crate) fn multipart_body(mut self, parts: Multipart) -> Self {
        self.0.multipart = Some(parts);
        self
    }

    /// The parts of the body.
    pub(super) fn parts_mut(&mut self) -> &mut Multipart {
        self.0.multipart.get_or_insert_default()
    }

    /// What is set for this call alone.
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
        // serde's own message may quote a value.
        self.0.problem = Some("the body cannot be written as JSON".to_owned());
        self
    }
}

impl Draft {
    /// Whether what is sent can be made more than once.
    pub(super) fn is_repeatable(&self) -> bool {
        let streams = self.body.as_ref().is_some_and(|body| body.payload.is_stream());
        !streams && !self.multipart.as_ref().is_some_and(Multipart::has_stream)
    }

    /// What is sent, and what must not be shown of the answer to it. It is the same each time, with the same `made`.
    pub(super) fn request(&self, made: &mut MadeUp) -> Result<(Request, Redactor), Box<Details>> {
        let shared = self.client.shared();
        let operation = self.operation;
        let refuse = |problem: String| Details::unanswered(operation, ErrorKind::Request, problem);
        if let Some(problem) = &self.problem {
            return Err(refuse(problem.clone()));
        }
        let schemes = alternative(shared, operation)
            .map_err(|problem| Details::unanswered(operation, ErrorKind::Credentials, problem))?;

        let mut redactor = shared.redactor.clone();
        for secret in &self.secrets {
            redactor.add(secret);
        }
        let mut parts = Parts { query: Vec::new(), headers: shared.headers.clone(), cookies: Vec::new() };
        for (name, value) in &self.headers {
            parts.header(name, value, false).map_err(refuse)?;
        }
        parts.cookies.extend(self.cookies.iter().map(|(_, pair)| pair.clone()));
        let own = self.settings.checked(schemes, operation, &mut redactor).map_err(refuse)?;
        if let Some(cookies) = own.get(COOKIE) {
            parts.headers.insert(COOKIE, cookies.clone());
        }
        parts.credentials(shared, operation, schemes, made).map_err(refuse)?;
        for (_, value) in made.iter() {
            redactor.add(value);
        }
        let accept = match operation.accept {
            "" => None,
            accept => Some(HeaderValue::from_static(accept)),
        };
        if let Some(accept) = self.accept.clone().or(accept) {
            parts.headers.insert(ACCEPT, accept);
        }

        let url = self.address(&parts.query).map_err(refuse)?;
        let mut request = Request::new(operation.method.clone(), url);
        if let Route::Address(address) = &shared.route
            && address.port != shared.base.port()
        {
            // The URL's port is where to connect; the server goes on hearing its own.
            parts.header(HOST.as_str(), shared.base.authority(), false).map_err(refuse)?;
            if request.url_mut().set_port(Some(address.port)).is_err() {
                return Err(refuse("its URL cannot have a port".to_owned()));
            }
        }
        if !parts.cookies.is_empty() {
            // Those of a header that a caller has set come beside them.
            let others = parts.headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok());
            parts.cookies.splice(0..0, others.map(str::to_owned));
            parts.header(COOKIE.as_str(), &parts.cookies.join("; "), true).map_err(refuse)?;
        }
        self.put_body(&mut request, &mut parts.headers, shared.random).map_err(refuse)?;
        for (name, value) in own.into_iter().filter_map(|(name, value)| Some((name?, value))) {
            if name != COOKIE {
                parts.headers.insert(name, value);
            }
        }
        *request.headers_mut() = parts.headers;
        Ok((request, redactor))
    }

    /// The URL. No value can leave its place in it.
    fn address(&self, credentials: &[(Name, String)]) -> Result<Url, String> {
        let base = &self.client.shared().base;
        let (template, fixed) = match self.operation.path.split_once('?') {
            Some((template, fixed)) => (template, Some(fixed)),
            None => (self.operation.path, None),
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
        // To a base, two slashes are the beginning of another host.
        let url = if text.starts_with("//") {
            Url::parse(&format!("{}{text}", base.origin()))
        } else {
            base.url().join(&text)
        };
        // A URL parser may tidy a path up. What it made of this one has to be what was meant.
        let (path, query) = text.split_at_checked(end).unwrap_or_default();
        match url {
            Ok(url) if url.path() == path && url.query() == query.strip_prefix('?') => Ok(url),
            _ => Err("its path and query do not make a URL".to_owned()),
        }
    }

    fn put_body(
        &self,
        request: &mut Request,
        headers: &mut HeaderMap,
        random: &dyn SecureRandom,
    ) -> Result<(), String> {
        if let Some(multipart) = &self.multipart {
            let (body, content_type) = multipart.clone().encode(random)?;
            headers.insert(CONTENT_TYPE, content_type);
            *request.body_mut() = Some(body);
        } else if let Some(body) = &self.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
            let body = body.payload.clone().into_body();
            *request.body_mut() = Some(body.ok_or_else(|| "the stream of its body was sent before".to_owned())?);
        } else if [Method::POST, Method::PUT, Method::PATCH].contains(request.method()) {
            // Some servers answer 411 if they are not told that there is no body.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(())
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn names<N: AsRef<str>>(values: &[(N, String)]) -> Vec<&str> {
            values.iter().map(|(name, _)| name.as_ref()).collect()
        }
        f.debug_struct("Call")
            .field("operation", &self.0.operation)
            .field("server", &self.0.client.shared().base.as_str())
            .field("path", &names(&self.0.path))
            .field("query", &self.0.query.names())
            .field("headers", &names(&self.0.headers))
            .field("cookies", &names(&self.0.cookies))
            .field("body", &self.0.body.as_ref().map(|body| body.content_type))
            .finish_non_exhaustive()
    }
}

/// The pairs of the query, each with the parameter that it belongs to, its name, and its text.
#[derive(Clone, Default)]
struct Query(Vec<(Name, Name, String)>);

impl Query {
    /// Puts pairs in the place of those that the parameter has, or that have its name.
    fn set(&mut self, owner: &Name, pairs: Vec<(Name, String)>) {
        let begin = self.make_room(owner);
        for (at, (name, text)) in (begin..).zip(pairs) {
            self.0.insert(at, (owner.clone(), name, text));
        }
    }

    /// The same for a parameter that is one pair, of its own name.
    fn set_one(&mut self, name: Name, text: String) {
        let at = self.make_room(&name);
        self.0.insert(at, (name.clone(), name, text));
    }

    /// Takes out what a parameter has, or what has its name, and tells where it began.
    fn make_room(&mut self, owner: &str) -> usize {
        let is_of = |held: &str, name: &str| held == owner || name == owner;
        let Some(first) = self.0.iter().position(|(held, name, _)| is_of(held, name)) else { return self.0.len() };
        self.0.retain(|(held, name, _)| !is_of(held, name));
        first
    }

    /// The texts of the pairs, those of credentials in the place of parameters that have their names.
    fn texts<'a>(&'a self, credentials: &'a [(Name, String)]) -> impl Iterator<Item = &'a str> {
        let given = |owner: &Name, name: &Name| credentials.iter().any(|(given, _)| given == owner || given == name);
        let own = self.0.iter().filter(move |(owner, name, _)| !given(owner, name)).map(|(_, _, text)| text.as_str());
        own.chain(credentials.iter().map(|(_, text)| text.as_str()))
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(_, name, _)| name.as_ref()).collect()
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

/// The parts of a request that both parameters and credentials add to.
struct Parts {
    /// What credentials add to it: names, and their pairs.
    query: Vec<(Name, String)>,
    headers: HeaderMap,
    cookies: Vec<String>,
}

impl Parts {
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
            Carrier::Header(name) => return self.header(given.unwrap_or(name), value, true),
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
        made: &mut MadeUp,
    ) -> Result<(), String> {
        let own = schemes.iter().map(|scheme| (scheme.carrier, *scheme));
        for (carrier, scheme) in own.chain(operation.carried.iter().copied()) {
            if let Some(recipe) = scheme.made {
                // One value a call, wherever it goes.
                if !made.iter().any(|(name, _)| *name == scheme.name) {
                    let value = recipe
                        .value(shared.random)
                        .ok_or_else(|| format!("there is no randomness for a value of `{}`", scheme.name))?;
                    made.push((scheme.name, value));
                }
                if let Some((_, value)) = made.iter().find(|(name, _)| *name == scheme.name) {
                    self.carry(carrier, None, value)?;
                }
            } else if let Some(held) = shared.held(scheme) {
                // A parameter that repeats the value has its own name.
                let name = if carrier == scheme.carrier { held.name.as_deref() } else { None };
                self.carry(carrier, name, &held.value)?;
            }
        }
        Ok(())
    }
}

/// The schemes to use: the first alternative that the client holds in full.
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
    let more = if first.iter().any(|scheme| shared.holds(scheme) && scheme.made.is_none()) {
        "more credentials"
    } else {
        "credentials"
    };
    Err(format!("it needs {more}: use {ways}"))
}

/// Adds a path that a template makes of values to the one of the server.
fn expand(template: &str, values: &[(&'static str, String)], path: &mut String) -> Result<(), String> {
    let begin = path.len();
    // Which parameters the segment at hand was made of, to name them if it turns out wrong.
    let mut in_segment: Vec<&str> = Vec::new();
    for piece in pieces(template) {
        match piece {
            Piece::Literal(literal) => {
                let (end, rest) =
                    literal.split_at_checked(literal.find('/').unwrap_or(literal.len())).unwrap_or_default();
                path.push_str(&path_literal(end));
                if !rest.is_empty() {
                    check_segment(path.get(begin..), &in_segment)?;
                    in_segment.clear();
                    path.push_str(&path_literal(rest));
                }
            }
            Piece::Name(name) => match values.iter().find(|(held, _)| *held == name) {
                None => return Err(format!("the path parameter `{name}` has no value")),
                Some((_, value)) if value.is_empty() => {
                    return Err(format!("the path parameter `{name}` is empty"));
                }
                Some((_, value)) => {
                    in_segment.push(name);
                    path.push_str(value);
                }
            },
        }
    }
    let own = path.get(begin..);
    check_segment(own, &in_segment)?;
    if own.is_some_and(|own| !own.is_empty() && !own.starts_with('/')) {
        path.insert(begin, '/');
    }
    Ok(())
}

/// Adds a query that a path template brings with it.
fn fill_query(template: &str, values: &[(&'static str, String)], query: &mut String) -> Result<(), String> {
    for piece in pieces(template) {
        match piece {
            Piece::Literal(literal) => query.push_str(&path_literal(literal).replace('\'', "%27")),
            Piece::Name(name) => match values.iter().find(|(held, _)| *held == name) {
                Some((_, value)) => query.push_str(value),
                None => return Err(format!("the path parameter `{name}` has no value")),
            },
        }
    }
    Ok(())
}

/// Refuses a segment that would lead to another place of the path than its own.
fn check_segment(path: Option<&str>, parameters: &[&str]) -> Result<(), String> {
    let Some(name) = parameters.first() else { return Ok(()) };
    let segment = path.unwrap_or_default().rsplit('/').next().unwrap_or_default();
    if is_dot_segment(segment) {
        return Err(format!("the path parameter `{name}` cannot be `.` or `..`: it would name another resource"));
    }
    Ok(())
}
