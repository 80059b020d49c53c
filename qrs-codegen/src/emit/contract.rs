//! `src/contract.rs`: the document from which the client was generated.

use quote::quote;

use super::Draft;
use super::context::Context;
use super::docs::{inner_lines, lines};

pub(super) fn draft(context: &Context<'_>) -> Draft<'static> {
    let contract = &context.api.contract;
    let generator = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let constant = |name: &str, doc: &str, value: &str| {
        let name = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
        let doc = lines(&[doc]);
        quote!(#doc pub const #name: &str = #value;)
    };
    let agent = {
        let doc = lines(&["The `User-Agent` of every request."]);
        let about = format!(" ({})", comment(&contract.title, &contract.version));
        quote!(#doc pub(crate) const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"), #about);)
    };
    let items = vec![
        constant("TITLE", "The document's title.", &contract.title),
        constant("VERSION", "The document's version.", &contract.version),
        constant(
            "SHA256",
            "The SHA-256 of the document's text, in hexadecimal, as `sha256sum` prints it.",
            &contract.sha256,
        ),
        constant("OPENAPI", "The version of the `OpenAPI` Specification that the document follows.", &contract.openapi),
        constant("GENERATOR", "The generator of the client, and its version.", generator),
        agent,
    ];
    let example = format!("use {}::contract;", context.examples.crate_name);
    let inner = inner_lines(&[
        "The document from which this client was generated.",
        "",
        "A program can log these facts, so that the document can be found again.",
        "",
        "```",
        &example,
        "",
        "println!(\"{} {} ({})\", contract::TITLE, contract::VERSION, contract::SHA256);",
        "```",
    ]);
    Draft::Rust { inner, items: Box::new(items.into_iter()) }
}

/// A comment of a product (RFC 9110, section 5.6.5), without the characters that have a meaning there.
fn comment(title: &str, version: &str) -> String {
    let text = format!("{title} {version}");
    let harmless = |character: &char| matches!(character, ' '..='~') && !matches!(character, '(' | ')' | '\\' | '"');
    let text: String = text.chars().filter(harmless).take(100).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
