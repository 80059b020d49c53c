//! Unions: the name, the type and the tags of each variant.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::alternatives::Base;
use super::intersection::{Intersection, Merged, merge};
use super::kinds::Kinds;
use super::{Matching, Peeled, Shape, Types, doc, mention, mention_intersection, peel};
use crate::document::{SchemaId, Schemas};
use crate::lower::draft::DraftVariant;
use crate::model::{Doc, Type};
use crate::naming::{Case, Scope};
use crate::pointer::{Pointer, percent_decoded};

/// Names that a variant must not have.
pub(super) const RESERVED: &[&str] = &["Unknown", "Several", "Self"];

/// Characters of a title that is short enough to be a name.
const MAX_TITLE: usize = 48;

/// A schema that a value may satisfy.
pub(super) struct Alternative {
    pub(super) schema: SchemaId,
    /// The schema that it refers to, if it does nothing else.
    pub(super) target: Option<SchemaId>,
    /// The values of the tag that mean it, by the mapping.
    pub(super) tags: Vec<String>,
    /// Whether a value without the tag, or with another one, means it.
    pub(super) is_default: bool,
}

/// An alternative with its type, before the variants get their names.
pub(super) struct PickedAlternative {
    pub(super) ty: Type,
    pub(super) wanted: String,
    pub(super) tags: Vec<String>,
    pub(super) is_default: bool,
    pub(super) declares_tag: bool,
    pub(super) doc: Doc,
}

/// The declaration that alternatives ask for.
pub(super) fn of(
    types: &mut Types<'_>,
    mut alternatives: Vec<Alternative>,
    discriminator: Option<&Map<String, Value>>,
    (base, matching): (Option<Base<'_>>, Matching),
    name: &str,
) -> Shape {
    let tag = discriminator.and_then(|discriminator| discriminator.get("propertyName")).and_then(Value::as_str);
    if let Some(discriminator) = discriminator {
        map_tags(types, discriminator, &mut alternatives);
    }
    let at = alternatives.first().map(|first| types.schemas.pointer(first.schema)).unwrap_or_default();
    let picked = pick(types, alternatives, tag, base, name);
    let has_tags = picked.iter().all(|one| !one.tags.is_empty());
    let tag = tag.filter(|_| has_tags);
    match shape(picked, tag, &at) {
        Shape::Union(None, variants, _) => Shape::Union(None, variants, matching),
        shape => shape,
    }
}

/// The type, the name and the tags of each alternative.
pub(super) fn pick(
    types: &mut Types<'_>,
    alternatives: Vec<Alternative>,
    tag: Option<&str>,
    base: Option<Base<'_>>,
    name: &str,
) -> Vec<PickedAlternative> {
    let schemas = types.schemas;
    let is_alone = alternatives.len() == 1;
    let mut scope = Scope::new(Case::Type, RESERVED);
    let mut picked = Vec::new();
    for Alternative { schema, target, tags, is_default } in alternatives {
        let whole = Intersection::of(schema);
        let combined = base.map_or_else(|| whole.clone(), |(base, list)| base.with(schema, list));
        let merged = merge(types, &whole);
        let declared = tag.map(|tag| declared_tag(types, &combined, tag)).unwrap_or_default();
        let own = target.and_then(|target| schemas.pointer(target).tokens().last().cloned());
        let tags = match (tags.is_empty(), &declared.values, &own) {
            (false, ..) => tags,
            (true, values, _) if !values.is_empty() => values.clone(),
            (true, _, Some(own)) => vec![own.clone()],
            _ => Vec::new(),
        };
        let wanted = variant_name(types, schema, own.as_deref(), &tags, &merged);
        let (ident, _) = scope.claim(&wanted, schemas.pointer(schema));
        let inline = if is_alone { name.to_owned() } else { format!("{name} {}", ident.as_str()) };
        let ty = match base {
            Some(_) => mention_intersection(types, &combined, &inline),
            None => mention(types, schema, &inline),
        };
        let doc = if target.is_some() { Doc::default() } else { doc::of(schemas, schema) };
        picked.push(PickedAlternative {
            ty: ty.unwrap_nullable(),
            wanted: ident.as_str().to_owned(),
            tags,
            is_default,
            declares_tag: declared.is_found,
            doc,
        });
    }
    picked
}

/// Names the variants, and takes those together that are the same.
pub(super) fn shape(picked: Vec<PickedAlternative>, tag: Option<&str>, at: &Pointer) -> Shape {
    if picked.iter().any(|one| one.ty == Type::Json) && tag.is_none() {
        return Shape::Type(Type::Json);
    }
    let mut kept: Vec<PickedAlternative> = Vec::new();
    let mut taken = HashSet::new();
    for mut one in picked {
        // A tag that means two of them means the first.
        one.tags.retain(|tag| taken.insert(tag.clone()));
        if tag.is_none() && kept.iter().any(|other| other.ty == one.ty) {
            continue;
        }
        kept.push(one);
    }
    if let ([_], None) = (kept.as_slice(), tag) {
        return Shape::Type(kept.remove(0).ty);
    }
    let mut scope = Scope::new(Case::Type, RESERVED);
    let mut variants = Vec::new();
    for PickedAlternative { ty, wanted, tags, is_default, declares_tag, doc } in kept {
        let mut push = |wanted: &str, tags: Vec<String>, is_default: bool| {
            let (ident, _) = scope.claim(wanted, at.clone());
            let holds_tag = declares_tag || tag.is_none();
            variants.push(DraftVariant { ident, doc: doc.clone(), ty: ty.clone(), tags, is_default, holds_tag });
        };
        match tag {
            // A value that does not hold its tag is told by the variant alone: each tag has one, and so have all others.
            Some(_) if !declares_tag && tags.len() + usize::from(is_default) > 1 => {
                if is_default {
                    push(&wanted, Vec::new(), true);
                }
                for tag in tags {
                    push(&tag, vec![tag.clone()], false);
                }
            }
            Some(_) => push(&wanted, tags, is_default),
            None => push(&wanted, Vec::new(), false),
        }
    }
    Shape::Union(tag.map(str::to_owned), variants, Matching::One)
}

/// Gives each alternative the values of the tag that the discriminator has for it, and tells the one for other values.
pub(super) fn map_tags(types: &mut Types<'_>, discriminator: &Map<String, Value>, alternatives: &mut [Alternative]) {
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    for (tag, to) in mapping.into_iter().flatten().filter_map(|(tag, to)| Some((tag, to.as_str()?))) {
        if let Some(alternative) = meant(types.schemas, to, alternatives) {
            alternative.tags.push(tag.clone());
        }
    }
    let Some(default) = discriminator.get("defaultMapping").and_then(Value::as_str) else { return };
    if let Some(alternative) = meant(types.schemas, default, alternatives) {
        alternative.is_default = true;
    } else {
        let at = alternatives.first().map(|first| types.schemas.pointer(first.schema)).unwrap_or_default();
        let what = format!("`{default}` as the `defaultMapping`, which is none of the alternatives,");
        types.found.note_unsupported(at, what, "a value with an unknown tag is kept as `Unknown`");
    }
}

/// The schemas that are the `defaultMapping` of a discriminator, with the names of the tags.
pub(super) fn defaults(schemas: &Schemas) -> HashMap<SchemaId, HashSet<String>> {
    let mut defaults: HashMap<SchemaId, HashSet<String>> = HashMap::new();
    for discriminator in schemas.ids().filter_map(|id| schemas.get(id).get("discriminator")?.as_object()) {
        let text = |key: &str| discriminator.get(key).and_then(Value::as_str);
        let Some((tag, default)) = text("propertyName").zip(text("defaultMapping")) else { continue };
        let component = schemas.components().get(default.rsplit('/').next().unwrap_or(default));
        if let Some(schema) = component.and_then(|component| schemas.behind(*component)) {
            defaults.entry(schema).or_default().insert(tag.to_owned());
        }
    }
    defaults
}

/// The alternative that a mapping means, by a name or by a reference.
fn meant<'a>(schemas: &Schemas, to: &str, alternatives: &'a mut [Alternative]) -> Option<&'a mut Alternative> {
    let components = schemas.components();
    let pointer = to.strip_prefix('#').and_then(|fragment| Pointer::parse(&percent_decoded(fragment)));
    let component = match pointer.as_ref().map(Pointer::tokens) {
        Some([first, second, name]) if first == "components" && second == "schemas" => components.get(name),
        _ => components.get(to),
    };
    let is_meant = |alternative: &Alternative| match (alternative.target, component) {
        (None, _) => false,
        (Some(target), Some(component)) => target == *component,
        (Some(target), None) => {
            let place = schemas.pointer(target);
            let stem = to.rsplit('/').next().unwrap_or(to);
            let stem = stem.strip_suffix(".json").or_else(|| stem.strip_suffix(".yaml")).unwrap_or(stem);
            pointer.as_ref() == Some(&place) || place.tokens().last().is_some_and(|name| name == stem)
        }
    };
    alternatives.iter_mut().find(|alternative| is_meant(alternative))
}

/// The tag among the properties of an alternative.
#[derive(Default)]
pub(super) struct DeclaredTag {
    pub(super) is_found: bool,
    pub(super) values: Vec<String>,
}

/// Looks for the tag among the properties of an alternative.
pub(super) fn declared_tag(types: &mut Types<'_>, intersection: &Intersection, tag: &str) -> DeclaredTag {
    let merged = merge(types, intersection);
    let Some(sources) = merged.properties().swap_remove(tag) else {
        // Alternatives within an alternative hold the tag, if anything does.
        return DeclaredTag { is_found: !merged.choices.is_empty(), values: Vec::new() };
    };
    let mut values = Vec::new();
    for schema in sources {
        let property = merge(types, &Intersection::of(schema));
        if let Some(listed) = property.values() {
            values = listed.listed.iter().filter_map(|(_, value)| tag_text(value)).collect();
        }
    }
    // A list of all tags that there are says nothing of this one.
    if values.len() > 1 {
        values.clear();
    }
    DeclaredTag { is_found: true, values }
}

/// The text by which a mapping names a value of the tag.
fn tag_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        number => number.as_i64().map(|number| number.to_string()),
    }
}

/// The name of an alternative in the document, or a word for its values.
fn variant_name(
    types: &mut Types<'_>,
    schema: SchemaId,
    own: Option<&str>,
    tags: &[String],
    merged: &Merged<'_>,
) -> String {
    let schemas = types.schemas;
    let title = schemas.get(schema).text("title").filter(|title| title.len() <= MAX_TITLE);
    if let Some(name) = own.or(title).or_else(|| tags.first().map(String::as_str)) {
        return name.to_owned();
    }
    if let Peeled::Component(named) = peel(types, schema) {
        return named.ident.as_str().to_owned();
    }
    // The value that a property is fixed to distinguishes alternatives.
    let constant = merged.properties().into_values().flatten().find_map(|property| {
        let schema = schemas.get(property);
        let listed = schema.values("enum");
        schema.get("const").or_else(|| listed.first().filter(|_| listed.len() == 1))?.as_str()
    });
    if let Some(constant) = constant {
        return constant.to_owned();
    }
    match merged.format() {
        Some((format @ ("uuid" | "date" | "date-time" | "ipv4" | "ipv6" | "uri" | "email"), _)) => format.to_owned(),
        _ if merged.has_properties() => Kinds::OBJECT.title().to_owned(),
        _ => merged.kinds.title().to_owned(),
    }
}
