//! An operation of the server: its responses, and the requests that arrived.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;

use super::recorded::{Received, Recorded};
use super::server::{Condition, Described, Expectation, Mock, Reply, Times};

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
    marker: PhantomData<fn(Q, T, E)>,
}

impl<'m, Q: Received, T: Serialize, E: Serialize> Endpoint<'m, Q, T, E> {
    pub(crate) fn new(mock: &'m Mock, described: &'static Described) -> Self {
        Self { mock, described, condition: None, times: Times::Some, delay: Duration::ZERO, marker: PhantomData }
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

    /// Responds with this success.
    pub fn responds(self, body: impl Into<T>) {
        self.responds_in_turn([body]);
    }

    /// Responds with each of these successes in turn, and then with the last one again.
    pub fn responds_in_turn<B: Into<T>>(self, bodies: impl IntoIterator<Item = B>) {
        let status = self.described.success;
        let is_text = self.described.is_text;
        let replies = bodies.into_iter().map(|body| Reply::of(status, &body.into(), is_text)).collect();
        self.expect(replies);
    }

    /// Responds with this status code and documented error.
    pub fn responds_error(self, status: u16, body: impl Into<E>) {
        let reply = Reply::of(status, &body.into(), false);
        self.expect(vec![reply]);
    }

    /// Responds with this status code and text, whatever the document says.
    pub fn responds_text(self, status: u16, text: impl Into<String>) {
        self.expect(vec![Reply::text(status, text.into())]);
    }

    /// Responds with this status code this many times, and then with this success: for code that retries.
    pub fn recovers(self, status: u16, failures: usize, body: impl Into<T>) {
        let mut replies = vec![Reply::text(status, String::new()); failures];
        replies.push(Reply::of(self.described.success, &body.into(), self.described.is_text));
        self.expect(replies);
    }

    /// Closes the connection without a response.
    pub fn breaks(self) {
        self.expect(vec![Reply::Break]);
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

    fn expect(self, replies: Vec<Reply>) {
        let Self { mock, described, condition, times, delay, .. } = self;
        let read = |recorded: &Recorded| Q::read(recorded).map(drop);
        mock.expect(Expectation { described, read, condition, times, delay, replies, met: 0 });
    }
}

impl<Q, T, E> fmt::Debug for Endpoint<'_, Q, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.described.operation).finish()
    }
}
