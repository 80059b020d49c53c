//! `schemes`, `host` and `basePath` to servers.

use serde_json::{Value, json};

use super::{Object, Rewriter, is_true, resolved, take_list, text};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};

const ROOT: &str = "Swagger Object (Swagger 2.0)";

/// The keys that the servers of a document are made of.
pub(super) struct Host {
    schemes: Vec<&'static str>,
    /// The host and the path behind it, with a place for the scheme in front; nothing if there is no host.
    address: Option<Address>,
    /// The path that all paths begin with, without a slash at its end.
    base: String,
    /// The place in the document.
    at: Pointer,
}

struct Address {
    host: String,
    has_scheme: bool,
    variables: Object,
}

impl Host {
    /// Takes what the root says of the host.
    pub(super) fn take(root: &mut Object, found: &mut Vec<Diagnostic>) -> Host {
        let at = At::ROOT;
        let mut schemes = schemes(root);
        let mut base = text(root, "basePath").unwrap_or_default().trim().trim_end_matches('/').to_owned();
        root.shift_remove("basePath");
        let host = root.shift_remove("host").and_then(|host| host.as_str().map(|host| host.trim().to_owned()));
        let host = host.filter(|host| !host.is_empty()).or_else(|| endpoint(root));
        let place = if host.is_some() { at.child("host").pointer() } else { at.child("basePath").pointer() };
        let address = host.map(|host| {
            let (scheme, rest) = host.split_once("://").unwrap_or(("", &host));
            let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
            if name.len() < host.len() {
                let problem = Problem::UnknownValue { value: host.clone() };
                let help =
                    "`host` is the name and perhaps the port: what else it holds is read as `schemes` and `basePath`";
                found.push(Diagnostic::warning(at.child("host").pointer(), problem).help(help));
            }
            if let Some(scheme) = http(scheme).filter(|_| schemes.is_empty()) {
                schemes.push(scheme);
            }
            let path = path.trim_end_matches('/');
            if !path.is_empty() {
                base = format!("/{path}{}{base}", if base.is_empty() || base.starts_with('/') { "" } else { "/" });
            }
            Address { host: name.to_owned(), has_scheme: false, variables: Object::new() }
        });
        if !base.is_empty() && !base.starts_with('/') {
            base.insert(0, '/');
        }
        if address.is_some() && schemes.is_empty() {
            schemes.push(assumed(address.as_ref(), found));
        }
        Host { schemes, address, base, at: place }
    }

    fn url(&self, scheme: &str) -> String {
        match &self.address {
            Some(Address { host, has_scheme: true, .. }) => format!("{host}{}", self.base),
            Some(Address { host, .. }) => format!("{scheme}://{host}{}", self.base),
            None if self.base.is_empty() => "/".to_owned(),
            None => self.base.clone(),
        }
    }

    fn servers(&self, schemes: &[&str]) -> Vec<Value> {
        let has_scheme = self.address.as_ref().is_none_or(|address| address.has_scheme);
        let variables = self.address.as_ref().map(|address| &address.variables).filter(|all| !all.is_empty());
        let server = |scheme: &&str| {
            let mut server = json!({ "url": self.url(scheme) });
            if let Some(variables) = variables {
                server["variables"] = Value::Object(variables.clone());
            }
            server
        };
        schemes.iter().take(if has_scheme { 1 } else { schemes.len() }).map(server).collect()
    }
}

/// The scheme of a host for which none is given.
fn assumed(address: Option<&Address>, found: &mut Vec<Diagnostic>) -> &'static str {
    let name = address.map_or("", |address| address.host.split(':').next().unwrap_or_default());
    let scheme = if matches!(name, "localhost" | "127.0.0.1") { "http" } else { "https" };
    let problem = Problem::MissingKey { key: "schemes", object: ROOT };
    let help = format!("the client uses `{scheme}`");
    found.push(Diagnostic::note(Pointer::default(), problem).on_key().help(help));
    scheme
}

/// The schemes of the root or of an operation that are HTTP's, the safer one first.
fn schemes(holder: &mut Object) -> Vec<&'static str> {
    let written = take_list(holder, "schemes");
    let has = |scheme: &str| written.iter().any(|found| found == scheme);
    ["https", "http"].into_iter().filter(|scheme| has(scheme)).collect()
}

fn http(scheme: &str) -> Option<&'static str> {
    ["https", "http"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
}

/// The host that Google's extension names.
fn endpoint(root: &Object) -> Option<String> {
    let first = root.get("x-google-endpoints")?.get(0)?;
    first.get("name").and_then(Value::as_str).map(str::to_owned)
}

impl Rewriter {
    /// The servers of the document.
    pub(super) fn servers(&mut self, root: &mut Object) -> Vec<Value> {
        let at = At::ROOT;
        if let Some(Value::Object(template)) = root.shift_remove("x-ms-parameterized-host") {
            self.parameterized(template);
        }
        let given = take_list(root, "servers");
        if !given.is_empty() {
            return given;
        }
        self.origins.note(at.child("servers"), self.host.at.clone());
        if self.host.address.is_none() {
            let problem = Problem::MissingKey { key: "host", object: ROOT };
            let help = "whoever uses the client says where the server is";
            self.found.push(Diagnostic::note(Pointer::default(), problem).on_key().help(help));
            if self.host.base.is_empty() {
                return Vec::new();
            }
            return self.noted(vec![json!({ "url": self.host.url("") })], at);
        }
        let servers = self.host.servers(&self.host.schemes);
        self.noted(servers, at)
    }

    /// Servers of an object, all of which come from one place.
    fn noted(&mut self, servers: Vec<Value>, at: At<'_>) -> Vec<Value> {
        let to = at.child("servers");
        for index in 0..servers.len() {
            let at = to.index(index);
            self.origins.note(at, self.host.at.clone());
            self.origins.note(at.child("url"), self.host.at.clone());
        }
        servers
    }

    /// The host of Microsoft's extension, which has variables.
    fn parameterized(&mut self, mut template: Object) {
        let root = At::ROOT;
        let at = root.child("x-ms-parameterized-host");
        let Some(host) = text(&template, "hostTemplate").map(|host| host.trim().trim_end_matches('/').to_owned())
        else {
            return;
        };
        // Some templates begin with a variable for the scheme as well.
        let has_scheme = template.contains_key("useSchemePrefix") && !is_true(&template, "useSchemePrefix");
        let mut variables = Object::new();
        for parameter in take_list(&mut template, "parameters") {
            let Some((_, parameter)) = resolved(&self.parameters, "parameters", &parameter) else { continue };
            let Some(name) = parameter.get("name").and_then(Value::as_str) else { continue };
            let mut variable = Object::new();
            for key in ["default", "enum", "description"] {
                variable.extend(parameter.get(key).map(|value| (key.to_owned(), value.clone())));
            }
            let is_text = |value: &Value| value.is_string();
            if variable.get("default").is_some_and(|value| !is_text(value)) {
                variable.shift_remove("default");
            }
            if let Some(Value::Array(values)) = variable.get_mut("enum") {
                values.retain(is_text);
            }
            variables.insert(name.to_owned(), Value::Object(variable));
        }
        if self.host.schemes.is_empty() {
            self.host.schemes.push("https");
        }
        self.host.address = Some(Address { host, has_scheme, variables });
        self.host.at = at.pointer();
    }

    /// The servers of an operation whose schemes are others than the document's.
    pub(super) fn own_servers(&mut self, operation: &mut Object, from: At<'_>, to: At<'_>) {
        let own = schemes(operation);
        if own.is_empty()
            || own == self.host.schemes
            || self.host.address.is_none()
            || operation.contains_key("servers")
        {
            return;
        }
        self.origins.note(to.child("servers"), from.child("schemes"));
        operation.insert("servers".to_owned(), Value::Array(self.host.servers(&own)));
    }
}
