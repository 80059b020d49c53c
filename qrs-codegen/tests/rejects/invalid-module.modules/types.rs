//! The crate has a module of this name.
