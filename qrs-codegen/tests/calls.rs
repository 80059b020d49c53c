//! Checks the requests of a generated client to the byte. The client of `documents/calls.yaml` is compiled into this
//! test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(
    unreachable_pub,
    dead_code,
    clippy::needless_pass_by_value,
    reason = "what a generated crate exports, a test keeps to itself"
)]

#[rustfmt::skip]
#[path = "calls/client.rs"]
mod client;
#[rustfmt::skip]
#[path = "calls/contract.rs"]
mod contract;
#[rustfmt::skip]
#[path = "calls/operations/mod.rs"]
mod operations;
#[path = "../runtime/mod.rs"]
mod runtime;
#[path = "calls/server.rs"]
mod server;
#[rustfmt::skip]
#[path = "calls/types.rs"]
mod types;

use operations::untagged::{AskError, AskHeaders, AskSuccess};
use runtime::{ByteStream, Client, ErrorKind, EventStream, LineStream, Payload, Request as _, Secret, Server, Upload};
use server::Site;
use types::Shade;

fn client(site: &Site) -> Client {
    Client::builder(Server::server_1(site.port.to_string())).key("a key").build().unwrap()
}

fn shade() -> Shade {
    Shade::new(7).red("a&b")
}

#[tokio::test]
async fn parameters() {
    let site = Site::echoing().await;
    let sent = client(&site)
        .find(5, ["a/b", "c"])
        .each(["x", "y z"])
        .joined([1, 2])
        .deep(shade())
        .shade(Shade::new(8))
        .json(Shade::new(9))
        .x_shade(shade())
        .flags([3, 4])
        .send()
        .await
        .unwrap();
    let first = sent.lines().next().unwrap();
    assert_eq!(
        first,
        "GET /v1/things/5:open/.a%2Fb.c?each=x&each=y%20z&joined=1,2&deep%5Bblue%5D=7&deep%5Bred%5D=a%26b&blue=8\
         &json=%7B%22blue%22%3A9%7D HTTP/1.1"
    );
    for line in ["x-shade: blue,7,red,a&b", "x-key: a key", "cookie: flags=3; flags=4"] {
        assert!(sent.lines().any(|sent| sent.eq_ignore_ascii_case(line)), "{line} is not in {sent}");
    }
}

#[tokio::test]
async fn ways_in() {
    let site = Site::echoing().await;
    let builder = Client::builder(Server::server_1(site.port.to_string()));
    let one_of_two = builder.clone().token("t").build().unwrap();
    let refused = one_of_two.make_text("x").send().await.unwrap_err();
    assert!(refused.to_string().contains("`ClientBuilder::session`"), "{refused}");
    let both = builder.token("t").session("s").build().unwrap();
    let sent = both.make_text("x").send().await.unwrap();
    for line in ["authorization: Bearer t", "cookie: sid=s"] {
        assert!(sent.lines().any(|sent| sent.eq_ignore_ascii_case(line)), "{line} is not in {sent}");
    }
}

#[tokio::test]
async fn bodies() {
    let site = Site::echoing().await;
    let client = client(&site);
    let body = |sent: &str| sent.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(&client.make(shade()).send().await.unwrap()), r#"{"blue":7,"red":"a&b"}"#);
    assert_eq!(body(&client.make_form(shade()).send().await.unwrap()), "blue=7&red=a%26b");
    assert_eq!(body(&client.make_text("plain").send().await.unwrap()), "plain");
    let image = client.make_png([1_u8, 2]).send().await.unwrap();
    assert!(image.to_ascii_lowercase().contains("content-type: image/png"), "{image}");
    let parts = client.make_multipart(Upload::new("bytes").file_name("f.txt")).shade(shade()).note("n").send().await;
    let parts = body(&parts.unwrap());
    for part in [
        "name=\"file\"; filename=\"f.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nbytes\r\n",
        "name=\"shade\"\r\nContent-Type: application/json\r\n\r\n{\"blue\":7,\"red\":\"a&b\"}\r\n",
        "name=\"note\"\r\n\r\nn\r\n",
    ] {
        assert!(parts.contains(part), "{parts}");
    }
}

#[tokio::test]
async fn answers_by_their_status() {
    let json = "Content-Type: application/json\r\nX-Left: 3\r\nX-Key: hunter2\r\n";
    let site = Site::answering("200 OK", json, r#"{"blue":1}"#).await;
    let answer = client(&site).ask().send_with_response().await.unwrap();
    let headers = AskHeaders::from(answer.headers());
    assert_eq!((headers.x_left, headers.x_key.as_ref().map(Secret::expose)), (Some(3), Some("hunter2")));
    assert!(!format!("{headers:?}").contains("hunter2"), "{headers:?}");
    assert!(matches!(answer.into_body(), AskSuccess::Ok(Shade { blue: 1, .. })));
    let site = Site::answering("202 Accepted", json, r#""later""#).await;
    assert!(matches!(client(&site).ask().send().await.unwrap(), AskSuccess::Accepted(text) if text == "later"));
    let site = Site::answering("204 No Content", "", "").await;
    assert!(matches!(client(&site).ask().send().await.unwrap(), AskSuccess::NoContent));
    // The status tells, whatever the body would fit.
    let site = Site::answering("202 Accepted", json, r#"{"blue":1}"#).await;
    assert_eq!(client(&site).ask().send().await.unwrap_err().kind(), runtime::ErrorKind::Decode);
    let site = Site::answering("206 Partial Content", json, r#"{"blue":1}"#).await;
    let undocumented = client(&site).ask().send().await.unwrap_err();
    assert_eq!(undocumented.status().map(|status| status.as_u16()), Some(206));

    let site = Site::answering("404 Not Found", json, r#"{"blue":2}"#).await;
    let error = client(&site).ask().send().await.unwrap_err();
    assert!(matches!(error.into_body(), Some(AskError::NotFound(Shade { blue: 2, .. }))));
    let site = Site::answering("418 I'm a teapot", json, r#""no""#).await;
    let error = client(&site).ask().send().await.unwrap_err();
    assert!(matches!(error.into_body(), Some(AskError::ClientError(text)) if text == "no"));
    let site = Site::answering("500 Internal Server Error", json, r#""no""#).await;
    assert!(client(&site).ask().send().await.unwrap_err().body().is_none());
}

#[tokio::test]
async fn events() {
    let site =
        Site::answering("200 OK", "Content-Type: text/event-stream\r\n", "data: {\"blue\":1}\n\ndata: [DONE]\n\n")
            .await;
    let mut events = client(&site).watch().send_events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().json::<Shade>().unwrap().blue, 1);
    assert_eq!(events.next().await.unwrap().unwrap().data, "[DONE]");
    assert!(events.next().await.unwrap().is_none());
}

#[tokio::test]
async fn lines() {
    let site =
        Site::answering("200 OK", "Content-Type: application/x-ndjson\r\n", "{\"blue\":1}\n{\"blue\":2}\n").await;
    let mut lines = client(&site).export().send_lines().await.unwrap();
    assert_eq!(lines.next::<Shade>().await.unwrap().unwrap().blue, 1);
    assert_eq!(lines.next::<Shade>().await.unwrap().unwrap().blue, 2);
    assert!(lines.next::<Shade>().await.unwrap().is_none());
}

#[tokio::test]
async fn bytes() {
    let site = Site::answering("200 OK", "Content-Type: application/octet-stream\r\n", "0123").await;
    let mut pieces = client(&site).download().send_stream().await.unwrap();
    assert_eq!(pieces.chunk().await.unwrap().unwrap().as_ref(), b"0123");
    assert!(pieces.chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn what_else_a_success_may_be() {
    let site = Site::echoing().await;
    let mut pieces = client(&site).report().send_stream_as("application/pdf").await.unwrap();
    let mut sent = Vec::new();
    while let Some(piece) = pieces.chunk().await.unwrap() {
        sent.extend_from_slice(&piece);
    }
    assert!(String::from_utf8(sent).unwrap().contains("\r\naccept: application/pdf\r\n"));

    for none in ["", "text/csv\r\nX-Evil: 1"] {
        let error = client(&site).report().send_stream_as(none).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains("the media type to ask for is not valid"), "{error}");
    }

    let csv = Site::answering("200 OK", "Content-Type: text/csv\r\n", "blue\n7\n").await;
    let mut pieces = client(&csv).report().send_stream_as("text/csv").await.unwrap();
    assert_eq!(pieces.chunk().await.unwrap().unwrap().as_ref(), b"blue\n7\n");
}
