use client::types::*;
use serde_json::{Value, json};

fn round(value: &Value) -> Pet {
    let read: Pet = serde_json::from_value(value.clone()).expect("it is read");
    assert_eq!(serde_json::to_value(&read).expect("it is written"), *value);
    read
}

#[test]
fn a_parent_stands_for_its_children() {
    assert!(matches!(round(&json!({"petType": "puppy", "name": "a", "loud": true})), Pet::Dog(_)));
    assert!(matches!(round(&json!({"petType": "Cat", "name": "a", "lives": 9})), Pet::Cat(_)));
    assert!(matches!(round(&json!({"petType": "Kitten", "name": "a", "lives": 9, "days": 1})), Pet::Kitten(_)));
    assert!(matches!(round(&json!({"petType": "Pet", "name": "a"})), Pet::Pet(_)));
    assert!(matches!(round(&json!({"petType": "Emu", "name": "a", "tall": 2})), Pet::Unknown(_)));
    let friend = json!({"petType": "Cat", "name": "b", "lives": 9});
    let Pet::Cat(cat) = round(&json!({"petType": "Cat", "name": "a", "lives": 8, "friend": friend})) else {
        panic!("it is a cat")
    };
    assert!(matches!(cat.friend.as_deref(), Some(Pet::Cat(_))));
}

#[test]
fn null_beside_a_reference_is_allowed() {
    for value in [json!({"first": null}), json!({"first": null, "second": null})] {
        let owner: Owner = serde_json::from_value(value.clone()).expect("it is read");
        assert_eq!(owner.first, None);
        assert_eq!(serde_json::to_value(&owner).expect("it is written"), value);
    }
}

#[test]
fn a_parent_has_the_tag_that_the_mapping_gives_it() {
    let read = |value: Value| -> Shape { serde_json::from_value(value).expect("it is read") };
    assert!(matches!(read(json!({"kind": "plain"})), Shape::Shape(_)));
    assert!(matches!(read(json!({"kind": "round", "radius": 1})), Shape::Circle(_)));
    assert!(matches!(read(json!({"kind": "square"})), Shape::Unknown(_)));
}
