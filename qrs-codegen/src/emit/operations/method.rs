//! The method of `Client` that creates a request.

use proc_macro2::TokenStream;
use quote::quote;

use super::describe;
use super::parameters::{self, argument, body_argument, body_secret, body_step, secret};
use crate::emit::context::Context;
use crate::emit::docs::lines;
use crate::emit::named_by_document;
use crate::emit::types::many_arguments;
use crate::model::{Operation, Presence};

pub(super) fn method(operation: &Operation, context: &Context<'_>) -> TokenStream {
    let Operation { name, request, static_ident, required, body, .. } = operation;
    let ident = &name.ident;
    let body = body.as_ref().filter(|body| body.presence == Presence::Required);
    let in_parts = body.filter(|body| body.in_parts).map(|_| quote!(.multipart()));
    let body = body.filter(|body| !body.in_parts);
    let mut arguments: Vec<TokenStream> = required.iter().map(argument).collect();
    arguments.extend(body.map(body_argument));
    let many = many_arguments(arguments.len() + 1);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated = "the document marks it as deprecated"]));
    let allowed = named_by_document(ident);
    let secrets = required.iter().filter_map(secret).chain(body.and_then(body_secret));
    let steps = required.iter().map(parameters::step).chain(body.map(body_step));
    let doc = lines(&describe::method(operation, context));
    quote! {
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
