//! Facts that the emitters of several files look up.

use std::collections::{HashMap, HashSet};

use super::example::Examples;
use crate::equality::without_eq;
use crate::model::{Accessor, Api, Doc, Item, Module, Operation, Struct, Type};
use crate::naming::Ident;

pub(super) struct Context<'a> {
    pub(super) api: &'a Api,
    pub(super) examples: Examples<'a>,
    without_eq: HashSet<&'a Ident>,
    /// By the methods of the operations that they lead to.
    accessors: HashMap<&'a Ident, (&'a Module, &'a Accessor)>,
    /// By the places of their schemas.
    types: HashMap<&'a [String], &'a Ident>,
}

impl<'a> Context<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let accessors = api.modules.iter().filter_map(|module| Some((module, module.accessor.as_ref()?)));
        let accessors = accessors.flat_map(|(module, accessor)| {
            module.operations.iter().map(move |operation| (&operation.name.ident, (module, accessor)))
        });
        let accessors = accessors.collect();
        let types = api.items.iter().map(|item| (item.at().tokens(), &item.name().ident)).collect();
        Self { api, examples: Examples::new(api), without_eq: without_eq(&api.items), accessors, types }
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

    /// The declared type of the schema at a place.
    pub(super) fn type_at(&self, at: &[String]) -> Option<&'a Ident> {
        self.types.get(at).copied()
    }

    /// Whether the operations are reached by accessors.
    pub(super) fn has_accessors(&self) -> bool {
        !self.accessors.is_empty()
    }

    /// Whether a type of the client is so complex that clippy would rather see a name for it.
    pub(super) fn has_complex_types(&self) -> bool {
        /// Clippy's `type-complexity-threshold`.
        const MOST: usize = 250;
        let operations = || self.api.modules.iter().flat_map(|module| &module.operations);
        // A field of it may be within `Option`, an argument within `impl Into`.
        let rest = |item: &'a Item| match item {
            Item::Struct(Struct { rest: Some(rest), .. }) => Some(&rest.ty),
            _ => None,
        };
        // They are the values of a map.
        let rests = self.api.items.iter().filter_map(rest).map(|ty| map_complexity(ty, 1));
        let of_items = self.api.items.iter().flat_map(Item::types);
        let alone =
            of_items.chain(operations().flat_map(Operation::sent)).chain(operations().flat_map(Operation::received));
        // `Result<Response<T>, Error<E>>`
        let of_call = |operation: &Operation| {
            50 + complexity(&operation.success.ty, 2)
                + operation.error.as_ref().map_or(30, |error| complexity(error, 2))
        };
        let alone = alone.map(|ty| complexity(ty, 1)).chain(rests);
        alone.chain(operations().map(of_call)).any(|complexity| complexity > MOST)
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

/// How complex clippy finds a type (`type_complexity`) within `depth` others: ten for each name and tuple in it, times the depth
/// at which it stands.
fn complexity(ty: &Type, depth: usize) -> usize {
    let own = 10 * (depth + 1);
    let name = own + 10;
    own + match ty {
        Type::List(inner) | Type::Nullable(inner) | Type::Boxed(inner) | Type::JsonText(inner) => {
            complexity(inner, depth + 1)
        }
        Type::Map(inner) => return map_complexity(inner, depth),
        Type::Tuple(inner) => inner.iter().map(|inner| complexity(inner, depth + 1)).sum(),
        Type::JsonObject => 2 * name,
        _ => 0,
    }
}

/// [`complexity`] of a map with these values.
fn map_complexity(values: &Type, depth: usize) -> usize {
    let own = 10 * (depth + 1);
    own + (own + 10) + complexity(values, depth + 1)
}
