//! Rules that the tables cannot express.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::values::is_quoted_bool;
use super::{Checker, Use, is_given, is_one_of};
use crate::diagnostic::{At, Diagnostic, Problem};
use crate::template::placeholders;
use crate::validate::Version;
use crate::validate::near::meant;
use crate::validate::repair::How;
use crate::validate::tables::document::OPENAPI;
use crate::validate::tables::operations::{ENCODING, LOCATIONS, MEDIA_TYPE, PARAMETER, PATHS, SERVER, STYLES};
use crate::validate::tables::schemas::SCHEMA;
use crate::validate::tables::security::SECURITY_SCHEME;
use crate::validate::tables::{Field, Kind, Object, swagger};

/// The keys that Swagger 2.0 has in a parameter or a header, and OpenAPI 3 in its `schema`.
pub(super) const SCHEMA_KEYS: &[&str] = &[
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

/// The fields of an object, misspelt ones under the names that they are read as.
pub(super) struct Fields<'v> {
    pub(super) map: &'v Map<String, Value>,
    /// The names of misspelt keys, with the keys as they are written.
    pub(super) renamed: Vec<(&'static str, &'v str)>,
}

impl<'v> Fields<'v> {
    /// The key that a field is written under.
    fn written(&self, key: &'v str) -> &'v str {
        self.renamed.iter().find(|(known, _)| *known == key).map_or(key, |(_, written)| written)
    }

    fn text(&self, key: &'v str) -> Option<&'v str> {
        self.map.get(self.written(key)).and_then(Value::as_str)
    }

    pub(super) fn is_renamed(&self, key: &str) -> bool {
        self.renamed.iter().any(|(known, _)| *known == key)
    }

    pub(super) fn is_given(&self, key: &'v str) -> bool {
        is_given(self.map, self.written(key))
    }
}

impl Checker {
    /// Gathers the keys of a parameter or header without a `schema`.
    pub(super) fn gather(&mut self, map: &Map<String, Value>, object: &'static Object, at: At<'_>) {
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

    /// Checks what the tables cannot express, of an object whose fields are right.
    pub(super) fn special(&mut self, fields: &Fields<'_>, object: &'static Object, at: At<'_>) -> Use {
        // Since 3.1 a document may have none.
        if is_one_of(object, &[&OPENAPI]) && self.version == Version::V30 && !fields.is_given("paths") {
            let problem = Problem::MissingKey { key: "paths", object: object.name };
            self.push(Diagnostic::warning(at.pointer(), problem).on_key().help("no operation is generated"));
        }
        if is_one_of(object, &[&SECURITY_SCHEME, &swagger::SECURITY_SCHEME]) {
            let kinds = ["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"];
            let needed: &[&'static str] = match fields.text("type").and_then(|kind| meant(kind, &kinds)) {
                Some("apiKey") => &["name", "in"],
                Some("http") => &["scheme"],
                _ => &[],
            };
            let mut usable = Use::Kept;
            for key in needed.iter().filter(|key| !fields.is_given(key)) {
                let problem = Problem::MissingKey { key, object: object.name };
                self.degrade(Diagnostic::error(at.pointer(), problem).on_key(), "it is left out");
                usable = Use::Lost;
            }
            return usable;
        }
        if is_one_of(object, &[&SCHEMA, &swagger::PARAMETER, &swagger::ITEMS, &swagger::HEADER])
            && let written = fields.written("enum")
            && let (Some(kind), Some(Value::Array(values))) = (fields.text("type"), fields.map.get(written))
        {
            self.quoted(kind, values, at.child(written));
        }
        if std::ptr::eq(object, &raw const PARAMETER) {
            self.location(fields, at);
        }
        if is_one_of(object, &[&swagger::PARAMETER]) && fields.text("in").is_some_and(|location| location == "cookie") {
            let problem = Problem::UnknownValue { value: "cookie".to_owned() };
            let help = "OpenAPI 3.0 has it: it is read as that version has it";
            self.push(Diagnostic::note(at.child(fields.written("in")).pointer(), problem).help(help));
        }
        if is_one_of(object, &[&MEDIA_TYPE, &ENCODING]) {
            self.encodings(fields, at);
        }
        if is_one_of(object, &[&PATHS, &swagger::PATHS]) {
            self.paths(fields.map, at);
        }
        if self.version >= Version::V32 {
            if std::ptr::eq(object, &raw const PATHS) {
                fields
                    .map
                    .keys()
                    .filter(|key| key.starts_with('/'))
                    .for_each(|path| self.template(path, at.child(path)));
            } else if std::ptr::eq(object, &raw const SERVER) {
                self.template(fields.text("url").unwrap_or_default(), at.child(fields.written("url")));
            }
        }
        Use::Kept
    }

    /// Notes that parts in an order have no names.
    fn encodings(&mut self, fields: &Fields<'_>, at: At<'_>) {
        let by_place = ["prefixEncoding", "itemEncoding"].into_iter().find(|key| fields.is_given(key));
        let written = fields.written("encoding");
        if let Some(key) = by_place.filter(|_| fields.is_given("encoding")) {
            let problem = Problem::Ignored { what: format!("`encoding` beside `{key}`") };
            let help = "parts are described by their names or by their places, not by both";
            self.push(Diagnostic::warning(at.child(written).pointer(), problem).on_key().help(help));
        }
    }

    /// Notes paths that are one path to a server: they differ in the names of their parameters alone.
    fn paths(&mut self, map: &Map<String, Value>, at: At<'_>) {
        let mut known: HashMap<String, &str> = HashMap::new();
        for path in map.keys().filter(|path| path.starts_with('/') && path.contains('{')) {
            let first = *known.entry(without_names(path)).or_insert(path);
            if first != path {
                let problem = Problem::EqualPaths { first: first.to_owned() };
                let help = "a server cannot tell the two apart, and has one operation of each method there";
                let found = Diagnostic::note(at.child(path).pointer(), problem).on_key().help(help);
                self.push(found.related(at.child(first).pointer(), "first given here"));
            }
        }
    }

    /// Gives a parameter that is the whole query, and has no name, the name `query`. Returns whether it did.
    pub(super) fn name_whole_query(
        &mut self,
        map: &Map<String, Value>,
        field: &Field,
        object: &'static Object,
        at: At<'_>,
    ) -> bool {
        let location = map.get("in").and_then(Value::as_str).unwrap_or_default();
        let is_name = field.key == "name" && std::ptr::eq(object, &raw const PARAMETER);
        if !is_name || meant(location, LOCATIONS) != Some("querystring") {
            return false;
        }
        let problem = Problem::MissingKey { key: field.key, object: object.name };
        let help = "a name of the whole query is not sent: this one is called `query`";
        self.push(Diagnostic::warning(at.pointer(), problem).on_key().help(help));
        self.amend(at.child(field.key), How::Put(json!("query")));
        true
    }

    /// Checks that the location of a parameter is one of the version, and that its style is one of the location.
    fn location(&mut self, fields: &Fields<'_>, at: At<'_>) {
        let Some(location) = fields.text("in") else { return };
        let meant_location = meant(location, LOCATIONS);
        let is_whole_query = meant_location == Some("querystring");
        if is_whole_query && self.version < Version::V32 {
            let problem = Problem::UnknownValue { value: location.to_owned() };
            let help = "OpenAPI 3.2 has it: it is read as that version has it";
            self.push(Diagnostic::note(at.child(fields.written("in")).pointer(), problem).help(help));
        }
        if is_whole_query && fields.is_given("schema") && !fields.is_given("content") {
            let problem = Problem::MissingKey { key: "content", object: PARAMETER.name };
            let help = "the `schema` is taken for that of `application/x-www-form-urlencoded`";
            self.push(Diagnostic::warning(at.pointer(), problem).on_key().help(help));
        }
        let Some(written) = fields.text("style") else { return };
        let Some(style) = meant(written, STYLES) else { return };
        let styles: [(&str, &[&str]); 4] = [
            ("path", &["simple", "label", "matrix"]),
            ("query", &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
            ("header", &["simple"]),
            ("cookie", &["form", "cookie"]),
        ];
        let place = styles.iter().find(|(known, _)| meant_location == Some(known));
        let help = match place {
            Some((_, possible)) if possible.contains(&style) => return,
            Some((place, possible)) => {
                format!("a {place} parameter is `{}`, and this one is read so", possible.join("`, `"))
            }
            None if is_whole_query => "it has no effect: the `content` says how the query is written".to_owned(),
            None => return,
        };
        let at = at.child(fields.written("style"));
        self.push(Diagnostic::warning(at.pointer(), Problem::UnknownValue { value: written.to_owned() }).help(help));
        self.amend(at, How::Remove);
    }

    /// Checks that a template names each of its places once.
    fn template(&mut self, template: &str, at: At<'_>) {
        let names: Vec<&str> = placeholders(template).collect();
        let again = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name));
        if let Some((_, name)) = again {
            let problem = Problem::DuplicateValue { value: (*name).to_owned() };
            self.push(Diagnostic::warning(at.pointer(), problem).on_key().help("both places have the same value"));
        }
    }

    /// Checks the values of an `enum`: `1` is a number without quotes, and a string with them.
    pub(super) fn quoted(&mut self, kind: &str, values: &[Value], at: At<'_>) {
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
}

/// A path without the names of its parameters.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let start = parts.next().unwrap_or_default();
    parts.fold(start.to_owned(), |path, part| path + "{}" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text.trim()).is_ok()
}
