//! `src/operations/*.rs`: a method of `Client`, a request, and the data of it for each operation.

use proc_macro2::{Ident as Raw, Literal, Span, TokenStream};
use quote::quote;

use super::parameters::{given, secret, step};
use super::types::many_arguments;
use super::{Draft, From, answers, client, inner_lines, lines, named_by_document, paragraphs, parameters};
use crate::markdown;
use crate::model::{Answer, Api, Body, Encoding, Module, Operation, Parameter, Presence, Statuses, Type};

/// `src/operations/mod.rs`.
pub(super) fn index(api: &Api) -> Draft<'static> {
    let modules = api.modules.iter().map(|module| {
        let ident = &module.name.ident;
        quote!(pub mod #ident;)
    });
    let inner = inner_lines(&["The requests that a client makes, by the tags of the document."]);
    Draft::Rust { inner, items: Box::new(std::iter::once(quote!(#(#modules)*))) }
}

pub(super) fn draft(module: &Module) -> Draft<'_> {
    let name = markdown::code(&module.name.wire);
    // Where the document has no tags, a module is called after segments of its paths.
    let heading = if module.name.wire.starts_with('/') {
        format!("Operations under {name} (path parameters left out).")
    } else {
        format!("Operations of the tag {name}.")
    };
    let inner = inner_lines(&paragraphs([vec![heading], module.doc.0.clone()]));
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
    let uses = quote! {
        #client
        use crate::runtime::{self, Call, Client, Error};
        #types
    };
    Draft::Rust { inner, items: Box::new(std::iter::once(uses).chain(module.operations.iter().flat_map(operation))) }
}

fn operation(operation: &Operation) -> Vec<TokenStream> {
    let mut items =
        vec![data(operation), method(operation), request(operation), functions(operation), as_request(operation)];
    items.extend(answers::items(operation));
    items
}

fn data(operation: &Operation) -> TokenStream {
    let Operation { name, static_ident, method, path, success: Answer { accept, .. }, .. } = operation;
    let id = &name.wire;
    let method = Raw::new(method, Span::call_site());
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
        static #static_ident: runtime::Operation = runtime::Operation {
            id: #id,
            method: runtime::Method::#method,
            path: #path,
            security: #security,
            credential_parameters: &[#(#carried),*],
            accept: #accept,
            errors: &[#(#errors),*],
        };
    }
}

fn method(operation: &Operation) -> TokenStream {
    let Operation { name, request, static_ident, required, body, .. } = operation;
    let ident = &name.ident;
    let body = body.as_ref().filter(|body| body.presence == Presence::Required);
    let in_parts = body.filter(|body| body.in_parts).map(|_| quote!(.multipart()));
    let body = body.filter(|body| !body.in_parts);
    let mut arguments: Vec<TokenStream> = required.iter().map(argument).collect();
    arguments.extend(body.map(body_argument));
    let many = many_arguments(arguments.len() + 1);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated = "the document advises against it"]));
    let allowed = named_by_document(ident);
    let secrets = required.iter().filter_map(secret).chain(body.and_then(body_secret));
    let steps = required.iter().map(step).chain(body.map(body_step));
    let doc = lines(&method_doc(operation));
    quote! {
        impl Client {
            #doc
            #deprecated
            #many
            #allowed
            pub fn #ident(&self, #(#arguments),*) -> #request {
                #(#secrets)*
                #request { call: Call::new(self, &#static_ident) #in_parts #(#steps)* }
            }
        }
    }
}

fn method_doc(operation: &Operation) -> Vec<String> {
    let Operation { method, path, answers, .. } = operation;
    let call = markdown::code(&format!("{method} {path}"));
    let required =
        operation.required.iter().map(|parameter| described(&parameter.name.ident.to_string(), &parameter.doc.0));
    let mut arguments: Vec<String> = required.collect();
    arguments.retain(|line| !line.is_empty());
    let answers = answers.iter().map(|(status, description)| {
        if description.is_empty() { format!("* `{status}`") } else { format!("* `{status}`: {description}") }
    });
    let servers: Vec<String> =
        operation.servers.iter().map(|server| format!("[`Server::{server}`](crate::Server::{server})")).collect();
    let servers = match servers.as_slice() {
        [] => Vec::new(),
        servers => {
            vec![format!("It has a server of its own, which [`Client::at_server`] leads to: {}.", servers.join(" or "))]
        }
    };
    paragraphs([operation.doc.0.clone(), vec![call], servers, arguments, answers.collect()])
}

/// One line of a list of arguments.
fn described(name: &str, doc: &[String]) -> String {
    let words: Vec<&str> = doc.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    if words.is_empty() || doc.iter().any(|line| line.starts_with("```") || line.starts_with('|')) {
        return String::new();
    }
    format!("* `{name}`: {}", words.join(" "))
}

fn request(operation: &Operation) -> TokenStream {
    let Operation { name, request, .. } = operation;
    let doc =
        lines(&[format!("A request of {}, made by [`Client::{}`].", markdown::code(&name.wire), name.ident.as_str())]);
    quote! {
        #doc
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until it is sent: `.send().await`"]
        pub struct #request {
            call: Call,
        }
    }
}

fn functions(operation: &Operation) -> TokenStream {
    let Operation { request, optional, body, success, .. } = operation;
    let setters = optional.iter().map(setter);
    let body = body.as_ref().filter(|body| body.presence == Presence::Optional && !body.in_parts);
    let body_setter = body.map(body_setter);
    let ok = success.ty.tokens(From::Elsewhere);
    let error = answers::error(operation);
    let doc = send_doc(operation);
    let blocking = lines(&[
        "Sends the request, and waits for the answer: [`Self::send`] for code that has no async runtime.",
        "",
        "# Errors",
        "",
        "As `send`.",
    ]);
    let streaming = operation.streaming.as_ref().map(|streaming| answers::streaming(streaming, &error));
    let alternatives = answers::alternatives(&operation.alternatives, &error);
    quote! {
        impl #request {
            #(#setters)*
            #body_setter
            #doc
            pub async fn send(self) -> Result<#ok, #error> {
                runtime::Request::prepare(self).send().await
            }

            #blocking
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> Result<#ok, #error> {
                runtime::Request::prepare(self).send_blocking()
            }

            #streaming
            #alternatives
        }
    }
}

/// What makes it one of the requests that code for all of them takes.
fn as_request(operation: &Operation) -> TokenStream {
    let Operation { request, success, error, .. } = operation;
    let ok = success.ty.tokens(From::Elsewhere);
    let decoder = answers::success_decoder(success);
    let error_decoder = answers::error_decoder(operation);
    let error = error.as_ref().map_or_else(|| quote!(()), |ty| ty.tokens(From::Elsewhere));
    quote! {
        impl runtime::Sealed for #request {
            fn settings(&mut self) -> &mut runtime::Settings {
                self.call.settings()
            }
        }

        impl runtime::Request for #request {
            type Output = #ok;
            type Error = #error;

            fn prepare(self) -> runtime::PreparedRequest<Self::Output, Self::Error> {
                self.call.prepared(#decoder, #error_decoder)
            }
        }
    }
}

fn send_doc(operation: &Operation) -> TokenStream {
    let errors = match &operation.error {
        Some(_) => {
            "When it is not answered, or not with a success: see [`Error`], whose `body` holds a documented error."
        }
        None => "When it is not answered, or not with a success: see [`Error`].",
    };
    lines(&["Sends the request.", "", "# Errors", "", errors])
}

fn argument(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    let ty = given(parameter);
    quote!(#ident: #ty)
}

fn setter(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    let ty = given(parameter);
    let secret = secret(parameter);
    let step = step(parameter);
    let doc = if parameter.doc.0.is_empty() {
        lines(&[format!("Sets the parameter {}.", markdown::code(&parameter.name.wire))])
    } else {
        lines(&parameter.doc.0)
    };
    let allowed = named_by_document(ident);
    quote! {
        #doc
        #allowed
        pub fn #ident(mut self, #ident: #ty) -> Self {
            #secret
            self.call = self.call #step;
            self
        }
    }
}

fn body_argument(body: &Body) -> TokenStream {
    let ident = &body.ident;
    let ty = match (body.encoding, &body.ty) {
        (Encoding::Text, _) => quote!(impl Into<String>),
        (Encoding::Bytes, _) => quote!(impl Into<crate::Payload>),
        (Encoding::Multipart, _) => quote!(crate::Multipart),
        (_, ty) => ty.tokens(From::Elsewhere),
    };
    quote!(#ident: #ty)
}

fn body_step(body: &Body) -> TokenStream {
    let Body { ident, media_type, fields, .. } = body;
    match body.encoding {
        Encoding::Json => quote!(.json(#ident, #media_type)),
        Encoding::Form => {
            let fields = fields.iter().map(parameters::field);
            quote!(.form(#ident, &[#(#fields),*], #media_type))
        }
        Encoding::Multipart => quote!(.multipart_body(#ident)),
        Encoding::Text if body.ty == Type::Secret => quote!(.hide(&#ident).text(#ident, #media_type)),
        Encoding::Text => quote!(.text(#ident.into(), #media_type)),
        Encoding::Bytes => quote!(.bytes(#ident.into(), #media_type)),
        Encoding::Empty | Encoding::ByStatus => TokenStream::new(),
    }
}

/// What a secret body needs before its step, which uses it twice.
fn body_secret(body: &Body) -> Option<TokenStream> {
    let ident = &body.ident;
    (body.encoding == Encoding::Text && body.ty == Type::Secret).then(|| quote!(let #ident: String = #ident.into();))
}

fn body_setter(body: &Body) -> TokenStream {
    let ident = &body.ident;
    let secret = body_secret(body);
    let argument = body_argument(body);
    let step = body_step(body);
    let doc = if body.doc.0.is_empty() { lines(&["Sets the body."]) } else { lines(&body.doc.0) };
    quote! {
        #doc
        pub fn #ident(mut self, #argument) -> Self {
            #secret
            self.call = self.call #step;
            self
        }
    }
}
