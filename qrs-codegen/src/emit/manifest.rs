//! `Cargo.toml`.

use std::fmt::Write as _;

use super::Draft;
use crate::model::{Api, Cli, CliDependency, Package, RuntimePart, Uses};

/// The dependencies of every client, in the versions that this repository is tested with.
const DEPENDENCIES: &[&str] = &[
    r#"base64 = "0.23""#,
    r#"bytes = "1""#,
    r#"futures-util = { version = "0.3", default-features = false, features = ["alloc"] }"#,
    r#"httpdate = "1""#,
    r#"percent-encoding = "2.3""#,
    r#"reqwest = { version = "0.13.5", default-features = false, features = ["rustls-no-provider"] }"#,
    r#"rustls = { version = "0.23.46", default-features = false, features = ["ring", "std", "tls12"] }"#,
    r#"rustls-platform-verifier = "0.7""#,
    r#"serde = "1.0.220""#,
    r#"serde_json = "1.0.145""#,
    r#"tokio = { version = "1", default-features = false, features = ["net", "rt", "time"] }"#,
    r#"tracing = { version = "0.1", default-features = false, features = ["std"], optional = true }"#,
];

/// The dependencies of the feature `cli`.
const OF_THE_COMMAND: &[&str] = &[
    r#"anstream = { version = "1", optional = true }"#,
    r#"clap = { version = "4.6", features = ["string", "wrap_help"], optional = true }"#,
    r#"clap_complete = { version = "4.6", optional = true }"#,
    r#"clap_mangen = { version = "0.3", optional = true }"#,
    r#"indicatif = { version = "0.18", default-features = false, optional = true }"#,
    r#"p12-keystore = { version = "0.4", optional = true }"#,
    r#"toml = { version = "1", default-features = false, features = ["parse", "serde", "std"], optional = true }"#,
    r#"unicode-width = { version = "0.2", optional = true }"#,
];

/// The dependency of the feature `mock`.
const OF_THE_MOCK: &str = r#"wiremock = { version = "0.6.5", optional = true }"#;

const FEATURES: &str = "
[features]
# Adds `send_blocking` beside `send`, for code without an async runtime.
blocking = []
# Adds a span for each call, named by OpenTelemetry's semantic conventions.
tracing = [\"dep:tracing\"]
";

/// The dependencies of single parts of the runtime.
const OF_PARTS: &[(RuntimePart, &str)] = &[
    (RuntimePart::Multipart, r#"http-body = "1""#),
    (RuntimePart::Items, r#"http-body = "1""#),
    (RuntimePart::Uuid, r#"uuid = { version = "1", features = ["serde"] }"#),
    (RuntimePart::Date, r#"jiff = { version = "1", default-features = false, features = ["serde", "std"] }"#),
];

pub(super) fn draft(api: &Api) -> Draft<'static> {
    let Package { name, version, description, license, keywords, categories, .. } = &api.package;
    let mut out = String::from("[package]\n");
    let mut set = |key: &str, value: String| {
        out.push_str(key);
        out.push_str(" = ");
        out.push_str(&value);
        out.push('\n');
    };
    set("name", quoted(name));
    set("version", quoted(version));
    set("edition", quoted("2024"));
    set("rust-version", quoted(env!("CARGO_PKG_RUST_VERSION")));
    set("description", quoted(description));
    if let Some(license) = license {
        set("license", quoted(license));
    }
    let Package { repository, homepage, documentation, .. } = &api.package;
    for (key, url) in [("repository", repository), ("homepage", homepage), ("documentation", documentation)] {
        if let Some(url) = url {
            set(key, quoted(url));
        }
    }
    set("readme", quoted("README.md"));
    if !keywords.is_empty() {
        set("keywords", list(keywords));
    }
    if !categories.is_empty() {
        set("categories", list(categories));
    }
    out.push_str("\n[dependencies]\n");
    let mut dependencies = DEPENDENCIES.to_vec();
    dependencies.extend(OF_PARTS.iter().filter(|(part, _)| api.uses.has(*part)).map(|(_, dependency)| dependency));
    if api.cli.is_some() {
        of_the_command(&api.uses).for_each(|dependency| dependencies.push(dependency));
    }
    let of_the_extension: Vec<String> =
        api.cli.iter().flat_map(|cli| &cli.dependencies).map(dependency_of_the_extension).collect();
    dependencies.extend(of_the_extension.iter().map(String::as_str));
    if api.mock {
        dependencies.push(OF_THE_MOCK);
    }
    dependencies.sort_unstable();
    dependencies.dedup();
    for dependency in dependencies {
        out.push_str(dependency);
        out.push('\n');
    }
    out.push_str(FEATURES);
    if api.mock {
        out.push_str("# Adds a server for the tests of code that uses this crate.\nmock = [\"dep:wiremock\"]\n");
    }
    if let Some(cli) = &api.cli {
        command(cli, &api.uses, &mut out);
    }
    // The documentation shows every feature and is the same on every system.
    out.push_str("\n[package.metadata.docs.rs]\nall-features = true\ntargets = []\n");
    Draft::Text(out.into())
}

/// Whether some client has a dependency of this name without an extension.
pub(crate) fn is_dependency(name: &str) -> bool {
    let of_parts = OF_PARTS.iter().map(|(_, dependency)| dependency);
    let all = DEPENDENCIES.iter().chain(OF_THE_COMMAND).chain([&OF_THE_MOCK]).chain(of_parts);
    all.filter_map(|dependency| dependency.split(" = ").next()).any(|known| known == name)
}

fn dependency_of_the_extension(dependency: &CliDependency) -> String {
    let CliDependency { name, version, path, features } = dependency;
    let mut keys = Vec::new();
    keys.extend(path.iter().map(|path| format!("path = {}", quoted(path))));
    keys.push(format!("version = {}", quoted(version)));
    if !features.is_empty() {
        keys.push(format!("features = {}", list(features)));
    }
    format!("{name} = {{ {}, optional = true }}", keys.join(", "))
}

/// The dependencies of the feature `cli`: without client certificates, none that reads them.
fn of_the_command(uses: &Uses) -> impl Iterator<Item = &'static str> {
    let has_identity = uses.has(RuntimePart::Identity);
    OF_THE_COMMAND.iter().copied().filter(move |dependency| has_identity || !dependency.starts_with("p12-keystore"))
}

/// The feature and the binary of the command.
fn command(cli: &Cli, uses: &Uses, out: &mut String) {
    let names = of_the_command(uses).filter_map(|dependency| dependency.split(" = ").next());
    let names = names.chain(cli.dependencies.iter().map(|dependency| dependency.name.as_str()));
    let names = names.map(|name| quoted(&format!("dep:{name}")));
    // Fields are shown in the order in which a site sends them.
    let mut names: Vec<String> = names.chain([quoted("serde_json/preserve_order")]).collect();
    if cli.extension.is_some() {
        // Hand-written subcommands may work for long, and say what they did when they are interrupted.
        names.push(quoted("tokio/signal"));
    }
    let Cli { name, .. } = cli;
    let _ = write!(
        out,
        "# Adds the command `{name}`.\ncli = [{}]\n\n[[bin]]\nname = {}\npath = {}\nrequired-features = [\"cli\"]\n",
        names.join(", "),
        quoted(name),
        quoted(&format!("src/bin/{name}.rs")),
    );
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

/// A basic string of TOML 1.0.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ if character.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}
