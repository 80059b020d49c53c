//! The conditions of rules: who a rule grants access to.
//!
//! Comparisons of properties and quoted texts by `=`, `!=` and `like` (where `*` stands for any text), joined by `and`
//! (`&&`) and `or` (`||`), negated by `not` (`!`) and grouped by parentheses. Texts compare without regard to case. A
//! property that has several values compares as any of them. A property of the user that is neither a field nor a custom
//! property (`@name`) is an attribute, such as `group`.
//!
//! Not supported: `matches`, whose regular expressions are a dialect of their own, and functions.

mod parse;

use std::fmt;

use serde_json::Value;

use crate::rows::{Row, text_in, values};

/// A condition that was understood.
#[derive(Debug)]
pub(crate) struct Condition(Expression);

#[derive(Debug)]
enum Expression {
    Compare(Operand, Operator, Operand),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

#[derive(Debug)]
enum Operand {
    Text(String),
    User(String),
    Resource(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Like,
}

/// An error in a condition, with its place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConditionError {
    /// The place in the condition, in characters.
    pub(crate) at: usize,
    pub(crate) reason: String,
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.reason, self.at)
    }
}

impl Condition {
    pub(crate) fn parse(text: &str) -> Result<Self, ConditionError> {
        parse::expression(text).map(Self)
    }

    /// Whether the condition holds for a user, and a resource where there is one.
    pub(crate) fn holds(&self, user: &Row, resource: Option<&Row>) -> bool {
        self.0.holds(user, resource)
    }
}

impl Expression {
    fn holds(&self, user: &Row, resource: Option<&Row>) -> bool {
        match self {
            Self::Not(inner) => !inner.holds(user, resource),
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(user, resource)),
            Self::Any(alternatives) => alternatives.iter().any(|condition| condition.holds(user, resource)),
            Self::Compare(left, operator, right) => {
                let (left, right) = (left.texts(user, resource), right.texts(user, resource));
                let any = |relation: fn(&str, &str) -> bool| {
                    left.iter().any(|left| right.iter().any(|right| relation(left, right)))
                };
                match operator {
                    Operator::Equal => any(|left, right| left == right),
                    Operator::NotEqual => !any(|left, right| left == right),
                    Operator::Like => any(is_like),
                }
            }
        }
    }
}

impl Operand {
    /// Its values, in lower case.
    fn texts(&self, user: &Row, resource: Option<&Row>) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.to_lowercase()],
            Self::User(path) => {
                let mut found = texts(user, path);
                if found.is_empty() {
                    found = attributes(user, path);
                }
                found
            }
            Self::Resource(path) => resource.map_or_else(Vec::new, |resource| texts(resource, path)),
        }
    }
}

fn texts(row: &Row, path: &str) -> Vec<String> {
    let found = values(row, path).into_iter();
    found
        .filter_map(|value| match value {
            Value::String(text) => Some(text.to_lowercase()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            _ => None,
        })
        .collect()
}

/// The values of a user's attribute, such as `group`.
fn attributes(user: &Row, name: &str) -> Vec<String> {
    let held = user.get("attributes").and_then(Value::as_array).into_iter().flatten();
    held.filter_map(Value::as_object)
        .filter(|held| text_in(held, "attributeType").eq_ignore_ascii_case(name))
        .map(|held| text_in(held, "attributeValue").to_lowercase())
        .collect()
}

/// Whether a text fits a pattern in which `*` stands for any text.
pub(crate) fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    if rest.is_empty() {
        return true;
    }
    text.char_indices().map(|(place, _)| place).chain([text.len()]).any(|place| is_like(&text[place..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::object;
    use serde_json::json;

    fn user() -> Row {
        object(json!({
            "userId": "ada",
            "userDirectory": "CORP",
            "inactive": false,
            "roles": ["RootAdmin", "ContentAdmin"],
            "attributes": [{ "attributeType": "group", "attributeValue": "Analysts" }],
            "customProperties": [{ "value": "Sales", "definition": { "name": "Department" } }],
        }))
    }

    #[test]
    fn conditions_hold_for_whom_they_describe() {
        let resource = object(json!({ "name": "CORP" }));
        for (condition, holds) in [
            (r#"((user.userDirectory="CORP"))"#, true),
            (r#"user.userDirectory = "corp""#, true),
            (r#"user.userDirectory="PARTNER""#, false),
            (r#"user.userDirectory!="PARTNER""#, true),
            (r#"user.userId like "a*""#, true),
            (r#"user.userId like "*d*""#, true),
            (r#"user.userId like "d*""#, false),
            (r#"user.roles="ContentAdmin""#, true),
            (r#"user.roles!="ContentAdmin""#, false),
            (r#"user.group="analysts""#, true),
            (r#"user.@Department="Sales" and user.userId="ada""#, true),
            (r#"user.@Department="Sales" && !(user.userId="ada")"#, false),
            (r#"not user.userId="ada" || user.inactive="false""#, true),
            (r#"user.userId="x" or user.userId="y" and user.userId="ada""#, false),
            (r"resource.name=user.userDirectory", true),
            (r#"user.unheard="x""#, false),
        ] {
            let parsed = Condition::parse(condition).unwrap_or_else(|error| panic!("{condition}: {error}"));
            assert_eq!(parsed.holds(&user(), Some(&resource)), holds, "{condition}");
        }
        let about_a_resource = Condition::parse(r#"resource.name="CORP""#).unwrap();
        assert!(!about_a_resource.holds(&user(), None), "there is no resource");
    }

    #[test]
    fn malformed_conditions_name_the_place() {
        for (condition, at, reason) in [
            ("", 0, "expected a condition"),
            (r#"user.userId="ada"#, 12, "a text is not closed"),
            (r#"(user.userId="ada""#, 18, "expected `)`"),
            (r#"user.userId="ada")"#, 17, "unexpected `)`"),
            (r#"user.userId ~ "ada""#, 12, "unexpected `~`"),
            (r#"userId="ada""#, 0, "`userId` is neither of `user` nor of `resource`"),
            (r#"user.userId matches "a.*""#, 12, "`matches` is not supported"),
            (r#"user.HasPrivilege("read")"#, 17, "functions are not supported"),
            ("user.userId=", 12, "expected a property or a text"),
        ] {
            let error = Condition::parse(condition).unwrap_err();
            assert_eq!((error.at, error.reason.as_str()), (at, reason), "{condition}");
        }
        let nested = format!("{}user.a=\"\"{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(Condition::parse(&nested).unwrap_err().reason, "too deeply nested");
    }
}
