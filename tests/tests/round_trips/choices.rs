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
fn lists_that_always_have_all_items_are_tuples() {
    let lists: Lists = round(&json!({"closed": ["a", 1], "bounded": ["b", 2], "shorter": ["c"], "longer": ["d", 3, 4]}));
    assert_eq!((lists.closed, lists.bounded), (Some(("a".to_owned(), 1)), Some(("b".to_owned(), 2))));
    round::<Lists>(&json!({"shorter": []}));
    assert!(serde_json::from_value::<Lists>(json!({"closed": ["a"]})).is_err());
}

#[test]
fn times_keep_their_offsets() {
    let times: Times = round(&json!({"at": "2024-01-02T03:04:05.120+05:30"}));
    assert_eq!(times.at.map(|at| at.timestamp().to_string()).as_deref(), Some("2024-01-01T21:34:05.12Z"));
    round::<Times>(&json!({"at": "9999-12-31T23:59:59Z", "untyped": [1, "no time"]}));
}

#[test]
fn a_property_of_any_type_keeps_null() {
    assert_eq!(round::<Times>(&json!({"any": null})).any, Some(Value::Null));
    assert_eq!(round::<Times>(&json!({})).any, None);
}

#[test]
fn read_only_counts_at_the_property_itself() {
    let thing = serde_json::to_value(Thing::new("r".to_owned(), "c".to_owned())).unwrap();
    assert_eq!(thing, json!({"referred": "r", "combined": "c"}));
}

#[test]
fn the_tag_of_the_value_itself_is_sent() {
    for tag in ["cat", "kitty"] {
        assert!(matches!(round::<Animal>(&json!({"kind": tag, "lives": 9})), Animal::Cat(_)));
    }
    assert_eq!(serde_json::to_value(Animal::Cat(Cat::new("kitty"))).unwrap(), json!({"kind": "kitty"}));
    assert_eq!(serde_json::to_value(Animal::Cat(Cat::new("dog"))).unwrap(), json!({"kind": "dog"}));
    assert_eq!(serde_json::to_value(Animal::Dog(Dog::new())).unwrap(), json!({"kind": "dog"}));
}
