//! The retry policy.

use std::time::Duration;

/// A retry policy: how often a call is attempted, and how long the client waits between attempts.
///
/// GET, HEAD, OPTIONS, QUERY and DELETE are retried, because repeating them is safe even if the server has carried out the
/// earlier attempt (RFC 9110, section 9.2.2). POST, PUT and PATCH are not retried unless the caller allows it with
/// `Request::safe_to_repeat`: a second PUT may be rejected because the first one changed the resource.
///
/// A call is retried when connecting fails, when the connection breaks before or within the response, and on the status
/// codes 429, 502, 503 and 504.
///
/// The pause is random, up to a bound that doubles with each attempt, so that clients which failed together do not return
/// together. A `Retry-After` header is respected. `ClientBuilder::timeout` covers all attempts and pauses: a pause that
/// would exceed it is not started.
///
/// When a DELETE is retried after an attempt that the server may have carried out, a 404 counts as success: the resource
/// is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    pub(crate) attempts: u32,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
}

impl Retry {
    /// Creates a policy of at most this many attempts in total. 0 and 1 are the same as [`Retry::never`].
    pub const fn attempts(attempts: u32) -> Self {
        Self { attempts, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(5) }
    }

    /// Creates a policy without retries: every call is attempted once.
    pub const fn never() -> Self {
        Self::attempts(1)
    }

    /// Sets the upper bound of the first pause; it doubles with each attempt. The default is 250 ms.
    pub const fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// Sets the upper bound of every pause, except one that `Retry-After` asks for. The default is 5 s.
    pub const fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }
}

impl Default for Retry {
    /// Three attempts in total.
    fn default() -> Self {
        Self::attempts(3)
    }
}
