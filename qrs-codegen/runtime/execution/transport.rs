//! Failures between client and server, described for users.

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
    /// Before the head of the response.
    Waiting,
    /// Within the body: the bytes received, and the length that the server announced.
    Reading { got: usize, of: Option<u64> },
}

/// The timeout of a call, and the method that set it.
#[derive(Clone, Copy)]
pub(crate) struct TimeLimit {
    pub(crate) time: Duration,
    set_by: &'static str,
}

impl TimeLimit {
    /// The timeout of the call, or else that of the client.
    pub(crate) fn new(shared: &Shared, own: Option<Duration>) -> Self {
        match own {
            Some(time) => Self { time, set_by: "Request::timeout" },
            None => Self { time: shared.timeout, set_by: "ClientBuilder::timeout" },
        }
    }
}

/// Describes a failure of the HTTP client, and what to do about it.
pub(crate) fn failure(
    shared: &Shared,
    operation: &'static Operation,
    limit: TimeLimit,
    error: reqwest::Error,
    stage: Stage,
) -> Box<Details> {
    let error = error.without_url();
    let (kind, message) = explain(shared, operation, limit, &error, stage);
    let connecting = error.is_connect() && matches!(kind, ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Tls);
    let mut details = Details::without_response(operation, kind, message);
    let unknown = matches!(stage, Stage::Waiting) && matches!(kind, ErrorKind::NoAnswer | ErrorKind::Timeout);
    if unknown && !connecting && !is_repeatable(operation) {
        details.message.push_str("; the server may have carried it out: check before you send it again");
    }
    details.connecting = connecting;
    details.lasting = matches!(shared.route, Route::Proxy(_)) && demands_login(&root_cause(&error).to_string());
    details.source = Some(error);
    details
}

/// Describes an expired timeout.
pub(crate) fn timed_out(shared: &Shared, operation: &'static Operation, limit: TimeLimit) -> Box<Details> {
    Details::without_response(operation, ErrorKind::Timeout, timeout(shared, limit, false, Stage::Waiting))
}

fn explain(
    shared: &Shared,
    operation: &'static Operation,
    limit: TimeLimit,
    error: &reqwest::Error,
    stage: Stage,
) -> (ErrorKind, String) {
    let host = shared.base.host();
    if error.is_timeout() {
        return (ErrorKind::Timeout, timeout(shared, limit, error.is_connect(), stage));
    }
    // Once a response has begun, the handshake has succeeded. Before that, but after the handshake, TLS 1.3 servers reject
    // client certificates; any other TLS error there is a broken connection.
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
            // A service that is restarting does so: it has read nothing and rejected nothing.
            let message = format!(
                "{host} closed the connection in the TLS handshake: is it being restarted, or does it not speak TLS on this port?"
            );
            return (ErrorKind::Connect, message);
        }
        return (ErrorKind::Connect, unconnected(shared, error.is_dns(), &cause));
    }
    if error.is_builder() {
        return (ErrorKind::Request, format!("the request could not be built: {cause}"));
    }
    match stage {
        Stage::Waiting => {
            let hint = match shared.certificate {
                HeldCertificate::None if !shared.base.is_https() => "",
                HeldCertificate::None => " (a server that requires a client certificate may do so)",
                HeldCertificate::For(_) => " (a server that does not accept the client certificate may do so)",
                HeldCertificate::Unknown => "",
            };
            (ErrorKind::NoAnswer, format!("{host} sent no response: {cause}{hint}"))
        }
        Stage::Reading { got, of: Some(all) } => {
            (ErrorKind::Body, format!("the response broke off after {got} of {all} bytes"))
        }
        Stage::Reading { got, of: None } => (ErrorKind::Body, format!("the response broke off after {got} bytes")),
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
            format!(
                "the proxy {proxy} requires a login, or rejected the one given: put it in the URL for `ClientBuilder::proxy`"
            )
        }
        Route::Proxy(proxy) if refuses_tunnel(cause) => {
            format!("the proxy {proxy} refused to connect to {host}")
        }
        route => format!("no connection to {host}{}: {cause}", route.suffix()),
    }
}

/// Whether the proxy refused to connect. hyper-util's error type for tunnels is private, so that only its text tells. The
/// test `a_tunnel_through_a_proxy` fails when the words change.
fn refuses_tunnel(cause: &str) -> bool {
    cause.contains("tunnel error: unsuccessful")
}

/// Whether the proxy requires a login: as [`refuses_tunnel`].
pub(crate) fn demands_login(cause: &str) -> bool {
    cause.contains("proxy authorization required")
}

fn timeout(shared: &Shared, limit: TimeLimit, connecting: bool, stage: Stage) -> String {
    let host = shared.base.host();
    let TimeLimit { time, set_by } = limit;
    match stage {
        Stage::Waiting if connecting && matches!(shared.certificate, HeldCertificate::Unknown) => {
            format!("no connection to {host} in time")
        }
        Stage::Waiting if connecting => format!(
            "no connection to {host}{} within {:?} (`ClientBuilder::connect_timeout`)",
            shared.route.suffix(),
            shared.connect_timeout.min(time)
        ),
        Stage::Waiting => format!("no response from {host} within {time:?} (`{set_by}`)"),
        Stage::Reading { got, .. } => {
            format!("the response was not complete within {time:?} (`{set_by}`): {got} bytes were received")
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
