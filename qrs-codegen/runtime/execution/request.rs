//! What all requests have in common, whatever their operation.

use std::time::Duration;

use super::prepared::Plan;
use crate::runtime::client::retry::Retry;
use crate::runtime::failure::error::Error;
use crate::runtime::request::settings::Settings;
use crate::runtime::response::success::Response;

/// A request of any operation, with settings that hold for it alone.
///
/// Every request of this crate is one, so that code can be written for all of them: send them, wait for them, report
/// them. Nothing else can be one.
///
/// Where a parameter of the document has the name of a method here, the request's own method comes first; the one here
/// is `Request::timeout(request, …)` then.
pub trait Request: Sealed + Sized + Send + 'static {
    /// What a success gives.
    type Output: Send + 'static;
    /// The body of a documented error; `()` if none is documented.
    type Error: Send + 'static;

    /// Sends the request.
    ///
    /// Dropping the future stops the work; whether the server has acted by then is not known.
    ///
    /// # Errors
    ///
    /// When it is not answered, or not with a success: see [`Error`].
    fn send(self) -> impl Future<Output = Result<Self::Output, Error<Self::Error>>> + Send {
        self.plan().send()
    }

    /// Sends the request, and gives the status and the headers of a success as well.
    ///
    /// # Errors
    ///
    /// As `send`.
    fn send_with_response(self) -> impl Future<Output = Result<Response<Self::Output>, Error<Self::Error>>> + Send {
        self.plan().send_with_response()
    }

    /// As [`Self::send_with_response`], for code that has no async runtime.
    ///
    /// # Errors
    ///
    /// As `send`.
    #[cfg(feature = "blocking")]
    fn send_with_response_blocking(self) -> Result<Response<Self::Output>, Error<Self::Error>> {
        self.plan().send_with_response_blocking()
    }

    /// What is sent, and what is made of the answer: generated for each operation.
    #[doc(hidden)]
    fn plan(self) -> Plan<Self::Output, Self::Error>;

    /// How long this call may take, in the place of `ClientBuilder::timeout`, all attempts and pauses included.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn timeout(mut self, timeout: Duration) -> Self {
        self.settings().timeout = Some(timeout);
        self
    }

    /// When and how often this call is made again, in the place of `ClientBuilder::retry`.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn retry(mut self, retry: Retry) -> Self {
        self.settings().retry = Some(retry);
        self
    }

    /// Says that the server may act on this request more than once without harm, so that it is made again like a GET,
    /// even if it is a POST.
    ///
    /// Whoever says it of a request that creates something may find it created twice: an attempt whose answer was lost
    /// may have succeeded.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn safe_to_repeat(mut self) -> Self {
        self.settings().repeatable = true;
        self
    }

    /// Sends this header, in the place of any other of that name: a default header's, a parameter's, a credential's. A
    /// `Cookie` comes beside other cookies.
    ///
    /// The value is treated as a secret, as for `ClientBuilder::default_header`. What cannot be sent, what HTTP itself
    /// sets, and what the client makes up are errors of the kind `Request` when the request is sent.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings().header(name.into(), value.into());
        self
    }
}

/// Keeps [`Request`] to the requests that were generated.
pub trait Sealed {
    /// What is set for the request alone.
    fn settings(&mut self) -> &mut Settings;
}
