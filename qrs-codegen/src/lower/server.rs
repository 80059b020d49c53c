//! Servers to constructors of `Server`: the document's own, and those of paths and operations.

use serde_json::Value;

use super::security::placeholders;
use super::{Lowering, codegen, doc};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::markdown;
use crate::model::{Name, Server, Variable};
use crate::naming::{Case, Ident, Scope};

/// The functions that every `Server` has.
pub(super) const SERVER_FUNCTIONS: &[&str] =
    &["url", "as_str", "from_template", "to_string", "clone", "eq", "ne", "fmt", "parse", "base", "checked", "server"];

/// The servers that were met, each once.
pub(super) struct Servers {
    names: Scope<Pointer>,
    pub(super) all: Vec<Server>,
}

impl Default for Servers {
    fn default() -> Self {
        Self { names: Scope::new(Case::Snake, SERVER_FUNCTIONS), all: Vec::new() }
    }
}

impl<'a> Lowering<'a> {
    /// The document's own servers.
    pub(super) fn servers(&mut self) {
        let root = At::ROOT;
        let at = root.child("servers");
        let servers = &self.document.servers;
        for (index, server) in servers.iter().enumerate() {
            self.server(server, &format!("server {}", index + 1), at.index(index));
        }
    }

    /// The servers of one operation, or of its path, where they are others than the document's own.
    pub(super) fn own_servers(&mut self, servers: &'a [openapiv3::Server], method: &Ident, at: At<'_>) -> Vec<Ident> {
        let own = self.document.servers.len();
        let mut idents = Vec::new();
        for (index, server) in servers.iter().enumerate() {
            let known = self
                .document
                .servers
                .iter()
                .any(|other| other.url == server.url && other.variables == server.variables);
            if !known {
                idents.extend(self.server(server, &format!("{} server", method.as_str()), at.index(index)));
            }
        }
        if own > 0 && idents.len() < servers.len() {
            // One of the document's own would do as well.
            return Vec::new();
        }
        idents
    }

    /// The constructor of a server; nothing if no client can use it.
    fn server(&mut self, server: &'a openapiv3::Server, fallback: &str, at: At<'_>) -> Option<Ident> {
        let mut arguments = Scope::new(Case::Snake, &["self"]);
        let (url, origin) = self.address(server, at)?;
        let mut variables: Vec<Variable> = Vec::new();
        if origin {
            variables.push(Variable {
                name: Name { wire: "origin".to_owned(), ident: arguments.claim("origin", at.pointer()).0 },
                default: String::new(),
                allowed: Vec::new(),
                doc: "scheme and host, as in `https://api.example.com`".to_owned(),
            });
        }
        let given = server.variables.as_ref();
        for wire in placeholders(&server.url) {
            if variables.iter().any(|variable| variable.name.wire == wire) {
                continue;
            }
            let described = given.and_then(|variables| variables.get(wire));
            if described.is_none() {
                let problem = Problem::UndeclaredVariable { variable: wire.to_owned() };
                self.warn(at.child("url"), problem, "the caller gives it; it belongs under the server's `variables`");
            }
            variables.push(Variable {
                name: Name { wire: wire.to_owned(), ident: arguments.claim(wire, at.pointer()).0 },
                default: described.map(|variable| variable.default.clone()).unwrap_or_default(),
                allowed: described.map(|variable| variable.enumeration.clone()).unwrap_or_default(),
                doc: markdown::line(described.and_then(|variable| variable.description.as_deref()).unwrap_or_default()),
            });
        }
        let same = |known: &&Server| known.url == url && known.variables == variables;
        let wanted = codegen(&server.extensions, "name").and_then(Value::as_str);
        if wanted.is_none()
            && fallback.ends_with(" server")
            && let Some(known) = self.servers.all.iter().find(same)
        {
            return Some(known.ident.clone());
        }
        let wanted = wanted.unwrap_or(fallback);
        let (ident, collision) = self.servers.names.claim(wanted, at.pointer());
        self.collided(wanted, &ident, collision, at);
        let doc = doc([server.description.as_deref()]);
        self.servers.all.push(Server { at: at.pointer(), ident: ident.clone(), url, doc, variables });
        Some(ident)
    }

    /// A server's URL as the client can use it, and whether it begins with what only the caller knows; nothing if it
    /// can never be one.
    fn address(&mut self, server: &openapiv3::Server, at: At<'_>) -> Option<(String, bool)> {
        let url = server.url.trim();
        let refused = match url {
            _ if url.contains(|letter: char| letter.is_whitespace() || letter.is_control()) => {
                "it contains white space"
            }
            _ if url.contains(['?', '#']) => "it has a query or a fragment",
            _ if url.contains('\\') => "it contains a backslash",
            _ if url.split('/').any(|segment| segment == "..") => "it leads up from where the document is served",
            _ => match url.split_once("://") {
                Some((scheme, _)) if !scheme.contains('{') && !is_http(scheme) => "it is neither HTTP nor HTTPS",
                Some((_, rest)) if rest.split('/').next().is_none_or(str::is_empty) => "it has no host",
                Some((_, rest)) if rest.split('/').next().is_some_and(|host| host.contains('@')) => {
                    "it holds a user name"
                }
                _ => "",
            },
        };
        if !refused.is_empty() {
            let problem = Problem::UnknownValue { value: server.url.clone() };
            let help = format!("no client can use this server, it is left out: {refused}");
            self.found.push(Diagnostic::warning(at.child("url").pointer(), problem).help(help));
            return None;
        }
        if url.contains("://") || url.starts_with('{') {
            return Some((url.to_owned(), false));
        }
        if url.starts_with("//") {
            // Relative to a scheme that only the caller knows; whatever it was, TLS is the safe one.
            return Some((format!("https:{url}"), false));
        }
        if is_host(url) {
            let problem = Problem::UnknownValue { value: server.url.clone() };
            self.warn(at.child("url"), problem, "it has no scheme, and is taken for HTTPS: write `https://`");
            return Some((format!("https://{url}"), false));
        }
        // Relative to where the document was served, which only the caller knows.
        let path = url.strip_prefix("./").or(url.strip_prefix('.').filter(|rest| rest.is_empty())).unwrap_or(url);
        let slash = if path.starts_with('/') || path.is_empty() { "" } else { "/" };
        Some((format!("{{origin}}{slash}{path}"), true))
    }
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Whether a URL without a scheme begins with a host rather than with a path.
fn is_host(url: &str) -> bool {
    let first = url.split('/').next().unwrap_or_default();
    let (host, port) = first.split_once(':').unwrap_or((first, ""));
    let ending = host.rsplit('.').next().unwrap_or_default();
    let named = host.contains('.') && ending.len() >= 2 && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    let numbered = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    !url.starts_with(['/', '.']) && !host.is_empty() && (named || numbered)
}
