//! `src/lib.rs`: the crate's docs, its modules, and what is at its root.

use quote::quote;

use super::Draft;
use super::context::Context;
use super::docs::inner_lines;
use super::exports::exports;
use super::overview::{self, Audience};
use crate::modules::Module;
use crate::naming::Ident;

pub(super) fn draft<'a>(context: &Context<'a>, modules: &[Module<'_>]) -> Draft<'a> {
    let roots = |is_public: bool| {
        modules.iter().filter(move |module| module.is_public == is_public).filter_map(|module| module.root.clone())
    };
    let mut public: Vec<Ident> = roots(true).collect();
    let private: Vec<Ident> = roots(false).collect();
    public.extend([Ident::chosen("contract"), Ident::chosen("operations"), Ident::chosen("types")]);
    public.sort();
    let mut items = vec![
        // The files are formatted as they were generated, whatever formatter a workspace uses.
        quote! {
            #[rustfmt::skip]
            mod client;
            #(#[rustfmt::skip] mod #private;)*
            // The tests compile it without: `runtime/` tells what a document needs, but there are more combinations than tests.
            #[allow(dead_code, unused_imports, unused_macros, reason = "a document need not use all of a part")]
            #[rustfmt::skip]
            mod runtime;
        },
        quote! {
            #(#[rustfmt::skip] pub mod #public;)*
        },
    ];
    items.extend(context.api.cli.is_some().then(|| {
        quote! {
            #[cfg(feature = "cli")]
            #[rustfmt::skip]
            pub mod cli;
        }
    }));
    items.extend(context.api.mock.then(|| {
        quote! {
            #[cfg(feature = "mock")]
            #[rustfmt::skip]
            pub mod mock;
        }
    }));
    items.push(quote!(
        pub use reqwest;
    ));
    items.extend(exports(context));
    let mut inner = inner_lines(&overview::text(context, Audience::Rustdoc));
    inner.extend([
        quote!(#![forbid(unsafe_code)]),
        quote!(#![deny(missing_docs)]),
        quote!(#![allow(clippy::disallowed_names, reason = "the document chose the names")]),
    ]);
    if context.has_deprecated_parts() {
        inner.push(quote!(#![allow(deprecated, reason = "the client reads and writes what is deprecated, too")]));
    }
    if context.has_complex_types() {
        inner.push(quote!(#![allow(clippy::type_complexity, reason = "the document nests maps and lists so deeply")]));
    }
    Draft::Rust { inner, items: Box::new(items.into_iter()) }
}
