//! Values, by the kind that the tables ask for.

use serde_json::{Map, Value, json};

use super::{Checker, Use, expected, is_one_of};
use crate::diagnostic::{At, Diagnostic, Origin, Problem};
use crate::validate::near::{is_alike, is_near};
use crate::validate::repair::How;
use crate::validate::tables::document::TAG;
use crate::validate::tables::operations::PATH_ITEM;
use crate::validate::tables::schemas::{SCHEMA, SCHEMAS, TYPES};
use crate::validate::tables::{Kind, Needed, Object, STRINGS, swagger};
use crate::validate::{Version, describe};

/// Type names of other languages, with the type and perhaps the format that they have in a schema.
const FOREIGN_TYPES: &[(&str, &str, Option<&str>)] = &[
    ("file", "string", Some("binary")),
    ("binary", "string", Some("binary")),
    ("byte", "string", Some("byte")),
    ("text", "string", None),
    ("str", "string", None),
    ("char", "string", None),
    ("date", "string", Some("date")),
    ("datetime", "string", Some("date-time")),
    ("date-time", "string", Some("date-time")),
    ("timestamp", "string", None),
    ("time", "string", None),
    ("uuid", "string", Some("uuid")),
    ("guid", "string", Some("uuid")),
    ("uri", "string", None),
    ("url", "string", None),
    ("email", "string", None),
    ("password", "string", Some("password")),
    ("int", "integer", None),
    ("int32", "integer", Some("int32")),
    ("int64", "integer", Some("int64")),
    ("long", "integer", Some("int64")),
    ("float", "number", None),
    ("double", "number", None),
    ("decimal", "number", None),
    ("bool", "boolean", None),
    ("map", "object", None),
    ("dict", "object", None),
    ("hash", "object", None),
    ("json", "object", None),
    ("list", "array", None),
    ("nil", "null", None),
    ("none", "null", None),
];

impl Checker {
    pub(super) fn kind(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
        match kind {
            Kind::Any => Use::Kept,
            Kind::Bool | Kind::Number | Kind::BoolOrNumber => self.literal(value, kind, at),
            Kind::Count => self.amount(value, at),
            Kind::String => self.string(value, at),
            Kind::Words => match value {
                Value::String(_) => Use::Kept,
                Value::Number(_) | Value::Bool(_) => self.string(value, at),
                _ => {
                    self.taken(value, "a string", "it is left out", at);
                    Use::Lost
                }
            },
            Kind::OneOf(values) => self.one_of(value, values, at),
            Kind::RequiredNames if value.is_boolean() || is_quoted_bool(value) => {
                let help = "it has no effect: a schema lists its required properties by name";
                self.taken(value, "a list of property names", help, at);
                Use::Lost
            }
            Kind::RequiredNames => self.kind(value, &STRINGS, at),
            Kind::Object(object) => self.object(value, object, at),
            Kind::OrReference(object) => match value.get("$ref") {
                Some(reference) => self.reference(value, reference, object, at),
                None => self.object(value, object, at),
            },
            Kind::SchemaOrBool if is_quoted_bool(value) => self.literal(value, &Kind::Bool, at),
            Kind::Schema | Kind::SchemaOrBool if value.is_boolean() => {
                if matches!(kind, Kind::Schema) && self.version < Version::V31 {
                    self.no_object(value, SCHEMA.name, at);
                }
                Use::Kept
            }
            Kind::Schema | Kind::SchemaOrBool => self.object(value, &SCHEMA, at),
            Kind::SchemaOrFile if value.get("type").is_some_and(|kind| kind == "file") => self.file(value, at),
            Kind::SchemaOr(object) if value.get("$ref").is_none() => self.object(value, object, at),
            Kind::ParameterType if value == "file" => Use::Kept,
            Kind::SchemaType | Kind::ParameterType => self.schema_type(value, at),
            Kind::Preferred(values) => self.preferred(value, values, at),
            Kind::SchemaOrList if value.is_array() => self.kind(value, &SCHEMAS, at),
            Kind::SchemaOrList | Kind::SchemaOrFile | Kind::SchemaOr(_) => self.kind(value, &Kind::Schema, at),
            Kind::List(kind) => self.list(value, kind, at),
            Kind::Map(kind) => match value.as_object() {
                Some(map) => {
                    for (key, value) in map {
                        self.entry(value, kind, at.child(key));
                    }
                    Use::Kept
                }
                None => self.no_object(value, "a map", at),
            },
        }
    }

    fn string(&mut self, value: &Value, at: At<'_>) -> Use {
        match value {
            Value::String(_) => Use::Kept,
            Value::Number(_) | Value::Bool(_) => {
                self.taken(value, "a string", "it is taken for its text: quote it", at);
                self.amend(at, How::Put(Value::String(value.to_string())));
                Use::Kept
            }
            _ => self.wrong_type(value, "a string", at),
        }
    }

    pub(super) fn list(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
        if let Some(items) = value.as_array() {
            for (index, item) in items.iter().enumerate() {
                let at = at.index(index);
                if item.is_null() && !matches!(kind, Kind::Any) {
                    self.taken(item, expected(kind), "it is left out", at);
                    self.amend(at, How::Remove);
                    continue;
                }
                if is_tag(kind) && item.is_string() {
                    self.taken(item, "a map", "it is taken for the name of a tag", at);
                    self.amend(at, How::Put(json!({ "name": item })));
                    continue;
                }
                self.optional(item, kind, at);
            }
            return Use::Kept;
        }
        let is_one = match kind {
            Kind::String => !value.is_object() && !value.is_null(),
            Kind::Any => !value.is_object(),
            Kind::Schema | Kind::Map(_) => value.as_object().is_some_and(|map| !map.is_empty()),
            Kind::Object(object) | Kind::OrReference(object) => {
                let mut needed = object.fields.iter().filter(|field| field.needed == Needed::Yes).peekable();
                needed.peek().is_some() && needed.all(|field| value.get(field.key).is_some())
                    || value.get("$ref").is_some()
            }
            _ => false,
        };
        if is_one {
            self.taken(value, "a list", "it is taken for a list of this one", at);
            if self.kind(value, kind, at) == Use::Lost {
                return Use::Lost;
            }
            self.amend(at, How::Wrap);
            return Use::Kept;
        }
        if value.as_object().is_some_and(Map::is_empty) {
            self.taken(value, "a list", "it is taken for an empty list", at);
            self.amend(at, How::Put(json!([])));
            return Use::Kept;
        }
        self.wrong_type(value, "a list", at)
    }

    /// Checks a number or a boolean. Authors often quote them.
    pub(super) fn literal(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
        let (expected, numbers, bools) = match kind {
            Kind::Bool => ("`true` or `false`", false, true),
            Kind::BoolOrNumber => ("a number", true, true),
            _ => ("a number", true, false),
        };
        if (numbers && value.is_number()) || (bools && value.is_boolean()) {
            return Use::Kept;
        }
        let meant = value.as_str().and_then(|text| {
            let number = || serde_json::from_str::<serde_json::Number>(text.trim()).ok().map(Value::Number);
            let bool = || text.trim().to_ascii_lowercase().parse::<bool>().ok().map(Value::Bool);
            numbers.then(number).flatten().or_else(|| bools.then(bool).flatten())
        });
        match meant {
            Some(meant) => {
                self.taken(value, expected, "it is taken for what is quoted: leave out the quotes", at);
                self.amend(at, How::Put(meant));
                Use::Kept
            }
            None => self.wrong_type(value, expected, at),
        }
    }

    /// Checks a number of characters, items or properties. It constrains a value and changes no type.
    pub(super) fn amount(&mut self, value: &Value, at: At<'_>) -> Use {
        const EXPECTED: &str = "a whole number of zero or more";
        if value.is_u64() {
            return Use::Kept;
        }
        if value.is_string() && self.literal(value, &Kind::Number, at) == Use::Lost {
            return Use::Lost;
        }
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        match number {
            // So large that nothing is narrowed, or `1.0`, which is as good as `1`.
            Some(number) if number >= 0.0 && number.fract() == 0.0 => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is whole and not negative"
                )]
                let whole = number as u64;
                self.amend(at, How::Put(json!(whole)));
                Use::Kept
            }
            Some(_) => {
                self.taken(value, EXPECTED, "it has no effect", at);
                Use::Lost
            }
            None => self.wrong_type(value, EXPECTED, at),
        }
    }

    pub(super) fn reference(&mut self, value: &Value, reference: &Value, object: &'static Object, at: At<'_>) -> Use {
        // A Path Item Object has a `$ref` of its own, and fields beside it.
        if is_one_of(object, &[&PATH_ITEM, &swagger::PATH_ITEM]) {
            return self.object(value, object, at);
        }
        if !reference.is_string() {
            return self.wrong_type(reference, "a string", at.child("$ref"));
        }
        for key in value.as_object().into_iter().flat_map(Map::keys) {
            let is_known = self.version >= Version::V31 && matches!(key.as_str(), "summary" | "description");
            if key != "$ref" && !key.starts_with("x-") && !is_known {
                let problem = Problem::UnknownKey { key: key.clone(), object: "Reference Object" };
                self.push(
                    Diagnostic::warning(at.child(key).pointer(), problem)
                        .on_key()
                        .help("what stands beside `$ref` here has no effect"),
                );
                self.amend(at.child(key), How::Remove);
            }
        }
        Use::Kept
    }

    pub(super) fn one_of(&mut self, value: &Value, values: &'static [&'static str], at: At<'_>) -> Use {
        let Some(text) = value.as_str() else {
            return self.wrong_type(value, "a string", at);
        };
        if values.contains(&text) {
            return Use::Kept;
        }
        let problem = Problem::UnknownValue { value: text.to_owned() };
        if let Some(meant) = values.iter().find(|known| is_alike(text, known)) {
            self.push(Diagnostic::warning(at.pointer(), problem).help(format!("it is taken for `{meant}`")));
            self.amend(at, How::Put(json!(meant)));
            return Use::Kept;
        }
        let known = values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
        if let Some(near) = values.iter().find(|known| is_near(text, known)) {
            let is_ours = self.own > 0 || matches!(self.origin, Origin::Overlay(_));
            if is_ours {
                self.push(Diagnostic::error(at.pointer(), problem).help(format!("did you mean `{near}`?")));
                return Use::Lost;
            }
            self.push(Diagnostic::warning(at.pointer(), problem).help(format!("it is taken for `{near}`")));
            self.amend(at, How::Put(json!(near)));
            return Use::Kept;
        }
        let error = Diagnostic::error(at.pointer(), problem).help(format!("it is one of {known}"));
        self.degrade(error, "it is left out");
        Use::Lost
    }

    pub(super) fn schema_type(&mut self, value: &Value, at: At<'_>) -> Use {
        let Some(types) = value.as_array() else { return self.type_name(value, at, at) };
        for (index, value) in types.iter().enumerate() {
            let at_item = at.index(index);
            if self.type_name(value, at_item, at) == Use::Lost {
                self.amend(at_item, How::Remove);
            }
        }
        Use::Kept
    }

    /// One of the types of a schema, whose `type` is at `whole`.
    pub(super) fn type_name(&mut self, value: &Value, at: At<'_>, whole: At<'_>) -> Use {
        if value.is_null() {
            self.taken(value, "a string", "it is taken for `\"null\"`", at);
            self.amend(at, How::Put(json!("null")));
            return Use::Kept;
        }
        let Some(text) = value.as_str() else {
            return self.wrong_type(value, "a string", at);
        };
        if TYPES.contains(&text) {
            return Use::Kept;
        }
        let lower = text.to_ascii_lowercase();
        let foreign = FOREIGN_TYPES.iter().find(|(name, ..)| *name == lower);
        if let Some((_, meant, format)) = foreign {
            let problem = Problem::UnknownValue { value: text.to_owned() };
            let said = format.map(|format| format!(" of the format `{format}`")).unwrap_or_default();
            self.push(Diagnostic::warning(at.pointer(), problem).help(format!("it is taken for `{meant}`{said}")));
            self.amend(at, How::Put(json!(meant)));
            if let Some(format) = format {
                self.amend_if_absent(whole.parent().child("format"), json!(format));
            }
            return Use::Kept;
        }
        if TYPES.iter().any(|known| is_near(text, known)) {
            return self.one_of(value, TYPES, at);
        }
        let problem = Problem::UnknownValue { value: text.to_owned() };
        self.push(Diagnostic::warning(at.pointer(), problem).help("it is left out: the values are any JSON"));
        Use::Lost
    }

    /// A value of a list that something else can do without.
    pub(super) fn preferred(&mut self, value: &Value, values: &'static [&'static str], at: At<'_>) -> Use {
        let Some(text) = value.as_str() else {
            self.taken(value, "a string", "it is left out", at);
            return Use::Lost;
        };
        if values.contains(&text) {
            return Use::Kept;
        }
        let problem = Problem::UnknownValue { value: text.to_owned() };
        let Some(near) = values.iter().find(|known| is_near(text, known)) else {
            let known = values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
            self.push(
                Diagnostic::warning(at.pointer(), problem).help(format!("it has no effect: it is one of {known}")),
            );
            return Use::Lost;
        };
        self.push(Diagnostic::warning(at.pointer(), problem).help(format!("it is taken for `{near}`")));
        self.amend(at, How::Put(json!(near)));
        Use::Kept
    }

    /// Swagger 2.0 has a type for bytes as they are, in a body alone.
    pub(super) fn file(&mut self, value: &Value, at: At<'_>) -> Use {
        self.amend(at.child("type"), How::Put(json!("string")));
        self.amend(at.child("format"), How::Put(json!("binary")));
        let mut rest = value.clone();
        if let Some(rest) = rest.as_object_mut() {
            rest.shift_remove("type");
            rest.shift_remove("format");
        }
        self.object(&rest, &SCHEMA, at)
    }

    pub(super) fn no_object(&mut self, value: &Value, name: &'static str, at: At<'_>) -> Use {
        // What some languages write for a map of nothing.
        if value.as_array().is_some_and(Vec::is_empty) {
            self.taken(value, name, "it is taken for an empty map", at);
            self.amend(at, How::Put(json!({})));
            return Use::Kept;
        }
        if name == "Discriminator Object" && value.is_string() {
            // In Swagger 2.0 it is the property's name and no more.
            if self.version > Version::V20 {
                self.taken(value, name, "it is taken for its `propertyName`", at);
            }
            self.amend(at, How::Put(json!({ "propertyName": value })));
            return Use::Kept;
        }
        let stands_for = match name {
            name if name == SCHEMA.name => "it is taken for any JSON value",
            "Media Type Object" => "it is taken for an empty map",
            _ => return self.wrong_type(value, name, at),
        };
        let problem = Problem::WrongType { expected: name, found: describe(value) };
        self.degrade(Diagnostic::error(at.pointer(), problem), stands_for);
        self.amend(at, How::Put(json!({})));
        Use::Kept
    }
}

fn is_tag(kind: &Kind) -> bool {
    matches!(kind, Kind::Object(object) if std::ptr::eq(*object, &raw const TAG))
}

pub(super) fn is_quoted_bool(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"))
}
