//! Parses filters by the rules of the language alone, and compares them with their meaning.

use jiff::Timestamp;

use crate::plan::{Given, Tree};

/// A value as it stands in a filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Quoted(String),
    Bare(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Open,
    Close,
    Literal(Literal),
}

/// Which of `and` and `or` binds tighter. The first is what the repository does; a filter should not hang on it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Precedence {
    AndFirst,
    OrFirst,
    LeftToRight,
}

/// Reads a filter: `property op value`, `and`, `or`, parentheses; in strings, `\\` and `\'` are the only escapes.
pub(crate) fn read(text: &str, precedence: Precedence) -> Result<Tree<Literal>, String> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let tree = expression(&mut rest, precedence)?;
    if rest.is_empty() { Ok(tree) } else { Err(format!("left over: {rest:?}")) }
}

pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            ' ' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '\'' => {
                let mut string = String::new();
                loop {
                    match rest.next().ok_or("a string without an end")? {
                        '\'' => break,
                        '\\' => match rest.next() {
                            Some(escaped @ ('\\' | '\'')) => string.push(escaped),
                            other => return Err(format!("no escape: {other:?}")),
                        },
                        plain => string.push(plain),
                    }
                }
                if rest.peek().is_some_and(|&next| next != ' ' && next != ')') {
                    return Err(format!("a string runs into what follows it: {:?}", rest.peek()));
                }
                tokens.push(Token::Literal(Literal::Quoted(string)));
            }
            first => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|next| !matches!(next, ' ' | '(' | ')')) {
                    word.push(next);
                }
                if let Some(stray) = word.chars().find(|&c| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
                    return Err(format!("{stray:?} in {word:?}"));
                }
                tokens.push(Token::Literal(Literal::Bare(word)));
            }
        }
    }
    Ok(tokens)
}

pub(crate) fn expression(rest: &mut &[Token], precedence: Precedence) -> Result<Tree<Literal>, String> {
    let mut operands = vec![operand(rest, precedence)?];
    let mut joints = Vec::new();
    while let Some((Token::Literal(Literal::Bare(word)), after)) = rest.split_first() {
        joints.push(match word.as_str() {
            "and" => true,
            "or" => false,
            other => return Err(format!("{other:?} is no joint")),
        });
        *rest = after;
        operands.push(operand(rest, precedence)?);
    }
    Ok(grouped(operands, &joints, precedence))
}

/// Groups operands by the joints between them; a joint that is `true` is an `and`.
pub(crate) fn grouped(operands: Vec<Tree<Literal>>, joints: &[bool], precedence: Precedence) -> Tree<Literal> {
    // Runs of the tighter joint, each to become one part of the looser joint.
    let runs = |tighter: bool| {
        let mut runs: Vec<Vec<Tree<Literal>>> = Vec::new();
        for (at, operand) in operands.iter().cloned().enumerate() {
            match runs.last_mut() {
                Some(run) if joints[at - 1] == tighter => run.push(operand),
                _ => runs.push(vec![operand]),
            }
        }
        runs
    };
    match precedence {
        Precedence::AndFirst => Tree::any(runs(true).into_iter().map(Tree::all)),
        Precedence::OrFirst => Tree::all(runs(false).into_iter().map(Tree::any)),
        Precedence::LeftToRight => {
            let mut joints = joints.iter();
            operands
                .into_iter()
                .reduce(
                    |left, right| {
                        if joints.next() == Some(&true) { Tree::all([left, right]) } else { Tree::any([left, right]) }
                    },
                )
                .unwrap()
        }
    }
}

pub(crate) fn operand(rest: &mut &[Token], precedence: Precedence) -> Result<Tree<Literal>, String> {
    match *rest {
        [Token::Open, after @ ..] => {
            *rest = after;
            let inner = expression(rest, precedence)?;
            match rest.split_first() {
                Some((Token::Close, after)) => *rest = after,
                other => return Err(format!("no end of a group: {other:?}")),
            }
            Ok(inner)
        }
        [
            Token::Literal(Literal::Bare(property)),
            Token::Literal(Literal::Bare(operator)),
            Token::Literal(value),
            after @ ..,
        ] => {
            if !["eq", "ne", "gt", "ge", "lt", "le", "sw", "ew", "so"].contains(&operator.as_str()) {
                return Err(format!("{operator:?} is no operator"));
            }
            *rest = after;
            Ok(Tree::Compare(property.clone(), operator.clone(), value.clone()))
        }
        _ => Err(format!("no comparison: {rest:?}")),
    }
}

/// Whether what was read is what was meant.
pub(crate) fn same(read: &Tree<Literal>, meant: &Tree<Given>) -> bool {
    let each = |read: &[Tree<Literal>], meant: &[Tree<Given>]| {
        read.len() == meant.len() && read.iter().zip(meant).all(|(read, meant)| same(read, meant))
    };
    match (read, meant) {
        (Tree::Compare(property, operator, literal), Tree::Compare(name, wanted, given)) => {
            property == name && operator == wanted && is_written(given, literal)
        }
        (Tree::All(read), Tree::All(meant)) | (Tree::Any(read), Tree::Any(meant)) => each(read, meant),
        _ => false,
    }
}

/// Whether a literal is the one way to write a value.
pub(crate) fn is_written(given: &Given, literal: &Literal) -> bool {
    match (given, literal) {
        (Given::Text(given), Literal::Quoted(text)) => given == text,
        (Given::Guid(given), Literal::Bare(word)) => word.len() == 36 && word.parse() == Ok(*given),
        (Given::Flag(given), Literal::Bare(word)) => word == if *given { "True" } else { "False" },
        (Given::Integer(given), Literal::Bare(word)) => is_number(word) && word.parse() == Ok(*given),
        (Given::Natural(given), Literal::Bare(word)) => is_number(word) && word.parse() == Ok(*given),
        (Given::Decimal(given), Literal::Bare(word)) => is_number(word) && word.parse() == Ok(*given),
        (Given::Date(given), Literal::Quoted(text)) => is_date(text) && text.parse().ok() == Some(to_the_tick(*given)),
        _ => false,
    }
}

/// `-12.5`, and nothing that takes more reading than that.
pub(crate) fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned) && word != "-0",
    }
}

/// `2022-08-27T06:47:08.584Z`, the fraction of three digits or of seven.
pub(crate) fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "0000-00-00T00:00:00.000Z" | "0000-00-00T00:00:00.0000000Z")
}

/// The last whole 100 nanoseconds not after a time.
pub(crate) fn to_the_tick(time: Timestamp) -> Timestamp {
    Timestamp::from_nanosecond(time.as_nanosecond().div_euclid(100) * 100).unwrap()
}
