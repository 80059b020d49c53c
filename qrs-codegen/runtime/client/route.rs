//! How a client reaches its server, where that is not simply the address which the server has.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Base;
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};
use crate::runtime::failure::redact::Redactor;
use crate::runtime::text::one_line::one_line;

/// Where a client's connections go.
#[derive(Clone)]
pub(crate) enum Route {
    /// To the server's own address.
    Direct,
    /// To this address, at which the server is expected under its own name.
    Address(Address),
    /// To this proxy, which leads on to the server.
    Proxy(Proxy),
}

/// A host and a port, instead of those that the server's address has.
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

/// An HTTP proxy, and what it is told of the user.
#[derive(Clone)]
pub(crate) struct Proxy {
    url: Url,
    shown: String,
    login: Option<(String, String)>,
}

impl Route {
    /// Reads the settings of a client for the server at `base`.
    pub(crate) fn new(base: &Base, connect_to: Option<&str>, proxy: Option<&str>) -> Result<Self, BuildError> {
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

    /// What a message about connecting adds to the server's name.
    pub(crate) fn suffix(&self) -> String {
        match self {
            Self::Direct => String::new(),
            Self::Address(address) => format!(" at {address} (`ClientBuilder::connect_to`)"),
            Self::Proxy(proxy) => format!(" through the proxy {proxy}"),
        }
    }

    pub(crate) fn hide_in(&self, redactor: &mut Redactor) {
        if let Self::Proxy(Proxy { login: Some((user, password)), .. }) = self {
            redactor.add(password);
            redactor.add(&BASE64_STANDARD.encode(format!("{user}:{password}")));
        }
    }

    /// Puts the route into an HTTP client that is being built.
    pub(crate) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::Result<reqwest::ClientBuilder> {
        // The environment's proxies are never used: a client does what its builder says.
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
    fn parse(text: &str, base: &Base) -> Result<Self, BuildError> {
        let refuse = |why: &str| {
            Err(BuildError::new(
                BuildErrorKind::Route,
                format!(
                    "`{}` is not an address for `ClientBuilder::connect_to`: {why}",
                    one_line(text.rsplit('@').next().unwrap_or_default(), 200)
                ),
            ))
        };
        if base.is_ip() {
            return refuse(
                "the server's own address has to be a name then, the one in the server's certificate, and not an IP address",
            );
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
                Err(_) => return refuse("a host, or a host and a port, is due: `host:4242`"),
            },
        };
        let proper = !host.is_empty()
            && host.len() <= 253
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        if !proper {
            return refuse("a host, or a host and a port, is due: `host:4242`");
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
        // Neither the text nor any part of it that may hold a password is shown.
        let refuse = |why: &str| {
            let message = format!("the address given to `ClientBuilder::proxy` cannot be used: {why}");
            Err(BuildError::new(BuildErrorKind::Route, message))
        };
        let Some((scheme, _)) = text.split_once("://") else {
            return refuse("it has to begin with `http://`");
        };
        if !scheme.eq_ignore_ascii_case("http") {
            return refuse(
                "only a proxy that is itself spoken to by HTTP is supported: it has to begin with `http://`",
            );
        }
        let Ok(mut url) = Url::parse(text) else {
            return refuse("it is not a URL");
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return refuse("a host, if need be a port and a login, is all that it may have");
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

/// Leads every name to one host. The port goes by the URL.
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
