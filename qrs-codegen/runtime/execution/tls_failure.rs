//! Failures of the TLS handshake, in words.

use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use crate::runtime::client::handle::{HeldCertificate, Shared};
use crate::runtime::client::route::Route;
use crate::runtime::document::operation::Operation;
use crate::runtime::document::scheme::{Carrier, Scheme};
use crate::runtime::text::one_line::one_line;

/// The versions and cipher suites of this client, for servers that support none of them, and the way around.
const SUPPORTED: &str = "this client supports TLS 1.3, and TLS 1.2 with ECDHE over X25519, P-256 or P-384 and AES-GCM or \
                         ChaCha20-Poly1305; for other servers use `ClientBuilder::http_client` with another TLS library";

pub(crate) fn explain_tls(shared: &Shared, operation: &'static Operation, error: &rustls::Error) -> String {
    let host = shared.base.host();
    match error {
        rustls::Error::InvalidCertificate(problem) => explain_certificate(shared, problem),
        rustls::Error::AlertReceived(alert) => explain_alert(shared, operation, *alert),
        rustls::Error::InvalidMessage(_) => {
            format!("{host} does not speak TLS on this port: is its address `http://`, or is the port another one?")
        }
        rustls::Error::PeerIncompatible(_) => {
            format!("{host} and this client have no TLS version, cipher suite or curve in common: {SUPPORTED}")
        }
        rustls::Error::PeerMisbehaved(how) => {
            format!(
                "{host} does not follow the rules of TLS ({how:?}), or something on the way changes what it sends: {SUPPORTED}"
            )
        }
        other => format!("the TLS handshake with {host} failed: {}", one_line(&other.to_string(), 200)),
    }
}

fn explain_certificate(shared: &Shared, problem: &CertificateError) -> String {
    let host = shared.base.host();
    let why = match problem {
        CertificateError::UnknownIssuer => {
            "comes from an authority that is not trusted: if it is the right one, give it with `ClientBuilder::root_certificate`".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "has no subject alternative name, and its common name does not count: it needs one for the name in the server's address".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<String> = presented.iter().map(|name| plain_name(name)).collect();
            let names = one_line(&names.join(", "), 300);
            format!("is for {names}, not for {}: {}", expected.to_str(), other_name(shared))
        }
        CertificateError::NotValidForName => {
            format!("is for another name than the one in the server's address: {}", other_name(shared))
        }
        CertificateError::ExpiredContext { time, not_after } => {
            let ago = span(time.as_secs().saturating_sub(not_after.as_secs()));
            format!("expired {ago} ago: it needs a new one, unless this machine's clock is wrong")
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let left = span(not_before.as_secs().saturating_sub(time.as_secs()));
            format!("is not valid for another {left}: is this machine's clock wrong?")
        }
        other => unusable(other),
    };
    format!("the certificate of {host} {why}")
}

/// The fault of a certificate, whatever name and time it is for.
fn unusable(problem: &CertificateError) -> String {
    let why = match problem {
        CertificateError::Expired => "has expired: it needs a new one, unless this machine's clock is wrong",
        CertificateError::NotValidYet => "is not valid yet: is this machine's clock wrong?",
        CertificateError::Revoked => "was revoked: the server needs a new one",
        CertificateError::BadEncoding => "cannot be read: it is damaged, or not of X.509 version 3",
        CertificateError::BadSignature => {
            "goes with a signature that does not match: the other side does not hold its key, or another authority of the same name has issued it"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "has a key or a signature that is not supported (such as SHA-1, P-521, or RSA below 2048 bits): the server needs a new one"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "is not for servers (its extended key usage lacks `serverAuth`): the server needs one that is"
        }
        CertificateError::UnhandledCriticalExtension => "has a critical extension that is not supported",
        other => return described(&other.to_string()),
    };
    why.to_owned()
}

/// The fault of a certificate where rustls has no variant for it, but only the name of webpki's variant as text. The
/// test `certificates_that_cannot_be_used` fails when these change.
fn described(problem: &str) -> String {
    let known = [
        (
            "CaUsedAsEndEntity",
            "is that of an authority, not of a server: the server needs one of its own, issued by the authority",
        ),
        ("EndEntityUsedAsCa", "was issued by a certificate that is not one of an authority"),
        (
            "UnsupportedCertVersion",
            "is not of X.509 version 3, which is the only one supported: the server needs a new one",
        ),
        ("PathLenConstraintViolated", "comes by more intermediate authorities than one of them allows"),
        ("NameConstraintViolation", "has a name that its authority may not issue certificates for"),
    ];
    match known.iter().find(|(name, _)| problem.contains(name)) {
        Some((_, words)) => (*words).to_owned(),
        None => format!("is not accepted: {}", one_line(problem, 200)),
    }
}

/// Advice about a certificate for another name.
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
    if alert == AlertDescription::HandshakeFailure {
        return explain_handshake(shared, operation);
    }
    if alert == AlertDescription::ProtocolVersion {
        return format!("{host} supports neither TLS 1.2 nor TLS 1.3: {SUPPORTED}");
    }
    let about_certificate = blames_certificate(alert);
    match shared.certificate {
        HeldCertificate::None if about_certificate => match setter(operation) {
            Some(setter) => format!("{host} requires a client certificate: give one with `{setter}`"),
            None => format!("{host} requires a client certificate, and this client has none"),
        },
        HeldCertificate::For(_) if about_certificate => {
            format!("{host} refused the client certificate ({alert:?}): {}", refusal(alert))
        }
        // RFC 8446, section 6.2: the server has seen no certificate at all.
        HeldCertificate::Unknown
            if matches!(alert, AlertDescription::CertificateRequired | AlertDescription::NoCertificate) =>
        {
            format!(
                "{host} requires a client certificate, and the client given to `ClientBuilder::http_client` has none"
            )
        }
        HeldCertificate::Unknown if about_certificate => {
            format!("{host} refused the client certificate, or there was none ({alert:?}): {}", refusal(alert))
        }
        _ => format!("{host} ended the TLS connection ({alert:?})"),
    }
}

/// A server sends this alert for several reasons: nothing in common, or a client certificate that is missing or refused.
fn explain_handshake(shared: &Shared, operation: &'static Operation) -> String {
    let host = shared.base.host();
    let certificate = match shared.certificate {
        HeldCertificate::None => match setter(operation) {
            Some(setter) => format!("it requires a client certificate (give one with `{setter}`)"),
            None => "it requires a client certificate, and this client has none".to_owned(),
        },
        HeldCertificate::For(_) => "it does not accept the client certificate".to_owned(),
        HeldCertificate::Unknown => "it does not accept the client certificate, or there was none".to_owned(),
    };
    format!(
        "{host} refused the TLS handshake without a reason: it has no cipher suite or curve in common with this client, or \
         {certificate}; {SUPPORTED}"
    )
}

/// The reason that a server gives for refusing a client certificate.
fn refusal(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::UnknownCA => "it does not come from an authority that the server trusts",
        AlertDescription::CertificateExpired => "it has expired, or its time has not come",
        AlertDescription::CertificateRevoked => "it was revoked",
        AlertDescription::UnsupportedCertificate => "the server does not support certificates of its kind",
        AlertDescription::BadCertificate => "the server cannot use it",
        AlertDescription::AccessDenied => "it is valid, but has no access",
        AlertDescription::DecryptError => "the server could not verify its signature",
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => "the server has received none",
        _ => "the server gives no reason",
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
