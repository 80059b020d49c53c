//! What the emitters of several files have to look up.

use std::collections::HashSet;

use super::example::Examples;
use crate::equality::without_eq;
use crate::model::Api;
use crate::naming::Ident;

pub(super) struct Context<'a> {
    pub(super) api: &'a Api,
    pub(super) examples: Examples<'a>,
    without_eq: HashSet<&'a Ident>,
}

impl<'a> Context<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self { api, examples: Examples::new(api), without_eq: without_eq(&api.items) }
    }

    /// Whether a declared type can implement `Eq`.
    pub(super) fn is_eq(&self, ident: &Ident) -> bool {
        !self.without_eq.contains(ident)
    }
}
