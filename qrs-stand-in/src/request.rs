//! From a request to its response: record it, follow the script, check it as a live site would, perform it.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;

use crate::answer::Body;
use crate::log::Seen;
use crate::reply::{Refusal, Reply, render};
use crate::server::{Peer, Site, UnderWay, locked};
use crate::state::{State, User};
use crate::wire::{Query, UserHeaderFault, user_header, xrfkey_holds};
use crate::{Mode, contract, live};

/// Below this every operation lives; no other prefix leads to the repository on its direct port.
const PREFIX: &str = "/qrs";

/// More than any request of this interface needs, in bytes.
const MAX_REQUEST_BODY: usize = 1024 * 1024;

/// A request that passed the checks that all operations share.
pub(crate) struct Incoming<'a> {
    pub(crate) seen: &'a Seen,
    pub(crate) query: &'a Query,
    /// The user that the request is made for.
    pub(crate) caller: User,
}

impl Incoming<'_> {
    pub(crate) fn method(&self) -> &Method {
        &self.seen.method
    }

    /// The path below `/qrs`, as it was sent.
    pub(crate) fn path(&self) -> &str {
        path_in_site(&self.seen.path).unwrap_or_default()
    }

    /// Refuses a query that cannot be decoded.
    pub(crate) fn check_query(&self) -> Result<(), Refusal> {
        if self.query.malformed {
            return Err(Refusal::bad_request("The query is not valid percent-encoded UTF-8."));
        }
        Ok(())
    }

    /// The body, if it is a JSON object.
    pub(crate) fn object(&self) -> Result<Value, Refusal> {
        match self.json()? {
            Some(body @ Value::Object(_)) => Ok(body.clone()),
            _ => Err(Refusal::bad_request("The body is not a JSON object.")),
        }
    }

    /// The elements of the body, if it is a JSON array.
    pub(crate) fn elements(&self) -> Result<Vec<Value>, Refusal> {
        match self.json()? {
            Some(Value::Array(elements)) => Ok(elements.clone()),
            _ => Err(Refusal::bad_request("The body is not a JSON array.")),
        }
    }

    fn json(&self) -> Result<Option<&Value>, Refusal> {
        if !self.seen.header("content-type").is_some_and(is_json) {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body of this request has to be application/json.",
            ));
        }
        Ok(self.seen.body.as_ref())
    }
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    kind.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
}

/// Responds to a request of any method and path.
pub(crate) async fn respond(site: &Arc<Site>, peer: &Peer, request: Request<hyper::body::Incoming>) -> Response<Body> {
    let _under_way = UnderWay::new(site);
    let (head, body) = request.into_parts();
    let (body, too_large) = match Limited::new(body, MAX_REQUEST_BODY).collect().await {
        Ok(body) => (body.to_bytes(), false),
        Err(_) => (Bytes::new(), true),
    };
    let query = Query::read(head.uri.query().unwrap_or_default());
    let path = head.uri.path().to_owned();
    let operation = path_in_site(&path).and_then(|path| contract::operation(&head.method, path));
    let parameters = match site.mode {
        Mode::Contract => operation.map(|operation| if operation.takes_filter() { &["filter"][..] } else { &[] }),
        Mode::Live(_) => path_in_site(&path).and_then(|path| live::parameters(&head.method, path)),
    };
    let seen = Seen {
        connection: peer.connection,
        operation,
        parameters: parameters.unwrap_or_default(),
        method: head.method,
        path,
        raw_query: query.raw.clone(),
        query: query.pairs.clone(),
        user: user_header(&head.headers).ok(),
        headers: head.headers,
        body: serde_json::from_slice(&body).ok(),
        raw_body: body,
        client_certificate_subject: peer.subject.clone(),
    };
    site.record(seen.clone());

    if let Some(answer) = site.scripted(operation, &seen.path) {
        return answer.deliver(&seen).await;
    }
    let response = perform(site, &seen, &query, too_large);
    site.may_answer().await;
    response
}

/// Performs the request. No lock is held afterwards.
fn perform(site: &Site, seen: &Seen, query: &Query, too_large: bool) -> Response<Body> {
    let mut state = locked(&site.state);
    let outcome = if too_large {
        let text = "The request's body is too large, or was cut short.";
        Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text))
    } else {
        outcome(&mut state, site.mode, seen, query)
    };
    render(outcome, &seen.method, state.error_style)
}

/// Checks what a live site checks before it does anything, in its order, and performs the operation.
fn outcome(state: &mut State, mode: Mode, seen: &Seen, query: &Query) -> Result<Reply, Refusal> {
    if path_in_site(&seen.path).is_none() {
        return Err(Refusal::unknown_path());
    }
    if !xrfkey_holds(query, &seen.headers) {
        return Err(Refusal::Xsrf);
    }
    if state.refuses_credentials {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Authentication failed."));
    }
    let incoming = Incoming { seen, query, caller: caller(state, &seen.headers)? };
    match mode {
        Mode::Contract => contract::respond(state, &incoming),
        Mode::Live(_) => live::respond(state, &incoming),
    }
}

fn path_in_site(path: &str) -> Option<&str> {
    path.strip_prefix(PREFIX).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn caller(state: &State, headers: &HeaderMap) -> Result<User, Refusal> {
    let forbid = |text: &str| Err(Refusal::new(StatusCode::FORBIDDEN, text));
    match user_header(headers) {
        Err(UserHeaderFault::Missing) => forbid("The header X-Qlik-User is missing."),
        Err(UserHeaderFault::Malformed) => forbid("The header X-Qlik-User is malformed."),
        Ok((directory, id)) => state.caller(&directory, &id),
    }
}
