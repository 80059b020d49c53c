//! Parses the filter language.

use std::fmt;
use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{Column, Expression, FilterError, Kind, Literal, Operator, refuse};

/// Deeper nesting than any sane filter has; a bound, so that a filter cannot exhaust the stack.
pub(super) const MAX_DEPTH: usize = 64;

/// Parses a whole filter. `column` knows the properties that it may name.
pub(super) fn expression(text: &str, column: &dyn Fn(&str) -> Option<Column>) -> Result<Expression, FilterError> {
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), column };
    let expression = parser.any(0)?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(token) => refuse(format!("unexpected {token}")),
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

struct Parser<'columns> {
    tokens: Peekable<IntoIter<Token>>,
    column: &'columns dyn Fn(&str) -> Option<Column>,
}

impl Parser<'_> {
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
        let Some(column) = (self.column)(property) else {
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

/// Reads a date as the repository writes it; UTC where no offset is given.
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}
