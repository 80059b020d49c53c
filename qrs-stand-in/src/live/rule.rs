//! System rules, those of licences among them: which resources they are about, and what they check.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Call;
use super::list::{condense, parse_filter};
use super::table::Table;
use crate::condition::{Condition, is_like};
use crate::reply::{Refusal, Reply};
use crate::rows::{Row, is_true, number_in, text_in};
use crate::state::State;

/// Checks a rule, and fills in what a new rule may leave out.
pub(super) fn complete(row: &mut Row) -> Result<(), Refusal> {
    let condition = text_in(row, "rule");
    if !condition.is_empty() {
        Condition::parse(condition)
            .map_err(|error| Refusal::bad_request(format!("The condition of the rule is not valid: {error}")))?;
    }
    for (name, value) in [
        ("category", json!("Security")),
        ("subcategory", json!("")),
        ("type", json!("Custom")),
        ("rule", json!("")),
        ("comment", json!("")),
        ("disabled", json!(false)),
        ("ruleContext", json!(0)),
        ("seedId", json!(Uuid::nil())),
        ("version", json!(0)),
        ("tags", json!([])),
    ] {
        let field = row.entry(name).or_insert(Value::Null);
        if field.is_null() {
            *field = value;
        }
    }
    Ok(())
}

/// Whether a rule's resource filter, such as `License.LoginAccessType_*,User_*`, is about a resource.
pub(super) fn is_about(rule: &Row, resource_type: &str, resource: &Row) -> bool {
    let name = format!("{resource_type}_{}", text_in(resource, "id")).to_lowercase();
    text_in(rule, "resourceFilter").to_lowercase().split(',').any(|pattern| is_like(&name, pattern.trim()))
}

/// The outcome of a rule for a user and a resource.
pub(super) struct Verdict {
    pub(super) is_allowed: bool,
    /// The place and the reason of an error in its condition.
    pub(super) error: Option<(usize, String)>,
}

/// Evaluates a condition; a disabled rule allows nothing.
pub(super) fn judge(rule: &Row, user: &Row, resource: &Row) -> Verdict {
    match Condition::parse(text_in(rule, "rule")) {
        Ok(condition) => {
            let is_allowed = !is_true(rule, "disabled") && condition.holds(user, Some(resource));
            Verdict { is_allowed, error: None }
        }
        Err(error) => Verdict { is_allowed: false, error: Some((error.at, error.reason)) },
    }
}

pub(super) fn actions(rule: &Row) -> i64 {
    number_in(rule, "actions").unwrap_or(0)
}

/// The table of a type of resource that licence rules are about.
pub(super) fn table_of(resource_type: &str) -> Result<Table, Refusal> {
    let known = Table::ALL.into_iter().find(|table| {
        matches!(table, Table::Passes(_) | Table::Groups(_)) && table.schema().eq_ignore_ascii_case(resource_type)
    });
    known.ok_or_else(|| Refusal::bad_request(format!("There is no type of resource '{resource_type}'.")))
}

/// The rules of a category that are about the resources that a filter leaves.
pub(super) fn associated(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let category = call.captured(0);
    let resource_type = call.parameter("resourcetype").unwrap_or_default();
    let table = table_of(resource_type)?;
    let filter = parse_filter(call.parameter("resourcefilter").unwrap_or_default(), &table.type_name())?;
    let resources: Vec<Row> = table.rows(state).into_iter().filter(|row| filter.keeps(row)).collect();
    let rules = state.rules.iter().filter(|rule| text_in(rule, "category").eq_ignore_ascii_case(category));
    let associated = rules.filter(|rule| resources.iter().any(|resource| is_about(rule, &table.schema(), resource)));
    Ok(Reply::Json(associated.map(|rule| condense(Table::Rules, rule.clone(), call)).collect()))
}
