//! Picks fields of JSON values: `name`, `user.userId`.

use serde_json::{Map, Value};

/// The paths of fields, as `--fields a,b.c` gives them.
pub(crate) fn paths(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

/// The value at a path, through the elements of a list.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    // A name may itself have a dot.
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    let (first, rest) = path.split_once('.')?;
    at(value.get(first)?, rest)
}

/// Keeps these fields of a value, or of each element of a list, each under its path.
pub(crate) fn keep(value: &Value, paths: &[String]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| keep(item, paths)).collect(),
        Value::Object(_) => {
            let fields = paths.iter().map(|path| (path.clone(), at(value, path).cloned().unwrap_or(Value::Null)));
            Value::Object(fields.collect::<Map<String, Value>>())
        }
        other => other.clone(),
    }
}

/// The paths of the fields that a table shows where none are chosen: those that are no objects or lists, and the ones in
/// objects, in the order in which they are first met.
pub(crate) fn columns(rows: &[&Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for row in rows {
        let mut found = Vec::new();
        collect(row, "", 0, &mut found);
        for column in found {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    columns
}

fn collect(value: &Value, prefix: &str, depth: usize, found: &mut Vec<String>) {
    let Some(fields) = value.as_object() else { return };
    for (name, field) in fields {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match field {
            Value::Object(_) if depth < 2 => collect(field, &path, depth + 1, found),
            Value::Object(_) => {}
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {}
            _ => found.push(path),
        }
    }
}

/// A value as one cell.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    }
}
