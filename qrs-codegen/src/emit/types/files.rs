//! The files of the types: one; or, where that would be too long, one for the types whose names begin alike, so that a
//! further type changes one of them. `types` exports them all, whichever file they are in.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Api, Doc, Item, JsonForm, SharedTypes, Type};
use crate::naming::Ident;

/// Lines of a file, as they are estimated here, before it is split. The estimate is high: no file becomes longer than 5,000.
const MOST_LINES: usize = 5_500;

/// The types of one file.
pub(in crate::emit) struct TypesFile<'a> {
    /// The module of the file within `types`; `None` if there is one file.
    pub(in crate::emit) module: Option<String>,
    /// In the order of the model.
    pub(in crate::emit) items: Vec<&'a Item>,
}

impl<'a> TypesFile<'a> {
    /// The types of other files that it mentions, in alphabetical order.
    pub(in crate::emit) fn others(&self, shared: &'a SharedTypes) -> Vec<&'a Ident> {
        let mut others: BTreeSet<&Ident> = self.items.iter().flat_map(|item| mentioned(item, shared)).collect();
        for item in &self.items {
            others.remove(&item.name().ident);
        }
        others.into_iter().collect()
    }
}

/// The declared types that the code of a type mentions.
fn mentioned<'a>(item: &'a Item, shared: &'a SharedTypes) -> Vec<&'a Ident> {
    if let Some(declared) = shared.get(&item.name().ident) {
        return vec![declared];
    }
    let of_types = item.types().into_iter().flat_map(Type::items);
    let further: Vec<&Ident> = match item {
        Item::Struct(item) => item.fields.iter().filter_map(|field| Some(&field.constant.as_ref()?.0)).collect(),
        Item::Union(item) => item.variants.iter().filter_map(|variant| struct_of(&variant.form)).collect(),
        Item::Enum(_) | Item::Alias(_) | Item::Newtype(_) => Vec::new(),
    };
    of_types.chain(further).collect()
}

fn struct_of(form: &JsonForm) -> Option<&Ident> {
    match form {
        JsonForm::Struct(ident) => Some(ident),
        _ => None,
    }
}

/// The files for the types of a document, by their modules.
pub(in crate::emit) fn files(api: &Api) -> Vec<TypesFile<'_>> {
    let all: Vec<&Item> = api.items.iter().collect();
    if lines(&all, &api.shared) <= MOST_LINES {
        return vec![TypesFile { module: None, items: all }];
    }
    let mut files = BTreeMap::new();
    let mut pending = vec![(all, 1)];
    while let Some((items, letters)) = pending.pop() {
        let mut parts: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
        for item in items {
            parts.entry(beginning(item, letters)).or_default().push(item);
        }
        for (beginning, items) in parts {
            // Names that end before they differ stay in one file.
            if items.len() > 1 && beginning.len() == letters && lines(&items, &api.shared) > MOST_LINES {
                pending.push((items, letters + 1));
            } else {
                files.entry(beginning).or_insert_with(Vec::new).extend(items);
            }
        }
    }
    files.into_iter().map(|(beginning, items)| TypesFile { module: Some(module(beginning)), items }).collect()
}

/// The first letters of a type's name.
fn beginning(item: &Item, letters: usize) -> String {
    let name = item.name().ident.as_str();
    let plain = name.chars().filter(char::is_ascii_alphanumeric).take(letters);
    plain.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A module's name, which is no keyword and does not begin with a digit. Names without an ASCII letter share one.
fn module(beginning: String) -> String {
    if beginning.is_empty() {
        return "other_".to_owned();
    }
    if syn::parse_str::<syn::Ident>(&beginning).is_ok() { beginning } else { format!("{beginning}_") }
}

/// About as many lines as types take in Rust.
fn lines(items: &[&Item], shared: &SharedTypes) -> usize {
    let doc = |doc: &Doc| doc.lines.len();
    let of = |item: &&Item| match item {
        item if shared.contains_key(&item.name().ident) => 3 + doc(item.doc()),
        Item::Struct(item) => {
            30 + doc(&item.doc) + item.fields.iter().map(|field| 13 + 2 * doc(&field.doc)).sum::<usize>()
        }
        Item::Enum(item) => {
            40 + doc(&item.doc) + item.variants.iter().map(|variant| 4 + doc(&variant.doc)).sum::<usize>()
        }
        Item::Union(item) => {
            60 + doc(&item.doc) + item.variants.iter().map(|variant| 25 + doc(&variant.doc)).sum::<usize>()
        }
        Item::Alias(item) => 3 + doc(&item.doc),
        Item::Newtype(item) => 25 + doc(&item.doc),
    };
    items.iter().map(of).sum()
}
