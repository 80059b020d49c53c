//! Failures, in one line, with the exit code that says what kind of failure it is.

use std::fmt;
use std::process::ExitCode;

use crate::runtime::{BuildError, Error, ErrorKind};

/// The exit codes, for the help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  Done.
  1  Some items of several failed, or the command was not confirmed, or
     interrupted.
  2  Wrong usage: an option, a variable, the configuration, a list or a file
     is not right. Nothing was changed.
  3  Refused: the site does not accept the credentials, or they do not permit
     this (401, 403).
  4  Not found (404).
  5  Rejected: the site does not accept the request (another 4xx).
  6  Unreachable: no connection, no trust in the certificate, or no response
     in time.
  7  The site failed (5xx), or its response cannot be understood.";

/// The failure of a subcommand.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// The advice, if there is any.
    pub(crate) hint: Option<String>,
    /// Whether the reader of the output has gone, as `head` does when it has seen enough.
    pub(crate) is_broken_pipe: bool,
}

/// The exit code of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Incomplete,
    Usage,
    Refused,
    NotFound,
    Rejected,
    Unreachable,
    Site,
    // only: command-extension {
    /// One that a subcommand defines.
    Own(u8),
    // }
}

impl Code {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Incomplete => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::NotFound => 4,
            Self::Rejected => 5,
            Self::Unreachable => 6,
            Self::Site => 7,
            Self::Own(code) => code, // only: command-extension
        }
    }

    /// The code for an error of the client.
    pub(crate) fn of<E>(error: &Error<E>) -> Self {
        match (error.kind(), error.status().map(|status| status.as_u16())) {
            // A redirect and a page both lead to a login.
            (ErrorKind::Status, Some(300..=399 | 401 | 403)) | (ErrorKind::UnexpectedContent, _) => Self::Refused,
            (ErrorKind::Status, Some(404 | 410)) => Self::NotFound,
            (ErrorKind::Status, Some(500..)) => Self::Site,
            (ErrorKind::Status, _) => Self::Rejected,
            (ErrorKind::Credentials | ErrorKind::Request | ErrorKind::Runtime, _) => Self::Usage,
            (ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::NoAnswer, _) => Self::Unreachable,
            (ErrorKind::Body | ErrorKind::TooLarge | ErrorKind::Decode, _) => Self::Site,
        }
    }
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, is_broken_pipe: false }
    }

    /// Wrong usage.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code.number())
    }
}

impl<E> From<Error<E>> for Failure {
    fn from(error: Error<E>) -> Self {
        Self::new(Code::of(&error), error.to_string())
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let is_broken_pipe = error.kind() == std::io::ErrorKind::BrokenPipe;
        Self { is_broken_pipe, ..Self::new(Code::Incomplete, format!("the output cannot be written: {error}")) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.hint {
            Some(hint) => write!(f, "{}; {hint}", self.message.trim_end_matches('.')),
            None => f.write_str(&self.message),
        }
    }
}
