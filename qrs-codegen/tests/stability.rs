//! Checks that names are stable: an addition anywhere in a document neither renames nor reorders the rest of the client,
//! and a removal renames nothing of the rest. Random edits of a real document try it.
//!
//! [`layers`] checks the order of the generator's own modules.
//!
//! Names that collide are excluded. If two names have one snake case, the first one takes it, and nothing in a document
//! says which of them is older; the generator warns of each.

#![allow(clippy::panic, reason = "a property that does not hold fails its test")]

#[path = "stability/layers.rs"]
mod layers;

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use proptest::prelude::{ProptestConfig, Strategy, any};
use proptest::sample::Index;
use proptest::{collection, prop_assert, proptest};
use qrs_codegen::{Input, NoFiles, Source, generate};
use serde_json::{Map, Value, json};
use syn::{Fields, ImplItem, Item};

const DOCUMENT: &str = include_str!("../../spec/licenses.yaml");
const OVERLAYS: &[&str] = &[
    include_str!("../../spec/overlays/10-contract.yaml"),
    include_str!("../../spec/overlays/20-components.yaml"),
    include_str!("../../spec/overlays/30-users.yaml"),
    include_str!("../../spec/overlays/40-allocations.yaml"),
    include_str!("../../spec/overlays/45-shared-allocations.yaml"),
    include_str!("../../spec/overlays/50-usage.yaml"),
    include_str!("../../spec/overlays/60-groups.yaml"),
    include_str!("../../spec/overlays/70-license.yaml"),
    include_str!("../../spec/overlays/75-capacity.yaml"),
    include_str!("../../spec/overlays/80-rules.yaml"),
    include_str!("../../spec/overlays/85-audits.yaml"),
    include_str!("../../spec/overlays/90-about.yaml"),
];

type Files = BTreeMap<String, String>;

/// The client of a document; `None` if the document is refused.
fn files(document: &Value, overlays: &[&str]) -> Option<Files> {
    let text = document.to_string();
    let document = Source { name: "random.json", text: &text };
    let overlays: Vec<Source<'_>> = overlays.iter().map(|text| Source { name: "overlay.yaml", text }).collect();
    generate(&Input { document, overlays: &overlays, files: &NoFiles, modules: &[], command: "test" })
        .ok()
        .map(|done| done.files)
}

fn document() -> &'static Value {
    static READ: OnceLock<Value> = OnceLock::new();
    READ.get_or_init(|| serde_yaml::from_str(DOCUMENT).unwrap_or_default())
}

/// The parts of a client, with the overlay and without it, in order.
fn original(overlays: &[&str]) -> &'static (Files, Atoms) {
    static WITH: OnceLock<(Files, Atoms)> = OnceLock::new();
    static WITHOUT: OnceLock<(Files, Atoms)> = OnceLock::new();
    let cell = if overlays.is_empty() { &WITHOUT } else { &WITH };
    cell.get_or_init(|| {
        let files = files(document(), overlays).unwrap_or_else(|| panic!("the document is sound"));
        let atoms = Atoms::of(&files);
        assert!(atoms.names.len() > 300, "{}", atoms.names.len());
        (files, atoms)
    })
}

/// The smallest parts of a client, in order, each after its file.
struct Atoms {
    /// Every name that is declared: items, fields, variants, functions.
    names: Vec<String>,
    /// Every item whole; of an `impl` the functions, one by one.
    texts: Vec<String>,
    /// The types that are names for another one, and that one.
    shared: Vec<(String, String)>,
}

impl Atoms {
    fn of(files: &Files) -> Self {
        let mut atoms = Self { names: Vec::new(), texts: Vec::new(), shared: Vec::new() };
        for (path, text) in files {
            let is_source = std::path::Path::new(path).extension().is_some_and(|kind| kind == "rs");
            // Its hash is another one for each document.
            if !is_source || path.starts_with("src/runtime/") || path == "src/contract.rs" {
                continue;
            }
            let Ok(mut file) = syn::parse_file(text) else { panic!("{path} is not Rust:\n{text}") };
            file.attrs.clear();
            for item in std::mem::take(&mut file.items) {
                file.items = vec![item];
                atoms.add(path, &mut file);
            }
        }
        atoms.add_shared();
        // A line for each operation.
        let rows = files["README.md"].lines().filter(|line| line.starts_with("| `"));
        atoms.texts.extend(rows.map(|row| format!("README.md: {row}")));
        atoms
    }

    /// Adds the fields and functions of types under the other names that they have, where these stand.
    fn add_shared(&mut self) {
        let shared: HashMap<&str, &str> = self.shared.iter().map(|(name, of)| (name.as_str(), of.as_str())).collect();
        let declared = |name: &str| name.split_once(": type ").map(|(_, ident)| ident.to_owned());
        let mut parts: HashMap<String, Vec<&String>> = HashMap::new();
        let (mut file, mut current) = ("", String::new());
        for name in &self.names {
            let (path, _) = name.split_once(": ").unwrap_or_default();
            match declared(name) {
                Some(ident) => (file, current) = (path, ident),
                None if path == file => parts.entry(current.clone()).or_default().push(name),
                None => {}
            }
        }
        let mut names = Vec::new();
        for name in &self.names {
            names.push(name.clone());
            let Some(ident) = declared(name) else { continue };
            let Some(of) = shared.get(ident.as_str()) else { continue };
            let (path, _) = name.split_once(": ").unwrap_or_default();
            for part in parts.get(*of).into_iter().flatten() {
                let (_, part) = part.split_once(": ").unwrap_or_default();
                names.push(format!("{path}: {}", renamed(part, of, &ident)));
            }
        }
        self.names = names;
    }

    /// Adds the only item of a file.
    fn add(&mut self, path: &str, file: &mut syn::File) {
        let mut names = Vec::new();
        let mut parts = Vec::new();
        for item in &mut file.items {
            match item {
                // An object that loses its last property is a map, and no struct; its name stays.
                Item::Struct(it) => {
                    names.push(format!("type {}", it.ident));
                    if let Fields::Named(fields) = &it.fields {
                        let fields = fields.named.iter().filter_map(|field| field.ident.as_ref());
                        names.extend(fields.map(|field| format!("{}.{field}", it.ident)));
                    }
                }
                Item::Enum(it) => {
                    names.push(format!("type {}", it.ident));
                    names.extend(it.variants.iter().map(|variant| format!("{}::{}", it.ident, variant.ident)));
                }
                Item::Impl(it) => {
                    // The docs of a block are those of its tag, which other operations share.
                    it.attrs.clear();
                    parts = std::mem::take(&mut it.items);
                }
                Item::Fn(it) => names.push(format!("fn {}", it.sig.ident)),
                Item::Const(it) => names.push(format!("const {}", it.ident)),
                // The credentials of all operations, whose list grows with them.
                Item::Static(it) if it.ident == "ANY_PATH" => return,
                Item::Static(it) => names.push(format!("static {}", it.ident)),
                Item::Mod(it) => names.push(format!("mod {}", it.ident)),
                Item::Type(it) => {
                    names.push(format!("type {}", it.ident));
                    if let syn::Type::Path(path) = &*it.ty
                        && let Some(declared) = path.path.get_ident()
                    {
                        self.shared.push((it.ident.to_string(), declared.to_string()));
                    }
                }
                Item::Trait(it) => names.push(format!("trait {}", it.ident)),
                // What is imported is no name of the client's, and re-exports are one list.
                _ => return,
            }
        }
        let head = prettyplease::unparse(file);
        if parts.is_empty() {
            self.texts.push(format!("{path}: {head}"));
        } else {
            names.push(head.clone());
        }
        for part in parts {
            if let ImplItem::Fn(function) = &part {
                names.push(format!("{head}: {}", function.sig.ident));
            }
            if let [Item::Impl(it)] = file.items.as_mut_slice() {
                it.items = vec![part];
            }
            self.texts.push(format!("{path}: {}", prettyplease::unparse(file)));
        }
        self.names.extend(names.into_iter().map(|name| format!("{path}: {name}")));
    }
}

/// The first of `few` that is not among `many` in its turn.
/// A text with another word for `word`.
fn renamed(text: &str, word: &str, other: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words = text.split_inclusive(|letter: char| !is_part(letter));
    let other_word = |part: &str| match part.strip_prefix(word) {
        Some(rest) if !rest.starts_with(is_part) => format!("{other}{rest}"),
        _ => part.to_owned(),
    };
    words.map(other_word).collect()
}

fn first_missing<'a>(few: &'a [String], many: &[String]) -> Option<&'a String> {
    let mut many = many.iter();
    few.iter().find(|one| !many.any(|other| other == *one))
}

/// An edit, and where it is made.
#[derive(Clone, Debug)]
struct Edit {
    kind: Index,
    which: Index,
    at: Index,
    word: Index,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let one = any::<[Index; 4]>().prop_map(|[kind, which, at, word]| Edit { kind, which, at, word });
    collection::vec(one, 1..6)
}

/// Prefixes of names that sort before, between and after those of the document, and look like them.
const WORDS: [&str; 8] = ["aaa", "get license", "License", "access_type", "IdParam", "zzz", "post", "új"];

/// Adds something new by each edit. Checks that all of it is beside the rest of the client, and nothing within it.
fn add_to(document: &mut Value, edits: &[Edit]) -> bool {
    let mut beside = true;
    for (index, edit) in edits.iter().enumerate() {
        let name = format!("{} {}", edit.word.get(&WORDS), 700 + index);
        match edit.kind.index(5) {
            0 => {
                let item = json!({ "get": operation(&name, None) });
                insert(map(document, "/paths"), edit, &format!("/{}", name.replace(' ', "/")), item);
            }
            1 => {
                let paths = map(document, "/paths");
                let item = nth(paths, edit.which);
                let method = ["put", "patch", "options", "head"].into_iter().find(|method| item.get(*method).is_none());
                if let (Some(item), Some(method)) = (item.as_object_mut(), method) {
                    insert(item, edit, method, operation(&name, Some("License")));
                }
            }
            2 => {
                let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
                insert(map(document, "/components/schemas"), edit, &name, schema);
            }
            3 => {
                let schema = nth(map(document, "/components/schemas"), edit.which);
                if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                    insert(properties, edit, &name, json!({ "type": "string" }));
                    beside = false;
                }
            }
            _ => {
                let item = nth(map(document, "/paths"), edit.which);
                let operation = item.as_object_mut().map(|item| nth(item, edit.which));
                if let Some(list) = operation.and_then(|it| it.get_mut("parameters")).and_then(Value::as_array_mut) {
                    let parameter = json!({ "name": name, "in": "query", "schema": { "type": "string" } });
                    list.insert(edit.at.index(list.len() + 1), parameter);
                    beside = false;
                }
            }
        }
    }
    beside
}

fn operation(name: &str, schema: Option<&str>) -> Value {
    let mut answer = json!({ "description": "It." });
    if let Some(schema) = schema {
        answer["content"] =
            json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } });
    }
    let tag = if name.len().is_multiple_of(2) { "License" } else { name };
    // A path that has variables declares them for each operation.
    let parameters = json!([{ "$ref": "#/components/parameters/IdParam" }]);
    let parameters = if schema.is_some() { parameters } else { json!([]) };
    json!({ "operationId": name, "tags": [tag], "parameters": parameters, "responses": { "200": answer } })
}

/// Takes something out for each edit.
fn take_from(document: &mut Value, edits: &[Edit]) {
    for edit in edits {
        if edit.kind.index(2) == 0 {
            let paths = map(document, "/paths");
            let key = paths.keys().nth(edit.which.index(paths.len())).cloned().unwrap_or_default();
            let emptied = paths.get_mut(&key).and_then(Value::as_object_mut).is_some_and(|item| {
                let method = item.keys().nth(edit.at.index(item.len().max(1))).cloned().unwrap_or_default();
                item.shift_remove(&method);
                item.is_empty()
            });
            if emptied && paths.len() > 1 {
                paths.shift_remove(&key);
            }
        } else {
            let schema = nth(map(document, "/components/schemas"), edit.which);
            let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { continue };
            let key = properties.keys().nth(edit.at.index(properties.len().max(1))).cloned().unwrap_or_default();
            properties.shift_remove(&key);
            if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| *name != key);
            }
        }
    }
}

fn map<'v>(document: &'v mut Value, pointer: &str) -> &'v mut Map<String, Value> {
    match document.pointer_mut(pointer) {
        Some(Value::Object(map)) => map,
        _ => panic!("the document has {pointer}"),
    }
}

fn nth(map: &mut Map<String, Value>, which: Index) -> &mut Value {
    let index = which.index(map.len());
    map.values_mut().nth(index).unwrap_or_else(|| panic!("there is one"))
}

fn insert(map: &mut Map<String, Value>, edit: &Edit, key: &str, value: Value) {
    map.shift_insert(edit.at.index(map.len() + 1), key.to_owned(), value);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_added_renames_and_reorders_nothing(edits in edits()) {
        let mut more = document().clone();
        let beside = add_to(&mut more, &edits);
        // Without overlays: an operation that is added may be one that an overlay adds, too, and so renames.
        let Some(after) = files(&more, &[]) else { return Ok(()) };
        let (before, old) = original(&[]);
        let new = Atoms::of(&after);
        prop_assert!(before.keys().all(|path| after.contains_key(path)));
        prop_assert!(first_missing(&old.names, &new.names).is_none(), "{:?}", first_missing(&old.names, &new.names));
        if beside {
            prop_assert!(first_missing(&old.texts, &new.texts).is_none(), "{:?}", first_missing(&old.texts, &new.texts));
        }
    }

    #[test]
    fn what_is_removed_renames_and_reorders_nothing(edits in edits()) {
        let mut less = document().clone();
        take_from(&mut less, &edits);
        let Some(after) = files(&less, &[]) else { return Ok(()) };
        let (_, old) = original(&[]);
        let new = Atoms::of(&after);
        prop_assert!(first_missing(&new.names, &old.names).is_none(), "{:?}", first_missing(&new.names, &old.names));
    }
}

/// Checks that the properties notice another order and another name.
#[test]
fn a_document_in_another_order_is_no_addition() {
    let mut reordered = document().clone();
    let paths = map(&mut reordered, "/paths");
    let Some((path, item)) = paths.iter().next().map(|(path, item)| (path.clone(), item.clone())) else { return };
    paths.shift_remove(&path);
    paths.insert(path, item);
    let mut renamed = document().clone();
    *map(&mut renamed, "/components/schemas/Error/properties") =
        json!({ "text": { "type": "string" } }).as_object().cloned().unwrap_or_default();
    for (document, overlay) in [(reordered, OVERLAYS), (renamed, &[][..])] {
        let Some(after) = files(&document, overlay) else { panic!("it is sound") };
        let ((_, old), new) = (original(overlay), Atoms::of(&after));
        assert!(first_missing(&old.names, &new.names).is_some() && first_missing(&old.texts, &new.texts).is_some());
    }
}

/// Checks that these edits are accepted; otherwise the properties would say nothing.
#[test]
fn edits_are_accepted() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut accepted = 0;
    for _ in 0..20 {
        let Ok(tree) = edits().new_tree(&mut runner) else { panic!("there are edits") };
        let edits = proptest::strategy::ValueTree::current(&tree);
        let (mut more, mut less) = (document().clone(), document().clone());
        add_to(&mut more, &edits);
        take_from(&mut less, &edits);
        assert!(more != *document() || less != *document(), "{edits:?}");
        accepted += usize::from(files(&more, OVERLAYS).is_some()) + usize::from(files(&less, &[]).is_some());
    }
    assert!(accepted >= 30, "{accepted} of 40");
}
