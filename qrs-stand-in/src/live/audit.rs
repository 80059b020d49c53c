//! Audits of licence rules: which rule gives which user access to what.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Call;
use super::list::parse_filter;
use super::rule::{actions, is_about, judge, table_of};
use super::table::Table;
use crate::reply::{Refusal, Reply};
use crate::rows::{Row, has_id, is_true, object, text_in};
use crate::state::{Pool, State};

/// The `evaluationState` of a rule whose condition was evaluated.
const EVALUATED: u8 = 0;
/// Of one whose condition is wrong.
const FAILED: u8 = 2;

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The part of a list that a caller wants, by how many to skip and how many to take.
fn page(rows: Vec<Row>, body: &Value, skip: &str, take: &str) -> Vec<Row> {
    let number = |name| body.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    let take = number(take).filter(|take| *take > 0).unwrap_or(usize::MAX);
    rows.into_iter().skip(number(skip).unwrap_or(0)).take(take).collect()
}

fn filtered(rows: Vec<Row>, filter: &str, type_name: &str) -> Result<Vec<Row>, Refusal> {
    if filter.trim().is_empty() {
        return Ok(rows);
    }
    let filter = parse_filter(filter, type_name)?;
    Ok(rows.into_iter().filter(|row| filter.keeps(row)).collect())
}

/// The resources, the users and the rules of an audit.
struct Scope {
    users: Vec<Row>,
    resource_type: String,
    resources: Vec<Row>,
}

impl Scope {
    fn new(state: &State, body: &Value, users: &str, resources: &str) -> Result<Self, Refusal> {
        let resource_type = text(body, "resourceType");
        if resource_type.is_empty() {
            return Err(Refusal::missing_parameter());
        }
        let table = table_of(resource_type)?;
        Ok(Self {
            users: filtered(Table::Users.rows(state), users, "User")?,
            resources: filtered(table.rows(state), resources, &table.type_name())?,
            resource_type: table.schema(),
        })
    }
}

pub(super) fn audit(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let rules = license_rules(state);
    let shows_all = call.body().get("includeNonGrantingRules") == Some(&Value::Bool(true));
    apply(state, call.body(), &rules, shows_all).map(Reply::Json)
}

/// An audit as it would be with one more rule, which stands alone in it.
pub(super) fn preview(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body();
    let rule = object(json!({
        "id": Uuid::nil(),
        "name": "Preview",
        "rule": text(body, "ruleConditions"),
        "resourceFilter": format!("{}_*", text(body, "resourceType")),
        "actions": body.get("actions").cloned().unwrap_or(json!(1)),
    }));
    apply(state, body, &[rule], false).map(Reply::Json)
}

fn license_rules(state: &State) -> Vec<Row> {
    state.rules.iter().filter(|rule| text_in(rule, "category") == "License").cloned().collect()
}

fn apply(state: &State, body: &Value, rules: &[Row], shows_all: bool) -> Result<Value, Refusal> {
    let scope = Scope::new(state, body, text(body, "userFilter"), text(body, "resourceFilter"))?;
    let users = page(scope.users, body, "userSkip", "userTake");
    let resources = page(scope.resources, body, "resourceSkip", "resourceTake");
    let (mut shown_users, mut shown_resources, mut shown_rules) = (Row::new(), Row::new(), Row::new());
    let mut applications = Vec::new();
    for user in &users {
        for resource in &resources {
            for rule in rules.iter().filter(|rule| is_about(rule, &scope.resource_type, resource)) {
                let verdict = judge(rule, user, resource);
                if !verdict.is_allowed && !shows_all {
                    continue;
                }
                let evaluation = if verdict.error.is_some() { FAILED } else { EVALUATED };
                let (at, message) = verdict.error.map_or((None, String::new()), |(at, text)| (Some(at), text));
                applications.push(json!({
                    "schemaPath": "SystemRuleApplicationItem",
                    "userID": user.get("id"),
                    "resourceID": resource.get("id"),
                    "ruleID": rule.get("id"),
                    "allowed": verdict.is_allowed,
                    "errorAt": at,
                    "errorMessage": message,
                    "evaluationState": evaluation,
                }));
                show(&mut shown_users, user, "AuditUserCondensed");
                show(&mut shown_resources, resource, "AuditResourceCondensed");
                show(&mut shown_rules, rule, "AuditRuleCondensed");
            }
        }
    }
    Ok(json!({
        "schemaPath": "Audit",
        "users": shown_users,
        "resources": shown_resources,
        "rules": shown_rules,
        "ruleApplication": applications,
    }))
}

fn show(shown: &mut Row, row: &Row, type_name: &str) {
    let mut entry = super::types::project(type_name, row);
    entry.insert("schemaPath".into(), json!(type_name));
    shown.insert(text_in(row, "id").to_owned(), Value::Object(entry));
}

/// For every user and resource: the actions that the rules, or a rule to come, allow.
pub(super) fn matrix(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body();
    let reference = |name: &str| body.get(name).map_or("", |reference| text(reference, "resourceFilter"));
    let mut scope = Scope::new(state, body, reference("subjectRef"), reference("resourceRef"))?;
    if let Some(start) = body.get("subjectStart").and_then(Value::as_str).and_then(|id| id.parse().ok()) {
        let place = scope.users.iter().position(|user| has_id(user, start)).ok_or_else(Refusal::not_found)?;
        scope.users.drain(..place);
    }
    let mut rules = license_rules(state);
    if let Some(preview) = body.get("previewRule").filter(|rule| !rule.is_null()) {
        rules = vec![object(json!({
            "id": Uuid::nil(),
            "rule": text(preview, "condition"),
            "resourceFilter": format!("{}_*", scope.resource_type),
            "actions": body.get("actions").cloned().unwrap_or(json!(1)),
        }))];
    }
    let limit = body.get("auditLimit").and_then(Value::as_u64).filter(|limit| *limit > 0);
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let pairs = scope.users.iter().flat_map(|user| scope.resources.iter().map(move |resource| (user, resource)));
    let elements: Vec<Value> =
        pairs.take(limit).map(|(user, resource)| element(&rules, &scope.resource_type, user, resource)).collect();
    let shown = |rows: &[Row], names: &str, held: &str| -> Value {
        let wanted = body.get(names).and_then(Value::as_array);
        let is_wanted =
            |name: &str| wanted.is_none_or(|wanted| wanted.iter().any(|wanted| wanted.as_str() == Some(name)));
        let properties = |row: &Row| -> Row {
            row.iter().filter(|(name, _)| is_wanted(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        rows.iter()
            .map(|row| (text_in(row, "id").to_owned(), json!({ held: properties(row), "privileges": [] })))
            .collect()
    };
    Ok(Reply::Json(json!({
        "schemaPath": "AuditMatrix",
        "matrix": elements,
        "resources": shown(&scope.resources, "resourceProperties", "resourceProperties"),
        "subjects": shown(&scope.users, "subjectProperties", "subjectProperties"),
    })))
}

fn element(rules: &[Row], resource_type: &str, user: &Row, resource: &Row) -> Value {
    let about = rules.iter().filter(|rule| is_about(rule, resource_type, resource));
    let granting: Vec<&Row> = about.filter(|rule| judge(rule, user, resource).is_allowed).collect();
    let allowed = granting.iter().fold(0, |allowed, rule| allowed | actions(rule));
    json!({
        "schemaPath": "AuditMatrixElement",
        "subjectId": user.get("id"),
        "resourceId": resource.get("id"),
        "audit": {
            "access": { "granted": allowed != 0, "actions": allowed },
            "rules": granting.iter().filter_map(|rule| rule.get("id")).collect::<Vec<_>>(),
        },
    })
}

/// Counts the resources of each type to which the licence rules give each user access.
pub(super) fn user_actions(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body();
    let tables = match text(body, "type") {
        "" => [Pool::Professional, Pool::Analyzer, Pool::User].map(Table::Groups).to_vec(),
        name => vec![table_of(name)?],
    };
    let wanted = body.get("actions").and_then(Value::as_i64).unwrap_or(i64::MAX);
    let rules: Vec<Row> = license_rules(state).into_iter().filter(|rule| !is_true(rule, "disabled")).collect();
    let users = filtered(Table::Users.rows(state), text(body, "userFilter"), "User")?;
    let users = page(users, body, "", "limit");
    let counts = |user: &Row| -> Row {
        let opened = |table: &Table| {
            let schema = table.schema();
            let resources = table.rows(state).into_iter().filter(|resource| {
                let mut about =
                    rules.iter().filter(|rule| is_about(rule, &schema, resource) && actions(rule) & wanted != 0);
                about.any(|rule| judge(rule, user, resource).is_allowed)
            });
            (table.schema(), json!(resources.count()))
        };
        tables.iter().map(opened).collect()
    };
    let entry = |user: &Row| {
        json!({
            "schemaPath": "UserLicenseActions",
            "user": super::types::project("UserCondensed", user),
            "actionCounts": counts(user),
        })
    };
    Ok(Reply::Json(users.iter().map(entry).collect()))
}
