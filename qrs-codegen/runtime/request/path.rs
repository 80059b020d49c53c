//! Path templates and the values of their parameters.

use super::query::Name;
use crate::runtime::text::one_line::one_line;
use crate::runtime::text::percent::{is_dot_segment, path_literal};
use crate::runtime::text::template::{Piece, pieces};

/// Appends a path template with its values to the path of the server.
pub(crate) fn expand(template: &str, values: &[(Name, String)], path: &mut String) -> Result<(), String> {
    let begin = path.len();
    // The parameters in the current segment, to name them if it is not allowed.
    let mut in_segment: Vec<&str> = Vec::new();
    for piece in pieces(template) {
        match piece {
            Piece::Literal(literal) => {
                let (end, rest) =
                    literal.split_at_checked(literal.find('/').unwrap_or(literal.len())).unwrap_or_default();
                path.push_str(&path_literal(end));
                if !rest.is_empty() {
                    check_segment(path.get(begin..), &in_segment)?;
                    in_segment.clear();
                    path.push_str(&path_literal(rest));
                }
            }
            Piece::Name(name) => match values.iter().find(|(held, _)| *held == name) {
                None => return Err(format!("the path parameter `{name}` has no value")),
                Some((_, value)) if value.is_empty() => {
                    return Err(format!("the path parameter `{name}` is empty"));
                }
                Some((_, value)) => {
                    in_segment.push(name);
                    path.push_str(value);
                }
            },
        }
    }
    let own = path.get(begin..);
    check_segment(own, &in_segment)?;
    if own.is_some_and(|own| !own.is_empty() && !own.starts_with('/')) {
        path.insert(begin, '/');
    }
    Ok(())
}

/// Appends the query that a path template contains.
pub(crate) fn fill_query(template: &str, values: &[(Name, String)], query: &mut String) -> Result<(), String> {
    for piece in pieces(template) {
        match piece {
            Piece::Literal(literal) => query.push_str(&path_literal(literal).replace('\'', "%27")),
            Piece::Name(name) => match values.iter().find(|(held, _)| *held == name) {
                Some((_, value)) => query.push_str(value),
                None => return Err(format!("the path parameter `{name}` has no value")),
            },
        }
    }
    Ok(())
}

/// Refuses a path template of the caller that could name another resource than it seems to.
pub(crate) fn check_template(template: &str) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("the path `{}` {why}", one_line(template, 200)));
    let Some(path) = template.strip_prefix('/') else {
        return refuse("does not begin with `/`");
    };
    let is_refused = |character: &char| matches!(character, '\\' | '?' | '#') || character.is_control();
    match path.chars().find(is_refused) {
        Some('?') => return refuse("has a query: set its parameters with `query`"),
        Some(character) => return refuse(&format!("has a `{}`", character.escape_default())),
        None => {}
    }
    let lower = path.to_ascii_lowercase();
    if lower.contains("%2f") || lower.contains("%5c") {
        return refuse("has an encoded slash: set such a value with `path`");
    }
    match path.split('/').find(|segment| segment.is_empty() || is_dot_segment(segment)) {
        Some("") => refuse("has an empty segment"),
        Some(_) => refuse("has a segment `.` or `..`, which would name another resource"),
        None => Ok(()),
    }
}

/// Rejects a segment that would make the path point elsewhere.
fn check_segment(path: Option<&str>, parameters: &[&str]) -> Result<(), String> {
    let Some(name) = parameters.first() else { return Ok(()) };
    let segment = path.unwrap_or_default().rsplit('/').next().unwrap_or_default();
    if is_dot_segment(segment) {
        return Err(format!("the path parameter `{name}` cannot be `.` or `..`: it would name another resource"));
    }
    Ok(())
}
