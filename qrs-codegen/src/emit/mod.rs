//! A model to the files of a crate. Places what `lower` decided; cannot fail.
//!
//! One module for each file, one small function for each item.

mod answers;
mod client;
mod contract;
mod library;
mod manifest;
mod operations;
mod parameters;
mod readme;
mod runtime;
mod types;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Api, Doc, Type};
use crate::modules::Module;
use crate::naming::Ident;

/// A file before it is formatted.
pub(crate) enum Draft<'a> {
    /// Written as it stands.
    Text(String),
    /// Rust code: the file's inner attributes, line by line, and its items, each set apart by an empty line.
    Rust { inner: Vec<TokenStream>, items: Items<'a> },
}

/// The items of a file, each made when it is due: tokens are many times as large as their text, and all of them at once
/// take more time to keep than to write.
pub(crate) type Items<'a> = Box<dyn Iterator<Item = TokenStream> + 'a>;

/// A file of the crate, or a part of one: they can be made in any order, and at once.
pub(crate) struct Part<'a> {
    /// The file's path in the crate.
    pub(crate) path: String,
    /// Whether the file begins with the part before.
    pub(crate) goes_on: bool,
    pub(crate) draft: Box<dyn Fn() -> Draft<'a> + Sync + 'a>,
}

/// How many types make a part of their file.
const TYPES: usize = 64;

/// The files of the crate, each part after the one that it goes on from.
pub(crate) fn emit<'a>(api: &'a Api, carried: &'a [Module<'a>]) -> Vec<Part<'a>> {
    let mut parts = vec![
        part("Cargo.toml", || manifest::draft(api)),
        part("README.md", || readme::draft(api)),
        part("src/lib.rs", || library::draft(carried)),
        part("src/client.rs", || client::draft(api)),
        part("src/contract.rs", || contract::draft(api)),
    ];
    let (first, rest) = api.items.split_at_checked(TYPES).unwrap_or((&api.items, &[]));
    let equality = types::Equality::of(&api.items);
    let further = equality.clone();
    parts.push(part("src/types.rs", move || types::draft(first, &equality)));
    parts.extend(rest.chunks(TYPES).map(|items| {
        let equality = further.clone();
        Part { goes_on: true, ..part("src/types.rs", move || types::further(items, &equality)) }
    }));
    parts.push(part("src/operations/mod.rs", || operations::index(api)));
    parts.extend(
        api.modules.iter().map(|module| {
            part(format!("src/operations/{}.rs", module.name.ident.as_str()), || operations::draft(module))
        }),
    );
    parts.extend(
        carried
            .iter()
            .map(|module| part(format!("src/{}.rs", module.ident.as_str()), || Draft::Text(module.text.to_owned()))),
    );
    parts.extend(
        runtime::files().map(|(name, text)| part(format!("src/runtime/{name}"), || Draft::Text(text.to_owned()))),
    );
    parts
}

fn part<'a>(path: impl Into<String>, draft: impl Fn() -> Draft<'a> + Sync + 'a) -> Part<'a> {
    Part { path: path.into(), goes_on: false, draft: Box::new(draft) }
}

/// The hand-written files of every client.
#[cfg(test)]
pub(crate) fn runtime_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    runtime::files()
}

fn doc(doc: &Doc) -> TokenStream {
    lines(&doc.0)
}

fn lines<T: AsRef<str>>(lines: &[T]) -> TokenStream {
    let lines = lines.iter().map(|line| spaced(line.as_ref()));
    quote!(#(#[doc = #lines])*)
}

fn inner_lines<T: AsRef<str>>(lines: &[T]) -> Vec<TokenStream> {
    let lines = lines.iter().map(|line| spaced(line.as_ref()));
    vec![quote!(#(#![doc = #lines])*)]
}

fn spaced(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// `texts` as paragraphs.
fn paragraphs(texts: impl IntoIterator<Item = Vec<String>>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !all.is_empty() {
            all.push(String::new());
        }
        all.extend(text);
    }
    all
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

/// What a method needs that has its name of the document.
fn named_by_document(name: &Ident) -> Option<TokenStream> {
    OF_TRAITS
        .contains(&name.as_str())
        .then(|| quote!(#[allow(clippy::should_implement_trait, reason = "it has its name of the document")]))
}

/// Where a type is mentioned, and from where.
#[derive(Clone, Copy)]
enum From {
    /// In `types` itself.
    Types,
    /// In another module.
    Elsewhere,
}

impl Type {
    fn tokens(&self, from: From) -> TokenStream {
        match self {
            Self::String => quote!(String),
            Self::Secret => quote!(crate::Secret),
            Self::Bool => quote!(bool),
            Self::Integer(name) | Self::Float(name) => {
                let name = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
                quote!(#name)
            }
            Self::Uuid => quote!(uuid::Uuid),
            Self::Timestamp => quote!(jiff::Timestamp),
            Self::Date => quote!(jiff::civil::Date),
            Self::Address(name) => {
                let name = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
                quote!(std::net::#name)
            }
            Self::Base64 => quote!(crate::Base64),
            Self::Json => quote!(serde_json::Value),
            Self::JsonObject => quote!(serde_json::Map<String, serde_json::Value>),
            Self::Bytes => quote!(Vec<u8>),
            Self::Unit => quote!(()),
            Self::Upload => quote!(crate::Upload),
            Self::Beside(ident) => quote!(#ident),
            Self::List(inner) => {
                let inner = inner.tokens(from);
                quote!(Vec<#inner>)
            }
            Self::Tuple(inner) => {
                let inner = inner.iter().map(|inner| inner.tokens(from));
                quote!((#(#inner,)*))
            }
            Self::Map(inner) => {
                let inner = inner.tokens(from);
                quote!(std::collections::BTreeMap<String, #inner>)
            }
            Self::Item(ident) => match from {
                From::Types => quote!(#ident),
                From::Elsewhere => quote!(types::#ident),
            },
            Self::Nullable(inner) => {
                let inner = inner.tokens(from);
                quote!(Option<#inner>)
            }
            Self::Boxed(inner) => {
                let inner = inner.tokens(from);
                quote!(Box<#inner>)
            }
        }
    }

    /// What an argument of this type is declared as, and what makes the value of it.
    fn argument(&self, name: &impl quote::ToTokens, from: From) -> (TokenStream, TokenStream) {
        match self {
            Self::String => (quote!(impl Into<String>), quote!(#name.into())),
            Self::Secret => (quote!(impl Into<crate::Secret>), quote!(#name.into())),
            Self::Boxed(inner) => {
                let inner = inner.tokens(from);
                (quote!(#inner), quote!(Box::new(#name)))
            }
            other => (other.tokens(from), quote!(#name)),
        }
    }
}
