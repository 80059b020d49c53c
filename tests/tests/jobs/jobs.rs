//! The modules of `spec/jobs/` that plan and judge, compiled beside the client as they are within it.

#![allow(dead_code, reason = "the command uses the rest")]

#[path = "../../../spec/jobs/account.rs"]
pub(crate) mod account;
#[path = "../../../spec/jobs/allocate.rs"]
pub(crate) mod allocate;
#[path = "../../../spec/jobs/passes.rs"]
pub(crate) mod passes;
#[path = "../../../spec/jobs/release.rs"]
pub(crate) mod release;
#[path = "../../../spec/jobs/rules.rs"]
pub(crate) mod rules;
#[path = "../../../spec/jobs/status.rs"]
pub(crate) mod status;
#[path = "../../../spec/jobs/swap.rs"]
pub(crate) mod swap;
#[path = "../../../spec/jobs/sync.rs"]
pub(crate) mod sync;
