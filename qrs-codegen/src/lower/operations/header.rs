//! Headers of responses.

use indexmap::IndexMap;

use crate::diagnostic::{At, Pointer};
use crate::document::{Header, Keyword, Response, SchemaId};
use crate::lower::doc;
use crate::lower::security::is_token;
use crate::lower::types::Types;
use crate::model::{HeaderField, HeaderForm, Headers, Name, Type};
use crate::naming::{Case, Ident, Scope};

/// Schemas that the properties of one header are gathered from.
const MAX_SCHEMAS: usize = 256;

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
        let (ty, form) = value(header, &wire, &format!("{name} {wire}"), types);
        let mut doc = doc([header.description.as_deref()]);
        if header.lifecycle.deprecated {
            doc.is_deprecated = true;
        }
        HeaderField { name: Name { wire, ident }, ty, form, doc }
    });
    let fields = fields.collect();
    Some(Headers { ident, fields })
}

/// The type of a header, and how it is read. One whose form OpenAPI does not define is the text as it came.
fn value(header: &Header, wire: &str, name: &str, types: &mut Types<'_>) -> (Type, HeaderForm) {
    if header.is_json {
        let ty = header.schema.map_or(Type::Json, |schema| types.mention(name, schema));
        return (ty, HeaderForm::Json);
    }
    // RFC 9110, section 5.3: the lines of this one cannot be joined.
    if wire == "set-cookie" {
        return (Type::List(Box::new(Type::String)), HeaderForm::Lines);
    }
    let text = (Type::String, HeaderForm::Parsed);
    let Some(schema) = header.schema else { return text };
    let Some(behind) = types.behind(schema) else { return text };
    match types.only_kind(behind) {
        Some("string" | "number" | "integer" | "boolean") => scalar(schema, behind, name, types).unwrap_or(text),
        Some("array") => list(header, behind, name, types).unwrap_or_else(|| {
            let what = "a list of other things than texts and numbers in a header";
            types.found.note_unsupported(header.at.clone(), what, "the header is given as its text");
            text
        }),
        Some("object") => object(schema, header.explode, name, types).unwrap_or(text),
        _ => text,
    }
}

fn scalar(schema: SchemaId, behind: SchemaId, name: &str, types: &mut Types<'_>) -> Option<(Type, HeaderForm)> {
    let ty = types.mention(name, schema).unwrap_nullable();
    match types.unaliased(&ty) {
        plain @ (Type::Bool
        | Type::Integer(_)
        | Type::Float(_)
        | Type::Uuid
        | Type::DateTime
        | Type::Date
        | Type::Secret) => Some((plain.clone(), HeaderForm::Parsed)),
        Type::Item(_) if types.is_scalar(&ty) => {
            let form = if is_literal(behind, types) { HeaderForm::Literal } else { HeaderForm::Text };
            Some((ty, form))
        }
        _ => None,
    }
}

fn list(header: &Header, behind: SchemaId, name: &str, types: &mut Types<'_>) -> Option<(Type, HeaderForm)> {
    let ty = types.mention(name, header.schema?).unwrap_nullable();
    let Type::List(element) = types.unaliased(&ty).clone() else { return None };
    if !types.is_scalar(&element) {
        return None;
    }
    let items = types.schemas.get(behind).one(Keyword::Items).and_then(|items| types.behind(items));
    let are_literals = items.is_some_and(|items| is_literal(items, types));
    let delimiter = header.delimiters.and_then(|delimiters| delimiters.first().copied().flatten()).unwrap_or(',');
    let form = if are_literals { HeaderForm::Literals(delimiter) } else { HeaderForm::Texts(delimiter) };
    Some((Type::List(element), form))
}

fn object(schema: SchemaId, explode: bool, name: &str, types: &mut Types<'_>) -> Option<(Type, HeaderForm)> {
    let ty = types.mention(name, schema).unwrap_nullable();
    let (mut literals, mut further) = (Vec::new(), false);
    let mut pending = vec![schema];
    let mut seen = 0;
    while let Some(next) = pending.pop().filter(|_| seen < MAX_SCHEMAS) {
        seen += 1;
        let schema = types.schemas.get(types.behind(next)?);
        for (name, property) in schema.properties() {
            if types.behind(property).is_some_and(|property| is_literal(property, types)) {
                literals.push(name.to_owned());
            }
        }
        let additional = schema.one(Keyword::AdditionalProperties).and_then(|more| types.behind(more));
        further |= additional.is_some_and(|additional| is_literal(additional, types));
        pending.extend(schema.all(Keyword::AllOf));
    }
    Some((ty, HeaderForm::Object { explode, literals, further }))
}

/// Whether a value is written as JSON writes it: a number or a boolean.
fn is_literal(schema: SchemaId, types: &Types<'_>) -> bool {
    matches!(types.only_kind(schema), Some("number" | "integer" | "boolean"))
}
