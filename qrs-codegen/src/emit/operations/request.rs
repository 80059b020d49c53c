//! The request of an operation: what is set on it, and how it is sent.

use proc_macro2::TokenStream;
use quote::quote;

use super::parameters::{argument, body_arguments, body_bindings, body_step, secret, step};
use super::responses;
use crate::emit::docs::{described, kind, kind_and_name, lines};
use crate::emit::part_docs::part_in_words;
use crate::emit::{From, named_by_document};
use crate::markdown;
use crate::model::{Accessor, Body, Operation, Parameter, Presence};

pub(super) fn items(operation: &Operation, accessor: Option<&Accessor>) -> Vec<TokenStream> {
    let mut items = vec![declaration(operation, accessor)];
    items.extend(functions(operation));
    items.push(as_request(operation));
    items
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

/// What is set on the request, and the further ways to send it.
fn functions(operation: &Operation) -> Option<TokenStream> {
    let Operation { request, optional, body, .. } = operation;
    let body = body.as_ref().filter(|body| body.presence == Presence::Optional && body.parts.is_none());
    let error_body = responses::error_body(operation);
    let streaming = operation.streaming.as_ref().map(|streaming| responses::streaming(streaming, error_body.as_ref()));
    let alternatives = responses::alternatives(&operation.alternatives, error_body.as_ref());
    let functions: Vec<TokenStream> = optional
        .iter()
        .map(|parameter| setter(operation, parameter))
        .chain(body.map(body_setter))
        .chain(streaming)
        .chain(alternatives)
        .collect();
    (!functions.is_empty()).then(|| quote!(impl #request { #(#functions)* }))
}

/// What makes it a request that can be sent.
fn as_request(operation: &Operation) -> TokenStream {
    let Operation { request, success, error, .. } = operation;
    let ok = success.ty.tokens(From::Elsewhere);
    let decoder = responses::success_decoder(success);
    let error = error.as_ref().map_or_else(|| quote!(()), |ty| ty.tokens(From::Elsewhere));
    let error_decoder = responses::error_decoder(operation);
    quote! {
        crate::runtime::sendable! {
            #request { success(#ok, #decoder), error(#error, #error_decoder) }
        }
    }
}

fn setter(operation: &Operation, parameter: &Parameter) -> TokenStream {
    let Parameter { name, ty, doc, .. } = parameter;
    let ident = &name.ident;
    let argument = argument(parameter);
    let secret = secret(parameter);
    let step = step(parameter);
    let doc = described(doc, || match part_in_words(operation, parameter) {
        Some(part) => format!("Sets {part}. {}.", kind(ty, From::Elsewhere)),
        None => format!("Sets {}. {}", markdown::code(&name.wire), kind_and_name(ty, name, From::Elsewhere)),
    });
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
