//! Changes of the OAuth scopes that operations need and security schemes offer. No Rust type shows them.

use std::collections::{BTreeMap, BTreeSet};

use super::fit::Fit;
use super::operations::Matches;
use super::schemas::Documents;
use super::{ChangeKind, Difference, Wire};
use crate::diagnostic::At;
use crate::document::{Document, Operation, SecurityScheme, SecuritySchemeKind};

/// The scopes that an operation needs, by scheme. Alternatives with the same scheme are seen as one.
type Scopes<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub(super) fn compare(documents: Documents<'_>, matches: &Matches<'_>, found: &mut Vec<Difference>) {
    let operation = |document: &'_ Document, at: &_| document.operations.iter().position(|it| it.at == *at);
    for (old_at, new_at, subject) in matches.pairs_of_places() {
        let places = operation(documents.old, old_at).zip(operation(documents.new, new_at));
        let Some((old, new)) = places else { continue };
        let (old, new) = (&documents.old.operations[old], &documents.new.operations[new]);
        let (before, after) = (needed(documents.old, old), needed(documents.new, new));
        for (scheme, scopes) in &after {
            let Some(earlier) = before.get(scheme) else { continue };
            let added: Vec<&str> = scopes.difference(earlier).copied().collect();
            let removed: Vec<&str> = earlier.difference(scopes).copied().collect();
            if added.is_empty() && removed.is_empty() {
                continue;
            }
            let detail = format!("{} of {scheme}", in_words(&added, &removed, ["needs", "no longer needs"]));
            let changed = Difference::new(ChangeKind::OperationScopesChanged, &*subject, detail);
            let changed = changed.between(&old.at, &new.at).on_wire(wire(&added, &removed));
            found.push(if added.is_empty() {
                changed
            } else {
                changed.advising("Request these scopes for the token.")
            });
        }
    }
    for (name, scheme) in &documents.new.security_schemes {
        let earlier = documents.old.security_schemes.get(name).and_then(Option::as_ref);
        let (Some(old), Some(new)) = (earlier, scheme) else { continue };
        let (before, after) = (offered(old), offered(new));
        let added: Vec<&str> = after.difference(&before).copied().collect();
        let removed: Vec<&str> = before.difference(&after).copied().collect();
        if !(added.is_empty() && removed.is_empty()) {
            let detail = in_words(&added, &removed, ["offers", "no longer offers"]);
            let subject = format!("the security scheme {name}");
            let changed = Difference::new(ChangeKind::SecuritySchemeScopesChanged, subject, detail);
            let (root, key) = (At::ROOT, "components");
            let (components, section) = (root.child(key), "securitySchemes");
            let at = components.child(section).child(name).pointer();
            found.push(changed.between(&at, &at).on_wire(wire(&removed, &added)));
        }
    }
}

/// A token without a scope that is needed, or that asks for one that is not offered, may be refused.
fn wire(tightening: &[&str], loosening: &[&str]) -> Wire {
    let fit = |scopes: &[&str]| if scopes.is_empty() { Fit::Always } else { Fit::Sometimes };
    Wire::of(fit(tightening), fit(loosening))
}

fn needed<'d>(document: &'d Document, operation: &'d Operation) -> Scopes<'d> {
    let mut scopes = Scopes::new();
    let security = operation.security.as_ref().or(document.security.as_ref());
    for (scheme, needed) in security.iter().flat_map(|security| &security.requirements).flatten() {
        scopes.entry(scheme).or_default().extend(needed.iter().map(String::as_str));
    }
    scopes
}

fn offered(scheme: &SecurityScheme) -> BTreeSet<&str> {
    match &scheme.kind {
        SecuritySchemeKind::OAuth2 { flows, .. } => {
            flows.iter().flat_map(|flow| &flow.scopes).map(String::as_str).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn in_words(added: &[&str], removed: &[&str], verbs: [&str; 2]) -> String {
    let list = |scopes: &[&str]| {
        let word = if scopes.len() == 1 { "scope" } else { "scopes" };
        format!("the {word} `{}`", scopes.join("`, `"))
    };
    let [adds, withdraws] = verbs;
    match (added, removed) {
        ([], removed) => format!("{withdraws} {}", list(removed)),
        (added, []) => format!("{adds} {} now", list(added)),
        (added, removed) => format!("{adds} {} now, and {withdraws} {}", list(added), list(removed)),
    }
}
