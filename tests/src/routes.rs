//! From a request to its answer: record it, follow the script, check it as a live site would, perform it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::routing::{MethodFilter, MethodRouter};
use serde_json::Value;

use crate::Operation;
use crate::answer::{ErrorStyle, JSON, TEXT, refusal, respond};
use crate::log::Seen;
use crate::server::{Peer, Site, UnderWay, locked};
use crate::state::{Call, Refusal, Reply, Shape, State as SiteState, User};
use crate::wire::{Query, UserHeaderFault, percent_decode, user_header, xrfkey_holds};

/// Below this every operation lives; no other prefix leads to the repository on its direct port.
const PREFIX: &str = "/qrs";

/// More than any request of this interface needs, in bytes.
const MAX_REQUEST_BODY: usize = 1024 * 1024;

/// Where a request was routed.
#[derive(Clone, Copy)]
enum Route {
    To(Operation),
    /// To a list of the site's that the document does not have.
    Beside(Operation, Shape),
    /// To a path that the document has, by a method that it does not have there.
    WrongMethod {
        template: &'static str,
    },
    Nowhere,
}

/// The site's router: one route a path, from the table of operations.
pub(crate) fn router(site: Arc<Site>) -> Router {
    let handler = |route: Route| move |State(site): State<Arc<Site>>, request: Request| answer(site, route, request);
    let mut router = Router::new();
    let templates: BTreeSet<_> = Operation::ALL.map(Operation::template).into();
    for template in templates {
        let mut methods = MethodRouter::new();
        for operation in at(template) {
            let filter = match operation.method() {
                Method::POST => MethodFilter::POST,
                Method::DELETE => MethodFilter::DELETE,
                _ => MethodFilter::GET,
            };
            methods = methods.on(filter, handler(Route::To(operation)));
        }
        let methods = methods.fallback(handler(Route::WrongMethod { template }));
        router = router.route(&format!("{PREFIX}{template}"), methods);
    }
    for operation in Operation::ALL.into_iter().filter(|operation| operation.lists_passes()) {
        let template = operation.template();
        for (name, shape) in [("full", Shape::Full), ("count", Shape::Count)] {
            let methods = MethodRouter::new().on(MethodFilter::GET, handler(Route::Beside(operation, shape)));
            router = router.route(&format!("{PREFIX}{template}/{name}"), methods);
        }
    }
    router.fallback(handler(Route::Nowhere)).with_state(site)
}

fn at(template: &str) -> impl Iterator<Item = Operation> {
    Operation::ALL.into_iter().filter(move |operation| operation.template() == template)
}

async fn answer(site: Arc<Site>, route: Route, request: Request) -> Response<Body> {
    let _under_way = UnderWay::new(&site);
    let (head, body) = request.into_parts();
    let (body, too_large) = match to_bytes(body, MAX_REQUEST_BODY).await {
        Ok(body) => (body, false),
        Err(_) => (Bytes::new(), true),
    };
    let query = Query::read(head.uri.query().unwrap_or_default());
    let peer = head.extensions.get::<Peer>().cloned().unwrap_or_default();
    // The router serves HEAD wherever it serves GET; the document knows no HEAD.
    let route = match route {
        Route::To(operation) if operation.method() != head.method => {
            Route::WrongMethod { template: operation.template() }
        }
        route => route,
    };
    let operation = match route {
        Route::To(operation) => Some(operation),
        Route::Beside(..) | Route::WrongMethod { .. } | Route::Nowhere => None,
    };
    let seen = Seen {
        connection: peer.connection,
        operation,
        method: head.method,
        path: head.uri.path().to_owned(),
        raw_query: query.raw.clone(),
        query: query.pairs.clone(),
        user: user_header(&head.headers).ok(),
        headers: head.headers,
        body: serde_json::from_slice(&body).ok(),
        raw_body: body,
        client_certificate_subject: peer.subject,
    };
    site.record(seen.clone());

    if let Some(answer) = site.scripted(operation, &seen.path) {
        return answer.deliver(&seen).await;
    }
    let response = perform(&site, &seen, &query, route, too_large);
    site.may_answer().await;
    response
}

/// Does what the request asks for. No lock is held afterwards.
fn perform(site: &Site, seen: &Seen, query: &Query, route: Route, too_large: bool) -> Response<Body> {
    let mut state = locked(&site.state);
    let outcome = if too_large {
        let text = "The request's body is too large, or was cut short.";
        Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text))
    } else if in_site(&seen.path) {
        check(&state, seen, query, route).and_then(|call| state.perform(&call))
    } else {
        Err(unknown_path())
    };
    render(outcome, &seen.method, state.error_style)
}

fn in_site(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn unknown_path() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "There is nothing at this path.")
}

/// What a live site checks before it does anything, in its order.
fn check<'a>(state: &SiteState, seen: &Seen, query: &'a Query, route: Route) -> Result<Call<'a>, Refusal> {
    if !xrfkey_holds(query, &seen.headers) {
        return Err(Refusal::Xsrf);
    }
    if state.refuses_credentials {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Authentication failed."));
    }
    let caller = caller(state, &seen.headers)?;
    let (operation, shape) = match route {
        Route::To(operation) => (operation, Shape::Short),
        Route::Beside(operation, shape) => (operation, shape),
        Route::WrongMethod { template } => {
            let allow: Vec<_> = at(template).map(|operation| operation.method().to_string()).collect();
            return Err(Refusal::WrongMethod { allow: allow.join(", ") });
        }
        Route::Nowhere => return Err(unknown_path()),
    };
    if query.malformed {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "The query is not valid percent-encoded UTF-8."));
    }
    Ok(Call {
        operation,
        shape,
        id: identifier(operation, &seen.path),
        filters: if operation.takes_filter() { query.all("filter") } else { Vec::new() },
        body: body(operation, seen)?,
        caller,
    })
}

fn caller(state: &SiteState, headers: &HeaderMap) -> Result<User, Refusal> {
    let forbid = |text: &str| Err(Refusal::new(StatusCode::FORBIDDEN, text));
    match user_header(headers) {
        Err(UserHeaderFault::Missing) => forbid("The header X-Qlik-User is missing."),
        Err(UserHeaderFault::Malformed) => forbid("The header X-Qlik-User is malformed."),
        Ok((directory, id)) => match state.user_named(&directory, &id) {
            Some(user) if !user.inactive => Ok(user.clone()),
            _ => forbid("Your account is inactive. Contact your administrator to activate it."),
        },
    }
}

fn identifier(operation: Operation, path: &str) -> Option<String> {
    operation.template().ends_with("/{id}").then_some(())?;
    percent_decode(path.rsplit('/').next()?)
}

fn body(operation: Operation, seen: &Seen) -> Result<Value, Refusal> {
    if operation.method() != Method::POST {
        return Ok(Value::Null);
    }
    if !seen.header("content-type").is_some_and(is_json) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body of this request has to be application/json.",
        ));
    }
    match &seen.body {
        Some(body @ Value::Object(_)) => Ok(body.clone()),
        _ => Err(Refusal::new(StatusCode::BAD_REQUEST, "The body is not a JSON object.")),
    }
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    kind.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
}

fn render(outcome: Result<Reply, Refusal>, method: &Method, style: ErrorStyle) -> Response<Body> {
    match outcome {
        // Every POST answers 201 on a live site, also where the document says 200.
        Ok(Reply::Json(value)) if *method == Method::POST => respond(StatusCode::CREATED, JSON, value.to_string()),
        Ok(Reply::Json(value)) => respond(StatusCode::OK, JSON, value.to_string()),
        Ok(Reply::Text(text)) => respond(StatusCode::OK, TEXT, text),
        Ok(Reply::Nothing) => {
            let mut response = Response::new(Body::empty());
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
