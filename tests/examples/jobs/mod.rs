//! Jobs of administrators, as functions to copy. A job plans from data that was read before, or carries a plan out and
//! accounts for each item.

pub(crate) mod account;
pub(crate) mod csv;
pub(crate) mod passes;
pub(crate) mod swap;
