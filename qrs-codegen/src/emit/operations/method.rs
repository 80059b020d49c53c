//! The method that creates a request, of `Client` or of the type that an accessor returns.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::describe;
use super::parameters::{self, argument, body_arguments, body_bindings, body_step, secret};
use crate::emit::context::Context;
use crate::emit::docs::{deprecated, lines};
use crate::emit::named_by_document;
use crate::emit::types::many_arguments;
use crate::model::{Accessor, Body, Location, Operation, PartGroup, PartLayout, Presence};
use crate::naming::Ident;

pub(super) fn method(operation: &Operation, accessor: Option<&Accessor>, context: &Context<'_>) -> TokenStream {
    let Operation { request, static_ident, required, body, .. } = operation;
    let in_parts = body.as_ref().and_then(parts);
    let body = required_body(operation);
    let secrets = required.iter().filter_map(secret).chain(body.map(body_bindings));
    let steps = required.iter().map(parameters::step).chain(body.map(body_step));
    let client = if accessor.is_some() { quote!(self.client) } else { quote!(self) };
    let doc = lines(&describe::method(operation, context));
    let made = quote! {
        #(#secrets)*
        #request { call: Call::new(#client, &#static_ident) #in_parts #(#steps)* }
    };
    function(operation, &doc, &made)
}

/// The method of `Client` for an operation that an accessor leads to. Whoever called it when there were fewer operations
/// still can; the documentation does not show it.
pub(super) fn shortcut(operation: &Operation, Accessor { method, ty }: &Accessor) -> TokenStream {
    let ident = &operation.name.ident;
    let parameters = operation.required.iter().flat_map(|parameter| {
        let chosen = matches!(parameter.location, Location::FurtherPart(_)).then(|| quote!(name));
        chosen.into_iter().chain([parameter.name.ident.to_token_stream()])
    });
    let body = required_body(operation).into_iter().flat_map(|body| {
        let idents: Vec<&Ident> = [&body.ident].into_iter().chain(&body.media_type_argument).collect();
        idents.into_iter().map(ToTokens::to_token_stream)
    });
    let arguments = parameters.chain(body);
    let doc = lines(&[format!("As [`{}::{}`].", ty.as_str(), ident.as_str())]);
    let allowed = operation.deprecated.then(|| quote!(#[allow(deprecated, reason = "it is deprecated itself")]));
    function(operation, &quote!(#doc #[doc(hidden)] #allowed), &quote!(self.#method().#ident(#(#arguments),*)))
}

fn function(operation: &Operation, doc: &TokenStream, made: &TokenStream) -> TokenStream {
    let Operation { name, request, required, .. } = operation;
    let ident = &name.ident;
    let mut arguments: Vec<TokenStream> = required.iter().map(argument).collect();
    arguments.extend(required_body(operation).into_iter().flat_map(body_arguments));
    let many = many_arguments(arguments.len() + 1);
    let deprecated = deprecated(operation.deprecated);
    let allowed = named_by_document(ident);
    quote! {
        #doc
        #deprecated
        #many
        #allowed
        pub fn #ident(&self, #(#arguments),*) -> #request {
            #made
        }
    }
}

/// The body that is an argument.
fn required_body(operation: &Operation) -> Option<&Body> {
    operation.body.as_ref().filter(|body| body.presence == Presence::Required && body.parts.is_none())
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
