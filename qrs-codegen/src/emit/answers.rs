//! What comes back from an operation: how it is read, and the types that stand beside its request.

use proc_macro2::{Ident as Raw, Literal, Span, TokenStream};
use quote::quote;

use super::{From, doc, lines};
use crate::markdown;
use crate::model::{
    ALTERNATIVE, Answer, ByStatus, Encoding, HeaderField, Headers, Name, Operation, StatusVariant, Statuses, Streamed,
    Streaming, Type,
};

/// The types beside a request.
pub(super) fn items(operation: &Operation) -> Vec<TokenStream> {
    let mut items = Vec::new();
    for by_status in &operation.by_status {
        let success = operation.success.ty == Type::Beside(by_status.ident.clone());
        items.push(enumeration(operation, by_status));
        items.push(if success { success_by_status(by_status) } else { error_by_status(by_status) });
    }
    items.extend(operation.headers.as_ref().map(|headers| self::headers(operation, headers)));
    items
}

/// The error of an operation.
pub(super) fn error(operation: &Operation) -> TokenStream {
    let Some(ty) = &operation.error else { return quote!(Error) };
    let ty = ty.tokens(From::Elsewhere);
    quote!(Error<#ty>)
}

/// The function that reads a success.
pub(super) fn success_decoder(success: &Answer) -> TokenStream {
    match (&success.ty, success.encoding) {
        (Type::Beside(ident), _) => quote!(#ident::read),
        (ty, encoding) => decoder(ty, encoding),
    }
}

/// The function that reads an error.
pub(super) fn error_decoder(operation: &Operation) -> TokenStream {
    match &operation.error {
        Some(Type::Beside(ident)) => quote!(#ident::read),
        Some(_) => quote!(runtime::decode::json_error),
        None => quote!(runtime::decode::no_error),
    }
}

/// The function of the runtime that reads what is not told by its status.
fn decoder(ty: &Type, encoding: Encoding) -> TokenStream {
    let name = match (encoding, ty) {
        (Encoding::Json, _) => "json",
        (Encoding::Text, Type::Secret) => "secret",
        (Encoding::Text, _) => "text",
        (Encoding::Bytes | Encoding::Form | Encoding::Multipart, _) => "bytes",
        (Encoding::Empty | Encoding::ByStatus, _) => "empty",
    };
    let name = Raw::new(name, Span::call_site());
    quote!(runtime::decode::#name)
}

fn enumeration(operation: &Operation, by_status: &ByStatus) -> TokenStream {
    let ByStatus { ident, variants } = by_status;
    let what = if operation.success.ty == Type::Beside(ident.clone()) { "success" } else { "documented error" };
    let doc = lines(&[format!("A {what} of [`{}`], by its status.", operation.request.as_str())]);
    let declared = variants.iter().map(|StatusVariant { ident, statuses, ty, said, .. }| {
        let status = markdown::code(&status(*statuses));
        let doc = lines(&[if said.is_empty() { format!("{status}.") } else { format!("{status}: {said}") }]);
        let ty = (*ty != Type::Unit).then(|| ty.tokens(From::Elsewhere)).map(|ty| quote!((#ty)));
        quote!(#doc #ident #ty,)
    });
    quote! {
        #doc
        #[derive(Clone, Debug)]
        #[allow(clippy::large_enum_variant, reason = "there is one of it for a call")]
        #[non_exhaustive]
        pub enum #ident {
            #(#declared)*
        }
    }
}

fn success_by_status(by_status: &ByStatus) -> TokenStream {
    let ByStatus { ident, variants } = by_status;
    let arms = variants.iter().map(|StatusVariant { ident, statuses, ty, encoding, .. }| {
        let pattern = pattern(*statuses);
        match ty {
            Type::Unit => quote!(#pattern => Ok(Self::#ident),),
            ty => {
                let decoder = decoder(ty, *encoding);
                quote!(#pattern => #decoder(response).map(Self::#ident),)
            }
        }
    });
    let rest = (!has_rest(by_status)).then(|| quote!(_ => Err(runtime::BodyError::undocumented()),));
    quote! {
        impl #ident {
            fn read(response: &mut runtime::RawResponse) -> Result<Self, runtime::BodyError> {
                match response.status() {
                    #(#arms)*
                    #rest
                }
            }
        }
    }
}

fn error_by_status(by_status: &ByStatus) -> TokenStream {
    let ByStatus { ident, variants } = by_status;
    let arms = variants.iter().map(|StatusVariant { ident, statuses, .. }| {
        let pattern = pattern(*statuses);
        quote!(#pattern => runtime::decode::json_error(response).map(Self::#ident),)
    });
    let rest = (!has_rest(by_status)).then(|| quote!(_ => None,));
    quote! {
        impl #ident {
            fn read(response: &runtime::RawResponse) -> Option<Self> {
                match response.status() {
                    #(#arms)*
                    #rest
                }
            }
        }
    }
}

fn has_rest(by_status: &ByStatus) -> bool {
    by_status.variants.iter().any(|variant| variant.statuses == Statuses::Other)
}

fn pattern(statuses: Statuses) -> TokenStream {
    match statuses {
        Statuses::One(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(#code)
        }
        // Not a range: one of its statuses may be described on its own.
        Statuses::Range(digit) => {
            let digit = Literal::u16_unsuffixed(digit);
            quote!(status if status / 100 == #digit)
        }
        Statuses::Other => quote!(_),
    }
}

fn status(statuses: Statuses) -> String {
    match statuses {
        Statuses::One(code) => code.to_string(),
        Statuses::Range(digit) => format!("{digit}XX"),
        Statuses::Other => "default".to_owned(),
    }
}

/// The functions that give a success while the server still writes it.
pub(super) fn streaming(streaming: &Streaming, error: &TokenStream) -> TokenStream {
    let accept = &streaming.accept;
    let (ty, gives, argument) = match streaming.kind {
        Streamed::Bytes => ("ByteStream", "the bytes of the answer as they come", None),
        Streamed::Events => ("EventStream", "the server's events as they come", Some(quote!(#accept))),
        Streamed::Lines => {
            ("LineStream", "the lines of the answer as they come, each a JSON value", Some(quote!(#accept)))
        }
    };
    let about = format!("Sends the request, and gives {gives}, however many there are.");
    pieces(streaming.function(), &[&about], &quote!(), argument.as_ref(), ty, error)
}

/// The functions that give a success of another kind than `send` asks for.
pub(super) fn alternatives(media_types: &[String], error: &TokenStream) -> Option<TokenStream> {
    let named: Vec<String> = media_types.iter().map(|media_type| markdown::code(media_type)).collect();
    let documented = format!("Documented: {}.", named.join(", "));
    let about = [
        "Sends the request for this media type, in the place of what `send` asks for, and gives the bytes",
        "of the answer as they come.",
        "",
        &documented,
    ];
    let (parameter, argument) = (quote!(media_type: &str), quote!(media_type));
    let functions = || pieces(ALTERNATIVE, &about, &quote!(, #parameter), Some(&argument), "ByteStream", error);
    (!media_types.is_empty()).then(functions)
}

/// A function, and the same for code that has no async runtime.
fn pieces(
    name: &str,
    about: &[&str],
    parameter: &TokenStream,
    argument: Option<&TokenStream>,
    ty: &str,
    error: &TokenStream,
) -> TokenStream {
    let failing = ["", "# Errors", "", "As `send`."];
    let doc = lines(&[about, &failing].concat());
    let blocking_about = format!("As [`Self::{name}`], for code that has no async runtime.");
    let blocking_doc = lines(&[&[blocking_about.as_str()][..], &failing].concat());
    let blocking = Raw::new(&format!("{name}_blocking"), Span::call_site());
    let (name, ty) = (Raw::new(name, Span::call_site()), Raw::new(ty, Span::call_site()));
    quote! {
        #doc
        pub async fn #name(self #parameter) -> Result<crate::#ty, #error> {
            runtime::Request::prepare(self).#name(#argument).await
        }

        #blocking_doc
        #[cfg(feature = "blocking")]
        pub fn #blocking(self #parameter) -> Result<crate::#ty, #error> {
            runtime::Request::prepare(self).#blocking(#argument)
        }
    }
}

/// What reads the documented headers.
fn headers(operation: &Operation, headers: &Headers) -> TokenStream {
    let Headers { ident, fields } = headers;
    let about = format!(
        "The documented headers of answers to [`{}`]: `{}::from(response.headers())`. One that is not there, or not as it \
         is documented, is `None`.",
        operation.request.as_str(),
        ident.as_str()
    );
    let about = lines(&[about]);
    let declared = fields.iter().map(|HeaderField { name: Name { wire, ident }, ty, doc: words }| {
        let words =
            if words.0.is_empty() { lines(&[format!("The header {}.", markdown::code(wire))]) } else { doc(words) };
        let ty = ty.tokens(From::Elsewhere);
        quote!(#words pub #ident: Option<#ty>,)
    });
    let values = fields
        .iter()
        .map(|HeaderField { name: Name { wire, ident }, .. }| quote!(#ident: runtime::header_value(headers, #wire)));
    quote! {
        #about
        #[derive(Clone, Debug, Default)]
        #[non_exhaustive]
        pub struct #ident {
            #(#declared)*
        }

        impl std::convert::From<&runtime::HeaderMap> for #ident {
            fn from(headers: &runtime::HeaderMap) -> Self {
                Self { #(#values),* }
            }
        }
    }
}
