//! Secrets are neither shown nor logged: every operation, each kind of credentials, each outcome, with all that this crate
//! and its dependencies log at the level `TRACE`.
//!
//! There is one test in this file: whoever logs, logs for the whole process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the configuration allows them in the tests themselves, not in what they share"
)]

#[macro_use]
#[path = "support/operations.rs"]
mod operations;
mod support;

use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qrs_generated::{Certificate, Client, ClientBuilder, Error, ErrorKind, Identity, Request as _, Server, types};
use qrs_tests::{Answer, Fault, HeaderValue, Operation, StandIn, StatusCode, header, seed};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracing_subscriber::fmt::format::FmtSpan;

use support::{Checked, builder_for};

/// Each secret has this in it.
const MARK: &str = "hunter2";
const BEARER: &str = "hunter2-bearer";
const SESSION: &str = "hunter2-session";
const TRUSTED: &str = r"CORP\hunter2-trusted";
const DEFAULT_HEADER: &str = "hunter2-default-header";
const OWN_HEADER: &str = "hunter2-own-header";
const CONTROL: &str = "hunter2-control";
const LEF: &str = "hunter2-lef;;\r\nOWNER;\"hunter2-owner\"";
const KEY: &str = "hunter2-key";
const PROXY_PASSWORD: &str = "hunter2-proxy";
/// `someone:hunter2-proxy`, as a proxy is sent it.
const PROXY_LOGIN: &str = "c29tZW9uZTpodW50ZXIyLXByb3h5";

/// How long a key against forgery is.
const KEY_LENGTH: usize = 16;

/// All that was shown, logged, traced or said in a panic.
static SAID: Mutex<String> = Mutex::new(String::new());

fn said() -> MutexGuard<'static, String> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}

fn say(text: &str) {
    said().push_str(text);
    said().push('\n');
}

/// Notes what crates say through `log`.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        say(&format!("log {} {}: {}", record.level(), record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Notes what crates say through `tracing`.
struct Tracer;

impl io::Write for Tracer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        said().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn listen() -> Checked {
    log::set_logger(&Logger)?;
    log::set_max_level(log::LevelFilter::Trace);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_span_events(FmtSpan::FULL)
        .with_writer(|| Tracer)
        .finish();
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(())
}

fn show(value: &impl Debug) {
    say(&format!("{value:?}\n{value:#?}"));
}

/// Shows an error in every way that there is, the chain of its causes and a panic among them.
fn show_error<E: StdError + 'static>(error: E) {
    let top: &(dyn StdError + 'static) = &error;
    for cause in std::iter::successors(Some(top), |error| StdError::source(*error)) {
        say(&format!("{cause}\n{cause:#}\n{cause:?}\n{cause:#?}"));
    }
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|panic| say(&panic.to_string())));
    let caught = panic::catch_unwind(AssertUnwindSafe(|| unwrap(Err(error))));
    panic::set_hook(hook);
    assert!(caught.is_err());
}

/// The `unwrap` of a caller who does not expect an error.
fn unwrap<E: Debug>(outcome: Result<(), E>) {
    outcome.unwrap();
}

type Failure = Error<types::ErrorMessage>;
type Sent = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// A request, shown before it is sent; what a success gives is shown as well.
macro_rules! sent {
    ($request:expr) => {{
        let request = $request.header("X-Own", OWN_HEADER);
        show(&request);
        Box::pin(async move {
            let answer = request.send().await?;
            show(&answer);
            Ok(())
        }) as Sent
    }};
}

/// A call of each operation.
fn all(client: &Client) -> Vec<(Operation, Sent)> {
    let license = types::LicenseSet::new("1111222233334444", CONTROL).lef(LEF);
    show(&license);
    call_of_each!(client, license, sent)
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Success,
    /// The site says back all that it was sent.
    Echo,
    /// The same, as the message of the documented error.
    EchoedMessage,
    /// The same, with invisible characters within, as JSON in JSON.
    Disguised,
    /// A success whose media type is what was sent.
    MediaType,
    /// A success that holds secrets in the wrong places.
    Undecodable,
    Timeout,
    Lost,
    BrokenOff,
    Redirect,
}

impl End {
    const ALL: [Self; 10] = [
        Self::Success,
        Self::Echo,
        Self::EchoedMessage,
        Self::Disguised,
        Self::MediaType,
        Self::Undecodable,
        Self::Timeout,
        Self::Lost,
        Self::BrokenOff,
        Self::Redirect,
    ];

    /// The response of the site to a client that has sent `credential`.
    fn answer(self, operation: Operation, credential: &str) -> Option<Answer> {
        let license = json!({ "serial": "1", "key": KEY, "lef": LEF, "check": "ok" });
        let answer = match self {
            Self::Success if operation.takes_filter() => Answer::json(StatusCode::OK, &json!([{}])),
            Self::Success => Answer::json(StatusCode::OK, &license),
            Self::Echo => Answer::text(StatusCode::BAD_REQUEST, "You sent: ").echo(),
            Self::EchoedMessage => {
                let sent = [credential, DEFAULT_HEADER, OWN_HEADER].join(" ");
                Answer::json(StatusCode::UNAUTHORIZED, &json!({ "message": sent }))
            }
            Self::Disguised => {
                let sent = json!([credential, DEFAULT_HEADER, OWN_HEADER]).to_string().replace("nt", "n\u{200B}t");
                let sent = sent.replace("er2", "er\0\u{AD}2");
                Answer::json(StatusCode::UNAUTHORIZED, &json!({ "message": sent }))
            }
            Self::MediaType => {
                let media_type = HeaderValue::try_from(format!("application/{credential}{OWN_HEADER}")).ok()?;
                Answer::text(StatusCode::OK, "?").header(header::CONTENT_TYPE, media_type)
            }
            Self::Undecodable => Answer::json(
                StatusCode::OK,
                &json!({ "key": { "key": KEY }, "user": KEY, "value": KEY, "matrix": KEY }),
            ),
            // The site keeps its own back.
            Self::Timeout => return None,
            Self::Lost => Answer::new(StatusCode::OK).fault(Fault::CloseBefore),
            Self::BrokenOff => {
                Answer::json(StatusCode::OK, &license).echo().fault(Fault::TruncateAfter(license.to_string().len() - 3))
            }
            Self::Redirect => {
                let to =
                    HeaderValue::from_static("https://hunter2-user:hunter2-word@elsewhere.example/?t=hunter2-ticket");
                Answer::new(StatusCode::FOUND).header(header::LOCATION, to)
            }
        };
        Some(answer)
    }
}

/// Drives every operation to every end. The keys that were made up meanwhile are added to `keys`.
async fn drive(
    way: &str,
    credential: &str,
    site: &StandIn,
    builder: ClientBuilder,
    keys: &mut HashSet<String>,
) -> Checked {
    let client = builder.clone().build()?;
    // Long enough to be under way, and short enough to be waited for.
    let hasty = builder.timeout(Duration::from_millis(250)).build()?;
    show(&client);
    let mut failures = 0;
    for end in End::ALL {
        let mut calls = JoinSet::new();
        site.bound_answers((end == End::Timeout).then_some(0));
        for (operation, call) in all(if end == End::Timeout { &hasty } else { &client }) {
            if let Some(answer) = end.answer(operation, credential) {
                site.answer_next(operation, answer);
            }
            calls.spawn(call);
        }
        while let Some(outcome) = calls.join_next().await {
            let Err(error) = outcome? else { continue };
            failures += 1;
            assert_eq!(error.is_timeout(), end == End::Timeout, "{way}: {error}");
            if end == End::Echo {
                // It is what the server wrote, but without what the client had sent.
                assert!(error.text().is_some_and(|text| text.contains("/qrs/")), "{way}: {error}");
                say(error.text().unwrap_or_default());
            }
            show_error(error);
        }
        assert!(end != End::Success || failures == 0, "{way}: {failures} of those that are meant to succeed");
        assert_eq!(site.unused_answers(), 0, "{way}, {end:?}");
    }
    site.bound_answers(None);
    assert!(failures > Operation::ALL.len() * 4, "{way}: {failures}");
    keys.extend(site.requests().iter().filter_map(|seen| seen.header("x-qlik-xrfkey").map(str::to_owned)));
    let sent: usize = site.requests().iter().filter(|seen| seen.header("x-own") == Some(OWN_HEADER)).count();
    assert_eq!(sent, site.requests().len(), "{way}: the secrets were sent");
    site.forget_requests();
    Ok(())
}

/// An HTTP proxy that demands a login.
async fn proxy(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                stream.read_line(&mut head).await?;
            }
            if !head.contains(PROXY_LOGIN) {
                return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
            }
            let target = head.split(' ').nth(1).unwrap_or_default().replace("localhost", "127.0.0.1");
            let mut server = TcpStream::connect(target).await?;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            copy_bidirectional(&mut stream, &mut server).await.map(drop)
        });
    }
}

/// The lines of a private key that are not its frame.
fn key_lines(pem: &str) -> Vec<String> {
    pem.lines().filter(|line| !line.starts_with("-----") && line.len() > 16).map(str::to_owned).collect()
}

/// Makes the calls that get a response, with each kind of credentials. Returns the keys that the client generated.
async fn drive_each_kind_of_credentials(
    site: &StandIn,
    bare: impl Fn(String) -> ClientBuilder,
    proxy: SocketAddr,
) -> Result<HashSet<String>, Box<dyn StdError>> {
    let through = format!("http://someone:{PROXY_PASSWORD}@{proxy}");
    let ways = [
        ("certificate", "", builder_for(site)?.default_header("X-Default", DEFAULT_HEADER)),
        ("bearer", BEARER, bare(site.url()).bearer(BEARER)),
        ("session", SESSION, bare(site.url()).session(SESSION)),
        ("named session", SESSION, bare(site.url()).named_session("X-Qlik-Session-two", SESSION)),
        ("trusted header", TRUSTED, bare(site.url()).trusted_header("hdr-usr", TRUSTED)),
        ("proxy", PROXY_PASSWORD, bare(site.url()).user("INTERNAL", "sa_repository").proxy(through)),
    ];
    let mut keys = HashSet::new();
    for (way, credential, builder) in ways {
        show(&builder);
        drive(way, credential, site, builder, &mut keys).await?;
    }
    Ok(keys)
}

/// Makes calls that fail before there is a response.
async fn fail_without_a_response(
    url: String,
    bare: impl Fn(String) -> ClientBuilder,
    proxy: SocketAddr,
    foreigner: Identity,
) -> Checked {
    let stranger = format!("http://someone:{MARK}-other@{proxy}");
    let closed = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    for (kind, builder) in [
        (ErrorKind::Connect, bare(format!("https://{closed}/qrs")).bearer(BEARER)),
        (
            ErrorKind::Connect,
            bare(url.clone()).session(SESSION).proxy(format!("http://someone:{PROXY_PASSWORD}@{closed}")),
        ),
        (ErrorKind::Connect, bare(url.clone()).trusted_header("hdr-usr", TRUSTED).proxy(stranger)),
        (ErrorKind::Tls, bare(url).bearer(BEARER).certificate(foreigner)),
        (ErrorKind::Request, bare("https://localhost:1/qrs".to_owned()).bearer(BEARER)),
    ] {
        show(&builder);
        let client = builder.build()?;
        for (_, call) in all(&client) {
            if kind == ErrorKind::Request {
                continue;
            }
            let error = call.await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            show_error(error);
        }
        let refused = client.get_license().header("X-Two", "hunter2\nlines").send().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Request);
        show_error(refused);
    }
    Ok(())
}

/// Builds clients from settings that are refused.
fn fail_to_build(url: &str, bare: impl Fn(String) -> ClientBuilder) {
    let bare_site = || bare(url.to_owned());
    for builder in [
        bare_site().bearer(format!("{BEARER}\n")),
        bare_site().session(format!("{SESSION};")),
        bare_site().trusted_header("a b", TRUSTED),
        bare_site().default_header("a b", DEFAULT_HEADER),
        bare_site().proxy(format!("socks5://someone:{PROXY_PASSWORD}@proxy")),
        bare(format!("https://someone:{MARK}@localhost/qrs")),
        bare(format!("https://localhost/qrs?key={MARK}")),
    ] {
        show(&builder);
        show_error(builder.build().unwrap_err());
    }
}

/// Checks that the output has everything in it that could hold a secret.
fn check_output_is_complete(said: &str) {
    for (crate_name, sign) in [
        ("this crate", "qrs_generated: close"),
        ("reqwest", "reqwest::connect"),
        ("hyper-util", "hyper_util::client"),
        ("rustls", "log TRACE rustls"),
        ("a panic", "called `Result::unwrap()` on an `Err` value"),
    ] {
        assert!(said.contains(sign), "{crate_name} was not heard");
    }
    assert!(said.len() > 1_000_000, "{} bytes are little", said.len());
}

fn check_secrets_are_absent(said: &str, secrets: &[String]) {
    for secret in secrets {
        let place = said.find(secret.as_str());
        assert_eq!(place.map(|at| &said[at.saturating_sub(300)..at]), None, "{secret:?} comes behind this");
    }
}

/// Checks that no key against forgery is in the output, not within a longer word either.
fn check_keys_are_absent(said: &str, keys: &HashSet<String>) {
    assert!(keys.len() > 500 && keys.iter().all(|key| key.len() == KEY_LENGTH), "{}", keys.len());
    for word in said.split(|character: char| !character.is_ascii_alphanumeric()) {
        for at in 0..word.len().saturating_sub(KEY_LENGTH - 1) {
            let part = &word[at..at + KEY_LENGTH];
            assert!(!keys.contains(part), "the key {part} in {word}");
        }
    }
}

#[tokio::test]
async fn no_secret_is_shown_or_logged() -> Checked {
    listen()?;
    let site = StandIn::start().await?;
    let mut secrets = vec![MARK.to_owned(), PROXY_LOGIN.to_owned()];
    secrets.extend(key_lines(site.client_key_pem()));
    assert!(secrets.len() > 3, "the private key has lines");

    let identity = Identity::from_pem(site.client_pem().as_bytes(), site.client_key_pem().as_bytes())?;
    show(&identity);
    let root = Certificate::from_pem(site.root_pem().as_bytes())?;
    let bare = |url: String| -> ClientBuilder {
        Client::builder(Server::url(url))
            .certificate(identity.clone())
            .root_certificate(root.clone())
            .default_header("X-Default", DEFAULT_HEADER)
            .retry(qrs_generated::Retry::attempts(2).first_pause(Duration::from_millis(1)))
            .timeout(Duration::from_secs(20))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let proxy_address = listener.local_addr()?;
    let proxying = tokio::spawn(proxy(listener));

    let keys = drive_each_kind_of_credentials(&site, bare, proxy_address).await?;
    let foreign = site.foreign_client()?;
    let foreigner = Identity::from_pem(foreign.client_pem.as_bytes(), foreign.client_key_pem.as_bytes())?;
    secrets.extend(key_lines(&foreign.client_key_pem));
    fail_without_a_response(site.url(), bare, proxy_address, foreigner).await?;
    fail_to_build(&site.url(), bare);
    proxying.abort();

    let said = said();
    check_output_is_complete(&said);
    check_secrets_are_absent(&said, &secrets);
    check_keys_are_absent(&said, &keys);
    Ok(())
}
