//! `src/operations/*.rs`: for each operation its data, a method of `Client`, and a request.

mod describe;
mod method;
pub(super) mod parameters;
mod request;
mod responses;

pub(super) use method::part_group;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::context::Context;
use super::docs::{inner_lines, lines, paragraphs};
use super::{Draft, client};
use crate::markdown;
use crate::model::{Module, Operation, Statuses, Success};
use crate::naming::Ident;

/// `src/operations/mod.rs`.
pub(super) fn index(context: &Context<'_>) -> Draft<'static> {
    let modules = inner_modules(&[], context);
    let heading = vec![
        "The requests of the API, in one module for each tag.".to_owned(),
        String::new(),
        "A method of [`Client`](crate::Client) creates a request, the methods of the request set what is optional, and"
            .to_owned(),
        "`send` sends it. Every request implements [`Request`](crate::Request).".to_owned(),
    ];
    let inner = inner_lines(&paragraphs([heading, example(context)]));
    Draft::Rust { inner, items: Box::new(std::iter::once(modules)) }
}

/// The declarations of the modules within one.
fn inner_modules(parents: &[&Ident], context: &Context<'_>) -> TokenStream {
    let inner = context.api.modules.iter().filter(|module| module.parents.iter().eq(parents.iter().copied()));
    let idents = inner.map(|module| &module.name.ident);
    quote!(#(pub mod #idents;)*)
}

/// A request that is kept before it is sent.
fn example(context: &Context<'_>) -> Vec<String> {
    let mut all = context.api.modules.iter().flat_map(|module| {
        module.operations.iter().filter(|operation| !operation.deprecated).map(move |operation| (module, operation))
    });
    let Some((module, operation)) =
        all.find(|(_, operation)| operation.required.is_empty() && operation.body.is_none())
    else {
        return Vec::new();
    };
    let Operation { name, request, success, .. } = operation;
    let crate_name = &context.examples.crate_name;
    let response = if success.ty == crate::model::Type::Unit { "" } else { "let response = " };
    vec![
        "```no_run".to_owned(),
        "use std::time::Duration;".to_owned(),
        format!("use {crate_name}::operations::{}::{request};", module.path()),
        format!("use {crate_name}::{{Client, Request as _}};"),
        String::new(),
        "# async fn example(client: &Client) -> Result<(), Box<dyn std::error::Error>> {".to_owned(),
        format!("let request: {request} = client.{}();", name.ident),
        format!("{response}request.timeout(Duration::from_secs(5)).send().await?;"),
        "# Ok(())".to_owned(),
        "# }".to_owned(),
        "```".to_owned(),
    ]
}

/// `src/operations/TAG.rs`.
pub(super) fn draft<'a>(module: &'a Module, context: &Context<'a>) -> Draft<'a> {
    let heading = heading("Requests", module);
    // The command and the mock refer to the data of an operation.
    let is_shared = context.api.cli.is_some() || context.api.mock;
    let inner = inner_lines(&paragraphs([vec![heading], module.doc.lines.clone()]));
    let own = if module.operations.is_empty() { Vec::new() } else { vec![uses(module), methods(module, context)] };
    let parents: Vec<&Ident> = module.idents().collect();
    let within = Some(inner_modules(&parents, context)).filter(|within| !within.is_empty());
    let operations = module.operations.iter().flat_map(move |operation| self::operation(operation, is_shared));
    let items = within.into_iter().chain(own).chain(operations);
    Draft::Rust { inner, items: Box::new(items) }
}

/// A sentence on a module's content. Without tags, a module is called after segments of the paths.
fn heading(content: &str, module: &Module) -> String {
    let name = markdown::code(&module.name.wire);
    if module.name.wire.starts_with('/') {
        format!("{content} under {name} (path parameters left out).")
    } else {
        format!("{content} of the tag {name}.")
    }
}

fn uses(module: &Module) -> TokenStream {
    let mut mentioned = module.operations.iter().flat_map(|operation| operation.sent().chain(operation.received()));
    let types = mentioned.any(|ty| !ty.items().is_empty());
    let types = types.then(|| {
        quote!(
            use crate::types;
        )
    });
    let needs_no_key =
        |operation: &Operation| operation.security.is_none() && operation.credential_parameters.is_empty();
    let client = (!module.operations.iter().all(needs_no_key)).then(|| {
        quote!(
            use crate::client;
        )
    });
    quote! {
        #client
        // Code uses it with the feature `blocking` alone, the documentation always.
        #[allow(unused_imports, reason = "the documentation links to it")]
        use crate::runtime::Error;
        use crate::runtime::{self, Call, Client};
        #types
    }
}

/// The methods of `Client`, in one block for the tag.
fn methods(module: &Module, context: &Context<'_>) -> TokenStream {
    let heading = heading("Operations", module);
    let doc = lines(&paragraphs([vec![heading], module.doc.lines.clone()]));
    let methods = module.operations.iter().map(|operation| method::method(operation, context));
    quote! {
        #doc
        impl Client {
            #(#methods)*
        }
    }
}

fn operation(operation: &Operation, is_shared: bool) -> Vec<TokenStream> {
    let mut items = vec![data(operation, is_shared)];
    items.extend(request::items(operation));
    items.extend(responses::items(operation));
    items
}

/// The static that says how the operation is called.
fn data(operation: &Operation, is_shared: bool) -> TokenStream {
    let visibility = is_shared.then(|| quote!(pub(crate)));
    let Operation { name, static_ident, method, path, success: Success { accept, .. }, .. } = operation;
    let id = &name.wire;
    let security = if let Some(security) = &operation.security { quote!(client::#security) } else { quote!(&[]) };
    let carried = operation.credential_parameters.iter().map(|carried| {
        let carrier = client::carrier(&carried.carrier);
        let scheme = &carried.scheme;
        quote!((#carrier, &client::#scheme))
    });
    let errors = operation.error_statuses.iter().map(|statuses| match statuses {
        Statuses::One(code) => {
            let code = Literal::u16_unsuffixed(*code);
            quote!(runtime::Statuses::One(#code))
        }
        Statuses::Range(digit) => {
            let digit = Literal::u16_unsuffixed(*digit);
            quote!(runtime::Statuses::Range(#digit))
        }
        Statuses::Other => quote!(runtime::Statuses::Any),
    });
    quote! {
        #visibility static #static_ident: runtime::Operation = runtime::Operation {
            id: #id,
            method: #method,
            path: #path,
            security: #security,
            credential_parameters: &[#(#carried),*],
            accept: #accept,
            errors: &[#(#errors),*],
        };
    }
}
