//! Selections: sets of entities that are worked on together.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Call;
use super::list::{condense, select as filtered};
use super::table::Table;
use crate::reply::{Refusal, Reply};
use crate::rows::{Row, date, has_id, id_in, object};
use crate::state::{Pool, State};

const PASSES: Table = Table::Passes(Pool::Professional);

/// Selects the professional passes that the filter leaves.
pub(super) fn select(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let now = date(state.now());
    let stamped = |fields: Value| {
        let mut row = object(fields);
        row.insert("id".into(), json!(Uuid::new_v4()));
        row.insert("createdDate".into(), json!(now));
        row.insert("modifiedDate".into(), json!(now));
        row.insert("modifiedByUserName".into(), json!(call.caller.account()));
        row
    };
    let item = |pass: &Row| {
        let fields = json!({
            "schemaPath": "SelectionItem",
            "type": PASSES.schema(),
            "objectID": pass.get("id"),
            "objectName": "",
        });
        Value::Object(stamped(fields))
    };
    let items: Vec<Value> = filtered(state, PASSES, call)?.iter().map(item).collect();
    let selection = stamped(json!({ "schemaPath": "Selection", "privileges": null, "items": items }));
    state.selections.push(selection.clone());
    Ok(Reply::Json(Value::Object(selection)))
}

/// The passes of the path's selection that the filter leaves.
fn chosen(state: &State, call: &Call<'_>) -> Result<Vec<Row>, Refusal> {
    let id = call.id()?;
    let selection = state.selections.iter().find(|row| has_id(row, id)).ok_or_else(Refusal::not_found)?;
    let items = selection.get("items").and_then(Value::as_array).into_iter().flatten();
    let ids: Vec<Uuid> = items.filter_map(Value::as_object).filter_map(|item| id_in(item, "objectID")).collect();
    let passes = filtered(state, PASSES, call)?;
    Ok(passes.into_iter().filter(|pass| id_in(pass, "id").is_some_and(|id| ids.contains(&id))).collect())
}

pub(super) fn selected(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let passes = chosen(state, call)?;
    Ok(Reply::Json(passes.into_iter().map(|pass| condense(PASSES, pass, call)).collect()))
}

/// Releases the passes of a selection.
pub(super) fn delete_selected(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    for id in chosen(state, call)?.iter().filter_map(|pass| id_in(pass, "id")) {
        state.release(Pool::Professional, id)?;
    }
    Ok(Reply::Nothing)
}
