use client::types::*;
use client::{Nullable, Secret};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn round<T: DeserializeOwned + Serialize>(value: &Value) -> T {
    let read: T = serde_json::from_str(&value.to_string()).expect("it is read");
    assert_eq!(serde_json::to_value(&read).expect("it is written"), *value);
    read
}

#[test]
fn absent_is_told_from_null() {
    let body = |update: Update| serde_json::to_value(update).unwrap();
    assert_eq!(body(Update::new()), json!({}));
    assert_eq!(body(Update::new().name("n").tags(vec![])), json!({"name": "n", "tags": []}));
    assert_eq!(body(Update::new().name_null_2().secret_null()), json!({"name": null, "secret": null}));
    assert_eq!(body(Update::new().name_null("x")), json!({"name_null": "x"}));
    let read: Update = round(&json!({"name": null, "born": "2000-01-01", "secret": "s"}));
    assert_eq!((read.name, read.tags), (Nullable::Null, Nullable::Absent));
    assert_eq!(read.secret.as_ref().map(Secret::expose), Some("s"));
    let empty: Update = serde_json::from_value(json!({"born": ""})).unwrap();
    assert!(empty.born.is_null());
}

#[test]
fn null_comes_back_through_references() {
    let full = json!({
        "text": "t", "chain": "c", "object": {"a": "a"}, "any": "x", "old": {"a": "b"}, "listed": "on", "union": 5,
        "map": {"k": 1}, "list": [1], "beside": "y", "wrapped": {"a": "c"}, "combined": {"a": "d", "b": 2},
        "place": ["p"], "needed": "n", "pair": ["a", null],
    });
    round::<Links>(&full);
    for key in full.as_object().unwrap().keys().filter(|key| *key != "pair") {
        let mut one = json!({"needed": null, "pair": [null]});
        round::<Links>(&one);
        one[key] = Value::Null;
        round::<Links>(&one);
    }
    let cleared = Links::new(None, vec![]).text_null_2().chain_null().combined_null();
    let expected = json!({"needed": null, "pair": [], "text": null, "chain": null, "combined": null});
    assert_eq!(serde_json::to_value(cleared).unwrap(), expected);
}

#[test]
fn the_alternative_that_keeps_a_text_reads_it() {
    for moment in ["2024-01-02", "2024-01-02T03:04:05.120+05:30"] {
        round::<Links>(&json!({"needed": null, "pair": [], "moment": moment}));
    }
    for bytes in ["AAEC", "some text", "12"] {
        round::<Links>(&json!({"needed": null, "pair": [], "bytes": bytes}));
    }
}

#[test]
fn in_answers_they_are_the_same() {
    for value in [json!({"key": "k"}), json!({"key": "k", "name": null})] {
        assert_eq!(serde_json::from_value::<User>(value).unwrap().name, None);
    }
}

#[test]
fn each_side_is_asked_for_what_it_sends() {
    let made = Account::new("n", "p");
    assert_eq!(serde_json::to_value(&made).unwrap(), json!({"name": "n", "password": "p"}));
    let answer = json!({"id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "made": "2024-01-01T00:00:00Z", "name": "n"});
    let read: Account = round(&answer);
    assert!(read.id.is_some() && read.password.is_none());
}

#[test]
fn further_properties_come_back() {
    let account: Account = round(&json!({"name": "n", "age": 5, "size": -1}));
    assert_eq!(account.additional_properties["age"], 5);
    assert!(serde_json::from_value::<Account>(json!({"name": "n", "age": "old"})).is_err());
    let anything: Anything = round(&json!({"a": "b", "additional_properties": "c", "d": [1, {"e": null}]}));
    assert_eq!(anything.additional_properties.as_deref(), Some("c"));
    assert_eq!(anything.additional_properties_2.len(), 1);
    assert_eq!(round::<Patterned>(&json!({"a": "b", "x-1": 1})).additional_properties["x-1"], 1);
    round::<Several>(&json!({"x-1": 1, "y-1": "a"}));
    assert_eq!(round::<OpenPatterned>(&json!({"a": "b", "x-1": 1, "y": "c"})).additional_properties["y"], "c");
    assert_eq!(round::<OpenPatternedMap>(&json!({"x-1": 1, "y": "c"}))["y"], "c");
    assert_eq!(round::<AnyName>(&json!({"x-1": 1}))["x-1"], 1);
    assert_eq!(round::<ConditionalRest>(&json!({"a": true, "b": "c", "d": 1})).additional_properties["b"], "c");
    assert!(round::<Unevaluated>(&json!({"a": "a", "b": "b", "c": true})).additional_properties["c"]);
}

#[test]
fn sums_say_what_both_parts_say() {
    let narrow: Narrow = round(&json!({"size": 5, "state": "on", "part": {"a": "a", "b": 1}}));
    assert_eq!((narrow.size, narrow.state, narrow.part.b), (5, Some(NarrowState::On), Some(1)));
    assert_eq!(narrow.part.a, "a");
    let untyped: Untyped = round(&json!({"list": ["a"], "map": {"b": 1}}));
    assert_eq!(untyped.map.unwrap()["b"], 1);
}

#[test]
fn a_fault_beside_further_properties_is_found() {
    let fault = |body: Value| client::fault::<Unevaluated>(body.to_string().as_bytes());
    assert_eq!(fault(json!({"a": 5, "further": true})).as_deref(), Some("a"));
    assert_eq!(fault(json!({"a": "x", "b": [], "further": true})).as_deref(), Some("b"));
}

#[test]
fn what_is_missing_or_there_twice_is_said() {
    let error = |text: &str| serde_json::from_str::<Account>(text).unwrap_err().to_string();
    assert_eq!(error("{}"), "missing field `name` at line 1 column 2");
    assert_eq!(error(r#"{"name": "a", "name": "b"}"#), "duplicate field `name` at line 1 column 20");
    assert_eq!(error("[]"), "invalid type: sequence, expected an object (Account) at line 1 column 2");
}
