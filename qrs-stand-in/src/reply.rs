//! Outcomes of an operation: a reply or a refusal, and their responses.

use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;

use crate::answer::{Body, ErrorStyle, JSON, TEXT, refusal, respond, whole};

/// The refusal of an operation.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The key pair was missing or unequal; worded as plain text whatever the style.
    Xsrf,
    /// The path has no such method; `allow` lists those it has.
    WrongMethod { allow: String },
    /// Anything else: a status and its text.
    Because(StatusCode, String),
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self::Because(status, text.into())
    }

    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn missing_parameter() -> Self {
        Self::bad_request("Missing parameter value(s)")
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "The requested resource was not found.")
    }

    pub(crate) fn unknown_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing at this path.")
    }

    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, text)
    }
}

/// The result of an operation that succeeded.
#[derive(Debug)]
pub(crate) enum Reply {
    /// 200, or 201 where the method is POST.
    Json(Value),
    /// 200.
    Text(String),
    /// 204.
    Nothing,
}

pub(crate) fn render(outcome: Result<Reply, Refusal>, method: &Method, style: ErrorStyle) -> Response<Body> {
    match outcome {
        // Every POST answers 201 on a live site, also where the document says 200.
        Ok(Reply::Json(value)) if *method == Method::POST => respond(StatusCode::CREATED, JSON, value.to_string()),
        Ok(Reply::Json(value)) => respond(StatusCode::OK, JSON, value.to_string()),
        Ok(Reply::Text(text)) => respond(StatusCode::OK, TEXT, text),
        Ok(Reply::Nothing) => {
            let mut response = Response::new(whole(""));
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(Refusal::Xsrf) => {
            refusal(ErrorStyle::Text, StatusCode::FORBIDDEN, "XSRF prevention check failed. Possible XSRF discovered.")
        }
        Err(Refusal::WrongMethod { allow }) => {
            let text = "The requested resource does not support this method.";
            let mut response = refusal(style, StatusCode::METHOD_NOT_ALLOWED, text);
            if let Ok(allow) = HeaderValue::try_from(allow) {
                response.headers_mut().insert(header::ALLOW, allow);
            }
            response
        }
        Err(Refusal::Because(status, text)) => refusal(style, status, &text),
    }
}
