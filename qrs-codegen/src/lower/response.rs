//! Answers to requests: one type for a success, one for an error, by status where they differ.

use indexmap::IndexMap;
use openapiv3::{Header, Operation as Document, ParameterSchemaOrContent, Response, StatusCode};

use super::media::{Media, is_page, streamed};
use super::schema::only_kind;
use super::{Lowering, Resolved, doc};
use crate::diagnostic::{At, Pointer, Problem};
use crate::markdown;
use crate::model::{
    Answer, ByStatus, Encoding, HeaderField, Headers, Name, StatusVariant, Statuses, Streamed, Streaming, Type,
};
use crate::naming::{Case, Ident, Scope};

/// What comes back from an operation.
pub(super) struct Outcomes {
    /// The status and what is said of it.
    pub(super) answers: IndexMap<String, String>,
    pub(super) success: Answer,
    pub(super) error: Option<Type>,
    pub(super) error_statuses: Vec<Statuses>,
    /// The enums that tell answers apart by their status.
    pub(super) by_status: Vec<ByStatus>,
    pub(super) streaming: Option<Streaming>,
    /// What else a success may be.
    pub(super) alternatives: Vec<String>,
    pub(super) headers: Option<Headers>,
}

/// The success of an operation, or one of its documented errors.
#[derive(Clone)]
struct Outcome {
    statuses: Statuses,
    ty: Type,
    encoding: Encoding,
    media_type: String,
    said: String,
}

/// A header that an answer may have, and where it is described.
struct Described<'a> {
    header: &'a Header,
    at: Pointer,
}

impl<'a> Lowering<'a> {
    /// What comes back from an operation. Types that are declared beside its request are called after `request`.
    pub(super) fn outcomes(
        &mut self,
        operation: &'a Document,
        name: &str,
        request: &Ident,
        beside: &mut Scope<Pointer>,
        at: At<'_>,
    ) -> Outcomes {
        let mut answers = IndexMap::new();
        let mut successes = Vec::new();
        let mut errors = Vec::new();
        let mut streaming = None;
        let mut alternatives: Vec<String> = Vec::new();
        let mut headers: IndexMap<String, Described<'a>> = IndexMap::new();
        let responses = &operation.responses;
        let has_success = responses.responses.keys().any(is_success);
        let entries = responses.responses.iter().map(|(status, response)| (Some(status), response));
        for (status, response) in entries.chain(responses.default.iter().map(|response| (None, response))) {
            let key = status.map_or_else(|| "default".to_owned(), ToString::to_string);
            let place = at.child(&key);
            let components = self.components;
            let Some(Resolved { item, component }) = self.resolve(response, "responses", &components.responses, place)
            else {
                continue;
            };
            let said = markdown::line(&item.description);
            answers.insert(key.clone(), said.clone());
            let root = At::ROOT;
            let all = root.child("components");
            let section = all.child("responses");
            let place = component.map_or(place, |name| section.child(name));
            let success = status.map_or(!has_success, is_success);
            let what = if success { "response" } else { "error" };
            let name = component.map_or_else(|| format!("{name} {what}"), str::to_owned);
            let statuses = match status {
                Some(StatusCode::Code(code)) => Statuses::One(*code),
                Some(StatusCode::Range(digit)) => Statuses::Range(*digit),
                None => Statuses::Other,
            };
            self.headers(item, &mut headers, place);
            if !item.links.is_empty() {
                let problem = Problem::Ignored { what: "`links`".to_owned() };
                self.mention_aside(place.child("links"), problem, "what an answer leads to, the caller knows");
            }
            let media = self.media(&item.content, place.child("content"));
            if success && streaming.is_none() {
                streaming = pieces(&media);
            }
            let beside = if success { self.other_media(&media, place.child("content")) } else { Vec::new() };
            let outcome = self.outcome(&media, &beside, statuses, said, &name, place);
            if success {
                for name in beside {
                    if !alternatives.iter().any(|known| known == name) {
                        alternatives.push(name.to_owned());
                    }
                }
                successes.push(outcome);
            } else if !matches!(statuses, Statuses::One(100..=399) | Statuses::Range(1..=3)) {
                errors.push(outcome);
            }
        }
        let mut by_status = Vec::new();
        let success = self.success(&successes, request, beside, &mut by_status, at);
        let (error, error_statuses) = self.errors(errors, request, beside, &mut by_status, at);
        // Bytes that are only one of several answers have to be told from the others first.
        let streaming =
            streaming.filter(|streaming| streaming.kind != Streamed::Bytes || success.encoding == Encoding::Bytes);
        let headers = self.header_fields(headers, request, beside, at);
        Outcomes { answers, success, error, error_statuses, by_status, streaming, alternatives, headers }
    }

    /// The media types beside the first that hold something else than that: not the same by another name, or in XML.
    fn other_media(&mut self, media: &[Media<'a>], at: At<'_>) -> Vec<&'a str> {
        let Some((chosen, others)) = media.split_first() else { return Vec::new() };
        let mut schema = |media: &Media<'_>| {
            let described = media.described.schema.is_some();
            described.then(|| self.schema_behind(at.child(media.name).child("schema"))).flatten()
        };
        let first = schema(chosen);
        let mut alternatives = Vec::new();
        for other in others {
            // Of files, the media type alone says what they are.
            let same = chosen.encoding == Encoding::Json
                && match (&first, schema(other)) {
                    (Some((first, at)), Some((other, place))) => *at == place || *first == other,
                    _ => other.encoding == Encoding::Json,
                };
            if !same && streamed(other.name).is_none() && !other.name.contains('*') && !is_page(other.name) {
                alternatives.push(other.name);
            }
        }
        alternatives
    }

    fn outcome(
        &mut self,
        media: &[Media<'a>],
        alternatives: &[&str],
        statuses: Statuses,
        said: String,
        name: &str,
        at: At<'_>,
    ) -> Outcome {
        let content = at.child("content");
        let Some((&chosen, others)) = media.split_first() else {
            return Outcome { statuses, ty: Type::Unit, encoding: Encoding::Empty, media_type: String::new(), said };
        };
        let is_read = |name: &str| streamed(name).is_some() || alternatives.contains(&name);
        let others: Vec<&str> = others.iter().map(|media| media.name).filter(|name| !is_read(name)).collect();
        self.left_unsaid(&others, &format!("the client asks for `{}` here", chosen.name), content);
        let encoding = match chosen.encoding {
            // What only a request can be put together of comes as it is.
            Encoding::Form | Encoding::Multipart => Encoding::Bytes,
            encoding => encoding,
        };
        let chosen = Media { encoding, ..chosen };
        let ty = self.content_type(chosen, name, content.child(chosen.name));
        Outcome { statuses, ty, encoding, media_type: chosen.name.to_owned(), said }
    }

    /// One type for every documented success.
    fn success(
        &mut self,
        successes: &[Outcome],
        request: &Ident,
        beside: &mut Scope<Pointer>,
        by_status: &mut Vec<ByStatus>,
        at: At<'_>,
    ) -> Answer {
        let bodies: Vec<&Outcome> = successes.iter().filter(|outcome| outcome.encoding != Encoding::Empty).collect();
        let accept = accept(&bodies);
        let Some(first) = bodies.first() else {
            return Answer { ty: Type::Unit, encoding: Encoding::Empty, accept };
        };
        if bodies.iter().all(|other| (&other.ty, other.encoding) == (&first.ty, first.encoding)) {
            // A success without a body beside one with a body is a body that may not be there.
            let empty = bodies.len() < successes.len() && first.encoding == Encoding::Json;
            let ty = if empty { first.ty.clone().nullable() } else { first.ty.clone() };
            return Answer { ty, encoding: first.encoding, accept };
        }
        let ident = self.by_status(successes, &format!("{} success", request.as_str()), beside, by_status, at);
        Answer { ty: Type::Beside(ident), encoding: Encoding::ByStatus, accept }
    }

    /// One type for every documented error that has a body in JSON.
    fn errors(
        &mut self,
        errors: Vec<Outcome>,
        request: &Ident,
        beside: &mut Scope<Pointer>,
        by_status: &mut Vec<ByStatus>,
        at: At<'_>,
    ) -> (Option<Type>, Vec<Statuses>) {
        let bodies: Vec<Outcome> = errors.into_iter().filter(|outcome| outcome.encoding == Encoding::Json).collect();
        let statuses = bodies.iter().map(|outcome| outcome.statuses).collect();
        let Some(first) = bodies.first() else { return (None, statuses) };
        if bodies.iter().all(|other| other.ty == first.ty) {
            return (Some(first.ty.clone()), statuses);
        }
        let ident = self.by_status(&bodies, &format!("{} error", request.as_str()), beside, by_status, at);
        (Some(Type::Beside(ident)), statuses)
    }

    /// An enum that tells answers apart by their status.
    fn by_status(
        &mut self,
        outcomes: &[Outcome],
        name: &str,
        beside: &mut Scope<Pointer>,
        all: &mut Vec<ByStatus>,
        at: At<'_>,
    ) -> Ident {
        let (ident, collision) = beside.claim(name, at.pointer());
        self.collided(name, &ident, collision, at);
        let mut scope = Scope::new(Case::Type, &["Self"]);
        let mut variants: Vec<StatusVariant> = outcomes
            .iter()
            .map(|outcome| StatusVariant {
                ident: scope.claim(&status_name(outcome.statuses), at.pointer()).0,
                statuses: outcome.statuses,
                ty: outcome.ty.clone(),
                encoding: outcome.encoding,
                said: outcome.said.clone(),
            })
            .collect();
        // What is said of one status comes before what is said of many.
        variants.sort_by_key(|variant| match variant.statuses {
            Statuses::One(_) => 0,
            Statuses::Range(_) => 1,
            Statuses::Other => 2,
        });
        all.push(ByStatus { ident: ident.clone(), variants });
        ident
    }

    fn headers(&mut self, response: &'a Response, all: &mut IndexMap<String, Described<'a>>, at: At<'_>) {
        let headers = at.child("headers");
        let components = self.components;
        for (name, header) in &response.headers {
            let at = headers.child(name);
            // OpenAPI leaves it to the media types.
            if name.eq_ignore_ascii_case("content-type") || !super::security::is_token(name) {
                continue;
            }
            let Some(Resolved { item, component }) = self.resolve(header, "headers", &components.headers, at) else {
                continue;
            };
            let root = At::ROOT;
            let section = root.child("components");
            let section = section.child("headers");
            let at = component.map_or(at, |name| section.child(name));
            all.entry(name.to_ascii_lowercase()).or_insert(Described { header: item, at: at.pointer() });
        }
    }

    fn header_fields(
        &mut self,
        headers: IndexMap<String, Described<'a>>,
        request: &Ident,
        beside: &mut Scope<Pointer>,
        at: At<'_>,
    ) -> Option<Headers> {
        if headers.is_empty() {
            return None;
        }
        let name = format!("{} headers", request.as_str());
        let (ident, collision) = beside.claim(&name, at.pointer());
        self.collided(&name, &ident, collision, at);
        let mut scope = Scope::new(Case::Snake, &[]);
        let fields = headers
            .into_iter()
            .map(|(wire, Described { header, at })| {
                let (ident, collision) = scope.claim(&wire, at.clone());
                self.collided(&wire, &ident, collision, At::of(&at));
                let ty = self.header_type(header, &name, At::of(&at));
                let doc = doc([header.description.as_deref()]);
                HeaderField { name: Name { wire, ident }, ty, doc }
            })
            .collect();
        Some(Headers { ident, fields })
    }

    /// A header is one piece of text; what is none by its schema is the text as it came.
    fn header_type(&mut self, header: &'a Header, name: &str, at: At<'_>) -> Type {
        if !matches!(header.format, ParameterSchemaOrContent::Schema(_)) {
            return Type::String;
        }
        let at = at.child("schema");
        let plain = |schema: &serde_json::Value| {
            matches!(only_kind(schema), Some("string" | "number" | "integer" | "boolean"))
                && schema.get("enum").or(schema.get("const")).is_none()
        };
        if self.schema_behind(at).is_none_or(|(schema, _)| !plain(schema)) {
            return Type::String;
        }
        let ty = self.mention(name, at).unwrap_nullable();
        match self.unaliased(&ty) {
            Type::Bool
            | Type::Integer(_)
            | Type::Float(_)
            | Type::Uuid
            | Type::Timestamp
            | Type::Date
            | Type::Secret => self.unaliased(&ty).clone(),
            _ => Type::String,
        }
    }
}

/// What comes of an answer while it is still being written.
fn pieces(media: &[Media<'_>]) -> Option<Streaming> {
    let made_for_it = media.iter().find_map(|media| Some((streamed(media.name)?, media.name)));
    if let Some((kind, accept)) = made_for_it {
        return Some(Streaming { kind, accept: accept.to_owned() });
    }
    let first = media.first().filter(|media| media.encoding == Encoding::Bytes)?;
    Some(Streaming { kind: Streamed::Bytes, accept: first.name.to_owned() })
}

/// What the request says it accepts: each media type once.
fn accept(bodies: &[&Outcome]) -> String {
    let mut accepted: Vec<&str> = Vec::new();
    for outcome in bodies {
        if !accepted.contains(&outcome.media_type.as_str()) {
            accepted.push(&outcome.media_type);
        }
    }
    if accepted.is_empty() { "*/*".to_owned() } else { accepted.join(", ") }
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}

/// The status's name in the registry of HTTP, or its number.
fn status_name(statuses: Statuses) -> String {
    match statuses {
        Statuses::One(code) => reason(code).map_or_else(|| format!("Status {code}"), str::to_owned),
        Statuses::Range(digit) => match digit {
            1 => "Informational".to_owned(),
            2 => "Success".to_owned(),
            3 => "Redirection".to_owned(),
            4 => "Client error".to_owned(),
            _ => "Server error".to_owned(),
        },
        Statuses::Other => "Other".to_owned(),
    }
}

/// <https://www.iana.org/assignments/http-status-codes>
fn reason(code: u16) -> Option<&'static str> {
    Some(match code {
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-authoritative information",
        204 => "No content",
        205 => "Reset content",
        206 => "Partial content",
        207 => "Multi-status",
        208 => "Already reported",
        226 => "Im used",
        400 => "Bad request",
        401 => "Unauthorized",
        402 => "Payment required",
        403 => "Forbidden",
        404 => "Not found",
        405 => "Method not allowed",
        406 => "Not acceptable",
        407 => "Proxy authentication required",
        408 => "Request timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length required",
        412 => "Precondition failed",
        413 => "Content too large",
        414 => "Uri too long",
        415 => "Unsupported media type",
        416 => "Range not satisfiable",
        417 => "Expectation failed",
        421 => "Misdirected request",
        422 => "Unprocessable content",
        423 => "Locked",
        424 => "Failed dependency",
        425 => "Too early",
        426 => "Upgrade required",
        428 => "Precondition required",
        429 => "Too many requests",
        431 => "Request header fields too large",
        451 => "Unavailable for legal reasons",
        500 => "Internal server error",
        501 => "Not implemented",
        502 => "Bad gateway",
        503 => "Service unavailable",
        504 => "Gateway timeout",
        505 => "Http version not supported",
        506 => "Variant also negotiates",
        507 => "Insufficient storage",
        508 => "Loop detected",
        511 => "Network authentication required",
        _ => return None,
    })
}
