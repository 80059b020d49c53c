//! The server: records each request, checks it, and gives the response that was set.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use wiremock::matchers::any;
use wiremock::{Match, MockServer, Request, Respond, ResponseTemplate};

use super::check::problems;
use super::described::Described;
use super::expectation::Expectation;
use super::operations;
use super::recorded::Recorded;
use super::reply::{Prepared, PreparedResponse};
use super::route::understand;
use crate::runtime::{Client, ClientBuilder, Server};

#[derive(Default)]
struct State {
    expectations: Vec<Expectation>,
    recorded: Vec<(Option<&'static Described>, Recorded)>,
    problems: Vec<String>,
}

impl State {
    /// The value of a request that is not of its type, where the test expects requests of the operation.
    fn unreadable(&self, described: &Described, recorded: &Recorded) -> Option<String> {
        let expected = self.expectations.iter().find(|expectation| expectation.is_of(described))?;
        (expected.read)(recorded).err()
    }

    /// Whether the test expects further requests of an operation.
    fn expects(&self, described: &Described) -> bool {
        self.expectations.iter().any(|expectation| expectation.is_of(described) && !expectation.is_used_up())
    }

    /// Says why no expectation takes a request.
    fn unexpected(&self, described: &Described, recorded: &Recorded) -> String {
        let mut expected = self.expectations.iter().filter(|held| held.is_of(described)).peekable();
        let why = if expected.peek().is_none() {
            "no such request is expected"
        } else if expected.all(Expectation::is_used_up) {
            "no further request is expected"
        } else {
            "the request is none of those that the conditions of the test describe"
        };
        let media_type = recorded.media_type().map(|name| format!(" (its body is {name})")).unwrap_or_default();
        format!("{}: {why}{media_type}", described.method)
    }
}

/// Gives the responses that a test sets, and checks its requests.
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
            let _ = write!(out, "\n  {mark}: {}", expectation.description());
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
        let of_operation =
            state.recorded.iter().filter(|(held, _)| held.is_some_and(|held| std::ptr::eq(held, described)));
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
        let (described, recorded) = understand(request, &|described| state.expects(described));
        let fits = |described: &&'static Described| {
            problems(described, &recorded).is_empty() && state.unreadable(described, &recorded).is_none()
        };
        let Some(described) = described.filter(fits) else { return false };
        let found = state.expectations.iter_mut().find(|expectation| expectation.fits(described, &recorded));
        match found {
            Some(expectation) if matches!(expectation.next(), Some(Prepared::Break)) => expectation.met += 1,
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
        let (described, recorded) = understand(request, &|described| state.expects(described));
        state.recorded.push((described, recorded.clone()));
        let Some(described) = described else {
            return refused(&mut state, 404, format!("{} {} is no operation", recorded.method, recorded.path));
        };
        let mut found = problems(described, &recorded);
        found.extend(state.unreadable(described, &recorded));
        if !found.is_empty() {
            let problem = format!("{}: the request does not fit the document: {}", described.method, found.join("; "));
            return refused(&mut state, 400, problem);
        }
        let met = state.expectations.iter_mut().find(|expectation| expectation.fits(described, &recorded));
        let Some((reply, delay)) = met.and_then(|expectation| {
            let reply = expectation.next().cloned();
            expectation.met += 1;
            Some((reply?, expectation.delay))
        }) else {
            let problem = state.unexpected(described, &recorded);
            return refused(&mut state, 501, problem);
        };
        match reply {
            Prepared::Response(PreparedResponse { status, headers, body, media_type }) => {
                let response = ResponseTemplate::new(status).set_body_raw(body, &media_type).set_delay(delay);
                headers.into_iter().fold(response, |response, (name, value)| response.append_header(name, value))
            }
            Prepared::Break => ResponseTemplate::new(502),
        }
    }
}

fn refused(state: &mut State, status: u16, problem: String) -> ResponseTemplate {
    let response = ResponseTemplate::new(status).set_body_string(format!("mock: {problem}"));
    state.problems.push(problem);
    response
}
