//! The command of this crate: its operations as subcommands.
//!
//! Only [`main`] is for other crates. The subcommands are data in `table`, made of the document; the other files are written
//! by hand and the same for every document.

mod body;
mod call;
mod commands;
pub(crate) mod config;
pub(crate) mod confirm;
pub(crate) mod connection;
mod description;
pub(crate) mod failure;
pub(crate) mod identity; // only: identity
pub(crate) mod input;
pub(crate) mod output;
pub(crate) mod run;
mod select;
pub(crate) mod settings;
mod table;
pub(crate) mod table_output;

use std::process::ExitCode;

/// Runs the command with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    run::main(&table::API, table::EXTENSION)
}
