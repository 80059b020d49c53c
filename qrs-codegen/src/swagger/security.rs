//! Security schemes.

use serde_json::{Value, json};

use super::{Object, Rewriter, text};
use crate::diagnostic::{At, Problem};

/// The flows of `OAuth2`, and what OpenAPI 3 calls them.
const FLOWS: &[(&str, &str)] = &[
    ("implicit", "implicit"),
    ("password", "password"),
    ("application", "clientCredentials"),
    ("accessCode", "authorizationCode"),
];

impl Rewriter {
    pub(super) fn security_schemes(&mut self, mut schemes: Value) -> Value {
        let root = At::ROOT;
        let at = root.child("securityDefinitions");
        let components = root.child("components");
        let to = components.child("securitySchemes");
        for (name, scheme) in schemes.as_object_mut().into_iter().flatten() {
            if let Some(scheme) = scheme.as_object_mut() {
                self.security_scheme(scheme, at.child(name), to.child(name));
            }
        }
        schemes
    }

    fn security_scheme(&mut self, scheme: &mut Object, from: At<'_>, to: At<'_>) {
        match text(scheme, "type").unwrap_or_default() {
            "basic" => {
                scheme.insert("type".to_owned(), json!("http"));
                scheme.insert("scheme".to_owned(), json!("basic"));
                self.origins.note(to.child("scheme"), from.child("type"));
            }
            "apiKey" => {
                let is_authorization =
                    text(scheme, "name").is_some_and(|name| name.eq_ignore_ascii_case("authorization"));
                if is_authorization && text(scheme, "in") == Some("header") {
                    let what = "a bearer token in Swagger 2.0".to_owned();
                    let help = "the caller gives the whole value, `Bearer` and all; if it is always a bearer token, an \
                                overlay can say so: `update: { type: http, scheme: bearer }`";
                    self.mention(from, Problem::Unsupported { what }, help);
                }
            }
            "oauth2" => self.flows(scheme, from, to),
            newer @ ("http" | "openIdConnect" | "mutualTLS") => {
                let what = format!("the type `{newer}` in Swagger 2.0");
                self.mention(from.child("type"), Problem::Unsupported { what }, "it is read as OpenAPI 3 has it");
                // What an overlay has made another scheme of.
                scheme.shift_remove("name");
                scheme.shift_remove("in");
            }
            _ => {}
        }
    }

    fn flows(&mut self, scheme: &mut Object, from: At<'_>, to: At<'_>) {
        let flow = text(scheme, "flow").and_then(|flow| FLOWS.iter().find(|(known, _)| *known == flow));
        scheme.shift_remove("flow");
        let parts: Object = ["authorizationUrl", "tokenUrl", "scopes"]
            .into_iter()
            .filter_map(|key| scheme.shift_remove_entry(key))
            .collect();
        let mut flows = Object::new();
        let flows_at = to.child("flows");
        if let Some((_, name)) = flow {
            self.origins.note(flows_at, from.child("flow"));
            self.origins.note(flows_at.child(name), from);
            flows.insert((*name).to_owned(), Value::Object(parts));
        }
        scheme.insert("flows".to_owned(), Value::Object(flows));
    }
}
