//! Picks fields of JSON values: `name`, `user.userId`.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// The paths of fields, as `--fields a,b.c` gives them.
pub(crate) fn paths(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

/// The value at a path; within a list, the list of those of its elements.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<Cow<'v, Value>> {
    if let Value::Array(items) = value {
        let found = items.iter().map(|item| at(item, path).map_or(Value::Null, Cow::into_owned));
        return Some(Cow::Owned(found.collect()));
    }
    // A name may itself have a dot.
    if let Some(found) = value.get(path) {
        return Some(Cow::Borrowed(found));
    }
    let (first, rest) = path.split_once('.')?;
    at(value.get(first)?, rest)
}

/// Keeps these fields of a value, or of each element of a list, each under its path.
pub(crate) fn keep(value: &Value, paths: &[String]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| keep(item, paths)).collect(),
        Value::Object(_) => fields(paths, |path| at(value, path)),
        other => other.clone(),
    }
}

fn fields<'v>(paths: &[String], at: impl Fn(&str) -> Option<Cow<'v, Value>>) -> Value {
    let field = |path: &String| (path.clone(), at(path).map_or(Value::Null, Cow::into_owned));
    Value::Object(paths.iter().map(field).collect::<Map<String, Value>>())
}

/// A page of a list: an object, of which one field has the elements.
pub(crate) struct Page<'v> {
    whole: &'v Value,
    list: &'static str,
    items: &'v Value,
}

impl<'v> Page<'v> {
    /// The page that a value is, if it has the list.
    pub(crate) fn of(whole: &'v Value, list: &'static str) -> Option<Self> {
        let items = whole.get(list).filter(|items| items.is_array())?;
        Some(Self { whole, list, items })
    }

    /// The elements, with these fields of each; all without any. A field of the page itself is in each.
    pub(crate) fn rows(&self, paths: &[String]) -> Value {
        if paths.is_empty() {
            return self.items.clone();
        }
        let row = |item: &'v Value| fields(paths, |path| self.within(path).map_or_else(|| self.field(item, path), |path| at(item, path)));
        self.items.as_array().into_iter().flatten().map(row).collect()
    }

    /// The page with these fields; those of its elements alone make a list.
    pub(crate) fn keep(&self, paths: &[String]) -> Value {
        let is_of_page = |path: &String| self.within(path).is_some() || self.is_field(path);
        if !paths.iter().any(is_of_page) {
            return keep(self.items, paths);
        }
        fields(paths, |path| if self.is_field(path) || self.within(path).is_some() { at(self.whole, path) } else { at(self.items, path) })
    }

    /// The rest of a path that leads through the list.
    fn within<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.list)?.strip_prefix('.')
    }

    /// Whether a path leads to a field of the page itself, which its elements have not.
    fn is_field(&self, path: &str) -> bool {
        let has = |item: &Value| at(item, path).is_some();
        at(self.whole, path).is_some() && !self.items.as_array().into_iter().flatten().any(has)
    }

    fn field(&self, item: &'v Value, path: &str) -> Option<Cow<'v, Value>> {
        at(item, path).or_else(|| at(self.whole, path))
    }
}

/// The paths of the fields that a table shows where none are chosen: those that are no objects or lists, and the ones in
/// objects, in the order in which they are first met.
pub(crate) fn columns(rows: &[&Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    // Of an empty list it is not known what it lists.
    let mut lists = Vec::new();
    for row in rows {
        let mut found = Vec::new();
        collect(row, "", 0, &mut found, &mut lists);
        for column in found {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    columns.retain(|column| !lists.contains(column));
    columns
}

fn collect(value: &Value, prefix: &str, depth: usize, found: &mut Vec<String>, lists: &mut Vec<String>) {
    let Some(fields) = value.as_object() else { return };
    for (name, field) in fields {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match field {
            Value::Object(_) if depth < 2 => collect(field, &path, depth + 1, found, lists),
            Value::Object(_) => {}
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
                if !lists.contains(&path) {
                    lists.push(path);
                }
            }
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
            let texts = items.iter().map(|item| cell(Some(item))).filter(|text| !text.is_empty());
            texts.collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    }
}
