//! The types of the runtime at the root of the crate. Each begins with an example, which only the generated crate can
//! give: it names the crate, and calls one of its operations.

use proc_macro2::{Ident as Raw, Span, TokenStream};
use quote::quote;

use super::context::Context;
use super::docs::lines;
use super::overview::{builder, needed, server, simplest};
use crate::model::{Operation, SchemeValue, Type};

/// The exports whose own docs suffice.
const PLAIN: &[&str] = &[
    "BuildError",
    "BuildErrorKind",
    "Certificate",
    "ElementError",
    "ErrorKind",
    "Event",
    "Method",
    "Response",
    "ResponseFuture",
    "SendAll",
    "Untyped",
];

/// The code of an example, as the documentation shows it.
struct Example {
    /// The items of the crate that it uses.
    imports: &'static str,
    /// The parameters of the function around it.
    given: &'static str,
    code: Vec<String>,
}

pub(super) fn exports(context: &Context<'_>) -> Vec<TokenStream> {
    let mut used = context.api.uses.exports();
    let values: Vec<_> = values().into_iter().filter(|(name, _)| *name == "Secret" || used.remove(name)).collect();
    used.extend(PLAIN);
    let plain = used.iter().map(|name| Raw::new(name, Span::call_site()));
    let mut items = vec![quote!(#[rustfmt::skip] pub use runtime::{#(#plain),*};)];
    items.extend(values.into_iter().chain(streams()).map(|(name, example)| export(name, Some(example), context)));
    let operation = simplest(context.api);
    items.push(export("AnyRequest", Some(any_request()), context));
    items.push(export("Client", operation.map(|operation| client(context, operation)), context));
    items.push(export("ClientBuilder", Some(client_builder(context)), context));
    items.push(export("Error", operation.map(|operation| error(context, operation)), context));
    items.push(export("Request", operation.map(|operation| request(context, operation)), context));
    items.push(export("Retry", Some(retry(context)), context));
    items.push(export(
        "Server",
        Some(one("Server", "", &[&format!("let server = {};", server(context.api))])),
        context,
    ));
    items.push(export("send_all", operation.map(|operation| send_all(context, operation)), context));
    items
}

fn export(name: &str, example: Option<Example>, context: &Context<'_>) -> TokenStream {
    let name = Raw::new(name, Span::call_site());
    let doc = example.map(|example| {
        let krate = &context.examples.crate_name;
        let Example { imports, given, code } = example;
        let mut doc = vec![
            "# Example".to_owned(),
            String::new(),
            "```no_run".to_owned(),
            if imports.contains(',') {
                format!("# use {krate}::{{{imports}}};")
            } else {
                format!("# use {krate}::{imports};")
            },
            format!("# async fn example({given}) -> Result<(), Box<dyn std::error::Error>> {{"),
        ];
        doc.extend(code);
        doc.extend(["# Ok(())", "# }", "```"].map(str::to_owned));
        lines(&doc)
    });
    quote!(#doc #[rustfmt::skip] pub use runtime::#name;)
}

fn one(imports: &'static str, given: &'static str, code: &[&str]) -> Example {
    Example { imports, given, code: code.iter().map(|line| (*line).to_owned()).collect() }
}

/// The values of the wire that have a type of their own.
fn values() -> Vec<(&'static str, Example)> {
    vec![
        (
            "Base64",
            one(
                "Base64",
                "",
                &["let bytes = Base64::from(vec![1, 2, 3]);", "assert_eq!(bytes.as_bytes(), [1, 2, 3]);"],
            ),
        ),
        (
            "DateTime",
            one(
                "DateTime",
                "",
                &[
                    "let received: DateTime = \"2026-01-31T12:00:00.000+01:00\".parse()?;",
                    "assert!(received < jiff::Timestamp::MAX);",
                    "assert_eq!(received.timestamp().to_string(), \"2026-01-31T11:00:00Z\");",
                    "assert_eq!(received.to_string(), \"2026-01-31T12:00:00.000+01:00\");",
                ],
            ),
        ),
        ("Items", one("Items", "", &["let items: Items<u32> = (0..3).collect();", "println!(\"{items:?}\");"])),
        ("JsonText", one("JsonText", "", &["let text = JsonText::new(vec![1, 2]);", "assert_eq!(text.len(), 2);"])),
        (
            "Multipart",
            one(
                "Multipart",
                "",
                &["let body = Multipart::new().text(\"title\", \"…\").file(\"image\", std::fs::read(\"image.png\")?);"],
            ),
        ),
        (
            "Nullable",
            one(
                "Nullable",
                "",
                &[
                    "let kept: Nullable<String> = Nullable::Absent;",
                    "let cleared: Nullable<String> = Nullable::Null;",
                    "let set = Nullable::Value(\"…\".to_owned());",
                ],
            ),
        ),
        ("Secret", one("Secret", "", &["let secret = Secret::from(\"…\");", "assert_eq!(secret.expose(), \"…\");"])),
        (
            "Upload",
            one(
                "Upload",
                "",
                &[
                    "let file = Upload::new(std::fs::read(\"image.png\")?).file_name(\"image.png\").content_type(\"image/png\");",
                ],
            ),
        ),
    ]
}

/// The ways to read a success while the server still sends it.
fn streams() -> Vec<(&'static str, Example)> {
    vec![
        (
            "ByteStream",
            one(
                "ByteStream",
                "mut stream: ByteStream",
                &["while let Some(bytes) = stream.chunk().await? {", "    println!(\"{} bytes\", bytes.len());", "}"],
            ),
        ),
        (
            "EventStream",
            one(
                "EventStream",
                "mut stream: EventStream",
                &["while let Some(event) = stream.next().await? {", "    println!(\"{event:?}\");", "}"],
            ),
        ),
        (
            "LineStream",
            one(
                "LineStream",
                "mut stream: LineStream",
                &["while let Some(line) = stream.next::<Vec<String>>().await? {", "    println!(\"{line:?}\");", "}"],
            ),
        ),
    ]
}

/// The statement that calls an operation.
fn call(context: &Context<'_>, operation: &Operation) -> String {
    let response = if operation.success.ty == Type::Unit { "" } else { "let response = " };
    format!("{response}{}.send().await?;", created(context, operation))
}

/// The expression that creates the request of an operation without arguments.
fn created(context: &Context<'_>, operation: &Operation) -> String {
    format!("{}.{}()", context.receiver("client", operation), operation.name.ident)
}

fn client(context: &Context<'_>, operation: &Operation) -> Example {
    let schemes = needed(context.api, operation);
    let mut code = builder(context.api, &schemes);
    code.push(call(context, operation));
    let identity = schemes.iter().any(|scheme| scheme.value == SchemeValue::Identity);
    Example { imports: imports(identity), given: "", code }
}

fn any_request() -> Example {
    let code =
        ["let value = client.call(Method::GET, \"/things/{id}\").path(\"id\", 7).query(\"full\", true).send().await?;"];
    one("Client, Method", "client: &Client", &code)
}

fn imports(identity: bool) -> &'static str {
    if identity { "Certificate, Client, Identity, Server" } else { "Client, Server" }
}

fn client_builder(context: &Context<'_>) -> Example {
    let code = [
        "use std::time::Duration;".to_owned(),
        String::new(),
        format!("let client = Client::builder({})", server(context.api)),
        "    .timeout(Duration::from_secs(30))".to_owned(),
        "    .retry(Retry::attempts(5))".to_owned(),
        "    .build()?;".to_owned(),
    ];
    Example { imports: "Client, Retry, Server", given: "", code: code.to_vec() }
}

fn error(context: &Context<'_>, operation: &Operation) -> Example {
    let code = [
        format!("match {}.send().await {{", created(context, operation)),
        "    Ok(_) => println!(\"done\"),".to_owned(),
        "    Err(error) if error.is_timeout() => println!(\"too slow\"),".to_owned(),
        "    Err(error) => println!(\"{error}, body: {:?}\", error.body()),".to_owned(),
        "}".to_owned(),
    ];
    Example { imports: "Client", given: "client: &Client", code: code.to_vec() }
}

fn request(context: &Context<'_>, operation: &Operation) -> Example {
    let code = [
        "use std::time::Duration;".to_owned(),
        String::new(),
        format!("let request = {}.timeout(Duration::from_secs(5));", created(context, operation)),
        "let response = request.send_with_response().await?;".to_owned(),
        "println!(\"{}\", response.status());".to_owned(),
    ];
    Example { imports: "Client, Request as _", given: "client: &Client", code: code.to_vec() }
}

fn retry(context: &Context<'_>) -> Example {
    let code = format!("let client = Client::builder({}).retry(Retry::never()).build()?;", server(context.api));
    Example { imports: "Client, Retry, Server", given: "", code: vec![code] }
}

fn send_all(context: &Context<'_>, operation: &Operation) -> Example {
    let code = [
        format!("let requests = (0..100).map(|_| {});", created(context, operation)),
        "for outcome in send_all(requests).concurrency(8).collect().await {".to_owned(),
        "    if let Err(error) = outcome {".to_owned(),
        "        println!(\"{error}\");".to_owned(),
        "    }".to_owned(),
        "}".to_owned(),
    ];
    Example { imports: "Client, send_all", given: "client: &Client", code: code.to_vec() }
}
