//! `src/operations/*.rs`: for each operation its data, a method of `Client`, and a request.

mod describe;
mod files;
mod method;
pub(super) mod parameters;
mod request;
mod responses;

pub(super) use files::{OperationsFile, files};
pub(super) use method::part_group;

use std::sync::Arc;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::context::Context;
use super::docs::{inner_lines, lines, paragraphs};
use super::split::exported;
use super::{Draft, client};
use crate::markdown;
use crate::model::{Accessor, Module, Operation, Statuses, Success};
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
        format!("let request: {request} = {}.{}();", context.receiver("client", operation), name.ident),
        format!("{response}request.timeout(Duration::from_secs(5)).send().await?;"),
        "# Ok(())".to_owned(),
        "# }".to_owned(),
        "```".to_owned(),
    ]
}

/// `src/operations/TAG.rs`. The operations are in the files of the modules `within` it, if there are any.
pub(super) fn draft<'a>(module: &'a Module, within: &[Ident], context: &Arc<Context<'a>>) -> Draft<'a> {
    let inner = inner_lines(&paragraphs([vec![heading("Requests", module)], module.doc.lines.clone()]));
    let parents: Vec<&Ident> = module.idents().collect();
    let modules = Some(inner_modules(&parents, context)).filter(|within| !within.is_empty());
    let accessor = module.accessor.as_ref().map(|accessor| self::accessor(accessor, module));
    let mut items: Vec<TokenStream> = modules.into_iter().collect();
    let own: Vec<&Operation> = if within.is_empty() {
        module.operations.iter().collect()
    } else {
        let client = accessor.is_some().then(|| {
            quote!(
                use crate::runtime::Client;
            )
        });
        items.extend(exported(within).into_iter().chain(client));
        Vec::new()
    };
    if !own.is_empty() {
        items.push(uses(&own));
    }
    items.extend(accessor.into_iter().flatten());
    Draft::Rust { inner, items: Box::new(items.into_iter().chain(all(own, module, context))) }
}

/// A file within that of a module.
pub(super) fn of_paths<'a>(
    module: &'a Module,
    operations: Vec<&'a Operation>,
    context: &Arc<Context<'a>>,
) -> Draft<'a> {
    let heading = format!("{} Their paths begin alike.", heading("Requests", module));
    let accessor = module.accessor.as_ref().map(|Accessor { ty, .. }| {
        quote!(
            use super::#ty;
        )
    });
    let first = accessor.into_iter().chain([uses(&operations)]);
    Draft::Rust { inner: inner_lines(&[heading]), items: Box::new(first.chain(all(operations, module, context))) }
}

/// These operations of a module: their methods, their data and their requests.
fn all<'a>(
    operations: Vec<&'a Operation>,
    module: &'a Module,
    context: &Arc<Context<'a>>,
) -> impl Iterator<Item = TokenStream> + 'a {
    // The command and the mock refer to the data of an operation.
    let is_shared = context.api.cli.is_some() || context.api.mock;
    let methods = if operations.is_empty() { Vec::new() } else { methods(&operations, module, context) };
    let accessor = module.accessor.as_ref();
    methods.into_iter().chain(operations.into_iter().flat_map(move |it| operation(it, accessor, is_shared)))
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

fn uses(operations: &[&Operation]) -> TokenStream {
    let mut mentioned = operations.iter().flat_map(|operation| operation.sent().chain(operation.received()));
    let types = mentioned.any(|ty| !ty.items().is_empty());
    let types = types.then(|| {
        quote!(
            use crate::types;
        )
    });
    let needs_no_key =
        |operation: &&Operation| operation.security.is_none() && operation.credential_parameters.is_empty();
    let client = (!operations.iter().all(needs_no_key)).then(|| {
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

/// The method of `Client` that leads to the operations of a module, and the type that it returns.
fn accessor(Accessor { method, ty }: &Accessor, module: &Module) -> [TokenStream; 2] {
    let about = paragraphs([vec![heading("Operations", module)], module.doc.lines.clone()]);
    let origin = vec![format!("[`Client::{}`] returns it.", method.as_str())];
    let (doc, type_doc) = (lines(&about), lines(&paragraphs([about.clone(), origin])));
    let declaration = quote! {
        #type_doc
        #[derive(Clone, Debug)]
        #[must_use = "it does nothing until an operation is called"]
        pub struct #ty<'c> {
            client: &'c Client,
        }
    };
    let function = quote! {
        impl Client {
            #doc
            pub fn #method(&self) -> #ty<'_> {
                #ty { client: self }
            }
        }
    };
    [declaration, function]
}

/// The methods of these operations, in one block: of `Client`, or of the type of an accessor.
fn methods(operations: &[&Operation], module: &Module, context: &Context<'_>) -> Vec<TokenStream> {
    let accessor = module.accessor.as_ref();
    let methods = operations.iter().map(|operation| method::method(operation, accessor, context));
    let Some(accessor) = accessor else {
        let heading = heading("Operations", module);
        let doc = lines(&paragraphs([vec![heading], module.doc.lines.clone()]));
        return vec![quote!(#doc impl Client { #(#methods)* })];
    };
    let ty = &accessor.ty;
    let shortcuts = operations.iter().map(|operation| method::shortcut(operation, accessor));
    vec![quote!(impl #ty<'_> { #(#methods)* }), quote!(impl Client { #(#shortcuts)* })]
}

fn operation(operation: &Operation, accessor: Option<&Accessor>, is_shared: bool) -> Vec<TokenStream> {
    let mut items = vec![data(operation, is_shared)];
    items.extend(request::items(operation, accessor));
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
    let describes_partial_content = operation.descriptions.contains_key("206");
    quote! {
        #visibility static #static_ident: runtime::Operation = runtime::Operation {
            id: #id,
            method: #method,
            path: #path,
            security: #security,
            credential_parameters: &[#(#carried),*],
            accept: #accept,
            describes_partial_content: #describes_partial_content,
            errors: &[#(#errors),*],
        };
    }
}
