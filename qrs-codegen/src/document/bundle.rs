//! References to other files, and to places where no component is: whatever is referred to becomes a component of the
//! document, under a name of its own, so that the later stages know one document and one kind of reference.
//!
//! Nothing is opened here. A file is one that was given, by its way from the document's folder; that way is worked out of
//! the reference's text alone, and one that leads out of the folder, or onto the network, is not followed. A reference
//! that leads nowhere costs no more than what it stands for, which later stages leave out or type as a JSON value.

mod uris;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use self::uris::{is_needed, is_plain};
use super::file_path;
use crate::diagnostic::{At, Diagnostic, Graft, Origin, Pointer, Problem, Severity};
use crate::files::{Files, LoadedFile};
use crate::pointer::percent_decoded;
use crate::source;
use crate::validate::{self, ChildKey, Kind, Layout, Target};

/// Values that are copied out of other files. More are in no document that people wrote.
const MAX_COPIED: usize = 2 << 20;

/// The outcome of a reference that leads nowhere.
const OUTCOME: &str = "a schema is any JSON value then, a body is bytes, and anything else is left out";

/// Objects within each other that are put in place of a reference.
const MAX_INLINED: usize = 64;

/// The result of bundling.
#[derive(Default)]
pub(crate) struct Bundled {
    /// The origins of the values that were put into the document.
    pub(crate) grafts: Vec<Graft>,
    /// Problems of the references and of the files.
    pub(crate) found: Vec<Diagnostic>,
    /// The files that were asked for, in the order of their indices in [`Origin::File`].
    pub(crate) files: Vec<LoadedFile>,
}

impl Bundled {
    /// Whether a problem with a reference was already reported here.
    pub(crate) fn explains(&self, diagnostic: &Diagnostic) -> bool {
        let is_of_references = |problem: &Problem| {
            matches!(problem, Problem::UnsupportedReference { .. } | Problem::DanglingReference { .. })
        };
        let explains = |found: &Diagnostic| {
            let is_broken = is_of_references(&found.problem) || matches!(found.problem, Problem::UnreadableFile { .. });
            (is_broken || found.is_error()) && found.pointer == diagnostic.pointer
        };
        is_of_references(&diagnostic.problem) && self.found.iter().any(explains)
    }
}

/// Brings into `document` what its references lead to, to where `layout` has it. `name` is what the document itself is
/// called.
pub(crate) fn bundle(document: &mut Value, layout: &'static Layout, name: &str, files: &dyn Files) -> Bundled {
    if !is_needed(document, layout) {
        return Bundled::default();
    }
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
    let mut bundler = Bundler {
        layout,
        files,
        own_uri: uris::own_uri(document).map(str::to_owned),
        ids: uris::identifiers(document),
        texts: vec![BundledText { name: own, tree: Some(document.clone()) }],
        read: HashMap::new(),
        unknown_uris: HashSet::new(),
        names: HashMap::new(),
        taken: taken(document, layout),
        pending: Vec::new(),
        inlined: Vec::new(),
        copied: 0,
        unsound: Vec::new(),
        out: Bundled::default(),
    };
    bundler.adopt(document);
    bundler.walk(document, &layout.document, DOCUMENT, At::ROOT);
    while let Some(Pending { section, name, mut value, base }) = bundler.pending.pop() {
        let holder = layout.place(section);
        bundler.walk(&mut value, layout.component(section), base, At::of(&holder).child(&name));
        if let Some(holder) = entry(document, &layout.path(section)) {
            holder.insert(name, value);
        }
    }
    let Bundler { mut out, unsound, .. } = bundler;
    out.found.extend(unsound);
    out
}

/// The document among the texts.
const DOCUMENT: usize = 0;

/// The names of the components, by section.
fn taken(document: &Value, layout: &Layout) -> HashMap<String, HashSet<String>> {
    let names = |section: &'static str| {
        let entries = layout.place(section).value_in(document).and_then(Value::as_object);
        let names = entries.into_iter().flat_map(Map::keys).cloned().collect();
        (section.to_owned(), names)
    };
    layout.sections().map(names).collect()
}

/// The map at a place, made if there is nothing.
fn entry<'v>(value: &'v mut Value, keys: &[&str]) -> Option<&'v mut Map<String, Value>> {
    let mut map = value.as_object_mut()?;
    for key in keys {
        map = map.entry(*key).or_insert_with(|| json!({})).as_object_mut()?;
    }
    Some(map)
}

/// The map at a place, if there is one.
fn entry_of<'v>(value: &'v mut Value, keys: &[&str]) -> Option<&'v mut Map<String, Value>> {
    keys.iter().try_fold(value, |value, key| value.get_mut(*key))?.as_object_mut()
}

struct BundledText {
    name: String,
    /// `None` if it cannot be read, which was reported.
    tree: Option<Value>,
}

/// The place that a reference leads to.
#[derive(Clone, PartialEq, Eq, Hash)]
struct TextPlace {
    text: usize,
    pointer: Pointer,
}

/// A component that is still to be looked through for references.
struct Pending {
    section: &'static str,
    name: String,
    value: Value,
    base: usize,
}

struct Bundler<'a> {
    layout: &'static Layout,
    files: &'a dyn Files,
    /// `$self` of the document.
    own_uri: Option<String>,
    /// Each `$id` in the document.
    ids: HashSet<String>,
    texts: Vec<BundledText>,
    /// The texts that were asked for, by name.
    read: HashMap<String, usize>,
    /// The URIs that no text has as its `$self`.
    unknown_uris: HashSet<String>,
    /// The names of places that became components.
    names: HashMap<(&'static str, TextPlace), String>,
    taken: HashMap<String, HashSet<String>>,
    pending: Vec<Pending>,
    /// The places whose content is being put in place of a reference, the outermost first.
    inlined: Vec<TextPlace>,
    copied: usize,
    /// Problems of the texts of the files.
    unsound: Vec<Diagnostic>,
    out: Bundled,
}

impl Bundler<'_> {
    /// A component that is nothing but a reference to another file is what it refers to, and lends it its name.
    fn adopt(&mut self, document: &mut Value) {
        let layout = self.layout;
        for section in layout.sections() {
            let place = layout.place(section);
            let section_at = At::of(&place);
            for (name, value) in entry_of(document, &layout.path(section)).into_iter().flatten() {
                let Some(map) = value.as_object().filter(|map| map.len() == 1) else { continue };
                let Some(reference) = map.get("$ref").and_then(Value::as_str).map(str::to_owned) else { continue };
                if reference.starts_with('#') || uris::is_identified(&self.ids, &reference) {
                    continue;
                }
                let at = section_at.child(name);
                // The walk reports its problems.
                let said = self.out.found.len();
                let place = self.place(&reference, DOCUMENT, at);
                self.out.found.truncate(said);
                let Some(place) = place.filter(|place| place.text != DOCUMENT) else { continue };
                let key = (section, place.clone());
                if self.names.contains_key(&key) {
                    continue;
                }
                let Some(copy) = self.content(&place).cloned() else { continue };
                self.names.insert(key, name.clone());
                self.graft(&place, at.pointer());
                self.pending.push(Pending { section, name: name.clone(), value: copy, base: place.text });
                // Not to be taken for a reference of the document's any more; what it becomes is put here in the end.
                *value = json!({});
            }
        }
    }

    /// Looks for references in a value of the text `base`, which stands at `at`.
    fn walk(&mut self, value: &mut Value, kind: &'static Kind, base: usize, at: At<'_>) {
        let mut base = base;
        let depth = self.inlined.len();
        while let Some(reference) = value.get("$ref").and_then(Value::as_str).map(str::to_owned) {
            match self.layout.target(kind) {
                Target::Component(section) => {
                    if let Some(replaced) = self.component(&reference, section, base, at) {
                        value["$ref"] = Value::String(replaced);
                    }
                    break;
                }
                Target::Inline => match self.inline(value, &reference, base, at) {
                    Some(text) => base = text,
                    None => break,
                },
                Target::None => break,
            }
        }
        self.mapping(value, kind, base, at);
        self.requirement(value, kind, base, at);
        validate::children(value, kind, &mut |step, value, kind| {
            let at = match step {
                ChildKey::Key(key) => at.child(key),
                ChildKey::Index(index) => at.index(index),
            };
            self.walk(value, kind, base, at);
        });
        self.inlined.truncate(depth);
    }

    /// The reference to the component that a reference leads to; `None` if it is to stay as it is.
    fn component(&mut self, reference: &str, section: &'static str, base: usize, at: At<'_>) -> Option<String> {
        let layout = self.layout;
        if base == DOCUMENT && reference.starts_with('#') && (section == layout.schemas || is_plain(reference, layout))
        {
            // Any place of the document may hold a schema, which is looked for where schemas are lowered.
            return None;
        }
        if base == DOCUMENT && section == layout.schemas && uris::is_identified(&self.ids, reference) {
            return None;
        }
        let place = self.place(reference, base, at)?;
        if place.text == DOCUMENT
            && let Some(name) = layout.name_in(section, place.pointer.tokens())
        {
            return Some(local(layout, section, name));
        }
        if let Some(name) = self.names.get(&(section, place.clone())) {
            return Some(local(layout, section, name));
        }
        let Some(value) = self.content(&place).cloned() else {
            self.dangling(reference, at);
            return None;
        };
        if !self.count(&value, at) {
            return None;
        }
        let name = self.name(&place, section, at);
        self.names.insert((section, place.clone()), name.clone());
        self.graft(&place, layout.place(section).child(&name));
        let replaced = local(layout, section, &name);
        self.pending.push(Pending { section, name, value, base: place.text });
        Some(replaced)
    }

    /// Puts what a reference leads to in its place; what stands beside the reference wins. The text that it came from.
    fn inline(&mut self, value: &mut Value, reference: &str, base: usize, at: At<'_>) -> Option<usize> {
        let Some(place) = self.place(reference, base, at) else {
            drop_reference(value);
            return None;
        };
        if self.inlined.contains(&place) || self.inlined.len() >= MAX_INLINED {
            let diagnostic = Diagnostic::warning(at.child("$ref").pointer(), Problem::ReferenceCycle);
            self.out.found.push(diagnostic.help("what it stands for is left out"));
            drop_reference(value);
            return None;
        }
        let Some(found) = self.content(&place).cloned() else {
            self.dangling(reference, at);
            drop_reference(value);
            return None;
        };
        if !self.count(&found, at) {
            drop_reference(value);
            return None;
        }
        self.graft(&place, at.pointer());
        let own = value.as_object_mut().map(std::mem::take).unwrap_or_default();
        *value = found;
        if let Some(map) = value.as_object_mut() {
            map.extend(own.into_iter().filter(|(key, _)| key != "$ref"));
        }
        let text = place.text;
        self.inlined.push(place);
        Some(text)
    }

    /// The place that a reference in the text `base` leads to, if that text can be read.
    fn place(&mut self, reference: &str, base: usize, at: At<'_>) -> Option<TextPlace> {
        let at = at.child("$ref");
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = &*self.without_own_uri(file, base);
        let text = if file.is_empty() {
            base
        } else if let Some(text) = self.called(file, at) {
            text
        } else {
            match file_path::resolve(&self.texts[base].name, file) {
                Ok(name) => {
                    let name = self.with_extension(&name).unwrap_or(name);
                    self.text(&name, at)?
                }
                Err(help) => {
                    self.unsupported(reference, help, at);
                    return None;
                }
            }
        };
        let Some(pointer) = Pointer::parse(&percent_decoded(fragment)) else {
            let help = "what follows the `#` is a JSON pointer, as in `#/components/schemas/Pet`";
            self.unsupported(reference, help, at);
            return None;
        };
        Some(TextPlace { text, pointer })
    }

    /// The text of a file, read when it is first asked for.
    fn text(&mut self, name: &str, at: At<'_>) -> Option<usize> {
        if name == self.texts[DOCUMENT].name {
            return Some(DOCUMENT);
        }
        if let Some(&text) = self.read.get(name) {
            let is_read = self.texts[text].tree.is_some();
            if !is_read {
                self.unreadable(name, at);
            }
            return is_read.then_some(text);
        }
        let index = self.out.files.len();
        let file = LoadedFile::load(self.files, name);
        let tree = match file.text.as_deref().map(|text| source::read_part(text, Origin::File(index))) {
            Ok(Ok((tree, found))) => {
                self.unsound.extend(found);
                Some(tree)
            }
            Ok(Err(found)) => {
                // The file is one part of the document, and the rest does without it.
                let warnings = found.into_iter().map(|found| Diagnostic { severity: Severity::Warning, ..found });
                self.unsound.extend(warnings);
                None
            }
            Err(_) => None,
        };
        self.out.files.push(file);
        if tree.is_none() {
            self.unreadable(name, at);
        }
        self.texts.push(BundledText { name: name.to_owned(), tree });
        let text = self.texts.len() - 1;
        self.read.insert(name.to_owned(), text);
        Some(text).filter(|text| self.texts[*text].tree.is_some())
    }

    fn unreadable(&mut self, name: &str, at: At<'_>) {
        if !self.ids.is_empty() && !file_path::has_extension(name) {
            self.unsupported(name, "there is no file of that name", at);
            return;
        }
        let file = self.out.files.iter().find(|file| file.name == name);
        let reason = match file.map(|file| &file.text) {
            Some(Err(reason)) => reason.as_str(),
            _ => "it is neither YAML nor JSON that can be read",
        };
        let problem = Problem::UnreadableFile { name: name.to_owned(), reason: reason.to_owned() };
        self.out.found.push(Diagnostic::warning(at.pointer(), problem).help(OUTCOME));
    }

    /// The value at a place.
    fn content(&self, place: &TextPlace) -> Option<&Value> {
        let tree = self.texts[place.text].tree.as_ref()?;
        place.pointer.value_in(tree)
    }

    fn dangling(&mut self, reference: &str, at: At<'_>) {
        let problem = Problem::DanglingReference { reference: reference.to_owned() };
        self.out.found.push(Diagnostic::warning(at.child("$ref").pointer(), problem).help(OUTCOME));
    }

    fn unsupported(&mut self, reference: &str, help: &str, at: At<'_>) {
        let problem = Problem::UnsupportedReference { reference: reference.to_owned() };
        let identifier = if self.ids.is_empty() { "" } else { "no schema has this `$id`; " };
        let help = format!("{identifier}{help}; {OUTCOME}");
        self.out.found.push(Diagnostic::warning(at.pointer(), problem).help(help));
    }

    /// Counts a value that is copied; whether it is still within bounds.
    fn count(&mut self, value: &Value, at: At<'_>) -> bool {
        if self.copied > MAX_COPIED {
            return false;
        }
        self.copied += size(value);
        if self.copied > MAX_COPIED {
            let help = format!("at most {MAX_COPIED} values are copied to where references are");
            self.out.found.push(Diagnostic::error(at.pointer(), Problem::TooLarge).help(help));
            return false;
        }
        true
    }

    fn graft(&mut self, place: &TextPlace, at: Pointer) {
        let origin = if place.text == DOCUMENT {
            Origin::Document
        } else {
            let name = &self.texts[place.text].name;
            match self.out.files.iter().position(|file| &file.name == name) {
                Some(index) => Origin::File(index),
                None => return,
            }
        };
        self.out.grafts.push(Graft { at: vec![at], origin, update: place.pointer.clone() });
    }

    /// A name for a component that is at `place`: its own, with its file's before it if another has that already.
    fn name(&mut self, place: &TextPlace, section: &'static str, at: At<'_>) -> String {
        let file = &self.texts[place.text].name;
        let stem = file.rsplit('/').next().unwrap_or(file);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let own = match place.pointer.tokens() {
            [] => stem.to_owned(),
            // In these the last token is a name already.
            [.., holder, name]
                if ["schemas", section, "$defs", "definitions", "properties"].contains(&holder.as_str()) =>
            {
                name.clone()
            }
            [name] => name.clone(),
            tokens => tokens
                .iter()
                .filter(|token| !["components", "schema", "content"].contains(&token.as_str()))
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        };
        let taken = self.taken.entry(section.to_owned()).or_default();
        if taken.insert(own.clone()) {
            return own;
        }
        let qualified = format!("{stem}_{own}");
        let mut further = (2..).map(|number| format!("{qualified}_{number}"));
        let mut name = qualified.clone();
        while !taken.insert(name.clone()) {
            name = further.next().unwrap_or_default();
        }
        let problem = Problem::NameCollision { wire: own.clone(), wanted: own.clone() };
        let holder = self.layout.place(section);
        let diagnostic = Diagnostic::warning(at.child("$ref").pointer(), problem)
            .help(format!("it is taken for `{name}`"))
            .related(holder.child(&own), format!("`{own}` is this one's name"));
        self.out.found.push(diagnostic);
        name
    }
}

fn drop_reference(value: &mut Value) {
    if let Some(map) = value.as_object_mut() {
        map.shift_remove("$ref");
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Object(map) => map.values().map(size).sum(),
        Value::Array(items) => items.iter().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// A reference to a component.
fn local(layout: &Layout, section: &str, name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1").replace('%', "%25");
    format!("#/{}/{name}", layout.path(section).join("/"))
}
