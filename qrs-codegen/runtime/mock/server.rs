//! The server: finds the operation of a request, checks it, and gives the response that was set.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use wiremock::matchers::any;
use wiremock::{Match, MockServer, Request, Respond, ResponseTemplate};

use super::operations;
use super::recorded::{Place, Recorded};
use crate::runtime::{Carrier, Client, ClientBuilder, Operation, Scheme, Server};

/// An operation, as the server checks it.
pub(crate) struct Described {
    pub(crate) operation: &'static Operation,
    /// The status code of a success.
    pub(crate) success: u16,
    /// Whether a success is text, not JSON.
    pub(crate) is_text: bool,
    /// The parameters that must be there.
    pub(crate) required: &'static [(Place, &'static str)],
    /// The query parameters, if their names are known.
    pub(crate) queries: Option<&'static [&'static str]>,
    /// Whether a request may have a body.
    pub(crate) has_body: bool,
}

/// How often a request is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    Any,
    Some,
    Exactly(usize),
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Response { status: u16, body: Vec<u8>, media_type: &'static str },
    Break,
}

impl Reply {
    pub(crate) fn of<T: Serialize>(status: u16, body: &T, is_text: bool) -> Self {
        let value = serde_json::to_value(body).unwrap_or_default();
        let (body, media_type) = match value {
            serde_json::Value::String(text) if is_text => (text.into_bytes(), "text/plain; charset=utf-8"),
            // `()`, of which there is nothing to send.
            serde_json::Value::Null if status == 204 || size_of::<T>() == 0 => (Vec::new(), ""),
            value => (value.to_string().into_bytes(), "application/json"),
        };
        Self::Response { status, body, media_type }
    }

    pub(crate) fn text(status: u16, text: String) -> Self {
        Self::Response { status, body: text.into_bytes(), media_type: "text/plain; charset=utf-8" }
    }
}

/// Says whether a request is meant.
pub(crate) type Condition = Box<dyn Fn(&Recorded) -> bool + Send>;

/// A response that is prepared for some requests.
pub(crate) struct Expectation {
    pub(crate) described: &'static Described,
    /// Reads the values of a request, or says which one is not of its type.
    pub(crate) read: fn(&Recorded) -> Result<(), String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) times: Times,
    pub(crate) delay: Duration,
    pub(crate) replies: Vec<Reply>,
    pub(crate) met: usize,
}

impl Expectation {
    fn is_used_up(&self) -> bool {
        matches!(self.times, Times::Exactly(times) if self.met >= times)
    }

    fn fits(&self, described: &Described, recorded: &Recorded) -> bool {
        !self.is_used_up()
            && std::ptr::eq(self.described, described)
            && self.condition.as_ref().is_none_or(|condition| condition(recorded))
    }

    fn next(&self) -> Option<&Reply> {
        self.replies.get(self.met).or_else(|| self.replies.last())
    }

    fn is_met(&self) -> bool {
        match self.times {
            Times::Any => true,
            Times::Some => self.met > 0,
            Times::Exactly(times) => self.met == times,
        }
    }

    fn told(&self) -> String {
        let Operation { id, method, path, .. } = self.described.operation;
        let condition = if self.condition.is_some() { ", for some requests" } else { "" };
        let times = match self.times {
            Times::Any => "at will".to_owned(),
            Times::Some => "at least once".to_owned(),
            Times::Exactly(times) => counted(times),
        };
        format!("{id} ({method} {path}), {times}{condition}: came {}", counted(self.met))
    }
}

fn counted(times: usize) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

#[derive(Default)]
struct State {
    expectations: Vec<Expectation>,
    recorded: Vec<(Option<&'static Described>, Recorded)>,
    problems: Vec<String>,
}

impl State {
    /// The value of a request that is not of its type, where the test expects requests of the operation.
    fn unreadable(&self, described: &Described, recorded: &Recorded) -> Option<String> {
        let expected = self.expectations.iter().find(|expectation| std::ptr::eq(expectation.described, described))?;
        (expected.read)(recorded).err()
    }

    /// Says why no expectation takes a request.
    fn unexpected(&self, described: &Described) -> String {
        let mut expected = self.expectations.iter().filter(|held| std::ptr::eq(held.described, described)).peekable();
        let why = if expected.peek().is_none() {
            "no such request is expected"
        } else if expected.all(Expectation::is_used_up) {
            "no further request is expected"
        } else {
            "the request is none of those that the conditions of the test describe"
        };
        format!("{}: {why}", described.operation.id)
    }
}

/// A server for tests, on this machine.
///
/// It is checked when it is dropped: see the [module](super).
pub struct Mock {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

impl Mock {
    /// Starts a server on a free port.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let server = MockServer::start().await;
        let breaks = wiremock::Mock::given(Breaks(Arc::clone(&state)));
        let broken = |_: &Request| std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        server.register(breaks.respond_with_err(broken).with_priority(1)).await;
        server.register(wiremock::Mock::given(any()).respond_with(Responds(Arc::clone(&state)))).await;
        Self { server, state }
    }

    /// The address of the server.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// The builder of a client for the server, with credentials that it accepts.
    pub fn client_builder(&self) -> ClientBuilder {
        operations::credentials(Client::builder(Server::url(self.url())))
    }

    /// A client for the server, with credentials that it accepts.
    ///
    /// # Panics
    ///
    /// If TLS cannot be set up on this machine.
    #[allow(clippy::panic, reason = "it is for tests")]
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_builder().build().unwrap_or_else(|error| panic!("the mock's client: {error}"))
    }

    /// All requests that arrived, also those of no operation.
    #[must_use]
    pub fn all_requests(&self) -> Vec<Recorded> {
        self.state().recorded.iter().map(|(_, recorded)| recorded.clone()).collect()
    }

    /// Fails the test if an expected request did not arrive, or if a request arrived that does not fit.
    ///
    /// # Panics
    ///
    /// In that case.
    #[allow(clippy::panic, reason = "it is for tests")]
    pub fn verify(&self) {
        if let Some(difference) = self.difference() {
            panic!("{difference}");
        }
    }

    fn difference(&self) -> Option<String> {
        let state = self.state();
        if state.problems.is_empty() && state.expectations.iter().all(Expectation::is_met) {
            return None;
        }
        let mut out = "the requests are not those that the test expects".to_owned();
        for problem in &state.problems {
            let _ = write!(out, "\n  problem: {problem}");
        }
        for expectation in &state.expectations {
            let mark = if expectation.is_met() { "expected" } else { "MISSING " };
            let _ = write!(out, "\n  {mark}: {}", expectation.told());
        }
        for (_, recorded) in &state.recorded {
            let _ = write!(out, "\n  came:     {recorded}");
        }
        if state.recorded.is_empty() {
            out.push_str("\n  no request came");
        }
        Some(out)
    }

    pub(crate) fn expect(&self, expectation: Expectation) {
        self.state().expectations.push(expectation);
    }

    pub(crate) fn recorded(&self, described: &'static Described) -> Vec<Recorded> {
        let state = self.state();
        let of_operation = state.recorded.iter().filter(|(held, _)| held.is_some_and(|held| std::ptr::eq(held, described)));
        of_operation.map(|(_, recorded)| recorded.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // A test that failed already has said why.
        if !thread::panicking() {
            self.verify();
        }
    }
}

impl std::fmt::Debug for Mock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Mock").field(&self.url()).finish()
    }
}

/// Meets the requests whose connection is to break.
struct Breaks(Arc<Mutex<State>>);

impl Match for Breaks {
    fn matches(&self, request: &Request) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (described, recorded) = understand(request);
        let fits = |described: &&'static Described| {
            problems(described, &recorded).is_empty() && state.unreadable(described, &recorded).is_none()
        };
        let Some(described) = described.filter(fits) else { return false };
        let found = state.expectations.iter_mut().find(|expectation| expectation.fits(described, &recorded));
        match found {
            Some(expectation) if matches!(expectation.next(), Some(Reply::Break)) => expectation.met += 1,
            _ => return false,
        }
        state.recorded.push((Some(described), recorded));
        true
    }
}

/// Responds to all others.
struct Responds(Arc<Mutex<State>>);

impl Respond for Responds {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (described, recorded) = understand(request);
        state.recorded.push((described, recorded.clone()));
        let Some(described) = described else {
            return refused(&mut state, 404, format!("{} {} is no operation", recorded.method, recorded.path));
        };
        let mut found = problems(described, &recorded);
        found.extend(state.unreadable(described, &recorded));
        if !found.is_empty() {
            let problem =
                format!("{}: the request does not fit the document: {}", described.operation.id, found.join("; "));
            return refused(&mut state, 400, problem);
        }
        let met = state.expectations.iter_mut().find(|expectation| expectation.fits(described, &recorded));
        let Some((reply, delay)) = met.and_then(|expectation| {
            let reply = expectation.next().cloned();
            expectation.met += 1;
            Some((reply?, expectation.delay))
        }) else {
            let problem = state.unexpected(described);
            return refused(&mut state, 501, problem);
        };
        match reply {
            Reply::Response { status, body, media_type } => {
                ResponseTemplate::new(status).set_body_raw(body, media_type).set_delay(delay)
            }
            Reply::Break => ResponseTemplate::new(502),
        }
    }
}

fn refused(state: &mut State, status: u16, problem: String) -> ResponseTemplate {
    let response = ResponseTemplate::new(status).set_body_string(format!("mock: {problem}"));
    state.problems.push(problem);
    response
}

/// The operation of a request, with its values.
fn understand(request: &Request) -> (Option<&'static Described>, Recorded) {
    let path = request.url.path();
    let mut values: Vec<(Place, String, String)> = Vec::new();
    values.extend(request.url.query_pairs().map(|(name, text)| (Place::Query, name.into_owned(), text.into_owned())));
    for (name, value) in &request.headers {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name.as_str() == "cookie" {
            let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
            values.extend(pairs.map(|(name, text)| (Place::Cookie, name.to_owned(), decoded(text))));
        }
        values.push((Place::Header, name.as_str().to_owned(), text));
    }
    let method = request.method.as_str();
    let mut candidates: Vec<(&'static Described, Vec<(String, String)>)> = Vec::new();
    for described in operations::ALL.iter().copied() {
        if described.operation.method == method
            && let Some(found) = parameters(described.operation.path, path)
        {
            candidates.push((described, found));
        }
    }
    // A path without parameters is meant before one with, and an operation whose required values were sent before others on
    // the same path.
    let lacks = |described: &Described| {
        let in_path = |place: &Place| matches!(place, Place::Path);
        let is_sent = |place: &Place, name: &str| {
            values.iter().any(|(at, sent, _)| at == place && (sent == name || sent.eq_ignore_ascii_case(name)))
        };
        described.required.iter().filter(|(place, name)| !in_path(place) && !is_sent(place, name)).count()
    };
    let chosen = candidates.into_iter().min_by_key(|(described, found)| (found.len(), lacks(described)));
    let described = chosen.map(|(described, found)| {
        values.extend(found.into_iter().map(|(name, text)| (Place::Path, name, text)));
        described
    });
    (described, Recorded { method: method.to_owned(), path: path.to_owned(), values, body: request.body.clone() })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The values of a path's parameters, if it is one of the template.
fn parameters(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template = template.split('?').next().unwrap_or_default();
    let mut wanted = template.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    let mut found = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(wanted), Some(given)) => segment(wanted, given, &mut found)?,
            _ => return None,
        }
    }
}

/// Reads one segment: text, with parameters in braces.
fn segment(wanted: &str, given: &str, found: &mut Vec<(String, String)>) -> Option<()> {
    let Some((before, rest)) = wanted.split_once('{') else { return (wanted == given).then_some(()) };
    let (name, after) = rest.split_once('}')?;
    let given = given.strip_prefix(before)?;
    // What stands behind a parameter ends it.
    let fixed = after.split('{').next().unwrap_or_default();
    let at = if fixed.is_empty() { given.len() } else { given.find(fixed)? };
    let (value, left) = given.split_at_checked(at)?;
    if value.is_empty() {
        return None;
    }
    found.push((name.to_owned(), decoded(value)));
    segment(after, left, found)
}

/// The differences between a request and the document.
fn problems(described: &Described, recorded: &Recorded) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, name) in described.required {
        if recorded.texts(*place, name).next().is_none() {
            problems.push(format!("the parameter `{name}` is missing"));
        }
    }
    problems.extend(unknown_queries(described, recorded));
    if !described.has_body && !recorded.body.is_empty() {
        problems.push("the document describes no body".to_owned());
    }
    let operation = described.operation;
    let holds = |schemes: &&[&Scheme]| schemes.iter().all(|scheme| carried(recorded, scheme.carrier).is_some());
    if !operation.security.is_empty() && !operation.security.iter().any(holds) {
        problems.push("the credentials are missing".to_owned());
    }
    for (carrier, scheme) in operation.credential_parameters {
        if carried(recorded, *carrier) != carried(recorded, scheme.carrier) {
            problems.push(format!("the value of `{}` is not the same in both places", scheme.name));
        }
    }
    problems
}

/// The query parameters that the document does not describe.
fn unknown_queries(described: &Described, recorded: &Recorded) -> Vec<String> {
    let Some(known) = described.queries else { return Vec::new() };
    let operation = described.operation;
    let schemes = operation.security.iter().flat_map(|schemes| schemes.iter()).map(|scheme| scheme.carrier);
    let carriers = schemes.chain(operation.credential_parameters.iter().map(|(carrier, _)| *carrier));
    let credentials: Vec<&str> = carriers.filter_map(|carrier| if let Carrier::Query(name) = carrier { Some(name) } else { None }).collect();
    // Some operations differ by the query in their path alone.
    let in_path = operation.path.split_once('?').map_or("", |(_, query)| query);
    let is_known = |name: &str| {
        // `filter[name]` is a field of the parameter `filter`.
        let whole = name.split('[').next().unwrap_or_default();
        known.iter().any(|known| *known == name || *known == whole)
            || credentials.contains(&name)
            || in_path.split('&').any(|pair| pair.split('=').next() == Some(name))
    };
    let mut problems: Vec<String> = Vec::new();
    for (_, name, _) in recorded.values.iter().filter(|(place, name, _)| *place == Place::Query && !is_known(name)) {
        let listed: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
        let listed = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
        problems.push(format!("the document describes no query parameter `{name}`, but {listed}"));
    }
    problems
}

/// The value at the place of a credential. A certificate is taken for granted: the server has no TLS.
fn carried(recorded: &Recorded, carrier: Carrier) -> Option<&str> {
    match carrier {
        Carrier::Header(name) => recorded.texts(Place::Header, name).next(),
        Carrier::Query(name) => recorded.texts(Place::Query, name).next(),
        Carrier::Cookie(name) => recorded.texts(Place::Cookie, name).next(),
        Carrier::Certificate => Some(""),
    }
}
