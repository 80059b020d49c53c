//! Schemas that list their values: `enum` and `const`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::merged::{Merged, Values};
use super::node::Kinds;
use super::{Shape, doc};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::lower::{Lowering, doc as words};
use crate::model::{Doc, EnumKind, EnumVariant, Type};
use crate::naming::{Case, Scope};

/// Names that a value's variant must not have.
const RESERVED: &[&str] = &["Unknown", "Self"];

/// A value that a variant stands for.
pub(super) struct Listed<'a> {
    pub(super) value: &'a Value,
    /// What the document calls it.
    pub(super) name: Option<&'a str>,
    pub(super) doc: Doc,
    pub(super) at: Pointer,
}

impl<'a> Lowering<'a> {
    /// The enum of the values that a schema lists, or the type that holds them.
    pub(super) fn enumeration(&mut self, merged: &Merged<'a>, values: &Values<'a>) -> Shape {
        let listed = self.listed(merged, values);
        if listed.is_empty() {
            return Shape::Type(Type::Json);
        }
        self.enum_of(listed, integer(merged))
    }

    /// Values as an enum, each once; those of which none is made stay what they are.
    pub(super) fn enum_of(&mut self, listed: Vec<Listed<'a>>, integer: &'static str) -> Shape {
        let kinds = listed.iter().fold(None, |all: Option<Kinds>, listed| {
            let kind = Kinds::of_value(listed.value);
            Some(all.map_or(kind, |all| all.or(kind)))
        });
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
        for Listed { value, name, doc, at } in listed {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let wanted = name.unwrap_or(&text);
            let (ident, collision) = scope.claim(wanted, at.clone());
            self.collided(wanted, &ident, collision, At::of(&at));
            variants.push(EnumVariant { ident, value: value.clone(), doc });
        }
        Shape::Enum(kind, variants)
    }

    /// What a schema lists, without `null` and without what its type does not allow.
    pub(super) fn listed(&mut self, merged: &Merged<'a>, values: &Values<'a>) -> Vec<Listed<'a>> {
        let Values { part, keyword, listed: values } = values;
        let map = merged.parts[*part].map;
        let place = merged.at(*part);
        let list = place.child(keyword);
        let total = map.get("enum").and_then(Value::as_array).map_or(0, Vec::len);
        let mut seen = HashSet::new();
        let mut listed = Vec::new();
        for &(index, value) in values {
            let at = if *keyword == "enum" { list.index(index) } else { list };
            if value.is_null() {
                continue;
            }
            if !Kinds::of_value(value).within(merged.kinds) && !is_whole(value, merged.kinds) {
                let found = crate::validate::describe(value);
                let problem = Problem::WrongType { expected: expected(merged.kinds), found };
                self.once(
                    Diagnostic::warning(at.pointer(), problem)
                        .help("the schema's `type` says so: the value is left out"),
                );
                continue;
            }
            if !seen.insert(value) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let problem = Problem::DuplicateValue { value: text };
                self.once(Diagnostic::warning(at.pointer(), problem).help("once is enough"));
                continue;
            }
            let beside = |keys: &[&str]| keys.iter().find_map(|key| at_index(map, key, index, total));
            let name = (*keyword == "enum").then(|| beside(&["x-enum-varnames", "x-enumNames"])).flatten();
            let said = beside(&["x-enum-descriptions", "x-enumDescriptions"]).or_else(|| by_value(map, value));
            listed.push(Listed { value, name, doc: words([said]), at: at.pointer() });
        }
        listed
    }
}

/// A type that holds every number of a list, if there is one: the one that the schema asks for, or a larger one.
fn holding(listed: &[Listed<'_>], wanted: &'static str) -> Option<&'static str> {
    let number = |listed: &Listed<'_>| {
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
fn at_index<'a>(map: &'a Map<String, Value>, key: &str, index: usize, total: usize) -> Option<&'a str> {
    let list = map.get(key)?.as_array().filter(|list| list.len() == total)?;
    list.get(index)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A map beside `enum` that says something of its values.
fn by_value<'a>(map: &'a Map<String, Value>, value: &Value) -> Option<&'a str> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ["x-enum-descriptions", "x-enumDescriptions"].iter().find_map(|key| map.get(*key)?.get(&text)?.as_str())
}

/// `1.0` is a whole number to JSON Schema, whatever it is to a parser.
fn is_whole(value: &Value, kinds: Kinds) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0) && Kinds::INTEGER.within(kinds)
}

fn expected(kinds: Kinds) -> &'static str {
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
    let bound = |inclusive, exclusive| {
        merged
            .parts
            .iter()
            .rev()
            .find_map(|part| super::node::bound(part.map, inclusive, exclusive))
            .map(|(_, limit)| limit)
    };
    let not_negative = bound("minimum", "exclusiveMinimum").and_then(Value::as_f64).is_some_and(|limit| limit >= 0.0);
    // The largest `i64` is no `f64`: the next one is 2^63.
    let large = bound("maximum", "exclusiveMaximum").is_some_and(|limit| {
        limit.as_i64().is_none() && limit.as_f64().is_some_and(|limit| limit >= 9_223_372_036_854_775_808.0)
    });
    not_negative && large
}

/// What the docs of an enum's variant say, when it comes of a schema of its own.
pub(super) fn doc_of_constant(schema: &Value) -> Doc {
    doc::of(schema)
}
