use client::types::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads a value, and expects it to be written as it was read.
fn round<T: DeserializeOwned + Serialize>(value: Value) -> T {
    let read: T = serde_json::from_str(&value.to_string()).expect("it is read");
    assert_eq!(serde_json::to_value(&read).expect("it is written"), value);
    read
}

#[test]
fn a_union_within_a_union_reaches_the_inner_variant() {
    let signal = round::<Signal>(json!({"blue": "b"}));
    assert!(matches!(signal, Signal::Light(Light::Blue(_))), "{signal:?}");
    let signal = round::<Signal>(json!({"long": "l"}));
    assert!(matches!(signal, Signal::Radio(Radio::Long(_))), "{signal:?}");
    let word = round::<AllWord>(json!("2024-01-02"));
    assert!(matches!(word, AllWord::Word(Word::Date(_))), "{word:?}");
    let word = round::<AllWord>(json!(1.5));
    assert!(matches!(word, AllWord::Number(Number::Number(_))), "{word:?}");
    assert!(matches!(round::<Signal>(json!({"green": 1})), Signal::Unknown(_)));
}

#[test]
fn a_closed_object_takes_no_further_property() {
    let beside = round::<AllBeside>(json!({"long": "l"}));
    assert!(matches!(beside, AllBeside::Radio(Radio::Long(_))), "{beside:?}");
    let beside = round::<AllBeside>(json!({"reason": "r"}));
    assert!(matches!(beside, AllBeside::Silent(_)), "{beside:?}");
    round::<All>(json!({"rows": [{"height": 1}, {"height": 2}], "envelope": {"result": {"height": 3}}}));
    round::<All>(json!({"rows": [{"width": 1}], "envelope": {"result": {"width": 3}}}));
}

#[test]
fn an_absent_property_is_not_null() {
    let lines = |value: Value| round::<All>(json!({ "lines": value })).lines.unwrap();
    assert!(matches!(lines(json!([{}, {}])), AllLines::List2(_)), "{:?}", lines(json!([{}, {}])));
    assert!(matches!(lines(json!([{"number": null}])), AllLines::List(_)));
    assert!(matches!(lines(json!([{"text": "t"}, {}])), AllLines::List2(_)));
}

#[test]
fn a_number_that_no_float_holds_is_an_integer() {
    let figures = |value: Value| round::<All>(json!({ "figures": value })).figures.unwrap();
    assert!(matches!(figures(json!([9_007_199_254_740_993_i64])), AllFigures::List2(_)));
    assert!(matches!(figures(json!([1.5])), AllFigures::List(_)));
}

#[test]
fn a_union_with_tags_within_a_union_knows_only_its_tags() {
    let marked = |value: Value| round::<All>(json!({ "marked": value })).marked.unwrap();
    assert!(matches!(marked(json!({"type": 2, "text": "t"})), AllMarked::Coded(Coded::Two(_))));
    assert!(matches!(marked(json!({"text": "t"})), AllMarked::Open(_)));
    let read: All = serde_json::from_value(json!({"marked": {"text": "t", "other": 1}})).unwrap();
    assert!(matches!(read.marked, Some(AllMarked::Open(_))), "{read:?}");
    assert!(matches!(marked(json!({"note": "n", "coded": {"type": 2}})), AllMarked::Noted(_)));
}

#[test]
fn constants_of_any_type_tell_alternatives_apart() {
    let state = round::<State>(json!({"ok": false, "value": "v"}));
    assert!(matches!(state, State::Failed(_)), "{state:?}");
    let state = round::<State>(json!({"ok": 2, "value": "v"}));
    assert!(matches!(state, State::Waiting(_)), "{state:?}");
    assert!(matches!(round::<State>(json!({"ok": 3, "value": "v"})), State::Unknown(_)));
}

#[test]
fn constants_tell_alternatives_apart_at_every_depth() {
    let deep = |value: Value| round::<All>(json!({ "deep": value })).deep.unwrap();
    assert!(matches!(deep(json!({"m": {"k": 1}})), AllDeep::First(_)));
    assert!(matches!(deep(json!({"m": {"k": 2}})), AllDeep::Second(_)));
    let results = |value: Value| round::<All>(json!({ "results": value })).results.unwrap();
    assert!(matches!(results(json!([{"ok": true}])), AllResults::List(_)));
    assert!(matches!(results(json!([{"ok": false}, {"ok": false, "why": 1}])), AllResults::List2(_)));
    assert!(matches!(results(json!({"a": {"ok": true}})), AllResults::Object(_)));
    assert!(matches!(results(json!({"a": {"ok": false}, "b": {"ok": false}})), AllResults::Object2(_)));
}

#[test]
fn any_of_keeps_all_that_holds_together() {
    let Search::Several(parts) = round::<Search>(json!({"name": "n", "age": 3})) else { panic!("both hold") };
    assert_eq!(parts.len(), 2);
    assert!(matches!(round::<Search>(json!({"age": 3})), Search::ByAge(_)));
    let both = Search::Several(vec![ByName::new("n").into(), ByAge::new(3).into()]);
    assert_eq!(serde_json::to_value(both).unwrap(), json!({"name": "n", "age": 3}));
}

#[test]
fn tags_of_any_type_select_the_variant_and_keep_their_type() {
    assert!(matches!(round::<Coded>(json!({"type": 1, "text": "t"})), Coded::One(_)));
    assert!(matches!(round::<Coded>(json!({"type": 2, "text": "t"})), Coded::Two(_)));
    assert!(matches!(round::<Coded>(json!({"type": 3})), Coded::Unknown(_)));
    let two: Coded = Two::new().text("t").into();
    assert_eq!(serde_json::to_value(two).unwrap(), json!({"type": 2, "text": "t"}));
    assert!(matches!(round::<Flagged>(json!({"on": false, "until": "u"})), Flagged::Off(_)));
}

#[test]
fn properties_under_a_condition_are_kept() {
    round::<Address>(json!({"country": "US", "zip": "1"}));
    round::<Address>(json!({"country": "SE", "postcode": "2"}));
}

#[test]
fn numbers_with_the_format_of_an_integer_are_exact() {
    round::<All>(json!({"exact": 9_007_199_254_740_993_i64}));
}
