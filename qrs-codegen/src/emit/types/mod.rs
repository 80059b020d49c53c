//! `src/types.rs`: the document's schemas.

mod enumeration;
mod structure;
mod union;

use std::sync::Arc;

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::docs::{described, inner_lines, paragraphs};
use super::{Draft, From};
use crate::diagnostic::Pointer;
use crate::markdown;
use crate::model::{Alias, Doc, Item, Name, Type};

pub(super) fn draft<'a>(items: &'a [Item], context: &Arc<Context<'a>>) -> Draft<'a> {
    let heading = vec!["The schemas of the document, as types that are sent and received.".to_owned()];
    let example = context.examples.of_types(context.api);
    let inner = inner_lines(&paragraphs([heading, example]));
    part(inner, items, context)
}

/// As [`draft`], for a later part of the file.
pub(super) fn further<'a>(items: &'a [Item], context: &Arc<Context<'a>>) -> Draft<'a> {
    part(Vec::new(), items, context)
}

fn part<'a>(inner: Vec<TokenStream>, items: &'a [Item], context: &Arc<Context<'a>>) -> Draft<'a> {
    let context = Arc::clone(context);
    Draft::Rust { inner, items: Box::new(items.iter().flat_map(move |item| self::item(item, &context))) }
}

fn item(item: &Item, context: &Context<'_>) -> Vec<TokenStream> {
    match item {
        Item::Struct(item) => structure::items(item, context),
        Item::Enum(item) => enumeration::items(item),
        Item::Union(item) => union::items(item, context),
        Item::Alias(item) => vec![alias(item)],
        Item::Newtype(item) => newtype(item, context),
    }
}

/// The docs of a type. Without a description they say what kind of value it is, where the document has it, and under
/// which name if Rust has another.
fn heading(doc: &Doc, name: &Name, at: &Pointer, kind: &str) -> TokenStream {
    described(doc, || {
        let is_letter = |letter: &char| letter.is_alphanumeric();
        let letters = |text: &str| text.chars().filter(is_letter).flat_map(char::to_lowercase).collect::<String>();
        match at.tokens() {
            [.., owner, section, property] if section == "properties" => {
                format!("{kind}, the property {} of {}.", markdown::code(property), markdown::code(owner))
            }
            _ if letters(&name.wire) == letters(name.ident.as_str()) => format!("{kind}."),
            _ => format!("{kind}, {} in the document.", markdown::code(&name.wire)),
        }
    })
}

/// A constructor has an argument for each thing that the document requires, however many these are.
pub(super) fn many_arguments(count: usize) -> Option<TokenStream> {
    (count > 7).then(|| quote!(#[expect(clippy::too_many_arguments, reason = "the document requires all of them")]))
}

fn alias(item: &Alias) -> TokenStream {
    let Alias { name, doc, ty, at } = item;
    let ident = &name.ident;
    let doc = heading(doc, name, at, &super::docs::kind(ty, From::Types));
    let ty = ty.tokens(From::Types);
    quote! {
        #doc
        pub type #ident = #ty;
    }
}

/// A struct for a name that stands for a list or a map of itself.
fn newtype(item: &Alias, context: &Context<'_>) -> Vec<TokenStream> {
    let Alias { name, doc, ty, at } = item;
    let ident = &name.ident;
    let doc = heading(doc, name, at, &super::docs::kind(ty, From::Types));
    let default = matches!(ty, Type::List(_) | Type::Map(_)).then(|| quote!(Default,));
    let eq = context.is_eq(ident).then(|| quote!(, Eq));
    let ty = ty.tokens(From::Types);
    let declaration = quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq #eq)]
        pub struct #ident(pub #ty);
    };
    let reader = quote! {
        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(deserializer).map(Self)
            }
        }
    };
    let writer = quote! {
        impl serde::Serialize for #ident {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.0, serializer)
            }
        }
    };
    let from = quote! {
        impl From<#ty> for #ident {
            fn from(value: #ty) -> Self {
                Self(value)
            }
        }
    };
    vec![declaration, from, reader, writer]
}
