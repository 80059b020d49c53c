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
    if let Some(found) = field(value, path) {
        return Some(Cow::Borrowed(found));
    }
    let (first, rest) = path.split_once('.')?;
    at(field(value, first)?, rest)
}

/// The field of this name, or else one of this name in other case: tables have their headings in capitals.
fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).or_else(|| {
        let (_, found) = value.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(found)
    })
}

/// Whether a path leads to a field of a value, or of an element of a list. Of an empty list, nothing is known.
fn leads(value: &Value, path: &str) -> bool {
    match value {
        Value::Array(items) => items.is_empty() || items.iter().any(|item| leads(item, path)),
        _ if field(value, path).is_some() => true,
        // What is in a field that is empty is not known, either.
        _ => path.split_once('.').is_some_and(|(first, rest)| {
            field(value, first).is_some_and(|inner| inner.is_null() || leads(inner, rest))
        }),
    }
}

/// The paths that lead to no field, each with the fields whose names are like it.
pub(crate) fn unknown<'p>(value: &Value, paths: &'p [String]) -> Vec<(&'p String, Vec<String>)> {
    let rows: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    };
    if !rows.iter().any(|row| row.is_object()) {
        return Vec::new();
    }
    let known = columns(&rows);
    let like = |path: &String| {
        let path = path.to_lowercase();
        let mut like: Vec<(usize, &String)> = Vec::new();
        for name in &known {
            let lower = name.to_lowercase();
            let distance = distance(&lower, &path);
            if distance <= path.len().div_ceil(3).min(3) || lower.rsplit('.').next() == path.rsplit('.').next() {
                like.push((distance, name));
            }
        }
        like.sort_by_key(|(distance, _)| *distance);
        like.into_iter().take(3).map(|(_, name)| name.clone()).collect()
    };
    paths.iter().filter(|path| !leads(value, path)).map(|path| (path, like(path))).collect()
}

/// How many letters have to be changed, added or left out between two names.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut before = index;
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
        for (at, other) in right.chars().enumerate() {
            let (Some(above), Some(beside)) = (row.get(at + 1).copied(), row.get(at).copied()) else { continue };
            let cost = (before + usize::from(letter != other)).min(above + 1).min(beside + 1);
            before = above;
            if let Some(cell) = row.get_mut(at + 1) {
                *cell = cost;
            }
        }
    }
    row.last().copied().unwrap_or_default()
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
        let row = |item: &'v Value| {
            fields(paths, |path| self.within(path).map_or_else(|| self.field(item, path), |path| at(item, path)))
        };
        self.items.as_array().into_iter().flatten().map(row).collect()
    }

    /// The page with these fields; those of its elements alone make a list.
    pub(crate) fn keep(&self, paths: &[String]) -> Value {
        let is_of_page = |path: &String| self.within(path).is_some() || self.is_field(path);
        if !paths.iter().any(is_of_page) {
            return keep(self.items, paths);
        }
        fields(paths, |path| {
            if self.is_field(path) || self.within(path).is_some() { at(self.whole, path) } else { at(self.items, path) }
        })
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
