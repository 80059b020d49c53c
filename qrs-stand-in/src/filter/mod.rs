//! The filter language of the repository service, over rows of JSON.
//!
//! `property op value`, joined by `and` and `or` (`and` binds tighter) and grouped by parentheses; there is no `not`.
//! The kind of a property decides which operators it takes, as in Qlik's table of relational operators: order is for
//! numbers and dates, `sw`, `ew` and `so` for strings. Strings compare without regard to case.

mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::rows::{Row, values};

pub(crate) use parse::date;

/// A property that a filter may name, with the kind that decides how its values are written and compared.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) path: Cow<'static, str>,
    pub(crate) kind: Kind,
}

impl Column {
    pub(crate) const fn new(path: &'static str, kind: Kind) -> Self {
        Self { path: Cow::Borrowed(path), kind }
    }
}

/// The properties of a list.
pub(crate) trait Columns {
    /// The column of a property. Qlik's own examples write `Name eq`, so the case of its name does not matter.
    fn column(&self, property: &str) -> Option<Column>;
}

impl Columns for [Column] {
    fn column(&self, property: &str) -> Option<Column> {
        self.iter().find(|column| column.path.eq_ignore_ascii_case(property)).cloned()
    }
}

/// The kind of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Single-quoted.
    Text,
    /// Bare, hyphenated.
    Guid,
    /// `True` or `False`.
    Boolean,
    /// Bare digits.
    Number,
    /// Single-quoted, ISO 8601; UTC when no offset is given.
    Date,
}

/// A filter that was understood.
#[derive(Debug)]
pub(crate) struct Filter(Expression);

#[derive(Debug)]
enum Expression {
    Compare(Column, Operator, Literal),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Debug)]
enum Literal {
    /// In lower case, since strings compare without regard to case.
    Text(String),
    Guid(Uuid),
    Boolean(bool),
    Number(i64),
    Date(Timestamp),
}

/// An error in a filter; its text is the body of the 400.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FilterError {
    reason: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cannot parse the expression: {}", self.reason)
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, FilterError> {
    Err(FilterError { reason: reason.into() })
}

impl Filter {
    /// Reads a filter over rows that have these columns.
    pub(crate) fn parse(text: &str, columns: &(impl Columns + ?Sized)) -> Result<Self, FilterError> {
        parse::expression(text, &|property| columns.column(property)).map(Self)
    }

    /// Whether a row passes.
    pub(crate) fn keeps(&self, row: &Row) -> bool {
        self.0.holds(row)
    }
}

impl Operator {
    fn applies_to(self, kind: Kind) -> bool {
        match self {
            Self::Equal | Self::NotEqual => true,
            Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual => {
                matches!(kind, Kind::Number | Kind::Date)
            }
            Self::StartsWith | Self::EndsWith | Self::Contains => kind == Kind::Text,
        }
    }

    fn holds_for<T: Ord>(self, found: &T, given: &T) -> bool {
        match self {
            Self::Equal => found == given,
            Self::NotEqual => found != given,
            Self::Greater => found > given,
            Self::GreaterOrEqual => found >= given,
            Self::Less => found < given,
            Self::LessOrEqual => found <= given,
            // Only strings take these, and they are compared before this is reached.
            Self::StartsWith | Self::EndsWith | Self::Contains => false,
        }
    }
}

impl Expression {
    fn holds(&self, row: &Row) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(row)),
            Self::Any(alternatives) => alternatives.iter().any(|condition| condition.holds(row)),
            Self::Compare(column, operator, literal) => {
                let found = values(row, &column.path);
                if found.is_empty() {
                    return compare(None, *operator, literal);
                }
                found.into_iter().any(|found| compare(Some(found), *operator, literal))
            }
        }
    }
}

/// A property that has no value differs from every value, and stands in no other relation to one.
fn compare(found: Option<&Value>, operator: Operator, given: &Literal) -> bool {
    let outcome = match given {
        Literal::Text(given) => {
            found.and_then(Value::as_str).map(|found| compare_text(&found.to_lowercase(), operator, given))
        }
        Literal::Guid(given) => found
            .and_then(Value::as_str)
            .and_then(|found| Uuid::parse_str(found).ok())
            .map(|found| operator.holds_for(&found, given)),
        Literal::Boolean(given) => found.and_then(Value::as_bool).map(|found| operator.holds_for(&found, given)),
        Literal::Number(given) => found.and_then(Value::as_i64).map(|found| operator.holds_for(&found, given)),
        Literal::Date(given) => {
            found.and_then(Value::as_str).and_then(date).map(|found| operator.holds_for(&found, given))
        }
    };
    outcome.unwrap_or(operator == Operator::NotEqual)
}

fn compare_text(found: &str, operator: Operator, given: &str) -> bool {
    match operator {
        Operator::StartsWith => found.starts_with(given),
        Operator::EndsWith => found.ends_with(given),
        Operator::Contains => found.contains(given),
        other => other.holds_for(&found, &given),
    }
}
