//! The filter language, over one row.

use super::parse::MAX_DEPTH;
use super::*;
use serde_json::json;

static COLUMNS: [Column; 7] = [
    Column::new("id", Kind::Guid),
    Column::new("name", Kind::Text),
    Column::new("user.userDirectory", Kind::Text),
    Column::new("quarantined", Kind::Boolean),
    Column::new("tokensUsed", Kind::Number),
    Column::new("createdDate", Kind::Date),
    Column::new("absent", Kind::Text),
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
    let filter = Filter::parse(filter, COLUMNS.as_slice()).unwrap_or_else(|error| panic!("{error}"));
    filter.keeps(row.as_object().unwrap())
}

#[test]
fn rows_are_kept_by_type_and_operator() {
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
fn malformed_filters_are_refused() {
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
        let error = Filter::parse(filter, COLUMNS.as_slice()).map(|_| filter).unwrap_err();
        assert!(error.to_string().starts_with("Cannot parse the expression: "), "{filter}: {error}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| format!("{}name eq 'x'{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nested(MAX_DEPTH - 1), COLUMNS.as_slice()).is_ok());
    assert!(Filter::parse(&nested(MAX_DEPTH), COLUMNS.as_slice()).is_err());
    assert!(Filter::parse(&nested(100_000), COLUMNS.as_slice()).is_err());
}
