//! `src/lib.rs`: the crate's docs, its modules, and what is at its root.

use quote::quote;

use super::Draft;
use crate::modules::Module;
use crate::naming::Ident;

pub(super) fn draft(carried: &[Module<'_>]) -> Draft<'static> {
    let mut public: Vec<Ident> = carried.iter().map(|module| module.ident.clone()).collect();
    public.extend([Ident::chosen("contract"), Ident::chosen("operations"), Ident::chosen("types")]);
    public.sort();
    let items = vec![
        // The files are formatted as they were generated, whatever formatter a workspace uses.
        quote! {
            #[rustfmt::skip]
            mod client;
            #[rustfmt::skip]
            mod runtime;
        },
        quote! {
            #(#[rustfmt::skip] pub mod #public;)*
        },
        quote! {
            pub use reqwest;
            #[rustfmt::skip]
            pub use runtime::{
                Base64, BuildError, BuildErrorKind, ByteStream, Certificate, Client, ClientBuilder, Error, ErrorKind, Event,
                EventStream, Identity, LineStream, Multipart, Nullable, Payload, Request, Response, Retry, Secret, SendAll,
                Server, Upload, send_all,
            };
        },
    ];
    Draft::Rust {
        inner: vec![
            quote!(#![doc = include_str!("../README.md")]),
            quote!(#![forbid(unsafe_code)]),
            quote!(#![deny(missing_docs)]),
            quote!(#![allow(clippy::disallowed_names, reason = "the document chose the names")]),
        ],
        items: Box::new(items.into_iter()),
    }
}
