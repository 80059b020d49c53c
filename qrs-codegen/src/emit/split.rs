//! The parts of a file that would be too long: one for what begins alike, so that an addition changes one of them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::naming::Ident;

/// Lines of a file, as they are estimated, before it is split. The estimates are high: no file becomes longer than 5,000.
const MOST_LINES: usize = 5_500;

/// The parts of `all`, by their modules, if one file would be too long. Each has the items whose keys begin alike, with as
/// many letters as it takes. No module has one of the names that are `taken`.
pub(super) fn split<'a, T>(
    all: impl IntoIterator<Item = &'a T>,
    key: impl Fn(&T) -> String,
    lines: impl Fn(&T) -> usize,
    taken: &[&str],
) -> Option<BTreeMap<Ident, Vec<&'a T>>> {
    let too_many = |items: &[(String, &'a T)]| items.iter().map(|(_, item)| lines(item)).sum::<usize>() > MOST_LINES;
    let all: Vec<(String, &T)> = all.into_iter().map(|item| (letters(&key(item)), item)).collect();
    if !too_many(&all) {
        return None;
    }
    let mut parts = BTreeMap::new();
    let mut pending = vec![(all, 1)];
    while let Some((items, length)) = pending.pop() {
        let mut alike: BTreeMap<String, Vec<(String, &T)>> = BTreeMap::new();
        for (key, item) in items {
            alike.entry(key.chars().take(length).collect()).or_default().push((key, item));
        }
        for (beginning, items) in alike {
            // Keys that end before they differ stay in one file.
            if items.len() > 1 && beginning.len() == length && too_many(&items) {
                pending.push((items, length + 1));
            } else {
                parts.insert(Ident::of_part(&beginning, taken), items.into_iter().map(|(_, item)| item).collect());
            }
        }
    }
    Some(parts)
}

/// The declarations of these private modules, and the exports of what is in them.
pub(super) fn exported(modules: &[Ident]) -> [TokenStream; 2] {
    [quote!(#(mod #modules;)*), quote!(#(pub use #modules::*;)*)]
}

fn letters(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
