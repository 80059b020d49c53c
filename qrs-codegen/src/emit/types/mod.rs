//! `src/types.rs`: the document's schemas.

mod enumeration;
mod union;

use std::collections::BTreeSet;
use std::sync::Arc;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Draft, From, Items, doc, inner_lines, lines, named_by_document, paragraphs};
use crate::markdown;
use crate::model::{Alias, Doc, Field, Item, Name, Presence, Rest, Struct, Type};
use crate::naming::Ident;

pub(super) fn draft<'a>(items: &'a [Item], equality: &Equality<'a>) -> Draft<'a> {
    let inner = inner_lines(&["What is sent and received: the document's schemas."]);
    Draft::Rust { inner, items: all(items, equality) }
}

/// As [`draft`], for those that come later in the file.
pub(super) fn further<'a>(items: &'a [Item], equality: &Equality<'a>) -> Draft<'a> {
    Draft::Rust { inner: Vec::new(), items: all(items, equality) }
}

fn all<'a>(items: &'a [Item], equality: &Equality<'a>) -> Items<'a> {
    let equality = equality.clone();
    Box::new(items.iter().flat_map(move |item| self::item(item, &equality)))
}

fn item(item: &Item, equality: &Equality<'_>) -> Vec<TokenStream> {
    match item {
        Item::Struct(item) => structure(item, equality),
        Item::Enum(item) => enumeration::items(item),
        Item::Union(item) => union::items(item, equality),
        Item::Alias(item) => vec![alias(item)],
        Item::Newtype(item) => newtype(item, equality),
    }
}

/// Which types are `Eq`: all but those that contain a floating-point number.
#[derive(Clone)]
pub(super) struct Equality<'a> {
    partial: Arc<BTreeSet<&'a Ident>>,
}

impl<'a> Equality<'a> {
    pub(super) fn of(items: &'a [Item]) -> Self {
        let mut partial = BTreeSet::new();
        loop {
            let known = partial.len();
            for item in items {
                let is_partial = |ty: &Type| match ty {
                    Type::Float(_) => true,
                    Type::Item(ident) => partial.contains(ident),
                    _ => false,
                };
                if item.types().iter().any(|ty| ty.mentions(&is_partial)) {
                    partial.insert(&item.name().ident);
                }
            }
            if partial.len() == known {
                return Self { partial: Arc::new(partial) };
            }
        }
    }

    /// The traits to derive for a type.
    fn derives(&self, ident: &Ident) -> TokenStream {
        if self.partial.contains(ident) { quote!(PartialEq) } else { quote!(PartialEq, Eq) }
    }
}

fn structure(item: &Struct, equality: &Equality<'_>) -> Vec<TokenStream> {
    let Struct { name, fields, rest, has_constructor, is_distinguished, .. } = item;
    let ident = &name.ident;
    let doc = described(&item.doc, || format!("The schema {}.", markdown::code(&name.wire)));
    let default = item.derives_default().then(|| quote!(Default,));
    let equal = equality.derives(ident);
    let declared = fields.iter().map(field);
    let rest = rest.as_ref().map(others);
    let declaration = quote! {
        #doc
        #[derive(Clone, Debug, #default #equal)]
        #[non_exhaustive]
        pub struct #ident {
            #(#declared)*
            #rest
        }
    };
    let mut items = vec![declaration, properties(item)];
    items.extend(has_constructor.then(|| builder(item)));
    // What can only have one value needs no asking for, but has no default of its own.
    items.extend((item.has_default() && !item.derives_default()).then(|| {
        quote! {
            impl Default for #ident {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    }));
    items.extend(is_distinguished.then(|| shape(item)));
    items
}

/// What serde reads and writes the fields as.
fn properties(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let properties = item.fields.iter().map(|field| {
        let Field { name: Name { wire, ident }, aliases, presence, empty_is_none, .. } = field;
        let kind = match (presence, empty_is_none) {
            (Presence::Required, _) => quote!(required),
            (Presence::Optional, false) => quote!(optional),
            (Presence::Optional, true) => quote!(optional_text),
            (Presence::Nullable, false) => quote!(nullable),
            (Presence::Nullable, true) => quote!(nullable_text),
        };
        quote!(#kind(#ident(#wire #(| #aliases)*)))
    });
    let rest = item.rest.as_ref().map(|Rest { ident, .. }| quote!(; ..#ident));
    quote!(crate::runtime::object! { #ident { #(#properties),* #rest } })
}

/// What tells the objects of a struct from others.
fn shape(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let required = item.fields.iter().filter(|field| field.presence == Presence::Required);
    let required = required.filter(|field| field.aliases.is_empty()).map(|field| &field.name.wire);
    let known = item.fields.iter().flat_map(|field| std::iter::once(&field.name.wire).chain(&field.aliases));
    let fixed = item.fields.iter().filter(|field| !field.fixed.is_empty()).map(|field| {
        let (wire, texts) = (&field.name.wire, &field.fixed);
        quote!((#wire, &[#(#texts),*]))
    });
    let keeps_others = item.rest.is_some();
    quote! {
        impl #ident {
            const FIELDS: crate::runtime::one_of::Fields = crate::runtime::one_of::Fields {
                required: &[#(#required),*],
                known: &[#(#known),*],
                fixed: &[#(#fixed),*],
                keeps_others: #keeps_others,
            };
        }
    }
}

/// The field that keeps what is not described.
fn others(rest: &Rest) -> TokenStream {
    let Rest { ident, ty, .. } = rest;
    let ty = ty.tokens(From::Types);
    let doc = lines(&["Further properties, by their names."]);
    quote! {
        #doc
        pub #ident: std::collections::BTreeMap<String, #ty>,
    }
}

fn field(field: &Field) -> TokenStream {
    let Field { name: Name { wire, ident }, doc, ty, presence, .. } = field;
    let doc = described(doc, || format!("{} on the wire.", markdown::code(wire)));
    let ty = ty.tokens(From::Types);
    let ty = match presence {
        Presence::Required => ty,
        Presence::Optional => quote!(Option<#ty>),
        Presence::Nullable => quote!(crate::Nullable<#ty>),
    };
    quote! {
        #doc
        pub #ident: #ty,
    }
}

/// `new` and the setters of a type that callers send.
fn builder(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let required: Vec<&Field> = item.fields.iter().filter(|field| field.is_argument).collect();
    let new_doc = if required.is_empty() { "With nothing set." } else { "With what is required." };
    let new_doc = lines(&[new_doc]);
    let many = many_arguments(required.len());
    let arguments = required.iter().map(|field| {
        let name = &field.name.ident;
        let (ty, _) = field.ty.argument(name, From::Types);
        quote!(#name: #ty)
    });
    let values = item.fields.iter().map(initial);
    let rest_value = item.rest.as_ref().map(|rest| {
        let ident = &rest.ident;
        quote!(#ident: std::collections::BTreeMap::new())
    });
    let values = values.chain(rest_value);
    let made = if item.derives_default() { quote!(Self::default()) } else { quote!(Self { #(#values),* }) };
    let setters = item.fields.iter().filter(|field| !field.is_argument && field.constant.is_none()).map(setter);
    let rest = item.rest.as_ref().map(rest_setter);
    quote! {
        impl #ident {
            #new_doc
            #[must_use]
            #many
            pub fn new(#(#arguments),*) -> Self {
                #made
            }

            #(#setters)*
            #rest
        }
    }
}

/// A field as `new` makes it.
fn initial(field: &Field) -> TokenStream {
    let name = &field.name.ident;
    let (_, value) = field.ty.argument(name, From::Types);
    if let Some((ty, only)) = &field.constant {
        return quote!(#name: #ty::#only);
    }
    match (field.is_argument, field.presence) {
        (false, Presence::Nullable) => quote!(#name: crate::Nullable::Absent),
        (false, _) => quote!(#name: None),
        (true, Presence::Optional | Presence::Nullable) => quote!(#name: Some(#value)),
        (true, _) if matches!(field.ty, Type::String | Type::Secret | Type::Boxed(_)) => quote!(#name: #value),
        (true, _) => quote!(#name),
    }
}

fn setter(field: &Field) -> TokenStream {
    let Field { name: Name { wire, ident }, setter, null_setter, doc, ty, presence, .. } = field;
    let doc = described(doc, || format!("Sets {}.", markdown::code(wire)));
    let (argument, value) = ty.argument(ident, From::Types);
    let (value, null) = match presence {
        Presence::Nullable => {
            let doc = lines(&[format!("Sets {} to `null`.", markdown::code(wire))]);
            let null = quote! {
                #doc
                #[must_use]
                pub fn #null_setter(mut self) -> Self {
                    self.#ident = crate::Nullable::Null;
                    self
                }
            };
            (quote!(crate::Nullable::Value(#value)), Some(null))
        }
        Presence::Required | Presence::Optional => (quote!(Some(#value)), None),
    };
    let allowed = named_by_document(setter);
    quote! {
        #doc
        #allowed
        #[must_use]
        pub fn #setter(mut self, #ident: #argument) -> Self {
            self.#ident = #value;
            self
        }

        #null
    }
}

fn rest_setter(rest: &Rest) -> TokenStream {
    let Rest { ident, setter, ty } = rest;
    let ty = ty.tokens(From::Types);
    let doc = lines(&["Sets further properties, by their names."]);
    quote! {
        #doc
        #[must_use]
        pub fn #setter(mut self, #ident: std::collections::BTreeMap<String, #ty>) -> Self {
            self.#ident = #ident;
            self
        }
    }
}

/// A constructor has an argument for each thing that the document requires, however many these are.
pub(super) fn many_arguments(count: usize) -> Option<TokenStream> {
    (count > 7).then(|| quote!(#[expect(clippy::too_many_arguments, reason = "the document requires all of them")]))
}

fn alias(item: &Alias) -> TokenStream {
    let Alias { name, doc, ty, .. } = item;
    let ident = &name.ident;
    let doc = described(doc, || format!("The schema {}.", markdown::code(&name.wire)));
    let ty = ty.tokens(From::Types);
    quote! {
        #doc
        pub type #ident = #ty;
    }
}

/// A name that stands for a list or a map of itself is a type of its own.
fn newtype(item: &Alias, equality: &Equality<'_>) -> Vec<TokenStream> {
    let Alias { name, doc, ty, .. } = item;
    let ident = &name.ident;
    let doc = described(doc, || format!("The schema {}.", markdown::code(&name.wire)));
    let default = matches!(ty, Type::List(_) | Type::Map(_)).then(|| quote!(Default,));
    let equal = equality.derives(ident);
    let ty = ty.tokens(From::Types);
    let declaration = quote! {
        #doc
        #[derive(Clone, Debug, #default #equal)]
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

fn described(words: &Doc, otherwise: impl FnOnce() -> String) -> TokenStream {
    if words.0.is_empty() { lines(&paragraphs([vec![otherwise()]])) } else { doc(words) }
}
