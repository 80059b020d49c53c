//! The responses that the mock gives: the types that a test sets, and the conversion of those that differ by status code.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::From;
use crate::model::{Encoding, ItemForm, Operation, ResponseEnum, StatusVariant, Statuses, Type};

/// The types that stand for the successes and the errors of an operation.
pub(super) fn types(Operation { success, error, .. }: &Operation, path: &TokenStream) -> [TokenStream; 2] {
    let success = match (&success.ty, success.encoding) {
        (Type::Beside(ident), _) => quote!(crate::operations::#path::#ident),
        (ty, encoding) if is_bytes(ty, encoding) => quote!(mock::Content),
        (_, Encoding::ByStatus) => quote!(serde_json::Value),
        (ty, _) => ty.tokens(From::Elsewhere),
    };
    let error = match error {
        Some(Type::Beside(_)) => quote!(serde_json::Value),
        Some(ty) => ty.tokens(From::Elsewhere),
        None => quote!(()),
    };
    [success, error]
}

fn is_bytes(ty: &Type, encoding: Encoding) -> bool {
    *ty == Type::Bytes || matches!(encoding, Encoding::Bytes | Encoding::Form | Encoding::Multipart)
}

/// How a success is written.
pub(super) fn form(encoding: Encoding) -> TokenStream {
    match encoding {
        Encoding::Text => quote!(mock::SuccessForm::Text),
        Encoding::Items(ItemForm::Line | ItemForm::Record) => quote!(mock::SuccessForm::Lines),
        Encoding::Items(ItemForm::Event) => quote!(mock::SuccessForm::Events),
        Encoding::Items(ItemForm::EventData) => quote!(mock::SuccessForm::EventData),
        _ => quote!(mock::SuccessForm::Json),
    }
}

/// The status code of the first documented success.
pub(super) fn success_status(operation: &Operation) -> u16 {
    let documented = operation.descriptions.keys().filter_map(|status| status.parse::<u16>().ok());
    let fallback = if operation.success.ty == Type::Unit { 204 } else { 200 };
    documented.filter(|status| (200..300).contains(status)).min().unwrap_or(fallback)
}

/// The conversion of successes that differ by status code: each variant into its response.
pub(super) fn by_status(operation: &Operation, path: &TokenStream) -> Option<TokenStream> {
    let response_enum =
        operation.response_enums.iter().find(|held| operation.success.ty == Type::Beside(held.ident.clone()))?;
    let ident = &response_enum.ident;
    let arms = response_enum.variants.iter().map(|variant| {
        let StatusVariant { ident, ty, encoding, media_types, .. } = variant;
        let status = Literal::u16_unsuffixed(status(variant, response_enum));
        let media_type = media_types.iter().find(|name| !name.contains('*')).map_or("", String::as_str);
        if *ty == Type::Unit {
            return quote!(Self::#ident => mock::Reply::empty().of(#status, #media_type),);
        }
        let reply = match encoding {
            encoding if is_bytes(ty, *encoding) => quote!(bytes(body)),
            Encoding::Text => quote!(text(&body)),
            Encoding::Items(ItemForm::Line | ItemForm::Record) => quote!(lines(&body)),
            Encoding::Items(ItemForm::Event) => quote!(events(&body)),
            Encoding::Items(ItemForm::EventData) => quote!(event_data(&body)),
            _ => quote!(json(&body)),
        };
        quote!(Self::#ident(body) => mock::Reply::#reply.of(#status, #media_type),)
    });
    Some(quote! {
        impl mock::Success for crate::operations::#path::#ident {
            fn into_reply(self) -> mock::Reply {
                match self { #(#arms)* }
            }
        }
    })
}

/// The status code of a variant. One that stands for several gets the first that no other variant has.
fn status(variant: &StatusVariant, response_enum: &ResponseEnum) -> u16 {
    let first = match variant.statuses {
        Statuses::One(status) => return status,
        Statuses::Range(class) => class.saturating_mul(100),
        Statuses::Other => 200,
    };
    let is_taken = |status: &u16| response_enum.variants.iter().any(|other| other.statuses == Statuses::One(*status));
    (first..first.saturating_add(100)).find(|status| !is_taken(status)).unwrap_or(first)
}
