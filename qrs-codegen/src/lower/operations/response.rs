//! Responses: one type for a success and one for an error; an enum by status code where they differ.

use indexmap::{IndexMap, IndexSet};

use super::media::{self, Media, streamed};
use super::response_body::{DocumentedBody, bodies};
use super::response_enum::Enums;
use super::{header, status};
use crate::diagnostic::{Pointer, Problem};
use crate::document::{Header, Operation, Status};
use crate::lower::types::Types;
use crate::markdown;
use crate::model::{Encoding, Headers, ResponseEnum, Statuses, Streamed, Streaming, Success, Type};
use crate::naming::{Ident, Scope};

/// The responses of an operation.
pub(super) struct Responses {
    /// The description of each response, by its key.
    pub(super) descriptions: IndexMap<String, String>,
    pub(super) success: Success,
    pub(super) error: Option<Type>,
    pub(super) error_statuses: Vec<Statuses>,
    /// The enums that distinguish responses by their status codes.
    pub(super) response_enums: Vec<ResponseEnum>,
    pub(super) streaming: Option<Streaming>,
    /// Further media types of a success.
    pub(super) alternatives: Vec<String>,
    pub(super) headers: Option<Headers>,
}

/// The responses of an operation that is called `name`. Types that are declared beside its request are called after
/// `request`.
pub(super) fn responses(
    operation: &Operation,
    name: &str,
    request: &Ident,
    scope: &mut Scope<Pointer>,
    types: &mut Types<'_>,
) -> Responses {
    let mut descriptions = IndexMap::new();
    let (mut successes, mut errors) = (Vec::new(), Vec::new());
    let mut streaming = None;
    let mut headers: IndexMap<String, &Header> = IndexMap::new();
    let has_success = operation.responses.iter().any(|response| status::is_success(response.status));
    for response in &operation.responses {
        let description = markdown::line(&response.description);
        descriptions.insert(status::key(response.status), description.clone());
        header::gather(response, &mut headers);
        if response.has_links {
            let problem = Problem::Ignored { what: "`links`".to_owned() };
            types.found.note(response.at.child("links"), problem, "what an answer leads to, the caller knows");
        }
        let is_success = match response.status {
            Status::Default => !has_success,
            status => status::is_success(status),
        };
        // What is documented for every status code, and no success beside it, is documented for errors, too.
        let is_error = match response.status {
            Status::Default => true,
            status => !matches!(status::statuses(status), Statuses::One(100..=399) | Statuses::Range(1..=3)),
        };
        let media = media::preferred(&response.content, types);
        let what = if is_success { "response" } else { "error" };
        let name = response.component.clone().unwrap_or_else(|| format!("{name} {what}"));
        if is_success && streaming.is_none() {
            streaming = pieces(&media, &name, types);
        }
        let mut bodies = bodies(response, &media, is_success, &name, types);
        for body in &mut bodies {
            body.description.clone_from(&description);
        }
        if is_success {
            successes.extend(bodies.iter().cloned());
        }
        if is_error {
            errors.extend(bodies);
        }
    }
    let mut enums = Enums { request, scope, at: operation.at.child("responses"), all: Vec::new() };
    let success = success(&successes, &mut enums, types);
    let (error, error_statuses) = error(&errors, &mut enums, types);
    let Enums { scope, at, all, .. } = enums;
    // Bytes that are only one of several responses have to be told from the others first.
    let streaming =
        streaming.filter(|streaming| streaming.kind != Streamed::Bytes || success.encoding == Encoding::Bytes);
    let headers = header::headers(headers, request, scope, &at, types);
    let alternatives: IndexSet<String> = successes.into_iter().flat_map(|body| body.alternatives).collect();
    let alternatives = alternatives.into_iter().collect();
    Responses { descriptions, success, error, error_statuses, response_enums: all, streaming, alternatives, headers }
}

/// One type for every documented success.
fn success(successes: &[DocumentedBody], enums: &mut Enums<'_>, types: &mut Types<'_>) -> Success {
    let bodies: Vec<&DocumentedBody> = successes.iter().filter(|body| body.encoding != Encoding::Empty).collect();
    let accept = accept(&bodies);
    let Some(first) = bodies.first() else {
        return Success { ty: Type::Unit, encoding: Encoding::Empty, accept };
    };
    if bodies.iter().all(|other| (&other.ty, other.encoding) == (&first.ty, first.encoding)) {
        // A success without a body beside one with a body is a body that may not be there.
        let may_be_empty = bodies.len() < successes.len() && first.encoding == Encoding::Json;
        let ty = if may_be_empty { first.ty.clone().nullable() } else { first.ty.clone() };
        return Success { ty, encoding: first.encoding, accept };
    }
    let ident = enums.declare(successes, "success", types);
    Success { ty: Type::Beside(ident), encoding: Encoding::ByStatus, accept }
}

/// One type for every documented error that has a body in JSON, or in text beside JSON.
fn error(errors: &[DocumentedBody], enums: &mut Enums<'_>, types: &mut Types<'_>) -> (Option<Type>, Vec<Statuses>) {
    let has_json =
        |statuses: Statuses| errors.iter().any(|body| body.statuses == statuses && body.encoding == Encoding::Json);
    let is_read = |body: &&DocumentedBody| match body.encoding {
        Encoding::Json => true,
        Encoding::Text => has_json(body.statuses),
        _ => false,
    };
    let bodies: Vec<DocumentedBody> = errors.iter().filter(is_read).cloned().collect();
    let mut statuses: Vec<Statuses> = Vec::new();
    for body in &bodies {
        if !statuses.contains(&body.statuses) {
            statuses.push(body.statuses);
        }
    }
    let Some(first) = bodies.first() else { return (None, statuses) };
    if bodies.iter().all(|other| (&other.ty, other.encoding) == (&first.ty, first.encoding)) {
        return (Some(first.ty.clone()), statuses);
    }
    (Some(Type::Beside(enums.declare(&bodies, "error", types))), statuses)
}

/// The way in which a success can be streamed.
fn pieces(media: &[Media<'_>], name: &str, types: &mut Types<'_>) -> Option<Streaming> {
    let made_for_it = media.iter().find_map(|media| Some((streamed(media.name)?, *media)));
    if let Some((kind, media)) = made_for_it {
        let item = match media.encoding {
            Encoding::Items(form) => match media::content_type(media, name, types) {
                Type::List(item) => Some((*item, form)),
                _ => None,
            },
            _ => None,
        };
        return Some(Streaming { kind, accept: media.name.to_owned(), item });
    }
    let first = media.first().filter(|media| media.encoding == Encoding::Bytes)?;
    Some(Streaming { kind: Streamed::Bytes, accept: first.name.to_owned(), item: None })
}

/// The media types that the request accepts, each once.
fn accept(bodies: &[&DocumentedBody]) -> String {
    let mut accepted: Vec<&str> = Vec::new();
    for media_type in bodies.iter().flat_map(|body| &body.accept) {
        if !accepted.contains(&media_type.as_str()) {
            accepted.push(media_type);
        }
    }
    if accepted.is_empty() { "*/*".to_owned() } else { accepted.join(", ") }
}
