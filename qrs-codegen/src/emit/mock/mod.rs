//! `src/mock/operations.rs` and the files within it: for each operation of the mock its data, a method, and a request with
//! typed values. The files are split as those of the operations are.

mod responses;
mod values;

use std::sync::Arc;

use proc_macro2::{Ident as Raw, Literal, TokenStream};
use quote::{format_ident, quote};

use super::context::Context;
use super::docs::inner_lines;
use super::runtime::shipped;
use super::split::exported;
use super::{Draft, optional_tokens};
use crate::markdown;
use crate::model::{Api, Location, Module, Operation, Scheme, SchemeValue, Uses};
use crate::naming::Ident;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../runtime/mock/", $name)))),*]
    };
}

/// The hand-written files of the mock.
const FILES: &[(&str, &str)] = &files![
    "check.rs",
    "described.rs",
    "endpoint.rs",
    "expectation.rs",
    "mod.rs",
    "parts.rs",
    "recorded.rs",
    "reply.rs",
    "route.rs",
    "server.rs",
    "tree.rs",
];

/// The paths and texts of the hand-written files of a client that uses these parts.
pub(super) fn files(uses: &Uses) -> impl Iterator<Item = (String, &'static str)> {
    shipped(FILES, "src/mock", uses)
}

/// `src/mock/operations.rs`.
pub(super) fn index(api: &Api) -> Draft<'_> {
    let all = api.modules.iter().flat_map(|module| {
        module.operations.iter().map(move |operation| {
            let (path, described) = (path(module), described(operation));
            quote!(&#path::#described)
        })
    });
    let credentials = api.schemes.iter().filter_map(credential);
    let modules = modules(&[], api);
    let head = quote! {
        #(pub mod #modules;)*

        #[allow(unused_imports, reason = "a document need not have credentials")]
        use crate::mock::{CREDENTIAL, Described};
        use crate::runtime::ClientBuilder;

        /// All operations.
        pub(super) static ALL: &[&Described] = &[#(#all),*];

        /// Sets credentials that the mock accepts.
        pub(super) fn credentials(builder: ClientBuilder) -> ClientBuilder {
            builder #(#credentials)*
        }
    };
    let inner = inner_lines(&["The operations of the mock, in one module for each tag: what their requests hold."]);
    Draft::Rust { inner, items: Box::new(std::iter::once(head)) }
}

/// `src/mock/operations/TAG.rs`. The operations are in the files of the modules `within` it, if there are any.
pub(super) fn draft<'a>(module: &'a Module, within: &[Ident], context: &Arc<Context<'a>>) -> Draft<'a> {
    let inner = inner_lines(&[format!("Requests of {}.", markdown::code(&module.name.wire))]);
    let modules = modules(&module.idents().collect::<Vec<_>>(), context.api);
    let mut items = vec![quote!(#(pub mod #modules;)*)];
    items.extend(exported(within));
    let own = if within.is_empty() { module.operations.iter().collect() } else { Vec::new() };
    Draft::Rust { inner, items: Box::new(items.into_iter().chain(all(own, module))) }
}

/// A file within that of a module.
pub(super) fn of_paths<'a>(module: &'a Module, operations: Vec<&'a Operation>, _: &Arc<Context<'a>>) -> Draft<'a> {
    let heading = format!("Requests of {}. Their paths begin alike.", markdown::code(&module.name.wire));
    Draft::Rust { inner: inner_lines(&[heading]), items: Box::new(all(operations, module)) }
}

/// These operations of a module.
fn all<'a>(operations: Vec<&'a Operation>, module: &'a Module) -> impl Iterator<Item = TokenStream> + 'a {
    let uses = (!operations.is_empty()).then(|| {
        quote! {
            use crate::mock;
            #[allow(unused_imports, reason = "not every operation mentions one")]
            use crate::types;
        }
    });
    uses.into_iter().chain(operations.into_iter().map(|operation| self::operation(operation, module)))
}

fn credential(scheme: &Scheme) -> Option<TokenStream> {
    let Scheme { name, static_ident, carrier, value, .. } = scheme;
    let method = &name.ident;
    Some(match value {
        SchemeValue::Generated { .. } => return None,
        SchemeValue::Given | SchemeValue::Bearer => quote!(.#method(CREDENTIAL)),
        SchemeValue::Basic => quote!(.#method(CREDENTIAL, CREDENTIAL)),
        SchemeValue::Identity => quote!(.assume_certificate(&crate::client::#static_ident)),
        SchemeValue::Pattern { arguments, .. } => {
            let values = arguments.iter().map(|_| quote!(CREDENTIAL));
            quote!(.#method(#(#values),*))
        }
        SchemeValue::Named => {
            let carrier = match carrier {
                crate::model::Carrier::Header(name)
                | crate::model::Carrier::Query(name)
                | crate::model::Carrier::Cookie(name) => name.as_str(),
                crate::model::Carrier::Certificate => "",
            };
            quote!(.#method(#carrier, CREDENTIAL))
        }
    })
}

fn described(operation: &Operation) -> Raw {
    format_ident!("MOCK_OF_{}", operation.static_ident.as_str())
}

/// The path of a module from the root of those with operations.
fn path(module: &Module) -> TokenStream {
    let idents = module.idents();
    quote!(#(#idents)::*)
}

/// The modules within one, as those of the operations are.
fn modules<'a>(parents: &[&Ident], api: &'a Api) -> Vec<&'a Ident> {
    let within = api.modules.iter().filter(|module| module.parents.iter().eq(parents.iter().copied()));
    within.map(|module| &module.name.ident).collect()
}

fn operation(operation: &Operation, module: &Module) -> TokenStream {
    let Operation { name, request, static_ident, body, .. } = operation;
    let described = described(operation);
    let path = path(module);
    let data = data(operation);
    let values = values::of(operation, &described);
    let fields = values.iter().map(|value| &value.field);
    let reads = values.iter().map(|value| &value.read);
    let ident = &name.ident;
    let [success, error] = responses::types(operation, &path);
    let by_status = responses::by_status(operation, &path);
    let call = markdown::code(&format!("{} {}", operation.method, operation.path));
    let sent = body.as_ref().filter(|_| operation.media_variant.is_some());
    let sent = sent.map(|body| format!(" with {}", markdown::code(&body.media_type))).unwrap_or_default();
    let (struct_doc, method_doc) =
        (format!(" A request of {call}{sent}."), format!(" Sets the responses of {call}{sent}."));
    let argument = if values.is_empty() { quote!(_) } else { quote!(recorded) };
    quote! {
        pub(crate) static #described: mock::Described = mock::Described {
            operation: &crate::operations::#path::#static_ident,
            #data
        };

        #[doc = #struct_doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #request {
            #(#fields)*
        }

        impl mock::Received for #request {
            fn read(#argument: &mock::Recorded) -> Result<Self, String> {
                Ok(Self { #(#reads)* })
            }
        }

        impl mock::Mock {
            #[doc = #method_doc]
            pub fn #ident(&self) -> mock::Endpoint<'_, #request, #success, #error> {
                mock::Endpoint::new(self, &#described)
            }
        }

        #by_status
    }
}

/// The data of an operation, by which the mock checks requests.
fn data(operation: &Operation) -> TokenStream {
    let Operation { name, required, optional, body, .. } = operation;
    let method = name.ident.as_str();
    let status = Literal::u16_unsuffixed(responses::success_status(operation));
    let form = responses::form(operation.success.encoding);
    // Without properties, nothing is sent for a spread object.
    let needed = required.iter().filter(|parameter| !values::is_spread(parameter)).filter_map(|parameter| {
        let place = values::place(&parameter.location)?;
        let wire = &parameter.name.wire;
        Some(quote!((#place, #wire)))
    });
    let in_query = || required.iter().chain(optional);
    let queries = in_query()
        .filter(|parameter| parameter.location == Location::Query && !values::is_spread(parameter))
        .map(|parameter| &parameter.name.wire);
    let has_other_queries = in_query().any(|parameter| {
        matches!(parameter.location, Location::WholeQuery(_))
            || parameter.location == Location::Query && values::is_spread(parameter)
    });
    let media_type = optional_tokens(body.as_ref().map(|body| {
        let media_type = &body.media_type;
        quote!(#media_type)
    }));
    quote! {
        method: #method,
        success: #status,
        form: #form,
        required: &[#(#needed),*],
        queries: &[#(#queries),*],
        has_other_queries: #has_other_queries,
        body: #media_type,
    }
}
