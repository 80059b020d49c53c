//! Parameters and parts of bodies: what a caller gives for each, and what the call is told.

use proc_macro2::{Ident as Raw, Span, TokenStream};
use quote::quote;

use super::From;
use crate::model::{FormField, Location, Parameter, Style, Styling, Type, Writing};

/// What a caller gives for a parameter.
pub(super) fn given(parameter: &Parameter) -> TokenStream {
    match (&parameter.ty, parameter.writing) {
        (Type::Upload, _) => quote!(impl Into<crate::Upload>),
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
pub(super) fn secret(parameter: &Parameter) -> Option<TokenStream> {
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
pub(super) fn step(parameter: &Parameter) -> TokenStream {
    let Parameter { name, location, writing, ty, .. } = parameter;
    let (wire, ident) = (&name.wire, &name.ident);
    if let Location::Part(media_type) = location {
        return part(parameter, media_type.as_deref());
    }
    let text = text(parameter);
    let hidden = hidden(parameter);
    let plain = Raw::new(method_for(location), Span::call_site());
    match writing {
        Writing::Plain => quote!(#hidden .#plain(#wire, #text)),
        Writing::Styled(styling) => {
            let parameter = styled(wire, location, *styling);
            quote!(#hidden .styled(#parameter, #text))
        }
        Writing::List(styling) => {
            let parameter = styled(wire, location, *styling);
            let texts = texts(ty, ident);
            quote!(#hidden .list(#parameter, #texts))
        }
        Writing::Structured(styling) => {
            let parameter = styled(wire, location, *styling);
            quote!(.structured(#parameter, #ident))
        }
        Writing::Json(styling) => {
            let parameter = styled(wire, location, *styling);
            quote!(.json_parameter(#parameter, #ident))
        }
    }
}

/// Puts a part of the body into the call.
fn part(parameter: &Parameter, media_type: Option<&str>) -> TokenStream {
    let Parameter { name, writing, ty, .. } = parameter;
    let (wire, ident) = (&name.wire, &name.ident);
    let media_type = media_type.map_or_else(|| quote!(None), |media_type| quote!(Some(#media_type)));
    let hidden = hidden(parameter);
    match (ty, writing) {
        (Type::Upload, _) => quote!(.upload(#wire, #media_type, #ident.into())),
        (Type::List(element), _) if **element == Type::Upload => {
            quote!(.uploads(#wire, #media_type, #ident.into_iter().collect()))
        }
        (_, Writing::Plain | Writing::Styled(_)) => {
            let text = text(parameter);
            quote!(#hidden .part(#wire, #media_type, #text))
        }
        (_, Writing::List(_)) => {
            let texts = texts(ty, ident);
            quote!(#hidden .parts(#wire, #media_type, #texts))
        }
        (_, Writing::Structured(_)) => quote!(.parts_json(#wire, #media_type, #ident)),
        (_, Writing::Json(_)) => quote!(.part_json(#wire, #media_type, #ident)),
    }
}

/// A value as one piece of text.
fn text(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    match &parameter.ty {
        Type::String => quote!(#ident.into()),
        Type::Secret => quote!(#ident),
        _ => quote!(#ident.to_string()),
    }
}

/// The elements of a list, each as one piece of text.
fn texts(ty: &Type, ident: &crate::naming::Ident) -> TokenStream {
    match ty {
        Type::List(element) if **element == Type::Secret => quote!(#ident),
        Type::List(element) if **element == Type::String => quote!(#ident.into_iter().map(Into::into).collect()),
        _ => quote!(#ident.into_iter().map(|value| value.to_string()).collect()),
    }
}

/// Keeps a secret value out of what is shown.
fn hidden(parameter: &Parameter) -> Option<TokenStream> {
    let ident = &parameter.name.ident;
    match (&parameter.ty, parameter.writing) {
        (Type::Secret, Writing::Plain | Writing::Styled(_)) => Some(quote!(.hide(&#ident))),
        (Type::List(element), Writing::List(_)) if **element == Type::Secret => Some(quote!(.hide_all(&#ident))),
        _ => None,
    }
}

/// A field of a form that is written in a way of its own.
pub(super) fn field(field: &FormField) -> TokenStream {
    let wire = &field.wire;
    if field.json {
        return quote!(runtime::Field::Json(#wire));
    }
    let parameter = styled(wire, &Location::Query, field.styling);
    quote!(runtime::Field::Styled(#parameter))
}

fn method_for(location: &Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::Part(_) => "part",
    }
}

/// The parameter as the runtime has to write it.
fn styled(wire: &str, location: &Location, styling: Styling) -> TokenStream {
    let place = Raw::new(method_for(location), Span::call_site());
    let style = style(styling.style);
    let style = match location {
        Location::Path | Location::Query => Some(quote!(, #style)),
        Location::Header | Location::Cookie | Location::Part(_) => None,
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
