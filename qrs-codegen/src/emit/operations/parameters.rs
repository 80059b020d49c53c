//! Parameters and bodies: the arguments for them, and the steps that add them to a call.

use proc_macro2::{Ident as Raw, Span, TokenStream};
use quote::quote;

use crate::emit::{From, optional_tokens};
use crate::model::{Body, Encoding, FormField, ItemForm, Location, Parameter, ParameterEncoding, Style, Styling, Type};
use crate::naming::Ident;

/// A parameter as an argument of a function; a part whose name the caller chooses comes after its name.
pub(super) fn argument(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    let ty = given(parameter);
    let name = matches!(parameter.location, Location::FurtherPart(_)).then(|| quote!(name: impl Into<String>,));
    quote!(#name #ident: #ty)
}

/// The type of the argument for a parameter.
pub(super) fn given(parameter: &Parameter) -> TokenStream {
    match (&parameter.ty, parameter.encoding) {
        (Type::Upload, _) => quote!(impl Into<crate::Upload>),
        (Type::String | Type::Secret, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => {
            quote!(impl Into<String>)
        }
        (Type::DateTime, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => quote!(impl Into<crate::DateTime>),
        (Type::List(element), ParameterEncoding::List(_)) if matches!(**element, Type::String | Type::Secret) => {
            quote!(impl IntoIterator<Item = impl Into<String>>)
        }
        (Type::List(element), ParameterEncoding::List(_)) => {
            let element = match **element {
                Type::DateTime => quote!(impl Into<crate::DateTime>),
                _ => element.tokens(From::Elsewhere),
            };
            quote!(impl IntoIterator<Item = #element>)
        }
        (ty, _) => ty.tokens(From::Elsewhere),
    }
}

/// The binding that a secret parameter needs before its step, which uses it twice.
pub(super) fn secret(parameter: &Parameter) -> Option<TokenStream> {
    let ident = &parameter.name.ident;
    match (&parameter.ty, parameter.encoding) {
        (Type::Secret, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => {
            Some(quote!(let #ident: String = #ident.into();))
        }
        (Type::List(element), ParameterEncoding::List(_)) if **element == Type::Secret => {
            Some(quote!(let #ident: Vec<String> = #ident.into_iter().map(Into::into).collect();))
        }
        _ => None,
    }
}

/// The step that adds a parameter to the call.
pub(super) fn step(parameter: &Parameter) -> TokenStream {
    let Parameter { name, location, encoding, ty, .. } = parameter;
    let (wire, ident) = (&name.wire, &name.ident);
    match location {
        Location::Part(media_type) => return part(parameter, &quote!(#wire), media_type.as_deref()),
        Location::FurtherPart(media_type) => return part(parameter, &quote!(name.into()), media_type.as_deref()),
        Location::WholeQuery(fields) => return whole_query(parameter, fields),
        _ => {}
    }
    let text = text(parameter);
    let hidden = hidden(parameter);
    let plain = Raw::new(method_for(location), Span::call_site());
    match encoding {
        ParameterEncoding::Plain => quote!(#hidden .#plain(#wire, #text)),
        ParameterEncoding::Styled(styling) => {
            let parameter = styled(wire, location, *styling);
            quote!(#hidden .styled(#parameter, #text))
        }
        ParameterEncoding::List(styling) => {
            let parameter = styled(wire, location, *styling);
            let texts = texts(ty, ident);
            quote!(#hidden .list(#parameter, #texts))
        }
        ParameterEncoding::Structured(styling) => {
            let parameter = styled(wire, location, *styling);
            quote!(.structured(#parameter, #ident))
        }
        ParameterEncoding::Json(styling) => {
            let parameter = styled(wire, location, *styling);
            quote!(.json_parameter(#parameter, #ident))
        }
    }
}

/// The step that sets the whole query.
fn whole_query(parameter: &Parameter, fields: &[FormField]) -> TokenStream {
    let Parameter { name, encoding, .. } = parameter;
    let (wire, ident) = (&name.wire, &name.ident);
    let hidden = hidden(parameter);
    match encoding {
        ParameterEncoding::Structured(_) | ParameterEncoding::List(_) => {
            let fields = fields.iter().map(field);
            quote!(.query_form(#wire, #ident, &[#(#fields),*]))
        }
        ParameterEncoding::Json(_) => quote!(.query_json(#wire, #ident)),
        ParameterEncoding::Styled(styling) => {
            let text = text(parameter);
            if styling.reserved {
                quote!(#hidden .query_reserved(#wire, #text))
            } else {
                quote!(#hidden .query_encoded(#wire, #text))
            }
        }
        ParameterEncoding::Plain => {
            let text = text(parameter);
            quote!(#hidden .query_text(#wire, #text))
        }
    }
}

/// The step that adds a part of the body, of the name `wire`, to the call.
fn part(parameter: &Parameter, wire: &TokenStream, media_type: Option<&str>) -> TokenStream {
    let Parameter { name, encoding, ty, .. } = parameter;
    let ident = &name.ident;
    let media_type = optional_tokens(media_type.map(|media_type| quote!(#media_type)));
    let hidden = hidden(parameter);
    if let Some(step) = joined_part(parameter, &media_type) {
        return quote!(#hidden #step);
    }
    match (ty, encoding) {
        (Type::Upload, _) => quote!(.upload(#wire, #media_type, #ident.into())),
        (Type::List(element), _) if **element == Type::Upload => {
            quote!(.uploads(#wire, #media_type, #ident.into_iter().collect()))
        }
        (_, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => {
            let text = text(parameter);
            quote!(#hidden .part(#wire, #media_type, #text))
        }
        (_, ParameterEncoding::List(_)) => {
            let texts = texts(ty, ident);
            quote!(#hidden .parts(#wire, #media_type, #texts))
        }
        (_, ParameterEncoding::Structured(_)) => quote!(.parts_json(#wire, #media_type, #ident)),
        (_, ParameterEncoding::Json(_)) => quote!(.part_json(#wire, #media_type, #ident)),
    }
}

/// The step that adds a list as a part whose elements are joined.
fn joined_part(parameter: &Parameter, media_type: &TokenStream) -> Option<TokenStream> {
    let Parameter { name, encoding, ty, .. } = parameter;
    let (styling, method, value) = match encoding {
        ParameterEncoding::List(styling) if !matches!(ty, Type::List(element) if **element == Type::Upload) => {
            (*styling, "parts_list", texts(ty, &name.ident))
        }
        ParameterEncoding::Structured(styling) => {
            let ident = &name.ident;
            (*styling, "parts_structured", quote!(#ident))
        }
        _ => return None,
    };
    matches!(styling.style, Style::Delimited(_)).then(|| {
        let part = styled(&name.wire, &parameter.location, styling);
        let method = Raw::new(method, Span::call_site());
        quote!(.#method(#part, #media_type, #value))
    })
}

/// A value as one piece of text.
fn text(parameter: &Parameter) -> TokenStream {
    let ident = &parameter.name.ident;
    match &parameter.ty {
        Type::String => quote!(#ident.into()),
        Type::Secret => quote!(#ident),
        Type::DateTime => quote!(Into::<crate::DateTime>::into(#ident).to_string()),
        _ => quote!(#ident.to_string()),
    }
}

/// The elements of a list, each as one piece of text.
fn texts(ty: &Type, ident: &Ident) -> TokenStream {
    match ty {
        Type::List(element) if **element == Type::Secret => quote!(#ident),
        Type::List(element) if **element == Type::String => quote!(#ident.into_iter().map(Into::into).collect()),
        Type::List(element) if **element == Type::DateTime => {
            quote!(#ident.into_iter().map(|value| Into::<crate::DateTime>::into(value).to_string()).collect())
        }
        _ => quote!(#ident.into_iter().map(|value| value.to_string()).collect()),
    }
}

/// The step that redacts a secret value wherever the call is shown.
fn hidden(parameter: &Parameter) -> Option<TokenStream> {
    let ident = &parameter.name.ident;
    match (&parameter.ty, parameter.encoding) {
        (Type::Secret, ParameterEncoding::Plain | ParameterEncoding::Styled(_)) => Some(quote!(.hide(&#ident))),
        (Type::List(element), ParameterEncoding::List(_)) if **element == Type::Secret => {
            Some(quote!(.hide_all(&#ident)))
        }
        _ => None,
    }
}

/// A field of a form that has its own encoding.
pub(in crate::emit) fn field(field: &FormField) -> TokenStream {
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
        Location::Query | Location::WholeQuery(_) => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::Part(_) | Location::FurtherPart(_) => "part",
    }
}

/// The parameter with its style, as the runtime encodes it.
pub(in crate::emit) fn styled(wire: &str, location: &Location, styling: Styling) -> TokenStream {
    let constructor = Raw::new(method_for(location), Span::call_site());
    let (style, delimited) = match (styling.style, location) {
        (Style::Delimited(delimiters), location) => {
            let delimiters = delimiters.iter().flatten();
            let natural = if *location == Location::Path { Style::Simple } else { Style::Form };
            (style(natural), Some(quote!(.delimited(&[#(#delimiters),*]))))
        }
        (own, _) => (style(own), None),
    };
    let style = match location {
        Location::Path | Location::Query | Location::Cookie => Some(quote!(, #style)),
        Location::WholeQuery(_) | Location::Header | Location::Part(_) | Location::FurtherPart(_) => None,
    };
    let exploded = styling.explode.then(|| quote!(.exploded()));
    let reserved = styling.reserved.then(|| quote!(.reserved()));
    quote!(runtime::Parameter::#constructor(#wire #style) #delimited #exploded #reserved)
}

fn style(style: Style) -> TokenStream {
    let name = match style {
        Style::Simple => "Simple",
        Style::Label => "Label",
        Style::Matrix => "Matrix",
        Style::Form | Style::Delimited(_) => "Form",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::DeepObject => "DeepObject",
        Style::Cookie => "Cookie",
    };
    let name = Raw::new(name, Span::call_site());
    quote!(runtime::Style::#name)
}

/// The arguments of a function for a body: the body, and its media type where the caller has to choose one.
pub(super) fn body_arguments(body: &Body) -> Vec<TokenStream> {
    let ident = &body.ident;
    let ty = match (body.encoding, &body.ty) {
        (Encoding::Text, _) => quote!(impl Into<String>),
        (Encoding::Items(_), Type::List(item)) => {
            let item = item.tokens(From::Elsewhere);
            quote!(impl Into<crate::Items<#item>>)
        }
        (Encoding::Bytes, _) => quote!(impl Into<crate::Payload>),
        (Encoding::Multipart, _) => quote!(crate::Multipart),
        (_, ty) => ty.tokens(From::Elsewhere),
    };
    let media_type = body.media_type_argument.iter().map(|ident| quote!(#ident: impl Into<String>));
    [quote!(#ident: #ty)].into_iter().chain(media_type).collect()
}

/// The step that adds the body to the call.
pub(super) fn body_step(body: &Body) -> TokenStream {
    let Body { ident, media_type, fields, .. } = body;
    let (within, content_type) = match &body.media_type_argument {
        Some(argument) => (Some(quote!(.within(#media_type, &#argument))), quote!(#argument)),
        None => (None, quote!(#media_type)),
    };
    match body.encoding {
        Encoding::Json => quote!(.json(#ident, #media_type)),
        Encoding::Form => {
            let fields = fields.iter().map(field);
            quote!(.form(#ident, &[#(#fields),*], #media_type))
        }
        Encoding::Items(form) => {
            let form = match form {
                ItemForm::Line => quote!(Line),
                ItemForm::Record => quote!(Record),
                ItemForm::Event => quote!(Event),
                ItemForm::EventData => quote!(EventData),
            };
            quote!(.items(#ident.into(), runtime::ItemForm::#form, #media_type))
        }
        Encoding::Multipart => quote!(.multipart_body(#ident, #media_type)),
        Encoding::Text if body.ty == Type::Secret => quote!(.hide(&#ident) #within .text(#ident, #content_type)),
        Encoding::Text => quote!(#within .text(#ident.into(), #content_type)),
        Encoding::Bytes => quote!(#within .bytes(#ident.into(), #content_type)),
        Encoding::PartList | Encoding::NamedParts | Encoding::Empty | Encoding::ByStatus => TokenStream::new(),
    }
}

/// The bindings that a body needs before its step: a value that is used twice.
pub(super) fn body_bindings(body: &Body) -> TokenStream {
    let ident = &body.ident;
    let is_secret = body.encoding == Encoding::Text && body.ty == Type::Secret;
    let secret = is_secret.then(|| quote!(let #ident: String = #ident.into();));
    let media_type = body.media_type_argument.iter().map(|ident| quote!(let #ident: String = #ident.into();));
    quote!(#secret #(#media_type)*)
}
