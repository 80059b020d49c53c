//! What is not of one operation: the document's own words, its servers and its security schemes.

use super::fit::Fit;
use super::{Action, Effect, Found, What, Wire, documentation};
use crate::diagnostic::{At, Pointer};
use crate::model::{Api, Carrier, Scheme, SchemeValue, Server};

pub(super) fn compare(old: &Api, new: &Api, found: &mut Vec<Found>) {
    contract(old, new, found);
    servers(old, new, found);
    schemes(old, new, found);
}

fn contract(old: &Api, new: &Api, found: &mut Vec<Found>) {
    let info: Pointer = At::ROOT.child("info").pointer();
    let (before, after) = (&old.contract, &new.contract);
    let mut words = Vec::new();
    for (name, was, is) in [
        ("title", &before.title, &after.title),
        ("version", &before.version, &after.version),
        ("OpenAPI version", &before.openapi, &after.openapi),
    ] {
        if was != is {
            words.push(format!("has the {name} `{is}`, not `{was}`"));
        }
    }
    if before.doc != after.doc {
        words.push("is described in other words".to_owned());
    }
    if !words.is_empty() {
        found.push(Found {
            what: What::Documentation,
            action: Action::Changed,
            subject: "the document".to_owned(),
            detail: words.join(", and "),
            old: Some(info.clone()),
            new: Some(info.clone()),
            rust: Effect::None,
            wire: Wire::SAME,
            advice: "Nothing.".to_owned(),
            likely: false,
        });
    }
    if old.package.name != new.package.name {
        found.push(Found {
            what: What::Documentation,
            action: Action::Renamed,
            subject: "the crate".to_owned(),
            detail: format!("was `{}` and is `{}`", old.package.name, new.package.name),
            old: Some(info.clone()),
            new: Some(info),
            rust: Effect::Breaks,
            wire: Wire::SAME,
            advice: format!("Depend on `{}`.", new.package.name),
            likely: false,
        });
    }
}

/// A change of something with a constructor or a method of its own.
fn change(
    what: What,
    action: Action,
    subject: String,
    detail: String,
    old: Option<&Pointer>,
    new: Option<&Pointer>,
) -> Found {
    Found {
        what,
        action,
        subject,
        detail,
        old: old.cloned(),
        new: new.cloned(),
        rust: Effect::None,
        wire: Wire::SAME,
        advice: "Nothing.".to_owned(),
        likely: false,
    }
}

fn servers<'a>(old: &'a Api, new: &'a Api, found: &mut Vec<Found>) {
    let subject = |server: &Server| format!("the server {}", server.url);
    let twin = |server: &Server, others: &'a [Server]| {
        let same_url = |other: &&Server| other.url == server.url;
        let same_ident = |other: &&Server| other.ident == server.ident;
        let both = others.iter().find(|other| same_url(other) && same_ident(other));
        both.or_else(|| others.iter().find(same_url)).or_else(|| others.iter().find(same_ident))
    };
    for server in &new.servers {
        let Some(before) = twin(server, &old.servers) else {
            let detail = format!("is new, as `Server::{}`", server.ident);
            let added = change(What::Server, Action::Added, subject(server), detail, None, Some(&server.at));
            found.push(Found { rust: Effect::Adds, ..added });
            continue;
        };
        let places = (Some(&before.at), Some(&server.at));
        if before.url != server.url {
            let detail = format!("was `{}` and is `{}`", before.url, server.url);
            let moved = change(What::Server, Action::Changed, subject(server), detail, places.0, places.1);
            // Where the client connects is the caller's choice, but what the caller chooses means another address.
            found.push(Found { wire: Wire::of(Fit::Sometimes, Fit::Sometimes), ..moved });
        }
        if before.ident != server.ident {
            let detail = format!("was `Server::{}` and is `Server::{}`", before.ident, server.ident);
            let renamed = change(What::Server, Action::Renamed, subject(server), detail, places.0, places.1);
            let advice = format!("Write `Server::{}` for `Server::{}`.", server.ident, before.ident);
            found.push(Found { rust: Effect::Breaks, advice, ..renamed });
        }
        let arguments = |server: &Server| -> Vec<String> {
            server.variables.iter().map(|variable| variable.name.wire.clone()).collect()
        };
        if arguments(before) != arguments(server) {
            let list = |server: &Server| format!("({})", arguments(server).join(", "));
            let detail = format!("took {} and takes {}", list(before), list(server));
            let other = change(What::Server, Action::Changed, subject(server), detail, places.0, places.1);
            let advice = format!("Give `Server::{}` these arguments.", server.ident);
            found.push(Found { rust: Effect::Breaks, advice, ..other });
        }
        for variable in &server.variables {
            let earlier = before.variables.iter().find(|earlier| earlier.name.wire == variable.name.wire);
            let Some(earlier) = earlier.filter(|earlier| earlier.allowed != variable.allowed) else { continue };
            let narrower = !variable.allowed.is_empty()
                && (earlier.allowed.is_empty()
                    || earlier.allowed.iter().any(|value| !variable.allowed.contains(value)));
            let detail = format!("allows other values of `{}`", variable.name.wire);
            let other = change(What::Server, Action::Changed, subject(server), detail, places.0, places.1);
            // A value that is not allowed is refused when the client is built.
            found.push(Found {
                wire: Wire::of(Fit::Always, if narrower { Fit::Sometimes } else { Fit::Always }),
                ..other
            });
        }
        let words = |server: &Server| -> Vec<(String, String, String)> {
            let variables = server.variables.iter();
            variables.map(|it| (it.name.wire.clone(), it.default.clone(), it.doc.clone())).collect()
        };
        // Other variables are told as arguments.
        if before.doc != server.doc || (arguments(before) == arguments(server) && words(before) != words(server)) {
            let detail = "is described in other words".to_owned();
            found.push(change(What::Documentation, Action::Changed, subject(server), detail, places.0, places.1));
        }
    }
    for server in &old.servers {
        if twin(server, &new.servers).is_none() {
            let detail = format!("is gone, and `Server::{}` with it", server.ident);
            let gone = change(What::Server, Action::Removed, subject(server), detail, Some(&server.at), None);
            let advice = format!("Use another server, or `Server::url` in the place of `Server::{}`.", server.ident);
            found.push(Found { rust: Effect::Breaks, advice, ..gone });
        }
    }
}

fn schemes(old: &Api, new: &Api, found: &mut Vec<Found>) {
    let subject = |scheme: &Scheme| format!("the security scheme {}", scheme.name.wire);
    let asked = |scheme: &Scheme| !matches!(scheme.value, SchemeValue::Made { .. });
    for scheme in &new.schemes {
        let Some(before) = old.schemes.iter().find(|before| before.name.wire == scheme.name.wire) else {
            let detail = if asked(scheme) {
                format!("is new, as `ClientBuilder::{}`", scheme.name.ident)
            } else {
                "is new; the client makes its value up".to_owned()
            };
            let added = change(What::Security, Action::Added, subject(scheme), detail, None, Some(&scheme.at));
            found.push(Found { rust: if asked(scheme) { Effect::Adds } else { Effect::None }, ..added });
            continue;
        };
        let places = (Some(&before.at), Some(&scheme.at));
        if before.carrier != scheme.carrier {
            let detail =
                format!("travelled in {} and travels in {}", travels(&before.carrier), travels(&scheme.carrier));
            let moved = change(What::Security, Action::Changed, subject(scheme), detail, places.0, places.1);
            found.push(Found { wire: Wire::of(Fit::Never, Fit::Never), ..moved });
        }
        if before.value != scheme.value {
            let detail = "takes its value in another form".to_owned();
            let other = change(What::Security, Action::Changed, subject(scheme), detail, places.0, places.1);
            let rust = match (asked(before), asked(scheme)) {
                (true, _) => Effect::Breaks,
                (false, true) => Effect::Adds,
                (false, false) => Effect::None,
            };
            let advice = if asked(scheme) {
                format!("Give `ClientBuilder::{}` what it takes now.", scheme.name.ident)
            } else {
                "Do not give it: the client makes it up.".to_owned()
            };
            // A call without what the client no longer makes up is an error before anything is sent.
            let new_client = if asked(before) || !asked(scheme) { Fit::Sometimes } else { Fit::Never };
            found.push(Found { rust, wire: Wire::of(Fit::Sometimes, new_client), advice, ..other });
        }
        if asked(before) && asked(scheme) && before.name.ident != scheme.name.ident {
            let (was, is) = (&before.name.ident, &scheme.name.ident);
            let detail = format!("was `ClientBuilder::{was}` and is `ClientBuilder::{is}`");
            let renamed = change(What::Security, Action::Renamed, subject(scheme), detail, places.0, places.1);
            let advice = format!("Write `{is}` for `{was}`.");
            found.push(Found { rust: Effect::Breaks, advice, ..renamed });
        }
        found.extend(documentation(subject(scheme), (&before.doc, &before.at), (&scheme.doc, &scheme.at)));
    }
    for scheme in &old.schemes {
        if new.schemes.iter().all(|other| other.name.wire != scheme.name.wire) {
            let detail = if asked(scheme) {
                format!("is gone, and `ClientBuilder::{}` with it", scheme.name.ident)
            } else {
                "is gone".to_owned()
            };
            let gone = change(What::Security, Action::Removed, subject(scheme), detail, Some(&scheme.at), None);
            let rust = if asked(scheme) { Effect::Breaks } else { Effect::None };
            found.push(Found { rust, advice: "Use another way to authenticate.".to_owned(), ..gone });
        }
    }
}

fn travels(carrier: &Carrier) -> String {
    match carrier {
        Carrier::Header(name) => format!("the header `{name}`"),
        Carrier::Query(name) => format!("the query parameter `{name}`"),
        Carrier::Cookie(name) => format!("the cookie `{name}`"),
        Carrier::Certificate => "the TLS handshake".to_owned(),
    }
}
