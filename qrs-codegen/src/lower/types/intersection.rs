//! Schemas that a value has to satisfy all at once, seen as one: `allOf`, a `$ref` with siblings, and a property that
//! more than one of them describes.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::Types;
use super::keywords::{self, Member};
use super::kinds::Kinds;
use crate::diagnostic::{Diagnostic, Problem};
use crate::document::{Keyword, Schema, SchemaId, Schemas};
use crate::pointer::Pointer;

/// Schemas that one type is combined of.
const MAX_PARTS: usize = 256;

/// Schemas that hold at once. Each intersection is looked at once: it is its own key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Intersection {
    /// A value satisfies all of them. The outermost comes last.
    pub(super) roots: Vec<SchemaId>,
    /// Lists of alternatives (`oneOf`, `anyOf`) of which one was picked, by the schemas that have them.
    pub(super) picked: Vec<(SchemaId, Keyword)>,
    /// The kinds that are left of the types that a schema lists.
    pub(super) only: Kinds,
}

impl Intersection {
    pub(super) fn of(schema: SchemaId) -> Self {
        Self::of_all(vec![schema])
    }

    pub(super) fn of_all(roots: Vec<SchemaId>) -> Self {
        Self { roots, picked: Vec::new(), only: Kinds::ALL }
    }

    /// The outermost schema, whose description and place are those of the type.
    pub(super) fn outer(&self) -> Option<SchemaId> {
        self.roots.last().copied()
    }

    /// The place of the outermost schema.
    pub(super) fn at(&self, schemas: &Schemas) -> Pointer {
        self.outer().map(|outer| schemas.pointer(outer)).unwrap_or_default()
    }

    /// This one with another schema besides, which was picked of a list of alternatives.
    pub(super) fn with(&self, root: SchemaId, list: (SchemaId, Keyword)) -> Self {
        let mut more = self.clone();
        more.roots.push(root);
        more.picked.push(list);
        more
    }
}

/// Alternatives of which none was picked yet: a schema's `oneOf` or `anyOf`.
#[derive(Clone, Copy)]
pub(super) struct PendingAlternatives {
    pub(super) part: SchemaId,
    pub(super) keyword: Keyword,
}

impl PendingAlternatives {
    pub(super) fn list(self) -> (SchemaId, Keyword) {
        (self.part, self.keyword)
    }
}

/// The keywords of an [`Intersection`], taken together.
pub(super) struct Merged<'d> {
    schemas: &'d Schemas,
    /// Each schema once: those that others are combined of come first, the outermost last.
    pub(super) parts: Vec<SchemaId>,
    /// The kinds that all of them allow.
    pub(super) kinds: Kinds,
    /// Whether any of them has a `type`.
    pub(super) is_typed: bool,
    pub(super) is_nullable: bool,
    pub(super) choices: Vec<PendingAlternatives>,
    pub(super) soundness: Soundness,
}

/// How well the schemas of an intersection can be taken together. What is wrong was reported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Soundness {
    Sound,
    /// A reference to a further schema leads nowhere.
    LacksParts,
    /// They contradict each other, or are too many. A value is any JSON value then.
    Untypable,
}

impl<'d> Merged<'d> {
    fn schemas_of_parts(&self) -> impl ExactSizeIterator<Item = &'d Schema> + DoubleEndedIterator {
        self.parts.iter().map(|part| self.schemas.get(*part))
    }

    /// The properties in the order in which they are first named, each with the schemas that describe it, the innermost
    /// first.
    pub(super) fn properties(&self) -> IndexMap<&'d str, Vec<SchemaId>> {
        let mut all: IndexMap<&str, Vec<SchemaId>> = IndexMap::new();
        for (wire, property) in self.schemas_of_parts().flat_map(Schema::properties) {
            all.entry(wire).or_default().push(property);
        }
        all
    }

    pub(super) fn has_properties(&self) -> bool {
        self.schemas_of_parts().any(|part| part.holds(Keyword::Properties))
    }

    /// The names that are listed as required, each with the part that lists it last.
    pub(super) fn required(&self) -> IndexMap<&'d str, SchemaId> {
        let mut all = IndexMap::new();
        for (part, schema) in self.parts.iter().zip(self.schemas_of_parts()) {
            for name in schema.values("required").iter().filter_map(Value::as_str) {
                all.insert(name, *part);
            }
        }
        all
    }

    /// The schemas under a keyword that holds one, the innermost first.
    pub(super) fn under(&self, keyword: Keyword) -> Vec<SchemaId> {
        self.schemas_of_parts().filter_map(|part| part.one(keyword)).collect()
    }

    /// Whether one of the schemas under a keyword is an object.
    pub(super) fn describes(&self, keyword: Keyword) -> bool {
        self.under(keyword).iter().any(|schema| self.schemas.get(*schema).is_object())
    }

    /// The outermost part that has a keyword.
    pub(super) fn last_with(&self, keyword: &str) -> Option<SchemaId> {
        self.parts.iter().rev().copied().find(|part| self.schemas.get(*part).has(keyword))
    }

    /// The outermost value of a keyword that holds no schema.
    pub(super) fn last(&self, keyword: &str) -> Option<&'d Value> {
        self.schemas_of_parts().rev().find_map(|part| part.get(keyword))
    }

    /// The outermost value that `x-codegen` has for a key, with the part that has it.
    pub(super) fn codegen(&self, key: &str) -> Option<(&'d Value, SchemaId)> {
        let parts = self.parts.iter().copied().zip(self.schemas_of_parts());
        parts.rev().find_map(|(part, schema)| Some((schema.codegen(key)?, part)))
    }

    /// The outermost format, with the part that has it.
    pub(super) fn format(&self) -> Option<(&'d str, SchemaId)> {
        let mut parts = self.parts.iter().zip(self.schemas_of_parts()).rev();
        parts.find_map(|(part, schema)| Some((keywords::format(schema)?, *part)))
    }

    /// The outermost bound of numbers.
    pub(super) fn bound(&self, inclusive: &str, exclusive: &str) -> Option<&'d Value> {
        self.schemas_of_parts()
            .rev()
            .find_map(|part| keywords::bound(part, inclusive, exclusive))
            .map(|(_, limit)| limit)
    }

    /// The values that a value is one of, each once, with the list that they stand in; `None` if no list is given.
    pub(super) fn values(&self) -> Option<Values<'d>> {
        let mut all: Option<Values<'d>> = None;
        for (part, schema) in self.parts.iter().zip(self.schemas_of_parts()).rev() {
            let constant = schema.get("const");
            let constant = constant.map(|value| Values { part: *part, keyword: "const", listed: vec![(0, value)] });
            let listed = schema.values("enum");
            let listed = (!listed.is_empty()).then(|| Values {
                part: *part,
                keyword: "enum",
                listed: listed.iter().enumerate().collect(),
            });
            for more in constant.into_iter().chain(listed) {
                match &mut all {
                    None => all = Some(more),
                    Some(all) => all.keep_common(&more),
                }
            }
        }
        all
    }

    /// Whether they have a `type` that is more than a hint at an object.
    pub(super) fn is_of_kind(&self) -> bool {
        self.is_typed && self.kinds != Kinds::OBJECT && self.kinds != Kinds::ALL
    }

    /// Whether they say anything about a value but its type, once a list of alternatives is set aside.
    pub(super) fn says_besides(&self, choice: PendingAlternatives) -> bool {
        let says = |(part, schema): (&SchemaId, &'d Schema)| {
            let other_choice = |keyword| (*part, keyword) != choice.list() && schema.holds(keyword);
            let describes_more = |keyword| schema.one(keyword).is_some_and(|more| self.schemas.get(more).is_object());
            [Keyword::OneOf, Keyword::AnyOf].into_iter().any(other_choice)
                || [Keyword::AdditionalProperties, Keyword::UnevaluatedProperties].into_iter().any(describes_more)
                || schema.holds(Keyword::Properties)
                || ["required", "enum"].iter().any(|key| !schema.values(key).is_empty())
                || ["const", "patternProperties", "items", "prefixItems", "format"].iter().any(|key| schema.has(key))
        };
        self.parts.iter().zip(self.schemas_of_parts()).any(says)
    }
}

/// The values of an `enum` or a `const`, with their indices.
pub(super) struct Values<'d> {
    pub(super) part: SchemaId,
    pub(super) keyword: &'static str,
    pub(super) listed: Vec<(usize, &'d Value)>,
}

impl Values<'_> {
    /// Keeps the values that both list. If they have none in common, this list counts, which is the outer one.
    fn keep_common(&mut self, other: &Values<'_>) {
        let known: HashSet<&Value> = other.listed.iter().map(|(_, value)| *value).collect();
        if self.listed.iter().any(|(_, value)| known.contains(value)) {
            self.listed.retain(|(_, value)| known.contains(value));
        }
    }
}

/// Takes the schemas of an intersection together. Problems are reported once, however often this is asked.
pub(super) fn merge<'d>(types: &mut Types<'d>, intersection: &Intersection) -> Merged<'d> {
    let schemas = types.schemas;
    let (parts, mut soundness) = parts(types, intersection);
    let mut kinds = Kinds::ALL;
    let mut with_type: Option<SchemaId> = None;
    for part in &parts {
        // `type: null` is for `is_nullable` to say.
        let Some(more) = Kinds::of(schemas.get(*part)).filter(|kinds| !kinds.is_empty()) else { continue };
        let both = kinds.and(more);
        if both.is_empty() {
            report_contradiction(types, with_type.unwrap_or(parts[0]), *part);
            soundness = Soundness::Untypable;
            continue;
        }
        if both != kinds || with_type.is_none() {
            with_type = Some(*part);
        }
        kinds = both;
    }
    let outer = intersection.outer().and_then(|outer| keywords::null(schemas, schemas.get(outer)));
    let mut nulls = parts.iter().filter_map(|part| keywords::null(schemas, schemas.get(*part))).peekable();
    let is_nullable = outer == Some(true) || (nulls.peek().is_some() && nulls.all(|null| null));
    let mut choices = Vec::new();
    for part in &parts {
        for keyword in [Keyword::OneOf, Keyword::AnyOf] {
            let choice = PendingAlternatives { part: *part, keyword };
            if schemas.get(*part).holds(keyword) && !intersection.picked.contains(&choice.list()) {
                choices.push(choice);
            }
        }
    }
    let is_typed = with_type.is_some() || intersection.only != Kinds::ALL;
    let kinds = kinds.and(intersection.only);
    Merged { schemas, parts, kinds, is_typed, is_nullable, choices, soundness }
}

/// A step of the walk through the schemas of an intersection.
enum Visit {
    Enter(SchemaId),
    Leave(SchemaId),
}

/// Everything that an intersection is combined of, each schema once: those that others are combined of come first. A loop,
/// not a recursion, for a document can be made so that it never ends.
fn parts(types: &mut Types<'_>, intersection: &Intersection) -> (Vec<SchemaId>, Soundness) {
    let schemas = types.schemas;
    let mut soundness = Soundness::Sound;
    let mut seen = HashSet::new();
    let mut parts = Vec::new();
    let mut pending: Vec<Visit> = intersection.roots.iter().rev().map(|root| Visit::Enter(*root)).collect();
    while let Some(visit) = pending.pop() {
        let id = match visit {
            Visit::Leave(part) => {
                parts.push(part);
                continue;
            }
            Visit::Enter(id) => id,
        };
        let schema = schemas.get(id);
        if !schema.is_object() || !seen.insert(id) {
            continue;
        }
        if seen.len() > MAX_PARTS {
            let problem = Problem::Unsupported { what: format!("`allOf` of more than {MAX_PARTS} schemas") };
            let diagnostic = Diagnostic::warning(schemas.pointer(id), problem);
            types.found.once(diagnostic.help("its values are typed as any JSON value"));
            soundness = Soundness::Untypable;
            break;
        }
        pending.push(Visit::Leave(id));
        let first = pending.len();
        for member in keywords::members(schema) {
            let inner = match member {
                Member::AllOf(part) => Some(part),
                Member::Reference => {
                    let target = types.target(id);
                    if target.is_none() {
                        soundness = Soundness::LacksParts;
                    }
                    target
                }
            };
            pending.extend(inner.map(Visit::Enter));
        }
        pending[first..].reverse();
    }
    (parts, soundness)
}

fn report_contradiction(types: &mut Types<'_>, first: SchemaId, second: SchemaId) {
    let schemas = types.schemas;
    let [one, other] = [first, second].map(|part| {
        let kind = Kinds::of(schemas.get(part)).map_or("something else", Kinds::name);
        (kind, schemas.pointer(part).child("type"))
    });
    let problem = Problem::ContradictoryTypes { first: one.0, second: other.0 };
    let diagnostic = Diagnostic::warning(other.1, problem).related(one.1, "the other type stands here");
    types.found.once(diagnostic.help("no value is of both types: it is typed as any JSON value"));
}

/// The properties that are required, but described nowhere: they have any value, unless nothing else is allowed.
pub(super) fn undescribed<'d>(
    types: &mut Types<'d>,
    merged: &Merged<'d>,
    known: &IndexSet<&str>,
    is_closed: bool,
) -> Vec<(&'d str, Pointer)> {
    let mut all = Vec::new();
    for (name, part) in merged.required().into_iter().filter(|(name, _)| !known.contains(name)) {
        let problem = Problem::UndeclaredProperty { property: name.to_owned() };
        let help = if is_closed {
            "it is listed as required, and `additionalProperties` or `unevaluatedProperties` forbids it; it is left out"
        } else {
            "it is listed as required, but has no schema: it is any JSON value"
        };
        let at = types.schemas.pointer(part).child("required");
        let index = types.schemas.get(part).values("required").iter().position(|required| required == name);
        let place = index.map_or_else(|| at.clone(), |index| at.child(index.to_string()));
        types.found.once(Diagnostic::warning(place, problem).help(help));
        if !is_closed {
            all.push((name, at));
        }
    }
    all
}
