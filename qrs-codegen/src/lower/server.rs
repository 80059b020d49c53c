//! Servers to constructors of `Server`: the document's own, and those of paths and operations.

use super::doc;
use super::findings::Findings;
use crate::diagnostic::{At, Pointer, Problem};
use crate::document::{self};
use crate::markdown;
use crate::model::{Name, Server, Variable};
use crate::naming::{Case, Ident, Scope};
use crate::template::placeholders;

/// The functions that every `Server` has.
pub(super) const SERVER_FUNCTIONS: &[&str] =
    &["url", "as_str", "from_template", "to_string", "clone", "eq", "ne", "fmt", "parse", "base", "checked", "server"];

/// The servers that were met, each once.
pub(super) struct Servers<'d> {
    shared: &'d [document::Server],
    names: Scope<Pointer>,
    pub(super) all: Vec<Server>,
}

impl<'d> Servers<'d> {
    /// The document's own servers.
    pub(super) fn of(shared: &'d [document::Server], found: &mut Findings) -> Self {
        let mut servers = Self { shared, names: Scope::new(Case::Snake, SERVER_FUNCTIONS), all: Vec::new() };
        for (index, server) in shared.iter().enumerate() {
            servers.add(server, &format!("server {}", index + 1), found);
        }
        servers
    }

    /// The servers of one operation, or of its path, where they are others than the document's own.
    pub(super) fn of_operation(
        &mut self,
        own: &[document::Server],
        method: &Ident,
        found: &mut Findings,
    ) -> Vec<Ident> {
        let is_shared = |server: &document::Server| {
            self.shared.iter().any(|other| other.url == server.url && other.variables == server.variables)
        };
        let others: Vec<&document::Server> = own.iter().filter(|server| !is_shared(server)).collect();
        let name = format!("{} server", method.as_str());
        let idents: Vec<Ident> = others.into_iter().filter_map(|server| self.add(server, &name, found)).collect();
        if !self.shared.is_empty() && idents.len() < own.len() {
            // One of the document's own would do as well.
            return Vec::new();
        }
        idents
    }

    /// The constructor of a server; `None` if no client can use it.
    fn add(&mut self, server: &document::Server, fallback: &str, found: &mut Findings) -> Option<Ident> {
        let (url, needs_origin) = address(server, found)?;
        let variables = variables(server, needs_origin, found);
        let is_same = |known: &&Server| known.url == url && known.variables == variables;
        let wanted = server.name.as_deref();
        if wanted.is_none()
            && fallback.ends_with(" server")
            && let Some(known) = self.all.iter().find(is_same)
        {
            return Some(known.ident.clone());
        }
        let (ident, collision) = self.names.claim(wanted.unwrap_or(fallback), server.at.clone());
        // Those without a name are numbered, which surprises nobody.
        if let Some(wanted) = wanted {
            found.collided(wanted, &ident, collision, At::of(&server.at));
        }
        let doc = doc([server.description.as_deref()]);
        self.all.push(Server { at: server.at.clone(), ident: ident.clone(), url, doc, variables });
        Some(ident)
    }
}

/// The variables of a server's URL, in the order of their places in it.
fn variables(server: &document::Server, needs_origin: bool, found: &mut Findings) -> Vec<Variable> {
    let mut arguments = Scope::new(Case::Snake, &["self"]);
    let mut variables: Vec<Variable> = Vec::new();
    if needs_origin {
        variables.push(Variable {
            name: Name { wire: "origin".to_owned(), ident: arguments.claim("origin", server.at.clone()).0 },
            default: String::new(),
            allowed: Vec::new(),
            doc: "scheme and host, as in `https://api.example.com`".to_owned(),
        });
    }
    for wire in placeholders(&server.url) {
        if variables.iter().any(|variable| variable.name.wire == wire) {
            continue;
        }
        let described = server.variables.get(wire);
        if described.is_none() {
            let problem = Problem::UndeclaredVariable { variable: wire.to_owned() };
            let help = "the caller gives it; it belongs under the server's `variables`";
            found.warn(server.at.child("url"), problem, help);
        }
        let description = described.and_then(|variable| variable.description.as_deref());
        variables.push(Variable {
            name: Name { wire: wire.to_owned(), ident: arguments.claim(wire, server.at.clone()).0 },
            default: described.map(|variable| variable.default.clone()).unwrap_or_default(),
            allowed: described.map(|variable| variable.allowed.clone()).unwrap_or_default(),
            doc: markdown::line(description.unwrap_or_default()),
        });
    }
    variables
}

/// A server's URL as the client can use it, and whether it begins with an origin that only the caller knows; `None` if
/// no client can use it.
fn address(server: &document::Server, found: &mut Findings) -> Option<(String, bool)> {
    let at = server.at.child("url");
    let url = server.url.trim();
    let refused = match url {
        _ if url.contains(|letter: char| letter.is_whitespace() || letter.is_control()) => "it contains white space",
        _ if url.contains(['?', '#']) => "it has a query or a fragment",
        _ if url.contains('\\') => "it contains a backslash",
        _ if url.split('/').any(|segment| segment == "..") => "it leads up from where the document is served",
        _ => match url.split_once("://") {
            Some((scheme, _)) if !scheme.contains('{') && !is_http(scheme) => "it is neither HTTP nor HTTPS",
            Some((_, rest)) if rest.split('/').next().is_none_or(str::is_empty) => "it has no host",
            Some((_, rest)) if rest.split('/').next().is_some_and(|host| host.contains('@')) => "it holds a user name",
            _ => "",
        },
    };
    if !refused.is_empty() {
        let problem = Problem::UnknownValue { value: server.url.clone() };
        let help = format!("no client can use this server, it is left out: {refused}");
        found.warn(at, problem, help);
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
        found.warn(at, problem, "it has no scheme, and is taken for HTTPS: write `https://`");
        return Some((format!("https://{url}"), false));
    }
    // Relative to where the document was served, which only the caller knows.
    let path = url.strip_prefix("./").or(url.strip_prefix('.').filter(|rest| rest.is_empty())).unwrap_or(url);
    let slash = if path.starts_with('/') || path.is_empty() { "" } else { "/" };
    Some((format!("{{origin}}{slash}{path}"), true))
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
