//! Many requests, a few of them at a time.

use std::fmt;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::request::Request;
use crate::runtime::failure::error::Error;

/// How many requests are under way at a time, unless it is said.
const CONCURRENCY: usize = 8;

/// What became of a request.
type Outcome<R> = Result<<R as Request>::Output, Error<<R as Request>::Error>>;

type Running<R> = Pin<Box<dyn Future<Output = (usize, Outcome<R>)> + Send>>;

/// Sends many requests, a few at a time, and goes on after a failure.
///
/// Either all outcomes at the end, in the order of the requests ([`SendAll::collect`]), or one after the other as they
/// come ([`SendAll::next`]). A request is taken from the iterator when its turn has come, so ten thousand of them take
/// the room of a few. Nothing is sent, and the iterator is not touched, before one of these is awaited.
///
/// Requests that fail are repeated, or not, as each of them would be alone: see [`Retry`](crate::runtime::Retry).
pub fn send_all<I>(requests: I) -> SendAll<I::IntoIter>
where
    I: IntoIterator,
    I::Item: Request,
{
    SendAll {
        requests: Some(requests.into_iter()),
        concurrency: CONCURRENCY,
        begun: 0,
        running: FuturesUnordered::new(),
    }
}

/// Requests that are being sent: see [`send_all`].
///
/// Dropping it stops the work: what is under way is given up, and whether the server has acted on it is not known.
#[must_use = "nothing is sent until `collect` or `next` is awaited"]
pub struct SendAll<I>
where
    I: Iterator,
    I::Item: Request,
{
    /// None when no more are to be begun.
    requests: Option<I>,
    concurrency: usize,
    begun: usize,
    running: FuturesUnordered<Running<I::Item>>,
}

impl<I> SendAll<I>
where
    I: Iterator,
    I::Item: Request,
{
    /// How many requests are under way at a time; none counts as one. The default is 8.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Waits for the next outcome, and tells which request it is of: they are counted from 0. `None` when all are
    /// done.
    ///
    /// Outcomes come as they are there, not in the order of the requests. Requests go on only while this is awaited,
    /// and their timeouts run on meanwhile: do not tarry between two calls. Dropping the future that this returns loses
    /// nothing; the outcome comes with the next call.
    pub async fn next(&mut self) -> Option<(usize, Outcome<I::Item>)> {
        self.fill();
        self.running.next().await
    }

    /// Waits for all, and gives their outcomes in the order of the requests.
    pub async fn collect(mut self) -> Vec<Outcome<I::Item>> {
        let mut outcomes: Vec<Option<Outcome<I::Item>>> = Vec::new();
        while let Some((index, outcome)) = self.next().await {
            if outcomes.len() <= index {
                outcomes.resize_with(index + 1, || None);
            }
            if let Some(slot) = outcomes.get_mut(index) {
                *slot = Some(outcome);
            }
        }
        outcomes.into_iter().flatten().collect()
    }

    /// Waits for all, as [`SendAll::collect`] does, for code that has no async runtime.
    ///
    /// Within async code it would keep a thread from its work: await `collect` there.
    ///
    /// # Errors
    ///
    /// If this crate's own thread cannot be started. Nothing was sent then.
    #[cfg(feature = "blocking")]
    pub fn collect_blocking(self) -> std::io::Result<Vec<Outcome<I::Item>>>
    where
        I: Send + 'static,
    {
        crate::runtime::client::blocking::wait(self.collect())
    }

    /// Begins no more requests. Those under way go on, and [`SendAll::next`] gives their outcomes.
    ///
    /// For a failure after which the rest is of no use, such as credentials that are not accepted.
    pub fn stop(&mut self) {
        self.requests = None;
    }

    fn fill(&mut self) {
        while self.running.len() < self.concurrency {
            let Some(request) = self.requests.as_mut().and_then(Iterator::next) else {
                // An iterator that has ended once is not asked again.
                self.requests = None;
                return;
            };
            let index = self.begun;
            self.begun += 1;
            self.running.push(Box::pin(async move { (index, request.send().await) }));
        }
    }
}

impl<I> fmt::Debug for SendAll<I>
where
    I: Iterator,
    I::Item: Request,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendAll")
            .field("concurrency", &self.concurrency)
            .field("begun", &self.begun)
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}
