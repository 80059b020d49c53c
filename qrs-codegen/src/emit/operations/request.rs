//! The request of an operation: what is set on it, and how it is sent.

use proc_macro2::TokenStream;
use quote::quote;

use super::parameters::{argument, body_arguments, body_bindings, body_step, secret, step};
use super::responses;
use crate::emit::docs::{described, kind_and_name, lines};
use crate::emit::{From, named_by_document};
use crate::markdown;
use crate::model::{Accessor, Body, Operation, Parameter, Presence};

pub(super) fn items(operation: &Operation, accessor: Option<&Accessor>) -> Vec<TokenStream> {
    vec![declaration(operation, accessor), functions(operation), as_request(operation)]
}

fn declaration(operation: &Operation, accessor: Option<&Accessor>) -> TokenStream {
    let Operation { name, request, .. } = operation;
    let id = markdown::code(&name.wire);
    let creator = accessor.map_or("Client", |accessor| accessor.ty.as_str());
    let doc = lines(&[format!("A request of the operation {id}, created by [`{creator}::{}`].", name.ident.as_str())]);
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
    let body = body.as_ref().filter(|body| body.presence == Presence::Optional && body.parts.is_none());
    let body_setter = body.map(body_setter);
    let ok = success.ty.tokens(From::Elsewhere);
    let error_body = responses::error_body(operation);
    let future = responses::future(&ok, error_body.as_ref());
    let result = responses::result(&ok, error_body.as_ref());
    let doc = send_doc(operation);
    let blocking = lines(&[
        "Sends the request and blocks until the response has arrived, for code without an async runtime.",
        "",
        "# Errors",
        "",
        "As [`Self::send`].",
    ]);
    let prepared = prepared(operation);
    let streaming = operation.streaming.as_ref().map(|streaming| responses::streaming(streaming, error_body.as_ref()));
    let alternatives = responses::alternatives(&operation.alternatives, error_body.as_ref());
    quote! {
        impl #request {
            #(#setters)*
            #body_setter
            #doc
            pub fn send(self) -> #future {
                #prepared.send()
            }

            #blocking
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> #result {
                runtime::Request::prepare(self).send_blocking()
            }

            #streaming
            #alternatives
        }
    }
}

fn send_doc(operation: &Operation) -> TokenStream {
    let mut doc = vec![
        "Sends the request and waits for the response.",
        "",
        "# Errors",
        "",
        "Fails when no response arrives, its status code is not a success, or its body cannot be decoded: see [`Error`].",
    ];
    if operation.error.is_some() {
        doc.push("[`Error::body`] returns the body of a documented error.");
    }
    lines(&doc)
}

/// The request with its decoders. `send` has it too, instead of a call of `Request::prepare`: for that the compiler would
/// prove once more that the request is `Send`.
fn prepared(operation: &Operation) -> TokenStream {
    let decoder = responses::success_decoder(&operation.success);
    let error_decoder = responses::error_decoder(operation);
    quote!(self.call.prepared(#decoder, #error_decoder))
}

/// The traits that make it one of the requests that code for all of them takes.
fn as_request(operation: &Operation) -> TokenStream {
    let Operation { request, success, error, .. } = operation;
    let ok = success.ty.tokens(From::Elsewhere);
    let prepared = prepared(operation);
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
                #prepared
            }
        }
    }
}

fn setter(parameter: &Parameter) -> TokenStream {
    let Parameter { name, ty, doc, .. } = parameter;
    let ident = &name.ident;
    let argument = argument(parameter);
    let secret = secret(parameter);
    let step = step(parameter);
    let doc =
        described(doc, || format!("Sets {}. {}", markdown::code(&name.wire), kind_and_name(ty, name, From::Elsewhere)));
    let allowed = named_by_document(ident);
    quote! {
        #doc
        #allowed
        pub fn #ident(mut self, #argument) -> Self {
            #secret
            self.call = self.call #step;
            self
        }
    }
}

fn body_setter(body: &Body) -> TokenStream {
    let ident = &body.ident;
    let secret = body_bindings(body);
    let arguments = body_arguments(body);
    let step = body_step(body);
    let doc = described(&body.doc, || "Sets the request body.".to_owned());
    quote! {
        #doc
        pub fn #ident(mut self, #(#arguments),*) -> Self {
            #secret
            self.call = self.call #step;
            self
        }
    }
}
