//! Changes of servers: constructors of `Server`, their arguments and the URLs that they stand for.

use super::fit::Fit;
use super::{ChangeKind, Difference, Wire};
use crate::model::{Api, Server};

pub(super) fn compare(old: &Api, new: &Api, found: &mut Vec<Difference>) {
    for server in &new.servers {
        if let Some(before) = counterpart(server, &old.servers) {
            pair(before, server, &new.servers, found);
        } else {
            let detail = format!("is new, as `Server::{}`{}", server.ident, captured(server));
            let added = Difference::new(ChangeKind::ServerAdded, subject(server), detail);
            found.push(added.in_new(&server.at).adds());
        }
    }
    for server in &old.servers {
        match counterpart(server, &new.servers) {
            None => found.push(removed(server)),
            // Its constructor stands for a server now that had another one.
            Some(now) if counterpart(now, &old.servers).is_none_or(|before| before.url != server.url) => {
                found.extend(url_changed(server, now));
            }
            Some(_) => {}
        }
    }
}

fn removed(server: &Server) -> Difference {
    let detail = format!("is gone, and `Server::{}` with it{}", server.ident, captured(server));
    let removed = Difference::new(ChangeKind::ServerRemoved, subject(server), detail).in_old(&server.at);
    removed.breaks(format!("Use another server, or `Server::url` instead of `Server::{}`.", server.ident))
}

fn subject(server: &Server) -> String {
    format!("the server {}", server.url)
}

/// The server of the other revision: with the same URL and constructor, else the same URL, else the same constructor.
fn counterpart<'a>(server: &Server, others: &'a [Server]) -> Option<&'a Server> {
    let same_url = |other: &&Server| other.url == server.url;
    let same_ident = |other: &&Server| other.ident == server.ident;
    let both = others.iter().find(|other| same_url(other) && same_ident(other));
    let of_capture = |other: &&Server| {
        let hosts = machine(&other.url).zip(machine(&server.url));
        hosts.is_some_and(|(one, other)| one.1 == other.1)
    };
    let same = both.or_else(|| others.iter().find(same_url)).or_else(|| others.iter().find(same_ident));
    same.or_else(|| others.iter().find(of_capture))
}

/// The host and the rest of a URL whose host is a single machine of somebody's network, as a capture of its traffic has
/// it; `None` if others may reach that host.
fn machine(url: &str) -> Option<(&str, &str)> {
    const PRIVATE: &[&str] = &[".local", ".internal", ".lan", ".corp", ".intra", ".home"];
    let (_, rest) = url.split_once("://")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_address = name.starts_with('[') || name.parse::<std::net::IpAddr>().is_ok();
    let is_private = !name.contains('.') || PRIVATE.iter().any(|end| name.ends_with(end));
    let is_plain = !name.is_empty() && !host.contains('{');
    (is_plain && (is_address || is_private)).then_some((host, path))
}

/// A remark on a server that stands on a single machine.
fn captured(server: &Server) -> String {
    let Some((host, _)) = machine(&server.url) else { return String::new() };
    format!("; `{host}` is one machine, of whoever made the document, and not yours")
}

fn pair(old: &Server, new: &Server, all: &[Server], found: &mut Vec<Difference>) {
    let changed = |kind, detail: String| Difference::new(kind, subject(new), detail).between(&old.at, &new.at);
    found.extend(url_changed(old, new));
    if old.ident != new.ident {
        let detail = format!("was `Server::{}` and is `Server::{}`", old.ident, new.ident);
        let advice = format!("Write `Server::{}` for `Server::{}`.", new.ident, old.ident);
        let renamed = changed(ChangeKind::ServerRenamed, detail);
        // A constructor that stands for another server now still compiles.
        let is_gone = all.iter().all(|server| server.ident != old.ident);
        found.push(if is_gone { renamed.breaks(advice) } else { renamed.adds().advising(advice) });
    }
    let same_arguments = arguments(old) == arguments(new);
    if !same_arguments {
        let list = |server: &Server| format!("({})", arguments(server).join(", "));
        let detail = format!("took {} and takes {}", list(old), list(new));
        let advice = format!("Give `Server::{}` these arguments.", new.ident);
        found.push(changed(ChangeKind::ServerVariablesChanged, detail).breaks(advice));
    }
    allowed_values(old, new, found);
    let words = |server: &Server| -> Vec<(String, String, String)> {
        let variables = server.variables.iter();
        variables.map(|it| (it.name.wire.clone(), it.default.clone(), it.doc.clone())).collect()
    };
    if old.doc != new.doc || (same_arguments && words(old) != words(new)) {
        found.push(changed(ChangeKind::DocumentationChanged, "has another description".to_owned()));
    }
}

/// Compares the URLs of two servers that one constructor stands for.
fn url_changed(old: &Server, new: &Server) -> Option<Difference> {
    if old.url == new.url {
        return None;
    }
    let subject = format!("`Server::{}`", old.ident);
    let changed = |kind, detail: String| Difference::new(kind, subject.clone(), detail).between(&old.at, &new.at);
    let machines = machine(&old.url).zip(machine(&new.url)).filter(|(was, is)| was.1 == is.1 && was.0 != is.0);
    if let Some(((was, _), (is, _))) = machines {
        let detail = format!("names the machine `{is}`, not `{was}`: that of whoever made the document, and not yours");
        return Some(changed(ChangeKind::ServerHostChanged, detail));
    }
    let detail = format!("stood for `{}` and stands for `{}`", old.url, new.url);
    // Callers choose where to connect, but their choice now means another address.
    Some(changed(ChangeKind::ServerUrlChanged, detail).on_wire(Wire::of(Fit::Sometimes, Fit::Sometimes)))
}

fn arguments(server: &Server) -> Vec<&str> {
    server.variables.iter().map(|variable| variable.name.wire.as_str()).collect()
}

/// Compares the values that variables may have. The client refuses any other value when it is built.
fn allowed_values(old: &Server, new: &Server, found: &mut Vec<Difference>) {
    for variable in &new.variables {
        let earlier = old.variables.iter().find(|earlier| earlier.name.wire == variable.name.wire);
        let Some(earlier) = earlier.filter(|earlier| earlier.allowed != variable.allowed) else { continue };
        let narrower = !variable.allowed.is_empty()
            && (earlier.allowed.is_empty() || earlier.allowed.iter().any(|value| !variable.allowed.contains(value)));
        let detail = format!("allows other values of `{}`", variable.name.wire);
        let changed = Difference::new(ChangeKind::ServerVariableValuesChanged, subject(new), detail);
        let new_client = if narrower { Fit::Sometimes } else { Fit::Always };
        found.push(changed.between(&old.at, &new.at).on_wire(Wire::of(Fit::Always, new_client)));
    }
}
