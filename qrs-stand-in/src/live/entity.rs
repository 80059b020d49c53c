//! Entities: read, created, changed and deleted.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::table::Table;
use super::{Call, list, rule};
use crate::filter;
use crate::reply::{Refusal, Reply};
use crate::rows::{Row, date, guid, has_id, id_in, is_true, later, number_in, text_in};
use crate::state::{Member, Pass, Pool, State, User, account};

pub(super) fn read(state: &State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    Ok(shown(table, find(state, table, call.id()?)?, call))
}

fn find(state: &State, table: Table, id: Uuid) -> Result<Row, Refusal> {
    let found = match table {
        Table::Users => state.user(id).map(|member| member.row.clone()),
        Table::Passes(pool) => state.pass_in_full(pool, id),
        _ => table.rows(state).into_iter().find(|row| has_id(row, id)),
    };
    found.ok_or_else(Refusal::not_found)
}

fn shown(table: Table, row: Row, call: &Call<'_>) -> Reply {
    Reply::Json(Value::Object(list::in_full(table, row, call)))
}

pub(super) fn create(state: &mut State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let row = create_one(state, table, call.body(), call.caller)?;
    Ok(shown(table, row, call))
}

/// Creates all or none of them.
pub(super) fn create_many(state: &mut State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let mut created: Vec<Row> = Vec::new();
    for body in &call.bodies {
        match create_one(state, table, body, call.caller) {
            Ok(row) => created.push(row),
            Err(refusal) => {
                for id in created.iter().filter_map(|row| id_in(row, "id")) {
                    remove(state, table, id)?;
                }
                return Err(refusal);
            }
        }
    }
    Ok(Reply::Json(created.into_iter().map(|row| Value::Object(list::in_full(table, row, call))).collect()))
}

fn create_one(state: &mut State, table: Table, body: &Value, caller: &User) -> Result<Row, Refusal> {
    match table {
        Table::Passes(pool) if pool.is_personal() => allocate(state, pool, body, caller),
        Table::Passes(pool) => {
            let row = with_amounts(pool, new_row(state, table, body, caller));
            let usage = state.usage(pool);
            let wanted = Pass::new(row.clone());
            state.pool_mut(pool).push(wanted);
            if state.usage(pool).taken() > usage.total {
                state.pool_mut(pool).pop();
                return Err(Refusal::bad_request("There is no capacity left for access of this type."));
            }
            Ok(row)
        }
        Table::Users => {
            let row = new_row(state, table, body, caller);
            refuse_taken_name(state, &row, None)?;
            state.users.push(Member::new(row.clone()));
            Ok(row)
        }
        _ => {
            let mut row = new_row(state, table, body, caller);
            if table == Table::Rules {
                rule::complete(&mut row)?;
            }
            if let Some(rows) = table.plain_rows_mut(state) {
                rows.push(row.clone());
            }
            Ok(row)
        }
    }
}

/// Allocates a pass, and shows it as the list in full does.
fn allocate(state: &mut State, pool: Pool, body: &Value, caller: &User) -> Result<Row, Refusal> {
    let user = body.get("user").filter(|user| !user.is_null()).ok_or_else(Refusal::missing_parameter)?;
    let id = user.get("id").ok_or_else(Refusal::missing_parameter)?;
    let id = id.as_str().and_then(guid);
    let id = id.ok_or_else(|| Refusal::bad_request("The identifier of the user is not a valid GUID."))?;
    let row = state.allocate(pool, id, caller)?;
    Ok(id_in(&row, "id").and_then(|id| find(state, Table::Passes(pool), id).ok()).unwrap_or(row))
}

/// An entity of a body, with the fields that the site sets.
fn new_row(state: &State, table: Table, body: &Value, caller: &User) -> Row {
    let mut row = body.as_object().cloned().unwrap_or_default();
    let now = date(state.now());
    row.insert("id".into(), json!(Uuid::new_v4()));
    row.insert("createdDate".into(), json!(now));
    row.insert("modifiedDate".into(), json!(now));
    row.insert("modifiedByUserName".into(), json!(caller.account()));
    row.insert("schemaPath".into(), json!(table.schema()));
    row
}

/// Fills in what an allocation of tokens or minutes stands for.
fn with_amounts(pool: Pool, mut row: Row) -> Row {
    let (given, factor, [assigned, used, remaining]) = match pool {
        Pool::Login => {
            let names = ["assignedAccessTypes", "usedAccessTypes", "remainingAccessTypes"];
            ("assignedTokens", Pool::LOGINS_A_TOKEN, names)
        }
        _ => ("assignedUnits", Pool::MINUTES_A_UNIT, ["assignedMinutes", "usedMinutes", "remainingMinutes"]),
    };
    let amount = number_in(&row, given).unwrap_or(0).saturating_mul(factor);
    let spent = number_in(&row, used).unwrap_or(0);
    row.insert(assigned.into(), json!(amount));
    row.insert(used.into(), json!(spent));
    row.insert(remaining.into(), json!((amount - spent).max(0)));
    row
}

fn refuse_taken_name(state: &State, row: &Row, own: Option<Uuid>) -> Result<(), Refusal> {
    let (directory, user_id) = (text_in(row, "userDirectory"), text_in(row, "userId"));
    let holder = state.user_named(directory, user_id).map(|member| member.user.id);
    if holder.is_some_and(|holder| own != Some(holder)) {
        return Err(Refusal::conflict(format!("The user {} already exists.", account(directory, user_id))));
    }
    Ok(())
}

/// The fields of a pass that only the site changes.
const OWN_OF_PASS: [&str; 9] = [
    "user",
    "lastUsed",
    "excess",
    "quarantined",
    "quarantineEnd",
    "deletedUserId",
    "deletedUserDirectory",
    "usedAccessTypes",
    "usedMinutes",
];

pub(super) fn update(state: &mut State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id()?;
    let old = find(state, table, id)?;
    let mut row = updated(state, &old, call)?;
    match table {
        Table::Users => refuse_taken_name(state, &row, Some(id))?,
        Table::Rules => rule::complete(&mut row)?,
        _ => {}
    }
    match table {
        Table::Users => {
            if let Some(member) = state.users.iter_mut().find(|member| member.user.id == id) {
                *member = Member::new(row.clone());
            }
        }
        Table::Passes(pool) => {
            for name in OWN_OF_PASS {
                match old.get(name) {
                    Some(value) => row.insert(name.into(), value.clone()),
                    None => row.remove(name),
                };
            }
            if !pool.is_personal() {
                row = with_amounts(pool, row);
            }
            if let Some(pass) = state.pool_mut(pool).iter_mut().find(|pass| pass.is(id)) {
                pass.replace(row.clone());
            }
        }
        _ => {
            let rows = table.plain_rows_mut(state).into_iter().flatten();
            rows.filter(|found| has_id(found, id)).for_each(|found| found.clone_from(&row));
        }
    }
    Ok(shown(table, row, call))
}

/// The body of a PUT as the entity will be, if it was made of the entity as it is.
pub(super) fn updated(state: &State, old: &Row, call: &Call<'_>) -> Result<Row, Refusal> {
    let mut row = call.body().as_object().cloned().unwrap_or_default();
    if row.get("id").is_some_and(|id| Some(id) != old.get("id")) {
        return Err(Refusal::bad_request("The identifiers of the path and of the body differ."));
    }
    let moment = |row: &Row| filter::date(text_in(row, "modifiedDate"));
    let known = moment(old);
    if moment(&row) != known {
        return Err(Refusal::conflict("The item has been modified since it was read: 'modifiedDate' differs."));
    }
    let now = match known {
        // Two changes within a millisecond differ, too.
        Some(known) if date(known) >= date(state.now()) => later(known, SignedDuration::from_millis(1)),
        _ => state.now(),
    };
    for name in ["id", "createdDate", "schemaPath"] {
        row.insert(name.into(), old.get(name).cloned().unwrap_or(Value::Null));
    }
    row.insert("modifiedDate".into(), json!(date(now)));
    row.insert("modifiedByUserName".into(), json!(call.caller.account()));
    Ok(row)
}

pub(super) fn delete(state: &mut State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id()?;
    if table == Table::Users && is_true(&find(state, table, id)?, "deleteProhibited") {
        return Err(Refusal::new(http::StatusCode::FORBIDDEN, "This user cannot be deleted."));
    }
    remove(state, table, id)?;
    Ok(Reply::Nothing)
}

fn remove(state: &mut State, table: Table, id: Uuid) -> Result<(), Refusal> {
    match table {
        Table::Passes(pool) => state.release(pool, id),
        Table::Users => state.delete_user(id).map(drop).ok_or_else(Refusal::not_found),
        _ => {
            let rows = table.plain_rows_mut(state).ok_or_else(Refusal::not_found)?;
            let place = rows.iter().position(|row| has_id(row, id)).ok_or_else(Refusal::not_found)?;
            rows.remove(place);
            Ok(())
        }
    }
}
