//! Unions: values of one of several types (`oneOf` and `anyOf`).

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::From;
use crate::emit::context::Context;
use crate::emit::docs::{described, kind, lines};
use crate::markdown;
use crate::model::{JsonForm, TagKind, TagPlace, Type, Union, Variant};

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

pub(super) fn heading(item: &Union, context: &Context<'_>) -> TokenStream {
    super::heading(&item.doc, &item.name, &item.at, "One of several types", context)
}

fn declaration(item: &Union, context: &Context<'_>) -> TokenStream {
    let Union { name, tag, variants, unknown, secret, several, .. } = item;
    let ident = &name.ident;
    let doc = heading(item, context);
    let default = variants.iter().find(|variant| variant.is_default).map(|variant| variant.ident.as_str());
    let rule = lines(&[String::new(), rule(tag.as_deref(), several.is_some(), default)]);
    let several = several.as_ref().map(|several| {
        let doc = lines(&["Values of several variants that hold at once, written as one object."]);
        quote!(#doc #several(Vec<Self>),)
    });
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
        #rule
        #[derive(Clone, #debug PartialEq #eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "the document decides how large each variant is")]
        pub enum #ident {
            #(#declared)*
            #several
            #unknown_doc
            #unknown(serde_json::Value),
        }
    }
}

/// The rule by which a value becomes one of the variants.
fn rule(tag: Option<&str>, is_any_of: bool, default: Option<&str>) -> String {
    if let Some(tag) = tag {
        let tag = markdown::code(tag);
        let other = default.unwrap_or("Unknown");
        let without = if default.is_some() {
            format!("A value without {tag}, or with another one,")
        } else {
            format!("A value with another {tag}")
        };
        return format!("The property {tag} selects the variant. {without} becomes `{other}`.");
    }
    let several = if is_any_of { " A value that needs several variants becomes `Several`." } else { "" };
    format!(
        "A value becomes the variant that describes it best: constants, required and closed properties, types and formats \
         decide, at every depth, and then which variant keeps most of the value.{several} A value that no variant \
         describes becomes `Unknown`."
    )
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

/// Reads a value as the variant that describes it best.
fn reader(item: &Union) -> TokenStream {
    let Union { name, variants, unknown, several, .. } = item;
    let ident = &name.ident;
    let forms = variants.iter().map(|variant| form(&variant.form));
    let attempts = variants.iter().enumerate().map(|(index, variant)| {
        let variant = &variant.ident;
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        quote!(#index => one_of::attempt(value).map(Self::#variant),)
    });
    let is_any_of = several.as_ref().map(|_| {
        quote!(
            const IS_ANY_OF: bool = true;
        )
    });
    let several = several.as_ref().map(|several| {
        quote! {
            fn several(parts: Vec<Self>) -> Option<Self> {
                Some(Self::#several(parts))
            }
        }
    });
    quote! {
        impl crate::runtime::one_of::OneOf for #ident {
            #is_any_of
            fn forms() -> &'static [crate::runtime::one_of::JsonForm] {
                use crate::runtime::one_of::JsonForm;
                const { &[#(#forms),*] }
            }

            fn attempt(variant: usize, value: &serde_json::Value) -> Option<Self> {
                use crate::runtime::one_of;
                match variant {
                    #(#attempts)*
                    _ => None,
                }
            }

            fn unknown(value: serde_json::Value) -> Self {
                Self::#unknown(value)
            }

            #several
        }

        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::runtime::one_of::read(deserializer)
            }
        }
    }
}

fn form(form: &JsonForm) -> TokenStream {
    match form {
        JsonForm::Any => quote!(JsonForm::Any),
        JsonForm::Bool => quote!(JsonForm::Bool),
        JsonForm::Integer => quote!(JsonForm::Integer),
        JsonForm::Number => quote!(JsonForm::Number),
        JsonForm::Text => quote!(JsonForm::Text),
        JsonForm::Formatted => quote!(JsonForm::Formatted),
        JsonForm::Texts(texts) => quote!(JsonForm::Texts(&[#(#texts),*])),
        JsonForm::List => quote!(JsonForm::List),
        JsonForm::Object => quote!(JsonForm::Object),
        JsonForm::Struct(ident) => quote!(JsonForm::Fields(&#ident::FIELDS)),
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
    let other = variants.iter().find(|variant| variant.is_default).map_or_else(
        || quote!(Ok(Self::#unknown(one_of::untold(value)))),
        |variant| {
            let variant = &variant.ident;
            quote!(Ok(one_of::default(&value).map_or_else(|| Self::#unknown(one_of::untold(value)), Self::#variant)))
        },
    );
    quote! {
        impl<'de> serde::Deserialize<'de> for #ident {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use crate::runtime::one_of;
                let value = one_of::any(deserializer)?;
                match one_of::tag(&value, #tag).as_deref() {
                    #(#arms)*
                    _ => #other,
                }
            }
        }
    }
}

fn writer(item: &Union) -> TokenStream {
    let Union { name, tag, tag_kind, variants, unknown, several, .. } = item;
    let ident = &name.ident;
    let several = several
        .as_ref()
        .map(|several| quote!(Self::#several(parts) => crate::runtime::one_of::write_together(parts, serializer),));
    let arms = variants.iter().map(|variant| {
        let Variant { ident, tags, tag_place, is_default, .. } = variant;
        // A value that means the default without its tag stays without it.
        let is_added = matches!(tag_place, TagPlace::Perhaps if !is_default) || *tag_place == TagPlace::Outside;
        if let (Some(tag), true, Some(value)) = (tag, is_added, tags.first()) {
            let value = tag_value(*tag_kind, value);
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
                    #several
                    Self::#unknown(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }
    }
}

/// The value of a tag as the document types it.
fn tag_value(kind: TagKind, text: &str) -> TokenStream {
    match (kind, text.parse::<i64>(), text.parse::<bool>()) {
        (TagKind::Integer, Ok(number), _) => {
            let number = proc_macro2::Literal::i64_suffixed(number);
            quote!(#number)
        }
        (TagKind::Bool, _, Ok(flag)) => quote!(#flag),
        _ => quote!(#text),
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
    let Union { name, variants, unknown, several, .. } = item;
    let ident = &name.ident;
    let shown = variants.iter().map(|variant| &variant.ident).chain(several);
    let arms = shown.map(|variant| {
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
