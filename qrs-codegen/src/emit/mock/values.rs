//! The values that the mock reads from a request: the fields of its type, and the expressions that read them.

use proc_macro2::{Ident as Raw, TokenStream};
use quote::quote;

use crate::emit::From;
use crate::markdown;
use crate::model::{
    Body, Encoding, FormField, ItemForm, Location, Operation, Parameter, ParameterEncoding, Presence, Style, Styling,
    Type,
};

/// A value that the mock reads from a request.
pub(super) struct Value {
    pub(super) field: TokenStream,
    pub(super) read: TokenStream,
}

impl Value {
    /// A value that is always there.
    fn new(parameter: &Parameter, ty: &TokenStream, read: &TokenStream) -> Self {
        let (ident, doc) = (&parameter.name.ident, format!(" {}.", markdown::code(&parameter.name.wire)));
        Self { field: quote!(#[doc = #doc] pub #ident: #ty,), read: quote!(#ident: #read?,) }
    }

    /// A value that need not be there, read by an expression for an `Option`.
    fn optional(parameter: &Parameter, ty: &TokenStream, read: &TokenStream) -> Self {
        Self::new(parameter, &quote!(Option<#ty>), read)
    }
}

/// The values of an operation's requests, which the static `described` describes.
pub(super) fn of(operation: &Operation, described: &Raw) -> Vec<Value> {
    let Operation { required, optional, body, .. } = operation;
    let parts = body.as_ref().and_then(|body| body.parts.as_ref());
    // Parts without names, and those within other parts, are not told apart: the body is bytes.
    let are_read = parts.is_none_or(|layout| !layout.is_unnamed && layout.groups.is_empty());
    let all = required.iter().map(|parameter| (parameter, true));
    let all = all.chain(optional.iter().map(|parameter| (parameter, false)));
    let named = || required.iter().chain(optional).filter(|parameter| matches!(parameter.location, Location::Part(_)));
    let mut values = Vec::new();
    for (parameter, is_required) in all {
        values.extend(match &parameter.location {
            Location::Part(_) | Location::FurtherPart(_) if !are_read => None,
            Location::Part(_) => Some(part(parameter, is_required)),
            Location::FurtherPart(_) => Some(further_parts(parameter, &named().collect::<Vec<_>>())),
            Location::WholeQuery(fields) => Some(whole_query(parameter, fields, is_required)),
            _ => of_parameter(parameter, is_required, described),
        });
    }
    values.extend(body.as_ref().filter(|_| parts.is_none() || !are_read).map(of_body));
    values
}

/// The place of a parameter in the head of a request.
pub(super) fn place(location: &Location) -> Option<TokenStream> {
    Some(match location {
        Location::Path => quote!(mock::Place::Path),
        Location::Query => quote!(mock::Place::Query),
        Location::Header => quote!(mock::Place::Header),
        Location::Cookie => quote!(mock::Place::Cookie),
        Location::Part(_) | Location::FurtherPart(_) | Location::WholeQuery(_) => return None,
    })
}

/// Whether the properties of the value can be parameters of their own.
pub(super) fn is_spread(parameter: &Parameter) -> bool {
    match parameter.encoding {
        ParameterEncoding::Structured(Styling { style, explode: true, .. }) => {
            let is_pair = matches!(parameter.location, Location::Query | Location::Cookie);
            let is_form = matches!(style, Style::Form | Style::Cookie | Style::SpaceDelimited | Style::PipeDelimited);
            is_pair && is_form && !matches!(parameter.ty, Type::List(_) | Type::Tuple(_))
        }
        _ => false,
    }
}

/// An expression for an optional value as one for a value that must be there.
fn needed(read: &TokenStream, wire: &str) -> TokenStream {
    quote!(mock::needed(#read?, #wire))
}

fn of_parameter(parameter: &Parameter, is_required: bool, described: &Raw) -> Option<Value> {
    let place = place(&parameter.location)?;
    let wire = &parameter.name.wire;
    let ty = parameter.ty.tokens(From::Elsewhere);
    let read = match parameter.encoding {
        ParameterEncoding::Plain
        | ParameterEncoding::Styled(Styling { style: Style::Simple | Style::Form | Style::Cookie, .. }) => None,
        ParameterEncoding::Json(_) => Some(quote!(recorded.json(#place, #wire))),
        ParameterEncoding::List(styling) => Some(match separator(styling) {
            Some(separator) => quote!(recorded.list(#place, #wire, #separator)),
            None => styled(parameter, &place, styling, described),
        }),
        ParameterEncoding::Styled(styling) | ParameterEncoding::Structured(styling) => {
            if is_required && is_spread(parameter) && parameter.location == Location::Query {
                return Some(Value::new(parameter, &ty, &quote!(recorded.spread(&#described, #wire))));
            }
            Some(styled(parameter, &place, styling, described))
        }
    };
    Some(match (read, is_required) {
        (None, true) => Value::new(parameter, &ty, &quote!(recorded.required(#place, #wire))),
        (None, false) => Value::optional(parameter, &ty, &quote!(recorded.optional(#place, #wire))),
        (Some(read), true) => Value::new(parameter, &ty, &needed(&read, wire)),
        (Some(read), false) => Value::optional(parameter, &ty, &read),
    })
}

fn styled(parameter: &Parameter, place: &TokenStream, styling: Styling, described: &Raw) -> TokenStream {
    let wire = &parameter.name.wire;
    let notation = notation(styling, &parameter.location, is_spread(parameter));
    quote!(recorded.styled(&#described, (#place, #wire, #notation)))
}

/// The separator of a plain list, as an expression: `None` for one that is repeated.
fn separator(Styling { style, explode, .. }: Styling) -> Option<TokenStream> {
    match style {
        Style::Form | Style::Cookie | Style::SpaceDelimited | Style::PipeDelimited if explode => Some(quote!(None)),
        Style::Form | Style::Cookie | Style::Simple => Some(quote!(Some(','))),
        Style::SpaceDelimited => Some(quote!(Some(' '))),
        Style::PipeDelimited => Some(quote!(Some('|'))),
        Style::Label | Style::Matrix | Style::DeepObject | Style::Delimited(_) => None,
    }
}

/// The notation of a list or an object.
fn notation(Styling { style, explode, .. }: Styling, location: &Location, is_spread: bool) -> TokenStream {
    match style {
        Style::Delimited(delimiters) => {
            let delimiters = delimiters.iter().flatten();
            let is_repeated = explode && *location != Location::Path && *location != Location::Header;
            let name = if is_repeated { quote!(Repeated) } else { quote!(Joined) };
            quote!(mock::Notation::#name(&[#(#delimiters),*]))
        }
        Style::DeepObject => quote!(mock::Notation::Deep),
        Style::Label => quote!(mock::Notation::Label { explode: #explode }),
        Style::Matrix => quote!(mock::Notation::Matrix { explode: #explode }),
        Style::Simple if explode => quote!(mock::Notation::Assigned),
        _ if is_spread => quote!(mock::Notation::Spread),
        Style::Form | Style::Cookie | Style::SpaceDelimited | Style::PipeDelimited if explode => {
            quote!(mock::Notation::Repeated(&[]))
        }
        Style::SpaceDelimited => quote!(mock::Notation::Joined(&[' '])),
        Style::PipeDelimited => quote!(mock::Notation::Joined(&['|'])),
        Style::Form | Style::Cookie | Style::Simple => quote!(mock::Notation::Joined(&[','])),
    }
}

/// The notations of the fields of a form that have one of their own.
fn form_fields(fields: &[FormField]) -> TokenStream {
    let fields = fields.iter().map(|FormField { wire, styling, json }| {
        let notation =
            if *json { quote!(mock::Notation::Json) } else { notation(*styling, &Location::Query, styling.explode) };
        quote!((#wire, #notation))
    });
    quote!(&[#(#fields),*])
}

/// A value that is the whole query.
fn whole_query(parameter: &Parameter, fields: &[FormField], is_required: bool) -> Value {
    let ty = parameter.ty.tokens(From::Elsewhere);
    let read = match parameter.encoding {
        ParameterEncoding::Structured(_) | ParameterEncoding::List(_) => {
            let fields = form_fields(fields);
            quote!(recorded.query_form(#fields))
        }
        ParameterEncoding::Json(_) => quote!(recorded.query_json()),
        ParameterEncoding::Styled(_) | ParameterEncoding::Plain => quote!(recorded.query_text()),
    };
    if is_required {
        return Value::new(parameter, &ty, &needed(&read, &parameter.name.wire));
    }
    Value::optional(parameter, &ty, &read)
}

/// The function that reads a part of this type, or each of several.
fn reader(ty: &Type, encoding: ParameterEncoding) -> TokenStream {
    match (ty, encoding) {
        (Type::Upload, _) => quote!(mock::Part::whole),
        (_, ParameterEncoding::Structured(_) | ParameterEncoding::Json(_)) => quote!(mock::Part::json),
        _ => quote!(mock::Part::text),
    }
}

/// A type of a part: a file is the part itself.
fn type_of_part(ty: &Type) -> TokenStream {
    match ty {
        Type::Upload => quote!(mock::Part),
        Type::List(element) if **element == Type::Upload => quote!(Vec<mock::Part>),
        ty => ty.tokens(From::Elsewhere),
    }
}

/// A part of the body.
fn part(parameter: &Parameter, is_required: bool) -> Value {
    let Parameter { name, encoding, ty, location, .. } = parameter;
    let wire = &name.wire;
    let read = match (ty, encoding) {
        (Type::List(element), _) if **element == Type::Upload => quote!(recorded.parts(#wire, mock::Part::whole)),
        (Type::Upload, _) => quote!(recorded.part(#wire, mock::Part::whole)),
        (_, ParameterEncoding::List(styling) | ParameterEncoding::Structured(styling))
            if matches!(styling.style, Style::Delimited(_)) =>
        {
            let notation = notation(*styling, location, false);
            quote!(recorded.styled_part(#wire, #notation))
        }
        (_, ParameterEncoding::List(_) | ParameterEncoding::Structured(_)) => {
            let reader = reader(ty, *encoding);
            quote!(recorded.parts(#wire, #reader))
        }
        (_, ParameterEncoding::Plain | ParameterEncoding::Styled(_) | ParameterEncoding::Json(_)) => {
            let reader = reader(ty, *encoding);
            quote!(recorded.part(#wire, #reader))
        }
    };
    let ty = type_of_part(ty);
    if is_required {
        return Value::new(parameter, &ty, &needed(&read, wire));
    }
    Value::optional(parameter, &ty, &read)
}

/// The parts whose names the caller chooses, each with its name.
fn further_parts(parameter: &Parameter, named: &[&Parameter]) -> Value {
    let element = match &parameter.ty {
        Type::List(element) if !matches!(parameter.encoding, ParameterEncoding::Json(_)) => &**element,
        ty => ty,
    };
    let reader = reader(element, parameter.encoding);
    let ty = type_of_part(element);
    let wires = named.iter().map(|parameter| &parameter.name.wire);
    Value::new(parameter, &quote!(Vec<(String, #ty)>), &quote!(recorded.further_parts(&[#(#wires),*], #reader)))
}

fn of_body(body: &Body) -> Value {
    let Body { ident, ty, encoding, presence, fields, .. } = body;
    let (ty, read) = match encoding {
        _ if body.parts.is_some() => (quote!(Vec<u8>), quote!(recorded.body().to_vec())),
        Encoding::Json => (ty.tokens(From::Elsewhere), quote!(recorded.json_body()?)),
        Encoding::Text => (quote!(String), quote!(recorded.text_body()?)),
        Encoding::Form => {
            let fields = form_fields(fields);
            (ty.tokens(From::Elsewhere), quote!(recorded.form_body(#fields)?))
        }
        Encoding::Items(ItemForm::Line | ItemForm::Record) if matches!(ty, Type::List(_)) => {
            (ty.tokens(From::Elsewhere), quote!(recorded.lines_body()?))
        }
        Encoding::Multipart => (quote!(Vec<mock::Part>), quote!(recorded.all_parts()?)),
        _ => (quote!(Vec<u8>), quote!(recorded.body().to_vec())),
    };
    if *presence == Presence::Required {
        return Value { field: quote!(#[doc = " The body."] pub #ident: #ty,), read: quote!(#ident: #read,) };
    }
    let read = quote!(if recorded.body().is_empty() { None } else { Some(#read) });
    Value { field: quote!(#[doc = " The body."] pub #ident: Option<#ty>,), read: quote!(#ident: #read,) }
}
