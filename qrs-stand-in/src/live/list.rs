//! Lists: filtered, sorted, condensed or in full.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::Call;
use super::table::{Table, tell_privileges};
use super::types::{self, Properties};
use crate::filter::{self, Columns, Filter, Kind};
use crate::reply::{Refusal, Reply};
use crate::rows::{Row, values};
use crate::state::State;

pub(super) fn condensed(state: &State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let rows = select(state, table, call)?;
    Ok(Reply::Json(Value::Array(rows.into_iter().map(|row| condense(table, row, call)).collect())))
}

/// An entity as plain lists show it.
pub(super) fn condense(table: Table, mut row: Row, call: &Call<'_>) -> Value {
    tell_privileges(&mut row, asks_for_privileges(call));
    Value::Object(types::project(&format!("{}Condensed", table.type_name()), &row))
}

pub(super) fn full(state: &State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let rows = select(state, table, call)?;
    let show = |row: Row| Value::Object(in_full(table, row, call));
    Ok(Reply::Json(rows.into_iter().map(show).collect()))
}

/// An entity in full.
pub(super) fn in_full(table: Table, mut row: Row, call: &Call<'_>) -> Row {
    if table != Table::AllSessions {
        tell_privileges(&mut row, asks_for_privileges(call));
    }
    row
}

pub(super) fn count(state: &State, table: Table, call: &Call<'_>) -> Result<Reply, Refusal> {
    let count = select(state, table, call)?.len();
    Ok(Reply::Json(if state.variations.bare_counts { json!(count) } else { json!({ "value": count }) }))
}

fn asks_for_privileges(call: &Call<'_>) -> bool {
    call.parameter("privileges").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The rows that the call's filter leaves, in the order that it asks for.
pub(super) fn select(state: &State, table: Table, call: &Call<'_>) -> Result<Vec<Row>, Refusal> {
    let mut rows = table.rows(state);
    if let Some(text) = call.parameter("filter") {
        let filter = parse_filter(text, &table.type_name())?;
        rows.retain(|row| filter.keeps(row));
    }
    if let Some(order) = call.parameter("orderby") {
        sort(&mut rows, order, &table.type_name())?;
    }
    Ok(rows)
}

pub(super) fn parse_filter(text: &str, type_name: &str) -> Result<Filter, Refusal> {
    Filter::parse(text, &Properties(type_name)).map_err(|error| Refusal::bad_request(error.to_string()))
}

fn sort(rows: &mut [Row], order: &str, type_name: &str) -> Result<(), Refusal> {
    let mut keys = Vec::new();
    for key in order.split(',') {
        let mut words = key.split_whitespace();
        let property = words.next().unwrap_or_default();
        let column = Properties(type_name)
            .column(property)
            .ok_or_else(|| Refusal::bad_request(format!("Cannot sort by '{property}': there is no such property.")))?;
        let is_descending = match (words.next().map(str::to_lowercase).as_deref(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return Err(Refusal::bad_request(format!("Cannot sort by '{key}'."))),
        };
        keys.push((column, is_descending));
    }
    rows.sort_by(|left, right| {
        let by = |(column, is_descending): &(filter::Column, bool)| {
            let value = |row| values(row, &column.path).first().copied();
            let order = compare(value(left), value(right), column.kind);
            if *is_descending { order.reverse() } else { order }
        };
        keys.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    Ok(())
}

fn compare(left: Option<&Value>, right: Option<&Value>, kind: Kind) -> Ordering {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_lowercase();
    match kind {
        Kind::Number => left.and_then(Value::as_i64).cmp(&right.and_then(Value::as_i64)),
        Kind::Boolean => left.and_then(Value::as_bool).cmp(&right.and_then(Value::as_bool)),
        Kind::Date => filter::date(&text(left)).cmp(&filter::date(&text(right))),
        Kind::Text | Kind::Guid => text(left).cmp(&text(right)),
    }
}
