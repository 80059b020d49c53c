use std::fmt;
use std::net::Ipv4Addr;

use reqwest::Url;

use super::build_error::{BuildError, BuildErrorKind};
use super::template::{Piece, component, is_dot_segment, pieces};

/// Where a client sends its requests.
///
/// An address that cannot be used is reported by `ClientBuilder::build`, never later.
#[derive(Clone)]
pub struct Server {
    shown: String,
    base: Result<Base, BuildError>,
}

/// A variable of a server's address, with the value it is to have.
pub(crate) struct Variable {
    /// Its name in the template.
    pub(crate) name: &'static str,
    /// The value.
    pub(crate) value: String,
    /// The values that the document allows; empty if any is.
    pub(crate) allowed: &'static [&'static str],
}

/// A checked address, without a slash at its end.
#[derive(Clone)]
pub(super) struct Base {
    url: Url,
    text: String,
    path: String,
    host: String,
    port: u16,
    ip: bool,
    https: bool,
}

impl Server {
    /// A server at `url`: `http` or `https`, a host, if need be a port and a path, and nothing else.
    ///
    /// A slash at the end makes no difference.
    pub fn url(url: impl Into<String>) -> Self {
        Self::checked(&url.into())
    }

    /// The address. What does not belong into one, such as a password, is left out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// A server of the document: its address with the variables' values put in.
    pub(crate) fn from_template(template: &str, variables: &[Variable]) -> Self {
        match expand(template, variables) {
            Ok(url) => Self::checked(&url),
            Err(problem) => Self { shown: template.to_owned(), base: Err(problem) },
        }
    }

    fn checked(url: &str) -> Self {
        let base = Base::parse(url);
        let shown = match &base {
            Ok(base) => base.text.clone(),
            Err(_) => presentable(url),
        };
        Self { shown, base }
    }

    pub(super) fn base(&self) -> Result<&Base, BuildError> {
        self.base.as_ref().map_err(Clone::clone)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.shown).finish()
    }
}

impl Base {
    fn parse(text: &str) -> Result<Self, BuildError> {
        let refuse = |why: &str| Err(problem(format!("`{}` is not the address of a server: {why}", presentable(text))));
        if text.is_empty() {
            return refuse("it is empty");
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return refuse("it contains white space");
        }
        if text.contains('\\') {
            return refuse("it contains a backslash");
        }
        if let Some((_, rest)) = text.split_once('{') {
            return match rest.split_once('}') {
                Some((name, _)) => refuse(&format!("the variable `{name}` has no value")),
                None => refuse("it contains a brace"),
            };
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return refuse("it has to begin with `https://` or `http://`");
        };
        if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return refuse("it has to begin with `https://` or `http://`");
        }
        if rest.contains('?') {
            return refuse("it has a query; it may end with a path");
        }
        if rest.contains('#') {
            return refuse("it has a fragment; it may end with a path");
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return refuse("it holds a user name or a password; those belong to the client's builder");
        }
        if authority.is_empty() || authority.starts_with(':') {
            return refuse("it has no host");
        }
        if path.split('/').any(is_dot_segment) {
            return refuse("its path contains `.` or `..`");
        }
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => return refuse(&error.to_string()),
        };
        let Some(host) = url.host_str() else {
            return refuse("it has no host");
        };
        let Some(port) = url.port_or_known_default() else {
            return refuse("it has no port");
        };
        let ip = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
            host: format!("{host}:{port}"),
            port,
            ip,
            https: url.scheme() == "https",
            url,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What a path and a query make the URL of a call of.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The address without a path.
    pub(super) fn origin(&self) -> &str {
        self.text.strip_suffix(self.path.as_str()).unwrap_or_default()
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Host and port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The host alone.
    pub(super) fn name(&self) -> &str {
        self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host is an IP address and not a name.
    pub(super) fn is_ip(&self) -> bool {
        self.ip
    }

    /// The host, and the port where it is not the scheme's own: what the header `Host` says.
    pub(super) fn authority(&self) -> &str {
        let rest = self.text.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    pub(super) fn is_https(&self) -> bool {
        self.https
    }
}

fn problem(message: String) -> BuildError {
    BuildError::new(BuildErrorKind::Server, message)
}

/// An address as it may be shown: no user name, no password, no query.
fn presentable(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let (authority, path) = match rest.find(['/', '\\']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // A password may hold a slash, so that the `@` comes later than the host seems to end.
    if path.contains('@') {
        return format!("{scheme}…");
    }
    super::text::one_line(&format!("{scheme}{host}{path}"), 200)
}

/// Which part of a URL a variable stands in: what its value may contain depends on it.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Scheme,
    Host,
    Path,
}

fn expand(template: &str, variables: &[Variable]) -> Result<String, BuildError> {
    let pieces: Vec<Piece<'_>> = pieces(template).collect();
    // `{url}/path`: the variable is itself an address, and is checked as one.
    let whole = !template.contains("://") && matches!(pieces.first(), Some(Piece::Name(_)));
    let mut url = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let name = match piece {
            Piece::Literal(literal) => {
                url.push_str(literal);
                continue;
            }
            Piece::Name(name) => *name,
        };
        let Some(variable) = variables.iter().find(|variable| variable.name == name) else {
            return Err(problem(format!("the server's variable `{name}` has no value")));
        };
        if !variable.allowed.is_empty() && !variable.allowed.contains(&variable.value.as_str()) {
            return Err(problem(format!(
                "the server's variable `{name}` cannot be `{}`: it is one of {}",
                shown(&variable.value),
                list(variable.allowed)
            )));
        }
        if whole && at == 0 {
            url.push_str(variable.value.trim_end_matches('/'));
            continue;
        }
        let next = match pieces.get(at + 1) {
            Some(Piece::Literal(literal)) => literal.chars().next(),
            _ => None,
        };
        let last = at + 1 == pieces.len();
        let part = part(&url);
        check_value(variable, part, last || next == Some('/'))?;
        if part == Part::Path {
            let alone = url.ends_with('/') && (last || next == Some('/'));
            if alone && variable.value.is_empty() {
                return Err(problem(format!("the server's variable `{name}` is empty")));
            }
            url.push_str(&component(&variable.value));
        } else {
            url.push_str(&variable.value);
        }
    }
    Ok(url)
}

fn part(before: &str) -> Part {
    match before.split_once("://") {
        None => Part::Scheme,
        Some((_, rest)) if rest.contains('/') => Part::Path,
        Some(_) => Part::Host,
    }
}

/// Refuses a value that would move the borders between the parts of the URL.
fn check_value(variable: &Variable, part: Part, ends_host: bool) -> Result<(), BuildError> {
    let value = variable.value.as_str();
    let refuse = |why: &str| {
        Err(problem(format!("the server's variable `{}` cannot be `{}`: {why}", variable.name, shown(value))))
    };
    let whole = if matches!(part, Part::Host) { " (for a whole address there is `Server::url`)" } else { "" };
    if let Some(found) = value
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || matches!(c, '/' | '?' | '#' | '@' | '\\' | '{' | '}'))
    {
        return refuse(&match found {
            found if found.is_whitespace() || found.is_control() => "it contains white space".to_owned(),
            found => format!("it contains `{found}`, which would change the address around it{whole}"),
        });
    }
    match part {
        Part::Scheme if value.contains(':') => refuse("it contains a colon"),
        Part::Scheme | Part::Path => Ok(()),
        Part::Host => {
            if value.contains('%') {
                return refuse("it contains `%`");
            }
            let after_address = match value.strip_prefix('[') {
                Some(rest) => match rest.split_once(']') {
                    Some((address, after)) if address.parse::<std::net::Ipv6Addr>().is_ok() => after,
                    _ => return refuse("what stands in brackets is not an IPv6 address"),
                },
                None => value,
            };
            match after_address.split_once(':') {
                None => Ok(()),
                Some((_, digits)) if ends_host && is_port(digits) => Ok(()),
                Some(_) if value.parse::<std::net::Ipv6Addr>().is_ok() => {
                    refuse("an IPv6 address has to stand in brackets, `[::1]`")
                }
                Some(_) => refuse(&format!("it contains a colon{whole}")),
            }
        }
    }
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value as a message shows it; one with an `@` may hold a password.
fn shown(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((_, host)) => format!("…@{}", super::text::one_line(host, 80)),
        None => super::text::one_line(value, 80),
    }
}

fn list(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    quoted.join(", ")
}
