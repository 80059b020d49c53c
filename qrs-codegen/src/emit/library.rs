//! `src/lib.rs`: the crate's docs, its modules, and what is at its root.

use quote::quote;

use super::Draft;
use crate::model::Api;

pub(super) fn draft(_: &Api) -> Draft {
    let items = vec![
        // The files are formatted as they were generated, whatever formatter a workspace uses.
        quote! {
            #[rustfmt::skip]
            mod client;
            #[rustfmt::skip]
            pub mod operations;
            #[rustfmt::skip]
            mod runtime;
            #[rustfmt::skip]
            pub mod types;
        },
        quote! {
            pub use reqwest;
            #[rustfmt::skip]
            pub use runtime::{
                BuildError, BuildErrorKind, Certificate, Client, ClientBuilder, Error, ErrorKind, Identity, Secret, Server,
            };
        },
    ];
    Draft::Rust {
        inner: vec![
            quote!(#![doc = include_str!("../README.md")]),
            quote!(#![forbid(unsafe_code)]),
            quote!(#![deny(missing_docs)]),
        ],
        items,
    }
}
