//! Unions: values of one of several types (`oneOf` and `anyOf`).

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::From;
use crate::emit::context::Context;
use crate::emit::docs::{described, kind, lines};
use crate::markdown;
use crate::model::{Form, TagPlace, Type, Union, Variant};

pub(super) fn items(item: &Union, context: &Context<'_>) -> Vec<TokenStream> {
    let mut items = vec![declaration(item, context)];
    match &item.tag {
        Some(tag) => items.push(tagged_reader(item, tag)),
        None => items.push(reader(item)),
    }
    items.push(writer(item));
    items.extend(item.variants.iter().filter(|variant| variant.from).map(|variant| conversion(item, variant)));
    items.extend(item.secret.then(|| hidden(item)));
    items.extend(item.scalar.then(|| display(item)));
    items
}

fn declaration(item: &Union, context: &Context<'_>) -> TokenStream {
    let Union { at, name, doc, tag, variants, unknown, secret, .. } = item;
    let ident = &name.ident;
    let doc = super::heading(doc, name, at, "One of several types");
    let declared = variants.iter().map(|variant| {
        let Variant { ident, doc, ty, tags, .. } = variant;
        let doc = described(doc, || variant_doc(ty, tag.as_deref(), tags));
        let ty = ty.tokens(From::Types);
        quote!(#doc #ident(#ty),)
    });
    let unknown_doc = lines(&["A value of none of the documented types, as it was received."]);
    let debug = (!secret).then(|| quote!(Debug,));
    let eq = context.is_eq(ident).then(|| quote!(, Eq));
    quote! {
        #doc
        #[derive(Clone, #debug PartialEq #eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "the document decides how large each variant is")]
        pub enum #ident {
            #(#declared)*
            #unknown_doc
            #unknown(serde_json::Value),
        }
    }
}

/// The docs of a variant that the document does not describe.
fn variant_doc(ty: &Type, tag: Option<&str>, tags: &[String]) -> String {
    let kind = kind(ty, From::Types);
    match tag {
        Some(tag) if !tags.is_empty() => {
            let tags: Vec<String> = tags.iter().map(|tag| markdown::code(tag)).collect();
            format!("{kind}, if {} is {}.", markdown::code(tag), tags.join(" or "))
        }
        _ => format!("{kind}."),
    }
}

/// Reads a value whose form tells its type.
fn reader(item: &Union) -> TokenStream {
    let Union { name, variants, unknown, .. } = item;
    let ident = &name.ident;
    let forms = variants.iter().map(|variant| form(&variant.form));
    let attempts = variants.iter().enumerate().map(|(index, variant)| {
        let variant = &variant.ident;
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        quote!(#index => one_of::attempt(&value).map(Self::#variant),)
    });
    quote! {
        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use crate::runtime::one_of::{self, Form};
                let value = one_of::any(deserializer)?;
                for variant in one_of::fitting(&value, &[#(#forms),*]) {
                    let decoded = match variant {
                        #(#attempts)*
                        _ => None,
                    };
                    if let Some(decoded) = decoded {
                        return Ok(decoded);
                    }
                }
                Ok(Self::#unknown(value))
            }
        }
    }
}

fn form(form: &Form) -> TokenStream {
    match form {
        Form::Any => quote!(Form::Any),
        Form::Bool => quote!(Form::Bool),
        Form::Integer => quote!(Form::Integer),
        Form::Number => quote!(Form::Number),
        Form::Text => quote!(Form::Text),
        Form::Formed => quote!(Form::Formed),
        Form::Texts(texts) => quote!(Form::Texts(&[#(#texts),*])),
        Form::List => quote!(Form::List),
        Form::Object => quote!(Form::Object),
        Form::Struct(ident) => quote!(Form::Fields(&#ident::FIELDS)),
    }
}

/// Reads a value with a property that tells its type.
fn tagged_reader(item: &Union, tag: &str) -> TokenStream {
    let Union { name, variants, unknown, .. } = item;
    let ident = &name.ident;
    let arms = variants.iter().filter(|variant| !variant.tags.is_empty()).map(|variant| {
        let Variant { ident, tags, tag_place, .. } = variant;
        let decoded = match tag_place {
            TagPlace::Inside | TagPlace::Perhaps => quote!(one_of::tagged(&value)),
            TagPlace::Outside => quote!(one_of::untagged(value, #tag)),
        };
        quote!(Some(#(#tags)|*) => #decoded.map(Self::#ident),)
    });
    quote! {
        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use crate::runtime::one_of;
                let value = one_of::any(deserializer)?;
                match one_of::tag(&value, #tag) {
                    #(#arms)*
                    _ => Ok(Self::#unknown(value)),
                }
            }
        }
    }
}

fn writer(item: &Union) -> TokenStream {
    let Union { name, tag, variants, unknown, .. } = item;
    let ident = &name.ident;
    let arms = variants.iter().map(|variant| {
        let Variant { ident, tags, tag_place, .. } = variant;
        if let (Some(tag), TagPlace::Perhaps | TagPlace::Outside, Some(value)) = (tag, tag_place, tags.first()) {
            quote!(Self::#ident(value) => crate::runtime::one_of::with_tag(value, #tag, #value, serializer),)
        } else {
            quote!(Self::#ident(value) => serde::Serialize::serialize(value, serializer),)
        }
    });
    quote! {
        impl serde::Serialize for #ident {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #(#arms)*
                    Self::#unknown(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }
    }
}

fn conversion(item: &Union, variant: &Variant) -> TokenStream {
    let ident = &item.name.ident;
    let name = &variant.ident;
    let (ty, value) = match &variant.ty {
        Type::Boxed(inner) => (inner.tokens(From::Types), quote!(Box::new(value))),
        other => (other.tokens(From::Types), quote!(value)),
    };
    quote! {
        impl From<#ty> for #ident {
            fn from(value: #ty) -> Self {
                Self::#name(#value)
            }
        }
    }
}

/// `Debug` that redacts an unknown value, which may hold a secret.
fn hidden(item: &Union) -> TokenStream {
    let Union { name, variants, unknown, .. } = item;
    let ident = &name.ident;
    let arms = variants.iter().map(|variant| {
        let variant = &variant.ident;
        let name = variant.as_str();
        quote!(Self::#variant(value) => f.debug_tuple(#name).field(value).finish(),)
    });
    let text = format!("{}([redacted])", unknown.as_str());
    quote! {
        impl std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    #(#arms)*
                    Self::#unknown(_) => f.write_str(#text),
                }
            }
        }
    }
}

fn display(item: &Union) -> TokenStream {
    let Union { name, variants, unknown, .. } = item;
    let ident = &name.ident;
    let variants = variants.iter().map(|variant| &variant.ident);
    quote! {
        impl std::fmt::Display for #ident {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    #(Self::#variants(value) => std::fmt::Display::fmt(value, f),)*
                    Self::#unknown(value) => f.write_str(&crate::runtime::one_of::text(value)),
                }
            }
        }
    }
}
