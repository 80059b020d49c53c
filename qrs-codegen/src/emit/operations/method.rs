//! The method of `Client` that creates a request.

use proc_macro2::TokenStream;
use quote::quote;

use super::describe;
use super::parameters::{self, argument, body_arguments, body_bindings, body_step, secret};
use crate::emit::context::Context;
use crate::emit::docs::{deprecated, lines};
use crate::emit::named_by_document;
use crate::emit::types::many_arguments;
use crate::model::{Body, Operation, Presence};

pub(super) fn method(operation: &Operation, context: &Context<'_>) -> TokenStream {
    let Operation { name, request, static_ident, required, body, .. } = operation;
    let ident = &name.ident;
    // A form is the default, and its parts have names.
    let is_other = |body: &&Body| body.in_parts && body.media_type != "multipart/form-data";
    let in_parts = body.as_ref().filter(is_other).map(|Body { media_type, part_order, is_unnamed, .. }| {
        let unnamed = is_unnamed.then(|| quote!(.unnamed_parts()));
        quote!(.multipart(#media_type, &[#(#part_order),*]) #unnamed)
    });
    let body = body.as_ref().filter(|body| body.presence == Presence::Required && !body.in_parts);
    let mut arguments: Vec<TokenStream> = required.iter().map(argument).collect();
    arguments.extend(body.into_iter().flat_map(body_arguments));
    let many = many_arguments(arguments.len() + 1);
    let deprecated = deprecated(operation.deprecated);
    let allowed = named_by_document(ident);
    let secrets = required.iter().filter_map(secret).chain(body.map(body_bindings));
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
