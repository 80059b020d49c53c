//! Security schemes to credentials of the client's builder; servers to constructors of `Server`.

use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme};
use serde_json::Value;

use super::{Lowering, Resolved, codegen, doc};
use crate::diagnostic::{At, Pointer, Problem};
use crate::markdown;
use crate::model::{Carrier, Name, Scheme, SchemeValue, Security, Server, Variable};
use crate::naming::{Case, Ident, Scope};
use crate::normalize::MUTUAL_TLS;

/// The methods that every `ClientBuilder` has.
pub(super) const BUILDER_METHODS: &[&str] = &[
    "new",
    "build",
    "timeout",
    "connect_timeout",
    "max_response_bytes",
    "root_certificate",
    "system_roots",
    "http_client",
    "connect_to",
    "proxy",
    "default_header",
    "danger_accept_invalid_certs",
    "retry",
    "credential",
    "named_credential",
    "bearer_credential",
    "basic_credential",
    "identity",
    "clone",
    "fmt",
    "default_headers",
    "hold",
    "refuse_beside_http_client",
];

/// The functions that every `Server` has.
pub(super) const SERVER_FUNCTIONS: &[&str] =
    &["url", "as_str", "from_template", "to_string", "clone", "eq", "ne", "fmt", "parse", "base", "checked", "server"];

impl<'a> Lowering<'a> {
    pub(super) fn schemes(&mut self) {
        let root = At::ROOT;
        let components = root.child("components");
        let at = components.child("securitySchemes");
        let mut methods = Scope::new(Case::Snake, BUILDER_METHODS);
        let entries = &self.components.security_schemes;
        for (wire, scheme) in entries {
            let at = at.child(wire);
            let Some(Resolved { item: scheme, .. }) = self.resolve(scheme, "securitySchemes", entries, at) else {
                continue;
            };
            if let Some(scheme) = self.scheme(wire, scheme, &mut methods, at) {
                self.schemes.insert(wire, scheme);
            }
        }
    }

    fn scheme(
        &mut self,
        wire: &str,
        scheme: &'a SecurityScheme,
        methods: &mut Scope<Pointer>,
        at: At<'_>,
    ) -> Option<Scheme> {
        let (description, extensions, carrier, value) = match scheme {
            SecurityScheme::APIKey { location, name, description, extensions } => {
                let carrier = match location {
                    APIKeyLocation::Header => Carrier::Header(name.clone()),
                    APIKeyLocation::Query => Carrier::Query(name.clone()),
                    APIKeyLocation::Cookie => Carrier::Cookie(name.clone()),
                };
                let named = codegen(extensions, "named-by-caller").and_then(Value::as_bool).unwrap_or_default();
                (description, extensions, carrier, if named { SchemeValue::Named } else { SchemeValue::Given })
            }
            SecurityScheme::HTTP { scheme, description, extensions, .. } => {
                let (carrier, value) = match scheme.to_ascii_lowercase().as_str() {
                    _ if scheme == MUTUAL_TLS => (Carrier::Certificate, SchemeValue::Identity),
                    "basic" => (authorization(), SchemeValue::Basic),
                    "bearer" => (authorization(), SchemeValue::Bearer),
                    _ => {
                        self.warn(
                            at.child("scheme"),
                            Problem::Unsupported { what: format!("the HTTP authentication scheme `{scheme}`") },
                            "the caller gives the whole value of the `Authorization` header",
                        );
                        (authorization(), SchemeValue::Given)
                    }
                };
                (description, extensions, carrier, value)
            }
            SecurityScheme::OAuth2 { description, extensions, .. }
            | SecurityScheme::OpenIDConnect { description, extensions, .. } => {
                (description, extensions, authorization(), SchemeValue::Bearer)
            }
        };
        if let Carrier::Header(name) = &carrier
            && !is_token(name)
        {
            self.error_with_help(
                at.child("name"),
                Problem::UnknownValue { value: name.clone() },
                "a header's name has only the characters of a token (RFC 9110, section 5.6.2)",
            );
            return None;
        }
        let value = self.scheme_value(value, codegen(extensions, "pattern"), codegen(extensions, "generated"), at)?;
        let wanted = codegen(extensions, "name").and_then(Value::as_str).unwrap_or(wire);
        let (ident, collision) = methods.claim(wanted, at.pointer());
        self.collided(wanted, &ident, collision, at);
        let (place, _) = self.statics.claim(wanted, at.pointer());
        let name = Name { wire: wire.to_owned(), ident };
        Some(Scheme { at: at.pointer(), name, place, carrier, value, doc: doc([description.as_deref()]) })
    }

    fn scheme_value(
        &mut self,
        otherwise: SchemeValue,
        pattern: Option<&Value>,
        generated: Option<&Value>,
        at: At<'_>,
    ) -> Option<SchemeValue> {
        let extension = at.child("x-codegen");
        if let Some(generated) = generated {
            let at = extension.child("generated");
            let length = generated.get("length").and_then(Value::as_u64).and_then(|length| u16::try_from(length).ok());
            let Some(length @ 1..=1024) = length else {
                self.error_with_help(
                    at.child("length"),
                    Problem::UnknownValue {
                        value: generated.get("length").map(ToString::to_string).unwrap_or_default(),
                    },
                    "it is from 1 to 1024 characters",
                );
                return None;
            };
            let alphabet = generated.get("alphabet").and_then(Value::as_str).unwrap_or_default();
            let distinct = alphabet.chars().collect::<std::collections::HashSet<_>>().len() == alphabet.len();
            if alphabet.len() < 2 || !distinct || !alphabet.bytes().all(|letter| letter.is_ascii_graphic()) {
                self.error_with_help(
                    at.child("alphabet"),
                    Problem::UnknownValue { value: alphabet.to_owned() },
                    "it lists two or more printable ASCII characters, each once",
                );
                return None;
            }
            return Some(SchemeValue::Made { length, alphabet: alphabet.to_owned() });
        }
        if let Some(pattern) = pattern.and_then(Value::as_str) {
            let mut arguments = Scope::new(Case::Snake, &["self"]);
            let names: Vec<Name> = placeholders(pattern)
                .map(|wire| Name { wire: wire.to_owned(), ident: arguments.claim(wire, at.pointer()).0 })
                .collect();
            if names.is_empty() {
                self.error_with_help(
                    extension.child("pattern"),
                    Problem::UnknownValue { value: pattern.to_owned() },
                    "it has an argument in braces, as in `token={token}`",
                );
                return None;
            }
            return Some(SchemeValue::Pattern { pattern: pattern.to_owned(), arguments: names });
        }
        Some(otherwise)
    }

    /// What the document asks for where an operation says nothing.
    pub(super) fn shared_security(&mut self) {
        if let Some(shared) = &self.document.security {
            let root = At::ROOT;
            self.default_security = self.security(shared, root.child("security"));
        }
    }

    /// What an operation asks for: its own list, or else the document's.
    pub(super) fn operation_security(
        &mut self,
        own: Option<&'a Vec<SecurityRequirement>>,
        at: At<'_>,
    ) -> Option<Ident> {
        match own {
            Some(own) => self.security(own, at),
            None => self.default_security.clone(),
        }
    }

    /// The static that stands for a `security` list. An alternative that asks for nothing comes last, so that
    /// credentials are sent where they are held.
    fn security(&mut self, requirements: &'a [SecurityRequirement], at: At<'_>) -> Option<Ident> {
        let mut alternatives = Vec::new();
        let mut optional = false;
        for (index, requirement) in requirements.iter().enumerate() {
            let at = at.index(index);
            let mut all = Vec::new();
            for wire in requirement.keys() {
                match self.schemes.get(wire.as_str()) {
                    Some(scheme) => all.push(scheme.place.clone()),
                    // One that was refused has been reported where it stands.
                    None if self.components.security_schemes.contains_key(wire) => {}
                    None => {
                        let near = crate::grammar::nearest(wire, self.schemes.keys().copied());
                        let help = match near {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => "nothing of that name is under `#/components/securitySchemes`".to_owned(),
                        };
                        let problem = Problem::DanglingReference { reference: wire.clone() };
                        let pointer = at.child(wire).pointer();
                        self.found.push(crate::diagnostic::Diagnostic::error(pointer, problem).on_key().help(help));
                    }
                }
            }
            if all.is_empty() {
                optional = true;
            } else {
                alternatives.push(all);
            }
        }
        if optional && !alternatives.is_empty() {
            alternatives.push(Vec::new());
        }
        if alternatives.is_empty() {
            return None;
        }
        if let Some(same) = self.securities.iter().find(|known| known.alternatives == alternatives) {
            return Some(same.place.clone());
        }
        let (place, _) = self.statics.claim("security", at.pointer());
        self.securities.push(Security { place: place.clone(), alternatives });
        Some(place)
    }

    pub(super) fn servers(&mut self) -> Vec<Server> {
        let root = At::ROOT;
        let at = root.child("servers");
        let mut names = Scope::new(Case::Snake, SERVER_FUNCTIONS);
        let servers = &self.document.servers;
        servers
            .iter()
            .enumerate()
            .filter_map(|(index, server)| self.server(server, index, &mut names, at.index(index)))
            .collect()
    }

    fn server(
        &mut self,
        server: &'a openapiv3::Server,
        index: usize,
        names: &mut Scope<Pointer>,
        at: At<'_>,
    ) -> Option<Server> {
        let given = server.variables.as_ref();
        let mut arguments = Scope::new(Case::Snake, &["self"]);
        let mut variables: Vec<Variable> = Vec::new();
        let mut url = server.url.clone();
        if url.starts_with("//") {
            // Relative to a scheme that only the caller knows; whatever it was, TLS is the safe one.
            url.insert_str(0, "https:");
        } else if !url.contains("://") && !url.starts_with('{') {
            // Relative to where the document was served, which only the caller knows.
            url = format!("{{origin}}{}{url}", if url.starts_with('/') { "" } else { "/" });
            variables.push(Variable {
                name: Name { wire: "origin".to_owned(), ident: arguments.claim("origin", at.pointer()).0 },
                default: String::new(),
                allowed: Vec::new(),
                doc: "scheme and host, as in `https://api.example.com`".to_owned(),
            });
        }
        for wire in placeholders(&server.url) {
            if variables.iter().any(|variable| variable.name.wire == wire) {
                continue;
            }
            let Some(variable) = given.and_then(|variables| variables.get(wire)) else {
                self.error_with_help(
                    at.child("url"),
                    Problem::UndeclaredVariable { variable: wire.to_owned() },
                    "describe it under the server's `variables`",
                );
                return None;
            };
            variables.push(Variable {
                name: Name { wire: wire.to_owned(), ident: arguments.claim(wire, at.pointer()).0 },
                default: variable.default.clone(),
                allowed: variable.enumeration.clone(),
                doc: markdown::line(variable.description.as_deref().unwrap_or_default()),
            });
        }
        let wanted = codegen(&server.extensions, "name").and_then(Value::as_str);
        let fallback = format!("server {}", index + 1);
        let (ident, collision) = names.claim(wanted.unwrap_or(&fallback), at.pointer());
        self.collided(wanted.unwrap_or(&fallback), &ident, collision, at);
        Some(Server { at: at.pointer(), ident, url, doc: doc([server.description.as_deref()]), variables })
    }
}

/// RFC 9110, section 11.6.2.
fn authorization() -> Carrier {
    Carrier::Header("Authorization".to_owned())
}

/// The names in braces, in order.
pub(super) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// RFC 9110, section 5.6.2.
pub(super) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
