//! Path templates and the values of their parameters.

use crate::runtime::text::percent::{is_dot_segment, path_literal};
use crate::runtime::text::template::{Piece, pieces};

/// Appends a path template with its values to the path of the server.
pub(crate) fn expand(template: &str, values: &[(&'static str, String)], path: &mut String) -> Result<(), String> {
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
pub(crate) fn fill_query(template: &str, values: &[(&'static str, String)], query: &mut String) -> Result<(), String> {
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

/// Rejects a segment that would make the path point elsewhere.
fn check_segment(path: Option<&str>, parameters: &[&str]) -> Result<(), String> {
    let Some(name) = parameters.first() else { return Ok(()) };
    let segment = path.unwrap_or_default().rsplit('/').next().unwrap_or_default();
    if is_dot_segment(segment) {
        return Err(format!("the path parameter `{name}` cannot be `.` or `..`: it would name another resource"));
    }
    Ok(())
}
