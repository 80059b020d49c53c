//! The contract of a document, and the manifest of its client.

use serde_json::Value;

use super::doc;
use super::findings::Findings;
use crate::diagnostic::{At, Problem};
use crate::document::Info;
use crate::markdown;
use crate::model::{Contract, Package};
use crate::naming::kebab;

/// The title and the version of a document.
pub(super) fn contract(info: &Info, openapi: &str) -> Contract {
    Contract {
        title: markdown::plain(&info.title),
        version: markdown::plain(&info.version),
        // Of the text, which is not known here.
        sha256: String::new(),
        openapi: openapi.to_owned(),
        doc: doc([info.description.as_deref()]),
    }
}

/// The facts of the manifest.
pub(super) fn package(info: &Info, contract: &Contract, found: &mut Findings) -> Package {
    let root = At::ROOT;
    let holder = root.child("info");
    let extension = holder.child("x-codegen");
    let at = extension.child("package");
    let given = info.package.as_ref();
    let text = |key: &str| given.and_then(|given| given.get(key)).and_then(Value::as_str).map(markdown::plain);
    let list = |key: &str| -> Vec<String> {
        let values = given.and_then(|given| given.get(key)).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).map(markdown::plain).collect()
    };
    let name = text("name").unwrap_or_else(|| package_name(&contract.title));
    if !is_package_name(&name) {
        found.error(
            at.child("name"),
            Problem::UnknownValue { value: name.clone() },
            "a package's name begins with a letter and has only ASCII letters, digits, `-` and `_`",
        );
    }
    let version = text("version").unwrap_or_else(|| "0.1.0".to_owned());
    if semver::Version::parse(&version).is_err() {
        found.error(
            at.child("version"),
            Problem::UnknownValue { value: version.clone() },
            "a package's version is one of Semantic Versioning, as in `0.1.0`",
        );
    }
    let keywords = list("keywords");
    let fits = |keyword: &String| {
        keyword.len() <= 20
            && keyword.starts_with(|first: char| first.is_ascii_alphanumeric())
            && keyword.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_+".contains(letter))
    };
    if keywords.len() > 5 || !keywords.iter().all(fits) {
        found.error(
            at.child("keywords"),
            Problem::UnknownValue { value: keywords.join(", ") },
            "at most five keywords, each of at most 20 ASCII letters, digits, `-`, `_` and `+`",
        );
    }
    let description = text("description").unwrap_or_else(|| format!("A client for the {}", contract.title));
    Package {
        name,
        version,
        description,
        license: text("license"),
        keywords,
        categories: list("categories"),
        repository: text("repository"),
        homepage: text("homepage"),
        documentation: text("documentation"),
    }
}

/// A package's name from a title. Its ending keeps it from being a keyword, which cargo refuses.
fn package_name(title: &str) -> String {
    let ascii: String =
        title.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { ' ' }).take(64).collect();
    let words = kebab(&ascii);
    let name = words.trim_start_matches(|first: char| !first.is_ascii_alphabetic());
    if name.is_empty() {
        return "api-client".to_owned();
    }
    if name.ends_with("client") { name.to_owned() } else { format!("{name}-client") }
}

/// Whether cargo and registries take a text for the name of a package.
pub(super) fn is_package_name(name: &str) -> bool {
    name.len() <= 80
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
}
