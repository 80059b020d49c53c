//! Objects in formats other than JSON: as structs, as sequences, with keys that are bytes.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde::de::value::{BorrowedBytesDeserializer, BytesDeserializer, Error, MapDeserializer, SeqDeserializer};
use serde_json::json;

use crate::runtime::{Nullable, object};

#[derive(Debug, PartialEq)]
struct Row {
    id: u32,
    name: Option<String>,
    note: Nullable<String>,
}

object! { Row { required(id("id")), optional(name("userName" | "user")), nullable(note("note")) } }

#[derive(Debug, PartialEq)]
struct Open {
    id: u32,
    rest: BTreeMap<String, String>,
}

object! { Open { required(id("id")); ..rest } }

fn row(id: u32, name: &str) -> Row {
    Row { id, name: Some(name.to_owned()), note: Nullable::Null }
}

#[test]
fn rows_of_csv_come_back_as_they_were_written() {
    let rows = [row(1, "a"), row(2, "b, \"c\"")];
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &rows {
        writer.serialize(row).unwrap();
    }
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    assert_eq!(text, "id,userName,note\n1,a,\n2,\"b, \"\"c\"\"\",\n");
    let read: Vec<Row> = csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect();
    assert_eq!(read, rows);

    let mut headless = csv::ReaderBuilder::new().has_headers(false).from_reader("7,x,\n".as_bytes());
    assert_eq!(headless.deserialize::<Row>().next().unwrap().unwrap(), row(7, "x"));

    // A record of bytes gives its keys as bytes.
    let (headers, record) = (csv::ByteRecord::from(vec!["user", "id"]), csv::ByteRecord::from(vec!["y", "8"]));
    let read: Row = record.deserialize(Some(&headers)).unwrap();
    assert_eq!(read, Row { note: Nullable::Absent, ..row(8, "y") });
}

#[test]
fn an_absent_property_is_left_out_and_not_counted() {
    let absent = Row { id: 1, name: None, note: Nullable::Absent };
    assert_eq!(serde_json::to_value(&absent).unwrap(), json!({ "id": 1 }));
    let open = Open { id: 1, rest: BTreeMap::from([("x".to_owned(), "y".to_owned())]) };
    assert_eq!(serde_json::to_value(&open).unwrap(), json!({ "id": 1, "x": "y" }));
}

#[test]
fn a_sequence_has_an_element_for_each_property() {
    let read = |text: &str| serde_json::from_str::<Row>(text);
    assert_eq!(read(r#"[1, "a", null]"#).unwrap(), row(1, "a"));
    for text in ["[]", r#"[1, "a"]"#, r#"[1, "a", null, 4]"#, r#"["1", "a", null]"#] {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Open>("[1]").is_err());
    let ids: SeqDeserializer<_, Error> = SeqDeserializer::new([1_u32].into_iter());
    assert!(Row::deserialize(ids).unwrap_err().to_string().contains("expected 3 elements"));
}

#[test]
fn keys_are_bytes_or_text() {
    let borrowed = [(BorrowedBytesDeserializer::<Error>::new(b"id"), 1_u32)];
    let row = Row { id: 1, name: None, note: Nullable::Absent };
    assert_eq!(Row::deserialize(MapDeserializer::new(borrowed.into_iter())).unwrap(), row);
    let passing = [(BytesDeserializer::<Error>::new(b"id"), 1_u32)];
    assert_eq!(Row::deserialize(MapDeserializer::new(passing.into_iter())).unwrap(), row);
    let broken = [(BytesDeserializer::<Error>::new(b"\xFF"), 1_u32)];
    assert!(Row::deserialize(MapDeserializer::new(broken.into_iter())).is_err());
}
