//! Jobs of administrators, as functions to copy. A job plans from data that was read before, or carries a plan out and
//! accounts for each item.

pub(crate) mod account;
pub(crate) mod allocate;
pub(crate) mod csv;
pub(crate) mod passes;
pub(crate) mod release;
pub(crate) mod rules;
pub(crate) mod status;
pub(crate) mod swap;
pub(crate) mod sync;
