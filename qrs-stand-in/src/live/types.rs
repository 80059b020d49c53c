//! The types of `types.txt`: what bodies have to hold, what condensed entities show, what filters may name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::filter::{self, Column, Columns};
use crate::reply::Refusal;
use crate::rows::{Row, guid};

/// A field of a type.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    is_required: bool,
    is_list: bool,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Guid,
    Date,
    Flag,
    /// An integer: its format, and the values that are defined of it, as in `0|1|2`.
    Integer(&'static str, &'static str),
    Float,
    Object,
    Type(&'static str),
}

type Types = BTreeMap<&'static str, Vec<Field>>;

static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let mut types = Types::new();
    for line in include_str!("types.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((head, fields)) = line.split_once(':') else { continue };
        let (name, base) = head.split_once(" < ").unwrap_or((head, ""));
        let mut all = types.get(base).cloned().unwrap_or_default();
        all.extend(fields.split(", ").filter_map(field));
        types.insert(name, all);
    }
    types
});

fn field(text: &'static str) -> Option<Field> {
    let (name, kind) = text.trim().split_once(' ')?;
    let element = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']'));
    let kind = match element.unwrap_or(kind) {
        "text" => Kind::Text,
        "guid" => Kind::Guid,
        "date" => Kind::Date,
        "flag" => Kind::Flag,
        "int" => Kind::Integer("int32", ""),
        "long" => Kind::Integer("int64", ""),
        "bits" => Kind::Integer("bit-mask", ""),
        "float" => Kind::Float,
        "object" => Kind::Object,
        values if values.contains('|') => Kind::Integer("", values),
        name => Kind::Type(name),
    };
    let is_required = name.ends_with('!');
    Some(Field { name: name.trim_end_matches('!'), is_required, is_list: element.is_some(), kind })
}

fn fields(name: &str) -> &'static [Field] {
    TYPES.get(name).map_or(&[], Vec::as_slice)
}

/// Checks a request body: required fields are there, and known fields hold what they may. Unknown fields pass.
///
/// A reference to another entity may hold its identifier alone, so the required fields of that entity are not checked.
pub(super) fn check(type_name: &str, body: &Value) -> Result<(), Refusal> {
    let Value::Object(body) = body else {
        return Err(Refusal::bad_request("The body is not a JSON object."));
    };
    for field in fields(type_name) {
        match body.get(field.name) {
            None | Some(Value::Null) if field.is_required => return Err(Refusal::missing_parameter()),
            None | Some(Value::Null) => {}
            Some(value) if field.holds(value) => {}
            Some(_) => return Err(Refusal::bad_request(format!("'{}' has a value of another type.", field.name))),
        }
    }
    Ok(())
}

/// The fields of an entity that a type has.
pub(super) fn project(type_name: &str, row: &Row) -> Row {
    let fields = fields(type_name).iter();
    fields.filter_map(|field| Some((field.name.to_owned(), row.get(field.name)?.clone()))).collect()
}

impl Field {
    fn holds(&self, value: &Value) -> bool {
        match value {
            Value::Array(elements) if self.is_list => elements.iter().all(|element| self.kind.holds(element)),
            value => !self.is_list && self.kind.holds(value),
        }
    }
}

impl Kind {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Guid => value.as_str().is_some_and(|text| guid(text).is_some()),
            Self::Date => value.as_str().is_some_and(|text| filter::date(text).is_some()),
            Self::Flag => value.is_boolean(),
            Self::Integer(..) => value.is_i64(),
            Self::Float => value.is_number(),
            Self::Object | Self::Type(_) => value.is_object(),
        }
    }
}

/// The properties of a type that filters and `orderby` may name: its own fields, those of the types that it holds, and
/// custom properties.
pub(super) struct Properties<'name>(pub(super) &'name str);

impl Columns for Properties<'_> {
    fn column(&self, property: &str) -> Option<Column> {
        if property.starts_with('@') {
            let has_any = fields(self.0).iter().any(|field| field.name == "customProperties");
            return has_any.then(|| Column { path: Cow::Owned(property.to_owned()), kind: filter::Kind::Text });
        }
        let (first, rest) = match property.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (property, None),
        };
        let field = fields(self.0).iter().find(|field| field.name.eq_ignore_ascii_case(first))?;
        if let (Kind::Type(inner), Some(rest)) = (field.kind, rest) {
            let inner = Properties(inner).column(rest)?;
            return Some(Column { path: Cow::Owned(format!("{}.{}", field.name, inner.path)), ..inner });
        }
        let kind = match field.kind {
            _ if rest.is_some() => return None,
            Kind::Text => filter::Kind::Text,
            Kind::Guid => filter::Kind::Guid,
            Kind::Date => filter::Kind::Date,
            Kind::Flag => filter::Kind::Boolean,
            Kind::Integer(..) => filter::Kind::Number,
            Kind::Float | Kind::Object | Kind::Type(_) => return None,
        };
        Some(Column { path: Cow::Borrowed(field.name), kind })
    }
}

/// Every type as a schema of Swagger 2.0.
pub(super) fn definitions() -> Value {
    TYPES.iter().map(|(name, fields)| ((*name).to_owned(), definition(fields))).collect()
}

fn definition(fields: &[Field]) -> Value {
    let property = |field: &Field| {
        let schema = field.kind.schema();
        let schema = if field.is_list { json!({ "type": "array", "items": schema }) } else { schema };
        (field.name.to_owned(), schema)
    };
    let properties: Row = fields.iter().map(property).collect();
    let required: Vec<_> = fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

impl Kind {
    fn schema(self) -> Value {
        match self {
            Self::Text => json!({ "type": "string" }),
            Self::Guid => json!({ "type": "string", "format": "uuid" }),
            Self::Date => json!({ "type": "string", "format": "date-time" }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Integer("", values) => {
                let values: Vec<i64> = values.split('|').filter_map(|value| value.parse().ok()).collect();
                json!({ "type": "integer", "enum": values })
            }
            Self::Integer(format, _) => json!({ "type": "integer", "format": format }),
            Self::Float => json!({ "type": "number", "format": "float" }),
            Self::Object => json!({ "type": "object" }),
            Self::Type(name) => json!({ "$ref": format!("#/definitions/{name}") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        for (name, fields) in TYPES.iter() {
            for field in fields {
                if let Kind::Type(inner) = field.kind {
                    assert!(TYPES.contains_key(inner), "{name}.{}: there is no type {inner}", field.name);
                }
            }
        }
    }
}
