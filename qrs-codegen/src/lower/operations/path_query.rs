//! Path templates with a query behind a `?` or a fragment behind a `#`, which the specification does not have and documents
//! do.

use crate::document::{Operation, Parameter, ParameterLocation};
use crate::pointer::percent_decoded;
use crate::template::placeholders;

/// A path template's own part, and the query that it may have behind a `?`.
pub(super) fn split(path: &str) -> (&str, &str) {
    let path = sent(path);
    path.split_once('?').unwrap_or((path, ""))
}

/// A path template without its fragment, which tells operations apart and is never sent (RFC 9110, section 7.1).
pub(super) fn sent(path: &str) -> &str {
    let mut in_name = false;
    let end = path.find(|character| {
        in_name = character == '{' || (in_name && character != '}');
        character == '#' && !in_name
    });
    &path[..end.unwrap_or(path.len())]
}

/// The path template of an operation without what parameters of the query give behind its `?`: they are sent anyway.
pub(super) fn template(operation: &Operation) -> String {
    let (own, query) = split(&operation.path);
    let is_sent =
        |pair: &&str| placeholders(pair).any(|name| in_query(operation).any(|parameter| parameter.name == name));
    let left: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_sent(pair)).collect();
    if left.is_empty() { own.to_owned() } else { format!("{own}?{}", left.join("&")) }
}

/// The name that a parameter is sent under if the path says another one than its own: `c` for `d` in `/y?c={d}`.
pub(super) fn sent_name(parameter: &Parameter, operation: &Operation) -> Option<String> {
    if parameter.location != ParameterLocation::Query {
        return None;
    }
    let (_, query) = split(&operation.path);
    let place = format!("{{{}}}", parameter.name);
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let name = percent_decoded(pairs.find(|(_, value)| *value == place)?.0);
    // A parameter of this name has a place of its own.
    let is_other = in_query(operation).all(|parameter| parameter.name != name);
    (is_other && !name.is_empty()).then_some(name)
}

fn in_query(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|parameter| parameter.location == ParameterLocation::Query)
}
