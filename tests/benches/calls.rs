//! The cost of a call, beside the same work written by hand with `reqwest`.
//!
//! `cargo bench -p qrs-tests --bench calls` measures everything; the name of a part (`one`, `list`, `many`) that part
//! alone. `… --bench calls -- alone client get-tls 2000` makes so many calls and nothing else, for a profiler; so does
//! `by-hand` in the place of `client`, and `post-tls`, `many-tls`, `get-plain` and so on in the place of `get-tls`.
//!
//! Both sides share one `reqwest::Client`, so one pool of connections, and decode into the same types. Their runs
//! alternate, and what is told is the median of the ratios of neighbours: this holds on a machine whose speed does
//! not. Times are CPU times of the thread that calls; the server has a thread of its own.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrs_generated::{Client, Retry, Server, send_all, types};
use qrs_tests::{Bodies, Canned};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const FILTER: &str = "user.userDirectory eq 'CORP' and quarantined eq false";
const TIMEOUT: Duration = Duration::from_secs(60);
const MOST: usize = 128 * 1024 * 1024;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How many allocations a large site has.
const ROWS: usize = 50_000;

fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["alone", side, call, times] => alone(side, call, times.parse()?),
        // Each in a process of its own: what one leaves in the heap, another would have to find its way about.
        [] => ["one", "list", "many"].into_iter().try_for_each(|part| {
            let status = Command::new(env::current_exe()?).arg(part).status()?;
            if status.success() { Ok(()) } else { Err(format!("`{part}` failed").into()) }
        }),
        ["one"] => one(),
        ["list"] => list(),
        ["many"] => many(),
        _ => Err("nothing of that name is measured".into()),
    }
}

/// A server, and the two ways to call it.
struct Bench {
    runtime: Runtime,
    client: Client,
    by_hand: ByHand,
    _server: Canned,
}

impl Bench {
    /// Against a server that lists so many allocations.
    fn new(tls: bool, rows: usize) -> Outcome<Self> {
        let bodies = Bodies { get: body(rows)?.into(), other: row(0)?.into() };
        let server = if tls { Canned::start(bodies) } else { Canned::start_plain(bodies) }?;
        let mut http = reqwest::Client::builder().redirect(Policy::none()).referer(false).no_proxy();
        http = match server.client_config() {
            Some(config) => http.tls_backend_preconfigured(config.clone()),
            // It is not used, but one without certificates of the system's takes no time to set up.
            None => http.tls_backend_preconfigured(without_roots()?),
        };
        let http = http.build()?;
        let client = Client::builder(Server::url(server.url()))
            .http_client(http.clone())
            .user("INTERNAL", "sa_repository")
            .timeout(TIMEOUT)
            .retry(Retry::default())
            .max_response_bytes(MOST)
            .build()?;
        let user = HeaderValue::from_static("UserDirectory=INTERNAL; UserId=sa_repository");
        let by_hand = ByHand { http, base: server.url(), user };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, client, by_hand, _server: server })
    }

    /// The cost of each of so many calls, for the thread that makes them.
    fn batch(&self, times: u32, call: impl AsyncFn() -> Outcome) -> Outcome<Duration> {
        let begun = cpu();
        self.run(times, call)?;
        Ok(cpu().saturating_sub(begun) / times)
    }

    fn run(&self, times: u32, call: impl AsyncFn() -> Outcome) -> Outcome {
        self.runtime.block_on(async {
            for _ in 0..times {
                call().await?;
            }
            Ok(())
        })
    }
}

/// The code of a careful user of `reqwest`: the same requests to the byte, and the same checks of the response.
struct ByHand {
    http: reqwest::Client,
    base: String,
    user: HeaderValue,
}

impl ByHand {
    async fn list(&self, filter: &str) -> Outcome<Vec<types::AccessTypeAllocation>> {
        let key = key();
        let filter = utf8_percent_encode(filter, RESERVED);
        let url = format!("{}/license/professionalaccesstype?filter={filter}&Xrfkey={key}", self.base);
        decoded(self.send(self.http.get(url), &key).await?).await
    }

    async fn create(&self, body: types::AccessTypeAllocationCreate) -> Outcome<types::AccessTypeAllocation> {
        let key = key();
        let url = format!("{}/license/professionalaccesstype?Xrfkey={key}", self.base);
        let body = serde_json::to_vec(&body)?;
        let request = self.http.post(url).header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body);
        decoded(self.send(request, &key).await?).await
    }

    async fn send(&self, request: RequestBuilder, key: &str) -> Outcome<Response> {
        let mut secret = HeaderValue::from_str(key)?;
        secret.set_sensitive(true);
        let request = request
            .header("X-Qlik-Xrfkey", secret)
            .header("X-Qlik-User", self.user.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .timeout(TIMEOUT);
        Ok(request.send().await?)
    }
}

/// A key against forged requests: 16 random characters.
fn key() -> String {
    let mut key = Uuid::new_v4().simple().to_string();
    key.truncate(16);
    key
}

async fn decoded<T: DeserializeOwned>(response: Response) -> Outcome<T> {
    Ok(serde_json::from_slice(&received(response).await?)?)
}

/// The body of a success that has the right type, and is not too large.
async fn received(mut response: Response) -> Outcome<Vec<u8>> {
    let status = response.status();
    if !status.is_success() {
        return Err(format!("{status}: {}", response.text().await?).into());
    }
    let media = response.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
    if !media.is_some_and(|media| media.starts_with("application/json")) {
        return Err("no JSON".into());
    }
    let mut body = Vec::with_capacity(response.content_length().unwrap_or_default().try_into()?);
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > MOST {
            return Err("too large".into());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// One call after the other.
fn one() -> Outcome {
    for (where_to, tls) in [("over mutual TLS", true), ("without TLS", false)] {
        let bench = Bench::new(tls, 3)?;
        let mut get = Pairs::default();
        let mut post = Pairs::default();
        for _ in 0..60 {
            get.add(|| bench.batch(200, client_get(&bench)), || bench.batch(200, hand_get(&bench)))?;
            post.add(|| bench.batch(200, client_post(&bench)), || bench.batch(200, hand_post(&bench)))?;
        }
        get.report(&format!("a GET {where_to}"), "CPU of one call, beside reqwest by hand");
        post.report(&format!("a POST {where_to}"), "CPU of one call, beside reqwest by hand");
    }
    Ok(())
}

fn client_get(bench: &Bench) -> impl AsyncFn() -> Outcome {
    async || {
        black_box(bench.client.get_professional_access_types().filter(FILTER).send().await?);
        Ok(())
    }
}

fn hand_get(bench: &Bench) -> impl AsyncFn() -> Outcome {
    async || {
        black_box(bench.by_hand.list(FILTER).await?);
        Ok(())
    }
}

fn create() -> types::AccessTypeAllocationCreate {
    types::AccessTypeAllocationCreate::new(types::AccessTypeAllocationCreateUser::new(Uuid::from_u128(7)))
}

fn client_post(bench: &Bench) -> impl AsyncFn() -> Outcome {
    async || {
        black_box(bench.client.create_professional_access_type(create()).send().await?);
        Ok(())
    }
}

fn hand_post(bench: &Bench) -> impl AsyncFn() -> Outcome {
    async || {
        black_box(bench.by_hand.create(create()).await?);
        Ok(())
    }
}

/// A long list.
fn list() -> Outcome {
    let bench = Bench::new(false, ROWS)?;
    let body = body(ROWS)?;
    let mut whole = Pairs::default();
    let mut decoding = Pairs::default();
    for _ in 0..15 {
        let client = bench.batch(1, client_get(&bench))?;
        let hand = bench.batch(1, hand_get(&bench))?;
        whole.add(|| Ok(client), || Ok(hand))?;
        // What it takes to receive the body, which is no part of decoding it.
        let receiving = bench.batch(1, async || {
            let response = bench.by_hand.send(bench.by_hand.http.get(&bench.by_hand.base), &key()).await?;
            black_box(received(response).await?);
            Ok(())
        })?;
        let plain = bench.batch(1, async || {
            black_box(serde_json::from_slice::<Vec<types::AccessTypeAllocation>>(body.as_bytes())?);
            Ok(())
        })?;
        decoding.add(|| Ok(client.saturating_sub(receiving)), || Ok(plain))?;
    }
    let name = format!("{ROWS} allocations, {:.1} MB", u32::try_from(body.len()).map(f64::from)? / 1e6);
    whole.report(&name, "CPU of the call, beside reqwest and serde_json by hand");
    decoding.report(&name, "CPU of the call less that of receiving, beside serde_json::from_slice");
    Ok(())
}

/// How many calls are many, and how many of them are under way at a time.
const CALLS: usize = 10_000;
const AT_A_TIME: usize = 64;

/// Many calls, some of them at a time.
fn many() -> Outcome {
    for (where_to, tls) in [("over mutual TLS", true), ("without TLS", false)] {
        let bench = Bench::new(tls, 3)?;
        let mut spent = Pairs::default();
        let mut elapsed = Pairs::default();
        for _ in 0..15 {
            let mut lasted = [Duration::ZERO; 2];
            let timed = |lasted: &mut Duration, run: &dyn Fn() -> Outcome<Duration>| {
                let begun = Instant::now();
                let spent = run();
                *lasted = begun.elapsed();
                spent
            };
            let [ours, theirs] = &mut lasted;
            spent.add(
                || timed(ours, &|| bench.batch(1, client_many(&bench))),
                || timed(theirs, &|| bench.batch(1, hand_many(&bench))),
            )?;
            elapsed.add(|| Ok(lasted[0]), || Ok(lasted[1]))?;
        }
        let name = format!("{CALLS} GETs {where_to}, {AT_A_TIME} at a time");
        spent.report(&name, "CPU, beside reqwest by hand");
        elapsed.report(&name, "elapsed, beside reqwest by hand");
        println!("{name}: throughput {:.3} of reqwest's by hand", 1.0 / elapsed.ratio());
    }
    Ok(())
}

fn client_many(bench: &Bench) -> impl AsyncFn() -> Outcome {
    async || {
        let requests = (0..CALLS).map(|_| bench.client.get_professional_access_types().filter(FILTER));
        for outcome in send_all(requests).concurrency(AT_A_TIME).collect().await {
            black_box(outcome?);
        }
        Ok(())
    }
}

fn hand_many(bench: &Bench) -> impl AsyncFn() -> Outcome {
    async || {
        let calls = stream::iter(0..CALLS).map(|_| bench.by_hand.list(FILTER));
        for outcome in calls.buffer_unordered(AT_A_TIME).collect::<Vec<_>>().await {
            black_box(outcome?);
        }
        Ok(())
    }
}

/// Calls of one side, for a profiler.
fn alone(side: &str, call: &str, times: u32) -> Outcome {
    let bench = Bench::new(call.ends_with("-tls"), 3)?;
    match (side, call) {
        ("client", "get-tls" | "get-plain") => bench.run(times, client_get(&bench)),
        ("client", "post-tls" | "post-plain") => bench.run(times, client_post(&bench)),
        ("client", "many-tls" | "many-plain") => bench.run(times, client_many(&bench)),
        ("by-hand", "get-tls" | "get-plain") => bench.run(times, hand_get(&bench)),
        ("by-hand", "post-tls" | "post-plain") => bench.run(times, hand_post(&bench)),
        ("by-hand", "many-tls" | "many-plain") => bench.run(times, hand_many(&bench)),
        _ => Err("there is no such call".into()),
    }
}

/// The times of neighbouring runs of two sides.
#[derive(Default)]
struct Pairs(Vec<(Duration, Duration)>);

impl Pairs {
    /// Runs both sides, each of them first in every other pair.
    fn add(&mut self, ours: impl FnOnce() -> Outcome<Duration>, theirs: impl FnOnce() -> Outcome<Duration>) -> Outcome {
        let pair = if self.0.len().is_multiple_of(2) {
            let ours = ours()?;
            (ours, theirs()?)
        } else {
            let theirs = theirs()?;
            (ours()?, theirs)
        };
        self.0.push(pair);
        Ok(())
    }

    fn ratio(&self) -> f64 {
        median(self.0.iter().map(|(ours, theirs)| ours.as_secs_f64() / theirs.as_secs_f64()))
    }

    fn report(&self, name: &str, what: &str) {
        let ours = Duration::from_secs_f64(median(self.0.iter().map(|(ours, _)| ours.as_secs_f64())));
        let theirs = Duration::from_secs_f64(median(self.0.iter().map(|(_, theirs)| theirs.as_secs_f64())));
        let (ratio, pairs) = (self.ratio(), self.0.len());
        println!("{name}: {what}: {ours:.2?} to {theirs:.2?}, {ratio:.3} (median of {pairs} pairs)");
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The CPU time of this thread.
fn cpu() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or_default())
}

fn without_roots() -> Outcome<rustls::ClientConfig> {
    let provider = rustls::crypto::ring::default_provider();
    Ok(rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

/// A list of so many allocations.
fn body(rows: usize) -> Outcome<String> {
    let rows: Vec<String> = (0..rows).map(row).collect::<Result<_, _>>()?;
    Ok(format!("[{}]", rows.join(",")))
}

/// An allocation, with all that a live site says of it.
fn row(number: usize) -> Result<String, std::fmt::Error> {
    let (id, user) = (Uuid::from_u128(number as u128), Uuid::from_u128((ROWS + number) as u128));
    let mut row = String::new();
    write!(
        row,
        "{{\"id\":\"{id}\",\"createdDate\":\"2022-08-27T06:47:08.584Z\",\
         \"modifiedDate\":\"2022-08-27T06:47:08.584Z\",\"modifiedByUserName\":\"INTERNAL\\\\sa_repository\",\
         \"user\":{{\"id\":\"{user}\",\"userId\":\"user-{number}\",\"userDirectory\":\"CORP\",\
         \"name\":\"User \\\"{number}\\\"\",\"privileges\":null}},\"lastUsed\":\"2022-08-27T06:47:08.584Z\",\
         \"quarantined\":false,\"quarantineEnd\":\"1753-01-01T00:00:00.000Z\",\"deletedUserId\":\"\",\
         \"deletedUserDirectory\":\"\",\"privileges\":[\"read\",\"update\"],\
         \"schemaPath\":\"License.ProfessionalAccessType\"}}"
    )?;
    Ok(row)
}
