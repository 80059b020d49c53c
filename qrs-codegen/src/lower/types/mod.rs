//! Schemas to declared and mentioned types.
//!
//! Everything is an [`Intersection`](intersection::Intersection): schemas that hold at once, seen as one. One that
//! comes down to a single reference is the type that is referred to. One that is met within itself gets a name, and one
//! that lies too deep is put off under a name, so that no document overflows the stack.

mod alternatives;
mod defaults;
mod doc;
pub(super) mod events;
mod family;
mod intersection;
mod keywords;
mod kinds;
mod names;
mod object;
pub(super) mod scalar;
mod shape;
mod union;
mod values;

use std::collections::{HashMap, HashSet};

pub(super) use self::doc::SECRET_DOC;
use self::intersection::{Intersection, merge};
use self::keywords::{Member, adds_null, allows_null};
use self::kinds::Kinds;
use super::draft::{DraftField, DraftItem, DraftStruct, DraftUnion, DraftVariant};
use super::findings::Findings;
use crate::diagnostic::{Diagnostic, Problem};
use crate::document::{Document, Keyword, MAX_REFERENCES, SchemaId, Schemas};
use crate::model::{Alias, Doc, Enum, EnumKind, EnumVariant, Name, Rest, Type};
use crate::naming::{Case, Ident, Scope};
use crate::pointer::Pointer;

/// Schemas that lie within each other before one is put off until the others are done.
const MAX_DEPTH: usize = 40;

/// Schemas, counted once for each type that is combined of several of them, in a whole document. The combinations of a
/// few schemas grow without bound.
const MAX_COMBINED: usize = 50_000;

/// Parts of which each holds nothing but another one.
const MAX_LINKS: usize = 256;

/// The types of a document while they are made.
pub(super) struct Types<'d> {
    pub(super) document: &'d Document,
    pub(super) schemas: &'d Schemas,
    pub(super) found: Findings,
    pub(super) items: Vec<DraftItem>,
    /// The place of each declared type.
    pub(super) places: HashMap<Ident, Pointer>,
    names: Scope<Pointer>,
    /// The component schemas.
    components: HashMap<SchemaId, Named>,
    /// The types of the intersections that were looked at.
    done: HashMap<Intersection, Type>,
    /// The intersections that are being looked at.
    open: HashMap<Intersection, Open>,
    /// The intersections that are declared later, under names that are already used.
    waiting: Vec<(Intersection, Ident, String)>,
    /// The lists of alternatives of which the only one is being looked at.
    alone: Vec<(SchemaId, Keyword)>,
    combined: usize,
    scalars: scalar::Scalars,
    /// The schemas whose values are JSON within text, with the schemas of that JSON.
    embedded: HashMap<SchemaId, SchemaId>,
    /// The schemas of values without a tag, or with an unknown one, with the names of the tags.
    defaults: HashMap<SchemaId, HashSet<String>>,
}

/// A schema that others mention by name.
#[derive(Clone)]
struct Named {
    ident: Ident,
    /// Whether each mention allows `null`, which the declaration then does not: not even that of an alias.
    is_nullable: bool,
}

impl Named {
    fn mention(self) -> Type {
        if self.is_nullable { Type::Item(self.ident).nullable() } else { Type::Item(self.ident) }
    }
}

/// An intersection that is being looked at.
struct Open {
    name: String,
    /// Its name, if something within it had to know.
    ident: Option<Ident>,
}

/// The declaration that a schema asks for.
enum Shape {
    Struct(Vec<DraftField>, Option<Rest>, Closed),
    Enum(EnumKind, Vec<EnumVariant>),
    Union(Option<String>, Vec<DraftVariant>, Matching),
    /// None of its own.
    Type(Type),
}

/// Whether an object may have properties that are not described.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closed {
    Yes,
    No,
}

/// How many alternatives a value may satisfy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matching {
    /// One (`oneOf`, types).
    One,
    /// One or several (`anyOf`).
    Any,
}

/// The schema that is left when parts that say nothing of the value are taken away.
enum Peeled {
    Component(Named),
    /// A schema somewhere else in the document, which is no component.
    Elsewhere(SchemaId),
    /// A schema within the one that was looked at, or itself.
    Here(SchemaId),
    /// None: a problem was reported.
    Nothing,
}

impl<'d> Types<'d> {
    /// Declares every component schema of a document. All their names are taken before any nested schema is looked at.
    pub(super) fn of(document: &'d Document) -> Self {
        let mut types = Types {
            document,
            schemas: &document.schemas,
            found: Findings::default(),
            items: Vec::new(),
            places: HashMap::new(),
            names: Scope::new(Case::Type, names::RESERVED),
            components: HashMap::new(),
            done: HashMap::new(),
            open: HashMap::new(),
            waiting: Vec::new(),
            alone: Vec::new(),
            combined: 0,
            scalars: scalar::Scalars::default(),
            embedded: events::embedded(document),
            defaults: union::defaults(&document.schemas),
        };
        declare_components(&mut types);
        types
    }

    /// The type of a schema. `name` is the name of a type that has to be declared for it.
    pub(super) fn mention(&mut self, name: &str, schema: SchemaId) -> Type {
        mention(self, schema, name)
    }

    /// The schema behind references.
    pub(super) fn behind(&mut self, schema: SchemaId) -> Option<SchemaId> {
        let mut current = schema;
        for _ in 0..MAX_REFERENCES {
            if self.schemas.get(current).reference().is_none() {
                return Some(current);
            }
            current = self.target(current)?;
        }
        None
    }

    /// The schema that a schema refers to; a reference that leads nowhere is reported.
    pub(super) fn target(&mut self, schema: SchemaId) -> Option<SchemaId> {
        let reference = self.schemas.get(schema).reference()?;
        match &reference.target {
            Ok(target) => Some(*target),
            Err(broken) => {
                let at = self.schemas.pointer(schema).child(reference.keyword);
                let help = format!("what it stands for is typed as any JSON value; {}", broken.help);
                self.found.once(Diagnostic::warning(at, broken.problem.clone()).help(help));
                None
            }
        }
    }

    /// The documentation of a schema that has no declaration of its own to carry it.
    pub(super) fn doc(&self, schema: SchemaId) -> Doc {
        doc::of(self.schemas, schema)
    }

    /// The type that a chain of aliases stands for.
    pub(super) fn unaliased<'t>(&'t self, ty: &'t Type) -> &'t Type {
        self.scalars.unaliased(ty)
    }

    /// Whether a value is written as one piece of text.
    pub(super) fn is_scalar(&self, ty: &Type) -> bool {
        match ty {
            Type::Secret => true,
            Type::Item(ident) => self.scalars.is_scalar(ident),
            other => scalar::is_text(other),
        }
    }

    /// Whether a declared type is written as one piece of text.
    pub(super) fn is_scalar_item(&self, ident: &Ident) -> bool {
        self.scalars.is_scalar(ident)
    }

    /// The names of the types that components declare.
    pub(super) fn component_names(&self) -> HashSet<Ident> {
        self.components.values().map(|named| named.ident.clone()).collect()
    }

    /// The only type that a schema allows, `null` aside, by its name in JSON Schema.
    pub(super) fn only_kind(&self, schema: SchemaId) -> Option<&'static str> {
        let kinds = Kinds::of(self.schemas.get(schema))?;
        Some(kinds.name()).filter(|name| !matches!(*name, "null" | "several types"))
    }

    /// Whether a schema is that of a list. One without a `type` may show it by the keywords that it has.
    pub(super) fn is_list(&self, schema: SchemaId) -> bool {
        let keywords = self.schemas.get(schema);
        let is_shown = !keywords.has("type") && (keywords.has("prefixItems") || keywords.has("items"));
        is_shown || self.only_kind(schema) == Some("array")
    }

    /// The format of a schema's values, however the schema says it.
    pub(super) fn format(&self, schema: SchemaId) -> Option<&'d str> {
        keywords::format(self.schemas.get(schema))
    }

    /// Whether a schema says nothing of its values.
    pub(super) fn says_nothing(&self, schema: SchemaId) -> bool {
        !keywords::says(self.schemas, schema)
    }

    /// Warns of defaults that their schemas do not allow.
    pub(super) fn check_defaults(&mut self) {
        defaults::check(self);
    }

    /// Declares the schemas that were put off.
    pub(super) fn declare_waiting(&mut self) {
        while let Some((intersection, ident, wire)) = self.waiting.pop() {
            let index = self.items.len();
            let merged = merge(self, &intersection);
            let shape = shape::of(self, &merged, &intersection, &wire);
            declare(self, index, shape, Name { wire, ident }, intersection.outer());
        }
    }
}

fn declare_components(types: &mut Types<'_>) {
    let schemas = types.schemas;
    let mut named = Vec::new();
    for (name, id) in schemas.components() {
        let wanted = names::given(schemas.get(*id)).unwrap_or(name);
        let ident = names::claim(types, wanted, schemas.pointer(*id));
        let is_nullable = allows_null(schemas, *id);
        types.components.insert(*id, Named { ident: ident.clone(), is_nullable });
        named.push((name, *id, ident, is_nullable));
    }
    let families = family::families(types);
    for (name, id, ident, is_nullable) in named {
        let index = types.items.len();
        let children = families.get(&id);
        let family = children.and_then(|children| family::shape(types, id, children, name));
        let shape = match family.unwrap_or_else(|| component(types, id, name)) {
            // Where the type is mentioned, `null` is allowed already.
            Shape::Type(ty) if is_nullable => Shape::Type(ty.unwrap_nullable()),
            shape => shape,
        };
        declare(types, index, shape, Name { wire: name.clone(), ident }, Some(id));
    }
    types.declare_waiting();
}

/// The declaration of a component.
fn component(types: &mut Types<'_>, id: SchemaId, name: &str) -> Shape {
    match peel(types, id) {
        Peeled::Component(named) => Shape::Type(named.mention()),
        Peeled::Elsewhere(id) => Shape::Type(mention_elsewhere(types, id)),
        Peeled::Here(id) => {
            let intersection = Intersection::of(id);
            let merged = merge(types, &intersection);
            shape::of(types, &merged, &intersection, name)
        }
        Peeled::Nothing => Shape::Type(Type::Json),
    }
}

/// The type of a schema.
fn mention(types: &mut Types<'_>, id: SchemaId, name: &str) -> Type {
    match types.embedded.get(&id).copied() {
        None => mention_value(types, id, name),
        Some(own) if own == id => Type::JsonText(Box::new(mention_value(types, id, name))),
        Some(content) => Type::JsonText(Box::new(mention(types, content, name))),
    }
}

/// The type of a schema, whether or not its values travel within text.
fn mention_value(types: &mut Types<'_>, id: SchemaId, name: &str) -> Type {
    if let Some(ty) = types.done.get(&Intersection::of(id)) {
        return ty.clone();
    }
    if let Some(named) = types.components.get(&id) {
        return named.clone().mention();
    }
    let ty = match peel(types, id) {
        Peeled::Component(named) => named.mention(),
        Peeled::Elsewhere(id) => mention_elsewhere(types, id),
        Peeled::Here(id) => mention_intersection(types, &Intersection::of(id), name),
        Peeled::Nothing => Type::Json,
    };
    if allows_null(types.schemas, id) { ty.nullable() } else { ty }
}

/// The type of a schema that stands elsewhere. It is named after its place; a plain one needs no name.
fn mention_elsewhere(types: &mut Types<'_>, id: SchemaId) -> Type {
    let schemas = types.schemas;
    let name = names::of_place(types.document, &schemas.pointer(id));
    let intersection = Intersection::of(id);
    let schema = schemas.get(id);
    let needs_name = schema.is_object()
        && (!schema.has("type")
            || keywords::shapes_besides_format(schemas, schema)
            || keywords::members(schema).next().is_some());
    if needs_name { put_off(types, intersection, &name) } else { mention_intersection(types, &intersection, &name) }
}

/// Names an intersection now, and declares it when those at hand are done.
fn put_off(types: &mut Types<'_>, intersection: Intersection, name: &str) -> Type {
    if let Some(ty) = types.done.get(&intersection) {
        return ty.clone();
    }
    let is_nullable = merge(types, &intersection).is_nullable;
    if types.open.contains_key(&intersection) {
        return met_again(types, &intersection, is_nullable);
    }
    let wanted = given_name(types, &intersection).unwrap_or(name).to_owned();
    let ident = names::claim(types, &wanted, intersection.at(types.schemas));
    types.waiting.push((intersection.clone(), ident.clone(), wanted));
    let ty = Named { ident, is_nullable }.mention();
    types.done.insert(intersection, ty.clone());
    ty
}

fn given_name<'d>(types: &Types<'d>, intersection: &Intersection) -> Option<&'d str> {
    names::given(types.schemas.get(intersection.outer()?))
}

/// An intersection that is met within itself: it has to have a name.
fn met_again(types: &mut Types<'_>, intersection: &Intersection, is_nullable: bool) -> Type {
    let Some(open) = types.open.get(intersection) else { return Type::Json };
    let ident = if let Some(ident) = &open.ident {
        ident.clone()
    } else {
        let name = open.name.clone();
        let ident = names::claim(types, &name, intersection.at(types.schemas));
        if let Some(open) = types.open.get_mut(intersection) {
            open.ident = Some(ident.clone());
        }
        ident
    };
    Named { ident, is_nullable }.mention()
}

/// The type of schemas that hold together.
fn mention_intersection(types: &mut Types<'_>, intersection: &Intersection, name: &str) -> Type {
    if let Some(ty) = types.done.get(intersection) {
        return ty.clone();
    }
    let merged = merge(types, intersection);
    if types.open.contains_key(intersection) {
        return met_again(types, intersection, merged.is_nullable);
    }
    if types.open.len() >= MAX_DEPTH {
        return put_off(types, intersection.clone(), name);
    }
    if intersection.roots.len() > 1 {
        types.combined += merged.parts.len();
        if types.combined > MAX_COMBINED {
            let what = "a document that makes more of its schemas than can be told apart".to_owned();
            let diagnostic = Diagnostic::warning(intersection.at(types.schemas), Problem::Unsupported { what });
            types.found.once(diagnostic.help("its values are typed as any JSON value"));
            return Type::Json;
        }
    }
    let index = types.items.len();
    let name = names::shortened(name);
    let wanted = given_name(types, intersection).unwrap_or(name).to_owned();
    types.open.insert(intersection.clone(), Open { name: wanted.clone(), ident: None });
    let shape = shape::of(types, &merged, intersection, name);
    let known = types.open.remove(intersection).and_then(|open| open.ident);
    let ty = match (shape, known) {
        (Shape::Type(ty), None) => ty,
        (shape, known) => {
            let ident = match known {
                Some(ident) => ident,
                None => names::claim(types, &wanted, intersection.at(types.schemas)),
            };
            declare(types, index, shape, Name { wire: wanted, ident: ident.clone() }, intersection.outer());
            Type::Item(ident)
        }
    };
    let ty = if merged.is_nullable { ty.nullable() } else { ty };
    types.done.insert(intersection.clone(), ty.clone());
    ty
}

/// Takes away the parts that say nothing of the value: descriptions beside a reference, an `allOf` of one. Whether
/// `null` is allowed is for the schema itself to say.
fn peel(types: &mut Types<'_>, id: SchemaId) -> Peeled {
    let schemas = types.schemas;
    let mut current = id;
    let mut targets: Vec<SchemaId> = Vec::new();
    let mut is_circle = false;
    for _ in 0..MAX_LINKS {
        let here = |current| if targets.is_empty() { Peeled::Here(current) } else { Peeled::Elsewhere(current) };
        let schema = schemas.get(current);
        if !schema.is_object() || keywords::shapes(schemas, schema) {
            return here(current);
        }
        let mut members = keywords::members(schema).filter(|member| match member {
            Member::Reference => true,
            Member::AllOf(part) => keywords::says(schemas, *part),
        });
        let (Some(member), None) = (members.next(), members.next()) else { return here(current) };
        match member {
            // An alternative to `null` there says so there.
            Member::AllOf(part) if adds_null(schemas, part) => return here(current),
            Member::AllOf(part) => current = part,
            Member::Reference => {
                let Some(target) = types.target(current) else { return Peeled::Nothing };
                if let Some(named) = types.components.get(&target) {
                    return Peeled::Component(named.clone());
                }
                if targets.contains(&target) {
                    is_circle = true;
                    break;
                }
                targets.push(target);
                current = target;
            }
        }
    }
    let problem = if is_circle {
        Problem::ReferenceCycle
    } else {
        Problem::Unsupported { what: format!("a row of more than {MAX_LINKS} references") }
    };
    let diagnostic = Diagnostic::warning(schemas.pointer(id).child("$ref"), problem);
    types.found.once(diagnostic.help("its values are typed as any JSON value"));
    Peeled::Nothing
}

/// Declares a type; `index` is its place among the others: before those that it was the reason for.
fn declare(types: &mut Types<'_>, index: usize, shape: Shape, name: Name, schema: Option<SchemaId>) {
    let doc = schema.map(|schema| types.doc(schema)).unwrap_or_default();
    let at = schema.map(|schema| types.schemas.pointer(schema)).unwrap_or_default();
    let unknown = Ident::chosen("Unknown");
    types.scalars.declare(&name.ident, &shape);
    let item = match shape {
        Shape::Struct(fields, rest, closed) => {
            DraftItem::Struct(DraftStruct { at, name, doc, fields, rest, is_closed: closed == Closed::Yes })
        }
        Shape::Enum(kind, variants) => DraftItem::Enum(Enum { at, name, doc, kind, variants, unknown }),
        Shape::Union(tag, variants, matching) => {
            let is_any_of = matching == Matching::Any;
            DraftItem::Union(DraftUnion { at, name, doc, tag, is_any_of, variants, unknown })
        }
        Shape::Type(ty) => DraftItem::Alias(Alias { at, name, doc, ty }),
    };
    types.items.insert(index, item);
}
