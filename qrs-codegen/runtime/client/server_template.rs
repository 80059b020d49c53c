// only: server

//! Server addresses with variables.

use super::address::problem;
use crate::runtime::failure::build_error::BuildError;
use crate::runtime::text::one_line::one_line;
use crate::runtime::text::percent::component;
use crate::runtime::text::template::{Piece, pieces};

/// A variable of a server's address, with its value.
#[allow(dead_code, reason = "a document need not have addresses with variables")]
pub(crate) struct Variable {
    /// Its name in the template.
    pub(crate) name: &'static str,
    /// The value.
    pub(crate) value: String,
    /// The values that the document allows; empty if it allows any.
    pub(crate) allowed: &'static [&'static str],
}

/// The part of a URL that a variable is in, which determines the characters that its value may contain.
#[derive(Clone, Copy, PartialEq)]
enum UrlPart {
    Scheme,
    Host,
    Path,
}

pub(crate) fn expand(template: &str, variables: &[Variable]) -> Result<String, BuildError> {
    let pieces: Vec<Piece<'_>> = pieces(template).collect();
    // `{url}/path`: the variable is itself an address, and is checked as one.
    let whole = !template.contains("://") && matches!(pieces.first(), Some(Piece::Name(_)));
    let mut url = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let name = match piece {
            Piece::Literal(literal) => {
                url.push_str(literal);
                continue;
            }
            Piece::Name(name) => *name,
        };
        let Some(variable) = variables.iter().find(|variable| variable.name == name) else {
            return Err(problem(format!("the server's variable `{name}` has no value")));
        };
        if !variable.allowed.is_empty() && !variable.allowed.contains(&variable.value.as_str()) {
            return Err(problem(format!(
                "the server's variable `{name}` cannot be `{}`: it is one of {}",
                shown(&variable.value),
                list(variable.allowed)
            )));
        }
        if whole && at == 0 {
            url.push_str(variable.value.trim_end_matches('/'));
            continue;
        }
        let next = match pieces.get(at + 1) {
            Some(Piece::Literal(literal)) => literal.chars().next(),
            _ => None,
        };
        let last = at + 1 == pieces.len();
        let part = part(&url);
        check_value(variable, part, last || next == Some('/'))?;
        if part == UrlPart::Path {
            let alone = url.ends_with('/') && (last || next == Some('/'));
            if alone && variable.value.is_empty() {
                return Err(problem(format!("the server's variable `{name}` is empty")));
            }
            url.push_str(&component(&variable.value));
        } else {
            url.push_str(&variable.value);
        }
    }
    Ok(url)
}

fn part(before: &str) -> UrlPart {
    match before.split_once("://") {
        None => UrlPart::Scheme,
        Some((_, rest)) if rest.contains('/') => UrlPart::Path,
        Some(_) => UrlPart::Host,
    }
}

/// Rejects a value that would change how the URL splits into its parts.
fn check_value(variable: &Variable, part: UrlPart, ends_host: bool) -> Result<(), BuildError> {
    let value = variable.value.as_str();
    let refuse = |why: &str| {
        Err(problem(format!("the server's variable `{}` cannot be `{}`: {why}", variable.name, shown(value))))
    };
    let whole = if matches!(part, UrlPart::Host) { " (for a whole address there is `Server::url`)" } else { "" };
    if let Some(found) = value
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || matches!(c, '/' | '?' | '#' | '@' | '\\' | '{' | '}'))
    {
        return refuse(&match found {
            found if found.is_whitespace() || found.is_control() => "it contains white space".to_owned(),
            found => format!("it contains `{found}`, which would change the address around it{whole}"),
        });
    }
    match part {
        UrlPart::Scheme if value.contains(':') => refuse("it contains a colon"),
        UrlPart::Scheme | UrlPart::Path => Ok(()),
        UrlPart::Host => {
            if value.contains('%') {
                return refuse("it contains `%`");
            }
            let after_address = match value.strip_prefix('[') {
                Some(rest) => match rest.split_once(']') {
                    Some((address, after)) if address.parse::<std::net::Ipv6Addr>().is_ok() => after,
                    _ => return refuse("what stands in brackets is not an IPv6 address"),
                },
                None => value,
            };
            match after_address.split_once(':') {
                None => Ok(()),
                Some((_, digits)) if ends_host && is_port(digits) => Ok(()),
                Some(_) if value.parse::<std::net::Ipv6Addr>().is_ok() => {
                    refuse("an IPv6 address has to stand in brackets, `[::1]`")
                }
                Some(_) => refuse(&format!("it contains a colon{whole}")),
            }
        }
    }
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value for a message, without what may be a password before an `@`.
fn shown(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((_, host)) => format!("…@{}", one_line(host, 80)),
        None => one_line(value, 80),
    }
}

fn list(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    quoted.join(", ")
}
