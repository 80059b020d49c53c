//! The address of a server, checked.

use std::net::{IpAddr, Ipv4Addr};

use reqwest::Url;

use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::text::one_line::one_line;
use crate::runtime::text::percent::is_dot_segment;

/// A checked address, without a trailing slash.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    text: String,
    path: String,
    host: String,
    port: u16,
    ip: bool,
    https: bool,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        let refuse = |why: &str| Err(problem(format!("`{}` is not a valid server address: {why}", presentable(text))));
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
            return refuse("it must begin with `https://` or `http://`");
        };
        if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return refuse("it must begin with `https://` or `http://`");
        }
        if rest.contains('?') {
            return refuse("it has a query; it may end with a path");
        }
        if rest.contains('#') {
            return refuse("it has a fragment; it may end with a path");
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return refuse("it contains a user name or password: set credentials on the client's builder");
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

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL that paths and queries are joined to.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The address without a path.
    pub(crate) fn origin(&self) -> &str {
        self.text.strip_suffix(self.path.as_str()).unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Host and port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The host alone.
    pub(crate) fn name(&self) -> &str {
        self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host is an IP address and not a name.
    pub(crate) fn is_ip(&self) -> bool {
        self.ip
    }

    /// The value of the `Host` header: the host, and the port if it is not the scheme's default.
    pub(crate) fn authority(&self) -> &str {
        let rest = self.text.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(self.name())
    }

    pub(crate) fn is_https(&self) -> bool {
        self.https
    }
}

/// Whether a host is this machine: RFC 6761 keeps the name `localhost` and all below it for that.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

pub(crate) fn problem(message: String) -> BuildError {
    BuildError::new(BuildErrorKind::Server, message)
}

/// An address for a message: scheme, host and path, without anything that may be a password.
pub(crate) fn presentable(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let (authority, after) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
    // A password may contain these characters, so that the `@` comes later than the host seems to end.
    let holds_login = |text: &str| text.contains('@') || text.to_ascii_lowercase().contains("%40");
    if holds_login(after) || authority.to_ascii_lowercase().contains("%40") {
        return format!("{scheme}…");
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let port = match port {
        None => String::new(),
        Some(port) if port.parse::<u16>().is_ok() => format!(":{port}"),
        // `https://user:password/`
        Some(_) => ":…".to_owned(),
    };
    let path = after.split(['?', '#']).next().unwrap_or_default();
    one_line(&format!("{scheme}{name}{port}{path}"), 200)
}
