//! Schemas to declared and mentioned types.
//!
//! A schema is read as it stands in the document's tree, whatever version it is of. What is said of one value in several
//! places is a [`Sum`], which is seen as one schema: [`Merged`].

mod choice;
mod doc;
mod merged;
mod node;
mod reference;
mod shape;
mod values;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use self::merged::{Key, Root, Sum};
use self::node::{Kinds, Member};
use super::Lowering;
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::model::{Alias, Doc, Enum, EnumKind, EnumVariant, Field, Item, Name, Rest, Struct, Type, Union, Variant};
use crate::naming::Ident;

/// Schemas that lie within each other before one is put off until the others are done.
const DEEPEST: usize = 40;

/// Schemas, counted once for each type that is put together of several of them, in a whole document. What a document
/// can make of a few schemas grows without bound.
const MOST_SUMMANDS: usize = 50_000;

/// Members of all the families of schemas in a document.
const MOST_CHILDREN: usize = 20_000;

/// Characters of a type's name; an identifier takes fewer.
const LONGEST: usize = 160;

/// Parts of which each holds nothing but another one.
const MOST_LINKS: usize = 256;

/// What is known of schemas while a document is lowered.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// The component schemas, by the address of their values.
    declared: HashMap<*const Value, Declared>,
    /// The types of those that were met before.
    done: HashMap<Key, Type>,
    /// Those that are being looked at.
    open: HashMap<Key, Open>,
    /// Those that are to be declared later, under names that are already used.
    waiting: Vec<(Sum<'a>, Ident, String)>,
    summands: usize,
    /// What the aliases stand for.
    aliases: HashMap<Ident, Type>,
    /// The enums, which are written as one piece of text.
    enums: HashSet<Ident>,
    /// What the unions that no property tells apart are made of.
    unions: HashMap<Ident, Vec<Type>>,
}

/// A schema that others mention by name.
#[derive(Clone)]
struct Declared {
    ident: Ident,
    nullable: bool,
}

impl Declared {
    fn mention(self) -> Type {
        if self.nullable { Type::Item(self.ident).nullable() } else { Type::Item(self.ident) }
    }
}

/// A schema that is being looked at.
struct Open {
    name: String,
    at: Pointer,
    /// What it is called, if something within it had to know.
    ident: Option<Ident>,
}

/// What a schema declares.
enum Shape {
    Struct(Vec<Field>, Option<Rest>),
    Enum(EnumKind, Vec<EnumVariant>),
    Union(Option<String>, Vec<Variant>),
    /// Nothing of its own.
    Type(Type),
}

/// What a schema comes down to, when parts that say nothing of the value are taken away.
enum Peeled<'a> {
    /// A component.
    Component(Declared),
    /// A schema somewhere else in the document, which is no component.
    Place(&'a Value, Pointer),
    /// A schema within the one that was looked at, or itself.
    Here(&'a Value, Pointer),
    /// Nothing that can be told; this was reported.
    Nothing,
}

impl<'a> Lowering<'a> {
    /// Declares every component schema. All their names are taken before any nested schema is looked at.
    pub(super) fn declare_schemas(&mut self) {
        let root = At::ROOT;
        let components = root.child("components");
        let section = components.child("schemas");
        let tree = self.tree;
        let schemas =
            tree.get("components").and_then(|components| components.get("schemas")).and_then(Value::as_object);
        let mut named = Vec::new();
        for (name, schema) in schemas.into_iter().flatten() {
            let at = section.child(name);
            let wanted = wanted_name(schema).unwrap_or(name);
            let ident = self.claim_type(wanted, at.pointer());
            let nullable = schema.as_object().is_some_and(|map| node::null(map) == Some(true));
            self.known.declared.insert(std::ptr::from_ref(schema), Declared { ident: ident.clone(), nullable });
            named.push((name, schema, ident));
        }
        let families = self.families(schemas.into_iter().flatten(), section);
        for (name, schema, ident) in named {
            let at = section.child(name);
            let rust = Name { wire: name.clone(), ident };
            let place = self.items.len();
            let children = families.get(&std::ptr::from_ref(schema));
            let family = children.and_then(|children| self.family(schema, children, name, at));
            let (shape, doc) = match family {
                Some(shape) => (shape, doc::of(schema)),
                None => self.declared_by(schema, name, at),
            };
            let item = self.declare(shape, rust, doc, at.pointer());
            self.items.insert(place, item);
        }
        self.declare_waiting();
    }

    /// The components with a discriminator that others are made of, each with those, however far down.
    fn families(
        &mut self,
        schemas: impl Iterator<Item = (&'a String, &'a Value)>,
        section: At<'_>,
    ) -> HashMap<*const Value, Vec<Root<'a>>> {
        let mut made_of: IndexMap<*const Value, Vec<Root<'a>>> = IndexMap::new();
        let mut heads: Vec<*const Value> = Vec::new();
        for (name, schema) in schemas {
            let Some(map) = schema.as_object() else { continue };
            let is_choice = ["oneOf", "anyOf"].iter().any(|key| !node::list(map, key).is_empty());
            if map.contains_key("discriminator") && !is_choice {
                heads.push(std::ptr::from_ref(schema));
            }
            let at = section.child(name);
            let all_of = at.child("allOf");
            for (index, part) in node::list(map, "allOf").iter().enumerate() {
                let reference = part.get("$ref").and_then(Value::as_str);
                let Some(reference) = reference else { continue };
                let at_part = all_of.index(index);
                if let Some((target, _)) = self.target(reference, at_part.child("$ref")) {
                    made_of.entry(std::ptr::from_ref(target)).or_default().push((schema, at.pointer()));
                }
            }
        }
        let mut families = HashMap::new();
        let mut members = 0;
        for head in heads {
            let mut seen = HashSet::from([head]);
            let mut children: Vec<Root<'a>> = Vec::new();
            let mut next = 0;
            let mut parent = head;
            loop {
                for child in made_of.get(&parent).into_iter().flatten() {
                    if seen.insert(std::ptr::from_ref(child.0)) {
                        children.push(child.clone());
                    }
                }
                let Some((following, _)) = children.get(next) else { break };
                parent = std::ptr::from_ref(*following);
                next += 1;
            }
            members += children.len();
            if members > MOST_CHILDREN {
                break;
            }
            if !children.is_empty() {
                families.insert(head, children);
            }
        }
        families
    }

    /// Declares the schemas that were put off.
    pub(super) fn declare_waiting(&mut self) {
        while let Some((sum, ident, wire)) = self.known.waiting.pop() {
            let place = self.items.len();
            let merged = self.gather(&sum);
            let shape = self.shape(&merged, &sum, &wire);
            let doc = doc::of(sum.outer());
            let item = self.declare(shape, Name { wire, ident }, doc, sum.at());
            self.items.insert(place, item);
        }
    }

    /// What a component declares.
    fn declared_by(&mut self, schema: &'a Value, name: &str, at: At<'_>) -> (Shape, Doc) {
        let doc = doc::of(schema);
        let shape = match self.peel(schema, at) {
            Peeled::Component(declared) => Shape::Type(declared.mention()),
            Peeled::Place(value, place) => Shape::Type(self.mention_place(value, place)),
            Peeled::Here(value, place) => {
                let sum = Sum::of(value, place);
                let merged = self.gather(&sum);
                self.shape(&merged, &sum, name)
            }
            Peeled::Nothing => Shape::Type(Type::Json),
        };
        (shape, doc)
    }

    /// The type of the schema at a place of the document. `name` is what it is called if it has to be declared for that.
    pub(super) fn mention(&mut self, name: &str, at: At<'_>) -> Type {
        match at.pointer().value_in(self.tree) {
            Some(schema) => self.mention_schema(schema, name, at),
            None => Type::Json,
        }
    }

    /// What the schema at a place of the document says, where it has no declaration of its own to carry it.
    pub(super) fn doc_at(&self, at: At<'_>) -> Doc {
        at.pointer().value_in(self.tree).map(doc::of).unwrap_or_default()
    }

    /// The type that a chain of aliases stands for.
    pub(super) fn unaliased<'t>(&'t self, ty: &'t Type) -> &'t Type {
        let mut ty = ty;
        for _ in 0..=self.known.aliases.len() {
            let Type::Item(ident) = ty else { break };
            let Some(stands_for) = self.known.aliases.get(ident) else { break };
            ty = stands_for;
        }
        ty
    }

    /// Whether a declared type is written as one piece of text: what it stands for, or can be, all the way down.
    pub(super) fn is_scalar_item(&self, ident: &Ident) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![ident];
        while let Some(ident) = open.pop() {
            if !seen.insert(ident) || self.known.enums.contains(ident) {
                continue;
            }
            let alias = self.known.aliases.get(ident).map(std::slice::from_ref);
            let Some(types) = alias.or(self.known.unions.get(ident).map(Vec::as_slice)) else { return false };
            for ty in types {
                match ty {
                    Type::Item(inner) => open.push(inner),
                    ty if is_text(ty) => {}
                    _ => return false,
                }
            }
        }
        true
    }

    /// Marks the unions that are written as one piece of text.
    pub(super) fn mark_scalars(&mut self) {
        let mut items = std::mem::take(&mut self.items);
        for item in &mut items {
            if let Item::Union(item) = item {
                item.scalar = self.is_scalar_item(&item.name.ident);
            }
        }
        self.items = items;
    }

    fn mention_schema(&mut self, schema: &'a Value, name: &str, at: At<'_>) -> Type {
        let key = Sum::of(schema, Pointer::default()).key();
        if let Some(ty) = self.known.done.get(&key) {
            return ty.clone();
        }
        if let Some(declared) = self.known.declared.get(&std::ptr::from_ref(schema)) {
            return declared.clone().mention();
        }
        let ty = match self.peel(schema, at) {
            Peeled::Component(declared) => declared.mention(),
            Peeled::Place(value, place) => self.mention_place(value, place),
            Peeled::Here(value, place) => self.mention_sum(&Sum::of(value, place), name),
            Peeled::Nothing => Type::Json,
        };
        let nullable = schema.as_object().is_some_and(|map| node::null(map) == Some(true));
        if nullable { ty.nullable() } else { ty }
    }

    /// The type of a schema that stands elsewhere. It is named after its place; a plain one needs no name.
    fn mention_place(&mut self, schema: &'a Value, place: Pointer) -> Type {
        let sum = Sum::of(schema, place);
        let name = self.name_of_place(&sum.at());
        let plain = |map: &Map<String, Value>| !map.contains_key("type") || node::shapes(map) && !only_format(map);
        match schema.as_object() {
            Some(map) if plain(map) || node::members(map).next().is_some() => self.put_off(sum, &name),
            _ => self.mention_sum(&sum, &name),
        }
    }

    /// Names a schema now, and declares it when those at hand are done.
    fn put_off(&mut self, sum: Sum<'a>, name: &str) -> Type {
        let key = sum.key();
        if let Some(ty) = self.known.done.get(&key) {
            return ty.clone();
        }
        let nullable = self.gather(&sum).nullable;
        if self.known.open.contains_key(&key) {
            return self.met_again(&key, nullable);
        }
        let wanted = wanted_name(sum.outer()).unwrap_or(name).to_owned();
        let ident = self.claim_type(&wanted, sum.at());
        self.known.waiting.push((sum, ident.clone(), wanted));
        let ty = Declared { ident, nullable }.mention();
        self.known.done.insert(key, ty.clone());
        ty
    }

    /// Takes a name for a type.
    fn claim_type(&mut self, wanted: &str, at: Pointer) -> Ident {
        let (ident, collision) = self.type_names.claim(wanted, at.clone());
        self.collided(wanted, &ident, collision, At::of(&at));
        self.places.insert(ident.clone(), at);
        ident
    }

    /// A schema that is met within itself: it has to have a name.
    fn met_again(&mut self, key: &Key, nullable: bool) -> Type {
        let Some(open) = self.known.open.get(key) else { return Type::Json };
        let ident = if let Some(ident) = &open.ident {
            ident.clone()
        } else {
            let (name, at) = (open.name.clone(), open.at.clone());
            let ident = self.claim_type(&name, at);
            if let Some(open) = self.known.open.get_mut(key) {
                open.ident = Some(ident.clone());
            }
            ident
        };
        Declared { ident, nullable }.mention()
    }

    /// The type of schemas that hold together.
    fn mention_sum(&mut self, sum: &Sum<'a>, name: &str) -> Type {
        let key = sum.key();
        if let Some(ty) = self.known.done.get(&key) {
            return ty.clone();
        }
        let merged = self.gather(sum);
        if self.known.open.contains_key(&key) {
            return self.met_again(&key, merged.nullable);
        }
        if self.known.open.len() >= DEEPEST {
            return self.put_off(sum.clone(), name);
        }
        if sum.roots.len() > 1 {
            self.known.summands += merged.parts.len();
            if self.known.summands > MOST_SUMMANDS {
                let what = "a document that makes more of its schemas than can be told apart".to_owned();
                self.once(
                    Diagnostic::warning(sum.at(), Problem::Unsupported { what })
                        .help("its values are typed as any JSON value"),
                );
                return Type::Json;
            }
        }
        let place = self.items.len();
        // Names of what lies within each other grow; what is cut off would not be in the identifier.
        let name = name.char_indices().nth(LONGEST).map_or(name, |(end, _)| &name[..end]);
        let wanted = wanted_name(sum.outer()).unwrap_or(name).to_owned();
        let at = sum.at();
        self.known.open.insert(key.clone(), Open { name: wanted.clone(), at: at.clone(), ident: None });
        let shape = self.shape(&merged, sum, name);
        let known = self.known.open.remove(&key).and_then(|open| open.ident);
        let ty = match (shape, known) {
            (Shape::Type(ty), None) => ty,
            (shape, known) => {
                let ident = match known {
                    Some(ident) => ident,
                    None => self.claim_type(&wanted, at),
                };
                let item =
                    self.declare(shape, Name { wire: wanted, ident: ident.clone() }, doc::of(sum.outer()), sum.at());
                self.items.insert(place, item);
                Type::Item(ident)
            }
        };
        let ty = if merged.nullable { ty.nullable() } else { ty };
        self.known.done.insert(key, ty.clone());
        ty
    }

    /// Takes away what says nothing of the value: descriptions beside a reference, an `allOf` of one. Whether `null` is
    /// allowed is for the schema itself to say.
    fn peel(&mut self, schema: &'a Value, at: At<'_>) -> Peeled<'a> {
        let (mut current, mut place) = (schema, at.pointer());
        let mut away = false;
        let mut targets: Vec<&'a Value> = Vec::new();
        let mut is_circle = false;
        for _ in 0..MOST_LINKS {
            let here = |current, place| if away { Peeled::Place(current, place) } else { Peeled::Here(current, place) };
            let Some(map) = current.as_object().filter(|map| !node::shapes(map)) else { return here(current, place) };
            let mut members =
                node::members(map).filter(|(member, part)| matches!(member, Member::Reference(_)) || node::says(part));
            let (Some((member, part)), None) = (members.next(), members.next()) else { return here(current, place) };
            match member {
                // What is an alternative to `null` there says so there.
                Member::AllOf(_) if part.as_object().is_some_and(|map| node::null(map) == Some(true)) => {
                    return here(current, place);
                }
                Member::AllOf(index) => {
                    current = part;
                    place = place.child("allOf").child(index.to_string());
                }
                Member::Reference(key) => {
                    let reference = part.as_str().unwrap_or_default();
                    let Some((target, to)) = self.target(reference, At::of(&place).child(key)) else {
                        return Peeled::Nothing;
                    };
                    if let Some(declared) = self.known.declared.get(&std::ptr::from_ref(target)) {
                        return Peeled::Component(declared.clone());
                    }
                    away = true;
                    if targets.iter().any(|known| std::ptr::eq(*known, target)) {
                        is_circle = true;
                        break;
                    }
                    targets.push(target);
                    (current, place) = (target, to);
                }
            }
        }
        let problem = if is_circle {
            Problem::ReferenceCycle
        } else {
            Problem::Unsupported { what: format!("a row of more than {MOST_LINKS} references") }
        };
        self.once(Diagnostic::error(at.child("$ref").pointer(), problem));
        Peeled::Nothing
    }

    fn declare(&mut self, shape: Shape, name: Name, doc: Doc, at: Pointer) -> Item {
        let unknown = Ident::chosen("Unknown");
        match shape {
            Shape::Struct(fields, rest) => {
                Item::Struct(Struct { at, name, doc, fields, rest, built: false, told_apart: false })
            }
            Shape::Enum(kind, variants) => {
                self.known.enums.insert(name.ident.clone());
                Item::Enum(Enum { at, name, doc, kind, variants, unknown })
            }
            Shape::Union(tag, variants) => {
                if tag.is_none() {
                    let types = variants.iter().map(|variant| variant.ty.clone()).collect();
                    self.known.unions.insert(name.ident.clone(), types);
                }
                Item::Union(Union { at, name, doc, tag, variants, unknown, secret: false, scalar: false })
            }
            Shape::Type(ty) => {
                self.known.aliases.insert(name.ident.clone(), ty.clone());
                Item::Alias(Alias { at, name, doc, ty })
            }
        }
    }

    fn note(&mut self, at: Pointer, what: impl Into<String>, help: &str) {
        let problem = Problem::Unsupported { what: what.into() };
        self.once(Diagnostic::note(at, problem).help(help));
    }
}

/// The only type that a schema allows, `null` aside.
pub(super) fn only_kind(schema: &Value) -> Option<&'static str> {
    let kinds = Kinds::of(schema.as_object()?)?;
    Some(kinds.name()).filter(|name| !matches!(*name, "null" | "several types"))
}

/// The format of a value, however its schema says it.
pub(super) fn format_of(schema: &Value) -> Option<&str> {
    node::format(schema.as_object()?)
}

/// Whether a schema says nothing of its values.
pub(super) fn says_nothing(schema: &Value) -> bool {
    !node::says(schema)
}

/// Whether a value is written as one piece of text, and may be shown.
pub(super) fn is_text(ty: &Type) -> bool {
    matches!(
        ty,
        Type::String
            | Type::Bool
            | Type::Integer(_)
            | Type::Float(_)
            | Type::Uuid
            | Type::Timestamp
            | Type::Date
            | Type::Address(_)
            | Type::Base64
    )
}

/// What `x-codegen` calls the schema.
fn wanted_name(schema: &Value) -> Option<&str> {
    schema.get("x-codegen")?.get("name")?.as_str()
}

/// Whether nothing of a schema but its `format` shapes the value.
fn only_format(map: &Map<String, Value>) -> bool {
    let formats = ["format", "contentEncoding", "contentMediaType"];
    let mut rest = map.clone();
    rest.retain(|key, _| !formats.contains(&key.as_str()));
    !node::shapes(&rest)
}

/// The kinds whose values are written the same way, whatever else is said of them.
fn is_single(kinds: Kinds) -> bool {
    kinds.each().len() == 1
}
