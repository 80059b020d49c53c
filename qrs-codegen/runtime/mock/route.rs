//! Finds the operation of a request.

use std::cmp::Reverse;

use wiremock::Request;

use super::described::Described;
use super::operations;
use super::recorded::{Place, Recorded, pairs};
use crate::runtime::fit;

/// The operation of a request, with its values. Of several that fit equally, it is one that the test expects.
pub(crate) fn understand(
    request: &Request,
    is_expected: &dyn Fn(&Described) -> bool,
) -> (Option<&'static Described>, Recorded) {
    let mut recorded = recorded(request);
    let mut candidates: Vec<(&'static Described, Vec<(String, String)>)> = Vec::new();
    for described in operations::ALL.iter().copied() {
        if described.operation.method == recorded.method
            && let Some(found) = parameters(described.operation.path, &recorded.path)
        {
            candidates.push((described, found));
        }
    }
    // A path without parameters is meant before one with, and an operation whose required values were sent before others on
    // the same path. Those that differ by the media type of the body alone come last.
    let rank = |(described, found): &(&'static Described, Vec<_>)| {
        let is_lacking = |(place, name): &&(Place, &str)| *place != Place::Path && !recorded.has(*place, name);
        let lacks = described.required.iter().filter(is_lacking).count();
        (found.len(), lacks, Reverse(fit_of_body(described, &recorded)), !is_expected(described))
    };
    let Some((described, found)) = candidates.into_iter().min_by_key(rank) else { return (None, recorded) };
    recorded.values.extend(found.into_iter().map(|(name, text)| (Place::Path, name, text)));
    (Some(described), recorded)
}

/// How well an operation describes the media type of a body; 0 if it does not.
pub(crate) fn fit_of_body(described: &Described, recorded: &Recorded) -> usize {
    let sent = recorded.header("content-type").filter(|_| !recorded.body.is_empty());
    match (sent, described.body) {
        (Some(sent), Some(documented)) => fit(sent, documented),
        (Some(_), None) => 0,
        // Nothing tells them apart.
        (None, _) => usize::MAX,
    }
}

/// A request without the values of its path.
fn recorded(request: &Request) -> Recorded {
    let query = request.url.query().unwrap_or_default();
    let mut values: Vec<(Place, String, String)> =
        pairs(query).map(|(name, text)| (Place::Query, name, text.to_owned())).collect();
    for (name, value) in &request.headers {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name.as_str() == "cookie" {
            let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
            values.extend(pairs.map(|(name, text)| (Place::Cookie, name.to_owned(), text.to_owned())));
        }
        values.push((Place::Header, name.as_str().to_owned(), text));
    }
    let (method, path) = (request.method.as_str().to_owned(), request.url.path().to_owned());
    Recorded { method, path, query: query.to_owned(), values, body: request.body.clone() }
}

/// The values of a path's parameters, as they were sent, if it is one of the template.
fn parameters(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template = template.split('?').next().unwrap_or_default();
    let mut wanted = template.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    let mut found = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(wanted), Some(given)) => segment(wanted, given, &mut found)?,
            _ => return None,
        }
    }
}

/// Reads one segment: text, with parameters in braces.
fn segment(wanted: &str, given: &str, found: &mut Vec<(String, String)>) -> Option<()> {
    let Some((before, rest)) = wanted.split_once('{') else { return (wanted == given).then_some(()) };
    let (name, after) = rest.split_once('}')?;
    let given = given.strip_prefix(before)?;
    // What stands behind a parameter ends it.
    let fixed = after.split('{').next().unwrap_or_default();
    let at = if fixed.is_empty() { given.len() } else { given.find(fixed)? };
    let (value, left) = given.split_at_checked(at)?;
    if value.is_empty() {
        return None;
    }
    found.push((name.to_owned(), value.to_owned()));
    segment(after, left, found)
}
