//! The jobs of administrators in the command `qrs`: allocating and releasing passes, rules, the state of a license.
//!
//! The modules at this level plan and judge; `command` reads arguments, carries plans out and accounts for each item.

#![cfg(feature = "cli")]

pub(crate) mod account;
pub(crate) mod allocate;
mod command;
pub(crate) mod passes;
pub(crate) mod release;
pub(crate) mod rules;
pub(crate) mod status;
pub(crate) mod swap;
pub(crate) mod sync;

pub(crate) use command::EXTENSION;
