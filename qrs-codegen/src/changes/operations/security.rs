//! Changes of the credentials that an operation needs, and of the servers that it is called on.

use super::OperationPair;
use crate::changes::fit::Fit;
use crate::changes::security_schemes::{counterpart, is_given};
use crate::changes::{ChangeKind, Difference, Wire};
use crate::model::{Api, Carrier, Operation, Scheme, Server};
use crate::naming::Ident;

/// The alternative requirements of an operation, each a list of the schemes that it needs together.
type Requirements = Vec<Vec<String>>;

impl OperationPair<'_> {
    pub(super) fn security(self) -> Option<Difference> {
        let [old, new] = self.apis;
        // A scheme of another name is the same one if its credential is sent in the same place.
        let renamed = |scheme: &Scheme| counterpart(scheme, old, new).unwrap_or(scheme).name.wire.clone();
        let before = requirements(old, self.old, |scheme| Some(renamed(scheme)));
        let own_name = |scheme: &Scheme| scheme.name.wire.clone();
        let after = requirements(new, self.new, |scheme| Some(own_name(scheme)));
        if before == after {
            return None;
        }
        // Callers whose credentials no longer suffice get an error before anything is sent, whatever the server accepts.
        // They do not give credentials that the client generates.
        let given = requirements(new, self.new, |scheme| is_given(scheme).then(|| own_name(scheme)));
        let stranded = accepted(&before, &given) != Fit::Always;
        let new_client = if stranded { Fit::Never } else { accepted(&after, &before) };
        let detail = format!("needed {}, and now {}", in_words(&before), in_words(&after));
        let changed = self.difference(ChangeKind::OperationSecurityChanged, self.subject(), detail);
        let changed = changed.advising("Give the builder the credentials that are needed now.");
        Some(changed.on_wire(Wire::of(accepted(&before, &after), new_client)))
    }

    /// Compares where credentials are repeated in parameters.
    pub(super) fn credentials(self) -> Option<Difference> {
        let carriers = |operation: &Operation| -> Vec<Carrier> {
            operation.credential_parameters.iter().map(|carried| carried.carrier.clone()).collect()
        };
        if carriers(self.old) == carriers(self.new) {
            return None;
        }
        let detail = "sends credentials in other places";
        let moved = self.difference(ChangeKind::OperationCredentialsMoved, self.subject(), detail);
        Some(moved.on_wire(Wire::of(Fit::Sometimes, Fit::Sometimes)))
    }

    /// Compares the operation's own servers. Callers name them with each call.
    pub(super) fn servers(self) -> Option<Difference> {
        let [old, new] = self.apis;
        let (before, after) = (own_servers(old, self.old), own_servers(new, self.new));
        // The server itself says that its URL changed.
        if before == after || self.old.servers == self.new.servers {
            return None;
        }
        let list = |urls: &[&str]| {
            let urls: Vec<String> = urls.iter().map(|url| format!("`{url}`")).collect();
            if urls.is_empty() { "by the document's servers".to_owned() } else { format!("at {}", urls.join(" or ")) }
        };
        let advice = if after.is_empty() {
            "Call it without `Client::at_server`."
        } else {
            "Call it by `Client::at_server`, with a server of its own."
        };
        let detail = format!("was served {} and is served {}", list(&before), list(&after));
        let changed = self.difference(ChangeKind::OperationServersChanged, self.subject(), detail).advising(advice);
        Some(changed.on_wire(Wire::of(Fit::Sometimes, Fit::Sometimes)))
    }
}

/// The URLs of an operation's own servers.
fn own_servers<'a>(api: &'a Api, operation: &Operation) -> Vec<&'a str> {
    let own = |server: &&Server| operation.servers.contains(&server.ident);
    api.servers.iter().filter(own).map(|server| server.url.as_str()).collect()
}

/// The security requirements of an operation, by the names of the schemes that count.
fn requirements(api: &Api, operation: &Operation, named: impl Fn(&Scheme) -> Option<String>) -> Requirements {
    let security = api.securities.iter().find(|security| Some(&security.static_ident) == operation.security.as_ref());
    let name = |place: &Ident| {
        let scheme = api.schemes.iter().find(|scheme| scheme.static_ident == *place);
        scheme.and_then(&named)
    };
    let alternatives = security.map(|security| security.alternatives.as_slice()).unwrap_or_default();
    let mut requirements: Requirements = alternatives
        .iter()
        .map(|schemes| {
            let mut schemes: Vec<String> = schemes.iter().filter_map(name).collect();
            schemes.sort();
            schemes
        })
        .collect();
    if requirements.is_empty() {
        requirements.push(Vec::new());
    }
    requirements
}

/// How many of the requirements that a client satisfies are enough. It cannot know which ones the other side accepts.
fn accepted(satisfied: &Requirements, needed: &Requirements) -> Fit {
    let is_enough = |held: &&Vec<String>| needed.iter().any(|needed| needed.iter().all(|scheme| held.contains(scheme)));
    match satisfied.iter().filter(is_enough).count() {
        0 => Fit::Never,
        all if all == satisfied.len() => Fit::Always,
        _ => Fit::Sometimes,
    }
}

fn in_words(requirements: &Requirements) -> String {
    let alternatives: Vec<String> = requirements
        .iter()
        .map(|schemes| if schemes.is_empty() { "nothing".to_owned() } else { schemes.join(" and ") })
        .collect();
    alternatives.join(", or ")
}
