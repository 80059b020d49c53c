//! The site as `spec/licenses.yaml` describes it.

mod columns;
mod operation;
mod overview;

use std::sync::LazyLock;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

pub use operation::Operation;

use crate::condition::Condition;
use crate::endpoint::{Endpoint, Resolved, resolve};
use crate::filter::{Column, Filter};
use crate::reply::{Refusal, Reply};
use crate::request::Incoming;
use crate::rows::{Row, date, guid, has_id, is_true, text_in};
use crate::seed;
use crate::state::{License, LicenseKind, Pass, Pool, State};
use crate::wire::percent_decode;

/// The part of its rows that a list shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The fields that the document describes.
    Short,
    /// All that the site knows, when a pass was last used among it.
    Full,
    /// Their number.
    Count,
}

/// An operation of the document, or one of the lists beside it that every site has.
struct ContractEndpoint {
    operation: Operation,
    shape: Shape,
    template: String,
}

impl Endpoint for ContractEndpoint {
    fn method(&self) -> Method {
        self.operation.method()
    }

    fn template(&self) -> &str {
        &self.template
    }
}

static ENDPOINTS: LazyLock<Vec<ContractEndpoint>> = LazyLock::new(|| {
    let documented = Operation::ALL.map(|operation| ContractEndpoint {
        operation,
        shape: Shape::Short,
        template: operation.template().to_owned(),
    });
    let lists = Operation::ALL.into_iter().filter(|operation| operation.lists_passes());
    let beside = lists.flat_map(|operation| {
        [("full", Shape::Full), ("count", Shape::Count)].map(|(name, shape)| ContractEndpoint {
            operation,
            shape,
            template: format!("{}/{name}", operation.template()),
        })
    });
    documented.into_iter().chain(beside).collect()
});

/// The operation of the document that a method and a path below `/qrs` name.
pub(crate) fn operation(method: &Method, path: &str) -> Option<Operation> {
    match resolve(&ENDPOINTS, method, path) {
        Resolved::Found(endpoint, _) if endpoint.shape == Shape::Short => Some(endpoint.operation),
        _ => None,
    }
}

/// An operation with its input, once the request has been read and checked.
struct Call<'a> {
    shape: Shape,
    /// The `{id}` of the path. What is no GUID names nothing.
    id: Option<Uuid>,
    /// Each `filter` sent, decoded.
    filters: Vec<&'a str>,
    /// The body; `null` where there was none.
    body: Value,
    incoming: &'a Incoming<'a>,
}

/// Performs the operation that a request asks for.
pub(crate) fn respond(state: &mut State, incoming: &Incoming<'_>) -> Result<Reply, Refusal> {
    let (endpoint, captured) = match resolve(&ENDPOINTS, incoming.method(), incoming.path()) {
        Resolved::Found(endpoint, captured) => (endpoint, captured),
        Resolved::WrongMethod(allow) => return Err(Refusal::WrongMethod { allow }),
        Resolved::Nowhere => return Err(Refusal::unknown_path()),
    };
    incoming.check_query()?;
    let operation = endpoint.operation;
    let call = Call {
        shape: endpoint.shape,
        id: captured.first().and_then(|id| percent_decode(id)).and_then(|id| guid(&id)),
        filters: if operation.takes_filter() { incoming.query.all("filter") } else { Vec::new() },
        body: if operation.method() == Method::POST { incoming.object()? } else { Value::Null },
        incoming,
    };
    state.end_quarantines();
    perform(state, operation, &call)
}

fn perform(state: &mut State, operation: Operation, call: &Call<'_>) -> Result<Reply, Refusal> {
    match operation {
        Operation::GetLicense => {
            let license = state.license.as_ref();
            Ok(Reply::Json(license.map_or(Value::Null, |license| Value::Object(license.row.clone()))))
        }
        Operation::SetLicense => set_license(state, call),
        Operation::DownloadLef => match &state.license {
            Some(license) => Ok(Reply::Text(license.lef.clone())),
            None => Err(Refusal::not_found()),
        },
        Operation::GetAccessTypeInfo => Ok(Reply::Json(overview::info(state))),
        Operation::GetAccessTypeOverview => Ok(Reply::Json(overview::overview(state))),
        Operation::GetProfessionalAccessTypes => list(state, Pool::Professional, call),
        Operation::CreateProfessionalAccessType => allocate(state, Pool::Professional, call),
        Operation::GetProfessionalAccessType => read(state, Pool::Professional, call),
        Operation::DeleteProfessionalAccessType => release(state, Pool::Professional, call),
        Operation::GetAnalyzerAccessTypes => list(state, Pool::Analyzer, call),
        Operation::CreateAnalyzerAccessType => allocate(state, Pool::Analyzer, call),
        Operation::GetAnalyzerAccessType => read(state, Pool::Analyzer, call),
        Operation::DeleteAnalyzerAccessType => release(state, Pool::Analyzer, call),
        Operation::GetLoginAccessTypes => list(state, Pool::Login, call),
        Operation::GetUserAccessTypes => list(state, Pool::User, call),
        Operation::CreateUserAccessType => allocate(state, Pool::User, call),
        Operation::DeleteUserAccessType => release(state, Pool::User, call),
        Operation::GetLicenseRules => rows(state.rules.iter(), call, &columns::RULE, condensed_rule),
        Operation::GetLicenseRulesFull => rows(state.rules.iter(), call, &columns::RULE, Clone::clone),
        Operation::GetLicenseRule => {
            let rule = call.id.and_then(|id| state.rules.iter().find(|rule| has_id(rule, id)));
            rule.map(|rule| Reply::Json(Value::Object(rule.clone()))).ok_or_else(Refusal::not_found)
        }
        Operation::AuditLicenseRules => audit(state, call),
    }
}

fn set_license(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let serial = required_text(&call.body, "serial")?;
    let control = required_text(&call.body, "control")?;
    let name = optional_text(&call.body, "name")?;
    let organization = optional_text(&call.body, "organization")?;
    let lef = optional_text(&call.body, "lef")?;
    // Only Qlik can tell whether the two belong together; their form is all that can be judged here.
    if !is_digits(serial, 16) {
        return Err(Refusal::bad_request("The serial number is not valid."));
    }
    if !is_digits(control, 5) {
        return Err(Refusal::bad_request("The control number is not valid."));
    }
    let lef = lef.map_or_else(|| seed::contract::lef(serial), str::to_owned);
    let now = date(state.now());
    let mut license = seed::contract::license_row(serial, &lef);
    for (key, value) in [
        ("id", json!(Uuid::new_v4())),
        ("createdDate", json!(now)),
        ("modifiedDate", json!(now)),
        ("modifiedByUserName", json!(call.incoming.caller.account())),
        ("name", json!(name.unwrap_or_default())),
        ("organization", json!(organization.unwrap_or_default())),
    ] {
        license.insert(key.to_owned(), value);
    }
    state.license = Some(License { row: license.clone(), kind: LicenseKind::Serial, lef });
    Ok(Reply::Json(Value::Object(license)))
}

fn list(state: &State, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
    let columns = columns::of(pool);
    let all: Vec<Row> = state.pool(pool).iter().map(Pass::in_full).collect();
    match call.shape {
        Shape::Short => rows(all.iter(), call, columns, |row| {
            let mut row = row.clone();
            row.remove("lastUsed");
            row
        }),
        Shape::Full => rows(all.iter(), call, columns, Clone::clone),
        Shape::Count => {
            let filter = filter(call, columns)?;
            let kept = all.iter().filter(|row| filter.as_ref().is_none_or(|filter| filter.keeps(row)));
            Ok(Reply::Json(json!({ "value": kept.count() })))
        }
    }
}

fn read(state: &State, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
    let pass = call.id.and_then(|id| state.pool(pool).iter().find(|pass| pass.is(id)));
    pass.map(|pass| Reply::Json(Value::Object(pass.row.clone()))).ok_or_else(Refusal::not_found)
}

fn allocate(state: &mut State, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.body.pointer("/user/id").ok_or_else(Refusal::missing_parameter)?;
    let id = id
        .as_str()
        .and_then(guid)
        .ok_or_else(|| Refusal::bad_request("The identifier of the user is not a valid GUID."))?;
    Ok(Reply::Json(Value::Object(state.allocate(pool, id, &call.incoming.caller)?)))
}

fn release(state: &mut State, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
    state.release(pool, call.id.ok_or_else(Refusal::not_found)?)?;
    Ok(Reply::Nothing)
}

fn audit(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let resource_type = optional_text(&call.body, "resourceType")?;
    optional_text(&call.body, "resourceFilter")?;
    let user_filter = match optional_text(&call.body, "userFilter")? {
        None | Some("") => None,
        Some(text) => Some(parse_filter(text, &columns::USER)?),
    };
    let conditions: Vec<_> = state.rules.iter().map(|rule| Condition::parse(text_in(rule, "rule")).ok()).collect();
    let mut matrix = Vec::new();
    for member in &state.users {
        if user_filter.as_ref().is_some_and(|filter| !filter.keeps(&member.row)) {
            continue;
        }
        for (rule, condition) in state.rules.iter().zip(&conditions) {
            let holds = condition.as_ref().is_some_and(|condition| condition.holds(&member.row, None));
            matrix.push(json!({
                "subject": member.user.condensed(),
                "rule": { "id": rule.get("id"), "name": rule.get("name") },
                "resourceType": resource_type,
                "audit": {
                    "access": { "granted": holds && !is_true(rule, "disabled"), "actions": rule.get("actions") },
                    "trail": [{ "step": 1, "weight": 0.5 }, null, [true, "end"]],
                },
                "request": call.body,
            }));
        }
    }
    Ok(Reply::Json(json!({ "matrix": matrix, "schemaPath": "LicenseAuditResult" })))
}

fn rows<'row>(
    rows: impl Iterator<Item = &'row Row>,
    call: &Call<'_>,
    columns: &[Column],
    shown: impl Fn(&Row) -> Row,
) -> Result<Reply, Refusal> {
    let filter = filter(call, columns)?;
    let kept =
        rows.filter(|row| filter.as_ref().is_none_or(|filter| filter.keeps(row))).map(|row| Value::Object(shown(row)));
    Ok(Reply::Json(kept.collect()))
}

fn filter(call: &Call<'_>, columns: &[Column]) -> Result<Option<Filter>, Refusal> {
    match call.filters.as_slice() {
        [] => Ok(None),
        [text] if text.trim().is_empty() => Err(Refusal::missing_parameter()),
        [text] => parse_filter(text, columns).map(Some),
        _ => Err(Refusal::bad_request("More than one filter was given.")),
    }
}

fn parse_filter(text: &str, columns: &[Column]) -> Result<Filter, Refusal> {
    Filter::parse(text, columns).map_err(|error| Refusal::bad_request(error.to_string()))
}

/// A rule as the plain list shows it: without who made it and when.
fn condensed_rule(rule: &Row) -> Row {
    rule.iter()
        .filter(|(key, _)| !matches!(key.as_str(), "createdDate" | "modifiedDate" | "modifiedByUserName"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn required_text<'body>(body: &'body Value, name: &str) -> Result<&'body str, Refusal> {
    optional_text(body, name)?.filter(|text| !text.is_empty()).ok_or_else(Refusal::missing_parameter)
}

/// A text property that may be absent; anything but text, `null` too, is refused: the document allows only text.
fn optional_text<'body>(body: &'body Value, name: &str) -> Result<Option<&'body str>, Refusal> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::bad_request(format!("'{name}' is not a string."))),
    }
}

pub(crate) fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}
