//! Responses: one type for a success and one for an error; an enum by status code where they differ.

use indexmap::IndexMap;

use super::media::{self, Media, content_type, is_page, note_left_out, streamed};
use super::{header, status};
use crate::diagnostic::{At, Pointer, Problem};
use crate::document::{Header, Operation, Response, SchemaId, Status};
use crate::lower::types::Types;
use crate::markdown;
use crate::model::{Answer, ByStatus, Encoding, Headers, StatusVariant, Statuses, Streamed, Streaming, Type};
use crate::naming::{Case, Ident, Scope};

/// The responses of an operation.
pub(super) struct Responses {
    /// The description of each response, by its key.
    pub(super) answers: IndexMap<String, String>,
    pub(super) success: Answer,
    pub(super) error: Option<Type>,
    pub(super) error_statuses: Vec<Statuses>,
    /// The enums that distinguish responses by their status codes.
    pub(super) by_status: Vec<ByStatus>,
    pub(super) streaming: Option<Streaming>,
    /// Further media types of a success.
    pub(super) alternatives: Vec<String>,
    pub(super) headers: Option<Headers>,
}

/// A documented response: a success or an error.
struct DocumentedResponse {
    statuses: Statuses,
    ty: Type,
    encoding: Encoding,
    media_type: String,
    description: String,
}

/// The enums by status code of an operation, while they are made.
struct Enums<'c> {
    request: &'c Ident,
    /// The names of the types beside requests.
    scope: &'c mut Scope<Pointer>,
    /// The place of the responses.
    at: Pointer,
    all: Vec<ByStatus>,
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
    let mut answers = IndexMap::new();
    let (mut successes, mut errors) = (Vec::new(), Vec::new());
    let mut streaming = None;
    let mut alternatives: Vec<String> = Vec::new();
    let mut headers: IndexMap<String, &Header> = IndexMap::new();
    let has_success = operation.responses.iter().any(|response| status::is_success(response.status));
    for response in &operation.responses {
        let description = markdown::line(&response.description);
        answers.insert(status::key(response.status), description.clone());
        header::gather(response, &mut headers);
        if response.has_links {
            let problem = Problem::Ignored { what: "`links`".to_owned() };
            types.found.note(response.at.child("links"), problem, "what an answer leads to, the caller knows");
        }
        let is_success = match response.status {
            Status::Default => !has_success,
            status => status::is_success(status),
        };
        let media = media::preferred(&response.content, types);
        if is_success && streaming.is_none() {
            streaming = pieces(&media);
        }
        let others = if is_success { other_media(&media, types) } else { Vec::new() };
        let what = if is_success { "response" } else { "error" };
        let name = response.component.clone().unwrap_or_else(|| format!("{name} {what}"));
        let outcome = outcome(response, &media, &others, &name, types);
        let outcome = DocumentedResponse { description, ..outcome };
        if is_success {
            for name in others {
                if !alternatives.iter().any(|known| known == name) {
                    alternatives.push(name.to_owned());
                }
            }
            successes.push(outcome);
        } else if !matches!(outcome.statuses, Statuses::One(100..=399) | Statuses::Range(1..=3)) {
            errors.push(outcome);
        }
    }
    let mut enums = Enums { request, scope, at: operation.at.child("responses"), all: Vec::new() };
    let success = success(&successes, &mut enums, types);
    let (error, error_statuses) = error(errors, &mut enums, types);
    let Enums { scope, at, all, .. } = enums;
    // Bytes that are only one of several responses have to be told from the others first.
    let streaming =
        streaming.filter(|streaming| streaming.kind != Streamed::Bytes || success.encoding == Encoding::Bytes);
    let headers = header::headers(headers, request, scope, &at, types);
    Responses { answers, success, error, error_statuses, by_status: all, streaming, alternatives, headers }
}

/// The media types beside the first that hold something else than that: not the same by another name, or in XML.
fn other_media<'d>(media: &[Media<'d>], types: &mut Types<'_>) -> Vec<&'d str> {
    let Some((chosen, others)) = media.split_first() else { return Vec::new() };
    let mut schema = |media: &Media<'_>| -> Option<SchemaId> { types.behind(media.described.schema?) };
    let first = schema(chosen);
    let others: Vec<(&Media<'d>, Option<SchemaId>)> = others.iter().map(|other| (other, schema(other))).collect();
    let mut alternatives = Vec::new();
    for (other, schema) in others {
        // Of files, the media type alone says what they are.
        let is_same = chosen.encoding == Encoding::Json
            && match (first, schema) {
                (Some(first), Some(other)) => types.schemas.are_equal(first, other),
                _ => other.encoding == Encoding::Json,
            };
        if !is_same && streamed(other.name).is_none() && !other.name.contains('*') && !is_page(other.name) {
            alternatives.push(other.name);
        }
    }
    alternatives
}

fn outcome(
    response: &Response,
    media: &[Media<'_>],
    alternatives: &[&str],
    name: &str,
    types: &mut Types<'_>,
) -> DocumentedResponse {
    let statuses = status::statuses(response.status);
    let description = String::new();
    let Some((&chosen, others)) = media.split_first() else {
        return DocumentedResponse {
            statuses,
            ty: Type::Unit,
            encoding: Encoding::Empty,
            media_type: String::new(),
            description,
        };
    };
    let is_read = |name: &str| streamed(name).is_some() || alternatives.contains(&name);
    let others: Vec<&str> = others.iter().map(|media| media.name).filter(|name| !is_read(name)).collect();
    let help = format!("the client asks for `{}` here", chosen.name);
    note_left_out(&others, &help, response.at.child("content"), &mut types.found);
    let encoding = match chosen.encoding {
        // A form is only encoded, never decoded: it comes as it is.
        Encoding::Form | Encoding::Multipart => Encoding::Bytes,
        encoding => encoding,
    };
    let ty = content_type(Media { encoding, ..chosen }, name, types);
    DocumentedResponse { statuses, ty, encoding, media_type: chosen.name.to_owned(), description }
}

/// One type for every documented success.
fn success(successes: &[DocumentedResponse], enums: &mut Enums<'_>, types: &mut Types<'_>) -> Answer {
    let bodies: Vec<&DocumentedResponse> =
        successes.iter().filter(|outcome| outcome.encoding != Encoding::Empty).collect();
    let accept = accept(&bodies);
    let Some(first) = bodies.first() else {
        return Answer { ty: Type::Unit, encoding: Encoding::Empty, accept };
    };
    if bodies.iter().all(|other| (&other.ty, other.encoding) == (&first.ty, first.encoding)) {
        // A success without a body beside one with a body is a body that may not be there.
        let may_be_empty = bodies.len() < successes.len() && first.encoding == Encoding::Json;
        let ty = if may_be_empty { first.ty.clone().nullable() } else { first.ty.clone() };
        return Answer { ty, encoding: first.encoding, accept };
    }
    let ident = enums.declare(successes, "success", types);
    Answer { ty: Type::Beside(ident), encoding: Encoding::ByStatus, accept }
}

/// One type for every documented error that has a body in JSON.
fn error(
    errors: Vec<DocumentedResponse>,
    enums: &mut Enums<'_>,
    types: &mut Types<'_>,
) -> (Option<Type>, Vec<Statuses>) {
    let bodies: Vec<DocumentedResponse> =
        errors.into_iter().filter(|outcome| outcome.encoding == Encoding::Json).collect();
    let statuses = bodies.iter().map(|outcome| outcome.statuses).collect();
    let Some(first) = bodies.first() else { return (None, statuses) };
    if bodies.iter().all(|other| other.ty == first.ty) {
        return (Some(first.ty.clone()), statuses);
    }
    (Some(Type::Beside(enums.declare(&bodies, "error", types))), statuses)
}

impl Enums<'_> {
    /// Declares an enum that distinguishes responses by their status codes.
    fn declare(&mut self, outcomes: &[DocumentedResponse], what: &str, types: &mut Types<'_>) -> Ident {
        let name = format!("{} {what}", self.request.as_str());
        let (ident, collision) = self.scope.claim(&name, self.at.clone());
        types.found.collided(&name, &ident, collision, At::of(&self.at));
        let mut scope = Scope::new(Case::Type, &["Self"]);
        let mut variants: Vec<StatusVariant> = outcomes
            .iter()
            .map(|outcome| StatusVariant {
                ident: scope.claim(&status::name(outcome.statuses), self.at.clone()).0,
                statuses: outcome.statuses,
                ty: outcome.ty.clone(),
                encoding: outcome.encoding,
                said: outcome.description.clone(),
            })
            .collect();
        // One status code comes before a range of them.
        variants.sort_by_key(|variant| match variant.statuses {
            Statuses::One(_) => 0,
            Statuses::Range(_) => 1,
            Statuses::Other => 2,
        });
        self.all.push(ByStatus { ident: ident.clone(), variants });
        ident
    }
}

/// The way in which a success can be streamed.
fn pieces(media: &[Media<'_>]) -> Option<Streaming> {
    let made_for_it = media.iter().find_map(|media| Some((streamed(media.name)?, media.name)));
    if let Some((kind, accept)) = made_for_it {
        return Some(Streaming { kind, accept: accept.to_owned() });
    }
    let first = media.first().filter(|media| media.encoding == Encoding::Bytes)?;
    Some(Streaming { kind: Streamed::Bytes, accept: first.name.to_owned() })
}

/// The media types that the request accepts, each once.
fn accept(bodies: &[&DocumentedResponse]) -> String {
    let mut accepted: Vec<&str> = Vec::new();
    for outcome in bodies {
        if !accepted.contains(&outcome.media_type.as_str()) {
            accepted.push(&outcome.media_type);
        }
    }
    if accepted.is_empty() { "*/*".to_owned() } else { accepted.join(", ") }
}
