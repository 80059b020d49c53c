//! The accessors of a client with many operations: for each module a method of `Client` and a type.

use super::names::Names;
use crate::model::Module;
use crate::naming::Ident;

/// Operations of a client that are methods of `Client` alone, at most. The documentation of each takes 3 kB.
const MOST_METHODS: usize = 250;

/// Gives each module with operations an accessor, if the document asks for it or `Client` would have too many methods.
pub(super) fn place(modules: &mut [Module], names: &mut Names, wanted: Option<bool>) {
    let operations: usize = modules.iter().map(|module| module.operations.len()).sum();
    let grouped: Vec<&mut Module> = modules.iter_mut().filter(|module| !module.operations.is_empty()).collect();
    // A single group tells nothing apart.
    if !wanted.unwrap_or(operations > MOST_METHODS && grouped.len() > 1) {
        return;
    }
    for module in grouped {
        let words: Vec<&str> = module.idents().map(Ident::as_str).collect();
        module.accessor = module.operations.first().map(|first| names.accessor(&words.join(" "), &first.at));
    }
}
