use client::Base64;
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
fn numbers_have_names() {
    assert_eq!(round::<Level>(&json!(2)), Level::High);
    assert_eq!(round::<Level>(&json!(-1)), Level::None);
    assert_eq!(round::<Level>(&json!(7)), Level::Unknown(7));
    assert_eq!((Level::High.to_string(), Level::Low.value()), ("2".to_owned(), 1));
    round::<Wide>(&json!(300));
    round::<Unsigned>(&json!(u64::MAX));
    round::<Extreme>(&json!(i64::MIN));
    assert!(serde_json::from_value::<Level>(json!("2")).is_err());
}

#[test]
fn values_of_several_kinds_are_told_apart() {
    assert_eq!(round::<Mixed>(&json!("a")), Mixed::A);
    for known in [json!(1), json!(true), json!(-5), json!(2.5)] {
        assert!(!matches!(round::<Mixed>(&known), Mixed::Unknown(_)), "{known}");
    }
    for unknown in [json!("b"), json!(2), json!(false), json!([1])] {
        assert_eq!(round::<Mixed>(&unknown), Mixed::Unknown(unknown));
    }
    assert_eq!(Mixed::A.to_string(), "a");
    assert_eq!(round::<Option<Perhaps>>(&json!(null)), None);
}

#[test]
fn odd_texts_come_back() {
    for text in ["", " ", "*", "\"", "\\", "a b", "a-b", "A B", "{}", "Unknown", "größe", "1", "-1", "else"] {
        let value = round::<Odd>(&json!(text));
        assert_eq!(value.as_str(), text);
        assert_eq!(matches!(value, Odd::Unknown(_)), text == "else", "{text}");
    }
}

#[test]
fn what_has_one_value_is_not_asked_for() {
    assert_eq!(serde_json::to_value(Alone::default()).unwrap(), json!({"kind": "alone"}));
    let made = serde_json::to_value(Fixed::new(true, "n")).unwrap();
    assert_eq!(made, json!({"kind": "fixed", "count": 3, "flag": true, "name": "n"}));
}

#[test]
fn texts_of_a_fixed_form_have_types() {
    let all: All = round(&json!({
        "bytes": "AAEC/w==", "v4": "127.0.0.1", "v6": "::1", "any": "::1", "lasts": "PT1H", "at": "12:00:00Z",
        "site": "https://example.com/a b", "file": "raw", "big": u64::MAX,
        "untyped": "67e55044-10b1-426f-9247-bb680e5fe0c8", "pair": ["a", 1], "old": [1.5, 2.5], "same": ["a"],
        "three": [1, 2, 3],
    }));
    assert_eq!(all.bytes.as_ref().map(Base64::as_bytes), Some(&[0, 1, 2, 255][..]));
    assert_eq!(format!("{:?}", all.bytes), "Some(Base64(4 bytes))");
    assert_eq!(all.pair, Some(("a".to_owned(), 1)));
    assert!(all.v4.is_some_and(|address| address.is_loopback()));
    for text in ["AAEC_w", "AAEC/w", "AAEC\n/w=="] {
        let bytes: Base64 = round(&json!(text));
        assert_eq!(bytes.as_bytes(), [0, 1, 2, 255], "{text:?}");
        assert_eq!(Some(bytes), all.bytes);
    }
    assert!(serde_json::from_value::<Base64>(json!("*")).is_err());
    // An empty text is no address.
    assert_eq!(serde_json::from_value::<All>(json!({"v4": ""})).unwrap().v4, None);
}
