//! The differences between a request and the document.

use super::described::Described;
use super::recorded::{Place, Recorded};
use super::route::fit_of_body;
use crate::runtime::{Carrier, Scheme};

/// Lists what does not fit, in words.
pub(crate) fn problems(described: &Described, recorded: &Recorded) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, name) in described.required {
        if !recorded.has(*place, name) {
            problems.push(format!("the parameter `{name}` is missing"));
        }
    }
    problems.extend(unknown_queries(described, recorded));
    problems.extend(wrong_body(described, recorded));
    let operation = described.operation;
    let holds = |schemes: &&[&Scheme]| schemes.iter().all(|scheme| carried(recorded, scheme.carrier).is_some());
    if !operation.security.is_empty() && !operation.security.iter().any(holds) {
        problems.push("the credentials are missing".to_owned());
    }
    for (carrier, scheme) in operation.credential_parameters {
        if carried(recorded, *carrier) != carried(recorded, scheme.carrier) {
            problems.push(format!("the value of `{}` is not the same in both places", scheme.name));
        }
    }
    problems
}

/// Names and values as a list in a message.
fn listed(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// A body that the document does not describe.
fn wrong_body(described: &Described, recorded: &Recorded) -> Option<String> {
    if recorded.body.is_empty() {
        return None;
    }
    if described.body.is_none() {
        return Some("the document describes no body".to_owned());
    }
    let media_type = recorded.media_type().filter(|_| fit_of_body(described, recorded) == 0)?;
    Some(format!("the document describes no body of `{media_type}`, but {}", listed(described.media_types())))
}

/// The query parameters that the document does not describe.
fn unknown_queries(described: &Described, recorded: &Recorded) -> Vec<String> {
    if described.has_other_queries {
        return Vec::new();
    }
    let sent = recorded.values.iter().filter(|(place, _, _)| *place == Place::Query).map(|(_, name, _)| name);
    let unknown = sent.filter(|name| !described.names_query(name));
    let known = || listed(described.queries.iter().copied());
    unknown.map(|name| format!("the document describes no query parameter `{name}`, but {}", known())).collect()
}

/// The value at the place of a credential. A certificate is taken for granted: the server has no TLS.
fn carried(recorded: &Recorded, carrier: Carrier) -> Option<String> {
    match carrier {
        Carrier::Header(name) => recorded.text(Place::Header, name),
        Carrier::Query(name) => recorded.text(Place::Query, name),
        Carrier::Cookie(name) => recorded.text(Place::Cookie, name),
        Carrier::Certificate => Some(String::new()),
    }
}
