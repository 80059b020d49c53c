//! Parses conditions.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::{ConditionError, Expression, Operand, Operator};

/// A bound, so that a condition cannot exhaust the stack.
const MAX_DEPTH: usize = 64;

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 9] = ["!=", "&&", "||", "==", "=", "!", "(", ")", ","];

fn fail<T>(at: usize, reason: impl Into<String>) -> Result<T, ConditionError> {
    Err(ConditionError { at, reason: reason.into() })
}

/// Parses a whole condition.
pub(super) fn expression(text: &str) -> Result<Expression, ConditionError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end: text.chars().count() };
    let expression = parser.any(0)?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some((at, token)) => fail(at, format!("unexpected {}", shown(&token))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{word}`"),
        Token::Quoted(text) => format!("the text {text:?}"),
        Token::Symbol(symbol) => format!("`{symbol}`"),
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ConditionError> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let rest = &characters[at..];
        let length = if character.is_whitespace() {
            1
        } else if character == '"' {
            let Some(length) = rest[1..].iter().position(|&next| next == '"') else {
                return fail(at, "a text is not closed");
            };
            tokens.push((at, Token::Quoted(rest[1..=length].iter().collect())));
            length + 2
        } else if is_word(character) {
            let length = rest.iter().take_while(|&&next| is_word(next)).count();
            tokens.push((at, Token::Word(rest[..length].iter().collect())));
            length
        } else {
            let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(&symbol.chars().collect::<Vec<_>>()));
            let Some(symbol) = symbol else {
                return fail(at, format!("unexpected `{character}`"));
            };
            tokens.push((at, Token::Symbol(symbol)));
            symbol.len()
        };
        at += length;
    }
    Ok(tokens)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '@' | '_' | '-')
}

struct Parser {
    tokens: Peekable<IntoIter<(usize, Token)>>,
    end: usize,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Result<Expression, ConditionError> {
        let mut alternatives = vec![self.all(depth)?];
        while self.takes("or", "||") {
            alternatives.push(self.all(depth)?);
        }
        Ok(Expression::Any(alternatives))
    }

    fn all(&mut self, depth: usize) -> Result<Expression, ConditionError> {
        let mut conditions = vec![self.one(depth)?];
        while self.takes("and", "&&") {
            conditions.push(self.one(depth)?);
        }
        Ok(Expression::All(conditions))
    }

    fn one(&mut self, depth: usize) -> Result<Expression, ConditionError> {
        let at = self.at();
        if depth == MAX_DEPTH {
            return fail(at, "too deeply nested");
        }
        if self.tokens.peek().is_none() {
            return fail(at, "expected a condition");
        }
        if self.takes("not", "!") {
            return Ok(Expression::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("", "(") {
            let inner = self.any(depth + 1)?;
            let at = self.at();
            return if self.takes("", ")") { Ok(inner) } else { fail(at, "expected `)`") };
        }
        let left = self.operand()?;
        let operator = self.operator()?;
        Ok(Expression::Compare(left, operator, self.operand()?))
    }

    fn operator(&mut self) -> Result<Operator, ConditionError> {
        let at = self.at();
        match self.tokens.next() {
            Some((_, Token::Symbol("=" | "=="))) => Ok(Operator::Equal),
            Some((_, Token::Symbol("!="))) => Ok(Operator::NotEqual),
            Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("like") => Ok(Operator::Like),
            Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("matches") => {
                fail(at, "`matches` is not supported")
            }
            Some((_, Token::Symbol("("))) => fail(at, "functions are not supported"),
            _ => fail(at, "expected `=`, `!=` or `like`"),
        }
    }

    fn operand(&mut self) -> Result<Operand, ConditionError> {
        let at = self.at();
        match self.tokens.next() {
            Some((_, Token::Quoted(text))) => Ok(Operand::Text(text)),
            Some((_, Token::Word(word))) => match word.split_once('.') {
                Some(("user", path)) => Ok(Operand::User(path.to_owned())),
                Some(("resource", path)) => Ok(Operand::Resource(path.to_owned())),
                _ => fail(at, format!("`{word}` is neither of `user` nor of `resource`")),
            },
            Some((_, token)) => fail(at, format!("unexpected {}", shown(&token))),
            None => fail(at, "expected a property or a text"),
        }
    }

    fn at(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |(at, _)| *at)
    }

    /// Takes the next token if it is this word or this symbol.
    fn takes(&mut self, word: &str, symbol: &str) -> bool {
        let is_wanted = |(_, token): &(usize, Token)| match token {
            Token::Word(found) => found.eq_ignore_ascii_case(word),
            Token::Symbol(found) => *found == symbol,
            Token::Quoted(_) => false,
        };
        self.tokens.next_if(is_wanted).is_some()
    }
}
