//! What failed between client and server, in words.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use super::tls_failure::{explain_tls, is_about_certificate};
use crate::runtime::client::handle::{HeldCertificate, Shared};
use crate::runtime::client::route::Route;
use crate::runtime::document::operation::{Operation, is_repeatable};
use crate::runtime::failure::error::{Details, ErrorKind};
use crate::runtime::text::one_line::one_line;

/// How far a call had come when it failed.
#[derive(Clone, Copy)]
pub(crate) enum Stage {
    /// Before the head of the answer.
    Waiting,
    /// Within the body: how much was there, and of how much if the server said.
    Reading { got: usize, of: Option<u64> },
}

/// How long a call may take.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) time: Duration,
    set_by: &'static str,
}

impl Limit {
    /// What was set for the call, or else for the client.
    pub(crate) fn new(shared: &Shared, own: Option<Duration>) -> Self {
        match own {
            Some(time) => Self { time, set_by: "Request::timeout" },
            None => Self { time: shared.timeout, set_by: "ClientBuilder::timeout" },
        }
    }
}

/// Says what went wrong on the way, and what to do about it.
pub(crate) fn failure(
    shared: &Shared,
    operation: &'static Operation,
    limit: Limit,
    error: reqwest::Error,
    stage: Stage,
) -> Box<Details> {
    let error = error.without_url();
    let (kind, message) = explain(shared, operation, limit, &error, stage);
    let connecting = error.is_connect() && matches!(kind, ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Tls);
    let mut details = Details::unanswered(operation, kind, message);
    let unknown = matches!(stage, Stage::Waiting) && matches!(kind, ErrorKind::NoAnswer | ErrorKind::Timeout);
    if unknown && !connecting && !is_repeatable(operation) {
        details.message.push_str("; it may have been carried out all the same, so look before it is sent again");
    }
    details.connecting = connecting;
    details.lasting = matches!(shared.route, Route::Proxy(_)) && demands_login(&root_cause(&error).to_string());
    details.source = Some(error);
    details
}

/// Says that nothing came in time.
pub(crate) fn late(shared: &Shared, operation: &'static Operation, limit: Limit) -> Box<Details> {
    Details::unanswered(operation, ErrorKind::Timeout, timeout(shared, limit, false, Stage::Waiting))
}

fn explain(
    shared: &Shared,
    operation: &'static Operation,
    limit: Limit,
    error: &reqwest::Error,
    stage: Stage,
) -> (ErrorKind, String) {
    let host = shared.base.host();
    if error.is_timeout() {
        return (ErrorKind::Timeout, timeout(shared, limit, error.is_connect(), stage));
    }
    // Once an answer has begun both sides are content with each other. Before that, but after the handshake, only
    // certificates are a matter between them (in TLS 1.3 a server refuses them there); anything else is a line that
    // was lost.
    if let Stage::Waiting = stage
        && let Some(tls) = find::<rustls::Error>(error)
        && (error.is_connect() || is_about_certificate(tls))
    {
        return (ErrorKind::Tls, explain_tls(shared, operation, tls));
    }
    let cause = one_line(&root_cause(error).to_string(), 200);
    if error.is_connect() {
        let eof = causes(error)
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|cause| cause.kind() == io::ErrorKind::UnexpectedEof);
        if eof && shared.base.is_https() {
            // A service that is being restarted does so: it has not looked at what was sent, and has refused nothing.
            let message = format!(
                "{host} closed the connection in the TLS handshake: is it being restarted, or does it not speak TLS on this port?"
            );
            return (ErrorKind::Connect, message);
        }
        return (ErrorKind::Connect, unconnected(shared, error.is_dns(), &cause));
    }
    if error.is_builder() {
        return (ErrorKind::Request, format!("the request could not be made: {cause}"));
    }
    match stage {
        Stage::Waiting => {
            let hint = match shared.certificate {
                HeldCertificate::None if !shared.base.is_https() => "",
                HeldCertificate::None => " (a server that demands a client certificate may do so)",
                HeldCertificate::For(_) => " (a server that does not accept the client certificate may do so)",
                HeldCertificate::Unknown => "",
            };
            (ErrorKind::NoAnswer, format!("{host} gave no answer: {cause}{hint}"))
        }
        Stage::Reading { got, of: Some(all) } => {
            (ErrorKind::Body, format!("the answer broke off after {got} of {all} bytes"))
        }
        Stage::Reading { got, of: None } => (ErrorKind::Body, format!("the answer broke off after {got} bytes")),
    }
}

fn unconnected(shared: &Shared, unknown: bool, cause: &str) -> String {
    let host = shared.base.host();
    match &shared.route {
        Route::Direct if unknown => format!("the host of {host} was not found: {cause}"),
        Route::Address(address) if unknown => {
            format!("the host of {address} (`ClientBuilder::connect_to`) was not found: {cause}")
        }
        Route::Proxy(proxy) if unknown => format!("the host of the proxy {proxy} was not found: {cause}"),
        Route::Proxy(proxy) if demands_login(cause) => {
            format!("the proxy {proxy} demands a login, or another one: `ClientBuilder::proxy` takes it in the URL")
        }
        Route::Proxy(proxy) if cause.contains("tunnel error: unsuccessful") => {
            format!("the proxy {proxy} refuses to connect to {host}")
        }
        route => format!("no connection to {host}{}: {cause}", route.suffix()),
    }
}

/// Whether the proxy wants to know who asks. The connector has no other sign of it than its words.
pub(crate) fn demands_login(cause: &str) -> bool {
    cause.contains("proxy authorization required")
}

fn timeout(shared: &Shared, limit: Limit, connecting: bool, stage: Stage) -> String {
    let host = shared.base.host();
    let Limit { time, set_by } = limit;
    match stage {
        Stage::Waiting if connecting && matches!(shared.certificate, HeldCertificate::Unknown) => {
            format!("no connection to {host} in time")
        }
        Stage::Waiting if connecting => format!(
            "no connection to {host}{} within {:?} (`ClientBuilder::connect_timeout`)",
            shared.route.suffix(),
            shared.connect_timeout.min(time)
        ),
        Stage::Waiting => format!("no answer from {host} within {time:?} (`{set_by}`)"),
        Stage::Reading { got, .. } => {
            format!("the answer was not complete within {time:?} (`{set_by}`): {got} bytes had come")
        }
    }
}

/// The chain of causes. What an `io::Error` wraps is not its source, so it is unwrapped on the way.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

pub(crate) fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|error| error.downcast_ref::<T>())
}

pub(crate) fn root_cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}
