//! The site as QRS 38.22 describes itself: users, rules, every kind of access, the licence.
//!
//! Tables say what there is: `types.txt` the types field by field, [`endpoint`](mod@endpoint) the operations with their
//! parameters, bodies and results. [`list`](mod@list) and [`entity`](mod@entity) serve everything that is listed, read,
//! created, changed and deleted alike; the other modules hold what is special to one of them.

mod about;
mod audit;
mod endpoint;
mod entity;
mod license;
mod list;
mod overview;
mod rule;
mod selection;
mod table;
mod types;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::endpoint::{Resolved, resolve};
use crate::reply::{Refusal, Reply};
use crate::request::Incoming;
use crate::rows::guid;
use crate::state::{State, User};
use crate::wire::{Query, percent_decode};
use endpoint::{Action, Body, LiveEndpoint, endpoints};

/// The query parameters that the operation of a method and a path takes.
pub(crate) fn parameters(method: &Method, path: &str) -> Option<&'static [&'static str]> {
    match resolve(endpoints(), method, path) {
        Resolved::Found(endpoint, _) => Some(endpoint.parameters.names),
        _ => None,
    }
}

/// An operation with its input, once the request has been read and checked.
struct Call<'a> {
    /// The values in the path, decoded; empty where one cannot be.
    captured: Vec<String>,
    query: &'a Query,
    caller: &'a User,
    /// The bodies: one, or as many as the array has; none where the operation takes none.
    bodies: Vec<Value>,
    /// The media types that the caller takes.
    accept: &'a str,
}

impl Call<'_> {
    /// The path's identifier. What is no GUID names nothing, so it is not found.
    fn id(&self) -> Result<Uuid, Refusal> {
        self.captured.first().and_then(|id| guid(id)).ok_or_else(Refusal::not_found)
    }

    fn captured(&self, place: usize) -> &str {
        self.captured.get(place).map_or("", String::as_str)
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.all(name).first().copied()
    }

    fn body(&self) -> &Value {
        self.bodies.first().unwrap_or(&Value::Null)
    }
}

/// Performs the operation that a request asks for.
pub(crate) fn respond(state: &mut State, incoming: &Incoming<'_>) -> Result<Reply, Refusal> {
    let (endpoint, captured) = match resolve(endpoints(), incoming.method(), incoming.path()) {
        Resolved::Found(endpoint, captured) => (endpoint, captured),
        Resolved::WrongMethod(allow) => return Err(Refusal::WrongMethod { allow }),
        Resolved::Nowhere => return Err(Refusal::unknown_path()),
    };
    incoming.check_query()?;
    check_parameters(endpoint, incoming.query)?;
    let bodies = match &endpoint.body {
        Body::None => Vec::new(),
        Body::One(_) => vec![incoming.object()?],
        Body::Many(_) => incoming.elements()?,
    };
    if let Body::One(name) | Body::Many(name) = &endpoint.body {
        bodies.iter().try_for_each(|body| types::check(name, body))?;
    }
    let call = Call {
        captured: captured.iter().map(|value| percent_decode(value).unwrap_or_default()).collect(),
        query: incoming.query,
        caller: &incoming.caller,
        bodies,
        accept: incoming.seen.header("accept").unwrap_or_default(),
    };
    state.end_quarantines();
    let mut reply = perform(state, endpoint.action, &call)?;
    if let (Reply::Json(value), true) = (&mut reply, state.variations.unknown_fields) {
        add_unknown_fields(value);
    }
    Ok(reply)
}

fn check_parameters(endpoint: &LiveEndpoint, query: &Query) -> Result<(), Refusal> {
    for name in endpoint.parameters.names {
        let sent = query.all(name);
        if sent.len() > 1 {
            return Err(Refusal::bad_request(format!("The parameter '{name}' was given more than once.")));
        }
        let is_missing = sent.first().is_none_or(|value| value.trim().is_empty());
        // An empty filter is no filter, and means a mistake.
        if is_missing && (endpoint.parameters.are_required(name) || (*name == "filter" && !sent.is_empty())) {
            return Err(Refusal::missing_parameter());
        }
        let is_flag = sent.iter().all(|value| matches!(value.to_lowercase().as_str(), "true" | "false"));
        if *name == "privileges" && !is_flag {
            return Err(Refusal::bad_request("The parameter 'privileges' is neither true nor false."));
        }
    }
    Ok(())
}

fn perform(state: &mut State, action: Action, call: &Call<'_>) -> Result<Reply, Refusal> {
    match action {
        Action::List(table) => list::condensed(state, table, call),
        Action::ListFull(table) => list::full(state, table, call),
        Action::Count(table) => list::count(state, table, call),
        Action::Read(table) => entity::read(state, table, call),
        Action::Create(table) => entity::create(state, table, call),
        Action::CreateMany(table) => entity::create_many(state, table, call),
        Action::Update(table) => entity::update(state, table, call),
        Action::Delete(table) => entity::delete(state, table, call),
        Action::SyncUser => {
            let known = state.user_named(call.captured(0), call.captured(1)).is_some();
            Ok(Reply::Json(json!(known)))
        }
        Action::GetLicense => Ok(Reply::Json(license::read(state))),
        Action::SetLicense => license::set(state, call),
        Action::UpdateLicense => license::update(state, call),
        Action::DeleteLicense => license::delete(state, call),
        Action::DownloadLef => license::download(state, call),
        Action::Overview => Ok(Reply::Json(overview::overview(state))),
        Action::Info => Ok(Reply::Json(overview::info(state))),
        Action::Audit => audit::audit(state, call),
        Action::AuditMatrix => audit::matrix(state, call),
        Action::AuditPreview => audit::preview(state, call),
        Action::UserActions => audit::user_actions(state, call),
        Action::AssociatedRules => rule::associated(state, call),
        Action::SelectPasses => selection::select(state, call),
        Action::SelectedPasses => selection::selected(state, call),
        Action::DeleteSelectedPasses => selection::delete_selected(state, call),
        Action::About => Ok(Reply::Json(about::about())),
        Action::Enums => Ok(Reply::Json(about::enums())),
        Action::Interfaces => Ok(Reply::Json(json!([about::INTERFACE]))),
        Action::Interface => about::interface(call),
    }
}

/// Adds a field that no description has to each entity in a reply, as a newer version does.
fn add_unknown_fields(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(add_unknown_fields),
        Value::Object(fields) => {
            fields.values_mut().for_each(add_unknown_fields);
            if fields.contains_key("id") || fields.contains_key("schemaPath") {
                let novel = || json!({ "since": "39.0", "values": [1, null, "two"] });
                fields.entry("notYetDescribed").or_insert_with(novel);
            }
        }
        _ => {}
    }
}
