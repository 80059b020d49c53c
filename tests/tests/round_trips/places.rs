use client::types::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn round<T: DeserializeOwned + Serialize>(value: &Value) -> T {
    let read: T = serde_json::from_str(&value.to_string()).expect("it is read");
    assert_eq!(serde_json::to_value(&read).expect("it is written"), *value);
    read
}

#[test]
fn a_place_is_the_type_that_stands_there() {
    let answer: GetAResponse = round(&json!({
        "self": {"day": "2024-01-01"}, "nested": {"again": {"again": {}}}, "list": [{"z": "a"}], "item": {"z": "b"},
    }));
    let (list, item): (Vec<AListItem>, AListItem) = (answer.list.unwrap(), answer.item.unwrap());
    assert_eq!((list[0].z.as_deref(), item.z.as_deref()), (Some("a"), Some("b")));
    let uses: UsesAnchor = round(&json!({"a": {"i": {"x": "1"}, "j": {"x": "2"}}}));
    let same: [Option<AnchoredInner>; 2] = [uses.a.i, uses.a.j];
    assert!(same[0] != same[1]);
}

#[test]
fn types_of_themselves_come_back() {
    round::<First>(&json!({"a": {"a": {}, "b": {"b": {}}}}));
    assert_eq!(round::<Forest>(&json!([[], [[]]])).0.len(), 2);
    round::<Tuple>(&json!(["a", [["b", null], ["c", []]]]));
    round::<Self_>(&json!({"a": "x"}));
}
