//! What a schema is made into, once its parts are taken together.

use indexmap::IndexSet;
use serde_json::Value;

use super::merged::{Merged, Property, Sum};
use super::node::{self, Kinds};
use super::{Shape, doc, is_single, values};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::lower::{Lowering, codegen_of};
use crate::model::{Access, Field, Name, Presence, Rest, Type};
use crate::naming::{Case, Scope};

/// Names of a struct's associated functions, which a setter must keep clear of: its own, and those of its traits.
const RESERVED_SETTERS: &[&str] = &["new", "default", "clone", "eq", "ne", "fmt", "serialize", "deserialize"];

/// Formats of texts that are carried as texts.
const TEXTS: &[&str] = &[
    "binary",
    "char",
    "color",
    "commonmark",
    "duration",
    "email",
    "html",
    "hostname",
    "http-date",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "json",
    "markdown",
    "media-range",
    "phone",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-string",
    "sf-token",
    "string",
    "text",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "url",
];

impl<'a> Lowering<'a> {
    pub(super) fn shape(&mut self, merged: &Merged<'a>, sum: &Sum<'a>, name: &str) -> Shape {
        self.narrowed(merged);
        for choice in &merged.choices {
            if let Some(shape) = self.choice(merged, sum, choice, name) {
                return shape;
            }
        }
        if let Some(values) = merged.values() {
            let shape = self.enumeration(merged, &values);
            return match shape {
                // An object that a schema lists is still that object.
                Shape::Type(Type::Json) if merged.typed && is_single(merged.kinds) => self.of_kind(merged, sum, name),
                shape => shape,
            };
        }
        if merged.typed && !is_single(merged.kinds) && merged.kinds != Kinds::ALL {
            return self.kinds(merged, sum, name);
        }
        self.of_kind(merged, sum, name)
    }

    fn of_kind(&mut self, merged: &Merged<'a>, sum: &Sum<'a>, name: &str) -> Shape {
        let kind = if merged.typed && merged.kinds != Kinds::ALL { Some(merged.kinds) } else { inferred(merged) };
        match kind {
            Some(Kinds::OBJECT) if merged.has_properties() => self.object(merged, name),
            Some(Kinds::OBJECT) => Shape::Type(self.free_form(merged, name)),
            Some(Kinds::LIST) => Shape::Type(self.list(merged, name)),
            Some(kind) => Shape::Type(self.simple(merged, kind, &sum.at())),
            None => Shape::Type(Type::Json),
        }
    }

    /// Notes what a type does not hold a value to.
    fn narrowed(&mut self, merged: &Merged<'a>) {
        for (index, part) in merged.parts.iter().enumerate() {
            for keyword in node::NARROWING.iter().filter(|keyword| part.map.contains_key(**keyword)) {
                let at = merged.at(index).child(keyword).pointer();
                self.note(at, format!("`{keyword}`"), "the type does not enforce it");
            }
        }
    }

    fn simple(&mut self, merged: &Merged<'a>, kind: Kinds, at: &Pointer) -> Type {
        let format = merged.format();
        let text = format.map(|(format, _)| format);
        let (ty, known) = match kind {
            Kinds::STRING => match text {
                Some("password") => (Type::Secret, true),
                Some("uuid") => (Type::Uuid, true),
                Some("date-time") => (Type::Timestamp, true),
                Some("date") => (Type::Date, true),
                Some("byte") => (Type::Base64, true),
                Some("ipv4") => (Type::Address("Ipv4Addr"), true),
                Some("ipv6") => (Type::Address("Ipv6Addr"), true),
                Some("ip") => (Type::Address("IpAddr"), true),
                // Numbers and booleans as texts are texts.
                Some(format) => (Type::String, TEXTS.contains(&format) || is_numeric(format)),
                None => (Type::String, true),
            },
            Kinds::INTEGER => (Type::Integer(values::integer(merged)), text.is_none_or(is_numeric)),
            Kinds::NUMBER => {
                (Type::Float(if text == Some("float") { "f32" } else { "f64" }), text.is_none_or(is_numeric))
            }
            Kinds::BOOL => (Type::Bool, true),
            _ => (Type::Json, true),
        };
        if let (false, Some((format, part))) = (known, format) {
            let at = if merged.parts.is_empty() { at.clone() } else { merged.parts[part].at.clone() };
            let what = format!("the format `{format}`");
            self.note(at.child("format"), what, "the value is carried as its `type` says");
        }
        ty
    }

    fn list(&mut self, merged: &Merged<'a>, name: &str) -> Type {
        let name = format!("{name} item");
        let prefix = merged.last("prefixItems").filter(|(list, _)| list.is_array());
        let prefix = prefix.map(|(list, part)| (list, part, "prefixItems"));
        // Before 2020-12, a list of schemas under `items` was what `prefixItems` is now.
        let old = merged.last("items").filter(|(list, _)| list.is_array()).map(|(list, part)| (list, part, "items"));
        if let Some((list, part, keyword)) = prefix.or(old) {
            return self.tuple(merged, list, part, keyword, &name);
        }
        let sources: Property<'a> = merged.schemas("items");
        let element = self.mention_sources(merged, &sources, "items", None, &name);
        Type::List(Box::new(element))
    }

    /// A list whose first items each have a schema of their own.
    fn tuple(&mut self, merged: &Merged<'a>, list: &'a Value, part: usize, keyword: &'static str, name: &str) -> Type {
        let place = merged.at(part);
        let holder = place.child(keyword);
        let schemas = list.as_array().map_or(&[][..], Vec::as_slice);
        let mut types: Vec<Type> = Vec::new();
        for (index, schema) in schemas.iter().enumerate() {
            types.push(self.mention_schema(schema, name, holder.index(index)));
        }
        let count = |keyword: &str| merged.last(keyword).and_then(|(value, _)| value.as_u64());
        let length = schemas.len() as u64;
        let closed = ["items", "additionalItems"]
            .iter()
            .any(|key| merged.last(key).is_some_and(|(value, _)| value == &Value::Bool(false)));
        let exact = count("minItems").is_some_and(|least| least >= length)
            && (closed || count("maxItems").is_some_and(|most| most <= length));
        if exact && !types.is_empty() && types.len() <= 12 {
            return Type::Tuple(types);
        }
        if !closed && count("maxItems").is_none_or(|most| most > length) {
            let more: Property<'a> = if keyword == "prefixItems" { merged.schemas("items") } else { Vec::new() };
            let more = self.mention_sources(merged, &more, "items", None, name);
            types.push(more);
        }
        types.dedup();
        if let [one] = types.as_slice() {
            return Type::List(Box::new(one.clone()));
        }
        let what = format!("`{keyword}` of a list of any length");
        self.note(holder.pointer(), what, "its items are typed as any JSON value");
        Type::List(Box::new(Type::Json))
    }

    /// The type that several schemas under one keyword (and one name in it) say together.
    fn mention_sources(
        &mut self,
        merged: &Merged<'a>,
        sources: &Property<'a>,
        keyword: &str,
        key: Option<&str>,
        name: &str,
    ) -> Type {
        let mut kept: Property<'a> = Vec::new();
        for &(schema, part) in sources {
            if node::says(schema) && !kept.iter().any(|(other, _)| *other == schema) {
                kept.push((schema, part));
            }
        }
        if kept.is_empty() {
            kept.extend(sources.last());
        }
        let pointer = |part: usize| {
            let place = merged.at(part);
            let holder = place.child(keyword);
            key.map_or_else(|| holder.pointer(), |key| holder.child(key).pointer())
        };
        match kept.as_slice() {
            [] => Type::Json,
            [(schema, part)] => {
                let at = pointer(*part);
                // Others may say no more than that it can be `null`.
                let ty = self.mention_schema(schema, name, At::of(&at));
                let nullable =
                    |(schema, _): &(&Value, usize)| schema.as_object().is_some_and(|map| node::null(map) == Some(true));
                if sources.last().is_some_and(nullable) { ty.nullable() } else { ty }
            }
            several => {
                let roots = several.iter().map(|(schema, part)| (*schema, pointer(*part))).collect();
                let sum = Sum { roots, settled: Vec::new(), only: Kinds::ALL };
                self.mention_sum(&sum, name)
            }
        }
    }

    fn object(&mut self, merged: &Merged<'a>, name: &str) -> Shape {
        let properties = merged.properties();
        let required = merged.required();
        let mut idents = Scope::new(Case::Snake, &[]);
        let mut setters = Scope::new(Case::Snake, RESERVED_SETTERS);
        let mut wires: IndexSet<&str> = properties.keys().copied().collect();
        let mut fields = Vec::with_capacity(properties.len());
        for (&wire, sources) in &properties {
            let (outer, part) = sources.last().copied().unwrap_or((&Value::Null, 0));
            let place = merged.at(part);
            let holder = place.child("properties");
            let at = holder.child(wire);
            let (ident, collision) = idents.claim(wire, at.pointer());
            self.collided(wire, &ident, collision, at);
            let (setter, _) = setters.claim(wire, at.pointer());
            let ty = self.property_type(merged, sources, name, wire);
            let nullable = matches!(ty, Type::Nullable(_) | Type::Json);
            let (presence, ty) = if required.contains_key(wire) {
                (Presence::Required, ty)
            } else {
                // An optional property that is `null` is an optional property that is absent, as far as is known.
                (Presence::Optional, ty.unwrap_nullable())
            };
            let doc = sources.iter().rev().map(|(schema, _)| doc::of(schema)).find(|doc| !doc.0.is_empty());
            let aliases = self.aliases(outer, &mut wires, at);
            let name = Name { wire: wire.to_owned(), ident };
            fields.push(Field {
                at: at.pointer(),
                name,
                aliases,
                null_setter: setter.clone(),
                setter,
                doc: doc.unwrap_or_default(),
                nullable: nullable && ty != Type::Json,
                ty,
                presence,
                access: access(sources),
                asked: presence == Presence::Required,
                empty_is_none: false,
                constant: None,
                fixed: fixed(sources),
            });
        }
        let taken = setters_of_null(&mut fields, &mut setters);
        let rest = self.rest(merged, name).map(|ty| {
            let (ident, _) = idents.claim("additional_properties", taken.clone());
            let (setter, _) = setters.claim("additional_properties", taken);
            Rest { ident, setter, ty }
        });
        if rest.is_none() {
            self.undeclared(merged, &properties.keys().copied().collect());
        }
        Shape::Struct(fields, rest)
    }

    /// The type of a property. One of a component's is called after the component and declared once, however many
    /// schemas take it over by `allOf`.
    fn property_type(&mut self, merged: &Merged<'a>, sources: &Property<'a>, parent: &str, wire: &str) -> Type {
        let part = sources.last().map_or(0, |(_, part)| *part);
        let owner = match merged.parts[part].at.tokens() {
            [first, second, component] if sources.len() == 1 && first == "components" && second == "schemas" => {
                component
            }
            _ => parent,
        };
        let name = format!("{owner} {wire}");
        self.mention_sources(merged, sources, "properties", Some(wire), &name)
    }

    /// What further properties of an object are, if it says that it has any.
    fn rest(&mut self, merged: &Merged<'a>, name: &str) -> Option<Type> {
        // Beside a part that allows more, one that does not speaks of its own properties only.
        let allows = |keyword: &str| -> Property<'a> {
            let schemas = merged.schemas(keyword).into_iter();
            schemas.filter(|(schema, _)| *schema != &Value::Bool(false)).collect()
        };
        let mut keyword = "additionalProperties";
        let mut additional = allows(keyword);
        if additional.is_empty() {
            keyword = "unevaluatedProperties";
            additional = allows(keyword);
        }
        let name = format!("{name} value");
        let mut types = self.patterns(merged, &name);
        if !additional.is_empty() {
            types.push(self.mention_sources(merged, &additional, keyword, None, &name));
        }
        let first = types.first()?.clone();
        if types.iter().all(|ty| *ty == first) {
            return Some(first);
        }
        if let Some((_, part)) = merged.last("patternProperties") {
            let at = merged.at(part).child("patternProperties").pointer();
            self.note(at, "`patternProperties` of different types", "their values are typed as any JSON value");
        }
        Some(Type::Json)
    }

    fn patterns(&mut self, merged: &Merged<'a>, name: &str) -> Vec<Type> {
        let mut types = Vec::new();
        for (index, part) in merged.parts.iter().enumerate() {
            let Some(patterns) = part.map.get("patternProperties").and_then(Value::as_object) else { continue };
            let place = merged.at(index);
            let holder = place.child("patternProperties");
            self.note(holder.pointer(), "`patternProperties`", "any further property is taken for one of these");
            for (pattern, schema) in patterns {
                types.push(self.mention_schema(schema, name, holder.child(pattern)));
            }
        }
        types.dedup();
        types
    }

    /// The type of an object of which no property is described: a map, if it says of what.
    fn free_form(&mut self, merged: &Merged<'a>, name: &str) -> Type {
        let says_what = ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .any(|key| merged.schemas(key).iter().any(|(schema, _)| schema.is_object()));
        let has_patterns = merged.last("patternProperties").is_some();
        if !says_what && !has_patterns {
            return Type::JsonObject;
        }
        match self.rest(merged, name) {
            None | Some(Type::Json) if !says_what => Type::JsonObject,
            Some(ty) => Type::Map(Box::new(ty)),
            None => Type::JsonObject,
        }
    }

    /// Further names that a property is accepted by; none may be another property's.
    fn aliases(&mut self, schema: &'a Value, wires: &mut IndexSet<&'a str>, at: At<'_>) -> Vec<String> {
        let given = codegen_of(schema, "aliases").and_then(Value::as_array);
        let mut aliases = Vec::new();
        for (index, alias) in given.into_iter().flatten().filter_map(Value::as_str).enumerate() {
            if wires.insert(alias) {
                aliases.push(alias.to_owned());
                continue;
            }
            let extension = at.child("x-codegen");
            let list = extension.child("aliases");
            let problem = Problem::DuplicateValue { value: alias.to_owned() };
            let help = "it is the name of another property of this schema";
            self.once(Diagnostic::error(list.index(index).pointer(), problem).help(help));
        }
        aliases
    }
}

/// The setters of `null`, which are named once all others are.
fn setters_of_null(fields: &mut [Field], setters: &mut Scope<Pointer>) -> Pointer {
    let place = Pointer::default();
    for field in fields.iter_mut().filter(|field| field.nullable) {
        (field.null_setter, _) = setters.claim(&format!("{}_null", field.name.wire), place.clone());
    }
    place
}

/// Who sends a property.
fn access(sources: &Property<'_>) -> Access {
    let says = |key: &str| sources.iter().any(|(schema, _)| schema.get(key) == Some(&Value::Bool(true)));
    match (says("readOnly"), says("writeOnly")) {
        (true, false) => Access::Server,
        (false, true) => Access::Client,
        _ => Access::Both,
    }
}

/// The texts that a property is one of, where it says so itself.
fn fixed(sources: &Property<'_>) -> Vec<String> {
    for (schema, _) in sources.iter().rev() {
        let Some(map) = schema.as_object() else { continue };
        let constant = map.get("const").map(std::slice::from_ref).unwrap_or_default();
        let values = if constant.is_empty() { node::list(map, "enum") } else { constant };
        if !values.is_empty() && values.iter().all(Value::is_string) {
            return values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
    }
    Vec::new()
}

/// The kind of a schema that has no `type`, by what else it says.
fn inferred(merged: &Merged<'_>) -> Option<Kinds> {
    let has = |key: &str| merged.last(key).is_some();
    let describes = |key: &str| merged.schemas(key).iter().any(|(schema, _)| schema.is_object());
    if merged.has_properties() || describes("additionalProperties") || has("patternProperties") {
        return Some(Kinds::OBJECT);
    }
    if has("prefixItems") || has("items") {
        return Some(Kinds::LIST);
    }
    match merged.format()?.0 {
        "int32" | "int64" | "uint32" | "uint64" => Some(Kinds::INTEGER),
        "float" | "double" => Some(Kinds::NUMBER),
        "uuid" | "date-time" | "date" | "password" | "uri" | "email" | "ipv4" | "ipv6" | "hostname" | "byte" => {
            Some(Kinds::STRING)
        }
        _ => None,
    }
}

/// Formats of numbers: those that have a Rust type, and those that say no more than the type does.
fn is_numeric(format: &str) -> bool {
    matches!(
        format,
        "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "float"
            | "double"
            | "integer"
            | "int"
            | "long"
            | "number"
            | "decimal"
            | "double-int"
            | "unix-time"
            | "boolean"
    )
}
