//! Every fault that can happen between a client and a site, over real mutual TLS: the client's error, and the state of
//! the licences afterwards.
//!
//! `cargo test -p qrs-tests --test faults -- --nocapture` prints the table.

#![allow(clippy::panic, reason = "the configuration allows them in the tests themselves, not in what they share")]

mod support;
#[path = "faults/table.rs"]
mod table;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use qrs_generated::{Client, ClientBuilder, Error, ErrorKind, Request as _, Retry, types};
use qrs_tests::{FaultProxy, Method, Mishap, Operation, Pool, StandIn, seed};

use support::{Checked, builder_for};
use table::faults;

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
