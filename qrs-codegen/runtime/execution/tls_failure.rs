//! Failures of the TLS handshake, in words.

use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use crate::runtime::client::handle::{HeldCertificate, Shared};
use crate::runtime::client::route::Route;
use crate::runtime::document::operation::Operation;
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::text::one_line::one_line;

pub(crate) fn explain_tls(shared: &Shared, operation: &'static Operation, error: &rustls::Error) -> String {
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

pub(crate) fn is_about_certificate(error: &rustls::Error) -> bool {
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
pub(crate) fn setter(operation: &'static Operation) -> Option<&'static str> {
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
