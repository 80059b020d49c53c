//! The trait that every request implements.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::prepared::PreparedRequest;
use super::response_future::ResponseFuture;
use crate::runtime::client::retry::Retry;
use crate::runtime::failure::element_error::ElementError;
#[cfg(feature = "blocking")]
use crate::runtime::failure::error::Error;
use crate::runtime::request::settings::Settings;
use crate::runtime::response::success::Response;

/// A request of any operation: per-request settings, sending, and generic code over requests.
///
/// Every request of this crate implements it; no other type can.
///
/// If a parameter of an operation has the name of one of these methods, the request's own method takes precedence. Call
/// this one as `Request::timeout(request, …)`.
pub trait Request: Sealed + Sized + Send + 'static {
    /// The type of a success.
    type Output: Send + 'static;
    /// The type of the documented error body; `()` if none is documented.
    type Error: Send + 'static;

    /// Sends the request and decodes the response.
    ///
    /// # Errors
    ///
    /// When no response arrives, its status code is not a success, or its body cannot be decoded: see
    /// [`Error`](crate::runtime::Error).
    fn send(self) -> ResponseFuture<Self::Output, Self::Error> {
        self.prepare().send()
    }

    /// Sends the request and returns the status code and headers of a success together with its body.
    ///
    /// # Errors
    ///
    /// As `send`.
    fn send_with_response(self) -> ResponseFuture<Response<Self::Output>, Self::Error> {
        self.prepare().send_with_response()
    }

    /// Blocking version of [`Self::send_with_response`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `send`.
    #[cfg(feature = "blocking")]
    fn send_with_response_blocking(self) -> Result<Response<Self::Output>, Error<Self::Error>> {
        self.prepare().send_with_response_blocking()
    }

    /// Sends the request and decodes each element of a list in JSON separately, so that one element that does not decode
    /// does not fail the others.
    ///
    /// # Errors
    ///
    /// As `send`, except for errors of single elements.
    fn send_lenient<T>(self) -> ResponseFuture<Vec<Result<T, ElementError>>, Self::Error>
    where
        Self: Request<Output = Vec<T>>,
        T: DeserializeOwned + Send + 'static,
    {
        self.prepare().lenient().send()
    }

    /// Blocking version of [`Self::send_lenient`], for code without an async runtime.
    ///
    /// # Errors
    ///
    /// As `send_lenient`.
    #[cfg(feature = "blocking")]
    fn send_lenient_blocking<T>(self) -> Result<Vec<Result<T, ElementError>>, Error<Self::Error>>
    where
        Self: Request<Output = Vec<T>>,
        T: DeserializeOwned + Send + 'static,
    {
        self.prepare().lenient().send_blocking()
    }

    /// Prepares the request for sending.
    #[doc(hidden)]
    fn prepare(self) -> PreparedRequest<Self::Output, Self::Error>;

    /// Sets the timeout of this call, including all attempts and pauses. It overrides `ClientBuilder::timeout`.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn timeout(mut self, timeout: Duration) -> Self {
        self.settings().timeout = Some(timeout);
        self
    }

    /// Sets the retry policy of this call. It overrides `ClientBuilder::retry`.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn retry(mut self, retry: Retry) -> Self {
        self.settings().retry = Some(retry);
        self
    }

    /// Keeps the text of a success for [`Response::text`], beside the decoded body.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn keep_text(mut self) -> Self {
        self.settings().keep_text = true;
        self
    }

    /// Allows this request to be retried like a GET, even if it is a POST.
    ///
    /// A request that creates something may then create it twice: an attempt whose response was lost may have succeeded.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn safe_to_repeat(mut self) -> Self {
        self.settings().repeatable = true;
        self
    }

    /// Sets a header of this request. It replaces a header of the same name from the client's defaults, a parameter or a
    /// credential; a `Cookie` is added to the other cookies.
    ///
    /// The value is treated as a secret, as for `ClientBuilder::default_header`. A value that is not valid in a header, a
    /// header that HTTP itself sets, and one that the client generates are errors of the kind `Request` on sending.
    #[must_use = "a request does nothing until it is sent: `.send().await`"]
    fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings().header(name.into(), value.into());
        self
    }
}

/// Prevents other crates from implementing [`Request`].
pub trait Sealed {
    /// The settings of this request.
    fn settings(&mut self) -> &mut Settings;
}

// only: operation {
/// Makes a request of a struct that holds a call: what a success and a documented error are, and the functions that decode
/// them. A macro states it once for all operations of a client, which may be thousands.
///
/// `send` has the prepared call, too, instead of one of `Request::prepare`: for that the compiler would prove once more that
/// the request is `Send`.
macro_rules! sendable {
    ($request:ident { success($output:ty, $decode:expr), error($error:ty, $decode_error:expr) }) => {
        impl $request {
            /// Sends the request and waits for the response.
            ///
            /// # Errors
            ///
            /// Fails when no response arrives, its status code is not a success, or its body cannot be decoded: see
            /// [`Error`](crate::Error). [`Error::body`](crate::Error::body) returns the body of an error, if the document
            /// describes one.
            pub fn send(self) -> $crate::runtime::ResponseFuture<$output, $error> {
                self.call.prepared($decode, $decode_error).send()
            }

            /// Sends the request and blocks until the response has arrived, for code without an async runtime.
            ///
            /// # Errors
            ///
            /// As [`Self::send`].
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> Result<$output, $crate::runtime::Error<$error>> {
                $crate::runtime::Request::prepare(self).send_blocking()
            }
        }

        impl $crate::runtime::Sealed for $request {
            fn settings(&mut self) -> &mut $crate::runtime::Settings {
                self.call.settings()
            }
        }

        impl $crate::runtime::Request for $request {
            type Output = $output;
            type Error = $error;

            fn prepare(self) -> $crate::runtime::PreparedRequest<$output, $error> {
                self.call.prepared($decode, $decode_error)
            }
        }
    };
}
pub(crate) use sendable;
// }
