//! `README.md`, which is the crate's documentation too: its example is compiled with the docs.

use super::{Draft, paragraphs};
use crate::markdown;
use crate::model::{Api, Carrier, Operation, Scheme, SchemeValue, Type};

pub(super) fn draft(api: &Api) -> Draft<'static> {
    let name = &api.package.name;
    let heading = vec![format!("# {name}")];
    let about = vec![format!("{}.", markdown::line(api.package.description.trim_end_matches('.')))];
    let contract = vec![format!(
        "Made from the document {}, version {} ({}), by {} {}. The module `contract` says so too.",
        markdown::code(&api.contract.title),
        markdown::code(&api.contract.version),
        markdown::code(&format!("OpenAPI {}", api.contract.openapi)),
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
    )];
    let texts =
        [heading, about, contract, api.contract.doc.0.clone(), example(api), ways_in(api), rules(), operations(api)];
    let mut out = paragraphs(texts).join("\n");
    out.push('\n');
    Draft::Text(out)
}

/// A call of the simplest operation, with the credentials that it needs.
fn example(api: &Api) -> Vec<String> {
    let all = || api.modules.iter().flat_map(|module| &module.operations).filter(|operation| !operation.deprecated);
    let simple = |operation: &&Operation| operation.required.is_empty() && operation.body.is_none();
    let Some(operation) =
        all().find(|operation| operation.method == "GET" && simple(operation)).or_else(|| all().find(simple))
    else {
        return Vec::new();
    };
    let crate_name = api.package.name.replace('-', "_");
    let schemes = needed(api, operation);
    let identity = schemes.iter().any(|scheme| scheme.value == SchemeValue::Identity);
    let imports = if identity { "Certificate, Client, Identity, Server" } else { "Client, Server" };
    let mut lines = vec![
        "## Use".to_owned(),
        String::new(),
        "```rust,no_run".to_owned(),
        format!("use {crate_name}::{{{imports}}};"),
        String::new(),
        "async fn run() -> Result<(), Box<dyn std::error::Error>> {".to_owned(),
        format!("    let client = Client::builder({})", server(api)),
    ];
    for scheme in schemes {
        let arguments = match &scheme.value {
            SchemeValue::Generated { .. } => continue,
            SchemeValue::Identity => "Identity::from_pem_files(\"client.pem\", \"client_key.pem\")?".to_owned(),
            SchemeValue::Given | SchemeValue::Bearer => "\"…\"".to_owned(),
            SchemeValue::Named => {
                let (Carrier::Header(name) | Carrier::Query(name) | Carrier::Cookie(name)) = &scheme.carrier else {
                    continue;
                };
                format!("{name:?}, \"…\"")
            }
            SchemeValue::Basic => "\"user\", \"password\"".to_owned(),
            SchemeValue::Pattern { arguments, .. } => {
                let arguments: Vec<String> = arguments.iter().map(|argument| format!("{:?}", argument.wire)).collect();
                arguments.join(", ")
            }
        };
        lines.push(format!("        .{}({arguments})", scheme.name.ident));
    }
    if identity {
        lines.push("        .root_certificate(Certificate::from_pem_file(\"root.pem\")?)".to_owned());
    }
    lines.push("        .build()?;".to_owned());
    let call = format!("client.{}().send().await?;", operation.name.ident);
    if operation.success.ty == Type::Unit {
        lines.push(format!("    {call}"));
    } else {
        lines.push(format!("    let answer = {call}"));
        let shown = if operation.success.ty.mentions(&|ty| *ty == Type::Bytes) { "answer.len()" } else { "answer" };
        let braces = if shown == "answer" { "{answer:?}".to_owned() } else { "{}".to_owned() };
        let rest = if shown == "answer" { String::new() } else { format!(", {shown}") };
        lines.push(format!("    println!(\"{braces}\"{rest});"));
    }
    lines.extend(["    Ok(())", "}", "```"].map(str::to_owned));
    lines
}

/// The schemes of the first alternative of what an operation needs.
fn needed<'a>(api: &'a Api, operation: &Operation) -> Vec<&'a Scheme> {
    let security = api.securities.iter().find(|security| Some(&security.static_ident) == operation.security.as_ref());
    let first = security.and_then(|security| security.alternatives.first());
    api.schemes.iter().filter(|scheme| first.is_some_and(|first| first.contains(&scheme.static_ident))).collect()
}

fn server(api: &Api) -> String {
    let Some(server) = api.servers.first() else { return "Server::url(\"https://api.example.com\")".to_owned() };
    let values: Vec<String> = server
        .variables
        .iter()
        .map(|variable| match (variable.default.as_str(), variable.name.wire.as_str()) {
            ("", _) => "\"https://api.example.com\"".to_owned(),
            ("localhost", _) => "\"host.example.com\"".to_owned(),
            (default, _) => format!("{default:?}"),
        })
        .collect();
    format!("Server::{}({})", server.ident, values.join(", "))
}

/// The servers, and the credentials that operations take: more than one of each is more than the example shows.
fn ways_in(api: &Api) -> Vec<String> {
    let mut lines = Vec::new();
    let arguments = |server: &crate::model::Server| -> String {
        let names: Vec<&str> = server.variables.iter().map(|variable| variable.name.ident.as_str()).collect();
        names.join(", ")
    };
    for server in &api.servers {
        let url = markdown::code(&server.url);
        lines.push(format!("* `Server::{}({})`: {url}", server.ident, arguments(server)));
    }
    let asked = |place: &crate::naming::Ident| {
        let scheme = api.schemes.iter().find(|scheme| scheme.static_ident == *place)?;
        (!matches!(scheme.value, SchemeValue::Generated { .. })).then(|| format!("`{}`", scheme.name.ident))
    };
    let mut ways: Vec<String> = Vec::new();
    for way in api.securities.iter().flat_map(|security| &security.alternatives) {
        let calls: Vec<String> = way.iter().filter_map(asked).collect();
        if !calls.is_empty() && !ways.contains(&calls.join(" and ")) {
            ways.push(calls.join(" and "));
        }
    }
    if !ways.is_empty() {
        lines.push(format!("* Credentials, by the methods of `ClientBuilder`: {}.", ways.join("; or ")));
    }
    if lines.len() < 2 && ways.len() < 2 {
        return Vec::new();
    }
    [vec!["## Servers and credentials".to_owned(), String::new()], lines].concat()
}

/// What holds for every operation.
fn rules() -> Vec<String> {
    [
        "* What an operation needs is an argument, what it may have is chained, and `send().await` sends it.",
        "* A `Client` is cheap to clone; clones share their connections.",
        "* An `Error` keeps the status and the text of the answer; `body()` holds a documented error.",
        "* Redirects are not followed. A call takes a minute at most, a body has 128 MiB at most: both are set on the",
        "  builder.",
        "* A GET or a DELETE is made again on a failure that passes, a POST never: see `Retry`.",
        "* `Request` is what all requests are: settings for one alone, status and headers beside what `send` gives, and",
        "  `send_all` for many of them.",
        "* With the feature `blocking` there is `send_blocking` beside `send`; with the feature `tracing` a call is a span.",
        "* Credentials, and what the document calls a password, show in no `Debug` and in no error.",
        "* TLS is `rustls`, with the roots of the system or those given to the builder.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn operations(api: &Api) -> Vec<String> {
    let mut lines = vec![
        "## Operations".to_owned(),
        String::new(),
        "| method of `Client` | request |".to_owned(),
        "| --- | --- |".to_owned(),
    ];
    for operation in api.modules.iter().flat_map(|module| &module.operations) {
        let request = format!("{} {}", operation.method, operation.path).replace('|', "\\|");
        lines.push(format!("| `{}` | {} |", operation.name.ident, markdown::code(&request)));
    }
    if lines.len() == 4 { Vec::new() } else { lines }
}
