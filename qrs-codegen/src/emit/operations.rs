//! `src/operations/*.rs`: a method of `Client`, a request, and the data of it for each operation.

use proc_macro2::{Ident as Raw, Literal, Span, TokenStream};
use quote::quote;

use super::types::many_arguments;
use super::{Draft, From, client, inner_lines, lines, paragraphs};
use crate::markdown;
use crate::model::{
    Answer, Api, Body, Encoding, Location, Module, Operation, Parameter, Presence, Statuses, Style, Styling, Type,
    Writing,
};

/// `src/operations/mod.rs`.
pub(super) fn index(api: &Api) -> Draft {
    let modules = api.modules.iter().map(|module| {
        let ident = &module.name.ident;
        quote!(pub mod #ident;)
    });
    let inner = inner_lines(&["The requests that a client makes, by the tags of the document."]);
    Draft::Rust { inner, items: vec![quote!(#(#modules)*)] }
}

pub(super) fn draft(module: &Module) -> Draft {
    let heading = format!("Operations of the tag {}.", markdown::code(&module.name.wire));
    let inner = inner_lines(&paragraphs([vec![heading], module.doc.0.clone()]));
    let mentioned = |ty: &Type| !ty.items().is_empty();
    let types = module.operations.iter().any(|operation| {
        let parameters = operation.required.iter().chain(&operation.optional).map(|parameter| &parameter.ty);
        let bodies = operation.body.iter().map(|body| &body.ty).chain(&operation.error);
        parameters.chain(bodies).chain([&operation.success.ty]).any(mentioned)
    });
    let types = types.then(|| {
        quote!(
            use crate::types;
        )
    });
    let mut items = vec![quote! {
        use crate::client;
        use crate::runtime::{self, Call, Client, Error};
        #types
    }];
    if module.operations.iter().all(|operation| operation.security.is_none() && operation.carried.is_empty()) {
        items = vec![quote! {
            use crate::runtime::{self, Call, Client, Error};
            #types
        }];
    }
    items.extend(module.operations.iter().flat_map(operation));
    Draft::Rust { inner, items }
}

fn operation(operation: &Operation) -> [TokenStream; 5] {
    [data(operation), method(operation), request(operation), functions(operation), as_request(operation)]
}

fn data(operation: &Operation) -> TokenStream {
    let Operation { name, place, method, path, success: Answer { accept, .. }, .. } = operation;
    let id = &name.wire;
    let method = Raw::new(method, Span::call_site());
    let security = if let Some(security) = &operation.security { quote!(client::#security) } else { quote!(&[]) };
    let carried = operation.carried.iter().map(|carried| {
        let carrier = client::carrier(&carried.carrier);
        let scheme = &carried.scheme;
        quote!((#carrier, &client::#scheme))
    });
    let errors = operation.error_statuses.iter().map(|statuses| match statuses {
        Statuses::One(code) => {
            let code = Literal::u16_unsuffixed(*code);
            quote!(runtime::Statuses::One(#code))
        }
        Statuses::Range(digit) => {
            let digit = Literal::u16_unsuffixed(*digit);
            quote!(runtime::Statuses::Range(#digit))
        }
        Statuses::Other => quote!(runtime::Statuses::Any),
    });
    quote! {
        static #place: runtime::Operation = runtime::Operation {
            id: #id,
            method: runtime::Method::#method,
            path: #path,
            security: #security,
            carried: &[#(#carried),*],
            accept: #accept,
            errors: &[#(#errors),*],
        };
    }
}

fn method(operation: &Operation) -> TokenStream {
    let Operation { name, request, place, required, body, .. } = operation;
    let ident = &name.ident;
    let body = body.as_ref().filter(|body| body.presence == Presence::Required);
    let mut arguments: Vec<TokenStream> = required.iter().map(argument).collect();
    arguments.extend(body.map(body_argument));
    let many = many_arguments(arguments.len() + 1);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated = "the document advises against it"]));
    let secrets = required.iter().filter_map(secret);
    let steps = required.iter().map(step).chain(body.map(body_step));
    let doc = lines(&method_doc(operation));
    quote! {
        impl Client {
            #doc
            #deprecated
            #many
            pub fn #ident(&self, #(#arguments),*) -> #request {
                #(#secrets)*
                #request { call: Call::new(self, &#place) #(#steps)* }
            }
        }
    }
}

fn method_doc(operation: &Operation) -> Vec<String> {
    let Operation { method, path, answers, .. } = operation;
    let call = markdown::code(&format!("{method} {path}"));
    let required =
        operation.required.iter().map(|parameter| described(&parameter.name.ident.to_string(), &parameter.doc.0));
    let mut arguments: Vec<String> = required.collect();
    arguments.retain(|line| !line.is_empty());
    let answers = answers.iter().map(|(status, description)| {
        if description.is_empty() { format!("* `{status}`") } else { format!("* `{status}`: {description}") }
    });
    paragraphs([operation.doc.0.clone(), vec![call], arguments, answers.collect()])
}

/// One line of a list of arguments.
fn described(name: &str, doc: &[String]) -> String {
    let words: Vec<&str> = doc.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    if words.is_empty() || doc.iter().any(|line| line.starts_with("```") || line.starts_with('|')) {
        return String::new();
    }
    format!("* `{name}`: {}", words.join(" "))
}

fn request(operation: &Operation) -> TokenStream {
    let Operation { name, request, .. } = operation;
    let doc =
        lines(&[format!("A request of {}, made by [`Client::{}`].", markdown::code(&name.wire), name.ident.as_str())]);
    quote! {
        #doc
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until it is sent: `.send().await`"]
        pub struct #request {
            call: Call,
        }
    }
}

fn functions(operation: &Operation) -> TokenStream {
    let Operation { request, optional, body, success, error, .. } = operation;
    let setters = optional.iter().map(setter);
    let body_setter = body.as_ref().filter(|body| body.presence == Presence::Optional).map(body_setter);
    let ok = success.ty.tokens(From::Elsewhere);
    let (error_type, error_decoder) = match error {
        Some(ty) => {
            let ty = ty.tokens(From::Elsewhere);
            (quote!(Error<#ty>), quote!(runtime::decode::json_error))
        }
        None => (quote!(Error), quote!(runtime::decode::no_error)),
    };
    let decoder = Raw::new(decoder(success), Span::call_site());
    let doc = send_doc(operation);
    let blocking = lines(&[
        "Sends the request, and waits for the answer: [`Self::send`] for code that has no async runtime.",
        "",
        "# Errors",
        "",
        "As `send`.",
    ]);
    quote! {
        impl #request {
            #(#setters)*
            #body_setter
            #doc
            pub async fn send(self) -> Result<#ok, #error_type> {
                self.call.send(runtime::decode::#decoder, #error_decoder).await
            }

            #blocking
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> Result<#ok, #error_type> {
                self.call.send_blocking(runtime::decode::#decoder, #error_decoder)
            }
        }
    }
}

/// What makes it one of the requests that code for all of them takes.
fn as_request(operation: &Operation) -> TokenStream {
    let Operation { request, success, error, .. } = operation;
    let ok = success.ty.tokens(From::Elsewhere);
    let error = error.as_ref().map_or_else(|| quote!(()), |ty| ty.tokens(From::Elsewhere));
    quote! {
        impl runtime::Sealed for #request {
            fn settings(&mut self) -> &mut runtime::Settings {
                self.call.settings()
            }
        }

        impl runtime::Request for #request {
            type Output = #ok;
            type Error = #error;

            async fn send(self) -> Result<Self::Output, Error<Self::Error>> {
                Self::send(self).await
            }
        }
    }
}

/// The function of the runtime that reads a success.
fn decoder(success: &Answer) -> &'static str {
    match (success.encoding, &success.ty) {
        (Encoding::Json, _) => "json",
        (Encoding::Text, Type::Secret) => "secret",
        (Encoding::Text, _) => "text",
        (Encoding::Bytes, _) => "bytes",
        (Encoding::Empty, _) => "empty",
    }
}

fn send_doc(operation: &Operation) -> TokenStream {
    let errors = match &operation.error {
        Some(_) => {
            "When it is not answered, or not with a success: see [`Error`], whose `body` holds a documented error."
        }
        None => "When it is not answered, or not with a success: see [`Error`].",
    };
    lines(&["Sends the request.", "", "# Errors", "", errors])
}

fn argument(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    let ty = given(parameter);
    quote!(#ident: #ty)
}

/// What a caller gives for a parameter.
fn given(parameter: &Parameter) -> TokenStream {
    match (&parameter.ty, parameter.writing) {
        (Type::String | Type::Secret, Writing::Plain | Writing::Styled(_)) => quote!(impl Into<String>),
        (Type::List(element), Writing::List(_)) if matches!(**element, Type::String | Type::Secret) => {
            quote!(impl IntoIterator<Item = impl Into<String>>)
        }
        (Type::List(element), Writing::List(_)) => {
            let element = element.tokens(From::Elsewhere);
            quote!(impl IntoIterator<Item = #element>)
        }
        (ty, _) => ty.tokens(From::Elsewhere),
    }
}

/// What a secret parameter needs before its step, which uses it twice.
fn secret(parameter: &Parameter) -> Option<TokenStream> {
    let ident = &parameter.name.ident;
    match (&parameter.ty, parameter.writing) {
        (Type::Secret, Writing::Plain | Writing::Styled(_)) => Some(quote!(let #ident: String = #ident.into();)),
        (Type::List(element), Writing::List(_)) if **element == Type::Secret => {
            Some(quote!(let #ident: Vec<String> = #ident.into_iter().map(Into::into).collect();))
        }
        _ => None,
    }
}

/// Puts a parameter's value into the call.
fn step(parameter: &Parameter) -> TokenStream {
    let Parameter { name, location, writing, ty, .. } = parameter;
    let (wire, ident) = (&name.wire, &name.ident);
    let text = match ty {
        Type::String => quote!(#ident.into()),
        Type::Secret => quote!(#ident),
        _ => quote!(#ident.to_string()),
    };
    let hidden = (*ty == Type::Secret).then(|| quote!(.hide(&#ident)));
    let plain = Raw::new(method_for(*location), Span::call_site());
    match writing {
        Writing::Plain => quote!(#hidden .#plain(#wire, #text)),
        Writing::Styled(styling) => {
            let parameter = styled(wire, *location, *styling);
            quote!(#hidden .styled(#parameter, #text))
        }
        Writing::List(styling) => {
            let parameter = styled(wire, *location, *styling);
            match ty {
                Type::List(element) if **element == Type::Secret => {
                    quote!(.hide_all(&#ident).list(#parameter, #ident))
                }
                Type::List(element) if **element == Type::String => {
                    quote!(.list(#parameter, #ident.into_iter().map(Into::into).collect()))
                }
                _ => quote!(.list(#parameter, #ident.into_iter().map(|value| value.to_string()).collect())),
            }
        }
        Writing::Structured(styling) => {
            let parameter = styled(wire, *location, *styling);
            quote!(.structured(#parameter, #ident))
        }
        Writing::Json(styling) => {
            let parameter = styled(wire, *location, *styling);
            quote!(.json_parameter(#parameter, #ident))
        }
    }
}

fn method_for(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

/// The parameter as the runtime has to write it.
fn styled(wire: &str, location: Location, styling: Styling) -> TokenStream {
    let place = Raw::new(method_for(location), Span::call_site());
    let style = style(styling.style);
    let style = match location {
        Location::Path | Location::Query => Some(quote!(, #style)),
        Location::Header | Location::Cookie => None,
    };
    let exploded = styling.explode.then(|| quote!(.exploded()));
    let reserved = styling.reserved.then(|| quote!(.reserved()));
    quote!(runtime::Parameter::#place(#wire #style) #exploded #reserved)
}

fn style(style: Style) -> TokenStream {
    let name = match style {
        Style::Simple => "Simple",
        Style::Label => "Label",
        Style::Matrix => "Matrix",
        Style::Form => "Form",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::DeepObject => "DeepObject",
    };
    let name = Raw::new(name, Span::call_site());
    quote!(runtime::Style::#name)
}

fn setter(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    let ty = given(parameter);
    let secret = secret(parameter);
    let step = step(parameter);
    let doc = if parameter.doc.0.is_empty() {
        lines(&[format!("Sets the parameter {}.", markdown::code(&parameter.name.wire))])
    } else {
        lines(&parameter.doc.0)
    };
    quote! {
        #doc
        pub fn #ident(mut self, #ident: #ty) -> Self {
            #secret
            self.call = self.call #step;
            self
        }
    }
}

fn body_argument(body: &Body) -> TokenStream {
    let ident = &body.ident;
    let ty = match (body.encoding, &body.ty) {
        (Encoding::Text, _) => quote!(impl Into<String>),
        (Encoding::Bytes, _) => quote!(impl Into<Vec<u8>>),
        (_, ty) => ty.tokens(From::Elsewhere),
    };
    quote!(#ident: #ty)
}

fn body_step(body: &Body) -> TokenStream {
    let Body { ident, media_type, .. } = body;
    match body.encoding {
        Encoding::Json => quote!(.json(#ident, #media_type)),
        Encoding::Text => quote!(.text(#ident.into(), #media_type)),
        Encoding::Bytes => quote!(.bytes(#ident.into(), #media_type)),
        Encoding::Empty => TokenStream::new(),
    }
}

fn body_setter(body: &Body) -> TokenStream {
    let ident = &body.ident;
    let argument = body_argument(body);
    let step = body_step(body);
    let doc = if body.doc.0.is_empty() { lines(&["Sets the body."]) } else { lines(&body.doc.0) };
    quote! {
        #doc
        pub fn #ident(mut self, #argument) -> Self {
            self.call = self.call #step;
            self
        }
    }
}
