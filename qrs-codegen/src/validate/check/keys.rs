//! Keys that the tables do not know, and those of `x-codegen`.

use serde_json::{Map, Value};

use super::{Checker, Use, is_at_root, is_one_of};
use crate::diagnostic::{At, Diagnostic, Origin, Problem};
use crate::validate::Version;
use crate::validate::near::is_near;
use crate::validate::repair::How;
use crate::validate::tables::operations::{OPERATION, PATH_ITEM, PATHS};
use crate::validate::tables::schemas::SCHEMA;
use crate::validate::tables::{Field, Kind, Needed, Object, Others, swagger};

impl Checker {
    pub(super) fn codegen(&mut self, value: &Value, object: &'static Object, at: At<'_>) {
        self.own += 1;
        self.codegen_keys(value, object, at);
        self.own -= 1;
    }

    fn codegen_keys(&mut self, value: &Value, object: &'static Object, at: At<'_>) {
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

    pub(super) fn newer(&mut self, field: &Field, object: &'static Object, at: At<'_>) {
        let problem = Problem::NewerKey { key: field.key, object: object.name, since: field.since.name() };
        // Tools write the words of 3.2 under the versions before it, `itemSchema` without a thought.
        let diagnostic = match (self.version, field.since) {
            (Version::V31, Version::V32) if field.key == "itemSchema" => return,
            (Version::V30 | Version::V31, Version::V32) => Diagnostic::note(at.pointer(), problem),
            _ => Diagnostic::warning(at.pointer(), problem),
        };
        self.push(diagnostic.on_key().help("it is read as that version has it"));
    }

    /// Reports a key that is not known, and returns the known one that it is read as, with what becomes of the value.
    pub(super) fn unknown(
        &mut self,
        key: &str,
        value: &Value,
        holder: &Map<String, Value>,
        object: &'static Object,
        at: At<'_>,
    ) -> Option<(&'static Field, Use)> {
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
                // A key without its value is missing, under its own name, too.
                let is_missing = value.is_null() && near.needed == Needed::Yes;
                if is_open || is_missing || near.aside || matches!(near.kind, Kind::Words | Kind::Any) {
                    Diagnostic::warning(at.pointer(), problem).help(help)
                } else if matches!(self.origin, Origin::Overlay(_)) {
                    Diagnostic::error(at.pointer(), problem).help(help)
                } else if holder.contains_key(near.key) {
                    Diagnostic::warning(at.pointer(), problem).help("it has no effect")
                } else {
                    self.push(
                        Diagnostic::warning(at.pointer(), problem)
                            .on_key()
                            .help(format!("it is taken for `{}`", near.key)),
                    );
                    let usable = self.field(value, near, at);
                    self.amend(at, How::Rename(near.key.to_owned()));
                    return Some((near, usable));
                }
            }
            (Others::Matching(_, expected, _), None) => {
                let diagnostic = Diagnostic::error(at.pointer(), problem).help(format!("a key here is {expected}"));
                self.degrade(diagnostic.on_key(), "it is left out");
                // Later stages may know it: `0XX` is a status to some readers.
                self.amend(at, How::Remove);
                return None;
            }
            (Others::None, None) => {
                self.take_out(object, at);
                Diagnostic::warning(at.pointer(), problem).help("it has no effect")
            }
        };
        self.push(diagnostic.on_key());
        None
    }

    /// Takes out a key without effect: it may be a word of another version, which the document is brought into the shape of.
    /// At the root or in a schema, it may be what a reference leads to.
    fn take_out(&mut self, object: &'static Object, at: At<'_>) {
        if !is_at_root(at) && !is_one_of(object, &[&SCHEMA]) {
            self.amend(at, How::Remove);
        }
    }
}

/// Whether a key of the paths can only be a path: not a word that something else may be meant by.
fn is_path_without_slash(key: &str) -> bool {
    !key.is_empty()
        && !key.contains("://")
        && !OPERATION.fields.iter().chain(PATH_ITEM.fields).any(|field| is_near(key, field.key))
}
