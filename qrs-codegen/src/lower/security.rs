//! Security schemes to credentials of the client's builder.

use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme};
use serde_json::Value;

use super::{Lowering, Resolved, codegen, doc};
use crate::diagnostic::{At, Pointer, Problem};
use crate::markdown;
use crate::model::{Carrier, Name, Scheme, SchemeValue, Security};
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
        let mut facts = String::new();
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
            SecurityScheme::OAuth2 { description, extensions, .. } => {
                facts = self.flows(at);
                (description, extensions, authorization(), SchemeValue::Bearer)
            }
            SecurityScheme::OpenIDConnect { description, extensions, open_id_connect_url } => {
                if !open_id_connect_url.is_empty() {
                    facts = format!("Where to get a token: {}.", markdown::code(open_id_connect_url));
                }
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
        Some(Scheme {
            at: at.pointer(),
            name,
            place,
            carrier,
            value,
            doc: doc([description.as_deref(), Some(facts.as_str())]),
        })
    }

    /// Where the flows of OAuth 2.0 lead, for the caller who brings the token.
    fn flows(&self, at: At<'_>) -> String {
        let flows = at.child("flows").pointer().value_in(self.tree).and_then(Value::as_object);
        let mut lines = Vec::new();
        for (flow, described) in flows.into_iter().flatten() {
            let url = |key: &str| described.get(key).and_then(Value::as_str).filter(|url| !url.is_empty());
            let steps =
                [("authorizationUrl", "log in at"), ("tokenUrl", "get a token at"), ("refreshUrl", "renew it at")];
            let steps: Vec<String> = steps
                .into_iter()
                .filter_map(|(key, step)| Some(format!("{step} {}", markdown::code(url(key)?))))
                .collect();
            if !steps.is_empty() {
                lines.push(format!("* {}: {}", markdown::code(flow), steps.join(", ")));
            }
        }
        if lines.is_empty() { String::new() } else { format!("Flows of OAuth 2.0:\n\n{}", lines.join("\n")) }
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

    /// A credential that nothing is known of cannot be sent: whatever else belongs to it is no way in.
    fn undescribed(&mut self, wire: &str, at: At<'_>) {
        let near = crate::validate::nearest(wire, self.schemes.keys().copied());
        let help = match near {
            Some(near) => format!("this way in is left out; did you mean `{near}`?"),
            None => "this way in is left out; nothing of that name is under `#/components/securitySchemes`".to_owned(),
        };
        let problem = Problem::DanglingReference { reference: wire.to_owned() };
        let pointer = at.child(wire).pointer();
        self.found.push(crate::diagnostic::Diagnostic::warning(pointer, problem).on_key().help(help));
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
            let mut complete = true;
            for wire in requirement.keys() {
                match self.schemes.get(wire.as_str()) {
                    Some(scheme) => all.push(scheme.place.clone()),
                    // One that was refused has been reported where it stands.
                    None if self.components.security_schemes.contains_key(wire) => {}
                    None => {
                        complete = false;
                        self.undescribed(wire, at);
                    }
                }
            }
            if !complete {
                continue;
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
