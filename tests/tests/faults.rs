//! Every fault that can happen between a client and a site, over real mutual TLS: the client's error, and the state of
//! the licences afterwards.
//!
//! `cargo test -p qrs-tests --test faults -- --nocapture` prints the table.

#![allow(clippy::panic, reason = "the configuration allows them in the tests themselves, not in what they share")]

mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use qrs_generated::{Client, ClientBuilder, Error, ErrorKind, Request as _, Retry, types};
use qrs_tests::{Ending, FaultProxy, Method, Mishap, Operation, Pool, StandIn, seed};

use support::{Checked, builder_for};

/// The attempts of a client here: three.
const ATTEMPTS: u64 = 3;
const QUICK: Retry = Retry::attempts(3).first_pause(Duration::from_millis(1)).longest_pause(Duration::from_millis(4));

/// How long a call may take where it is meant to succeed or to fail by itself.
const AMPLE: Duration = Duration::from_secs(10);
/// How long it may take where only the deadline ends it.
const SHORT: Duration = Duration::from_millis(250);
/// How long connecting may take where nobody speaks.
const CONNECT: Duration = Duration::from_millis(250);
/// The time that the machine may take on top of a deadline.
const GRACE: Duration = Duration::from_secs(3);

/// The largest body that is read here.
const BOUND: usize = 64 * 1024;
/// The most objects that are read here.
const OBJECTS: usize = 1000;

const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 9\r\n\r\nslow down";
const TOO_MANY_FOR_NOW: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 9\r\n\r\nslow down";
const RESTARTING: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 10\r\n\r\nrestarting";
const RESTARTING_FOR_NOW: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 10\r\n\r\nrestarting";

/// The reaction of a client to a fault.
#[derive(Clone, Copy)]
enum Effect {
    /// Nothing: the call succeeds at once.
    Harmless,
    /// It passes, so that what is safe to repeat is repeated.
    Passes(ErrorKind),
    /// Another attempt would meet it again, or there is no time left for one.
    Stays(ErrorKind),
}

/// The call that a fault concerns. The response to a DELETE has no content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    /// Content, so that an answer without it is not harmed.
    Content,
    /// The middle of content, so that it cannot happen to an answer without it.
    Middle,
}

/// A fault, and what has to come of it.
struct Fault {
    name: &'static str,
    mishap: Mishap,
    effect: Effect,
    /// Whether the site acts on the request.
    acts: bool,
    concerns: Part,
    /// The text that the message contains.
    says: &'static str,
    /// The other kinds that it may be taken for: if the client meets two things at once, either comes first.
    or: Option<ErrorKind>,
    timeout: Duration,
    connect_timeout: Duration,
    /// The earlier use of the connection, so that it is one that was kept.
    kept: Option<Mishap>,
    /// Whether a burst of it is tried as well: not where the server asks for long pauses.
    burst: bool,
}

impl Fault {
    const fn new(name: &'static str, mishap: Mishap, effect: Effect, says: &'static str) -> Self {
        Self {
            name,
            mishap,
            effect,
            acts: matches!(mishap, Mishap::None | Mishap::Answer(..) | Mishap::Drip { .. }),
            concerns: Part::Any,
            says,
            or: None,
            timeout: AMPLE,
            connect_timeout: AMPLE,
            kept: None,
            burst: true,
        }
    }

    const fn harmless(name: &'static str, mishap: Mishap) -> Self {
        Self::new(name, mishap, Effect::Harmless, "")
    }

    /// Harms content alone.
    const fn content(mut self) -> Self {
        self.concerns = Part::Content;
        self
    }

    /// Happens in the middle of content.
    const fn middle(mut self) -> Self {
        self.concerns = Part::Middle;
        self
    }

    /// Or else it is taken for this.
    const fn or(mut self, kind: ErrorKind) -> Self {
        self.or = Some(kind);
        self
    }

    /// Ends with the deadline.
    const fn late(mut self) -> Self {
        self.timeout = SHORT;
        self
    }

    /// Ends with the deadline for connecting.
    const fn mute(mut self) -> Self {
        self.connect_timeout = CONNECT;
        self
    }

    /// Happens to a connection that was used before.
    const fn kept(mut self, before: Mishap) -> Self {
        self.kept = Some(before);
        self
    }

    /// Is not tried in a burst.
    const fn once(mut self) -> Self {
        self.burst = false;
        self
    }

    /// Its effect on a call with this method.
    fn effect_on(&self, method: &Method) -> Effect {
        if self.concerns == Part::Content && method == Method::DELETE { Effect::Harmless } else { self.effect }
    }
}

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
fn faults() -> Vec<Fault> {
    use Effect::{Passes, Stays};
    use Ending::{Alert, Close, Goodbye, Reset, Silence};
    use ErrorKind::{Body, Connect, Decode, NoAnswer, Status, Timeout, Tls, TooLarge, UnexpectedContent};
    use Mishap::{Answer, Connection, Handshake, Instead};

    let unconnected = "no connection to localhost:";
    let closed = "closed the connection in the TLS handshake: is it being restarted";
    let no_tls = "does not speak TLS on this port: is its address `http://`";
    let alerted = "ended the TLS connection (InternalError)";
    let connect_timeout = "within 250ms (`ClientBuilder::connect_timeout`)";
    let timeout = "within 250ms (`ClientBuilder::timeout`)";
    let unanswered = "sent no response: ";
    let broken = "but the response broke off after ";
    let drip = |piece, milliseconds| Mishap::Drip { piece, pause: Duration::from_millis(milliseconds) };
    vec![
        Fault::new("reset on connect", Connection(Reset), Passes(Connect), unconnected),
        Fault::new("closed on connect", Connection(Close), Passes(Connect), closed),
        Fault::new("nobody speaks after connect", Connection(Silence), Passes(Timeout), connect_timeout).mute(),
        Fault::new("reset in the handshake", Handshake(Reset), Passes(Connect), unconnected),
        Fault::new("handshake closed without a word", Handshake(Close), Passes(Connect), closed),
        Fault::new("nobody answers the handshake", Handshake(Silence), Passes(Timeout), connect_timeout).mute(),
        Fault::new("alert in the handshake", Handshake(Alert), Stays(Tls), alerted),
        Fault::new("no TLS on the port", Mishap::NoTls(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Stays(Tls), no_tls),
        Fault::new("reset before the site has the request", Instead(b"", Reset), Passes(NoAnswer), unanswered),
        Fault::new("closed before the site has the request", Instead(b"", Goodbye), Passes(NoAnswer), unanswered),
        Fault::new("reset before the answer", Answer(nothing, Reset), Passes(NoAnswer), unanswered),
        Fault::new("closed before the answer", Answer(nothing, Goodbye), Passes(NoAnswer), unanswered),
        Fault::new("cut before the answer", Answer(nothing, Close), Passes(NoAnswer), unanswered),
        Fault::new("TLS alert before the answer", Answer(nothing, Alert), Passes(NoAnswer), "BadRecordMac"),
        Fault::new("no answer comes", Answer(nothing, Silence), Stays(Timeout), timeout).late(),
        Fault::new("reset in the answer's head", Answer(half_the_head, Reset), Passes(NoAnswer), unanswered),
        Fault::new("closed in the answer's head", Answer(half_the_head, Goodbye), Passes(NoAnswer), unanswered),
        Fault::new("reset in the body", Answer(half_the_body, Reset), Passes(Body), broken).content(),
        Fault::new("closed in the body (truncated)", Answer(half_the_body, Goodbye), Passes(Body), broken).content(),
        Fault::new("cut in the body (truncated)", Answer(half_the_body, Close), Passes(Body), broken).content(),
        Fault::new("TLS alert in the body", Answer(half_the_body, Alert), Passes(Body), "").or(NoAnswer).middle(),
        Fault::new("the rest of the body never comes", Answer(half_the_body, Silence), Stays(Timeout), timeout)
            .middle()
            .late(),
        Fault::harmless("reset after the answer", Answer(whole, Reset)),
        Fault::harmless("closed after the answer", Answer(whole, Goodbye)),
        Fault::harmless("slow drip", drip(16, 1)),
        Fault::new("slow drip past the deadline", drip(1, 25), Stays(Timeout), timeout).late(),
        Fault::new("length too large", Answer(longer_than_it_is, Goodbye), Passes(Body), broken).content(),
        Fault::new("length too small", Answer(shorter_than_it_is, Ending::None), Stays(Decode), "in the middle of")
            .content(),
        Fault::new("two lengths", Answer(of_two_lengths, Ending::None), Passes(NoAnswer), unanswered).content(),
        Fault::new("a length that is none", Answer(of_no_length, Ending::None), Passes(NoAnswer), unanswered).content(),
        Fault::harmless("more bytes than the answer has", Answer(with_more_behind, Ending::None)),
        Fault::new("body beyond the bound", Answer(too_large, Ending::None), Stays(TooLarge), "max_response_bytes"),
        Fault::new("objects beyond the bound", Answer(of_many_objects, Ending::None), Stays(TooLarge), "")
            .or(Decode)
            .content(),
        Fault::new("a part that nobody asked for", Answer(a_part, Ending::None), Stays(Decode), "only a part of"),
        Fault::new("garbage instead of HTTP", Answer(no_http, Ending::None), Passes(NoAnswer), unanswered),
        Fault::new("garbage instead of JSON", Answer(no_json, Ending::None), Stays(Decode), "is not valid JSON")
            .content(),
        Fault::new("200 with a login page", Answer(login_page, Ending::None), Stays(UnexpectedContent), "login page?"),
        Fault::new("429", Instead(TOO_MANY, Ending::None), Passes(Status), "429 Too Many Requests: slow down"),
        Fault::new("429 with Retry-After", Instead(TOO_MANY_FOR_NOW, Ending::None), Passes(Status), "slow down").once(),
        Fault::new("503", Instead(RESTARTING, Ending::None), Passes(Status), "503 Service Unavailable: restarting"),
        Fault::new("503 with Retry-After", Instead(RESTARTING_FOR_NOW, Goodbye), Passes(Status), "restarting").once(),
        Fault::new("502 with a page", Answer(bad_gateway, Ending::None), Passes(Status), "page titled \"502 Bad"),
        Fault::new("504 with a page", Answer(gateway_timeout, Ending::None), Passes(Status), "page titled \"504 Gate"),
        Fault::harmless("a kept connection closed while idle", Mishap::None).kept(Answer(whole, Goodbye)),
        Fault::harmless("a kept connection reset while idle", Mishap::None).kept(Answer(whole, Reset)),
        Fault::harmless("more bytes on a kept connection", Mishap::None).kept(Answer(with_more_behind, Ending::None)),
        Fault::new("a kept connection reset on use", Instead(b"", Reset), Passes(NoAnswer), unanswered)
            .kept(Mishap::None),
        Fault::new("a kept connection closed on use", Instead(b"", Close), Passes(NoAnswer), unanswered)
            .kept(Mishap::None),
    ]
}

/// One call, whatever it is of: its errors have one type without their bodies.
async fn call(client: &Client, method: &Method) -> Result<(), Error> {
    let done = if method == Method::GET {
        client.get_professional_access_types().send().await.map(drop)
    } else if method == Method::DELETE {
        client.delete_professional_access_type(seed::PASS_OF_BJORN).send().await
    } else {
        let user = types::AccessTypeAllocationCreateUser::new(seed::NEWCOMER);
        client.create_professional_access_type(types::AccessTypeAllocationCreate::new(user)).send().await.map(drop)
    };
    done.map_err(Error::without_body)
}

/// A client that reaches the site through the proxy.
fn through(proxy: &FaultProxy, site: &StandIn) -> Result<ClientBuilder, qrs_generated::BuildError> {
    Ok(builder_for(site)?.connect_to(proxy.address()).retry(QUICK))
}

/// How many allocations the user holds whom the POSTs are for.
fn held_by_newcomer(site: &StandIn) -> usize {
    let id = seed::NEWCOMER.to_string();
    site.allocations(Pool::Professional).iter().filter(|pass| pass["user"]["id"] == id.as_str()).count()
}

fn holds_pass_of_bjorn(site: &StandIn) -> bool {
    let id = seed::PASS_OF_BJORN.to_string();
    site.allocations(Pool::Professional).iter().any(|pass| pass["id"] == id.as_str())
}

/// The outcome of a call.
struct Came {
    outcome: Result<(), Error>,
    /// Attempts, as they were seen from the network: whole requests, or connections if none got that far.
    attempts: u64,
    /// Requests that the site has acted on.
    acted: usize,
    took: Duration,
}

/// Has the fault happen so many times in a row to a call with this method, and holds what came of it against what the
/// fault says.
async fn happens(fault: &Fault, method: &Method, times: u64) -> Result<Came, Box<dyn std::error::Error>> {
    let site = StandIn::start().await?;
    let proxy = site.fault_proxy().await?;
    let builder =
        through(&proxy, &site)?.timeout(fault.timeout).max_response_bytes(BOUND).max_response_objects(OBJECTS);
    let client = builder.connect_timeout(fault.connect_timeout).build()?;

    if let Some(before) = fault.kept {
        proxy.next(before);
        client.get_license().send().await?;
        if !matches!(before, Mishap::None) {
            proxy.abandoned().await;
        }
        site.forget_requests();
    }
    let (connections, requests) = (proxy.connections(), proxy.requests());
    (0..times).for_each(|_| proxy.next(fault.mishap));
    let begun = Instant::now();
    let outcome = call(&client, method).await;
    let took = begun.elapsed();
    let attempts = if fault.is_early() { proxy.connections() - connections } else { proxy.requests() - requests };
    let acted = site.requests().len();
    let came = Came { outcome, attempts, acted, took };
    check(fault, method, times, &came, &site, proxy.left());

    // Whatever happened, the client can be used as before, and takes nothing that was left for an answer.
    let license = client.get_license().timeout(AMPLE).send().await?.ok_or("the site has a licence")?;
    assert_eq!(license.name.as_deref(), Some("Stand-in"), "{}", fault.name);
    Ok(came)
}

impl Fault {
    /// Whether it happens before there is a request.
    fn is_early(&self) -> bool {
        matches!(self.mishap, Mishap::Connection(_) | Mishap::Handshake(_) | Mishap::NoTls(_))
    }
}

fn check(fault: &Fault, method: &Method, times: u64, came: &Came, site: &StandIn, left: usize) {
    let about = format!("{}, {method}, {times} times: {:?}", fault.name, came.outcome);
    let repeats = method != Method::POST;
    let effect = fault.effect_on(method);
    let (attempts, failure) = match effect {
        Effect::Harmless => (1, None),
        Effect::Stays(kind) => (1, Some(kind)),
        Effect::Passes(kind) if !repeats => (1, Some(kind)),
        Effect::Passes(kind) if times >= ATTEMPTS => (ATTEMPTS, Some(kind)),
        Effect::Passes(_) => (times + 1, None),
    };
    // A connection that is used again by the attempt after the last mishap is none more.
    assert_eq!(came.attempts, attempts, "{about}");
    match (&came.outcome, failure) {
        (Ok(()), None) => {}
        (Err(error), Some(kind)) => {
            assert!([Some(kind), fault.or].contains(&Some(error.kind())), "{about}: {kind:?} is due");
            assert_eq!(u64::from(error.attempts()), attempts, "{about}");
            let message = error.to_string();
            assert!(message.contains(fault.says), "{about}: {message}");
            assert!(!message.contains('\n'), "{about}");
            let unknown = method == Method::POST && error.status().is_none() && !fault.is_early();
            assert_eq!(message.contains("the server may have carried it out"), unknown, "{about}: {message}");
            assert_eq!(error.is_connect(), fault.is_early(), "{about}: whether the site can know of the request");
            assert_eq!(error.is_timeout(), kind == ErrorKind::Timeout, "{about}");
            assert_eq!(error.is_tls(), kind == ErrorKind::Tls, "{about}");
        }
        _ => panic!("{about}"),
    }
    // Each attempt has met one mishap, and the one after the last reached the site.
    assert_eq!(left as u64, times.saturating_sub(attempts), "{about}");
    let harmed = attempts.min(times);
    let untouched = attempts - harmed;
    let acted = untouched + if fault.acts { harmed } else { 0 };
    assert_eq!(came.acted as u64, acted, "{about}");

    let most = fault.timeout + GRACE;
    assert!(came.took < most, "{about}: {:?}", came.took);
    let due = if method == Method::POST { usize::from(acted > 0) } else { 0 };
    assert_eq!(held_by_newcomer(site), due, "{about}");
    assert_eq!(holds_pass_of_bjorn(site), method != Method::DELETE || acted == 0, "{about}");
    let creations =
        site.requests().into_iter().filter(|seen| seen.operation == Some(Operation::CreateProfessionalAccessType));
    assert!(creations.count() <= 1, "{about}");
}

/// The calls with one method in the table: attempts, how many of them reached the site, outcome.
async fn cell(fault: &Fault, method: Method) -> Result<String, Box<dyn std::error::Error>> {
    if fault.concerns == Part::Middle && method == Method::DELETE {
        return Ok("–".to_owned());
    }
    let mut cell = String::new();
    // Only what is repeated can meet it again.
    let again = fault.burst && method != Method::POST && matches!(fault.effect_on(&method), Effect::Passes(_));
    for times in if again { &[1, ATTEMPTS][..] } else { &[1] } {
        let came =
            happens(fault, &method, *times).await.map_err(|error| format!("{}, {method}: {error}", fault.name))?;
        let outcome = match &came.outcome {
            Ok(()) => "success".to_owned(),
            Err(error) => format!("`{:?}`", error.kind()),
        };
        let gap = if cell.is_empty() { "" } else { "; " };
        let _ = write!(cell, "{gap}{} / {}: {outcome}", came.attempts, came.acted);
    }
    Ok(cell)
}

#[tokio::test]
async fn every_fault_has_one_outcome_and_loses_nothing() -> Checked {
    let mut table = String::from(
        "Attempts / requests that reached the site: outcome. Where a fault passes, the second outcome is of one that \
         does not, for three attempts.\n\n\
         | fault | GET | DELETE | POST |\n|---|---|---|---|\n",
    );
    for fault in faults() {
        let [get, delete, post] = [Method::GET, Method::DELETE, Method::POST].map(|method| cell(&fault, method));
        let (get, delete, post) = tokio::try_join!(get, delete, post)?;
        let _ = writeln!(table, "| {} | {get} | {delete} | {post} |", fault.name);
    }
    println!("{table}");
    Ok(())
}
