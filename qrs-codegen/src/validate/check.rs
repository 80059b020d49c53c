//! Holds a tree against the tables, and mends it where there is no doubt about what was meant.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::near::{is_alike, is_near};
use super::{
    Field, HEADER, Kind, Needed, OPERATION, Object, Others, PARAMETER, PATH_ITEM, PATHS, SCHEMA, SCHEMAS,
    SECURITY_SCHEME, STRINGS, TYPES, Version, swagger,
};
use crate::diagnostic::{At, Diagnostic, Origin, Pointer, Problem};

/// What is done to a tree, so that later stages understand all of it: the mistakes that leave no doubt are mended, and
/// the others are taken out, so that further problems can be looked for in the rest.
pub(crate) struct Amendment {
    at: Pointer,
    how: How,
}

enum How {
    /// The value goes, and so does its key or its place in the list.
    Remove,
    /// This is the value.
    Put(Value),
    /// The value is the only one of a list.
    Wrap,
    /// The key is this one.
    Rename(String),
    /// These keys are a `schema`.
    Gather(Vec<String>),
}

/// Types of other languages, and what they are in a schema: a type and perhaps a format.
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

/// The keys that Swagger 2.0 has in a parameter or a header, and OpenAPI 3 in its `schema`.
const SCHEMA_KEYS: &[&str] = &[
    "type",
    "format",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "nullable",
    "oneOf",
    "anyOf",
    "allOf",
    "$ref",
];

/// Holds a tree against the tables: what is wrong with it, and what is to be done to it by [`repair`].
pub(crate) fn check(
    tree: &Value,
    root: &'static Object,
    version: Version,
    origin: Origin,
) -> (Vec<Diagnostic>, Vec<Amendment>) {
    let mut checker = Checker { version, origin, asides: 0, found: Vec::new(), amendments: Vec::new() };
    checker.object(tree, root, At::ROOT);
    (checker.found, checker.amendments)
}

struct Checker {
    version: Version,
    origin: Origin,
    /// Within how many fields this is that nothing is generated from.
    asides: usize,
    found: Vec<Diagnostic>,
    amendments: Vec<Amendment>,
}

/// Whether a value can stay where it is, with the amendments that were noted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Kept,
    /// What holds it has to do without it.
    Lost,
}

impl Checker {
    fn object(&mut self, value: &Value, object: &'static Object, at: At<'_>) -> Use {
        let Some(map) = value.as_object() else {
            let usable = self.no_object(value, object.name, at);
            // What an empty map lacks is to be mended as well.
            let is_emptied = usable == Use::Kept && value.is_array();
            return if is_emptied { self.object(&json!({}), object, at) } else { usable };
        };
        let lacks_schema =
            is_described_by_schema(object) && !["schema", "content"].iter().any(|key| is_given(map, key));
        let mut usable = Use::Kept;
        for (key, value) in map {
            let at = at.child(key);
            if let Some(field) = object.fields.iter().find(|field| field.key == key) {
                if value.is_null() && field.needed == Needed::Yes {
                    // As good as missing, which is said below.
                    continue;
                }
                if field.since > self.version {
                    self.newer(field, object, at);
                }
                if self.field(value, field, at) == Use::Lost && field.needed == Needed::Yes {
                    usable = Use::Lost;
                }
            } else if key == "x-codegen" {
                self.codegen(value, object, at);
            } else if key.starts_with("x-") || (lacks_schema && SCHEMA_KEYS.contains(&key.as_str())) {
                // An extension of somebody else's, or what is gathered below.
            } else if let Others::Matching(accepts, _, kind) = &object.others
                && accepts(key)
            {
                self.entry(value, kind, at);
            } else {
                self.unknown(key, value, object, at);
            }
        }
        for field in object.fields.iter().filter(|field| !is_given(map, field.key)) {
            let problem = Problem::MissingKey { key: field.key, object: object.name };
            match field.needed {
                Needed::No => {}
                Needed::Expected if map.contains_key(field.key) => {}
                Needed::Yes => {
                    self.push(Diagnostic::error(at.pointer(), problem).on_key());
                    usable = Use::Lost;
                }
                Needed::Expected => self.push(Diagnostic::warning(at.pointer(), problem).on_key()),
            }
        }
        if lacks_schema {
            self.gather(map, object, at);
        }
        if usable == Use::Kept { self.special(map, object, at) } else { Use::Lost }
    }

    /// A fixed field of an object.
    fn field(&mut self, value: &Value, field: &'static Field, at: At<'_>) -> Use {
        if value.is_null() && !matches!(field.kind, Kind::Any | Kind::SchemaType) {
            self.taken(value, expected(field.kind), "it is taken as if the key were not there", at);
            self.amend(at, How::Remove);
            return Use::Lost;
        }
        if !field.aside {
            return self.optional(value, field.kind, at);
        }
        self.asides += 1;
        let before = self.found.len();
        let usable = self.kind(value, field.kind, at);
        self.asides -= 1;
        // An unknown key in it harms nothing, anything else may.
        let harmless =
            |found: &Diagnostic| matches!(found.problem, Problem::UnknownKey { .. } | Problem::NewerKey { .. });
        if usable == Use::Lost || !self.found[before..].iter().all(harmless) {
            self.amend(at, How::Remove);
        }
        Use::Kept
    }

    /// An entry of a map, which is no loss to the map.
    fn entry(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) {
        if value.is_null() && !matches!(kind, Kind::Any) {
            let (help, how) = match kind {
                Kind::List(_) => ("it is taken for an empty list", How::Put(json!([]))),
                Kind::Map(_) | Kind::Object(_) | Kind::OrReference(_) | Kind::Schema | Kind::SchemaOrBool => {
                    ("it is taken for an empty map", How::Put(json!({})))
                }
                _ => ("it is taken as if the key were not there", How::Remove),
            };
            self.taken(value, expected(kind), help, at);
            let is_emptied = matches!(&how, How::Put(new) if new.is_object());
            self.amend(at, how);
            if is_emptied {
                // What such an object lacks is to be mended as well.
                self.optional(&json!({}), kind, at);
            }
            return;
        }
        self.optional(value, kind, at);
    }

    /// Takes a value out that cannot stay.
    fn optional(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
        let usable = self.kind(value, kind, at);
        if usable == Use::Lost {
            self.amend(at, How::Remove);
        }
        usable
    }

    fn codegen(&mut self, value: &Value, object: &'static Object, at: At<'_>) {
        let Some(map) = value.as_object() else {
            self.wrong_type(value, "an object", at);
            return self.amend(at, How::Remove);
        };
        for (key, value) in map {
            let at = at.child(key);
            if let Some(field) = object.codegen.iter().find(|field| field.key == key) {
                self.optional(value, field.kind, at);
                continue;
            }
            let known = object.codegen.iter().map(|field| format!("`{}`", field.key)).collect::<Vec<_>>();
            let help = if known.is_empty() {
                "nothing can be said to the generator here".to_owned()
            } else {
                format!("here it can hold {}", known.join(", "))
            };
            let problem = Problem::UnknownKey { key: key.clone(), object: "`x-codegen` extension" };
            // Other generators have an extension of this name, too.
            let diagnostic = if object.codegen.iter().any(|field| is_near(key, field.key)) {
                Diagnostic::error(at.pointer(), problem)
            } else {
                Diagnostic::warning(at.pointer(), problem)
            };
            self.push(diagnostic.on_key().help(help));
        }
    }

    fn newer(&mut self, field: &Field, object: &'static Object, at: At<'_>) {
        let problem = Problem::NewerKey { key: field.key, object: object.name, since: field.since.name() };
        self.push(Diagnostic::warning(at.pointer(), problem).on_key().help("it is read as that version has it"));
    }

    fn unknown(&mut self, key: &str, value: &Value, object: &'static Object, at: At<'_>) {
        let problem = Problem::UnknownKey { key: key.to_owned(), object: object.name };
        let known = object.fields.iter().filter(|field| field.since <= self.version || !field.key.starts_with('$'));
        let near = known.into_iter().find(|field| is_near(key, field.key));
        let is_path = is_one_of(object, &[&PATHS, &swagger::PATHS]) && value.is_object() && is_path_without_slash(key);
        let diagnostic = match (&object.others, near) {
            (Others::Matching(_, _, kind), None) if is_path => {
                self.entry(value, kind, at);
                self.amend(at, How::Rename(format!("/{key}")));
                Diagnostic::warning(at.pointer(), problem).help("a path begins with `/`: it is read as if this one did")
            }
            (_, Some(near)) => {
                let help = format!("did you mean `{}`?", near.key);
                // What people read, and what JSON Schema leaves to others, is missed by no caller.
                let is_open = std::ptr::eq(object, &raw const SCHEMA) && self.version >= Version::V31;
                if is_open || near.aside || matches!(near.kind, Kind::Words | Kind::Any) {
                    Diagnostic::warning(at.pointer(), problem).help(help)
                } else {
                    Diagnostic::error(at.pointer(), problem).help(help)
                }
            }
            (Others::Matching(_, expected, _), None) => {
                Diagnostic::error(at.pointer(), problem).help(format!("a key here is {expected}"))
            }
            (Others::None, None) => Diagnostic::warning(at.pointer(), problem).help("it has no effect"),
        };
        self.push(diagnostic.on_key());
    }

    fn kind(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
        match kind {
            Kind::Any => Use::Kept,
            Kind::Bool | Kind::Number | Kind::BoolOrNumber => self.literal(value, kind, at),
            Kind::Count => self.amount(value, at),
            Kind::String => match value {
                Value::String(_) => Use::Kept,
                Value::Number(_) | Value::Bool(_) => {
                    self.taken(value, "a string", "it is taken for its text: quote it", at);
                    self.amend(at, How::Put(Value::String(value.to_string())));
                    Use::Kept
                }
                _ => self.wrong_type(value, "a string", at),
            },
            Kind::Words => match value {
                Value::String(_) => Use::Kept,
                Value::Number(_) | Value::Bool(_) => self.kind(value, &Kind::String, at),
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
                    self.wrong_type(value, SCHEMA.name, at);
                    self.amend(at, How::Put(json!({})));
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

    fn list(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
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

    /// A number or a boolean, which people quote.
    fn literal(&mut self, value: &Value, kind: &'static Kind, at: At<'_>) -> Use {
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

    /// A number of characters, items or properties: it narrows what a value may be, and no more.
    fn amount(&mut self, value: &Value, at: At<'_>) -> Use {
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

    fn reference(&mut self, value: &Value, reference: &Value, object: &'static Object, at: At<'_>) -> Use {
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
            }
        }
        Use::Kept
    }

    fn one_of(&mut self, value: &Value, values: &'static [&'static str], at: At<'_>) -> Use {
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
        let help = match values.iter().find(|known| is_near(text, known)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {known}"),
        };
        self.push(Diagnostic::error(at.pointer(), problem).help(help));
        Use::Lost
    }

    /// A value of a list that something else can do without.
    fn preferred(&mut self, value: &Value, values: &'static [&'static str], at: At<'_>) -> Use {
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
    fn file(&mut self, value: &Value, at: At<'_>) -> Use {
        self.amend(at.child("type"), How::Put(json!("string")));
        self.amend(at.child("format"), How::Put(json!("binary")));
        let mut rest = value.clone();
        if let Some(rest) = rest.as_object_mut() {
            rest.shift_remove("type");
            rest.shift_remove("format");
        }
        self.object(&rest, &SCHEMA, at)
    }

    fn schema_type(&mut self, value: &Value, at: At<'_>) -> Use {
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
    fn type_name(&mut self, value: &Value, at: At<'_>, whole: At<'_>) -> Use {
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

    /// What stands in a parameter or header that has no `schema`.
    fn gather(&mut self, map: &Map<String, Value>, object: &'static Object, at: At<'_>) {
        let keys: Vec<String> = map.keys().filter(|key| SCHEMA_KEYS.contains(&key.as_str())).cloned().collect();
        let problem = Problem::MissingKey { key: "schema", object: object.name };
        let diagnostic = Diagnostic::warning(at.pointer(), problem).on_key();
        if keys.is_empty() {
            self.push(diagnostic.help("it is taken for a string"));
            return self.amend(at.child("schema"), How::Put(json!({ "type": "string" })));
        }
        let written = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        self.push(diagnostic.help(format!("it is taken to hold {written}, as it did in Swagger 2.0")));
        for key in &keys {
            if let (Some(value), Some(field)) = (map.get(key), SCHEMA.fields.iter().find(|field| field.key == key)) {
                self.field(value, field, at.child(key));
            }
        }
        self.amend(at, How::Gather(keys));
    }

    /// What the tables cannot say of an object whose fields are as they say.
    fn special(&mut self, map: &Map<String, Value>, object: &'static Object, at: At<'_>) -> Use {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if is_one_of(object, &[&SECURITY_SCHEME, &swagger::SECURITY_SCHEME]) {
            let kind = text("type").unwrap_or_default();
            let needed: &[&'static str] = if is_alike(kind, "apiKey") {
                &["name", "in"]
            } else if is_alike(kind, "http") {
                &["scheme"]
            } else {
                &[]
            };
            let mut usable = Use::Kept;
            for key in needed.iter().filter(|key| !is_given(map, key)) {
                let problem = Problem::MissingKey { key, object: object.name };
                self.push(Diagnostic::error(at.pointer(), problem).on_key());
                usable = Use::Lost;
            }
            return usable;
        }
        if is_one_of(object, &[&SCHEMA, &swagger::PARAMETER, &swagger::ITEMS, &swagger::HEADER])
            && let (Some(kind), Some(Value::Array(values))) = (text("type"), map.get("enum"))
        {
            self.quoted(kind, values, at.child("enum"));
        }
        if std::ptr::eq(object, &raw const PARAMETER)
            && let (Some(place), Some(written)) = (text("in"), text("style"))
            && let Some(style) = super::STYLES.iter().find(|style| is_alike(written, style))
        {
            let styles: [(&str, &[&str]); 4] = [
                ("path", &["simple", "label", "matrix"]),
                ("query", &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
                ("header", &["simple"]),
                ("cookie", &["form"]),
            ];
            if let Some((place, possible)) = styles.iter().find(|(known, _)| is_alike(place, known))
                && !possible.contains(style)
            {
                let problem = Problem::UnknownValue { value: written.to_owned() };
                let help = format!("a {place} parameter is `{}`, and this one is read so", possible.join("`, `"));
                let at = at.child("style");
                self.push(Diagnostic::warning(at.pointer(), problem).help(help));
                self.amend(at, How::Remove);
            }
        }
        Use::Kept
    }

    /// The values of an `enum`, of which people forget that without quotes `1` is a number, and with them none.
    fn quoted(&mut self, kind: &str, values: &[Value], at: At<'_>) {
        for (index, value) in values.iter().enumerate() {
            let at = at.index(index);
            match kind {
                "string" if value.is_number() || value.is_boolean() => _ = self.kind(value, &Kind::String, at),
                "integer" | "number" if value.as_str().is_some_and(is_number) => {
                    _ = self.literal(value, &Kind::Number, at);
                }
                "boolean" if is_quoted_bool(value) => _ = self.literal(value, &Kind::Bool, at),
                _ => {}
            }
        }
    }

    fn no_object(&mut self, value: &Value, name: &'static str, at: At<'_>) -> Use {
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
        self.wrong_type(value, name, at);
        if name == SCHEMA.name {
            self.amend(at, How::Put(json!({})));
            return Use::Kept;
        }
        Use::Lost
    }

    fn wrong_type(&mut self, value: &Value, expected: &'static str, at: At<'_>) -> Use {
        let problem = Problem::WrongType { expected, found: describe(value) };
        self.push(Diagnostic::error(at.pointer(), problem));
        Use::Lost
    }

    /// A mistake that leaves no doubt about what was meant.
    fn taken(&mut self, value: &Value, expected: &'static str, help: &str, at: At<'_>) {
        let problem = Problem::WrongType { expected, found: describe(value) };
        self.push(Diagnostic::warning(at.pointer(), problem).help(help));
    }

    fn push(&mut self, mut diagnostic: Diagnostic) {
        if self.asides > 0 {
            diagnostic = diagnostic.no_more_than_a_warning("nothing is generated from this");
        }
        self.found.push(diagnostic.in_text(self.origin));
    }

    fn amend(&mut self, at: At<'_>, how: How) {
        self.amendments.push(Amendment { at: at.pointer(), how });
    }

    fn amend_if_absent(&mut self, at: At<'_>, value: Value) {
        let at = at.pointer();
        if !self.amendments.iter().rev().take(4).any(|amendment| amendment.at == at) {
            self.amendments.push(Amendment { at, how: How::Put(value) });
        }
    }
}

/// Whether an object has a `schema` or a `content` that says what its values are.
fn is_described_by_schema(object: &'static Object) -> bool {
    is_one_of(object, &[&PARAMETER, &HEADER])
}

fn is_one_of(object: &'static Object, objects: &[&'static Object]) -> bool {
    objects.iter().any(|other| std::ptr::eq(object, *other))
}

fn is_tag(kind: &Kind) -> bool {
    matches!(kind, Kind::Object(object) if std::ptr::eq(*object, &raw const super::TAG))
}

fn is_given(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).is_some_and(|value| !value.is_null())
}

fn is_quoted_bool(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"))
}

fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text.trim()).is_ok()
}

/// Whether a key of the paths can only be a path: not a word that something else may be meant by.
fn is_path_without_slash(key: &str) -> bool {
    !key.is_empty()
        && !key.contains("://")
        && !OPERATION.fields.iter().chain(PATH_ITEM.fields).any(|field| is_near(key, field.key))
}

/// What is asked for, in words.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Bool => "`true` or `false`",
        Kind::Number | Kind::BoolOrNumber | Kind::Count => "a number",
        Kind::Object(object) | Kind::OrReference(object) | Kind::SchemaOr(object) => object.name,
        Kind::Schema | Kind::SchemaOrBool | Kind::SchemaOrList | Kind::SchemaOrFile => SCHEMA.name,
        Kind::List(_) | Kind::RequiredNames => "a list",
        Kind::Map(_) => "a map",
        Kind::Any
        | Kind::String
        | Kind::Words
        | Kind::OneOf(_)
        | Kind::Preferred(_)
        | Kind::SchemaType
        | Kind::ParameterType => "a string",
    }
}

/// What a value is, in words.
pub(crate) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// What stood where before a tree was repaired.
#[derive(Default)]
pub(crate) struct Moves {
    /// The items that a list has lost.
    shortened: HashMap<Pointer, BTreeSet<usize>>,
    wrapped: HashSet<Pointer>,
    gathered: HashSet<Pointer>,
    /// The key that a place had, by the place that it has now.
    renamed: HashMap<Pointer, String>,
    lost: HashSet<Pointer>,
}

impl Moves {
    /// Makes a diagnostic of a repaired tree one of the tree as it was.
    pub(crate) fn undo(&self, diagnostic: &mut Diagnostic) {
        diagnostic.pointer = self.original(&diagnostic.pointer);
        for related in &mut diagnostic.related {
            related.pointer = self.original(&related.pointer);
        }
    }

    /// Whether the value that a reference within the document leads to was taken out, which has been said.
    pub(crate) fn has_lost(&self, reference: &str) -> bool {
        let target = reference.strip_prefix('#').and_then(Pointer::parse);
        target.is_some_and(|target| self.lost.contains(&target))
    }

    fn original(&self, pointer: &Pointer) -> Pointer {
        let mut original = Pointer::default();
        for token in pointer.tokens() {
            if (token == "0" && self.wrapped.contains(&original))
                || (token == "schema" && self.gathered.contains(&original))
            {
                continue;
            }
            let index = token.parse::<usize>().ok().zip(self.shortened.get(&original)).map(|(index, gone)| {
                // Each item that is gone before it moves it up by one.
                gone.iter().fold(index, |index, gone| if *gone <= index { index + 1 } else { index })
            });
            let child = original.child(token);
            original = match (index, self.renamed.get(&child)) {
                (Some(index), _) => original.child(index.to_string()),
                (None, Some(key)) => original.child(key),
                (None, None) => child,
            };
        }
        original
    }
}

/// Does to a tree what [`check`] found to be done.
pub(crate) fn repair(tree: &mut Value, amendments: &[Amendment]) -> Moves {
    let mut moves = Moves::default();
    let mut removed: BTreeMap<&[String], HashSet<&str>> = BTreeMap::new();
    let mut steps: Vec<(Reverse<usize>, Move<'_>)> = Vec::new();
    for Amendment { at, how } in amendments {
        let Some((last, parents)) = at.tokens().split_last() else { continue };
        let length = Reverse(at.tokens().len());
        match how {
            How::Put(new) => {
                put(tree, parents, last, new);
                // What was to go has been replaced since.
                if let Some(gone) = removed.get_mut(parents) {
                    gone.remove(last.as_str());
                }
            }
            How::Remove => {
                removed.entry(parents).or_default().insert(last);
                moves.lost.insert(at.clone());
            }
            How::Wrap => steps.push((length, Move::Wrap(at))),
            How::Gather(keys) => steps.push((length, Move::Gather(at, keys))),
            How::Rename(new) => steps.push((length, Move::Rename(at, new))),
        }
    }
    steps.extend(removed.into_iter().map(|(holder, gone)| (Reverse(holder.len()), Move::Remove(holder, gone))));
    // Every place is one in the tree as it was checked, so what is deeper moves first.
    steps.sort_by_key(|(length, step)| (*length, step.rank()));
    for (_, step) in steps {
        moves.make(tree, step);
    }
    moves
}

/// Something that changes where other values are.
enum Move<'a> {
    Remove(&'a [String], HashSet<&'a str>),
    Wrap(&'a Pointer),
    Gather(&'a Pointer, &'a [String]),
    Rename(&'a Pointer, &'a str),
}

impl Move<'_> {
    /// Of those at one place, what moves only the values inside it comes first.
    fn rank(&self) -> usize {
        match self {
            Move::Remove(..) => 0,
            Move::Wrap(_) | Move::Gather(..) => 1,
            Move::Rename(..) => 2,
        }
    }
}

impl Moves {
    fn make(&mut self, tree: &mut Value, step: Move<'_>) {
        match step {
            Move::Remove(holder, gone) => match value_mut(tree, holder) {
                Some(Value::Object(map)) => map.retain(|key, _| !gone.contains(key.as_str())),
                Some(Value::Array(items)) => {
                    let gone: BTreeSet<usize> = gone.iter().filter_map(|index| index.parse().ok()).collect();
                    let mut indices = 0..;
                    items.retain(|_| indices.next().is_none_or(|index: usize| !gone.contains(&index)));
                    self.shortened.insert(holder.iter().cloned().collect(), gone);
                }
                _ => {}
            },
            Move::Wrap(at) => {
                if let Some(value) = value_mut(tree, at.tokens()) {
                    *value = Value::Array(vec![value.take()]);
                    self.wrapped.insert(at.clone());
                }
            }
            Move::Gather(at, keys) => {
                let Some(map) = value_mut(tree, at.tokens()).and_then(Value::as_object_mut) else { return };
                let gathered: Map<String, Value> = keys.iter().filter_map(|key| map.shift_remove_entry(key)).collect();
                map.insert("schema".to_owned(), Value::Object(gathered));
                self.gathered.insert(at.clone());
            }
            Move::Rename(at, new) => {
                let Some((last, parents)) = at.tokens().split_last() else { return };
                if let Some(Value::Object(map)) = value_mut(tree, parents)
                    && !map.contains_key(new)
                    && let Some(value) = map.shift_remove(last)
                {
                    map.insert(new.to_owned(), value);
                    let now: Pointer = parents.iter().cloned().chain([new.to_owned()]).collect();
                    self.renamed.insert(now, last.clone());
                }
            }
        }
    }
}

fn put(tree: &mut Value, holder: &[String], key: &str, new: &Value) {
    match value_mut(tree, holder) {
        Some(Value::Object(map)) => _ = map.insert(key.to_owned(), new.clone()),
        Some(Value::Array(items)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *item = new.clone();
            }
        }
        _ => {}
    }
}

fn value_mut<'v>(tree: &'v mut Value, tokens: &[String]) -> Option<&'v mut Value> {
    tokens.iter().try_fold(tree, |value, token| match value {
        Value::Object(map) => map.get_mut(token),
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    })
}
