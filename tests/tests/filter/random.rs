//! Random filters.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use uuid::Uuid;

use crate::plan::{Given, List, Meant, Plan};

/// Any text, those that could end a string early among it more often than chance would have them.
pub(crate) fn text() -> BoxedStrategy<String> {
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

pub(crate) fn name() -> BoxedStrategy<String> {
    let letters = ('a'..='z').chain('A'..='Z').chain(['_']);
    let first: Vec<char> = letters.clone().collect();
    let later: Vec<char> = letters.chain('0'..='9').collect();
    let part = (proptest::sample::select(first), vec(proptest::sample::select(later), 0..6))
        .prop_map(|(first, later)| String::from(first) + &String::from_iter(later));
    vec(part, 1..4).prop_map(|parts| parts.join(".")).boxed()
}

pub(crate) fn guid() -> BoxedStrategy<Uuid> {
    any::<u128>().prop_map(Uuid::from_u128).boxed()
}

/// A time in the years that the repository knows.
pub(crate) fn time() -> BoxedStrategy<Timestamp> {
    let first: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
    let last: Timestamp = "9999-12-30T00:00:00Z".parse().unwrap();
    (first.as_second()..last.as_second(), prop_oneof![Just(0), 0..1_000_000_000])
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
        .boxed()
}

pub(crate) fn meant() -> BoxedStrategy<Meant> {
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

pub(crate) fn any_comparison() -> BoxedStrategy<Plan> {
    let list = prop_oneof![vec(text(), 1..4).prop_map(List::Texts), vec(guid(), 1..4).prop_map(List::Guids)];
    prop_oneof![
        4 => (name(), meant()).prop_map(|(name, meant)| Plan::Compare(name, meant)),
        1 => (name(), list.clone()).prop_map(|(name, list)| Plan::OneOf(name, list)),
        1 => (name(), list).prop_map(|(name, list)| Plan::NoneOf(name, list)),
    ]
    .boxed()
}

/// Comparisons, put together in every way.
pub(crate) fn plan(comparison: BoxedStrategy<Plan>, size: u32) -> BoxedStrategy<Plan> {
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
