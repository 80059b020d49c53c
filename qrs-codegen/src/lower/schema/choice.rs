//! Schemas that a value satisfies one of: `oneOf`, `anyOf`, and a list of types.

use serde_json::{Map, Value};

use super::merged::{Choice, Merged, Sum, Values};
use super::node::{self, Kinds};
use super::values::Listed;
use super::{Peeled, Shape, doc, values};
use crate::diagnostic::{At, Pointer};
use crate::lower::Lowering;
use crate::model::{Doc, Form, TagPlace, Type, Variant};
use crate::naming::{Case, Scope};

/// Alternatives that are picked one within the other before what they make is looked at on its own.
const MOST_SETTLED: usize = 16;

/// An alternative.
struct Alternative<'a> {
    schema: &'a Value,
    at: Pointer,
    /// The place that it refers to, if it does nothing else.
    target: Option<(&'a Value, Pointer)>,
    /// The values of the tag that mean it, by the mapping.
    tags: Vec<String>,
}

/// What an alternative is made into, before its name is settled.
struct Picked {
    ty: Type,
    wanted: String,
    tags: Vec<String>,
    tag_declared: bool,
    doc: Doc,
}

impl<'a> Lowering<'a> {
    /// What alternatives are made into; nothing if they change nothing of the type.
    pub(super) fn choice(
        &mut self,
        merged: &Merged<'a>,
        sum: &Sum<'a>,
        choice: &Choice<'a>,
        name: &str,
    ) -> Option<Shape> {
        let place = merged.at(choice.part);
        let holder = place.child(choice.keyword);
        let members = choice.list.as_array().map_or(&[][..], Vec::as_slice);
        let says = merged.says(choice);
        let has_base = says || merged.is_of_kind();
        if has_base && members.iter().all(only_requires) {
            if members.iter().any(|member| member.as_object().is_some_and(|map| !map.is_empty())) {
                self.note(
                    holder.pointer(),
                    format!("`{}` of what is required", choice.keyword),
                    "the type does not enforce it",
                );
            }
            return None;
        }
        let mut alternatives = self.alternatives(members, sum, holder);
        self.leave_out_impossible(&mut alternatives, merged);
        if alternatives.is_empty() {
            return Some(Shape::Type(Type::Json));
        }
        if !says && let Some(shape) = self.texts(&alternatives) {
            return Some(shape);
        }
        let discriminator = merged.parts[choice.part].map.get("discriminator").and_then(Value::as_object);
        let discriminator =
            discriminator.or_else(|| merged.last("discriminator").and_then(|(value, _)| value.as_object()));
        let base = has_base.then_some((sum, choice.list));
        if let [one] = alternatives.as_slice()
            && let Some(shape) = self.alone(one, base, choice.list, name)
        {
            return Some(shape);
        }
        Some(self.union(alternatives, discriminator, base, name))
    }

    /// Leaves out the alternatives that have another type than what stands beside them, if there are others.
    fn leave_out_impossible(&mut self, alternatives: &mut Vec<Alternative<'a>>, merged: &Merged<'a>) {
        let fits = |alternative: &Alternative<'_>| {
            let schema = alternative.target.as_ref().map_or(alternative.schema, |(target, _)| *target);
            let kinds = schema.as_object().and_then(Kinds::of).filter(|kinds| !kinds.is_empty());
            kinds.is_none_or(|kinds| !kinds.and(merged.kinds).is_empty())
        };
        if !merged.typed || !alternatives.iter().any(fits) {
            return;
        }
        alternatives.retain(|alternative| {
            let fits = fits(alternative);
            if !fits {
                let what = "an alternative of another type than what stands beside it".to_owned();
                self.note(alternative.at.clone(), what, "no value can be that");
            }
            fits
        });
    }

    /// A schema with a discriminator, which others are made of by `allOf`, stands for each of them, and for itself.
    pub(super) fn family(
        &mut self,
        schema: &'a Value,
        children: &[(&'a Value, Pointer)],
        name: &str,
        at: At<'_>,
    ) -> Option<Shape> {
        let discriminator = schema.get("discriminator")?.as_object()?;
        let mut alternatives: Vec<Alternative<'a>> = Vec::new();
        for (child, place) in children {
            let target = Some((*child, place.clone()));
            alternatives.push(Alternative { schema: child, at: place.clone(), target, tags: Vec::new() });
        }
        if let Some(mapping) = discriminator.get("mapping").and_then(Value::as_object) {
            self.map_tags(mapping, &mut alternatives);
        }
        let tag = discriminator.get("propertyName").and_then(Value::as_str)?;
        let mut picked = self.picked(alternatives, Some(tag), None, name);
        let own = Sum::of(schema, at.pointer());
        let tag_declared = self.declared_tag(&own, tag).found;
        let ty = self.mention_sum(&own, &format!("{name} base")).unwrap_nullable();
        picked.push(Picked {
            ty,
            wanted: name.to_owned(),
            tags: vec![name.to_owned()],
            tag_declared,
            doc: Doc::default(),
        });
        Some(Self::settle(picked, Some(tag), &at.pointer()))
    }

    /// What the only alternative is made into: the type itself is that.
    fn alone(
        &mut self,
        one: &Alternative<'a>,
        base: Option<(&Sum<'a>, &'a Value)>,
        list: &'a Value,
        name: &str,
    ) -> Option<Shape> {
        // An alternative may be put together of the schema that has it.
        let list = std::ptr::from_ref(list);
        if self.alone.contains(&list) {
            return None;
        }
        let sum = match base {
            Some((sum, list)) => sum.with((one.schema, one.at.clone()), list),
            None => match self.peel(one.schema, At::of(&one.at)) {
                Peeled::Here(schema, at) => Sum::of(schema, at),
                _ => return None,
            },
        };
        if sum.settled.len() > MOST_SETTLED {
            return None;
        }
        let merged = self.gather(&sum);
        self.alone.push(list);
        let shape = self.shape(&merged, &sum, name);
        self.alone.pop();
        Some(match shape {
            Shape::Type(ty) if merged.nullable => Shape::Type(ty.nullable()),
            shape => shape,
        })
    }

    /// A list of types, each of them an alternative.
    pub(super) fn kinds(&mut self, merged: &Merged<'a>, sum: &Sum<'a>, name: &str) -> Shape {
        let mut scope = Scope::new(Case::Type, RESERVED);
        let mut variants = Vec::new();
        for kind in merged.kinds.each() {
            let one = Sum { only: kind, ..sum.clone() };
            let (ident, _) = scope.claim(&title_of_kind(kind), sum.at());
            let ty = self.mention_sum(&one, &format!("{name} {}", ident.as_str())).unwrap_nullable();
            variants.push(Picked {
                ty,
                wanted: ident.as_str().to_owned(),
                tags: Vec::new(),
                tag_declared: false,
                doc: Doc::default(),
            });
        }
        Self::settle(variants, None, &sum.at())
    }

    /// The alternatives to `null`, each once.
    fn alternatives(&mut self, members: &'a [Value], sum: &Sum<'a>, holder: At<'_>) -> Vec<Alternative<'a>> {
        let mut all: Vec<Alternative<'a>> = Vec::new();
        for (index, schema) in members.iter().enumerate().filter(|(_, member)| !node::is_null(member)) {
            let at = holder.index(index);
            let target = match schema.as_object().and_then(|map| Some((map, node::reference(map)?))) {
                Some((map, key)) if !node::shapes(map) => {
                    let reference = map[key].as_str().unwrap_or_default();
                    self.target(reference, at.child(key))
                }
                _ => None,
            };
            let known = |other: &Alternative<'_>| match (&target, &other.target) {
                (Some((one, _)), Some((other, _))) => std::ptr::eq(*one, *other),
                (None, None) => other.schema == schema,
                _ => false,
            };
            // A value is none the more itself for being an alternative to others.
            let itself = target
                .as_ref()
                .is_some_and(|(target, _)| sum.roots.iter().any(|(root, _)| std::ptr::eq(*root, *target)));
            if !itself && !all.iter().any(known) {
                all.push(Alternative { schema, at: at.pointer(), target, tags: Vec::new() });
            }
        }
        all
    }

    /// Alternatives that are all texts, or all whole numbers, out of lists: one enum of all their values.
    fn texts(&mut self, alternatives: &[Alternative<'a>]) -> Option<Shape> {
        let mut listed: Vec<Listed<'a>> = Vec::new();
        let mut lists = 0;
        let mut integer = "i64";
        let (mut kinds, mut only) = (None, None);
        for (index, alternative) in alternatives.iter().enumerate() {
            let sum = Sum::of(alternative.schema, alternative.at.clone());
            let merged = self.gather(&sum);
            if !merged.choices.is_empty() {
                return None;
            }
            let kind = match merged.values() {
                Some(values) => {
                    let first = values.listed.iter().map(|(_, value)| *value).find(|value| !value.is_null())?;
                    let kind = Kinds::of_value(first);
                    integer = values::integer(&merged);
                    let more = self.constants(&merged, &values, alternative);
                    if more.iter().any(|listed| Kinds::of_value(listed.value) != kind) {
                        return None;
                    }
                    listed.extend(
                        more.into_iter()
                            .filter(|more| !listed.iter().any(|known| known.value == more.value))
                            .collect::<Vec<_>>(),
                    );
                    lists += 1;
                    only = Some(index);
                    kind
                }
                // Any other text is kept as well.
                None if merged.typed && merged.kinds == Kinds::STRING && merged.format().is_none() => Kinds::STRING,
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
            let one = &alternatives[index];
            let ty = self.mention_schema(one.schema, "", At::of(&one.at));
            return Some(Shape::Type(ty.unwrap_nullable()));
        }
        (lists > 0 && (lists > 1 || alternatives.len() > 1)).then(|| self.enum_of(listed, integer))
    }

    /// The values of an alternative. What is said of a schema of one value is said of the value.
    fn constants(
        &mut self,
        merged: &Merged<'a>,
        values: &Values<'a>,
        alternative: &Alternative<'a>,
    ) -> Vec<Listed<'a>> {
        let mut listed = self.listed(merged, values);
        if let [one] = listed.as_mut_slice() {
            let title = alternative.schema.get("title").and_then(Value::as_str);
            // A text speaks for itself, a number does not.
            if !one.value.is_string() {
                one.name = one.name.or(title);
            }
            if one.doc.0.is_empty() && alternative.target.is_none() {
                let mut words = values::doc_of_constant(alternative.schema);
                words.0.retain(|line| !line.starts_with("Default: "));
                one.doc = words;
            }
        }
        listed
    }

    fn union(
        &mut self,
        mut alternatives: Vec<Alternative<'a>>,
        discriminator: Option<&'a Map<String, Value>>,
        base: Option<(&Sum<'a>, &'a Value)>,
        name: &str,
    ) -> Shape {
        let tag = discriminator.and_then(|discriminator| discriminator.get("propertyName")).and_then(Value::as_str);
        if let Some(mapping) = discriminator.and_then(|one| one.get("mapping")).and_then(Value::as_object) {
            self.map_tags(mapping, &mut alternatives);
        }
        let at = alternatives.first().map(|first| first.at.clone()).unwrap_or_default();
        let picked = self.picked(alternatives, tag, base, name);
        let tagged = picked.iter().all(|one| !one.tags.is_empty());
        Self::settle(picked, tag.filter(|_| tagged), &at)
    }

    /// The type, the name and the tags of each alternative.
    fn picked(
        &mut self,
        alternatives: Vec<Alternative<'a>>,
        tag: Option<&str>,
        base: Option<(&Sum<'a>, &'a Value)>,
        name: &str,
    ) -> Vec<Picked> {
        let alone = alternatives.len() == 1;
        let mut scope = Scope::new(Case::Type, RESERVED);
        let mut picked = Vec::new();
        for alternative in alternatives {
            let Alternative { schema, at, target, tags } = alternative;
            let whole = Sum::of(schema, at.clone());
            let sum = base.map_or_else(|| whole.clone(), |(base, list)| base.with((schema, at.clone()), list));
            let merged = self.gather(&whole);
            let declared = tag.map(|tag| self.declared_tag(&sum, tag)).unwrap_or_default();
            let own = target.as_ref().and_then(|(_, place)| place.tokens().last().cloned());
            let tags = match (tags.is_empty(), &declared.values, &own) {
                (false, ..) => tags,
                (true, values, _) if !values.is_empty() => values.clone(),
                (true, _, Some(own)) => vec![own.clone()],
                _ => Vec::new(),
            };
            let wanted = self.variant_name(schema, own.as_deref(), &tags, &merged, At::of(&at));
            let (ident, _) = scope.claim(&wanted, at.clone());
            let inline = if alone { name.to_owned() } else { format!("{name} {}", ident.as_str()) };
            let ty = match base {
                Some(_) => self.mention_sum(&sum, &inline),
                None => self.mention_schema(schema, &inline, At::of(&at)),
            };
            let doc = if target.is_some() { Doc::default() } else { doc::of(schema) };
            picked.push(Picked {
                ty: ty.unwrap_nullable(),
                wanted: ident.as_str().to_owned(),
                tags,
                tag_declared: declared.found,
                doc,
            });
        }
        picked
    }

    /// Names the variants, and takes those together that are the same.
    fn settle(picked: Vec<Picked>, tag: Option<&str>, at: &Pointer) -> Shape {
        if picked.iter().any(|one| one.ty == Type::Json) && tag.is_none() {
            return Shape::Type(Type::Json);
        }
        let mut kept: Vec<Picked> = Vec::new();
        let mut taken = std::collections::HashSet::new();
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
        for Picked { ty, wanted, tags, tag_declared, doc } in kept {
            let mut push = |wanted: &str, tags: Vec<String>, place| {
                let (ident, _) = scope.claim(wanted, at.clone());
                variants.push(Variant {
                    ident,
                    doc: doc.clone(),
                    ty: ty.clone(),
                    tags,
                    tag_place: place,
                    form: Form::Any,
                    from: false,
                });
            };
            match (tag, tag_declared, tags.len()) {
                // A value that does not hold its tag is told by the variant alone: each tag has one.
                (Some(_), false, 2..) => {
                    for tag in tags {
                        push(&tag, vec![tag.clone()], TagPlace::Outside);
                    }
                }
                (Some(_), false, _) => push(&wanted, tags, TagPlace::Outside),
                (Some(_), true, _) => push(&wanted, tags, TagPlace::Inside),
                (None, ..) => push(&wanted, Vec::new(), TagPlace::Inside),
            }
        }
        Shape::Union(tag.map(str::to_owned), variants)
    }

    /// Gives each alternative the values of the tag that the mapping has for it.
    fn map_tags(&mut self, mapping: &'a Map<String, Value>, alternatives: &mut [Alternative<'a>]) {
        let tree = self.tree;
        let components = tree.get("components").and_then(|components| components.get("schemas"));
        for (tag, to) in mapping.iter().filter_map(|(tag, to)| Some((tag, to.as_str()?))) {
            // By its name, or by a reference, whose last part is the name.
            let by_name = components.and_then(|schemas| schemas.get(to));
            let target = by_name.or_else(|| {
                let pointer = Pointer::parse(&crate::pointer::percent_decoded(to.strip_prefix('#')?))?;
                pointer.value_in(tree)
            });
            let named = |alternative: &Alternative<'a>| match (&alternative.target, target) {
                (Some((one, _)), Some(other)) => std::ptr::eq(*one, other),
                (Some((_, place)), None) => {
                    let stem = to.rsplit('/').next().unwrap_or(to);
                    let stem = stem.strip_suffix(".json").or_else(|| stem.strip_suffix(".yaml")).unwrap_or(stem);
                    place.tokens().last().is_some_and(|name| name == stem)
                }
                _ => false,
            };
            if let Some(alternative) = alternatives.iter_mut().find(|alternative| named(alternative)) {
                alternative.tags.push(tag.clone());
            }
        }
    }

    /// What an alternative itself says of the property that is the tag.
    fn declared_tag(&mut self, sum: &Sum<'a>, tag: &str) -> DeclaredTag {
        let merged = self.gather(sum);
        let Some(sources) = merged.properties().get(tag).cloned() else {
            // Alternatives within an alternative hold the tag, if anything does.
            return DeclaredTag { found: !merged.choices.is_empty(), values: Vec::new() };
        };
        let mut values = Vec::new();
        for (schema, part) in sources {
            let place = merged.at(part);
            let holder = place.child("properties");
            let property = self.gather(&Sum::of(schema, holder.child(tag).pointer()));
            if let Some(listed) = property.values() {
                values = listed.listed.iter().filter_map(|(_, value)| value.as_str()).map(str::to_owned).collect();
            }
        }
        // A list of all tags that there are says nothing of this one.
        if values.len() > 1 {
            values.clear();
        }
        DeclaredTag { found: true, values }
    }

    /// What the document calls an alternative, or what it is.
    fn variant_name(
        &mut self,
        schema: &'a Value,
        own: Option<&str>,
        tags: &[String],
        merged: &Merged<'a>,
        at: At<'_>,
    ) -> String {
        let title = schema.get("title").and_then(Value::as_str).filter(|title| title.len() <= 48);
        if let Some(name) = own.or(title).or_else(|| tags.first().map(String::as_str)) {
            return name.to_owned();
        }
        if let Peeled::Component(declared) = self.peel(schema, at) {
            return declared.ident.as_str().to_owned();
        }
        // What a property is fixed to tells alternatives apart.
        let constant = merged.properties().into_values().flatten().find_map(|(schema, _)| {
            let map = schema.as_object()?;
            let listed = node::list(map, "enum");
            map.get("const").or_else(|| listed.first().filter(|_| listed.len() == 1))?.as_str()
        });
        if let Some(constant) = constant {
            return constant.to_owned();
        }
        match merged.format() {
            Some((format @ ("uuid" | "date" | "date-time" | "ipv4" | "ipv6" | "uri" | "email"), _)) => {
                format.to_owned()
            }
            _ if merged.has_properties() => title_of_kind(Kinds::OBJECT),
            _ => title_of_kind(merged.kinds),
        }
    }
}

/// What an alternative says of the tag.
#[derive(Default)]
struct DeclaredTag {
    found: bool,
    values: Vec<String>,
}

/// Names that a variant must not have.
const RESERVED: &[&str] = &["Unknown", "Self"];

fn title_of_kind(kind: Kinds) -> String {
    match kind {
        Kinds::BOOL => "Bool",
        Kinds::INTEGER => "Integer",
        Kinds::NUMBER => "Number",
        Kinds::STRING => "String",
        Kinds::LIST => "List",
        Kinds::OBJECT => "Object",
        _ => "Value",
    }
    .to_owned()
}

/// Whether a schema says no more of an object than what has to be there.
fn only_requires(schema: &Value) -> bool {
    let Some(map) = schema.as_object() else { return schema == &Value::Bool(true) };
    map.iter().all(|(key, value)| match key.as_str() {
        "required" | "not" | "title" | "description" | "minProperties" | "maxProperties" => true,
        "type" => value == "object",
        "properties" => value.as_object().is_some_and(|all| all.values().all(says_nothing)),
        key => key.starts_with("x-"),
    })
}

fn says_nothing(schema: &Value) -> bool {
    schema.is_boolean() || schema.as_object().is_some_and(|map| !node::says(schema) && !map.contains_key("type"))
}
