//! The parts that the end-to-end tests share beside the stand-in.

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod canned;

pub use crate::canned::{Bodies, Canned};
pub use qrs_stand_in::*;
