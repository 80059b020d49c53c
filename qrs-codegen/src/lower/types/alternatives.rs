//! Schemas of which a value satisfies one: `oneOf`, `anyOf`, and a list of types.

use serde_json::Value;

use super::intersection::{Intersection, Merged, PendingAlternatives, Values, merge};
use super::kinds::Kinds;
use super::union::{self, Alternative, PickedAlternative, RESERVED};
use super::values::{self, ListedValue};
use super::{Matching, Peeled, Shape, Types, doc, keywords, mention, mention_intersection, peel, shape};
use crate::document::{Keyword, Keywords, SchemaId, Schemas};
use crate::model::{Doc, Type};
use crate::naming::{Case, Scope};

/// Alternatives that are picked one within the other before the combination is looked at on its own.
const MAX_PICKED: usize = 16;

/// A list of alternatives, and the schemas that hold besides whichever is picked.
pub(super) type Base<'b> = (&'b Intersection, (SchemaId, Keyword));

/// The declaration that alternatives ask for; `None` if they change nothing of the type.
pub(super) fn of<'d>(
    types: &mut Types<'d>,
    merged: &Merged<'d>,
    intersection: &Intersection,
    choice: PendingAlternatives,
    name: &str,
) -> Option<Shape> {
    let schemas = types.schemas;
    let part = schemas.get(choice.part);
    let members: Vec<SchemaId> = part.all(choice.keyword).collect();
    let says = merged.says_besides(choice);
    let has_base = says || merged.is_of_kind();
    if has_base && members.iter().all(|member| only_requires(schemas, *member)) {
        let is_empty = |member: &SchemaId| schemas.get(*member).keywords().is_none_or(Keywords::is_empty);
        if !members.iter().all(is_empty) {
            let keyword = choice.keyword.name();
            let at = schemas.pointer(choice.part).child(keyword);
            let what = format!("`{keyword}` of what is required");
            types.found.note_keyword(at, what, "the type does not enforce it");
        }
        return None;
    }
    let mut alternatives = alternatives(types, &members, intersection);
    leave_out_impossible(types, &mut alternatives, merged);
    if alternatives.is_empty() {
        return Some(Shape::Type(Type::Json));
    }
    if !says && let Some(shape) = listed_values(types, &alternatives) {
        return Some(shape);
    }
    let discriminator = part.get("discriminator").and_then(Value::as_object);
    let discriminator = discriminator.or_else(|| merged.last("discriminator").and_then(Value::as_object));
    let base = has_base.then_some((intersection, choice.list()));
    if let [one] = alternatives.as_slice()
        && let Some(shape) = only_one(types, one, base, choice.list(), name)
    {
        return Some(shape);
    }
    let matching = if choice.keyword == Keyword::AnyOf { Matching::Any } else { Matching::One };
    Some(union::of(types, alternatives, discriminator, (base, matching), name))
}

/// Leaves out the alternatives that have another type than the keywords beside them, if there are others.
fn leave_out_impossible(types: &mut Types<'_>, alternatives: &mut Vec<Alternative>, merged: &Merged<'_>) {
    let schemas = types.schemas;
    let fits = |alternative: &Alternative| {
        let schema = schemas.get(alternative.target.unwrap_or(alternative.schema));
        let kinds = Kinds::of(schema).filter(|kinds| !kinds.is_empty());
        kinds.is_none_or(|kinds| !kinds.and(merged.kinds).is_empty())
    };
    if !merged.is_typed || !alternatives.iter().any(fits) {
        return;
    }
    alternatives.retain(|alternative| {
        let fits = fits(alternative);
        if !fits {
            let what = "an alternative of another type than what stands beside it";
            types.found.note_unsupported(schemas.pointer(alternative.schema), what, "no value can be that");
        }
        fits
    });
}

/// The declaration of the only alternative: the type itself is that.
fn only_one(
    types: &mut Types<'_>,
    one: &Alternative,
    base: Option<Base<'_>>,
    list: (SchemaId, Keyword),
    name: &str,
) -> Option<Shape> {
    // An alternative may be combined of the schema that has it.
    if types.alone.contains(&list) {
        return None;
    }
    let intersection = match base {
        Some((base, list)) => base.with(one.schema, list),
        None => match peel(types, one.schema) {
            Peeled::Here(schema) => Intersection::of(schema),
            _ => return None,
        },
    };
    if intersection.picked.len() > MAX_PICKED {
        return None;
    }
    let merged = merge(types, &intersection);
    types.alone.push(list);
    let shape = shape::of(types, &merged, &intersection, name);
    types.alone.pop();
    Some(match shape {
        Shape::Type(ty) if merged.is_nullable => Shape::Type(ty.nullable()),
        shape => shape,
    })
}

/// The declaration that a list of types asks for: each is an alternative.
pub(super) fn of_kinds(types: &mut Types<'_>, merged: &Merged<'_>, intersection: &Intersection, name: &str) -> Shape {
    let at = intersection.at(types.schemas);
    let mut scope = Scope::new(Case::Type, RESERVED);
    let mut picked = Vec::new();
    for kind in merged.kinds.each() {
        let one = Intersection { only: kind, ..intersection.clone() };
        let (ident, _) = scope.claim(kind.title(), at.clone());
        let ty = mention_intersection(types, &one, &format!("{name} {}", ident.as_str())).unwrap_nullable();
        picked.push(PickedAlternative {
            ty,
            wanted: ident.as_str().to_owned(),
            tags: Vec::new(),
            is_default: false,
            declares_tag: false,
            doc: Doc::default(),
        });
    }
    union::shape(picked, None, &at)
}

/// The alternatives to `null`, each once.
fn alternatives(types: &mut Types<'_>, members: &[SchemaId], intersection: &Intersection) -> Vec<Alternative> {
    let schemas = types.schemas;
    let mut all: Vec<Alternative> = Vec::new();
    for schema in members.iter().copied().filter(|member| !keywords::is_null(schemas, *member)) {
        let target = if keywords::shapes(schemas, schemas.get(schema)) { None } else { types.target(schema) };
        let is_known = |other: &Alternative| match (target, other.target) {
            (Some(one), Some(other)) => one == other,
            (None, None) => schemas.are_equal(other.schema, schema),
            _ => false,
        };
        // A schema among its own alternatives adds nothing.
        let is_itself = target.is_some_and(|target| intersection.roots.contains(&target));
        if !is_itself && !all.iter().any(is_known) {
            all.push(Alternative { schema, target, tags: Vec::new(), is_default: false });
        }
    }
    all
}

/// Alternatives that are all texts, or all whole numbers, out of lists: one enum of all their values.
fn listed_values(types: &mut Types<'_>, alternatives: &[Alternative]) -> Option<Shape> {
    let mut listed: Vec<ListedValue<'_>> = Vec::new();
    let mut lists = 0;
    let mut integer = "i64";
    let (mut kinds, mut only) = (None, None);
    for (index, alternative) in alternatives.iter().enumerate() {
        let merged = merge(types, &Intersection::of(alternative.schema));
        if !merged.choices.is_empty() {
            return None;
        }
        let kind = match merged.values() {
            Some(values) => {
                let first = values.listed.iter().map(|(_, value)| *value).find(|value| !value.is_null())?;
                let kind = Kinds::of_value(first);
                integer = values::integer(&merged);
                let mut more = constants(types, &merged, &values, alternative);
                if more.iter().any(|listed| Kinds::of_value(listed.value) != kind) {
                    return None;
                }
                more.retain(|more| !listed.iter().any(|known| known.value == more.value));
                listed.extend(more);
                lists += 1;
                only = Some(index);
                kind
            }
            // Any other text is kept as well.
            None if merged.is_typed && merged.kinds == Kinds::STRING && merged.format().is_none() => Kinds::STRING,
            None => return None,
        };
        if kinds.is_some_and(|kinds| kinds != kind) || !matches!(kind, Kinds::STRING | Kinds::INTEGER) {
            return None;
        }
        kinds = Some(kind);
    }
    if let (1, Some(index)) = (lists, only)
        && alternatives.len() > 1
        && alternatives[index].target.is_some()
    {
        let ty = mention(types, alternatives[index].schema, "");
        return Some(Shape::Type(ty.unwrap_nullable()));
    }
    (lists > 0 && (lists > 1 || alternatives.len() > 1)).then(|| values::enum_of(types, listed, integer))
}

/// The values of an alternative. The description of a schema of one value is the value's.
fn constants<'d>(
    types: &mut Types<'d>,
    merged: &Merged<'d>,
    values: &Values<'d>,
    alternative: &Alternative,
) -> Vec<ListedValue<'d>> {
    let mut listed = values::listed(types, merged, values);
    if let [one] = listed.as_mut_slice() {
        // A text speaks for itself, a number does not.
        if !one.value.is_string() {
            one.name = one.name.or(types.schemas.get(alternative.schema).text("title"));
        }
        if one.doc.lines.is_empty() && alternative.target.is_none() {
            one.doc = doc::of(types.schemas, alternative.schema);
            one.doc.lines.retain(|line| !line.starts_with("Default: "));
        }
    }
    listed
}

/// Whether a schema says no more of an object than which properties it has.
fn only_requires(schemas: &Schemas, id: SchemaId) -> bool {
    let schema = schemas.get(id);
    let Some(map) = schema.keywords() else { return schema.as_bool() == Some(true) };
    let says_nothing = |property: SchemaId| {
        let schema = schemas.get(property);
        schema.as_bool().is_some() || (schema.is_object() && !keywords::says(schemas, property))
    };
    map.iter().all(|(key, value)| match key.as_str() {
        "required" | "not" | "title" | "description" | "minProperties" | "maxProperties" => true,
        "type" => value == "object",
        "properties" => value.is_object() && schema.properties().all(|(_, property)| says_nothing(property)),
        key => key.starts_with("x-"),
    })
}
