//! `src/types.rs`: the document's schemas.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Draft, From, doc, inner_lines, lines, paragraphs};
use crate::markdown;
use crate::model::{Alias, Api, Doc, Enum, Field, Item, Name, Presence, Struct, Type};

pub(super) fn draft(api: &Api) -> Draft {
    let inner = inner_lines(&["What is sent and received: the document's schemas."]);
    Draft::Rust { inner, items: api.items.iter().flat_map(item).collect() }
}

fn item(item: &Item) -> Vec<TokenStream> {
    match item {
        Item::Struct(item) => structure(item),
        Item::Enum(item) => enumeration(item),
        Item::Alias(item) => vec![alias(item)],
    }
}

fn structure(item: &Struct) -> Vec<TokenStream> {
    let Struct { name, fields, built, .. } = item;
    let ident = &name.ident;
    let doc = described(&item.doc, || format!("The schema {}.", markdown::code(&name.wire)));
    let default = item.has_default().then(|| quote!(Default,));
    let declared = fields.iter().map(field);
    let declaration = quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq, serde::Deserialize, serde::Serialize)]
        #[non_exhaustive]
        pub struct #ident {
            #(#declared)*
        }
    };
    if *built { vec![declaration, builder(item)] } else { vec![declaration] }
}

fn field(field: &Field) -> TokenStream {
    let Field { name: Name { wire, ident }, aliases, doc, ty, presence, empty_is_none, .. } = field;
    let doc = described(doc, || format!("{} on the wire.", markdown::code(wire)));
    let mut attributes: Vec<TokenStream> = Vec::new();
    if field.name.differs() {
        attributes.push(quote!(rename = #wire));
    }
    attributes.extend(aliases.iter().map(|alias| quote!(alias = #alias)));
    let ty_tokens = ty.tokens(From::Types);
    let ty = match presence {
        Presence::Required => ty_tokens,
        Presence::Optional => {
            attributes.push(quote!(default));
            if *empty_is_none {
                attributes.push(quote!(deserialize_with = "crate::runtime::wire::empty_as_none"));
            }
            attributes.push(quote!(skip_serializing_if = "Option::is_none"));
            quote!(Option<#ty_tokens>)
        }
    };
    let attribute = (!attributes.is_empty()).then(|| quote!(#[serde(#(#attributes),*)]));
    quote! {
        #doc
        #attribute
        pub #ident: #ty,
    }
}

/// `new` and the setters of a type that callers send.
fn builder(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        item.fields.iter().partition(|field| field.presence == Presence::Required);
    let new_doc = if required.is_empty() { "With nothing set." } else { "With what is required." };
    let new_doc = lines(&[new_doc]);
    let many = many_arguments(required.len());
    let arguments = required.iter().map(|field| {
        let name = &field.name.ident;
        let (ty, _) = field.ty.argument(name, From::Types);
        quote!(#name: #ty)
    });
    let values = item.fields.iter().map(|field| {
        let name = &field.name.ident;
        let (_, value) = field.ty.argument(name, From::Types);
        match field.presence {
            Presence::Optional => quote!(#name: None),
            Presence::Required if matches!(field.ty, Type::String | Type::Secret | Type::Boxed(_)) => {
                quote!(#name: #value)
            }
            Presence::Required => quote!(#name),
        }
    });
    let setters = optional.into_iter().map(setter);
    quote! {
        impl #ident {
            #new_doc
            #[must_use]
            #many
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }

            #(#setters)*
        }
    }
}

fn setter(field: &Field) -> TokenStream {
    let Field { name: Name { wire, ident }, setter, doc, ty, .. } = field;
    let doc = described(doc, || format!("Sets {}.", markdown::code(wire)));
    let (argument, value) = ty.argument(ident, From::Types);
    quote! {
        #doc
        #[must_use]
        pub fn #setter(mut self, #ident: #argument) -> Self {
            self.#ident = Some(#value);
            self
        }
    }
}

/// A constructor has an argument for each thing that the document requires, however many these are.
pub(super) fn many_arguments(count: usize) -> Option<TokenStream> {
    (count > 7).then(|| quote!(#[expect(clippy::too_many_arguments, reason = "the document requires all of them")]))
}

fn enumeration(item: &Enum) -> Vec<TokenStream> {
    let Enum { name, doc, variants, unknown, .. } = item;
    let ident = &name.ident;
    let doc = described(doc, || format!("The schema {}.", markdown::code(&name.wire)));
    let declared = variants.iter().map(|Name { wire, ident }| {
        let doc = lines(&[format!("{} on the wire.", markdown::code(wire))]);
        quote!(#doc #ident,)
    });
    let unknown_doc = lines(&["A value that the document does not list, as it was received."]);
    let wires: Vec<&String> = variants.iter().map(|variant| &variant.wire).collect();
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let as_str_doc = lines(&["The value on the wire."]);
    vec![
        quote! {
            #doc
            #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
            #[serde(from = "String", into = "String")]
            #[non_exhaustive]
            pub enum #ident {
                #(#declared)*
                #unknown_doc
                #unknown(String),
            }
        },
        quote! {
            impl #ident {
                #as_str_doc
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#idents => #wires,)*
                        Self::#unknown(value) => value,
                    }
                }
            }
        },
        quote! {
            impl From<String> for #ident {
                fn from(value: String) -> Self {
                    match value.as_str() {
                        #(#wires => Self::#idents,)*
                        _ => Self::#unknown(value),
                    }
                }
            }
        },
        quote! {
            impl From<#ident> for String {
                fn from(value: #ident) -> Self {
                    value.as_str().to_owned()
                }
            }
        },
        quote! {
            impl std::fmt::Display for #ident {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.as_str())
                }
            }
        },
    ]
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

fn described(words: &Doc, otherwise: impl FnOnce() -> String) -> TokenStream {
    if words.0.is_empty() { lines(&paragraphs([vec![otherwise()]])) } else { doc(words) }
}
