//! The filter builder: an independent parser reads its expressions back as they were meant, and a site keeps the rows that
//! were meant.

#![allow(clippy::unwrap_used, reason = "the configuration allows it in the tests themselves, not in what they share")]

mod plan;
mod random;
mod reading;
mod site;
#[path = "../support/mod.rs"]
mod support;

use std::borrow::Cow;
use std::fmt::Debug;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq};
use qrs_generated::filter::{self, Decimal, Filter, FilterError, FilterErrorKind, Property};
use qrs_generated::property;
use uuid::Uuid;

use plan::{Tree, build, meaning};
use random::{any_comparison, name, plan, text};
use reading::{Literal, Precedence, read, same};
use support::Checked;

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

/// Quadratic work takes minutes here.
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
