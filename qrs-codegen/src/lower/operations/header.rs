//! Headers of responses.

use indexmap::IndexMap;

use crate::diagnostic::{At, Pointer};
use crate::document::{Header, Keyword, Response, SchemaId};
use crate::lower::doc;
use crate::lower::security::is_token;
use crate::lower::types::Types;
use crate::model::{HeaderField, Headers, Name, Type};
use crate::naming::{Case, Ident, Scope};

/// Adds the headers of a response to those of an operation: each once, by its name in small letters.
pub(super) fn gather<'d>(response: &'d Response, all: &mut IndexMap<String, &'d Header>) {
    for header in &response.headers {
        // OpenAPI leaves the content type to the media types.
        if !header.name.eq_ignore_ascii_case("content-type") && is_token(&header.name) {
            all.entry(header.name.to_ascii_lowercase()).or_insert(header);
        }
    }
}

/// The type of the headers of an operation's responses, which stands beside its `request`.
pub(super) fn headers(
    headers: IndexMap<String, &Header>,
    request: &Ident,
    scope: &mut Scope<Pointer>,
    at: &Pointer,
    types: &mut Types<'_>,
) -> Option<Headers> {
    if headers.is_empty() {
        return None;
    }
    let name = format!("{} headers", request.as_str());
    let (ident, collision) = scope.claim(&name, at.clone());
    types.found.collided(&name, &ident, collision, At::of(at));
    let mut scope = Scope::new(Case::Snake, &[]);
    let fields = headers.into_iter().map(|(wire, header)| {
        let (ident, collision) = scope.claim(&wire, header.at.clone());
        types.found.collided(&wire, &ident, collision, At::of(&header.at));
        let list = header.delimiters.zip(header.schema).and_then(|(delimiters, schema)| {
            Some((list_type(schema, &name, types)?, delimiters.first().copied().flatten()))
        });
        let (ty, delimiter) = list
            .unwrap_or_else(|| (header.schema.map_or(Type::String, |schema| header_type(schema, &name, types)), None));
        let doc = doc([header.description.as_deref()]);
        HeaderField { name: Name { wire, ident }, ty, delimiter, doc }
    });
    let fields = fields.collect();
    Some(Headers { ident, fields })
}

/// The type of a header that is a list of plain values; `None` of any other.
fn list_type(schema: SchemaId, name: &str, types: &mut Types<'_>) -> Option<Type> {
    let list = types.behind(schema).filter(|schema| types.only_kind(*schema) == Some("array"))?;
    let items = types.schemas.get(list).one(Keyword::Items)?;
    let is_list = types.behind(items).is_some_and(|items| types.only_kind(items) == Some("array"));
    (!is_list).then(|| Type::List(Box::new(header_type(items, name, types))))
}

/// The type of a header. It is one piece of text; one that is none by its schema is the text as it came.
fn header_type(schema: SchemaId, name: &str, types: &mut Types<'_>) -> Type {
    let is_plain = types.behind(schema).is_some_and(|schema| {
        matches!(types.only_kind(schema), Some("string" | "number" | "integer" | "boolean"))
            && ["enum", "const"].iter().all(|keyword| !types.schemas.get(schema).has(keyword))
    });
    if !is_plain {
        return Type::String;
    }
    let ty = types.mention(name, schema).unwrap_nullable();
    match types.unaliased(&ty) {
        plain @ (Type::Bool
        | Type::Integer(_)
        | Type::Float(_)
        | Type::Uuid
        | Type::Timestamp
        | Type::Date
        | Type::Secret) => plain.clone(),
        _ => Type::String,
    }
}
