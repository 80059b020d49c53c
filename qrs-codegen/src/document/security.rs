//! Security schemes and requirements.

use indexmap::IndexMap;
use openapiv3::{ReferenceOr, SecurityRequirement};
use serde::Deserialize as _;
use serde_json::Value;

use super::operation::{component_name, cycle, dangling};
use super::{ApiKeyLocation, OAuthFlow, Security, SecurityScheme, SecuritySchemeKind};
use crate::diagnostic::{At, Diagnostic};

const SECTION: &str = "securitySchemes";

/// The outcome of a reference to a scheme that leads nowhere.
const LEFT_OUT: &str = "the scheme is left out, and every alternative that needs it";

/// Reads the security schemes of a document and reports references that lead nowhere.
///
/// `openapiv3` knows no `mutualTLS` and wants flows complete that only people read, so they are read from the tree.
pub(super) fn read(tree: &mut Value, found: &mut Vec<Diagnostic>) -> IndexMap<String, Option<SecurityScheme>> {
    let entries = tree.get_mut("components").and_then(|components| components.get_mut(SECTION)).map(Value::take);
    let entries = IndexMap::<String, ReferenceOr<Value>>::deserialize(entries.unwrap_or_default()).unwrap_or_default();
    let root = At::ROOT;
    let components = root.child("components");
    let section = components.child(SECTION);
    let mut schemes = IndexMap::new();
    for (name, entry) in &entries {
        match resolve(entry, &entries, section.child(name), found) {
            None => _ = schemes.insert(name.clone(), None),
            // `validate` reports a scheme that lacks what its type asks for.
            Some(value) => {
                if let Some(scheme) = scheme(value) {
                    schemes.insert(name.clone(), Some(scheme));
                }
            }
        }
    }
    schemes
}

fn resolve<'e>(
    entry: &'e ReferenceOr<Value>,
    entries: &'e IndexMap<String, ReferenceOr<Value>>,
    at: At<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<&'e Value> {
    let mut current = entry;
    for _ in 0..=entries.len() {
        match current {
            ReferenceOr::Item(value) => return Some(value),
            ReferenceOr::Reference { reference } => {
                let name = match component_name(reference, SECTION) {
                    Ok(name) => name,
                    Err(refusal) => {
                        found.push(refusal.diagnostic(at, LEFT_OUT));
                        return None;
                    }
                };
                let Some(entry) = entries.get(&name) else {
                    found.push(dangling(reference, entries.keys()).diagnostic(at, LEFT_OUT));
                    return None;
                };
                current = entry;
            }
        }
    }
    found.push(cycle(at, LEFT_OUT));
    None
}

fn scheme(value: &Value) -> Option<SecurityScheme> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let kind = match text("type")? {
        "apiKey" => {
            let location = match text("in")? {
                "header" => ApiKeyLocation::Header,
                "query" => ApiKeyLocation::Query,
                "cookie" => ApiKeyLocation::Cookie,
                _ => return None,
            };
            SecuritySchemeKind::ApiKey { location, name: text("name")?.to_owned() }
        }
        "http" => SecuritySchemeKind::Http { scheme: text("scheme")?.to_owned() },
        "mutualTLS" => SecuritySchemeKind::MutualTls,
        "oauth2" => SecuritySchemeKind::OAuth2 {
            flows: flows(value),
            metadata_url: text("oauth2MetadataUrl").filter(|url| !url.is_empty()).map(str::to_owned),
        },
        "openIdConnect" => {
            SecuritySchemeKind::OpenIdConnect { url: text("openIdConnectUrl").unwrap_or_default().to_owned() }
        }
        _ => return None,
    };
    let description = text("description").map(str::to_owned);
    let deprecated = value.get("deprecated").and_then(Value::as_bool).unwrap_or_default();
    Some(SecurityScheme { kind, description, deprecated, codegen: value.get("x-codegen").cloned() })
}

fn flows(scheme: &Value) -> Vec<OAuthFlow> {
    let flows = scheme.get("flows").and_then(Value::as_object);
    let flow = |(name, flow): (&String, &Value)| {
        let url = |key: &str| flow.get(key).and_then(Value::as_str).filter(|url| !url.is_empty()).map(str::to_owned);
        let scopes = flow.get("scopes").and_then(Value::as_object);
        OAuthFlow {
            name: name.clone(),
            authorization_url: url("authorizationUrl"),
            device_authorization_url: url("deviceAuthorizationUrl"),
            token_url: url("tokenUrl"),
            refresh_url: url("refreshUrl"),
            scopes: scopes.into_iter().flatten().map(|(scope, _)| scope.clone()).collect(),
        }
    };
    flows.into_iter().flatten().map(flow).collect()
}

/// Reads a list of Security Requirement Objects.
pub(super) fn requirements(list: &[SecurityRequirement], at: At<'_>) -> Security {
    // Since 3.2 a requirement may name its scheme by a reference.
    let name = |key: &String| key.starts_with('#').then(|| component_name(key, SECTION).ok()).flatten();
    let named = |requirement: &SecurityRequirement| {
        let all = requirement.iter();
        all.map(|(key, scopes)| (name(key).unwrap_or_else(|| key.clone()), scopes.clone())).collect()
    };
    Security { at: at.pointer(), requirements: list.iter().map(named).collect() }
}
