//! Types whose values the document lists.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::context::Context;
use crate::emit::docs::{described, lines};
use crate::markdown;
use crate::model::{Enum, EnumKind, EnumVariant};
use crate::naming::Ident;

pub(super) fn items(item: &Enum, context: &Context<'_>) -> Vec<TokenStream> {
    match item.kind {
        EnumKind::Text => texts(item, context),
        EnumKind::Integer(ty) => integers(item, ty, context),
        EnumKind::Mixed => mixed(item, context),
    }
}

/// The variants with their docs.
fn variants(item: &Enum) -> TokenStream {
    let declared = item.variants.iter().map(|variant| {
        let ident = &variant.ident;
        let doc = described(&variant.doc, || format!("{}.", markdown::code(&variant.wire())));
        quote!(#doc #ident,)
    });
    quote!(#(#declared)*)
}

pub(super) fn heading(item: &Enum, context: &Context<'_>) -> TokenStream {
    let kind = match item.kind {
        EnumKind::Text => "One of several strings",
        EnumKind::Integer(_) => "One of several integers",
        EnumKind::Mixed => "One of several JSON values",
    };
    super::heading(&item.doc, &item.name, &item.at, kind, context)
}

const UNKNOWN: &str = "A value that the document does not list, as it was received.";

const ON_THE_WIRE: &str = "Returns the value on the wire.";

fn texts(item: &Enum, context: &Context<'_>) -> Vec<TokenStream> {
    let (ident, unknown) = (&item.name.ident, &item.unknown);
    let (doc, declared) = (heading(item, context), variants(item));
    let unknown_doc = lines(&[UNKNOWN]);
    let wires: Vec<String> = item.variants.iter().map(EnumVariant::wire).collect();
    let idents: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    vec![
        quote! {
            #doc
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #ident {
                #declared
                #unknown_doc
                #unknown(String),
            }
        },
        quote!(crate::runtime::enumeration! { #ident { #(#idents(#wires)),*; #unknown } }),
    ]
}

fn integers(item: &Enum, ty: &str, context: &Context<'_>) -> Vec<TokenStream> {
    let (ident, unknown) = (&item.name.ident, &item.unknown);
    let (doc, declared) = (heading(item, context), variants(item));
    let unknown_doc = lines(&[UNKNOWN]);
    let numbers: Vec<TokenStream> = item.variants.iter().map(|variant| number(&variant.value)).collect();
    let idents: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let value_doc = lines(&[ON_THE_WIRE]);
    let ty = proc_macro2::Ident::new(ty, proc_macro2::Span::call_site());
    vec![
        quote! {
            #doc
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #ident {
                #declared
                #unknown_doc
                #unknown(#ty),
            }
        },
        quote! {
            impl #ident {
                #value_doc
                #[must_use]
                pub fn value(self) -> #ty {
                    match self {
                        #(Self::#idents => #numbers,)*
                        Self::#unknown(value) => value,
                    }
                }
            }
        },
        quote! {
            impl From<#ty> for #ident {
                fn from(value: #ty) -> Self {
                    match value {
                        #(#numbers => Self::#idents,)*
                        _ => Self::#unknown(value),
                    }
                }
            }
        },
        quote! {
            impl From<#ident> for #ty {
                fn from(value: #ident) -> Self {
                    value.value()
                }
            }
        },
        quote! {
            impl std::fmt::Display for #ident {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Display::fmt(&self.value(), f)
                }
            }
        },
        reader(ident, unknown, &quote!(#ty)),
        writer(ident),
    ]
}

fn number(value: &serde_json::Value) -> TokenStream {
    match (value.as_u64(), value.as_i64()) {
        (Some(value), _) => {
            let value = Literal::u64_unsuffixed(value);
            quote!(#value)
        }
        (None, negative) => {
            let value = Literal::u64_unsuffixed(negative.unwrap_or_default().unsigned_abs());
            quote!(-#value)
        }
    }
}

fn mixed(item: &Enum, context: &Context<'_>) -> Vec<TokenStream> {
    let (ident, unknown) = (&item.name.ident, &item.unknown);
    let (doc, declared) = (heading(item, context), variants(item));
    let unknown_doc = lines(&[UNKNOWN]);
    let value_doc = lines(&[ON_THE_WIRE]);
    let tests: Vec<TokenStream> = item.variants.iter().map(|variant| test(&variant.value)).collect();
    let values: Vec<TokenStream> = item.variants.iter().map(|variant| expression(&variant.value)).collect();
    let idents: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    vec![
        quote! {
            #doc
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #ident {
                #declared
                #unknown_doc
                #unknown(serde_json::Value),
            }
        },
        quote! {
            impl #ident {
                #value_doc
                #[must_use]
                pub fn value(&self) -> serde_json::Value {
                    match self {
                        #(Self::#idents => #values,)*
                        Self::#unknown(value) => value.clone(),
                    }
                }
            }
        },
        quote! {
            impl From<serde_json::Value> for #ident {
                fn from(value: serde_json::Value) -> Self {
                    match value {
                        #(_ if #tests => Self::#idents,)*
                        _ => Self::#unknown(value),
                    }
                }
            }
        },
        quote! {
            impl From<#ident> for serde_json::Value {
                fn from(value: #ident) -> Self {
                    value.value()
                }
            }
        },
        quote! {
            impl std::fmt::Display for #ident {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&crate::runtime::one_of::text(&self.value()))
                }
            }
        },
        reader(ident, unknown, &quote!(serde_json::Value)),
        writer(ident),
    ]
}

fn reader(ident: &Ident, unknown: &Ident, ty: &TokenStream) -> TokenStream {
    quote! {
        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <Self as From<#ty>>::from(serde::Deserialize::deserialize(deserializer)?);
                crate::runtime::value::error_path::note_if_unlisted(matches!(value, Self::#unknown(_)));
                Ok(value)
            }
        }
    }
}

fn writer(ident: &Ident) -> TokenStream {
    quote! {
        impl serde::Serialize for #ident {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.value(), serializer)
            }
        }
    }
}

/// A pattern guard: whether `value` is this one.
fn test(value: &serde_json::Value) -> TokenStream {
    match value {
        serde_json::Value::String(text) => quote!(value.as_str() == Some(#text)),
        serde_json::Value::Bool(flag) => quote!(value.as_bool() == Some(#flag)),
        serde_json::Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or_default();
            quote!(value.as_f64() == Some(#number))
        }
        other if other.is_u64() => {
            let number = number(other);
            quote!(value.as_u64() == Some(#number))
        }
        other => {
            let number = number(other);
            quote!(value.as_i64() == Some(#number))
        }
    }
}

fn expression(value: &serde_json::Value) -> TokenStream {
    match value {
        serde_json::Value::String(text) => quote!(serde_json::Value::from(#text)),
        serde_json::Value::Bool(flag) => quote!(serde_json::Value::from(#flag)),
        serde_json::Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or_default();
            quote!(serde_json::Value::from(#number))
        }
        other if other.is_u64() => {
            let value = Literal::u64_suffixed(other.as_u64().unwrap_or_default());
            quote!(serde_json::Value::from(#value))
        }
        other => {
            let number = number(other);
            quote!(serde_json::Value::from(#number))
        }
    }
}
