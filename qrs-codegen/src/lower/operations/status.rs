//! Status codes and their names.

use crate::document::Status;
use crate::model::Statuses;

/// The status codes of a response.
pub(super) fn statuses(status: Status) -> Statuses {
    match status {
        Status::Code(code) => Statuses::One(code),
        Status::Range(digit) => Statuses::Range(digit),
        Status::Default => Statuses::Other,
    }
}

/// The key of a response, as it stands in a document.
pub(super) fn key(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(digit) => format!("{digit}XX"),
        Status::Default => "default".to_owned(),
    }
}

/// Whether a status code stands for a success.
pub(super) fn is_success(status: Status) -> bool {
    matches!(status, Status::Code(200..=299) | Status::Range(2))
}

/// The status's name in the registry of HTTP, or its number.
pub(super) fn name(statuses: Statuses) -> String {
    match statuses {
        Statuses::One(code) => reason(code).map_or_else(|| format!("Status {code}"), str::to_owned),
        Statuses::Range(digit) => match digit {
            1 => "Informational".to_owned(),
            2 => "Success".to_owned(),
            3 => "Redirection".to_owned(),
            4 => "Client error".to_owned(),
            _ => "Server error".to_owned(),
        },
        Statuses::Other => "Other".to_owned(),
    }
}

/// <https://www.iana.org/assignments/http-status-codes>
fn reason(code: u16) -> Option<&'static str> {
    Some(match code {
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-authoritative information",
        204 => "No content",
        205 => "Reset content",
        206 => "Partial content",
        207 => "Multi-status",
        208 => "Already reported",
        226 => "Im used",
        400 => "Bad request",
        401 => "Unauthorized",
        402 => "Payment required",
        403 => "Forbidden",
        404 => "Not found",
        405 => "Method not allowed",
        406 => "Not acceptable",
        407 => "Proxy authentication required",
        408 => "Request timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length required",
        412 => "Precondition failed",
        413 => "Content too large",
        414 => "Uri too long",
        415 => "Unsupported media type",
        416 => "Range not satisfiable",
        417 => "Expectation failed",
        421 => "Misdirected request",
        422 => "Unprocessable content",
        423 => "Locked",
        424 => "Failed dependency",
        425 => "Too early",
        426 => "Upgrade required",
        428 => "Precondition required",
        429 => "Too many requests",
        431 => "Request header fields too large",
        451 => "Unavailable for legal reasons",
        500 => "Internal server error",
        501 => "Not implemented",
        502 => "Bad gateway",
        503 => "Service unavailable",
        504 => "Gateway timeout",
        505 => "Http version not supported",
        506 => "Variant also negotiates",
        507 => "Insufficient storage",
        508 => "Loop detected",
        511 => "Network authentication required",
        _ => return None,
    })
}
