//! Calls that get no answer, or not all of one.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::runtime::{Call, Client, ErrorKind, Retry, Server, decode};
use crate::support::{Behaviour, PUBLIC, Site, Thing, answer, get};

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = Client::builder(Server::url(format!("http://127.0.0.1:{port}"))).build().unwrap();
    let error = get::<Thing>(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_connect() && !error.is_timeout() && error.status().is_none() && error.text().is_none());
    let message = error.to_string();
    let start = format!("getThings: GET /things: no connection to 127.0.0.1:{port}: ");
    assert!(message.starts_with(&start) && message.contains("refused"), "{message}");
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_host_that_does_not_exist() {
    let client = Client::builder(Server::url("http://nowhere.invalid/")).build().unwrap();
    let error = get::<Thing>(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let message = error.to_string();
    assert!(message.starts_with("getThings: GET /things: the host of nowhere.invalid:80 was not found: "), "{message}");
}

#[tokio::test]
async fn no_answer_in_time() {
    let site = Site::start(Behaviour::Stall(Vec::new())).await;
    let client = site.builder().timeout(SHORT).build().unwrap();
    let start = Instant::now();
    let error = get::<Thing>(&client).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_timeout() && !error.is_connect());
    assert_eq!(
        error.to_string(),
        format!(
            "getThings: GET /things: no response from 127.0.0.1:{} within 300ms (`ClientBuilder::timeout`)",
            site.port
        )
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time() {
    let mut head = answer("200 OK", &[], b"[1,2,3]");
    head.truncate(head.len() - 3);
    let site = Site::start(Behaviour::Stall(head)).await;
    let client = site.builder().timeout(SHORT).build().unwrap();
    let error = get::<Vec<u8>>(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(
        error.to_string(),
        "getThings: GET /things: 200 OK, but the response was not complete within 300ms (`ClientBuilder::timeout`): \
         4 bytes were received"
    );
}

#[tokio::test]
async fn no_handshake_in_time() {
    let site = Site::start(Behaviour::Mute).await;
    let client = Client::builder(Server::url(format!("https://127.0.0.1:{}", site.port)))
        .root_certificate(crate::tls::any_certificate())
        .connect_timeout(SHORT)
        .retry(Retry::never())
        .build()
        .unwrap();
    let error = get::<Thing>(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_connect() && error.is_timeout());
    assert_eq!(
        error.to_string(),
        format!(
            "getThings: GET /things: no connection to 127.0.0.1:{} within 300ms (`ClientBuilder::connect_timeout`)",
            site.port
        )
    );
}

#[tokio::test]
async fn a_connection_closed_without_an_answer() {
    let site = Site::start(Behaviour::Close).await;
    let error = get::<Thing>(&site.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    assert!(!error.is_connect());
    let message = error.to_string();
    assert!(
        message.starts_with(&format!("getThings: GET /things: 127.0.0.1:{} sent no response: ", site.port)),
        "{message}"
    );
    assert!(!message.contains("certificate"), "{message}");
    assert_eq!(site.requests().len(), 1, "a request that may have been acted on is not repeated");
}

#[tokio::test]
async fn an_answer_that_is_not_http() {
    let site = Site::start(Behaviour::RawResponse(b"SSH-2.0-SECRET\r\n\r\n".to_vec())).await;
    let error = get::<Thing>(&site.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    assert!(!crate::support::everything_shown(&error).contains("SECRET"));
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let mut cut = answer("200 OK", &[], b"[\"SECRET\"]");
    cut.truncate(cut.len() - 4);
    let site = Site::start(Behaviour::RawResponse(cut)).await;
    let error = get::<Vec<String>>(&site.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.to_string(), "getThings: GET /things: 200 OK, but the response broke off after 6 of 10 bytes");
    assert_eq!(error.text(), Some("[\"SECR"));

    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n".to_vec();
    let site = Site::start(Behaviour::RawResponse(chunked)).await;
    let error = get::<Vec<u8>>(&site.client()).await.unwrap_err();
    assert_eq!(error.to_string(), "getThings: GET /things: 200 OK, but the response broke off after 5 bytes");
    // Nothing less happens to an operation that does not look at the body.
    let error = Call::new(&site.client(), &PUBLIC).send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let body = "[1,2,3,4,5,6,7,8]";
    let announced = Site::answering("200 OK", &[], body).await;
    // A server may not say how much is to come, and may never stop.
    let mut endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..1000 {
        endless.extend_from_slice(b"10\r\n[00000000000000,\r\n");
    }
    let endless = Site::start(Behaviour::Stall(endless)).await;
    let plain = Site::start(Behaviour::RawResponse(format!("HTTP/1.1 200 OK\r\n\r\n{body}").into_bytes())).await;
    for site in [&announced, &endless, &plain] {
        let client = site.builder().max_response_bytes(body.len() - 1).build().unwrap();
        let error = get::<Vec<u8>>(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(
            error.to_string(),
            "getThings: GET /things: 200 OK, but the body is larger than 16 bytes (`ClientBuilder::max_response_bytes`)"
        );
    }
    for site in [&announced, &plain] {
        let client = site.builder().max_response_bytes(body.len()).build().unwrap();
        assert_eq!(get::<Vec<u8>>(&client).await.unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
    }
    let client = announced.builder().max_response_bytes(3).build().unwrap();
    let error = Call::new(&client, &PUBLIC).send(decode::empty, decode::no_error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn an_announced_length_allocates_nothing() {
    let lie = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[".to_vec();
    let site = Site::start(Behaviour::RawResponse(lie)).await;
    let client = site.builder().max_response_bytes(usize::MAX).build().unwrap();
    let error = get::<Vec<u8>>(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert_eq!(
        error.to_string(),
        "getThings: GET /things: 200 OK, but the response broke off after 1 of 99999999999 bytes"
    );
}

#[tokio::test]
async fn a_url_that_is_too_long() {
    let site = Site::answering("200 OK", &[], "").await;
    let error = Call::new(&site.client(), &PUBLIC)
        .query("filter", "x".repeat(70_000))
        .send(decode::empty, decode::no_error)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().len() < 300, "{error}");
    assert!(site.requests().is_empty());
}
