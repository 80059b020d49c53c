//! Security schemes to credentials of the client's builder, and requirements to statics beside them.

use indexmap::IndexMap;
use serde_json::Value;

use super::doc;
use super::findings::Findings;
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::document::{self, ApiKeyLocation, Document, OAuthFlow, SecuritySchemeKind};
use crate::markdown;
use crate::model::{Carrier, Module, Name, Scheme, SchemeValue, Security};
use crate::naming::{Case, Ident, Scope};
use crate::template::placeholders;

/// The methods that every `ClientBuilder` has.
pub(super) const BUILDER_METHODS: &[&str] = &[
    "new",
    "build",
    "timeout",
    "assume_certificate",
    "connect_timeout",
    "max_response_bytes",
    "max_response_objects",
    "root_certificate",
    "system_roots",
    "http_client",
    "connect_to",
    "proxy",
    "default_header",
    "danger_accept_invalid_certs",
    "retry",
    "reuse_connections",
    "credential",
    "named_credential",
    "pattern_credential",
    "bearer_credential",
    "basic_credential",
    "identity",
    "clone",
    "fmt",
    "default_headers",
    "hold",
    "refuse_beside_http_client",
];

/// The credentials of a client, and the requirements that operations have of them.
pub(super) struct Credentials<'d> {
    document: &'d Document,
    /// The statics beside the credentials.
    statics: Scope<Pointer>,
    schemes: IndexMap<&'d str, Scheme>,
    securities: Vec<Security>,
    /// The static of the document's own requirements.
    default: Option<Ident>,
}

impl<'d> Credentials<'d> {
    /// The credentials of a document.
    pub(super) fn of(document: &'d Document, found: &mut Findings) -> Self {
        let mut credentials = Self {
            document,
            statics: Scope::new(Case::Static, &[]),
            schemes: IndexMap::new(),
            securities: Vec::new(),
            default: None,
        };
        let root = At::ROOT;
        let components = root.child("components");
        let section = components.child("securitySchemes");
        let mut methods = Scope::new(Case::Snake, BUILDER_METHODS);
        for (wire, scheme) in &document.security_schemes {
            let Some(scheme) = scheme else { continue };
            let at = section.child(wire);
            if let Some(scheme) = lower_scheme(wire, scheme, &mut methods, &mut credentials.statics, found, at) {
                credentials.schemes.insert(wire, scheme);
            }
        }
        if let Some(shared) = &document.security {
            credentials.default = credentials.requirements(shared, found);
        }
        credentials
    }

    /// The static of a scheme.
    pub(super) fn static_of(&self, scheme: &str) -> Option<&Ident> {
        self.schemes.get(scheme).map(|scheme| &scheme.static_ident)
    }

    /// Whether a scheme is sent in the header of this name.
    pub(super) fn has_header(&self, name: &str) -> bool {
        let is_sent =
            |scheme: &Scheme| matches!(&scheme.carrier, Carrier::Header(own) if own.eq_ignore_ascii_case(name));
        self.schemes.values().any(is_sent)
    }

    /// The static of an operation's requirements: its own, or else the document's.
    pub(super) fn of_operation(&mut self, own: Option<&document::Security>, found: &mut Findings) -> Option<Ident> {
        match own {
            Some(own) => self.requirements(own, found),
            None => self.default.clone(),
        }
    }

    /// The static that stands for a list of requirements. An alternative that asks for nothing comes last, so that
    /// credentials are sent where they are held.
    fn requirements(&mut self, security: &document::Security, found: &mut Findings) -> Option<Ident> {
        let mut alternatives = Vec::new();
        let mut is_optional = false;
        for (index, requirement) in security.requirements.iter().enumerate() {
            let list = At::of(&security.at);
            let Some(all) = self.alternative(requirement, found, list.index(index)) else { continue };
            if all.is_empty() {
                is_optional = true;
            } else {
                alternatives.push(all);
            }
        }
        // What the document advises against is the last to be chosen.
        alternatives.sort_by_key(|all| self.schemes.values().any(|it| it.deprecated && all.contains(&it.static_ident)));
        if is_optional && !alternatives.is_empty() {
            alternatives.push(Vec::new());
        }
        if alternatives.is_empty() {
            return None;
        }
        if let Some(same) = self.securities.iter().find(|known| known.alternatives == alternatives) {
            return Some(same.static_ident.clone());
        }
        let (static_ident, _) = self.statics.claim("security", security.at.clone());
        self.securities.push(Security { static_ident: static_ident.clone(), alternatives });
        Some(static_ident)
    }

    /// The statics of the schemes that one alternative needs; `None` if one of them is not described or was left out, so
    /// that it cannot be sent, whatever else belongs to it.
    fn alternative(
        &self,
        requirement: &IndexMap<String, Vec<String>>,
        found: &mut Findings,
        at: At<'_>,
    ) -> Option<Vec<Ident>> {
        let mut all = Vec::new();
        let mut is_complete = true;
        for wire in requirement.keys() {
            match self.schemes.get(wire.as_str()) {
                Some(scheme) => all.push(scheme.static_ident.clone()),
                // One that was left out was reported where it stands.
                None if self.document.security_schemes.contains_key(wire) => is_complete = false,
                None => {
                    is_complete = false;
                    self.report_undescribed(wire, found, at);
                }
            }
        }
        is_complete.then_some(all)
    }

    fn report_undescribed(&self, wire: &str, found: &mut Findings, at: At<'_>) {
        let help = match crate::validate::nearest(wire, self.schemes.keys().copied()) {
            Some(near) => format!("this way in is left out; did you mean `{near}`?"),
            None => "this way in is left out; nothing of that name is under `#/components/securitySchemes`".to_owned(),
        };
        let problem = Problem::DanglingReference { reference: wire.to_owned() };
        found.push(Diagnostic::warning(at.child(wire), problem).on_key().help(help));
    }

    /// The credentials and the requirements that operations refer to: without a `security` that every operation
    /// replaces, and without a value that would be generated for nothing.
    pub(super) fn used_by(self, modules: &[Module]) -> (Vec<Scheme>, Vec<Security>) {
        let operations = || modules.iter().flat_map(|module| &module.operations);
        let mut securities = self.securities;
        securities.retain(|security| {
            operations().any(|operation| operation.security.as_ref() == Some(&security.static_ident))
        });
        let is_used = |static_ident: &Ident| {
            securities.iter().flat_map(|security| &security.alternatives).flatten().any(|used| used == static_ident)
                || operations()
                    .flat_map(|operation| &operation.credential_parameters)
                    .any(|carried| &carried.scheme == static_ident)
        };
        let schemes = self.schemes.into_values();
        let schemes = schemes
            .filter(|scheme| !matches!(scheme.value, SchemeValue::Generated { .. }) || is_used(&scheme.static_ident));
        (schemes.collect(), securities)
    }
}

fn lower_scheme(
    wire: &str,
    scheme: &document::SecurityScheme,
    methods: &mut Scope<Pointer>,
    statics: &mut Scope<Pointer>,
    found: &mut Findings,
    at: At<'_>,
) -> Option<Scheme> {
    let codegen = |key: &str| scheme.codegen.as_ref()?.get(key);
    let (carrier, value, facts) = lower_kind(&scheme.kind, found, at);
    let is_named = codegen("named-by-caller").and_then(Value::as_bool).unwrap_or_default();
    let value = match value {
        SchemeValue::Given if is_named && matches!(scheme.kind, SecuritySchemeKind::ApiKey { .. }) => {
            SchemeValue::Named
        }
        value => value,
    };
    if let Carrier::Header(name) = &carrier
        && !is_token(name)
    {
        let help = "the scheme is left out, and every alternative that needs it: a header's name has only the \
                    characters of a token (RFC 9110, section 5.6.2)";
        found.warn(at.child("name"), Problem::UnknownValue { value: name.clone() }, help);
        return None;
    }
    let value = scheme_value(value, codegen("pattern"), codegen("generated"), found, at)?;
    let wanted = codegen("name").and_then(Value::as_str).unwrap_or(wire);
    let (ident, collision) = methods.claim(wanted, at.pointer());
    found.collided(wanted, &ident, collision, at);
    let (static_ident, _) = statics.claim(wanted, at.pointer());
    let name = Name { wire: wire.to_owned(), ident };
    let doc = doc([scheme.description.as_deref(), Some(facts.as_str())]);
    Some(Scheme { at: at.pointer(), name, static_ident, carrier, value, deprecated: scheme.deprecated, doc })
}

/// The carrier and the value of a scheme, and facts for its documentation.
fn lower_kind(kind: &SecuritySchemeKind, found: &mut Findings, at: At<'_>) -> (Carrier, SchemeValue, String) {
    let nothing = String::new();
    match kind {
        SecuritySchemeKind::ApiKey { location, name } => {
            let carrier = match location {
                ApiKeyLocation::Header => Carrier::Header(name.clone()),
                ApiKeyLocation::Query => Carrier::Query(name.clone()),
                ApiKeyLocation::Cookie => Carrier::Cookie(name.clone()),
            };
            (carrier, SchemeValue::Given, nothing)
        }
        SecuritySchemeKind::MutualTls => (Carrier::Certificate, SchemeValue::Identity, nothing),
        SecuritySchemeKind::Http { scheme } => match scheme.to_ascii_lowercase().as_str() {
            "basic" => (authorization(), SchemeValue::Basic, nothing),
            "bearer" => (authorization(), SchemeValue::Bearer, nothing),
            _ => {
                let problem = Problem::Unsupported { what: format!("the HTTP authentication scheme `{scheme}`") };
                let help = "the caller gives the whole value of the `Authorization` header";
                found.warn(at.child("scheme"), problem, help);
                (authorization(), SchemeValue::Given, nothing)
            }
        },
        SecuritySchemeKind::OAuth2 { flows, metadata_url } => {
            let metadata =
                metadata_url.as_deref().map(|url| format!("Metadata of the server: {}.", markdown::code(url)));
            let facts = [Some(describe_flows(flows)).filter(|flows| !flows.is_empty()), metadata];
            (authorization(), SchemeValue::Bearer, facts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
        }
        SecuritySchemeKind::OpenIdConnect { url } if url.is_empty() => (authorization(), SchemeValue::Bearer, nothing),
        SecuritySchemeKind::OpenIdConnect { url } => {
            (authorization(), SchemeValue::Bearer, format!("A token of the provider {}.", markdown::code(url)))
        }
    }
}

/// The URLs of OAuth 2.0 flows, for the caller who brings the token.
fn describe_flows(flows: &[OAuthFlow]) -> String {
    let mut lines = Vec::new();
    for flow in flows {
        let urls = [
            (&flow.authorization_url, "log in at"),
            (&flow.device_authorization_url, "authorize the device at"),
            (&flow.token_url, "get a token at"),
            (&flow.refresh_url, "renew it at"),
        ];
        let urls: Vec<String> = urls
            .into_iter()
            .filter_map(|(url, step)| Some(format!("{step} {}", markdown::code(url.as_deref()?))))
            .collect();
        if !urls.is_empty() {
            lines.push(format!("* {}: {}", markdown::code(&flow.name), urls.join(", ")));
        }
    }
    if lines.is_empty() { String::new() } else { format!("A token of OAuth 2.0. Its flows:\n\n{}", lines.join("\n")) }
}

fn scheme_value(
    otherwise: SchemeValue,
    pattern: Option<&Value>,
    generated: Option<&Value>,
    found: &mut Findings,
    at: At<'_>,
) -> Option<SchemeValue> {
    let extension = at.child("x-codegen");
    match (generated, pattern.and_then(Value::as_str)) {
        (Some(generated), _) => generated_value(generated, found, extension.child("generated")),
        (None, Some(pattern)) => pattern_value(pattern, found, extension.child("pattern"), at),
        (None, None) => Some(otherwise),
    }
}

/// A value that the client generates for each request.
fn generated_value(generated: &Value, found: &mut Findings, at: At<'_>) -> Option<SchemeValue> {
    let length = generated.get("length").and_then(Value::as_u64).and_then(|length| u16::try_from(length).ok());
    let Some(length @ 1..=1024) = length else {
        let value = generated.get("length").map(ToString::to_string).unwrap_or_default();
        found.error(at.child("length"), Problem::UnknownValue { value }, "it is from 1 to 1024 characters");
        return None;
    };
    let alphabet = generated.get("alphabet").and_then(Value::as_str).unwrap_or_default();
    let is_distinct = alphabet.chars().collect::<std::collections::HashSet<_>>().len() == alphabet.len();
    if alphabet.len() < 2 || !is_distinct || !alphabet.bytes().all(|letter| letter.is_ascii_graphic()) {
        let problem = Problem::UnknownValue { value: alphabet.to_owned() };
        found.error(at.child("alphabet"), problem, "it lists two or more printable ASCII characters, each once");
        return None;
    }
    Some(SchemeValue::Generated { length, alphabet: alphabet.to_owned() })
}

/// A value that the caller gives parts of.
fn pattern_value(pattern: &str, found: &mut Findings, at: At<'_>, scheme: At<'_>) -> Option<SchemeValue> {
    let mut arguments = Scope::new(Case::Snake, &["self"]);
    let names: Vec<Name> = placeholders(pattern)
        .map(|wire| Name { wire: wire.to_owned(), ident: arguments.claim(wire, scheme.pointer()).0 })
        .collect();
    if names.is_empty() {
        let problem = Problem::UnknownValue { value: pattern.to_owned() };
        found.error(at, problem, "it has an argument in braces, as in `token={token}`");
        return None;
    }
    Some(SchemeValue::Pattern { pattern: pattern.to_owned(), arguments: names })
}

/// RFC 9110, section 11.6.2.
fn authorization() -> Carrier {
    Carrier::Header("Authorization".to_owned())
}

/// Whether a name is a token (RFC 9110, section 5.6.2).
pub(super) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
