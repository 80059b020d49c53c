use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use super::client::{HeldCertificate, Shared};
use super::credential::{Carrier, Scheme};
use super::error::{Details, ErrorKind};
use super::operation::Operation;
use super::retry;
use super::route::Route;
use super::text::one_line;

/// How far a call had come when it failed.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    /// Before the head of the answer.
    Waiting,
    /// Within the body: how much was there, and of how much if the server said.
    Reading { got: usize, of: Option<u64> },
}

/// How long a call may take.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) time: Duration,
    set_by: &'static str,
}

impl Limit {
    /// What was set for the call, or else for the client.
    pub(super) fn new(shared: &Shared, own: Option<Duration>) -> Self {
        match own {
            Some(time) => Self { time, set_by: "Request::timeout" },
            None => Self { time: shared.timeout, set_by: "ClientBuilder::timeout" },
        }
    }
}

/// Says what went wrong on the way, and what to do about it.
pub(super) fn failure(
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
    if unknown && !connecting && !retry::is_repeatable(operation) {
        details.message.push_str("; it may have been carried out all the same, so look before it is sent again");
    }
    details.connecting = connecting;
    details.lasting = matches!(shared.route, Route::Proxy(_)) && demands_login(&root_cause(&error).to_string());
    details.source = Some(error);
    details
}

/// Says that nothing came in time.
pub(super) fn late(shared: &Shared, operation: &'static Operation, limit: Limit) -> Box<Details> {
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
fn demands_login(cause: &str) -> bool {
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

fn explain_tls(shared: &Shared, operation: &'static Operation, error: &rustls::Error) -> String {
    let host = shared.base.host();
    match error {
        rustls::Error::InvalidCertificate(problem) => explain_certificate(shared, problem),
        rustls::Error::AlertReceived(alert) => explain_alert(shared, operation, *alert),
        rustls::Error::InvalidMessage(_) => {
            format!("{host} does not speak TLS on this port: is its address `http://`, or is the port another one?")
        }
        rustls::Error::PeerIncompatible(_) => {
            format!(
                "{host} and this client have no TLS version or cipher in common (TLS 1.2 and 1.3 are spoken): {error}"
            )
        }
        other => format!("TLS with {host} failed: {}", one_line(&other.to_string(), 200)),
    }
}

fn explain_certificate(shared: &Shared, problem: &CertificateError) -> String {
    let host = shared.base.host();
    match problem {
        CertificateError::UnknownIssuer => format!(
            "the certificate of {host} comes from an authority that is not trusted: if it is the right one, give it with `ClientBuilder::root_certificate`"
        ),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<String> = presented.iter().map(|name| plain_name(name)).collect();
            let names = match names.as_slice() {
                [] => "no name at all".to_owned(),
                names => one_line(&names.join(", "), 300),
            };
            format!("the certificate of {host} is for {names}, not for {}: {}", expected.to_str(), other_name(shared))
        }
        CertificateError::NotValidForName => format!(
            "the certificate of {host} is for another name than the one in the server's address: {}",
            other_name(shared)
        ),
        CertificateError::ExpiredContext { time, not_after } => format!(
            "the certificate of {host} expired {} ago: it needs a new one, unless this machine's clock is wrong",
            span(time.as_secs().saturating_sub(not_after.as_secs()))
        ),
        CertificateError::Expired => {
            format!("the certificate of {host} has expired: it needs a new one, unless this machine's clock is wrong")
        }
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "the certificate of {host} is not valid for another {}: is this machine's clock wrong?",
            span(not_before.as_secs().saturating_sub(time.as_secs()))
        ),
        CertificateError::NotValidYet => {
            format!("the certificate of {host} is not valid yet: is this machine's clock wrong?")
        }
        CertificateError::Revoked => format!("the certificate of {host} was revoked"),
        other => format!("the certificate of {host} is not accepted: {}", one_line(&other.to_string(), 200)),
    }
}

/// What to do about a certificate that has another name.
fn other_name(shared: &Shared) -> &'static str {
    match (&shared.route, shared.certificate) {
        (Route::Direct, HeldCertificate::None | HeldCertificate::For(_)) => {
            "use the name that it has in the server's address, with `ClientBuilder::connect_to` if that name does not lead to the server"
        }
        _ => "use the name that it has in the server's address",
    }
}

fn is_about_certificate(error: &rustls::Error) -> bool {
    match error {
        rustls::Error::InvalidCertificate(_) => true,
        rustls::Error::AlertReceived(alert) => blames_certificate(*alert),
        _ => false,
    }
}

fn blames_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::HandshakeFailure
    )
}

fn explain_alert(shared: &Shared, operation: &'static Operation, alert: AlertDescription) -> String {
    let host = shared.base.host();
    let about_certificate = blames_certificate(alert);
    match shared.certificate {
        HeldCertificate::None if about_certificate => {
            let demand = match alert {
                AlertDescription::HandshakeFailure => "refused the TLS handshake; most likely it demands",
                _ => "demands",
            };
            match setter(operation) {
                Some(setter) => format!("{host} {demand} a client certificate: give one with `{setter}`"),
                None => format!("{host} {demand} a client certificate, and this client has none"),
            }
        }
        HeldCertificate::For(_) if alert == AlertDescription::UnknownCA => format!(
            "{host} refused the client certificate ({alert:?}): it does not come from the authority that the server trusts"
        ),
        HeldCertificate::For(_) if about_certificate => {
            format!("{host} refused the client certificate ({alert:?})")
        }
        // RFC 8446, section 6.2: the server has seen no certificate at all.
        HeldCertificate::Unknown
            if matches!(alert, AlertDescription::CertificateRequired | AlertDescription::NoCertificate) =>
        {
            format!(
                "{host} demands a client certificate, and the client given to `ClientBuilder::http_client` showed none"
            )
        }
        HeldCertificate::Unknown if about_certificate => {
            format!("{host} refused the client certificate, or there was none ({alert:?})")
        }
        _ if alert == AlertDescription::ProtocolVersion => {
            format!("{host} speaks neither TLS 1.2 nor TLS 1.3")
        }
        _ => format!("{host} ended the TLS connection ({alert:?})"),
    }
}

/// The builder's method for a client certificate, if the operation's schemes tell of one.
fn setter(operation: &'static Operation) -> Option<&'static str> {
    operation
        .security
        .iter()
        .flat_map(|alternative| alternative.iter())
        .find(|scheme: &&&'static Scheme| scheme.carrier == Carrier::Certificate && !scheme.set_by.is_empty())
        .map(|scheme| scheme.set_by)
}

/// webpki writes `DnsName("a.example")`.
fn plain_name(name: &str) -> String {
    match name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')) {
        Some(inner) => inner.trim_matches('"').to_owned(),
        None => name.to_owned(),
    }
}

fn span(seconds: u64) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match Duration::from_secs(seconds) {
        span if span.as_secs() >= 2 * DAY => format!("{} days", span.as_secs() / DAY),
        span if span.as_secs() >= 2 * 60 * 60 => format!("{} hours", span.as_secs() / (60 * 60)),
        span => format!("{} minutes", span.as_secs() / 60),
    }
}

/// The chain of causes. What an `io::Error` wraps is not its source, so it is unwrapped on the way.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|error| error.downcast_ref::<T>())
}

fn root_cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}
