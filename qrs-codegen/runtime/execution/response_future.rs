//! The future of a call.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::runtime::failure::error::Error;

/// The future of a call: it sends the request when it is first polled, and resolves to the success or the error.
///
/// Dropping it cancels the call; the server may have acted on the request by then.
#[must_use = "nothing is sent until the future is awaited"]
pub struct ResponseFuture<T, E = ()>(Pin<Box<dyn Future<Output = Result<T, Error<E>>> + Send>>);

impl<T, E> ResponseFuture<T, E> {
    /// Boxes a call. A named type lets the compiler prove once, and not for each operation, that a call is `Send`.
    pub(crate) fn new(call: impl Future<Output = Result<T, Error<E>>> + Send + 'static) -> Self {
        Self(Box::pin(call))
    }
}

impl<T, E> Future for ResponseFuture<T, E> {
    type Output = Result<T, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T, E> fmt::Debug for ResponseFuture<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
