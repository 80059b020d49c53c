//! Sending many requests concurrently.

use std::fmt;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::request::Request;
use crate::runtime::failure::error::Error;

/// The default number of concurrent requests.
const CONCURRENCY: usize = 8;

/// The result of a request.
type Outcome<R> = Result<<R as Request>::Output, Error<<R as Request>::Error>>;

type Running<R> = Pin<Box<dyn Future<Output = (usize, Outcome<R>)> + Send>>;

/// Sends many requests concurrently and continues after a failure.
///
/// [`SendAll::collect`] returns all results in the order of the requests; [`SendAll::next`] returns each result as it
/// arrives. Requests are taken from the iterator as slots become free, so ten thousand requests need the memory of a few.
/// Nothing is sent, and the iterator is not advanced, until one of these is awaited.
///
/// Each request is retried as if it were sent alone: see [`Retry`](crate::runtime::Retry).
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
/// Dropping it cancels the requests in flight; the server may have acted on them.
#[must_use = "nothing is sent until `collect` or `next` is awaited"]
pub struct SendAll<I>
where
    I: Iterator,
    I::Item: Request,
{
    /// `None` when no more requests are to be started.
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
    /// Sets the number of concurrent requests; 0 counts as 1. The default is 8.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Waits for the next result and returns it with the index of its request, from 0; `None` when all are done.
    ///
    /// Results arrive in any order. Requests make progress only while this is awaited, and their timeouts keep running:
    /// do not pause for long between two calls. Dropping the future loses nothing: the next call returns the result.
    pub async fn next(&mut self) -> Option<(usize, Outcome<I::Item>)> {
        self.fill();
        self.running.next().await
    }

    /// Waits for all requests and returns their results in the order of the requests.
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

    /// Blocking version of [`SendAll::collect`], for code without an async runtime.
    ///
    /// In async code it would block a thread of the runtime: await `collect` there.
    ///
    /// # Errors
    ///
    /// If the crate cannot start its own thread. Nothing was sent then.
    #[cfg(feature = "blocking")]
    pub fn collect_blocking(self) -> std::io::Result<Vec<Outcome<I::Item>>>
    where
        I: Send + 'static,
    {
        crate::runtime::client::blocking::wait(self.collect())
    }

    /// Starts no more requests. Those in flight continue, and [`SendAll::next`] returns their results.
    ///
    /// Use it after a failure that makes the rest pointless, such as rejected credentials.
    pub fn stop(&mut self) {
        self.requests = None;
    }

    fn fill(&mut self) {
        while self.running.len() < self.concurrency {
            let Some(request) = self.requests.as_mut().and_then(Iterator::next) else {
                // An iterator that has ended is not polled again.
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
