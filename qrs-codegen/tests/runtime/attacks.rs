//! Servers that mean harm, and settings that would do some.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::runtime::{
    BuildErrorKind, Call, Client, ClientBuilder, ErrorKind, Operation, Secret, Server, decode, object,
};
use crate::support::{CREATE, GUARDED, KEY, NewThing, PUBLIC, QUERY, SESSION, Site, TOKEN, everything_shown};
use crate::tls::any_identity;

/// The part of a text that is left for a reader.
fn visible(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect::<String>().to_ascii_lowercase()
}

async fn shown(
    builder: impl FnOnce(ClientBuilder) -> ClientBuilder,
    status: &str,
    headers: &[&str],
    body: &str,
) -> String {
    let site = Site::answering(status, headers, body).await;
    let client = builder(site.builder()).build().unwrap();
    let error = Call::new(&client, &GUARDED).send(decode::json::<Value>, decode::no_error).await.unwrap_err();
    visible(&format!("{error} {error:?} {}", error.text().unwrap_or_default()))
}

#[tokio::test]
async fn a_disguised_credential_is_redacted() {
    let with = |builder: ClientBuilder| builder.credential(&QUERY, "Hunter2secret".to_owned());
    for between in [
        "\u{200B}",
        "\u{AD}",
        "\0",
        "\u{1}",
        "\u{202E}",
        "\u{FE0F}",
        "\u{34F}",
        "\u{3164}",
        "\u{E0101}",
        " ",
        "\r\n",
        "&#8203;",
        "&shy;",
        "%E2%80%8B",
        "\\u00ad",
    ] {
        let disguised = format!("Hun{between}ter2{between}secret");
        for body in [
            format!("who is {disguised}?"),
            serde_json::json!({ "message": disguised.replace("\\u00ad", "\u{AD}") }).to_string(),
            format!("{{\"message\":\"{disguised}\"}}"),
            format!("<html><title>{disguised}</title></html>"),
        ] {
            let shown = shown(with, "403 Forbidden", &[], &body).await;
            assert!(!shown.contains("ter2") && !shown.contains("hun"), "{between:?}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_credential_in_a_media_type_or_a_location_is_redacted() {
    let with = |builder: ClientBuilder| builder.credential(&SESSION, "0d1F-Session".to_owned());
    for (status, header) in [
        ("403 Forbidden", "Content-Type: application/0d1F-Session"),
        ("200 OK", "Content-Type: application/0d1F-Session"),
        ("302 Found", "Location: https://0d1F-Session/x"),
        ("302 Found", "Location: https://x/0d1F-Session"),
    ] {
        let shown = shown(with, status, &[header], "\u{1}\u{fffd}").await;
        assert!(!shown.contains("0d1f"), "{header}: {shown}");
    }
}

#[tokio::test]
async fn one_line_of_a_secret_is_redacted() {
    let licence = "QLIK;LEF;1234\r\nPRODUCT;52;;9999\r\nABCD-EFGH";
    for body in [licence.replace("\r\n", "\n"), "bad line: PRODUCT;52;;9999".to_owned(), licence.replace("\r\n", "\\n")]
    {
        let site = Site::answering("400 Bad Request", &[], body).await;
        let new = NewThing { name: "visible".to_owned(), key: Secret::from(licence) };
        let call = Call::new(&site.client(), &CREATE).json(new, "application/json");
        let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
        let shown = everything_shown(&error) + error.text().unwrap();
        assert!(!shown.contains("9999") && !shown.contains("1234"), "{shown}");
    }
}

#[tokio::test]
async fn redaction_takes_time_by_the_length_of_the_text() {
    let secret = format!("{}b", "\\".repeat(60_000));
    let site = Site::answering("403 Forbidden", &[], "\\".repeat(65_000)).await;
    let client = site.builder().credential(&QUERY, secret).build().unwrap();
    let begun = Instant::now();
    Call::new(&client, &GUARDED).send(decode::empty, decode::no_error).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// Each line of a LEF is a secret by itself, and here they all begin alike.
#[tokio::test]
async fn redaction_takes_time_by_the_length_of_a_secret_of_many_lines() {
    let lines: Vec<String> = (0..6000).map(|line| format!("LEF;{line:05}")).collect();
    let new = NewThing { name: "visible".to_owned(), key: Secret::from(lines.join("\n")) };
    let site = Site::answering("400 Bad Request", &[], "LEF;0599\\u0030".repeat(4500)).await;
    let call = Call::new(&site.client(), &CREATE).json(new, "application/json");
    let begun = Instant::now();
    let error = call.send(decode::empty, decode::no_error).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!error.text().unwrap().contains("0599"));
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    for address in [
        "https://user:hunter2?@host",
        "https://user:hunter2#@host",
        "https://user:hunter2%40host/",
        "https://host:hunter2/",
        "https://user:hun/ter2@host",
        "https://user:hunter2@host?x",
        "user:hunter2@host:1",
        "https://host?x=%40hunter2",
    ] {
        let server = Server::url(address);
        let error = Client::builder(server.clone()).build().unwrap_err();
        let builder = Client::builder(Server::url("https://node")).connect_to(address);
        let refused = builder.clone().build().map_or_else(|error| error.to_string(), |_| String::new());
        let shown = format!("{server} {server:?} {error} {error:?} {builder:?} {refused}");
        assert!(!shown.contains("hunter2") && !shown.contains("ter2"), "{shown}");
    }
}

#[test]
fn credentials_are_not_sent_unencrypted() {
    let refused = |builder: ClientBuilder| builder.build().unwrap_err();
    let remote = || Client::builder(Server::url("http://node.example.com:4242"));
    assert_eq!(
        refused(remote().credential(&TOKEN, "hunter2".to_owned())).to_string(),
        "the credentials given to `ClientBuilder::token` would be sent unencrypted to http://node.example.com:4242: use an \
         `https` address"
    );
    let certificate = remote().identity(&crate::support::CERTIFICATE, any_identity());
    assert_eq!(refused(certificate).kind(), BuildErrorKind::Credential);
    remote().build().unwrap();
    for local in ["http://localhost", "http://127.0.0.1:80", "http://[::1]", "http://a.localhost"] {
        let client = Client::builder(Server::url(local)).credential(&TOKEN, "hunter2".to_owned()).build().unwrap();
        assert_eq!(client.at_server(&Server::url("http://node")).unwrap_err().kind(), BuildErrorKind::Credential);
    }
}

/// The server's address is this machine's, and the way leads to another one.
#[test]
fn credentials_do_not_leave_this_machine_unencrypted() {
    let local = |server: &str| Client::builder(Server::url(server)).credential(&TOKEN, "hunter2".to_owned());
    for (builder, place) in [
        (local("http://localhost").connect_to("10.0.0.5:80"), "at 10.0.0.5:80 (`ClientBuilder::connect_to`)"),
        (local("http://a.localhost").connect_to("node:80"), "at node:80 (`ClientBuilder::connect_to`)"),
        (local("http://localhost").proxy("http://proxy.example.com:3128"), "through the proxy"),
        (local("http://127.0.0.1").proxy("http://u:hunter2@[fe80::1]:3128"), "through the proxy"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), BuildErrorKind::Credential);
        let message = error.to_string();
        assert!(message.contains(place) && !message.contains("hunter2"), "{message}");
    }
    for builder in [
        local("http://localhost").connect_to("[::1]:80"),
        local("http://localhost").connect_to("localhost:80"),
        local("http://localhost").proxy("http://127.0.0.1:3128"),
        local("https://localhost").connect_to("10.0.0.5:80").root_certificate(crate::tls::any_certificate()),
    ] {
        builder.build().unwrap();
    }
}

#[test]
fn a_generated_value_keeps_its_name() {
    let builder = Client::builder(Server::url("https://node"));
    let error =
        builder.named_credential(&TOKEN, &[&KEY], "x-made".to_owned(), "hunter2".to_owned()).build().unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::Credential);
    assert!(error.to_string().ends_with("the client generates the value of that name itself"), "{error}");
}

#[derive(Debug, PartialEq)]
struct Empty {}

object! { Empty {} }

#[tokio::test]
async fn a_body_has_a_limited_number_of_objects() {
    let read = async |most: usize| {
        let site = Site::answering("200 OK", &[], "[{},{},{}]").await;
        let client = site.builder().max_response_objects(most).build().unwrap();
        Call::new(&client, &PUBLIC).send(decode::json::<Vec<Empty>>, decode::no_error).await
    };
    assert_eq!(read(3).await.unwrap().len(), 3);
    let error = read(2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "getThings: GET /things: 200 OK, but the body is too large: it has more than 2 objects \
         (`ClientBuilder::max_response_objects`)"
    );
}

/// Values of any form count as well, and braces in strings do not.
#[tokio::test]
async fn objects_count_whatever_they_are_decoded_into() {
    let read = async |body: &str| {
        let site = Site::answering("200 OK", &[], body).await;
        let client = site.builder().max_response_objects(3).build().unwrap();
        let sent = Call::new(&client, &PUBLIC).send(decode::json::<Value>, decode::no_error).await;
        sent.map_err(|error| error.kind())
    };
    let refused = Err(ErrorKind::TooLarge);
    assert_eq!(read(r#"[{"a":0},{"a":0},{"a":0},{"a":0}]"#).await, refused);
    assert_eq!(read(r#"{"a":{"a":[{"a":{}}]}}"#).await, refused);
    assert_eq!(read(r#"[{},{},"\"}{{{\\",{},{}]"#).await, refused);
    for body in [r#"[{},{"{":"{{{{\"{"},{}]"#, "[0,0,0,0]", r#"["{","{","{","{"]"#, r#"["\\",{},"{\u007b{{"]"#] {
        assert_eq!(read(body).await, Ok(serde_json::from_str(body).unwrap()), "{body}");
    }
    let site = Site::answering("200 OK", &[], "0\n".repeat(5)).await;
    let client = site.builder().max_response_objects(1).build().unwrap();
    let call = Call::new(&client, &PUBLIC).prepared(decode::empty, decode::no_error);
    assert_eq!(call.send_lines("application/x-ndjson").await.unwrap().next::<u8>().await.unwrap(), Some(0));

    // Read leniently, an element that is wrong takes as much as an object.
    let site = Site::answering("200 OK", &[], "[0,0,0,0]").await;
    let lenient = async |most: usize| {
        let client = site.builder().max_response_objects(most).build().unwrap();
        Call::new(&client, &PUBLIC).send(decode::json_elements::<Empty>, decode::no_error).await
    };
    assert_eq!(lenient(3).await.unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(lenient(4).await.unwrap().len(), 4);
}

#[tokio::test]
async fn the_id_of_an_event_counts() {
    let body = format!("id: {}\ndata: 1\n\n{}", "i".repeat(2000), "data: 2\n\n".repeat(100));
    let site = Site::answering("200 OK", &["Content-Type: text/event-stream"], body).await;
    let client = site.builder().max_response_bytes(1000).build().unwrap();
    let call = Call::new(&client, &PUBLIC).prepared(decode::empty, decode::no_error);
    let mut events = call.send_events("text/event-stream").await.unwrap();
    let error = loop {
        match events.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the stream has ended"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

async fn lines(body: impl AsRef<[u8]>) -> crate::runtime::LineStream {
    let site = Site::answering("200 OK", &["Content-Type: application/x-ndjson"], body).await;
    let call = Call::new(&site.client(), &PUBLIC).prepared(decode::empty, decode::no_error);
    call.send_lines("application/x-ndjson").await.unwrap()
}

#[tokio::test]
async fn short_lines_are_read_in_time_by_their_length() {
    let begun = Instant::now();
    let mut blank = lines("\n".repeat(4 * 1024 * 1024) + "7\n").await;
    assert_eq!(blank.next::<u8>().await.unwrap(), Some(7));
    let mut short = lines("7\n".repeat(200_000)).await;
    for _ in 0..200_000 {
        assert_eq!(short.next::<u8>().await.unwrap(), Some(7));
    }
    assert_eq!(short.next::<u8>().await.unwrap(), None);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_first_line_may_begin_with_a_byte_order_mark() {
    let mut values = lines("\u{FEFF}1\n2\n\u{FEFF}3\n").await;
    assert_eq!(values.next::<u8>().await.unwrap(), Some(1));
    assert_eq!(values.next::<u8>().await.unwrap(), Some(2));
    assert!(values.next::<u8>().await.is_err());
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_no_success() {
    let site = Site::answering("206 Partial Content", &[], "[1]").await;
    let call = || Call::new(&site.client(), &PUBLIC);
    let error = call().send(decode::json::<Value>, decode::no_error).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Decode, 206));
    assert!(
        error.to_string().ends_with("the body is only a part of the content, although the request asked for all of it")
    );
    let stream = call().prepared(decode::empty, decode::no_error).send_stream().await;
    assert_eq!(stream.unwrap_err().kind(), ErrorKind::Decode);
    let asked = call().header("Range", "bytes=0-2".to_owned());
    assert_eq!(asked.send(decode::json::<Value>, decode::no_error).await.unwrap(), serde_json::json!([1]));
}

/// Some APIs respond with 206 where a list goes on, or where some of the items failed.
#[tokio::test]
async fn a_part_that_the_document_describes_is_a_success() {
    static DESCRIBED: Operation = Operation { describes_partial_content: true, ..PUBLIC };
    let site = Site::answering("206 Partial Content", &[], "[1]").await;
    let call = Call::new(&site.client(), &DESCRIBED);
    assert_eq!(call.send(decode::json::<Value>, decode::no_error).await.unwrap(), serde_json::json!([1]));
}

/// Answers each request with its number on the connection, and then once more with a response that nobody has asked
/// for: at once, in a packet of its own, or after a pause.
fn two_for_one(pause: Option<Duration>) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                while stream.read(&mut request).is_ok_and(|length| length > 0) {
                    let own = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
                    let stray = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2";
                    let written = match pause {
                        None => stream.write_all(&[&own[..], stray].concat()),
                        Some(pause) => stream.write_all(own).and_then(|()| {
                            std::thread::sleep(pause);
                            stream.write_all(stray)
                        }),
                    };
                    if written.is_err() {
                        break;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

/// How many of 200 calls get a response that was meant for none.
async fn strays(pause: Option<Duration>, reuse: bool) -> usize {
    let client = Client::builder(Server::url(two_for_one(pause))).reuse_connections(reuse).build().unwrap();
    let mut strays = 0;
    for _ in 0..200 {
        strays +=
            usize::from(Call::new(&client, &PUBLIC).send(decode::json::<u8>, decode::no_error).await.unwrap() != 1);
    }
    strays
}

#[tokio::test]
async fn a_response_that_nobody_asked_for() {
    // It has come before the next request is made: the connection is not used again.
    assert_eq!(strays(None, true).await, 0);
    // Nothing tells one that comes later from the next response.
    for pause in [None, Some(Duration::ZERO), Some(Duration::from_micros(50))] {
        assert_eq!(strays(pause, false).await, 0);
    }
}

/// The thread that would see it come is busy until the next request is made.
#[tokio::test]
async fn a_response_that_nobody_asked_for_comes_while_the_thread_is_busy() {
    let client = Client::builder(Server::url(two_for_one(Some(Duration::from_millis(2))))).build().unwrap();
    for _ in 0..20 {
        let answer = Call::new(&client, &PUBLIC).send(decode::json::<u8>, decode::no_error).await;
        assert_eq!(answer.unwrap(), 1);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_nobody_asked_for_on_several_threads() {
    assert_eq!(strays(None, true).await, 0);
    assert_eq!(strays(Some(Duration::from_micros(50)), false).await, 0);
}

#[tokio::test]
async fn a_number_out_of_range() {
    let site = Site::answering("200 OK", &[], "[1e400]").await;
    let error = Call::new(&site.client(), &PUBLIC).send(decode::json::<Value>, decode::no_error).await.unwrap_err();
    assert!(error.to_string().contains("but a number in the body is out of range (line 1, column"), "{error}");
    let error = lines("1e400\n").await.next::<Value>().await.unwrap_err();
    assert!(error.to_string().ends_with("a number is out of range"), "{error}");
}
