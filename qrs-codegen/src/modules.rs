//! Hand-written modules that a crate carries beside what is generated.

use std::collections::HashSet;

use crate::diagnostic::{At, Diagnostic, Origin, Problem};
use crate::naming::Ident;
use crate::source::Source;

/// Modules that every crate has at its root.
const TAKEN: &[&str] = &["client", "contract", "operations", "runtime", "types", "lib", "main", "mod", "reqwest"];

/// A module with its text.
pub(crate) struct Module<'a> {
    pub(crate) ident: Ident,
    pub(crate) text: &'a str,
}

/// Reads the modules; a file that cannot be one is reported in `found`.
pub(crate) fn read<'a>(sources: &[Source<'a>], found: &mut Vec<Diagnostic>) -> Vec<Module<'a>> {
    let mut taken: HashSet<String> = TAKEN.iter().map(ToString::to_string).collect();
    let mut modules = Vec::new();
    for source in sources {
        match module(*source, &mut taken) {
            Ok(module) => modules.push(module),
            Err(reason) => {
                let problem = Problem::InvalidModule { name: source.name.to_owned(), reason };
                found.push(Diagnostic::error(At::ROOT, problem).in_text(Origin::Module));
            }
        }
    }
    modules
}

fn module<'a>(source: Source<'a>, taken: &mut HashSet<String>) -> Result<Module<'a>, String> {
    let file = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.strip_suffix(".rs").ok_or("its name does not end with `.rs`")?;
    let ident = Ident::of_module(stem).ok_or("its name is no name of a module")?;
    if !taken.insert(stem.to_owned()) {
        return Err(format!("the crate has a module `{stem}` already"));
    }
    syn::parse_file(source.text).map_err(|error| format!("it is not Rust: {error}"))?;
    Ok(Module { ident, text: source.text })
}
