//! The bodies of one response: one for each type that its media types have.

use super::media::{Media, content_type, is_page, streamed, word};
use super::{parts, received_parts, status};
use crate::diagnostic::{Diagnostic, Problem};
use crate::document::Response;
use crate::lower::types::Types;
use crate::model::{Encoding, Statuses, Type};

/// A body that a response may have: a success or an error.
#[derive(Clone)]
pub(super) struct DocumentedBody {
    pub(super) statuses: Statuses,
    pub(super) ty: Type,
    pub(super) encoding: Encoding,
    /// The media types that it comes as.
    pub(super) media_types: Vec<String>,
    /// The media types that the client asks for, as `Accept` has them.
    pub(super) accept: Vec<String>,
    /// The media types that a caller may ask for instead.
    pub(super) alternatives: Vec<String>,
    /// A word for the media type, where the response has several bodies.
    pub(super) word: Option<String>,
    pub(super) description: String,
}

impl DocumentedBody {
    fn empty(statuses: Statuses) -> Self {
        let (media_types, accept, alternatives) = (Vec::new(), Vec::new(), Vec::new());
        let (ty, encoding, description) = (Type::Unit, Encoding::Empty, String::new());
        Self { statuses, ty, encoding, media_types, accept, alternatives, word: None, description }
    }
}

/// The bodies of a response, the one that the client would rather read first.
pub(super) fn bodies(
    response: &Response,
    media: &[Media<'_>],
    is_success: bool,
    name: &str,
    types: &mut Types<'_>,
) -> Vec<DocumentedBody> {
    let statuses = status::statuses(response.status);
    let mut bodies: Vec<DocumentedBody> = Vec::new();
    // The media types that are read, each with the place of its body.
    let mut read: Vec<(Media<'_>, usize)> = Vec::new();
    for &media in media {
        // Streams are read by functions of their own.
        if !read.is_empty() && streamed(media.name).is_some() {
            continue;
        }
        if let Some(&(same, body)) = read.iter().find(|(first, _)| is_same(*first, media, types)) {
            if media.encoding == same.encoding
                && let Some(body) = bodies.get_mut(body)
            {
                body.media_types.push(media.name.to_owned());
            }
            let asked = if is_success { ", which the client asks for" } else { "" };
            note(media, format!("it holds what `{}` holds{asked}", same.name), types);
            continue;
        }
        match read.first() {
            Some((first, _)) if is_page(media.name) => {
                note(media, format!("a page is not read where `{}` is documented", first.name), types);
            }
            first => {
                let body = documented(statuses, media, first.map(|(first, _)| *first), name, types);
                let place = bodies
                    .iter_mut()
                    .enumerate()
                    .find(|(_, other)| (&other.ty, other.encoding) == (&body.ty, body.encoding));
                if let Some((index, other)) = place {
                    other.media_types.extend(body.media_types);
                    other.accept.extend(body.accept);
                    other.alternatives.extend(body.alternatives);
                    read.push((media, index));
                } else {
                    read.push((media, bodies.len()));
                    bodies.push(body);
                }
            }
        }
    }
    match bodies.as_mut_slice() {
        [] => bodies.push(DocumentedBody::empty(statuses)),
        [only] => only.word = None,
        _ => {}
    }
    bodies
}

/// The body of a media type; `first` is the one that the client would rather read.
fn documented(
    statuses: Statuses,
    media: Media<'_>,
    first: Option<Media<'_>>,
    name: &str,
    types: &mut Types<'_>,
) -> DocumentedBody {
    let encoding = match media.encoding {
        // A form is only encoded, never decoded: it comes as it is.
        Encoding::Form => Encoding::Bytes,
        Encoding::Multipart => in_parts(media, types),
        encoding => encoding,
    };
    let word = word(media);
    let name = if first.is_some() { format!("{name} {word}") } else { name.to_owned() };
    let ty = content_type(Media { encoding, ..media }, &name, types);
    let (media_type, is_range) = (media.name.to_owned(), media.name.contains('*'));
    let accept = match first {
        None => Some(media_type.clone()),
        Some(_) if is_range => None,
        Some(_) if media.encoding == Encoding::Json => Some(media_type.clone()),
        Some(_) => Some(format!("{media_type};q=0.9")),
    };
    let alternatives = first.filter(|_| !is_range).map(|_| media_type.clone());
    DocumentedBody {
        statuses,
        ty,
        encoding,
        media_types: vec![media_type],
        accept: accept.into_iter().collect(),
        alternatives: alternatives.into_iter().collect(),
        word: Some(word),
        description: String::new(),
    }
}

/// The encoding of a body in parts.
fn in_parts(media: Media<'_>, types: &mut Types<'_>) -> Encoding {
    let encoding = received_parts::encoding(media, types);
    let is_described = media.described.schema.is_some() || media.described.item_schema.is_some();
    // A schema of a file asks for the bytes.
    let file =
        media.described.schema.and_then(|schema| types.behind(schema)).filter(|schema| parts::is_file(*schema, types));
    if encoding == Encoding::Bytes && is_described && file.is_none() {
        let what = "a response with a part that cannot be read as JSON or as text".to_owned();
        let problem = Problem::Unsupported { what };
        let help = "it is read as the bytes of all parts, with the boundaries between them";
        types.found.push(Diagnostic::note(media.described.at.clone(), problem).on_key().help(help));
    }
    encoding
}

/// Whether a media type holds the same as `first` by another name, or as text.
fn is_same(first: Media<'_>, other: Media<'_>, types: &mut Types<'_>) -> bool {
    let mut behind = |media: Media<'_>| types.behind(media.described.schema?);
    // Of files, the media type alone says what they are.
    first.encoding == Encoding::Json
        && match (behind(first), behind(other)) {
            (Some(first), Some(other)) => types.schemas.are_equal(first, other),
            _ => other.encoding == Encoding::Json,
        }
}

fn note(media: Media<'_>, help: String, types: &mut Types<'_>) {
    let problem = Problem::Ignored { what: format!("`{}`", media.name) };
    types.found.push(Diagnostic::note(media.described.listed_at.clone(), problem).on_key().help(help));
}
