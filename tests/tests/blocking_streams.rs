//! Streams for code that has no async runtime: what the generator's golden document `calls.yaml` becomes is compiled into
//! this test, with the feature.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(
    unreachable_pub,
    dead_code,
    clippy::needless_pass_by_value,
    reason = "what a generated crate exports, a test keeps to itself"
)]

#[rustfmt::skip]
#[path = "../../qrs-codegen/tests/calls/client.rs"]
mod client;
#[rustfmt::skip]
#[path = "../../qrs-codegen/tests/calls/contract.rs"]
mod contract;
#[rustfmt::skip]
#[path = "../../qrs-codegen/tests/calls/operations/mod.rs"]
mod operations;
#[path = "../../qrs-codegen/runtime/mod.rs"]
mod runtime;
#[path = "../../qrs-codegen/tests/calls/server.rs"]
mod server;
#[rustfmt::skip]
#[path = "../../qrs-codegen/tests/calls/types.rs"]
mod types;

use runtime::{
    Base64, ByteStream, Client, ErrorKind, EventStream, FurtherProperties, Items, JsonText, LineStream, Payload,
    Secret, Server, Upload,
};
use server::Site;
use tokio::runtime::Runtime;
use types::Shade;

/// A client of a site that runs on threads of its own and answers so.
fn client(headers: &str, body: &str) -> (Client, Site, Runtime) {
    let runtime = Runtime::new().unwrap();
    let site = runtime.block_on(Site::answering("200 OK", headers, body));
    (Client::builder(Server::server_1(site.port.to_string())).key("a key").build().unwrap(), site, runtime)
}

#[test]
fn events_are_read_one_by_one() {
    let (client, _site, _runtime) =
        client("Content-Type: text/event-stream\r\n", "data: {\"blue\":1}\n\nid: 2\ndata: [DONE]\n\n");
    let mut events: EventStream = client.watch().send_events_blocking().unwrap();
    assert_eq!(events.next_blocking().unwrap().unwrap().json::<Shade>().unwrap().blue, 1);
    assert_eq!(events.next_blocking().unwrap().unwrap().data, "[DONE]");
    assert!(events.next_blocking().unwrap().is_none());
}

#[test]
fn lines_are_read_one_by_one() {
    let (client, _site, _runtime) =
        client("Content-Type: application/x-ndjson\r\n", "{\"blue\":1}\n\n{\"blue\":2}\n{\"blue\":\"three\"}");
    let mut lines: LineStream = client.export().send_lines_blocking().unwrap();
    assert_eq!(lines.next_blocking::<Shade>().unwrap().unwrap().blue, 1);
    assert_eq!(lines.next_blocking::<Shade>().unwrap().unwrap().blue, 2);
    assert_eq!(lines.next_blocking::<Shade>().unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn bytes_are_read_in_pieces() {
    let content = "0123456789".repeat(100_000);
    let (client, _site, _runtime) = client("Content-Type: application/octet-stream\r\n", &content);
    let mut pieces: ByteStream = client.download().send_stream_blocking().unwrap();
    let mut read = Vec::new();
    while let Some(piece) = pieces.chunk_blocking().unwrap() {
        read.extend_from_slice(&piece);
    }
    assert!(read == content.as_bytes());

    let (client, _site, _runtime) = self::client("Content-Type: text/csv\r\n", "blue\n7\n");
    let mut pieces = client.report().send_stream_as_blocking("text/csv").unwrap();
    assert_eq!(pieces.chunk_blocking().unwrap().unwrap().as_ref(), b"blue\n7\n");
}

#[test]
fn a_response_that_breaks_off_is_an_error() {
    let headers = "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n";
    let (client, _site, _runtime) = client(headers, "5\r\n01234\r\n5\r\n0");
    let mut pieces = client.download().send_stream_blocking().unwrap();
    let error = loop {
        match pieces.chunk_blocking() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it does not end well"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Body);
}
