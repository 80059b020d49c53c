//! Checks a tree against the tables.

mod keys;
mod special;
mod values;

use serde_json::{Map, Value, json};

use super::repair::{Amendment, How};
use super::tables::operations::{HEADER, PARAMETER, REQUEST_BODY, RESPONSE, RESPONSES};
use super::tables::schemas::SCHEMA;
use super::tables::{Field, Kind, Needed, Object, Others, swagger};
use super::{Version, describe};
use crate::diagnostic::{At, Diagnostic, Origin, Problem, Severity};
use special::{Fields, SCHEMA_KEYS};

/// Checks a tree: returns what is wrong with it, and the amendments that [`repair`](super::repair()) makes to it.
pub(crate) fn check(
    tree: &Value,
    root: &'static Object,
    version: Version,
    origin: Origin,
) -> (Vec<Diagnostic>, Vec<Amendment>) {
    let mut checker = Checker { version, origin, asides: 0, own: 0, found: Vec::new(), amendments: Vec::new() };
    checker.object(tree, root, At::ROOT);
    (checker.found, checker.amendments)
}

struct Checker {
    version: Version,
    origin: Origin,
    /// The number of fields around the value that nothing is generated from.
    asides: usize,
    /// The number of `x-codegen` around the value, which is written for this generator.
    own: usize,
    found: Vec<Diagnostic>,
    amendments: Vec<Amendment>,
}

/// Whether a value can stay in its place, with its amendments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Kept,
    /// The value is removed.
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
        let (mut usable, mut has_content) = (Use::Kept, false);
        let mut renamed: Vec<(&'static str, &str)> = Vec::new();
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
                let is_lost = self.field(value, field, at) == Use::Lost;
                if is_lost && field.needed == Needed::Yes {
                    usable = Use::Lost;
                }
                has_content |= !is_lost && ["schema", "content"].contains(&field.key);
            } else if key == "x-codegen" {
                self.codegen(value, object, at);
            } else if key.starts_with("x-") || (lacks_schema && SCHEMA_KEYS.contains(&key.as_str())) {
                // An extension of somebody else's, or what is gathered below.
            } else if let Others::Matching(accepts, _, kind) = &object.others
                && accepts(key)
            {
                self.entry(value, kind, at);
            } else {
                let Some((field, use_of_it)) = self.unknown(key, value, map, object, at) else { continue };
                renamed.push((field.key, key));
                has_content |= use_of_it == Use::Kept && ["schema", "content"].contains(&field.key);
                if use_of_it == Use::Lost && field.needed == Needed::Yes {
                    usable = Use::Lost;
                    self.refuse_at_root(at);
                }
            }
        }
        let fields = Fields { map, renamed };
        if self.missing(&fields, object, at) == Use::Lost {
            usable = Use::Lost;
        }
        if is_described_by_schema(object) && !has_content {
            self.gather(map, object, at);
        }
        if usable == Use::Kept { self.special(&fields, object, at) } else { Use::Lost }
    }

    /// Reports the fields that an object lacks, and tells whether it is lost without them.
    fn missing(&mut self, fields: &Fields<'_>, object: &'static Object, at: At<'_>) -> Use {
        let map = fields.map;
        let mut usable = Use::Kept;
        let is_missed = |field: &&Field| field.needed != Needed::No && !fields.is_given(field.key);
        for field in object.fields.iter().filter(is_missed) {
            if fields.is_renamed(field.key) || self.name_whole_query(map, field, object, at) {
                continue;
            }
            let problem = Problem::MissingKey { key: field.key, object: object.name };
            match field.needed {
                Needed::No => {}
                Needed::Expected if map.contains_key(field.key) => {}
                Needed::Yes => {
                    self.degrade(Diagnostic::error(at.pointer(), problem).on_key(), LEFT_OUT);
                    usable = Use::Lost;
                }
                Needed::ExpectedBefore(version) if self.version >= version || map.contains_key(field.key) => {}
                Needed::Expected | Needed::ExpectedBefore(_) => {
                    self.push(Diagnostic::warning(at.pointer(), problem).on_key());
                }
            }
        }
        usable
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
            match stand_in(kind, self.version).filter(|_| !value.is_null()) {
                Some((unknown, outcome)) => {
                    if let Some(last) = self.found.last_mut().filter(|last| last.help.as_deref() == Some(LEFT_OUT)) {
                        last.help = Some(outcome.to_owned());
                    }
                    self.amend(at, How::Put(unknown));
                }
                None => self.amend(at, How::Remove),
            }
        }
        usable
    }

    /// Makes the newest problem an error if it is with a key of the document itself, which cannot be left out.
    fn refuse_at_root(&mut self, key: At<'_>) {
        let pointer = key.pointer();
        if is_at_root(key)
            && let Some(found) = self.found.iter_mut().rev().find(|found| found.pointer == pointer)
        {
            found.severity = Severity::Error;
        }
    }

    fn wrong_type(&mut self, value: &Value, expected: &'static str, at: At<'_>) -> Use {
        let problem = Problem::WrongType { expected, found: describe(value) };
        self.degrade(Diagnostic::error(at.pointer(), problem), LEFT_OUT);
        Use::Lost
    }

    /// A mistake that leaves no doubt about what was meant.
    fn taken(&mut self, value: &Value, expected: &'static str, help: &str, at: At<'_>) {
        let problem = Problem::WrongType { expected, found: describe(value) };
        self.push(Diagnostic::warning(at.pointer(), problem).help(help));
    }

    /// Reports an error that costs a part of a document, and what becomes of that part: somebody else wrote it. An overlay,
    /// `x-codegen` and the whole document are refused.
    fn degrade(&mut self, mut error: Diagnostic, outcome: &str) {
        let is_ours = self.own > 0 || matches!(self.origin, Origin::Overlay(_));
        if !is_ours && !error.pointer.tokens().is_empty() {
            error.severity = Severity::Warning;
            error.help = Some(match error.help {
                Some(help) => format!("{outcome}; {help}"),
                None => outcome.to_owned(),
            });
        }
        self.push(error);
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

/// The outcome of a mistake in a part that nothing takes the place of.
const LEFT_OUT: &str = "it is left out";

/// The replacement for a value of an unknown kind, where there is one, and what a reader is told about it.
fn stand_in(kind: &'static Kind, version: Version) -> Option<(Value, &'static str)> {
    const ANY_RESPONSE: &str = "the response may be anything: the caller gets its bytes";
    let response = || match version {
        Version::V20 => json!({ "description": "", "schema": { "type": "string", "format": "binary" } }),
        _ => json!({ "description": "", "content": { "*/*": {} } }),
    };
    match kind {
        Kind::OrReference(object) if is_one_of(object, &[&RESPONSE, &swagger::RESPONSE]) => {
            Some((response(), ANY_RESPONSE))
        }
        Kind::Object(object) if is_one_of(object, &[&RESPONSES, &swagger::RESPONSES]) => {
            Some((json!({ "default": response() }), ANY_RESPONSE))
        }
        Kind::OrReference(object) if is_one_of(object, &[&REQUEST_BODY]) => {
            Some((json!({ "content": { "*/*": {} } }), "the caller gives the bytes and the media type of the body"))
        }
        _ => None,
    }
}

/// Whether an object has a `schema` or a `content` that says what its values are.
fn is_described_by_schema(object: &'static Object) -> bool {
    is_one_of(object, &[&PARAMETER, &HEADER])
}

fn is_one_of(object: &'static Object, objects: &[&'static Object]) -> bool {
    objects.iter().any(|other| std::ptr::eq(object, *other))
}

/// Whether a key is one of the document itself.
fn is_at_root(key: At<'_>) -> bool {
    key.pointer().tokens().len() == 1
}

fn is_given(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).is_some_and(|value| !value.is_null())
}

/// The kind that is required, in words.
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
