//! From the model to the files of a crate. Writes down what `lower` decided, and cannot fail.
//!
//! One module for each file, one small function for each item.

mod cli;
mod client;
mod context;
mod contract;
mod docs;
mod example;
mod exports;
mod library;
mod manifest;
mod mock;
mod operations;
mod overview;
mod part_docs;
mod readme;
mod runtime;
mod rust_types;
mod split;
mod types;

use std::borrow::Cow;
use std::sync::Arc;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{self, Api, Operation};
use crate::modules::Module;
use crate::naming::Ident;
use context::Context;
pub(crate) use docs::{forget_comments, with_comments};
pub(crate) use manifest::is_dependency;
use operations::OperationsFile;
use rust_types::From;
use types::TypesFile;

/// A file before it is formatted.
pub(crate) enum Draft<'a> {
    /// Text that needs no formatting.
    Text(Cow<'a, str>),
    /// Rust code: the file's inner attributes, and its items, separated by empty lines.
    Rust { inner: Vec<TokenStream>, items: LazyItems<'a> },
}

/// The items of a file, each made when it is due: tokens are many times as large as their text, and keeping all of them
/// takes longer than writing them.
pub(crate) type LazyItems<'a> = Box<dyn Iterator<Item = TokenStream> + 'a>;

/// A file of the crate, or a part of one. Parts can be made in any order, and in parallel.
pub(crate) struct FilePart<'a> {
    /// The file's path in the crate.
    pub(crate) path: String,
    /// Whether it continues the file of the part before.
    pub(crate) goes_on: bool,
    pub(crate) draft: Box<dyn Fn() -> Draft<'a> + Sync + 'a>,
}

/// Types in one part of their file.
const TYPES: usize = 64;

/// The files of the crate, each part after the one that it continues.
pub(crate) fn emit<'a>(api: &'a Api, modules: &'a [Module<'a>]) -> Vec<FilePart<'a>> {
    let context = Arc::new(Context::new(api));
    let mut parts = vec![
        part("Cargo.toml", &context, |context| manifest::draft(context.api)),
        part("README.md", &context, |context| readme::draft(context)),
        part("src/lib.rs", &context, |context| library::draft(context, modules)),
        part("src/client.rs", &context, |context| client::draft(context.api)),
        part("src/contract.rs", &context, |context| contract::draft(context)),
        part("src/operations/mod.rs", &context, |context| operations::index(context)),
    ];
    parts.extend(types_parts(api, &context));
    parts.extend(
        api.modules.iter().flat_map(|module| {
            module_parts("src/operations", module, &context, operations::draft, operations::of_paths)
        }),
    );
    if let Some(cli) = &api.cli {
        parts.push(part(format!("src/bin/{}.rs", cli.name), &context, move |context| cli::binary(cli, context)));
        parts.extend(table_parts(cli, &context));
    }
    if api.mock {
        parts.push(part("src/mock/operations.rs", &context, |context| mock::index(context.api)));
        parts.extend(
            api.modules
                .iter()
                .flat_map(|module| module_parts("src/mock/operations", module, &context, mock::draft, mock::of_paths)),
        );
    }
    let modules = modules.iter();
    parts.extend(modules.map(|Module { path, text, .. }| {
        part(format!("src/{path}"), &context, move |_| Draft::Text(Cow::Borrowed(text)))
    }));
    let cli = api.cli.iter().flat_map(|_| cli::files(&api.uses));
    let mock = api.mock.then(|| mock::files(&api.uses)).into_iter().flatten();
    let copied = cli.chain(mock).chain(runtime::files(&api.uses));
    parts.extend(
        copied.map(|(path, text)| part(path, &context, |context| Draft::Text(runtime::used(text, &context.api.uses)))),
    );
    parts
}

/// The files of the command's table: one, and several within it if that would be too long.
fn table_parts<'a>(cli: &'a model::Cli, context: &Arc<Context<'a>>) -> Vec<FilePart<'a>> {
    let table = Arc::new(cli::Table::new(cli, context.api));
    let files = table.files().into_iter().map(|(module, entries)| {
        let table = Arc::clone(&table);
        part(format!("src/cli/table/{}.rs", module.as_str()), context, move |_| table.part(&entries))
    });
    let mut parts: Vec<FilePart<'a>> = files.collect();
    parts.push(part("src/cli/table.rs", context, move |context| table.draft(context.api)));
    parts
}

/// The files of the types. A long one is made in parts.
fn types_parts<'a>(api: &'a Api, context: &Arc<Context<'a>>) -> Vec<FilePart<'a>> {
    let files = types::files(api);
    let mut parts = Vec::new();
    if files.iter().any(|file| file.module.is_some()) {
        let modules: Vec<Ident> = files.iter().filter_map(|file| file.module.clone()).collect();
        parts.push(part("src/types/mod.rs", context, move |context| types::index(&modules, context)));
    }
    for file in files {
        let others = file.others(&api.shared);
        let TypesFile { module, items } = file;
        let path = module
            .as_ref()
            .map_or_else(|| "src/types.rs".to_owned(), |module| format!("src/types/{}.rs", module.as_str()));
        let mut goes_on = false;
        // A file without types is one all the same.
        let chunks = if items.is_empty() { vec![items.as_slice()] } else { items.chunks(TYPES).collect() };
        for items in chunks {
            let (items, others, is_whole) = (items.to_vec(), others.clone(), module.is_none());
            let draft = part(path.clone(), context, move |context| match (goes_on, is_whole) {
                (true, _) => types::further(&items, context),
                (false, true) => types::draft(&items, context),
                (false, false) => types::of_module(&items, &others, context),
            });
            parts.push(FilePart { goes_on, ..draft });
            goes_on = true;
        }
    }
    parts
}

/// The files of a module. `whole` drafts its own file, given the modules within it; `of_paths` drafts each of those.
fn module_parts<'a>(
    folder: &str,
    module: &'a model::Module,
    context: &Arc<Context<'a>>,
    whole: fn(&'a model::Module, &[Ident], &Arc<Context<'a>>) -> Draft<'a>,
    of_paths: fn(&'a model::Module, Vec<&'a Operation>, &Arc<Context<'a>>) -> Draft<'a>,
) -> Vec<FilePart<'a>> {
    let path: Vec<&str> = module.idents().map(Ident::as_str).collect();
    let folder = format!("{folder}/{}", path.join("/"));
    let files = operations::files(module, context);
    let within: Vec<Ident> = files.iter().map(|file| file.module.clone()).collect();
    let first = part(format!("{folder}.rs"), context, move |context| whole(module, &within, context));
    let files = files.into_iter().map(|OperationsFile { module: name, operations }| {
        let path = format!("{folder}/{}.rs", name.as_str());
        part(path, context, move |context| of_paths(module, operations.clone(), context))
    });
    std::iter::once(first).chain(files).collect()
}

fn part<'a>(
    path: impl Into<String>,
    context: &Arc<Context<'a>>,
    draft: impl Fn(&Arc<Context<'a>>) -> Draft<'a> + Sync + 'a,
) -> FilePart<'a> {
    let context = Arc::clone(context);
    FilePart { path: path.into(), goes_on: false, draft: Box::new(move || draft(&context)) }
}

/// The hand-written files of every client.
#[cfg(test)]
pub(crate) fn runtime_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    runtime::marked_files()
}

/// An `Option` of these tokens, as code.
fn optional_tokens(tokens: Option<TokenStream>) -> TokenStream {
    tokens.map_or_else(|| quote!(None), |tokens| quote!(Some(#tokens)))
}

/// Methods of the standard traits that clippy would rather see implemented (`should_implement_trait`).
const OF_TRAITS: &[&str] = &[
    "add",
    "as_mut",
    "as_ref",
    "bitand",
    "bitor",
    "bitxor",
    "borrow",
    "borrow_mut",
    "clone",
    "cmp",
    "default",
    "deref",
    "deref_mut",
    "div",
    "drop",
    "eq",
    "from_iter",
    "from_str",
    "hash",
    "index",
    "index_mut",
    "into_iter",
    "mul",
    "neg",
    "next",
    "not",
    "rem",
    "shl",
    "shr",
    "sub",
];

/// The attribute of a method that the document names like one of a standard trait.
fn named_by_document(name: &Ident) -> Option<TokenStream> {
    OF_TRAITS
        .contains(&name.as_str())
        .then(|| quote!(#[allow(clippy::should_implement_trait, reason = "the document chose the name")]))
}
