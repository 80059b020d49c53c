//! The responses of an operation: how they are decoded, and the types beside the request.

use proc_macro2::{Ident as Raw, Literal, Span, TokenStream};
use quote::quote;

use crate::emit::From;
use crate::emit::docs::{described, kind_and_name, lines};
use crate::markdown;
use crate::model::{
    ALTERNATIVE, Encoding, HeaderField, HeaderForm, Headers, ItemForm, Name, Operation, ResponseEnum, StatusVariant,
    Statuses, Streamed, Streaming, Success, Type,
};

/// The types beside a request.
pub(super) fn items(operation: &Operation) -> Vec<TokenStream> {
    let mut items = Vec::new();
    for response_enum in &operation.response_enums {
        let success = operation.success.ty == Type::Beside(response_enum.ident.clone());
        items.push(enumeration(operation, response_enum));
        items.push(if success { success_by_status(response_enum) } else { error_by_status(response_enum) });
    }
    items.extend(operation.headers.as_ref().map(|headers| self::headers(operation, headers)));
    items
}

/// The type of an operation's error body, if the document describes one.
pub(super) fn error_body(operation: &Operation) -> Option<TokenStream> {
    operation.error.as_ref().map(|ty| ty.tokens(From::Elsewhere))
}

/// The return type of a function that waits for the response itself.
pub(super) fn result(ok: &TokenStream, error_body: Option<&TokenStream>) -> TokenStream {
    let body = error_body.map(|ty| quote!(<#ty>));
    quote!(Result<#ok, Error #body>)
}

/// The return type of a function whose caller awaits the response.
pub(super) fn future(ok: &TokenStream, error_body: Option<&TokenStream>) -> TokenStream {
    let body = error_body.map(|ty| quote!(, #ty));
    quote!(runtime::ResponseFuture<#ok #body>)
}

/// The function that decodes a success.
pub(super) fn success_decoder(success: &Success) -> TokenStream {
    match (&success.ty, success.encoding) {
        (Type::Beside(ident), _) => quote!(#ident::read),
        (ty, encoding) => decoder(ty, encoding),
    }
}

/// The function that decodes an error.
pub(super) fn error_decoder(operation: &Operation) -> TokenStream {
    match &operation.error {
        Some(Type::Beside(ident)) => quote!(#ident::read),
        Some(_) => quote!(runtime::decode::json_error),
        None => quote!(runtime::decode::no_error),
    }
}

/// The function of the runtime that decodes a body of this type.
fn decoder(ty: &Type, encoding: Encoding) -> TokenStream {
    let name = match (encoding, ty) {
        (Encoding::Json, _) => "json",
        (Encoding::PartList, _) => "part_list",
        (Encoding::NamedParts, _) => "named_parts",
        (Encoding::Items(ItemForm::Line | ItemForm::Record), _) => "json_lines",
        (Encoding::Items(ItemForm::Event), _) => "events",
        (Encoding::Items(ItemForm::EventData), _) => "events_data",
        (Encoding::Text, Type::Secret) => "secret",
        (Encoding::Text, _) => "text",
        (Encoding::Bytes | Encoding::Form | Encoding::Multipart, _) => "bytes",
        (Encoding::Empty | Encoding::ByStatus, _) => "empty",
    };
    let name = Raw::new(name, Span::call_site());
    quote!(runtime::decode::#name)
}

fn enumeration(operation: &Operation, response_enum: &ResponseEnum) -> TokenStream {
    let ResponseEnum { ident, variants } = response_enum;
    let what = if operation.success.ty == Type::Beside(ident.clone()) { "A success" } else { "A documented error" };
    let is_shared =
        |variant: &StatusVariant| variants.iter().filter(|other| other.statuses == variant.statuses).nth(1).is_some();
    let by = if variants.iter().any(is_shared) { "by status code and `Content-Type`" } else { "by status code" };
    let doc = lines(&[format!("{what} of [`{}`], {by}.", operation.request.as_str())]);
    let declared = variants.iter().map(|variant| {
        let StatusVariant { ident, statuses, ty, said, media_types, .. } = variant;
        let status = markdown::code(&status(*statuses));
        let status = if is_shared(variant) {
            let media_types: Vec<String> = media_types.iter().map(|name| markdown::code(name)).collect();
            format!("{status}, {}", media_types.join(" or "))
        } else {
            status
        };
        let doc = lines(&[if said.is_empty() { format!("{status}.") } else { format!("{status}: {said}") }]);
        let ty = (*ty != Type::Unit).then(|| ty.tokens(From::Elsewhere)).map(|ty| quote!((#ty)));
        quote!(#doc #ident #ty,)
    });
    quote! {
        #doc
        #[derive(Clone, Debug)]
        #[allow(clippy::large_enum_variant, clippy::enum_variant_names, reason = "a call has one of it; statuses name its variants")]
        #[non_exhaustive]
        pub enum #ident {
            #(#declared)*
        }
    }
}

fn success_by_status(response_enum: &ResponseEnum) -> TokenStream {
    let undocumented = quote!(Err(runtime::BodyError::undocumented()));
    let read = by_status(response_enum, &undocumented, &|StatusVariant { ident, ty, encoding, .. }| match ty {
        Type::Unit => quote!(Ok(Self::#ident)),
        ty => {
            let decoder = decoder(ty, *encoding);
            quote!(#decoder(response).map(Self::#ident))
        }
    });
    let ident = &response_enum.ident;
    quote! {
        impl #ident {
            fn read(response: &mut runtime::RawResponse) -> Result<Self, runtime::BodyError> {
                #read
            }
        }
    }
}

fn error_by_status(response_enum: &ResponseEnum) -> TokenStream {
    let read = by_status(response_enum, &quote!(None), &|StatusVariant { ident, encoding, .. }| {
        let decoder = if *encoding == Encoding::Text { quote!(text_error) } else { quote!(json_error) };
        quote!(runtime::decode::#decoder(response).map(Self::#ident))
    });
    let ident = &response_enum.ident;
    quote! {
        impl #ident {
            fn read(response: &runtime::RawResponse) -> Option<Self> {
                #read
            }
        }
    }
}

/// A match on the status code, with `otherwise` for those that are not described. Where a status code has several variants,
/// the media type tells them apart.
fn by_status(
    response_enum: &ResponseEnum,
    otherwise: &TokenStream,
    read: &dyn Fn(&StatusVariant) -> TokenStream,
) -> TokenStream {
    let groups: Vec<&[StatusVariant]> =
        response_enum.variants.chunk_by(|one, other| one.statuses == other.statuses).collect();
    if let [only] = groups.as_slice()
        && response_enum.has_rest()
    {
        return by_media_type(only, read);
    }
    let arms = groups.into_iter().filter_map(|group| {
        let (pattern, read) = (pattern(group.first()?.statuses), by_media_type(group, read));
        Some(quote!(#pattern => #read,))
    });
    let rest = (!response_enum.has_rest()).then(|| quote!(_ => #otherwise,));
    quote! {
        match response.status() {
            #(#arms)*
            #rest
        }
    }
}

/// The variants of one status code.
fn by_media_type(group: &[StatusVariant], read: &dyn Fn(&StatusVariant) -> TokenStream) -> TokenStream {
    let Some((first, others)) = group.split_first() else { return TokenStream::new() };
    let first = read(first);
    if others.is_empty() {
        return first;
    }
    let media_types = group.iter().map(|StatusVariant { media_types, .. }| quote!(&[#(#media_types),*]));
    let others = others.iter().enumerate().map(|(index, variant)| {
        let index = Literal::usize_unsuffixed(index + 1);
        let read = read(variant);
        quote!(#index => #read,)
    });
    quote! {
        match response.choose(&[#(#media_types),*]) {
            #(#others)*
            _ => #first,
        }
    }
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

/// The functions that return a success while the server still sends it.
pub(super) fn streaming(streaming: &Streaming, error_body: Option<&TokenStream>) -> TokenStream {
    let accept = &streaming.accept;
    let (ty, gives, argument) = match streaming.kind {
        Streamed::Bytes => ("ByteStream", "bytes of the response body", None),
        Streamed::Events => ("EventStream", "events of the server", Some(quote!(#accept))),
        Streamed::Lines => ("LineStream", "lines of the response body, each a JSON value", Some(quote!(#accept))),
    };
    let about = format!("Sends the request and returns the {gives} as they arrive, without a limit on their number.");
    let Some((item, form)) = &streaming.item else {
        return pieces(streaming.function(), &[&about], &quote!(), argument.as_ref(), ty, error_body);
    };
    let ty = Raw::new(ty, Span::call_site());
    let content = match form {
        ItemForm::EventData => Some(quote!(, runtime::EventContent::Data)),
        ItemForm::Event => Some(quote!(, runtime::EventContent::Whole)),
        ItemForm::Line | ItemForm::Record => None,
    };
    let item = item.tokens(From::Elsewhere);
    let ty = quote!(#ty<#item>);
    let name = (streaming.function(), format!("{}_of", streaming.function()));
    functions((name.0, &name.1), &[&about], &quote!(), Some(&quote!(#accept #content)), &ty, error_body)
}

/// The functions that ask for another media type than `send` does.
pub(super) fn alternatives(media_types: &[String], error_body: Option<&TokenStream>) -> Option<TokenStream> {
    let named: Vec<String> = media_types.iter().map(|media_type| markdown::code(media_type)).collect();
    let documented = format!("The document lists {}.", named.join(", "));
    let about = [
        "Sends the request for this media type instead of the one that [`Self::send`] asks for, and returns the",
        "bytes of the response body as they arrive.",
        "",
        &documented,
    ];
    let (parameter, argument) = (quote!(media_type: &str), quote!(media_type));
    let functions = || pieces(ALTERNATIVE, &about, &quote!(, #parameter), Some(&argument), "ByteStream", error_body);
    (!media_types.is_empty()).then(functions)
}

/// A function that returns a stream, and the same for code without an async runtime.
fn pieces(
    name: &str,
    about: &[&str],
    parameter: &TokenStream,
    argument: Option<&TokenStream>,
    ty: &str,
    error_body: Option<&TokenStream>,
) -> TokenStream {
    let ty = Raw::new(ty, Span::call_site());
    functions((name, name), about, parameter, argument, &quote!(#ty), error_body)
}

/// As [`pieces`], where the function of the runtime has another name, and the stream a type of its own.
fn functions(
    (name, runtime_name): (&str, &str),
    about: &[&str],
    parameter: &TokenStream,
    argument: Option<&TokenStream>,
    ty: &TokenStream,
    error_body: Option<&TokenStream>,
) -> TokenStream {
    let failing = ["", "# Errors", "", "As [`Self::send`]."];
    let doc = lines(&[about, &failing].concat());
    let blocking_about = format!("As [`Self::{name}`], for code without an async runtime.");
    let blocking_doc = lines(&[&[blocking_about.as_str()][..], &failing].concat());
    let blocking = Raw::new(&format!("{name}_blocking"), Span::call_site());
    let called = [runtime_name.to_owned(), format!("{runtime_name}_blocking")];
    let [called, called_blocking] = called.map(|name| Raw::new(&name, Span::call_site()));
    let name = Raw::new(name, Span::call_site());
    let ty = quote!(crate::#ty);
    let (future, result) = (future(&ty, error_body), result(&ty, error_body));
    quote! {
        #doc
        pub fn #name(self #parameter) -> #future {
            runtime::Request::prepare(self).#called(#argument)
        }

        #blocking_doc
        #[cfg(feature = "blocking")]
        pub fn #blocking(self #parameter) -> #result {
            runtime::Request::prepare(self).#called_blocking(#argument)
        }
    }
}

/// The struct of the documented headers.
fn headers(operation: &Operation, headers: &Headers) -> TokenStream {
    let Headers { ident, fields } = headers;
    let about = format!(
        "The documented headers of responses to [`{}`]: `{}::from(response.headers())`. A header that is absent or does \
         not have the documented type is `None`.",
        operation.request.as_str(),
        ident.as_str()
    );
    let about = lines(&[about]);
    let declared = fields.iter().map(|HeaderField { name, ty, doc, .. }| {
        let doc = described(doc, || kind_and_name(ty, name, From::Elsewhere));
        let ident = &name.ident;
        let ty = ty.tokens(From::Elsewhere);
        quote!(#doc pub #ident: Option<#ty>,)
    });
    let values = fields.iter().map(|HeaderField { name: Name { wire, ident }, form, .. }| match header_form(form) {
        _ if *form == HeaderForm::Lines => quote!(#ident: runtime::header_lines(headers, #wire)),
        None => quote!(#ident: runtime::header_value(headers, #wire)),
        Some(form) => quote!(#ident: runtime::header_decoded(headers, #wire, runtime::HeaderForm::#form)),
    });
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

/// The form of a header that is decoded by way of JSON.
fn header_form(form: &HeaderForm) -> Option<TokenStream> {
    let name = match form {
        HeaderForm::Parsed | HeaderForm::Lines => return None,
        HeaderForm::Json => "Json",
        HeaderForm::Text => "Text",
        HeaderForm::Literal => "Literal",
        HeaderForm::Texts(delimiter) => return Some(quote!(Texts(#delimiter))),
        HeaderForm::Literals(delimiter) => return Some(quote!(Literals(#delimiter))),
        HeaderForm::Object { explode, literals, further } => {
            return Some(quote!(Object { explode: #explode, literals: &[#(#literals),*], further: #further }));
        }
    };
    let name = Raw::new(name, Span::call_site());
    Some(quote!(#name))
}
