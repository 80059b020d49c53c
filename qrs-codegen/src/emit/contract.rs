//! `src/contract.rs`: what the client was made from.

use quote::quote;

use super::{Draft, inner_lines, lines};
use crate::model::Api;

pub(super) fn draft(api: &Api) -> Draft<'static> {
    let contract = &api.contract;
    let generator = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let constant = |name: &str, doc: &str, value: &str| {
        let name = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
        let doc = lines(&[doc]);
        quote!(#doc pub const #name: &str = #value;)
    };
    let agent = {
        let doc = lines(&["What each request says of who sends it, in the header `User-Agent`."]);
        let about = format!(" ({})", comment(&contract.title, &contract.version));
        quote!(#doc pub(crate) const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"), #about);)
    };
    let items = vec![
        constant("TITLE", "The document's title.", &contract.title),
        constant("VERSION", "The document's version.", &contract.version),
        constant(
            "SHA256",
            "The SHA-256 of the document's text, in hexadecimal: what `sha256sum` prints of its file.",
            &contract.sha256,
        ),
        constant("OPENAPI", "The version of the `OpenAPI` Specification that it follows.", &contract.openapi),
        constant("GENERATOR", "What made the client of it, and which version of that.", generator),
        agent,
    ];
    let inner = inner_lines(&[
        "The contract that this client speaks: the document that it was made from.",
        "",
        "For a program to say which one it was built with, and for whoever reads that to find the document again.",
    ]);
    Draft::Rust { inner, items: Box::new(items.into_iter()) }
}

/// A comment of a product (RFC 9110, section 5.6.5), of what has a meaning there only what is harmless.
fn comment(title: &str, version: &str) -> String {
    let text = format!("{title} {version}");
    let harmless = |character: &char| matches!(character, ' '..='~') && !matches!(character, '(' | ')' | '\\' | '"');
    let text: String = text.chars().filter(harmless).take(100).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
