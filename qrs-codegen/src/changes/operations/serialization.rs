//! The form of parameters and of form fields on the wire, in words.

use std::collections::BTreeSet;

use crate::model::{Body, Encoding, FormField, Location, Parameter, ParameterEncoding, Style, Styling, Type};

/// The location of a parameter and its form there.
pub(super) fn location(parameter: &Parameter) -> String {
    location_with(parameter, |styling| styling)
}

/// The same, whether or not reserved characters are escaped.
pub(super) fn location_without_reserved(parameter: &Parameter) -> String {
    location_with(parameter, |styling| Styling { reserved: false, ..styling })
}

fn location_with(parameter: &Parameter, adapt: impl Fn(Styling) -> Styling) -> String {
    let place = match &parameter.location {
        Location::Path => "in the path",
        Location::Query => "in the query",
        Location::WholeQuery(_) => "as the whole query",
        Location::Header => "in a header",
        Location::Cookie => "in a cookie",
        Location::Part(_) => "in a part of the body",
        Location::FurtherPart(_) => "in further parts of the body",
    };
    let (styling, json) = match parameter.encoding {
        ParameterEncoding::Plain => return place.to_owned(),
        ParameterEncoding::Styled(styling)
        | ParameterEncoding::List(styling)
        | ParameterEncoding::Structured(styling) => (styling, false),
        ParameterEncoding::Json(styling) => (styling, true),
    };
    let several = matches!(parameter.encoding, ParameterEncoding::List(_) | ParameterEncoding::Structured(_));
    format!("{place}{}", style(adapt(styling), several, json))
}

/// Whether a single value of `one` is written exactly as a list of that one value is in `many`: in the query, with each
/// value by itself.
pub(super) fn reads_as_before(one: &Parameter, many: &Parameter) -> bool {
    let in_query = [one, many].iter().all(|parameter| parameter.location == Location::Query);
    let is_single = matches!(one.encoding, ParameterEncoding::Plain | ParameterEncoding::Styled(_))
        && !matches!(one.ty, Type::List(_));
    let is_exploded =
        matches!(many.encoding, ParameterEncoding::List(Styling { style: Style::Form, explode: true, .. }));
    in_query && is_single && is_exploded && matches!(many.ty, Type::List(_))
}

/// The style of a value, where it differs from the usual one.
fn style(styling: Styling, several: bool, json: bool) -> String {
    let delimited;
    let style = match styling.style {
        Style::Delimited(delimiters) => {
            let all: Vec<String> = delimiters.iter().flatten().map(|delimiter| format!("{delimiter:?}")).collect();
            delimited = format!(", with {} between its values", all.join(", then "));
            delimited.as_str()
        }
        Style::Simple | Style::Form => "",
        Style::Label => ", after a dot",
        Style::Matrix => ", after a semicolon",
        Style::SpaceDelimited => ", with spaces between its values",
        Style::PipeDelimited => ", with bars between its values",
        Style::DeepObject => ", with its keys in brackets",
        Style::Cookie => ", without an escape",
    };
    let each = if several && styling.explode && style.is_empty() { ", once for each value" } else { "" };
    let json = if json { ", as JSON" } else { "" };
    let reserved = if styling.reserved { ", with reserved characters as they are" } else { "" };
    format!("{style}{each}{json}{reserved}")
}

/// The media type of a part of a body, in words; `None` if the parameter is no part.
pub(super) fn part_media_type(parameter: &Parameter) -> Option<String> {
    let (Location::Part(media_type) | Location::FurtherPart(media_type)) = &parameter.location else { return None };
    let is_file = match &parameter.ty {
        Type::List(element) => **element == Type::Upload,
        ty => *ty == Type::Upload,
    };
    // The defaults of the specification.
    let default = match parameter.encoding {
        _ if is_file => Some("application/octet-stream"),
        ParameterEncoding::Json(_) | ParameterEncoding::Structured(_) => Some("application/json"),
        _ => None,
    };
    Some(match media_type.as_deref().or(default) {
        Some(media_type) => format!("as `{media_type}`"),
        None => "without a media type".to_owned(),
    })
}

/// The form of a field without an Encoding Object: a list once for each of its values.
const DEFAULT: (Styling, bool) = (Styling { style: Style::Form, explode: true, reserved: false }, false);

/// Whether the field of this name in the form `old` has the style that it has in the form `new`.
pub(super) fn has_same_style(old: Option<&FormField>, new: Option<&FormField>) -> bool {
    let [old, new] = [old, new].map(|field| field.map_or(DEFAULT, |field| (field.styling, field.json)));
    old == new
}

pub(super) fn form_field<'a>(body: &'a Body, wire: &str) -> Option<&'a FormField> {
    body.fields.iter().find(|field| field.wire == wire)
}

/// The names of the fields of two forms whose Encoding Objects differ.
pub(super) fn changed_form_fields<'a>(old: &'a Body, new: &'a Body) -> BTreeSet<&'a str> {
    let all = old.fields.iter().chain(&new.fields).map(|field| field.wire.as_str());
    let both = old.encoding == Encoding::Form && new.encoding == Encoding::Form;
    all.filter(|wire| both && form_field(old, wire) != form_field(new, wire)).collect()
}

/// The form of a field in a form body, in words.
pub(super) fn form_style(field: Option<&FormField>) -> String {
    match field {
        Some(field) => format!("in the form{}", style(field.styling, true, field.json)),
        None => "in the default style".to_owned(),
    }
}
