//! An operation of the server: its responses, and the requests that arrived.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use serde::Serialize;

use super::described::Described;
use super::expectation::{Condition, Expectation, Times};
use super::recorded::{Received, Recorded};
use super::reply::{Prepared, Success};
use super::server::Mock;

/// An operation of a [`Mock`]: sets its response, and the requests that get it.
///
/// Without a condition, every request gets it. If several expectations fit a request, the first one that is not used up
/// responds.
#[must_use = "nothing is expected before it is said what is responded"]
pub struct Endpoint<'m, Q, T, E> {
    mock: &'m Mock,
    described: &'static Described,
    condition: Option<Condition>,
    times: Times,
    delay: Duration,
    status: Option<u16>,
    headers: Vec<(HeaderName, HeaderValue)>,
    marker: PhantomData<fn(Q, T, E)>,
}

impl<'m, Q: Received, T: Success, E: Serialize> Endpoint<'m, Q, T, E> {
    pub(crate) fn new(mock: &'m Mock, described: &'static Described) -> Self {
        let (condition, times, delay) = (None, Times::Some, Duration::ZERO);
        Self { mock, described, condition, times, delay, status: None, headers: Vec::new(), marker: PhantomData }
    }

    /// Responds only to requests for which this is true.
    pub fn when(mut self, condition: impl Fn(&Q) -> bool + Send + 'static) -> Self {
        self.condition = Some(Box::new(move |recorded| Q::read(recorded).is_ok_and(|request| condition(&request))));
        self
    }

    /// Expects exactly this number of requests. The default is one or more.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Times::Exactly(times);
        self
    }

    /// Allows that no request arrives.
    pub fn at_will(mut self) -> Self {
        self.times = Times::Any;
        self
    }

    /// Responds only after this time.
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets the status code of a success. The default is the first one that the document describes; where successes are an
    /// enum, each variant has its own.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header to the responses. A `Content-Type` replaces the one of the document.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid in a header.
    #[allow(clippy::panic, reason = "it is for tests")]
    pub fn header(mut self, name: &str, value: impl fmt::Display) -> Self {
        match (name.parse::<HeaderName>(), value.to_string().parse::<HeaderValue>()) {
            (Ok(name), Ok(value)) => self.headers.push((name, value)),
            _ => panic!("`{name}: {value}` is not a valid header"),
        }
        self
    }

    /// Responds with this success.
    pub fn responds(self, body: impl Into<T>) {
        self.responds_in_turn([body]);
    }

    /// Responds with each of these successes in turn, and then with the last one again.
    pub fn responds_in_turn<B: Into<T>>(self, bodies: impl IntoIterator<Item = B>) {
        let replies = bodies.into_iter().map(|body| self.success(body.into())).collect();
        self.expect(replies);
    }

    /// Responds with this status code and documented error.
    pub fn responds_error(self, status: u16, body: impl Into<E>) {
        let reply = Prepared::json(status, &body.into());
        self.expect(vec![reply]);
    }

    /// Responds with this status code and text, whatever the document says.
    pub fn responds_text(self, status: u16, text: impl Into<String>) {
        self.expect(vec![Prepared::text(status, text.into())]);
    }

    /// Responds with this status code this many times, and then with this success: for code that retries.
    pub fn recovers(self, status: u16, failures: usize, body: impl Into<T>) {
        let mut replies = vec![Prepared::text(status, String::new()); failures];
        replies.push(self.success(body.into()));
        self.expect(replies);
    }

    /// Closes the connection without a response.
    pub fn breaks(self) {
        self.expect(vec![Prepared::Break]);
    }

    /// The requests of this operation that arrived, in order.
    ///
    /// # Panics
    ///
    /// If a request cannot be read, which fails the test anyway.
    #[allow(clippy::panic, reason = "it is for tests")]
    #[must_use]
    pub fn requests(&self) -> Vec<Q> {
        let read = |recorded: &Recorded| match Q::read(recorded) {
            Ok(request) => request,
            Err(problem) => panic!("{recorded}: {problem}"),
        };
        self.mock.recorded(self.described).iter().map(read).collect()
    }

    fn success(&self, body: T) -> Prepared {
        body.into_reply().prepared(self.described, self.status)
    }

    fn expect(self, replies: Vec<Prepared>) {
        let Self { mock, described, condition, times, delay, headers, .. } = self;
        let replies = replies.into_iter().map(|reply| reply.with_headers(&headers)).collect();
        let read = |recorded: &Recorded| Q::read(recorded).map(drop);
        mock.expect(Expectation { described, read, condition, times, delay, replies, met: 0 });
    }
}

impl<Q, T, E> fmt::Debug for Endpoint<'_, Q, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.described.operation).finish()
    }
}
