//! The documentation of an operation: an example, the parameters, the success and the errors.

use crate::emit::From;
use crate::emit::context::Context;
use crate::emit::docs::{kind, linked, on_one_line, paragraphs, section};
use crate::emit::part_docs::part_in_words;
use crate::markdown;
use crate::model::{Doc, Encoding, Location, Operation, Parameter, Presence, Type};
use crate::naming::Ident;

/// The docs of the method of `Client`.
pub(super) fn method(operation: &Operation, context: &Context<'_>) -> Vec<String> {
    let Operation { method, path, required, optional, request, .. } = operation;
    let call = markdown::code(&format!("{method} {path}"));
    let mut required: Vec<String> = required.iter().map(|parameter| line(operation, parameter, None)).collect();
    let mut optional: Vec<String> =
        optional.iter().map(|parameter| line(operation, parameter, Some(request))).collect();
    if let Some(body) = operation.body.as_ref().filter(|body| body.parts.is_none()) {
        let setter = (body.presence != Presence::Required).then_some(request);
        let media_type = markdown::code(&body.media_type);
        let place = format!("the request body, {media_type}");
        let line = if body.encoding == Encoding::Multipart && body.doc.lines.is_empty() {
            let name = argument_name(&body.ident, setter);
            format!("* {name} ({place}): The parts, put together by the caller: [`Multipart`](crate::Multipart)")
        } else {
            item(&body.ident, setter, &place, &body.doc, &body.ty)
        };
        if setter.is_none() { required.push(line) } else { optional.push(line) }
    }
    paragraphs([
        operation.doc.lines.clone(),
        vec![call],
        servers(operation),
        section("Example", context.examples.of(operation, |client| context.receiver(client, operation))),
        section("Parameters", required),
        section("Optional parameters", optional),
        section("Success", success(operation)),
        section("Errors", errors(operation)),
    ])
}

fn servers(operation: &Operation) -> Vec<String> {
    let servers: Vec<String> = operation
        .servers
        .iter()
        .map(|server| format!("[`Server::{server}`](crate::Server::{})", server.as_str()))
        .collect();
    if servers.is_empty() {
        return Vec::new();
    }
    vec![format!("Has its own server, {}: use [`Client::at_server`].", servers.join(" or "))]
}

/// A parameter in a list; one that is optional links to its setter.
fn line(operation: &Operation, parameter: &Parameter, setter_of: Option<&Ident>) -> String {
    let Parameter { name, location, encoding, ty, doc, .. } = parameter;
    let kind = match location {
        Location::Path => "path parameter",
        Location::Query => "query parameter",
        Location::WholeQuery(_) => "the whole query",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::Part(_) => "part of the body",
        Location::FurtherPart(_) => "further parts of the body, by name",
    };
    // The name of a whole query is not sent.
    let place = if let Some(part) = part_in_words(operation, parameter) {
        part
    } else if name.wire == name.ident.as_str() || matches!(location, Location::WholeQuery(_)) {
        kind.to_owned()
    } else {
        format!("{kind} {}", markdown::code(&name.wire))
    };
    let keeps = if encoding.keeps_reserved() {
        ": reserved characters and texts such as `%2C` are sent as they are"
    } else {
        ""
    };
    item(&name.ident, setter_of, &format!("{place}{keeps}"), doc, ty)
}

fn item(ident: &Ident, setter_of: Option<&Ident>, place: &str, doc: &Doc, ty: &Type) -> String {
    let name = argument_name(ident, setter_of);
    let words = on_one_line(doc);
    let words = if words.is_empty() { kind(ty, From::Elsewhere) } else { words };
    format!("* {name} ({place}): {words}")
}

/// An argument, or a link to the setter.
fn argument_name(ident: &Ident, setter_of: Option<&Ident>) -> String {
    match setter_of {
        Some(request) => format!("[`{ident}`](method@{}::{})", request.as_str(), ident.as_str()),
        None => format!("`{ident}`"),
    }
}

/// Whether a status of the document stands for a success: `default` does where no other one is documented.
fn is_success(operation: &Operation, status: &str) -> bool {
    let has_success = operation.descriptions.keys().any(|status| status.starts_with('2'));
    status.starts_with('2') || (status == "default" && !has_success)
}

fn statuses(operation: &Operation, successes: bool) -> Vec<String> {
    let chosen = operation.descriptions.iter().filter(|(status, _)| is_success(operation, status) == successes);
    chosen
        .map(
            |(status, description)| {
                if description.is_empty() { format!("* `{status}`") } else { format!("* `{status}`: {description}") }
            },
        )
        .collect()
}

fn success(operation: &Operation) -> Vec<String> {
    let ty = match &operation.success.ty {
        Type::Unit => "No content.".to_owned(),
        ty => linked(ty),
    };
    paragraphs([vec![ty], statuses(operation, true)])
}

fn errors(operation: &Operation) -> Vec<String> {
    let body =
        operation.error.as_ref().map(|ty| format!("[`Error::body`] returns the documented error, {}.", linked(ty)));
    paragraphs([statuses(operation, false), body.into_iter().collect()])
}
