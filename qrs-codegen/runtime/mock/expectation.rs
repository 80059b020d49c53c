//! A response that is set for some requests, and how often they are expected.

use std::time::Duration;

use super::described::Described;
use super::recorded::Recorded;
use super::reply::Prepared;

/// How often a request is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    Any,
    Some,
    Exactly(usize),
}

/// Says whether a request is meant.
pub(crate) type Condition = Box<dyn Fn(&Recorded) -> bool + Send>;

/// A response that is prepared for some requests.
pub(crate) struct Expectation {
    pub(crate) described: &'static Described,
    /// Reads the values of a request, or says which one is not of its type.
    pub(crate) read: fn(&Recorded) -> Result<(), String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) times: Times,
    pub(crate) delay: Duration,
    pub(crate) replies: Vec<Prepared>,
    pub(crate) met: usize,
}

impl Expectation {
    pub(crate) fn is_of(&self, described: &Described) -> bool {
        std::ptr::eq(self.described, described)
    }

    pub(crate) fn is_used_up(&self) -> bool {
        matches!(self.times, Times::Exactly(times) if self.met >= times)
    }

    pub(crate) fn fits(&self, described: &Described, recorded: &Recorded) -> bool {
        !self.is_used_up()
            && self.is_of(described)
            && self.condition.as_ref().is_none_or(|condition| condition(recorded))
    }

    pub(crate) fn next(&self) -> Option<&Prepared> {
        self.replies.get(self.met).or_else(|| self.replies.last())
    }

    pub(crate) fn is_met(&self) -> bool {
        match self.times {
            Times::Any => true,
            Times::Some => self.met > 0,
            Times::Exactly(times) => self.met == times,
        }
    }

    /// The expectation in a message.
    pub(crate) fn description(&self) -> String {
        let condition = if self.condition.is_some() { ", for some requests" } else { "" };
        let times = match self.times {
            Times::Any => "at will".to_owned(),
            Times::Some => "at least once".to_owned(),
            Times::Exactly(times) => counted(times),
        };
        format!("{}, {times}{condition}: came {}", self.described.title(), counted(self.met))
    }
}

fn counted(times: usize) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}
