//! The route to the server: its own address, another address, or a proxy.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{BaseUrl, is_loopback, presentable};
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;

/// The target of a client's connections.
#[derive(Clone)]
pub(crate) enum Route {
    /// The server's own address.
    Direct,
    /// Another address of the same server.
    Address(Address),
    /// A proxy.
    Proxy(Proxy),
}

/// A host and a port to connect to instead of the server's.
#[derive(Clone)]
pub(crate) struct Address {
    host: Host,
    pub(crate) port: u16,
}

#[derive(Clone)]
enum Host {
    Ip(IpAddr),
    Name(String),
}

/// An HTTP proxy, with its login.
#[derive(Clone)]
pub(crate) struct Proxy {
    url: Url,
    shown: String,
    login: Option<(String, String)>,
}

impl Route {
    /// Reads the settings of a client for the server at `base`.
    pub(crate) fn new(base: &BaseUrl, connect_to: Option<&str>, proxy: Option<&str>) -> Result<Self, BuildError> {
        match (connect_to, proxy) {
            (None, None) => Ok(Self::Direct),
            (Some(address), None) => Address::parse(address, base).map(Self::Address),
            (None, Some(url)) => Proxy::parse(url).map(Self::Proxy),
            (Some(_), Some(_)) => Err(BuildError::new(
                BuildErrorKind::Conflict,
                "`ClientBuilder::connect_to` has no effect beside `ClientBuilder::proxy`: the proxy looks the server up",
            )),
        }
    }

    /// The suffix of the server's name in messages about connecting.
    pub(crate) fn suffix(&self) -> String {
        match self {
            Self::Direct => String::new(),
            Self::Address(address) => format!(" at {address} (`ClientBuilder::connect_to`)"),
            Self::Proxy(proxy) => format!(" through the proxy {proxy}"),
        }
    }

    /// Whether the next machine on the way is this one, as far as the route says.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Direct => true,
            Self::Address(Address { host: Host::Ip(ip), .. }) => ip.is_loopback(),
            Self::Address(Address { host: Host::Name(name), .. }) => is_loopback(name),
            Self::Proxy(Proxy { url, .. }) => url.host_str().is_some_and(is_loopback),
        }
    }

    pub(crate) fn hide_in(&self, redactor: &mut Redactor) {
        if let Self::Proxy(Proxy { login: Some((user, password)), .. }) = self {
            redactor.add(password);
            redactor.add_encoded(password);
            redactor.add(&BASE64_STANDARD.encode(format!("{user}:{password}")));
        }
    }

    /// Applies the route to an HTTP client that is being built.
    pub(crate) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder> {
        // Proxies in environment variables are never used.
        match self {
            Self::Direct => Ok(builder.no_proxy()),
            Self::Address(address) => Ok(builder.no_proxy().dns_resolver(FixedAddress(address.host.clone()))),
            Self::Proxy(Proxy { url, login, .. }) => {
                let mut proxy = reqwest::Proxy::all(url.clone())?;
                if let Some((user, password)) = login {
                    proxy = proxy.basic_auth(user, password);
                }
                Ok(builder.proxy(proxy))
            }
        }
    }
}

impl Address {
    fn parse(text: &str, base: &BaseUrl) -> Result<Self, BuildError> {
        let refuse = |why: &str| {
            Err(BuildError::new(
                BuildErrorKind::Route,
                format!("`{}` is not an address for `ClientBuilder::connect_to`: {why}", presentable(text)),
            ))
        };
        if base.is_ip() {
            return refuse("the server's own address must be the name in its certificate, not an IP address");
        }
        let own = base.port();
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self { host: Host::Ip(address.ip()), port: address.port() });
        }
        let unbracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = unbracketed.parse::<IpAddr>() {
            return Ok(Self { host: Host::Ip(ip), port: own });
        }
        let (host, port) = match text.rsplit_once(':') {
            None => (text, own),
            Some((host, port)) => match port.parse() {
                Ok(port) => (host, port),
                Err(_) => return refuse("expected a host, or a host and a port: `host:4242`"),
            },
        };
        let proper = !host.is_empty()
            && host.len() <= 253
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        if !proper {
            return refuse("expected a host, or a host and a port: `host:4242`");
        }
        Ok(Self { host: Host::Name(host.to_owned()), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Ip(ip) => SocketAddr::new(*ip, self.port).fmt(f),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

impl Proxy {
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        // The text may contain a password, so no part of it is shown.
        let refuse = |why: &str| {
            let message = format!("the address given to `ClientBuilder::proxy` cannot be used: {why}");
            Err(BuildError::new(BuildErrorKind::Route, message))
        };
        let Some((scheme, _)) = text.split_once("://") else {
            return refuse("it must begin with `http://`");
        };
        if !scheme.eq_ignore_ascii_case("http") {
            return refuse("only HTTP proxies are supported: it must begin with `http://`");
        }
        let Ok(mut url) = Url::parse(text) else {
            return refuse("it is not a URL");
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return refuse("it may contain only a host, a port and a login");
        }
        let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(String::from);
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => match (decoded(user), decoded(password.unwrap_or_default())) {
                (Ok(user), Ok(password)) => Some((user, password)),
                _ => return refuse("its user name or its password is not UTF-8"),
            },
        };
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return refuse("it has no host");
        }
        let shown = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, shown, login })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Resolves every name to one host. The port comes from the URL.
struct FixedAddress(Host);

impl Resolve for FixedAddress {
    fn resolve(&self, _: Name) -> Resolving {
        let host = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = match host {
                Host::Ip(ip) => vec![SocketAddr::new(ip, 0)],
                Host::Name(name) => tokio::net::lookup_host((name, 0)).await?.collect(),
            };
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}
