//! Facts that the emitters of several files look up.

use std::collections::{HashMap, HashSet};

use super::example::Examples;
use crate::equality::without_eq;
use crate::model::{Accessor, Api, Doc, Item, Module, Operation};
use crate::naming::Ident;

pub(super) struct Context<'a> {
    pub(super) api: &'a Api,
    pub(super) examples: Examples<'a>,
    without_eq: HashSet<&'a Ident>,
    /// By the methods of the operations that they lead to.
    accessors: HashMap<&'a Ident, (&'a Module, &'a Accessor)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let accessors = api.modules.iter().filter_map(|module| Some((module, module.accessor.as_ref()?)));
        let accessors = accessors.flat_map(|(module, accessor)| {
            module.operations.iter().map(move |operation| (&operation.name.ident, (module, accessor)))
        });
        Self { api, examples: Examples::new(api), without_eq: without_eq(&api.items), accessors: accessors.collect() }
    }

    /// The expression that has the method of an operation, after the one of the client.
    pub(super) fn receiver(&self, client: &str, operation: &Operation) -> String {
        match self.accessors.get(&operation.name.ident) {
            Some((_, accessor)) => format!("{client}.{}()", accessor.method),
            None => client.to_owned(),
        }
    }

    /// The type that has the method of an operation, as the crate's root names it.
    pub(super) fn method_path(&self, operation: &Operation) -> String {
        let method = operation.name.ident.as_str();
        match self.accessors.get(&operation.name.ident) {
            Some((module, accessor)) => {
                let path: Vec<&str> = module.idents().map(Ident::as_str).collect();
                format!("operations::{}::{}::{method}", path.join("::"), accessor.ty.as_str())
            }
            None => format!("Client::{method}"),
        }
    }

    /// Whether the operations are reached by accessors.
    pub(super) fn has_accessors(&self) -> bool {
        !self.accessors.is_empty()
    }

    /// Whether a type has so many levels of lists and maps that clippy would rather see names for them.
    pub(super) fn has_deep_types(&self) -> bool {
        const MOST_LEVELS: usize = 3;
        let of_items = self.api.items.iter().flat_map(crate::model::Item::types);
        let operations = || self.api.modules.iter().flat_map(|module| &module.operations);
        let of_operations = operations().flat_map(|operation| operation.sent().chain(operation.received()));
        of_items.chain(of_operations).any(|ty| ty.levels() >= MOST_LEVELS)
    }

    /// Whether a type, a field, a variant or a setter is deprecated. The crate itself uses them.
    pub(super) fn has_deprecated_parts(&self) -> bool {
        let operations = || self.api.modules.iter().flat_map(|module| &module.operations);
        let parameters = operations().flat_map(|operation| operation.required.iter().chain(&operation.optional));
        let headers = operations().flat_map(|operation| &operation.headers).flat_map(|headers| &headers.fields);
        let of_operations = parameters.map(|parameter| &parameter.doc).chain(headers.map(|field| &field.doc));
        of_operations.chain(self.api.items.iter().flat_map(Item::docs)).any(|doc: &Doc| doc.is_deprecated)
    }

    /// Whether a declared type can implement `Eq`.
    pub(super) fn is_eq(&self, ident: &Ident) -> bool {
        !self.without_eq.contains(ident)
    }
}
