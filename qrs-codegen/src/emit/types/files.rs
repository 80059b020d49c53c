//! The files of the types: one; or, where that would be too long, one for the types whose names begin alike. `types`
//! exports them all, whichever file they are in.

use std::collections::BTreeSet;

use crate::emit::split::split;
use crate::model::{Api, Doc, Item, JsonForm, SharedTypes, Type};
use crate::naming::Ident;

/// The types of one file.
pub(in crate::emit) struct TypesFile<'a> {
    /// The module of the file within `types`; `None` if there is one file.
    pub(in crate::emit) module: Option<Ident>,
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
    let parts =
        split(&api.items, |item| item.name().ident.as_str().to_owned(), |item| lines(item, &api.shared), &["types"]);
    match parts {
        None => vec![TypesFile { module: None, items: api.items.iter().collect() }],
        Some(parts) => parts.into_iter().map(|(module, items)| TypesFile { module: Some(module), items }).collect(),
    }
}

/// About as many lines as a type takes in Rust.
fn lines(item: &Item, shared: &SharedTypes) -> usize {
    let doc = |doc: &Doc| doc.lines.len();
    match item {
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
    }
}
