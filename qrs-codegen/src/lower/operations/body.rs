//! Request bodies: what a caller gives for each media type that an operation takes.

use super::media::{self, Media, content_type, is_json, is_plain_text, sent_type, word};
use super::parameter::{BODY, style};
use super::{ordered_parts, parts};
use crate::diagnostic::{Diagnostic, Pointer, Problem};
use crate::document::{self, Operation, RequestBody};
use crate::lower::doc;
use crate::lower::findings::Findings;
use crate::lower::types::Types;
use crate::model::{Body, Encoding, FormField, Parameter, Presence, Style, Styling, Type};
use crate::naming::{Ident, Scope};

/// A body of one media type, or none.
#[derive(Default)]
pub(super) struct SentBody {
    /// A word for the media type; the first one needs none.
    pub(super) word: Option<String>,
    pub(super) body: Option<Body>,
    /// The parts of the body, where each is an argument or a setter of its own.
    pub(super) required: Vec<Parameter>,
    pub(super) optional: Vec<Parameter>,
}

/// The bodies that an operation takes, by their media types: the one that the client would rather speak first.
pub(super) fn bodies(
    operation: &Operation,
    name: &str,
    arguments: &Scope<Pointer>,
    types: &mut Types<'_>,
) -> Vec<SentBody> {
    let Some(body) = &operation.request_body else { return vec![SentBody::default()] };
    let name = body.component.as_ref().map_or_else(|| format!("{name} body"), |component| format!("{component} body"));
    let kept = distinct(media::preferred(&body.content, types), types);
    let mut all: Vec<SentBody> = Vec::new();
    for media in kept {
        if all.is_empty() {
            all.push(sent(body, media, &name, arguments, types));
        } else {
            let word = word(media);
            let problem = Problem::Unsupported { what: "a choice of media types in one method".to_owned() };
            let help = format!("there is a method of its own for `{}`", media.name);
            types.found.push(Diagnostic::note(media.described.listed_at.clone(), problem).on_key().help(help));
            let sent = sent(body, media, &format!("{name} {word}"), arguments, types);
            all.push(SentBody { word: Some(word), ..sent });
        }
    }
    if all.is_empty() { vec![SentBody::default()] } else { all }
}

/// The media types that a caller would choose by, without further names for the same JSON.
fn distinct<'d>(all: Vec<Media<'d>>, types: &mut Types<'_>) -> Vec<Media<'d>> {
    let mut kept: Vec<Media<'d>> = Vec::new();
    for media in all {
        let is_same = |other: &&Media<'d>| {
            let is_json = media.encoding == Encoding::Json && other.encoding == Encoding::Json;
            is_json
                && match (media.described.schema, other.described.schema) {
                    (Some(one), Some(other)) => types.schemas.are_equal(one, other),
                    (one, other) => one.is_none() && other.is_none(),
                }
        };
        if let Some(same) = kept.iter().find(is_same) {
            let problem = Problem::Ignored { what: format!("`{}`", media.name) };
            let help = format!("it holds what `{}` holds, which the client sends", same.name);
            types.found.push(Diagnostic::note(media.described.listed_at.clone(), problem).on_key().help(help));
        } else {
            kept.push(media);
        }
    }
    kept
}

fn sent(
    described: &RequestBody,
    media: Media<'_>,
    name: &str,
    arguments: &Scope<Pointer>,
    types: &mut Types<'_>,
) -> SentBody {
    if media.encoding == Encoding::Multipart
        && let Some(parts) = media.described.schema.and_then(|schema| parts::of(schema, types))
    {
        return parts::sent(described, media, parts, name, (arguments.clone(), types));
    }
    if media.encoding == Encoding::Multipart
        && let Some(parts) = ordered_parts::of_media(media, types)
    {
        return ordered_parts::sent(described, media, parts, name, (arguments.clone(), types));
    }
    let at = &media.described.at;
    if media.encoding == Encoding::Multipart && media.described.encodings.are_ordered() {
        let problem = Problem::Ignored { what: "`prefixEncoding` or `itemEncoding`".to_owned() };
        let help = "the schema has neither `prefixItems` nor `items`: the caller puts the parts together";
        types.found.once(Diagnostic::note(at.clone(), problem).help(help));
    }
    let ty = content_type(media, name, types);
    let presence = if described.required { Presence::Required } else { Presence::Optional };
    let (encoding, fields) = match (media.encoding, &ty) {
        // A form that is no object is text that somebody else has made.
        (Encoding::Form, Type::String) => (Encoding::Text, Vec::new()),
        (Encoding::Form, _) => (Encoding::Form, form_fields(media.described, &mut types.found)),
        (other, _) => (other, Vec::new()),
    };
    if encoding == Encoding::Form && (matches!(types.unaliased(&ty), Type::List(_)) || types.is_scalar(&ty)) {
        let problem = Problem::Unsupported { what: "a form that is no object".to_owned() };
        let help = "a form has names for its values: nothing can be sent as it is";
        types.found.warn(at.child("schema"), problem, help);
    }
    let body = Body {
        at: at.clone(),
        ident: Ident::chosen(BODY),
        presence,
        ty,
        encoding,
        fields,
        parts: None,
        media_type: sent_type(media).unwrap_or(media.name).to_owned(),
        media_type_argument: sent_type(media).is_none().then(|| arguments.clone().claim("content_type", at.clone()).0),
        doc: doc([described.description.as_deref()]),
    };
    SentBody { body: Some(body), ..SentBody::default() }
}

/// The properties of a form that are written in a way of their own.
pub(super) fn form_fields(media: &document::MediaType, found: &mut Findings) -> Vec<FormField> {
    let mut fields = Vec::new();
    for (wire, described) in &media.encodings.by_name {
        let document::Encoding { content_type, explode, allow_reserved, .. } = described;
        let is_styled = described.style.is_some() || explode.is_some() || *allow_reserved;
        let json = !is_styled && content_type.as_deref().is_some_and(is_json);
        if !is_styled && !json {
            if let Some(content_type) = content_type.as_deref().filter(|given| !is_plain_text(given)) {
                let problem = Problem::Ignored { what: format!("`{content_type}` of a field") };
                let at = media.at.child("encoding").child(wire).child("contentType");
                found.note(at, problem, "a field of a form is text, or JSON");
            }
            continue;
        }
        let style = described.style.map_or(Style::Form, style);
        let styling = Styling { style, explode: explode.unwrap_or(style == Style::Form), reserved: *allow_reserved };
        fields.push(FormField { wire: wire.clone(), styling, json });
    }
    fields
}
