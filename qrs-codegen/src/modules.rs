//! Hand-written modules that a crate carries beside what is generated.

use std::collections::HashSet;

use crate::diagnostic::{At, Diagnostic, Origin, Problem};
use crate::naming::Ident;
use crate::source::Source;

/// Modules that every crate has at its root.
const TAKEN: &[&str] =
    &["cli", "client", "contract", "lib", "main", "mock", "mod", "operations", "reqwest", "runtime", "types"];

/// A file of a module.
pub(crate) struct Module<'a> {
    /// The module at the crate's root; `None` for a further file of one.
    pub(crate) root: Option<Ident>,
    /// The path in `src/`.
    pub(crate) path: String,
    /// Whether it has something for other crates.
    pub(crate) is_public: bool,
    pub(crate) text: &'a str,
}

/// Reads the modules; a file that cannot be one is reported in `found`.
///
/// A file `FOLDER/mod.rs` is the module `FOLDER`, and the other files of its folder belong to it.
pub(crate) fn read<'a>(sources: &[Source<'a>], found: &mut Vec<Diagnostic>) -> Vec<Module<'a>> {
    let folders: Vec<String> = sources.iter().filter_map(|source| folder(source.name, "mod.rs")).collect();
    let mut taken: HashSet<String> = TAKEN.iter().map(ToString::to_string).collect();
    let mut modules = Vec::new();
    for source in sources {
        match module(*source, &folders, &mut taken) {
            Ok(module) => modules.push(module),
            Err(reason) => {
                let problem = Problem::InvalidModule { name: source.name.to_owned(), reason };
                found.push(Diagnostic::error(At::ROOT, problem).in_text(Origin::Module));
            }
        }
    }
    modules
}

/// The folder of a file of this name.
fn folder(path: &str, file: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    path.strip_suffix(file)?.strip_suffix('/').map(str::to_owned)
}

fn module<'a>(source: Source<'a>, folders: &[String], taken: &mut HashSet<String>) -> Result<Module<'a>, String> {
    let name = source.name.replace('\\', "/");
    let file = name.rsplit('/').next().unwrap_or_default();
    let stem = file.strip_suffix(".rs").ok_or("its name does not end with `.rs`")?;
    let within = |folder: &&String| name.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let folder = folders.iter().filter(within).min_by_key(|folder| folder.len());
    let root = folder.map_or(stem, |folder| folder.rsplit('/').next().unwrap_or_default());
    let ident = Ident::of_module(root).ok_or("its name is no name of a module")?;
    let inner = folder.and_then(|folder| name.strip_prefix(folder.as_str())?.strip_prefix('/'));
    let path = inner.map_or_else(|| file.to_owned(), |inner| format!("{root}/{inner}"));
    let is_root = inner.is_none_or(|inner| inner == "mod.rs");
    if is_root && !taken.insert(root.to_owned()) {
        return Err(format!("the crate has a module `{root}` already"));
    }
    let parsed = syn::parse_file(source.text).map_err(|error| format!("it is not Rust: {error}"))?;
    let root = is_root.then_some(ident);
    Ok(Module { root, path, is_public: parsed.items.iter().any(is_public), text: source.text })
}

fn is_public(item: &syn::Item) -> bool {
    let visibility = match item {
        syn::Item::Const(item) => &item.vis,
        syn::Item::Enum(item) => &item.vis,
        syn::Item::Fn(item) => &item.vis,
        syn::Item::Mod(item) => &item.vis,
        syn::Item::Static(item) => &item.vis,
        syn::Item::Struct(item) => &item.vis,
        syn::Item::Trait(item) => &item.vis,
        syn::Item::Type(item) => &item.vis,
        syn::Item::Union(item) => &item.vis,
        syn::Item::Use(item) => &item.vis,
        syn::Item::Impl(_) => return true,
        _ => return false,
    };
    matches!(visibility, syn::Visibility::Public(_))
}
