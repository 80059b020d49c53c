//! The method of `Client` that creates a request.

use proc_macro2::TokenStream;
use quote::quote;

use super::describe;
use super::parameters::{self, argument, body_arguments, body_bindings, body_step, secret};
use crate::emit::context::Context;
use crate::emit::docs::{deprecated, lines};
use crate::emit::named_by_document;
use crate::emit::types::many_arguments;
use crate::model::{Body, Operation, PartGroup, PartLayout, Presence};

pub(super) fn method(operation: &Operation, context: &Context<'_>) -> TokenStream {
    let Operation { name, request, static_ident, required, body, .. } = operation;
    let ident = &name.ident;
    let in_parts = body.as_ref().and_then(parts);
    let body = body.as_ref().filter(|body| body.presence == Presence::Required && body.parts.is_none());
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

/// The steps that say how the parts of a body are sent. A form is the default.
fn parts(Body { media_type, parts, .. }: &Body) -> Option<TokenStream> {
    let PartLayout { order, is_unnamed, groups } = parts.as_ref()?;
    let is_other = media_type != "multipart/form-data";
    let begun = is_other.then(|| quote!(.multipart(#media_type, &[#(#order),*])));
    let unnamed = is_unnamed.then(|| quote!(.unnamed_parts()));
    let grouped = (!groups.is_empty()).then(|| {
        let groups = groups.iter().map(part_group);
        quote!(.grouped_parts(&[#(#groups),*]))
    });
    Some(quote!(#begun #unnamed #grouped))
}

/// A part that consists of parts, as a value of the runtime.
pub(in crate::emit) fn part_group(PartGroup { name, media_type, is_unnamed, parts }: &PartGroup) -> TokenStream {
    let parts = parts.iter().map(|(name, sent)| quote!((#name, #sent)));
    quote!(runtime::PartGroup {
        name: #name, media_type: #media_type, is_unnamed: #is_unnamed, parts: &[#(#parts),*],
    })
}
