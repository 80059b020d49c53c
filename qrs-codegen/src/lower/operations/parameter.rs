//! Parameters of operations: the caller's, and those that a credential fills in.

use indexmap::IndexSet;

use super::body::form_fields;
use super::path_query;
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::document::{self, MediaType, Operation, ParameterLocation, ParameterValue};
use crate::lower::doc;
use crate::lower::findings::Findings;
use crate::lower::security::{Credentials, is_token};
use crate::lower::types::Types;
use crate::model::{
    Carrier, CredentialParameter, Doc, FormField, Location, Name, Parameter, ParameterEncoding, Style, Styling, Type,
};
use crate::naming::{Case, Scope};
use crate::template::placeholders;

/// Headers that OpenAPI leaves to the media types and security schemes (3.1.1, section 4.8.12.2.1).
const IGNORED_HEADERS: &[&str] = &["accept", "content-type", AUTHORIZATION];

const AUTHORIZATION: &str = "authorization";

/// Headers that say where a message ends (RFC 9112, section 6). Another value would break it.
const FRAMING_HEADERS: &[&str] = &["content-length", "transfer-encoding"];

/// The parameters of one operation.
pub(super) struct Parameters {
    pub(super) required: Vec<Parameter>,
    pub(super) optional: Vec<Parameter>,
    pub(super) credentials: Vec<CredentialParameter>,
    /// The names that are taken.
    pub(super) arguments: Scope<Pointer>,
}

/// The parameters of an operation that is called `name`. If there is a body, its name is none of theirs: it keeps that
/// whatever parameter is added.
pub(super) fn parameters(
    operation: &Operation,
    name: &str,
    types: &mut Types<'_>,
    credentials: &Credentials<'_>,
) -> Parameters {
    let mut out = Parameters {
        required: Vec::new(),
        optional: Vec::new(),
        credentials: Vec::new(),
        arguments: Scope::new(Case::Snake, RESERVED_ARGUMENTS),
    };
    if operation.request_body.is_some() {
        out.arguments.claim(BODY, operation.at.child("requestBody"));
    }
    check_whole_query(operation, &mut types.found);
    note_fragment(operation, &mut types.found);
    for parameter in &operation.parameters {
        let is_placed = parameter.location != ParameterLocation::Path
            || placeholders(path_query::sent(&operation.path)).any(|place| place == parameter.name);
        if !is_placed {
            let problem = Problem::UnplacedPathParameter { name: parameter.name.clone(), path: operation.path.clone() };
            let help = "it is left out; write it into the path in braces, or remove it";
            types.found.warn(parameter.listed_at.clone(), problem, help);
            continue;
        }
        if let Some(scheme) = &parameter.value_of {
            out.credentials.extend(credential(scheme, parameter, credentials, &mut types.found));
        } else if is_sendable(parameter, credentials, &mut types.found) {
            let (mut lowered, is_required) = lower(parameter, name, &mut out.arguments, types);
            if let Some(wire) = path_query::sent_name(parameter, operation) {
                lowered.name.wire = wire;
            }
            if is_required { out.required.push(lowered) } else { out.optional.push(lowered) }
        }
    }
    for place in undeclared(operation) {
        // The reference to it may be one that leads nowhere.
        if !operation.lacks_parameters {
            report_undeclared(place, operation, name, &mut types.found);
        }
        let place = undeclared_parameter(place, operation, &mut out.arguments, &mut types.found);
        out.required.push(place);
    }
    let places: Vec<&str> = placeholders(&operation.path).collect();
    let place = |parameter: &Parameter| match parameter.location {
        Location::Path => places.iter().position(|name| *name == parameter.name.wire),
        _ => None,
    };
    // Path parameters come first, in the order of the path.
    out.required.sort_by_key(|parameter| place(parameter).unwrap_or(usize::MAX));
    out
}

/// The places of a path's template that no parameter fills, each once.
fn undeclared(operation: &Operation) -> IndexSet<&str> {
    let (own, query) = path_query::split(&operation.path);
    let places = placeholders(own).map(|place| (place, false)).chain(placeholders(query).map(|place| (place, true)));
    let is_unfilled = |(place, in_query): &(&str, bool)| {
        !operation.parameters.iter().any(|parameter| {
            parameter.name == *place
                && (parameter.location == ParameterLocation::Path
                    || *in_query && parameter.location == ParameterLocation::Query)
        })
    };
    places.filter(is_unfilled).map(|(place, _)| place).collect()
}

/// Reports a place of a path's template that no parameter fills.
fn report_undeclared(place: &str, operation: &Operation, name: &str, found: &mut Findings) {
    let help = format!(
        "it is taken for a required string; list it under `parameters` of the operation `{name}`, with `in: path` and \
         `required: true`"
    );
    let problem = Problem::UndeclaredPathParameter { name: place.to_owned() };
    let path = operation.at.parent().unwrap_or_default();
    found.push(Diagnostic::warning(path, problem).on_key().help(help));
}

/// The parameter for a place of a path's template that the document says no more of.
fn undeclared_parameter(
    place: &str,
    operation: &Operation,
    arguments: &mut Scope<Pointer>,
    found: &mut Findings,
) -> Parameter {
    let at = operation.at.parent().unwrap_or_default();
    let (ident, collision) = arguments.claim(place, at.clone());
    found.collided(place, &ident, collision, At::of(&at));
    Parameter {
        name: Name { wire: place.to_owned(), ident },
        location: Location::Path,
        encoding: ParameterEncoding::Plain,
        ty: Type::String,
        doc: doc([Some("The document names it in the path alone.")]),
        at,
    }
}

/// Whether a client can send a parameter; it is reported if not.
fn is_sendable(parameter: &document::Parameter, credentials: &Credentials<'_>, found: &mut Findings) -> bool {
    let is_header = parameter.location == ParameterLocation::Header;
    let name = parameter.name.to_ascii_lowercase();
    let is_framing = FRAMING_HEADERS.contains(&name.as_str());
    if is_header && (is_framing || IGNORED_HEADERS.contains(&name.as_str())) {
        let problem = Problem::Ignored { what: format!("the header parameter `{}`", parameter.name) };
        let help = if is_framing {
            "HTTP itself sets it"
        } else if name == AUTHORIZATION && !credentials.has_header(AUTHORIZATION) {
            "no security scheme sets it: give it to `ClientBuilder::default_header`"
        } else {
            "the client sets it from the media types and credentials"
        };
        found.warn(parameter.at.clone(), problem, help);
        return false;
    }
    let is_named = is_header || parameter.location == ParameterLocation::Cookie;
    if is_named && !is_token(&parameter.name) {
        let problem = Problem::UnknownValue { value: parameter.name.clone() };
        let help = "it is left out: the name of a header or a cookie has only the characters of a token (RFC 9110, section 5.6.2)";
        found.warn(parameter.at.child("name"), problem, help);
        return false;
    }
    true
}

/// A parameter, and whether the caller must give it.
fn lower(
    parameter: &document::Parameter,
    operation: &str,
    arguments: &mut Scope<Pointer>,
    types: &mut Types<'_>,
) -> (Parameter, bool) {
    let at = &parameter.at;
    let is_path = parameter.location == ParameterLocation::Path;
    if is_path && !parameter.required {
        let problem = Problem::Unsupported { what: "an optional parameter in the path".to_owned() };
        types.found.warn(at.clone(), problem, "it has to be given: a path has a value in each of its places");
    }
    let name = match &parameter.component {
        Some(component) => component.clone(),
        None => format!("{operation} {}", parameter.name),
    };
    if parameter.location == ParameterLocation::QueryString {
        return whole_query(parameter, &name, arguments, types);
    }
    let (ty, encoding) = value(parameter, &name, types);
    let (ident, collision) = arguments.claim(&parameter.name, at.clone());
    types.found.collided(&parameter.name, &ident, collision, At::of(at));
    let location = match parameter.location {
        ParameterLocation::Path => Location::Path,
        ParameterLocation::Query | ParameterLocation::QueryString => Location::Query,
        ParameterLocation::Header => Location::Header,
        ParameterLocation::Cookie => Location::Cookie,
    };
    let name = Name { wire: parameter.name.clone(), ident };
    let doc = documentation(parameter, types);
    (Parameter { at: at.clone(), name, location, encoding, ty, doc }, parameter.required || is_path)
}

/// A parameter that is the whole query, and whether the caller must give it.
fn whole_query(
    parameter: &document::Parameter,
    name: &str,
    arguments: &mut Scope<Pointer>,
    types: &mut Types<'_>,
) -> (Parameter, bool) {
    let at = &parameter.at;
    let media = match &parameter.value {
        ParameterValue::Content(content) => only_media_type(content, types),
        ParameterValue::Schema(_) => None,
    };
    let (ty, encoding, fields) = match media {
        Some(media) => match query_content(media, name, types) {
            (ty, ParameterEncoding::Plain, fields) if parameter.allow_reserved => {
                let styling = Styling { style: Style::Form, explode: true, reserved: true };
                (ty, ParameterEncoding::Styled(styling), fields)
            }
            other => other,
        },
        None => (Type::String, ParameterEncoding::Plain, Vec::new()),
    };
    let (ident, collision) = arguments.claim(&parameter.name, at.clone());
    types.found.collided(&parameter.name, &ident, collision, At::of(at));
    let name = Name { wire: parameter.name.clone(), ident };
    let doc = documentation(parameter, types);
    let location = Location::WholeQuery(fields);
    (Parameter { at: at.clone(), name, location, encoding, ty, doc }, parameter.required)
}

/// The type of a whole query, how it is written, and the fields of a form that are written in a way of their own.
fn query_content(media: &MediaType, name: &str, types: &mut Types<'_>) -> (Type, ParameterEncoding, Vec<FormField>) {
    let styling = Styling { style: Style::Form, explode: true, reserved: false };
    let is_form = media.name.starts_with("application/x-www-form-urlencoded");
    if !is_form && !super::media::is_json(&media.name) {
        return (Type::String, ParameterEncoding::Plain, Vec::new());
    }
    let ty = match media.schema {
        Some(schema) => value_type(types.mention(name, schema), types),
        None => Type::Json,
    };
    if !is_form {
        return (ty, ParameterEncoding::Json(styling), Vec::new());
    }
    match ty {
        // A form that is no object is text that somebody else has made.
        ty if types.is_scalar(&ty) => (Type::String, ParameterEncoding::Styled(styling), Vec::new()),
        ty => (ty, ParameterEncoding::Structured(styling), form_fields(media, &mut types.found)),
    }
}

/// Notes that the fragment of a path is not sent.
fn note_fragment(operation: &Operation, found: &mut Findings) {
    let sent = path_query::sent(&operation.path);
    if let (fragment @ 1.., Some(path)) = (operation.path.len() - sent.len(), operation.at.parent()) {
        let fragment = &operation.path[operation.path.len() - fragment..];
        let problem = Problem::Ignored { what: format!("`{fragment}` of the path") };
        found.once(Diagnostic::note(path, problem).on_key().help("a fragment is never sent"));
    }
}

/// Reports what a whole query does not go with: a second one, and single parameters of the query.
fn check_whole_query(operation: &Operation, found: &mut Findings) {
    let of = |location| operation.parameters.iter().filter(move |parameter| parameter.location == location);
    let whole: Vec<_> = of(ParameterLocation::QueryString).collect();
    let Some(first) = whole.first() else { return };
    let others = whole[1..].iter().copied().chain(of(ParameterLocation::Query).filter(|one| one.value_of.is_none()));
    for other in others {
        let what = "a parameter of the query beside one that is the whole query".to_owned();
        let help = "both are sent, joined by `&`";
        let diagnostic = Diagnostic::warning(other.listed_at.clone(), Problem::Unsupported { what });
        found.push(diagnostic.help(help).related(first.listed_at.clone(), "this one is the whole query"));
    }
}

/// The description of a parameter, and that of its schema.
fn documentation(parameter: &document::Parameter, types: &Types<'_>) -> Doc {
    let mut doc = doc([parameter.description.as_deref()]);
    if let ParameterValue::Schema(schema) = parameter.value {
        let more = types.doc(schema);
        if !doc.lines.is_empty() && !more.lines.is_empty() {
            doc.lines.push(String::new());
        }
        doc.lines.extend(more.lines);
        doc.is_deprecated = more.is_deprecated;
    }
    if parameter.lifecycle.deprecated {
        doc.is_deprecated = true;
    }
    doc
}

/// A parameter that carries the value of a credential.
fn credential(
    scheme: &str,
    parameter: &document::Parameter,
    credentials: &Credentials<'_>,
    found: &mut Findings,
) -> Option<CredentialParameter> {
    let at = parameter.at.child("x-codegen").child("value-of");
    let Some(scheme) = credentials.static_of(scheme) else {
        let problem = Problem::DanglingReference { reference: scheme.to_owned() };
        found.error(at, problem, "it names an entry of `#/components/securitySchemes`");
        return None;
    };
    let name = parameter.name.clone();
    let carrier = match parameter.location {
        ParameterLocation::Query | ParameterLocation::QueryString => Carrier::Query(name),
        ParameterLocation::Header => Carrier::Header(name),
        ParameterLocation::Cookie => Carrier::Cookie(name),
        ParameterLocation::Path => {
            let what = "a credential's value in the path".to_owned();
            found.push(Diagnostic::error(at, Problem::Unsupported { what }));
            return None;
        }
    };
    Some(CredentialParameter { carrier, scheme: scheme.clone() })
}

/// The type of a parameter's value, and how it is written.
fn value(parameter: &document::Parameter, name: &str, types: &mut Types<'_>) -> (Type, ParameterEncoding) {
    // What is not percent-encoded anyway keeps its characters.
    let is_encoded = parameter.location != ParameterLocation::Header && parameter.style != document::Style::Cookie;
    let reserved = parameter.allow_reserved && is_encoded;
    let styling = Styling { style: style(parameter.style), explode: parameter.explode, reserved };
    let schema = match &parameter.value {
        ParameterValue::Schema(schema) => *schema,
        ParameterValue::Content(content) => return content_value(content, name, styling, types),
    };
    let ty = value_type(types.mention(name, schema), types);
    let is_deep_object = styling.style == Style::DeepObject;
    if is_deep_object && matches!(ty, Type::List(_)) {
        let problem = Problem::Unsupported { what: "a list in the style `deepObject`".to_owned() };
        let help = "OpenAPI does not say how; it is written as `name[]=a&name[]=b`";
        types.found.note(parameter.at.child("style"), problem, help);
    }
    let encoding = match &ty {
        Type::List(element) if types.is_scalar(element) && !is_deep_object => ParameterEncoding::List(styling),
        ty if !types.is_scalar(ty) => ParameterEncoding::Structured(styling),
        _ if styling.reserved || matches!(styling.style, Style::Label | Style::Matrix | Style::Cookie) => {
            ParameterEncoding::Styled(styling)
        }
        _ => ParameterEncoding::Plain,
    };
    (ty, encoding)
}

/// A value that is text of a media type.
fn content_value(
    content: &[MediaType],
    name: &str,
    styling: Styling,
    types: &mut Types<'_>,
) -> (Type, ParameterEncoding) {
    let Some(media) = only_media_type(content, types) else {
        return (Type::String, ParameterEncoding::Styled(styling));
    };
    if !super::media::is_json(&media.name) {
        if super::media::is_plain_text(&media.name) {
            return (Type::String, ParameterEncoding::Styled(styling));
        }
        let problem = Problem::Unsupported { what: format!("a parameter in `{}`", media.name) };
        types.found.warn(media.listed_at.clone(), problem, "the caller gives the whole text of it");
        return (Type::String, ParameterEncoding::Styled(styling));
    }
    let ty = match media.schema {
        Some(schema) => value_type(types.mention(name, schema), types),
        None => Type::Json,
    };
    (ty, ParameterEncoding::Json(styling))
}

/// The media type of a parameter, which has one.
fn only_media_type<'c>(content: &'c [MediaType], types: &mut Types<'_>) -> Option<&'c MediaType> {
    let (first, others) = content.split_first()?;
    for other in others {
        let problem = Problem::Ignored { what: format!("`{}`", other.name) };
        let help = format!("a parameter has one media type: it is sent as `{}`", first.name);
        types.found.push(Diagnostic::warning(other.listed_at.clone(), problem).on_key().help(help));
    }
    Some(first)
}

/// The type of an argument: no parameter is `null`, and its list is seen.
fn value_type(ty: Type, types: &Types<'_>) -> Type {
    match types.unaliased(&ty.unwrap_nullable()) {
        Type::List(element) => Type::List(Box::new(types.unaliased(element).clone())),
        Type::Nullable(inner) => (**inner).clone(),
        other => other.clone(),
    }
}

/// The model's name of a style.
pub(super) fn style(style: document::Style) -> Style {
    match style {
        document::Style::Simple => Style::Simple,
        document::Style::Label => Style::Label,
        document::Style::Matrix => Style::Matrix,
        document::Style::Form => Style::Form,
        document::Style::SpaceDelimited => Style::SpaceDelimited,
        document::Style::PipeDelimited => Style::PipeDelimited,
        document::Style::DeepObject => Style::DeepObject,
        document::Style::Cookie => Style::Cookie,
        document::Style::Delimited(delimiters) => Style::Delimited(delimiters),
    }
}

/// The argument or setter of a body that is given as a whole.
pub(super) const BODY: &str = "body";

/// Names of a request's own functions, which its arguments and setters must keep clear of.
const RESERVED_ARGUMENTS: &[&str] = &[
    "send",
    "send_blocking",
    "send_stream",
    "send_stream_blocking",
    "send_stream_as",
    "send_stream_as_blocking",
    "send_events",
    "send_events_blocking",
    "send_lines",
    "send_lines_blocking",
    "clone",
    "fmt",
];
