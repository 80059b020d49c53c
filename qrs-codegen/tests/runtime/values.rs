//! Objects in formats other than JSON: as structs, as sequences, with keys that are bytes.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde::de::value::{BorrowedBytesDeserializer, BytesDeserializer, Error, MapDeserializer, SeqDeserializer};
use serde_json::json;

use crate::runtime::{DateTime, Nullable, object};

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

/// The times of RFC 3339, each with the timestamp that it stands for.
const TIMES: [(&str, &str); 18] = [
    ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
    ("2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00Z"),
    ("2026-01-31T12:00:00.5841230Z", "2026-01-31T12:00:00.584123Z"),
    ("2026-01-31T12:00:00.0000000001234567891Z", "2026-01-31T12:00:00Z"),
    ("2026-01-31t12:00:00z", "2026-01-31T12:00:00Z"),
    ("2026-01-31 12:00:00Z", "2026-01-31T12:00:00Z"),
    ("2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00Z"),
    ("2026-01-31T12:00:00-00:00", "2026-01-31T12:00:00Z"),
    ("2026-01-31T12:00:00+05:30", "2026-01-31T06:30:00Z"),
    ("2026-01-31T23:30:00.25-08:00", "2026-02-01T07:30:00.25Z"),
    ("1990-12-31T23:59:60Z", "1990-12-31T23:59:59Z"),
    ("1990-12-31T15:59:60.5-08:00", "1990-12-31T23:59:59.5Z"),
    ("1969-12-31T23:59:59.75Z", "1969-12-31T23:59:59.75Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("0000-01-01T00:00:00+23:59", "-000001-12-31T00:01:00Z"),
    ("9999-12-31T23:59:59Z", "9999-12-30T22:00:00.999999999Z"),
    ("9999-12-31T23:59:59.9999999Z", "9999-12-30T22:00:00.999999999Z"),
    ("9999-12-31T23:59:59-23:59", "9999-12-30T22:00:00.999999999Z"),
];

#[test]
fn a_time_comes_back_as_it_was_written() {
    for (text, timestamp) in TIMES {
        let read: DateTime = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), json!(text));
        assert_eq!((read.to_string(), format!("{read:?}")), (text.to_owned(), text.to_owned()));
        assert_eq!(read.timestamp().to_string(), timestamp, "{text}");
    }
    for timestamp in [jiff::Timestamp::MIN, jiff::Timestamp::MAX, jiff::Timestamp::UNIX_EPOCH] {
        let time = DateTime::from(timestamp);
        assert_eq!((time.timestamp(), time.to_string()), (timestamp, timestamp.to_string()));
    }
    for wrong in ["", "soon", "2026-02-29T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:00", "2026-01-31", "…"]
    {
        assert!(wrong.parse::<DateTime>().is_err(), "{wrong}");
        assert!(serde_json::from_value::<DateTime>(json!(wrong)).is_err(), "{wrong}");
    }
    for wrong in ["2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+26:00", "2026-01-31T12:00:61Z", "2026-01-3éT12:00:00Z"]
    {
        assert!(wrong.parse::<DateTime>().is_err(), "{wrong}");
    }
}

#[test]
fn times_compare_by_their_instant() {
    let time = |text: &str| text.parse::<DateTime>().unwrap();
    let (far, farther) = (time("9999-12-31T23:59:59Z"), time("9999-12-31T23:59:59.5Z"));
    assert!(far < farther && far > jiff::Timestamp::MAX);
    assert!(jiff::Timestamp::MAX < far);
    assert_ne!(far, time("9999-12-30T23:59:59Z"));
    let (noon, same) = (time("2026-01-31T12:00:00.500Z"), time("2026-01-31T13:00:00.5+01:00"));
    assert_eq!(noon, same);
    assert_eq!(std::collections::HashSet::from([noon, same]).len(), 1);
    assert_eq!((noon.offset().seconds(), same.offset().seconds()), (0, 3600));
    let timestamp: jiff::Timestamp = "2026-01-31T12:00:00.5Z".parse().unwrap();
    assert!(
        noon == timestamp
            && timestamp == same
            && noon <= timestamp
            && noon < timestamp + jiff::SignedDuration::from_nanos(1)
    );
    assert!(time("1969-12-31T23:59:59.75Z") < time("1970-01-01T00:00:00Z"));
}
