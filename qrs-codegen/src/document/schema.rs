//! The schemas of a document, in an arena: each once, under an id that is cheap to copy, to compare and to look up.
//!
//! A schema keeps its keywords as they stand in the document, of 3.0 and 3.1 alike. The schemas within it are entries
//! of the arena themselves and are reached by their ids.

use indexmap::IndexMap;
use serde_json::Value;

use super::keywords::Keywords;
use crate::diagnostic::{At, Problem};
use crate::pointer::Pointer;
use crate::validate::{self, ChildKey, Kind, Version};

/// A schema of a [`Document`](super::Document).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(u32);

/// A keyword that holds schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Keyword {
    AdditionalProperties,
    AllOf,
    AnyOf,
    Contains,
    ContentSchema,
    Definitions,
    Defs,
    DependentSchemas,
    Else,
    If,
    Items,
    Not,
    OneOf,
    PatternProperties,
    PrefixItems,
    Properties,
    PropertyNames,
    Then,
    UnevaluatedItems,
    UnevaluatedProperties,
}

/// The number of schemas that a keyword holds. `items` holds one schema or, before 2020-12, a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arity {
    One,
    List,
    Map,
    OneOrList,
}

/// The keywords that hold schemas.
const KEYWORDS: &[(&str, Keyword, Arity)] = &[
    ("additionalProperties", Keyword::AdditionalProperties, Arity::One),
    ("allOf", Keyword::AllOf, Arity::List),
    ("anyOf", Keyword::AnyOf, Arity::List),
    ("contains", Keyword::Contains, Arity::One),
    ("contentSchema", Keyword::ContentSchema, Arity::One),
    ("definitions", Keyword::Definitions, Arity::Map),
    ("$defs", Keyword::Defs, Arity::Map),
    ("dependentSchemas", Keyword::DependentSchemas, Arity::Map),
    ("else", Keyword::Else, Arity::One),
    ("if", Keyword::If, Arity::One),
    ("items", Keyword::Items, Arity::OneOrList),
    ("not", Keyword::Not, Arity::One),
    ("oneOf", Keyword::OneOf, Arity::List),
    ("patternProperties", Keyword::PatternProperties, Arity::Map),
    ("prefixItems", Keyword::PrefixItems, Arity::List),
    ("properties", Keyword::Properties, Arity::Map),
    ("propertyNames", Keyword::PropertyNames, Arity::One),
    ("then", Keyword::Then, Arity::One),
    ("unevaluatedItems", Keyword::UnevaluatedItems, Arity::One),
    ("unevaluatedProperties", Keyword::UnevaluatedProperties, Arity::One),
];

impl Keyword {
    /// The keyword as a schema has it.
    pub(crate) fn name(self) -> &'static str {
        KEYWORDS.iter().find(|(_, keyword, _)| *keyword == self).map_or("", |(name, ..)| name)
    }

    fn of(name: &str) -> Option<(Keyword, Arity)> {
        KEYWORDS.iter().find(|(known, ..)| *known == name).map(|(_, keyword, arity)| (*keyword, *arity))
    }

    /// Whether a key holds one schema.
    pub(super) fn holds_one(name: &str) -> bool {
        name == "schema" || Keyword::of(name).is_some_and(|(_, arity)| matches!(arity, Arity::One | Arity::OneOrList))
    }

    /// Whether a key holds schemas by name or in order.
    pub(super) fn holds_several(name: &str) -> bool {
        name == "schemas" || Keyword::of(name).is_some_and(|(_, arity)| arity != Arity::One)
    }
}

/// A schema within another one.
struct Inner {
    keyword: Keyword,
    key: InnerKey,
    id: SchemaId,
}

/// The place of a schema under a keyword.
enum InnerKey {
    Only,
    Index(u32),
    Name(String),
}

/// The place of a schema.
enum SchemaPlace {
    At(Pointer),
    /// Within a schema: the one of this index among those within it.
    Within(SchemaId, u32),
}

/// A reference of a schema to another one.
pub(crate) struct Reference {
    /// `$ref` or `$dynamicRef`. A dynamic one is taken for the place that it names where it stands.
    pub(crate) keyword: &'static str,
    pub(crate) target: Result<SchemaId, BrokenReference>,
}

/// Why a reference leads nowhere, and what to do about it.
#[derive(Clone)]
pub(crate) struct BrokenReference {
    pub(crate) problem: Problem,
    pub(crate) help: String,
}

/// A schema: an object of keywords, or `true` or `false`.
pub(crate) struct Schema {
    body: Body,
    inner: Vec<Inner>,
    place: SchemaPlace,
    reference: Option<Box<Reference>>,
}

/// What a schema is written as.
#[derive(PartialEq)]
enum Body {
    Keywords(Keywords),
    Other(Value),
}

impl Schema {
    /// The keywords and their values, if the schema is an object. In the place of the schemas within it stand empty values.
    pub(crate) fn keywords(&self) -> Option<&Keywords> {
        match &self.body {
            Body::Keywords(keywords) => Some(keywords),
            Body::Other(_) => None,
        }
    }

    /// The value of a keyword that holds no schema.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.keywords()?.get(key)
    }

    /// The text of a keyword.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The values of a keyword that holds a list of other things than schemas.
    pub(crate) fn values(&self, key: &str) -> &[Value] {
        self.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Whether the schema has a keyword, whatever its value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the schema is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.keywords().is_some()
    }

    /// The schema that is `true` or `false`.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match &self.body {
            Body::Other(value) => value.as_bool(),
            Body::Keywords(_) => None,
        }
    }

    /// The schema under a keyword that holds one.
    pub(crate) fn one(&self, keyword: Keyword) -> Option<SchemaId> {
        let is_it = |inner: &&Inner| inner.keyword == keyword && matches!(inner.key, InnerKey::Only);
        self.inner.iter().find(is_it).map(|inner| inner.id)
    }

    /// The schemas under a keyword, in order.
    pub(crate) fn all(&self, keyword: Keyword) -> impl Iterator<Item = SchemaId> {
        self.inner.iter().filter(move |inner| inner.keyword == keyword).map(|inner| inner.id)
    }

    /// The schemas under a keyword, by name.
    pub(crate) fn named(&self, keyword: Keyword) -> impl Iterator<Item = (&str, SchemaId)> {
        self.inner.iter().filter(move |inner| inner.keyword == keyword).filter_map(|inner| match &inner.key {
            InnerKey::Name(name) => Some((name.as_str(), inner.id)),
            _ => None,
        })
    }

    /// Whether there is a schema under a keyword.
    pub(crate) fn holds(&self, keyword: Keyword) -> bool {
        self.inner.iter().any(|inner| inner.keyword == keyword)
    }

    /// Whether a keyword holds a list, though it may be an empty one.
    pub(crate) fn is_list(&self, keyword: Keyword) -> bool {
        self.get(keyword.name()).is_some_and(Value::is_array)
    }

    /// The properties, in order.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&str, SchemaId)> {
        self.named(Keyword::Properties)
    }

    /// The reference to another schema.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        self.reference.as_deref()
    }

    /// A value of `x-codegen`.
    pub(crate) fn codegen(&self, key: &str) -> Option<&Value> {
        self.get("x-codegen")?.get(key)
    }

    fn reference_text(&self) -> Option<(&'static str, &str)> {
        ["$ref", "$dynamicRef"].into_iter().find_map(|key| Some((key, self.text(key)?)))
    }
}

/// Every schema of a document.
#[derive(Default)]
pub(crate) struct Schemas {
    all: Vec<Schema>,
    components: IndexMap<String, SchemaId>,
}

/// References from one schema to another that are followed to the one behind them.
pub(crate) const MAX_REFERENCES: usize = 64;

impl Schemas {
    /// The schema of an id.
    pub(crate) fn get(&self, id: SchemaId) -> &Schema {
        &self.all[id.0 as usize]
    }

    /// The schema behind references; `None` if one leads nowhere, or there are more than [`MAX_REFERENCES`].
    pub(crate) fn behind(&self, id: SchemaId) -> Option<SchemaId> {
        let mut current = id;
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = self.get(current).reference() else { return Some(current) };
            current = *reference.target.as_ref().ok()?;
        }
        None
    }

    /// The schemas under `#/components/schemas`.
    pub(crate) fn components(&self) -> &IndexMap<String, SchemaId> {
        &self.components
    }

    /// The place of a schema.
    pub(crate) fn pointer(&self, id: SchemaId) -> Pointer {
        let mut steps: Vec<&Inner> = Vec::new();
        let mut place = &self.get(id).place;
        while let SchemaPlace::Within(holder, index) = place {
            let holder = self.get(*holder);
            steps.push(&holder.inner[*index as usize]);
            place = &holder.place;
        }
        let mut pointer = match place {
            SchemaPlace::At(pointer) => pointer.clone(),
            SchemaPlace::Within(..) => Pointer::default(),
        };
        for Inner { keyword, key, .. } in steps.into_iter().rev() {
            pointer.push(keyword.name());
            match key {
                InnerKey::Only => {}
                InnerKey::Index(index) => pointer.push(index.to_string()),
                InnerKey::Name(name) => pointer.push(name.as_str()),
            }
        }
        pointer
    }

    /// Whether two schemas say the same.
    pub(crate) fn are_equal(&self, one: SchemaId, other: SchemaId) -> bool {
        self.is_equal(one, self, other)
    }

    /// Whether a schema says the same as one of another document.
    pub(crate) fn is_equal(&self, one: SchemaId, others: &Schemas, other: SchemaId) -> bool {
        let is_same_document = std::ptr::eq(self, others);
        let mut pending = vec![(one, other)];
        while let Some((one, other)) = pending.pop() {
            if is_same_document && one == other {
                continue;
            }
            let (one, other) = (self.get(one), others.get(other));
            if one.inner.len() != other.inner.len() || one.body != other.body {
                return false;
            }
            for (index, inner) in one.inner.iter().enumerate() {
                let is_same = |same: &&Inner| same.keyword == inner.keyword && same.key.is_same(&inner.key);
                let counterpart = other.inner.get(index).filter(is_same).or_else(|| other.inner.iter().find(is_same));
                let Some(counterpart) = counterpart else { return false };
                pending.push((inner.id, counterpart.id));
            }
        }
        true
    }

    /// The ids of all schemas.
    pub(crate) fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.all.len()).map(id)
    }

    /// The schema that a schema stands in.
    pub(super) fn holder(&self, id: SchemaId) -> Option<SchemaId> {
        match &self.get(id).place {
            SchemaPlace::Within(holder, _) => Some(*holder),
            SchemaPlace::At(_) => None,
        }
    }

    /// The id after the last one that there is.
    pub(super) fn next(&self, after: Option<SchemaId>) -> Option<SchemaId> {
        let next = after.map_or(0, |after| after.0 as usize + 1);
        (next < self.all.len()).then(|| id(next))
    }

    /// The reference of a schema as it is written.
    pub(super) fn reference_text(&self, id: SchemaId) -> Option<(&'static str, &str)> {
        self.get(id).reference_text()
    }

    pub(super) fn set_reference(&mut self, id: SchemaId, reference: Reference) {
        self.all[id.0 as usize].reference = Some(Box::new(reference));
    }

    /// Adds a schema that stands at a place of the document, with those within it.
    pub(super) fn add(&mut self, value: Value, at: Pointer) -> SchemaId {
        self.insert(value, SchemaPlace::At(at))
    }

    fn insert(&mut self, mut value: Value, place: SchemaPlace) -> SchemaId {
        let own = id(self.all.len());
        self.all.push(Schema { body: Body::Other(Value::Null), inner: Vec::new(), place, reference: None });
        let mut inner = Vec::new();
        for (key, value) in value.as_object_mut().into_iter().flatten() {
            let Some((keyword, arity)) = Keyword::of(key) else { continue };
            let mut add = |key: InnerKey, value: &mut Value| {
                let index = u32::try_from(inner.len()).unwrap_or(u32::MAX);
                let id = self.insert(value.take(), SchemaPlace::Within(own, index));
                inner.push(Inner { keyword, key, id });
            };
            match (arity, value) {
                (Arity::One | Arity::OneOrList, value @ (Value::Object(_) | Value::Bool(_))) => {
                    add(InnerKey::Only, value);
                }
                (Arity::List | Arity::OneOrList, Value::Array(items)) => {
                    for (index, item) in items.iter_mut().enumerate() {
                        add(InnerKey::Index(u32::try_from(index).unwrap_or(u32::MAX)), item);
                    }
                    items.clear();
                }
                (Arity::Map, Value::Object(map)) => {
                    for (name, mut value) in std::mem::take(map) {
                        add(InnerKey::Name(name), &mut value);
                    }
                }
                _ => {}
            }
        }
        let schema = &mut self.all[own.0 as usize];
        schema.body = match value {
            Value::Object(map) => Body::Keywords(Keywords::new(map)),
            other => Body::Other(other),
        };
        schema.inner = inner;
        own
    }

    /// The schema that a token of a pointer leads to from a schema.
    pub(super) fn step(&self, id: SchemaId, token: &str) -> Option<Spot<'_>> {
        let schema = self.get(id);
        if let Some((keyword, _)) = Keyword::of(token) {
            if let Some(one) = schema.one(keyword) {
                return Some(Spot::Schema(one));
            }
            if schema.holds(keyword) {
                return Some(Spot::Holder(id, keyword));
            }
        }
        schema.get(token).map(Spot::Value)
    }

    /// The schema of a name or an index under a keyword.
    pub(super) fn step_within(&self, id: SchemaId, keyword: Keyword, token: &str) -> Option<SchemaId> {
        let inner = self.get(id).inner.iter().filter(|inner| inner.keyword == keyword);
        inner
            .filter(|inner| match &inner.key {
                InnerKey::Only => false,
                InnerKey::Index(index) => token.parse() == Ok(*index),
                InnerKey::Name(name) => name == token,
            })
            .map(|inner| inner.id)
            .next()
    }
}

impl InnerKey {
    fn is_same(&self, other: &InnerKey) -> bool {
        match (self, other) {
            (InnerKey::Only, InnerKey::Only) => true,
            (InnerKey::Index(one), InnerKey::Index(other)) => one == other,
            (InnerKey::Name(one), InnerKey::Name(other)) => one == other,
            _ => false,
        }
    }
}

/// A value on the way of a pointer.
#[derive(Clone, Copy)]
pub(super) enum Spot<'d> {
    /// A value outside of the schemas, or one that a schema holds and that is none.
    Value(&'d Value),
    Schema(SchemaId),
    /// The schemas under a keyword.
    Holder(SchemaId, Keyword),
}

fn id(index: usize) -> SchemaId {
    SchemaId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// The beginning of a reference from the tree into the arena, which stands in the place of a schema. No pointer begins so.
const MARK: &str = "\u{1}";

fn marker(id: SchemaId) -> Value {
    serde_json::json!({ "$ref": format!("{MARK}{}", id.0) })
}

/// The schema that a reference left in the tree stands for.
pub(super) fn marked(reference: &str) -> Option<SchemaId> {
    reference.strip_prefix(MARK)?.parse().ok().map(SchemaId)
}

/// Moves the schemas of a tree into an arena, and leaves references to them in their places.
pub(super) fn extract(tree: &mut Value) -> Schemas {
    let mut schemas = Schemas::default();
    take(tree, &Version::V31.layout().document, At::ROOT, &mut schemas);
    let components = tree.get("components").and_then(|components| components.get("schemas"));
    for (name, value) in components.and_then(Value::as_object).into_iter().flatten() {
        if let Some(id) = value.get("$ref").and_then(Value::as_str).and_then(marked) {
            schemas.components.insert(name.clone(), id);
        }
    }
    schemas
}

fn take(value: &mut Value, kind: &'static Kind, at: At<'_>, schemas: &mut Schemas) {
    if matches!(kind, Kind::Schema | Kind::SchemaOrBool | Kind::SchemaOrList) {
        let id = schemas.add(value.take(), at.pointer());
        *value = marker(id);
        return;
    }
    validate::children(value, kind, &mut |step, value, kind| {
        let at = match step {
            ChildKey::Key(key) => at.child(key),
            ChildKey::Index(index) => at.index(index),
        };
        take(value, kind, at, schemas);
    });
}
