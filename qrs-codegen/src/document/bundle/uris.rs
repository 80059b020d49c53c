//! References that are not to components of the document, and what 3.2 says of URIs: `$self`, by which documents name themselves, and security schemes by their URIs.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{BundledText, Bundler, DOCUMENT, local};
use crate::diagnostic::{At, Origin};
use crate::document::file_path;
use crate::source;
use crate::validate::{self, Kind, Layout};

/// The folders of a URI, and its file, that may be the path of a file.
const MAX_SEGMENTS: usize = 4;

impl Bundler<'_> {
    /// The names of a Security Requirement Object, which may be references to schemes.
    pub(super) fn requirement(&mut self, value: &mut Value, kind: &'static Kind, base: usize, at: At<'_>) {
        if !validate::is_requirement(kind) {
            return;
        }
        let section = "securitySchemes";
        let Some(map) = value.as_object_mut().filter(|map| map.keys().any(|name| names_file(name))) else { return };
        let mut renamed = Map::new();
        for (name, scopes) in std::mem::take(map) {
            let is_known = self.taken.get(section).is_some_and(|names| names.contains(&name));
            let replaced = if is_known || !names_file(&name) {
                None
            } else {
                let said = self.out.found.len();
                let replaced = self.component(&name, section, base, at.child(&name));
                // What leads nowhere is told where requirements are lowered.
                self.out.found.truncate(said);
                replaced
            };
            renamed.insert(replaced.unwrap_or(name), scopes);
        }
        *map = renamed;
    }

    /// The values of a discriminator's `mapping`, and its `defaultMapping`, which may be references.
    pub(super) fn mapping(&mut self, value: &mut Value, kind: &'static Kind, base: usize, at: At<'_>) {
        if !validate::is_discriminator(kind) {
            return;
        }
        let mapping_at = at.child("mapping");
        for (key, value) in value.get_mut("mapping").and_then(Value::as_object_mut).into_iter().flatten() {
            self.mapped(value, base, mapping_at.child(key));
        }
        if let Some(default) = value.get_mut("defaultMapping") {
            self.mapped(default, base, at.child("defaultMapping"));
        }
    }

    /// The schema that a discriminator names, as a reference to a component of the document.
    fn mapped(&mut self, value: &mut Value, base: usize, at: At<'_>) {
        let Some(reference) = value.as_str().map(str::to_owned) else { return };
        let names_file = [".yaml", ".yml", ".json"].iter().any(|ending| reference.contains(ending));
        let reference = if names_file || reference.starts_with('#') {
            reference
        } else if base == DOCUMENT {
            return;
        } else {
            local(self.layout, self.layout.schemas, &reference)
        };
        // A mapping that leads nowhere is the lowering's to judge.
        let said = self.out.found.len();
        let replaced = self.component(&reference, self.layout.schemas, base, at);
        self.out.found.truncate(said);
        if let Some(replaced) = replaced {
            *value = Value::String(replaced);
        }
    }

    /// A reference as one from the place of the document, where `$self` says what that is called.
    pub(super) fn without_own_uri<'r>(&self, file: &'r str, base: usize) -> Cow<'r, str> {
        let Some(own) = self.own_uri.as_deref().filter(|_| !file.is_empty()) else { return Cow::Borrowed(file) };
        let (folder, own_name) = own.rsplit_once('/').unwrap_or(("", own));
        let is_own = file == own
            || (!self.texts[base].name.contains('/') && file.strip_prefix("./").unwrap_or(file) == own_name);
        if is_own {
            return Cow::Owned(self.texts[DOCUMENT].name.clone());
        }
        let within = file.strip_prefix(folder).filter(|_| !folder.is_empty()).and_then(|rest| rest.strip_prefix('/'));
        match within {
            // From another file, the way leads up to the document's folder first.
            Some(rest) => Cow::Owned(format!("{}{rest}", "../".repeat(self.texts[base].name.matches('/').count()))),
            None => Cow::Borrowed(file),
        }
    }

    /// The text that has this `$self`: one that was read, or a file of the name that the URI ends with.
    pub(super) fn called(&mut self, uri: &str, at: At<'_>) -> Option<usize> {
        let (_, path) = uri.split_once("://")?;
        let is_called = |text: &BundledText| text.tree.as_ref().and_then(own_uri) == Some(uri);
        if let Some(read) = self.texts.iter().position(is_called) {
            return Some(read);
        }
        if self.unknown_uris.contains(uri) {
            return None;
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        for first in (0..segments.len()).rev().take(MAX_SEGMENTS) {
            let name = file_path::resolve("", &segments.get(first..)?.join("/"));
            let Some(name) = name.ok().filter(|name| !self.read.contains_key(name)) else { continue };
            // Only a file that says so itself is meant.
            let mut names = std::iter::once(name.clone()).chain(extended(&name));
            let called = names.find(|name| self.own_uri_of(name).is_some_and(|own| own == uri));
            if let Some(name) = called {
                return self.text(&name, at);
            }
        }
        self.unknown_uris.insert(uri.to_owned());
        None
    }

    /// The file that a name without its extension means: a reference is resolved against the URI by which the document calls
    /// itself, and URIs usually have no extension. The file has to call itself by that name.
    pub(super) fn with_extension(&self, name: &str) -> Option<String> {
        let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
        let mut names = extended(name).peekable();
        if names.peek().is_none() || self.read.contains_key(name) || self.files.read(name).is_ok() {
            return None;
        }
        names.find(|file| self.own_uri_of(file).is_some_and(|own| last(&own) == last(name)))
    }

    /// The `$self` of a file, if there is such a file and it has one.
    fn own_uri_of(&self, name: &str) -> Option<String> {
        let text = self.files.read(name).ok().filter(|text| text.contains("$self"))?;
        let (tree, _) = source::read_part(&text, Origin::File(self.out.files.len())).ok()?;
        own_uri(&tree).map(str::to_owned)
    }
}

/// The extensions of files that hold a document.
const EXTENSIONS: [&str; 3] = [".yaml", ".yml", ".json"];

/// The names of the files that a name without an extension can mean.
fn extended(name: &str) -> impl Iterator<Item = String> {
    let is_whole = EXTENSIONS.iter().any(|extension| name.ends_with(extension));
    EXTENSIONS.iter().filter(move |_| !is_whole).map(move |extension| format!("{name}{extension}"))
}

/// The URI by which a document calls itself.
pub(super) fn own_uri(document: &Value) -> Option<&str> {
    document.get("$self").and_then(Value::as_str).map(without_fragment)
}

/// The names in a list of Security Requirement Objects.
fn requirements(list: &Value) -> impl Iterator<Item = &str> {
    let all = list.as_array().into_iter().flatten().filter_map(Value::as_object);
    all.flat_map(|requirement| requirement.keys().map(String::as_str))
}

/// Whether a name is the way to another file, as that of a scheme in a requirement may be.
fn names_file(name: &str) -> bool {
    !name.starts_with('#') && (name.contains('/') || EXTENSIONS.iter().any(|end| name.contains(end)))
}

fn without_fragment(uri: &str) -> &str {
    uri.split('#').next().unwrap_or(uri)
}

/// Whether a document may have a reference to anything but a component of its own.
pub(super) fn is_needed(value: &Value, layout: &Layout) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| match (key.as_str(), value) {
            ("$ref", Value::String(reference)) => !is_plain(reference, layout),
            ("security", list) => requirements(list).any(names_file) || is_needed(list, layout),
            (_, value) => is_needed(value, layout),
        }),
        Value::Array(items) => items.iter().any(|value| is_needed(value, layout)),
        _ => false,
    }
}

/// Whether a reference is to a component. Path items can be none in the model that is lowered.
pub(super) fn is_plain(reference: &str, layout: &Layout) -> bool {
    let mut tokens = reference.split('/');
    tokens.next() == Some("#")
        && layout.holder.iter().all(|holder| tokens.next() == Some(holder))
        && tokens.next().is_some_and(|section| layout.sections().any(|known| known == section))
        && tokens.next().is_some()
        && tokens.next().is_none()
}

/// Each `$id` in a document.
pub(super) fn identifiers(document: &Value) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut pending = vec![document];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$id").and_then(Value::as_str).map(|id| without_fragment(id).to_owned()));
                pending.extend(map.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    found
}

/// Whether a reference may be to a schema of the document that has an `$id`: that comes before a file.
pub(super) fn is_identified(ids: &HashSet<String>, reference: &str) -> bool {
    let uri = without_fragment(reference);
    let relative = uri.trim_start_matches("./").trim_start_matches("../");
    !uri.is_empty()
        && ids.iter().any(|id| id == uri || id.strip_suffix(relative).is_some_and(|start| start.ends_with('/')))
}
