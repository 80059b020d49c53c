//! Filters: what is built is read back as what was meant, by a parser that was written from what is known of the language,
//! not from the builder.

mod support;

use std::fmt::Debug;

use jiff::Timestamp;
use proptest::prelude::*;
use qrs_generated::filter::{Decimal, Filter, FilterErrorKind, Property, all, any};
use qrs_generated::property;
use qrs_tests::{StandIn, seed};
use uuid::Uuid;

use support::{Checked, builder_for};

/// A filter as the language has it.
#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    Compare { property: String, operator: String, value: Literal },
    All(Vec<Meaning>),
    Any(Vec<Meaning>),
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Quoted(String),
    Bare(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

/// Strings stand in single quotes, with `\` before a `\` or a `'`; what is left is words and parentheses.
fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            ' ' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match rest.next().ok_or("a string has no end")? {
                        '\'' => break,
                        '\\' => quoted.push(rest.next().filter(|next| "\\'".contains(*next)).ok_or("a bad escape")?),
                        other => quoted.push(other),
                    }
                }
                tokens.push(Token::Quoted(quoted));
            }
            first => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|next| !" ()'".contains(*next)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

/// `and` binds tighter than `or`; parentheses tighter than both.
struct Parser(std::iter::Peekable<std::vec::IntoIter<Token>>);

impl Parser {
    fn parse(text: &str) -> Result<Meaning, String> {
        let mut parser = Self(tokens(text)?.into_iter().peekable());
        let meaning = parser.any()?;
        match parser.0.next() {
            None => Ok(meaning),
            Some(token) => Err(format!("{token:?} is left in {text}")),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        self.0.next_if(|token| matches!(token, Token::Word(found) if found == word)).is_some()
    }

    fn any(&mut self) -> Result<Meaning, String> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(flat(parts, Meaning::Any))
    }

    fn all(&mut self) -> Result<Meaning, String> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(flat(parts, Meaning::All))
    }

    fn one(&mut self) -> Result<Meaning, String> {
        match self.0.next() {
            Some(Token::Open) => {
                let inner = self.any()?;
                match self.0.next() {
                    Some(Token::Close) => Ok(inner),
                    other => Err(format!("{other:?} where `)` was due")),
                }
            }
            Some(Token::Word(property)) => match (self.0.next(), self.0.next()) {
                (Some(Token::Word(operator)), Some(value)) => {
                    let value = match value {
                        Token::Quoted(text) => Literal::Quoted(text),
                        Token::Word(text) => Literal::Bare(text),
                        other => return Err(format!("{other:?} where a value was due")),
                    };
                    Ok(Meaning::Compare { property, operator, value })
                }
                other => Err(format!("{other:?} after {property}")),
            },
            other => Err(format!("{other:?} where a comparison was due")),
        }
    }
}

/// Both joints are associative: what is joined by the same one lies side by side.
fn flat(parts: Vec<Meaning>, join: fn(Vec<Meaning>) -> Meaning) -> Meaning {
    let joint = std::mem::discriminant(&join(Vec::new()));
    let mut out = Vec::new();
    for part in parts {
        let same = std::mem::discriminant(&part) == joint;
        match part {
            Meaning::All(inner) | Meaning::Any(inner) if same => out.extend(inner),
            other => out.push(other),
        }
    }
    if out.len() == 1 { out.remove(0) } else { join(out) }
}

/// A filter, and what it is meant to say.
type Pair = (Filter, Meaning);

fn compare(name: &str, operator: &str, value: Literal) -> Meaning {
    Meaning::Compare { property: name.to_owned(), operator: operator.to_owned(), value }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![any_text(), r"[ '\\()a-z]{0,12}", Just(String::new()), Just("' or 1 eq 1 or a eq '".to_owned())]
}

fn any_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::char::any(), 0..12).prop_map(String::from_iter)
}

fn comparisons() -> impl Strategy<Value = Pair> {
    const NAME: Property<'_> = property!("user.userDirectory");
    let text = (texts(), 0..5_usize).prop_map(|(text, operator)| {
        let (filter, operator) = match operator {
            0 => (NAME.eq(&text), "eq"),
            1 => (NAME.ne(&text), "ne"),
            2 => (NAME.sw(&text), "sw"),
            3 => (NAME.ew(&text), "ew"),
            _ => (NAME.so(&text), "so"),
        };
        (filter, compare(NAME.name(), operator, Literal::Quoted(text)))
    });
    let number = (proptest::num::i64::ANY, 0..4_usize).prop_map(|(number, operator)| {
        let (filter, operator) = match operator {
            0 => (NAME.gt(number), "gt"),
            1 => (NAME.ge(number), "ge"),
            2 => (NAME.lt(number), "lt"),
            _ => (NAME.le(number), "le"),
        };
        (filter, compare(NAME.name(), operator, Literal::Bare(number.to_string())))
    });
    let guid = proptest::num::u128::ANY.prop_map(|number| {
        let id = Uuid::from_u128(number);
        (NAME.eq(id), compare(NAME.name(), "eq", Literal::Bare(id.to_string())))
    });
    let flag = proptest::bool::ANY.prop_map(|flag| {
        let written = if flag { "True" } else { "False" };
        (NAME.ne(flag), compare(NAME.name(), "ne", Literal::Bare(written.to_owned())))
    });
    prop_oneof![text, number, guid, flag]
}

fn filters() -> impl Strategy<Value = Pair> {
    comparisons().prop_recursive(5, 40, 4, |inner| {
        let two =
            (inner.clone(), inner.clone(), proptest::bool::ANY).prop_map(|((one, first), (other, second), and)| {
                let meanings = vec![first, second];
                if and {
                    (one.and(other), flat(meanings, Meaning::All))
                } else {
                    (one.or(other), flat(meanings, Meaning::Any))
                }
            });
        let many = (proptest::collection::vec(inner, 1..4), proptest::bool::ANY).prop_map(|(pairs, and)| {
            let (filters, meanings): (Vec<Filter>, Vec<Meaning>) = pairs.into_iter().unzip();
            let joined = if and { all(filters) } else { any(filters) };
            let meaning = flat(meanings, if and { Meaning::All } else { Meaning::Any });
            (joined.unwrap_or_else(|error| unreachable!("the list is not empty: {error}")), meaning)
        });
        prop_oneof![two, many]
    })
}

proptest! {
    // A failure prints its filter; it is not kept in a file.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_built_says_what_was_meant((filter, meaning) in filters()) {
        prop_assert_eq!(Parser::parse(filter.as_str()), Ok(meaning), "{}", filter.as_str());
    }

    #[test]
    fn no_name_of_a_property_brings_a_condition_in(name in texts()) {
        if let Ok(property) = Property::new(&name) {
            let meaning = compare(&name, "eq", Literal::Bare("1".to_owned()));
            prop_assert_eq!(Parser::parse(property.eq(1).as_str()), Ok(meaning));
        }
    }
}

#[test]
fn values_are_written_as_the_repository_reads_them() -> Checked {
    let at = |text: &str| text.parse::<Timestamp>();
    let table = [
        (property!("a").eq("O'Neil \\ East"), r"a eq 'O\'Neil \\ East'"),
        (property!("a").eq(""), "a eq ''"),
        (property!("a.b_c").ne(Uuid::from_u128(10)), "a.b_c ne 00000000-0000-0000-0000-00000000000a"),
        (property!("a").eq(true), "a eq True"),
        (property!("a").ge(i64::MIN), "a ge -9223372036854775808"),
        (property!("a").lt(u64::MAX), "a lt 18446744073709551615"),
        (property!("a").le(Decimal::new(1e21)?), "a le 1000000000000000000000"),
        (property!("a").gt(Decimal::new(-0.0)?), "a gt 0"),
        (property!("a").gt(Decimal::new(0.25)?), "a gt 0.25"),
        (property!("a").gt(at("2022-08-27T06:47:08.584Z")?), "a gt '2022-08-27T06:47:08.584Z'"),
        (property!("a").gt(at("2022-08-27T08:47:08+02:00")?), "a gt '2022-08-27T06:47:08.000Z'"),
        (property!("a").gt(at("1753-01-01T00:00:00.0000001Z")?), "a gt '1753-01-01T00:00:00.0000001Z'"),
    ];
    for (filter, expected) in table {
        assert_eq!(filter.as_str(), expected);
    }
    Ok(())
}

#[test]
fn what_has_no_form_is_refused() {
    fn kind<T: Debug>(result: Result<T, qrs_generated::filter::FilterError>) -> Option<FilterErrorKind> {
        result.err().map(|error| error.kind())
    }
    assert_eq!(kind(any([])), Some(FilterErrorKind::EmptyList));
    assert_eq!(kind(all([])), Some(FilterErrorKind::EmptyList));
    assert_eq!(kind(property!("a").one_of::<Uuid>([])), Some(FilterErrorKind::EmptyList));
    assert_eq!(kind(property!("a").none_of::<&str>([])), Some(FilterErrorKind::EmptyList));
    assert_eq!(kind(Decimal::new(f64::NAN)), Some(FilterErrorKind::NotFinite));
    assert_eq!(kind(Decimal::new(f64::INFINITY)), Some(FilterErrorKind::NotFinite));
    for name in ["", ".", "a.", ".a", "a..b", "1a", "a b", "a'", "é", "a\n"] {
        assert_eq!(kind(Property::new(name)), Some(FilterErrorKind::InvalidProperty), "{name:?}");
    }
}

#[test]
fn ten_thousand_values_are_one_filter() -> Checked {
    let ids: Vec<Uuid> = (0..10_000).map(Uuid::from_u128).collect();
    let filter = property!("user.id").one_of(&ids)?.and(property!("quarantined").eq(false));
    assert!(filter.as_str().starts_with("(user.id eq 0") && filter.as_str().ends_with(") and quarantined eq False"));
    assert_eq!(filter.as_str().matches(" or ").count(), 9_999);
    Ok(())
}

#[tokio::test]
async fn a_site_finds_what_was_meant() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let name = property!("user.name");
    let table = [
        (name.eq("Björn Åkesson"), vec![seed::PASS_OF_BJORN]),
        (name.sw("Ada").or(name.ew("Åkesson")), vec![seed::PASS_OF_ADA, seed::PASS_OF_BJORN]),
        (property!("id").eq(seed::PASS_OF_ADA).and(property!("quarantined").eq(false)), vec![seed::PASS_OF_ADA]),
        (property!("createdDate").gt("2022-12-31T00:00:00Z".parse::<Timestamp>()?), vec![seed::PASS_OF_BJORN]),
        (name.eq(r"nobody' or user.name so '"), vec![]),
    ];
    for (filter, expected) in table {
        let text = filter.to_string();
        let found = client.get_professional_access_types().filter(filter).send().await?;
        let ids: Vec<Uuid> = found.iter().filter_map(|pass| pass.id).collect();
        assert_eq!(ids, expected, "{text}");
    }
    let strange = property!("user.userDirectory").eq("PARTNER; EAST").and(name.eq(r"O'Neil \ East"));
    let found = client.get_analyzer_access_types().filter(&strange).send().await?;
    assert_eq!(found.iter().map(|pass| pass.id).collect::<Vec<_>>(), [Some(seed::PASS_OF_O_NEIL)]);
    Ok(())
}
