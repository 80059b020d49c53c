//! Answers that are read while they are written: bytes, server-sent events, lines.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::runtime::{
    Call, ErrorKind, EventContent, EventStream, ItemForm, Items, JsonText, LineStream, Operation, PreparedRequest,
    decode,
};
use crate::support::{Behaviour, Fault, PUBLIC, Site, header};

fn plan(site: &Site) -> PreparedRequest<Value, Fault> {
    Call::new(&site.client(), &PUBLIC).prepared(decode::json, decode::json_error)
}

fn chunked(media_type: &str, chunks: &[&str]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in chunks {
        write!(answer, "{:x}\r\n{chunk}\r\n", chunk.len()).unwrap();
    }
    answer.push_str("0\r\n\r\n");
    answer.into_bytes()
}

#[tokio::test]
async fn bytes_come_as_they_are_written() {
    let mut begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-A: b\r\n\r\n".to_vec();
    begun.extend_from_slice(b"first");
    let site = Site::start(Behaviour::Stall(begun)).await;
    let call = Call::new(&site.builder().timeout(Duration::from_millis(400)).build().unwrap(), &PUBLIC);
    let mut stream = call.prepared(decode::bytes, decode::no_error).send_stream().await.unwrap();
    assert_eq!(stream.status().as_u16(), 200);
    assert_eq!(stream.headers()["x-a"], "b");
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "first");
    let error = stream.chunk().await.unwrap_err();
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Timeout, Some(200)));
    assert_eq!(error.to_string(), "getThings: GET /things: 200 OK, but nothing arrived within 400ms, after 5 bytes");
}

#[tokio::test]
async fn a_large_answer_is_no_error_where_it_is_streamed() {
    let site = Site::answering("200 OK", &[], "x".repeat(10_000)).await;
    let client = site.builder().max_response_bytes(100).build().unwrap();
    let mut stream = Call::new(&client, &PUBLIC).prepared(decode::bytes, decode::no_error).send_stream().await.unwrap();
    let mut all = 0;
    while let Some(chunk) = stream.chunk().await.unwrap() {
        all += chunk.len();
    }
    assert_eq!(all, 10_000);
}

#[tokio::test]
async fn what_is_no_success_is_an_error_as_ever() {
    let site = Site::answering("404 Not Found", &["Content-Type: application/json"], r#"{"message":"gone"}"#).await;
    let error = plan(&site).send_stream().await.unwrap_err();
    assert_eq!(error.body(), Some(&Fault { message: "gone".to_owned() }));
    let site = Site::answering("200 OK", &["Content-Type: text/html"], "<html>").await;
    let error = plan(&site).send_events("text/event-stream").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedContent);
    let site = Site::start(Behaviour::Close).await;
    assert_eq!(plan(&site).send_stream().await.unwrap_err().kind(), ErrorKind::NoAnswer);
    let site = Site::start(Behaviour::Stall(Vec::new())).await;
    let client = site.builder().timeout(Duration::from_millis(200)).build().unwrap();
    let late = Call::new(&client, &PUBLIC).prepared(decode::bytes, decode::no_error).send_stream().await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Timeout);
    assert!(late.to_string().contains("within 200ms"), "{late}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_so() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec();
    let site = Site::start(Behaviour::RawResponse(cut)).await;
    let mut stream = plan(&site).send_stream().await.unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "half");
    let error = stream.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(error.to_string().contains("broke off after 4 bytes"), "{error}");
}

/// The events that HTML, section 9.2.6, makes of a text, in whatever pieces it comes.
const EVENTS: &str = "\u{feff}: a comment\n\
event: add\ndata: 73857293\n\n\
data: first\ndata:second\r\ndata\r\n\r\n\
id: 7\rdata:  two spaces\r\r\
retry: 1500\nretry: x\nid: a\0b\nunknown: field\n\n\
data\n\n\
data: {\"a\":1}\n\n\
event: lost\n\n\
data: never ended";

#[tokio::test]
async fn events_are_read_in_whatever_pieces_they_come() {
    let mut pieces: Vec<Vec<&str>> = vec![vec![EVENTS]];
    pieces.push(EVENTS.split_inclusive('\n').collect());
    pieces.push(EVENTS.split_inclusive(['\r', ' ', ':']).collect());
    pieces.push(EVENTS.split("").filter(|piece| !piece.is_empty()).collect());
    for pieces in pieces {
        let site = Site::start(Behaviour::RawResponse(chunked("text/event-stream", &pieces))).await;
        let mut events = plan(&site).send_events("text/event-stream").await.unwrap();
        let mut seen = Vec::new();
        while let Some(event) = events.next().await.unwrap() {
            seen.push((event.kind, event.data, event.id, event.retry));
        }
        let event = |kind: &str, data: &str, id: &str, retry: Option<u64>| {
            (kind.to_owned(), data.to_owned(), id.to_owned(), retry.map(Duration::from_millis))
        };
        assert_eq!(
            seen,
            [
                event("add", "73857293", "", None),
                event("message", "first\nsecond\n", "", None),
                event("message", " two spaces", "7", None),
                event("message", "", "7", Some(1500)),
                event("message", "{\"a\":1}", "7", Some(1500)),
            ]
        );
        assert_eq!(header(&site.requests()[0], "Accept"), Some("text/event-stream"));
    }
}

#[tokio::test]
async fn an_event_is_read_as_json() {
    let site = Site::start(Behaviour::RawResponse(chunked(
        "text/event-stream",
        &["data: {\"message\":\"m\"}\n\ndata: {\"message\":\"secret\",\"message\":1}\n\n"],
    )))
    .await;
    let mut events = plan(&site).send_events("text/event-stream").await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().json::<Fault>().unwrap().message, "m");
    let error = events.next().await.unwrap().unwrap().json::<Fault>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[tokio::test]
async fn an_event_that_never_ends_is_too_large() {
    let site = Site::start(Behaviour::RawResponse(chunked("text/event-stream", &["data: ", &"x".repeat(5000)]))).await;
    let client = site.builder().max_response_bytes(1000).build().unwrap();
    let plan = Call::new(&client, &PUBLIC).prepared(decode::text, decode::no_error);
    let error = plan.send_events("text/event-stream").await.unwrap().next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn what_is_too_large_is_the_end_of_it() {
    let site = Site::start(Behaviour::RawResponse(chunked("text/event-stream", &["data: ", &"x".repeat(5000)]))).await;
    let client = site.builder().max_response_bytes(1000).build().unwrap();
    let plan = || Call::new(&client, &PUBLIC).prepared(decode::text, decode::no_error);
    let mut events = plan().send_events("text/event-stream").await.unwrap();
    assert_eq!(events.next().await.unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(events.next().await.unwrap().is_none());
    let mut lines = plan().send_lines("application/x-ndjson").await.unwrap();
    assert_eq!(lines.next::<Value>().await.unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(lines.next::<Value>().await.unwrap().is_none());
}

#[tokio::test]
async fn a_refusal_whose_body_does_not_come_keeps_its_status() {
    let begun = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\nX-A: b\r\n\r\nno".to_vec();
    let site = Site::start(Behaviour::Stall(begun)).await;
    let client = site.builder().timeout(Duration::from_millis(300)).build().unwrap();
    let plan = Call::new(&client, &PUBLIC).prepared(decode::bytes, decode::no_error);
    let error = plan.send_stream().await.unwrap_err();
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Status, Some(403)));
    assert_eq!(error.headers().unwrap()["x-a"], "b");
    assert_eq!(error.text(), Some("no"));
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_of_which_answer_it_was() {
    let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst".to_vec();
    let site = Site::start(Behaviour::RawResponse(begun)).await;
    let plan = Call::new(&site.client(), &PUBLIC).prepared(decode::bytes, decode::no_error);
    let mut stream = plan.send_stream().await.unwrap();
    let error = loop {
        match stream.chunk().await {
            Ok(piece) => assert!(piece.is_some(), "it does not end well"),
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Body, 1));
    let shown = error.to_string();
    assert!(shown.starts_with("getThings: GET /things: 200 OK, but the body broke off after 5 bytes: "), "{shown}");
}

#[tokio::test]
async fn lines_are_json_values() {
    let text = ["{\"a\"", ":1}\n\n  \r\n\u{1e}[2]\n", "nonsense\n", "\"last\""];
    let site = Site::start(Behaviour::RawResponse(chunked("application/x-ndjson", &text))).await;
    let mut lines = plan(&site).send_lines("application/x-ndjson").await.unwrap();
    assert_eq!(lines.next::<Value>().await.unwrap(), Some(json!({ "a": 1 })));
    assert_eq!(lines.next::<Value>().await.unwrap(), Some(json!([2])));
    let error = lines.next::<Value>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(lines.next::<Value>().await.unwrap(), Some(json!("last")));
    assert_eq!(lines.next::<Value>().await.unwrap(), None);
    assert_eq!(lines.next::<Value>().await.unwrap(), None);
}

#[tokio::test]
async fn a_dropped_future_loses_nothing() {
    let site = Site::start(Behaviour::RawResponse(chunked("application/x-ndjson", &["1\n", "2\n", "3\n"]))).await;
    let mut lines = plan(&site).send_lines("application/x-ndjson").await.unwrap();
    let mut seen = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_nanos(1), lines.next::<i64>()).await;
        match next {
            Ok(Ok(Some(value))) => seen.push(value),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => panic!("{error}"),
            Err(_) => tokio::task::yield_now().await,
        }
    }
    assert_eq!(seen, [1, 2, 3]);
}

#[tokio::test]
async fn lines_that_the_document_describes_have_their_type() {
    let text = ["{\"message\":\"a\"}\n{\"mess", "age\":1}\n{\"message\":\"b\"}"];
    let site = Site::start(Behaviour::RawResponse(chunked("application/jsonl", &text))).await;
    let mut lines: LineStream<Fault> = plan(&site).send_lines_of("application/jsonl").await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap().message, "a");
    assert_eq!(lines.next().await.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(lines.next().await.unwrap().unwrap().message, "b");
    assert_eq!(lines.next().await.unwrap(), None);
}

/// Records of several lines, one that breaks off, one without a line end, and a separator before nothing.
const RECORDS: &str = "\u{1e}{\n \"a\": \"}\\\"\\n\"\n}\n\u{1e}\u{1e}[1,\n2]\n\u{1e}{\"lost\": \u{1e}true\n3\n\u{1e}4";

#[tokio::test]
async fn records_are_read_in_whatever_pieces_they_come() {
    let pieces = [vec![RECORDS], RECORDS.split("").filter(|piece| !piece.is_empty()).collect()];
    for pieces in pieces {
        let site = Site::start(Behaviour::RawResponse(chunked("application/geo+json-seq", &pieces))).await;
        let mut records = plan(&site).send_lines("application/geo+json-seq").await.unwrap();
        assert_eq!(records.next::<Value>().await.unwrap(), Some(json!({ "a": "}\"\n" })));
        assert_eq!(records.next::<Value>().await.unwrap(), Some(json!([1, 2])));
        assert_eq!(records.next::<Value>().await.unwrap_err().kind(), ErrorKind::Decode);
        assert_eq!(records.next::<Value>().await.unwrap(), Some(json!(true)));
        assert_eq!(records.next::<Value>().await.unwrap(), Some(json!(3)));
        assert_eq!(records.next::<Value>().await.unwrap(), Some(json!(4)));
        assert_eq!(records.next::<Value>().await.unwrap(), None);
    }
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Described {
    event: Option<String>,
    data: JsonText<Vec<u32>>,
    id: Option<String>,
    retry: Option<u64>,
}

#[tokio::test]
async fn events_that_the_document_describes_have_their_type() {
    let text = "event: add\ndata: [1,\ndata: 2]\nid: 7\nretry: 5\n\ndata: no\n\ndata: []\n\n";
    let site = Site::start(Behaviour::RawResponse(chunked("text/event-stream", &[text]))).await;
    let mut events: EventStream<Described> =
        plan(&site).send_events_of("text/event-stream", EventContent::Whole).await.unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert_eq!((first.event.as_deref(), first.id.as_deref(), first.retry), (Some("add"), Some("7"), Some(5)));
    assert_eq!(*first.data, [1, 2]);
    let error = events.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("an event does not match the document: data"), "{error}");
    let last = events.next().await.unwrap().unwrap();
    assert_eq!(last, Described { event: None, data: JsonText::default(), id: None, retry: None });
    assert_eq!(events.last_id(), "7");
    assert!(events.next().await.unwrap().is_none());

    let site = Site::start(Behaviour::RawResponse(chunked("text/event-stream", &["data: [3]\n\n"]))).await;
    let mut data: EventStream<Vec<u32>> =
        plan(&site).send_events_of("text/event-stream", EventContent::Data).await.unwrap();
    assert_eq!(data.next().await.unwrap(), Some(vec![3]));
}

#[tokio::test]
async fn a_whole_sequence_is_a_list() {
    let lines = Site::answering("200 OK", &["Content-Type: application/x-ndjson"], "1\n\n2").await;
    let call = Call::new(&lines.client(), &PUBLIC);
    assert_eq!(call.send(decode::json_lines::<Vec<u32>>, decode::no_error).await.unwrap(), [1, 2]);
    let records = Site::answering("200 OK", &["Content-Type: application/json-seq"], "\u{1e}[1,\n2]\n\u{1e}[]\n").await;
    let call = Call::new(&records.client(), &PUBLIC);
    assert_eq!(call.send(decode::json_lines::<Vec<Vec<u32>>>, decode::no_error).await.unwrap(), [vec![1, 2], vec![]]);
    let text = "id: 1\ndata: [1]\n\nevent: e\ndata: [2]\n\n";
    let events = Site::answering("200 OK", &["Content-Type: text/event-stream"], text).await;
    let call = || Call::new(&events.client(), &PUBLIC);
    let whole = call().send(decode::events::<Vec<Described>>, decode::no_error).await.unwrap();
    assert_eq!((whole.len(), whole[1].event.as_deref(), whole[0].id.as_deref()), (2, Some("e"), Some("1")));
    let data = call().send(decode::events_data::<Vec<Vec<u32>>>, decode::no_error).await.unwrap();
    assert_eq!(data, [[1], [2]]);
    let none = Site::answering("200 OK", &["Content-Type: application/jsonl"], "").await;
    let call = Call::new(&none.client(), &PUBLIC);
    assert!(call.send(decode::json_lines::<Vec<u32>>, decode::no_error).await.unwrap().is_empty());
}

static SENDING: Operation = Operation {
    id: "send",
    method: "QUERY",
    path: "/things",
    security: &[],
    credential_parameters: &[],
    accept: "",
    describes_partial_content: false,
    errors: &[],
};

#[tokio::test]
async fn items_are_written_one_after_the_other() {
    let site = Site::answering("200 OK", &[], "").await;
    let items = || vec![json!({ "data": "a\nb", "event": "e", "id": null, "retry": 5 }), json!({ "data": "c" })];
    let json = |item: &Value| item.to_string();
    let (first, last) = (json(&items()[0]), json(&items()[1]));
    for (form, media_type, expected) in [
        (ItemForm::Line, "application/jsonl", format!("{first}\n{last}\n")),
        (ItemForm::Record, "application/json-seq", format!("\u{1e}{first}\n\u{1e}{last}\n")),
        (ItemForm::EventData, "text/event-stream", format!("data: {first}\n\ndata: {last}\n\n")),
        (ItemForm::Event, "text/event-stream", "data: a\ndata: b\nevent: e\nretry: 5\n\ndata: c\n\n".to_owned()),
    ] {
        let stream = || Items::stream(futures_util::stream::iter(items()));
        for items in [Items::from(items()), stream()] {
            let call = Call::new(&site.client(), &SENDING).items(items, form, media_type);
            call.send(decode::empty, decode::no_error).await.unwrap();
            let request = site.requests().pop().unwrap();
            assert_eq!(header(&request, "Content-Type"), Some(media_type));
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            let sent = if header(&request, "Transfer-Encoding").is_some() { unchunked(body) } else { body.to_owned() };
            assert_eq!(sent, expected, "{request}");
        }
    }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        whole.push_str(&rest[..length]);
        body = &rest[length + 2..];
    }
    whole
}
