//! Objects: a struct, its properties for serde, a constructor and setters.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use super::many_arguments;
use crate::emit::context::Context;
use crate::emit::docs::{deprecated, described, kind, kind_and_name, lines};
use crate::emit::{From, named_by_document};
use crate::markdown;
use crate::model::{Absence, Field, Name, Presence, Rest, Struct, Type};

impl Field {
    /// Whether a setter sets it, and not `new`.
    pub(in crate::emit) fn is_settable(&self) -> bool {
        !self.is_argument && self.constant.is_none()
    }
}

pub(super) fn items(item: &Struct, context: &Context<'_>) -> Vec<TokenStream> {
    let mut items = vec![declaration(item, context), properties(item)];
    items.push(functions(item));
    items.extend((item.has_default() && !item.derives_default()).then(|| default(item)));
    items.extend(item.is_distinguished.then(|| shape(item)));
    items
}

pub(super) fn heading(item: &Struct, context: &Context<'_>) -> TokenStream {
    super::heading(&item.doc, &item.name, &item.at, "A JSON object", context)
}

fn declaration(item: &Struct, context: &Context<'_>) -> TokenStream {
    let Struct { name, fields, rest, .. } = item;
    let ident = &name.ident;
    let doc = heading(item, context);
    let default = item.derives_default().then(|| quote!(Default,));
    let eq = context.is_eq(ident).then(|| quote!(, Eq));
    let fields = fields.iter().map(field);
    let rest = rest.as_ref().map(rest_field);
    quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq #eq)]
        #[non_exhaustive]
        pub struct #ident {
            #(#fields)*
            #rest
        }
    }
}

fn field(field: &Field) -> TokenStream {
    let Field { name, doc, ty, presence, .. } = field;
    let doc = described(doc, || kind_and_name(ty, name, From::Types));
    let ident = &name.ident;
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

/// The field that keeps the properties that the document does not describe.
fn rest_field(rest: &Rest) -> TokenStream {
    let ident = &rest.ident;
    let ty = map_of(rest);
    let doc = lines(&["Further properties, by their names."]);
    quote! {
        #doc
        pub #ident: #ty,
    }
}

/// The type of the map of further properties.
fn map_of(rest: &Rest) -> TokenStream {
    if rest.kept {
        return quote!(crate::FurtherProperties);
    }
    let ty = rest.ty.tokens(From::Types);
    quote!(std::collections::BTreeMap<String, #ty>)
}

/// The names and kinds of the fields, by which the runtime reads and writes them.
fn properties(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let properties = item.fields.iter().map(|field| {
        let Field { name: Name { wire, ident }, aliases, presence, absence, .. } = field;
        let kind = match (presence, absence) {
            (Presence::Required, _) => quote!(required),
            (Presence::Optional, Absence::Null) => quote!(optional),
            (Presence::Optional, Absence::NullOrEmpty) => quote!(optional_text),
            (Presence::Optional, Absence::Missing) => quote!(optional_any),
            (Presence::Nullable, Absence::Null | Absence::Missing) => quote!(nullable),
            (Presence::Nullable, Absence::NullOrEmpty) => quote!(nullable_text),
        };
        quote!(#kind(#ident(#wire #(| #aliases)*)))
    });
    let rest = item.rest.as_ref().map(|Rest { ident, .. }| quote!(; ..#ident));
    let bare = item.bare.as_ref().map(|wire| quote!(; bare #wire));
    let unlisted: Vec<TokenStream> = item.fields.iter().filter_map(unlisted).collect();
    let unlisted = (!unlisted.is_empty()).then(|| quote!(; unlisted |value| #(#unlisted)||*));
    quote!(crate::runtime::object! { #ident { #(#properties),* #rest #bare #unlisted } })
}

/// Whether a boolean is not the one that the document allows. An enum of texts or numbers notices that itself.
fn unlisted(field: &Field) -> Option<TokenStream> {
    let (ident, other) = (&field.name.ident, !field.fixed_flag()?);
    let pattern = match (field.presence, &field.ty) {
        (Presence::Required, Type::Nullable(_)) | (Presence::Optional, _) => quote!(Some(#other)),
        (Presence::Required, _) if other => return Some(quote!(value.#ident)),
        (Presence::Required, _) => return Some(quote!(!value.#ident)),
        (Presence::Nullable, _) => quote!(crate::Nullable::Value(#other)),
    };
    Some(quote!(matches!(value.#ident, #pattern)))
}

/// The properties by which a union recognises the struct.
fn shape(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let required = item.fields.iter().filter(|field| field.presence == Presence::Required);
    let required = required.filter(|field| field.aliases.is_empty()).map(|field| &field.name.wire);
    let known = item.fields.iter().flat_map(|field| std::iter::once(&field.name.wire).chain(&field.aliases));
    let fixed = item.fields.iter().filter(|field| !field.fixed.is_empty()).map(|field| {
        let (wire, values) = (&field.name.wire, field.fixed.iter().map(literal));
        quote!((#wire, &[#(#values),*]))
    });
    let others = match (&item.rest, item.is_closed) {
        (Some(_), _) => quote!(Kept),
        (None, true) => quote!(Refused),
        (None, false) => quote!(Dropped),
    };
    quote! {
        impl #ident {
            pub(crate) const FIELDS: crate::runtime::one_of::Fields = crate::runtime::one_of::Fields {
                required: &[#(#required),*],
                known: &[#(#known),*],
                fixed: &[#(#fixed),*],
                others: crate::runtime::one_of::Others::#others,
            };
        }
    }
}

/// A constant of the document.
fn literal(value: &Value) -> TokenStream {
    let literal = match value {
        Value::Bool(flag) => quote!(Bool(#flag)),
        Value::String(text) => quote!(Text(#text)),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => {
                let whole = Literal::i64_unsuffixed(whole);
                quote!(Integer(#whole))
            }
            (None, number) => {
                let number = Literal::f64_unsuffixed(number.filter(|number| number.is_finite()).unwrap_or_default());
                quote!(Number(#number))
            }
        },
        Value::Null | Value::Array(_) | Value::Object(_) => quote!(Null),
    };
    quote!(crate::runtime::one_of::Literal::#literal)
}

/// `new` and the setters.
fn functions(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    let new = new(item);
    let setters = item.fields.iter().filter(|field| field.is_settable()).map(setter);
    let rest = item.rest.as_ref().map(rest_setter);
    quote! {
        impl #ident {
            #new
            #(#setters)*
            #rest
        }
    }
}

fn new(item: &Struct) -> TokenStream {
    let required: Vec<&Field> = item.fields.iter().filter(|field| field.is_argument).collect();
    let doc = if required.is_empty() {
        "Creates a value without any property."
    } else {
        "Creates a value from its required properties."
    };
    let doc = lines(&[doc]);
    let many = many_arguments(required.len());
    let arguments = required.iter().map(|field| {
        let name = &field.name.ident;
        let (ty, _) = field.ty.argument(name, From::Types);
        quote!(#name: #ty)
    });
    let value = if item.derives_default() && required.is_empty() {
        quote!(Self::default())
    } else {
        let values = item.fields.iter().map(initial);
        let rest = item.rest.as_ref().map(|rest| {
            let ident = &rest.ident;
            if rest.kept {
                quote!(#ident: crate::FurtherProperties::default())
            } else {
                quote!(#ident: std::collections::BTreeMap::new())
            }
        });
        let values = values.chain(rest);
        quote!(Self { #(#values),* })
    };
    quote! {
        #doc
        #[must_use]
        #many
        pub fn new(#(#arguments),*) -> Self {
            #value
        }
    }
}

/// A field as `new` sets it.
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
        (true, Presence::Required)
            if matches!(field.ty, Type::String | Type::Secret | Type::DateTime | Type::Boxed(_)) =>
        {
            quote!(#name: #value)
        }
        (true, Presence::Required) => quote!(#name),
    }
}

/// `Default` of a struct whose only required properties are constants, which have no default of their own.
fn default(item: &Struct) -> TokenStream {
    let ident = &item.name.ident;
    quote! {
        impl Default for #ident {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

fn setter(field: &Field) -> TokenStream {
    let Field { name: Name { wire, ident }, setter, null_setter, doc, ty, presence, .. } = field;
    let doc = described(doc, || format!("Sets {}: {}.", markdown::code(wire), lower_first(&kind(ty, From::Types))));
    let (argument, value) = ty.argument(ident, From::Types);
    let deprecated = deprecated(field.doc.is_deprecated);
    let (value, null) = match presence {
        Presence::Nullable => {
            let doc = lines(&[format!("Sets {} to `null`.", markdown::code(wire))]);
            let null = quote! {
                #doc
                #deprecated
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

/// The words of a kind within a sentence.
fn lower_first(kind: &str) -> String {
    match kind.strip_prefix("A ") {
        Some(rest) => format!("a {rest}"),
        None => kind.strip_prefix("An ").map_or_else(|| kind.to_owned(), |rest| format!("an {rest}")),
    }
}

fn rest_setter(rest: &Rest) -> TokenStream {
    let Rest { ident, setter, .. } = rest;
    let ty = map_of(rest);
    let doc = lines(&["Sets further properties, by their names."]);
    quote! {
        #doc
        #[must_use]
        pub fn #setter(mut self, #ident: #ty) -> Self {
            self.#ident = #ident;
            self
        }
    }
}
