//! Changes of operations, their parameters, bodies and responses.

mod bodies;
mod headers;
mod matching;
mod parameters;
mod prefix;
mod responses;
mod security;
mod serialization;

use std::collections::{HashMap, HashSet};

use super::fit::Fit;
use super::types::TypePairs;
use super::{ChangeKind, Difference, Wire, documentation};
use crate::diagnostic::At;
use crate::model::{Api, Module, Operation};
pub(super) use matching::{Matches, match_up};
use matching::{PlacedOperation, is_same_route};
use prefix::Prefix;

pub(super) fn compare(
    [old, new]: [&Api; 2],
    matches: &Matches<'_>,
    types: &TypePairs<'_>,
    found: &mut Vec<Difference>,
) {
    for (before, after) in matches.pairs.iter().copied() {
        match before {
            Some(before) => {
                let (old_operation, new_operation) = (before.operation, after.operation);
                let prefix = matches.prefix.as_ref();
                let pair = OperationPair { apis: [old, new], types, prefix, old: old_operation, new: new_operation };
                pair.compare(before, after, found);
            }
            None => found.push(added(old, after.operation, matches)),
        }
    }
    found.extend(matches.removed.iter().map(|gone| removed(new, gone.operation, matches)));
    found.extend(matches.prefix.as_ref().map(prefix_changed));
    tags(old, new, found);
    group_by_security(found);
}

/// An operation in both revisions.
#[derive(Clone, Copy)]
struct OperationPair<'a> {
    apis: [&'a Api; 2],
    types: &'a TypePairs<'a>,
    prefix: Option<&'a Prefix>,
    old: &'a Operation,
    new: &'a Operation,
}

impl OperationPair<'_> {
    /// A difference of the operation, or of a part of it that has no place of its own.
    fn difference(self, kind: ChangeKind, subject: impl Into<String>, detail: impl Into<String>) -> Difference {
        Difference::new(kind, subject, detail).between(&self.old.at, &self.new.at)
    }

    fn subject(self) -> String {
        subject(self.new)
    }

    fn compare(self, before: PlacedOperation<'_>, after: PlacedOperation<'_>, found: &mut Vec<Difference>) {
        found.extend(self.renamed());
        found.extend(self.module_changed(before.module, after.module));
        found.extend(self.route_changed());
        self.parameters(found);
        self.body(found);
        self.responses(found);
        self.response_headers(found);
        found.extend(self.security());
        found.extend(self.credentials());
        found.extend(self.servers());
        found.extend(self.documentation());
    }

    fn renamed(self) -> Option<Difference> {
        let (was, is) = (&self.old.name, &self.new.name);
        if was.ident == is.ident {
            return None;
        }
        let detail = format!("was `Client::{}` and is `Client::{}`", was.ident, is.ident);
        let renamed = self.difference(ChangeKind::OperationRenamed, self.subject(), detail);
        let advice = format!("Write `Client::{}` for `Client::{}`.", is.ident, was.ident);
        Some(renamed.breaks(advice).likely(was.wire != is.wire))
    }

    fn module_changed(self, before: &Module, after: &Module) -> Option<Difference> {
        let same_name = self.old.name.ident == self.new.name.ident;
        if before.path() == after.path() && (self.old.request == self.new.request || !same_name) {
            return None;
        }
        let path =
            |module: &Module, operation: &Operation| format!("operations::{}::{}", module.path(), operation.request);
        let (was, is) = (path(before, self.old), path(after, self.new));
        let detail = format!("has another request type: it was `{was}` and is `{is}`");
        let changed = self.difference(ChangeKind::OperationModuleChanged, self.subject(), detail);
        Some(changed.breaks(format!("Write `{is}` for `{was}` wherever the request is named.")))
    }

    fn route_changed(self) -> Option<Difference> {
        let (old, new) = (self.old, self.new);
        if is_same_route(self.prefix, old, new) {
            return None;
        }
        let detail = format!("was `{} {}` and is `{} {}`", old.method, old.path, new.method, new.path);
        let changed = self.difference(ChangeKind::OperationRouteChanged, self.subject(), detail);
        Some(changed.on_wire(Wire::of(Fit::Never, Fit::Never)))
    }

    fn documentation(self) -> Option<Difference> {
        let (old, new) = (self.old, self.new);
        let own = documentation(self.subject(), (&old.doc, &old.at), (&new.doc, &new.at));
        let differs =
            |(status, said): (&String, &String)| new.descriptions.get(status).is_some_and(|other| other != said);
        own.or_else(|| {
            let detail = "has another description of its responses";
            let responses = || self.difference(ChangeKind::DocumentationChanged, self.subject(), detail);
            old.descriptions.iter().any(differs).then(responses)
        })
    }
}

fn subject(operation: &Operation) -> String {
    format!("{} {} ({})", operation.method, operation.path, operation.name.wire)
}

/// The operations of all modules.
fn all(api: &Api) -> impl Iterator<Item = &Operation> {
    api.modules.iter().flat_map(|module| &module.operations)
}

/// The prefix of all paths, which is one change. The operations are compared beneath it.
fn prefix_changed(prefix: &Prefix) -> Difference {
    let paths = At::ROOT.child("paths").pointer();
    let words =
        |prefix: &str| if prefix.is_empty() { "no prefix".to_owned() } else { format!("the prefix `{prefix}`") };
    let detail = format!("had {} and have {}", words(&prefix.old), words(&prefix.new));
    let changed = Difference::new(ChangeKind::PathPrefixChanged, "all paths", detail).between(&paths, &paths);
    changed.on_wire(Wire::of(Fit::Never, Fit::Never))
}

/// An operation that is new. Nobody calls it yet, and whoever does calls a server that has it.
fn added(old: &Api, new: &Operation, matches: &Matches<'_>) -> Difference {
    let has_sibling = all(old).any(|other| is_same_route(matches.prefix.as_ref(), other, new));
    let method = format!("Client::{}", new.name.ident);
    let added = match &new.body {
        Some(body) if has_sibling => {
            let detail = format!("may be `{}` too, by `{method}`", body.media_type);
            let subject = format!("the body of {}", subject(new));
            let added = Difference::new(ChangeKind::BodyMediaTypeAdded, subject, detail);
            added.on_wire(Wire::of(Fit::Always, Fit::Sometimes))
        }
        _ => Difference::new(ChangeKind::OperationAdded, subject(new), format!("is new, as `{method}`")),
    };
    added.in_new(&new.at).adds()
}

fn removed(new: &Api, old: &Operation, matches: &Matches<'_>) -> Difference {
    let has_sibling = all(new).any(|other| is_same_route(matches.prefix.as_ref(), old, other));
    let method = format!("Client::{}", old.name.ident);
    let (removed, old_client) = match &old.body {
        Some(body) if has_sibling => {
            let detail = format!("may no longer be `{}`, and `{method}` is gone", body.media_type);
            let subject = format!("the body of {}", subject(old));
            (Difference::new(ChangeKind::BodyMediaTypeRemoved, subject, detail), Fit::Sometimes)
        }
        _ => {
            let detail = format!("is gone, and `{method}` with it");
            (Difference::new(ChangeKind::OperationRemoved, subject(old), detail), Fit::Never)
        }
    };
    let removed = removed.in_old(&old.at).breaks(format!("Do without `{method}`."));
    removed.on_wire(Wire::of(old_client, Fit::Always))
}

/// Compares the descriptions of tags, which are those of the modules.
fn tags(old: &Api, new: &Api, found: &mut Vec<Difference>) {
    for module in &new.modules {
        let Some(before) = old.modules.iter().find(|before| before.name.wire == module.name.wire) else { continue };
        let places = before.operations.first().zip(module.operations.first());
        let Some((first_before, first)) = places else { continue };
        let subject = format!("the tag {}", module.name.wire);
        found.extend(accessor(&subject, before, module).map(|it| it.between(&first_before.at, &first.at)));
        found.extend(documentation(subject, (&before.doc, &first_before.at), (&module.doc, &first.at)));
    }
}

/// Compares the methods of `Client` that lead to the operations of a module. Its operations have methods of `Client`, too,
/// whether there are accessors or not.
fn accessor(subject: &str, before: &Module, after: &Module) -> Option<Difference> {
    let was = before.accessor.as_ref()?;
    let (detail, advice) = match &after.accessor {
        Some(is) if is.method == was.method => return None,
        Some(is) => (
            format!("was reached by `Client::{}` and is by `Client::{}`", was.method, is.method),
            format!("Write `Client::{}` for `Client::{}`.", is.method, was.method),
        ),
        None => {
            (format!("is no longer reached by `Client::{}`", was.method), "Call the methods of `Client`.".to_owned())
        }
    };
    Some(Difference::new(ChangeKind::OperationModuleChanged, subject, detail).breaks(advice))
}

/// Reports a change of security once if many operations share it, as they do when the document's own `security` changes.
fn group_by_security(found: &mut Vec<Difference>) {
    const FEW: usize = 2;
    let is_security = |found: &Difference| {
        matches!(found.kind, ChangeKind::OperationSecurityChanged | ChangeKind::OperationCredentialsMoved)
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for found in found.iter().filter(|found| is_security(found)) {
        *counts.entry(found.detail.clone()).or_default() += 1;
    }
    let mut seen = HashSet::new();
    found.retain_mut(|found| match counts.get(&found.detail).copied() {
        Some(count) if count > FEW && is_security(found) => {
            found.subject = format!("{count} operations, {} among them,", found.subject);
            seen.insert(found.detail.clone())
        }
        _ => true,
    });
}
