//! `src/mock/operations.rs` and the files within it: for each operation of the mock its data, a method, and a request with
//! typed values. The files are split as those of the operations are.

use std::sync::Arc;

use proc_macro2::{Ident as Raw, Literal, TokenStream};
use quote::{format_ident, quote};

use super::context::Context;
use super::docs::inner_lines;
use super::split::exported;
use super::{Draft, From, optional_tokens};
use crate::markdown;
use crate::model::{
    Api, Body, Encoding, Location, Module, Operation, Parameter, ParameterEncoding, Presence, Scheme, SchemeValue,
    Style, Styling, Type,
};
use crate::naming::Ident;

/// The hand-written files of the mock.
const FILES: &[(&str, &str)] = &[
    ("endpoint.rs", include_str!("../../runtime/mock/endpoint.rs")),
    ("mod.rs", include_str!("../../runtime/mock/mod.rs")),
    ("recorded.rs", include_str!("../../runtime/mock/recorded.rs")),
    ("server.rs", include_str!("../../runtime/mock/server.rs")),
];

/// The paths and texts of the hand-written files.
pub(super) fn files() -> impl Iterator<Item = (String, String)> {
    FILES.iter().map(|(name, text)| (format!("src/mock/{name}"), (*text).to_owned()))
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

        use crate::mock::Described;
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
            #[allow(unused_imports, reason = "not every operation needs each")]
            use crate::mock::{Described, Endpoint, Mock, Place, Received, Recorded};
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
        SchemeValue::Given | SchemeValue::Bearer => quote!(.#method("mock")),
        SchemeValue::Basic => quote!(.#method("mock", "mock")),
        SchemeValue::Identity => quote!(.assume_certificate(&crate::client::#static_ident)),
        SchemeValue::Pattern { arguments, .. } => {
            let values = arguments.iter().map(|_| "mock");
            quote!(.#method(#(#values),*))
        }
        SchemeValue::Named => {
            let carrier = match carrier {
                crate::model::Carrier::Header(name)
                | crate::model::Carrier::Query(name)
                | crate::model::Carrier::Cookie(name) => name.as_str(),
                crate::model::Carrier::Certificate => "",
            };
            quote!(.#method(#carrier, "mock"))
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

/// A value that the mock reads from a request.
struct Value {
    field: TokenStream,
    read: TokenStream,
}

fn operation(operation: &Operation, module: &Module) -> TokenStream {
    let Operation { name, request, static_ident, required, optional, body, .. } = operation;
    let described = described(operation);
    let path = path(module);
    let needed = required.iter().filter_map(|parameter| {
        let place = place(&parameter.location)?;
        let wire = &parameter.name.wire;
        Some(quote!((#place, #wire)))
    });
    let queries = optional_tokens(queries(operation).map(|names| quote!(&[#(#names),*])));
    let has_body = body.is_some();
    let mut values: Vec<Value> = required.iter().filter_map(|parameter| parameter_value(parameter, true)).collect();
    values.extend(optional.iter().filter_map(|parameter| parameter_value(parameter, false)));
    values.extend(body.as_ref().filter(|body| body.parts.is_none()).map(body_value));
    let fields = values.iter().map(|value| &value.field);
    let reads = values.iter().map(|value| &value.read);
    let ident = &name.ident;
    let status = Literal::u16_unsuffixed(success_status(operation));
    let is_text = operation.success.encoding == Encoding::Text;
    let [success, error] = response_types(operation);
    let call = markdown::code(&format!("{} {}", operation.method, operation.path));
    let (struct_doc, method_doc) = (format!(" A request of {call}."), format!(" Sets the responses of {call}."));
    let argument = if values.is_empty() { quote!(_) } else { quote!(recorded) };
    quote! {
        pub(crate) static #described: Described = Described {
            operation: &crate::operations::#path::#static_ident,
            success: #status,
            is_text: #is_text,
            required: &[#(#needed),*],
            queries: #queries,
            has_body: #has_body,
        };

        #[doc = #struct_doc]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #request {
            #(#fields)*
        }

        impl Received for #request {
            fn read(#argument: &Recorded) -> Result<Self, String> {
                Ok(Self { #(#reads)* })
            }
        }

        impl Mock {
            #[doc = #method_doc]
            pub fn #ident(&self) -> Endpoint<'_, #request, #success, #error> {
                Endpoint::new(self, &#described)
            }
        }
    }
}

/// The types that stand for the successes and the errors of an operation.
fn response_types(Operation { success, error, .. }: &Operation) -> [TokenStream; 2] {
    let success = match (&success.ty, success.encoding) {
        (Type::Beside(_) | Type::Bytes, _) | (_, Encoding::ByStatus | Encoding::Bytes) => quote!(serde_json::Value),
        (ty, _) => ty.tokens(From::Elsewhere),
    };
    let error = match error {
        Some(Type::Beside(_)) => quote!(serde_json::Value),
        Some(ty) => ty.tokens(From::Elsewhere),
        None => quote!(()),
    };
    [success, error]
}

/// The names of the query parameters; `None` if the document leaves the names to the caller.
fn queries(operation: &Operation) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for parameter in operation.required.iter().chain(&operation.optional) {
        match (&parameter.location, parameter.encoding) {
            (Location::WholeQuery(_), _) => return None,
            // The fields of the value are parameters.
            (Location::Query, ParameterEncoding::Structured(Styling { style: Style::Form, explode: true, .. })) => {
                return None;
            }
            (Location::Query, _) => names.push(parameter.name.wire.as_str()),
            _ => {}
        }
    }
    Some(names)
}

/// The status code of the first documented success.
fn success_status(operation: &Operation) -> u16 {
    let documented = operation.descriptions.keys().filter_map(|status| status.parse::<u16>().ok());
    let fallback = if operation.success.ty == Type::Unit { 204 } else { 200 };
    documented.filter(|status| (200..300).contains(status)).min().unwrap_or(fallback)
}

fn place(location: &Location) -> Option<TokenStream> {
    Some(match location {
        Location::Path => quote!(Place::Path),
        Location::Query => quote!(Place::Query),
        Location::Header => quote!(Place::Header),
        Location::Cookie => quote!(Place::Cookie),
        Location::Part(_) | Location::FurtherPart(_) | Location::WholeQuery(_) => return None,
    })
}

/// The separator of a list that is one text, as an expression: `None` for one that is repeated.
fn separator(parameter: &Parameter) -> Option<TokenStream> {
    let ParameterEncoding::List(styling) = parameter.encoding else { return None };
    match styling.style {
        Style::Form if styling.explode => Some(quote!(None)),
        Style::Form | Style::Simple => Some(quote!(Some(','))),
        Style::SpaceDelimited => Some(quote!(Some(' '))),
        Style::PipeDelimited => Some(quote!(Some('|'))),
        _ => None,
    }
}

/// A parameter, unless it is written in a way that the mock does not read.
fn parameter_value(parameter: &Parameter, is_required: bool) -> Option<Value> {
    let place = place(&parameter.location)?;
    let (ident, wire) = (&parameter.name.ident, &parameter.name.wire);
    let mut ty = parameter.ty.tokens(From::Elsewhere);
    let missing = format!("the parameter `{wire}` is missing");
    let optional = match parameter.encoding {
        ParameterEncoding::Plain => quote!(recorded.optional(#place, #wire)?),
        ParameterEncoding::Styled(styling) if matches!(styling.style, Style::Simple | Style::Form) => {
            quote!(recorded.optional(#place, #wire)?)
        }
        ParameterEncoding::List(_) => {
            let Type::List(element) = &parameter.ty else { return None };
            let element = element.tokens(From::Elsewhere);
            ty = quote!(Vec<#element>);
            let separator = separator(parameter)?;
            quote!(recorded.list(#place, #wire, #separator)?)
        }
        ParameterEncoding::Json(_) => quote!(recorded.json(#place, #wire)?),
        ParameterEncoding::Styled(_) | ParameterEncoding::Structured(_) => return None,
    };
    let doc = format!(" {}.", markdown::code(wire));
    Some(if is_required {
        Value {
            field: quote!(#[doc = #doc] pub #ident: #ty,),
            read: quote!(#ident: #optional.ok_or_else(|| #missing.to_owned())?,),
        }
    } else {
        Value { field: quote!(#[doc = #doc] pub #ident: Option<#ty>,), read: quote!(#ident: #optional,) }
    })
}

fn body_value(body: &Body) -> Value {
    let Body { ident, ty, encoding, presence, .. } = body;
    let (ty, read) = match encoding {
        Encoding::Json => (ty.tokens(From::Elsewhere), quote!(recorded.json_body()?)),
        Encoding::Text | Encoding::Form => (quote!(String), quote!(recorded.text_body()?)),
        _ => (quote!(Vec<u8>), quote!(recorded.body().to_vec())),
    };
    if *presence == Presence::Required {
        return Value { field: quote!(#[doc = " The body."] pub #ident: #ty,), read: quote!(#ident: #read,) };
    }
    let read = quote!(if recorded.body().is_empty() { None } else { Some(#read) });
    Value { field: quote!(#[doc = " The body."] pub #ident: Option<#ty>,), read: quote!(#ident: #read,) }
}
