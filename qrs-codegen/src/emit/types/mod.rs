//! `src/types.rs`, or the files of `src/types/`: the document's schemas.

mod enumeration;
mod files;
mod structure;
mod union;

use std::sync::Arc;

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::docs::{described, inner_lines, paragraphs};
use super::split::exported;
use super::{Draft, From};
use crate::diagnostic::Pointer;
use crate::markdown;
use crate::model::{Alias, Doc, Item, Name, Type};
use crate::naming::Ident;
pub(super) use files::{TypesFile, files};

/// The only file of the types.
pub(super) fn draft<'a>(items: &[&'a Item], context: &Arc<Context<'a>>) -> Draft<'a> {
    part(heading_of_all(context), None, items.to_vec(), context)
}

/// The file that exports the types of several modules.
pub(super) fn index<'a>(modules: &[Ident], context: &Arc<Context<'a>>) -> Draft<'a> {
    Draft::Rust { inner: heading_of_all(context), items: Box::new(exported(modules).into_iter()) }
}

/// The file of one of several modules. `others` are the types of other files that it mentions: a glob import of all of them
/// in each file would cost a large crate seconds, and hundreds of megabytes.
pub(super) fn of_module<'a>(items: &[&'a Item], others: &[&Ident], context: &Arc<Context<'a>>) -> Draft<'a> {
    let inner = inner_lines(&["The schemas whose names begin with the same letters.".to_owned()]);
    let others = (!others.is_empty()).then(|| quote!(use super::{#(#others),*};));
    part(inner, others, items.to_vec(), context)
}

/// As [`draft`], for a later part of the file.
pub(super) fn further<'a>(items: &[&'a Item], context: &Arc<Context<'a>>) -> Draft<'a> {
    part(Vec::new(), None, items.to_vec(), context)
}

fn heading_of_all(context: &Context<'_>) -> Vec<TokenStream> {
    let heading = vec!["The schemas of the document, as types that are sent and received.".to_owned()];
    let example = context.examples.of_types(context.api);
    inner_lines(&paragraphs([heading, example]))
}

fn part<'a>(
    inner: Vec<TokenStream>,
    first: Option<TokenStream>,
    items: Vec<&'a Item>,
    context: &Arc<Context<'a>>,
) -> Draft<'a> {
    let context = Arc::clone(context);
    let items = items.into_iter().flat_map(move |item| self::item(item, &context));
    Draft::Rust { inner, items: Box::new(first.into_iter().chain(items)) }
}

fn item(item: &Item, context: &Context<'_>) -> Vec<TokenStream> {
    if let Some(declared) = context.api.shared.get(&item.name().ident) {
        return vec![shared(item, declared, context)];
    }
    match item {
        Item::Struct(item) => structure::items(item, context),
        Item::Enum(item) => enumeration::items(item, context),
        Item::Union(item) => union::items(item, context),
        Item::Alias(item) => vec![alias(item, context)],
        Item::Newtype(item) => newtype(item, context),
    }
}

/// The docs of a type. Without a description they say what kind of value it is, where the document has it, and under
/// which name if Rust has another.
fn heading(doc: &Doc, name: &Name, at: &Pointer, kind: &str, context: &Context<'_>) -> TokenStream {
    described(doc, || {
        let is_letter = |letter: &char| letter.is_alphanumeric();
        let letters = |text: &str| text.chars().filter(is_letter).flat_map(char::to_lowercase).collect::<String>();
        match at.tokens() {
            [before @ .., section, property] if section == "properties" => {
                let owner = owner(before, context).map(|owner| format!(" of {}", markdown::code(owner)));
                format!("{kind}, the property {}{}.", markdown::code(property), owner.unwrap_or_default())
            }
            _ if letters(&name.wire) == letters(name.ident.as_str()) => format!("{kind}."),
            _ => format!("{kind}, {} in the document.", markdown::code(&name.wire)),
        }
    })
}

/// The name of the schema at a place: its own, or that of the type which it is a part of.
fn owner<'a>(mut at: &'a [String], context: &Context<'a>) -> Option<&'a str> {
    if let [.., section, name] = at
        && ["schemas", "definitions", "$defs", "properties"].contains(&section.as_str())
    {
        return Some(name);
    }
    loop {
        if let Some(ident) = context.type_at(at) {
            return Some(ident.as_str());
        }
        at = match at {
            [outer @ .., keyword, _] if ["allOf", "anyOf", "oneOf", "dependentSchemas"].contains(&keyword.as_str()) => {
                outer
            }
            [outer @ .., keyword] if ["then", "else"].contains(&keyword.as_str()) => outer,
            _ => return None,
        };
    }
}

/// A constructor has an argument for each thing that the document requires, however many these are.
pub(super) fn many_arguments(count: usize) -> Option<TokenStream> {
    (count > 7).then(|| quote!(#[expect(clippy::too_many_arguments, reason = "the document requires all of them")]))
}

/// A name for a type that is the same. Only the words of its own place differ.
fn shared(item: &Item, declared: &Ident, context: &Context<'_>) -> TokenStream {
    let doc = match item {
        Item::Struct(item) => structure::heading(item, context),
        Item::Enum(item) => enumeration::heading(item, context),
        Item::Union(item) => union::heading(item, context),
        Item::Alias(item) | Item::Newtype(item) => of_alias(item, context),
    };
    let ident = &item.name().ident;
    quote! {
        #doc
        pub type #ident = #declared;
    }
}

fn of_alias(item: &Alias, context: &Context<'_>) -> TokenStream {
    heading(&item.doc, &item.name, &item.at, &super::docs::kind(&item.ty, From::Types), context)
}

fn alias(item: &Alias, context: &Context<'_>) -> TokenStream {
    let Alias { name, ty, .. } = item;
    let ident = &name.ident;
    let doc = of_alias(item, context);
    let ty = ty.tokens(From::Types);
    quote! {
        #doc
        pub type #ident = #ty;
    }
}

/// A struct for a name that stands for a list or a map of itself.
fn newtype(item: &Alias, context: &Context<'_>) -> Vec<TokenStream> {
    let Alias { name, ty, .. } = item;
    let ident = &name.ident;
    let doc = of_alias(item, context);
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
