//! The table of faults, and the responses that some of them consist of.

use std::time::Duration;

use qrs_generated::ErrorKind::{Body, Connect, Decode, NoAnswer, Status, Timeout, Tls, TooLarge, UnexpectedContent};
use qrs_tests::Ending::{self, Alert, Close, Goodbye, Reset, Silence};
use qrs_tests::Mishap::{self, Answer, Connection, Handshake, Instead};

use super::Effect::{Passes, Stays};
use super::{BOUND, Fault, OBJECTS};

const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 9\r\n\r\nslow down";
const TOO_MANY_FOR_NOW: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 9\r\n\r\nslow down";
const RESTARTING: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 10\r\n\r\nrestarting";
const RESTARTING_FOR_NOW: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 10\r\n\r\nrestarting";

/// The message of a call that the deadline ends, in part.
const TIMEOUT: &str = "within 250ms (`ClientBuilder::timeout`)";
/// The message where no response came, in part.
const UNANSWERED: &str = "sent no response: ";
/// The message where the response is incomplete, in part.
const BROKEN: &str = "but the response broke off after ";

fn nothing(_: &[u8]) -> Vec<u8> {
    Vec::new()
}

fn whole(answer: &[u8]) -> Vec<u8> {
    answer.to_vec()
}

/// The head of an answer, up to the empty line after it.
fn head(answer: &[u8]) -> usize {
    answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(answer.len(), |at| at + 4)
}

fn half_the_head(answer: &[u8]) -> Vec<u8> {
    answer[..head(answer) / 2].to_vec()
}

fn half_the_body(answer: &[u8]) -> Vec<u8> {
    answer[..usize::midpoint(head(answer), answer.len())].to_vec()
}

/// The same answer with another `Content-Length`, by which its body is too long or too short.
fn said_to_be(answer: &[u8], length: impl Fn(usize) -> String) -> Vec<u8> {
    let head = head(answer);
    let body = &answer[head..];
    let head = String::from_utf8_lossy(&answer[..head]);
    let mut lines: Vec<String> = head
        .lines()
        .filter(|line| !line.is_empty() && !line.to_ascii_lowercase().starts_with("content-length"))
        .map(str::to_owned)
        .collect();
    lines.push(length(body.len()));
    [lines.join("\r\n").as_bytes(), b"\r\n\r\n", body].concat()
}

fn longer_than_it_is(answer: &[u8]) -> Vec<u8> {
    said_to_be(answer, |length| format!("content-length: {}", length + 10))
}

fn shorter_than_it_is(answer: &[u8]) -> Vec<u8> {
    said_to_be(answer, |length| format!("content-length: {}", length / 2))
}

fn of_two_lengths(answer: &[u8]) -> Vec<u8> {
    said_to_be(answer, |length| format!("content-length: {length}\r\ncontent-length: {}", length + 1))
}

fn of_no_length(answer: &[u8]) -> Vec<u8> {
    said_to_be(answer, |_| "content-length: many".to_owned())
}

/// The rest would do as the response to the next request.
fn with_more_behind(answer: &[u8]) -> Vec<u8> {
    let more =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{\"name\": \"smuggled\"}";
    [answer, more].concat()
}

fn of_many_objects(_: &[u8]) -> Vec<u8> {
    let body = format!("[{}]", vec!["{}"; 2 * OBJECTS].join(","));
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    [head, body].concat().into_bytes()
}

fn a_part(_: &[u8]) -> Vec<u8> {
    b"HTTP/1.1 206 Partial Content\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]".to_vec()
}

fn too_large(_: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 4 * BOUND);
    [head.as_bytes(), &vec![b' '; 4 * BOUND]].concat()
}

fn no_http(_: &[u8]) -> Vec<u8> {
    b"\x00\xff\x13 220 mail.example.com ESMTP\r\n\r\n".to_vec()
}

fn no_json(_: &[u8]) -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n\x01\xff{]}\x02\x03".to_vec()
}

fn login_page(_: &[u8]) -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 19\r\n\r\n<html>Log in</html>".to_vec()
}

fn bad_gateway(_: &[u8]) -> Vec<u8> {
    page("502 Bad Gateway")
}

fn gateway_timeout(_: &[u8]) -> Vec<u8> {
    page("504 Gateway Timeout")
}

fn page(status: &str) -> Vec<u8> {
    let page = format!("<html><head><title>{status}</title></head></html>");
    format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}", page.len()).into_bytes()
}

/// Every fault of the table.
pub(super) fn faults() -> Vec<Fault> {
    [connecting(), before_the_body(), within_the_body(), lengths(), contents(), statuses(), kept_connections()]
        .into_iter()
        .flatten()
        .collect()
}

/// Faults before there is a connection.
fn connecting() -> Vec<Fault> {
    let unconnected = "no connection to localhost:";
    let closed = "closed the connection in the TLS handshake: is it being restarted";
    let no_tls = "does not speak TLS on this port: is its address `http://`";
    let alerted = "ended the TLS connection (InternalError)";
    let connect_timeout = "within 250ms (`ClientBuilder::connect_timeout`)";
    vec![
        Fault::new("reset on connect", Connection(Reset), Passes(Connect), unconnected),
        Fault::new("closed on connect", Connection(Close), Passes(Connect), closed),
        Fault::new("nobody speaks after connect", Connection(Silence), Passes(Timeout), connect_timeout).mute(),
        Fault::new("reset in the handshake", Handshake(Reset), Passes(Connect), unconnected),
        Fault::new("handshake closed without a word", Handshake(Close), Passes(Connect), closed),
        Fault::new("nobody answers the handshake", Handshake(Silence), Passes(Timeout), connect_timeout).mute(),
        Fault::new("alert in the handshake", Handshake(Alert), Stays(Tls), alerted),
        Fault::new("no TLS on the port", Mishap::NoTls(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Stays(Tls), no_tls),
    ]
}

/// Faults after the connection is made, up to the body of the response.
fn before_the_body() -> Vec<Fault> {
    vec![
        Fault::new("reset before the site has the request", Instead(b"", Reset), Passes(NoAnswer), UNANSWERED),
        Fault::new("closed before the site has the request", Instead(b"", Goodbye), Passes(NoAnswer), UNANSWERED),
        Fault::new("reset before the answer", Answer(nothing, Reset), Passes(NoAnswer), UNANSWERED),
        Fault::new("closed before the answer", Answer(nothing, Goodbye), Passes(NoAnswer), UNANSWERED),
        Fault::new("cut before the answer", Answer(nothing, Close), Passes(NoAnswer), UNANSWERED),
        Fault::new("TLS alert before the answer", Answer(nothing, Alert), Passes(NoAnswer), "BadRecordMac"),
        Fault::new("no answer comes", Answer(nothing, Silence), Stays(Timeout), TIMEOUT).late(),
        Fault::new("reset in the answer's head", Answer(half_the_head, Reset), Passes(NoAnswer), UNANSWERED),
        Fault::new("closed in the answer's head", Answer(half_the_head, Goodbye), Passes(NoAnswer), UNANSWERED),
    ]
}

/// Connections that end or stop within the body of a response, or after it.
fn within_the_body() -> Vec<Fault> {
    let drip = |piece, milliseconds| Mishap::Drip { piece, pause: Duration::from_millis(milliseconds) };
    vec![
        Fault::new("reset in the body", Answer(half_the_body, Reset), Passes(Body), BROKEN).content(),
        Fault::new("closed in the body (truncated)", Answer(half_the_body, Goodbye), Passes(Body), BROKEN).content(),
        Fault::new("cut in the body (truncated)", Answer(half_the_body, Close), Passes(Body), BROKEN).content(),
        Fault::new("TLS alert in the body", Answer(half_the_body, Alert), Passes(Body), "").or(NoAnswer).middle(),
        Fault::new("the rest of the body never comes", Answer(half_the_body, Silence), Stays(Timeout), TIMEOUT)
            .middle()
            .late(),
        Fault::harmless("reset after the answer", Answer(whole, Reset)),
        Fault::harmless("closed after the answer", Answer(whole, Goodbye)),
        Fault::harmless("slow drip", drip(16, 1)),
        Fault::new("slow drip past the deadline", drip(1, 25), Stays(Timeout), TIMEOUT).late(),
    ]
}

/// Responses whose length is wrong, or more than the client reads.
fn lengths() -> Vec<Fault> {
    vec![
        Fault::new("length too large", Answer(longer_than_it_is, Goodbye), Passes(Body), BROKEN).content(),
        Fault::new("length too small", Answer(shorter_than_it_is, Ending::None), Stays(Decode), "in the middle of")
            .content(),
        Fault::new("two lengths", Answer(of_two_lengths, Ending::None), Passes(NoAnswer), UNANSWERED).content(),
        Fault::new("a length that is none", Answer(of_no_length, Ending::None), Passes(NoAnswer), UNANSWERED).content(),
        Fault::harmless("more bytes than the answer has", Answer(with_more_behind, Ending::None)),
        Fault::new("body beyond the bound", Answer(too_large, Ending::None), Stays(TooLarge), "max_response_bytes"),
        Fault::new("objects beyond the bound", Answer(of_many_objects, Ending::None), Stays(TooLarge), "")
            .or(Decode)
            .content(),
    ]
}

/// Responses whose content is not the one that was asked for.
fn contents() -> Vec<Fault> {
    vec![
        Fault::new("a part that nobody asked for", Answer(a_part, Ending::None), Stays(Decode), "only a part of"),
        Fault::new("garbage instead of HTTP", Answer(no_http, Ending::None), Passes(NoAnswer), UNANSWERED),
        Fault::new("garbage instead of JSON", Answer(no_json, Ending::None), Stays(Decode), "is not valid JSON")
            .content(),
        Fault::new("200 with a login page", Answer(login_page, Ending::None), Stays(UnexpectedContent), "login page?"),
    ]
}

/// Responses of a server or gateway that is overloaded or restarting.
fn statuses() -> Vec<Fault> {
    vec![
        Fault::new("429", Instead(TOO_MANY, Ending::None), Passes(Status), "429 Too Many Requests: slow down"),
        Fault::new("429 with Retry-After", Instead(TOO_MANY_FOR_NOW, Ending::None), Passes(Status), "slow down").once(),
        Fault::new("503", Instead(RESTARTING, Ending::None), Passes(Status), "503 Service Unavailable: restarting"),
        Fault::new("503 with Retry-After", Instead(RESTARTING_FOR_NOW, Goodbye), Passes(Status), "restarting").once(),
        Fault::new("502 with a page", Answer(bad_gateway, Ending::None), Passes(Status), "page titled \"502 Bad"),
        Fault::new("504 with a page", Answer(gateway_timeout, Ending::None), Passes(Status), "page titled \"504 Gate"),
    ]
}

/// Faults of a connection that was kept from an earlier request.
fn kept_connections() -> Vec<Fault> {
    vec![
        Fault::harmless("a kept connection closed while idle", Mishap::None).kept(Answer(whole, Goodbye)),
        Fault::harmless("a kept connection reset while idle", Mishap::None).kept(Answer(whole, Reset)),
        Fault::harmless("more bytes on a kept connection", Mishap::None).kept(Answer(with_more_behind, Ending::None)),
        Fault::new("a kept connection reset on use", Instead(b"", Reset), Passes(NoAnswer), UNANSWERED)
            .kept(Mishap::None),
        Fault::new("a kept connection closed on use", Instead(b"", Close), Passes(NoAnswer), UNANSWERED)
            .kept(Mishap::None),
    ]
}
