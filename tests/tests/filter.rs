//! The filter builder: an independent parser reads its expressions back as they were meant, and a site keeps the rows that
//! were meant.

#![allow(clippy::unwrap_used, reason = "the configuration allows it in the tests themselves, not in what they share")]

mod support;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Debug;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq};
use qrs_generated::filter::{self, Decimal, Filter, FilterError, FilterErrorKind, Property};
use qrs_generated::property;
use qrs_generated::types::LicenseAuditRequest;
use qrs_tests::{Pool, StandIn, StatusCode, seed};
use serde_json::{Value, json};
use uuid::Uuid;

use support::{Checked, builder_for};

/// How a filter is put together: which calls are made, on what.
#[derive(Clone, Debug)]
enum Plan {
    Compare(String, Meant),
    And(Box<Plan>, Box<Plan>),
    Or(Box<Plan>, Box<Plan>),
    All(Vec<Plan>),
    Any(Vec<Plan>),
    OneOf(String, List),
    NoneOf(String, List),
}

/// An operator with a value that it takes.
#[derive(Clone, Debug, PartialEq)]
enum Meant {
    Equality(&'static str, Given),
    Order(&'static str, Given),
    Part(&'static str, String),
}

#[derive(Clone, Debug, PartialEq)]
enum Given {
    Text(String),
    Guid(Uuid),
    Flag(bool),
    Integer(i64),
    Natural(u64),
    Decimal(f64),
    Date(Timestamp),
}

#[derive(Clone, Debug)]
enum List {
    Texts(Vec<String>),
    Guids(Vec<Uuid>),
}

impl List {
    fn given(&self) -> Vec<Given> {
        match self {
            Self::Texts(texts) => texts.iter().cloned().map(Given::Text).collect(),
            Self::Guids(guids) => guids.iter().copied().map(Given::Guid).collect(),
        }
    }
}

/// Through the public surface, as a caller would.
fn build(plan: &Plan) -> Result<Filter, FilterError> {
    let each = |plans: &[Plan]| plans.iter().map(build).collect::<Result<Vec<_>, _>>();
    match plan {
        Plan::Compare(name, meant) => compare(Property::new(name)?, meant),
        Plan::And(left, right) => Ok(build(left)?.and(build(right)?)),
        Plan::Or(left, right) => Ok(build(left)?.or(build(right)?)),
        Plan::All(plans) => filter::all(each(plans)?),
        Plan::Any(plans) => filter::any(each(plans)?),
        Plan::OneOf(name, List::Texts(texts)) => Property::new(name)?.one_of(texts),
        Plan::OneOf(name, List::Guids(guids)) => Property::new(name)?.one_of(guids),
        Plan::NoneOf(name, List::Texts(texts)) => Property::new(name)?.none_of(texts),
        Plan::NoneOf(name, List::Guids(guids)) => Property::new(name)?.none_of(guids),
    }
}

fn compare(property: Property<'_>, meant: &Meant) -> Result<Filter, FilterError> {
    fn equality(property: Property<'_>, operator: &str, value: impl filter::Value) -> Filter {
        match operator {
            "eq" => property.eq(value),
            "ne" => property.ne(value),
            other => unreachable!("{other}"),
        }
    }
    fn order(property: Property<'_>, operator: &str, value: impl filter::Ordered) -> Filter {
        match operator {
            "gt" => property.gt(value),
            "ge" => property.ge(value),
            "lt" => property.lt(value),
            "le" => property.le(value),
            other => unreachable!("{other}"),
        }
    }
    Ok(match meant {
        Meant::Equality(operator, Given::Text(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Guid(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Flag(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Integer(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Natural(value)) => equality(property, operator, value),
        Meant::Equality(operator, Given::Decimal(value)) => equality(property, operator, Decimal::new(*value)?),
        Meant::Equality(operator, Given::Date(value)) => equality(property, operator, value),
        Meant::Order(operator, Given::Integer(value)) => order(property, operator, value),
        Meant::Order(operator, Given::Natural(value)) => order(property, operator, value),
        Meant::Order(operator, Given::Decimal(value)) => order(property, operator, Decimal::new(*value)?),
        Meant::Order(operator, Given::Date(value)) => order(property, operator, value),
        Meant::Order(operator, other) => unreachable!("{operator} {other:?} does not compile"),
        Meant::Part("sw", value) => property.sw(value),
        Meant::Part("ew", value) => property.ew(value),
        Meant::Part("so", value) => property.so(value),
        Meant::Part(other, _) => unreachable!("{other}"),
    })
}

/// An expression, `L` being what stands for a value: what was meant, or what was read.
#[derive(Clone, Debug, PartialEq)]
enum Tree<L> {
    Compare(String, String, L),
    All(Vec<Tree<L>>),
    Any(Vec<Tree<L>>),
}

impl<L> Tree<L> {
    /// Joins without regard to how joints of one kind were nested, which changes no meaning.
    fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        Self::one_or(flat.collect(), Self::All)
    }

    fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        Self::one_or(flat.collect(), Self::Any)
    }

    fn one_or(mut parts: Vec<Self>, join: impl FnOnce(Vec<Self>) -> Self) -> Self {
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                join(parts)
            }
        }
    }
}

fn meaning(plan: &Plan) -> Tree<Given> {
    let each = |name: &str, operator: &str, list: &List| -> Vec<Tree<Given>> {
        let one = |value| Tree::Compare(name.to_owned(), operator.to_owned(), value);
        list.given().into_iter().map(one).collect()
    };
    match plan {
        Plan::Compare(name, Meant::Equality(operator, value) | Meant::Order(operator, value)) => {
            Tree::Compare(name.clone(), (*operator).to_owned(), value.clone())
        }
        Plan::Compare(name, Meant::Part(operator, value)) => {
            Tree::Compare(name.clone(), (*operator).to_owned(), Given::Text(value.clone()))
        }
        Plan::And(left, right) => Tree::all([meaning(left), meaning(right)]),
        Plan::Or(left, right) => Tree::any([meaning(left), meaning(right)]),
        Plan::All(plans) => Tree::all(plans.iter().map(meaning)),
        Plan::Any(plans) => Tree::any(plans.iter().map(meaning)),
        Plan::OneOf(name, list) => Tree::any(each(name, "eq", list)),
        Plan::NoneOf(name, list) => Tree::all(each(name, "ne", list)),
    }
}

/// A value as it stands in a filter.
#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Quoted(String),
    Bare(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Literal(Literal),
}

/// Which of `and` and `or` binds tighter. The first is what the repository does; a filter should not hang on it.
#[derive(Clone, Copy, Debug)]
enum Precedence {
    AndFirst,
    OrFirst,
    LeftToRight,
}

/// Reads a filter: `property op value`, `and`, `or`, parentheses; in strings, `\\` and `\'` are the only escapes.
fn read(text: &str, precedence: Precedence) -> Result<Tree<Literal>, String> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let tree = expression(&mut rest, precedence)?;
    if rest.is_empty() { Ok(tree) } else { Err(format!("left over: {rest:?}")) }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
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

fn expression(rest: &mut &[Token], precedence: Precedence) -> Result<Tree<Literal>, String> {
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
fn grouped(operands: Vec<Tree<Literal>>, joints: &[bool], precedence: Precedence) -> Tree<Literal> {
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

fn operand(rest: &mut &[Token], precedence: Precedence) -> Result<Tree<Literal>, String> {
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
fn same(read: &Tree<Literal>, meant: &Tree<Given>) -> bool {
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
fn is_written(given: &Given, literal: &Literal) -> bool {
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
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned) && word != "-0",
    }
}

/// `2022-08-27T06:47:08.584Z`, the fraction of three digits or of seven.
fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "0000-00-00T00:00:00.000Z" | "0000-00-00T00:00:00.0000000Z")
}

/// The last whole 100 nanoseconds not after a time.
fn to_the_tick(time: Timestamp) -> Timestamp {
    Timestamp::from_nanosecond(time.as_nanosecond().div_euclid(100) * 100).unwrap()
}

/// Any text, those that could end a string early among it more often than chance would have them.
fn text() -> BoxedStrategy<String> {
    let pieces = [
        r"\",
        "'",
        r"\'",
        r"\\",
        "''",
        " ",
        "(",
        ")",
        " or ",
        " and ",
        "id eq ",
        "\n",
        "\r\n",
        "\0",
        "%",
        "&",
        "#",
        "+",
        "ß",
        "\u{1f511}",
        "\u{202e}",
        "\u{a0}",
        "x",
    ];
    prop_oneof![
        vec(any::<char>(), 0..12).prop_map(String::from_iter),
        vec(proptest::sample::select(pieces.to_vec()), 0..8).prop_map(|pieces| pieces.concat()),
    ]
    .boxed()
}

fn name() -> BoxedStrategy<String> {
    let letters = ('a'..='z').chain('A'..='Z').chain(['_']);
    let first: Vec<char> = letters.clone().collect();
    let later: Vec<char> = letters.chain('0'..='9').collect();
    let part = (proptest::sample::select(first), vec(proptest::sample::select(later), 0..6))
        .prop_map(|(first, later)| String::from(first) + &String::from_iter(later));
    vec(part, 1..4).prop_map(|parts| parts.join(".")).boxed()
}

fn guid() -> BoxedStrategy<Uuid> {
    any::<u128>().prop_map(Uuid::from_u128).boxed()
}

/// A time in the years that the repository knows.
fn time() -> BoxedStrategy<Timestamp> {
    let first: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
    let last: Timestamp = "9999-12-30T00:00:00Z".parse().unwrap();
    (first.as_second()..last.as_second(), prop_oneof![Just(0), 0..1_000_000_000])
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
        .boxed()
}

fn meant() -> BoxedStrategy<Meant> {
    let ordered = prop_oneof![
        any::<i64>().prop_map(Given::Integer),
        any::<u64>().prop_map(Given::Natural),
        proptest::num::f64::NORMAL.prop_map(Given::Decimal),
        (-1000_i32..1000).prop_map(|eighths| Given::Decimal(f64::from(eighths) / 8.0)),
        time().prop_map(Given::Date),
    ];
    let equal = prop_oneof![
        2 => text().prop_map(Given::Text),
        1 => guid().prop_map(Given::Guid),
        1 => any::<bool>().prop_map(Given::Flag),
        1 => ordered.clone(),
    ];
    prop_oneof![
        (proptest::sample::select(vec!["eq", "ne"]), equal)
            .prop_map(|(operator, value)| Meant::Equality(operator, value)),
        (proptest::sample::select(vec!["gt", "ge", "lt", "le"]), ordered)
            .prop_map(|(operator, value)| Meant::Order(operator, value)),
        (proptest::sample::select(vec!["sw", "ew", "so"]), text())
            .prop_map(|(operator, value)| Meant::Part(operator, value)),
    ]
    .boxed()
}

fn any_comparison() -> BoxedStrategy<Plan> {
    let list = prop_oneof![vec(text(), 1..4).prop_map(List::Texts), vec(guid(), 1..4).prop_map(List::Guids)];
    prop_oneof![
        4 => (name(), meant()).prop_map(|(name, meant)| Plan::Compare(name, meant)),
        1 => (name(), list.clone()).prop_map(|(name, list)| Plan::OneOf(name, list)),
        1 => (name(), list).prop_map(|(name, list)| Plan::NoneOf(name, list)),
    ]
    .boxed()
}

/// Comparisons, put together in every way.
fn plan(comparison: BoxedStrategy<Plan>, size: u32) -> BoxedStrategy<Plan> {
    comparison
        .prop_recursive(6, size, 4, |inner| {
            let pair = (inner.clone(), inner.clone()).prop_map(|(left, right)| (Box::new(left), Box::new(right)));
            prop_oneof![
                2 => pair.clone().prop_map(|(left, right)| Plan::And(left, right)),
                2 => pair.prop_map(|(left, right)| Plan::Or(left, right)),
                1 => vec(inner.clone(), 1..4).prop_map(Plan::All),
                1 => vec(inner, 1..4).prop_map(Plan::Any),
            ]
        })
        .boxed()
}

fn check<T: Debug>(cases: u32, values: &BoxedStrategy<T>, test: impl Fn(T) -> Result<(), TestCaseError>) -> Checked {
    // A failure prints its smallest case; it belongs into a table then, not into a file that a test run leaves behind.
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(values, test).map_err(|error| error.to_string().into())
}

#[test]
fn expressions_read_back_as_they_were_built() -> Checked {
    check(2_000, &plan(any_comparison(), 24), |plan| {
        let built = build(&plan).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let meant = meaning(&plan);
        for precedence in [Precedence::AndFirst, Precedence::OrFirst, Precedence::LeftToRight] {
            let read = read(built.as_str(), precedence)
                .map_err(|error| TestCaseError::fail(format!("{precedence:?}: {error}: {built:?}")))?;
            prop_assert!(same(&read, &meant), "{:?}: {:?} reads as {:?}", precedence, built, read);
        }
        Ok(())
    })
}

#[test]
fn no_string_escapes_its_quotes() -> Checked {
    check(4_000, &text(), |text| {
        let built = property!("user.name").eq(text.as_str());
        let expected = Tree::Compare("user.name".to_owned(), "eq".to_owned(), Literal::Quoted(text.clone()));
        prop_assert_eq!(read(built.as_str(), Precedence::AndFirst), Ok(expected));
        prop_assert_eq!(&built, &property!("user.name").eq(&text));
        prop_assert_eq!(&built, &property!("user.name").eq(Cow::Owned::<str>(text)));
        Ok(())
    })
}

#[test]
fn a_property_is_a_name_or_an_error() -> Checked {
    let almost = vec(proptest::sample::select("aZ_9. -'()@é\n".chars().collect::<Vec<_>>()), 0..8);
    let candidates = prop_oneof![name(), text(), almost.prop_map(String::from_iter)].boxed();
    check(4_000, &candidates, |candidate| {
        let is_name = candidate.split('.').all(|part| {
            part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && part.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
        });
        prop_assert_eq!(Property::checked(&candidate).is_some(), is_name);
        match Property::new(&candidate) {
            Ok(property) => {
                prop_assert!(is_name);
                prop_assert_eq!(property.name(), &candidate);
                let expected = Tree::Compare(candidate.clone(), "eq".to_owned(), Literal::Bare("1".to_owned()));
                prop_assert_eq!(read(property.eq(1).as_str(), Precedence::AndFirst), Ok(expected));
            }
            Err(error) => {
                prop_assert!(!is_name);
                prop_assert_eq!(error.kind(), FilterErrorKind::InvalidProperty);
                prop_assert!(!error.to_string().contains(char::is_control), "{}", error);
            }
        }
        Ok(())
    })
}

#[test]
#[allow(clippy::needless_borrows_for_generic_args, reason = "that references are values is part of what is tested")]
fn every_operator_is_written_for_every_value() {
    let property = property!("p");
    let guid = Uuid::from_u128(0x6dc6_ea4b_0000_4000_8000_0000_0000_000a);
    let time: Timestamp = "2022-08-27T06:47:08.584Z".parse().unwrap();
    let number = |number| Decimal::new(number).unwrap();
    let date = |text: &str| property.eq(text.parse::<Timestamp>().unwrap());
    for (built, expected) in [
        (property.eq("CORP"), "p eq 'CORP'"),
        (property.ne(String::from("CORP")), "p ne 'CORP'"),
        (property.ne(&String::from("CORP")), "p ne 'CORP'"),
        (property.sw(Cow::Borrowed("CO")), "p sw 'CO'"),
        (property.ew(&&"RP"), "p ew 'RP'"),
        (property.so("OR"), "p so 'OR'"),
        (property.eq(""), "p eq ''"),
        (property.eq("O'Neil"), r"p eq 'O\'Neil'"),
        (property.eq(r"CORP\ada"), r"p eq 'CORP\\ada'"),
        (property.eq(r"\'"), r"p eq '\\\''"),
        (property.eq("' or 'a' eq 'a"), r"p eq '\' or \'a\' eq \'a'"),
        (property.eq("a\r\n\t\0b"), "p eq 'a\r\n\t\0b'"),
        (property.eq("Åsa 100% & #1"), "p eq 'Åsa 100% & #1'"),
        (property.eq("True"), "p eq 'True'"),
        (property.eq(guid), "p eq 6dc6ea4b-0000-4000-8000-00000000000a"),
        (property.ne(&guid), "p ne 6dc6ea4b-0000-4000-8000-00000000000a"),
        (property.eq(Uuid::nil()), "p eq 00000000-0000-0000-0000-000000000000"),
        (property.eq(true), "p eq True"),
        (property.ne(false), "p ne False"),
        (property.gt(7), "p gt 7"),
        (property.ge(-7_i8), "p ge -7"),
        (property.lt(0_usize), "p lt 0"),
        (property.le(i64::MIN), "p le -9223372036854775808"),
        (property.eq(u64::MAX), "p eq 18446744073709551615"),
        (property.eq(&1_u16), "p eq 1"),
        (property.ge(number(0.25)), "p ge 0.25"),
        (property.lt(number(0.1)), "p lt 0.1"),
        (property.eq(number(7.0)), "p eq 7"),
        (property.eq(number(-0.0)), "p eq 0"),
        (property.gt(number(-1.5e-7)), "p gt -0.00000015"),
        (property.le(number(1e21)), "p le 1000000000000000000000"),
        (property.eq(time), "p eq '2022-08-27T06:47:08.584Z'"),
        (property.gt(&time), "p gt '2022-08-27T06:47:08.584Z'"),
        (property.ge(time), "p ge '2022-08-27T06:47:08.584Z'"),
        (property.lt(time), "p lt '2022-08-27T06:47:08.584Z'"),
        (property.le(time), "p le '2022-08-27T06:47:08.584Z'"),
        (date("2022-08-27T08:47:08+02:00"), "p eq '2022-08-27T06:47:08.000Z'"),
        (date("2022-08-27T06:47:08.5841234Z"), "p eq '2022-08-27T06:47:08.5841234Z'"),
        (date("2022-08-27T06:47:08.584001Z"), "p eq '2022-08-27T06:47:08.5840010Z'"),
        (date("2022-08-27T06:47:08.584123456Z"), "p eq '2022-08-27T06:47:08.5841234Z'"),
        (date("1753-01-01T00:00:00Z"), "p eq '1753-01-01T00:00:00.000Z'"),
        (date("1969-12-31T23:59:59.999999999Z"), "p eq '1969-12-31T23:59:59.9999999Z'"),
    ] {
        assert_eq!(built.as_str(), expected);
        assert_eq!(built.to_string(), expected);
        assert_eq!(String::from(&built), expected);
        assert_eq!(built.as_ref(), expected);
        assert_eq!(String::from(built), expected);
    }
}

#[test]
fn parentheses_stand_where_and_meets_or() {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| Property::new(name).unwrap().eq(1));
    let [a, b, c, d] = [&a, &b, &c, &d].map(|each| move || each.clone());
    for (built, expected) in [
        (a().and(b()).and(c()), "a eq 1 and b eq 1 and c eq 1"),
        (a().and(b().and(c())), "a eq 1 and b eq 1 and c eq 1"),
        (a().or(b().or(c())).or(d()), "a eq 1 or b eq 1 or c eq 1 or d eq 1"),
        (a().or(b()).and(c()), "(a eq 1 or b eq 1) and c eq 1"),
        (a().and(b().or(c())), "a eq 1 and (b eq 1 or c eq 1)"),
        (a().and(b()).or(c()), "(a eq 1 and b eq 1) or c eq 1"),
        (a().or(b().and(c())), "a eq 1 or (b eq 1 and c eq 1)"),
        (a().or(b()).and(c().or(d())), "(a eq 1 or b eq 1) and (c eq 1 or d eq 1)"),
        (a().or(b()).and(c()).or(d()), "((a eq 1 or b eq 1) and c eq 1) or d eq 1"),
        (filter::all([a()]).unwrap().or(b()), "a eq 1 or b eq 1"),
        (filter::any([a()]).unwrap().and(b()), "a eq 1 and b eq 1"),
        (filter::all([a().or(b()), c()]).unwrap(), "(a eq 1 or b eq 1) and c eq 1"),
        (filter::any([a().or(b()), c().and(d())]).unwrap(), "a eq 1 or b eq 1 or (c eq 1 and d eq 1)"),
        (property!("x").one_of([1, 2]).unwrap().and(a()), "(x eq 1 or x eq 2) and a eq 1"),
        (property!("x").none_of([1, 2]).unwrap().and(a()), "x ne 1 and x ne 2 and a eq 1"),
        (property!("x").one_of([1]).unwrap().and(a()), "x eq 1 and a eq 1"),
        // Parentheses within a string are none.
        (property!("x").eq(") or (").and(a()), "x eq ') or (' and a eq 1"),
    ] {
        assert_eq!(built.as_str(), expected);
    }
}

#[test]
fn expressions_without_a_form_are_refused() {
    let empty = [
        filter::any([]),
        filter::all([]),
        property!("user.id").one_of(Vec::<Uuid>::new()),
        property!("user.id").none_of::<&str>([]),
    ];
    let messages: Vec<String> = empty
        .into_iter()
        .map(|refused| {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), FilterErrorKind::EmptyList);
            error.to_string()
        })
        .collect();
    assert_eq!(
        messages,
        [
            "no filters to choose from, and a filter has no form for an empty list",
            "no filters to join, and a filter has no form for an empty list",
            "no values for 'user.id', and a filter has no form for an empty list",
            "no values for 'user.id', and a filter has no form for an empty list",
        ]
    );

    for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let error = Decimal::try_from(number).unwrap_err();
        assert_eq!(error.kind(), FilterErrorKind::NotFinite);
        assert_eq!(error.to_string(), format!("{shown} is no number that a filter can hold"));
    }

    let rule = "is no property name: it takes ASCII letters, digits and '_', in parts joined by '.', and no part \
                starts with a digit";
    let long = "é".repeat(1_000);
    for (name, shown) in [
        ("", String::new()),
        (".", ".".to_owned()),
        ("a.", "a.".to_owned()),
        (".a", ".a".to_owned()),
        ("a..b", "a..b".to_owned()),
        ("1a", "1a".to_owned()),
        ("a.1b", "a.1b".to_owned()),
        ("användare", "användare".to_owned()),
        ("user-id", "user-id".to_owned()),
        ("a eq 1 or b", "a eq 1 or b".to_owned()),
        ("a\n'\"", r#"a\n\'\""#.to_owned()),
        (&long, "é".repeat(64) + "…"),
    ] {
        let error = Property::new(name).unwrap_err();
        assert_eq!(error.kind(), FilterErrorKind::InvalidProperty);
        assert_eq!(error.to_string(), format!("\"{shown}\" {rule}"));
    }
    for name in ["a", "_", "a1.b2._3", "user.userDirectory", "USER"] {
        assert_eq!(Property::new(name).unwrap().to_string(), name);
    }
}

#[test]
fn a_debug_form_shows_the_expression_on_one_line() {
    let built = property!("name").eq("O'Neil\r\n\u{1b}[31mÅ");
    assert_eq!(format!("{built:?}"), r"Filter(name eq 'O\'Neil\r\n\u{1b}[31mÅ')");
}

/// What is quadratic takes minutes here.
#[test]
fn long_lists_take_linear_time() {
    let ids: Vec<Uuid> = (0..200_000).map(Uuid::from_u128).collect();
    let one_of = property!("user.id").one_of(&ids).unwrap();
    let folded =
        ids.iter().skip(1).fold(property!("user.id").eq(ids[0]), |built, id| built.or(property!("user.id").eq(id)));
    assert_eq!(one_of, folded);
    assert_eq!(one_of, filter::any(ids.iter().map(|id| property!("user.id").eq(id))).unwrap());
    assert_eq!(one_of.as_str().len(), 200_000 * "user.id eq 00000000-0000-0000-0000-000000000000 or ".len() - 4);

    let ten_thousand = property!("user.id").one_of(&ids[..10_000]).unwrap();
    let expected = ids[..10_000]
        .iter()
        .map(|id| Tree::Compare("user.id".to_owned(), "eq".to_owned(), Literal::Bare(id.to_string())));
    assert_eq!(read(ten_thousand.as_str(), Precedence::AndFirst), Ok(Tree::Any(expected.collect())));
}

#[test]
fn deep_nesting_exhausts_no_stack() {
    let leaf = || property!("a").eq(1);
    let deep = (0..20_000).fold(leaf(), |built, turn| if turn % 2 == 0 { built.and(leaf()) } else { built.or(leaf()) });
    assert_eq!(deep.as_str().matches('(').count(), 19_999);
    assert_eq!(deep.as_str().matches(')').count(), 19_999);
    let copy = deep.clone();
    drop(deep);
    assert_eq!(copy.as_str().matches("a eq 1").count(), 20_001);
}

#[test]
fn filters_travel_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<Filter>();
    travels::<Property<'static>>();
    travels::<FilterError>();
}

/// A row of the site, and what each of its properties holds.
#[derive(Clone, Debug)]
struct Row {
    id: Uuid,
    created: Timestamp,
    name: String,
    directory: String,
    quarantined: bool,
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "createdDate": format!("{:.7}", self.created),
            "user": { "id": Uuid::from_u128(!self.id.as_u128()), "name": self.name, "userDirectory": self.directory },
            "quarantined": self.quarantined,
        })
    }

    fn get(&self, property: &str) -> Given {
        match property {
            "id" => Given::Guid(self.id),
            "createdDate" => Given::Date(self.created),
            "user.name" => Given::Text(self.name.clone()),
            "user.userDirectory" => Given::Text(self.directory.clone()),
            "quarantined" => Given::Flag(self.quarantined),
            other => unreachable!("{other}"),
        }
    }

    /// Whether a filter that was meant so keeps this row. The names here have no letters that differ in case only,
    /// since a site may compare them with or without regard to it.
    fn passes(&self, meant: &Tree<Given>) -> bool {
        match meant {
            Tree::All(parts) => parts.iter().all(|part| self.passes(part)),
            Tree::Any(parts) => parts.iter().any(|part| self.passes(part)),
            Tree::Compare(property, operator, given) => match (self.get(property), operator.as_str(), given) {
                (found, "eq", given) => found == *given,
                (found, "ne", given) => found != *given,
                (Given::Text(found), "sw", Given::Text(given)) => found.starts_with(given.as_str()),
                (Given::Text(found), "ew", Given::Text(given)) => found.ends_with(given.as_str()),
                (Given::Text(found), "so", Given::Text(given)) => found.contains(given.as_str()),
                (Given::Date(found), "gt", Given::Date(given)) => found > *given,
                (Given::Date(found), "ge", Given::Date(given)) => found >= *given,
                (Given::Date(found), "lt", Given::Date(given)) => found < *given,
                (Given::Date(found), "le", Given::Date(given)) => found <= *given,
                other => unreachable!("{other:?}"),
            },
        }
    }
}

const NAMES: [&str; 12] =
    ["", "'", r"\", r"\'", r"'\", "ada", "o'neil", "a & b", "#1", "100%+", "\u{e5}sa \u{1f511}", "x\r\n\ty') or ("];

fn rows() -> Vec<Row> {
    let start: Timestamp = "2022-08-27T06:47:08.584Z".parse().unwrap();
    let row = |at: usize| Row {
        id: Uuid::from_u128(0xa110_0000 + at as u128),
        created: start + SignedDuration::from_micros(i64::try_from(at).unwrap() * 250),
        name: NAMES[at % NAMES.len()].to_owned(),
        directory: ["corp", r"e'a\st"][at % 2].to_owned(),
        quarantined: at.is_multiple_of(3),
    };
    (0..24).map(row).collect()
}

/// Comparisons that are true for some of the rows.
fn comparison_with_rows() -> BoxedStrategy<Plan> {
    let select = |choices: &[&'static str]| proptest::sample::select(choices.to_vec());
    let row = proptest::sample::select(rows());
    let named = |name: &str, meant| Plan::Compare(name.to_owned(), meant);
    prop_oneof![
        (
            row.clone(),
            select(&["id", "createdDate", "user.name", "user.userDirectory", "quarantined"]),
            select(&["eq", "ne"])
        )
            .prop_map(move |(row, name, operator)| named(name, Meant::Equality(operator, row.get(name)))),
        (row.clone(), select(&["gt", "ge", "lt", "le"]))
            .prop_map(move |(row, operator)| named("createdDate", Meant::Order(operator, Given::Date(row.created)))),
        (select(&NAMES), select(&["sw", "ew", "so"]), select(&["user.name", "user.userDirectory"]))
            .prop_map(move |(part, operator, name)| named(name, Meant::Part(operator, part.to_owned()))),
        vec(row.clone(), 1..4)
            .prop_map(|rows| { Plan::OneOf("id".to_owned(), List::Guids(rows.iter().map(|row| row.id).collect())) }),
        vec(row, 1..4).prop_map(|rows| {
            Plan::NoneOf("user.name".to_owned(), List::Texts(rows.into_iter().map(|row| row.name).collect()))
        }),
    ]
    .boxed()
}

#[test]
fn a_site_keeps_the_matching_rows() -> Checked {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let site = runtime.block_on(StandIn::start())?;
    let client = builder_for(&site)?.build()?;
    let rows = rows();
    site.clear();
    for row in &rows {
        site.push_allocation(Pool::Professional, row.json().as_object().ok_or("a row is an object")?.clone());
    }
    check(300, &plan(comparison_with_rows(), 10), |plan| {
        let fail = |error: &dyn std::error::Error| TestCaseError::fail(error.to_string());
        let built = build(&plan).map_err(|error| fail(&error))?;
        let meant = meaning(&plan);
        let answer = runtime.block_on(client.get_professional_access_types().filter(&built).send());
        let kept: HashSet<Uuid> =
            answer.map_err(|error| fail(&error))?.into_iter().filter_map(|allocation| allocation.id).collect();
        let expected: HashSet<Uuid> = rows.iter().filter(|row| row.passes(&meant)).map(|row| row.id).collect();
        prop_assert_eq!(kept, expected, "{:?}", built);
        site.forget_requests();
        Ok(())
    })
}

#[tokio::test]
async fn every_filter_parameter_takes_a_filter() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let sent = || Some(site.last_request()?.parameter("filter")?.to_owned());

    let of_o_neil = property!("user.userId").eq("o'neil").and(property!("user.name").eq(r"O'Neil \ East"));
    let found = client.get_analyzer_access_types().filter(of_o_neil.clone()).send().await?;
    assert_eq!(found.iter().map(|pass| pass.id).collect::<Vec<_>>(), [Some(seed::PASS_OF_O_NEIL)]);
    assert_eq!(sent().as_deref(), Some(of_o_neil.as_str()));

    let of_ada = property!("user.id").one_of([seed::ADA, seed::BJORN])?;
    assert_eq!(client.get_user_access_types().filter(of_ada).send().await?.len(), 1);

    for (tokens, found) in [(4, 1), (5, 0)] {
        let large = property!("tokensUsed").ge(tokens);
        assert_eq!(client.get_login_access_types().filter(large).send().await?.len(), found);
    }

    let enabled = property!("disabled").eq(false).and(property!("type").le(Decimal::new(2.0)?));
    assert_eq!(client.get_license_rules().filter(&enabled).send().await?.len(), 1);
    assert_eq!(client.get_license_rules_full().filter(&enabled).send().await?.len(), 1);
    assert_eq!(sent().as_deref(), Some("disabled eq False and type le 2"));

    let users = property!("userDirectory").eq("CORP").and(property!("name").sw("Ada"));
    let audit = client.audit_license_rules(LicenseAuditRequest::new().user_filter(users)).send().await?;
    assert_eq!(audit.matrix.map(|matrix| matrix.len()), Some(2), "one user by two rules");

    let of_no_type = property!("user.id").eq(seed::ADA.to_string());
    let error = client.get_user_access_types().filter(of_no_type).send().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "a GUID is not a string");
    Ok(())
}
