use client::fault;
use client::types::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads a value, and expects it to be written as it was read.
fn round<T: DeserializeOwned + Serialize>(value: &Value) -> T {
    let read: T = serde_json::from_str(&value.to_string()).expect("it is read");
    assert_eq!(serde_json::to_value(&read).expect("it is written"), *value);
    read
}

#[test]
fn a_tag_tells_the_variant() {
    let Pet::Cat(cat) = round::<Pet>(&json!({"lives": 7, "petType": "Cat"})) else { panic!("it is a cat") };
    assert_eq!((cat.lives, cat.pet_type.as_str()), (Some(7), "Cat"));
    assert!(matches!(round::<Pet>(&json!({"petType": "Dog", "loud": true})), Pet::Dog(_)));
}

#[test]
fn an_unknown_tag_is_kept() {
    for value in [json!({"petType": "Emu", "tall": true}), json!({"lives": 1}), json!(["x"]), json!(null)] {
        assert_eq!(round::<Pet>(&value), Pet::Unknown(value));
    }
}

#[test]
fn a_tag_is_written_where_the_value_holds_none() {
    let dog: Pet = Dog::new().loud(true).into();
    assert_eq!(serde_json::to_value(dog).unwrap(), json!({"petType": "Dog", "loud": true}));
    let van = round::<Vehicle>(&json!({"kind": "van", "wheels": 4}));
    assert!(matches!(van, Vehicle::Van(_)), "{van:?}");
    assert!(matches!(round::<Vehicle>(&json!({"kind": "car", "wheels": 4})), Vehicle::Car(_)));
    let Vehicle::Boat(boat) = round::<Vehicle>(&json!({"kind": "boat", "sails": 2, "port": "Lund"})) else {
        panic!("it is a boat")
    };
    assert_eq!(boat.additional_properties.len(), 1, "the tag is none of them: {boat:?}");
}

#[test]
fn what_a_property_is_fixed_to_is_its_tag() {
    assert!(matches!(round::<Event>(&json!({"event": "made", "at": "2024-01-01T00:00:00Z"})), Event::WasMade(_)));
    assert!(matches!(round::<Event>(&json!({"event": "gone", "why": "x"})), Event::Gone(_)));
    assert!(matches!(round::<Fixed>(&json!({"on": "y", "a": "1"})), Fixed::Y(_)));
    assert!(matches!(round::<Fixed>(&json!({"on": "z", "a": "1"})), Fixed::Unknown(_)));
}

#[test]
fn the_type_that_loses_least_is_taken() {
    assert!(matches!(round::<Untold>(&json!({"name": "n"})), Untold::Named(_)));
    assert!(matches!(round::<Untold>(&json!({"name": "n", "size": 1})), Untold::NamedAndSized(_)));
    assert!(matches!(round::<Untold>(&json!({"size": 1})), Untold::Sized(_)));
    assert!(matches!(round::<Untold>(&json!({"size": 1, "other": 2})), Untold::Object(_)));
    assert!(matches!(round::<Untold>(&json!({"a": 1})), Untold::Object(_)));
    assert!(matches!(round::<Untold>(&json!({"a": "x"})), Untold::Unknown(_)));
    assert!(matches!(round::<Untold>(&json!([1])), Untold::Unknown(_)));
}

#[test]
fn scalars_are_told_apart() {
    let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    assert!(matches!(round::<Scalar>(&json!(id)), Scalar::Uuid(_)));
    assert!(matches!(round::<Scalar>(&json!("x")), Scalar::String(_)));
    assert!(matches!(round::<Scalar>(&json!(-5)), Scalar::Integer(-5)));
    assert!(matches!(round::<Scalar>(&json!(2.5)), Scalar::Number(_)));
    assert!(matches!(round::<Scalar>(&json!(true)), Scalar::Bool(true)));
    assert!(matches!(round::<Scalar>(&json!(null)), Scalar::Unknown(_)));
    assert!(matches!(round::<NameOrId>(&json!(id)), NameOrId::Id(_)));
    assert_eq!(round::<NameOrId>(&json!("lund")).to_string(), "lund");
    assert_eq!(NameOrId::from("lund".to_owned()), NameOrId::Name("lund".to_owned()));
    assert_eq!(round::<SameTwice>(&json!("x")), "x");
    assert!(matches!(round::<ManyOrOne>(&json!(["x"])), ManyOrOne::List(_)));
    assert!(matches!(round::<Types>(&json!(["x"])), Types::List(_)));
    assert!(matches!(round::<Option<Types>>(&json!(null)), None));
    assert!(matches!(round::<Itself>(&json!("x")), Itself::String(_)));
}

#[test]
fn types_that_hold_themselves_come_back() {
    let leaf = json!({"value": 1});
    assert!(matches!(round::<Tree>(&json!({"left": leaf, "right": {"left": leaf, "right": leaf}})), Tree::Branch(_)));
    assert!(matches!(round::<Json>(&json!({"a": [1.5, "x", {"b": true}]})), Json::Object(_)));
}

#[test]
fn lists_of_texts_are_one_enum() {
    assert_eq!(round::<Colour>(&json!("blue")), Colour::Blue);
    assert_eq!(round::<Colour>(&json!("pink")), Colour::Unknown("pink".to_owned()));
    assert_eq!(round::<Open>(&json!("two")), Word::Two);
    assert_eq!(round::<Levels>(&json!(2)), Levels::High);
    assert_eq!(round::<Levels>(&json!(3)).value(), 3);
}

#[test]
fn alternatives_beside_properties_have_them_too() {
    let Shape::Square(square) = round::<Shape>(&json!({"name": "s", "side": 2.5})) else { panic!("it is a square") };
    assert_eq!((square.name.as_str(), square.side), ("s", 2.5));
    let Account::Person(person) = round::<Account>(&json!({"name": "s", "born": "2000-01-01"})) else {
        panic!("it is a person")
    };
    assert_eq!(person.name, "s");
    round::<Reachable>(&json!({"mail": "m"}));
}

#[test]
fn a_fault_is_found_within_a_variant() {
    let body = json!({"pets": [{"petType": "Cat"}, {"petType": "Cat", "lives": "x"}], "perhaps": null, "open": "one",
        "event": {"event": "gone"}});
    let error = serde_json::from_value::<All>(body.clone()).expect_err("lives are a number").to_string();
    assert!(error.starts_with("a string where "), "{error}");
    assert_eq!(fault::<All>(body.to_string().as_bytes()).as_deref(), Some("pets[1].lives"));
    let body = json!({"pets": [], "perhaps": null, "open": "one", "event": {"event": "made", "at": "noon"}});
    assert_eq!(fault::<All>(body.to_string().as_bytes()).as_deref(), Some("event.at"));
    // What failed before another variant fitted is no part of the path.
    let body = json!({"pets": [], "inline": {"a": "x"}, "perhaps": null, "open": 1, "event": {"event": "gone"}});
    assert_eq!(fault::<All>(body.to_string().as_bytes()).as_deref(), Some("open"));
}

#[test]
fn no_secret_is_shown() {
    let secret = "correct horse";
    let known: Locked = serde_json::from_value(json!({"key": secret})).unwrap();
    let unknown: Locked = serde_json::from_value(json!({"loud": 5, "key": secret})).unwrap();
    let tagged: Pet = serde_json::from_value(json!({"petType": "Emu", "key": secret})).unwrap();
    for shown in [format!("{known:?}"), format!("{unknown:?}"), format!("{tagged:?}")] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(serde_json::to_value(&unknown).unwrap(), json!({"loud": 5, "key": secret}));
}
