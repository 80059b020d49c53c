//! The retry policy.

use std::time::Duration;

/// How often a call is made, and what pauses lie between its attempts.
///
/// A call is made again only where that is safe whatever became of the attempt before (RFC 9110, section 9.2.2): GET,
/// HEAD, OPTIONS and DELETE. A POST, PUT or PATCH is never made again, unless the caller says that it is safe
/// (`Request::safe_to_repeat`): a PUT may be refused the second time because the first has changed what it is about. The reasons are that there was no connection,
/// that it was lost before or within the answer, and the statuses 429, 502, 503 and 504.
///
/// The pause is random between nothing and a bound that doubles with each attempt, so that clients which failed
/// together do not come back together; a `Retry-After` of the server's is waited for. `ClientBuilder::timeout` bounds
/// all attempts and pauses together: a pause that would exceed it is not begun.
///
/// A 404 that answers a DELETE made again, after an attempt on which the server may have acted, is success: what was to
/// be deleted is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retry {
    pub(crate) attempts: u32,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
}

impl Retry {
    /// At most so many attempts in all. One, like none, is [`Retry::never`].
    pub const fn attempts(attempts: u32) -> Self {
        Self { attempts, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(5) }
    }

    /// Every call is made once.
    pub const fn never() -> Self {
        Self::attempts(1)
    }

    /// The bound of the pause before the second attempt; it doubles before each further one. The default is 250 ms.
    pub const fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// The bound of every pause that the server does not ask for. The default is 5 s.
    pub const fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }
}

impl Default for Retry {
    /// Three attempts.
    fn default() -> Self {
        Self::attempts(3)
    }
}
