//! The filter language of the repository service, over rows of JSON.
//!
//! `property op value`, joined by `and` and `or` (`and` binds tighter) and grouped by parentheses; there is no `not`.
//! Which operator a property takes depends on its kind, as in Qlik's table of relational operators: order is for
//! numbers and dates, `sw`, `ew` and `so` for strings. Strings compare without regard to case.

use std::fmt;
use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Deeper nesting than any sane filter has; a bound, so that a filter cannot exhaust the stack.
const MAX_DEPTH: usize = 64;

/// A property that a filter may name, with the kind that decides how its values are written and compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
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
    Compare(&'static Column, Operator, Literal),
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

/// Why a filter was refused; its text is the body of the 400.
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
    pub(crate) fn parse(text: &str, columns: &'static [Column]) -> Result<Self, FilterError> {
        let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), columns };
        let expression = parser.any(0)?;
        match parser.tokens.next() {
            None => Ok(Self(expression)),
            Some(token) => refuse(format!("unexpected {token}")),
        }
    }

    /// Whether a row passes.
    pub(crate) fn keeps(&self, row: &Map<String, Value>) -> bool {
        self.0.holds(row)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "'{word}'"),
            Self::Quoted(text) => write!(f, "the string '{text}'"),
            Self::Open => f.write_str("'('"),
            Self::Close => f.write_str("')'"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ' ' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '\'' => {
                tokens.push(Token::Quoted(quoted(&mut characters)?));
                // What follows at once would be read as one literal by eye: `'O''Brien'`, `'a'b`.
                if characters.peek().is_some_and(|&next| next != ' ' && next != ')') {
                    return refuse("a string is followed by something else than a space");
                }
            }
            first if is_word(first) => {
                let mut word = String::from(first);
                while let Some(next) = characters.next_if(|&next| is_word(next)) {
                    word.push(next);
                }
                if characters.peek() == Some(&'\'') {
                    return refuse(format!("a string follows '{word}' without a space"));
                }
                tokens.push(Token::Word(word));
            }
            other => return refuse(format!("unexpected character {other:?}")),
        }
    }
    Ok(tokens)
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '@' | '+')
}

/// The rest of a string whose opening quote is read: `\\` and `\'` are the only escapes.
fn quoted(characters: &mut impl Iterator<Item = char>) -> Result<String, FilterError> {
    let mut text = String::new();
    loop {
        match characters.next() {
            None => return refuse("a string is not closed"),
            Some('\'') => return Ok(text),
            Some('\\') => match characters.next() {
                Some(escaped @ ('\\' | '\'')) => text.push(escaped),
                _ => return refuse("a backslash escapes only a backslash or a quote"),
            },
            Some(plain) => text.push(plain),
        }
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    columns: &'static [Column],
}

impl Parser {
    fn any(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut alternatives = vec![self.all(depth)?];
        while self.word("or") {
            alternatives.push(self.all(depth)?);
        }
        Ok(Expression::Any(alternatives))
    }

    fn all(&mut self, depth: usize) -> Result<Expression, FilterError> {
        let mut conditions = vec![self.one(depth)?];
        while self.word("and") {
            conditions.push(self.one(depth)?);
        }
        Ok(Expression::All(conditions))
    }

    fn one(&mut self, depth: usize) -> Result<Expression, FilterError> {
        if depth == MAX_DEPTH {
            return refuse("too deeply nested");
        }
        match self.tokens.next() {
            Some(Token::Open) => {
                let inner = self.any(depth + 1)?;
                match self.tokens.next() {
                    Some(Token::Close) => Ok(inner),
                    Some(token) => refuse(format!("expected ')' but found {token}")),
                    None => refuse("expected ')' at the end"),
                }
            }
            Some(Token::Word(property)) => self.comparison(&property),
            Some(token) => refuse(format!("expected a property but found {token}")),
            None => refuse("expected a property at the end"),
        }
    }

    fn comparison(&mut self, property: &str) -> Result<Expression, FilterError> {
        // Qlik's own examples write `Name eq`, so the case of a property does not matter.
        let column = self.columns.iter().find(|column| column.path.eq_ignore_ascii_case(property));
        let Some(column) = column else {
            return refuse(format!("there is no property '{property}'"));
        };
        let operator = match self.tokens.next() {
            Some(Token::Word(word)) => operator(&word)?,
            Some(token) => return refuse(format!("expected an operator but found {token}")),
            None => return refuse(format!("'{property}' is compared with nothing")),
        };
        if !operator.applies_to(column.kind) {
            return refuse(format!("'{property}' does not take this operator"));
        }
        match self.tokens.next() {
            Some(token) => match literal(column.kind, &token) {
                Some(literal) => Ok(Expression::Compare(column, operator, literal)),
                None => refuse(format!("{token} is no value for '{property}'")),
            },
            None => refuse(format!("'{property}' is compared with nothing")),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Word(found) if found == word)).is_some()
    }
}

fn operator(word: &str) -> Result<Operator, FilterError> {
    Ok(match word {
        "eq" => Operator::Equal,
        "ne" => Operator::NotEqual,
        "gt" => Operator::Greater,
        "ge" => Operator::GreaterOrEqual,
        "lt" => Operator::Less,
        "le" => Operator::LessOrEqual,
        "sw" => Operator::StartsWith,
        "ew" => Operator::EndsWith,
        "so" => Operator::Contains,
        _ => return refuse(format!("there is no operator '{word}'")),
    })
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

fn literal(kind: Kind, token: &Token) -> Option<Literal> {
    match (kind, token) {
        (Kind::Text, Token::Quoted(text)) => Some(Literal::Text(text.to_lowercase())),
        (Kind::Date, Token::Quoted(text)) => date(text).map(Literal::Date),
        // The other spellings that a UUID parser takes (simple, braced, urn) are not what the site reads.
        (Kind::Guid, Token::Word(word)) if word.len() == 36 => Uuid::parse_str(word).ok().map(Literal::Guid),
        (Kind::Boolean, Token::Word(word)) => match word.as_str() {
            "True" => Some(Literal::Boolean(true)),
            "False" => Some(Literal::Boolean(false)),
            _ => None,
        },
        (Kind::Number, Token::Word(word)) => word.parse().ok().map(Literal::Number),
        _ => None,
    }
}

fn date(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}

impl Expression {
    fn holds(&self, row: &Map<String, Value>) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(row)),
            Self::Any(alternatives) => alternatives.iter().any(|condition| condition.holds(row)),
            Self::Compare(column, operator, literal) => compare(lookup(row, column.path), *operator, literal),
        }
    }
}

fn lookup<'row>(row: &'row Map<String, Value>, path: &str) -> Option<&'row Value> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let value = row.get(first)?;
    match rest {
        Some(rest) => lookup(value.as_object()?, rest),
        None => Some(value),
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static COLUMNS: [Column; 7] = [
        Column { path: "id", kind: Kind::Guid },
        Column { path: "name", kind: Kind::Text },
        Column { path: "user.userDirectory", kind: Kind::Text },
        Column { path: "quarantined", kind: Kind::Boolean },
        Column { path: "tokensUsed", kind: Kind::Number },
        Column { path: "createdDate", kind: Kind::Date },
        Column { path: "absent", kind: Kind::Text },
    ];

    fn keeps(filter: &str) -> bool {
        let row = json!({
            "id": "6dc6ea4b-0000-4000-8000-00000000000a",
            "name": r"O'Neil\Åsa",
            "user": { "userDirectory": "CORP" },
            "quarantined": true,
            "tokensUsed": 7,
            "createdDate": "2022-08-27T06:47:08.584Z",
        });
        let filter = Filter::parse(filter, &COLUMNS).unwrap_or_else(|error| panic!("{error}"));
        filter.keeps(row.as_object().unwrap())
    }

    #[test]
    fn what_passes_and_what_does_not() {
        for (filter, passes) in [
            ("user.userDirectory eq 'CORP'", true),
            ("User.UserDirectory eq 'corp'", true),
            ("user.userDirectory ne 'corp'", false),
            ("user.userDirectory sw 'co' and user.userDirectory ew 'RP'", true),
            ("user.userDirectory so 'or'", true),
            ("user.userDirectory so 'x'", false),
            (r"name eq 'O\'Neil\\Åsa'", true),
            ("name eq ' and '", false),
            ("id eq 6dc6ea4b-0000-4000-8000-00000000000a", true),
            ("id eq 6DC6EA4B-0000-4000-8000-00000000000A", true),
            ("id ne 6dc6ea4b-0000-4000-8000-00000000000b", true),
            ("quarantined eq True", true),
            ("quarantined eq False", false),
            ("tokensUsed ge 7 and tokensUsed le 7", true),
            ("tokensUsed gt 7 or tokensUsed lt 7", false),
            ("tokensUsed gt -1", true),
            ("createdDate eq '2022-08-27T06:47:08.5840000Z'", true),
            ("createdDate gt '2022-08-27 06:47:08'", true),
            ("createdDate lt '2022-08-27T06:47:08+00:00'", false),
            ("createdDate ge '2022-08-27'", true),
            ("absent eq ''", false),
            ("absent ne 'x'", true),
            ("absent sw ''", false),
            // `and` binds tighter than `or`, and parentheses undo it.
            ("tokensUsed eq 7 or tokensUsed eq 8 and tokensUsed eq 9", true),
            ("(tokensUsed eq 7 or tokensUsed eq 8) and tokensUsed eq 9", false),
            ("((tokensUsed  eq  7))", true),
        ] {
            assert_eq!(keeps(filter), passes, "{filter}");
        }
    }

    #[test]
    fn what_is_refused() {
        for filter in [
            "",
            " ",
            "name",
            "name eq",
            "name eq 'x",
            "name eq 'O''Neil'",
            "name eq 'x'and name eq 'y'",
            "name eq'x'",
            r"name eq 'a\nb'",
            r"name eq 'x\'",
            "name eq \"x\"",
            "name eq x",
            "name EQ 'x'",
            "name == 'x'",
            "name gt 'x'",
            "nom eq 'x'",
            "not name eq 'x'",
            "name eq 'x' AND name eq 'y'",
            "name eq 'x' and",
            "and name eq 'x'",
            "name eq 'x' name eq 'y'",
            "(name eq 'x'",
            "name eq 'x')",
            "()",
            "id eq '6dc6ea4b-0000-4000-8000-00000000000a'",
            "id eq 6dc6ea4b000040008000000000000000000a",
            "id gt 6dc6ea4b-0000-4000-8000-00000000000a",
            "quarantined eq true",
            "quarantined eq 'True'",
            "quarantined gt False",
            "tokensUsed eq '7'",
            "tokensUsed eq 7.5",
            "tokensUsed sw 7",
            "createdDate gt 2022-08-27T06",
            "createdDate gt 'yesterday'",
            "name eq 'x'\u{a0}or name eq 'y'",
        ] {
            let error = Filter::parse(filter, &COLUMNS).map(|_| filter).unwrap_err();
            assert!(error.to_string().starts_with("Cannot parse the expression: "), "{filter}: {error}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth| format!("{}name eq 'x'{}", "(".repeat(depth), ")".repeat(depth));
        assert!(Filter::parse(&nested(MAX_DEPTH - 1), &COLUMNS).is_ok());
        assert!(Filter::parse(&nested(MAX_DEPTH), &COLUMNS).is_err());
        assert!(Filter::parse(&nested(100_000), &COLUMNS).is_err());
    }
}
