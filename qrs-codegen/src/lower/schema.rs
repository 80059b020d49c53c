//! Schemas to declared and mentioned types.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use openapiv3::{
    AdditionalProperties, IntegerFormat, NumberFormat, ReferenceOr, Schema, SchemaKind, StringFormat,
    VariantOrUnknownOrEmpty,
};
use serde_json::Value;

use super::{Declared, Lowering, Resolved, codegen, doc};
use crate::diagnostic::{At, Pointer, Problem};
use crate::markdown;
use crate::model::{Alias, Doc, Enum, Field, Item, Name, Presence, Struct, Type};
use crate::naming::{Case, Scope};
use crate::normalize;

/// Names of a struct's associated functions, which a setter must keep clear of: its own, and those of its traits.
const RESERVED_SETTERS: &[&str] = &["new", "default", "clone", "eq", "ne", "fmt", "serialize", "deserialize"];

/// Schemas that one object is put together of, through `allOf`.
const MOST_PARTS: usize = 256;

type Property<'a> = &'a ReferenceOr<Box<Schema>>;

/// A schema's keywords, whichever of its forms `openapiv3` took it for.
#[derive(Clone, Copy)]
struct View<'a> {
    schema: &'a Schema,
    kind: Option<&'a str>,
    properties: Option<&'a IndexMap<String, ReferenceOr<Box<Schema>>>>,
    required: &'a [String],
    additional: Option<&'a AdditionalProperties>,
    items: Option<Property<'a>>,
    all_of: &'a [ReferenceOr<Schema>],
    one_of: &'a [ReferenceOr<Schema>],
    any_of: &'a [ReferenceOr<Schema>],
    not: bool,
}

impl<'a> View<'a> {
    fn of(schema: &'a Schema) -> Self {
        let mut view = View {
            schema,
            kind: None,
            properties: None,
            required: &[],
            additional: None,
            items: None,
            all_of: &[],
            one_of: &[],
            any_of: &[],
            not: false,
        };
        match &schema.schema_kind {
            SchemaKind::Type(openapiv3::Type::String(_)) => view.kind = Some("string"),
            SchemaKind::Type(openapiv3::Type::Number(_)) => view.kind = Some("number"),
            SchemaKind::Type(openapiv3::Type::Integer(_)) => view.kind = Some("integer"),
            SchemaKind::Type(openapiv3::Type::Boolean(_)) => view.kind = Some("boolean"),
            SchemaKind::Type(openapiv3::Type::Object(object)) => {
                view.kind = Some("object");
                view.properties = Some(&object.properties);
                view.required = &object.required;
                view.additional = object.additional_properties.as_ref();
            }
            SchemaKind::Type(openapiv3::Type::Array(array)) => {
                view.kind = Some("array");
                view.items = array.items.as_ref();
            }
            SchemaKind::OneOf { one_of } => view.one_of = one_of,
            SchemaKind::AllOf { all_of } => view.all_of = all_of,
            SchemaKind::AnyOf { any_of } => view.any_of = any_of,
            SchemaKind::Not { .. } => view.not = true,
            SchemaKind::Any(any) => {
                view.kind = any.typ.as_deref();
                view.properties = (!any.properties.is_empty()).then_some(&any.properties);
                view.required = &any.required;
                view.additional = any.additional_properties.as_ref();
                view.items = any.items.as_ref();
                view.all_of = &any.all_of;
                view.one_of = &any.one_of;
                view.any_of = &any.any_of;
                view.not = any.not.is_some();
            }
        }
        view
    }

    fn has_properties(&self) -> bool {
        self.properties.is_some_and(|properties| !properties.is_empty())
    }

    /// Whether it says nothing about the value beyond what stands in `allOf`.
    fn only_all_of(&self) -> bool {
        let says_object = self.kind == Some("object") && self.additional.is_none();
        (self.kind.is_none() || says_object)
            && !self.has_properties()
            && self.required.is_empty()
            && !self.is_choice()
            && self.items.is_none()
            && self.values().is_empty()
    }

    /// The only part of `allOf` that says anything about the value, beside descriptions.
    fn only_part(&self) -> Option<(usize, &'a ReferenceOr<Schema>)> {
        let says = |schema: &ReferenceOr<Schema>| match schema {
            ReferenceOr::Reference { .. } => true,
            ReferenceOr::Item(schema) => {
                let view = View::of(schema);
                view.kind.is_some() || !view.only_all_of() || !view.all_of.is_empty() || view.additional.is_some()
            }
        };
        let mut parts = self.all_of.iter().enumerate().filter(|(_, schema)| says(schema));
        match (parts.next(), parts.next()) {
            (Some(part), None) => Some(part),
            _ => None,
        }
    }

    fn is_choice(&self) -> bool {
        !self.one_of.is_empty() || !self.any_of.is_empty() || self.not
    }

    fn values(&self) -> Vec<Value> {
        match &self.schema.schema_kind {
            SchemaKind::Type(openapiv3::Type::String(string)) => {
                string.enumeration.iter().map(|value| value.clone().map_or(Value::Null, Value::String)).collect()
            }
            SchemaKind::Any(any) => any.enumeration.clone(),
            _ => Vec::new(),
        }
    }

    fn format(&self) -> Option<String> {
        fn text<T>(format: &VariantOrUnknownOrEmpty<T>, known: impl Fn(&T) -> &'static str) -> Option<String> {
            match format {
                VariantOrUnknownOrEmpty::Item(item) => Some(known(item).to_owned()),
                VariantOrUnknownOrEmpty::Unknown(unknown) => Some(unknown.clone()),
                VariantOrUnknownOrEmpty::Empty => None,
            }
        }
        match &self.schema.schema_kind {
            SchemaKind::Type(openapiv3::Type::String(string)) => text(&string.format, |format| match format {
                StringFormat::Date => "date",
                StringFormat::DateTime => "date-time",
                StringFormat::Password => "password",
                StringFormat::Byte => "byte",
                StringFormat::Binary => "binary",
            }),
            SchemaKind::Type(openapiv3::Type::Integer(integer)) => text(&integer.format, |format| match format {
                IntegerFormat::Int32 => "int32",
                IntegerFormat::Int64 => "int64",
            }),
            SchemaKind::Type(openapiv3::Type::Number(number)) => text(&number.format, |format| match format {
                NumberFormat::Float => "float",
                NumberFormat::Double => "double",
            }),
            SchemaKind::Any(any) => any.format.clone(),
            _ => None,
        }
    }

    /// The limits that the document sets, which the client leaves to the server to enforce.
    fn limits(&self) -> Option<String> {
        fn text<T: ToString>(value: Option<&T>) -> Option<String> {
            value.map(ToString::to_string)
        }
        fn code(value: Option<&String>) -> Option<String> {
            value.map(|value| markdown::code(value))
        }
        let mut out: Vec<String> = Vec::new();
        let mut limit = |keyword: &str, value: Option<String>| {
            if let Some(value) = value {
                out.push(format!("`{keyword}` {value}"));
            }
        };
        let bound = |exclusive: bool, keyword: &'static str| match (exclusive, keyword) {
            (true, "minimum") => "exclusiveMinimum",
            (true, _) => "exclusiveMaximum",
            (false, keyword) => keyword,
        };
        match &self.schema.schema_kind {
            SchemaKind::Type(openapiv3::Type::String(string)) => {
                limit("minLength", text(string.min_length.as_ref()));
                limit("maxLength", text(string.max_length.as_ref()));
                limit("pattern", code(string.pattern.as_ref()));
            }
            SchemaKind::Type(openapiv3::Type::Integer(integer)) => {
                limit(bound(integer.exclusive_minimum, "minimum"), text(integer.minimum.as_ref()));
                limit(bound(integer.exclusive_maximum, "maximum"), text(integer.maximum.as_ref()));
                limit("multipleOf", text(integer.multiple_of.as_ref()));
            }
            SchemaKind::Type(openapiv3::Type::Number(number)) => {
                limit(bound(number.exclusive_minimum, "minimum"), text(number.minimum.as_ref()));
                limit(bound(number.exclusive_maximum, "maximum"), text(number.maximum.as_ref()));
                limit("multipleOf", text(number.multiple_of.as_ref()));
            }
            SchemaKind::Type(openapiv3::Type::Array(array)) => {
                limit("minItems", text(array.min_items.as_ref()));
                limit("maxItems", text(array.max_items.as_ref()));
                limit("uniqueItems", array.unique_items.then(|| "`true`".to_owned()));
            }
            SchemaKind::Type(openapiv3::Type::Object(object)) => {
                limit("minProperties", text(object.min_properties.as_ref()));
                limit("maxProperties", text(object.max_properties.as_ref()));
            }
            SchemaKind::Any(any) => {
                limit("minLength", text(any.min_length.as_ref()));
                limit("maxLength", text(any.max_length.as_ref()));
                limit("pattern", code(any.pattern.as_ref()));
                limit(bound(any.exclusive_minimum == Some(true), "minimum"), text(any.minimum.as_ref()));
                limit(bound(any.exclusive_maximum == Some(true), "maximum"), text(any.maximum.as_ref()));
                limit("multipleOf", text(any.multiple_of.as_ref()));
                limit("minItems", text(any.min_items.as_ref()));
                limit("maxItems", text(any.max_items.as_ref()));
            }
            _ => {}
        }
        (!out.is_empty()).then(|| format!("Limits: {}.", out.join(", ")))
    }

    /// The values of an `enum` that has no type of its own: those of numbers and booleans.
    fn listed(&self) -> Option<String> {
        fn texts<T: ToString>(values: &[Option<T>]) -> Vec<String> {
            values.iter().flatten().map(|value| markdown::code(&value.to_string())).collect()
        }
        let values = match &self.schema.schema_kind {
            SchemaKind::Type(openapiv3::Type::Integer(integer)) => texts(&integer.enumeration),
            SchemaKind::Type(openapiv3::Type::Number(number)) => texts(&number.enumeration),
            SchemaKind::Type(openapiv3::Type::Boolean(boolean)) => texts(&boolean.enumeration),
            _ => Vec::new(),
        };
        (!values.is_empty()).then(|| format!("One of {}.", values.join(", ")))
    }

    fn doc(&self) -> Doc {
        let data = &self.schema.schema_data;
        let mut doc = doc([data.title.as_deref().filter(|_| data.description.is_none()), data.description.as_deref()]);
        let default = data.default.as_ref().filter(|value| !value.is_null());
        let format = self.format().filter(|format| format == "password");
        let facts = [
            self.limits(),
            self.listed(),
            default.map(|value| format!("Default: {}.", markdown::code(&value.to_string()))),
            data.read_only.then(|| "Read-only: the server sets it.".to_owned()),
            data.write_only.then(|| "Write-only: the server never sends it.".to_owned()),
            data.deprecated.then(|| "The document marks it as deprecated.".to_owned()),
            format.map(|_| "Secret: never shown in `Debug`.".to_owned()),
        ];
        for fact in facts.into_iter().flatten() {
            if !doc.0.is_empty() {
                doc.0.push(String::new());
            }
            doc.0.push(fact);
        }
        doc
    }
}

/// What a schema declares.
enum Shape {
    Struct(Vec<Field>),
    Enum(Vec<Name>),
    /// Nothing of its own.
    Type(Type),
}

impl<'a> Lowering<'a> {
    /// Declares every component schema. All their names are taken before any nested schema is looked at.
    pub(super) fn declare_schemas(&mut self) {
        let root = At::ROOT;
        let components = root.child("components");
        let at = components.child("schemas");
        let schemas = &self.components.schemas;
        for (name, schema) in schemas {
            let at = at.child(name);
            let extensions = schema.as_item().map(|schema| &schema.schema_data.extensions);
            let wanted = extensions.and_then(|extensions| codegen(extensions, "name")).and_then(Value::as_str);
            let wanted = wanted.unwrap_or(name);
            let (ident, collision) = self.type_names.claim(wanted, at.pointer());
            self.collided(wanted, &ident, collision, at);
            let nullable = schema.as_item().is_some_and(|schema| schema.schema_data.nullable);
            self.declared.insert(name, Declared { ident, nullable, at: at.pointer() });
        }
        for (name, schema) in schemas {
            let at = at.child(name);
            let Some(declared) = self.declared.get(name.as_str()) else { continue };
            let rust = Name { wire: name.clone(), ident: declared.ident.clone() };
            let place = self.items.len();
            let item = match schema {
                ReferenceOr::Reference { reference } => {
                    let ty = self.mention_reference(reference, at);
                    Item::Alias(Alias { at: at.pointer(), name: rust, doc: Doc::default(), ty })
                }
                ReferenceOr::Item(schema) => {
                    let view = View::of(schema);
                    let shape = self.shape(view, name, at);
                    declare(shape, rust, view.doc(), at)
                }
            };
            self.items.insert(place, item);
        }
    }

    /// The type of a schema where it is mentioned. `name` is what it is called if it has to be declared for that.
    pub(super) fn mention(&mut self, schema: &'a ReferenceOr<Schema>, name: &str, at: At<'_>) -> Type {
        match schema {
            ReferenceOr::Reference { reference } => self.mention_reference(reference, at),
            ReferenceOr::Item(schema) => self.mention_schema(schema, name, at),
        }
    }

    /// The type of a schema in a parameter, response or body, which are often shared: it is declared once.
    pub(super) fn shared_type(
        &mut self,
        schema: &'a ReferenceOr<Schema>,
        name: &str,
        is_shared: bool,
        at: At<'_>,
    ) -> Type {
        if !is_shared {
            return self.mention(schema, name, at);
        }
        let pointer = at.pointer();
        if let Some(ty) = self.shared.get(&pointer) {
            return ty.clone();
        }
        let ty = self.mention(schema, name, at);
        self.shared.insert(pointer, ty.clone());
        ty
    }

    /// The type that a chain of aliases stands for.
    pub(super) fn unaliased<'t>(&'t self, ty: &'t Type) -> &'t Type {
        let mut ty = ty;
        for _ in 0..self.items.len() {
            let Type::Item(ident) = ty else { break };
            let alias = self.items.iter().find_map(|item| match item {
                Item::Alias(alias) if &alias.name.ident == ident => Some(alias),
                _ => None,
            });
            let Some(alias) = alias else { break };
            ty = &alias.ty;
        }
        ty
    }

    fn mention_property(&mut self, schema: Property<'a>, name: &str, at: At<'_>) -> Type {
        match schema {
            ReferenceOr::Reference { reference } => self.mention_reference(reference, at),
            ReferenceOr::Item(schema) => self.mention_schema(schema, name, at),
        }
    }

    fn mention_reference(&mut self, reference: &str, at: At<'_>) -> Type {
        let Some(name) = self.component(reference, "schemas", at) else { return Type::Json };
        match self.declared.get(name.as_str()) {
            Some(Declared { ident, nullable: false, .. }) => Type::Item(ident.clone()),
            Some(Declared { ident, nullable: true, .. }) => Type::Nullable(Box::new(Type::Item(ident.clone()))),
            None => {
                self.dangling(reference, self.components.schemas.keys(), at);
                Type::Json
            }
        }
    }

    fn mention_schema(&mut self, schema: &'a Schema, name: &str, at: At<'_>) -> Type {
        let view = View::of(schema);
        let place = self.items.len();
        let ty = match self.shape(view, name, at) {
            Shape::Type(ty) => ty,
            shape => {
                let wanted = codegen(&schema.schema_data.extensions, "name").and_then(Value::as_str).unwrap_or(name);
                let (ident, collision) = self.type_names.claim(wanted, at.pointer());
                self.collided(wanted, &ident, collision, at);
                let item = declare(shape, Name { wire: wanted.to_owned(), ident: ident.clone() }, view.doc(), at);
                self.items.insert(place, item);
                Type::Item(ident)
            }
        };
        if schema.schema_data.nullable { ty.nullable() } else { ty }
    }

    fn shape(&mut self, view: View<'a>, name: &str, at: At<'_>) -> Shape {
        if self.lost_keywords(view, at) {
            return Shape::Type(Type::Json);
        }
        if view.only_all_of()
            && let Some((index, one)) = view.only_part()
        {
            let all_of = at.child("allOf");
            let at = all_of.index(index);
            return match one {
                ReferenceOr::Item(schema) if !schema.schema_data.nullable => self.shape(View::of(schema), name, at),
                one => Shape::Type(self.mention(one, name, at)),
            };
        }
        if view.is_choice() {
            let keyword = [("oneOf", !view.one_of.is_empty()), ("anyOf", !view.any_of.is_empty()), ("not", true)]
                .into_iter()
                .find_map(|(keyword, used)| used.then_some(keyword))
                .unwrap_or("not");
            self.warn(
                at.child(keyword),
                Problem::Unsupported { what: format!("`{keyword}`") },
                "its values are typed as any JSON value",
            );
            return Shape::Type(Type::Json);
        }
        if view.has_properties() || !view.all_of.is_empty() {
            return self.object(view, name, at);
        }
        let values = view.values();
        if !values.is_empty() && matches!(view.kind, None | Some("string")) {
            return self.enumeration(view, &values, at);
        }
        Shape::Type(self.simple(view, name, at))
    }

    /// Whether a keyword that 3.0 lacks leaves nothing to say about the type.
    fn lost_keywords(&mut self, view: View<'a>, at: At<'_>) -> bool {
        let lost = view.schema.schema_data.extensions.get(normalize::KEYWORDS).and_then(Value::as_array);
        let mut shaping = false;
        for keyword in lost.into_iter().flatten().filter_map(Value::as_str) {
            shaping |= normalize::is_shaping(keyword);
            let help = if normalize::is_shaping(keyword) {
                "its values are typed as any JSON value"
            } else {
                "the type does not enforce it"
            };
            self.warn(at.child(keyword), Problem::Unsupported { what: format!("`{keyword}`") }, help);
        }
        shaping
    }

    fn simple(&mut self, view: View<'a>, name: &str, at: At<'_>) -> Type {
        let format = view.format();
        match view.kind {
            Some("string") => string(format.as_deref()),
            Some("integer") => Type::Integer(match format.as_deref() {
                Some("int8") => "i8",
                Some("int16") => "i16",
                Some("int32") => "i32",
                Some("uint8") => "u8",
                Some("uint16") => "u16",
                Some("uint32") => "u32",
                Some("uint64") => "u64",
                _ => "i64",
            }),
            Some("number") => Type::Float(if format.as_deref() == Some("float") { "f32" } else { "f64" }),
            Some("boolean") => Type::Bool,
            Some("array") => {
                let element = match view.items {
                    Some(items) => self.mention_property(items, &format!("{name} item"), at.child("items")),
                    None => Type::Json,
                };
                Type::List(Box::new(element))
            }
            Some("object") => match view.additional {
                Some(AdditionalProperties::Schema(schema)) => {
                    let at = at.child("additionalProperties");
                    Type::Map(Box::new(self.mention(schema, &format!("{name} value"), at)))
                }
                _ => Type::JsonObject,
            },
            _ => match view.additional {
                Some(AdditionalProperties::Schema(schema)) => {
                    let at = at.child("additionalProperties");
                    Type::Map(Box::new(self.mention(schema, &format!("{name} value"), at)))
                }
                _ => Type::Json,
            },
        }
    }

    fn enumeration(&mut self, view: View<'a>, values: &[Value], at: At<'_>) -> Shape {
        let at = at.child("enum");
        let mut scope = Scope::new(Case::Type, &["Unknown", "Self"]);
        let mut variants = Vec::new();
        let mut seen = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            match value {
                Value::Null => {}
                Value::String(text) if !seen.insert(text) => {
                    self.warn(at.index(index), Problem::DuplicateValue { value: text.clone() }, "once is enough");
                }
                Value::String(text) => {
                    let at = at.index(index);
                    let (ident, collision) = scope.claim(text, at.pointer());
                    self.collided(text, &ident, collision, at);
                    variants.push(Name { wire: text.clone(), ident });
                }
                _ if view.kind.is_none() => return Shape::Type(Type::Json),
                other => {
                    let problem = Problem::WrongType { expected: "a string", found: crate::grammar::describe(other) };
                    self.error_with_help(at.index(index), problem, "the schema's `type` says so");
                }
            }
        }
        if variants.is_empty() { Shape::Type(Type::Json) } else { Shape::Enum(variants) }
    }

    fn object(&mut self, view: View<'a>, name: &str, at: At<'_>) -> Shape {
        let mut parts = Vec::new();
        if !self.parts(view, &mut HashSet::new(), &mut parts, at) {
            return Shape::Type(Type::Json);
        }
        let required: HashSet<&str> = parts.iter().flat_map(|(part, _)| part.required).map(String::as_str).collect();
        // A later part may say more of a property: its place is that of the first one.
        let mut properties: IndexMap<&str, (Property<'a>, &Pointer)> = IndexMap::new();
        for (part, place) in &parts {
            for (wire, schema) in part.properties.into_iter().flatten() {
                properties.insert(wire, (schema, place));
            }
        }
        if properties.is_empty() {
            return Shape::Type(self.free_form(&parts, name));
        }
        let mut idents = Scope::new(Case::Snake, &[]);
        let mut setters = Scope::new(Case::Snake, RESERVED_SETTERS);
        let mut wires: HashSet<&str> = properties.keys().copied().collect();
        let mut fields = Vec::with_capacity(properties.len());
        for (&wire, &(schema, place)) in &properties {
            let part = At::of(place);
            let holder = part.child("properties");
            let at = holder.child(wire);
            let (ident, collision) = idents.claim(wire, at.pointer());
            self.collided(wire, &ident, collision, at);
            let (setter, _) = setters.claim(wire, at.pointer());
            let ty = self.property_type(schema, name, wire, at);
            let (presence, ty) = if required.contains(wire) {
                (Presence::Required, ty)
            } else {
                // An optional property that is `null` is an optional property that is absent.
                (Presence::Optional, ty.unwrap_nullable())
            };
            let doc = schema.as_item().map(|schema| View::of(schema).doc()).unwrap_or_default();
            let aliases = self.aliases(schema, &mut wires, at);
            let name = Name { wire: wire.to_owned(), ident };
            fields.push(Field { at: at.pointer(), name, aliases, setter, doc, ty, presence, empty_is_none: false });
        }
        let undeclared =
            parts.iter().flat_map(|(part, _)| part.required).filter(|name| !properties.contains_key(name.as_str()));
        for name in undeclared.collect::<IndexSet<_>>() {
            self.warn(
                at.child("required"),
                Problem::UndeclaredProperty { property: name.clone() },
                "it is listed as required, but has no schema; it is left out",
            );
        }
        let open = |part: &View<'_>| {
            matches!(part.additional, Some(AdditionalProperties::Schema(_) | AdditionalProperties::Any(true)))
        };
        if let Some((_, place)) = parts.iter().find(|(part, _)| open(part)) {
            let at = At::of(place);
            self.warn(
                at.child("additionalProperties"),
                Problem::Unsupported { what: "`additionalProperties` beside `properties`".to_owned() },
                "further properties are neither sent nor kept",
            );
        }
        Shape::Struct(fields)
    }

    /// The type of an object of which no property is described: a map, if a part of it says of what.
    fn free_form(&mut self, parts: &[(View<'a>, Pointer)], name: &str) -> Type {
        let values = parts.iter().find_map(|(part, place)| match part.additional {
            Some(AdditionalProperties::Schema(schema)) => Some((&**schema, place)),
            _ => None,
        });
        match values {
            Some((schema, place)) => {
                let at = At::of(place);
                Type::Map(Box::new(self.mention(schema, &format!("{name} value"), at.child("additionalProperties"))))
            }
            None => Type::JsonObject,
        }
    }

    /// The type of a property. One of a component's is called after the component and declared once, however many
    /// schemas take it over by `allOf`.
    fn property_type(&mut self, schema: Property<'a>, parent: &str, wire: &str, at: At<'_>) -> Type {
        let pointer = at.pointer();
        if let Some(ty) = self.shared.get(&pointer) {
            return ty.clone();
        }
        let parent = match pointer.tokens() {
            [first, second, component, properties, _]
                if first == "components" && second == "schemas" && properties == "properties" =>
            {
                component.clone()
            }
            _ => parent.to_owned(),
        };
        if !self.open.insert(pointer.clone()) {
            self.warn(
                at,
                Problem::Unsupported { what: "a schema that is put together of itself".to_owned() },
                "its values are typed as any JSON value",
            );
            return Type::Json;
        }
        let ty = self.mention_property(schema, &format!("{parent} {wire}"), at);
        self.open.remove(&pointer);
        self.shared.insert(pointer, ty.clone());
        ty
    }

    /// Further names that a property is accepted by; none may be another property's.
    fn aliases(&mut self, schema: Property<'a>, wires: &mut HashSet<&'a str>, at: At<'_>) -> Vec<String> {
        let extensions = schema.as_item().map(|schema| &schema.schema_data.extensions);
        let given = extensions.and_then(|extensions| codegen(extensions, "aliases")).and_then(Value::as_array);
        let mut aliases = Vec::new();
        for (index, alias) in given.into_iter().flatten().filter_map(Value::as_str).enumerate() {
            if wires.insert(alias) {
                aliases.push(alias.to_owned());
                continue;
            }
            let extension = at.child("x-codegen");
            let list = extension.child("aliases");
            let problem = Problem::DuplicateValue { value: alias.to_owned() };
            self.error_with_help(list.index(index), problem, "it is the name of another property of this schema");
        }
        aliases
    }

    /// The schemas that an object is put together of, through `allOf`, each once, the outermost last; `false` if one of
    /// them is no object.
    fn parts(
        &mut self,
        view: View<'a>,
        seen: &mut HashSet<*const Schema>,
        parts: &mut Vec<(View<'a>, Pointer)>,
        at: At<'_>,
    ) -> bool {
        if !seen.insert(std::ptr::from_ref(view.schema)) {
            return true;
        }
        if seen.len() > MOST_PARTS {
            self.error(at, Problem::Unsupported { what: format!("`allOf` of more than {MOST_PARTS} schemas") });
            return false;
        }
        let all_of = at.child("allOf");
        for (index, part) in view.all_of.iter().enumerate() {
            let at = all_of.index(index);
            let Some(Resolved { item: part, component }) = self.resolve_schema(part, at) else { return false };
            let part = View::of(part);
            if !matches!(part.kind, None | Some("object")) || part.is_choice() {
                self.warn(
                    at,
                    Problem::Unsupported { what: "`allOf` of something else than objects".to_owned() },
                    "its values are typed as any JSON value",
                );
                return false;
            }
            let root = At::ROOT;
            let components = root.child("components");
            let schemas = components.child("schemas");
            // What a component says is shown where it says it.
            let at = component.map_or(at, |name| schemas.child(name));
            if !self.parts(part, seen, parts, at) {
                return false;
            }
        }
        parts.push((view, at.pointer()));
        true
    }

    fn resolve_schema(&mut self, schema: &'a ReferenceOr<Schema>, at: At<'_>) -> Option<Resolved<'a, Schema>> {
        let components = self.components;
        self.resolve(schema, "schemas", &components.schemas, at)
    }
}

/// What a schema says of its values, where they have no declaration of their own to carry it.
pub(super) fn doc_of(schema: &Schema) -> Doc {
    View::of(schema).doc()
}

fn declare(shape: Shape, name: Name, doc: Doc, at: At<'_>) -> Item {
    let at = at.pointer();
    match shape {
        Shape::Struct(fields) => Item::Struct(Struct { at, name, doc, fields, built: false }),
        Shape::Enum(variants) => {
            let unknown = crate::naming::Ident::chosen("Unknown");
            Item::Enum(Enum { at, name, doc, variants, unknown })
        }
        Shape::Type(ty) => Item::Alias(Alias { at, name, doc, ty }),
    }
}

fn string(format: Option<&str>) -> Type {
    match format {
        Some("password") => Type::Secret,
        Some("uuid") => Type::Uuid,
        Some("date-time") => Type::Timestamp,
        Some("date") => Type::Date,
        _ => Type::String,
    }
}
