//! Schemas that list their values: `enum` and `const`.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::intersection::{Merged, Values};
use super::kinds::Kinds;
use super::union::RESERVED;
use super::{Shape, Types};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::document::Schema;
use crate::lower::doc;
use crate::model::{Doc, EnumKind, EnumVariant, Type};
use crate::naming::{self, Case, Ident, Scope, ident};

/// A value that a variant stands for.
pub(super) struct ListedValue<'d> {
    pub(super) value: &'d Value,
    /// Its name in the document.
    pub(super) name: Option<&'d str>,
    pub(super) doc: Doc,
    pub(super) at: Pointer,
}

/// The declaration that listed values ask for.
pub(super) fn of<'d>(types: &mut Types<'d>, merged: &Merged<'d>, values: &Values<'d>) -> Shape {
    let listed = listed(types, merged, values);
    if listed.is_empty() {
        return Shape::Type(Type::Json);
    }
    enum_of(types, listed, integer(merged))
}

/// An enum of values, each once; a plain type for values of which no enum is made.
pub(super) fn enum_of(types: &mut Types<'_>, listed: Vec<ListedValue<'_>>, integer: &'static str) -> Shape {
    let kinds = listed.iter().map(|listed| Kinds::of_value(listed.value)).reduce(Kinds::or);
    let kind = match kinds {
        Some(Kinds::STRING) => EnumKind::Text,
        Some(Kinds::INTEGER) => holding(&listed, integer).map_or(EnumKind::Mixed, EnumKind::Integer),
        Some(Kinds::BOOL) => return Shape::Type(Type::Bool),
        // Fractions have no names, and no equality to tell them by.
        Some(kinds) if kinds.within(Kinds::NUMBER) => return Shape::Type(Type::Float("f64")),
        Some(kinds) if kinds.and(Kinds::LIST.or(Kinds::OBJECT)).is_empty() => EnumKind::Mixed,
        _ => return Shape::Type(Type::Json),
    };
    let mut scope = Scope::new(Case::Type, RESERVED);
    let mut variants = Vec::with_capacity(listed.len());
    let mut plain: HashMap<Ident, usize> = HashMap::new();
    for text in listed.iter().filter_map(|listed| listed.value.as_str()) {
        *plain.entry(ident(text, Case::Type)).or_default() += 1;
    }
    for ListedValue { value, name, doc, at } in listed {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // `name` and `-name` differ by their signs alone.
        let is_shared = plain.get(&ident(&text, Case::Type)).is_some_and(|count| *count > 1);
        let spelled = if is_shared { naming::with_signs(&text) } else { None };
        let wanted = name.or(spelled.as_deref()).unwrap_or(&text);
        let (variant, collision) = scope.claim(wanted, at.clone());
        types.found.collided(wanted, &variant, collision, At::of(&at));
        variants.push(EnumVariant { ident: variant, value: value.clone(), doc });
    }
    Shape::Enum(kind, variants)
}

/// The values that a schema lists, without `null` and without those that its type does not allow.
pub(super) fn listed<'d>(types: &mut Types<'d>, merged: &Merged<'d>, values: &Values<'d>) -> Vec<ListedValue<'d>> {
    let Values { part, keyword, listed: values } = values;
    let schema = types.schemas.get(*part);
    let list = types.schemas.pointer(*part).child(*keyword);
    let total = schema.values("enum").len();
    let mut seen = HashSet::new();
    let mut listed = Vec::new();
    for &(index, value) in values {
        if value.is_null() {
            continue;
        }
        let at = if *keyword == "enum" { list.child(index.to_string()) } else { list.clone() };
        if !Kinds::of_value(value).within(merged.kinds) && !is_whole(value, merged.kinds) {
            let found = crate::validate::describe(value);
            let problem = Problem::WrongType { expected: expected(merged.kinds), found };
            let help = "the schema's `type` says so: the value is left out";
            types.found.once(Diagnostic::warning(at, problem).help(help));
            continue;
        }
        if !seen.insert(value) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let problem = Problem::DuplicateValue { value: text };
            types.found.once(Diagnostic::warning(at, problem).help("once is enough"));
            continue;
        }
        let beside = |keys: &[&str]| keys.iter().find_map(|key| at_index(schema, key, index, total));
        let name = || beside(&["x-enum-varnames", "x-enumNames"]).or_else(|| in_ms_enum(schema, value, "name"));
        let name = (*keyword == "enum").then(name).flatten();
        let said = beside(&["x-enum-descriptions", "x-enumDescriptions"]).or_else(|| by_value(schema, value));
        let said = said.or_else(|| in_ms_enum(schema, value, "description"));
        listed.push(ListedValue { value, name, doc: doc([said]), at });
    }
    listed
}

/// A type that holds every number of a list, if there is one: the one that the schema asks for, or a larger one.
fn holding(listed: &[ListedValue<'_>], wanted: &'static str) -> Option<&'static str> {
    let number = |listed: &ListedValue<'_>| {
        listed.value.as_i64().map_or_else(|| listed.value.as_u64().map_or(0, i128::from), i128::from)
    };
    let (least, most) =
        listed.iter().map(number).fold((0, 0), |(least, most), number| (number.min(least), number.max(most)));
    let holds = |name: &str| {
        let (low, high) = match name {
            "i8" => (i128::from(i8::MIN), i128::from(i8::MAX)),
            "i16" => (i128::from(i16::MIN), i128::from(i16::MAX)),
            "i32" => (i128::from(i32::MIN), i128::from(i32::MAX)),
            "u8" => (0, i128::from(u8::MAX)),
            "u16" => (0, i128::from(u16::MAX)),
            "u32" => (0, i128::from(u32::MAX)),
            "u64" => (0, i128::from(u64::MAX)),
            _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
        };
        low <= least && most <= high
    };
    [wanted, "i64", "u64"].into_iter().find(|name| holds(name))
}

/// A list beside `enum` that says something of each of its values.
fn at_index<'s>(schema: &'s Schema, key: &str, index: usize, total: usize) -> Option<&'s str> {
    let list = schema.get(key)?.as_array().filter(|list| list.len() == total)?;
    list.get(index)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A text of Microsoft's extension about a value.
fn in_ms_enum<'s>(schema: &'s Schema, value: &Value, key: &str) -> Option<&'s str> {
    let values = schema.get("x-ms-enum")?.get("values")?.as_array()?;
    let own = values.iter().find(|own| own.get("value") == Some(value))?;
    own.get(key)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A map beside `enum` that says something of its values.
fn by_value<'s>(schema: &'s Schema, value: &Value) -> Option<&'s str> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ["x-enum-descriptions", "x-enumDescriptions"].iter().find_map(|key| schema.get(key)?.get(&text)?.as_str())
}

/// `1.0` is a whole number to JSON Schema, whatever it is to a parser.
pub(super) fn is_whole(value: &Value, kinds: Kinds) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0) && Kinds::INTEGER.within(kinds)
}

pub(super) fn expected(kinds: Kinds) -> &'static str {
    match kinds {
        Kinds::STRING => "a string",
        Kinds::INTEGER => "a whole number",
        Kinds::NUMBER => "a number",
        Kinds::BOOL => "a boolean",
        Kinds::LIST => "a list",
        Kinds::OBJECT => "a map",
        _ => "a value of one of the schema's types",
    }
}

/// The Rust type of the whole numbers that a schema allows.
pub(super) fn integer(merged: &Merged<'_>) -> &'static str {
    match merged.format().map(|(format, _)| format) {
        Some("int8") => "i8",
        Some("int16") => "i16",
        Some("int32") => "i32",
        Some("uint8") => "u8",
        Some("uint16") => "u16",
        Some("uint32") => "u32",
        Some("uint64") => "u64",
        Some("int64") => "i64",
        _ if is_beyond_i64(merged) => "u64",
        _ => "i64",
    }
}

/// Whether the limits allow no negative number, and more than an `i64` holds.
fn is_beyond_i64(merged: &Merged<'_>) -> bool {
    let not_negative =
        merged.bound("minimum", "exclusiveMinimum").and_then(Value::as_f64).is_some_and(|limit| limit >= 0.0);
    // The largest `i64` is no `f64`: the next one is 2^63.
    let large = merged.bound("maximum", "exclusiveMaximum").is_some_and(|limit| {
        limit.as_i64().is_none() && limit.as_f64().is_some_and(|limit| limit >= 9_223_372_036_854_775_808.0)
    });
    not_negative && large
}
