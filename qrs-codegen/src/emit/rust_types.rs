//! Types of the model as Rust code.

use proc_macro2::{Ident as Raw, Span, TokenStream};
use quote::{ToTokens, quote};

use crate::model::Type;

/// The module in which a type is named.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// `types` itself.
    Types,
    /// Any other.
    Elsewhere,
}

impl Type {
    pub(super) fn tokens(&self, from: From) -> TokenStream {
        match self {
            Self::String => quote!(String),
            Self::Secret => quote!(crate::Secret),
            Self::Bool => quote!(bool),
            Self::Integer(name) | Self::Float(name) => Raw::new(name, Span::call_site()).into_token_stream(),
            Self::Uuid => quote!(uuid::Uuid),
            Self::DateTime => quote!(crate::DateTime),
            Self::Date => quote!(jiff::civil::Date),
            Self::Address(name) => {
                let name = Raw::new(name, Span::call_site());
                quote!(std::net::#name)
            }
            Self::Base64 => quote!(crate::Base64),
            Self::Json => quote!(serde_json::Value),
            Self::JsonObject => quote!(serde_json::Map<String, serde_json::Value>),
            Self::Bytes => quote!(Vec<u8>),
            Self::Unit => quote!(()),
            Self::Upload => quote!(crate::Upload),
            Self::Beside(ident) => quote!(#ident),
            Self::List(inner) => {
                let inner = inner.tokens(from);
                quote!(Vec<#inner>)
            }
            Self::Tuple(inner) => {
                let inner = inner.iter().map(|inner| inner.tokens(from));
                quote!((#(#inner,)*))
            }
            Self::Map(inner) => {
                let inner = inner.tokens(from);
                quote!(std::collections::BTreeMap<String, #inner>)
            }
            Self::Item(ident) => match from {
                From::Types => quote!(#ident),
                From::Elsewhere => quote!(types::#ident),
            },
            Self::Nullable(inner) => {
                let inner = inner.tokens(from);
                quote!(Option<#inner>)
            }
            Self::JsonText(inner) => {
                let inner = inner.tokens(from);
                quote!(crate::JsonText<#inner>)
            }
            Self::Boxed(inner) => {
                let inner = inner.tokens(from);
                quote!(Box<#inner>)
            }
        }
    }

    /// The type as Rust code outside of `types` names it.
    pub(super) fn described(&self) -> String {
        self.tokens(From::Elsewhere).to_string().replace(' ', "").replace(',', ", ")
    }

    /// The type of an argument for a value of this type, and the expression that converts it.
    pub(super) fn argument(&self, name: &impl ToTokens, from: From) -> (TokenStream, TokenStream) {
        match self {
            Self::String => (quote!(impl Into<String>), quote!(#name.into())),
            Self::Secret => (quote!(impl Into<crate::Secret>), quote!(#name.into())),
            Self::DateTime => (quote!(impl Into<crate::DateTime>), quote!(#name.into())),
            Self::Boxed(inner) => {
                let inner = inner.tokens(from);
                (quote!(#inner), quote!(Box::new(#name)))
            }
            other => (other.tokens(from), quote!(#name)),
        }
    }
}
